//! Own steps in incidents that have left this device, so that nothing that somebody wrote is lost with them.
//!
//! When an incident goes, its owner's steps that are undecided or did not take effect are kept here with their words.
//! What the server decides on them afterwards travels as rulings, for the incident itself has no way any more. A ruling
//! may come while the incident is still here, waiting for other changes to go up: then its row waits too, unseen.
//!
//! Words of a form that was not sent stay as a line of their own until they are put away, even if the incident comes
//! back: nothing else holds them.

use contract::DepartedStep;
use domain::codes::CodeList as _;
use domain::id::TransitionId;
use domain::workflow::{Payload, Refusal, Transition, TransitionKind};
use domain::{AccountId, Incident, IncidentId, RecordId, UnixMillis};
use rusqlite::{Connection, OptionalExtension as _, named_params};
use uuid::Uuid;

use super::document::{id_bytes, read_id};
use super::own_steps::{find_reason, is_taken_back, needs_attention};
use super::record::read_record;
use super::step_draft::{StoredDraft, UnreadableDraft, kind_code, list_step_drafts, list_unreadable, read_kind};
use super::{StoreError, Writing};

/// What the server said about one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// It took effect.
    Effective,
    /// It did not.
    Futile(Refusal),
}

/// Notes what the server said about a step, in an incident that has left or is about to. Returns whether it was news.
pub(crate) fn note_ruling(
    writing: &Writing<'_>,
    document: RecordId,
    step: TransitionId,
    word: Word,
) -> Result<bool, StoreError> {
    let is_kept = has_row(writing, step)?;
    if !is_kept && let Ok(Some(reading)) = read_record::<Incident>(writing, document) {
        let incident = reading.record;
        if let Some(made) = incident.transitions.get(&step) {
            put_row(writing, &incident, step, made)?;
        }
    }
    let (reason, is_effective) = match word {
        Word::Effective => (None, true),
        Word::Futile(reason) => (Some(reason.code()), false),
    };
    let rows = writing
        .prepare_cached("UPDATE departed_step SET reason = :reason, is_effective = :is_effective, is_dismissed = 0 WHERE step = :step")?
        .execute(named_params! {
            ":step": step.as_uuid().into_bytes(),
            ":reason": reason,
            ":is_effective": is_effective,
        })?;
    forget_done(writing)?;
    Ok(rows > 0)
}

/// Keeps what is its owner's of an incident that is about to be let go.
pub(crate) fn keep_own_steps(writing: &Writing<'_>, id: RecordId, me: AccountId) -> Result<(), StoreError> {
    // One that this version cannot read goes as it is: the server has all of it.
    let Ok(Some(reading)) = read_record::<Incident>(writing, id) else { return Ok(()) };
    let incident = reading.record;
    for (id, step) in incident.transitions.iter().filter(|(_, step)| step.by == me) {
        let is_open = !incident.decisions.contains_key(id)
            && step.kind != TransitionKind::Retract
            && !is_taken_back(&incident, *id, step);
        if is_open || needs_attention(&incident, *id, step) {
            put_row(writing, &incident, *id, step)?;
        } else {
            remove_departed_step(writing, *id)?;
        }
    }
    for draft in list_step_drafts(writing, incident.id.into())? {
        put_unsent(writing, &incident, &draft)?;
    }
    for draft in list_unreadable(writing, incident.id.into())? {
        put_unreadable(writing, incident.id, &draft)?;
    }
    Ok(())
}

/// Keeps what was typed last into a form whose incident has just left. Returns whether its line is there.
pub(crate) fn update_unsent(
    writing: &Writing<'_>,
    incident: IncidentId,
    kind: Option<TransitionKind>,
    payload: &Payload,
    at: UnixMillis,
) -> Result<bool, StoreError> {
    let rows = writing
        .prepare_cached(
            "UPDATE departed_step SET words = :words, at = :at WHERE step = (
                 SELECT step FROM departed_step WHERE incident = :incident AND kind = :kind AND is_unsent = 1
                 ORDER BY at DESC LIMIT 1)",
        )?
        .execute(named_params! {
            ":incident": id_bytes(incident),
            ":kind": kind_code(kind),
            ":words": words_of(payload),
            ":at": at.as_i64(),
        })?;
    Ok(rows > 0)
}

/// Notes that the server has erased a document: what was kept of it goes now, the document as soon as it can.
pub(crate) fn note_erasure(writing: &Writing<'_>, document: RecordId) -> Result<(), StoreError> {
    forget_departed_steps(writing, document)?;
    writing
        .prepare_cached("INSERT OR IGNORE INTO erasure (document) SELECT id FROM document WHERE id = :document")?
        .execute(named_params! {":document": id_bytes(document)})?;
    Ok(())
}

/// Whether the server has erased a document that was still here; asked once, when it goes.
pub(crate) fn take_erasure(writing: &Writing<'_>, document: RecordId) -> Result<bool, StoreError> {
    let rows = writing
        .prepare_cached("DELETE FROM erasure WHERE document = :document")?
        .execute(named_params! {":document": id_bytes(document)})?;
    Ok(rows > 0)
}

/// Forgets what was kept of an incident.
pub(crate) fn forget_departed_steps(writing: &Writing<'_>, incident: RecordId) -> Result<(), StoreError> {
    writing
        .prepare_cached("DELETE FROM departed_step WHERE incident = :incident")?
        .execute(named_params! {":incident": id_bytes(incident)})?;
    Ok(())
}

/// Forgets steps that took effect in incidents that have left.
pub(crate) fn forget_done(writing: &Writing<'_>) -> Result<(), StoreError> {
    writing
        .prepare_cached(
            "DELETE FROM departed_step WHERE is_effective = 1
             AND NOT EXISTS (SELECT 1 FROM document WHERE document.id = departed_step.incident)",
        )?
        .execute([])?;
    Ok(())
}

/// Puts one away. One on which the server has not decided stays, unseen: if it did not take effect, its author is still
/// to be told. Returns whether it was there.
pub(crate) fn dismiss_departed_step(writing: &Writing<'_>, step: TransitionId) -> Result<bool, StoreError> {
    let hidden = writing
        .prepare_cached(
            "UPDATE departed_step SET is_dismissed = 1 WHERE step = :step AND is_unsent = 0 AND reason IS NULL",
        )?
        .execute(named_params! {":step": step.as_uuid().into_bytes()})?;
    Ok(hidden > 0 || remove_departed_step(writing, step)?)
}

/// Forgets one. Returns whether it was there.
pub(crate) fn remove_departed_step(writing: &Writing<'_>, step: TransitionId) -> Result<bool, StoreError> {
    let rows = writing
        .prepare_cached("DELETE FROM departed_step WHERE step = :step")?
        .execute(named_params! {":step": step.as_uuid().into_bytes()})?;
    Ok(rows > 0)
}

/// Steps in incidents that are not here, and what was not sent, newest first.
pub(crate) fn list_departed_steps(db: &Connection) -> Result<Vec<DepartedStep>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT step, is_unsent, number, category, kind, words, at, reason FROM departed_step
         WHERE is_unsent = 1 OR (is_dismissed = 0 AND NOT EXISTS (SELECT 1 FROM document WHERE document.id = departed_step.incident))
         ORDER BY at DESC, step DESC",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(DepartedStep {
            step: TransitionId::from_uuid(Uuid::from_bytes(row.get("step")?)),
            is_unsent: row.get("is_unsent")?,
            number: row.get("number")?,
            category: row.get("category")?,
            kind: read_kind(row.get_ref("kind")?.as_str()?),
            text: row.get("words")?,
            at: UnixMillis::new(row.get("at")?),
            reason: row.get::<_, Option<String>>("reason")?.map(|code| Refusal::from_code(&code)),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Steps on which nothing is known to be decided, those put away included: who put one away is still to be told when it
/// did not take effect.
pub(crate) fn list_awaited_steps(db: &Connection) -> Result<Vec<(RecordId, TransitionId)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT incident, step FROM departed_step WHERE is_unsent = 0 AND is_effective = 0 AND reason IS NULL
         ORDER BY incident, step",
    )?;
    let rows = statement.query_map([], |row| {
        Ok((read_id(row.get("incident")?), TransitionId::from_uuid(Uuid::from_bytes(row.get("step")?))))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many of them did not take effect, or were not sent.
pub(crate) fn count_departed_futile(db: &Connection) -> Result<u64, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT count(*) AS n FROM departed_step WHERE is_unsent = 1 OR (reason IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM document WHERE document.id = departed_step.incident))",
    )?;
    let count: i64 = statement.query_row([], |row| row.get("n"))?;
    Ok(count.unsigned_abs())
}

fn has_row(db: &Connection, step: TransitionId) -> Result<bool, StoreError> {
    let mut statement = db.prepare_cached("SELECT 1 AS one FROM departed_step WHERE step = :step")?;
    let found =
        statement.query_row(named_params! {":step": step.as_uuid().into_bytes()}, |row| row.get::<_, i64>("one"));
    Ok(found.optional()?.is_some())
}

/// Keeps a step; what is known of it already stays known.
fn put_row(writing: &Writing<'_>, incident: &Incident, id: TransitionId, step: &Transition) -> Result<(), StoreError> {
    writing
        .prepare_cached(
            "INSERT INTO departed_step (step, incident, number, category, kind, words, at, reason, is_effective)
             VALUES (:step, :incident, :number, :category, :kind, :words, :at, :reason, 0)
             ON CONFLICT (step) DO UPDATE SET number = excluded.number, category = excluded.category,
                 reason = coalesce(excluded.reason, departed_step.reason),
                 is_dismissed = departed_step.is_dismissed AND excluded.reason IS NULL",
        )?
        .execute(named_params! {
            ":step": id.as_uuid().into_bytes(),
            ":incident": id_bytes(incident.id),
            ":number": number_of(incident),
            ":category": incident.category,
            ":kind": step.kind.code(),
            ":words": words_of(&step.payload),
            ":at": step.at_device.as_i64(),
            ":reason": find_reason(incident, id).map(|reason| reason.code()),
        })?;
    Ok(())
}

/// Keeps the words of a form that was not sent; one without words leaves nothing.
fn put_unsent(writing: &Writing<'_>, incident: &Incident, stored: &StoredDraft) -> Result<(), StoreError> {
    let words = words_of(&stored.draft.payload);
    let names = (incident.id, number_of(incident), incident.category.as_str());
    put_words(writing, &names, (stored.id, stored.draft.kind), words, stored.saved_at)
}

/// Keeps the text of a form that this version cannot read, as a line of its own: until it is put away nothing else
/// holds it.
pub(crate) fn put_unreadable(writing: &Writing<'_>, id: IncidentId, draft: &UnreadableDraft) -> Result<(), StoreError> {
    let incident = read_record::<Incident>(writing, id.into()).ok().flatten().map(|reading| reading.record);
    let number = incident.as_ref().map_or_else(|| RecordId::from(id).short(), number_of);
    let category = incident.as_ref().map_or("", |incident| incident.category.as_str());
    put_words(writing, &(id, number, category), (draft.id, draft.kind), &draft.words, draft.saved_at)
}

fn put_words(
    writing: &Writing<'_>,
    (incident, number, category): &(IncidentId, String, &str),
    (id, kind): (TransitionId, Option<TransitionKind>),
    words: &str,
    at: UnixMillis,
) -> Result<(), StoreError> {
    if words.is_empty() {
        return Ok(());
    }
    writing
        .prepare_cached(
            "INSERT OR REPLACE INTO departed_step
                 (step, incident, number, category, kind, words, at, reason, is_effective, is_unsent)
             VALUES (:step, :incident, :number, :category, :kind, :words, :at, NULL, 0, 1)",
        )?
        .execute(named_params! {
            ":step": id.as_uuid().into_bytes(),
            ":incident": id_bytes(*incident),
            ":number": number,
            ":category": category,
            ":kind": kind_code(kind),
            ":words": words,
            ":at": at.as_i64(),
        })?;
    Ok(())
}

/// The words that went with a step: what was written, or where the appointment was to be.
fn words_of(payload: &Payload) -> &str {
    let place = payload.booking.as_ref().map_or("", |booking| booking.place.as_str());
    if payload.text.is_empty() { place } else { &payload.text }
}

/// What an incident is called over the phone.
pub(crate) fn number_of(incident: &Incident) -> String {
    let short = |id: IncidentId| RecordId::from(id).short();
    incident.human_no.clone().unwrap_or_else(|| short(incident.id))
}
