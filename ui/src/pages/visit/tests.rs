//! A worker at the door.

use std::collections::BTreeSet;

use contract::domain::Role;
use contract::domain::visit::Tri;
use contract::{DiscardDrafts, ErrorCode};

use super::*;
use crate::tests::sample;

fn open(role: Role) -> VisitPage {
    let (mut page, _) = VisitPage::open(&(sample::id(2, 2), None), &sample::worker());
    page.update(Msg::Opened(Ok(Box::new(sample::visit_form_view(role)))));
    page
}

fn edit(page: &mut VisitPage, edit: Edit) -> Vec<Effect<Msg>> {
    page.update(Msg::Edit(edit))
}

fn submitted(effects: &[Effect<Msg>]) -> SubmitVisit {
    effects.iter().find_map(Effect::asked).expect("submitted")
}

#[test]
fn no_change_is_three_taps() {
    let mut page = open(Role::GridWorker);
    edit(&mut page, Edit::Outcome(Outcome::Met));
    edit(&mut page, Edit::NoChange);
    let form = submitted(&page.update(Msg::Submit)).form;
    assert_eq!(form.outcome, Some(Outcome::Met));
    assert_eq!(form.answers["needs"], Answer::Many(["02".to_owned()].into()), "needs are repeated");
    assert_eq!(form.answers["hazards"], Answer::Many(BTreeSet::new()), "a hazard of last time is not reported again");
    assert!(!form.answers.contains_key("needs_care"), "nothing sensitive is kept without consent");
}

#[test]
fn a_ticked_hazard_becomes_an_incident_in_one_tap_and_goes_with_its_tick() {
    let mut page = open(Role::GridWorker);
    edit(&mut page, Edit::Outcome(Outcome::Absent));
    edit(&mut page, Edit::Option("hazards".into(), "03002".into()));
    edit(&mut page, Edit::Incident("hazards.03002".into()));
    edit(&mut page, Edit::IncidentText("hazards.03002".into(), "门口充电".into()));
    assert_eq!(page.form.incidents["hazards.03002"], "门口充电");
    edit(&mut page, Edit::Option("hazards".into(), "03002".into()));
    assert!(page.form.incidents.is_empty());
}

#[test]
fn withdrawn_consent_takes_the_answers_with_it() {
    let mut page = open(Role::GridWorker);
    edit(&mut page, Edit::Outcome(Outcome::Met));
    edit(&mut page, Edit::Consent(true));
    edit(&mut page, Edit::Answer("needs_care".into(), Some(Answer::Tri(Tri::Yes))));
    edit(&mut page, Edit::Consent(false));
    assert!(!page.form.answers.contains_key("needs_care"));
}

#[test]
fn what_the_checklist_keeps_elsewhere_stands_in_both_places() {
    let mut page = open(Role::GridWorker);
    edit(&mut page, Edit::Outcome(Outcome::Met));
    edit(&mut page, Edit::Option("advice".into(), "01".into()));
    edit(&mut page, Edit::Answer("note".into(), Some(Answer::Text("门铃坏了".into()))));
    edit(&mut page, Edit::Answer("follow_up_text".into(), Some(Answer::Text("带申请表".into()))));
    assert_eq!(page.form.advice, BTreeSet::from([Advice::AntiFraud]));
    assert_eq!(page.form.note, "门铃坏了");
    assert_eq!(page.form.follow_up.as_ref().map(|promise| promise.text.as_str()), Some("带申请表"));
    assert_eq!(page.form.answers["note"], Answer::Text("门铃坏了".into()));
}

fn lead_to(effects: &[Effect<Msg>]) -> Option<&str> {
    effects.iter().find_map(|effect| if let Effect::FocusField(id) = effect { Some(id.as_str()) } else { None })
}

#[test]
fn somebody_who_moved_in_ticks_the_question_and_needs_a_name() {
    let mut page = open(Role::GridWorker);
    edit(&mut page, Edit::Outcome(Outcome::Met));
    assert_eq!(lead_to(&edit(&mut page, Edit::AddMember)), Some("new-member-0"));
    assert_eq!(page.form.answers["residents"], Answer::Many([form::MEMBER_ADDED.to_owned()].into()));
    edit(&mut page, Edit::NewMember(0, crate::pages::household::Field::Name(" 李小明 ".into())));
    edit(&mut page, Edit::AddMember);
    edit(&mut page, Edit::NewMember(1, crate::pages::household::Field::Tel("13800000017".into())));
    let effects = page.update(Msg::Submit);
    assert_eq!(page.phase, Phase::Incomplete(vec![Lack::MemberName(1)]));
    assert_eq!(lead_to(&effects), Some("new-member-1"));
    edit(&mut page, Edit::DropMember(1));
    let form = submitted(&page.update(Msg::Submit)).form;
    assert_eq!(form.new_members.iter().map(|member| member.name.as_str()).collect::<Vec<_>>(), ["李小明"]);
}

#[test]
fn no_change_over_ticked_hazards_can_be_undone_with_their_words() {
    let mut page = open(Role::GridWorker);
    edit(&mut page, Edit::Outcome(Outcome::Met));
    edit(&mut page, Edit::Option("hazards".into(), "03002".into()));
    edit(&mut page, Edit::Incident("hazards.03002".into()));
    edit(&mut page, Edit::IncidentText("hazards.03002".into(), "门口充电，三辆".into()));
    let before = page.form.clone();
    edit(&mut page, Edit::NoChange);
    assert!(page.form.incidents.is_empty());
    edit(&mut page, Edit::Note("门铃坏了".into()));
    assert!(matches!(page.update(Msg::Undo)[..], [Effect::After { .. }]), "what came back is written");
    assert_eq!(page.form.incidents, before.incidents);
    assert_eq!(page.form.answers, before.answers);
    assert_eq!(page.form.note, "门铃坏了", "what was typed since stays");
    assert!(page.update(Msg::Undo).is_empty());
}

#[test]
fn no_change_on_an_untouched_form_offers_nothing_to_undo() {
    let mut page = open(Role::GridWorker);
    edit(&mut page, Edit::Outcome(Outcome::Met));
    edit(&mut page, Edit::NoChange);
    assert!(page.undo.is_none());
    edit(&mut page, Edit::NoChange);
    assert!(page.undo.is_none(), "the second tap changes nothing");
}

#[test]
fn words_to_a_hazard_come_back_when_its_tick_was_a_mistake() {
    let mut page = open(Role::GridWorker);
    edit(&mut page, Edit::Option("hazards".into(), "03002".into()));
    edit(&mut page, Edit::Incident("hazards.03002".into()));
    edit(&mut page, Edit::IncidentText("hazards.03002".into(), "门口充电".into()));
    for tap in [Edit::Option("hazards".into(), "03002".into()), Edit::Incident("hazards.03002".into())] {
        edit(&mut page, tap);
        page.update(Msg::Undo);
        assert_eq!(page.form.incidents["hazards.03002"], "门口充电");
        assert_eq!(page.form.answers["hazards"], Answer::Many(["03002".to_owned()].into()));
    }
}

#[test]
fn a_member_who_was_typed_and_taken_back_can_be_brought_back() {
    let mut page = open(Role::GridWorker);
    edit(&mut page, Edit::AddMember);
    edit(&mut page, Edit::NewMember(0, crate::pages::household::Field::Name("李小明".into())));
    edit(&mut page, Edit::DropMember(0));
    page.update(Msg::Undo);
    assert_eq!(page.form.new_members[0].name, "李小明");
    edit(&mut page, Edit::AddMember);
    let before = page.undo.clone();
    edit(&mut page, Edit::DropMember(1));
    assert_eq!(page.undo, before, "an empty entry is nothing to bring back");
}

#[test]
fn what_is_typed_while_the_visit_is_on_its_way_does_not_count() {
    let mut page = open(Role::GridWorker);
    edit(&mut page, Edit::Outcome(Outcome::Absent));
    page.update(Msg::Submit);
    assert!(edit(&mut page, Edit::Note("x".into())).is_empty());
    assert_eq!((page.form.note.as_str(), &page.phase), ("", &Phase::Submitting));
}

#[test]
fn a_form_that_could_not_be_written_waits_for_whoever_comes_back() {
    let mut page = open(Role::GridWorker);
    assert!(page.is_settled());
    edit(&mut page, Edit::Note("a".into()));
    let mut effects = page.pause();
    assert!(!page.is_settled(), "on its way");
    let failed = effects.remove(0).answer::<SaveVisitForm>(Err(CommandError::new(ErrorCode::StorageFull)));
    page.update(failed);
    assert!(!page.is_settled());
    let saved = page.pause().remove(0).answer::<SaveVisitForm>(Ok(contract::DraftSaved { at: sample::worker().now }));
    page.update(saved);
    assert!(page.is_settled());
}

#[test]
fn everything_typed_is_written_after_a_pause_and_when_the_page_is_left() {
    let mut page = open(Role::GridWorker);
    let effects = edit(&mut page, Edit::Note("a".into()));
    assert!(matches!(effects[..], [Effect::After { ms: 300, .. }]));
    edit(&mut page, Edit::Note("ab".into()));
    assert!(page.update(Msg::Draft(DraftMsg::Pause(1))).is_empty(), "a newer letter has its own pause");
    let saved: SaveVisitForm = page.update(Msg::Draft(DraftMsg::Pause(2)))[0].asked().expect("written");
    assert_eq!(saved.form.note, "ab");
    edit(&mut page, Edit::Note("abc".into()));
    let saved: SaveVisitForm = page.pause()[0].asked().expect("written at once");
    assert_eq!(saved.form.note, "abc");
}

#[test]
fn a_visit_without_an_outcome_is_not_sent_and_a_failed_one_can_be_sent_again() {
    let mut page = open(Role::BuildingLead);
    page.update(Msg::Submit);
    assert_eq!(page.phase, Phase::Incomplete(vec![Lack::Outcome]));
    edit(&mut page, Edit::Outcome(Outcome::Absent));
    let mut effects = page.update(Msg::Submit);
    assert!(page.update(Msg::Submit).is_empty(), "a second tap does not send twice");
    let failed = effects.remove(0).answer::<SubmitVisit>(Err(CommandError::new(ErrorCode::StorageFull)));
    page.update(failed);
    assert!(matches!(page.phase, Phase::Failed(_)));
    let mut effects = page.update(Msg::Submit);
    let done = effects.remove(0).answer::<SubmitVisit>(Ok(sample::visit_receipt()));
    let receipt = Route::VisitDone(sample::visit_receipt().visit);
    let effects = page.update(done);
    assert!(matches!(&effects[..], [Effect::Replace(route)] if *route == receipt), "Back does not reopen the form");
    assert!(page.pause().is_empty(), "the draft is gone, nothing is written to it");
}

#[test]
fn a_draft_is_thrown_away_with_one_tap_and_brought_back_with_another() {
    let mut page = open(Role::GridWorker);
    edit(&mut page, Edit::Note("门铃坏了".into()));
    let thrown = page.draft.id();
    let gone = page.update(Msg::Draft(DraftMsg::Discard)).remove(0).answer::<DiscardDrafts>(Ok(()));
    assert!(page.update(gone)[0].asked::<OpenVisitForm>().is_some(), "an empty form is there in its place");
    let fresh = VisitFormView { draft: sample::id(4, 9), ..sample::visit_form_view(Role::GridWorker) };
    page.update(Msg::Opened(Ok(Box::new(fresh))));
    assert!(page.form.note.is_empty());
    let back = page.update(Msg::Undo).remove(0).answer::<RestoreDrafts>(Ok(()));
    assert!(matches!(page.update(back)[..], [Effect::After { .. }]));
    assert_eq!((page.form.note.as_str(), page.draft.id()), ("门铃坏了", thrown));
}
