//! Incidents on their way: what the server decides, when, and who hears of it.

mod clock;
mod forged;
mod inbox;
pub(crate) mod people;
mod trouble;

use domain::workflow::{Payload, Refusal, SYSTEM_ACCOUNT, Standing, State, TransitionKind};
use domain::{Incident, Role};
use sync::wire::{Cursor, Item, SyncRequest, Verdict};
use sync_server::admin;
use sync_server::store::Store as _;

use crate::support::{District, grid};
use people::{accepted, change_count, dispatcher, fetch, numbered, read, report, standing, take_step};

#[tokio::test]
async fn whoever_reports_reads_number_and_decision_in_the_same_reply() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let (incident, _, push) = report(&lin);
    let subscriptions = domain::rights::subscriptions(&lin.account);
    let pull = subscriptions.into_iter().map(|collection| Cursor { collection, after: 0 }).collect();
    let request = SyncRequest { push: vec![push], pull, limit_bytes: 1_000_000, ..lin.request(district.now()) };
    let reply = district.round(&lin, &request).await;
    assert_eq!(reply.outcomes[0].verdict, Verdict::Accepted);
    let snapshot = reply.pages.iter().flat_map(|page| &page.items).find_map(|item| match item {
        Item::Snapshot { document, bytes, .. } if *document == incident.id.into() => Some(bytes.0.clone()),
        _ => None,
    });
    let history = documents::RecordDocument::from_history(&snapshot.expect("it rides home")).expect("a history");
    let read = history.read::<Incident>().expect("an incident").record;
    assert_eq!(read.human_no.as_deref(), Some("9901012026112300001"));
    assert_eq!(Standing::of(&read).state, State::Reported);
    assert_eq!(read.decisions.len(), 1);
    assert!(reply.rulings.is_empty(), "what has a page needs no ruling");
    district.assert_sound().await;

    let changes = district.server.app().store().list_changes(incident.id.into()).await.expect("changes");
    assert_eq!(changes.iter().map(|change| change.account).collect::<Vec<_>>(), [lin.account.id, SYSTEM_ACCOUNT]);
}

#[tokio::test]
async fn what_is_sent_again_is_decided_once() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let (incident, _, push) = report(&lin);
    district.push_well(&lin, vec![push.clone()]).await;
    let before = read(&district, incident.id).await;
    assert_eq!(district.push(&lin, vec![push]).await, [Verdict::Known]);
    assert_eq!(read(&district, incident.id).await, before);
    assert_eq!(change_count(&district, incident.id).await, 2);
    // The next report gets the next number: the repetition used none up.
    let (second, _, push) = report(&lin);
    district.push_well(&lin, vec![push]).await;
    assert_eq!(numbered(&district, second.id).await, "9901012026112300002");
}

#[tokio::test]
async fn of_two_dispatchers_the_first_to_arrive_wins() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let (wang, hang) = (dispatcher(&district, "王敏").await, dispatcher(&district, "杭宇").await);
    let (incident, _, push) = report(&lin);
    district.push_well(&lin, vec![push]).await;
    let seen = fetch(&district, &wang, incident.id).await;
    let (mut of_wang, mut of_hang) = (seen.clone(), seen);
    // Both act on what they saw; the clocks of their devices say the opposite order.
    let (accept, first) = take_step(&wang, &mut of_wang, TransitionKind::Accept, 50, Payload::default());
    let said = Payload { text: "重复上报".into(), ..Payload::default() };
    let (void, second) = take_step(&hang, &mut of_hang, TransitionKind::Void, 10, said);
    district.push_well(&wang, vec![first]).await;
    let (again, third) = take_step(&hang, &mut of_hang, TransitionKind::Accept, 20, Payload::default());
    let both = sync::wire::PushDocument {
        changes: [second.changes, third.changes].concat(),
        ..sync::wire::PushDocument {
            document: incident.id.into(),
            kind: domain::Kind::Incident.into(),
            changes: vec![],
        }
    };
    district.push_well(&hang, vec![both]).await;

    let read = read(&district, incident.id).await;
    assert_eq!(standing(&read).state, State::Voided, "voiding is possible from where the first one left it");
    assert_eq!(accepted(&read, accept), Ok(()));
    assert_eq!(accepted(&read, void), Ok(()));
    assert_eq!(accepted(&read, again), Err(Refusal::WrongState), "too late, and it says why");
    let positions: Vec<u32> = [accept, void, again].iter().map(|id| read.decisions[id].position).collect();
    assert_eq!(positions, [2, 3, 4], "the order of arrival, whatever the devices' clocks say");
    district.assert_sound().await;
}

#[tokio::test]
async fn numbers_are_given_once_and_leave_no_gaps_when_all_goes_well() {
    let district = District::open_with(|config| config.sqlite.max_pages = None).await;
    let mut workers = Vec::new();
    for n in 0..6 {
        workers.push(district.worker(&format!("网格员{n}"), &[grid()]).await);
    }
    let pushing = workers.iter().map(|worker| {
        let district = &district;
        async move {
            let mut ids = Vec::new();
            for _ in 0..4 {
                let reports: Vec<_> = (0..2).map(|_| report(worker)).collect();
                ids.extend(reports.iter().map(|(incident, ..)| incident.id));
                district.push_well(worker, reports.into_iter().map(|(.., push)| push).collect()).await;
            }
            ids
        }
    });
    let mut numbers = Vec::new();
    for ids in people::all(pushing).await {
        for id in ids {
            numbers.push(numbered(&district, id).await);
        }
    }
    numbers.sort();
    let expected: Vec<String> = (1..=48).map(|serial| format!("99010120261123{serial:05}")).collect();
    assert_eq!(numbers, expected);
    // The next day begins again.
    district.pass_ms(crate::support::DAY_MS);
    let (incident, _, push) = report(&workers[0]);
    district.push_well(&workers[0], vec![push]).await;
    assert_eq!(numbered(&district, incident.id).await, "9901012026112400001");
    district.assert_sound().await;
}

#[tokio::test]
async fn when_a_days_numbers_are_used_up_reports_are_taken_in_without() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let store = district.server.app().store();
    store.claim_serials("990101".into(), district.now().local_date(), 99_998).await.expect("claimed");
    let ids = people::report_well(&district, &lin, 2).await;
    assert_eq!(numbered(&district, ids[0]).await, "9901012026112399999");
    let read = read(&district, ids[1]).await;
    assert_eq!((read.human_no, read.decisions.len()), (None, 1));
}

#[tokio::test]
async fn held_steps_are_decided_when_the_office_accepts_them() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wang = dispatcher(&district, "王敏").await;
    let id = people::report_well(&district, &lin, 1).await[0];
    let mut document = fetch(&district, &wang, id).await;
    let (accept, late) = take_step(&wang, &mut document, TransitionKind::Accept, 1, Payload::default());
    let store = district.server.app().store();
    let elsewhere =
        domain::account::Scope { town: Some("990101002000".parse().expect("a town")), ..Default::default() };
    let moved = domain::Account { scope: elsewhere, ..wang.account.clone() };
    admin::save_account(store, moved, district.now()).await.expect("saved");
    let held = Verdict::Held { code: sync::wire::RefusalCode::RightEnded };
    assert_eq!(district.push(&wang, vec![late]).await, [held]);
    assert_eq!(standing(&read(&district, id).await).state, State::Reported);

    let summary = admin::accept_held_work(store, None, district.now()).await.expect("accepted");
    assert_eq!((summary.accepted, summary.held), (1, 0));
    let read = read(&district, id).await;
    assert_eq!((accepted(&read, accept), standing(&read).state), (Ok(()), State::Accepted));
    district.assert_sound().await;
}

#[tokio::test]
async fn many_steps_at_once_are_all_decided_in_order() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let (incident, mut document, push) = report(&lin);
    let mut changes = push.changes.clone();
    let mut ids = Vec::new();
    for n in 0..170 {
        let (id, push) = take_step(&lin, &mut document, TransitionKind::Urge, n, Payload::default());
        ids.push(id);
        changes.extend(push.changes);
    }
    district.push_well(&lin, vec![sync::wire::PushDocument { changes, ..push }]).await;
    // One round stops at its budget; on a busy machine all steps take several.
    let mut rounds = 0;
    let read = loop {
        let settlement = sync_server::desk::settle_due(district.server.app()).await.expect("settled");
        assert_eq!(settlement.failed, 0, "{settlement:?}");
        let read = read(&district, incident.id).await;
        if ids.iter().all(|id| read.decisions.contains_key(id)) {
            break read;
        }
        rounds += 1;
        assert!(settlement.settled > 0 && rounds < 50, "{settlement:?} after {rounds} rounds");
    };
    let positions: Vec<u32> = ids.iter().map(|id| read.decisions[id].position).collect();
    assert_eq!(positions, (2..=171).collect::<Vec<u32>>());
    let store = district.server.app().store();
    for change in store.list_changes(incident.id.into()).await.expect("changes") {
        documents::inspect(&change.bytes).expect("a change that devices take");
    }
    district.assert_sound().await;
}

#[tokio::test]
async fn a_leads_hand_made_settling_on_the_spot_does_not_take_effect() {
    let district = District::open().await;
    let lead = district.lead("马春生", &[crate::support::building(&grid())]).await;
    let (incident, mut document, push) = report(&lead);
    district.push_well(&lead, vec![push]).await;
    let said = Payload { text: "已清走".into(), ..Payload::default() };
    let (step, push) = take_step(&lead, &mut document, TransitionKind::SelfHandle, 1, said);
    district.push_well(&lead, vec![push]).await;
    let read = read(&district, incident.id).await;
    assert!(accepted(&read, step).is_err());
    assert_eq!((standing(&read).state, read.role), (State::Reported, Role::BuildingLead));
}
