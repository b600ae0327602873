//! How much one record may hold, whoever wrote it: what a newer app adds is taken, what only fills phones is not.

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{ActorId, Automerge, AutomergeError, ROOT};
use documents::{
    AdmitError, InspectError, MAX_CHANGE_UNPACKED_BYTES, MAX_PATH_VALUES, MAX_RECORD_PATHS, MAX_UNKNOWN_BYTES,
    MAX_UNKNOWN_PATHS, MAX_VALUE_BYTES, RecordDocument, admit, inspect,
};
use domain::Household;

use crate::hostile::seal;
use crate::people::*;

/// A change over `base` as another app makes it, with the document after it.
fn write_as(
    base: &[u8],
    seed: u8,
    write: impl FnOnce(&mut Transaction<'_>) -> Result<(), AutomergeError>,
) -> (Vec<u8>, Vec<u8>) {
    let mut doc = Automerge::load(base).expect("a document");
    doc.set_actor(ActorId::from([seed; 16].as_slice()));
    let mut tx = doc.transaction();
    write(&mut tx).expect("written");
    tx.commit_with(CommitOptions::default().with_time(5).with_message(wang(0).account.to_string()));
    let change = doc.get_last_local_change().expect("a change").raw_bytes().to_vec();
    (change, doc.save())
}

fn saved() -> Vec<u8> {
    RecordDocument::create(&household(), &office(0)).expect("created").0.save()
}

fn fill(tx: &mut Transaction<'_>, count: usize, bytes: usize) -> Result<(), AutomergeError> {
    (0..count).try_for_each(|n| tx.put(ROOT, format!("later.f{n}"), "x".repeat(bytes)))
}

fn what_is_too_much(base: &[u8], change: &[u8]) -> &'static str {
    match admit::<Household>(Some(base), &[change]) {
        Err(AdmitError::TooLarge { what, .. }) => what,
        Err(other) => panic!("{other}"),
        Ok(_) => "",
    }
}

#[test]
fn fields_of_a_newer_app_are_taken_within_bounds() {
    let base = saved();
    let (change, _) = write_as(&base, 1, |tx| fill(tx, 300, 100));
    assert_eq!(what_is_too_much(&base, &change), "");
    let (change, _) = write_as(&base, 1, |tx| fill(tx, MAX_UNKNOWN_PATHS + 1, 1));
    assert_eq!(what_is_too_much(&base, &change), "unknown");
    let (change, _) = write_as(&base, 1, |tx| fill(tx, 8, MAX_UNKNOWN_BYTES / 8));
    assert_eq!(what_is_too_much(&base, &change), "unknown");
}

#[test]
fn a_value_that_fills_every_phone_is_refused_under_any_path() {
    let base = saved();
    for path in ["note", "later.text"] {
        let (change, _) = write_as(&base, 1, |tx| tx.put(ROOT, path, "x".repeat(MAX_VALUE_BYTES + 1)));
        match admit::<Household>(Some(&base), &[&change]) {
            Err(AdmitError::TooLarge { what: "value", path: found }) => assert_eq!(found, path),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_record_that_is_beyond_a_bound_takes_every_edit_that_adds_nothing() {
    // Let in by an earlier version: thousands of paths, and a value without end.
    let mut base = saved();
    for part in 0..3 {
        base = write_as(&base, 9, |tx| (0..4_000).try_for_each(|n| tx.put(ROOT, format!("junk{part}.f{n}"), 1))).1;
    }
    base = write_as(&base, 9, |tx| tx.put(ROOT, "junk.text", "x".repeat(200_000))).1;
    let mut document = RecordDocument::load(&base).expect("a document");
    let change = edit::<Household>(&mut document, &wang(10), |h| h.note = "门口有狗".into()).expect("a change");
    assert_eq!(what_is_too_much(&base, &change.bytes), "");
    let (more, _) = write_as(&base, 1, |tx| tx.put(ROOT, "junk.more", 1));
    assert_eq!(what_is_too_much(&base, &more), "paths");
    let (less, _) = write_as(&base, 1, |tx| tx.delete(ROOT, "junk.text"));
    assert_eq!(what_is_too_much(&base, &less), "");
}

#[test]
fn paths_are_counted_before_anything_is_applied() {
    let mut base = saved();
    for part in 0..2 {
        base = write_as(&base, 9, |tx| (0..4_000).try_for_each(|n| tx.put(ROOT, format!("junk{part}.f{n}"), 1))).1;
    }
    let (change, _) = write_as(&base, 1, |tx| fill(tx, MAX_RECORD_PATHS / 4, 1));
    assert_eq!(what_is_too_much(&base, &change), "paths");
}

#[test]
fn one_field_does_not_gather_values_without_end() {
    let base = saved();
    let mut merged = Automerge::load(&base).expect("a document");
    for seed in 1..=u8::try_from(MAX_PATH_VALUES).expect("small") {
        let (_, after) = write_as(&base, seed, |tx| tx.put(ROOT, "note", format!("{seed}")));
        merged.merge(&mut Automerge::load(&after).expect("a document")).expect("merged");
    }
    let full = merged.save();
    let (change, _) = write_as(&base, 200, |tx| tx.put(ROOT, "note", "one more"));
    assert_eq!(what_is_too_much(&full, &change), "values");
    let mut document = RecordDocument::load(&full).expect("a document");
    let settled = edit::<Household>(&mut document, &wang(10), |h| h.note = "就这样".into()).expect("a change");
    assert_eq!(what_is_too_much(&full, &settled.bytes), "", "whoever has seen them all may settle it");
}

#[test]
fn a_run_of_one_long_path_is_weighed_not_made() {
    let mut body = vec![0, 16];
    body.extend_from_slice(&[7; 16]);
    body.extend_from_slice(&[1, 1, 0, 0, 0]); // seq, first operation, time, message, other actors
    let path = vec![b'a'; 1_000];
    // 4,000 times a path of 1,000 bytes: column of keys, id 1, type string.
    let mut column = vec![0xa0, 0x1f, 0xe8, 0x07];
    column.extend_from_slice(&path);
    assert!(4_000 * path.len() as u64 > MAX_CHANGE_UNPACKED_BYTES);
    body.extend_from_slice(&[1, 21, 0xec, 0x07]);
    body.extend_from_slice(&column);
    assert_eq!(inspect(&seal(1, &body)), Err(InspectError::TooManyOps));
}
