//! What the server answers to a push: decisions and numbers for steps, right times for visits, in the same admission.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::{ChangeHash, InstallationId, Kind, UnixMillis};

use super::judge::{Judged, Offer};
use super::{Sender, run_blocking};
use crate::desk::{
    Registrar, Settled, claim_numbers, correct_contained, has_late_times, lacks_number, list_waiting, settle_contained,
};
use crate::limits::COMMIT_DOCUMENTS;
use crate::store::{Admission, Answer, AsideState, Batch, Committed, Store};

/// Settles every incident that was found fit. One that cannot be is left as it was pushed, and wakes at once.
pub(super) async fn settle_judged<S: Store>(
    store: &S,
    registrar: &Arc<Registrar>,
    judged: &mut [(Offer, Judged)],
    now: UnixMillis,
) -> Answer<()> {
    let fit = |judged: &Judged| judged.admission.clone().filter(|admission| admission.after.kind == Kind::Incident);
    let mut incidents: Vec<_> = judged
        .iter()
        .enumerate()
        .filter_map(|(place, (_, judged))| Some((place, fit(judged)?, judged.arrived.clone())))
        .collect();
    if incidents.is_empty() {
        return Ok(());
    }
    let unnumbered = incidents.iter().filter(|(_, admission, _)| lacks_number(&admission.after));
    let grids: Vec<_> = unnumbered.map(|(_, admission, _)| admission.after.grid.clone()).collect();
    let mut numbers = claim_numbers(store, &grids, now).await?.into_iter();
    for (_, admission, arrived) in &mut incidents {
        let mut waiting = list_waiting(store, &admission.after, arrived).await?;
        waiting.append(arrived);
        *arrived = waiting;
    }
    let registrar = Arc::clone(registrar);
    let settled = run_blocking(move || {
        let settle = |(place, admission, arrived): (usize, Admission, Vec<_>)| {
            let number = if lacks_number(&admission.after) { numbers.next().flatten() } else { None };
            match settle_contained(&registrar, &admission.after, &arrived, number, now) {
                Ok(settled) => (place, settled.map(|settled| add_answer(admission, settled)), false),
                Err(error) => {
                    tracing::error!(document = %admission.after.id, %error, "taken in and not settled");
                    (place, None, true)
                }
            }
        };
        incidents.into_iter().map(settle).collect::<Vec<_>>()
    });
    for (place, settled, is_left) in settled.await? {
        let judged = &mut judged[place].1;
        judged.settled = settled;
        if let Some(admission) = judged.admission.as_mut().filter(|_| is_left) {
            admission.wake_at = Some(UnixMillis::new(0));
        }
    }
    Ok(())
}

/// Corrects the times of visits that lie in the server's future, under the process's own installation. What cannot be
/// corrected, and everything where there is none, is left as it was pushed.
pub(super) async fn correct_judged(
    installation: Option<InstallationId>,
    sender: &Sender,
    judged: &mut [(Offer, Judged)],
) -> Answer<()> {
    let Some(clocks) = sender.clocks else { return Ok(()) };
    let late = |judged: &Judged| judged.admission.clone().filter(|admission| has_late_times(&admission.after, clocks));
    let late: Vec<_> =
        judged.iter().enumerate().filter_map(|(place, (_, judged))| Some((place, late(judged)?))).collect();
    if late.is_empty() {
        return Ok(());
    }
    let (device, documents) = (sender.session.device.0, late.len());
    let Some(installation) = installation else {
        tracing::error!(%device, documents, "times in the future are taken in as they are");
        return Ok(());
    };
    tracing::info!(%device, documents, "times in the future are corrected");
    let corrected = run_blocking(move || {
        let correct = |(place, admission): (usize, Admission)| {
            let corrected = correct_contained(installation, &admission.after, clocks).unwrap_or_else(|error| {
                tracing::error!(document = %admission.after.id, %error, "taken in with the times it has");
                None
            });
            (place, corrected.map(|corrected| add_answer(admission, corrected)))
        };
        late.into_iter().map(correct).collect::<Vec<_>>()
    });
    for (place, settled) in corrected.await? {
        judged[place].1.settled = settled;
    }
    Ok(())
}

fn add_answer(admission: Admission, Settled { change, rebuilt }: Settled) -> Admission {
    let mut changes = admission.changes;
    changes.push(change);
    Admission {
        after: rebuilt.stored,
        base: admission.base,
        changes,
        collections: rebuilt.streams,
        wake_at: rebuilt.wake_at,
    }
}

/// What became of a batch.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Of each admission.
    pub(super) committed: Vec<Committed>,
    /// Held work that could not be kept: its device must not hear that it is.
    pub(super) unkept: BTreeSet<ChangeHash>,
}

/// Writes a batch. `plain`: by place, the admissions without the server's answers: should the ledger not take an
/// answer (damage), people's work is still taken in. Damage where work is kept aside costs the work that meets it.
///
/// What is put aside goes in commits of its own where it is much: others must not wait for all of it. Should only some of
/// them happen, nothing of it was answered, and what comes again is kept once.
pub(super) async fn commit<S: Store>(
    store: &S,
    mut batch: Batch,
    mut plain: Vec<(usize, Admission)>,
) -> Answer<Written> {
    let received_at = batch.received_at;
    let mut unkept = BTreeSet::new();
    while batch.aside.len() > COMMIT_DOCUMENTS {
        let aside = batch.aside.split_off(batch.aside.len() - COMMIT_DOCUMENTS);
        let part = Batch { received_at, aside, ..Batch::default() };
        unkept.append(&mut commit_or_part(store, part).await?.unkept);
    }
    let mut written = commit_or_part(store, batch).await?;
    written.unkept.append(&mut unkept);
    plain.retain(|(place, _)| written.committed[*place] == Committed::Damaged);
    if !plain.is_empty() {
        tracing::error!("the ledger takes no answers; what was pushed is tried alone");
        let (places, admissions): (Vec<_>, Vec<_>) = plain.into_iter().unzip();
        let wake = |admission: Admission| {
            let is_incident = admission.after.kind == Kind::Incident;
            let wake_at = if is_incident { Some(UnixMillis::new(0)) } else { admission.wake_at };
            Admission { wake_at, ..admission }
        };
        let admissions = admissions.into_iter().map(wake).collect();
        let again = match store.commit(Batch { received_at, admissions, ..Batch::default() }).await {
            Err(error) if !error.is_temporary() => Vec::new(),
            again => again?,
        };
        for (place, committed) in places.into_iter().zip(again) {
            written.committed[place] = committed;
        }
    }
    Ok(written)
}

/// Writes a batch; where it meets damage, each part of it alone.
async fn commit_or_part<S: Store>(store: &S, batch: Batch) -> Answer<Written> {
    match store.commit(batch.clone()).await {
        Err(error) if !error.is_temporary() => {
            tracing::error!(%error, "a batch met damage; each part is tried alone");
            commit_one_by_one(store, batch).await
        }
        committed => Ok(Written { committed: committed?, ..Written::default() }),
    }
}

async fn commit_one_by_one<S: Store>(store: &S, batch: Batch) -> Answer<Written> {
    let received_at = batch.received_at;
    let mut unkept = BTreeSet::new();
    for one in &batch.aside {
        match store.commit(Batch { received_at, aside: vec![one.clone()], ..Batch::default() }).await {
            Err(error) if !error.is_temporary() => {
                store.note_damage("aside", one.hash.to_string(), &error);
                if one.state == AsideState::Held {
                    unkept.insert(one.hash);
                }
            }
            kept => drop(kept?),
        }
    }
    let mut committed = Vec::with_capacity(batch.admissions.len());
    for admission in batch.admissions {
        let document = admission.after.id;
        match store.commit(Batch { received_at, admissions: vec![admission], ..Batch::default() }).await {
            Err(error) if !error.is_temporary() => {
                store.note_damage("admission", document.to_string(), &error);
                committed.push(Committed::Damaged);
            }
            stored => committed.append(&mut stored?),
        }
    }
    Ok(Written { committed, unkept })
}
