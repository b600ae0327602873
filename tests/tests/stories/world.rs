//! The world: a clock that obeys, phones, the district, and everything that is on its way between them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::{AccountId, InstallationId, Role, UnixMillis};
use sync::machine::{Event, Failure};
use sync::wire::{SyncReply, SyncRequest, UNPACKED_LIMIT_BYTES, codec};
use tempfile::TempDir;

use crate::chance::Chance;
use crate::district::{Answer, District, ROSTER, WorldClock, account};
use crate::network::{Fate, Weather, read_status};
use crate::phone::Phone;

/// 2026-11-23 09:00 in China.
const MORNING: i64 = 1_795_363_200_000 + 9 * 3_600_000;
/// How long a phone waits for a reply.
const PATIENCE_MS: i64 = 30_000;

/// Changes an answer; `false` when there was nothing to change, and the next one is looked at as well.
pub(crate) type Tamper = Box<dyn FnMut(&mut SyncReply) -> bool>;

/// A phone, by its place among the phones.
pub(crate) type Who = usize;

enum Arrival {
    /// A request reaches the district.
    AtDistrict { who: Who, flight: u64, token: String, body: Vec<u8>, then: Then },
    /// An answer reaches the phone, if it still waits for it.
    AtPhone { who: Who, flight: u64, outcome: Result<Vec<u8>, Failure> },
}

/// What becomes of the district's answer.
#[derive(Clone, Copy)]
enum Then {
    ComesBack,
    IsCut,
    IsLost,
}

pub(crate) struct World {
    pub(crate) clock: WorldClock,
    pub(crate) chance: Chance,
    pub(crate) district: District,
    pub(crate) phones: Vec<Phone>,
    pub(crate) weather: Weather,
    /// The fate of the next requests, before the weather decides.
    pub(crate) fates: Vec<Fate>,
    on_its_way: BTreeMap<(i64, u64), Arrival>,
    waits_for: BTreeMap<Who, u64>,
    count: u64,
    /// Requests that reached the district.
    pub(crate) rounds: usize,
    /// Requests that asked for repair.
    pub(crate) repairs: usize,
    /// Sizes of the last request and of its reply.
    pub(crate) last_bytes: (usize, usize),
    /// A proxy in between reads no larger body.
    pub(crate) body_limit: usize,
    /// Somebody who changes the district's next answer.
    pub(crate) tamper: Option<Tamper>,
    folder: TempDir,
}

impl World {
    /// A district with its roster, no phones yet.
    pub(crate) fn begin(seed: u64) -> Self {
        let world = Self::begin_empty(seed);
        world.district.import(ROSTER);
        world
    }

    /// A district without households, for stories about incidents in the street.
    pub(crate) fn begin_empty(seed: u64) -> Self {
        let shm = Path::new("/dev/shm");
        let folder = if shm.is_dir() { tempfile::tempdir_in(shm) } else { tempfile::tempdir() }.unwrap();
        let clock: WorldClock = Arc::new(AtomicI64::new(MORNING));
        let district = District::found(&folder.path().join("district"), &clock);
        Self {
            clock,
            chance: Chance::of(seed),
            district,
            phones: Vec::new(),
            weather: Weather::CALM,
            fates: Vec::new(),
            on_its_way: BTreeMap::new(),
            waits_for: BTreeMap::new(),
            count: 0,
            rounds: 0,
            repairs: 0,
            last_bytes: (0, 0),
            body_limit: usize::MAX,
            tamper: None,
            folder,
        }
    }

    /// Gives somebody a phone. The account is made if it is new.
    pub(crate) fn enrol(&mut self, n: u8, name: &str, role: Role, wrong_by_ms: i64) -> Who {
        let owner = account(n, name, role);
        self.district.save_account(owner.clone());
        let who = self.phones.len();
        let folder = self.folder.path().join(format!("phone-{who}"));
        let chance = Chance::of(self.chance.draw());
        let phone = Phone::enrolled(owner, &folder, &self.district, &self.clock, (chance, wrong_by_ms));
        self.phones.push(phone);
        who
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.load(Ordering::Relaxed)
    }

    pub(crate) fn moment(&self) -> UnixMillis {
        UnixMillis::new(self.now())
    }

    /// Something happens on a phone.
    pub(crate) fn say(&mut self, who: Who, event: Event) {
        let post = self.phones[who].say(event);
        self.send(who, post);
    }

    /// Somebody works on their phone; the app notices that something was written.
    pub(crate) fn work<T>(&mut self, who: Who, work: impl FnOnce(&mut Phone) -> T) -> T {
        let done = work(&mut self.phones[who]);
        self.say(who, Event::Edited);
        done
    }

    pub(crate) fn restart(&mut self, who: Who) {
        self.waits_for.remove(&who);
        let post = self.phones[who].restart();
        self.send(who, post);
    }

    pub(crate) fn restart_with(&mut self, who: Who, work: impl FnOnce(&Path)) {
        self.waits_for.remove(&who);
        let post = self.phones[who].restart_with(work);
        self.send(who, post);
    }

    /// The office gives the owner of a phone a new code.
    pub(crate) fn re_enrol(&mut self, who: Who, installation: InstallationId) {
        self.phones[who].re_enrol(&self.district, installation);
        self.say(who, Event::Enrolled);
    }

    /// The office has made the account of a phone again; the app is given the new code.
    pub(crate) fn enrol_again(&mut self, who: Who, account: AccountId) {
        self.phones[who].enrol_again(&self.district, account);
        self.say(who, Event::Enrolled);
    }

    fn send(&mut self, who: Who, post: Option<(String, Vec<u8>)>) {
        let Some((token, body)) = post else { return };
        self.count += 1;
        let flight = self.count;
        assert!(self.waits_for.insert(who, flight).is_none(), "two rounds of one phone at once");
        let fate = if self.fates.is_empty() { self.weather.fate(&self.chance) } else { self.fates.remove(0) };
        let up_ms = 20 + i64::try_from(self.chance.below(400)).unwrap();
        let up = |body: Vec<u8>, then| Arrival::AtDistrict { who, flight, token: token.clone(), body, then };
        let fails = |failure| Arrival::AtPhone { who, flight, outcome: Err(failure) };
        match fate {
            Fate::Arrives => self.post(up_ms, up(body, Then::ComesBack)),
            Fate::NoConnection => self.post(up_ms, fails(Failure::Unreachable)),
            Fate::CutOnTheWayUp => {
                let cut = usize::try_from(self.chance.below(body.len() as u64)).unwrap();
                self.post(up_ms, up(body[..cut].to_vec(), Then::IsLost));
                self.post(up_ms + 5, fails(Failure::Broken));
            }
            Fate::ReplyLost => {
                self.post(up_ms, up(body, Then::IsLost));
                self.post(PATIENCE_MS, fails(Failure::Timeout));
            }
            Fate::ReplyCut => self.post(up_ms, up(body, Then::IsCut)),
            Fate::Doubled => {
                self.post(up_ms, up(body.clone(), Then::IsLost));
                self.post(up_ms + 3, up(body, Then::ComesBack));
            }
            Fate::Late => {
                let late_ms = PATIENCE_MS + i64::try_from(self.chance.below(180_000)).unwrap();
                self.post(late_ms, up(body, Then::IsLost));
                self.post(PATIENCE_MS, fails(Failure::Timeout));
            }
            Fate::Busy => self.post(up_ms, fails(Failure::Busy { retry_after_ms: Some(4_000) })),
        }
    }

    fn post(&mut self, in_ms: i64, arrival: Arrival) {
        self.count += 1;
        self.on_its_way.insert((self.now() + in_ms, self.count), arrival);
    }

    fn arrive(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::AtDistrict { who, flight, token, body, then } => {
                self.rounds += 1;
                if let Ok(request) = codec::decode::<SyncRequest>(&body, UNPACKED_LIMIT_BYTES) {
                    self.repairs += usize::from(!request.audit.is_empty() || !request.fetch.is_empty());
                }
                let answer = if body.len() > self.body_limit {
                    Answer { status: 413, retry_after_ms: None, body: Vec::new() }
                } else {
                    self.district.sync(&token, &body)
                };
                let answer = self.tampered(answer);
                self.last_bytes = (body.len(), answer.body.len());
                let down_ms = 20 + i64::try_from(self.chance.below(400)).unwrap();
                let outcome = match then {
                    Then::IsLost => return,
                    _ if answer.status != 200 => Err(read_status(answer.status, &answer.body, answer.retry_after_ms)),
                    Then::ComesBack => Ok(answer.body),
                    Then::IsCut => {
                        let cut = usize::try_from(self.chance.below(answer.body.len() as u64)).unwrap();
                        Ok(answer.body[..cut].to_vec())
                    }
                };
                self.post(down_ms, Arrival::AtPhone { who, flight, outcome });
            }
            Arrival::AtPhone { who, flight, outcome } => {
                // A phone that was restarted, or gave up, does not wait for it any more.
                if self.waits_for.get(&who) == Some(&flight) {
                    self.waits_for.remove(&who);
                    let post = self.phones[who].finish(outcome.as_deref().map_err(|failure| *failure));
                    self.send(who, post);
                }
            }
        }
    }

    fn tampered(&mut self, mut answer: Answer) -> Answer {
        if let (200, Some(tamper)) = (answer.status, &mut self.tamper) {
            let mut reply: SyncReply = codec::decode(&answer.body, UNPACKED_LIMIT_BYTES).unwrap();
            if tamper(&mut reply) {
                self.tamper = None;
                answer.body = codec::encode(&reply).unwrap();
            }
        }
        answer
    }

    /// The next thing that happens by itself, not after `until`. Returns whether anything did.
    fn step(&mut self, until: i64) -> bool {
        let arrival = self.on_its_way.keys().next().copied();
        let waking = (0..self.phones.len())
            .filter_map(|who| self.phones[who].wakes_at.map(|at| (at.max(self.now()), who)))
            .min();
        match (arrival, waking) {
            (Some((at, n)), waking) if at <= until && waking.is_none_or(|(wakes_at, _)| at <= wakes_at) => {
                self.clock.fetch_max(at, Ordering::Relaxed);
                let arrival = self.on_its_way.remove(&(at, n)).unwrap();
                self.arrive(arrival);
                true
            }
            (_, Some((at, who))) if at <= until => {
                self.clock.fetch_max(at, Ordering::Relaxed);
                self.phones[who].wakes_at = None;
                self.say(who, Event::Tick);
                true
            }
            _ => false,
        }
    }

    /// Lets time pass.
    pub(crate) fn pass(&mut self, ms: i64) {
        let until = self.now() + ms;
        while self.step(until) {}
        self.clock.fetch_max(until, Ordering::Relaxed);
    }

    /// Nobody looks at a phone for a while: time passes, and what would have happened by itself happens after it.
    pub(crate) fn sleep(&mut self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::Relaxed);
    }

    /// Lets time pass until nothing is on its way and nobody has anything to send. Panics when that never comes.
    pub(crate) fn settle(&mut self) {
        for _ in 0..5_000 {
            let is_quiet = self.on_its_way.is_empty() && self.phones.iter_mut().all(Phone::is_settled);
            if is_quiet {
                return;
            }
            assert!(self.step(i64::MAX), "nothing moves, and something is left");
        }
        let left: Vec<_> = self.phones.iter().map(|p| (p.owner.name.clone(), p.count_changes("pending"))).collect();
        panic!("the world does not come to rest: {left:?}");
    }

    /// Lets everything arrive that is on its way; what waits for somebody else goes on waiting.
    pub(crate) fn settle_but_for_what_waits(&mut self) {
        self.pass(60_000);
        while !self.on_its_way.is_empty() {
            self.pass(1_000);
        }
    }

    /// The network is good again and everybody looks at their phone, until all have the same.
    pub(crate) fn come_together(&mut self) {
        self.weather = Weather::CALM;
        self.fates.clear();
        for _ in 0..8 {
            for who in 0..self.phones.len() {
                self.say(who, Event::SyncRequested);
            }
            self.settle();
            if self.phones.iter_mut().all(Phone::is_verified) && self.are_all_equal() {
                return;
            }
        }
        for phone in &mut self.phones {
            assert!(phone.is_verified(), "{} is not verified: {:?}", phone.owner.name, phone.pilot().status());
        }
        panic!("the phones are verified, and do not hold what the district holds");
    }

    fn are_all_equal(&self) -> bool {
        self.phones.iter().all(|phone| phone.heads() == self.district.heads_for(phone.owner.id))
    }

    /// Nothing lost, nothing doubled, all the same, nothing damaged.
    pub(crate) fn expect_one_truth(&self) {
        for phone in &self.phones {
            assert_eq!(phone.heads(), self.district.heads_for(phone.owner.id), "{}'s phone", phone.owner.name);
        }
        self.district.verify();
    }
}
