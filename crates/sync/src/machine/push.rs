//! Which pending changes travel in one round.

use std::collections::{BTreeMap, BTreeSet};

use domain::RecordId;

use super::work::PushLimits;

/// A pending change as the plan needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingChange {
    /// Its document.
    pub document: RecordId,
    /// Its size before compression.
    pub bytes: usize,
}

/// Bytes of names around one change, before compression.
const ENVELOPE_BYTES: usize = 40;

/// What a change adds to a compressed body, roughly: raw changes shrink to a half alone and to a quarter in company;
/// the half is the safe guess (twice the batch size is still below what a server reads).
#[must_use]
pub const fn estimate_compressed(raw_bytes: usize) -> usize {
    (raw_bytes + ENVELOPE_BYTES).div_ceil(2)
}

/// Indices of the changes to offer, ascending. `pending` is in order of making; changes of one document keep that
/// order and none is left out in the middle, because each builds on the one before.
///
/// The first change that may travel at all always does, however large: whether it is too large is for the server to
/// say. A document that does not fit lets smaller ones pass.
#[must_use]
pub fn plan_push(pending: &[PendingChange], limits: &PushLimits) -> Vec<usize> {
    let mut chosen = Vec::new();
    let mut closed: BTreeSet<RecordId> = limits.skip.clone();
    let mut used = 0_usize;
    for (index, change) in pending.iter().enumerate() {
        if chosen.len() >= limits.max_changes {
            break;
        }
        if closed.contains(&change.document) {
            continue;
        }
        let size = estimate_compressed(change.bytes);
        if chosen.is_empty() || used.saturating_add(size) <= limits.budget_bytes {
            used = used.saturating_add(size);
            chosen.push(index);
        } else {
            closed.insert(change.document);
        }
    }
    chosen
}

/// The documents of a choice with the indices of their changes, documents in order of their first change.
#[must_use]
pub fn group_by_document(pending: &[PendingChange], chosen: &[usize]) -> Vec<(RecordId, Vec<usize>)> {
    let mut places: BTreeMap<RecordId, usize> = BTreeMap::new();
    let mut groups: Vec<(RecordId, Vec<usize>)> = Vec::new();
    for &index in chosen {
        let Some(change) = pending.get(index) else { continue };
        let place = *places.entry(change.document).or_insert_with(|| {
            groups.push((change.document, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(index);
    }
    groups
}
