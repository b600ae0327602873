//! Wrong enrolments: by where they come from, to be slowed down, and by how the code begins, to be refused.
//!
//! Nobody is locked out for what a neighbour does: the code is looked up first, and only a refusal is held back. Codes
//! have 80 random bits, so trying them is hopeless at any speed; the delay spares the server. One thing is not
//! hopeless: somebody who has read a part of a code over a shoulder may try the rest. So codes that begin alike are
//! refused after some wrong ones, the genuine one included, for as long as failures are remembered.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::UnixMillis;

use super::proxy::network_of;
use crate::limits::{EnrolmentLimits, REMEMBERED_FAILURES};
use crate::secret::CodeBeginning;

/// Failures since a moment.
#[derive(Debug, Clone, Copy)]
struct Failures {
    since: UnixMillis,
    count: u32,
}

#[derive(Default)]
struct State {
    addresses: BTreeMap<IpAddr, Failures>,
    beginnings: BTreeMap<CodeBeginning, Failures>,
}

/// Wrong enrolments of late.
pub(crate) struct AttemptLimiter {
    limits: EnrolmentLimits,
    state: Mutex<State>,
}

impl AttemptLimiter {
    pub(crate) fn new(limits: EnrolmentLimits) -> Self {
        Self { limits, state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn memory_ms(&self) -> i64 {
        i64::try_from(self.limits.memory.as_millis()).unwrap_or(i64::MAX)
    }

    /// How long codes of this beginning are refused, in milliseconds; `None` when they may be tried.
    pub(crate) fn wait_of(&self, beginning: CodeBeginning, now: UnixMillis) -> Option<i64> {
        let state = self.lock();
        let Failures { since, count } = state.beginnings.get(&beginning)?;
        let left_ms = self.memory_ms() - now.since_ms(*since);
        (*count >= self.limits.failures_of_beginning && left_ms > 0).then_some(left_ms)
    }

    /// Remembers one failure and answers how long the refusal is held back. `beginning`: of a code that nobody was
    /// given.
    pub(crate) fn count_failure(&self, address: IpAddr, beginning: Option<CodeBeginning>, now: UnixMillis) -> Duration {
        let memory_ms = self.memory_ms();
        let mut state = self.lock();
        if let Some(beginning) = beginning {
            count_one(&mut state.beginnings, beginning, now, memory_ms);
        }
        let failures = count_one(&mut state.addresses, network_of(address), now, memory_ms);
        drop(state);
        let Some(further) = failures.checked_sub(self.limits.free_failures + 1) else { return Duration::ZERO };
        self.limits.delay.saturating_mul(1 << further.min(16)).min(self.limits.longest_delay)
    }
}

fn count_one<K: Ord>(all: &mut BTreeMap<K, Failures>, key: K, now: UnixMillis, memory_ms: i64) -> u32 {
    if all.len() >= REMEMBERED_FAILURES && !all.contains_key(&key) {
        all.retain(|_, failures| now.since_ms(failures.since) < memory_ms);
        if all.len() >= REMEMBERED_FAILURES {
            all.pop_first();
        }
    }
    let failures = all.entry(key).or_insert(Failures { since: now, count: 0 });
    if now.since_ms(failures.since) >= memory_ms {
        *failures = Failures { since: now, count: 0 };
    }
    failures.count = failures.count.saturating_add(1);
    failures.count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> UnixMillis {
        UnixMillis::new(ms)
    }

    #[test]
    fn refusals_of_an_address_come_later_and_later_and_others_do_not_wait() {
        let limits = EnrolmentLimits::default();
        let limiter = AttemptLimiter::new(limits);
        let (guesser, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        for _ in 0..limits.free_failures {
            assert_eq!(limiter.count_failure(guesser, None, at(0)), Duration::ZERO, "people mistype");
        }
        assert_eq!(limiter.count_failure(guesser, None, at(0)), limits.delay);
        assert_eq!(limiter.count_failure(guesser, None, at(0)), limits.delay * 2);
        for _ in 0..100 {
            assert!(limiter.count_failure(guesser, None, at(0)) <= limits.longest_delay);
        }
        assert_eq!(limiter.count_failure(other, None, at(0)), Duration::ZERO);
        assert_eq!(limiter.count_failure(guesser, None, at(limiter.memory_ms())), Duration::ZERO, "it is forgotten");
    }

    #[test]
    fn a_code_that_was_read_in_part_is_not_tried_to_its_end() {
        let limits = EnrolmentLimits::default();
        let limiter = AttemptLimiter::new(limits);
        let (seen, other) = (CodeBeginning::of("7K2M-Q9XA"), CodeBeginning::of("7K2N-Q9XA"));
        for n in 0..limits.failures_of_beginning {
            assert_eq!(limiter.wait_of(seen, at(0)), None);
            // From one address after another.
            limiter.count_failure(IpAddr::from([192, 0, 2, u8::try_from(n).expect("few")]), Some(seen), at(0));
        }
        assert_eq!(limiter.wait_of(seen, at(1)), Some(limiter.memory_ms() - 1));
        assert_eq!(limiter.wait_of(other, at(1)), None);
        assert_eq!(limiter.wait_of(seen, at(limiter.memory_ms())), None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let limiter = AttemptLimiter::new(EnrolmentLimits::default());
        for n in 0..u32::try_from(REMEMBERED_FAILURES).expect("few") + 50 {
            limiter.count_failure(IpAddr::from(n.to_be_bytes()), None, at(0));
        }
        assert_eq!(limiter.lock().addresses.len(), REMEMBERED_FAILURES);
    }
}
