//! Counts of rows, kept by the transactions that add and remove them (triggers of migration `tally`), so that a scrape
//! reads a handful of rows. `verify` counts again.

use rusqlite::{Connection, OptionalExtension as _};

use super::convert::read_count;
use crate::store::{Answer, Damage, Totals};

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
