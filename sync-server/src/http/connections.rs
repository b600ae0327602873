//! Which connections are open, whose they are, and which of them goes when there are too many.
//!
//! Why: a connection costs a file handle whether it says anything or not. Time-outs alone let a stranger who opens
//! them quickly enough hold all of them. So a new connection always finds a place as long as any other has no request
//! under way: the longest silent one of the address with the most connections goes.
//!
//! Failure: when every connection has a request under way, a new one is refused.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;

use super::proxy::network_of;

/// How many connections there may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) most: usize,
    pub(super) most_of_address: usize,
}

/// The open connections.
pub(super) struct Connections {
    room: Room,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    count: u64,
    open: BTreeMap<u64, Open>,
    /// How many of each address; those of trusted proxies stand under `None`.
    of_address: BTreeMap<Option<IpAddr>, usize>,
}

struct Open {
    address: Option<IpAddr>,
    /// Since when no request is under way; `None` while one is.
    idle_since: Option<Instant>,
    word: Arc<Word>,
}

/// What a connection is told.
#[derive(Default)]
struct Word {
    has_to_go: Notify,
    is_busy: AtomicBool,
}

impl State {
    fn remove(&mut self, number: u64) -> Option<Open> {
        let open = self.open.remove(&number)?;
        if let Some(count) = self.of_address.get_mut(&open.address) {
            *count -= 1;
            if *count == 0 {
                self.of_address.remove(&open.address);
            }
        }
        Some(open)
    }

    fn count_of(&self, address: Option<IpAddr>) -> usize {
        self.of_address.get(&address).copied().unwrap_or_default()
    }

    /// The idle connection that goes first: of the address with the most connections the longest idle.
    fn find_idle(&self, of: impl Fn(&Open) -> bool) -> Option<u64> {
        let idle = self.open.iter().filter(|(_, open)| of(open));
        let ranked = idle.filter_map(|(number, open)| {
            let since = open.idle_since?;
            Some(((self.count_of(open.address), std::cmp::Reverse(since)), *number))
        });
        ranked.max().map(|(_, number)| number)
    }

    fn send_away(&mut self, number: Option<u64>) -> bool {
        let Some(open) = number.and_then(|number| self.remove(number)) else { return false };
        open.word.has_to_go.notify_one();
        true
    }
}

impl Connections {
    pub(super) fn new(room: Room) -> Self {
        Self { room, state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seat for a new connection; `None` when there is no room. `address`: of the peer, unless it is a trusted proxy.
    pub(super) fn admit(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Seat> {
        let address = address.map(network_of);
        let mut state = self.lock();
        if address.is_some() && state.count_of(address) >= self.room.most_of_address {
            let longest = state.find_idle(|open| open.address == address);
            if !state.send_away(longest) {
                return None;
            }
        }
        if state.open.len() >= self.room.most {
            let longest = state.find_idle(|_| true);
            if !state.send_away(longest) {
                return None;
            }
        }
        state.count += 1;
        let (number, word) = (state.count, Arc::<Word>::default());
        *state.of_address.entry(address).or_default() += 1;
        state.open.insert(number, Open { address, idle_since: Some(Instant::now()), word: Arc::clone(&word) });
        Some(Seat { connections: Arc::clone(self), number, word })
    }

    /// The system has no handle left: one that is idle goes.
    pub(super) fn make_room(&self) {
        let mut state = self.lock();
        let longest = state.find_idle(|_| true);
        state.send_away(longest);
    }

    fn note_busy(&self, number: u64, word: &Word, is_busy: bool) {
        word.is_busy.store(is_busy, Ordering::SeqCst);
        if let Some(open) = self.lock().open.get_mut(&number) {
            open.idle_since = (!is_busy).then(Instant::now);
        }
    }
}

/// One connection's place, until it is dropped.
pub(super) struct Seat {
    connections: Arc<Connections>,
    number: u64,
    word: Arc<Word>,
}

impl Seat {
    /// Until the connection has to go.
    pub(super) async fn wait_to_go(&self) {
        self.word.has_to_go.notified().await;
    }

    /// Whether a request is under way.
    pub(super) fn is_busy(&self) -> bool {
        self.word.is_busy.load(Ordering::SeqCst)
    }

    /// A request is under way until what this answers is dropped: with the last of its reply.
    pub(super) fn begin_request(&self) -> RequestUnderWay {
        self.connections.note_busy(self.number, &self.word, true);
        RequestUnderWay {
            connections: Arc::clone(&self.connections),
            number: self.number,
            word: Arc::clone(&self.word),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.connections.lock().remove(self.number);
    }
}

/// A request under way on a connection.
pub(super) struct RequestUnderWay {
    connections: Arc<Connections>,
    number: u64,
    word: Arc<Word>,
}

impl Drop for RequestUnderWay {
    fn drop(&mut self) {
        self.connections.note_busy(self.number, &self.word, false);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn address(n: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, n]))
    }

    async fn is_told_to_go(seat: &Seat) -> bool {
        tokio::time::timeout(Duration::ZERO, seat.wait_to_go()).await.is_ok()
    }

    #[tokio::test]
    async fn the_longest_silent_one_of_the_greediest_address_goes() {
        let connections = Arc::new(Connections::new(Room { most: 4, most_of_address: 4 }));
        let worker = connections.admit(address(1)).expect("room");
        let silent: Vec<Seat> = (0..3).map(|_| connections.admit(address(9)).expect("room")).collect();
        let busy = silent[0].begin_request();
        let _another = connections.admit(address(2)).expect("one goes");
        assert!(!is_told_to_go(&worker).await, "it was there first, and alone");
        assert!(!is_told_to_go(&silent[0]).await, "a request is under way");
        assert!(is_told_to_go(&silent[1]).await);
        assert!(!is_told_to_go(&silent[2]).await);
        drop(busy);
        drop(silent);
        assert_eq!(connections.lock().open.len(), 2);
        assert_eq!(connections.lock().of_address.len(), 2);
    }

    #[tokio::test]
    async fn an_address_has_its_share_and_a_proxy_has_all() {
        let connections = Arc::new(Connections::new(Room { most: 5, most_of_address: 2 }));
        let ours: Vec<Seat> = (0..2).map(|_| connections.admit(address(1)).expect("room")).collect();
        let requests: Vec<_> = ours.iter().map(Seat::begin_request).collect();
        assert!(connections.admit(address(1)).is_none(), "all of its own are at work");
        let proxied: Vec<Seat> = (0..3).map(|_| connections.admit(None).expect("no share")).collect();
        drop(requests);
        let _next = connections.admit(address(1)).expect("one of its own goes");
        assert!(is_told_to_go(&ours[0]).await || is_told_to_go(&ours[1]).await);
        for seat in &proxied {
            assert!(!is_told_to_go(seat).await);
        }
    }
}
