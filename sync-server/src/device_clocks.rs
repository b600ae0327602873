//! What the devices of a district take the time for, as their rounds say.
//!
//! One device that differs is wrong and is logged by its id. When most of those that were heard lately differ alike it is
//! this server that is wrong: then nobody's times are corrected by it, nothing is decided and nothing becomes overdue
//! until its clock is put right; what people push is taken in as ever. Kept in memory: every device says it again with
//! its next round.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::UnixMillis;

use crate::store::DeviceId;

/// Differences up to this are nobody's error.
const NOTICE_MS: u64 = 5 * 60_000;
/// From so many devices on their majority is heard.
const ENOUGH_DEVICES: usize = 3;
/// How long what a device said counts; they speak every five minutes.
const HEARD_LATELY: Duration = Duration::from_secs(30 * 60);
/// Most devices that are remembered.
const DEVICES_LIMIT: usize = 4_096;

/// How far each device's clock is ahead of this server's, in milliseconds, and when it said so.
#[derive(Debug, Default)]
pub(crate) struct DeviceClocks {
    ahead_ms: Mutex<BTreeMap<DeviceId, (i64, Instant)>>,
}

impl DeviceClocks {
    /// Notes what a device says the time is. Answers whether this server's own clock may be believed beside it.
    pub(crate) fn note(&self, device: DeviceId, says: UnixMillis, now: UnixMillis) -> bool {
        let ahead_ms = says.since_ms(now);
        let mut clocks = self.ahead_ms.lock().unwrap_or_else(PoisonError::into_inner);
        if clocks.len() < DEVICES_LIMIT || clocks.contains_key(&device) {
            let before_ms = clocks.insert(device, (ahead_ms, Instant::now())).map_or(0, |(ms, _)| ms);
            if ahead_ms.abs_diff(before_ms) > NOTICE_MS {
                tracing::info!(device = %device.0, ahead_ms, "the clock of a device differs from this server's");
            }
        }
        drop(clocks);
        let is_believed = !self.contradict_server();
        if !is_believed {
            tracing::error!("most devices agree on another time: look at this server's clock");
        }
        is_believed
    }

    /// Whether most devices that were heard lately agree on another time than this server's.
    pub(crate) fn contradict_server(&self) -> bool {
        let clocks = self.ahead_ms.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = clocks.values().filter(|(_, at)| at.elapsed() <= HEARD_LATELY);
        is_server_wrong(heard.map(|(ahead_ms, _)| *ahead_ms))
    }
}

/// Whether more than half of the devices, of enough of them, are a day or more away on the same side.
fn is_server_wrong(ahead_ms: impl Iterator<Item = i64>) -> bool {
    let (mut all, mut ahead, mut behind) = (0, 0, 0);
    for ms in ahead_ms {
        all += 1;
        ahead += usize::from(ms > UnixMillis::DAY_MS);
        behind += usize::from(ms < -UnixMillis::DAY_MS);
    }
    all >= ENOUGH_DEVICES && 2 * ahead.max(behind) > all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_phone_is_wrong_and_a_district_of_phones_is_right() {
        let years = 4 * 365 * UnixMillis::DAY_MS;
        assert!(!is_server_wrong([years, 3, -20].into_iter()));
        assert!(!is_server_wrong([years, years].into_iter()), "two phones are no district");
        assert!(!is_server_wrong([years, -years, 0].into_iter()));
        assert!(is_server_wrong([years, years + 4_000, 0].into_iter()));
        assert!(is_server_wrong([-years, -years, -years].into_iter()));
    }
}
