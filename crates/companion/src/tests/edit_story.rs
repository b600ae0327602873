//! The card: edits, conflicts, numbers behind masks.

use contract::{
    AddMember, ChooseValue, EditHousehold, ErrorCode, GetHousehold, GetToday, HouseholdEdit, ListHouseholds,
    ListUnsent, RecordState, RevealParticulars,
};
use domain::Kind;
use domain::codes::{HouseStatus, NeedCode, NeedState, Relation, Residence};
use domain::flat::Scalar;

use super::phone::{Phone, home};
use crate::store::reference::put_reference;

#[test]
fn an_edit_writes_the_differences_and_waits_in_the_outbox() {
    let mut phone = Phone::of_worker();
    let id = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    let edits = vec![
        HouseholdEdit::ContactName { name: " 王秀兰 ".into() },
        HouseholdEdit::HouseStatus { status: HouseStatus::Rented },
        HouseholdEdit::Need { code: NeedCode::Medical, state: NeedState::Open },
        HouseholdEdit::Need { code: NeedCode::Legal, state: NeedState::Met },
        HouseholdEdit::Note { note: "电梯在修".into() },
    ];
    let view = phone.run(EditHousehold { id, edits });
    assert_eq!(view.row.house_status, Some(HouseStatus::Rented));
    assert_eq!((view.row.open_needs, view.needs.len(), view.note.as_str()), (1, 2, "电梯在修"));
    assert_eq!(view.row.state, RecordState::Queued);
    let outbox = phone.run(ListUnsent::default());
    assert_eq!((outbox.total, outbox.rows[0].kind, outbox.rows[0].title.as_str()), (1, Kind::Household, "1栋1单元402"));

    let nothing = phone.run(EditHousehold { id, edits: vec![HouseholdEdit::Note { note: "电梯在修".into() }] });
    assert_eq!(nothing.row.state, RecordState::Queued);
    let changes: i64 = phone
        .companion
        .store
        .read()
        .query_row("SELECT count(*) AS n FROM change", [], |row| row.get("n"))
        .expect("a count");
    assert_eq!(changes, 1, "an edit that changes nothing makes no change");
}

#[test]
fn a_new_member_is_on_the_card_and_their_numbers_are_behind_masks() {
    let mut phone = Phone::of_worker();
    let id = phone.receive_home("402", &[("王秀兰", "")]);
    let new = AddMember {
        name: "单小雨".into(),
        relation: Some(Relation::Daughter),
        residence: Some(Residence::Present),
        tel: "199-0000-0002".into(),
        id_no: "99010119900307004x".into(),
    };
    let view = phone.run(EditHousehold { id, edits: vec![HouseholdEdit::AddMember(new)] });
    let member = view.members.iter().find(|member| member.name == "单小雨").expect("on the card");
    assert_eq!(member.tel_masked.as_deref(), Some("199****0002"));
    assert_eq!(member.id_no_masked.as_deref(), Some("990***********004X"));
    let revealed = phone.run(RevealParticulars { household: id });
    let shown = revealed.iter().find(|shown| shown.id == member.id).expect("shown");
    assert_eq!((shown.tels.as_slice(), shown.is_id_valid), (["19900000002".to_owned()].as_slice(), true));
    let found = phone.run(ListHouseholds { query: "sxy".into(), ..ListHouseholds::default() });
    assert_eq!(found.total, 1, "found by initials, 单 read as a surname");
    let found = phone.run(ListHouseholds { query: "0002".into(), ..ListHouseholds::default() });
    assert_eq!(found.total, 1, "found by the tail of the new number");
    let log: i64 = phone
        .companion
        .store
        .read()
        .query_row("SELECT count(*) AS n FROM unmasking WHERE account IS NOT NULL", [], |row| row.get("n"))
        .expect("a count");
    assert_eq!(log, 1, "looking at it was written down");
}

#[test]
fn a_lead_edits_the_card_and_gets_no_numbers() {
    let mut phone = Phone::of_lead();
    let id = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    let new = AddMember {
        name: "李小雨".into(),
        relation: None,
        residence: None,
        tel: "19900000002".into(),
        id_no: String::new(),
    };
    let view = phone.run(EditHousehold { id, edits: vec![HouseholdEdit::AddMember(new)] });
    assert!(view.can_edit && !view.has_particulars);
    assert!(view.members.iter().all(|member| member.tel_masked.is_none() && member.id_no_masked.is_none()));
    assert_eq!(phone.refuse(RevealParticulars { household: id }).code, ErrorCode::NotAllowed);
    let kinds: Vec<_> = phone.run(ListUnsent::default()).rows.iter().map(|row| row.kind).collect();
    assert_eq!(kinds, [Kind::Household], "no particulars were made");
    assert_eq!(phone.run(ListHouseholds { query: "0002".into(), ..ListHouseholds::default() }).total, 0);
}

#[test]
fn a_lead_may_not_edit_another_building() {
    let mut phone = Phone::of_lead();
    let (mut household, _) = home("101", &[("孙丽", "")]);
    household.building = super::phone::building(2);
    phone.receive(&household);
    let view = phone.run(GetHousehold { id: household.id });
    assert!(!view.can_edit);
    let edits = vec![HouseholdEdit::Note { note: "x".into() }];
    assert_eq!(phone.refuse(EditHousehold { id: household.id, edits }).code, ErrorCode::NotAllowed);
}

#[test]
fn a_wrong_field_is_named_and_nothing_is_saved() {
    let mut phone = Phone::of_worker();
    let id = phone.receive_home("402", &[("王秀兰", "")]);
    let long = "字".repeat(41);
    for (edit, code, field) in [
        (HouseholdEdit::ContactName { name: long.clone() }, ErrorCode::FieldTooLong, "contact_name"),
        (HouseholdEdit::Note { note: "字".repeat(501) }, ErrorCode::FieldTooLong, "note"),
        (
            HouseholdEdit::AddMember(AddMember {
                name: " ".into(),
                relation: None,
                residence: None,
                tel: String::new(),
                id_no: String::new(),
            }),
            ErrorCode::FieldMissing,
            "edits.1.name",
        ),
        (
            HouseholdEdit::AddMember(AddMember {
                name: "李雷".into(),
                relation: None,
                residence: None,
                tel: "abc".into(),
                id_no: String::new(),
            }),
            ErrorCode::FieldInvalid,
            "edits.1.tel",
        ),
    ] {
        let edits = vec![HouseholdEdit::Note { note: "先改的".into() }, edit];
        let error = phone.refuse(EditHousehold { id, edits });
        assert_eq!((error.code, error.field.as_deref()), (code, Some(field)));
    }
    let view = phone.run(GetHousehold { id });
    assert_eq!((view.note.as_str(), view.row.state), ("", RecordState::Confirmed));
}

#[test]
fn two_contact_names_make_a_card_and_choosing_settles_it() {
    let mut phone = Phone::of_worker();
    let id = phone.receive_home("402", &[("王秀兰", "")]);
    let names = format!(r#"{{"{}": {{"name": "钱富", "role": "building_lead"}}}}"#, super::phone::account_id(2));
    phone.companion.store.write(|writing| put_reference(writing, "account-names", 1, &names)).expect("stored");
    let theirs = phone.colleague_edits(id, |household| household.contact_name = "王兰".into());
    phone.run(EditHousehold { id, edits: vec![HouseholdEdit::ContactName { name: "王秀".into() }] });
    phone.receive_change(id, &theirs);

    let view = phone.run(GetHousehold { id });
    let [conflict] = view.conflicts.as_slice() else { panic!("one card: {:?}", view.conflicts) };
    assert_eq!(conflict.field, "contact_name");
    let said: Vec<_> = conflict.candidates.iter().map(|c| (c.value.clone(), c.by.as_deref(), c.is_shown)).collect();
    assert_eq!(
        said,
        [(Scalar::Text("王秀".into()), Some("赵敏"), true), (Scalar::Text("王兰".into()), Some("钱富"), false)]
    );
    assert_eq!(phone.run(GetToday {}).conflict_count, 1);
    let listed = phone.run(ListHouseholds { has_conflicts: true, ..ListHouseholds::default() });
    assert!(listed.total == 1 && listed.rows[0].has_conflict);

    let choose =
        |value: &str| ChooseValue { household: id, field: "contact_name".into(), value: Scalar::Text(value.into()) };
    assert_eq!(phone.refuse(choose("王五")).code, ErrorCode::FieldInvalid, "only what somebody wrote");
    let view = phone.run(choose("王兰"));
    assert_eq!((view.conflicts.len(), view.row.contact_name.as_str()), (0, "王兰"));
    assert_eq!(phone.run(GetToday {}).conflict_count, 0);
    assert_eq!(phone.run(ListHouseholds { query: "王兰".into(), ..ListHouseholds::default() }).total, 1);
    // 王秀兰 is still a member; as a contact, 王秀 is gone.
    assert_eq!(phone.run(ListHouseholds { query: "王秀".into(), ..ListHouseholds::default() }).total, 1);
}

#[test]
fn numbers_do_not_get_onto_the_card_where_building_leads_would_read_them() {
    let mut phone = Phone::of_worker();
    // The office's own list had a number in a name: who edits something else is not held up by it.
    let id = phone.receive_home("402", &[("王秀兰 19900000001", "")]);
    let member = phone.run(GetHousehold { id }).members[0].clone();
    let person = |name: &str| AddMember {
        name: name.into(),
        relation: None,
        residence: None,
        tel: String::new(),
        id_no: String::new(),
    };
    let named =
        |name: &str| HouseholdEdit::Member { id: member.id, name: name.into(), relation: None, residence: None };
    let member_field = format!("members.{}.name", member.id);
    for (edit, field) in [
        (HouseholdEdit::ContactName { name: "王１９９-0000 0001".into() }, "contact_name"),
        (HouseholdEdit::Note { note: "女儿电话 8765 4321".into() }, "note"),
        (HouseholdEdit::AddMember(person("990101198506120024")), "edits.0.name"),
        (named("王秀兰 19900000002"), member_field.as_str()),
    ] {
        let error = phone.refuse(EditHousehold { id, edits: vec![edit] });
        assert_eq!((error.code, error.field.as_deref()), (ErrorCode::FieldInvalid, Some(field)));
        assert!(!error.detail.contains(|c: char| c.is_ascii_digit()), "the error does not repeat it");
    }
    assert_eq!(phone.run(ListUnsent::default()).total, 0);
    let edits = vec![
        HouseholdEdit::ContactName { name: "王秀兰 19900000001".into() },
        HouseholdEdit::Note { note: "住 402，下午 3 点后在家".into() },
        named("王秀兰 19900000001"),
    ];
    phone.run(EditHousehold { id, edits });
    phone.run(EditHousehold { id, edits: vec![named("王秀兰")] });
}

#[test]
fn a_household_that_is_not_here_is_not_found() {
    let mut phone = Phone::of_worker();
    let (household, _) = home("999", &[]);
    assert_eq!(phone.refuse(GetHousehold { id: household.id }).code, ErrorCode::NotFound);
    assert_eq!(phone.refuse(EditHousehold { id: household.id, edits: vec![] }).code, ErrorCode::NotFound);
}
