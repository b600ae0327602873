//! `GET /sync/v1/events`: who hears what, and how a stream ends.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::account::Scope;
use domain::rights::subscriptions;
use domain::{Account, Collection, Role};
use sync::wire::{Advanced, Cursor, EVENTS_CONTENT_TYPE, EVENTS_PATH, Epoch, PushDocument, SyncRequest, Verdict};
use sync_server::store::sqlite::SqliteOptions;
use sync_server::store::{BrokenPromise, Renewal, Store as _};
use sync_server::{Config, admin, open_ledger};

use crate::http::{self, Listening};
use crate::support::{District, Phone, grid, household, other_grid};

/// Rights are looked at again at every look, and looks follow each other quickly.
fn look_often(config: &mut Config) {
    config.limits.streams.recheck = Duration::ZERO;
    config.limits.streams.look = Duration::from_millis(300);
}

async fn listen(district: &District, phone: &Phone) -> Listening {
    let listening = http::listen(district.server.addr, EVENTS_PATH, Some(&phone.token)).await;
    assert_eq!(listening.status, 200, "{}", listening.head);
    listening
}

/// The next hint: collection → position, absent for one that was withdrawn.
async fn hear(listening: &mut Listening) -> Option<BTreeMap<String, Option<u64>>> {
    let advanced: Advanced = serde_json::from_str(&listening.next("data: ").await?).expect("a hint");
    assert!(!advanced.collections.is_empty(), "a hint says something");
    Some(advanced.collections.into_iter().map(|advance| (advance.collection, advance.position)).collect())
}

/// A stream that was told where everything stands.
async fn listen_on(district: &District, phone: &Phone) -> Listening {
    let mut listening = listen(district, phone).await;
    let all = hear(&mut listening).await.expect("where everything stands");
    assert!(all.contains_key("reference/district"), "{all:?}");
    listening
}

/// Pushes as an app does: in the same round it asks for all its collections.
async fn push(district: &District, phone: &Phone, push: PushDocument) {
    let pull = subscriptions(&phone.account).into_iter().map(|collection| Cursor { collection, after: 0 }).collect();
    let request = SyncRequest { push: vec![push], pull, limit_bytes: 1_000_000, ..phone.request(district.now()) };
    let reply = district.round(phone, &request).await;
    assert_eq!(reply.outcomes[0].verdict, Verdict::Accepted);
}

#[tokio::test]
async fn a_stream_is_for_trusted_devices_only() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    for token in [None, Some("0".repeat(64))] {
        assert_eq!(http::listen(district.server.addr, EVENTS_PATH, token.as_deref()).await.status, 401);
    }
    let listening = listen_on(&district, &lin).await;
    assert!(listening.head.contains(EVENTS_CONTENT_TYPE), "{}", listening.head);
    let page = district.read_metrics().await;
    assert!(page.contains("gridcompanion_open_streams 1\n"), "{page}");
}

#[tokio::test]
async fn a_hint_reaches_the_devices_concerned_and_not_the_writer() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;
    let ma = district.worker("马春生", &[other_grid()]).await;
    let mut lins_second = district.enrol(lin.account.id).await;
    lins_second.account = lin.account.clone();
    let mut at_lin = listen_on(&district, &lin).await;
    let mut at_second = listen_on(&district, &lins_second).await;
    let mut at_wu = listen_on(&district, &wu).await;
    let mut at_ma = listen_on(&district, &ma).await;

    let cards = Collection::GridHouseholds(grid()).to_string();
    push(&district, &lin, lin.create(&household(&grid(), "402")).1).await;
    let first = Some(BTreeMap::from([(cards.clone(), Some(1))]));
    assert_eq!(hear(&mut at_wu).await, first);
    assert_eq!(hear(&mut at_second).await, first, "the same person's other phone has to hear it");
    push(&district, &wu, wu.create(&household(&grid(), "403")).1).await;
    let second = Some(BTreeMap::from([(cards, Some(2))]));
    assert_eq!(hear(&mut at_lin).await, second, "what comes first is not its own");
    assert_eq!(hear(&mut at_second).await, second);
    push(&district, &ma, ma.create(&household(&other_grid(), "101")).1).await;
    push(&district, &lin, lin.create(&household(&grid(), "404")).1).await;
    assert_eq!(hear(&mut at_wu).await.expect("a hint").into_values().collect::<Vec<_>>(), [Some(3)]);
    // Another process, e.g. a command of the office.
    let office = open_ledger(district.folder.path(), &SqliteOptions::default()).expect("opened");
    let he =
        Account { id: domain::AccountId::new(district.now(), [9; 10]), name: "何静".into(), ..lin.account.clone() };
    admin::save_account(&office, he, district.now()).await.expect("saved");
    for listening in [&mut at_lin, &mut at_second, &mut at_wu, &mut at_ma] {
        while !hear(listening).await.expect("a hint").contains_key("reference/district") {}
    }
}

#[tokio::test]
async fn a_second_stream_of_a_device_ends_the_first() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let first = listen_on(&district, &lin).await;
    let mut second = listen_on(&district, &lin).await;
    assert!(first.ends_well().await);
    let wu = district.worker("吴小燕", &[grid()]).await;
    push(&district, &wu, wu.create(&household(&grid(), "402")).1).await;
    assert!(hear(&mut second).await.is_some(), "the end of the first is not the end of the second");
}

#[tokio::test]
async fn a_revoked_device_hears_nothing_more() {
    let district = District::open_with(look_often).await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let listening = listen_on(&district, &lin).await;
    let store = district.server.app().store();
    assert_eq!(store.revoke_devices(lin.account.id, None, district.now()).await.expect("revoked"), 1);
    assert!(listening.ends_well().await);
}

#[tokio::test]
async fn a_device_hears_that_its_rights_have_changed() {
    let district = District::open_with(look_often).await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[other_grid()]).await;
    push(&district, &wu, wu.create(&household(&other_grid(), "402")).1).await;
    let mut listening = listen_on(&district, &lin).await;
    let scope = Scope { grids: [other_grid()].into(), ..Scope::default() };
    let account = Account { role: Role::GridWorker, scope, ..lin.account.clone() };
    admin::save_account(district.server.app().store(), account, district.now()).await.expect("saved");
    let mut told = BTreeMap::new();
    while !told.contains_key("households/990101001001003") || !told.contains_key("households/990101001001004") {
        told.extend(hear(&mut listening).await.expect("a hint"));
    }
    assert_eq!((told["households/990101001001003"], told["households/990101001001004"]), (None, Some(1)));
}

#[tokio::test]
async fn a_server_that_stops_ends_its_streams() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let listening = listen_on(&district, &lin).await;
    let District { server, folder: _folder, .. } = district;
    let (stopped, ended_well) = tokio::join!(server.stop(), listening.ends_well());
    stopped.expect("stopped");
    assert!(ended_well, "it was not cut for want of patience");
}

#[tokio::test]
async fn more_streams_than_may_be_wait() {
    let district = District::open_with(|config| {
        config.limits.streams.most = 1;
        config.limits.streams.keep_alive = Duration::from_millis(20);
    })
    .await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;
    let mut listening = listen_on(&district, &lin).await;
    let refused = http::listen(district.server.addr, EVENTS_PATH, Some(&wu.token)).await;
    assert_eq!(refused.status, 503);
    assert!(refused.head.contains("retry-after"), "{}", refused.head);
    assert!(listening.next(":").await.is_some(), "signs of life");
    drop(listening);
    // The line is free once the server has seen that nobody listens.
    while http::listen(district.server.addr, EVENTS_PATH, Some(&wu.token)).await.status == 503 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_device_hears_that_the_data_begins_another_life() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    push(&district, &lin, lin.create(&household(&grid(), "402")).1).await;
    let mut listening = listen_on(&district, &lin).await;
    let store = district.server.app().store();
    let before = store.read_epoch().await.expect("read");
    let renewal = Renewal {
        from: before,
        fresh: Epoch(99),
        lost: None,
        cause: BrokenPromise::MarkUnknown,
        by: None,
        at: district.now(),
    };
    assert_eq!(store.renew_epoch(renewal).await.expect("renewed"), Epoch(99));
    district.server.app().note_commit();
    let advanced: Advanced = serde_json::from_str(&listening.next("data: ").await.expect("an event")).expect("a hint");
    assert_eq!(advanced.epoch, Epoch(99), "an open stream does not speak of the old life");
    assert!(advanced.collections.iter().any(|advance| advance.collection.starts_with("households/")));
}
