//! What taps on a household's page do.

use contract::ErrorCode;

use super::*;
use crate::tests::sample;

fn open() -> Household {
    let (mut page, _) = Household::open(&sample::id(2, 2), &sample::worker());
    page.update(Msg::Read(Ok(Box::new(sample::household_view(true)))));
    page
}

#[test]
fn choosing_an_entry_is_one_edit_and_a_second_tap_none() {
    let mut page = open();
    let value = Scalar::Text("李建国（儿子）".into());
    let effects = page.update(Msg::Choose("contact_name".into(), value.clone()));
    let asked: ChooseValue = effects[0].asked().expect("asked");
    assert_eq!((asked.field.as_str(), asked.value), ("contact_name", value.clone()));
    assert!(page.update(Msg::Choose("contact_name".into(), value)).is_empty());
}

#[test]
fn only_fields_that_differ_are_edited() {
    let mut page = open();
    page.update(Msg::EditCard);
    page.update(Msg::Typed(Field::ContactName(" 李建国 ".into())));
    let effects = page.update(Msg::Save);
    let asked: EditHousehold = effects[0].asked().expect("asked");
    assert_eq!(asked.edits, [HouseholdEdit::ContactName { name: "李建国".into() }]);
}

#[test]
fn a_failed_save_keeps_the_sheet_and_what_was_typed() {
    let mut page = open();
    page.update(Msg::AddMember);
    page.update(Msg::Typed(Field::Name("李小明".into())));
    page.update(Msg::Save);
    page.update(Msg::Saved(Err(CommandError::new(ErrorCode::StorageFull))));
    assert!(matches!(&page.sheet, Sheet::NewMember(member) if member.name == "李小明"));
    assert!(page.error.is_some());
    let again = page.update(Msg::Save);
    assert!(again[0].asked::<EditHousehold>().is_some(), "it can be tried again");
    page.update(Msg::Saved(Ok(Box::new(sample::household_view(true)))));
    assert_eq!(page.sheet, Sheet::Closed);
}

#[test]
fn an_untouched_sheet_closes_without_an_edit() {
    let mut page = open();
    page.update(Msg::EditCard);
    let effects = page.update(Msg::Save);
    assert!(effects.iter().all(|effect| effect.asked::<EditHousehold>().is_none()));
    assert_eq!(page.sheet, Sheet::Closed);
}

#[test]
fn numbers_are_shown_only_when_asked_for() {
    let mut page = open();
    assert!(page.revealed.is_none());
    let effects = page.update(Msg::Reveal);
    assert!(effects[0].asked::<RevealParticulars>().is_some());
}

#[test]
fn a_person_without_a_name_is_not_saved_and_the_sheet_says_so() {
    let mut page = open();
    page.update(Msg::AddMember);
    page.update(Msg::Typed(Field::Tel("13800000017".into())));
    let effects = page.update(Msg::Save);
    assert!(matches!(&effects[..], [Effect::FocusField(id)] if id == "member-name"));
    assert!(page.is_nameless);
    assert!(matches!(&page.sheet, Sheet::NewMember(member) if member.tel == "13800000017"));
    page.update(Msg::Typed(Field::Name("李小明".into())));
    assert!(!page.is_nameless, "typing takes the reproach back");
    assert!(page.update(Msg::Save)[0].asked::<EditHousehold>().is_some());
}

#[test]
fn what_was_typed_into_a_sheet_that_is_closed_can_be_gone_on_with() {
    let mut page = open();
    page.update(Msg::AddMember);
    page.update(Msg::Typed(Field::Name("李小明".into())));
    page.update(Msg::Typed(Field::Tel("13800000017".into())));
    assert_eq!(page.sheets(), 1);
    page.close_sheet();
    assert_eq!((page.sheets(), page.is_settled()), (0, false), "the page waits for whoever comes back");
    page.update(Msg::Resume);
    assert!(matches!(&page.sheet, Sheet::NewMember(member) if member.name == "李小明" && member.tel == "13800000017"));
    page.update(Msg::Close);
    page.update(Msg::AddMember);
    assert!(matches!(&page.sheet, Sheet::NewMember(member) if member.name == "李小明"), "the same sheet goes on");
    page.update(Msg::Save);
    page.update(Msg::Saved(Ok(Box::new(sample::household_view(true)))));
    assert_eq!((&page.sheet, page.is_settled()), (&Sheet::Closed, true));
}

#[test]
fn a_sheet_that_is_left_untouched_leaves_nothing_behind() {
    let mut page = open();
    for open in [Msg::AddMember, Msg::EditCard] {
        page.update(open);
        page.update(Msg::Close);
        assert!(page.is_settled());
    }
}

#[test]
fn a_need_that_is_saved_does_not_close_the_sheet_that_was_opened_meanwhile() {
    let mut page = open();
    page.update(Msg::Need(NeedCode::from_code("02"), NeedState::Met));
    page.update(Msg::AddMember);
    page.update(Msg::Typed(Field::Name("李小明".into())));
    page.update(Msg::Saved(Ok(Box::new(sample::household_view(true)))));
    assert!(matches!(&page.sheet, Sheet::NewMember(member) if member.name == "李小明"));
}

#[test]
fn a_number_that_is_wrong_is_named_and_leads_to_its_field() {
    let mut page = open();
    page.update(Msg::AddMember);
    page.update(Msg::Typed(Field::Name("李小明".into())));
    page.update(Msg::Save);
    let error = CommandError::new(ErrorCode::FieldInvalid).in_field("new_members.0.tel");
    assert_eq!(sample::worker().words.explain(&error).what, "电话号码不对。");
    let effects = page.update(Msg::Saved(Err(error)));
    assert!(matches!(&effects[..], [Effect::FocusField(id)] if id == "member-tel"));
}

#[test]
fn numbers_can_be_masked_again() {
    let mut page = open();
    page.update(Msg::Revealed(Ok(Vec::new())));
    page.update(Msg::Mask);
    assert!(page.revealed.is_none());
}

#[test]
fn a_number_is_corrected_only_after_it_was_asked_for() {
    let mut page = open();
    let id = sample::members(true)[0].id;
    page.update(Msg::EditMember(id));
    assert!(matches!(&page.sheet, Sheet::Member { numbers: None, .. }), "masked");
    assert!(page.update(Msg::Reveal)[0].asked::<RevealParticulars>().is_some());
    let shown = RevealedMember { id, tels: vec!["13800000412".into()], id_no: String::new(), is_id_valid: false };
    page.update(Msg::Revealed(Ok(vec![shown])));
    page.update(Msg::Typed(Field::TelAt(0, "13800000413".into())));
    page.update(Msg::Typed(Field::IdNo("990101198506120024".into())));
    let asked: EditHousehold = page.update(Msg::Save)[0].asked().expect("asked");
    let numbers = HouseholdEdit::Numbers {
        id,
        add_tels: vec!["13800000413".into()],
        remove_tels: vec!["13800000412".into()],
        id_no: Some("990101198506120024".into()),
    };
    assert_eq!(asked.edits, [numbers]);
    page.update(Msg::Saved(Ok(Box::new(sample::household_view(true)))));
    assert!(page.revealed.is_none(), "the former numbers are not shown on");
}
