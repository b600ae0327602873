//! Taking in what devices push: the server never applies a stranger's bytes to a live document.
//!
//! Flow: read every header and its checksum → answer what is known already (a replay ends here) → read what the rest
//! builds on → judge each document's changes in order on throw-away copies ([`judge`]), off the runtime's threads →
//! decide on the steps in incidents ([`answer`]) → write everything that was found fit, with the decisions, and
//! everything that was not, some hundred documents in a transaction, so that others write in between. A document that
//! moved between judging and writing is judged again.
//!
//! A round's work is limited ([`WorkBudget`]): what is left when it ends has no outcome and comes again.
//!
//! Failure: each change gets its own verdict; one refused change never blocks another document. A sequence number
//! that is taken by another change means that the device was restored from a backup: then nothing of the round is
//! written and the device is told ([`TakenIn::Forked`]); where that shows only in a document that moved, its changes get
//! no verdict, and the next round tells. An incident that cannot be settled is taken in all the same
//! and left to the desk's clock. What cannot be judged or stored because the ledger is damaged there is held for the
//! office; where not even that can be written, the change gets no verdict and stays with its device.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{AccountId, ChangeHash, InstallationId, Kind, RecordId, UnixMillis};
use sync::wire::{Outcome, PushDocument, Verdict};

use crate::desk::{Clocks, Registrar};
use crate::limits::COMMIT_DOCUMENTS;
use crate::store::{Aside, AsideState, Base, BaseQuery, Batch, Committed, Session, Store, StoreError};

mod accept;
mod answer;
mod budget;
mod entitle;
mod judge;
mod refusal;
mod trial;

pub(crate) use accept::{accept_held, find_kind, find_stored, is_stored};
use answer::Written;
pub(crate) use budget::{CancelOnDrop, WorkBudget};
use judge::{Judged, Offer, hold_accepted, judge_document};
pub(crate) use trial::{Rebuilt, rebuild};

/// How often a document that keeps moving is judged again before the device is asked to come back.
const PATIENCE: usize = 64;

/// Who pushes.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    pub(crate) session: Session,
    pub(crate) installation: InstallationId,
    pub(crate) voice: Voice,
    /// By what times in the future are corrected; `None`: they are not.
    pub(crate) clocks: Option<Clocks>,
}

/// Who wants the changes taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// The device that wrote them.
    Device,
    /// The office, which accepts what was held: nothing is put aside again.
    Office,
}

impl Sender {
    pub(crate) fn account(&self) -> AccountId {
        self.session.account.id
    }
}

/// What became of a push.
#[derive(Debug)]
pub(crate) enum TakenIn {
    /// What became of each change that was judged.
    Judged {
        /// The verdicts.
        outcomes: Vec<Outcome>,
        /// How many bytes of changes got one other than [`Verdict::Known`].
        fresh_bytes: u64,
    },
    /// The installation repeats sequence numbers; nothing was written.
    Forked,
}

/// Takes in a push as far as the budget goes. Without a registrar (the desk cannot be read) steps in incidents wait for
/// the desk's clock, and times stay as they were pushed.
pub(crate) async fn take_in<S: Store>(
    store: &S,
    registrar: Option<&Arc<Registrar>>,
    sender: &Sender,
    push: Vec<PushDocument>,
    now: UnixMillis,
    budget: &WorkBudget,
) -> Result<TakenIn, StoreError> {
    let offers = run_blocking(move || judge::read_offers(push)).await?;
    let named: Vec<_> = offers.iter().flat_map(|offer| offer.hashes().map(|hash| (offer.document, hash))).collect();
    let known = store.find_known(named).await?;
    let sizes: BTreeMap<ChangeHash, usize> =
        offers.iter().flat_map(|offer| &offer.changes).map(|change| (change.hash, change.bytes.len())).collect();
    let finish = |outcomes: Vec<Outcome>| {
        let fresh = outcomes.iter().filter(|outcome| outcome.verdict != Verdict::Known);
        let fresh_bytes: usize = fresh.filter_map(|outcome| sizes.get(&outcome.hash)).sum();
        TakenIn::Judged { fresh_bytes: u64::try_from(fresh_bytes).unwrap_or(u64::MAX), outcomes }
    };
    let mut outcomes = Vec::new();
    let mut waiting = Vec::new();
    for offer in offers {
        let (replayed, fresh) = offer.split_known(&known);
        outcomes.extend(replayed.into_iter().map(|hash| outcome(fresh.document, hash, Verdict::Known)));
        if !fresh.changes.is_empty() {
            waiting.push(fresh);
        }
    }
    for pass in 0..PATIENCE {
        if waiting.is_empty() {
            return Ok(finish(outcomes));
        }
        let Some(mut judged) = judge_offers(store, sender, waiting, budget).await? else {
            if pass == 0 {
                return Ok(TakenIn::Forked);
            }
            // Earlier passes have written. What moved gets no verdict, comes again, and shows the fork at once.
            tracing::info!("an installation repeats its sequence numbers in a document that moved");
            return Ok(finish(outcomes));
        };
        waiting = Vec::new();
        while !judged.is_empty() {
            let rest = judged.split_off(judged.len().min(COMMIT_DOCUMENTS));
            let mut part = std::mem::replace(&mut judged, rest);
            if let Some(registrar) = registrar {
                answer::settle_judged(store, registrar, &mut part, now).await?;
            }
            let installation = registrar.map(|registrar| registrar.installation);
            answer::correct_judged(installation, sender, &mut part).await?;
            waiting.extend(write_judged(store, sender, part, &mut outcomes, now).await?);
        }
    }
    Err(StoreError::Busy)
}

/// Judges each document against the ledger as it is now, as far as the budget goes; `None` for a fork.
async fn judge_offers<S: Store>(
    store: &S,
    sender: &Sender,
    offers: Vec<Offer>,
    budget: &WorkBudget,
) -> Result<Option<Vec<(Offer, Judged)>>, StoreError> {
    let queries = offers
        .iter()
        .map(|offer| BaseQuery {
            document: offer.document,
            installation: sender.installation,
            hashes: offer.hashes_and_deps(),
        })
        .collect();
    let bases: Vec<Base> = store.read_bases(queries).await?;
    let (judging, budget) = (sender.clone(), budget.clone());
    let judged = run_blocking(move || {
        // Looked for before anything is judged or written: the budget may end before the change that shows it.
        if offers.iter().zip(&bases).any(|(offer, base)| judge::repeats_sequence(&judging, offer, base)) {
            return Err(judge::Fork);
        }
        let pairs = offers.into_iter().zip(bases);
        let judge = |(offer, base)| judge_document(&judging, &offer, base, &budget).map(|judged| (offer, judged));
        // A document of which nothing was judged has no outcome.
        pairs.map(judge).filter(|judged| !matches!(judged, Ok((_, judged)) if judged.verdicts.is_empty())).collect()
    });
    let judged: Result<Vec<(Offer, Judged)>, judge::Fork> = judged.await?;
    let Ok(mut judged) = judged else { return Ok(None) };
    check_parents(store, sender, &mut judged).await?;
    Ok(Some(judged))
}

/// New records of a household must belong to one the account has, or had, to do with.
async fn check_parents<S: Store>(store: &S, sender: &Sender, judged: &mut [(Offer, Judged)]) -> Result<(), StoreError> {
    let mut parents: BTreeMap<RecordId, Vec<usize>> = BTreeMap::new();
    for (i, (_, judged)) in judged.iter().enumerate() {
        if let Some(admission) = judged.admission.as_ref().filter(|admission| admission.base.is_empty())
            && let Some(parent) = admission.after.parent
        {
            parents.entry(parent).or_default().push(i);
        }
    }
    let queries = parents
        .keys()
        .map(|&document| BaseQuery { document, installation: sender.installation, hashes: Vec::new() })
        .collect();
    let bases = store.read_bases(queries).await?;
    for (children, base) in parents.into_values().zip(bases) {
        // A household that is still on its way (another batch, another phone) cannot be checked yet.
        let Some(household) = base.stored else { continue };
        if household.kind == Kind::Household && entitle::knows_place(sender, &household.grid) {
            continue;
        }
        for child in children {
            let (offer, judged) = &mut judged[child];
            judged.refuse_admission(sender, offer, sync::wire::RefusalCode::NotAllowed, "household");
        }
    }
    Ok(())
}

/// Writes what was judged; answers the offers whose documents moved meanwhile.
async fn write_judged<S: Store>(
    store: &S,
    sender: &Sender,
    judged: Vec<(Offer, Judged)>,
    outcomes: &mut Vec<Outcome>,
    now: UnixMillis,
) -> Result<Vec<Offer>, StoreError> {
    let mut batch = Batch { received_at: now, ..Batch::default() };
    let mut admitted = Vec::new();
    let mut plain = Vec::new();
    for (offer, judged) in judged {
        let Judged { admission, settled, aside, verdicts, .. } = judged;
        if sender.voice == Voice::Device {
            batch.aside.extend(aside);
        }
        match admission {
            Some(admission) => {
                if let Some(settled) = settled {
                    plain.push((batch.admissions.len(), admission));
                    batch.admissions.push(settled);
                } else {
                    batch.admissions.push(admission);
                }
                admitted.push((offer, verdicts));
            }
            None => outcomes.extend(verdicts.into_iter().map(|(hash, v)| outcome(offer.document, hash, v))),
        }
    }
    if batch.admissions.is_empty() && batch.aside.is_empty() {
        return Ok(Vec::new());
    }
    let Written { committed, mut unkept } = answer::commit(store, batch, plain).await?;
    let mut moved = Vec::new();
    let mut held = Vec::new();
    let mut answered = Vec::new();
    for ((offer, mut verdicts), committed) in admitted.into_iter().zip(committed) {
        match committed {
            Committed::Moved => {
                moved.push(offer);
                continue;
            }
            Committed::Damaged => held.extend(hold_accepted(sender, &offer, &mut verdicts)),
            Committed::Stored => {}
        }
        answered.extend(verdicts.into_iter().map(|(hash, verdict)| outcome(offer.document, hash, verdict)));
    }
    if sender.voice == Voice::Device && !held.is_empty() {
        let batch = Batch { received_at: now, aside: held, ..Batch::default() };
        unkept.append(&mut answer::commit(store, batch, Vec::new()).await?.unkept);
    }
    outcomes.append(&mut answered);
    outcomes.retain(|outcome| !unkept.contains(&outcome.hash));
    Ok(moved)
}

fn outcome(document: RecordId, hash: ChangeHash, verdict: Verdict) -> Outcome {
    Outcome { document, hash, verdict }
}

/// Work for the processor, off the threads that answer requests.
pub(crate) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    // Judging contains its panics; one that escapes is a defect of ours and ends this request only.
    tokio::task::spawn_blocking(work).await.map_err(|panic| StoreError::Other(Box::new(panic)))
}

/// A change put aside, in the sender's name.
fn put_aside(
    sender: &Sender,
    document: RecordId,
    hash: ChangeHash,
    bytes: &[u8],
    (state, code, detail): (AsideState, sync::wire::RefusalCode, String),
) -> Aside {
    Aside {
        state,
        code,
        detail,
        account: sender.account(),
        installation: sender.installation,
        document,
        hash,
        bytes: bytes.to_vec(),
    }
}

/// Whether any of these is in the set.
fn has_any(set: &BTreeSet<ChangeHash>, of: &[ChangeHash]) -> bool {
    of.iter().any(|hash| set.contains(hash))
}
