//! Correcting a visit: what is typed, sent, thrown away and brought back.

use super::*;
use crate::tests::sample;
use contract::domain::Role;
use contract::domain::codes::Language;
use contract::{Amending, DiscardDrafts, ErrorCode};

fn open(view: VisitView) -> Visited {
    let (mut page, _) = Visited::open(&sample::id(5, 2), &sample::env(Role::GridWorker, Language::ZhCn));
    page.update(Msg::Read(Ok(Box::new(view))));
    page
}

fn saved(effects: &[Effect<Msg>]) -> SaveVisitForm {
    effects.iter().find_map(Effect::asked).expect("written")
}

#[test]
fn what_is_typed_is_kept_as_a_correction_of_this_visit() {
    let mut page = open(sample::visit_view());
    page.update(Msg::Open);
    page.update(Msg::Type("是3楼".into()));
    let asked = saved(&page.pause());
    assert_eq!((asked.form.amends, asked.form.household), (Some(sample::id(5, 2)), Some(sample::id(2, 2))));
    let later = Amending { draft: sample::id(4, 9), text: String::new(), is_resumed: false };
    page.update(Msg::Read(Ok(Box::new(VisitView { amending: Some(later), ..sample::visit_view() }))));
    page.update(Msg::Type("是3楼，不是4楼".into()));
    assert_eq!(saved(&page.pause()).draft, asked.draft, "a sync meanwhile changes nothing");
}

#[test]
fn a_correction_without_words_is_not_sent_and_a_failed_one_can_be_sent_again() {
    let mut page = open(sample::visit_view());
    page.update(Msg::Open);
    page.update(Msg::Send);
    assert_eq!(page.phase, Phase::Wordless);
    page.update(Msg::Type("楼".repeat(TEXT_LIMIT + 1)));
    assert!(page.update(Msg::Send)[0].asked::<AmendVisit>().is_none());
    assert_eq!(page.phase, Phase::TooLong, "said at its field, with the limit");
    page.update(Msg::Type("是3楼".into()));
    let mut effects = page.update(Msg::Send);
    assert!(page.update(Msg::Send).is_empty(), "a second tap does not send twice");
    let failed = effects.remove(0).answer::<AmendVisit>(Err(CommandError::new(ErrorCode::StorageFull)));
    page.update(failed);
    assert_eq!(page.text, "是3楼", "it is still here");
    let mut effects = page.update(Msg::Send);
    let done = effects.remove(0).answer::<AmendVisit>(Ok(sample::visit_view()));
    page.update(done);
    assert_eq!((page.text.as_str(), page.is_open, &page.phase), ("", false, &Phase::Sent));
    assert!(page.pause().is_empty());
}

#[test]
fn what_is_typed_while_a_draft_comes_back_stands_behind_it() {
    let half = Amending { draft: sample::id(4, 8), text: "是3楼".into(), is_resumed: true };
    let half = VisitView { amending: Some(half), ..sample::visit_view() };
    let mut page = open(half.clone());
    let gone = page.update(Msg::Draft(DraftMsg::Discard)).remove(0).answer::<DiscardDrafts>(Ok(()));
    page.update(gone);
    page.update(Msg::Open);
    page.update(Msg::Type("门铃坏".into()));
    page.update(Msg::Restored(Ok(())));
    page.update(Msg::Read(Ok(Box::new(half))));
    assert!(page.is_open && page.text == "是3楼\n门铃坏", "{}", page.text);
    assert_eq!(saved(&page.pause()).draft, sample::id(4, 8));
}

#[test]
fn half_a_correction_is_there_again_and_comes_back_after_it_was_thrown_away() {
    let half = Amending { draft: sample::id(4, 8), text: "是3楼".into(), is_resumed: true };
    let half = VisitView { amending: Some(half), ..sample::visit_view() };
    let mut page = open(half.clone());
    assert!(page.is_open && page.text == "是3楼");
    let gone = page.update(Msg::Draft(DraftMsg::Discard)).remove(0).answer::<DiscardDrafts>(Ok(()));
    page.update(gone);
    page.update(Msg::Read(Ok(Box::new(sample::visit_view()))));
    assert!(page.text.is_empty());
    let back = page.update(Msg::Undo).remove(0).answer::<RestoreDrafts>(Ok(()));
    let asked = page.update(back).remove(0).answer::<GetVisit>(Ok(half));
    page.update(asked);
    assert_eq!((page.text.as_str(), page.draft.id()), ("是3楼", Some(sample::id(4, 8))));
}
