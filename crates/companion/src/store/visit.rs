//! Visits in the tables for reading.

use contract::VisitRow;
use domain::codes::{CodeList as _, Outcome};
use domain::{AccountId, HouseholdId, RecordId, Role, UnixMillis, Visit, VisitId};
use rusqlite::{Connection, OptionalExtension as _, named_params};

use super::change::read_state;
use super::clock::read_horizon;
use super::document::{id_bytes, read_id};
use super::{StoreError, Writing, reference};

/// Characters of a remark that a list shows.
const SUMMARY_CHARS: usize = 40;

pub(crate) fn put_visit(writing: &Writing<'_>, visit: &Visit) -> Result<(), StoreError> {
    let remark = if visit.note.trim().is_empty() {
        visit.follow_up.as_ref().map_or("", |promise| promise.text.as_str())
    } else {
        visit.note.as_str()
    };
    writing
        .prepare_cached(
            "INSERT OR REPLACE INTO visit
                 (id, household, account, role, at_start, outcome, template, summary, incidents, improvements)
             VALUES (:id, :household, :account, :role, :at_start, :outcome, :template, :summary, :incidents,
                 :improvements)",
        )?
        .execute(named_params! {
            ":id": id_bytes(visit.id),
            ":household": id_bytes(visit.household),
            ":account": visit.by.as_uuid().into_bytes(),
            ":role": visit.role.code(),
            ":at_start": visit.at_start.as_i64(),
            ":outcome": visit.outcome.code(),
            ":template": visit.template,
            ":summary": remark.trim().chars().take(SUMMARY_CHARS).collect::<String>(),
            ":incidents": visit.incidents.len() as i64,
            ":improvements": visit.improvements.len() as i64,
        })?;
    Ok(())
}

pub(crate) fn remove_visit(writing: &Writing<'_>, id: RecordId) -> Result<(), StoreError> {
    writing.prepare_cached("DELETE FROM visit WHERE id = :id")?.execute(named_params! {":id": id_bytes(id)})?;
    Ok(())
}

/// Visits of a household, newest first, those after `after`; at most `limit`.
pub(crate) fn list_visits(
    db: &Connection,
    household: HouseholdId,
    after: Option<VisitId>,
    limit: u32,
) -> Result<Vec<VisitRow>, StoreError> {
    let (at, id) = match after {
        Some(id) => (find_time(db, id)?.unwrap_or(i64::MAX), id_bytes(id)),
        None => (i64::MAX, [0xff; 16]),
    };
    let mut statement = db.prepare_cached(
        "SELECT id, account, role, at_start, outcome, summary, incidents, improvements FROM visit
         WHERE household = :household AND (at_start, id) < (:at, :id)
         ORDER BY at_start DESC, id DESC LIMIT :limit",
    )?;
    let rows = statement.query_map(
        named_params! {":household": id_bytes(household), ":at": at, ":id": id, ":limit": limit},
        read_row,
    )?;
    rows.map(|row| finish_row(db, row?)).collect()
}

fn find_time(db: &Connection, id: VisitId) -> Result<Option<i64>, StoreError> {
    let mut statement = db.prepare_cached("SELECT at_start FROM visit WHERE id = :id")?;
    Ok(statement.query_row(named_params! {":id": id_bytes(id)}, |row| row.get("at_start")).optional()?)
}

/// One visit's row.
pub(crate) fn find_visit(db: &Connection, id: VisitId) -> Result<Option<VisitRow>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, account, role, at_start, outcome, summary, incidents, improvements FROM visit WHERE id = :id",
    )?;
    let row = statement.query_row(named_params! {":id": id_bytes(id)}, read_row).optional()?;
    row.map(|row| finish_row(db, row)).transpose()
}

/// The household's latest visits with a checklist of this key, newest first: `(visit, when)`.
pub(crate) fn find_last_with(
    db: &Connection,
    household: HouseholdId,
    template_key: &str,
) -> Result<Option<(VisitId, UnixMillis)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, at_start FROM visit
         WHERE household = :household AND outcome IN ('met', 'family', 'phone')
             AND (template = :key OR substr(template, 1, length(:key) + 1) = :key || '@')
         ORDER BY at_start > :horizon, at_start DESC, id DESC LIMIT 1",
    )?;
    // A visit of 2030 would be the last one for ever.
    let horizon = read_horizon(db)?.as_i64();
    let params = named_params! {":household": id_bytes(household), ":key": template_key, ":horizon": horizon};
    let found = statement
        .query_row(params, |row| Ok((read_id(row.get("id")?).into(), UnixMillis::new(row.get("at_start")?))))
        .optional()?;
    Ok(found)
}

/// Visits of a household on this phone, looked at or not; one that was put away is not shown and not counted.
pub(crate) fn count_visits(db: &Connection, household: HouseholdId) -> Result<u64, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT count(*) AS visits FROM document AS d WHERE parent = :household AND kind = 'visit'
             AND (is_projected <> 1 OR EXISTS (SELECT 1 FROM visit AS v WHERE v.id = d.id))",
    )?;
    let visits: i64 =
        statement.query_row(named_params! {":household": id_bytes(household)}, |row| row.get("visits"))?;
    Ok(visits.unsigned_abs())
}

struct PlainRow {
    view: VisitRow,
    account: AccountId,
}

fn read_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<PlainRow> {
    Ok(PlainRow {
        account: AccountId::from_uuid(read_id(row.get("account")?).as_uuid()),
        view: VisitRow {
            id: read_id(row.get("id")?).into(),
            at: UnixMillis::new(row.get("at_start")?),
            outcome: Outcome::from_code(row.get_ref("outcome")?.as_str()?),
            by: None,
            role: Role::from_code(row.get_ref("role")?.as_str()?),
            summary: row.get("summary")?,
            incidents: row.get("incidents")?,
            improvements: row.get("improvements")?,
            state: contract::RecordState::Confirmed,
        },
    })
}

fn finish_row(db: &Connection, row: PlainRow) -> Result<VisitRow, StoreError> {
    let mut view = row.view;
    view.by = reference::find_account_name(db, row.account)?.map(|named| named.name);
    view.state = read_state(db, &[view.id.into()])?;
    Ok(view)
}
