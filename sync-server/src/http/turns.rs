//! Whose round is worked on: one of each device at a time, so many in all, in order of arrival.
//!
//! Why: whoever may send many rounds at once has many shares of the server. With one a device, first come first served
//! is fair between devices, however hard one of them tries.
//!
//! Flow: a request arrives ([`Turns::arrive`]) and reads its body; then it takes its turn ([`Arrival::take_turn`]) and
//! holds it for as long as work is done for it, also when the client has gone. While a request reads or waits, a newer
//! one of the same device takes its place: a phone that lost its connection must not wait for its own shadow. A device
//! whose round used up its share of work pauses.
//!
//! Failure: what waits too long is refused with the time after which to come back; it has cost nothing by then.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, timeout};

use crate::limits::RoundLimits;
use crate::store::DeviceId;

/// Why a request does not get on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// A newer request of the same device came.
    Superseded,
    /// An earlier round of the same device is still worked on.
    UnderWay,
    /// Too many rounds of others come first.
    Busy,
    /// The device has to pause for so long.
    Paused(Duration),
}

/// Everybody's turns.
pub(crate) struct Turns {
    limits: RoundLimits,
    devices: Mutex<BTreeMap<DeviceId, Device>>,
    places: Arc<Semaphore>,
}

/// A device with requests under way, or that has to pause.
struct Device {
    requests: usize,
    newest: watch::Sender<u64>,
    turn: Arc<Semaphore>,
    paused_until: Option<Instant>,
}

impl Device {
    fn new() -> Self {
        Self { requests: 0, newest: watch::Sender::new(0), turn: Arc::new(Semaphore::new(1)), paused_until: None }
    }

    fn is_forgettable(&self, now: Instant) -> bool {
        self.requests == 0 && self.paused_until.is_none_or(|until| until <= now)
    }
}

impl Turns {
    pub(crate) fn new(limits: RoundLimits) -> Self {
        Self { limits, devices: Mutex::default(), places: Arc::new(Semaphore::new(limits.at_once)) }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<DeviceId, Device>> {
        self.devices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request of a device arrives; earlier ones that have no turn yet give way.
    pub(crate) fn arrive(self: &Arc<Self>, device: DeviceId) -> Result<Arrival, Refused> {
        let now = Instant::now();
        let mut devices = self.lock();
        let known = devices.entry(device).or_insert_with(Device::new);
        if let Some(until) = known.paused_until.filter(|until| *until > now) {
            return Err(Refused::Paused(until - now));
        }
        known.paused_until = None;
        known.requests += 1;
        known.newest.send_modify(|newest| *newest += 1);
        let mut newest = known.newest.subscribe();
        let number = *newest.borrow_and_update();
        Ok(Arrival { turns: Arc::clone(self), device, number, newest, turn: Arc::clone(&known.turn) })
    }

    /// Rounds that are worked on now.
    #[cfg(test)]
    fn count_running(&self) -> usize {
        self.limits.at_once - self.places.available_permits()
    }

    fn leave(&self, device: DeviceId) {
        let mut devices = self.lock();
        let is_over = devices.get_mut(&device).is_some_and(|known| {
            known.requests -= 1;
            known.is_forgettable(Instant::now())
        });
        if is_over {
            devices.remove(&device);
        }
    }

    fn pause(&self, device: DeviceId) {
        let now = Instant::now();
        let mut devices = self.lock();
        // Those who have paused and not come back.
        devices.retain(|_, known| !known.is_forgettable(now));
        if let Some(known) = devices.get_mut(&device) {
            known.paused_until = Some(now + self.limits.pause);
        }
    }
}

/// A request that has no turn yet.
pub(crate) struct Arrival {
    turns: Arc<Turns>,
    device: DeviceId,
    number: u64,
    newest: watch::Receiver<u64>,
    turn: Arc<Semaphore>,
}

impl Arrival {
    /// Until a newer request of the device arrives; to be asked beside everything that a client is waited for.
    pub(crate) async fn wait_for_newer(&mut self) {
        let number = self.number;
        if self.newest.wait_for(|newest| *newest != number).await.is_err() {
            // The sender lives as long as this request is counted.
            std::future::pending().await
        }
    }

    /// Waits for the device's turn, then for a place among those that are worked on.
    pub(crate) async fn take_turn(mut self) -> Result<Turn, Refused> {
        let (turn, places) = (Arc::clone(&self.turn), Arc::clone(&self.turns.places));
        let RoundLimits { own_turn, queue, .. } = self.turns.limits;
        let waiting = async {
            let own = timeout(own_turn, turn.acquire_owned()).await.map_err(|_| Refused::UnderWay)?;
            let place = timeout(queue, places.acquire_owned()).await.map_err(|_| Refused::Busy)?;
            // Neither is ever closed.
            match (own, place) {
                (Ok(own), Ok(place)) => Ok((own, place)),
                _ => Err(Refused::Busy),
            }
        };
        let (own, place) = tokio::select! {
            biased;
            () = self.wait_for_newer() => return Err(Refused::Superseded),
            taken = waiting => taken?,
        };
        Ok(Turn { arrival: self, _own: own, _place: place })
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.turns.leave(self.device);
    }
}

/// A device's turn, until it is dropped.
pub(crate) struct Turn {
    arrival: Arrival,
    _own: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl Turn {
    /// The round used up what it may: the device pauses; answers for how long.
    pub(crate) fn pause(&self) -> Duration {
        self.arrival.turns.pause(self.arrival.device);
        self.arrival.turns.limits.pause
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn device(n: u128) -> DeviceId {
        DeviceId(Uuid::from_u128(n))
    }

    /// Waits end soon.
    const IMPATIENT: RoundLimits = RoundLimits {
        at_once: 2,
        own_turn: Duration::from_millis(20),
        queue: Duration::from_millis(20),
        judging: Duration::ZERO,
        pause: Duration::from_secs(3_600),
    };

    fn turns(limits: RoundLimits) -> Arc<Turns> {
        Arc::new(Turns::new(limits))
    }

    fn arrive(turns: &Arc<Turns>, n: u128) -> Arrival {
        turns.arrive(device(n)).expect("arrives")
    }

    #[tokio::test]
    async fn one_round_a_device_and_a_newer_request_takes_the_place_of_one_that_waits() {
        let turns = turns(RoundLimits::default());
        let first = arrive(&turns, 1).take_turn().await.expect("its turn");
        let second = tokio::spawn(arrive(&turns, 1).take_turn());
        tokio::task::yield_now().await;
        let third = arrive(&turns, 1);
        assert_eq!(second.await.expect("ends").err(), Some(Refused::Superseded));
        let third = tokio::spawn(third.take_turn());
        let other = arrive(&turns, 2).take_turn().await.expect("others do not wait");
        drop(first);
        let third = third.await.expect("ends").expect("its turn");
        drop((third, other));
        assert!(turns.lock().is_empty(), "nobody is remembered");
        assert_eq!(turns.count_running(), 0);
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let turns = turns(IMPATIENT);
        let _first = arrive(&turns, 1).take_turn().await.expect("its turn");
        assert_eq!(arrive(&turns, 1).take_turn().await.err(), Some(Refused::UnderWay));
        let _second = arrive(&turns, 2).take_turn().await.expect("its turn");
        assert_eq!(arrive(&turns, 3).take_turn().await.err(), Some(Refused::Busy));
    }

    #[tokio::test]
    async fn who_comes_first_is_served_first() {
        let turns = turns(RoundLimits { at_once: 1, ..RoundLimits::default() });
        let first = arrive(&turns, 1).take_turn().await.expect("its turn");
        let (two, three) = (tokio::spawn(arrive(&turns, 2).take_turn()), tokio::spawn(arrive(&turns, 3).take_turn()));
        tokio::task::yield_now().await;
        drop(first);
        let two = two.await.expect("ends").expect("first come");
        assert!(!three.is_finished());
        drop(two);
        three.await.expect("ends").expect("first served");
    }

    #[tokio::test]
    async fn who_used_up_its_share_pauses() {
        let paused = turns(IMPATIENT);
        let turn = arrive(&paused, 1).take_turn().await.expect("its turn");
        assert_eq!(turn.pause(), IMPATIENT.pause);
        drop(turn);
        assert!(matches!(paused.arrive(device(1)).err(), Some(Refused::Paused(wait)) if wait <= IMPATIENT.pause));
        assert!(paused.arrive(device(2)).is_ok());

        let over = turns(RoundLimits { pause: Duration::ZERO, ..IMPATIENT });
        let turn = arrive(&over, 1).take_turn().await.expect("its turn");
        turn.pause();
        drop(turn);
        drop(arrive(&over, 1));
        assert!(over.lock().is_empty(), "a pause that is over is forgotten");
    }
}
