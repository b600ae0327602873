//! 记录走访: the form, its draft, and everything that one submit makes.

use contract::{
    AddMember, DiscardDrafts, DraftKind, EditHousehold, ErrorCode, GetHousehold, GetIncident, GetSync, GetToday,
    GetVisit, HouseholdEdit, ListIncidents, ListUnsent, ListVisits, OpenVisitForm, RecordState, RevealParticulars,
    SaveVisitForm, SubmitVisit, VisitForm,
};
use domain::cadence::DueState;
use domain::codes::{Advice, HouseStatus, NeedCode, Outcome, Relation, Residence, Source};
use domain::household::Household;
use domain::visit::{Answer, FollowUp, Tri};
use domain::{Incident, Kind, Visit};

use super::phone::{Phone, TODAY, worker};
use crate::StoreError;
use crate::store::document::{DocumentRow, Projection, put_document};
use crate::store::record::read_record;

fn many(codes: &[&str]) -> Answer {
    Answer::Many(codes.iter().map(|code| (*code).to_owned()).collect())
}

#[test]
fn one_submit_makes_visit_incident_member_needs_and_numbers() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "19900000001"), ("李国强", "")]);
    let before = phone.run(GetHousehold { id: home });
    assert_eq!(before.row.due, DueState::DueToday);
    let left = before.members.iter().find(|member| member.name == "李国强").expect("a member").id;

    let receipt = phone.visit(home, |form| {
        form.outcome = Some(Outcome::Met);
        form.consent_given = true;
        form.answers.insert("needs_care".into(), Answer::Tri(Tri::Yes));
        form.answers.insert("needs".into(), many(&["02", "06"]));
        form.answers.insert("hazards".into(), many(&["03002", "04001"]));
        form.incidents.insert("hazards.03002".into(), "楼道里充电".into());
        form.contact_name = Some("王秀兰 ".into());
        form.house_status = Some(HouseStatus::Rented);
        form.new_members.push(AddMember {
            name: "曾小雨".into(),
            relation: Some(Relation::Daughter),
            residence: Some(Residence::Present),
            tel: "19900000003".into(),
            id_no: String::new(),
        });
        form.left_members.insert(left);
        form.advice.insert(Advice::AntiFraud);
        form.leaflets = 2;
        form.follow_up = Some(FollowUp { text: "带老花镜来".into(), date: Some(TODAY) });
        form.note = "楼下门禁坏了".into();
    });
    let [(incident_id, category)] = receipt.incidents.as_slice() else { panic!("one tick became an incident") };
    assert_eq!(category, "03002", "the gas was ticked and not reported");

    let view = phone.run(GetHousehold { id: home });
    assert!(matches!(view.row.due, DueState::DueIn { .. }), "{:?}", view.row.due);
    assert_eq!(view.row.last_visit.map(|mark| mark.outcome), Some(Outcome::Met));
    assert_eq!((view.row.house_status, view.row.open_needs), (Some(HouseStatus::Rented), 2));
    let names: Vec<_> = view.members.iter().map(|member| (member.name.as_str(), member.residence)).collect();
    assert_eq!(names.len(), 3);
    assert_eq!(*names.last().expect("three"), ("李国强", Some(Residence::MovedOut)), "who left comes last");
    assert_eq!((view.visits.len(), view.visit_count, view.incidents.len()), (1, 1, 1));
    assert_eq!(view.row.state, RecordState::Queued);
    let new = view.members.iter().find(|member| member.name == "曾小雨").expect("on the card");
    assert_eq!(new.tel_masked.as_deref(), Some("199****0003"));

    let visit = phone.run(GetVisit { id: receipt.visit });
    assert_eq!((visit.door.as_str(), visit.note.as_str(), visit.leaflets), ("1栋1单元402", "楼下门禁坏了", 2));
    assert_eq!(visit.answers.get("needs_care"), Some(&Answer::Tri(Tri::Yes)));
    assert_eq!(visit.advice, [Advice::AntiFraud]);
    assert_eq!(visit.follow_up.as_ref().map(|promise| promise.text.as_str()), Some("带老花镜来"));
    let fields: Vec<_> = visit.improvements.iter().map(|i| i.field.split('.').next().unwrap_or_default()).collect();
    for field in ["house_status", "members", "needs"] {
        assert!(fields.contains(&field), "{field} in {fields:?}");
    }
    assert!(!fields.contains(&"contact_name"), "the same name is no improvement");
    assert_eq!((visit.row.by, visit.row.summary.as_str()), (None, "楼下门禁坏了"));

    let incident = phone.run(GetIncident { id: *incident_id });
    assert_eq!((incident.row.address_text.as_str(), incident.text.as_str()), ("海棠花园1栋1单元402", "楼道里充电"));
    assert_eq!(incident.household, Some((home, "1栋1单元402".to_owned())));
    let stored: Incident =
        read_record(phone.companion.store.read(), (*incident_id).into()).expect("store").expect("here").record;
    assert_eq!((stored.source, stored.visit), (Source::Visit, Some(receipt.visit)));

    let kinds: Vec<_> = phone.run(ListUnsent::default()).rows.iter().map(|row| row.kind).collect();
    assert_eq!(kinds.len(), 2, "the visit with what it wrote, and the incident: {kinds:?}");
    let today = phone.run(GetToday {});
    assert_eq!((today.drafts.len(), today.sync.unsent, today.incident_count), (0, 2, 1));
    assert!(!today.sync.verified);
    assert!(phone.run(OpenVisitForm { household: home, draft: None }).has_consent, "consent was remembered");
    assert_eq!(phone.run(RevealParticulars { household: home }).len(), 2);
}

#[test]
fn what_is_typed_is_found_again_after_a_kill() {
    let mut phone = Phone::with_file();
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    let opened = phone.run(OpenVisitForm { household: home, draft: None });
    assert!(!opened.is_resumed);
    let form = VisitForm { outcome: Some(Outcome::Family), note: "一半".into(), ..opened.form };
    phone.run(SaveVisitForm { draft: opened.draft, form: form.clone() });
    let mut phone = phone.restart();
    let today = phone.run(GetToday {});
    assert_eq!(today.drafts.len(), 1);
    assert_eq!((today.drafts[0].kind, today.drafts[0].title.as_str()), (DraftKind::Visit, "1栋1单元402"));
    let again = phone.run(OpenVisitForm { household: home, draft: None });
    assert!(again.is_resumed);
    assert_eq!((again.draft, again.form, again.template), (opened.draft, form, opened.template));
}

#[test]
fn no_change_is_offered_from_the_last_visit_and_sensitive_answers_only_with_consent() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    phone.visit(home, |form| {
        form.outcome = Some(Outcome::Met);
        form.answers.insert("needs_care".into(), Answer::Tri(Tri::Yes));
        form.answers.insert("needs".into(), many(&["02"]));
    });
    let opened = phone.run(OpenVisitForm { household: home, draft: None });
    assert!(!opened.has_consent);
    assert_eq!(opened.last_answers.get("needs"), Some(&many(&["02"])));
    assert_eq!(opened.last_answers.get("needs_care"), None, "given without consent, so it was not kept");
    assert!(opened.last_at.is_some());
}

#[test]
fn a_tick_repeated_does_not_reopen_a_need_that_was_met() {
    use contract::{EditHousehold, HouseholdEdit};
    use domain::codes::NeedState;
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    let met = HouseholdEdit::Need { code: NeedCode::Medical, state: NeedState::Met };
    phone.run(EditHousehold { id: home, edits: vec![met] });
    phone.visit(home, |form| {
        form.outcome = Some(Outcome::Met);
        form.answers.insert("needs".into(), many(&["02"]));
    });
    assert_eq!(phone.run(GetHousehold { id: home }).row.open_needs, 0);
}

#[test]
fn a_shut_door_is_an_attempt_and_three_give_rest() {
    let mut phone = Phone::of_lead();
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    for attempt in 1..=3 {
        phone.visit(home, |form| form.outcome = Some(Outcome::Absent));
        phone.wait_minutes(60);
        let row = phone.run(GetHousehold { id: home }).row;
        assert_eq!(row.attempts, attempt);
        assert_eq!(row.last_attempt.map(|mark| mark.outcome), Some(Outcome::Absent));
        assert_eq!(matches!(row.due, DueState::Rested { .. }), attempt == 3, "{:?}", row.due);
        let record: Household =
            read_record(phone.companion.store.read(), home.into()).expect("store").expect("here").record;
        assert_eq!(row.due, domain::due_state(&record, TODAY), "the row says what the card says");
    }
    assert_eq!(phone.run(ListVisits { household: home, after: None }).rows.len(), 3);
}

#[test]
fn a_visit_needs_an_outcome_and_names_the_field_that_is_wrong() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    let draft = phone.run(OpenVisitForm { household: home, draft: None }).draft;
    let good = VisitForm { outcome: Some(Outcome::Met), ..VisitForm::default() };
    let nobody = phone.receive_home("403", &[("孙丽", "")]);
    let stranger = phone.run(GetHousehold { id: nobody }).members[0].id;
    let cases: Vec<(VisitForm, ErrorCode, String)> = vec![
        (VisitForm::default(), ErrorCode::FieldMissing, "outcome".into()),
        (VisitForm { note: "字".repeat(2_001), ..good.clone() }, ErrorCode::FieldTooLong, "note".into()),
        (
            VisitForm { answers: [("needs".to_owned(), Answer::Number(3))].into(), ..good.clone() },
            ErrorCode::FieldInvalid,
            "answers.needs".into(),
        ),
        (
            VisitForm { left_members: [stranger].into(), ..good.clone() },
            ErrorCode::NotFound,
            format!("left_members.{stranger}"),
        ),
        (
            VisitForm { contact_name: Some("王先生199 0000 0001".into()), ..good.clone() },
            ErrorCode::FieldInvalid,
            "contact_name".into(),
        ),
        (
            VisitForm {
                new_members: vec![AddMember {
                    name: "单小雨19900000001".into(),
                    relation: None,
                    residence: None,
                    tel: String::new(),
                    id_no: String::new(),
                }],
                ..good.clone()
            },
            ErrorCode::FieldInvalid,
            "new_members.0.name".into(),
        ),
    ];
    for (form, code, field) in cases {
        let error = phone.refuse(SubmitVisit { draft, form });
        assert_eq!((error.code, error.field), (code, Some(field)));
    }
    assert_eq!(phone.run(ListUnsent::default()).total, 0, "nothing was saved");
    phone.run(SubmitVisit { draft, form: good.clone() });
    assert_eq!(phone.refuse(SubmitVisit { draft, form: good.clone() }).code, ErrorCode::DraftGone, "once, not twice");
    assert_eq!(phone.refuse(SaveVisitForm { draft, form: good }).code, ErrorCode::DraftGone);
    phone.run(DiscardDrafts { drafts: vec![draft] });
}

#[test]
fn a_lead_logs_a_visit_without_touching_particulars() {
    let mut phone = Phone::of_lead();
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    let opened = phone.run(OpenVisitForm { household: home, draft: None });
    assert_eq!(opened.template.key, domain::checklist::BUILDING_LEAD_SHORT);
    let receipt = phone.visit(home, |form| {
        form.outcome = Some(Outcome::Met);
        form.consent_given = true;
        form.new_members.push(AddMember {
            name: "李小雨".into(),
            relation: None,
            residence: None,
            tel: "19900000003".into(),
            id_no: String::new(),
        });
    });
    assert!(receipt.incidents.is_empty());
    let kinds: Vec<_> = phone.run(ListUnsent::default()).rows.iter().map(|row| row.kind).collect();
    assert!(!kinds.contains(&Kind::Particulars), "{kinds:?}");
    let found: i64 = phone
        .companion
        .store
        .read()
        .query_row(
            "SELECT count(*) AS n FROM document WHERE instr(CAST(bytes AS BLOB), CAST('19900000003' AS BLOB)) > 0",
            [],
            |row| row.get("n"),
        )
        .expect("a count");
    assert_eq!(found, 0, "the number is nowhere");
    assert_eq!(phone.run(ListIncidents::default()).total, 0);
}

#[test]
fn visits_from_the_server_are_looked_at_when_the_household_is_opened() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    let receipt = phone.visit(home, |form| form.outcome = Some(Outcome::Met));
    // The same visit as it would have come: bytes and a parent, not looked at.
    phone
        .companion
        .store
        .write::<_, StoreError>(|writing| {
            let row = crate::store::document::find_document(writing, receipt.visit.into())?.expect("here");
            writing.execute("DELETE FROM visit", [])?;
            put_document(writing, &DocumentRow { projection: Projection::Waiting, ..row })
        })
        .expect("stored");
    let view = phone.run(GetHousehold { id: home });
    assert_eq!((view.visits.len(), view.visit_count), (1, 1));
    assert_eq!(phone.companion.fill_idle(10).expect("store"), 0, "nothing waits any more");
}

#[test]
fn a_document_that_this_version_cannot_read_is_kept_and_disturbs_nobody() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    let receipt = phone.visit(home, |form| form.outcome = Some(Outcome::Met));
    phone
        .companion
        .store
        .write::<_, StoreError>(|writing| {
            let row = crate::store::document::find_document(writing, receipt.visit.into())?.expect("here");
            writing.execute("DELETE FROM visit", [])?;
            let bytes = b"from the future".to_vec();
            put_document(writing, &DocumentRow { projection: Projection::Waiting, bytes, ..row })
        })
        .expect("stored");
    let view = phone.run(GetHousehold { id: home });
    assert_eq!((view.visits.len(), view.visit_count), (0, 1));
    assert_eq!(phone.companion.fill_idle(10).expect("store"), 0);
    assert_eq!(phone.refuse(GetVisit { id: receipt.visit }).code, ErrorCode::NotFound);
}

#[test]
fn the_visit_record_says_who_when_and_with_which_checklist() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    let began = phone.companion.now();
    let receipt = phone.visit(home, |form| form.outcome = Some(Outcome::Phone));
    let visit: Visit =
        read_record(phone.companion.store.read(), receipt.visit.into()).expect("store").expect("here").record;
    assert_eq!((visit.by, visit.role), (worker().id, worker().role));
    assert_eq!((visit.at_start, visit.at_end), (began, began.plus_ms(5 * 60_000)));
    assert_eq!(visit.template, "three-inquiries-peacetime@1");
}

#[test]
fn a_visit_with_all_that_it_wrote_is_one_record_to_send() {
    let mut phone = Phone::of_worker();
    let id = phone.receive_home("402", &[("王秀兰", "")]);
    let member = phone.run(GetHousehold { id }).members[0].id;
    phone.visit(id, |form| form.outcome = Some(Outcome::Met));
    let outbox = phone.run(ListUnsent::default());
    assert_eq!((outbox.total, outbox.rows.len(), outbox.rows[0].kind), (1, 1, Kind::Visit));
    assert_eq!(phone.run(GetSync {}).summary.unsent, 1, "not one for each document behind it");

    // Card and particulars edited later are a second one, whatever hides which of the two.
    phone.wait_minutes(5);
    let correct =
        HouseholdEdit::Numbers { id: member, add_tels: vec!["19900000007".into()], remove_tels: vec![], id_no: None };
    phone.run(EditHousehold { id, edits: vec![HouseholdEdit::Note { note: "电梯在修".into() }, correct] });
    let outbox = phone.run(ListUnsent::default());
    let kinds: Vec<Kind> = outbox.rows.iter().map(|row| row.kind).collect();
    assert_eq!((outbox.total, kinds.as_slice()), (2, [Kind::Household, Kind::Visit].as_slice()));
    assert_eq!(phone.run(GetSync {}).summary.unsent, 2);
}
