//! Hints: devices that listen hear at once that one of their streams has moved.
//!
//! Why a look at the counters and not a list of who wrote what: changes come from devices, from the office's commands
//! in other processes, from other replicas and from the clock. They have one thing in common, a stream's last position
//! in the ledger. So the hub remembers for each open line how far its device is known to be (told, or served by a
//! round), and says something when the ledger is further. Nobody has to list whom a commit concerns.
//!
//! Flow: [`listen`] opens a line and wakes the watcher ([`watch`]), which lives as long as there are lines. It looks at
//! the counters of all streams that somebody listens to once a second, and at once after [`Hub::note_commit`] (never
//! more often than [`PACE`]). A round says through [`Hub::begin_round`] what its reply brings: what a device wrote or
//! was just given is no news to it. The first look tells a new line where all its streams stand.
//!
//! Failure: a look that fails is repeated a second later. A device that does not read is told less often, with what is
//! newest then. Whatever is missed here is found by the device's own interval.
//!
//! Rejected: the store telling the hub (it would know who listens), and passing the streams of each commit along (every
//! caller could forget one, other processes are not heard at all).
//!
//! Missing: a round of a device that another replica served is not known here; the device sees by the position that
//! it has nothing to fetch. A change of what everybody reads is told to all at once.

mod line;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use domain::Collection;
use sync::wire::{Advanced, Epoch, Page};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use crate::limits::StreamLimits;
use crate::store::{DeviceId, SecretHash};
use line::Line;

pub(crate) use watch::listen;

/// Shortest time between two looks: a device hears at most four times a second, however much is written.
const PACE: Duration = Duration::from_millis(250);

/// Why no line is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There are as many as there may be.
    Full,
    /// The server is stopping.
    Closed,
}

/// Who listens.
#[derive(Debug, Clone)]
pub(crate) struct Ear {
    pub(crate) device: DeviceId,
    /// By which the watcher looks again whether the device is still trusted.
    pub(crate) token: SecretHash,
    pub(crate) epoch: Epoch,
    pub(crate) subscriptions: Vec<Collection>,
}

/// The lines to devices that listen.
pub(crate) struct Hub {
    pub(crate) limits: StreamLimits,
    state: Mutex<State>,
    woken: Notify,
}

#[derive(Default)]
struct State {
    lines: BTreeMap<DeviceId, Line>,
    /// Lines opened so far; each has the number of its opening.
    count: u64,
    is_watched: bool,
    is_closed: bool,
}

impl State {
    /// The line of this opening, unless it was replaced or has ended.
    fn find(&mut self, device: DeviceId, serial: u64) -> Option<&mut Line> {
        self.lines.get_mut(&device).filter(|line| line.serial == serial)
    }
}

impl Hub {
    pub(crate) fn new(limits: StreamLimits) -> Self {
        Self { limits, state: Mutex::default(), woken: Notify::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a line; an earlier one of the same device ends.
    fn open(self: &Arc<Self>, ear: Ear) -> Result<Listener, Refused> {
        let mut state = self.lock();
        if state.is_closed {
            return Err(Refused::Closed);
        }
        if state.lines.len() >= self.limits.most && !state.lines.contains_key(&ear.device) {
            return Err(Refused::Full);
        }
        state.count += 1;
        let (device, serial) = (ear.device, state.count);
        let (sender, inbox) = mpsc::channel(1);
        state.lines.insert(device, Line::new(ear, serial, sender, Instant::now()));
        drop(state);
        self.woken.notify_one();
        Ok(Listener { hub: Arc::clone(self), device, serial, inbox })
    }

    /// Something was committed in this process.
    pub(crate) fn note_commit(&self) {
        self.woken.notify_one();
    }

    /// A round of a device begins: until it ends, the device is told nothing that its reply may bring.
    pub(crate) fn begin_round(&self, device: DeviceId) -> Round<'_> {
        let mut state = self.lock();
        let serial = state.lines.get_mut(&device).map(|line| {
            line.rounds += 1;
            line.serial
        });
        Round { hub: self, device, serial }
    }

    /// Ends all lines, for good.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        state.lines.clear();
        drop(state);
        self.woken.notify_one();
    }

    pub(crate) fn count_lines(&self) -> u64 {
        u64::try_from(self.lock().lines.len()).unwrap_or(u64::MAX)
    }

    /// Ends one line.
    fn end(&self, device: DeviceId, serial: u64) {
        let mut state = self.lock();
        if state.find(device, serial).is_some() {
            state.lines.remove(&device);
        }
    }

    /// Every stream that somebody listens to.
    fn list_watched(&self) -> BTreeSet<Collection> {
        self.lock().lines.values().flat_map(Line::subscriptions).cloned().collect()
    }

    /// The lines whose right was last looked at too long ago. They count as looked at.
    fn take_unchecked(&self, now: Instant) -> Vec<(DeviceId, u64, SecretHash)> {
        let recheck = self.limits.recheck;
        let mut state = self.lock();
        let due = state.lines.iter_mut().filter(|(_, line)| now.duration_since(line.checked_at) >= recheck);
        due.map(|(device, line)| {
            line.checked_at = now;
            (*device, line.serial, line.token)
        })
        .collect()
    }

    /// What the account reads now.
    fn rescope(&self, device: DeviceId, serial: u64, subscriptions: &[Collection]) {
        if let Some(line) = self.lock().find(device, serial) {
            line.rescope(subscriptions);
        }
    }

    /// Tells each line what of this it does not know. In another life of the data everything is news.
    fn tell(&self, epoch: Epoch, positions: &BTreeMap<Collection, u64>) {
        for line in self.lock().lines.values_mut() {
            line.meet_epoch(epoch);
            line.tell(positions);
        }
    }
}

/// A round under way, of a device that may be listening.
pub(crate) struct Round<'a> {
    hub: &'a Hub,
    device: DeviceId,
    serial: Option<u64>,
}

impl Round<'_> {
    /// The reply brings these pages.
    pub(crate) fn note_served(&self, pages: &[Page]) {
        let Some(serial) = self.serial else { return };
        if let Some(line) = self.hub.lock().find(self.device, serial) {
            for page in pages.iter().filter(|page| page.complete) {
                line.note_reached(&page.collection, page.next);
            }
        }
    }
}

impl Drop for Round<'_> {
    fn drop(&mut self) {
        let Some(serial) = self.serial else { return };
        let has_missed = self.hub.lock().find(self.device, serial).is_some_and(Line::end_round);
        if has_missed {
            self.hub.woken.notify_one();
        }
    }
}

/// The receiving end of a line. Dropped, it ends the line; it ends by itself when the hub has ended the line.
pub(crate) struct Listener {
    hub: Arc<Hub>,
    device: DeviceId,
    serial: u64,
    inbox: mpsc::Receiver<Advanced>,
}

impl Listener {
    /// The next hint; `None` after the last.
    pub(crate) fn poll_hint(&mut self, context: &mut Context<'_>) -> Poll<Option<Advanced>> {
        self.inbox.poll_recv(context)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.hub.end(self.device, self.serial);
    }
}
