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
    assert!(matches!(page.update(Msg::Submit)[..], [Effect::Focus("problems")]));
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
    assert!(matches!(page.update(Msg::Submit)[..], [Effect::Focus("handled-text")]));
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
    page.update(Msg::Edit(Edit::Priority(Priority::Major)));
    assert!(page.is_urgent());
}

#[test]
fn another_report_begins_empty() {
    let mut page = open();
    page.update(Msg::Edit(Edit::Category("03005".into())));
    let effects = page.update(Msg::Again);
    assert!(effects[0].asked::<OpenIncidentForm>().is_some());
    assert!(page.form.category.is_empty());
}
