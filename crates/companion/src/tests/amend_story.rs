//! 更正: what was written of a visit stays, what should be read instead stands below it.

use contract::{
    AmendVisit, Amending, DiscardDrafts, DraftStanding, ErrorCode, GetToday, GetVisit, ListUnsent, OpenVisitForm,
    RecordState, RestoreDrafts, SaveVisitForm, VisitForm,
};
use domain::HouseholdId;
use domain::VisitId;
use domain::codes::Outcome;

use super::phone::{Phone, lead};
use crate::store::StoreError;
use crate::store::project::forget_document;

fn visited(phone: &mut Phone) -> (HouseholdId, VisitId) {
    let home = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    let receipt = phone.visit(home, |form| {
        form.outcome = Some(Outcome::Met);
        form.note = "电动车停在4楼".into();
    });
    (home, receipt.visit)
}

fn amending(phone: &mut Phone, id: VisitId) -> Amending {
    phone.run(GetVisit { id }).amending.expect("its author may")
}

fn form(household: HouseholdId, visit: VisitId, text: &str) -> VisitForm {
    VisitForm { household: Some(household), amends: Some(visit), note: text.into(), ..VisitForm::default() }
}

#[test]
fn a_correction_stands_below_the_visit_with_its_author_and_time() {
    let mut phone = Phone::of_worker();
    let (_, visit) = visited(&mut phone);
    for text in [" 是3楼，不是4楼 ", "车已搬走"] {
        phone.wait_minutes(10);
        let draft = amending(&mut phone, visit).draft;
        phone.run(AmendVisit { visit, draft, text: text.into() });
    }
    let view = phone.run(GetVisit { id: visit });
    assert_eq!(view.note, "电动车停在4楼", "the original stays");
    let told: Vec<_> = view.amendments.iter().map(|entry| (entry.by.as_deref(), entry.text.as_str())).collect();
    assert_eq!(told, [(Some("赵敏"), "是3楼，不是4楼"), (Some("赵敏"), "车已搬走")]);
    assert!(view.amendments[0].at < view.amendments[1].at);
    assert_eq!(view.row.state, RecordState::Queued);
}

#[test]
fn the_outbox_says_that_a_correction_waits_once_the_server_has_the_visit() {
    let mut phone = Phone::of_worker();
    let (_, visit) = visited(&mut phone);
    let waits = |phone: &mut Phone| {
        let rows = phone.run(ListUnsent::default()).rows;
        rows.into_iter().find(|row| row.record == visit.into()).map(|row| row.is_amendment)
    };
    assert_eq!(waits(&mut phone), Some(false), "the visit itself");
    let answered = "UPDATE change SET state = 'confirmed'; UPDATE document SET server_heads = heads";
    phone.companion.store.write::<_, StoreError>(|writing| Ok(writing.execute_batch(answered)?)).expect("answered");
    assert_eq!(waits(&mut phone), None);
    let draft = amending(&mut phone, visit).draft;
    phone.run(AmendVisit { visit, draft, text: "是3楼".into() });
    assert_eq!(waits(&mut phone), Some(true));
}

#[test]
fn half_a_correction_is_found_again_and_is_no_half_visit() {
    let mut phone = Phone::with_file();
    let (home, visit) = visited(&mut phone);
    let draft = amending(&mut phone, visit).draft;
    phone.run(SaveVisitForm { draft, form: form(home, visit, "是3楼") });
    let mut phone = phone.restart();
    let again = amending(&mut phone, visit);
    assert_eq!((again.draft, again.text.as_str(), again.is_resumed), (draft, "是3楼", true));
    let row = phone.run(GetToday {}).drafts.remove(0);
    assert_eq!((row.id, row.amends, row.standing), (draft, Some(visit), DraftStanding::Open));
    let opened = phone.run(OpenVisitForm { household: home, draft: None });
    assert!(!opened.is_resumed && opened.form.note.is_empty(), "a new visit is a new form");

    phone.run(DiscardDrafts { drafts: vec![draft] });
    assert!(!amending(&mut phone, visit).is_resumed);
    phone.run(RestoreDrafts { drafts: vec![draft] });
    phone.run(AmendVisit { visit, draft, text: "是3楼".into() });
    let late = SaveVisitForm { draft, form: form(home, visit, "是3楼，不是") };
    assert_eq!(phone.refuse(late).code, ErrorCode::DraftGone);
    let twice = AmendVisit { visit, draft, text: "是3楼".into() };
    assert_eq!(phone.refuse(twice).code, ErrorCode::DraftGone);
    assert!(phone.run(GetToday {}).drafts.is_empty());
}

#[test]
fn half_a_correction_of_a_visit_that_has_left_can_be_read_and_put_away() {
    let mut phone = Phone::of_worker();
    let (home, visit) = visited(&mut phone);
    let draft = amending(&mut phone, visit).draft;
    phone.run(SaveVisitForm { draft, form: form(home, visit, "是3楼") });
    phone.companion.store.write(|writing| forget_document(writing, visit.into())).expect("it has left");
    assert_eq!(phone.run(GetToday {}).drafts[0].standing, DraftStanding::Departed);
    assert_eq!(phone.run(contract::GetDraft { draft }).visit.expect("readable").note, "是3楼");
}

#[test]
fn a_correction_needs_words_and_a_right_to_them() {
    let mut phone = Phone::of_worker();
    let (_, visit) = visited(&mut phone);
    let draft = amending(&mut phone, visit).draft;
    for (text, code) in [(" ".to_owned(), ErrorCode::FieldMissing), ("长".repeat(2_001), ErrorCode::FieldTooLong)] {
        let error = phone.refuse(AmendVisit { visit, draft, text });
        assert_eq!((error.code, error.field.as_deref()), (code, Some("text")));
    }
    let mut neighbour = Phone::of(lead());
    neighbour.receive_home("402", &[("王秀兰", "")]);
    let record: domain::Visit = crate::store::record::read_record(phone.companion.store.read(), visit.into())
        .expect("store")
        .expect("here")
        .record;
    neighbour.receive(&record);
    assert_eq!(neighbour.run(GetVisit { id: visit }).amending, None, "a colleague only reads it");
    let error = neighbour.refuse(AmendVisit { visit, draft, text: "是5楼".into() });
    assert_eq!(error.code, ErrorCode::NotAllowed);
}
