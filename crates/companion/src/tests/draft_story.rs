//! Half-written forms that cannot go on: what was typed is kept, can be read and can be put away.

use contract::{
    DiscardDrafts, DraftStanding, ErrorCode, GetDraft, GetToday, IncidentForm, ListDepartedSteps, OpenIncidentForm,
    OpenVisitForm, SaveIncidentForm, SaveStepForm, SaveVisitForm, SubmitIncident, VisitForm,
};
use domain::codes::Outcome;
use domain::id::DraftId;
use domain::workflow::Payload;

use super::phone::Phone;
use crate::store::StoreError;
use crate::store::project::forget_document;

/// The stored form is not whole any more.
fn spoil(phone: &mut Phone, draft: DraftId) {
    let id = draft.as_uuid().into_bytes();
    let sql = "UPDATE draft SET form = substr(form, 1, length(form) - 3) WHERE id = ?1";
    phone.companion.store.write::<_, StoreError>(|writing| Ok(writing.execute(sql, [id])?)).expect("spoiled");
}

#[test]
fn a_form_that_cannot_be_read_is_not_replaced_by_an_empty_one() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    let old = phone.run(OpenVisitForm { household: home, draft: None }).draft;
    let form = |note: &str| VisitForm { note: note.into(), ..VisitForm::default() };
    phone.run(SaveVisitForm { draft: old, form: form("楼道堆放纸箱，已口头提醒") });
    spoil(&mut phone, old);

    let opened = phone.run(OpenVisitForm { household: home, draft: None });
    assert!(opened.draft != old && !opened.is_resumed, "another form is begun beside it");
    phone.run(SaveVisitForm { draft: opened.draft, form: form("第二次上门") });
    let again = phone.run(OpenVisitForm { household: home, draft: None });
    assert_eq!((again.draft, again.form.note.as_str()), (opened.draft, "第二次上门"));

    let drafts = phone.run(GetToday {}).drafts;
    let unreadable: Vec<_> = drafts.iter().filter(|row| row.standing == DraftStanding::Unreadable).collect();
    assert_eq!((drafts.len(), unreadable.len(), unreadable[0].id), (2, 1, old), "it is told: {drafts:?}");
    let kept = phone.run(GetDraft { draft: old });
    assert!(kept.raw.contains("楼道堆放纸箱，已口头提"), "{}", kept.raw);
    assert_eq!(kept.visit, None);
    phone.visit(home, |form| form.outcome = Some(Outcome::Met));
    assert_eq!(phone.run(GetToday {}).drafts.len(), 1, "submitting the new one leaves it");
    phone.run(DiscardDrafts { drafts: vec![old] });
    assert!(phone.run(GetToday {}).drafts.is_empty());
    assert_eq!(phone.refuse(GetDraft { draft: old }).code, ErrorCode::DraftGone);
}

#[test]
fn a_report_that_cannot_be_read_is_not_replaced_by_an_empty_one() {
    let mut phone = Phone::of_worker();
    let old = phone.run(OpenIncidentForm::default()).draft;
    let form = IncidentForm { text: "井盖松动".into(), ..IncidentForm::default() };
    phone.run(SaveIncidentForm { draft: old, form });
    spoil(&mut phone, old);
    let fresh = phone.run(OpenIncidentForm::default());
    assert!(fresh.draft != old && fresh.form.text.is_empty());
    let asked = OpenIncidentForm { draft: Some(old), ..OpenIncidentForm::default() };
    assert_eq!(phone.refuse(asked).code, ErrorCode::DraftGone, "it does not open as a form");
    assert!(phone.run(GetDraft { draft: old }).raw.contains("井盖松动"));
}

#[test]
fn a_half_written_visit_of_a_household_that_has_left_can_be_read_and_put_away() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    let draft = phone.run(OpenVisitForm { household: home, draft: None }).draft;
    let form = VisitForm { outcome: Some(Outcome::Met), note: "下周带表格来".into(), ..VisitForm::default() };
    phone.run(SaveVisitForm { draft, form: form.clone() });
    assert_eq!(phone.run(GetToday {}).drafts[0].standing, DraftStanding::Open);
    phone.companion.store.write(|writing| forget_document(writing, home.into())).expect("it has left");

    assert_eq!(phone.refuse(OpenVisitForm { household: home, draft: None }).code, ErrorCode::NotFound);
    let row = phone.run(GetToday {}).drafts.remove(0);
    assert_eq!((row.id, row.standing), (draft, DraftStanding::Departed));
    let kept = phone.run(GetDraft { draft });
    assert_eq!(kept.visit, Some(form));
    assert!(kept.template.is_some(), "its questions can be named");
    phone.run(DiscardDrafts { drafts: vec![draft] });
    assert!(phone.run(GetToday {}).drafts.is_empty());
}

#[test]
fn words_of_a_step_that_cannot_be_read_become_a_line_before_others_take_their_place() {
    let mut phone = Phone::of_worker();
    let draft = phone.run(OpenIncidentForm::default()).draft;
    let form = IncidentForm { category: "05003".into(), text: "垃圾没有清运".into(), ..IncidentForm::default() };
    let incident = phone.run(SubmitIncident { draft, form }).incident;
    let words = |text: &str| Payload { text: text.into(), ..Payload::default() };
    phone.run(SaveStepForm { incident, kind: None, payload: words("已电话联系清运队") });
    let sql = "UPDATE step_draft SET payload = substr(payload, 1, length(payload) - 2)";
    phone.companion.store.write::<_, StoreError>(|writing| Ok(writing.execute(sql, [])?)).expect("spoiled");
    phone.run(SaveStepForm { incident, kind: None, payload: words("明早再看") });
    let lines = phone.run(ListDepartedSteps {});
    assert_eq!(lines.len(), 1);
    assert!(lines[0].is_unsent && lines[0].text.contains("已电话联系清运队"), "{lines:?}");
}
