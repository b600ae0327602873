//! In which order steps came that were taken in and not decided.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use documents::RecordDocument;
use domain::UnixMillis;
use domain::id::TransitionId;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::store::{Answer, Store, StoredChange, StoredDocument};

/// Most changes that are put together to see in which order steps came. Each costs as much as those before it together.
const REPLAY_LIMIT: usize = 500;

/// The undecided steps of a stored incident in the order in which the ledger took them in, without the `new` ones, which
/// it does not have yet. Steps of one change are in the order of their device's clock.
///
/// There are hardly ever two: a server stopped between taking in and deciding, or its answer could not be stored. Only
/// then the changes are read. Where these cannot be read (damage) or are more than [`REPLAY_LIMIT`] it answers nothing,
/// and the devices' clocks decide.
///
/// # Errors
/// When the store fails for now.
pub(crate) async fn list_waiting<S: Store>(
    store: &S,
    stored: &StoredDocument,
    new: &[TransitionId],
) -> Answer<Vec<TransitionId>> {
    let mut waiting = find_undecided(stored);
    waiting.retain(|id| !new.contains(id));
    if waiting.len() < 2 {
        return Ok(waiting);
    }
    let document = stored.id;
    let changes = match store.list_changes(document).await {
        Err(error) if error.is_temporary() => return Err(error),
        read => read,
    };
    let replayed = crate::ingest::run_blocking(move || {
        let changes = changes.ok().filter(|changes| changes.len() <= REPLAY_LIMIT)?;
        catch_unwind(AssertUnwindSafe(|| replay(&changes, waiting))).ok()?
    });
    let order = replayed.await?;
    if order.is_none() {
        tracing::warn!(%document, "the order in which steps came cannot be read; the devices' clocks decide");
    }
    Ok(order.unwrap_or_default())
}

/// Undecided steps by its projection, by their devices' clocks.
fn find_undecided(stored: &StoredDocument) -> Vec<TransitionId> {
    #[derive(Deserialize)]
    struct Step {
        at_device: UnixMillis,
    }
    #[derive(Deserialize)]
    struct Steps {
        #[serde(default)]
        transitions: BTreeMap<TransitionId, Step>,
        #[serde(default)]
        decisions: BTreeMap<TransitionId, IgnoredAny>,
    }
    let Ok(Steps { transitions, decisions }) = serde_json::from_str(&stored.projection) else { return Vec::new() };
    let undecided = transitions.into_iter().filter(|(id, _)| !decisions.contains_key(id));
    let mut waiting: Vec<_> = undecided.map(|(id, step)| (step.at_device, id)).collect();
    waiting.sort_unstable();
    waiting.into_iter().map(|(_, id)| id).collect()
}

/// Puts the changes together one after the other and sees with which one each step came.
fn replay(changes: &[StoredChange], mut waiting: Vec<TransitionId>) -> Option<Vec<TransitionId>> {
    let mut document = RecordDocument::empty();
    let mut order = Vec::new();
    for change in changes {
        document.apply(&[change.bytes.as_slice()]).ok()?;
        let has_come = |id: &TransitionId| document.find_write(&format!("transitions.{id}.kind")).is_some();
        let (come, still): (Vec<_>, Vec<_>) = waiting.into_iter().partition(has_come);
        order.extend(come);
        waiting = still;
        if waiting.is_empty() {
            return Some(order);
        }
    }
    None
}
