//! How often a device may ask.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::limits::{Limits, MALFORMED_COST};
use crate::store::DeviceId;

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

    /// A body was no message: it costs as much as several rounds, or all that is left.
    pub(crate) fn count_malformed(&self, device: DeviceId) {
        let is_paid = |cost: NonZeroU32| matches!(self.rounds.check_key_n(&device, cost), Ok(Ok(())));
        if !is_paid(MALFORMED_COST) {
            while self.rounds.check_key(&device).is_ok() {}
        }
    }

    /// Forgets devices that have not asked for long.
    pub(crate) fn forget_idle(&self) {
        self.rounds.retain_recent();
    }
}
