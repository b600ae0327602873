//! How many bytes of work one device may hand in within a day: a phone that is broken or in wrong hands must not fill the
//! district's disk and every colleague's phone.
//!
//! Kept in memory, so a restart begins the day anew. Beyond the budget nothing is refused: what is pushed gets no
//! verdict, stays with its device and is taken in later. What the ledger knows already is not counted,
//! nor what got no verdict.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::{LocalDate, UnixMillis};

use crate::store::DeviceId;

/// Bytes handed in, by device, within its day.
pub(crate) struct IntakeLimiter {
    most_bytes: u64,
    days: Mutex<BTreeMap<DeviceId, (LocalDate, u64)>>,
}

impl IntakeLimiter {
    pub(crate) fn new(most_bytes: u64) -> Self {
        Self { most_bytes, days: Mutex::default() }
    }

    /// Whether the device may hand in more today. The round that passes the budget is the last one taken in.
    pub(crate) fn has_room(&self, device: DeviceId, now: UnixMillis) -> bool {
        let days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let today = now.local_date();
        days.get(&device).is_none_or(|(day, bytes)| *day != today || *bytes < self.most_bytes)
    }

    /// Counts what a device has handed in; forgets other days.
    pub(crate) fn count(&self, device: DeviceId, now: UnixMillis, bytes: u64) {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let today = now.local_date();
        if !days.contains_key(&device) {
            days.retain(|_, (day, _)| *day == today);
        }
        let entry = days.entry(device).or_insert((today, 0));
        if entry.0 != today {
            *entry = (today, 0);
        }
        entry.1 = entry.1.saturating_add(bytes);
    }
}
