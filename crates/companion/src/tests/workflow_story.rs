//! 群众吹哨、限时办结 on devices: what is done without network, what the district makes of it, and what became of it.

use contract::{
    AddNote, ErrorCode, GetIncident, GetToday, HistoryKind, IncidentForm, IncidentView, ListIncidents,
    OpenIncidentForm, Queue, RetractStep, SendAgain, StepEffect, SubmitIncident, TakeStep,
};
use domain::IncidentId;
use domain::id::TransitionId;
use domain::organisation::ORGANISATIONS;
use domain::workflow::{Offline, Payload, Refusal, State, TransitionKind};

use super::district::District;
use super::phone::{Phone, clerk, dispatcher, handler, property, station, worker};
use crate::store::reference::put_reference;

/// Somebody reports litter.
pub(crate) fn report(phone: &mut Phone) -> IncidentId {
    let draft = phone.run(OpenIncidentForm::default()).draft;
    phone.wait_minutes(1);
    let form =
        IncidentForm { category: "05003".into(), text: "垃圾堆在楼道口".into(), ..IncidentForm::default() };
    phone.run(SubmitIncident { draft, form }).incident
}

pub(crate) fn step(phone: &mut Phone, incident: IncidentId, kind: TransitionKind, payload: Payload) -> IncidentView {
    phone.wait_minutes(1);
    phone.run(TakeStep { incident, kind, payload })
}

pub(crate) fn text(words: &str) -> Payload {
    Payload { text: words.into(), ..Payload::default() }
}

pub(crate) fn to(org: domain::OrgCode) -> Payload {
    Payload { to_org: Some(org), ..Payload::default() }
}

pub(crate) fn know_names(phone: &mut Phone) {
    let organisations = r#"{"haitang-property": {"name": "海棠物业", "kind": "property", "categories": ["05"]},
        "haitang-station": {"name": "海棠派出所", "kind": "station"}}"#;
    let names = format!(
        r#"{{"{}": {{"name": "赵敏"}}, "{}": {{"name": "孟调度"}}, "{}": {{"name": "何调度"}}}}"#,
        worker().id,
        dispatcher(5).id,
        dispatcher(6).id
    );
    let store = &mut phone.companion.store;
    store.write(|writing| put_reference(writing, ORGANISATIONS, 1, organisations)).expect("stored");
    store.write(|writing| put_reference(writing, "account-names", 1, &names)).expect("stored");
}

pub(crate) fn view(phone: &mut Phone, id: IncidentId) -> IncidentView {
    phone.run(GetIncident { id })
}

pub(crate) fn offers(view: &IncidentView) -> Vec<TransitionKind> {
    view.steps.iter().map(|offer| offer.kind).collect()
}

/// The line of the last step of this kind.
pub(crate) fn line(view: &IncidentView, kind: TransitionKind) -> contract::HistoryEntry {
    view.history.iter().find(|line| line.kind == HistoryKind::Step(kind)).cloned().expect("a line")
}

fn id_of(view: &IncidentView, kind: TransitionKind) -> TransitionId {
    line(view, kind).step.expect("a step")
}

pub(crate) fn count(phone: &mut Phone, queue: Queue) -> u64 {
    phone.run(ListIncidents { queue, ..ListIncidents::default() }).total
}

#[test]
fn a_report_without_network_is_confirmed_with_a_number_later() {
    let (mut district, mut phone) = (District::new(), Phone::of(worker()));
    let id = report(&mut phone);
    let before = view(&mut phone, id);
    assert_eq!((before.row.standing, before.row.pending), (State::Reported, 1));
    assert!(offers(&before).contains(&TransitionKind::Withdraw));
    district.sync(&mut phone);
    let after = view(&mut phone, id);
    assert_eq!((after.row.standing, after.row.pending), (State::Reported, 0));
    assert_eq!(after.row.human_no.as_deref(), Some("9901012026112300001"));
    let line = line(&after, TransitionKind::Submit);
    assert_eq!((line.effect, line.at_server.is_some()), (StepEffect::Effective, true));
    assert!(after.limits.iter().all(|limit| !limit.is_estimate), "the server has set them");
}

#[test]
fn the_whole_loop_by_four_people() {
    let mut district = District::new();
    let mut reporter = Phone::of(worker());
    let mut desk = Phone::of(dispatcher(5));
    let mut office = Phone::of(handler(7, property()));
    know_names(&mut desk);
    let id = report(&mut reporter);
    district.sync(&mut reporter);
    district.sync(&mut desk);
    district.sync(&mut office);
    assert_eq!(office.refuse(GetIncident { id }).code, ErrorCode::NotFound, "it is not the office's");
    assert_eq!(count(&mut desk, Queue::ToAccept), 1);

    // Only the server orders these: they are asked for, and nothing is shown as done.
    let asked = step(&mut desk, id, TransitionKind::Accept, Payload::default());
    assert_eq!((asked.row.standing, asked.row.pending), (State::Reported, 1));
    let pending =
        StepEffect::Pending { offline: Offline::Requested, can_retract: true, is_likely: true, is_taken_back: false };
    assert_eq!(line(&asked, TransitionKind::Accept).effect, pending);
    assert!(!offers(&asked).contains(&TransitionKind::Void), "one move after the other");
    assert_eq!(count(&mut desk, Queue::ToAccept), 1);
    district.sync(&mut desk);
    let accepted = view(&mut desk, id);
    assert_eq!(accepted.row.standing, State::Accepted);
    assert_eq!(accepted.choices.orgs[0].name, "海棠物业", "the one whose category it is comes first");
    assert!(accepted.choices.orgs[0].is_suggested && accepted.choices.usual_due_at.is_some());
    step(&mut desk, id, TransitionKind::Dispatch, to(property()));
    district.sync(&mut desk);
    assert_eq!(view(&mut desk, id).row.org_name.as_deref(), Some("海棠物业"));

    // Without network: begun and done, shown as done.
    district.sync(&mut office);
    assert_eq!(count(&mut office, Queue::ToHandle), 1);
    step(&mut office, id, TransitionKind::Start, Payload::default());
    let done = step(&mut office, id, TransitionKind::SubmitResult, text("已清运"));
    assert_eq!((done.row.standing, done.row.pending), (State::Resolved, 2));
    assert_eq!(count(&mut office, Queue::ToHandle), 0);
    district.sync(&mut office);
    assert_eq!(view(&mut office, id).row.pending, 0);

    district.sync(&mut reporter);
    assert_eq!((count(&mut reporter, Queue::ToVerify), reporter.run(GetToday {}).incident_count), (1, 1));
    let passed = Payload { passes: Some(true), ..Payload::default() };
    step(&mut reporter, id, TransitionKind::Verify, passed);
    assert_eq!(count(&mut reporter, Queue::ToCallBack), 1);
    let said = Payload { satisfaction: Some(domain::codes::Satisfaction::Dissatisfied), ..Payload::default() };
    let closed = step(&mut reporter, id, TransitionKind::Feedback, said);
    assert_eq!(closed.row.standing, State::Closed);
    district.sync(&mut reporter);
    district.sync(&mut desk);
    let end = view(&mut desk, id);
    assert_eq!((end.row.standing, end.row.limit), (State::Closed, None));
    let told: Vec<_> = end.history.iter().rev().map(|line| line.kind).collect();
    let steps = [
        TransitionKind::Submit,
        TransitionKind::Accept,
        TransitionKind::Dispatch,
        TransitionKind::Start,
        TransitionKind::SubmitResult,
        TransitionKind::Verify,
        TransitionKind::Feedback,
    ];
    assert_eq!(told, steps.map(HistoryKind::Step));
    assert_eq!(
        (count(&mut desk, Queue::Unsatisfied), count(&mut desk, Queue::Ended), count(&mut desk, Queue::Open)),
        (1, 1, 0)
    );
}

#[test]
fn two_dispatchers_send_one_incident_to_two_places() {
    let mut district = District::new();
    let mut reporter = Phone::of(worker());
    let (mut first, mut second) = (Phone::of(dispatcher(5)), Phone::of(dispatcher(6)));
    know_names(&mut second);
    let id = report(&mut reporter);
    district.sync(&mut reporter);
    district.sync(&mut first);
    step(&mut first, id, TransitionKind::Accept, Payload::default());
    district.sync(&mut first);
    district.sync(&mut second);
    let words = Payload { text: "请派出所先到现场".into(), ..to(station()) };
    step(&mut second, id, TransitionKind::Dispatch, words.clone());
    step(&mut first, id, TransitionKind::Dispatch, to(property()));
    district.sync(&mut first);
    district.sync(&mut second);

    let lost = view(&mut second, id);
    assert_eq!((lost.row.standing, lost.row.pending, lost.row.futile), (State::Dispatched, 0, 1));
    assert_eq!((count(&mut second, Queue::Futile), second.run(GetToday {}).futile_count), (1, 1));
    let line = line(&lost, TransitionKind::Dispatch);
    assert_eq!(line.payload, words, "what was written stays");
    let StepEffect::Futile { reason, lost_to, can_send_again, can_dismiss } = line.effect else {
        panic!("it came too late: {:?}", line.effect)
    };
    assert_eq!((reason, can_send_again, can_dismiss), (Refusal::WrongState, false, true));
    let winner = lost_to.expect("somebody was there first");
    assert_eq!((winner.by.as_deref(), winner.to_org_name.as_deref()), (Some("孟调度"), Some("海棠物业")));

    let error = second.refuse(SendAgain { incident: id, step: line.step.expect("a step") });
    assert_eq!((error.code, error.detail.as_str()), (ErrorCode::NotAllowed, "wrong_state"));
    // The dispatcher sends it on instead, and puts the line away.
    step(&mut second, id, TransitionKind::Transfer, words);
    let away = second.run(RetractStep { incident: id, step: line.step.expect("a step") });
    assert_eq!(away.row.futile, 0);
    district.sync(&mut second);
    let end = view(&mut second, id);
    assert_eq!((end.row.org_name.as_deref(), end.row.futile, end.row.pending), (Some("海棠派出所"), 0, 0));
    assert_eq!(count(&mut second, Queue::Futile), 0);
}

#[test]
fn withdrawing_crosses_accepting() {
    let mut district = District::new();
    let (mut reporter, mut desk) = (Phone::of(worker()), Phone::of(clerk(8)));
    let id = report(&mut reporter);
    district.sync(&mut reporter);
    district.sync(&mut desk);
    // Whoever reaches the server first is right; the other one is told.
    step(&mut desk, id, TransitionKind::Return, text("请补充楼号"));
    step(&mut reporter, id, TransitionKind::Urge, Payload::default());
    let withdrawn = step(&mut reporter, id, TransitionKind::Withdraw, Payload::default());
    assert_eq!(withdrawn.row.standing, State::Withdrawn, "shown as done, to be confirmed");
    district.sync(&mut reporter);
    district.sync(&mut desk);
    let late = view(&mut desk, id);
    assert_eq!((late.row.standing, late.row.futile), (State::Withdrawn, 1));

    let other = report(&mut reporter);
    district.sync(&mut reporter);
    district.sync(&mut desk);
    step(&mut desk, other, TransitionKind::Accept, Payload::default());
    let back = step(&mut reporter, other, TransitionKind::Withdraw, Payload::default());
    assert_eq!(back.row.standing, State::Withdrawn);
    district.sync(&mut desk);
    district.sync(&mut reporter);
    let lost = view(&mut reporter, other);
    assert_eq!((lost.row.standing, lost.row.futile), (State::Accepted, 1));
    let payload = to(station());
    let error = desk.refuse(TakeStep { incident: other, kind: TransitionKind::Dispatch, payload });
    let told = (error.field.as_deref(), error.detail.as_str());
    assert_eq!(told, (Some("payload.to_org"), "own_org_only"), "a form that cannot be right is refused, not sent");
}

#[test]
fn what_is_sent_again_goes_through_and_asks_no_more() {
    let mut district = District::new();
    let mut reporter = Phone::of(worker());
    let (mut first, mut second) = (Phone::of(dispatcher(5)), Phone::of(dispatcher(6)));
    let id = report(&mut reporter);
    for phone in [&mut reporter, &mut first, &mut second] {
        district.sync(phone);
    }
    // One returns it, one accepts it; the reporter completes it, and now accepting would be right.
    step(&mut first, id, TransitionKind::Return, text("请补充楼号"));
    step(&mut second, id, TransitionKind::Accept, Payload::default());
    district.sync(&mut first);
    district.sync(&mut second);
    let lost = view(&mut second, id);
    let accept = id_of(&lost, TransitionKind::Accept);
    assert_eq!(lost.row.futile, 1);
    district.sync(&mut reporter);
    step(&mut reporter, id, TransitionKind::Resubmit, text("1栋"));
    district.sync(&mut reporter);
    district.sync(&mut second);
    let now = view(&mut second, id);
    assert!(matches!(line(&now, TransitionKind::Accept).effect, StepEffect::Futile { can_send_again: true, .. }));
    let again = second.run(SendAgain { incident: id, step: accept });
    assert_eq!((again.row.futile, again.row.pending), (0, 1));
    assert_eq!(second.refuse(SendAgain { incident: id, step: accept }).code, ErrorCode::NotAllowed, "once is enough");
    district.sync(&mut second);
    let done = view(&mut second, id);
    assert_eq!((done.row.standing, done.row.futile, done.row.pending), (State::Accepted, 0, 0));
    assert_eq!(done.history.iter().filter(|line| line.kind == HistoryKind::Step(TransitionKind::Accept)).count(), 2);
}

#[test]
fn what_was_asked_for_is_taken_back_before_anybody_decides() {
    let mut district = District::new();
    let (mut reporter, mut desk) = (Phone::of(worker()), Phone::of(dispatcher(5)));
    let id = report(&mut reporter);
    district.sync(&mut reporter);
    district.sync(&mut desk);
    let asked = step(&mut desk, id, TransitionKind::Void, text("重复"));
    assert_eq!(asked.row.pending, 1);
    assert!(!offers(&asked).contains(&TransitionKind::Accept));
    let incident = id;
    let back = desk.run(RetractStep { incident, step: id_of(&asked, TransitionKind::Void) });
    assert!(offers(&back).contains(&TransitionKind::Accept), "the way is free again");
    assert!(matches!(
        line(&back, TransitionKind::Void).effect,
        StepEffect::Pending { can_retract: false, is_taken_back: true, .. }
    ));
    district.sync(&mut desk);
    let after = view(&mut desk, id);
    assert_eq!((after.row.standing, after.row.futile), (State::Reported, 0), "it asks for nothing");
    assert!(matches!(
        line(&after, TransitionKind::Void).effect,
        StepEffect::Futile { reason: Refusal::Retracted, can_dismiss: false, .. }
    ));
    // A step shown as done is not shown any more when it is taken back.
    let urged = step(&mut reporter, id, TransitionKind::Withdraw, Payload::default());
    assert_eq!(urged.row.standing, State::Withdrawn);
    let back = reporter.run(RetractStep { incident, step: id_of(&urged, TransitionKind::Withdraw) });
    assert_eq!(back.row.standing, State::Reported);
    let error = reporter.refuse(RetractStep { incident, step: id_of(&back, TransitionKind::Submit) });
    assert_eq!(error.code, ErrorCode::NotAllowed, "a report is withdrawn");
}

#[test]
fn a_form_that_lacks_something_is_told_which_field() {
    let mut district = District::new();
    let (mut reporter, mut desk) = (Phone::of(worker()), Phone::of(dispatcher(5)));
    know_names(&mut desk);
    let id = report(&mut reporter);
    district.sync(&mut reporter);
    district.sync(&mut desk);
    let refuse = |phone: &mut Phone, kind, payload| phone.refuse(TakeStep { incident: id, kind, payload });
    let field = |error: contract::CommandError| (error.code, error.field);
    let missing = |field: &str| (ErrorCode::FieldMissing, Some(field.to_owned()));
    assert_eq!(field(refuse(&mut desk, TransitionKind::Return, text("  "))), missing("payload.text"));
    assert_eq!(field(refuse(&mut desk, TransitionKind::Merge, Payload::default())), missing("payload.duplicate_of"));
    let long = field(refuse(&mut desk, TransitionKind::Return, text(&"长".repeat(2_001))));
    assert_eq!(long, (ErrorCode::FieldTooLong, Some("payload.text".into())));
    step(&mut desk, id, TransitionKind::Accept, Payload::default());
    district.sync(&mut desk);
    assert_eq!(field(refuse(&mut desk, TransitionKind::Dispatch, Payload::default())), missing("payload.to_org"));
    let past = Payload { due_at: Some(district.now), ..to(property()) };
    assert_eq!(
        field(refuse(&mut desk, TransitionKind::Dispatch, past)),
        (ErrorCode::FieldInvalid, Some("payload.due_at".into()))
    );
    let nobody = to("no-such-office".parse().expect("a code"));
    assert_eq!(
        field(refuse(&mut desk, TransitionKind::Dispatch, nobody)),
        (ErrorCode::FieldInvalid, Some("payload.to_org".into()))
    );
    let error = refuse(&mut desk, TransitionKind::Feedback, Payload::default());
    assert_eq!((error.code, error.detail.as_str()), (ErrorCode::NotAllowed, "wrong_role"));
    // Too late and without words: nothing is lost by saying no. With words: they are kept, and the server will say so.
    let error = refuse(&mut desk, TransitionKind::Accept, Payload::default());
    assert_eq!((error.code, error.detail.as_str()), (ErrorCode::NotAllowed, "wrong_state"));
    let kept = step(&mut desk, id, TransitionKind::Return, text("还差一张照片"));
    assert_eq!((kept.row.standing, kept.row.pending), (State::Accepted, 1));
    let twice = desk.run(TakeStep { incident: id, kind: TransitionKind::Return, payload: text("还差一张照片") });
    assert_eq!(twice.row.pending, 1, "a second tap is no second step");
}

#[test]
fn notes_are_kept_and_stand_in_the_history() {
    let mut phone = Phone::with_file_of(worker());
    let incident = report(&mut phone);
    let error = phone.refuse(AddNote { incident, text: " ".into() });
    assert_eq!(error.field.as_deref(), Some("text"));
    phone.wait_minutes(1);
    phone.run(AddNote { incident, text: " 联系了保洁 ".into() });
    let mut phone = phone.restart();
    let view = view(&mut phone, incident);
    assert_eq!((view.history[0].kind, view.history[0].payload.text.as_str()), (HistoryKind::Note, "联系了保洁"));
    assert_eq!(view.history[0].by.as_deref(), Some("赵敏"));
}

#[test]
fn a_restart_keeps_steps_that_nobody_has_decided_on() {
    let (mut district, mut phone) = (District::new(), Phone::with_file_of(worker()));
    let id = report(&mut phone);
    district.sync(&mut phone);
    step(&mut phone, id, TransitionKind::Urge, Payload::default());
    let before = view(&mut phone, id);
    let mut phone = phone.restart();
    assert_eq!(view(&mut phone, id), before);
    district.sync(&mut phone);
    assert_eq!((view(&mut phone, id).row.pending, view(&mut phone, id).row.is_urged), (0, true));
}

#[test]
fn a_device_whose_clock_is_wrong_shows_the_colours_of_the_others() {
    let (mut district, mut phone, mut late) = (District::new(), Phone::of(worker()), Phone::of(clerk(8)));
    late.wait_minutes(2 * 24 * 60);
    let id = report(&mut phone);
    district.sync(&mut phone);
    district.sync(&mut late);
    let light = |phone: &mut Phone| view(phone, id).row.limit.expect("a limit").light;
    assert_eq!(light(&mut late), light(&mut phone));
    assert_eq!(count(&mut late, Queue::Overdue), 0, "two days ahead is not two days late");
}
