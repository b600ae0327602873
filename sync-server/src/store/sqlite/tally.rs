//! Counts of rows, so that a scrape reads a handful of rows. `verify` counts again.
//!
//! Flow: the writing connection counts in its own memory what each transaction adds and removes ([`watch`]: temporary
//! triggers, which follow every rollback), and before each commit the counts in the file are moved on by it
//! ([`advance`]).
//!
//! Failure: counts that are damaged stop nobody's work. The commit goes on without them, and what they lack is added
//! once they can be written again.

use rusqlite::{Connection, OptionalExtension as _, Transaction};

use super::convert::read_count;
use crate::store::{Answer, Damage, StoreError, Totals};

/// Counts in memory what the transactions of this connection add and remove since the counts were moved on.
const WATCH: &str = "
PRAGMA temp_store = memory;
CREATE TEMP TABLE tally_moved (name TEXT NOT NULL PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO tally_moved (name, count)
VALUES ('documents', 0), ('changes', 0), ('refused', 0), ('held', 0), ('devices', 0);

CREATE TEMP TRIGGER tally_document_in AFTER INSERT ON main.document
BEGIN UPDATE tally_moved SET count = count + 1 WHERE name = 'documents'; END;
CREATE TEMP TRIGGER tally_document_out AFTER DELETE ON main.document
BEGIN UPDATE tally_moved SET count = count - 1 WHERE name = 'documents'; END;

CREATE TEMP TRIGGER tally_change_in AFTER INSERT ON main.change
BEGIN UPDATE tally_moved SET count = count + 1 WHERE name = 'changes'; END;
CREATE TEMP TRIGGER tally_change_out AFTER DELETE ON main.change
BEGIN UPDATE tally_moved SET count = count - 1 WHERE name = 'changes'; END;

-- The states of `aside` are the names of their counts.
CREATE TEMP TRIGGER tally_aside_in AFTER INSERT ON main.aside
BEGIN UPDATE tally_moved SET count = count + 1 WHERE name = NEW.state; END;
CREATE TEMP TRIGGER tally_aside_out AFTER DELETE ON main.aside
BEGIN UPDATE tally_moved SET count = count - 1 WHERE name = OLD.state; END;
CREATE TEMP TRIGGER tally_aside_moved AFTER UPDATE OF state ON main.aside
BEGIN
    UPDATE tally_moved SET count = count - 1 WHERE name = OLD.state;
    UPDATE tally_moved SET count = count + 1 WHERE name = NEW.state;
END;

CREATE TEMP TRIGGER tally_device_in AFTER INSERT ON main.device WHEN NEW.revoked_at IS NULL
BEGIN UPDATE tally_moved SET count = count + 1 WHERE name = 'devices'; END;
CREATE TEMP TRIGGER tally_device_out AFTER DELETE ON main.device WHEN OLD.revoked_at IS NULL
BEGIN UPDATE tally_moved SET count = count - 1 WHERE name = 'devices'; END;
CREATE TEMP TRIGGER tally_device_revoked AFTER UPDATE OF revoked_at ON main.device
BEGIN
    UPDATE tally_moved SET count = count - (OLD.revoked_at IS NULL) + (NEW.revoked_at IS NULL) WHERE name = 'devices';
END;
";

/// Begins to count what this connection writes.
pub(super) fn watch(writer: &Connection) -> rusqlite::Result<()> {
    writer.execute_batch(WATCH)
}

/// Moves the counts on by what this transaction has added and removed, in a savepoint of its own.
pub(super) fn advance(transaction: &Transaction<'_>) -> Answer<()> {
    transaction.prepare_cached("SAVEPOINT tally")?.execute([])?;
    let moved = move_counts(transaction);
    if transaction.is_autocommit() {
        // The whole transaction is gone (a full disk can do that).
        return Err(moved.err().unwrap_or(StoreError::Closed));
    }
    if moved.is_err() {
        transaction.prepare_cached("ROLLBACK TO tally")?.execute([])?;
    }
    transaction.prepare_cached("RELEASE tally")?.execute([])?;
    match moved {
        Err(error) if !error.is_temporary() => {
            tracing::error!(%error, "the counts cannot be moved on");
            Ok(())
        }
        moved => moved,
    }
}

fn move_counts(db: &Connection) -> Answer<()> {
    let is_still = !db.prepare_cached("SELECT 1 AS one FROM tally_moved WHERE count <> 0")?.exists([])?;
    if is_still {
        return Ok(());
    }
    db.prepare_cached(
        "UPDATE tally SET count = count + (SELECT m.count FROM tally_moved AS m WHERE m.name = tally.name)
         WHERE name IN (SELECT name FROM tally_moved WHERE count <> 0)",
    )?
    .execute([])?;
    db.prepare_cached("UPDATE tally_moved SET count = 0")?.execute([])?;
    Ok(())
}

/// What is counted, by its row in `tally`, with how it is counted anew.
const COUNTED: [(&str, &str); 5] = [
    ("documents", "SELECT COUNT(*) AS count FROM document"),
    ("changes", "SELECT COUNT(*) AS count FROM change"),
    ("refused", "SELECT COUNT(*) AS count FROM aside WHERE state = 'refused'"),
    ("held", "SELECT COUNT(*) AS count FROM aside WHERE state = 'held'"),
    ("devices", "SELECT COUNT(*) AS count FROM device WHERE revoked_at IS NULL"),
];

pub(super) fn count_totals(db: &Connection) -> Answer<Totals> {
    let mut totals = Totals::default();
    let mut select = db.prepare_cached("SELECT name, count FROM tally")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get("name")?;
        let count = read_count(row, "count")?;
        match name.as_str() {
            "documents" => totals.documents = count,
            "changes" => totals.changes = count,
            "refused" => totals.refused = count,
            "held" => totals.held = count,
            "devices" => totals.devices = count,
            _ => {}
        }
    }
    Ok(totals)
}

/// Each count is that of its rows.
pub(super) fn check_counts(db: &Connection, damage: &mut Vec<Damage>) -> Answer<()> {
    for (name, sql) in COUNTED {
        let rows: i64 = db.query_row(sql, [], |row| row.get("count"))?;
        let mut select = db.prepare("SELECT count FROM tally WHERE name = ?1")?;
        let kept: Option<i64> = select.query_row([name], |row| row.get("count")).optional()?;
        if kept != Some(rows) {
            damage.push(Damage { code: "tally", subject: name.to_owned() });
        }
    }
    Ok(())
}
