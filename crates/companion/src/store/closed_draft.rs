//! Drafts that are over: submitted, or cleared by a person, who can bring them back for a day.
//!
//! A form that is still open somewhere may save itself after that. It must not come to life again, so the names of the
//! last [`CLOSED_LIMIT`] are kept. One setting holds them all: they are few, and go with their account.

use contract::ClearedDrafts;
use domain::UnixMillis;
use domain::id::DraftId;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::draft::{Draft, find_draft, put_draft, remove_draft};
use super::setting::{CLOSED_DRAFTS, put_setting, read_setting};
use super::{StoreError, Writing};

/// How long a draft that was cleared can be brought back.
const RESTORABLE_MS: i64 = UnixMillis::DAY_MS;
/// So many are remembered: a week of the busiest campaign.
const CLOSED_LIMIT: usize = 200;

/// A draft that is over.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ClosedDraft {
    id: DraftId,
    at: UnixMillis,
    /// As it was cleared; none: submitted, or never written.
    draft: Option<Draft>,
}

impl ClosedDraft {
    fn until(&self) -> UnixMillis {
        self.at.plus_ms(RESTORABLE_MS)
    }
}

/// Clears drafts; they can be brought back.
pub(crate) fn clear_drafts(writing: &Writing<'_>, ids: &[DraftId], at: UnixMillis) -> Result<(), StoreError> {
    let mut drafts = Vec::new();
    for id in ids {
        drafts.push((*id, find_draft(writing, *id)?));
    }
    close(writing, drafts, at)
}

/// The draft was submitted.
pub(crate) fn close_draft(writing: &Writing<'_>, id: DraftId, at: UnixMillis) -> Result<(), StoreError> {
    close(writing, vec![(id, None)], at)
}

fn close(writing: &Writing<'_>, drafts: Vec<(DraftId, Option<Draft>)>, at: UnixMillis) -> Result<(), StoreError> {
    let mut closed = read_closed(writing)?;
    for old in closed.iter_mut().filter(|old| old.until() <= at) {
        old.draft = None;
    }
    for (id, draft) in drafts {
        remove_draft(writing, id)?;
        // Cleared twice is cleared once.
        if !closed.iter().any(|old| old.id == id) {
            closed.push(ClosedDraft { id, at, draft });
        }
    }
    closed.drain(..closed.len().saturating_sub(CLOSED_LIMIT));
    put_setting(writing, CLOSED_DRAFTS, &closed)
}

/// Whether this draft is over.
pub(crate) fn is_closed(db: &Connection, id: DraftId) -> Result<bool, StoreError> {
    Ok(read_closed(db)?.iter().any(|closed| closed.id == id))
}

/// The drafts that were cleared last, with one tap, and can still be brought back.
pub(crate) fn find_cleared(db: &Connection, now: UnixMillis) -> Result<Option<ClearedDrafts>, StoreError> {
    let mut cleared = read_closed(db)?;
    cleared.retain(|closed| closed.draft.is_some() && closed.until() > now);
    let Some(last) = cleared.last() else { return Ok(None) };
    let (at, until) = (last.at, last.until());
    let drafts = cleared.iter().filter(|closed| closed.at == at).map(|closed| closed.id).collect();
    Ok(Some(ClearedDrafts { drafts, until }))
}

/// Brings cleared drafts back.
pub(crate) fn restore_drafts(writing: &Writing<'_>, ids: &[DraftId], now: UnixMillis) -> Result<(), StoreError> {
    let (back, closed): (Vec<_>, Vec<_>) = read_closed(writing)?
        .into_iter()
        .partition(|closed| ids.contains(&closed.id) && closed.draft.is_some() && closed.until() > now);
    for draft in back.iter().filter_map(|closed| closed.draft.as_ref()) {
        put_draft(writing, draft)?;
    }
    put_setting(writing, CLOSED_DRAFTS, &closed)
}

fn read_closed(db: &Connection) -> Result<Vec<ClosedDraft>, StoreError> {
    Ok(read_setting(db, CLOSED_DRAFTS)?.unwrap_or_default())
}
