//! What is not yet with the server, record by record, and how much there is of everything.
//!
//! A record here is what a person made in one go: a visit with what it wrote on the household's card and in its
//! particulars is one, a card and its particulars edited otherwise are one. A document with a change that the server did
//! not accept stands for itself, so that a refusal is neither covered nor spread.

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

/// Documents with changes that are not confirmed, each with the record that it belongs to.
const OPEN: &str = "
    WITH unanswered AS (
        SELECT document, kind, max(made_at) AS at, max(state = 'pending') AS is_pending, max(state <> 'pending') AS is_stuck
        FROM change WHERE state <> 'confirmed' GROUP BY document
    ),
    home AS (
        SELECT unanswered.*, document.parent, coalesce(length(document.server_heads) > 0, 0) AS is_at_server,
            CASE unanswered.kind WHEN 'household' THEN unanswered.document WHEN 'particulars' THEN document.parent END
                AS household
        FROM unanswered LEFT JOIN document ON document.id = unanswered.document
    ),
    open AS (
        SELECT home.*, CASE WHEN is_stuck OR household IS NULL THEN document ELSE coalesce(
            (SELECT visit.id FROM document AS visit JOIN change ON change.document = visit.id
             WHERE visit.parent = household AND visit.kind = 'visit' AND change.state = 'pending' AND change.made_at = at),
            household) END AS record
        FROM home
    )";

/// Records with changes that the server has not answered.
pub(crate) fn count_unsent(db: &Connection) -> Result<u64, StoreError> {
    count(db, &format!("{OPEN} SELECT count(DISTINCT record) AS n FROM open WHERE is_pending"))
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
    count(db, &format!("{OPEN} SELECT count(DISTINCT record) AS n FROM open"))
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
    // Of the documents of one record, its name is the visit's or the incident's, else the card's.
    let mut statement = db.prepare_cached(&format!(
        "{OPEN} SELECT document, kind, at, parent, kind = 'visit' AND is_at_server AS is_amendment,
             (SELECT category FROM incident WHERE incident.id = document) AS category,
             max(CASE kind WHEN 'particulars' THEN 0 WHEN 'household' THEN 1 ELSE 2 END) AS rank
         FROM open GROUP BY record ORDER BY at DESC, document LIMIT :limit OFFSET :offset"
    ))?;
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
