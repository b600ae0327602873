//! How much one device or address may ask for.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::UnixMillis;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::store::DeviceId;

/// Limits that an installation of the server may set.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Rounds of one device at once, before it has to wait: a fresh phone asks for page after page.
    pub burst: NonZeroU32,
    /// Rounds of one device per second in the long run.
    pub per_second: NonZeroU32,
    /// How long one request may take.
    pub timeout: Duration,
    /// Devices that listen for hints.
    pub streams: StreamLimits,
}

/// How many devices may listen for hints, and how often the server looks on their behalf.
#[derive(Debug, Clone, Copy)]
pub struct StreamLimits {
    /// Most devices at once; each takes an open connection (a file handle) and some 20 KiB.
    pub most: usize,
    /// From one look at the streams' positions to the next while nothing is committed in this process: how late a
    /// device hears of what another process wrote. Only while devices listen.
    pub look: Duration,
    /// From one look at a device's right to the next: how long a revoked device hears that something moved, and how
    /// late a device hears of a changed scope.
    pub recheck: Duration,
    /// From one sign of life to the next while there is nothing to tell. A device gives up after
    /// [`sync::wire::SILENCE_LIMIT_MS`].
    pub keep_alive: Duration,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self {
            most: 4_096,
            look: Duration::from_secs(1),
            recheck: Duration::from_secs(15),
            keep_alive: Duration::from_millis(sync::wire::SILENCE_LIMIT_MS / 3),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            burst: NonZeroU32::new(240).unwrap_or(NonZeroU32::MIN),
            per_second: NonZeroU32::new(10).unwrap_or(NonZeroU32::MIN),
            timeout: Duration::from_secs(60),
            streams: StreamLimits::default(),
        }
    }
}

/// Rounds by device.
pub(crate) struct DeviceLimiter {
    rounds: DefaultKeyedRateLimiter<DeviceId>,
}

impl DeviceLimiter {
    pub(crate) fn new(limits: &Limits) -> Self {
        let quota = Quota::per_second(limits.per_second).allow_burst(limits.burst);
        Self { rounds: DefaultKeyedRateLimiter::keyed(quota) }
    }

    /// Counts one round; how long to wait when it is one too many.
    pub(crate) fn count_round(&self, device: DeviceId) -> Result<(), Duration> {
        self.rounds.check_key(&device).map_err(|not_until| not_until.wait_time_from(DefaultClock::default().now()))
    }

    /// Forgets devices that have not asked for long.
    pub(crate) fn forget_idle(&self) {
        self.rounds.retain_recent();
    }
}

/// Failed enrolments of one address before it has to wait. A whole office may enrol from one address, so only
/// failures count.
const FAILURE_LIMIT: u32 = 20;
/// How long failures are remembered.
const WINDOW_MS: i64 = 10 * 60 * 1_000;
/// Most addresses remembered at once.
const ADDRESS_LIMIT: usize = 10_000;

/// Failed enrolments by address.
#[derive(Default)]
pub(crate) struct AttemptLimiter {
    failures: Mutex<BTreeMap<IpAddr, (UnixMillis, u32)>>,
}

impl AttemptLimiter {
    /// How long the address has to wait, in milliseconds; `None` when it may try.
    pub(crate) fn wait_of(&self, address: IpAddr, now: UnixMillis) -> Option<i64> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, count) = failures.get(&address)?;
        let left = WINDOW_MS - now.since_ms(*since);
        (*count >= FAILURE_LIMIT && left > 0).then_some(left)
    }

    /// Remembers one failure.
    pub(crate) fn count_failure(&self, address: IpAddr, now: UnixMillis) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= ADDRESS_LIMIT {
            failures.retain(|_, (since, _)| now.since_ms(*since) < WINDOW_MS);
        }
        let entry = failures.entry(address).or_insert((now, 0));
        if now.since_ms(entry.0) >= WINDOW_MS {
            *entry = (now, 0);
        }
        entry.1 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_guesses_codes_waits_and_may_try_again_later() {
        let (limiter, guesser) = (AttemptLimiter::default(), IpAddr::from([192, 0, 2, 1]));
        let at = |ms| UnixMillis::new(ms);
        for _ in 0..FAILURE_LIMIT {
            assert_eq!(limiter.wait_of(guesser, at(0)), None);
            limiter.count_failure(guesser, at(0));
        }
        assert_eq!(limiter.wait_of(guesser, at(1)), Some(WINDOW_MS - 1));
        assert_eq!(limiter.wait_of(IpAddr::from([192, 0, 2, 2]), at(1)), None);
        assert_eq!(limiter.wait_of(guesser, at(WINDOW_MS)), None);
    }
}
