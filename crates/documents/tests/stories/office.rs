//! The office imports a roster, workers edit, the office imports a corrected roster.

use documents::RecordDocument;
use domain::flat::Scalar;
use domain::{ChangeHash, Household};

use crate::people::*;

fn text(value: &str) -> Option<Scalar> {
    Some(Scalar::Text(value.to_owned()))
}

fn field(path: &str, value: &str) -> (String, Option<Scalar>) {
    (path.to_owned(), text(value))
}

/// A household as imported, with the heads the office remembers.
fn imported() -> (RecordDocument, Vec<ChangeHash>) {
    let (document, _) = RecordDocument::create(&household(), &office(0)).expect("created");
    let heads = document.heads();
    (document, heads)
}

#[test]
fn a_field_nobody_edited_is_simply_updated() {
    let (mut document, import) = imported();
    edit::<Household>(&mut document, &wang(10), |h| h.note = "换了锁".into());
    document.edit_at(&import, &[field("contact_name", "赵大")], &office(20)).expect("imported").expect("a change");
    let reading = read::<Household>(&document);
    assert_eq!((reading.record.contact_name.as_str(), reading.record.note.as_str()), ("赵大", "换了锁"));
    assert_eq!(reading.conflicts, []);
}

#[test]
fn what_a_worker_edited_since_becomes_a_card_with_both() {
    let (mut document, import) = imported();
    edit::<Household>(&mut document, &wang(10), |h| h.contact_name = "钱二".into());
    edit::<Household>(&mut document, &wang(11), |h| h.note = "换了锁".into());
    document.edit_at(&import, &[field("contact_name", "赵大")], &office(20)).expect("imported").expect("a change");
    let reading = read::<Household>(&document);
    let candidates: Vec<_> = reading.conflicts[0].candidates.iter().map(|c| (c.value.clone(), c.by)).collect();
    assert_eq!(
        candidates,
        [(Scalar::Text("赵大".into()), Some(office(0).account)), (Scalar::Text("钱二".into()), Some(wang(0).account))],
        "the office wrote last, so its value is shown, beside the worker's"
    );
    assert_eq!(reading.record.contact_name, "赵大");
}

#[test]
fn the_same_list_again_changes_nothing_and_never_undoes_a_worker() {
    let (mut document, import) = imported();
    let same = [field("contact_name", "赵一"), field("place.room", "402")];
    assert_eq!(document.edit_at(&import, &same, &office(5)).expect("imported"), None);
    edit::<Household>(&mut document, &wang(10), |h| h.contact_name = "钱二".into());
    assert_eq!(document.edit_at(&import, &same, &office(20)).expect("imported"), None);
    assert_eq!(read::<Household>(&document).record.contact_name, "钱二");
    let agreed = [field("contact_name", "钱二")];
    assert_eq!(document.edit_at(&import, &agreed, &office(30)).expect("imported"), None, "the office caught up");
}

#[test]
fn a_settled_card_stays_settled_when_the_list_comes_a_third_time() {
    let (mut document, import) = imported();
    edit::<Household>(&mut document, &wang(10), |h| h.contact_name = "钱二".into());
    let corrected = [field("contact_name", "赵大")];
    let second = document.edit_at(&import, &corrected, &office(20)).expect("imported").expect("a change");
    document.choose("contact_name", &Scalar::Text("钱二".into()), &wang(30)).expect("chosen").expect("a change");
    assert_eq!(document.edit_at(&[second.hash], &corrected, &office(40)).expect("imported"), None);
    let reading = read::<Household>(&document);
    assert_eq!((reading.record.contact_name.as_str(), reading.conflicts.len()), ("钱二", 0));
}

#[test]
fn an_import_from_old_heads_does_not_repeat_a_sequence_number() {
    let (mut document, import) = imported();
    document.edit_at(&import, &[field("note", "甲")], &office(20)).expect("imported").expect("a change");
    let third = document.edit_at(&import, &[field("note", "乙")], &office(30)).expect("imported").expect("a change");
    assert_eq!(third.seq, 3);
    let reading = read::<Household>(&document);
    assert_eq!((reading.record.note.as_str(), reading.conflicts.len()), ("乙", 0), "the office agrees with itself");
    assert_eq!(document.last_heads_of(&office(0)), [third.hash]);
    RecordDocument::load(&document.save()).expect("still sound");
}

#[test]
fn an_emptied_cell_clears_the_field_unless_a_worker_filled_it() {
    let (mut document, import) = imported();
    let emptied = [("note".to_owned(), None)];
    let mut edited = document.clone();
    document.edit_at(&import, &emptied, &office(20)).expect("imported").expect("a change");
    assert_eq!(read::<Household>(&document).record.note, "");
    edit::<Household>(&mut edited, &wang(10), |h| h.note = "换了锁".into());
    edited.edit_at(&import, &emptied, &office(20)).expect("imported");
    assert_eq!(read::<Household>(&edited).record.note, "换了锁");
}

#[test]
fn heads_from_elsewhere_are_refused() {
    let (mut document, _) = imported();
    let error = document.edit_at(&[ChangeHash([7; 32])], &[field("note", "甲")], &office(20)).expect_err("unknown");
    assert!(matches!(error, documents::EditError::UnknownHeads(_)));
}
