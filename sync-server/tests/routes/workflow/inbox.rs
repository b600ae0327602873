//! Who receives an incident while it goes from desk to desk.

use domain::Collection;
use domain::workflow::{Payload, Refusal, State, TransitionKind};
use sync::wire::{Item, SyncRequest};
use sync_server::store::{ReferenceValue, Store as _};

use super::people::{
    PROPERTY, accepted, act, dispatcher, fetch, find, handler, read, report, report_well, standing, take_step, to_org,
};
use crate::support::{District, Phone, grid};

async fn inbox(district: &District, phone: &Phone) -> sync::wire::Page {
    let org = phone.account.scope.org.clone().expect("an organisation");
    let mut reply = district.pull(phone, Collection::Inbox(org), 0, 1_000_000).await;
    reply.pages.remove(0)
}

#[tokio::test]
async fn a_handler_has_exactly_what_is_with_the_organisation() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wang = dispatcher(&district, "王敏").await;
    let (zhao, sun) = (handler(&district, "赵强", PROPERTY).await, handler(&district, "孙丽", "city-management").await);
    let ids = report_well(&district, &lin, 3).await;
    assert_eq!(inbox(&district, &zhao).await.total, 0);
    for id in &ids[..2] {
        act(&district, &wang, *id, TransitionKind::Accept, Payload::default()).await;
        act(&district, &wang, *id, TransitionKind::Dispatch, to_org(PROPERTY)).await;
    }
    let page = inbox(&district, &zhao).await;
    assert_eq!((page.total, page.items.len()), (2, 2));
    assert_eq!(inbox(&district, &sun).await.total, 0);
    assert!(find(&district, &zhao, ids[2]).await.is_none(), "not dispatched, not theirs");

    act(&district, &zhao, ids[0], TransitionKind::Start, Payload::default()).await;
    act(&district, &wang, ids[0], TransitionKind::Transfer, to_org("city-management")).await;
    let org = zhao.account.scope.org.clone().expect("an organisation");
    let reply = district.pull(&zhao, Collection::Inbox(org), page.next, 1_000_000).await;
    let leaves: Vec<_> = reply.pages[0]
        .items
        .iter()
        .filter(|item| matches!(item, Item::Leave { document } if *document == ids[0].into()))
        .collect();
    assert_eq!((reply.pages[0].total, leaves.len()), (1, 1));
    // The decision had no page of its own to travel in, should the device have missed it: it comes with the farewell.
    let told: Vec<_> = reply.rulings.iter().map(|ruling| (ruling.document, ruling.effective)).collect();
    assert_eq!(told, [(ids[0].into(), true)]);
    assert_eq!(inbox(&district, &sun).await.total, 1);
    district.assert_sound().await;
}

#[tokio::test]
async fn a_result_that_comes_too_late_is_ruled_on_in_the_reply() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wang = dispatcher(&district, "王敏").await;
    let zhao = handler(&district, "赵强", PROPERTY).await;
    let id = report_well(&district, &lin, 1).await[0];
    act(&district, &wang, id, TransitionKind::Accept, Payload::default()).await;
    act(&district, &wang, id, TransitionKind::Dispatch, to_org(PROPERTY)).await;
    // The handler goes offline, starts and finishes; meanwhile the street gives it to somebody else.
    let mut offline = fetch(&district, &zhao, id).await;
    let (start, first) = take_step(&zhao, &mut offline, TransitionKind::Start, 1, Payload::default());
    let said = Payload { text: "已修好".into(), ..Payload::default() };
    let (result, second) = take_step(&zhao, &mut offline, TransitionKind::SubmitResult, 2, said);
    act(&district, &wang, id, TransitionKind::Transfer, to_org("city-management")).await;

    let push = vec![sync::wire::PushDocument { changes: [first.changes.clone(), second.changes].concat(), ..first }];
    let request = SyncRequest { push, ..zhao.request(district.now()) };
    for _ in 0..2 {
        // Once more: the first reply was lost.
        let reply = district.round(&zhao, &request).await;
        let ruled: Vec<_> = reply.rulings.iter().map(|r| (r.transition, r.effective, r.reason.as_str())).collect();
        assert_eq!(ruled, [(start, false, "not_assigned"), (result, false, "not_assigned")]);
        assert!(reply.rulings.iter().all(|ruling| ruling.document == id.into()));
    }
    let read = read(&district, id).await;
    assert_eq!((standing(&read).state, accepted(&read, result)), (State::Dispatched, Err(Refusal::NotAssigned)));
    let own = district.round(&lin, &lin.request(district.now())).await;
    assert!(own.rulings.is_empty(), "who pushed nothing is told nothing");
    district.assert_sound().await;
}

#[tokio::test]
async fn a_health_request_goes_straight_to_the_doctors_once_the_office_has_named_them() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let doctor = handler(&district, "沈医生", "haitang-doctors").await;
    let before = report_well(&district, &lin, 1).await[0];
    assert_eq!(standing(&read(&district, before).await).state, State::Reported);

    let doctors = r#"{"haitang-doctors": {"name": "海棠家医三组", "kind": "doctor_team", "areas": ["990101001001"],
        "categories": ["03002"], "takes_direct": true}}"#;
    let publish = async |value: &str| {
        let value = ReferenceValue { key: "organisations".into(), unit: None, value: value.into() };
        district.server.app().store().put_reference(vec![value]).await.expect("published");
        district.pass_ms(3_000);
    };
    publish(doctors).await;
    let (incident, _, push) = report(&lin);
    district.push_well(&lin, vec![push]).await;
    let routed = read(&district, incident.id).await;
    assert_eq!((standing(&routed).state, routed.decisions.len()), (State::Dispatched, 2));
    assert_eq!(inbox(&district, &doctor).await.total, 1);

    // What cannot be read changes nothing: the organisations that could be read last go on.
    publish("{").await;
    let (incident, _, push) = report(&lin);
    district.push_well(&lin, vec![push]).await;
    assert_eq!(standing(&read(&district, incident.id).await).state, State::Dispatched);
    district.assert_sound_but(&["reference"]).await;
}

#[tokio::test]
async fn nothing_is_sent_to_an_inbox_that_nobody_reads() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wang = dispatcher(&district, "王敏").await;
    let (zhao, sun) = (handler(&district, "赵强", PROPERTY).await, handler(&district, "孙丽", "city-management").await);
    let published = r#"{"jingui-property": {"name": "金桂物业", "kind": "property"},
        "city-management": {"name": "城管中队", "kind": "department"}}"#;
    let value = ReferenceValue { key: "organisations".into(), unit: None, value: published.into() };
    district.server.app().store().put_reference(vec![value]).await.expect("published");
    let id = report_well(&district, &lin, 1).await[0];
    act(&district, &wang, id, TransitionKind::Accept, Payload::default()).await;
    let named = |person: &Phone| Payload { to_person: Some(person.account.id), ..to_org(PROPERTY) };
    for wrong in [to_org("jingui-properti"), named(&sun), named(&lin)] {
        let step = act(&district, &wang, id, TransitionKind::Dispatch, wrong).await;
        assert_eq!(accepted(&read(&district, id).await, step), Err(Refusal::TargetMissing));
    }
    act(&district, &wang, id, TransitionKind::Dispatch, named(&zhao)).await;
    assert_eq!(standing(&read(&district, id).await).state, State::Dispatched);
    assert_eq!(inbox(&district, &zhao).await.total, 1);
    district.assert_sound().await;
}
