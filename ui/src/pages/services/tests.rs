//! Somebody looks for a number while there is no network.

use contract::{ListIncidents, ListServices, Queue};

use super::*;
use crate::state::{Effect, Screen as _};
use crate::tests::{sample, sample_services};

#[test]
fn services_stand_by_kind_in_the_order_of_the_list() {
    let list = sample_services::services();
    let groups = list::by_kind(&list.rows);
    let kinds: Vec<&str> = groups.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, ["emergency", "family_doctor", "mediation", "invented_later"]);
    assert_eq!(groups[0].1.len(), 2);
}

#[test]
fn only_the_answer_to_the_last_letter_is_shown() {
    let (mut page, _) = Services::open(&(), &sample::worker());
    let asked: ListServices = page.update(ListMsg::Search("医".into()))[0].asked().expect("asked");
    assert_eq!(asked.query, "医");
    page.update(ListMsg::Search("医生".into()));
    page.update(ListMsg::Read(2, Ok(sample_services::services())));
    assert!(page.list.ready().is_none(), "that was the answer to the first letter");
    page.update(ListMsg::Read(3, Ok(sample_services::services())));
    assert!(page.list.ready().is_some());
}

#[test]
fn a_number_is_dialled_without_its_hyphens() {
    assert_eq!(crate::parts::dial("0000-5550101"), "tel:00005550101");
    assert_eq!(crate::parts::dial("+86 10 1234"), "tel:+86101234");
}

#[test]
fn a_copied_number_is_said_to_be_copied() {
    let (mut page, _) = Entry::open(&"family-doctor".to_owned(), &sample::worker());
    page.update(EntryMsg::Read(Ok(sample_services::services())));
    assert!(page.service.ready().is_some_and(Option::is_some));
    let mut effects = page.update(EntryMsg::Copy("0000-5550101".into()));
    let Some(Effect::Copy { text, then }) = effects.pop() else { panic!("copied") };
    assert_eq!(text, "0000-5550101");
    page.update(then(false));
    assert_eq!(page.copied, Some(("0000-5550101".to_owned(), false)));
}

#[test]
fn the_health_desk_shows_my_health_requests_only() {
    let (mut page, effects) = HealthDesk::open(&(), &sample::worker());
    let asked: ListIncidents = effects.iter().find_map(Effect::asked).expect("asked");
    assert_eq!(asked.queue, Queue::Mine);
    let mut incidents = sample::incident_page();
    incidents.rows[0].category = "08001".into();
    incidents.rows[1].category = "03001".into();
    page.update(HealthMsg::ReadMine(Ok(incidents)));
    let codes: Vec<&str> = page.requests.ready().expect("read").iter().map(|row| row.category.as_str()).collect();
    assert!(codes.contains(&"08001") && codes.iter().all(|code| code.starts_with("08")), "{codes:?}");
}

#[test]
fn whoever_may_not_report_is_offered_no_request() {
    let handler = sample::env(contract::domain::Role::Handler, contract::domain::codes::Language::ZhCn);
    let (_, effects) = HealthDesk::open(&(), &handler);
    assert!(effects.iter().all(|effect| effect.asked::<ListIncidents>().is_none()));
}
