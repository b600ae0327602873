//! A district in memory for the stories: it takes in what devices push, decides by `domain::workflow` and sends each
//! device what its account receives. The real one stands in `sync-server`; whole days on it stand in the crate `tests`.

use std::collections::BTreeMap;

use ::sync::machine::{Config, Event, Machine, Work};
use ::sync::wire::{Blob, Epoch, Item, Outcome, Page, RoundOutcome, Ruling, SyncReply, Verdict};
use documents::{Author, RecordDocument};
use domain::codes::CodeList as _;
use domain::incident::format_human_no;
use domain::rights::{collections_of_incident, subscriptions};
use domain::workflow::{Desk, SYSTEM_ACCOUNT, settle};
use domain::{
    Account, ChangeHash, Collection, Incident, IncidentId, InstallationId, Kind, MonotonicMillis, RecordId, UnixMillis,
};

use super::phone::{Phone, TODAY};
use crate::sync::{AppliedRound, apply_reply, prepare_round};

type Sent = BTreeMap<(Collection, RecordId), Vec<ChangeHash>>;

/// The district's side.
pub(crate) struct District {
    documents: BTreeMap<RecordId, RecordDocument>,
    sent: BTreeMap<InstallationId, Sent>,
    /// Its clock.
    pub(crate) now: UnixMillis,
    desk: Desk,
    serial: u32,
    erased: Vec<RecordId>,
    /// Rulings are told in the round after.
    pub(crate) is_slow: bool,
    held: Vec<Ruling>,
}

impl District {
    pub(crate) fn new() -> Self {
        Self {
            documents: BTreeMap::new(),
            sent: BTreeMap::new(),
            now: UnixMillis::start_of(TODAY).plus_ms(10 * 3_600_000),
            desk: Desk::default(),
            serial: 0,
            erased: Vec::new(),
            is_slow: false,
            held: Vec::new(),
        }
    }

    /// Everything of this document is to go.
    pub(crate) fn erase(&mut self, id: IncidentId) {
        self.documents.remove(&id.into());
        self.erased.push(id.into());
    }

    /// Devices ask for everything anew.
    pub(crate) fn forget_sent(&mut self) {
        self.sent.clear();
    }

    /// The incident as the district has it.
    pub(crate) fn read(&self, id: IncidentId) -> Incident {
        self.documents[&id.into()].read::<Incident>().expect("an incident").record
    }

    /// One round of a device; a second passes.
    pub(crate) fn sync(&mut self, phone: &mut Phone) -> AppliedRound {
        self.sync_while(phone, |_| ())
    }

    /// The same, with something happening on the device while the request is under way.
    pub(crate) fn sync_while(&mut self, phone: &mut Phone, happen: impl FnOnce(&mut Phone)) -> AppliedRound {
        self.now = self.now.plus_ms(1_000);
        let work = Machine::new(Config::default()).handle(MonotonicMillis::default(), 0, Event::Opened);
        let plan = work.into_iter().find_map(|work| if let Work::Start(plan) = work { Some(plan) } else { None });
        let account = phone.companion.account().cloned().expect("bound");
        let installation = phone.companion.installation().expect("an installation");
        let device = phone.companion.device_now();
        let held = phone.companion.list_held_back();
        let store = &phone.companion.store;
        let round = prepare_round(store, &plan.expect("opening starts a round"), installation, device, &held)
            .expect("prepared");
        happen(phone);
        let mut outcomes = Vec::new();
        let mut rulings = std::mem::take(&mut self.held);
        for push in &round.request.push {
            let document = self.documents.entry(push.document).or_insert_with(RecordDocument::empty);
            let changes: Vec<&[u8]> = push.changes.iter().map(|blob| blob.0.as_slice()).collect();
            let applied = document.apply(&changes).expect("applies");
            let hashes = applied.new.into_iter().chain(applied.known);
            let outcome = |hash| Outcome { document: push.document, hash, verdict: Verdict::Accepted };
            outcomes.extend(hashes.map(outcome));
            let decided = self.decide(push.document, &account);
            if self.is_slow { &mut self.held } else { &mut rulings }.extend(decided);
        }
        let streams = subscriptions(&account);
        let pages = streams.iter().map(|stream| self.page(stream, installation, &round)).collect();
        let reply = SyncReply {
            mark: None,
            epoch: Epoch(1),
            server_clock: self.now,
            round: RoundOutcome::Done,
            outcomes,
            subscriptions: streams,
            pages,
            audits: Vec::new(),
            fetched: Vec::new(),
            rulings,
            contacts: None,
            retry_after_ms: None,
        };
        let arrival = phone.companion.note_arrival(0);
        let applied = apply_reply(&mut phone.companion.store, &round, &reply, arrival).expect("stored");
        if let Some(ahead_ms) = applied.clock_ahead_ms {
            phone.companion.note_clock_measured(ahead_ms);
        }
        applied
    }

    /// Decides what is undecided; answers what an account that does not receive the incident has to be told.
    fn decide(&mut self, id: RecordId, account: &Account) -> Vec<Ruling> {
        let document = self.documents.get_mut(&id).expect("here");
        let Ok(reading) = document.read::<Incident>() else { return Vec::new() };
        let mut incident = reading.record;
        let undecided: Vec<_> =
            incident.transitions.keys().filter(|step| !incident.decisions.contains_key(step)).copied().collect();
        settle(&mut incident, &[], &self.desk, self.now);
        if incident.human_no.is_none() {
            self.serial += 1;
            incident.human_no = format_human_no(&incident.grid, self.now.local_date(), self.serial);
        }
        let author = Author {
            account: SYSTEM_ACCOUNT,
            installation: InstallationId::new(UnixMillis::new(2), [77; 10]),
            at: self.now,
        };
        document.edit(&incident, &author).expect("written");
        let streams = subscriptions(account);
        if collections_of_incident(&incident).iter().any(|stream| streams.contains(stream)) {
            return Vec::new();
        }
        let ruling = |step| {
            let decision = &incident.decisions[&step];
            let reason = decision.reason.map_or("", |reason| reason.code()).to_owned();
            Ruling {
                document: id,
                transition: step,
                effective: decision.effective,
                reason,
                at_server: decision.at_server,
            }
        };
        undecided.into_iter().map(ruling).collect()
    }

    fn page(&mut self, stream: &Collection, to: InstallationId, round: &crate::sync::PreparedRound) -> Page {
        let sent = self.sent.entry(to).or_default();
        let mut items = Vec::new();
        for (id, document) in &self.documents {
            let Ok(reading) = document.read::<Incident>() else { continue };
            let place = (stream.clone(), *id);
            if !collections_of_incident(&reading.record).contains(stream) {
                if sent.remove(&place).is_some() {
                    items.push(Item::Leave { document: *id });
                }
            } else if sent.get(&place) != Some(&document.heads()) {
                sent.insert(place, document.heads());
                let (parent, bytes) = (None, Blob(document.save_plain()));
                let heads = document.heads();
                items.push(Item::Snapshot { document: *id, kind: Kind::Incident.into(), parent, heads, bytes });
            }
        }
        for id in &self.erased {
            if sent.remove(&(stream.clone(), *id)).is_some() {
                items.push(Item::Erase { document: *id });
            }
        }
        let after = round.request.pull.iter().find(|cursor| cursor.collection == *stream).map_or(0, |c| c.after);
        let total = items.len() as u64;
        Page {
            collection: stream.clone(),
            items,
            next: after + 1,
            complete: true,
            digest: None,
            total,
            has_gaps: false,
        }
    }
}
