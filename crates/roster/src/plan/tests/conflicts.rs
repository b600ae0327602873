//! What workers have added and corrected in the field, when the next list comes.

use super::*;

const ROW: &str = "990102003007031,海棠花园,1栋,1单元,101";
const DOOR: &str = "海棠花园1栋1单元101";

fn list(tel: &str) -> String {
    format!("{HEADER}{ROW},自住,甲一,户主,{},{tel},户籍,喜静\n", IDS[0])
}

#[test]
fn who_was_added_at_the_door_is_not_doubled() {
    let mut town = Town::of(&list("19900001000"));
    town.meet(DOOR, "甲三", "", &["19900001003"]);
    town.meet(DOOR, "甲四", IDS[2], &[]);
    let more =
        format!("{}{ROW},,甲三,子,{},,,\n{ROW},,甲四,女,{},19900001004,,\n", list("19900001000"), IDS[1], IDS[2]);
    let second = town.import(&more);
    assert_eq!(town.homes(), [format!("{DOOR}: 甲一,甲三,甲四")]);
    assert_eq!(town.numbers("甲三"), [(IDS[1].to_owned(), vec!["19900001003".to_owned()])]);
    assert_eq!(town.numbers("甲四"), [(IDS[2].to_owned(), vec!["19900001004".to_owned()])]);
    assert_eq!(second.outline.by_grid.values().map(|grid| grid.changed).sum::<usize>(), 1);
    assert_empty(&town.import(&more));
}

#[test]
fn a_value_of_the_field_is_told_and_kept() {
    let mut town = Town::of(&list("19900001000"));
    town.meet(DOOR, "甲三", "", &["19900001003"]);
    let more = format!("{}{ROW},,甲三,子,,19900009999,,\n", list("19900001000"));
    let second = town.import(&more);
    assert_eq!(town.numbers("甲三")[0].1, ["19900001003"]);
    let told: Vec<_> = second.findings.iter().filter(|one| one.code == FindingCode::ValueKept).collect();
    assert_eq!((told.len(), told[0].row), (1, 3));
    assert!(told[0].text.contains("联系电话"), "{told:?}");
    let again = town.import(&more);
    assert_empty(&again);
    assert!(!codes(&again).contains(&FindingCode::ValueKept), "told once");
}

#[test]
fn a_correction_of_the_field_stays_when_the_office_repeats_itself() {
    let mut town = Town::of(&list("19900001000"));
    let id = *town.at(DOOR).current.household.members.keys().next().expect("甲一");
    let details = town.at(DOOR).current.particulars.members.get_mut(&id).expect("details");
    details.remark = "搬花了".to_owned();
    assert_empty(&town.import(&list("19900001000")));
    // The office says the same as the field: nothing to write, and its word is kept.
    let same = town.import(&list("19900001000").replace("喜静", "搬花了"));
    assert_eq!((same.edits, same.bases.len()), (vec![], 1));
    // It says something else: an edit, which the writer makes a conflict.
    let other = town.import(&list("19900001000").replace("喜静", "好客"));
    assert_eq!(other.edits.len(), 1);
}

#[test]
fn our_own_export_comes_back_unchanged() {
    let mut town = Town::of(&format!("{}{ROW},,甲二,妻,,,,\n", list("19900001000")));
    town.meet(DOOR, "甲三", IDS[2], &["19900001003"]);
    let mut roster =
        read_text(&format!("{}{ROW},,甲二,妻,,,,\n{ROW},,甲三,,{},19900001003,,\n", list("19900001000"), IDS[2]));
    let known = town.at(DOOR).current.household.clone();
    roster.households[0].id = Some(known.id);
    for person in &mut roster.households[0].persons {
        person.id = known.members.iter().find(|(_, member)| member.name == person.name).map(|(id, _)| *id);
    }
    let plan = town.import_roster(&roster, false);
    assert_eq!((plan.additions, plan.edits, plan.unplaced), (vec![], vec![], vec![]));
    // A name corrected in the export is the same person's.
    roster.households[0].persons[1].name = "甲贰".to_owned();
    town.import_roster(&roster, false);
    assert_eq!(town.homes(), [format!("{DOOR}: 甲一,甲三,甲贰")]);
    // An id that was pasted to another home is a contradiction.
    roster.households[0].place.room = "901".to_owned();
    for person in &mut roster.households[0].persons {
        (person.id, person.name, person.id_no) = (None, "乙一".to_owned(), String::new());
    }
    let plan = town.import_roster(&roster, false);
    assert!(!plan.unplaced.is_empty() && plan.edits.is_empty() && plan.additions.is_empty());
}

#[test]
fn two_entries_that_are_one_person_stay_one() {
    let mut town = Town::of(&list("19900001000"));
    let one = *town.at(DOOR).current.household.members.keys().next().expect("甲一");
    let other = town.meet(DOOR, "甲一一", "", &["19900001007"]);
    let pair = domain::member_pair::MemberPair::new(one, other).expect("two");
    let mark = domain::member_pair::PairMark { at: UnixMillis::start_of(TODAY), is_same: true };
    town.at(DOOR).current.household.pairs.insert(pair, mark);
    assert_empty(&town.import(&list("19900001000")));
    let second = town.import(&list("19900001000").replace("甲一,", "甲一一,"));
    assert_eq!(second.additions.len(), 0);
    assert_eq!(town.at(DOOR).current.household.members.len(), 2, "nobody was added");
}

#[test]
fn a_key_of_an_older_form_is_replaced() {
    let mut town = Town::of(&list("19900001000"));
    town.at(DOOR).stored_key = Some("990102003007031|海棠花园||1-1-101".to_owned());
    let plan = town.import(&list("19900001000"));
    assert_eq!(plan.dropped_keys, ["990102003007031|海棠花园||1-1-101"]);
    assert_eq!((plan.additions.len(), plan.edits.len(), plan.bases.len()), (0, 0, 1));
    assert_empty(&town.import(&list("19900001000")));
}

#[test]
fn a_home_for_which_nobody_is_named_keeps_its_people() {
    let mut town = Town::of(&list("19900001000"));
    let plan = town.import(&format!("{HEADER}{ROW},空置,,,,,,\n"));
    assert_eq!((plan.outline.questions.emptied, town.homes()), (1, vec![format!("{DOOR}: 甲一")]));
    assert!(codes(&plan).contains(&FindingCode::HomeEmptied));
}
