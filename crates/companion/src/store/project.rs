//! From documents to tables for reading.
//!
//! Local edits project at once ([`super::record`]). What comes from the server is stored as it is; sync calls
//! [`project_document`] for what lists need (households, incidents) and leaves the rest waiting: visits until their
//! household is opened ([`project_visits_of`]) or the app is idle ([`project_some`]).
//!
//! Failure: a document that this version cannot read, or fails over, is marked and kept; its tables stay as they were.

use documents::{Reading, RecordDocument};
use domain::{Household, HouseholdId, Incident, Kind, Particulars, Record, RecordId, Visit};
use rusqlite::{Connection, named_params};

use super::clock::read_horizon;
use super::document::{DocumentRow, Projection, find_document, id_bytes, mark_projection, read_id};
use super::put_away::is_hidden;
use super::{StoreError, Writing, household, incident, search, visit};

/// A record that has tables for reading.
pub(crate) trait Projected: Record {
    /// The household it belongs to, if it is not a card itself.
    fn parent(&self) -> Option<RecordId>;

    /// Writes the tables. Called inside the transaction that stores the document.
    fn project(writing: &Writing<'_>, reading: &Reading<Self>) -> Result<(), StoreError>;

    /// Removes it from the tables.
    fn unproject(writing: &Writing<'_>, id: RecordId) -> Result<(), StoreError>;
}

impl Projected for Household {
    fn parent(&self) -> Option<RecordId> {
        None
    }

    fn project(writing: &Writing<'_>, reading: &Reading<Self>) -> Result<(), StoreError> {
        household::put_household(writing, reading)
    }

    fn unproject(writing: &Writing<'_>, id: RecordId) -> Result<(), StoreError> {
        household::remove_household(writing, id)
    }
}

impl Projected for Particulars {
    fn parent(&self) -> Option<RecordId> {
        Some(self.household.into())
    }

    fn project(writing: &Writing<'_>, reading: &Reading<Self>) -> Result<(), StoreError> {
        search::put_phone_tails(writing, &reading.record)
    }

    fn unproject(writing: &Writing<'_>, id: RecordId) -> Result<(), StoreError> {
        search::remove_phone_tails(writing, id)
    }
}

impl Projected for Visit {
    fn parent(&self) -> Option<RecordId> {
        Some(self.household.into())
    }

    fn project(writing: &Writing<'_>, reading: &Reading<Self>) -> Result<(), StoreError> {
        visit::put_visit(writing, &reading.record)
    }

    fn unproject(writing: &Writing<'_>, id: RecordId) -> Result<(), StoreError> {
        visit::remove_visit(writing, id)
    }
}

impl Projected for Incident {
    fn parent(&self) -> Option<RecordId> {
        self.household.map(RecordId::from)
    }

    fn project(writing: &Writing<'_>, reading: &Reading<Self>) -> Result<(), StoreError> {
        incident::put_incident(writing, &reading.record)
    }

    fn unproject(writing: &Writing<'_>, id: RecordId) -> Result<(), StoreError> {
        incident::remove_incident(writing, id)
    }
}

/// Shows a stored document in the tables. Answers what became of it; a document that is not here stays waiting.
pub(crate) fn project_document(writing: &Writing<'_>, id: RecordId) -> Result<Projection, StoreError> {
    let Some(row) = find_document(writing, id)? else {
        return Ok(Projection::Waiting);
    };
    if row.server_heads.is_empty() && is_hidden(writing, id)? {
        mark_projection(writing, id, Projection::Shown)?;
        return Ok(Projection::Shown);
    }
    let shown = writing.contain("showing a document", || match row.kind {
        Kind::Household => project_as::<Household>(writing, &row),
        Kind::Particulars => project_as::<Particulars>(writing, &row),
        Kind::Visit => project_as::<Visit>(writing, &row),
        Kind::Incident => project_as::<Incident>(writing, &row),
    })?;
    let shown = shown.unwrap_or_else(|| {
        tracing::warn!(document = %row.id, "this version fails over a document");
        Projection::Unreadable
    });
    if shown != row.projection {
        mark_projection(writing, id, shown)?;
    }
    Ok(shown)
}

/// The household that a document's record belongs to; `None` as well when the record cannot be read.
pub(crate) fn read_parent(document: &RecordDocument, kind: Kind) -> Option<RecordId> {
    fn read<R: Projected>(document: &RecordDocument) -> Option<RecordId> {
        document.read::<R>().ok().and_then(|reading| reading.record.parent())
    }
    match kind {
        Kind::Household => read::<Household>(document),
        Kind::Particulars => read::<Particulars>(document),
        Kind::Visit => read::<Visit>(document),
        Kind::Incident => read::<Incident>(document),
    }
}

fn project_as<R: Projected>(writing: &Writing<'_>, row: &DocumentRow) -> Result<Projection, StoreError> {
    let horizon = read_horizon(writing)?;
    let reading = RecordDocument::load(&row.bytes)
        .map_err(StoreError::from)
        .and_then(|document| Ok(document.read_until::<R>(horizon)?));
    match reading {
        Ok(reading) if reading.record.record_id() == row.id => {
            R::project(writing, &reading)?;
            Ok(Projection::Shown)
        }
        Ok(_) => {
            tracing::warn!(document = %row.id, "a document holds another record's id");
            Ok(Projection::Unreadable)
        }
        Err(error) => {
            tracing::warn!(document = %row.id, %error, "a document cannot be read by this version");
            Ok(Projection::Unreadable)
        }
    }
}

/// Shows the visits of a household that were stored and not looked at yet. Returns how many.
pub(crate) fn project_visits_of(writing: &Writing<'_>, household: HouseholdId) -> Result<usize, StoreError> {
    let waiting = find_waiting_visits(writing, household)?;
    for id in &waiting {
        project_document(writing, *id)?;
    }
    Ok(waiting.len())
}

/// Visits of a household that were stored and not looked at yet.
pub(crate) fn find_waiting_visits(db: &Connection, household: HouseholdId) -> Result<Vec<RecordId>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id FROM document WHERE parent = :parent AND kind = 'visit' AND is_projected = 0 ORDER BY id",
    )?;
    let ids = statement.query_map(named_params! {":parent": id_bytes(household)}, |row| row.get("id"))?;
    Ok(ids.collect::<rusqlite::Result<Vec<[u8; 16]>>>()?.into_iter().map(read_id).collect())
}

/// Shows up to `limit` waiting documents, what lists and search need first. Returns how many; 0: nothing waits.
pub(crate) fn project_some(writing: &Writing<'_>, limit: usize) -> Result<usize, StoreError> {
    let mut done = 0;
    for kind in [Kind::Household, Kind::Incident, Kind::Particulars, Kind::Visit] {
        done += project_waiting(writing, kind, limit - done)?;
    }
    Ok(done)
}

/// Shows every waiting document of a kind. Returns how many.
pub(crate) fn project_kind(writing: &Writing<'_>, kind: Kind) -> Result<usize, StoreError> {
    project_waiting(writing, kind, usize::MAX)
}

fn project_waiting(writing: &Writing<'_>, kind: Kind, limit: usize) -> Result<usize, StoreError> {
    let waiting = {
        let mut statement = writing.prepare_cached(
            "SELECT id FROM document WHERE kind = :kind AND is_projected = 0 ORDER BY id DESC LIMIT :limit",
        )?;
        let room = i64::try_from(limit).unwrap_or(i64::MAX);
        let ids = statement.query_map(named_params! {":kind": kind.code(), ":limit": room}, |row| row.get("id"))?;
        ids.collect::<rusqlite::Result<Vec<[u8; 16]>>>()?
    };
    for id in &waiting {
        project_document(writing, read_id(*id))?;
    }
    Ok(waiting.len())
}

/// Takes a document out of the tables.
pub(crate) fn unproject_document(writing: &Writing<'_>, id: RecordId) -> Result<(), StoreError> {
    match find_document(writing, id)?.map(|row| row.kind) {
        Some(Kind::Household) => Household::unproject(writing, id),
        Some(Kind::Particulars) => Particulars::unproject(writing, id),
        Some(Kind::Visit) => Visit::unproject(writing, id),
        Some(Kind::Incident) => Incident::unproject(writing, id),
        // Of a kind that this version does not know: no table shows it.
        None => Ok(()),
    }
}

/// Lets go of a document: its bytes, its tables, its memberships. Its changes stay where the outbox has them.
pub(crate) fn forget_document(writing: &Writing<'_>, id: RecordId) -> Result<(), StoreError> {
    unproject_document(writing, id)?;
    for sql in ["DELETE FROM document WHERE id = :id", "DELETE FROM membership WHERE document = :id"] {
        writing.prepare_cached(sql)?.execute(named_params! {":id": id_bytes(id)})?;
    }
    Ok(())
}
