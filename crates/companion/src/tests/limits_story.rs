//! What a list or an older version brought beyond a limit is not held against whoever edits something else.

use contract::{AddMember, EditHousehold, ErrorCode, HouseholdEdit, RevealParticulars};
use domain::codes::{Outcome, Residence};
use domain::household::Member;
use domain::{HouseholdId, UnixMillis};

use super::phone::{Phone, home};

fn crowd(people: usize) -> domain::Household {
    let (mut household, _) = home("901", &[("工友甲", "")]);
    for n in household.members.len()..people {
        let id = domain::MemberId::new(UnixMillis::new(100 + n as i64), [7; 10]);
        household.members.insert(id, Member { name: format!("工友{n:03}"), relation: None, residence: None });
    }
    household
}

fn newcomer(tel: &str) -> AddMember {
    AddMember { name: "工友新".into(), relation: None, residence: None, tel: tel.into(), id_no: String::new() }
}

fn refuse_edit(phone: &mut Phone, id: HouseholdId, edit: HouseholdEdit) -> (ErrorCode, Option<String>) {
    let error = phone.refuse(EditHousehold { id, edits: vec![edit] });
    (error.code, error.field)
}

#[test]
fn a_home_of_sixty_one_takes_everything_but_one_more() {
    let mut phone = Phone::of_worker();
    let household = crowd(61);
    let id = household.id;
    phone.receive(&household);
    let left = *household.members.keys().next().expect("somebody");
    phone.visit(id, |form| {
        form.outcome = Some(Outcome::Met);
        form.left_members = [left].into();
    });
    phone.run(EditHousehold { id, edits: vec![HouseholdEdit::Note { note: "晾衣间堆放杂物".into() }] });
    let full = refuse_edit(&mut phone, id, HouseholdEdit::AddMember(newcomer("")));
    assert_eq!(full, (ErrorCode::FieldTooMany, Some("members".into())));
    let opened = phone.run(contract::OpenVisitForm { household: id, draft: None });
    let mut form = opened.form;
    form.outcome = Some(Outcome::Met);
    form.new_members = vec![newcomer("")];
    let error = phone.refuse(contract::SubmitVisit { draft: opened.draft, form });
    assert_eq!((error.code, error.field.as_deref()), (ErrorCode::FieldTooMany, Some("members")));
}

#[test]
fn a_person_with_twelve_phones_does_not_stand_in_the_way_of_a_neighbour() {
    let mut phone = Phone::of_worker();
    let (household, mut particulars) = home("402", &[("王秀兰", "19900000001"), ("李小雨", "")]);
    let person = particulars.members.values_mut().next().expect("numbers");
    person.tels.extend((2..=12).map(|n| format!("199000000{n:02}")));
    assert_eq!(person.tels.len(), 12);
    phone.receive(&household);
    phone.receive(&particulars);
    let id = household.id;
    phone.run(EditHousehold { id, edits: vec![HouseholdEdit::AddMember(newcomer("19900000099"))] });
    phone.visit(id, |form| {
        form.outcome = Some(Outcome::Met);
        form.consent_given = true;
    });
    let revealed = phone.run(RevealParticulars { household: id });
    assert!(revealed.iter().any(|shown| shown.tels == ["19900000099"]), "the newcomer's number is kept");
    assert!(revealed.iter().any(|shown| shown.tels.len() == 12), "and so are the twelve");
}

#[test]
fn a_text_that_came_too_long_can_be_kept_and_shortened_but_not_lengthened() {
    let mut phone = Phone::of_worker();
    let (mut household, _) = home("402", &[("王秀兰", "")]);
    household.note = "字".repeat(900);
    household.contact_name = format!("{}19900000001", "长".repeat(60));
    let nameless = *household.members.keys().next().expect("somebody");
    household.members.get_mut(&nameless).expect("here").name = String::new();
    household.place.compound = "远".repeat(250);
    let id = household.id;
    phone.receive(&household);

    let moved = HouseholdEdit::Member {
        id: nameless,
        name: String::new(),
        relation: None,
        residence: Some(Residence::MovedOut),
    };
    phone.run(EditHousehold { id, edits: vec![moved] });
    let contact_name = household.contact_name.clone();
    phone.visit(id, |form| {
        form.outcome = Some(Outcome::Met);
        form.contact_name = Some(contact_name);
    });
    let note = |length| HouseholdEdit::Note { note: "字".repeat(length) };
    let too_long = (ErrorCode::FieldTooLong, Some("note".into()));
    assert_eq!(refuse_edit(&mut phone, id, note(901)), too_long);
    let view = phone.run(EditHousehold { id, edits: vec![note(700)] });
    assert_eq!(view.note.chars().count(), 700);
    assert_eq!(refuse_edit(&mut phone, id, note(701)), too_long, "what was won stays won");
    let shorter = HouseholdEdit::ContactName { name: "长19900000001".into() };
    phone.run(EditHousehold { id, edits: vec![shorter] });
    let another = HouseholdEdit::ContactName { name: "长19900000002".into() };
    let invalid = (ErrorCode::FieldInvalid, Some("contact_name".into()));
    assert_eq!(refuse_edit(&mut phone, id, another), invalid, "a number that was not there");

    // A door whose address is longer than a report takes can be reported from.
    let opened = phone.run(contract::OpenIncidentForm { household: Some(id), ..Default::default() });
    let form = contract::IncidentForm { category: "03002".into(), ..opened.form };
    phone.run(contract::SubmitIncident { draft: opened.draft, form });
}
