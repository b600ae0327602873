//! Reporting in three taps.

use super::*;
use crate::tests::sample;

fn open() -> Report {
    let (mut page, _) = Report::open(&ReportArg::default(), &sample::worker());
    page.update(Msg::Opened(Ok(Box::new(sample::incident_form_view()))));
    page
}

#[test]
fn a_category_is_enough() {
    let mut page = open();
    assert!(matches!(&page.update(Msg::Submit)[..], [Effect::FocusField(id)] if id == "category"));
    page.update(Msg::Edit(Edit::Category("03".into())));
    page.update(Msg::Edit(Edit::Category("03002".into())));
    let asked: SubmitIncident = page.update(Msg::Submit)[0].asked().expect("submitted");
    assert_eq!(asked.form.category, "03002");
}

#[test]
fn what_was_settled_on_the_spot_says_how() {
    let mut page = open();
    page.update(Msg::Edit(Edit::Category("03005".into())));
    page.update(Msg::Edit(Edit::SelfHandled));
    assert!(matches!(&page.update(Msg::Submit)[..], [Effect::FocusField(id)] if id == "handled-text"));
    page.update(Msg::Edit(Edit::HandledText("业主当场搬走".into())));
    assert!(page.update(Msg::Submit)[0].asked::<SubmitIncident>().is_some());
}

#[test]
fn in_danger_the_telephone_comes_first() {
    let mut page = open();
    assert!(!page.is_urgent());
    page.update(Msg::Edit(Edit::Category("03001".into())));
    assert!(page.is_urgent(), "a blocked fire passage runs on the urgent clock");
    page.update(Msg::Edit(Edit::Category("05003".into())));
    assert!(!page.is_urgent());
    page.update(Msg::Edit(Edit::Category("10".into())));
    assert!(page.is_urgent(), "a class alone counts as what it would be submitted as");
    page.update(Msg::Edit(Edit::Category("01".into())));
    assert!(!page.is_urgent());
    page.update(Msg::Edit(Edit::Priority(Priority::Major)));
    assert!(page.is_urgent());
}

#[test]
fn the_receipt_takes_the_place_of_the_form_and_another_report_that_of_the_receipt() {
    let mut page = open();
    page.update(Msg::Edit(Edit::Category("03005".into())));
    let view = crate::tests::sample_incidents::incident_view();
    let receipt = IncidentReceipt { incident: view.row.id, at: sample::worker().now };
    let done = page.update(Msg::Submit).remove(0).answer::<SubmitIncident>(Ok(receipt));
    let effects = page.update(done);
    assert!(matches!(effects[..], [Effect::Replace(Route::ReportDone(id))] if id == view.row.id));
    let (mut receipt, _) = ReportDone::open(&view.row.id, &sample::worker());
    let household = view.household.as_ref().map(|(id, _)| *id);
    receipt.update(DoneMsg::Read(Ok(Box::new(view))));
    let effects = receipt.update(DoneMsg::Again);
    assert!(matches!(effects[..], [Effect::Replace(Route::Report(asked))] if asked == household));
}

fn book(page: &mut Report, edit: BookingEdit) -> Vec<Effect<Msg>> {
    page.update(Msg::Edit(Edit::Booking(edit)))
}

#[test]
fn a_dispute_carries_an_appointment_and_other_matters_none() {
    let mut page = open();
    page.update(Msg::Edit(Edit::Category("02001".into())));
    page.update(Msg::Edit(Edit::Place("海棠苑3栋".into())));
    let effects = book(&mut page, BookingEdit::Toggle);
    let asked: ListServices = effects.iter().find_map(Effect::asked).expect("whom the directory offers");
    assert_eq!(asked.booking, Some(BookingKind::OnSite));
    let booking = page.form.booking.clone().expect("an appointment");
    assert_eq!(booking.place, "海棠苑3栋", "a mediator comes to the place");
    assert_eq!(booking.at.local().to_string(), "2026-07-15T09:00:00");
    book(&mut page, BookingEdit::Day("2026-07-20".into()));
    book(&mut page, BookingEdit::Time("14:30".into()));
    book(&mut page, BookingEdit::Time("".into()));
    let submitted: SubmitIncident = page.update(Msg::Submit)[0].asked().expect("submitted");
    let at = submitted.form.booking.map(|booking| booking.at.local().to_string());
    assert_eq!(at.as_deref(), Some("2026-07-20T14:30:00"));

    let mut page = open();
    page.update(Msg::Edit(Edit::Category("02001".into())));
    book(&mut page, BookingEdit::Toggle);
    page.update(Msg::Edit(Edit::Category("03005".into())));
    let submitted: SubmitIncident = page.update(Msg::Submit)[0].asked().expect("submitted");
    assert_eq!(submitted.form.booking, None);
}

#[test]
fn an_appointment_needs_a_place_and_a_day_to_come() {
    let mut page = open();
    page.update(Msg::Edit(Edit::Category("08001".into())));
    book(&mut page, BookingEdit::Toggle);
    page.update(Msg::Submit);
    assert_eq!(page.phase, Phase::Incomplete(Lack::BookingPlace));
    let doctor = crate::tests::sample_services::doctor();
    book(&mut page, BookingEdit::Service(doctor));
    assert_eq!(page.form.booking.as_ref().and_then(|booking| booking.service.as_deref()), Some("family-doctor"));
    book(&mut page, BookingEdit::Day("2026-07-13".into()));
    page.update(Msg::Submit);
    assert_eq!(page.phase, Phase::Incomplete(Lack::BookingDay));
    book(&mut page, BookingEdit::Day("2026-07-14".into()));
    page.update(Msg::Submit);
    assert_eq!(page.phase, Phase::Incomplete(Lack::BookingDay), "it is ten o'clock already");
    book(&mut page, BookingEdit::Time("15:00".into()));
    assert!(page.update(Msg::Submit)[0].asked::<SubmitIncident>().is_some());
}

#[test]
fn a_place_that_cannot_be_found_never_blocks() {
    let mut page = open();
    page.update(Msg::Edit(Edit::Category("05001".into())));
    assert!(matches!(page.update(Msg::Locate)[..], [Effect::Locate(_)]));
    assert!(page.update(Msg::Locate).is_empty(), "a second tap does not ask twice");
    page.update(Msg::Located(Err(PlaceError::Forbidden)));
    let submitted: SubmitIncident = page.update(Msg::Submit)[0].asked().expect("submitted");
    assert_eq!(submitted.form.point, None);
}

#[test]
fn a_place_goes_along_and_can_be_left_out_again() {
    let mut page = open();
    let point = Point { lat: 30.0, lng: 120.0, acc_m: 12.0 };
    assert!(matches!(page.update(Msg::Located(Ok(point)))[..], [Effect::After { .. }]));
    assert_eq!(page.form.point, Some(point));
    page.update(Msg::Edit(Edit::DropPoint));
    assert_eq!(page.form.point, None);
}

#[test]
fn the_health_desk_opens_the_form_with_its_category() {
    let arg = ReportArg { category: Some(HEALTH_REQUEST.into()), household: Some(sample::id(2, 2)), draft: None };
    let (_, effects) = Report::open(&arg, &sample::worker());
    let asked: OpenIncidentForm = effects[0].asked().expect("opened");
    assert_eq!(asked.category.as_deref(), Some("08001"));
    assert_eq!(asked.household, Some(sample::id(2, 2)));
}

#[test]
fn a_draft_that_was_thrown_away_can_be_brought_back() {
    let mut page = open();
    page.update(Msg::Edit(Edit::Category("03005".into())));
    page.update(Msg::Edit(Edit::Text("楼道堆物".into())));
    let thrown = page.draft.id();
    page.update(Msg::Draft(DraftMsg::Discard));
    page.update(Msg::Draft(DraftMsg::Discarded(Ok(()))));
    let fresh = IncidentFormView { draft: sample::id(4, 9), ..sample::incident_form_view() };
    page.update(Msg::Opened(Ok(Box::new(fresh))));
    assert!(page.form.text.is_empty());
    page.update(Msg::Edit(Edit::Place("3栋".into())));
    let mut effects = page.update(Msg::Undo);
    let failed = effects.remove(0).answer::<RestoreDrafts>(Err(CommandError::new(contract::ErrorCode::StorageFull)));
    page.update(failed);
    assert!(matches!(page.phase, Phase::Failed(_)), "it is said, and can be tried again");
    let back = page.update(Msg::Undo).remove(0).answer::<RestoreDrafts>(Ok(()));
    let effects = page.update(back);
    assert_eq!(
        effects.iter().find_map(Effect::asked::<SaveIncidentForm>).map(|asked| asked.draft),
        Some(sample::id(4, 9))
    );
    assert_eq!(page.draft.id(), thrown, "it goes on with the draft that it was");
    assert_eq!(page.form.address_text, "3栋", "what was typed since stays");
    assert_eq!((page.form.category.as_str(), page.form.text.as_str()), ("03005", "楼道堆物"));
}

#[test]
fn a_place_typed_for_an_appointment_can_be_brought_back() {
    let mut page = open();
    page.update(Msg::Edit(Edit::Category("08001".into())));
    book(&mut page, BookingEdit::Toggle);
    book(&mut page, BookingEdit::Place("3栋楼下".into()));
    book(&mut page, BookingEdit::Toggle);
    assert_eq!(page.form.booking, None);
    page.update(Msg::Undo);
    let place = |page: &Report| page.form.booking.as_ref().map(|booking| booking.place.clone());
    assert_eq!(place(&page).as_deref(), Some("3栋楼下"));
    book(&mut page, BookingEdit::Service(crate::tests::sample_services::doctor()));
    assert_ne!(place(&page).as_deref(), Some("3栋楼下"));
    page.update(Msg::Undo);
    assert_eq!(place(&page).as_deref(), Some("3栋楼下"));
}

#[test]
fn what_is_typed_while_the_report_is_on_its_way_sends_no_second_one() {
    let mut page = open();
    page.update(Msg::Edit(Edit::Category("03005".into())));
    page.update(Msg::Submit);
    page.update(Msg::Edit(Edit::Text("x".into())));
    assert!(page.update(Msg::Submit).is_empty());
}

#[test]
fn an_urgent_category_is_shown_as_urgent_until_something_else_is_said() {
    let mut page = open();
    let effects = page.update(Msg::Edit(Edit::Category("03".into())));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Reveal("categories"))), "its kinds come into view");
    page.update(Msg::Edit(Edit::Category("03001".into())));
    assert_eq!((page.priority(), page.form.priority), (Priority::Urgent, None));
    page.update(Msg::Edit(Edit::Category("05003".into())));
    assert_eq!(page.priority(), Priority::Normal);
    page.update(Msg::Edit(Edit::Category("03001".into())));
    page.update(Msg::Edit(Edit::Priority(Priority::Normal)));
    assert_eq!(page.priority(), Priority::Normal);
}
