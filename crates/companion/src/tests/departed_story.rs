//! An incident that has gone elsewhere leaves nothing behind but what its handler wrote.

use contract::{DismissDepartedStep, ErrorCode, GetIncident, GetToday, ListDepartedSteps, ListIncidents, Queue};
use domain::workflow::{Payload, Refusal, State, TransitionKind};
use domain::{Incident, IncidentId, UnixMillis};

use super::district::District;
use super::phone::{
    Phone, SeededRandom, TODAY, account_id, dispatcher, grid, handler, property, receive, station, worker,
};
use super::workflow_story::{report, step, text, to, view};
use crate::Random as _;
use crate::store::StoreError;
use crate::store::replica::let_go;

/// An incident that is with the property company, whose device has it.
fn dispatched() -> (District, Phone, Phone, Phone, IncidentId) {
    let mut district = District::new();
    let (mut reporter, mut desk) = (Phone::of(worker()), Phone::of(dispatcher(5)));
    let mut office = Phone::with_file_of(handler(7, property()));
    let id = report(&mut reporter);
    district.sync(&mut reporter);
    district.sync(&mut desk);
    step(&mut desk, id, TransitionKind::Accept, Payload::default());
    district.sync(&mut desk);
    step(&mut desk, id, TransitionKind::Dispatch, to(property()));
    district.sync(&mut desk);
    district.sync(&mut office);
    (district, reporter, desk, office, id)
}

#[test]
fn a_result_handed_in_after_the_incident_went_elsewhere_is_not_lost() {
    let (mut district, _, mut desk, mut office, id) = dispatched();
    step(&mut office, id, TransitionKind::Start, Payload::default());
    district.sync(&mut office);
    district.sync(&mut desk);
    // The handler is in a cellar; meanwhile the desk sends it on.
    let done = step(&mut office, id, TransitionKind::SubmitResult, text("管道已修复，试压合格"));
    assert_eq!(done.row.standing, State::Resolved);
    step(&mut desk, id, TransitionKind::Transfer, to(station()));
    district.sync(&mut desk);
    let applied = district.sync(&mut office);
    assert_eq!(applied.let_go, 1);
    assert_eq!(office.refuse(GetIncident { id }).code, ErrorCode::NotFound);
    let kept = office.run(ListDepartedSteps {});
    assert_eq!(kept.len(), 1, "what took effect needs no looking at: {kept:?}");
    let line = &kept[0];
    assert_eq!((line.kind, line.text.as_str()), (Some(TransitionKind::SubmitResult), "管道已修复，试压合格"));
    assert_eq!((line.number.as_str(), line.category.as_str()), ("9901012026112300001", "05003"));
    assert_eq!(line.reason, Some(Refusal::NotAssigned), "the server has said why");
    assert_eq!(office.run(GetToday {}).futile_count, 1);
    let mut office = office.restart();
    assert_eq!(office.run(ListDepartedSteps {}), kept);
    let dismiss = DismissDepartedStep { step: line.step };
    office.run(dismiss.clone());
    office.run(dismiss);
    assert_eq!((office.run(ListDepartedSteps {}).len(), office.run(GetToday {}).futile_count), (0, 0));
    assert_eq!(district.read(id).transitions.len(), 6, "it stands in the history of the others");
}

#[test]
fn what_has_left_is_not_to_be_found_in_the_file() {
    let (mut district, mut reporter, mut desk, mut office, id) = dispatched();
    // Neighbours that stay, so that pages are shared.
    for _ in 0..40 {
        let other = report(&mut reporter);
        district.sync(&mut reporter);
        district.sync(&mut desk);
        step(&mut desk, other, TransitionKind::Accept, Payload::default());
        district.sync(&mut desk);
        step(&mut desk, other, TransitionKind::Dispatch, to(property()));
        district.sync(&mut desk);
    }
    let secret = {
        let draft = reporter.run(contract::OpenIncidentForm::default()).draft;
        let form = contract::IncidentForm {
            category: "05003".into(),
            text: "鳜鱼胡同七十四号门前 tel 7391846".into(),
            address_text: "鳜鱼胡同74号".into(),
            ..contract::IncidentForm::default()
        };
        reporter.run(contract::SubmitIncident { draft, form }).incident
    };
    district.sync(&mut reporter);
    district.sync(&mut desk);
    step(&mut desk, secret, TransitionKind::Accept, Payload::default());
    district.sync(&mut desk);
    step(&mut desk, secret, TransitionKind::Dispatch, to(property()));
    district.sync(&mut desk);
    district.sync(&mut office);
    let find = |office: &mut Phone| {
        office.run(ListIncidents { queue: Queue::ToHandle, query: "鳜鱼".into(), ..ListIncidents::default() }).total
    };
    assert_eq!(find(&mut office), 1);
    step(&mut office, secret, TransitionKind::Start, Payload::default());
    district.sync(&mut office);
    let number = office.run(GetIncident { id: secret }).row.human_no.expect("a number");
    for words in ["鳜鱼胡同", "7391846", number.as_str()] {
        assert!(stands_in_file(&office, words), "{words} is here while the incident is");
    }
    step(&mut desk, secret, TransitionKind::Transfer, to(station()));
    district.sync(&mut desk);
    assert_eq!(district.sync(&mut office).let_go, 1);
    assert_eq!(find(&mut office), 0);
    assert_eq!(office.run(GetIncident { id }).row.standing, State::Dispatched, "the others are as they were");
    for words in ["鳜鱼胡同", "鳜鱼", "鳜", "7391846", "391846", "guiyu", number.as_str()] {
        assert!(!stands_in_file(&office, words), "{words} has left");
    }
    let bytes = secret.as_uuid().into_bytes();
    assert!(!read_files(&office).windows(16).any(|window| window == bytes), "not even its id");
}

#[test]
fn what_the_server_says_later_is_told_later() {
    let (mut district, _, mut desk, mut office, id) = dispatched();
    step(&mut office, id, TransitionKind::Start, Payload::default());
    step(&mut office, id, TransitionKind::SubmitResult, text("已处理"));
    step(&mut desk, id, TransitionKind::Transfer, to(station()));
    district.sync(&mut desk);
    district.is_slow = true;
    district.sync(&mut office);
    let kept = office.run(ListDepartedSteps {});
    assert_eq!(
        kept.iter().map(|line| line.kind).collect::<Vec<_>>(),
        [TransitionKind::SubmitResult, TransitionKind::Start].map(Some)
    );
    assert!(kept.iter().all(|line| line.reason.is_none()), "nobody has said anything");
    assert_eq!(office.run(GetToday {}).futile_count, 0);
    district.sync(&mut office);
    let told = office.run(ListDepartedSteps {});
    assert!(told.len() == 2 && told.iter().all(|line| line.reason == Some(Refusal::NotAssigned)));
    assert_eq!(office.run(GetToday {}).futile_count, 2);
}

#[test]
fn what_was_put_away_too_early_comes_up_again_when_it_did_not_take_effect() {
    let (mut district, _, mut desk, mut office, id) = dispatched();
    step(&mut office, id, TransitionKind::SubmitResult, text("已处理"));
    step(&mut desk, id, TransitionKind::Transfer, to(station()));
    district.sync(&mut desk);
    district.is_slow = true;
    district.sync(&mut office);
    let undecided = office.run(ListDepartedSteps {}).remove(0);
    office.run(DismissDepartedStep { step: undecided.step });
    let mut office = office.restart();
    assert_eq!((office.run(ListDepartedSteps {}), office.run(GetToday {}).futile_count), (Vec::new(), 0));
    district.sync(&mut office);
    let told = office.run(ListDepartedSteps {});
    assert_eq!(
        told.iter().map(|line| (line.step, line.reason.is_some())).collect::<Vec<_>>(),
        [(undecided.step, true)]
    );
    assert_eq!(office.run(GetToday {}).futile_count, 1);
    office.run(DismissDepartedStep { step: undecided.step });
    assert_eq!((office.run(ListDepartedSteps {}), office.run(GetToday {}).futile_count), (Vec::new(), 0));
}

#[test]
fn a_phone_that_changes_hands_holds_no_word_of_the_one_before() {
    let (_, _, mut desk, mut office, id) = dispatched();
    let words = view(&mut office, id).text;
    assert!(!words.is_empty() && stands_in_file(&office, &words));
    office.bind(handler(8, station()));
    assert!(!stands_in_file(&office, &words), "neither in the file nor in its log");
    assert_eq!(desk.run(GetIncident { id }).text, words, "elsewhere it is as it was");
}

#[test]
fn an_incident_that_goes_while_its_steps_are_on_their_way_waits_for_them() {
    let (mut district, _, mut desk, mut office, id) = dispatched();
    step(&mut desk, id, TransitionKind::Transfer, to(station()));
    district.sync(&mut desk);
    // The farewell is on its way while the handler writes: this round does not carry the step.
    let applied = district.sync_while(&mut office, |office| {
        step(office, id, TransitionKind::AskRefusal, text("不属于物业范围"));
    });
    assert_eq!(applied.let_go, 0);
    assert_eq!(office.run(GetIncident { id }).row.pending, 1, "nobody but this device has these words");
    let applied = district.sync(&mut office);
    assert_eq!(applied.let_go, 1);
    let kept = office.run(ListDepartedSteps {});
    assert_eq!((kept.len(), kept[0].reason, kept[0].text.as_str()), (1, Some(Refusal::NotAssigned), "不属于物业范围"));
}

/// However pages are split and joined meanwhile: of several hundred that were here and went, in any order, none is
/// found again.
#[test]
fn of_many_that_have_left_none_is_found_in_the_file() {
    const SEED: u64 = 20_261_123;
    println!("seed {SEED}");
    let mut random = SeededRandom(SEED);
    let mut office = Phone::with_file_of(handler(7, property()));
    let mut incidents: Vec<Incident> = (0..600).map(|n| numbered(n, &mut random)).collect();
    let mut left = Vec::new();
    while incidents.len() > 200 {
        let store = &mut office.companion.store;
        let fresh = left.len() / 100 * 100;
        if left.len() == fresh {
            store
                .write::<_, StoreError>(|writing| incidents.iter().try_for_each(|incident| receive(writing, incident)))
                .expect("stored");
        }
        let mut bytes = [0; 2];
        random.fill(&mut bytes);
        let gone = incidents.swap_remove(usize::from(u16::from_be_bytes(bytes)) % incidents.len());
        store.write::<_, StoreError>(|writing| let_go(writing, gone.id.into())).expect("let go");
        left.push(gone);
    }
    office.companion.store.empty_log();
    let file = read_files(&office);
    let holds = |words: &[u8]| file.windows(words.len()).any(|window| window == words);
    assert!(holds(incidents[0].text.as_bytes()) && holds(incidents[0].id.as_uuid().as_bytes()), "the others are here");
    for incident in left.iter().step_by(20) {
        let number = incident.address_text.trim_end_matches('号').as_bytes();
        assert!(!holds(number) && !holds(&number[1..]), "{} has left", incident.address_text);
        assert!(!holds(incident.id.as_uuid().as_bytes()), "{}", incident.id);
    }
}

/// An incident with a number of its own in address and text.
fn numbered(n: u32, random: &mut SeededRandom) -> Incident {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let at = UnixMillis::start_of(TODAY).plus_ms(i64::from(n));
    let number = 1_000_000 * (u64::from(n) + 1_000) + u64::from(u16::from_be_bytes([bytes[0], bytes[1]]));
    serde_json::from_value(serde_json::json!({
        "id": IncidentId::new(at, bytes), "category": "05003", "happened_at": at.as_i64(), "reported_at": at.as_i64(),
        "source": "01", "grid": grid(), "by": account_id(1), "role": "grid_worker",
        "text": format!("{}{number}", "垃圾没有清运".repeat(usize::from(bytes[2]) % 60)), "address_text": format!("{number}号"),
    }))
    .expect("an incident")
}

#[test]
fn an_erased_incident_leaves_no_step_either() {
    let (mut district, _, mut desk, mut office, id) = dispatched();
    step(&mut office, id, TransitionKind::AskRefusal, text("不属于物业范围"));
    step(&mut desk, id, TransitionKind::Transfer, to(station()));
    district.sync(&mut desk);
    district.sync(&mut office);
    assert_eq!(office.run(ListDepartedSteps {}).len(), 1);
    step(&mut desk, id, TransitionKind::Transfer, to(property()));
    district.sync(&mut desk);
    district.sync(&mut office);
    assert_eq!(office.run(ListDepartedSteps {}), [], "it is back, and says so itself");
    assert_eq!(office.run(GetIncident { id }).row.futile, 1);
    district.erase(id);
    district.sync(&mut office);
    assert_eq!(office.refuse(GetIncident { id }).code, ErrorCode::NotFound);
    assert_eq!(office.run(ListDepartedSteps {}), []);
    assert!(!stands_in_file(&office, "不属于物业范围"));
}

/// The store and what stands beside it, as a thief of the phone would read them.
fn read_files(phone: &Phone) -> Vec<u8> {
    let mut bytes = Vec::new();
    for suffix in ["", "-wal"] {
        let mut name = phone.file().into_os_string();
        name.push(suffix);
        bytes.extend(std::fs::read(name).unwrap_or_default());
    }
    bytes
}

fn stands_in_file(phone: &Phone, words: &str) -> bool {
    read_files(phone).windows(words.len()).any(|window| window == words.as_bytes())
}
