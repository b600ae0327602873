//! Merge tables: what two edits made at the same time become, kind by kind. Li writes a second after Wang.

use documents::RecordDocument;
use domain::codes::{CareTag, HouseStatus, NeedCode, NeedState, Outcome, Priority, Residence, VisitClass};
use domain::flat::Scalar;
use domain::member_pair::MemberPair;
use domain::particulars::PersonParticulars;
use domain::visit::{Amendment, Answer};
use domain::{Household, Incident, Particulars, Record, Visit};

use crate::people::*;

type Change<R> = fn(&mut R);

/// One row: what Wang does, what Li does, what both read afterwards, and on which paths they are asked.
struct Row<R> {
    wang: Change<R>,
    li: Change<R>,
    expected: Change<R>,
    conflicts: &'static [&'static str],
    remark: &'static str,
}

fn run_table<R: Record + PartialEq + std::fmt::Debug>(parent: &R, rows: &[Row<R>]) {
    for row in rows {
        let (mut wangs, _) = RecordDocument::create(parent, &office(-1_000)).expect("created");
        let mut lis = RecordDocument::load(&wangs.save()).expect("loaded");
        edit(&mut wangs, &wang(10), row.wang);
        edit(&mut lis, &li(11), row.li);
        let before = wangs.clone();
        deliver(&lis, &mut wangs);
        deliver(&before, &mut lis);

        let mut expected = parent.clone();
        (row.expected)(&mut expected);
        let reading = read::<R>(&wangs);
        assert_eq!(reading.record, expected, "{}", row.remark);
        let paths: Vec<_> = reading.conflicts.iter().map(|conflict| conflict.path.as_str()).collect();
        assert_eq!(paths, row.conflicts, "{}", row.remark);
        assert_eq!(reading, read::<R>(&lis), "both phones: {}", row.remark);
    }
}

/// Somebody says of two entries, so many seconds after the beginning, that they are one person or two.
fn say(household: &mut Household, one: u8, other: u8, is_same: bool, seconds: i64) {
    let pair = MemberPair::new(member_id(one), member_id(other)).expect("two entries");
    household.mark_pair(pair, is_same, at(seconds));
}

/// A card on which 钱二 was written down twice, and once more as 钱儿.
fn written_thrice() -> Household {
    let names = [(1, "钱二"), (2, "钱二"), (3, "钱儿")];
    Household { members: names.map(|(n, name)| (member_id(n), member(name))).into(), ..household() }
}

#[test]
fn entries_that_may_be_one_person() {
    let rows: &[Row<Household>] = &[
        Row {
            wang: |h| say(h, 1, 2, true, 10),
            li: |h| h.members.get_mut(&member_id(2)).expect("there").residence = Some(Residence::Away),
            expected: |h| {
                say(h, 1, 2, true, 10);
                h.members.get_mut(&member_id(2)).expect("there").residence = Some(Residence::Away);
            },
            conflicts: &[],
            remark: "joining touches no entry: what somebody writes into one meanwhile stays",
        },
        Row {
            wang: |h| say(h, 1, 2, true, 10),
            li: |h| say(h, 1, 2, false, 11),
            expected: |h| say(h, 1, 2, false, 11),
            conflicts: &[],
            remark: "of one pair the later word holds, and nobody is asked",
        },
        Row {
            wang: |h| say(h, 1, 2, false, 20),
            li: |h| say(h, 1, 2, true, 11),
            expected: |h| say(h, 1, 2, false, 20),
            conflicts: &[],
            remark: "later is what was said later, not what arrives later",
        },
        Row {
            wang: |h| say(h, 1, 2, true, 10),
            li: |h| say(h, 2, 1, true, 11),
            expected: |h| say(h, 1, 2, true, 11),
            conflicts: &[],
            remark: "two people who see the same make one pair, whichever entry they name first",
        },
        Row {
            wang: |h| say(h, 1, 2, true, 10),
            li: |h| say(h, 2, 3, true, 11),
            expected: |h| {
                say(h, 1, 2, true, 10);
                say(h, 2, 3, true, 11);
            },
            conflicts: &[],
            remark: "pairs are keys of their own: both hold, and the three entries are one person",
        },
        Row {
            wang: |h| say(h, 1, 2, true, 10),
            li: |h| _ = h.members.insert(member_id(4), member("钱二")),
            expected: |h| {
                say(h, 1, 2, true, 10);
                h.members.insert(member_id(4), member("钱二"));
            },
            conflicts: &[],
            remark: "a third entry made meanwhile is there, and is asked about by itself",
        },
    ];
    run_table(&written_thrice(), rows);

    let mut joined = written_thrice();
    say(&mut joined, 1, 2, true, 1);
    say(&mut joined, 1, 3, true, 1);
    assert_eq!(joined.people().len(), 1);
    let rows: &[Row<Household>] = &[
        Row {
            wang: |h| say(h, 1, 2, false, 10),
            li: |h| h.members.get_mut(&member_id(2)).expect("there").name = "钱贰".into(),
            expected: |h| {
                say(h, 1, 2, false, 10);
                h.members.get_mut(&member_id(2)).expect("there").name = "钱贰".into();
            },
            conflicts: &[],
            remark: "an entry that is taken out comes back with what was written into it meanwhile",
        },
        Row {
            wang: |h| say(h, 1, 2, false, 10),
            li: |h| say(h, 1, 2, false, 11),
            expected: |h| say(h, 1, 2, false, 11),
            conflicts: &[],
            remark: "taken apart by two, it is apart once",
        },
        Row {
            wang: |h| say(h, 1, 3, false, 10),
            li: |h| say(h, 2, 3, true, 11),
            expected: |h| {
                say(h, 1, 3, false, 10);
                say(h, 2, 3, true, 11);
            },
            conflicts: &[],
            remark: "whoever says later that two of the entries are one joins them again, through whichever pair",
        },
    ];
    run_table(&joined, rows);
}

#[test]
fn households() {
    let rows: &[Row<Household>] = &[
        Row {
            wang: |h| h.contact_name = "钱二".into(),
            li: |h| h.contact_name = "孙三".into(),
            expected: |h| h.contact_name = "孙三".into(),
            conflicts: &["contact_name"],
            remark: "two names: the newer is shown, the other is not lost, a card asks",
        },
        Row {
            wang: |h| h.contact_name = "钱二".into(),
            li: |h| h.contact_name = "钱二".into(),
            expected: |h| h.contact_name = "钱二".into(),
            conflicts: &[],
            remark: "two people who heard the same do not disagree",
        },
        Row {
            wang: |h| h.contact_name = "钱二".into(),
            li: |h| h.note = "养了鸟".into(),
            expected: |h| {
                h.contact_name = "钱二".into();
                h.note = "养了鸟".into();
            },
            conflicts: &[],
            remark: "different fields have nothing to do with each other",
        },
        Row {
            wang: |h| h.note.clear(),
            li: |h| h.note = "养了鸟".into(),
            expected: |h| h.note = "养了鸟".into(),
            conflicts: &[],
            remark: "what one clears while another writes it stays written: nothing is lost",
        },
        Row {
            wang: |h| _ = h.members.insert(member_id(2), member("钱二")),
            li: |h| _ = h.members.insert(member_id(3), member("孙三")),
            expected: |h| {
                h.members.insert(member_id(2), member("钱二"));
                h.members.insert(member_id(3), member("孙三"));
            },
            conflicts: &[],
            remark: "two new members are two members",
        },
        Row {
            wang: |h| h.members.get_mut(&member_id(1)).expect("there").name = "赵一一".into(),
            li: |h| h.members.get_mut(&member_id(1)).expect("there").residence = Some(Residence::Away),
            expected: |h| {
                let member = h.members.get_mut(&member_id(1)).expect("there");
                member.name = "赵一一".into();
                member.residence = Some(Residence::Away);
            },
            conflicts: &[],
            remark: "two fields of one member merge",
        },
        Row {
            wang: |h| _ = h.members.remove(&member_id(1)),
            li: |h| h.members.get_mut(&member_id(1)).expect("there").residence = Some(Residence::Away),
            expected: |h| {
                let member = h.members.get_mut(&member_id(1)).expect("there");
                member.relation = None;
                member.residence = Some(Residence::Away);
            },
            conflicts: &[],
            remark: "a member removed here and edited there is there, with the name that a member needs",
        },
        Row {
            wang: |h| _ = h.needs.insert(NeedCode::Medical, NeedState::Met),
            li: |h| _ = h.needs.insert(NeedCode::Medical, NeedState::InProgress),
            expected: |h| _ = h.needs.insert(NeedCode::Medical, NeedState::InProgress),
            conflicts: &["needs.02"],
            remark: "whether a need is met is a question for people",
        },
        Row {
            wang: |h| _ = h.needs.remove(&NeedCode::Medical),
            li: |h| _ = h.needs.insert(NeedCode::ElderCare, NeedState::Open),
            expected: |h| h.needs = [(NeedCode::ElderCare, NeedState::Open)].into(),
            conflicts: &[],
            remark: "keys are independent",
        },
        Row {
            wang: |h| h.last_visit = Some(mark(900, Outcome::Met)),
            li: |h| h.last_visit = Some(mark(300, Outcome::Family)),
            expected: |h| h.last_visit = Some(mark(900, Outcome::Met)),
            conflicts: &[],
            remark: "the later visit is the last one, whoever wrote first; nobody is asked",
        },
        Row {
            wang: |h| _ = h.attempts.insert(visit_id(8), mark(10, Outcome::Absent)),
            li: |h| _ = h.attempts.insert(visit_id(9), mark(11, Outcome::Absent)),
            expected: |h| {
                h.attempts.insert(visit_id(8), mark(10, Outcome::Absent));
                h.attempts.insert(visit_id(9), mark(11, Outcome::Absent));
            },
            conflicts: &[],
            remark: "attempts are facts: both count",
        },
        Row {
            wang: |h| {
                h.house_status = Some(HouseStatus::Vacant);
                h.visit_class = None;
            },
            li: |h| {
                h.house_status = Some(HouseStatus::OwnerOccupied);
                h.visit_class = Some(VisitClass::A);
            },
            expected: |h| {
                h.house_status = Some(HouseStatus::OwnerOccupied);
                h.visit_class = Some(VisitClass::A);
            },
            conflicts: &["house_status"],
            remark: "codes conflict like texts; a cleared one gives way to a set one",
        },
    ];
    run_table(&household(), rows);
}

fn person(p: &mut Particulars) -> &mut PersonParticulars {
    p.members.get_mut(&member_id(1)).expect("there")
}

#[test]
fn particulars_of_a_household() {
    let rows: &[Row<Particulars>] = &[
        Row {
            wang: |p| _ = person(p).tels.insert("99900000002".into()),
            li: |p| _ = person(p).tels.insert("99900000003".into()),
            expected: |p| person(p).tels.extend(["99900000002".into(), "99900000003".into()]),
            conflicts: &[],
            remark: "two phones are two phones",
        },
        Row {
            wang: |p| _ = person(p).care_tags.remove(&CareTag::LivesAlone),
            li: |p| _ = person(p).care_tags.insert(CareTag::Disabled),
            expected: |p| person(p).care_tags = [CareTag::Disabled].into(),
            conflicts: &[],
            remark: "removing one tag and adding another both happen",
        },
        Row {
            wang: |p| person(p).id_no = "990101199001010001".into(),
            li: |p| person(p).id_no = "990101199001010002".into(),
            expected: |p| person(p).id_no = "990101199001010002".into(),
            conflicts: &[ID_NUMBER],
            remark: "two identity numbers: one of them is a slip of the pen, people decide",
        },
    ];
    run_table(&particulars(), rows);
}

/// `id_no` of the member of the story; its id follows from its number.
const ID_NUMBER: &str = "members.00000000-0003-7101-8101-010101010101.id_no";

#[test]
fn the_member_of_the_table_is_the_one_of_the_story() {
    assert_eq!(ID_NUMBER, format!("members.{}.id_no", member_id(1)));
}

#[test]
fn visits() {
    let rows: &[Row<Visit>] = &[
        Row {
            wang: |v| {
                let text = "是三单元".into();
                v.amendments.insert(note_id(5), Amendment { by: wang(0).account, at: at(20), text });
            },
            li: |v| {
                let text = "见到的是女儿".into();
                v.amendments.insert(note_id(6), Amendment { by: li(0).account, at: at(21), text });
            },
            expected: |v| {
                let (one, two) = ("是三单元".into(), "见到的是女儿".into());
                v.amendments.insert(note_id(5), Amendment { by: wang(0).account, at: at(20), text: one });
                v.amendments.insert(note_id(6), Amendment { by: li(0).account, at: at(21), text: two });
            },
            conflicts: &[],
            remark: "amendments are united, the original stays",
        },
        Row {
            wang: |v| _ = v.answers.insert("persons".into(), Answer::Number(4)),
            li: |v| _ = v.answers.insert("persons".into(), Answer::Number(5)),
            expected: |v| _ = v.answers.insert("persons".into(), Answer::Number(4)),
            conflicts: &[],
            remark: "a fact has one author; if two wrote it after all, the first by actor is shown, no card",
        },
    ];
    run_table(&visit(), rows);
}

#[test]
fn incidents() {
    let rows: &[Row<Incident>] = &[
        Row {
            wang: |i| _ = i.transitions.insert(transition_id(2), transition(5)),
            li: |i| _ = i.transitions.insert(transition_id(3), transition(6)),
            expected: |i| {
                i.transitions.insert(transition_id(2), transition(5));
                i.transitions.insert(transition_id(3), transition(6));
            },
            conflicts: &[],
            remark: "what people did is united; which of it counts is the server's to decide",
        },
        Row {
            wang: |i| i.category = "03001".into(),
            li: |i| i.category = "04001".into(),
            expected: |i| i.category = "04001".into(),
            conflicts: &["category"],
            remark: "a category is a judgement: ask",
        },
        Row {
            wang: |i| i.priority = Some(Priority::Urgent),
            li: |i| _ = i.notes.insert(note_id(7), note("又来了一次")),
            expected: |i| {
                i.priority = Some(Priority::Urgent);
                i.notes.insert(note_id(7), note("又来了一次"));
            },
            conflicts: &[],
            remark: "a note beside a changed priority",
        },
    ];
    run_table(&incident(), rows);
}

fn disagreement() -> (RecordDocument, RecordDocument) {
    let (mut wangs, _) = RecordDocument::create(&household(), &office(-1_000)).expect("created");
    let mut lis = RecordDocument::load(&wangs.save()).expect("loaded");
    edit::<Household>(&mut wangs, &wang(10), |h| h.contact_name = "钱二".into());
    edit::<Household>(&mut lis, &li(11), |h| h.contact_name = "孙三".into());
    deliver(&lis, &mut wangs);
    deliver(&wangs, &mut lis);
    (wangs, lis)
}

#[test]
fn a_card_names_both_values_who_and_when() {
    let (wangs, _) = disagreement();
    let conflicts = read::<Household>(&wangs).conflicts;
    let candidates: Vec<_> = conflicts[0].candidates.iter().map(|c| (c.value.clone(), c.by, c.at, c.shown)).collect();
    let text = |text: &str| Scalar::Text(text.to_owned());
    assert_eq!(
        candidates,
        [(text("孙三"), Some(li(0).account), at(11), true), (text("钱二"), Some(wang(0).account), at(10), false)]
    );
}

#[test]
fn an_edit_elsewhere_leaves_the_card_and_choosing_settles_it_for_both() {
    for chosen in ["孙三", "钱二"] {
        let (mut wangs, mut lis) = disagreement();
        edit::<Household>(&mut wangs, &wang(20), |h| h.note = "换了锁".into()).expect("a change");
        assert_eq!(read::<Household>(&wangs).conflicts.len(), 1, "an unrelated edit answers no question");

        let value = Scalar::Text(chosen.to_owned());
        wangs.choose("contact_name", &value, &wang(30)).expect("chosen").expect("a change, even for the shown value");
        deliver(&wangs, &mut lis);
        let reading = read::<Household>(&lis);
        assert_eq!((reading.record.contact_name.as_str(), reading.conflicts), (chosen, vec![]));
        assert_eq!(lis.choose("contact_name", &value, &device(0, 31)).expect("settled"), None);
        RecordDocument::load(&lis.save()).expect("somebody who changed nothing left no trace");
    }
}

#[test]
fn choosing_what_nobody_wrote_is_refused() {
    let (mut wangs, _) = disagreement();
    let heads = wangs.heads();
    let error = wangs.choose("contact_name", &Scalar::Text("周五".into()), &wang(30)).expect_err("not a candidate");
    assert!(matches!(error, documents::EditError::NotACandidate(path) if path == "contact_name"));
    assert_eq!(wangs.heads(), heads);
}

#[test]
fn saving_without_a_difference_makes_no_change() {
    let (mut document, created) = RecordDocument::create(&household(), &office(0)).expect("created");
    assert_eq!((created.seq, document.change_count()), (1, 1), "a record is created by one change");
    assert_eq!(document.edit(&household(), &wang(1)).expect("an edit"), None);
    assert_eq!(document.heads(), [created.hash]);
    assert_eq!(RecordDocument::load(&document.save()).expect("still sound").heads(), [created.hash]);
}

#[test]
fn an_edit_cannot_turn_one_household_into_another() {
    let (mut document, _) = RecordDocument::create(&household(), &office(0)).expect("created");
    let mut other = household();
    other.id = domain::HouseholdId::new(at(0), [7; 10]);
    assert!(matches!(document.edit(&other, &wang(1)), Err(documents::EditError::Identity)));
    assert!(matches!(document.read::<Visit>(), Err(documents::ReadError::WrongKind { .. })));
}

#[test]
fn two_phones_that_both_first_write_the_particulars_have_one_document() {
    let (mut wangs, _) = RecordDocument::create(&particulars(), &wang(0)).expect("created");
    let mut theirs = particulars();
    person(&mut theirs).tels = ["99900000009".into()].into();
    let (mut lis, _) = RecordDocument::create(&theirs, &li(1)).expect("created");
    let before = wangs.clone();
    deliver(&lis, &mut wangs);
    deliver(&before, &mut lis);
    let reading = read::<Particulars>(&wangs);
    assert_eq!(reading, read(&lis));
    assert_eq!(reading.conflicts, [], "equal values are no conflict");
    assert_eq!(reading.record.members[&member_id(1)].tels.len(), 2);
}
