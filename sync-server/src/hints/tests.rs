//! What a line is told, without a ledger.

use std::sync::Arc;
use std::time::Duration;

use sync::wire::{Advance, Advanced, Epoch, Page};
use tokio::time::Instant;
use uuid::Uuid;

use super::{Ear, Hub, Listener, Refused};
use crate::limits::StreamLimits;
use crate::store::{DeviceId, SecretHash};

const INCIDENTS: &str = "incidents/990101001001003";
const VISITS: &str = "visits/990101001001003";

fn hub() -> Arc<Hub> {
    Arc::new(Hub::new(StreamLimits { most: 2, ..StreamLimits::default() }))
}

fn device(n: u128) -> DeviceId {
    DeviceId(Uuid::from_u128(n))
}

fn ear(n: u128, names: &[&str]) -> Ear {
    let subscriptions = names.iter().map(|name| name.parse().expect("a collection")).collect();
    Ear { device: device(n), token: SecretHash([0; 32]), epoch: Epoch(7), subscriptions }
}

fn tell(hub: &Hub, positions: &[(&str, u64)]) {
    hub.tell(
        Epoch(7),
        &positions.iter().map(|(name, position)| (name.parse().expect("a collection"), *position)).collect(),
    );
}

/// What the listener hears now; `None` for nothing.
fn hear(listener: &mut Listener) -> Option<Vec<(String, Option<u64>)>> {
    let Advanced { epoch, collections } = listener.inbox.try_recv().ok()?;
    assert_eq!(epoch, Epoch(7));
    Some(collections.into_iter().map(|Advance { collection, position }| (collection, position)).collect())
}

fn news(list: &[(&str, u64)]) -> Option<Vec<(String, Option<u64>)>> {
    Some(list.iter().map(|(name, position)| ((*name).to_owned(), Some(*position))).collect())
}

fn page(name: &str, next: u64, complete: bool) -> Page {
    let collection = name.parse().expect("a collection");
    Page { collection, items: Vec::new(), next, complete, digest: None, total: 0, has_gaps: false }
}

#[test]
fn a_line_is_told_its_own_streams_and_nothing_twice() {
    let hub = hub();
    let (mut one, mut two) =
        (hub.open(ear(1, &[INCIDENTS, VISITS])).expect("open"), hub.open(ear(2, &[VISITS])).expect("open"));
    tell(&hub, &[(INCIDENTS, 5)]);
    assert_eq!((hear(&mut one), hear(&mut two)), (news(&[(INCIDENTS, 5)]), None));
    tell(&hub, &[(INCIDENTS, 5), (VISITS, 1)]);
    assert_eq!((hear(&mut one), hear(&mut two)), (news(&[(VISITS, 1)]), news(&[(VISITS, 1)])));
    tell(&hub, &[(INCIDENTS, 5), (VISITS, 1)]);
    assert_eq!((hear(&mut one), hear(&mut two)), (None, None));
}

#[test]
fn what_a_round_brings_is_no_news_and_what_it_does_not_bring_is() {
    let hub = hub();
    let mut line = hub.open(ear(1, &[INCIDENTS, VISITS])).expect("open");
    let round = hub.begin_round(device(1));
    tell(&hub, &[(INCIDENTS, 5), (VISITS, 9)]);
    assert_eq!(hear(&mut line), None, "a round is under way");
    round.note_served(&[page(INCIDENTS, 5, true), page(VISITS, 1 << 62, false)]);
    drop(round);
    tell(&hub, &[(INCIDENTS, 5), (VISITS, 9)]);
    assert_eq!(hear(&mut line), news(&[(VISITS, 9)]));
    let cut_off = hub.begin_round(device(1));
    drop(cut_off);
    tell(&hub, &[(INCIDENTS, 6), (VISITS, 9)]);
    assert_eq!(hear(&mut line), news(&[(INCIDENTS, 6)]), "a round that failed brought nothing");
}

#[test]
fn who_does_not_read_hears_the_newest_later() {
    let hub = hub();
    let mut line = hub.open(ear(1, &[INCIDENTS])).expect("open");
    for position in 1..=50 {
        tell(&hub, &[(INCIDENTS, position)]);
    }
    assert_eq!(hear(&mut line), news(&[(INCIDENTS, 1)]));
    tell(&hub, &[(INCIDENTS, 50)]);
    assert_eq!((hear(&mut line), hear(&mut line)), (news(&[(INCIDENTS, 50)]), None));
}

#[test]
fn a_changed_right_is_told() {
    let hub = hub();
    let mut line = hub.open(ear(1, &[INCIDENTS])).expect("open");
    tell(&hub, &[(INCIDENTS, 5)]);
    assert!(hear(&mut line).is_some());
    hub.rescope(device(1), line.serial, &[VISITS.parse().expect("a collection")]);
    tell(&hub, &[(INCIDENTS, 6), (VISITS, 9)]);
    assert_eq!(hear(&mut line), Some(vec![(VISITS.into(), Some(9)), (INCIDENTS.into(), None)]));
    tell(&hub, &[(INCIDENTS, 7), (VISITS, 9)]);
    assert_eq!(hear(&mut line), None);
}

#[test]
fn one_line_a_device_and_so_many_in_all() {
    let hub = hub();
    let mut old = hub.open(ear(1, &[VISITS])).expect("open");
    let mut new = hub.open(ear(1, &[VISITS])).expect("open");
    assert!(old.inbox.try_recv().is_err_and(|error| error == tokio::sync::mpsc::error::TryRecvError::Disconnected));
    drop(old);
    tell(&hub, &[(VISITS, 1)]);
    assert!(hear(&mut new).is_some(), "the end of the old one does not end the new one");
    let two = hub.open(ear(2, &[VISITS])).expect("open");
    assert_eq!(hub.open(ear(3, &[VISITS])).err(), Some(Refused::Full));
    assert!(hub.open(ear(1, &[VISITS])).is_ok(), "who has one may have another instead");
    drop(two);
    assert_eq!(hub.count_lines(), 0);
    let mut last = hub.open(ear(3, &[VISITS])).expect("open");
    hub.close();
    assert!(last.inbox.try_recv().is_err());
    assert_eq!(hub.open(ear(3, &[VISITS])).err(), Some(Refused::Closed));
}

#[test]
fn rights_are_looked_at_again_and_again() {
    let hub = hub();
    let line = hub.open(ear(1, &[VISITS])).expect("open");
    let now = Instant::now();
    assert_eq!(hub.take_unchecked(now), []);
    let later = now + hub.limits.recheck;
    assert_eq!(hub.take_unchecked(later), [(device(1), line.serial, SecretHash([0; 32]))]);
    assert_eq!(hub.take_unchecked(later + Duration::from_millis(1)), []);
}
