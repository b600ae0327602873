//! The machine at work on a companion, without a runtime: events go in, errands come out.
//!
//! Whoever holds a pilot runs its errands: carry one request and come back with what happened, or come back at a
//! time. `driver` does it with HTTP and a timer, the whole-system stories with a network that breaks and a clock that
//! obeys; both exercise the same code.

use ::sync::machine::{
    Config, Event, Failure, Machine, Phase, Reason, RoundEnd, RoundPlan, Sent, SetAsideCode, Status, Work,
};
use ::sync::wire::{SyncReply, UNPACKED_LIMIT_BYTES, codec};
use contract::{LastSync, NetworkState, SyncResult, Topic};
use domain::{InstallationId, MonotonicMillis, RecordId, UnixMillis};

use super::{AppliedRound, PreparedRound, apply_reply, prepare_round, set_aside, take_installation};
use crate::companion::{Companion, SyncStatus};
use crate::store::StoreError;
use crate::store::change::ChangeState;
use crate::store::outbox::{list_documents_with, release_set_aside};
use crate::store::replica;

/// Something that only the outside world can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// Post this body to the server's sync path with the device's token, and call [`Pilot::finish_round`].
    Post {
        /// Base address of the server.
        server: String,
        /// The device's bearer token.
        token: String,
        /// The body.
        body: Vec<u8>,
    },
    /// Call [`Pilot::say`] with [`Event::Tick`] when [`crate::Clock::elapsed`] says this; replaces every earlier wish.
    WakeAt(MonotonicMillis),
}

/// The sync of one companion.
#[derive(Debug)]
pub struct Pilot {
    machine: Machine,
    round: Option<PreparedRound>,
    /// When its request was made.
    asked_at: MonotonicMillis,
    /// What the round whose reply is being stored had sent.
    storing: Option<Sent>,
    /// Records sent and documents received since the chain of rounds began.
    tally: (u64, u64),
    network: NetworkState,
    /// Rounds of the machine that were told already.
    told_rounds: u64,
    /// When the machine wants to be woken.
    machine_wakes_at: Option<MonotonicMillis>,
    last: Option<LastSync>,
    verified_at: Option<UnixMillis>,
    set_aside: Vec<(RecordId, SetAsideCode)>,
}

impl Pilot {
    /// A pilot for a companion that was just opened; it does nothing before [`Pilot::open`].
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            machine: Machine::new(config),
            round: None,
            asked_at: MonotonicMillis::default(),
            storing: None,
            tally: (0, 0),
            network: NetworkState::Unknown,
            told_rounds: 0,
            machine_wakes_at: None,
            last: None,
            verified_at: None,
            set_aside: Vec::new(),
        }
    }

    /// Begins: remembers how the last attempts ended, lets what was set aside be tried once more, and says `Opened` if
    /// this phone is enrolled.
    #[must_use]
    pub fn open(&mut self, companion: &mut Companion) -> Vec<Errand> {
        if let Err(error) = companion.store.write(release_set_aside) {
            tracing::error!(%error, "what was set aside could not be released");
        }
        let notes = replica::read_notes(companion.store.read()).unwrap_or_default();
        self.network = match notes.last.as_ref().map(|last| last.result) {
            Some(SyncResult::Revoked) => NetworkState::Revoked,
            Some(SyncResult::Stranger) => NetworkState::Stranger,
            _ => NetworkState::Unknown,
        };
        self.last = notes.last;
        self.verified_at = notes.verified_at;
        self.report(companion, self.machine.status());
        if companion.account().is_some() { self.say(companion, Event::Opened) } else { Vec::new() }
    }

    /// How the machine stands.
    #[must_use]
    pub fn status(&self) -> Status {
        self.machine.status()
    }

    /// A round is under way.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.status().phase == Phase::Running
    }

    /// What was set aside since the pilot began, for tests and the log.
    #[must_use]
    pub fn set_aside(&self) -> &[(RecordId, SetAsideCode)] {
        &self.set_aside
    }

    /// A person asks: they get another try even where sync had stopped, for only the server knows whether the right is
    /// back.
    #[must_use]
    pub fn ask(&mut self, companion: &mut Companion) -> Vec<Errand> {
        companion.release_steps();
        let is_stopped = self.status().phase == Phase::Stopped && companion.account().is_some();
        self.say(companion, if is_stopped { Event::Opened } else { Event::SyncRequested })
    }

    /// The stream of hints has opened, or found nobody: what is shown of the network between two rounds. A server that
    /// is there again is not left waiting for the end of a back-off.
    #[must_use]
    pub fn note_line(&mut self, companion: &mut Companion, is_up: bool) -> Vec<Errand> {
        let was_offline = self.network == NetworkState::Offline;
        match self.network {
            // A round under way may fill a slow link; its own end tells more.
            NetworkState::Online if !is_up && !self.is_running() => self.network = NetworkState::Offline,
            NetworkState::Offline if is_up => self.network = NetworkState::Online,
            _ => {}
        }
        self.report(companion, self.machine.status());
        if is_up && was_offline { self.say(companion, Event::NetworkReturned) } else { Vec::new() }
    }

    /// Something happened.
    #[must_use]
    pub fn say(&mut self, companion: &mut Companion, event: Event) -> Vec<Errand> {
        if matches!(event, Event::Enrolled) {
            self.network = NetworkState::Unknown;
        }
        let mut events = vec![event];
        if companion.release_due() {
            events.push(Event::EditedUrgently);
        }
        let mut errands = Vec::new();
        while let Some(event) = events.pop() {
            let random = u64::from_le_bytes(companion.surroundings.id_bytes()[..8].try_into().unwrap_or_default());
            for work in self.machine.handle(companion.elapsed(), random, event) {
                self.do_work(companion, work, &mut events, &mut errands);
            }
        }
        if let Some(until) = companion.held_until() {
            let now = companion.elapsed();
            let wake = self.machine_wakes_at.filter(|at| *at > now).map_or(until, |at| at.min(until));
            errands.push(Errand::WakeAt(wake));
        }
        errands
    }

    /// The request was carried: the reply's body, or how it failed.
    #[must_use]
    pub fn finish_round(&mut self, companion: &mut Companion, outcome: Result<&[u8], Failure>) -> Vec<Errand> {
        let Some(round) = self.round.take() else { return Vec::new() };
        self.storing = Some(round.sent);
        let failed = |failure| Event::RoundFailed { failure, sent: round.sent };
        let reply = outcome.and_then(|body| {
            codec::decode::<SyncReply>(body, UNPACKED_LIMIT_BYTES).map_err(|error| {
                tracing::warn!(%error, "the reply is not a message");
                Failure::MalformedReply
            })
        });
        let arrival = companion.note_arrival(companion.elapsed().since_ms(self.asked_at));
        let event = match reply {
            Err(failure) => {
                match failure {
                    Failure::TokenUnknown => companion.note_unknown_to_server(),
                    Failure::Unauthorized => companion.forget_contacts(),
                    _ => {}
                }
                failed(failure)
            }
            Ok(reply) => match apply_reply(&mut companion.store, &round, &reply, arrival) {
                Ok(applied) => self.note_applied(companion, applied),
                Err(error) => {
                    companion.store.note_trouble(&error);
                    tracing::error!(%error, "a reply could not be stored");
                    failed(read_store_failure(&error))
                }
            },
        };
        let errands = self.say(companion, event);
        self.storing = None;
        errands
    }

    /// What this pilot last did ended in a panic, or nobody carries the round that it believes to be under way: the
    /// round is over and counts as one that failed. A transaction that was under way was undone whole.
    #[must_use]
    pub fn recover(&mut self, companion: &mut Companion) -> Vec<Errand> {
        let sent = self.round.take().map(|round| round.sent).or(self.storing.take()).unwrap_or_default();
        self.say(companion, Event::RoundFailed { failure: Failure::Defect, sent })
    }

    fn note_applied(&mut self, companion: &mut Companion, applied: AppliedRound) -> Event {
        self.tally.0 += applied.sent_records as u64;
        self.tally.1 += applied.received_documents as u64;
        for document in &applied.poisoned {
            tracing::warn!(%document, "a document could not be taken in; the rest was");
        }
        companion.mark_changed(applied.topics);
        if let Some(ahead_ms) = applied.clock_ahead_ms {
            companion.note_clock_measured(ahead_ms);
        }
        if applied.is_forked { Event::ForkDetected } else { Event::RoundDone(applied.summary) }
    }

    fn do_work(&mut self, companion: &mut Companion, work: Work, events: &mut Vec<Event>, errands: &mut Vec<Errand>) {
        match work {
            Work::Start(plan) => {
                self.machine_wakes_at = None;
                match self.start_round(companion, &plan) {
                    Ok(errand) => errands.push(errand),
                    Err(failure) => {
                        let sent = self.round.take().map(|round| round.sent).unwrap_or_default();
                        events.push(Event::RoundFailed { failure, sent });
                    }
                }
            }
            Work::WaitUntil(at) => {
                self.machine_wakes_at = Some(at);
                errands.push(Errand::WakeAt(at));
            }
            Work::SetAside { document, code } => {
                self.set_aside.push((document, code));
                if let Err(error) = set_aside(&mut companion.store, document, code) {
                    tracing::error!(%error, "a change could not be set aside");
                }
                companion.mark_changed([Topic::Outbox, Topic::Households, Topic::Incidents]);
            }
            Work::TakeNewInstallation => {
                let fresh = InstallationId::new(companion.now(), companion.surroundings.id_bytes());
                events.push(match take_installation(&mut companion.store, fresh) {
                    Ok(_) => Event::InstallationTaken,
                    Err(error) => {
                        tracing::error!(%error, "no new installation could be taken");
                        Event::RoundFailed { failure: read_store_failure(&error), sent: Default::default() }
                    }
                });
                companion.mark_changed([Topic::Outbox, Topic::Households, Topic::Incidents]);
            }
            Work::Show(status) => self.report(companion, status),
        }
    }

    fn start_round(&mut self, companion: &mut Companion, plan: &RoundPlan) -> Result<Errand, Failure> {
        if !matches!(plan.reason, Reason::More | Reason::Repair) {
            self.tally = (0, 0);
        }
        let note = |error: StoreError| {
            tracing::error!(%error, "a round could not be prepared");
            read_store_failure(&error)
        };
        let (server, token) = companion.server().map_err(|_| Failure::StorageFailed)?.ok_or(Failure::Unauthorized)?;
        let installation = companion.read_installation().map_err(note)?;
        let round =
            prepare_round(&companion.store, plan, installation, companion.device_now(), &companion.list_held_back())
                .map_err(note)?;
        let body = codec::encode(&round.request).map_err(|error| {
            tracing::error!(%error, "a request could not be written");
            Failure::StorageFailed
        })?;
        self.round = Some(round);
        self.asked_at = companion.elapsed();
        Ok(Errand::Post { server, token, body })
    }

    /// Puts what the machine says, with the tally, where screens find it; the end of an attempt outlives a restart. That
    /// an attempt is a new one is told by its number: the clock may say that it was before the last.
    fn report(&mut self, companion: &mut Companion, status: Status) {
        if let Some(end) = status.last.filter(|_| status.rounds > self.told_rounds) {
            self.told_rounds = status.rounds;
            self.network = read_network(end, self.network);
            let at = companion.now();
            self.last = Some(LastSync { at, result: read_result(end), sent: self.tally.0, received: self.tally.1 });
            if status.verified_round == Some(status.rounds) {
                self.verified_at = Some(at);
            }
            let notes = replica::SyncNotes { last: self.last.clone(), verified_at: self.verified_at };
            if let Err(error) = companion.store.write(|writing| replica::put_notes(writing, &notes)) {
                tracing::error!(%error, "the end of a round could not be noted");
            }
        }
        let db = companion.store.read();
        let has_set_aside = list_documents_with(db, &[ChangeState::SetAside]).is_ok_and(|found| !found.is_empty());
        let progress = replica::read_progress(db).unwrap_or_default();
        let is_syncing = status.phase == Phase::Running && !self.network.is_closed();
        companion.set_sync_status(SyncStatus {
            network: if is_syncing { NetworkState::Syncing } else { self.network },
            last: self.last.clone(),
            next_at: status.next_at,
            progress,
            is_verified: status.is_verified && !has_set_aside,
            verified_at: self.verified_at,
        });
    }
}

fn read_store_failure(error: &StoreError) -> Failure {
    if matches!(error, StoreError::Full) { Failure::StorageFull } else { Failure::StorageFailed }
}

fn read_network(end: RoundEnd, before: NetworkState) -> NetworkState {
    match end {
        RoundEnd::Complete | RoundEnd::Partial | RoundEnd::Forked => NetworkState::Online,
        RoundEnd::Failed(Failure::StorageFull | Failure::StorageFailed | Failure::Defect) => before,
        RoundEnd::Failed(Failure::Unauthorized) => NetworkState::Revoked,
        RoundEnd::Failed(Failure::TokenUnknown) => NetworkState::Stranger,
        RoundEnd::Failed(Failure::Unreachable | Failure::Untrusted | Failure::Broken | Failure::Timeout) => {
            // Whose right has ended does not get it back by leaving the network.
            if before.is_closed() { before } else { NetworkState::Offline }
        }
        // The server spoke.
        RoundEnd::Failed(_) => NetworkState::Online,
    }
}

fn read_result(end: RoundEnd) -> SyncResult {
    match end {
        RoundEnd::Complete => SyncResult::Done,
        RoundEnd::Partial | RoundEnd::Forked => SyncResult::Partial,
        RoundEnd::Failed(failure) => match failure {
            Failure::Unreachable => SyncResult::Unreachable,
            Failure::Untrusted => SyncResult::Untrusted,
            Failure::Broken | Failure::Timeout | Failure::MalformedReply => SyncResult::Broken,
            Failure::Busy { .. } => SyncResult::Busy,
            Failure::Unauthorized => SyncResult::Revoked,
            Failure::TokenUnknown => SyncResult::Stranger,
            Failure::TooLarge | Failure::Rejected | Failure::Server => SyncResult::ServerFailed,
            Failure::StorageFull => SyncResult::StorageFull,
            Failure::StorageFailed | Failure::Defect => SyncResult::Partial,
        },
    }
}
