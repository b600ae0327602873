//! How a half-written form begins and ends: with the first thing typed, by submitting, by clearing, which can be undone.

use contract::{
    DiscardDrafts, ErrorCode, GetToday, IncidentForm, OpenIncidentForm, OpenVisitForm, RestoreDrafts, SaveIncidentForm,
    SaveVisitForm, SubmitIncident, SubmitVisit, VisitForm,
};
use domain::codes::Outcome;
use domain::id::DraftId;

use super::phone::{Phone, worker};
use crate::store::StoreError;

fn note(form: &VisitForm, text: &str) -> VisitForm {
    VisitForm { note: text.into(), ..form.clone() }
}

fn drafts(phone: &mut Phone) -> Vec<DraftId> {
    phone.run(GetToday {}).drafts.into_iter().map(|row| row.id).collect()
}

#[test]
fn a_form_that_is_only_looked_into_leaves_no_trace() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    let opened = phone.run(OpenVisitForm { household: home, draft: None });
    assert!(!opened.is_resumed);
    phone.run(OpenIncidentForm { household: Some(home), category: Some("08001".into()), draft: None });
    assert!(drafts(&mut phone).is_empty());

    phone.wait_minutes(3);
    phone.run(SaveVisitForm { draft: opened.draft, form: note(&opened.form, "门") });
    assert_eq!(drafts(&mut phone), [opened.draft], "the first letter is kept");
    phone.run(SaveVisitForm { draft: opened.draft, form: opened.form.clone() });
    assert!(drafts(&mut phone).is_empty(), "it was taken out again");
    phone.run(SaveVisitForm { draft: opened.draft, form: note(&opened.form, "门铃坏了") });
    let again = phone.run(OpenVisitForm { household: home, draft: None });
    assert_eq!((again.draft, again.is_resumed, again.form.note.as_str()), (opened.draft, true, "门铃坏了"));
}

#[test]
fn what_was_filled_in_before_is_not_typed() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    let opened = phone.run(OpenIncidentForm { household: Some(home), category: Some("08001".into()), draft: None });
    assert_eq!((opened.form.category.as_str(), opened.form.address_text.is_empty()), ("08001", false));
    let typed = IncidentForm { text: "想约家庭医生".into(), ..opened.form.clone() };
    phone.run(SaveIncidentForm { draft: opened.draft, form: typed });
    assert_eq!(drafts(&mut phone).len(), 1);
    phone.run(SaveIncidentForm { draft: opened.draft, form: opened.form });
    assert!(drafts(&mut phone).is_empty());
    let again = phone.run(OpenIncidentForm { draft: Some(opened.draft), ..OpenIncidentForm::default() });
    assert_eq!((again.draft, again.is_resumed), (opened.draft, false), "its address still leads to an empty form");
}

#[test]
fn a_visit_of_three_quick_taps_was_never_a_draft_and_began_when_its_form_was_opened() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    let opened = phone.run(OpenVisitForm { household: home, draft: None });
    let at = phone.companion.now();
    phone.wait_minutes(8);
    let form = VisitForm { outcome: Some(Outcome::Absent), ..opened.form };
    let receipt = phone.run(SubmitVisit { draft: opened.draft, form: form.clone() });
    assert_eq!(receipt.at.since_ms(at), 8 * 60_000);
    assert_eq!(phone.refuse(SubmitVisit { draft: opened.draft, form }).code, ErrorCode::DraftGone, "only once");
}

#[test]
fn what_is_typed_into_a_page_that_outlives_the_app_is_kept() {
    let mut phone = Phone::with_file();
    let home = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    let visit = phone.run(OpenVisitForm { household: home, draft: None });
    let report = phone.run(OpenIncidentForm { household: Some(home), ..OpenIncidentForm::default() });
    let mut phone = phone.restart();
    phone.wait_minutes(5);
    phone.run(SaveVisitForm { draft: visit.draft, form: note(&visit.form, "门铃坏了") });
    phone.run(SaveIncidentForm {
        draft: report.draft,
        form: IncidentForm { text: "楼道灯不亮".into(), ..report.form.clone() },
    });
    let mut phone = phone.restart();
    assert_eq!(phone.run(OpenVisitForm { household: home, draft: None }).form.note, "门铃坏了");
    phone.run(SaveIncidentForm { draft: report.draft, form: report.form });
    assert_eq!(drafts(&mut phone), [visit.draft], "the report was emptied");
    let form = VisitForm { outcome: Some(Outcome::Met), ..note(&visit.form, "门铃坏了") };
    phone.run(SubmitVisit { draft: visit.draft, form });
    assert!(drafts(&mut phone).is_empty());
}

#[test]
fn a_late_save_brings_nothing_back_that_was_submitted_or_cleared() {
    let mut phone = Phone::with_file();
    let home = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    let submitted = phone.run(OpenIncidentForm::default());
    let form = IncidentForm { category: "05003".into(), text: "垃圾没有清运".into(), ..submitted.form };
    phone.run(SubmitIncident { draft: submitted.draft, form: form.clone() });
    let cleared = phone.begin_visit(home, "门铃坏了");
    phone.run(DiscardDrafts { drafts: vec![cleared] });
    let blank = VisitForm { household: Some(home), ..VisitForm::default() };
    for _ in 0..2 {
        let late = SaveIncidentForm { draft: submitted.draft, form: form.clone() };
        assert_eq!(phone.refuse(late).code, ErrorCode::DraftGone);
        let late = SaveVisitForm { draft: cleared, form: note(&blank, "门铃坏了，再来") };
        assert_eq!(phone.refuse(late).code, ErrorCode::DraftGone);
        assert!(drafts(&mut phone).is_empty());
        phone = phone.restart();
    }
}

#[test]
fn several_are_cleared_with_one_tap_and_brought_back_with_one() {
    let mut phone = Phone::with_file();
    let homes = ["401", "402", "403"].map(|room| phone.receive_home(room, &[("王秀兰", "")]));
    let all = homes.map(|home| {
        phone.wait_minutes(1);
        phone.begin_visit(home, "约了明天")
    });
    phone.wait_minutes(1);
    let before = phone.run(GetToday {}).drafts;
    phone.run(DiscardDrafts { drafts: all.to_vec() });
    phone.run(DiscardDrafts { drafts: all.to_vec() });
    let today = phone.run(GetToday {});
    assert!(today.drafts.is_empty());
    let cleared = today.cleared.expect("offered");
    assert_eq!(cleared.drafts, all);
    assert_eq!(cleared.until.since_ms(phone.companion.now()), 24 * 3_600_000);

    let mut phone = phone.restart();
    phone.wait_minutes(23 * 60);
    let cleared = phone.run(GetToday {}).cleared.expect("still offered after a kill");
    phone.run(RestoreDrafts { drafts: cleared.drafts });
    let today = phone.run(GetToday {});
    assert_eq!((today.drafts, today.cleared), (before, None));
    let draft = phone.begin_visit(homes[0], "约了后天");
    assert_eq!(draft, all[0], "it goes on");
}

#[test]
fn the_last_tap_is_undone_first_and_after_a_day_nothing_is() {
    let mut phone = Phone::of_worker();
    let [first, second] = ["401", "402"].map(|room| phone.receive_home(room, &[("王秀兰", "")]));
    let [first, second] = [first, second].map(|home| phone.begin_visit(home, "约了明天"));
    phone.run(DiscardDrafts { drafts: vec![first] });
    phone.wait_minutes(60);
    phone.run(DiscardDrafts { drafts: vec![second] });
    assert_eq!(phone.run(GetToday {}).cleared.expect("offered").drafts, [second]);
    phone.run(RestoreDrafts { drafts: vec![second] });
    assert_eq!(phone.run(GetToday {}).cleared.expect("offered").drafts, [first]);
    phone.wait_minutes(23 * 60);
    assert_eq!(phone.run(GetToday {}).cleared, None);
    phone.run(RestoreDrafts { drafts: vec![first] });
    assert_eq!(drafts(&mut phone), [second]);
}

#[test]
fn forms_that_an_earlier_version_wrote_when_they_were_opened_are_gone() {
    let mut phone = Phone::with_file_of(worker());
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    let typed = phone.begin_visit(home, "约了明天");
    let insert = "INSERT INTO draft (id, kind, household, form, template, started_at, saved_at)
         VALUES (randomblob(16), 'visit', NULL, '{}', '', 5, 5),
             (randomblob(16), 'incident', NULL, '{\"category\":\"08001\",\"address_text\":\"3栋\"}', '', 6, 6)";
    phone.companion.store.write::<_, StoreError>(|writing| Ok(writing.execute(insert, [])?)).expect("stored");
    assert_eq!(drafts(&mut phone).len(), 3);
    assert_eq!(drafts(&mut phone.restart()), [typed]);
}

#[test]
fn two_hundred_and_thirty_cleared_with_one_tap_all_come_back_whatever_is_submitted_meanwhile() {
    let mut phone = Phone::of_worker();
    let homes: Vec<_> = (0..230).map(|n| phone.receive_home(&format!("{}", 100 + n), &[("王秀兰", "")])).collect();
    let many: Vec<_> = homes.iter().map(|home| phone.begin_visit(*home, "约了明天")).collect();
    phone.run(DiscardDrafts { drafts: many.clone() });
    for home in &homes[..3] {
        phone.visit(*home, |form| form.outcome = Some(Outcome::Met));
    }
    let cleared = phone.run(GetToday {}).cleared.expect("offered").drafts;
    assert_eq!(cleared.len(), many.len());
    phone.run(RestoreDrafts { drafts: cleared });
    assert_eq!(drafts(&mut phone).len(), many.len());
}

#[test]
fn a_clock_that_is_put_right_neither_ends_the_day_nor_makes_it_years() {
    let mut phone = Phone::with_file();
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    phone.set_clock_wrong_by(-2 * 24 * 3_600_000);
    let mut phone = phone.restart();
    let draft = phone.begin_visit(home, "约了明天");
    phone.run(DiscardDrafts { drafts: vec![draft] });
    assert_eq!(phone.run(GetToday {}).cleared.expect("offered").drafts, [draft]);
    // Its owner sets it back by a year: the day begins anew, and ends.
    phone.set_clock_wrong_by(-365 * 24 * 3_600_000);
    let mut phone = phone.restart();
    phone.wait_minutes(23 * 60);
    assert!(phone.run(GetToday {}).cleared.is_some());
    phone.wait_minutes(2 * 60);
    assert_eq!(phone.run(GetToday {}).cleared, None);
    let mut phone = phone.restart();
    phone.run(RestoreDrafts { drafts: vec![draft] });
    assert!(drafts(&mut phone).is_empty());
}

#[test]
fn each_of_two_drafts_of_one_home_opens_itself() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    let old = phone.begin_visit(home, "旧稿");
    phone.run(DiscardDrafts { drafts: vec![old] });
    phone.wait_minutes(1);
    let new = phone.begin_visit(home, "新稿");
    phone.run(RestoreDrafts { drafts: vec![old] });
    for (draft, note) in [(Some(old), "旧稿"), (Some(new), "新稿"), (None, "新稿")] {
        let opened = phone.run(OpenVisitForm { household: home, draft });
        assert_eq!((opened.form.note.as_str(), opened.is_resumed), (note, true));
    }
}
