//! An appointment of today is said, once, to whoever goes there.

use contract::{BookingForm, Event, GetSync, GetToday, IncidentForm, OpenIncidentForm, SubmitIncident, Topic};
use domain::IncidentId;
use domain::codes::BookingKind;
use domain::workflow::{Booking, Payload, TransitionKind};

use super::district::District;
use super::phone::{Phone, dispatcher, handler, property, worker};
use super::workflow_story::{step, text, to};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// A quarrel is reported, to be settled in so many minutes.
fn report(phone: &mut Phone, minutes: i64) -> IncidentId {
    let draft = phone.run(OpenIncidentForm { category: Some("02001".into()), ..OpenIncidentForm::default() });
    let at = phone.companion.now().plus_ms(minutes * 60_000);
    let booking = BookingForm { kind: BookingKind::OnSite, place: "海棠花园调解室".into(), at, service: None };
    let form = IncidentForm { booking: Some(booking), ..draft.form };
    phone.run(SubmitIncident { draft: draft.draft, form }).incident
}

/// What the screens are reminded of.
fn hear(phone: &mut Phone) -> Vec<IncidentId> {
    let events = phone.companion.take_events().into_iter();
    events
        .filter_map(|event| if let Event::Reminder { appointment } = event { Some(appointment.incident) } else { None })
        .collect()
}

/// The app is opened at its home page.
fn look(phone: &mut Phone) -> Vec<IncidentId> {
    assert_eq!(hear(phone), [], "nobody is there to hear");
    phone.run(GetToday {});
    hear(phone)
}

#[test]
fn on_the_day_once_across_restarts() {
    let mut phone = Phone::with_file();
    let quarrel = report(&mut phone, DAY);
    assert_eq!(look(&mut phone), [], "it is tomorrow's");
    phone.wait_minutes(14 * HOUR - 1);
    assert_eq!(hear(&mut phone), [], "one minute to midnight");
    phone.wait_minutes(1);
    let events = phone.companion.take_events();
    let [Event::Reminder { appointment }] = events.as_slice() else { panic!("one reminder, not {events:?}") };
    assert_eq!((appointment.incident, appointment.place.as_str()), (quarrel, "海棠花园调解室"));
    assert_eq!(phone.run(GetToday {}).appointments, std::slice::from_ref(appointment));
    assert_eq!(hear(&mut phone), []);
    let mut phone = phone.restart();
    assert_eq!(look(&mut phone), [], "it was said today");
    let second = report(&mut phone, HOUR);
    assert_eq!(hear(&mut phone), [second]);
    phone.wait_minutes(DAY);
    assert_eq!(hear(&mut phone), [], "both are over");
}

#[test]
fn an_app_that_opens_on_the_day_says_it_when_a_screen_listens() {
    let mut phone = Phone::with_file();
    let quarrel = report(&mut phone, DAY);
    phone.wait_minutes(DAY - HOUR);
    let mut phone = phone.restart();
    assert_eq!(look(&mut phone), [quarrel]);
    let early = report(&mut phone, HOUR);
    let mut phone = phone.restart();
    assert_eq!(hear(&mut phone), []);
    phone.run(GetSync {});
    assert_eq!(hear(&mut phone), [early], "a desk that does not open the home page hears it too");
}

#[test]
fn what_was_moved_is_said_again_and_what_was_withdrawn_is_not() {
    let mut phone = Phone::of_worker();
    phone.run(GetToday {});
    let quarrel = report(&mut phone, HOUR);
    assert_eq!(hear(&mut phone), [quarrel]);
    let at = phone.companion.now().plus_ms(4 * 3_600_000);
    let later = Booking { kind: BookingKind::Remote, place: "线上".into(), at, service: None };
    step(&mut phone, quarrel, TransitionKind::Book, Payload { booking: Some(later), ..Payload::default() });
    assert_eq!(hear(&mut phone), [quarrel], "at another hour it is another appointment");
    let other = report(&mut phone, DAY);
    step(&mut phone, other, TransitionKind::Withdraw, text("双方已和解"));
    phone.wait_minutes(DAY - HOUR);
    assert_eq!(hear(&mut phone), [], "what has ended needs nobody");
}

#[test]
fn one_that_arrives_during_the_day_is_said_to_the_handler_and_not_to_the_desk() {
    let mut district = District::new();
    let [mut zhao, mut meng, mut wu] = [worker(), dispatcher(5), handler(7, property())].map(Phone::of);
    for phone in [&mut zhao, &mut meng, &mut wu] {
        assert_eq!(look(phone), []);
    }
    let quarrel = report(&mut zhao, 3 * HOUR);
    assert_eq!(hear(&mut zhao), [quarrel]);
    district.sync(&mut zhao);
    district.sync(&mut meng);
    assert_eq!(meng.run(GetToday {}).appointments.len(), 1);
    assert_eq!(hear(&mut meng), [], "who sends others there does not go");
    step(&mut meng, quarrel, TransitionKind::Accept, Payload::default());
    district.sync(&mut meng);
    step(&mut meng, quarrel, TransitionKind::Dispatch, to(property()));
    district.sync(&mut meng);
    assert_eq!(hear(&mut wu), []);
    district.sync(&mut wu);
    assert_eq!(hear(&mut wu), [quarrel]);
    assert_eq!(hear(&mut wu), []);
}

#[test]
fn reminders_come_after_what_has_changed_and_a_new_owner_begins_anew() {
    let mut phone = Phone::of_worker();
    assert_eq!(look(&mut phone), []);
    report(&mut phone, HOUR);
    let events = phone.companion.take_events();
    assert_eq!(events[0], Event::Changed { topics: vec![Topic::Incidents, Topic::Outbox] });
    assert!(matches!(events[1..], [Event::Reminder { .. }]));
    let said = |phone: &Phone| {
        let sql = "SELECT count(*) AS n FROM setting WHERE key = 'reminded'";
        phone.companion.store.read().query_row(sql, [], |row| row.get::<_, i64>("n")).expect("a count")
    };
    assert_eq!(said(&phone), 1);
    let forgotten = phone.companion.store.write(crate::store::wipe::forget_records);
    forgotten.expect("forgotten");
    assert_eq!(said(&phone), 0);
}
