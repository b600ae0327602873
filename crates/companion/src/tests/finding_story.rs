//! Who finds an incident in which queue, and what a screen is told about time.

use contract::{
    AddNote, ErrorCode, GetIncident, GetSession, HistoryKind, IncidentPage, ListIncidents, Queue, StepEffect, TakeStep,
    Topic,
};
use domain::workflow::{Offline, Payload, Refusal, State, TransitionKind};
use domain::{Account, Role};

use super::district::District;
use super::phone::{Phone, account_id, clerk, dispatcher, handler, property, station, worker};
use super::workflow_story::{count, report, step, text, to, view};
use crate::store::reference::put_reference;

fn first_page(phone: &mut Phone, queue: Queue) -> IncidentPage {
    phone.run(ListIncidents { queue, ..ListIncidents::default() })
}

fn queues(phone: &mut Phone) -> Vec<Queue> {
    first_page(phone, Queue::Open).queues.iter().map(|count| count.queue).collect()
}

#[test]
fn who_helps_finds_the_incident_and_who_was_named_handles_it() {
    let mut district = District::new();
    let (mut reporter, mut desk) = (Phone::of(worker()), Phone::of(dispatcher(5)));
    let (mut named, mut other) = (Phone::of(handler(30, property())), Phone::of(handler(31, property())));
    let mut helper = Phone::of(handler(32, station()));
    let names =
        format!(r#"{{"{}": {{"name": "高峰", "role": "handler", "org": "haitang-property"}}}}"#, account_id(30));
    desk.companion.store.write(|writing| put_reference(writing, "account-names", 1, &names)).expect("stored");
    let id = report(&mut reporter);
    district.sync(&mut reporter);
    district.sync(&mut desk);
    step(&mut desk, id, TransitionKind::Accept, Payload::default());
    district.sync(&mut desk);
    let joint = [station()].into();
    let sent = Payload { to_person: Some(account_id(30)), joint, ..to(property()) };
    step(&mut desk, id, TransitionKind::Dispatch, sent);
    district.sync(&mut desk);
    for phone in [&mut named, &mut other, &mut helper] {
        district.sync(phone);
        assert!(queues(phone).contains(&Queue::Open));
    }
    let mut both = |queue| [&mut named, &mut other, &mut helper].map(|phone| count(phone, queue));
    assert_eq!(both(Queue::ToHandle), [1, 0, 0]);
    assert_eq!(both(Queue::Open), [1, 1, 1]);
    // By its number it is found from any queue.
    let number = view(&mut desk, id).row.human_no.expect("a number");
    let found = helper.run(ListIncidents { queue: Queue::ToHandle, query: number, ..ListIncidents::default() });
    assert_eq!((found.total, found.rows[0].id), (1, id));

    // Long after the result, nothing of it is late for the handler.
    step(&mut named, id, TransitionKind::Start, Payload::default());
    named.wait_minutes(60 * 24 * 60);
    assert_eq!((count(&mut named, Queue::Overdue), count(&mut named, Queue::ToHandle)), (1, 1));
    step(&mut named, id, TransitionKind::SubmitResult, text("已清运"));
    named.wait_minutes(60 * 24 * 60);
    assert_eq!(view(&mut named, id).row.standing, State::Resolved);
    assert_eq!([Queue::DueSoon, Queue::Overdue].map(|queue| count(&mut named, queue)), [0, 0]);
}

#[test]
fn queues_are_those_in_which_the_account_has_something_to_do() {
    let mut supervisor = Phone::of(Account { role: Role::Supervisor, ..dispatcher(9) });
    assert!(queues(&mut supervisor).contains(&Queue::Futile));
    let mut district = District::new();
    let (mut reporter, mut desk, mut clerk_desk) = (Phone::of(worker()), Phone::of(dispatcher(5)), Phone::of(clerk(8)));
    let id = report(&mut reporter);
    district.sync(&mut reporter);
    district.sync(&mut desk);
    step(&mut desk, id, TransitionKind::Accept, Payload::default());
    district.sync(&mut desk);
    district.sync(&mut clerk_desk);
    let offered = queues(&mut clerk_desk);
    assert!(!offered.contains(&Queue::ToDispatch) && !offered.contains(&Queue::ToHandle));
    assert!(offered.contains(&Queue::Open));
    assert_eq!(first_page(&mut clerk_desk, Queue::Open).rows[0].id, id, "it is still to be seen");
    let waiting = clerk_desk.run(contract::GetToday {}).incident_count;
    assert_eq!(waiting, 0, "but it waits for others");
}

fn kinds(phone: &mut Phone, id: domain::IncidentId) -> Vec<HistoryKind> {
    view(phone, id).history.iter().map(|line| line.kind).collect()
}

#[test]
fn a_note_of_a_phone_that_is_two_days_fast_stands_where_it_was_written() {
    let mut district = District::new();
    let (mut reporter, mut desk) = (Phone::of(worker()), Phone::of(dispatcher(5)));
    let id = report(&mut reporter);
    district.sync(&mut reporter);
    reporter.wait_minutes(2 * 24 * 60);
    let effect = |phone: &mut Phone| {
        let history = view(phone, id).history;
        history.into_iter().find(|line| line.kind == HistoryKind::Note).expect("a note").effect
    };
    reporter.run(AddNote { incident: id, text: "联系了保洁".into() });
    let pending =
        StepEffect::Pending { offline: Offline::Shown, can_retract: false, is_likely: true, is_taken_back: false };
    assert_eq!(effect(&mut reporter), pending, "it has not left this phone");
    district.sync(&mut reporter);
    assert_eq!(effect(&mut reporter), StepEffect::Effective);
    district.sync(&mut desk);
    step(&mut desk, id, TransitionKind::Accept, Payload::default());
    district.sync(&mut desk);
    district.sync(&mut reporter);
    let step = HistoryKind::Step;
    let order = [step(TransitionKind::Accept), HistoryKind::Note, step(TransitionKind::Submit)];
    for phone in [&mut desk, &mut reporter] {
        assert_eq!(kinds(phone, id), order);
    }

    reporter.run(AddNote { incident: id, text: "保洁不来".into() });
    let store = &mut reporter.companion.store;
    store
        .write::<_, crate::StoreError>(|writing| {
            writing.execute("UPDATE change SET state = 'refused' WHERE state = 'pending'", [])?;
            Ok(())
        })
        .expect("refused");
    let notes: Vec<_> = view(&mut reporter, id)
        .history
        .into_iter()
        .filter(|line| line.kind == HistoryKind::Note)
        .map(|line| line.effect)
        .collect();
    assert!(matches!(notes[0], StepEffect::Futile { reason: Refusal::Unknown, .. }), "{notes:?}");
    assert_eq!(notes[1], StepEffect::Effective);
}

#[test]
fn screens_know_the_servers_clock() {
    let (mut district, mut phone) = (District::new(), Phone::of(worker()));
    assert_eq!(phone.run(GetSession {}).server_ahead_ms, 0);
    let tells = |phone: &mut Phone, district: &mut District| {
        let topics = district.sync(phone).topics;
        topics.contains(&Topic::Session)
    };
    assert!(!tells(&mut phone, &mut district), "a second is the way there and back");
    assert_eq!(phone.run(GetSession {}).server_ahead_ms, 0);
    phone.wait_minutes(90);
    assert!(tells(&mut phone, &mut district));
    let ahead_ms = phone.run(GetSession {}).server_ahead_ms;
    assert_eq!(ahead_ms, district.now.since_ms(phone.companion.device_now()));
}

#[test]
fn an_incident_is_merged_only_into_one_that_is_here_and_open() {
    let mut district = District::new();
    let (mut reporter, mut desk) = (Phone::of(worker()), Phone::of(dispatcher(5)));
    let (id, ended, unknown) = (report(&mut reporter), report(&mut reporter), report(&mut reporter));
    step(&mut reporter, ended, TransitionKind::Withdraw, Payload::default());
    district.sync(&mut reporter);
    district.erase(unknown);
    district.sync(&mut desk);
    assert_eq!(desk.run(GetIncident { id: ended }).row.standing, State::Withdrawn);
    for target in [ended, unknown] {
        let payload = Payload { duplicate_of: Some(target), ..Payload::default() };
        let error = desk.refuse(TakeStep { incident: id, kind: TransitionKind::Merge, payload });
        assert_eq!((error.code, error.field.as_deref()), (ErrorCode::FieldInvalid, Some("payload.duplicate_of")));
    }
}
