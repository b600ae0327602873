//! Incidents in the tables for reading.

use contract::IncidentRow;
use domain::codes::{CodeList as _, Priority};
use domain::{AccountId, HouseholdId, Incident, IncidentId, RecordId, UnixMillis};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use super::change::read_state;
use super::document::{id_bytes, read_id};
use super::{StoreError, Writing};

/// The columns of a row, in one place.
const COLUMNS: &str = "SELECT id, household, account, category, title, priority, address_text, reported_at, is_self_handled FROM incident";

pub(crate) fn put_incident(writing: &Writing<'_>, incident: &Incident) -> Result<(), StoreError> {
    writing
        .prepare_cached(
            "INSERT OR REPLACE INTO incident
                 (id, household, account, category, title, priority, address_text, reported_at, is_self_handled)
             VALUES (:id, :household, :account, :category, :title, :priority, :address_text, :reported_at,
                 :is_self_handled)",
        )?
        .execute(named_params! {
            ":id": id_bytes(incident.id),
            ":household": incident.household.map(id_bytes),
            ":account": incident.by.as_uuid().into_bytes(),
            ":category": incident.category,
            ":title": incident.title,
            ":priority": incident.priority.map(|priority| priority.code()),
            ":address_text": incident.address_text,
            ":reported_at": incident.reported_at.as_i64(),
            ":is_self_handled": incident.self_handled.is_some(),
        })?;
    Ok(())
}

pub(crate) fn remove_incident(writing: &Writing<'_>, id: RecordId) -> Result<(), StoreError> {
    writing.prepare_cached("DELETE FROM incident WHERE id = :id")?.execute(named_params! {":id": id_bytes(id)})?;
    Ok(())
}

/// Which incidents a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// All on this phone.
    All,
    /// Those this account reported.
    ReportedBy(AccountId),
    /// Those this account reported and did not settle on the spot.
    OpenOf(AccountId),
    /// Those of one household.
    OfHousehold(HouseholdId),
}

impl Which {
    /// The condition, and what `:key` stands for.
    fn condition(self) -> (&'static str, [u8; 16]) {
        match self {
            Self::All => (":key IS NOT NULL", [0; 16]),
            Self::ReportedBy(account) => ("account = :key", account.as_uuid().into_bytes()),
            Self::OpenOf(account) => ("account = :key AND is_self_handled = 0", account.as_uuid().into_bytes()),
            Self::OfHousehold(household) => ("household = :key", id_bytes(household)),
        }
    }
}

/// Incidents, newest first, those after `after`; at most `limit`. `me` says which are mine.
pub(crate) fn list_incidents(
    db: &Connection,
    which: Which,
    me: AccountId,
    after: Option<IncidentId>,
    limit: u32,
) -> Result<Vec<IncidentRow>, StoreError> {
    let (at, id) = match after {
        Some(id) => (find_time(db, id)?.unwrap_or(i64::MAX), id_bytes(id)),
        None => (i64::MAX, [0xff; 16]),
    };
    let (condition, key) = which.condition();
    let mut statement = db.prepare_cached(&format!(
        "{COLUMNS} WHERE {condition} AND (reported_at, id) < (:at, :id) ORDER BY reported_at DESC, id DESC LIMIT :limit"
    ))?;
    let rows = statement
        .query_map(named_params! {":key": key, ":at": at, ":id": id, ":limit": limit}, |row| read_row(row, me))?;
    rows.map(|row| finish_row(db, row?)).collect()
}

/// How many there are.
pub(crate) fn count_incidents(db: &Connection, which: Which) -> Result<u64, StoreError> {
    let (condition, key) = which.condition();
    let mut statement = db.prepare_cached(&format!("SELECT count(*) AS incidents FROM incident WHERE {condition}"))?;
    let count: i64 = statement.query_row(named_params! {":key": key}, |row| row.get("incidents"))?;
    Ok(count.unsigned_abs())
}

/// One incident's row.
pub(crate) fn find_incident(db: &Connection, id: IncidentId, me: AccountId) -> Result<Option<IncidentRow>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{COLUMNS} WHERE id = :id"))?;
    let row = statement.query_row(named_params! {":id": id_bytes(id)}, |row| read_row(row, me)).optional()?;
    row.map(|row| finish_row(db, row)).transpose()
}

fn find_time(db: &Connection, id: IncidentId) -> Result<Option<i64>, StoreError> {
    let mut statement = db.prepare_cached("SELECT reported_at FROM incident WHERE id = :id")?;
    Ok(statement.query_row(named_params! {":id": id_bytes(id)}, |row| row.get("reported_at")).optional()?)
}

fn read_row(row: &Row<'_>, me: AccountId) -> rusqlite::Result<IncidentRow> {
    Ok(IncidentRow {
        id: read_id(row.get("id")?).into(),
        category: row.get("category")?,
        title: row.get("title")?,
        priority: row.get::<_, Option<String>>("priority")?.map(|code| Priority::from_code(&code)),
        address_text: row.get("address_text")?,
        reported_at: UnixMillis::new(row.get("reported_at")?),
        is_self_handled: row.get("is_self_handled")?,
        is_mine: row.get::<_, [u8; 16]>("account")? == me.as_uuid().into_bytes(),
        state: contract::RecordState::Confirmed,
    })
}

fn finish_row(db: &Connection, mut row: IncidentRow) -> Result<IncidentRow, StoreError> {
    row.state = read_state(db, &[row.id.into()])?;
    Ok(row)
}
