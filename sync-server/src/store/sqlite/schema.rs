//! Creating and upgrading the file, step by step.
//!
//! Each migration and its number (`user_version`) share one transaction, so a crash leaves the file at one step or
//! the next. A file with a higher number than this server knows is refused untouched.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

/// (number, name, SQL), consecutive from 1, frozen once released.
const MIGRATIONS: &[(u32, &str, &str)] = &[
    (1, "ledger", include_str!("migrations/0001_ledger.sql")),
    (2, "desk", include_str!("migrations/0002_desk.sql")),
    (3, "token_renewal", include_str!("migrations/0003_token_renewal.sql")),
    (4, "mark", include_str!("migrations/0004_mark.sql")),
    (5, "own_installation", include_str!("migrations/0005_own_installation.sql")),
    (6, "raised_serial", include_str!("migrations/0006_raised_serial.sql")),
    (7, "tally", include_str!("migrations/0007_tally.sql")),
    (8, "probe", include_str!("migrations/0008_probe.sql")),
    (9, "quarantine_room", include_str!("migrations/0009_quarantine_room.sql")),
    (10, "claim", include_str!("migrations/0010_claim.sql")),
    (11, "account_tel", include_str!("migrations/0011_account_tel.sql")),
    (12, "import", include_str!("migrations/0012_import.sql")),
];

/// The newest schema this server knows.
pub(super) const NEWEST: u32 = 12;

/// The schema number of a file; 0 for an empty one.
pub(super) fn read_version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("SELECT user_version AS version FROM pragma_user_version", [], |row| row.get("version"))
}

/// The schema number that stands in a file's header (SQLite file format §1.3), read without opening the database; `None`
/// when it is none.
pub(super) fn read_header(path: &Path) -> Option<u32> {
    let mut header = [0; 64];
    File::open(path).ok()?.read_exact(&mut header).ok()?;
    let number = header.strip_prefix(b"SQLite format 3\0")?.last_chunk::<4>()?;
    Some(u32::from_be_bytes(*number))
}

/// Brings a file up to [`NEWEST`]. Another process may be doing the same: the lock decides, the loser finds it done.
pub(super) fn upgrade(connection: &mut Connection) -> rusqlite::Result<()> {
    upgrade_to(connection, NEWEST)
}

/// Brings a file up to a schema; beyond the newest only in tests, which make files of earlier servers.
pub(super) fn upgrade_to(connection: &mut Connection, newest: u32) -> rusqlite::Result<()> {
    for (number, name, sql) in MIGRATIONS {
        if *number > newest || read_version(connection)? >= *number {
            continue;
        }
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if read_version(&step)? < *number {
            tracing::info!(number, name, "migrating the ledger");
            step.execute_batch(sql)?;
            step.pragma_update(None, "user_version", number)?;
        }
        step.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_consecutive_and_end_at_the_newest() {
        let numbers: Vec<u32> = MIGRATIONS.iter().map(|(number, ..)| *number).collect();
        let expected: Vec<u32> = (1..=NEWEST).collect();
        assert_eq!(numbers, expected);
    }

    #[test]
    fn upgrading_twice_changes_nothing() {
        let mut file = Connection::open_in_memory().expect("memory");
        upgrade(&mut file).expect("first");
        upgrade(&mut file).expect("second");
        assert_eq!(read_version(&file).expect("version"), NEWEST);
    }
}
