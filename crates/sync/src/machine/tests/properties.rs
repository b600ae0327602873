//! What must hold whatever happens, in whatever order: a small world around the machine, driven by chance.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// One thing that chance does to the world.
#[derive(Debug, Clone)]
enum Luck {
    Edit { document: u8, kilobytes: usize },
    Wait { ms: i64 },
    Say(u8),
    Reply,
    Lose(u8),
}

fn luck() -> impl Strategy<Value = Luck> {
    prop_oneof![
        4 => (0_u8..12, 1_usize..120).prop_map(|(document, kilobytes)| Luck::Edit { document, kilobytes }),
        6 => (1_i64..400_000).prop_map(|ms| Luck::Wait { ms }),
        3 => (0_u8..6).prop_map(Luck::Say),
        6 => Just(Luck::Reply),
        4 => (0_u8..6).prop_map(Luck::Lose),
    ]
}

/// An outbox, a server that refuses bodies above a size, and the machine between them.
struct World {
    machine: Machine,
    now: MonotonicMillis,
    random: u64,
    outbox: Vec<PendingChange>,
    running: Option<(RoundPlan, Vec<usize>)>,
    delivered: BTreeMap<RecordId, usize>,
    aside: BTreeSet<RecordId>,
    written: usize,
    /// Largest body the server reads, before compression.
    limit_bytes: usize,
}

impl World {
    fn new(random: u64) -> Self {
        let mut world = Self {
            machine: Machine::new(Config::default()),
            now: MonotonicMillis::new(1_000_000),
            random,
            outbox: Vec::new(),
            running: None,
            delivered: BTreeMap::new(),
            aside: BTreeSet::new(),
            written: 0,
            limit_bytes: 100 * 1024,
        };
        world.say(Event::Opened);
        world
    }

    fn say(&mut self, event: Event) {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        for work in self.machine.handle(self.now, self.random, event) {
            match work {
                Work::Start(plan) => {
                    assert!(self.running.is_none(), "two rounds at once");
                    let chosen = plan_push(&self.outbox, &plan.push);
                    self.check_choice(&plan, &chosen);
                    self.running = Some((plan, chosen));
                }
                Work::WaitUntil(at) => assert!(at > self.now, "waiting for the past"),
                Work::SetAside { document, .. } => {
                    self.aside.insert(document);
                    self.outbox.retain(|change| change.document != document);
                }
                Work::TakeNewInstallation | Work::Show(_) => {}
            }
        }
        let status = self.machine.status();
        assert!(status.phase != Phase::Resting || status.next_at.is_some(), "a resting machine has a plan");
        assert_eq!(status.phase == Phase::Running, self.running.is_some());
    }

    fn check_choice(&self, plan: &RoundPlan, chosen: &[usize]) {
        assert!(chosen.windows(2).all(|pair| pair[0] < pair[1]));
        let first_chosen = chosen.first().copied();
        let may_travel = self.outbox.iter().position(|change| !plan.push.skip.contains(&change.document));
        assert_eq!(first_chosen, may_travel, "the first that may travel does");
        for &index in chosen {
            let document = self.outbox[index].document;
            let earlier = (0..index).filter(|&i| self.outbox[i].document == document);
            assert!(earlier.into_iter().all(|i| chosen.contains(&i)), "a change left out in the middle");
        }
    }

    fn reply(&mut self) {
        let Some((_, chosen)) = self.running.take() else { return };
        let sent = self.sent(&chosen);
        if sent.bytes > self.limit_bytes {
            self.say(Event::RoundFailed { failure: Failure::TooLarge, sent });
            return;
        }
        for &index in chosen.iter().rev() {
            let change = self.outbox.remove(index);
            *self.delivered.entry(change.document).or_default() += 1;
        }
        let pending = self.outbox.len();
        let summary = RoundSummary { answered: chosen.len(), pending, matched: true, ..RoundSummary::default() };
        self.say(Event::RoundDone(summary));
        assert!(!self.machine.status().is_verified || self.outbox.is_empty());
    }

    fn sent(&self, chosen: &[usize]) -> Sent {
        Sent {
            changes: chosen.len(),
            bytes: chosen.iter().map(|&index| self.outbox[index].bytes).sum(),
            first: chosen.first().map(|&index| self.outbox[index].document),
        }
    }

    fn lose(&mut self, how: u8) {
        let Some((_, chosen)) = self.running.take() else { return };
        let failure = [
            Failure::Unreachable,
            Failure::Broken,
            Failure::Timeout,
            Failure::Server,
            Failure::Busy { retry_after_ms: Some(5_000) },
            Failure::MalformedReply,
        ][usize::from(how)];
        let before = self.outbox.len();
        self.say(Event::RoundFailed { failure, sent: self.sent(&chosen) });
        assert_eq!(before, self.outbox.len(), "a lost round takes nothing away");
        if self.running.is_none() {
            let wait = self.machine.status().next_at.expect("a plan").since_ms(self.now);
            let cap = Config::default().backoff_cap_ms + BACKOFF_FLOOR_MS;
            assert!((0..=cap).contains(&wait), "back-off of {wait} ms");
        }
    }

    fn edit(&mut self, document: u8, kilobytes: usize) {
        // What was set aside stays aside: a change after it would build on it.
        if self.aside.contains(&record(document)) {
            return;
        }
        self.outbox.push(PendingChange { document: record(document), bytes: kilobytes * 1024 });
        self.written += 1;
        self.say(Event::Edited);
    }

    fn wait(&mut self, ms: i64) {
        self.now = self.now.plus_ms(ms);
        self.say(Event::Tick);
    }

    /// The link is good from now on: does everything go up that can?
    fn come_to_rest(&mut self) {
        for _ in 0..1_000 {
            if self.running.is_some() {
                self.reply();
            } else if self.outbox.is_empty() {
                return;
            } else {
                let next = self.machine.status().next_at.expect("a plan");
                self.wait(next.since_ms(self.now).max(0));
            }
        }
        panic!("{} changes never left the outbox", self.outbox.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn one_round_at_a_time_nothing_vanishes_and_all_that_fits_arrives(
        random in any::<u64>(),
        story in prop::collection::vec(luck(), 1..120),
    ) {
        let mut world = World::new(random);
        let mut lost_aside = 0;
        for luck in story {
            let before = world.outbox.len();
            let delivered: usize = world.delivered.values().sum();
            match luck {
                Luck::Edit { document, kilobytes } => world.edit(document, kilobytes),
                Luck::Wait { ms } => world.wait(ms),
                Luck::Say(which) => world.say(
                    [
                        Event::Foreground,
                        Event::NetworkReturned,
                        Event::Hint,
                        Event::SyncRequested,
                        Event::Tick,
                        Event::EditedUrgently,
                    ][usize::from(which)].clone(),
                ),
                Luck::Reply => world.reply(),
                Luck::Lose(how) => world.lose(how),
            }
            let now: usize = world.delivered.values().sum();
            lost_aside += before.saturating_sub(world.outbox.len()).saturating_sub(now - delivered);
        }
        let before = world.outbox.len();
        let delivered: usize = world.delivered.values().sum();
        world.come_to_rest();
        let now: usize = world.delivered.values().sum();
        lost_aside += before - (now - delivered);
        prop_assert_eq!(world.written, now + lost_aside, "every change was delivered or set aside with its record");
        prop_assert!(world.aside.is_empty() || lost_aside > 0);
    }

    #[test]
    fn a_back_off_stays_in_its_bounds(failures in 0_u32..1_000, random in any::<u64>()) {
        let config = Config::default();
        let wait = config.draw_backoff(failures, random);
        let ceiling = config.backoff_cap_ms.min(config.backoff_base_ms << failures.saturating_sub(1).min(20));
        prop_assert!((BACKOFF_FLOOR_MS..BACKOFF_FLOOR_MS + ceiling).contains(&wait));
        let named = config.draw_retry(60_000, random);
        prop_assert!((60_000..=90_000).contains(&named));
    }
}
