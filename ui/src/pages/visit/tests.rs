//! A worker at the door.

use std::collections::BTreeSet;

use contract::domain::Role;
use contract::domain::visit::Tri;
use contract::{DiscardDraft, ErrorCode};

use super::*;
use crate::tests::sample;

fn open(role: Role) -> VisitPage {
    let (mut page, _) = VisitPage::open(&sample::id(2, 2), &sample::worker());
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

#[test]
fn somebody_who_moved_in_ticks_the_question_and_an_empty_entry_is_not_sent() {
    let mut page = open(Role::GridWorker);
    edit(&mut page, Edit::Outcome(Outcome::Met));
    edit(&mut page, Edit::AddMember);
    assert_eq!(page.form.answers["residents"], Answer::Many([form::MEMBER_ADDED.to_owned()].into()));
    edit(&mut page, Edit::NewMember(0, crate::pages::household::Field::Name("李小明".into())));
    edit(&mut page, Edit::AddMember);
    let form = submitted(&page.update(Msg::Submit)).form;
    assert_eq!(form.new_members.iter().map(|member| member.name.as_str()).collect::<Vec<_>>(), ["李小明"]);
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
    page.update(done);
    assert!(matches!(page.phase, Phase::Done(_)));
    assert!(page.pause().is_empty(), "the draft is gone, nothing is written to it");
}

#[test]
fn a_draft_is_thrown_away_only_by_a_second_tap() {
    let mut page = open(Role::GridWorker);
    assert!(page.update(Msg::Draft(DraftMsg::Discard)).is_empty());
    assert!(page.update(Msg::Draft(DraftMsg::Discard))[0].asked::<DiscardDraft>().is_some());
}
