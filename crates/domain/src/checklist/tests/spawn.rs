use jiff::civil::date;

use super::*;
use crate::codes::{Advice, NeedCode, Outcome};
use crate::sample::{TODAY, visit_on};
use crate::visit::FollowUp;

fn peacetime() -> Template {
    find_preset(THREE_INQUIRIES_PEACETIME).expect("a preset")
}

#[test]
fn each_hazard_offers_the_incident_of_its_category() {
    let template = peacetime();
    for (option, category) in [
        ("03002", "电动车入户、飞线充电"),
        ("04001", "燃气隐患"),
        ("03001", "消防通道堵塞"),
        ("03004", "用电老化"),
        ("06002", "房屋裂缝、漏水"),
        ("05006", "高空坠物"),
        ("06003", "群租"),
    ] {
        let given = answers(&[("hazards", &format!("many:{option}"))]);
        // A hazard seen from the stairwell counts although nobody was home.
        for outcome in [Outcome::Met, Outcome::Absent] {
            let spawned = spawned_incidents(&template, &given, Some(outcome));
            assert_eq!(spawned.len(), 1, "{option}");
            assert_eq!((spawned[0].category, spawned[0].label.zh.as_str()), (option, category));
        }
    }
}

#[test]
fn ticks_offer_incidents_and_needs_in_the_order_of_the_form() {
    let template = peacetime();
    let given = answers(&[("hazards", "many:06002,03002"), ("disputes", "many:02001"), ("needs", "many:02,99")]);
    let categories = |outcome| {
        spawned_incidents(&template, &given, Some(outcome)).iter().map(|spawned| spawned.category).collect::<Vec<_>>()
    };
    assert_eq!(categories(Outcome::Met), ["02001", "03002", "06002"]);
    assert_eq!(categories(Outcome::Absent), ["03002", "06002"], "nobody told of a dispute");
    assert_eq!(spawned_needs(&template, &given, Some(Outcome::Met)), [NeedCode::Medical, NeedCode::Other].into());
    assert!(spawned_needs(&template, &given, Some(Outcome::Absent)).is_empty());

    let emergency = find_preset(THREE_INQUIRIES_EMERGENCY).expect("a preset");
    let given = answers(&[("vaccinated", "one:none"), ("vaccination_wish", "tri:yes"), ("supplies", "many:food")]);
    let spawned = spawned_incidents(&emergency, &given, Some(Outcome::Phone));
    assert_eq!(spawned.iter().map(|s| (s.category, s.option)).collect::<Vec<_>>(), [("08003", None)]);
    assert_eq!(spawned_needs(&emergency, &given, Some(Outcome::Phone)), [NeedCode::Living].into());
}

#[test]
fn no_change_fills_the_three_inquiries_and_repeats_what_may_be_repeated() {
    let template = peacetime();
    let first = no_change_answers(&template, &Answers::new());
    let last =
        answers(&[("needs_care", "tri:yes"), ("needs", "many:06"), ("hazards", "many:03002"), ("gone", "tri:no")]);
    let next = no_change_answers(&template, &last);
    for (key, at_first, after_last) in [
        ("residents", "many:", "many:"),
        ("lives_alone", "tri:not_asked", "tri:not_asked"),
        ("needs_care", "tri:not_asked", "tri:yes"),
        ("needs", "many:", "many:06"),
        ("disputes", "many:", "many:"),
        // Repeating the tick would report the same hazard again.
        ("hazards", "many:", "many:"),
    ] {
        assert_eq!(first[key].to_string(), at_first, "{key}");
        assert_eq!(next[key].to_string(), after_last, "{key}");
    }
    assert!(!next.contains_key("gone") && !next.contains_key("read_back"));
    assert_eq!(check_answers(&template, &next, Some(Outcome::Met)), []);
    assert!(spawned_incidents(&template, &next, Some(Outcome::Met)).is_empty());

    let mut without_consent = next;
    remove_sensitive(&template, &mut without_consent);
    let keys: Vec<_> = without_consent.keys().map(String::as_str).collect();
    assert_eq!(keys, ["disputes", "hazards", "needs", "residents"]);
}

#[test]
fn answers_go_into_the_visit_and_come_back() {
    let template = peacetime();
    let given = answers(&[
        ("needs_care", "tri:yes"),
        ("care_note", "text:每周一次"),
        ("advice", "many:01,03"),
        ("leaflets", "number:2"),
        ("follow_up_text", "text:下周送药"),
        ("follow_up_date", "date:2026-11-30"),
        ("note", "text:一切都好"),
    ]);
    let mut visit = visit_on(1, TODAY, Outcome::Met);
    write_answers(&template, &given, &mut visit);
    assert_eq!(visit.template, "three-inquiries-peacetime@1");
    assert_eq!(visit.answers, answers(&[("needs_care", "tri:yes"), ("care_note", "text:每周一次")]));
    assert_eq!((visit.advice.len(), visit.leaflets), (2, 2));
    assert!(visit.advice.contains(&Advice::AntiFraud));
    assert_eq!(visit.follow_up, Some(FollowUp { text: "下周送药".into(), date: Some(date(2026, 11, 30)) }));
    assert_eq!(visit.note, "一切都好");
    assert_eq!(read_answers(&template, &visit), given);
}

#[test]
fn what_no_longer_applies_is_not_written() {
    let template = peacetime();
    let given = answers(&[("needs_care", "tri:yes"), ("hazards", "many:03001"), ("follow_up_date", "date:2026-11-30")]);
    let mut visit = visit_on(1, TODAY, Outcome::Absent);
    write_answers(&template, &given, &mut visit);
    assert_eq!(visit.answers, answers(&[("hazards", "many:03001")]), "nobody was home to ask about care");
    assert_eq!(visit.follow_up, None);
}
