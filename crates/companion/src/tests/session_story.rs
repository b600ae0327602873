//! Whose phone this is, and how it looks.

use contract::{
    DiscardDrafts, ErrorCode, Event, GetAbout, GetSession, GetToday, LastSync, SaveSettings, Settings, StoreHealth,
    SyncResult, Theme, Topic,
};
use domain::codes::Language;
use domain::{InstallationId, UnixMillis};

use super::phone::{Phone, building, grid, lead, worker};
use crate::store::reference::put_reference;

#[test]
fn a_phone_out_of_the_box_has_no_owner_and_says_so() {
    let mut phone = Phone::fresh();
    let session = phone.run(GetSession {});
    assert_eq!(session.account, None);
    assert_eq!(session.store, StoreHealth::Ready);
    assert_eq!(phone.refuse(GetToday {}).code, ErrorCode::NotEnrolled);
}

#[test]
fn owner_and_looks_survive_a_restart() {
    let mut phone = Phone::with_file();
    let looks = Settings { language: Language::En, theme: Theme::Dark, care: true };
    phone.run(SaveSettings { settings: looks });
    let before = phone.companion.installation().expect("an id");
    let mut phone = phone.restart();
    let session = phone.run(GetSession {});
    let owner = session.account.expect("an owner");
    assert_eq!((owner.name.as_str(), owner.units.as_slice()), ("赵敏", ["第3网格".to_owned()].as_slice()));
    assert_eq!(session.settings, looks);
    assert_eq!(phone.companion.installation().expect("an id"), before);
    assert_eq!(
        phone.companion.server().expect("readable"),
        Some(("https://district.example".to_owned(), "token".to_owned()))
    );
}

#[test]
fn names_of_units_come_from_reference_data_when_it_is_there() {
    let mut phone = Phone::of_lead();
    phone.receive_home("402", &[("王秀兰", "")]);
    assert_eq!(phone.run(GetToday {}).units, ["海棠花园 1栋"], "what the doors say");
    let json = format!(r#"{{"{}": {{"compound": "海棠花园", "name": "一号楼"}}}}"#, building(1));
    let key = format!("buildings/{}", grid());
    phone.companion.store.write(|writing| put_reference(writing, &key, 2, &json)).expect("stored");
    assert_eq!(phone.run(GetToday {}).units, ["海棠花园 一号楼"]);
    phone.companion.store.write(|writing| put_reference(writing, &key, 1, "{}")).expect("stored");
    assert_eq!(phone.run(GetToday {}).units, ["海棠花园 一号楼"], "an older version changes nothing");
}

#[test]
fn a_command_crosses_the_bridge_as_json() {
    let mut phone = Phone::of_worker();
    let reply = phone.companion.handle("get_about", "{}").expect("a reply");
    let about: contract::About = serde_json::from_str(&reply).expect("an about page");
    assert_eq!((about.version.as_str(), about.households), ("0.1.0", 0));
    assert!(about.store_bytes > 0);
    assert_eq!(phone.run(GetAbout {}), about);
    for (name, json) in [("get_about", "{"), ("no_such", "{}"), ("sync_now", "{}"), ("get_household", "{}")] {
        let error = phone.companion.handle(name, json).expect_err(name);
        assert_eq!(error.code, ErrorCode::BadRequest, "{name}");
    }
    let secret = phone.companion.handle("get_household", r#"{"id": "王秀兰"}"#).expect_err("no id");
    assert!(!secret.detail.contains('王'), "an error repeats nothing of the request");
}

#[test]
fn screens_hear_once_what_changed() {
    let mut phone = Phone::of_worker();
    phone.companion.take_events();
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    phone.visit(home, |form| form.outcome = Some(domain::codes::Outcome::Met));
    let events = phone.companion.take_events();
    assert_eq!(events, [Event::Changed { topics: vec![Topic::Households, Topic::Outbox] }]);
    assert_eq!(phone.companion.take_events(), []);
}

/// The server has answered every change with this.
fn answer_all(phone: &mut Phone, state: &str) {
    let answered = phone.companion.store.write::<_, crate::StoreError>(|writing| {
        writing.execute("UPDATE change SET state = ?1", [state])?;
        Ok(())
    });
    answered.expect("answered");
}

#[test]
fn a_phone_changes_hands_only_when_nothing_is_left_that_only_it_has() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    phone.visit(home, |form| form.outcome = Some(domain::codes::Outcome::Absent));
    let installation = InstallationId::new(UnixMillis::new(8), [8; 10]);
    let server = "https://district.example";
    // A visit on its way or held is one record; what was not accepted is told document by document.
    for (state, records) in [("pending", 1), ("set_aside", 2), ("held", 1), ("refused", 2)] {
        answer_all(&mut phone, state);
        let early = phone.companion.check_enrolment(server).expect_err("said before the code is spent");
        assert_eq!(early.code, ErrorCode::NotAllowed, "{state}");
        let refused = phone.companion.bind(lead(), server, "other", installation).expect_err(state);
        assert_eq!(refused.code, ErrorCode::NotAllowed, "{state}");
        assert_eq!(phone.run(contract::GetHousehold { id: home }).visit_count, 1, "{state}: all of it is still here");
        assert_eq!(phone.run(contract::ListUnsent::default()).total, records, "{state}");
    }
    answer_all(&mut phone, "confirmed");
    let draft = phone.begin_visit(home, "约了明天");
    assert_eq!(phone.companion.check_enrolment(server).expect_err("a form is begun").code, ErrorCode::NotAllowed);
    assert!(phone.companion.bind(lead(), server, "other", installation).is_err());
    assert_eq!(phone.run(GetToday {}).drafts.len(), 1);
    phone.run(DiscardDrafts { drafts: vec![draft] });

    phone.companion.check_enrolment(server).expect("nothing is left");
    phone.companion.bind(lead(), server, "other", installation).expect("bound");
    let about = phone.run(GetAbout {});
    assert_eq!((about.households, about.visits), (0, 0), "the lead gets nothing of the worker's");
    let tails: i64 = phone
        .companion
        .store
        .read()
        .query_row("SELECT count(*) AS n FROM phone_tail", [], |row| row.get("n"))
        .expect("a count");
    assert_eq!(tails, 0);
}

#[test]
fn a_phone_whose_right_was_withdrawn_is_enrolled_again_with_its_work() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    phone.visit(home, |form| form.outcome = Some(domain::codes::Outcome::Absent));
    let last = LastSync { at: UnixMillis::new(1), result: SyncResult::Revoked, sent: 0, received: 0 };
    let server = "https://district.example";
    phone.companion.check_enrolment("https://moved.example").expect("the office has moved");
    phone.companion.set_sync_status(crate::SyncStatus { last: Some(last), ..crate::SyncStatus::default() });
    phone.companion.check_enrolment(server).expect("there is no other way to hand it in");
    let installation = InstallationId::new(UnixMillis::new(8), [8; 10]);
    assert!(phone.companion.bind(lead(), server, "other", installation).is_err(), "but not to somebody else");
    phone.companion.bind(worker(), server, "other", installation).expect("bound");
    assert_eq!(phone.run(contract::ListUnsent::default()).total, 1);
}

#[test]
fn a_household_says_when_the_server_last_vouched_for_it() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    assert_eq!(phone.run(contract::GetHousehold { id: home }).verified_at, None);
    phone
        .companion
        .store
        .write::<_, crate::StoreError>(|writing| {
            writing.execute_batch(
                "INSERT INTO collection (name, rank, verified_at) VALUES ('households/990101001001003', 0, 77);
                 INSERT INTO membership (collection, document) SELECT 'households/990101001001003', id FROM household;",
            )?;
            Ok(())
        })
        .expect("vouched for");
    assert_eq!(phone.run(contract::GetHousehold { id: home }).verified_at, Some(UnixMillis::new(77)));
}
