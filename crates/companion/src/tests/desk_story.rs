//! At the desks: what may be the same matter, what handlers ask for, who looks at what was settled on the spot.

use contract::{GetIncident, IncidentForm, ListDepartedSteps, OpenIncidentForm, Queue, SubmitIncident};
use domain::IncidentId;
use domain::incident::Point;
use domain::workflow::{Payload, State, TransitionKind, is_sampled};

use super::district::District;
use super::phone::{Phone, clerk, dispatcher, handler, property, worker};
use super::workflow_story::{count, know_names, line, offers, report, step, text, to, view};

fn report_at(phone: &mut Phone, address: &str, point: Option<Point>) -> IncidentId {
    let draft = phone.run(OpenIncidentForm::default()).draft;
    phone.wait_minutes(1);
    let form =
        IncidentForm { category: "05003".into(), address_text: address.into(), point, ..IncidentForm::default() };
    phone.run(SubmitIncident { draft, form }).incident
}

/// An incident that is with the property company, whose device has it.
fn dispatched(desk: &mut Phone, office: &mut Phone) -> (District, IncidentId) {
    let (mut district, mut reporter) = (District::new(), Phone::of(worker()));
    let id = report(&mut reporter);
    district.sync(&mut reporter);
    district.sync(desk);
    step(desk, id, TransitionKind::Accept, Payload::default());
    district.sync(desk);
    step(desk, id, TransitionKind::Dispatch, to(property()));
    district.sync(desk);
    district.sync(office);
    (district, id)
}

#[test]
fn reports_that_may_be_of_one_matter_are_shown_to_the_desk() {
    let (mut district, mut phone, mut desk) = (District::new(), Phone::of(worker()), Phone::of(dispatcher(5)));
    know_names(&mut desk);
    let here = Point { lat: 30.0001, lng: 104.0001, acc_m: 10.0 };
    let id = report_at(&mut phone, "海棠花园 3栋", Some(here));
    let same_address = report_at(&mut phone, "海棠花园３栋", None);
    let near = report_at(&mut phone, "车棚旁", Some(Point { lat: 30.0010, ..here }));
    report_at(&mut phone, "海棠花园4栋", Some(Point { lat: 30.0101, ..here }));
    district.sync(&mut phone);
    district.sync(&mut desk);
    let found: Vec<_> = view(&mut desk, id).like.into_iter().map(|like| (like.id, like.reporter)).collect();
    assert_eq!(found, [same_address, near].map(|id| (id, Some("赵敏".to_owned()))));
    assert_eq!(view(&mut phone, id).like, [], "who cannot merge is not asked");
    let merge = Payload { duplicate_of: Some(id), ..Payload::default() };
    step(&mut desk, near, TransitionKind::Merge, merge);
    district.sync(&mut desk);
    assert_eq!(view(&mut desk, near).row.standing, State::Voided);
    assert_eq!(view(&mut desk, id).like.len(), 1, "what has ended is not offered");
}

#[test]
fn a_handler_asks_for_more_time_and_gets_it_once() {
    let (mut desk, mut office) = (Phone::of(dispatcher(5)), Phone::of(handler(7, property())));
    let (mut district, id) = dispatched(&mut desk, &mut office);
    let choices = view(&mut office, id).choices;
    let until = choices.latest_extension.expect("this class may be extended");
    let asked = Payload { due_at: Some(until), ..text("等配件") };
    let shown = step(&mut office, id, TransitionKind::AskExtension, asked);
    assert_eq!(shown.row.asks, Some(TransitionKind::AskExtension));
    district.sync(&mut office);
    district.sync(&mut desk);
    assert_eq!(count(&mut desk, Queue::Requests), 1);
    let request = view(&mut desk, id);
    let asked = request.asked.clone().expect("a request");
    assert_eq!((asked.text.as_str(), asked.until), ("等配件", Some(until)));
    assert!(offers(&request).contains(&TransitionKind::GrantExtension));
    step(&mut desk, id, TransitionKind::GrantExtension, Payload::default());
    district.sync(&mut desk);
    district.sync(&mut office);
    let granted = view(&mut office, id);
    assert!(granted.limits.iter().any(|limit| limit.limit.due_at == until && !limit.is_estimate));
    assert!(!offers(&granted).contains(&TransitionKind::AskExtension), "once");
    assert_eq!(line(&granted, TransitionKind::GrantExtension).limits.len(), 1, "the history says until when");
    assert_eq!(count(&mut desk, Queue::Requests), 0);
}

#[test]
fn what_was_handed_back_leaves_without_a_trace_of_trouble() {
    let (mut desk, mut office) = (Phone::of(dispatcher(5)), Phone::of(handler(7, property())));
    let (mut district, id) = dispatched(&mut desk, &mut office);
    step(&mut office, id, TransitionKind::AskRefusal, text("不属于物业范围"));
    district.sync(&mut office);
    district.sync(&mut desk);
    step(&mut desk, id, TransitionKind::GrantRefusal, Payload::default());
    district.sync(&mut desk);
    assert_eq!((view(&mut desk, id).row.standing, count(&mut desk, Queue::ToDispatch)), (State::Accepted, 1));
    assert_eq!(district.sync(&mut office).let_go, 1);
    assert!(office.companion.run(GetIncident { id }).is_err());
    assert_eq!(office.run(ListDepartedSteps {}), [], "all of it took effect");
}

#[test]
fn one_matter_in_ten_that_was_settled_on_the_spot_is_looked_at() {
    let (mut district, mut phone, mut desk) = (District::new(), Phone::of(worker()), Phone::of(clerk(8)));
    let mut sampled = 0;
    let mut made = 0;
    while sampled == 0 || made < 12 {
        let draft = phone.run(OpenIncidentForm::default()).draft;
        phone.wait_minutes(1);
        let form = IncidentForm {
            category: "05003".into(),
            is_self_handled: true,
            handled_text: "当场清走".into(),
            ..IncidentForm::default()
        };
        let id = phone.run(SubmitIncident { draft, form }).incident;
        district.sync(&mut phone);
        sampled += u64::from(is_sampled(&district.read(id)));
        made += 1;
    }
    district.sync(&mut desk);
    assert_eq!((count(&mut desk, Queue::ToVerify), count(&mut phone, Queue::ToVerify)), (sampled, 0));
    assert_eq!(count(&mut desk, Queue::All), made);
}
