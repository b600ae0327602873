//! Judging the changes of one document, in the order of their sequence numbers. Pure: the ledger's answers go in,
//! verdicts and one admission come out.

use std::collections::{BTreeMap, BTreeSet};

use documents::{ChangeHeader, InspectError, inspect};
use domain::id::TransitionId;
use domain::{ChangeHash, Kind, RecordId};
use sha2::{Digest as _, Sha256};
use sync::wire::{Blob, CHANGE_LIMIT_BYTES, Named, PushDocument, RefusalCode, Verdict};

use super::budget::WorkBudget;
use super::refusal::Unfit;
use super::trial::{Fit, try_change};
use super::{Sender, Voice, has_any, put_aside};
use crate::store::{Admission, Aside, AsideState, Base, StoredChange};

/// One pushed change, read but not believed.
#[derive(Debug)]
pub(super) struct OfferedChange {
    pub(super) hash: ChangeHash,
    pub(super) header: Result<ChangeHeader, InspectError>,
    pub(super) bytes: Vec<u8>,
}

/// What is pushed for one document.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) document: RecordId,
    pub(super) kind: Named<Kind>,
    pub(super) changes: Vec<OfferedChange>,
}

impl Offer {
    pub(super) fn hashes(&self) -> impl Iterator<Item = ChangeHash> + '_ {
        self.changes.iter().filter(|change| change.header.is_ok()).map(|change| change.hash)
    }

    pub(super) fn hashes_and_deps(&self) -> Vec<ChangeHash> {
        let deps = self.changes.iter().filter_map(|change| change.header.as_ref().ok()).flat_map(|h| h.deps.clone());
        let all: BTreeSet<ChangeHash> = self.hashes().chain(deps).collect();
        all.into_iter().collect()
    }

    /// The hashes that are stored already, and the offer without them.
    pub(super) fn split_known(self, known: &BTreeSet<ChangeHash>) -> (Vec<ChangeHash>, Self) {
        let (replayed, changes): (Vec<_>, Vec<_>) =
            self.changes.into_iter().partition(|change| change.header.is_ok() && known.contains(&change.hash));
        (replayed.into_iter().map(|change| change.hash).collect(), Self { changes, ..self })
    }
}

/// Reads what was pushed; changes of one document that came in several parts are put together.
pub(super) fn read_offers(push: Vec<PushDocument>) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for part in push {
        let place = *places.entry((part.document, part.kind.clone())).or_insert_with(|| {
            offers.push(Offer { document: part.document, kind: part.kind, changes: Vec::new() });
            offers.len() - 1
        });
        offers[place].changes.extend(part.changes.into_iter().map(read_change));
    }
    offers
}

fn read_change(Blob(bytes): Blob) -> OfferedChange {
    let header =
        if bytes.len() > CHANGE_LIMIT_BYTES { Err(InspectError::TooLarge(bytes.len())) } else { inspect(&bytes) };
    let hash = header.as_ref().map_or_else(|_| claimed_hash(&bytes), |header| header.hash);
    OfferedChange { hash, header, bytes }
}

/// The name by which the device knows a change that cannot be read: Automerge hashes what follows magic and checksum.
fn claimed_hash(bytes: &[u8]) -> ChangeHash {
    ChangeHash(Sha256::digest(bytes.get(8..).unwrap_or(bytes)).into())
}

/// What becomes of one document's changes.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) admission: Option<Admission>,
    /// Steps of an incident that the admission brings, in order of arrival.
    pub(super) arrived: Vec<TransitionId>,
    /// The admission with what the server answers to it.
    pub(super) settled: Option<Admission>,
    pub(super) aside: Vec<Aside>,
    pub(super) verdicts: Vec<(ChangeHash, Verdict)>,
}

impl Judged {
    /// Takes the admission back: every change it held is refused after all.
    pub(super) fn refuse_admission(&mut self, sender: &Sender, offer: &Offer, code: RefusalCode, detail: &str) {
        let Some(admission) = self.admission.take() else { return };
        for change in admission.changes {
            self.verdicts.retain(|(hash, _)| *hash != change.hash);
            self.verdicts.push((change.hash, Verdict::Refused { code, detail: detail.to_owned() }));
            let why = (AsideState::Refused, code, detail.to_owned());
            self.aside.push(put_aside(sender, offer.document, change.hash, &change.bytes, why));
        }
    }
}

/// Turns what was found fit into held work: the ledger cannot take it for damage of its own.
pub(super) fn hold_accepted(sender: &Sender, offer: &Offer, verdicts: &mut [(ChangeHash, Verdict)]) -> Vec<Aside> {
    let code = RefusalCode::LedgerDamaged;
    let mut held = Vec::new();
    for (hash, verdict) in verdicts.iter_mut().filter(|(_, verdict)| *verdict == Verdict::Accepted) {
        let bytes = offer.changes.iter().find(|change| change.hash == *hash).map(|change| &change.bytes);
        held.extend(
            bytes.map(|bytes| put_aside(sender, offer.document, *hash, bytes, (AsideState::Held, code, String::new()))),
        );
        *verdict = Verdict::Held { code };
    }
    held
}

/// The installation repeats its sequence numbers.
#[derive(Debug)]
pub(super) struct Fork;

/// Whether a sequence number of the sender's own is offered with other contents than it was taken in with.
pub(super) fn repeats_sequence(sender: &Sender, offer: &Offer, base: &Base) -> bool {
    offer.changes.iter().filter(|change| !base.known.contains(&change.hash)).any(|change| {
        let is_own =
            |header: &&ChangeHeader| header.actor == sender.installation && header.author == Some(sender.account());
        let awaits = |header: &ChangeHeader| header.deps.iter().any(|dep| base.held.contains_key(dep));
        let header = change.header.as_ref().ok().filter(is_own);
        header.is_some_and(|header| header.seq <= base.last_seq && !awaits(header))
    })
}

/// Judges the changes of one document, in order, until the budget ends.
pub(super) fn judge_document(sender: &Sender, offer: &Offer, base: Base, budget: &WorkBudget) -> Result<Judged, Fork> {
    let held = match sender.voice {
        Voice::Device => base.held.clone(),
        // What is being accepted is the held work itself.
        Voice::Office => BTreeMap::new(),
    };
    let mut judging = Judging {
        sender,
        offer,
        last_seq: base.last_seq,
        known: base.known.clone(),
        held,
        refused: BTreeSet::new(),
        fit: None,
        arrived: Vec::new(),
        base,
    };
    let mut judged =
        Judged { admission: None, arrived: Vec::new(), settled: None, aside: Vec::new(), verdicts: Vec::new() };
    let mut admitted = Vec::new();
    for change in &offer.changes {
        let Some(judgement) = budget.spend(|| judging.judge(change)) else { break };
        let verdict = match judgement {
            Ok(None) => Verdict::Known,
            Ok(Some(stored)) => {
                admitted.push(stored);
                Verdict::Accepted
            }
            Err(Unfit::Forked) => return Err(Fork),
            Err(Unfit::Held(code)) => {
                judging.held.insert(change.hash, code);
                let why = (AsideState::Held, code, String::new());
                judged.aside.push(put_aside(sender, offer.document, change.hash, &change.bytes, why));
                Verdict::Held { code }
            }
            Err(Unfit::Refused(code, detail)) => {
                judging.refused.insert(change.hash);
                let why = (AsideState::Refused, code, detail.clone());
                judged.aside.push(put_aside(sender, offer.document, change.hash, &change.bytes, why));
                Verdict::Refused { code, detail }
            }
        };
        judged.verdicts.push((change.hash, verdict));
    }
    judged.arrived = judging.arrived;
    judged.admission = judging.fit.map(|fit| Admission {
        after: fit.after,
        base: judging.base.stored.map(|stored| stored.heads).unwrap_or_default(),
        changes: admitted,
        collections: fit.streams,
        wake_at: fit.wake_at,
    });
    Ok(judged)
}

struct Judging<'a> {
    sender: &'a Sender,
    offer: &'a Offer,
    base: Base,
    last_seq: u64,
    known: BTreeSet<ChangeHash>,
    held: BTreeMap<ChangeHash, RefusalCode>,
    refused: BTreeSet<ChangeHash>,
    /// The document after the changes admitted so far.
    fit: Option<Fit>,
    arrived: Vec<TransitionId>,
}

impl Judging<'_> {
    /// `None`: it is stored already.
    fn judge(&mut self, change: &OfferedChange) -> Result<Option<StoredChange>, Unfit> {
        if self.known.contains(&change.hash) && change.header.is_ok() {
            return Ok(None);
        }
        let header = change.header.clone()?;
        self.check_writer(&header)?;
        if self.base.is_damaged {
            // A fault on this side: what people wrote waits for the office until the ledger is mended.
            return Err(Unfit::Held(RefusalCode::LedgerDamaged));
        }
        self.check_order(&header)?;
        let base = self.fit.as_ref().map(|fit| &fit.after).or(self.base.stored.as_ref());
        if base.is_some_and(|stored| !self.offer.kind.is(&stored.kind)) {
            return Err(Unfit::refused(RefusalCode::WrongKind));
        }
        let Named::Known(kind) = self.offer.kind else {
            // A newer app wrote it: nothing is wrong with it, this server cannot read it yet.
            return Err(Unfit::Held(RefusalCode::NewerFormat));
        };
        let mut fit = try_change(self.sender, self.offer.document, kind, base, &change.bytes)?;
        self.arrived.append(&mut fit.arrived);
        self.fit = Some(fit);
        self.last_seq = header.seq;
        self.known.insert(header.hash);
        Ok(Some(StoredChange {
            hash: header.hash,
            actor: header.actor,
            seq: header.seq,
            account: self.sender.account(),
            bytes: change.bytes.clone(),
        }))
    }

    fn check_writer(&self, header: &ChangeHeader) -> Result<(), Unfit> {
        if header.actor != self.sender.installation {
            return Err(Unfit::refused(RefusalCode::ForeignActor));
        }
        if header.author != Some(self.sender.account()) {
            return Err(Unfit::refused(RefusalCode::ForeignAuthor));
        }
        Ok(())
    }

    fn check_order(&self, header: &ChangeHeader) -> Result<(), Unfit> {
        // What builds on work that is held waits with it; what builds on refused work has nothing to stand on.
        // Work that was held once and stored later (its right came back) holds nobody up.
        let awaited = header.deps.iter().filter(|dep| !self.known.contains(dep)).find_map(|dep| self.held.get(dep));
        if let Some(code) = awaited {
            return Err(Unfit::Held(*code));
        }
        if has_any(&self.refused, &header.deps) {
            return Err(Unfit::refused(RefusalCode::UnknownDependency));
        }
        if header.seq <= self.last_seq {
            return Err(Unfit::Forked);
        }
        if header.seq != self.last_seq + 1 {
            return Err(Unfit::refused(RefusalCode::SequenceGap));
        }
        if header.deps.iter().any(|dep| !self.known.contains(dep)) {
            return Err(Unfit::refused(RefusalCode::UnknownDependency));
        }
        Ok(())
    }
}
