//! Changes that are not what they should be: each gets an answer, none alters anything.

use std::collections::BTreeMap;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, AutomergeError, ObjType, ROOT, ScalarValue};
use documents::{AdmitError, ApplyError, InspectError, MAX_CHANGE_BYTES, RawChange, RecordDocument, admit, inspect};
use domain::{Household, Visit};
use sha2::{Digest, Sha256};

use crate::dice::Dice;
use crate::people::*;

fn saved_household() -> (RecordDocument, Vec<u8>) {
    let (document, _) = RecordDocument::create(&household(), &office(0)).expect("created");
    let bytes = document.save();
    (document, bytes)
}

/// A change over `base` made without this crate's care.
fn forge(
    base: &[u8],
    write: impl FnOnce(&mut automerge::transaction::Transaction<'_>) -> Result<(), AutomergeError>,
) -> Vec<u8> {
    let mut doc = Automerge::load(base).expect("a document");
    doc.set_actor(ActorId::from(wang(0).installation.as_uuid().as_bytes().as_slice()));
    let mut tx = doc.transaction();
    write(&mut tx).expect("written");
    tx.commit_with(CommitOptions::default().with_time(5).with_message(wang(0).account.to_string()));
    doc.get_last_local_change().expect("a change").raw_bytes().to_vec()
}

fn write_unsigned(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// The body as a chunk of this type whose checksum is right.
pub(crate) fn seal(chunk_type: u8, body: &[u8]) -> Vec<u8> {
    let mut hashed = vec![chunk_type];
    write_unsigned(&mut hashed, body.len() as u64);
    hashed.extend_from_slice(body);
    let mut bytes = vec![0x85, 0x6f, 0x4a, 0x83];
    bytes.extend_from_slice(&Sha256::digest(&hashed)[..4]);
    bytes.extend_from_slice(&hashed);
    bytes
}

fn body_of(change: &[u8]) -> &[u8] {
    let length = change[9..].iter().position(|byte| byte & 0x80 == 0).expect("a length") + 1;
    &change[9 + length..]
}

#[test]
fn a_header_says_who_made_the_change_and_in_which_order() {
    let (mut document, base) = saved_household();
    let first = edit::<Household>(&mut document, &wang(10), |h| h.note = "甲".into()).expect("a change");
    let second = edit::<Household>(&mut document, &wang(11), |h| h.note = "乙".into()).expect("a change");
    let header = inspect(&second.bytes).expect("a change");
    assert_eq!(header.hash, second.hash);
    assert_eq!((header.actor, header.author, header.at), (wang(0).installation, Some(wang(0).account), at(11)));
    assert_eq!((header.seq, header.deps.as_slice(), header.ops), (2, [first.hash].as_slice(), 1));
    assert_ne!(header.actor, li(0).installation, "a foreign actor is seen by comparing with the sender's");
    let gap = admit::<Household>(Some(&base), &[&second.bytes]).expect_err("a gap");
    assert!(matches!(gap, AdmitError::MissingDependencies(missing) if missing == [first.hash]));
}

#[test]
fn envelopes_that_are_not_one_raw_change_are_refused() {
    let (mut document, base) = saved_household();
    let good = edit::<Household>(&mut document, &wang(10), |h| h.note = "甲".into()).expect("a change").bytes;
    assert_eq!(inspect(&base), Err(InspectError::ChunkType(0)), "a document is not a change");
    assert_eq!(inspect(&[good.clone(), good.clone()].concat()), Err(InspectError::TrailingBytes(good.len())));
    assert_eq!(inspect(&vec![0; MAX_CHANGE_BYTES + 1]), Err(InspectError::TooLarge(MAX_CHANGE_BYTES + 1)));
    for length in 0..good.len() {
        inspect(&good[..length]).expect_err("cut short");
    }
    for index in 4..good.len() {
        let mut tampered = good.clone();
        tampered[index] ^= 1;
        inspect(&tampered).expect_err("tampered");
    }
    assert_eq!(inspect(&seal(1, body_of(&good))).map(|header| header.ops), Ok(1), "the seal of these tests is right");
}

#[test]
fn a_run_of_a_quintillion_rows_is_counted_not_made() {
    let mut body = vec![0, 16];
    body.extend_from_slice(&[7; 16]);
    body.extend_from_slice(&[1, 1, 0, 0, 0]); // seq, first operation, time, message, other actors
    let run = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10, 1]; // 2⁶⁰ times the value 1
    body.extend_from_slice(&[1, 66, run.len() as u8]);
    body.extend_from_slice(&run);
    assert_eq!(inspect(&seal(1, &body)), Err(InspectError::TooManyOps));
}

#[test]
fn honest_edits_are_admitted_with_the_paths_they_touch() {
    let (mut document, base) = saved_household();
    let change = edit::<Household>(&mut document, &wang(10), |h| {
        h.contact_name = "钱二".into();
        h.note.clear();
    })
    .expect("a change");
    let admitted = admit::<Household>(Some(&base), &[&change.bytes]).expect("admitted");
    assert_eq!(admitted.changed_paths.iter().map(String::as_str).collect::<Vec<_>>(), ["contact_name", "note"]);
    assert_eq!(admitted.before, Some(household()));
    assert_eq!((admitted.record.contact_name.as_str(), admitted.record.note.as_str()), ("钱二", ""));
    assert_eq!(admitted.heads, [change.hash]);
    assert_eq!(read::<Household>(&RecordDocument::load(&admitted.save).expect("saved")).record, admitted.record);

    let (_, created) = RecordDocument::create(&visit(), &wang(20)).expect("created");
    let admitted = admit::<Visit>(None, &[&created.bytes]).expect("admitted");
    assert_eq!((admitted.record, admitted.before), (visit(), None));
    assert!(admitted.changed_paths.contains("outcome") && !admitted.changed_paths.contains("kind"));
    let again = admit::<Visit>(Some(&admitted.save), &[&created.bytes]).expect("known");
    assert!(again.changed_paths.is_empty());
}

#[test]
fn what_a_flat_record_never_needs_is_refused() {
    type Forgery = fn(&mut automerge::transaction::Transaction<'_>) -> Result<(), AutomergeError>;
    let forgeries: &[(&str, Forgery)] = &[
        ("a nested map", |tx| tx.put_object(ROOT, "place", ObjType::Map).map(|_| ())),
        ("a list", |tx| tx.put_object(ROOT, "tags", ObjType::List).map(|_| ())),
        ("a text object", |tx| tx.put_object(ROOT, "note", ObjType::Text).map(|_| ())),
        ("something inside a map", |tx| {
            let map = tx.put_object(ROOT, "place", ObjType::Map)?;
            tx.put(map, "room", "402")
        }),
        ("a counter", |tx| tx.put(ROOT, "leaflets", ScalarValue::counter(1))),
        ("bytes", |tx| tx.put(ROOT, "note", vec![1_u8])),
        ("null", |tx| tx.put(ROOT, "note", ())),
        ("not a number", |tx| tx.put(ROOT, "x", f64::NAN)),
        ("an empty segment", |tx| tx.put(ROOT, "a..b", 1)),
        ("a path a thousand deep", |tx| tx.put(ROOT, "a.".repeat(1_000) + "a", 1)),
    ];
    let (_, base) = saved_household();
    for (name, forgery) in forgeries {
        let change = forge(&base, *forgery);
        let error = admit::<Household>(Some(&base), &[&change]).expect_err(name);
        assert!(matches!(error, AdmitError::Operation { .. }), "{name}: {error}");
    }
}

#[test]
fn what_makes_the_record_the_one_it_is_cannot_be_rewritten() {
    type Forgery = fn(&mut automerge::transaction::Transaction<'_>) -> Result<(), AutomergeError>;
    let forgeries: &[(&str, Forgery)] = &[
        ("kind", |tx| tx.put(ROOT, "kind", "visit")),
        ("kind", |tx| tx.delete(ROOT, "kind")),
        ("id", |tx| tx.delete(ROOT, "id")),
        ("id", |tx| tx.put(ROOT, "id", visit_id(9).to_string())),
        ("format", |tx| tx.delete(ROOT, "format")),
        ("format", |tx| tx.put(ROOT, "format", 0)),
    ];
    let (_, base) = saved_household();
    for (path, forgery) in forgeries {
        let error = admit::<Household>(Some(&base), &[&forge(&base, *forgery)]).expect_err(path);
        assert!(matches!(&error, AdmitError::Structural(found) if found == path), "{path}: {error}");
    }
}

#[test]
fn records_that_break_their_own_rules_are_refused_unless_they_did_before() {
    let (mut document, base) = saved_household();
    let change = edit::<Household>(&mut document, &wang(10), |h| h.note = "长".repeat(501)).expect("a change");
    let error = admit::<Household>(Some(&base), &[&change.bytes]).expect_err("too long");
    assert!(matches!(error, AdmitError::Breaches(breaches) if breaches[0].field == "note"));
    let base = document.save();
    let later = edit::<Household>(&mut document, &wang(11), |h| h.contact_name = "钱二".into()).expect("a change");
    admit::<Household>(Some(&base), &[&later.bytes]).expect("the next edit is not to blame");

    let base = document.save();
    let longer = edit::<Household>(&mut document, &wang(12), |h| h.note = "长".repeat(502)).expect("a change");
    let error = admit::<Household>(Some(&base), &[&longer.bytes]).expect_err("longer than it was");
    assert!(matches!(error, AdmitError::Breaches(breaches) if breaches[0].field == "note"));

    let broken = forge(&saved_household().1, |tx| tx.delete(ROOT, "grid"));
    let error = admit::<Household>(Some(&saved_household().1), &[&broken]).expect_err("no grid");
    assert!(matches!(error, AdmitError::Read(_)));
}

#[test]
fn a_record_from_the_future_is_told_apart_from_a_wrong_one() {
    let (_, base) = saved_household();
    let future = forge(&base, |tx| tx.put(ROOT, "format", 2));
    let error = admit::<Household>(Some(&base), &[&future]).expect_err("unknown format");
    assert!(matches!(error, AdmitError::NewerFormat { found: 2, known: 1 }));

    let mut phone = RecordDocument::load(&base).expect("loaded");
    phone.apply(&[&future]).expect("a phone keeps what a newer server sends");
    let reading = read::<Household>(&phone);
    assert_eq!((reading.format, &reading.record), (2, &household()), "it reads what it can");
    let error = phone.edit(&reading.record, &wang(20)).expect_err("but does not edit");
    assert!(matches!(error, documents::EditError::NewerFormat { found: 2, known: 1 }));
}

#[test]
fn a_phone_restored_from_a_backup_repeats_a_number_and_is_told() {
    let (document, _) = saved_household();
    let (mut lost, mut restored) = (document.clone(), document);
    edit::<Household>(&mut lost, &wang(10), |h| h.note = "甲".into());
    let base = lost.save();
    let twin = edit::<Household>(&mut restored, &wang(20), |h| h.note = "乙".into()).expect("a change");
    let error = admit::<Household>(Some(&base), &[&twin.bytes]).expect_err("forked");
    assert!(matches!(error, AdmitError::Apply(ApplyError::DuplicateSeq { hash }) if hash == twin.hash));
    let heads = lost.heads();
    assert!(matches!(lost.apply(&[&twin.bytes]), Err(ApplyError::DuplicateSeq { .. })));
    assert_eq!(lost.heads(), heads);
}

#[test]
fn sequence_numbers_that_leave_a_gap_are_refused() {
    let (_, base) = saved_household();
    let honest = forge(&base, |tx| tx.put(ROOT, "note", "甲"));
    let mut expanded = automerge::Change::from_bytes(honest).expect("a change").decode();
    expanded.seq = 7;
    let change = automerge::Change::from(expanded);
    let error = admit::<Household>(Some(&base), &[change.raw_bytes()]).expect_err("a gap");
    assert!(matches!(error, AdmitError::SequenceGap { .. }), "{error}");
}

#[test]
fn operation_numbers_that_run_ahead_are_refused() {
    let (_, base) = saved_household();
    let mut expanded =
        automerge::Change::from_bytes(forge(&base, |tx| tx.put(ROOT, "note", "甲"))).expect("a change").decode();
    expanded.start_op = std::num::NonZeroU64::new(4_000_000_000).expect("not zero");
    let change = automerge::Change::from(expanded);
    let error = admit::<Household>(Some(&base), &[change.raw_bytes()]).expect_err("ahead");
    assert!(matches!(error, AdmitError::OpNumber));
}

/// One to three small damages anywhere in the body.
fn mutate(dice: &mut Dice, body: &[u8]) -> Vec<u8> {
    let mut body = body.to_vec();
    for _ in 0..=dice.roll(3) {
        let place = dice.roll(body.len());
        match dice.roll(5) {
            0 => body[place] ^= 1 << dice.roll(8),
            1 => body[place] = dice.roll(256) as u8,
            2 => body.insert(place, dice.roll(256) as u8),
            3 if body.len() > 1 => _ = body.remove(place),
            _ => {
                let end = (place + 1 + dice.roll(6)).min(body.len());
                let copy = body[place..end].to_vec();
                body.splice(place..place, copy);
            }
        }
    }
    body
}

const MUTATIONS: usize = 10_000;

#[test]
fn ten_thousand_mutated_changes_are_answered_and_alter_nothing() {
    let seed = 20_261_123;
    let mut dice = Dice(seed);
    let (mut document, base) = saved_household();
    let mut phone = document.clone();
    let heads = phone.heads();
    let honest: Vec<RawChange> = [
        edit::<Household>(&mut document, &wang(10), |h| h.contact_name = "钱二".into()),
        edit::<Household>(&mut phone.clone(), &li(11), |h| {
            h.members.insert(member_id(2), member("孙三"));
            h.note.clear();
        }),
        Some(RecordDocument::create(&household(), &li(12)).expect("created").1),
    ]
    .into_iter()
    .flatten()
    .collect();
    let untouched = base.clone();
    let mut answers = BTreeMap::<&str, usize>::new();
    for n in 0..MUTATIONS {
        let change = seal(1, &mutate(&mut dice, body_of(&honest[n % honest.len()].bytes)));
        let answer = match inspect(&change) {
            Err(InspectError::Panicked) => "inspect: contained",
            Err(_) => "inspect: refused",
            Ok(_) => match admit::<Household>(Some(&base), &[&change]) {
                Err(AdmitError::Panicked) => "admit: contained",
                Err(_) => "admit: refused",
                Ok(admitted) => {
                    let reread = RecordDocument::load(&admitted.save).expect("what is admitted can be loaded");
                    assert_eq!(read::<Household>(&reread).record, admitted.record, "seed {seed}, mutation {n}");
                    "admitted"
                }
            },
        };
        *answers.entry(answer).or_default() += 1;
        if answer.starts_with("admit") && n % 10 == 0 && phone.apply(&[&change]).is_ok() {
            phone = RecordDocument::load(&base).expect("loaded");
        }
        assert_eq!(phone.heads(), heads, "seed {seed}, mutation {n}: a refused change leaves no trace");
    }
    assert_eq!(base, untouched);
    assert_eq!(answers.values().sum::<usize>(), MUTATIONS);
    for expected in ["inspect: refused", "admit: refused", "admit: contained", "admitted"] {
        assert!(answers.contains_key(expected), "seed {seed}: no {expected} among {answers:?}");
    }
}

#[test]
fn two_thousand_mutated_snapshots_are_answered() {
    let seed = 20_261_124;
    let mut dice = Dice(seed);
    let (mut document, _) = saved_household();
    edit::<Household>(&mut document, &wang(10), |h| h.contact_name = "钱二".into());
    let saved = document.save_plain();
    assert_eq!(seal(0, body_of(&saved)), saved, "the seal of these tests is right");
    for n in 0..2_000 {
        let snapshot = seal(0, &mutate(&mut dice, body_of(&saved)));
        if let Ok(document) = RecordDocument::from_history(&snapshot) {
            let again = RecordDocument::load(&document.save()).expect("what was taken can be saved and loaded");
            assert_eq!(again.heads(), document.heads(), "seed {seed}, mutation {n}");
            let _ = document.read::<Household>();
        }
    }
    assert!(matches!(RecordDocument::from_history(&[]), Err(documents::LoadError::Empty)));
    assert!(RecordDocument::load(&saved[..saved.len() / 2]).is_err());
}

/// A household with so many members, as a list brings it.
fn crowd(people: u8) -> RecordDocument {
    let mut home = household();
    home.members = (0..people).map(|n| (member_id(n), member("工友"))).collect();
    RecordDocument::create(&home, &office(0)).expect("created").0
}

fn add_member(document: &mut RecordDocument, author: &documents::Author, n: u8) -> RawChange {
    edit::<Household>(document, author, |h| _ = h.members.insert(member_id(n), member("新来"))).expect("a change")
}

#[test]
fn a_limit_that_was_passed_before_is_held_only_against_who_passes_it_further() {
    let mut document = crowd(61);
    let base = document.save();
    let note = edit::<Household>(&mut document, &wang(10), |h| h.note = "有宠物".into()).expect("a change");
    admit::<Household>(Some(&base), &[&note.bytes]).expect("a note adds nobody");
    let base = document.save();
    let more = add_member(&mut document, &wang(11), 200);
    let error = admit::<Household>(Some(&base), &[&more.bytes]).expect_err("a sixty-second");
    assert!(matches!(error, AdmitError::Breaches(breaches) if breaches[0].field == "members"));
}

#[test]
fn two_additions_that_meet_beyond_a_limit_are_both_let_in() {
    let base = crowd(59);
    let (mut wangs, mut lis) = (base.clone(), base.clone());
    let first = add_member(&mut wangs, &wang(10), 200);
    let second = add_member(&mut lis, &li(11), 201);
    admit::<Household>(Some(&base.save()), &[&first.bytes]).expect("the sixtieth");
    let merged = admit::<Household>(Some(&wangs.save()), &[&second.bytes]).expect("the other sixtieth");
    assert_eq!(merged.record.members.len(), 61);
    // Who adds two in a view of fifty-nine is one too many, whatever else has come in meanwhile.
    let mut lis = base.clone();
    let both = edit::<Household>(&mut lis, &li(12), |h| {
        h.members.insert(member_id(202), member("一"));
        h.members.insert(member_id(203), member("二"));
    });
    let error = admit::<Household>(Some(&wangs.save()), &[&both.expect("a change").bytes]).expect_err("sixty-one");
    assert!(matches!(error, AdmitError::Breaches(_)));
}

#[test]
fn one_of_two_entries_can_be_chosen_though_it_is_too_long() {
    let (document, _) = saved_household();
    let (mut lists, mut wangs) = (document.clone(), document.clone());
    let long = edit::<Household>(&mut lists, &office(5), |h| h.note = "长".repeat(600)).expect("a change");
    edit::<Household>(&mut wangs, &wang(10), |h| h.note = "短".into()).expect("a change");
    wangs.apply(&[&long.bytes]).expect("merged");
    let base = wangs.save();
    let value = domain::flat::Scalar::Text("长".repeat(600));
    let chosen = wangs.choose("note", &value, &wang(20)).expect("a candidate").expect("a change");
    admit::<Household>(Some(&base), &[&chosen.bytes]).expect("nothing new");
}
