//! What a device does next: the pure middle of sync.
//!
//! Why: a phone in a stairwell lives through every order of edits, lost links and late replies. Whether it does the
//! right thing in each must be a question for a table, not for luck. So this machine owns no socket, clock or random
//! source: [`Event`]s go in with the time and a random number, [`Work`] comes out, and a `match` says why. The time is a
//! monotonic one: it only waits, so that nobody who sets the device's clock holds it back or hurries it. What a person
//! reads as a date is put beside its words by who holds the machine.
//!
//! Flow: one round at a time. An edit starts one after a short debounce; an edit that somebody waits for, opening,
//! coming to the front, a network that returns, a hint and a person start one at once; else one starts every five
//! minutes. A round offers pending
//! changes within a byte budget ([`plan_push`]) and asks for news. What happens meanwhile is remembered and becomes
//! the next round. A round that leaves something to do (pages, outbox, repair) is followed at once, as long as it
//! moved anything.
//!
//! Failure: a body that does not get through is halved, down to one change; a single change that the server will not
//! read is set aside and the rest goes on. A single change that merely never passes is suspected first: it waits, and
//! is struck only when a round without it passes, so that a bad link does not convict it. Back-off has full jitter
//! under a doubling, capped ceiling; a person overrides it, a returned network or a hint overrides what a lost link
//! imposed, and only a person overrides what a busy server asked for. A withdrawn right stops everything until the
//! device is enrolled again; a server that does not know the device is asked again after a long rest. A digest that differs starts audit, fetch and another look, three times, then rests.
//!
//! Rejected: a machine that holds the outbox itself (two truths after a crash; the store's rows are the only one), and
//! a queue of rounds (a round has no contents of its own: it carries whatever is pending when it starts).
//!
//! Missing: no preference for a metered or an idle network; no upload of attachments.

mod budget;
mod config;
mod event;
mod push;
mod repair;
mod size;
#[cfg(test)]
mod tests;
mod work;

use domain::MonotonicMillis;

pub use config::{BACKOFF_FLOOR_MS, Config};
pub use event::{Event, Failure, RoundSummary, Sent};
pub use push::{PendingChange, estimate_compressed, group_by_document, plan_push};
pub use work::{Phase, PushLimits, Reason, RoundEnd, RoundPlan, SetAsideCode, Status, Work};

use budget::{Budget, Verdict};
use repair::Repair;

/// The sync machine of one device.
#[derive(Debug, Clone)]
pub struct Machine {
    config: Config,
    life: Life,
    /// The next round is wanted from this moment on.
    due: Option<(MonotonicMillis, Reason)>,
    /// No round before this moment.
    hold: Option<Hold>,
    /// What happened while a round ran.
    meanwhile: Option<Reason>,
    /// Something was written since the running round began.
    has_new_edits: bool,
    failures: u32,
    forks: u32,
    budget: Budget,
    repair: Repair,
    shown: Status,
    rounds: u64,
    last: Option<RoundEnd>,
    is_verified: bool,
    verified_round: Option<u64>,
    announced: Option<MonotonicMillis>,
}

#[derive(Debug, Clone)]
enum Life {
    /// Not enrolled, or the right was withdrawn.
    Stopped,
    Resting,
    Running(RoundPlan),
    /// A new installation is being taken.
    Renewing,
}

#[derive(Debug, Clone, Copy)]
enum Hold {
    /// A round failed.
    BackOff(MonotonicMillis),
    /// The server asked to be left alone.
    Busy(MonotonicMillis),
}

impl Hold {
    const fn until(self) -> MonotonicMillis {
        match self {
            Self::BackOff(until) | Self::Busy(until) => until,
        }
    }
}

impl Machine {
    /// A machine that waits for `Opened` or `Enrolled`.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            budget: Budget::new(&config),
            config,
            life: Life::Stopped,
            due: None,
            hold: None,
            meanwhile: None,
            has_new_edits: false,
            failures: 0,
            forks: 0,
            repair: Repair::default(),
            shown: Status { phase: Phase::Stopped, ..Status::default() },
            rounds: 0,
            last: None,
            is_verified: false,
            verified_round: None,
            announced: None,
        }
    }

    /// How things stand.
    #[must_use]
    pub fn status(&self) -> Status {
        let phase = match self.life {
            Life::Stopped => Phase::Stopped,
            Life::Resting => Phase::Resting,
            Life::Running(_) | Life::Renewing => Phase::Running,
        };
        let next_at = if phase == Phase::Resting { self.wake_at() } else { None };
        Status {
            phase,
            rounds: self.rounds,
            last: self.last,
            is_verified: self.is_verified,
            verified_round: self.verified_round,
            next_at,
        }
    }

    /// Takes in what happened at `now`, on a clock that nobody sets, and says what to do. `random` is any fresh random number.
    pub fn handle(&mut self, now: MonotonicMillis, random: u64, event: Event) -> Vec<Work> {
        let mut work = Vec::new();
        match event {
            Event::Opened | Event::Enrolled => self.open(now),
            Event::Edited => self.note_edit(now, self.config.debounce_ms, Reason::Edited),
            Event::EditedUrgently => self.note_edit(now, 0, Reason::Urgent),
            Event::Tick => {}
            Event::NetworkReturned | Event::Foreground => self.want_despite_backoff(now, Reason::Returned),
            Event::Hint => self.want_despite_backoff(now, Reason::Hint),
            Event::SyncRequested => {
                self.hold = None;
                self.budget.end_waiting();
                self.want(now, 0, Reason::Requested);
            }
            Event::RoundDone(summary) => self.finish_round(now, random, &summary, &mut work),
            Event::RoundFailed { failure, sent } => self.finish_failed(now, random, failure, sent, &mut work),
            Event::ForkDetected => self.finish_forked(now, random, &mut work),
            Event::InstallationTaken => {
                if matches!(self.life, Life::Renewing) {
                    self.life = Life::Resting;
                    self.want(now, 0, Reason::More);
                }
            }
        }
        self.start_or_wait(now, &mut work);
        let status = self.status();
        if status != self.shown {
            self.shown = status;
            work.push(Work::Show(status));
        }
        work
    }

    fn open(&mut self, now: MonotonicMillis) {
        if matches!(self.life, Life::Stopped) {
            self.life = Life::Resting;
            self.failures = 0;
            self.forks = 0;
            self.hold = None;
        }
        self.want_despite_backoff(now, Reason::Opened);
    }

    fn note_edit(&mut self, now: MonotonicMillis, delay_ms: i64, reason: Reason) {
        self.is_verified = false;
        self.has_new_edits = true;
        self.want(now, delay_ms, reason);
    }

    /// Another round is wanted in `delay_ms`; the earlier wish and the stronger reason count.
    fn want(&mut self, now: MonotonicMillis, delay_ms: i64, reason: Reason) {
        match self.life {
            Life::Stopped => {}
            Life::Running(_) | Life::Renewing => self.meanwhile = self.meanwhile.max(Some(reason)),
            Life::Resting => {
                let at = now.plus_ms(delay_ms);
                self.due = Some(match self.due {
                    Some((due, _)) if at < due => (at, reason),
                    Some((due, before)) if at == due => (at, before.max(reason)),
                    Some(due) => due,
                    None => (at, reason),
                });
            }
        }
    }

    fn want_despite_backoff(&mut self, now: MonotonicMillis, reason: Reason) {
        if matches!(self.hold, Some(Hold::BackOff(_))) {
            self.hold = None;
        }
        self.want(now, 0, reason);
    }

    fn wake_at(&self) -> Option<MonotonicMillis> {
        let (due, _) = self.due?;
        Some(self.hold.map_or(due, |hold| due.max(hold.until())))
    }

    fn start_or_wait(&mut self, now: MonotonicMillis, work: &mut Vec<Work>) {
        if !matches!(self.life, Life::Resting) {
            return;
        }
        let Some(wake_at) = self.wake_at() else { return };
        if wake_at > now {
            if self.announced != Some(wake_at) {
                self.announced = Some(wake_at);
                work.push(Work::WaitUntil(wake_at));
            }
            return;
        }
        let reason = self.due.take().map_or(Reason::Interval, |(_, reason)| reason);
        self.hold = None;
        self.announced = None;
        self.meanwhile = None;
        self.has_new_edits = false;
        let (audit, fetch) = self.repair.wishes(&self.config);
        let push = self.budget.limits(now);
        let plan = RoundPlan { reason, push, page_bytes: self.budget.page_bytes(), audit, fetch };
        self.life = Life::Running(plan.clone());
        work.push(Work::Start(plan));
    }

    /// Leaves a running round; `None` when there is none and the news is stale.
    fn leave_round(&mut self) -> Option<RoundPlan> {
        match std::mem::replace(&mut self.life, Life::Resting) {
            Life::Running(plan) => Some(plan),
            other => {
                self.life = other;
                None
            }
        }
    }

    const fn note_end(&mut self, end: RoundEnd) {
        self.rounds += 1;
        self.last = Some(end);
    }

    fn finish_round(&mut self, now: MonotonicMillis, random: u64, summary: &RoundSummary, work: &mut Vec<Work>) {
        let Some(plan) = self.leave_round() else { return };
        self.failures = 0;
        self.forks = 0;
        let struck = self.budget.note_passed(&self.config, now, summary);
        if let Some(document) = struck {
            work.push(Work::SetAside { document, code: SetAsideCode::NeverPasses });
        }
        self.repair.note_round(&self.config, now, &plan.fetch, summary);
        self.is_verified = summary.matched && summary.pending == 0 && !self.has_new_edits && struck.is_none();
        // A round that moved nothing and left something would be repeated for ever: the interval is soon enough.
        // Documents without a verdict wait, so the next round offers others, until there are none.
        let has_moved = summary.answered > 0 || summary.received > 0 || summary.advanced;
        let has_tried = summary.answered > 0 || !summary.unanswered.is_empty();
        let is_left = (summary.more && has_moved) || (summary.pending > 0 && has_tried) || summary.reopened > 0;
        let is_complete = !is_left && !self.repair.is_under_way() && summary.pending == 0 && !summary.more;
        self.note_end(if is_complete { RoundEnd::Complete } else { RoundEnd::Partial });
        if self.is_verified {
            self.verified_round = Some(self.rounds);
        }
        if let Some(ms) = summary.retry_after_ms {
            self.hold = Some(Hold::Busy(now.plus_ms(self.config.draw_retry(i64::from(ms), random))));
        }
        self.want(now, self.config.draw_interval(random), Reason::Interval);
        if let Some(turn) = self.budget.next_turn(now) {
            self.want(now, turn.since_ms(now), Reason::More);
        }
        if is_left {
            self.want(now, 0, Reason::More);
        }
        if self.repair.is_under_way() {
            self.want(now, 0, Reason::Repair);
        }
        self.want_what_happened_meanwhile(now);
    }

    fn finish_failed(&mut self, now: MonotonicMillis, random: u64, failure: Failure, sent: Sent, work: &mut Vec<Work>) {
        if matches!(self.life, Life::Renewing) {
            self.life = Life::Resting;
        } else if self.leave_round().is_none() {
            return;
        }
        self.note_end(RoundEnd::Failed(failure));
        match self.budget.note_failed(failure, sent) {
            Verdict::Smaller => self.want(now, 0, Reason::More),
            Verdict::SetAside(document, code) => {
                work.push(Work::SetAside { document, code });
                self.want(now, 0, Reason::More);
            }
            Verdict::BackOff => self.back_off(now, random, failure),
        }
    }

    fn back_off(&mut self, now: MonotonicMillis, random: u64, failure: Failure) {
        self.is_verified &= failure != Failure::TokenUnknown;
        if failure == Failure::Unauthorized {
            self.life = Life::Stopped;
            self.due = None;
            self.hold = None;
            self.is_verified = false;
            return;
        }
        self.failures = self.failures.saturating_add(1);
        let backoff = self.config.draw_backoff(self.failures, random);
        self.hold = Some(match failure {
            Failure::Busy { retry_after_ms: Some(ms) } => {
                Hold::Busy(now.plus_ms(self.config.draw_retry(i64::from(ms), random)))
            }
            Failure::TokenUnknown => {
                Hold::BackOff(now.plus_ms(self.config.draw_retry(self.config.stranger_rest_ms, random)))
            }
            _ => Hold::BackOff(now.plus_ms(backoff)),
        });
        self.want(now, 0, Reason::Interval);
        // One more try at once for those who asked while the lost round ran; an edit alone waits like everything.
        match self.meanwhile {
            Some(Reason::Requested) => self.hold = None,
            Some(Reason::Returned | Reason::Hint | Reason::Opened) if matches!(self.hold, Some(Hold::BackOff(_))) => {
                self.hold = None;
            }
            _ => {}
        }
        self.want_what_happened_meanwhile(now);
    }

    fn finish_forked(&mut self, now: MonotonicMillis, random: u64, work: &mut Vec<Work>) {
        if self.leave_round().is_none() {
            return;
        }
        self.note_end(RoundEnd::Forked);
        self.forks += 1;
        if self.forks > self.config.fork_attempts {
            self.forks = 0;
            self.back_off(now, random, Failure::Server);
        } else {
            self.life = Life::Renewing;
            work.push(Work::TakeNewInstallation);
        }
    }

    fn want_what_happened_meanwhile(&mut self, now: MonotonicMillis) {
        if let Some(reason) = self.meanwhile.take() {
            let delay = if reason == Reason::Edited { self.config.debounce_ms } else { 0 };
            self.want(now, delay, reason);
        }
    }
}
