//! Forms of an incident's steps in progress: one row for each step that is being written, found again after a kill.
//!
//! A row goes when its step is taken, when it is emptied, or with its incident; its words then become a line of
//! [`super::departed_step`].

use contract::StepDraft;
use domain::codes::CodeList as _;
use domain::id::TransitionId;
use domain::workflow::{Payload, TransitionKind};
use domain::{IncidentId, RecordId, UnixMillis};
use rusqlite::{Connection, named_params};
use uuid::Uuid;

use super::departed_step::put_unreadable;
use super::document::id_bytes;
use super::{StoreError, Writing};

/// A form in progress with what keeping it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredDraft {
    /// The name of the line that its words become.
    pub(crate) id: TransitionId,
    /// The form.
    pub(crate) draft: StepDraft,
    /// Last typed.
    pub(crate) saved_at: UnixMillis,
}

/// Writes what is typed; `id` names a new row. Words that stand there and that this version cannot read become a line
/// of [`super::departed_step`] first.
pub(crate) fn put_step_draft(
    writing: &Writing<'_>,
    incident: IncidentId,
    kind: Option<TransitionKind>,
    payload: &Payload,
    id: TransitionId,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let json = serde_json::to_string(payload).map_err(|_| StoreError::Value { table: "step_draft" })?;
    for unreadable in list_unreadable(writing, incident.into())?.iter().filter(|found| found.kind == kind) {
        put_unreadable(writing, incident, unreadable)?;
        remove_step_draft(writing, incident, kind)?;
    }
    writing
        .prepare_cached(
            "INSERT INTO step_draft (incident, kind, id, payload, saved_at)
             VALUES (:incident, :kind, :id, :payload, :saved_at)
             ON CONFLICT (incident, kind) DO UPDATE SET payload = excluded.payload, saved_at = excluded.saved_at",
        )?
        .execute(named_params! {
            ":incident": id_bytes(incident),
            ":kind": kind_code(kind),
            ":id": id.as_uuid().into_bytes(),
            ":payload": json,
            ":saved_at": at.as_i64(),
        })?;
    Ok(())
}

/// A form that this version cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnreadableDraft {
    /// The name of the line that its words become.
    pub(crate) id: TransitionId,
    /// Which form.
    pub(crate) kind: Option<TransitionKind>,
    /// Its text as it is stored.
    pub(crate) words: String,
    /// Last typed.
    pub(crate) saved_at: UnixMillis,
}

/// The forms of an incident that [`list_step_drafts`] leaves out.
pub(crate) fn list_unreadable(db: &Connection, incident: RecordId) -> Result<Vec<UnreadableDraft>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT kind, id, payload, saved_at FROM step_draft WHERE incident = :incident ORDER BY kind",
    )?;
    let rows = statement.query_map(named_params! {":incident": id_bytes(incident)}, |row| {
        Ok(UnreadableDraft {
            id: TransitionId::from_uuid(Uuid::from_bytes(row.get("id")?)),
            kind: read_kind(row.get_ref("kind")?.as_str()?),
            words: row.get("payload")?,
            saved_at: UnixMillis::new(row.get("saved_at")?),
        })
    })?;
    let all = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(all.into_iter().filter(|draft| serde_json::from_str::<Payload>(&draft.words).is_err()).collect())
}

/// Forgets what was typed into one form. Doing it twice is no error.
pub(crate) fn remove_step_draft(
    writing: &Writing<'_>,
    incident: IncidentId,
    kind: Option<TransitionKind>,
) -> Result<(), StoreError> {
    writing
        .prepare_cached("DELETE FROM step_draft WHERE incident = :incident AND kind = :kind")?
        .execute(named_params! {":incident": id_bytes(incident), ":kind": kind_code(kind)})?;
    Ok(())
}

/// Forgets what was typed into the forms of an incident.
pub(crate) fn forget_step_drafts(writing: &Writing<'_>, incident: RecordId) -> Result<(), StoreError> {
    writing
        .prepare_cached("DELETE FROM step_draft WHERE incident = :incident")?
        .execute(named_params! {":incident": id_bytes(incident)})?;
    Ok(())
}

/// What is typed into the forms of an incident, last typed first. One that this version cannot read is left out.
pub(crate) fn list_step_drafts(db: &Connection, incident: RecordId) -> Result<Vec<StoredDraft>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT kind, id, payload, saved_at FROM step_draft WHERE incident = :incident ORDER BY saved_at DESC, kind",
    )?;
    let rows = statement.query_map(named_params! {":incident": id_bytes(incident)}, |row| {
        let Ok(payload) = serde_json::from_str(row.get_ref("payload")?.as_str()?) else { return Ok(None) };
        Ok(Some(StoredDraft {
            id: TransitionId::from_uuid(Uuid::from_bytes(row.get("id")?)),
            draft: StepDraft { kind: read_kind(row.get_ref("kind")?.as_str()?), payload },
            saved_at: UnixMillis::new(row.get("saved_at")?),
        }))
    })?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// How a column names the step of a form.
pub(super) fn kind_code(kind: Option<TransitionKind>) -> &'static str {
    kind.map_or("", TransitionKind::code)
}

/// Reads what [`kind_code`] wrote.
pub(super) fn read_kind(code: &str) -> Option<TransitionKind> {
    (!code.is_empty()).then(|| TransitionKind::from_code(code))
}
