//! An office's directory, and a worker who looks something up in it.

use jiff::civil::date;

use super::*;
use crate::reference::{Mistake, Wrong, read_list};

fn service(id: &str, name: &str, kind: ServiceKind, phone: &[&str], areas: &[&str]) -> ServiceEntry {
    let own = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    ServiceEntry {
        id: id.into(),
        name: name.into(),
        kind,
        phone: own(phone),
        address: String::new(),
        hours: String::new(),
        areas: own(areas),
        guide: String::new(),
        desk: None,
        booking: [].into(),
        note: String::new(),
        updated: date(2026, 11, 23),
    }
}

fn grid() -> GridCode {
    "990101001001003".parse().expect("a grid")
}

fn directory() -> Directory {
    let doctors = service(
        "doctors-3",
        "海棠家医三组",
        ServiceKind::FamilyDoctor,
        &["0990-1234567", "19900000021"],
        &["990101001001003"],
    );
    let far = service("community-2", "南门社区", ServiceKind::Community, &["0990-7654321"], &["990101001002"]);
    let mut hall = service("mediation", "海棠信访超市", ServiceKind::Mediation, &["0990-1112223"], &[]);
    hall.address = "北门旧街１２号".into();
    hall.booking = ["on_site".to_owned(), "circuit_court".to_owned()].into();
    with_presets(vec![hall, doctors, far])
}

fn ids<'a>(found: &[&'a ServiceEntry]) -> Vec<&'a str> {
    found.iter().map(|entry| entry.id.as_str()).collect()
}

fn wrongs(directory: &Directory) -> Vec<(usize, &'static str, Wrong)> {
    let mistakes = find_directory_mistakes(directory);
    mistakes.into_iter().map(|Mistake { position, field, wrong, .. }| (position, field, wrong)).collect()
}

#[test]
fn words_are_looked_for_where_people_look() {
    let all = directory();
    for (query, expected) in [
        ("家医", &["doctors-3"][..]),
        ("家庭医生", &["doctors-3"]),
        ("family doctor", &["doctors-3"]),
        ("０９９０　１２３", &["doctors-3"]),
        ("0990123", &["doctors-3"]),
        ("旧街12", &["mediation"]),
        ("紧急 119", &["fire-119"]),
        ("南门", &[]),
        ("-", &[]),
    ] {
        assert_eq!(ids(&search_services(&all, Some(&grid()), query)), expected, "{query}");
    }
    assert_eq!(ids(&search_services(&all, None, "南门")), ["community-2"], "a command desk looks everywhere");
}

#[test]
fn emergency_numbers_come_first_then_what_is_near() {
    let found = directory();
    let found = search_services(&found, Some(&grid()), " ");
    let expected = [
        "police-110",
        "fire-119",
        "ambulance-120",
        "traffic-122",
        "doctors-3",
        "government-12345",
        "legal-12348",
        "mediation",
    ];
    assert_eq!(ids(&found), expected);
}

#[test]
fn the_nearest_of_two_is_on_the_health_desk() {
    let mut all = directory();
    let at = |entry: ServiceEntry, desk| ServiceEntry { desk: Some(desk), ..entry };
    all.push(at(service("hotline", "社区热线", ServiceKind::Community, &["0990-1000000"], &[]), 2));
    all.push(at(service("hotline-1", "北门热线", ServiceKind::Community, &["0990-1000001"], &["990101001001"]), 2));
    all.push(at(service("guide", "购药指南", ServiceKind::Other, &[], &[]), 5));
    assert_eq!(wrongs(&all), []);
    let desk: Vec<_> = find_desk(&all, Some(&grid())).into_iter().map(|(place, e)| (place, e.id.as_str())).collect();
    assert_eq!(desk, [(2, "hotline-1"), (5, "guide")]);
    let twice = at(service("guide-2", "购药指南二", ServiceKind::Other, &[], &[]), 5);
    all.push(twice);
    assert_eq!(wrongs(&all), [(all.len() - 1, "desk", Wrong::Twice("5".into()))]);
}

#[test]
fn an_office_cannot_lose_the_emergency_numbers() {
    assert_eq!(with_presets(Vec::new()), presets());
    assert_eq!(find_directory_mistakes(&presets()), []);
    let own = ServiceEntry { name: "报警（海棠派出所）".into(), ..presets()[0].clone() };
    let whole = with_presets(vec![own.clone()]);
    assert_eq!((whole.len(), whole.last()), (6, Some(&own)), "its own wording stays");
    assert_eq!(with_presets(whole.clone()), whole);

    let taken =
        ServiceEntry { phone: vec!["0990-1234567".into()], areas: vec!["990101".into()], ..presets()[1].clone() };
    assert_eq!(wrongs(&vec![taken]), [(0, "phone", Wrong::Preset("119")), (0, "areas", Wrong::Preset("119"))]);
}

#[test]
fn every_mistake_names_its_entry_and_field() {
    let good = service("ok", "北门社区", ServiceKind::Community, &[], &[]);
    let bad = ServiceEntry {
        id: "OK 1".into(),
        name: " ".into(),
        kind: ServiceKind::Unknown,
        phone: vec!["9901234567".into()],
        address: "长".repeat(121),
        areas: vec!["990101001000".into()],
        guide: "长".repeat(4_001),
        desk: Some(10),
        booking: ["teleport".to_owned()].into(),
        ..good.clone()
    };
    let found = wrongs(&vec![good.clone(), bad, good]);
    assert_eq!(
        found,
        [
            (1, "id", Wrong::Code("OK 1".into())),
            (1, "name", Wrong::Missing),
            (1, "kind", Wrong::Unlisted(String::new())),
            (1, "phone", Wrong::Phone("9901234567".into())),
            (1, "address", Wrong::TooLong { limit: 120, found: 121 }),
            (1, "areas", Wrong::AreaEndsInZeros("990101001000".into())),
            (1, "guide", Wrong::TooLong { limit: 4_000, found: 4_001 }),
            (1, "desk", Wrong::Range { found: 10, least: 1, most: 9 }),
            (1, "booking", Wrong::Unlisted("teleport".into())),
            (2, "id", Wrong::Twice("ok".into())),
        ]
    );
}

#[test]
fn a_phone_reads_what_a_newer_office_wrote() {
    let json = r#"[
        {"id": "a", "name": "社区", "kind": "drone_port", "updated": "2026-11-23", "colour": "red"},
        {"id": "b", "name": "另一种形状", "kind": "other", "updated": {"day": 1}},
        {"id": "c", "name": "物业", "kind": "property", "phone": ["0990-1234567"], "updated": "2026-11-23"}
    ]"#;
    let read: Directory = read_list(json);
    assert_eq!(ids(&read.iter().collect::<Vec<_>>()), ["a", "c"]);
    assert_eq!(read[0].kind, ServiceKind::Unknown);
    let hall = directory().remove(6);
    assert!(hall.offers(BookingKind::OnSite) && !hall.offers(BookingKind::Doctor));
    let whole = serde_json::to_string(&directory()).expect("json");
    assert_eq!(read_list::<ServiceEntry>(&whole), directory());
}
