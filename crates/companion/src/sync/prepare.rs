//! From the machine's plan to the request.

use std::collections::BTreeSet;

use ::sync::machine::{PendingChange, Reason, RoundPlan, Sent, group_by_document, plan_push};
use ::sync::wire::{AWAITED_LIMIT, AwaitedChange, AwaitedStep, Blob, Cursor, PushDocument, SyncRequest, capability};
use domain::{Account, ChangeHash, InstallationId, RecordId, UnixMillis};

use crate::store::departed_step::list_awaited_steps;
use crate::store::incident::list_highest_numbers;
use crate::store::outbox::{find_change_bytes, list_held, list_sendable};
use crate::store::replica::{list_collections, read_epoch, read_mark, read_numbers_told};
use crate::store::setting::{ACCOUNT, read_setting};
use crate::store::{Store, StoreError};

/// Most numbers of incidents told to a server in a new life of its data: areas and days, newest first.
const NUMBERS_LIMIT: usize = 16;

/// A request with what its reply will be compared with.
#[derive(Debug, Clone)]
pub(crate) struct PreparedRound {
    /// The request.
    pub(crate) request: SyncRequest,
    /// Why the round is made.
    pub(crate) reason: Reason,
    /// The changes it offers.
    pub(crate) pushed: Vec<(RecordId, ChangeHash)>,
    /// The changes it asks about: held by the server when last heard of.
    pub(crate) awaited: Vec<(RecordId, ChangeHash)>,
    /// Documents that wait on this device meanwhile: what is pending of them is not this round's.
    pub(crate) held_back: BTreeSet<RecordId>,
    /// The same as the machine wants to hear of it.
    pub(crate) sent: Sent,
}

/// Reads what the round carries, without documents that wait for a step to be taken back. `device_clock`: what the
/// device's own clock says, right or wrong.
pub(crate) fn prepare_round(
    store: &Store,
    plan: &RoundPlan,
    installation: InstallationId,
    device_clock: UnixMillis,
    held_back: &BTreeSet<RecordId>,
) -> Result<PreparedRound, StoreError> {
    let db = store.read();
    let mut outbox = list_sendable(db, installation)?;
    outbox.retain(|change| !held_back.contains(&change.document));
    let pending: Vec<PendingChange> =
        outbox.iter().map(|change| PendingChange { document: change.document, bytes: change.size_bytes }).collect();
    let chosen = plan_push(&pending, &plan.push);
    let mut pushed = Vec::with_capacity(chosen.len());
    let mut push = Vec::new();
    for (document, indices) in group_by_document(&pending, &chosen) {
        let mut changes = Vec::with_capacity(indices.len());
        for change in indices.iter().map(|&index| &outbox[index]) {
            let bytes = find_change_bytes(db, document, change.hash)?.ok_or(StoreError::Value { table: "change" })?;
            changes.push(Blob(bytes));
            pushed.push((document, change.hash));
        }
        push.push(PushDocument { document, kind: outbox[indices[0]].kind.into(), changes });
    }
    let cursors = list_collections(db)?;
    let awaited = choose(list_held(db)?, device_clock);
    let awaited_steps = choose(list_awaited_steps(db)?, device_clock).into_iter();
    let mut capabilities = vec![capability::REFERENCE.to_owned(), capability::REPAIR.to_owned()];
    if !plan.audit.is_empty() {
        // Said where it matters: the usual round stays small.
        capabilities.push(capability::ASKS_FIRST.to_owned());
    }
    let account: Option<Account> = read_setting(db, ACCOUNT)?;
    if account.is_some_and(|account| account.scope.org.is_some()) {
        capabilities.push(capability::CONTACTS.to_owned());
    }
    let epoch = read_epoch(db)?;
    let are_numbers_told = epoch.is_none() || read_numbers_told(db)? == epoch;
    let numbers = if are_numbers_told { Vec::new() } else { list_highest_numbers(db, NUMBERS_LIMIT)? };
    let request = SyncRequest {
        capabilities,
        installation,
        epoch,
        push,
        pull: cursors.into_iter().map(|row| Cursor { collection: row.collection, after: row.position }).collect(),
        audit: plan.audit.iter().cloned().collect(),
        fetch: plan.fetch.iter().copied().collect(),
        awaited: awaited.iter().map(|(document, hash)| AwaitedChange { document: *document, hash: *hash }).collect(),
        awaited_steps: awaited_steps.map(|(document, transition)| AwaitedStep { document, transition }).collect(),
        mark: read_mark(db)?,
        numbers,
        limit_bytes: plan.page_bytes,
        device_clock,
    };
    let sent = Sent {
        changes: chosen.len(),
        bytes: chosen.iter().map(|&index| pending[index].bytes).sum(),
        first: pushed.first().map(|(document, _)| *document),
    };
    Ok(PreparedRound { request, reason: plan.reason, pushed, awaited, held_back: held_back.clone(), sent })
}

/// As many as one request asks about; of more, others each minute.
fn choose<T>(mut all: Vec<T>, now: UnixMillis) -> Vec<T> {
    if all.len() > AWAITED_LIMIT {
        let minute = usize::try_from(now.as_i64().max(0) / 60_000).unwrap_or_default();
        let length = all.len();
        all.rotate_left((minute % length).wrapping_mul(AWAITED_LIMIT) % length);
        all.truncate(AWAITED_LIMIT);
    }
    all
}
