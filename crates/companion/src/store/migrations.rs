//! Bringing a file up to date, step by step.
//!
//! Steps are consecutive and frozen once released. A step and its number (`PRAGMA user_version`) are one transaction,
//! so a phone that dies in between begins again at the same step.

use rusqlite::{Connection, TransactionBehavior};

use super::error::OpenError;

/// One step.
struct Migration {
    /// Schema number afterwards.
    number: u32,
    /// What it does.
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, sql: include_str!("migrations/0001_initial.sql") },
    Migration { number: 2, sql: include_str!("migrations/0002_incident_workflow.sql") },
    Migration { number: 3, sql: include_str!("migrations/0003_step_drafts.sql") },
    Migration { number: 4, sql: include_str!("migrations/0004_server_lost.sql") },
    Migration { number: 5, sql: include_str!("migrations/0005_household_by_door.sql") },
    Migration { number: 6, sql: include_str!("migrations/0006_closed_drafts.sql") },
];

/// The schema number of this version.
pub(crate) const SCHEMA: u32 = MIGRATIONS[MIGRATIONS.len() - 1].number;

/// The schema number of a file; 0 for an empty one.
pub(crate) fn read_schema(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("SELECT user_version FROM pragma_user_version", [], |row| row.get("user_version"))
}

/// Does the steps that the file has not seen yet.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let found = read_schema(connection)?;
    if found > SCHEMA {
        return Err(OpenError::Newer { found, known: SCHEMA });
    }
    for step in MIGRATIONS.iter().filter(|step| step.number > found) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step.sql)?;
        transaction.pragma_update(None, "user_version", step.number)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_consecutive() {
        for (index, step) in MIGRATIONS.iter().enumerate() {
            assert_eq!(step.number as usize, index + 1);
        }
    }
}
