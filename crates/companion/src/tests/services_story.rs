//! 便民服务 and 通知 at a door without network.

use contract::{
    Event, GetSession, GetToday, IncidentForm, ListNotices, ListServices, OpenIncidentForm, ReadNotice, SubmitIncident,
    Topic,
};
use domain::codes::BookingKind;
use domain::directory::DIRECTORY;
use domain::notice::NOTICES;
use domain::organisation::ORGANISATIONS;
use domain::{GridCode, Incident};

use super::phone::{Phone, clerk, dispatcher, handler, property, worker};
use crate::store::record::read_record;
use crate::store::reference::put_reference;

const PRESETS: [&str; 6] =
    ["police-110", "fire-119", "ambulance-120", "traffic-122", "government-12345", "legal-12348"];

fn publish(phone: &mut Phone, key: &str, version: u64, json: &str) {
    phone.companion.store.write(|writing| put_reference(writing, key, version, json)).expect("stored");
}

fn ids(phone: &mut Phone, request: ListServices) -> Vec<String> {
    phone.run(request).rows.into_iter().map(|row| row.id).collect()
}

fn find(query: &str) -> ListServices {
    ListServices { query: query.into(), ..ListServices::default() }
}

/// A directory of this district.
const SERVICES: &str = r#"[
    {"id": "hall", "name": "海棠信访超市", "kind": "mediation", "phone": ["0990-1234567"], "address": "一号楼",
     "desk": 4, "booking": ["on_site", "remote", "by_pigeon"], "updated": "2026-11-20"},
    {"id": "doctors-far", "name": "第二家医团队", "kind": "family_doctor", "areas": ["990101001001004"], "desk": 1,
     "phone": ["19900000002"], "booking": ["doctor"], "updated": "2026-11-20"},
    {"id": "doctors", "name": "第一家医团队", "kind": "family_doctor", "areas": ["990101001001003"], "desk": 1,
     "phone": ["19900000001"], "booking": ["doctor"], "updated": "2026-11-20"},
    {"id": "robot", "name": "配送机器人", "kind": "delivery_robot", "updated": "2026-11-20"},
    {"id": "of-a-later-version", "name": 7}
]"#;

#[test]
fn the_emergency_numbers_are_there_before_any_sync() {
    let mut phone = Phone::fresh();
    let list = phone.run(ListServices::default());
    assert_eq!(list.version, None);
    assert_eq!(list.rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), PRESETS);
    assert_eq!(list.rows[2].phones, ["120"]);
    assert_eq!(ids(&mut phone, find("火警")), ["fire-119"]);
    assert_eq!(ids(&mut phone, find("１２３４５")), ["government-12345"]);
    assert_eq!(phone.run(ListServices { is_desk: true, ..ListServices::default() }).rows, []);
}

#[test]
fn the_published_directory_is_searched_by_word_number_appointment_and_place_on_the_desk() {
    let mut phone = Phone::of_worker();
    publish(&mut phone, DIRECTORY, 7, SERVICES);
    let list = phone.run(find("信访"));
    assert_eq!((list.version, list.rows.len()), (Some(7), 1));
    let hall = &list.rows[0];
    assert_eq!((hall.kind.as_str(), hall.desk, hall.address.as_str()), ("mediation", Some(4), "一号楼"));
    assert_eq!(hall.bookings, [BookingKind::OnSite, BookingKind::Remote], "what a later version offers is left out");
    assert_eq!(ids(&mut phone, find("09901234")), ["hall"]);
    let all = ids(&mut phone, find(""));
    assert_eq!(all.len(), PRESETS.len() + 3, "what serves another grid, and what cannot be read, is not there");
    assert!(all[..4].iter().eq(&PRESETS[..4]), "emergency numbers first: {all:?}");
    assert!(all.contains(&"robot".into()), "a kind of a later version is still called");
    let desk = || ListServices { is_desk: true, ..ListServices::default() };
    assert_eq!(ids(&mut phone, desk()), ["doctors", "hall"], "by place");
    assert_eq!(ids(&mut phone, ListServices { query: "家医".into(), ..desk() }), ["doctors"]);
    let doctor = ListServices { booking: Some(BookingKind::Doctor), ..ListServices::default() };
    assert_eq!(ids(&mut phone, doctor), ["doctors"]);

    publish(&mut phone, DIRECTORY, 8, "[]");
    let list = phone.run(ListServices::default());
    assert_eq!((list.version, list.rows.len()), (Some(8), PRESETS.len()), "an office that clears its list keeps these");
}

#[test]
fn who_has_two_grids_finds_what_serves_either_and_a_desk_finds_all() {
    let mut account = worker();
    account.scope.grids.insert("990101001001004".parse::<GridCode>().expect("a grid"));
    for (account, doctors) in [
        (account, ["doctors", "doctors-far"]),
        (dispatcher(5), ["doctors-far", "doctors"]),
        (handler(7, property()), ["doctors-far", "doctors"]),
    ] {
        let mut phone = Phone::of(account);
        publish(&mut phone, DIRECTORY, 1, SERVICES);
        assert_eq!(ids(&mut phone, find("家医")), doctors);
        assert_eq!(ids(&mut phone, find(""))[0], PRESETS[0]);
    }
}

#[test]
fn a_notice_is_new_until_it_is_opened_and_again_when_it_begins_anew() {
    let mut phone = Phone::with_file();
    assert_eq!(phone.run(ListNotices {}), []);
    publish(&mut phone, NOTICES, 1, "[\"停水\"]");
    assert_eq!(phone.run(ListNotices {}), [], "the plain texts of a first server are no notices");
    let notices = |water_from: &str| {
        format!(
            r#"[{{"id": "health", "title": "义诊", "text": "周三义诊。", "from": "2026-11-01"}},
                {{"id": "water", "title": "停水", "text": "今日停水。", "from": "{water_from}", "is_urgent": true}},
                {{"id": "other", "title": "另一网格", "text": "……", "from": "2026-11-01", "areas": ["990101001001004"]}},
                {{"id": "over", "title": "已过", "text": "……", "from": "2026-11-01", "until": "2026-11-22"}}]"#
        )
    };
    publish(&mut phone, NOTICES, 2, &notices("2026-11-20"));
    let read = |phone: &mut Phone| -> Vec<(String, bool)> {
        phone.run(ListNotices {}).into_iter().map(|notice| (notice.id, notice.is_read)).collect()
    };
    assert_eq!(read(&mut phone), [("water".into(), false), ("health".into(), false)], "urgent first");
    assert_eq!(phone.run(GetToday {}).notice_count, 2);
    phone.companion.take_events();
    phone.run(ReadNotice { id: "water".into() });
    assert_eq!(phone.companion.take_events(), [Event::Changed { topics: vec![Topic::Session] }]);
    phone.run(ReadNotice { id: "water".into() });
    phone.run(ReadNotice { id: "taken-back".into() });
    assert_eq!(phone.companion.take_events(), [], "opening it once more changes nothing");
    let mut phone = phone.restart();
    assert_eq!(read(&mut phone), [("water".into(), true), ("health".into(), false)]);
    assert_eq!(phone.run(GetToday {}).notice_count, 1);
    publish(&mut phone, NOTICES, 3, &notices("2026-11-23"));
    assert_eq!(phone.run(GetToday {}).notice_count, 2, "the water is off once more");
}

#[test]
fn the_header_names_the_place_of_every_role() {
    let organisations = r#"{"haitang-property": {"name": "海棠物业", "kind": "property"}, "bad code": {"name": "？"}}"#;
    for (account, before, after, may_report) in [
        (worker(), "第3网格", "海棠第三网格", true),
        (clerk(4), "第1社区", "第1社区", true),
        (dispatcher(5), "第1镇街", "第1镇街", true),
        (handler(7, property()), "haitang-property", "海棠物业", false),
    ] {
        let mut phone = Phone::of(account);
        let owner = phone.run(GetSession {}).account.expect("an owner");
        assert_eq!(owner.units, [before]);
        publish(&mut phone, ORGANISATIONS, 1, organisations);
        publish(&mut phone, "grids", 1, r#"{"990101001001003": "海棠第三网格"}"#);
        let owner = phone.run(GetSession {}).account.expect("an owner");
        assert_eq!((owner.units[0].as_str(), owner.may_report), (after, may_report));
        assert_eq!(owner.has_households, owner.role == domain::Role::GridWorker);
    }
}

#[test]
fn what_a_desk_reports_belongs_to_the_first_grid_of_its_area() {
    for account in [clerk(4), dispatcher(5)] {
        let mut phone = Phone::of(account);
        assert!(!phone.run(GetSession {}).account.expect("an owner").may_report, "no grid is known before the sync");
        publish(
            &mut phone,
            "grids",
            1,
            r#"{"990100001001001": "远", "990101001001003": "近", "990101001001004": "近"}"#,
        );
        assert!(phone.run(GetSession {}).account.expect("an owner").may_report);
        let draft = phone.run(OpenIncidentForm::default()).draft;
        let form = IncidentForm { category: "05001".into(), ..IncidentForm::default() };
        let id = phone.run(SubmitIncident { draft, form }).incident;
        let stored: Incident =
            read_record(phone.companion.store.read(), id.into()).expect("store").expect("here").record;
        assert_eq!(stored.grid.as_str(), "990101001001003");
    }
}
