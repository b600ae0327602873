//! Any interleaving, duplication and order of delivery of edits by three devices converges to the same record and
//! the same conflicts.

use documents::{RawChange, RecordDocument};
use domain::codes::{CareTag, NeedCode, NeedState, Outcome, Residence};
use domain::{Household, Particulars, Record};
use proptest::prelude::*;

use crate::dice::Dice;
use crate::people::*;

/// One thing that happens: a device edits, settles the first card it sees, or receives some changes of another.
#[derive(Debug, Clone)]
enum Step {
    Edit { device: usize, what: u8, value: u8 },
    Settle { device: usize, pick: u8 },
    Deliver { to: usize, seed: u64 },
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..3_usize, 0..9_u8, 0..4_u8).prop_map(|(device, what, value)| Step::Edit { device, what, value }),
        1 => (0..3_usize, any::<u8>()).prop_map(|(device, pick)| Step::Settle { device, pick }),
        4 => (0..3_usize, any::<u64>()).prop_map(|(to, seed)| Step::Deliver { to, seed }),
    ]
}

fn edit_household(h: &mut Household, what: u8, value: u8) {
    let key = member_id(value);
    match what {
        0 => h.contact_name = format!("钱{value}"),
        1 => h.note = if value == 0 { String::new() } else { format!("注{value}") },
        2 => _ = h.members.insert(key, member(&format!("孙{value}"))),
        3 => _ = h.members.remove(&key),
        4 => h.members.values_mut().for_each(|m| m.residence = (value > 1).then_some(Residence::Away)),
        5 => _ = h.needs.insert(NeedCode::Medical, if value > 1 { NeedState::Met } else { NeedState::Open }),
        6 => _ = h.needs.remove(&NeedCode::Medical),
        7 => h.last_visit = Some(mark(i64::from(value) * 50, Outcome::Met)),
        _ => _ = h.attempts.insert(visit_id(value), mark(i64::from(value), Outcome::Absent)),
    }
}

fn edit_particulars(p: &mut Particulars, what: u8, value: u8) {
    let person = p.members.entry(member_id(value % 2)).or_default();
    match what % 5 {
        0 => _ = person.tels.insert(format!("9990000000{value}")),
        1 => _ = person.tels.pop_first(),
        2 => _ = person.care_tags.insert(CareTag::LivesAlone),
        3 => _ = person.care_tags.pop_first(),
        _ => person.remark = format!("注{value}"),
    }
}

/// Plays the steps on three devices, then delivers everything to everybody and compares.
fn play<R: Record + PartialEq + std::fmt::Debug>(parent: &R, steps: &[Step], act: fn(&mut R, u8, u8), seed: u64) {
    let (first, created) = RecordDocument::create(parent, &office(-1)).expect("created");
    let mut phones = [first.clone(), first.clone(), first];
    let mut network: Vec<RawChange> = vec![created];
    for (n, step) in (0..).zip(steps) {
        match step {
            Step::Edit { device: d, what, value } => {
                let change = edit::<R>(&mut phones[*d], &device(*d, n), |record| act(record, *what, *value));
                network.extend(change);
            }
            Step::Settle { device: d, pick } => {
                let conflicts = read::<R>(&phones[*d]).conflicts;
                if let Some(conflict) = conflicts.first() {
                    let value = &conflict.candidates[usize::from(*pick) % conflict.candidates.len()].value;
                    network.extend(phones[*d].choose(&conflict.path, value, &device(*d, n)).expect("chosen"));
                }
            }
            Step::Deliver { to, seed } => deliver_some(&network, &mut phones[*to], &mut Dice(*seed)),
        }
    }
    let mut dice = Dice(seed);
    for phone in &mut phones {
        let mut all: Vec<&[u8]> = network.iter().chain(&network).map(|change| change.bytes.as_slice()).collect();
        dice.shuffle(&mut all);
        assert_eq!(phone.apply(&all).expect("honest changes").missing, [], "seed {seed}");
    }
    let reading = read::<R>(&phones[0]);
    for phone in &phones {
        assert_eq!(phone.heads(), phones[0].heads(), "seed {seed}");
        assert_eq!(read::<R>(phone), reading, "seed {seed}");
    }
    let bytes: Vec<u8> = network.iter().flat_map(|change| change.bytes.clone()).collect();
    let fresh = RecordDocument::from_history(&bytes).expect("a whole history");
    assert_eq!(read::<R>(&fresh), reading, "seed {seed}: a fresh phone");
}

/// Delivers a random part of the network in random order, some of it twice; what waits for the rest is reported.
fn deliver_some(network: &[RawChange], to: &mut RecordDocument, dice: &mut Dice) {
    let mut some: Vec<&[u8]> = Vec::new();
    for change in network {
        for _ in 0..dice.roll(3) {
            some.push(&change.bytes);
        }
    }
    dice.shuffle(&mut some);
    let applied = to.apply(&some).expect("honest changes");
    assert_eq!(applied.waiting.is_empty(), applied.missing.is_empty());
    for hash in applied.new.iter().chain(&applied.known) {
        assert!(to.has_change(*hash));
    }
    for hash in &applied.waiting {
        assert!(!to.has_change(*hash), "a waiting change is not in the document");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn three_phones_agree_on_a_household(steps in prop::collection::vec(any_step(), 1..30), seed in any::<u64>()) {
        play(&household(), &steps, edit_household, seed);
    }

    #[test]
    fn three_phones_agree_on_particulars(steps in prop::collection::vec(any_step(), 1..30), seed in any::<u64>()) {
        play(&particulars(), &steps, edit_particulars, seed);
    }
}

#[test]
fn a_change_that_came_before_its_cause_waits_and_is_reported() {
    let (origin, created) = RecordDocument::create(&household(), &office(0)).expect("created");
    let mut wangs = origin.clone();
    let first = edit::<Household>(&mut wangs, &wang(1), |h| h.note = "甲".into()).expect("a change");
    let second = edit::<Household>(&mut wangs, &wang(2), |h| h.note = "乙".into()).expect("a change");
    let mut lis = origin;
    let applied = lis.apply(&[&second.bytes, &created.bytes]).expect("honest");
    assert_eq!(
        (applied.waiting, applied.missing, applied.known),
        (vec![second.hash], vec![first.hash], vec![created.hash])
    );
    assert_eq!(read::<Household>(&lis).record.note, household().note);
    let applied = lis.apply(&[&second.bytes, &first.bytes]).expect("honest");
    assert_eq!(applied.new, [first.hash, second.hash]);
    assert_eq!(read::<Household>(&lis).record.note, "乙");
    let error = RecordDocument::from_history(&second.bytes).expect_err("a hole");
    assert!(matches!(error, documents::LoadError::MissingDependencies(missing) if missing == [first.hash]));

    let mut fresh = RecordDocument::empty();
    assert_eq!(fresh.kind(), None);
    assert_eq!(fresh.apply(&[&first.bytes, &created.bytes]).expect("honest").new, [created.hash, first.hash]);
    assert_eq!(fresh.kind(), Some(domain::Kind::Household));
}

#[test]
fn a_change_that_would_make_the_record_unreadable_is_not_taken() {
    let (mut phone, _) = RecordDocument::create(&household(), &office(0)).expect("created");
    let mut doc = automerge::Automerge::load(&phone.save()).expect("a document");
    let mut tx = doc.transaction();
    automerge::transaction::Transactable::delete(&mut tx, automerge::ROOT, "grid").expect("deleted");
    tx.commit();
    let change = doc.get_last_local_change().expect("a change");
    let heads = phone.heads();
    let error = phone.apply(&[change.raw_bytes()]).expect_err("unreadable");
    assert!(matches!(error, documents::ApplyError::Unreadable), "{error}");
    assert_eq!((phone.heads(), read::<Household>(&phone).record), (heads, household()));
}
