//! The machine at its table: what happened, what it does, and why that is right for the worker.

mod deciding;
mod properties;
mod pushing;

use domain::{Collection, MonotonicMillis, RecordId, UnixMillis};

use super::*;

/// A machine with a clock that obeys. The random number is always `random`, so that back-off is what the test says.
struct Desk {
    machine: Machine,
    now: i64,
    random: u64,
}

impl Desk {
    fn new() -> Self {
        Self { machine: Machine::new(Config::default()), now: 1_000_000, random: 0 }
    }

    /// Opened, first round done with nothing to do.
    fn at_rest() -> Self {
        let mut desk = Self::new();
        assert!(desk.start_of(Event::Opened).is_some(), "opening syncs");
        assert_eq!(desk.start_of(Event::RoundDone(quiet())), None);
        desk
    }

    fn say(&mut self, event: Event) -> Vec<Work> {
        self.machine.handle(MonotonicMillis::new(self.now), self.random, event)
    }

    /// The round that this event starts.
    fn start_of(&mut self, event: Event) -> Option<RoundPlan> {
        start_in(self.say(event))
    }

    fn after(&mut self, ms: i64) -> Option<RoundPlan> {
        self.now += ms;
        self.start_of(Event::Tick)
    }

    fn fail(&mut self, failure: Failure, sent: Sent) -> Vec<Work> {
        self.say(Event::RoundFailed { failure, sent })
    }

    fn next_in_ms(&self) -> i64 {
        self.machine.status().next_at.expect("a resting machine has a plan").as_i64() - self.now
    }
}

fn start_in(work: Vec<Work>) -> Option<RoundPlan> {
    work.into_iter().find_map(|work| if let Work::Start(plan) = work { Some(plan) } else { None })
}

fn record(n: u8) -> RecordId {
    RecordId::new(UnixMillis::new(1), [n; 10])
}

fn collection() -> Collection {
    "visits/990101001001003".parse().expect("a collection")
}

/// A round with nothing to do.
fn quiet() -> RoundSummary {
    RoundSummary { matched: true, ..RoundSummary::default() }
}

/// A push of `changes` changes of 1,000 bytes, the first of record `n`.
fn sent(n: u8, changes: usize) -> Sent {
    Sent { changes, bytes: changes * 1_000, first: Some(record(n)) }
}
