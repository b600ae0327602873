//! Words typed into the form of a step: found again after a kill, gone when the step is made, kept when the incident
//! goes elsewhere.

use contract::{
    AddNote, DismissDepartedStep, ErrorCode, GetIncident, GetToday, ListDepartedSteps, ListIncidents, Queue,
    SaveStepForm, SendAgain, StepDraft, StepEffect,
};
use domain::IncidentId;
use domain::codes::BookingKind;
use domain::workflow::{Booking, Payload, TransitionKind};
use domain::{Role, UnixMillis};

use super::district::District;
use super::phone::{Phone, account_id, dispatcher, handler, property, station, worker};
use super::replace_story::place_of;
use super::workflow_story::{know_names, line, report, step, text, to, view};
use crate::store::reference::put_reference;

fn save(phone: &mut Phone, incident: IncidentId, kind: Option<TransitionKind>, payload: Payload) {
    phone.wait_minutes(1);
    phone.run(SaveStepForm { incident, kind, payload });
}

fn drafts(phone: &mut Phone, id: IncidentId) -> Vec<StepDraft> {
    view(phone, id).drafts
}

/// An incident that is with the property company, whose device has it.
fn dispatched() -> (District, Phone, Phone, IncidentId) {
    let (mut district, mut reporter) = (District::new(), Phone::of(worker()));
    let mut desk = Phone::of(dispatcher(5));
    let mut office = Phone::with_file_of(handler(7, property()));
    let id = report(&mut reporter);
    district.sync(&mut reporter);
    district.sync(&mut desk);
    step(&mut desk, id, TransitionKind::Accept, Payload::default());
    district.sync(&mut desk);
    step(&mut desk, id, TransitionKind::Dispatch, to(property()));
    district.sync(&mut desk);
    district.sync(&mut office);
    (district, desk, office, id)
}

#[test]
fn words_of_a_form_are_there_after_a_kill() {
    let (_, _, mut office, id) = dispatched();
    save(&mut office, id, Some(TransitionKind::AskRefusal), text("不属于"));
    save(&mut office, id, Some(TransitionKind::AskRefusal), text("不属于物业范围"));
    save(&mut office, id, None, text("夜里有人"));
    let mut office = office.restart();
    let refusal = StepDraft { kind: Some(TransitionKind::AskRefusal), payload: text("不属于物业范围") };
    assert_eq!(drafts(&mut office, id), [StepDraft { kind: None, payload: text("夜里有人") }, refusal.clone()]);
    save(&mut office, id, None, Payload::default());
    assert_eq!(drafts(&mut office, id), [refusal], "what was emptied is gone");
    assert_eq!(office.run(ListDepartedSteps {}), [], "the incident is here");
}

#[test]
fn words_of_a_form_are_carried_over_from_a_damaged_file() {
    let (mut district, _, mut office, id) = dispatched();
    save(&mut office, id, Some(TransitionKind::SubmitResult), text("管道已修复"));
    // All of it into the file itself.
    let office = office.restart();
    let (offset, size) = place_of(office.companion.store.read(), "account_name");
    let mut office = office.restart_after(|path| {
        let mut bytes = std::fs::read(path).expect("there");
        bytes[offset..offset + size].fill(0x5a);
        std::fs::write(path, bytes).expect("written");
        std::fs::write(path.with_extension("sqlite.suspect"), []).expect("marked");
    });
    assert!(matches!(office.run(contract::GetSession {}).store, contract::StoreHealth::SetAside { .. }));
    assert_eq!(office.refuse(GetIncident { id }).code, ErrorCode::NotFound, "it comes with the next round");
    // The district sends to what is a new file all it has.
    district.forget_sent();
    district.sync(&mut office);
    assert_eq!(drafts(&mut office, id).remove(0).payload, text("管道已修复"));
}

#[test]
fn a_form_that_was_sent_is_gone_and_others_stay() {
    let (_, mut desk, mut office, id) = dispatched();
    save(&mut office, id, Some(TransitionKind::SubmitResult), text("已清"));
    save(&mut office, id, Some(TransitionKind::AskExtension), text("等配件"));
    save(&mut office, id, None, text("夜里有人"));
    office.refuse(contract::TakeStep { incident: id, kind: TransitionKind::Accept, payload: text("不归我") });
    step(&mut office, id, TransitionKind::Start, Payload::default());
    step(&mut office, id, TransitionKind::SubmitResult, text("已清运"));
    office.run(AddNote { incident: id, text: "夜里有人推车".into() });
    let kinds: Vec<_> = drafts(&mut office, id).into_iter().map(|draft| draft.kind).collect();
    assert_eq!(kinds, [Some(TransitionKind::AskExtension)]);

    // A second tap of the same step: the form is gone as well.
    save(&mut desk, id, Some(TransitionKind::Supervise), text("请盯紧"));
    step(&mut desk, id, TransitionKind::Supervise, text("请盯紧"));
    save(&mut desk, id, Some(TransitionKind::Supervise), text("请盯紧"));
    step(&mut desk, id, TransitionKind::Supervise, text("请盯紧"));
    assert_eq!(drafts(&mut desk, id), []);
}

#[test]
fn sending_a_step_again_leaves_the_form_of_its_kind_alone() {
    let (mut district, mut desk, _, id) = dispatched();
    let mut second = Phone::of(dispatcher(6));
    district.sync(&mut second);
    step(&mut desk, id, TransitionKind::Transfer, to(station()));
    district.sync(&mut desk);
    step(&mut second, id, TransitionKind::Transfer, to(station()));
    district.sync(&mut second);
    let lost = line(&view(&mut second, id), TransitionKind::Transfer);
    assert!(matches!(lost.effect, StepEffect::Futile { .. }), "{lost:?}");
    step(&mut desk, id, TransitionKind::Transfer, to(property()));
    district.sync(&mut desk);
    district.sync(&mut second);
    save(&mut second, id, Some(TransitionKind::Transfer), text("改派给物业"));
    second.run(SendAgain { incident: id, step: lost.step.expect("a step") });
    assert_eq!(drafts(&mut second, id).len(), 1);
}

#[test]
fn words_of_a_form_stay_when_the_incident_goes_elsewhere() {
    let (mut district, mut desk, mut office, id) = dispatched();
    let place =
        Booking { kind: BookingKind::Unknown, place: "值班室".into(), at: UnixMillis::new(0), service: None };
    save(&mut office, id, Some(TransitionKind::Book), Payload { booking: Some(place), ..Payload::default() });
    save(&mut office, id, Some(TransitionKind::SubmitResult), text("管道已修复"));
    save(&mut office, id, None, text("业主不在家"));
    save(&mut office, id, Some(TransitionKind::Join), Payload { joint: [station()].into(), ..Payload::default() });
    step(&mut desk, id, TransitionKind::Transfer, to(station()));
    district.sync(&mut desk);
    district.now = office.companion.now();
    assert_eq!(district.sync(&mut office).let_go, 1);
    // The last letters were on their way.
    office.run(SaveStepForm { incident: id, kind: None, payload: text("业主不在家，明早再来") });
    let late = SaveStepForm { incident: id, kind: Some(TransitionKind::AskRefusal), payload: text("晚了") };
    assert_eq!(office.refuse(late).code, ErrorCode::NotFound);

    let mut office = office.restart();
    let kept = office.run(ListDepartedSteps {});
    assert!(kept.iter().all(|line| line.is_unsent && line.reason.is_none() && line.number.len() > 6));
    let words: Vec<_> = kept.iter().map(|line| (line.kind, line.text.as_str())).collect();
    let result = (Some(TransitionKind::SubmitResult), "管道已修复");
    assert_eq!(words, [(None, "业主不在家，明早再来"), result, (Some(TransitionKind::Book), "值班室")]);
    assert_eq!(office.run(GetToday {}).futile_count, 3);
    let futile = office.run(ListIncidents { queue: Queue::Futile, ..ListIncidents::default() });
    let counted = futile.queues.iter().find(|count| count.queue == Queue::Futile).expect("offered");
    assert_eq!((counted.count, futile.total), (0, 0), "the screen counts the lines that it shows beside the queue");

    // It comes back: what was not sent is held by nothing else and stays to be copied.
    step(&mut desk, id, TransitionKind::Transfer, to(property()));
    district.sync(&mut desk);
    district.sync(&mut office);
    assert_eq!((office.run(GetIncident { id }).drafts, office.run(ListDepartedSteps {}).len()), (Vec::new(), 3));
    for line in kept {
        office.run(DismissDepartedStep { step: line.step });
    }
    assert_eq!((office.run(ListDepartedSteps {}), office.run(GetToday {}).futile_count), (Vec::new(), 0));
}

#[test]
fn an_erased_incident_leaves_no_word_of_a_form() {
    let (mut district, _, mut office, id) = dispatched();
    save(&mut office, id, Some(TransitionKind::SubmitResult), text("管道已修复"));
    district.erase(id);
    district.sync(&mut office);
    assert_eq!(office.refuse(GetIncident { id }).code, ErrorCode::NotFound);
    assert_eq!(office.run(ListDepartedSteps {}), []);
    let rows = |office: &Phone| -> i64 {
        let db = office.companion.store.read();
        db.query_row("SELECT count(*) AS n FROM step_draft", [], |row| row.get("n")).expect("a count")
    };
    assert_eq!(rows(&office), 0);
}

#[test]
fn a_device_of_somebody_else_holds_no_words_of_the_one_before() {
    let (_, _, mut office, id) = dispatched();
    save(&mut office, id, Some(TransitionKind::SubmitResult), text("管道已修复"));
    office.bind(handler(8, station()));
    let db = office.companion.store.read();
    let rows: i64 = db.query_row("SELECT count(*) AS n FROM step_draft", [], |row| row.get("n")).expect("a count");
    assert_eq!(rows, 0);
}

/// People as the server side publishes them; one by a server that knows no organisations, one whose is no code.
fn know_people(phone: &mut Phone) {
    know_names(phone);
    let clerk = account_id(40);
    let names = format!(
        r#"{{"{}": {{"name": "高峰", "role": "handler", "org": "haitang-property"}},
            "{}": {{"name": "白云", "role": "handler", "org": "haitang-property"}},
            "{}": {{"name": "秦川", "role": "handler", "org": "haitang-station"}},
            "{}": {{"name": "外单位", "role": "handler", "org": "elsewhere"}},
            "{}": {{"name": "旧库", "role": "handler", "org": "?? ??"}},
            "{clerk}": {{"name": "何静", "role": "community_clerk"}}}}"#,
        account_id(30),
        account_id(31),
        account_id(32),
        account_id(33),
        account_id(34),
    );
    let store = &mut phone.companion.store;
    store.write(|writing| put_reference(writing, "account-names", 2, &names)).expect("stored");
}

#[test]
fn a_dispatch_can_name_a_person_of_the_organisation() {
    let (mut district, mut reporter) = (District::new(), Phone::of(worker()));
    let mut desk = Phone::of(dispatcher(5));
    let id = report(&mut reporter);
    district.sync(&mut reporter);
    district.sync(&mut desk);
    know_people(&mut desk);
    assert_eq!(view(&mut desk, id).choices.people, [], "nothing can be dispatched yet");
    step(&mut desk, id, TransitionKind::Accept, Payload::default());
    district.sync(&mut desk);
    let people = view(&mut desk, id).choices.people;
    let named: Vec<_> = people.iter().map(|person| (person.name.as_str(), person.org.clone())).collect();
    assert_eq!(named, [("白云", property()), ("秦川", station()), ("高峰", property())], "of organisations on offer");

    let person = |n: u8, org| Payload { to_person: Some(account_id(n)), ..to(org) };
    for wrong in [person(32, property()), person(40, property()), person(99, property())] {
        let refused = desk.refuse(contract::TakeStep { incident: id, kind: TransitionKind::Dispatch, payload: wrong });
        let field = refused.field.as_deref();
        assert_eq!((refused.code, field), (ErrorCode::FieldInvalid, Some("payload.to_person")));
    }
    step(&mut desk, id, TransitionKind::Dispatch, person(30, property()));
    district.sync(&mut desk);
    let sent = view(&mut desk, id);
    assert_eq!(sent.assigned_person.as_deref(), Some("高峰"));
    assert_eq!(line(&sent, TransitionKind::Dispatch).to_person_name.as_deref(), Some("高峰"));
    let other = step(&mut desk, id, TransitionKind::Transfer, person(31, property()));
    assert_eq!(line(&other, TransitionKind::Transfer).to_person_name.as_deref(), Some("白云"), "within the same one");
}

#[test]
fn a_request_names_the_step_that_asks() {
    let (mut district, mut desk, mut office, id) = dispatched();
    let asked = step(&mut office, id, TransitionKind::AskRefusal, text("不属于物业范围"));
    let step_id = line(&asked, TransitionKind::AskRefusal).step.expect("a step");
    district.sync(&mut office);
    district.sync(&mut desk);
    let request = view(&mut desk, id).asked.expect("a request");
    assert_eq!((request.step, request.kind), (step_id, TransitionKind::AskRefusal));
    let answer = Payload { of: Some(request.step), ..Payload::default() };
    step(&mut desk, id, TransitionKind::GrantRefusal, answer);
    district.sync(&mut desk);
    let granted = line(&view(&mut desk, id), TransitionKind::GrantRefusal);
    assert_eq!((granted.effect, granted.role), (StepEffect::Effective, Some(Role::Dispatcher)));
}
