//! What is not yet with the server, record by record, and how much there is of everything.
//!
//! A record here is what a person made in one go: a visit with what it wrote on the household's card and in its
//! particulars is one, on its way or held for the office; a card and its particulars edited otherwise are one. A document
//! with a change that the server did not accept stands for itself, so that a refusal is neither covered nor spread.

use contract::{RecordState, UnsentRow};
use domain::{HouseholdId, Kind, RecordId, UnixMillis};
use rusqlite::{Connection, Row, named_params};

use super::change::{read_row_state, read_state};
use super::document::{id_bytes, read_id};
use super::household_list::name_door;
use super::put_away::{IS_PUT_AWAY, is_hidden};
use super::written::list_written;
use super::{StoreError, Writing};

/// Rows of one page of the outbox.
pub(crate) const UNSENT_ROWS: u32 = 50;

fn count(db: &Connection, sql: &str) -> Result<u64, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let count: i64 = statement.query_row([], |row| row.get("n"))?;
    Ok(count.unsigned_abs())
}

/// Which of the changes that are not confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsent {
    /// Those that were not put away.
    Open,
    /// Those that were.
    PutAway,
}

impl Unsent {
    fn condition(self) -> String {
        match self {
            Self::Open => format!("NOT {IS_PUT_AWAY}"),
            Self::PutAway => IS_PUT_AWAY.to_owned(),
        }
    }
}

/// The table `open`: documents with such changes, each with the record that it belongs to.
fn with_open(which: Unsent) -> String {
    let condition = which.condition();
    format!(
        "WITH unanswered AS (
            SELECT document, kind, max(made_at) AS at, max(state = 'pending') AS is_pending,
                max(state IN ('refused', 'set_aside')) AS is_stuck
            FROM change WHERE state <> 'confirmed' AND {condition}
            GROUP BY document
        ),
        home AS (
            SELECT unanswered.*, document.parent, document.id IS NOT NULL AS is_here,
                coalesce(length(document.server_heads) > 0, 0) AS is_at_server,
                CASE unanswered.kind WHEN 'household' THEN unanswered.document WHEN 'particulars' THEN document.parent
                END AS household
            FROM unanswered LEFT JOIN document ON document.id = unanswered.document
        ),
        open AS (
            SELECT home.*, CASE WHEN is_stuck OR household IS NULL THEN document ELSE coalesce(
                (SELECT visit.id FROM document AS visit JOIN change ON change.document = visit.id
                 WHERE visit.parent = household AND visit.kind = 'visit' AND change.state IN ('pending', 'held')
                     AND change.made_at = at),
                household) END AS record
            FROM home
        )"
    )
}

/// Records with changes that the server has not answered.
pub(crate) fn count_unsent(db: &Connection) -> Result<u64, StoreError> {
    count(db, &format!("{} SELECT count(DISTINCT record) AS n FROM open WHERE is_pending", with_open(Unsent::Open)))
}

/// Records with a change that was not accepted, or could not be sent, and was not put away.
pub(crate) fn count_refused(db: &Connection) -> Result<u64, StoreError> {
    count(
        db,
        &format!(
            "SELECT count(DISTINCT document) AS n FROM change
             WHERE state <> 'confirmed' AND state IN ('refused', 'set_aside') AND NOT {IS_PUT_AWAY}"
        ),
    )
}

/// Records with changes that are not confirmed, whatever else they are, and were not put away.
pub(crate) fn count_open(db: &Connection) -> Result<u64, StoreError> {
    count(db, &format!("{} SELECT count(DISTINCT record) AS n FROM open", with_open(Unsent::Open)))
}

/// Records of which something was put away.
pub(crate) fn count_put_away(db: &Connection) -> Result<u64, StoreError> {
    count(db, &format!("{} SELECT count(DISTINCT record) AS n FROM open", with_open(Unsent::PutAway)))
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

/// Records with such changes, last written first.
pub(crate) fn list_unsent(db: &Connection, which: Unsent, offset: u32) -> Result<Vec<UnsentRow>, StoreError> {
    // Of the documents of one record, its name is the visit's or the incident's, else the card's.
    let mut statement = db.prepare_cached(&format!(
        "{} SELECT document, kind, at, parent, is_here, kind = 'visit' AND is_at_server AS is_amendment,
             (SELECT category FROM incident WHERE incident.id = document) AS category,
             max(CASE kind WHEN 'particulars' THEN 0 WHEN 'household' THEN 1 ELSE 2 END) AS rank
         FROM open GROUP BY record ORDER BY at DESC, document LIMIT :limit OFFSET :offset",
        with_open(which)
    ))?;
    let rows = statement.query_map(named_params! {":limit": UNSENT_ROWS, ":offset": offset}, read_row)?;
    let mut unsent = Vec::new();
    for row in rows {
        let Some((mut row, category)) = row? else { continue };
        (row.state, row.lines) = read_stuck(db, which, &row)?;
        row.is_here &= !is_hidden(db, row.record)?;
        let written = row.lines.iter().find(|(path, _)| row.kind == Kind::Incident && path == "category");
        row.title = match (category.or(written.map(|(_, code)| code.clone())), row.household) {
            (Some(category), _) => category,
            (None, Some(household)) => name_door(db, household)?.unwrap_or_default(),
            (None, None) => String::new(),
        };
        unsent.push(row);
    }
    Ok(unsent)
}

/// Where a record stands, and what was written of what the server did not accept.
fn read_stuck(
    db: &Connection,
    which: Unsent,
    row: &UnsentRow,
) -> Result<(RecordState, Vec<(String, String)>), StoreError> {
    let state = match which {
        Unsent::Open => read_state(db, &[row.record])?,
        Unsent::PutAway => RecordState::Queued,
    };
    if which == Unsent::Open && matches!(state, RecordState::Queued | RecordState::Confirmed) {
        return Ok((state, Vec::new()));
    }
    let sql = format!(
        "SELECT bytes, state, code, detail FROM change WHERE document = :document AND state NOT IN ('confirmed', 'pending')
             AND {} ORDER BY made_at, hash",
        which.condition()
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(named_params! {":document": id_bytes(row.record)})?;
    let (mut last, mut lines) = (state, Vec::new());
    while let Some(change) = rows.next()? {
        if which == Unsent::PutAway {
            last = read_row_state(change)?;
        }
        lines.extend(list_written(row.kind, change.get_ref("bytes")?.as_blob().map_err(rusqlite::Error::from)?));
    }
    Ok((last, lines))
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
        is_amendment: row.get("is_amendment")?,
        at: UnixMillis::new(row.get("at")?),
        state: RecordState::Queued,
        is_here: row.get("is_here")?,
        lines: Vec::new(),
    };
    Ok(Some((unsent, row.get("category")?)))
}
