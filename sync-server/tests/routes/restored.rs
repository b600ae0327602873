//! Data that was put back from a copy: what phones show, and what they are told.

use domain::{Collection, Kind};
use sync::wire::{Cursor, Epoch, Item, Mark, Named, SyncRequest, capability};
use sync_server::store::{BrokenPromise, Renewal, Store as _};

use crate::support::{DAY_MS, District, Phone, grid, household};

/// What a phone shows that has seen everything up to this reply.
fn shows(phone: &Phone, district: &District, epoch: Epoch, mark: Option<Mark>) -> SyncRequest {
    SyncRequest { epoch: Some(epoch), mark, ..phone.request(district.now()) }
}

#[tokio::test]
async fn every_reply_carries_a_mark_that_is_known_and_moves_on() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let first = district.round(&lin, &lin.request(district.now())).await;
    let mark = first.mark.clone().expect("a mark");
    let (_, push) = lin.create(&household(&grid(), "402"));
    let request = SyncRequest { push: vec![push], ..shows(&lin, &district, first.epoch, first.mark) };
    let second = district.round(&lin, &request).await;
    assert_eq!(second.epoch, first.epoch);
    assert_ne!(second.mark.expect("a mark"), mark);
}

#[tokio::test]
async fn a_mark_that_nobody_gave_moves_nobody_more_than_once_a_day() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let before = district.round(&lin, &lin.request(district.now())).await;
    let forge = |mark: Option<Mark>| {
        let mut mark = mark.expect("a mark");
        mark.0.0[12] = 1; // a higher sequence number
        Some(mark)
    };
    let chen = district.worker("陈立", &[grid()]).await;
    let first = forge(before.mark);
    for _ in 0..2 {
        let alone = district.round(&lin, &shows(&lin, &district, before.epoch, first.clone())).await;
        assert_eq!(alone.epoch, before.epoch, "one account alone moves nobody");
    }
    let reply = district.round(&chen, &shows(&chen, &district, before.epoch, first)).await;
    assert_ne!(reply.epoch, before.epoch, "it could be one of a key that is lost");
    assert!(reply.outcomes.is_empty() && reply.pages.is_empty(), "first it learns the new epoch");
    let forged = forge(reply.mark);
    let again = district.round(&lin, &shows(&lin, &district, reply.epoch, forged.clone())).await;
    assert_eq!(again.epoch, reply.epoch);
    district.pass_ms(2 * DAY_MS);
    let later = district.round(&lin, &shows(&lin, &district, reply.epoch, forged.clone())).await;
    assert_eq!(later.epoch, reply.epoch);
    district.pass_ms(2 * DAY_MS);
    let stale = district.round(&chen, &shows(&chen, &district, reply.epoch, forged.clone())).await;
    assert_eq!(stale.epoch, reply.epoch, "the other's word is of another day");
    let later = district.round(&lin, &shows(&lin, &district, reply.epoch, forged)).await;
    assert_ne!(later.epoch, reply.epoch);
    district.assert_sound().await;
}

#[tokio::test]
async fn apps_without_marks_are_heard_by_their_cursors_when_two_people_show_them() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let before = district.round(&lin, &lin.request(district.now())).await;
    let chen = district.worker("陈立", &[grid()]).await;
    let ask = |phone: &Phone, collection, after| SyncRequest {
        pull: vec![Cursor { collection, after }],
        limit_bytes: 100_000,
        ..shows(phone, &district, before.epoch, None)
    };
    let other = "990101001001004".parse().expect("a grid");
    let foreign = district.round(&lin, &ask(&lin, Collection::GridHouseholds(other), 700)).await;
    assert_eq!(foreign.epoch, before.epoch, "a stream that it may not read says nothing");
    let alone = district.round(&lin, &ask(&lin, Collection::GridHouseholds(grid()), 700)).await;
    assert_eq!(alone.epoch, before.epoch, "one account alone moves nobody");
    let reply = district.round(&chen, &ask(&chen, Collection::GridHouseholds(grid()), 700)).await;
    assert_ne!(reply.epoch, before.epoch);
    let renewals = district.server.app().store().list_renewals().await.expect("read");
    assert_eq!(renewals.iter().map(|life| life.cause.as_str()).collect::<Vec<_>>(), ["cursor_beyond"]);
}

#[tokio::test]
async fn an_app_that_does_not_ask_first_gets_no_list_to_forget_by() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let home = household(&grid(), "402");
    district.push_well(&lin, vec![lin.create(&home).1]).await;
    let lost = household(&grid(), "403");
    let asks = |capabilities: &[&str]| SyncRequest {
        capabilities: capabilities.iter().map(|name| (*name).to_owned()).collect(),
        audit: vec![Collection::GridHouseholds(grid())],
        fetch: vec![home.id.into(), lost.id.into()],
        limit_bytes: 100_000,
        ..lin.request(district.now())
    };
    let old = district.round(&lin, &asks(&[capability::REPAIR])).await;
    assert!(old.audits.is_empty());
    let new = district.round(&lin, &asks(&[capability::REPAIR, capability::ASKS_FIRST])).await;
    assert_eq!(new.audits.len(), 1);
    let [Item::Snapshot { kind: Named::Known(Kind::Household), .. }, missing] = &new.fetched[..] else {
        panic!("{:?}", new.fetched)
    };
    assert_eq!(*missing, Item::Missing { document: lost.id.into() });
}

#[tokio::test]
async fn numbers_go_on_behind_those_that_a_phone_brings_back() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let day = district.now().local_date().strftime("%Y%m%d").to_string();
    let grid = grid();
    let area = &grid.as_str()[..6];
    let numbers =
        vec![format!("{area}{day}00041"), format!("110101{day}00900"), format!("{area}2020010100900"), "x".into()];
    district.round(&lin, &SyncRequest { numbers, ..lin.request(district.now()) }).await;
    let claim =
        |area: &str| district.server.app().store().claim_serials(area.to_owned(), district.now().local_date(), 1);
    assert_eq!(claim(area).await.expect("claimed"), 42);
    assert_eq!(claim("110101").await.expect("claimed"), 1, "it does not work there");
    // A damaged row of numbers costs nobody the round.
    let ledger = district.folder.path().join(sync_server::store::sqlite::FILE_NAME);
    let damaged = rusqlite::Connection::open(ledger).expect("opened");
    damaged.execute("UPDATE serial SET last = -9000000, raised = 0", []).expect("hurt");
    let numbers = vec![format!("{area}{day}00051")];
    let (_, push) = lin.create(&household(&grid, "402"));
    let request = SyncRequest { numbers, push: vec![push], ..lin.request(district.now()) };
    assert_eq!(district.round(&lin, &request).await.outcomes.len(), 1);
}

#[tokio::test]
async fn an_account_made_again_gets_its_former_id_back() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let lost = domain::AccountId::new(district.now(), [77; 10]);
    let show = |code: String, former, mark| {
        let installation = domain::InstallationId::new(district.now(), crate::support::unique());
        let former = Some(former);
        let message = sync::wire::EnrolRequest { code, installation, platform: "test".into(), former, mark };
        async move { crate::http::post_message(district.server.addr, sync::wire::ENROL_PATH, None, &message).await }
    };
    let again = |code, former| show(code, former, None);
    // While nothing tells of a copy, a genuine code makes nobody a colleague whose id is unknown.
    let wu = district.worker("吴小燕", &[grid()]).await;
    let known = district.round(&wu, &wu.request(district.now())).await.mark;
    let mut forged = known.clone().expect("a mark");
    forged.0.0[12] = 1;
    for mark in [None, known, Some(forged)] {
        let code = district.make_code(wu.account.id).await;
        let reply: sync::wire::EnrolReply = show(code, lost, mark).await.message();
        assert_eq!(reply.account.id, wu.account.id);
    }
    let store = district.server.app().store();
    let from = store.read_epoch().await.expect("read");
    let cause = BrokenPromise::MarkUnknown;
    let renewal = Renewal { from, fresh: Epoch(99), lost: None, cause, by: None, at: district.now() };
    store.renew_epoch(renewal).await.expect("renewed");
    // One that the ledger knows is nobody else's.
    let code = district.make_code(wu.account.id).await;
    let reply: sync::wire::EnrolReply = again(code, lin.account.id).await.message();
    assert_eq!(reply.account.id, wu.account.id);
    // One that it has lost comes back, as long as nobody has written under the new one.
    let code = district.make_code(wu.account.id).await;
    let reply: sync::wire::EnrolReply = again(code, lost).await.message();
    assert_eq!((reply.account.id, reply.account.name.as_str()), (lost, "吴小燕"));
    // Once: what it got back is its own.
    let code = district.make_code(lost).await;
    let third = domain::AccountId::new(district.now(), [79; 10]);
    let reply: sync::wire::EnrolReply = again(code, third).await.message();
    assert_eq!(reply.account.id, lost);
    district.push_well(&lin, vec![lin.create(&household(&grid(), "402")).1]).await;
    let code = district.make_code(lin.account.id).await;
    let other = domain::AccountId::new(district.now(), [78; 10]);
    let reply: sync::wire::EnrolReply = again(code, other).await.message();
    assert_eq!(reply.account.id, lin.account.id, "what was written keeps its author");
    district.assert_sound().await;
}
