//! What is not yet with the server, record by record, and how much there is of everything.

use contract::UnsentRow;
use domain::{HouseholdId, Kind, RecordId, UnixMillis};
use rusqlite::{Connection, Row, named_params};

use super::change::read_state;
use super::document::read_id;
use super::household_list::name_door;
use super::{StoreError, Writing};

/// Rows of one page of the outbox.
pub(crate) const UNSENT_ROWS: u32 = 50;

fn count(db: &Connection, sql: &str) -> Result<u64, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let count: i64 = statement.query_row([], |row| row.get("n"))?;
    Ok(count.unsigned_abs())
}

/// Records with changes that the server has not answered.
pub(crate) fn count_unsent(db: &Connection) -> Result<u64, StoreError> {
    count(db, "SELECT count(DISTINCT document) AS n FROM change WHERE state <> 'confirmed' AND state = 'pending'")
}

/// Records with a change that was not accepted, or could not be sent.
pub(crate) fn count_refused(db: &Connection) -> Result<u64, StoreError> {
    count(
        db,
        "SELECT count(DISTINCT document) AS n FROM change
         WHERE state <> 'confirmed' AND state IN ('refused', 'set_aside')",
    )
}

/// Records with changes that are not confirmed, whatever else they are.
pub(crate) fn count_open(db: &Connection) -> Result<u64, StoreError> {
    count(db, "SELECT count(DISTINCT document) AS n FROM change WHERE state <> 'confirmed'")
}

/// Records with changes made on this phone.
pub(crate) fn count_written(db: &Connection) -> Result<u64, StoreError> {
    count(db, "SELECT count(DISTINCT document) AS n FROM change")
}

/// Households, visits and incidents on this phone.
pub(crate) fn count_records(db: &Connection) -> Result<[u64; 3], StoreError> {
    Ok([
        count(db, "SELECT count(*) AS n FROM household")?,
        count(db, "SELECT count(*) AS n FROM document WHERE parent IS NOT NULL AND kind = 'visit'")?,
        count(db, "SELECT count(*) AS n FROM incident")?,
    ])
}

/// Size of the store in bytes.
pub(crate) fn measure_store(db: &Connection) -> Result<u64, StoreError> {
    count(db, "SELECT page_count * page_size AS n FROM pragma_page_count, pragma_page_size")
}

/// Lets documents that an earlier version could not read be looked at again.
pub(crate) fn retry_unreadable(writing: &Writing<'_>) -> Result<(), StoreError> {
    writing.execute("UPDATE document SET is_projected = 0 WHERE is_projected = 2", [])?;
    Ok(())
}

/// Records with changes that are not confirmed, last written first.
pub(crate) fn list_unsent(db: &Connection, offset: u32) -> Result<Vec<UnsentRow>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT change.document AS document, change.kind AS kind, max(change.made_at) AS at, document.parent AS parent,
             change.kind = 'visit' AND length(document.server_heads) > 0 AS is_amendment,
             (SELECT category FROM incident WHERE incident.id = change.document) AS category
         FROM change LEFT JOIN document ON document.id = change.document
         WHERE change.state <> 'confirmed'
         GROUP BY change.document ORDER BY at DESC, change.document LIMIT :limit OFFSET :offset",
    )?;
    let rows = statement.query_map(named_params! {":limit": UNSENT_ROWS, ":offset": offset}, read_row)?;
    let mut unsent = Vec::new();
    for row in rows {
        let Some((mut row, category)) = row? else { continue };
        row.title = match (category, row.household) {
            (Some(category), _) => category,
            (None, Some(household)) => name_door(db, household)?.unwrap_or_default(),
            (None, None) => String::new(),
        };
        row.state = read_state(db, &[row.record])?;
        unsent.push(row);
    }
    Ok(unsent)
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<Option<(UnsentRow, Option<String>)>> {
    let Some(kind) = Kind::from_code(row.get_ref("kind")?.as_str()?) else {
        return Ok(None);
    };
    let record: RecordId = read_id(row.get("document")?);
    let parent: Option<HouseholdId> = row.get::<_, Option<[u8; 16]>>("parent")?.map(|id| read_id(id).into());
    let household = if kind == Kind::Household { Some(record.into()) } else { parent };
    let unsent = UnsentRow {
        record,
        kind,
        household,
        title: String::new(),
        is_amendment: row.get::<_, Option<bool>>("is_amendment")?.unwrap_or_default(),
        at: UnixMillis::new(row.get("at")?),
        state: contract::RecordState::Queued,
    };
    Ok(Some((unsent, row.get("category")?)))
}
