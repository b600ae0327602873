use domain::Record;
use domain::flat::Scalar;
use jiff::civil::date;

use super::*;
use crate::tests::{TODAY, read_text};

const HEADER: &str = "网格编码,小区,楼栋,单元,房号,居住状态,姓名,与户主关系,身份证号码,联系电话,人口类别,备注\n";

type Buildings = BTreeMap<BuildingKey, BuildingCode>;

/// The same id for the same key.
fn id_of(key: &str) -> HouseholdId {
    let number = key.bytes().fold(1_u128, |sum, byte| sum.wrapping_mul(1_000_003).wrapping_add(byte.into()));
    HouseholdId::from_uuid(uuid::Uuid::from_u128(number))
}

fn plan(roster: &Roster, last: &BTreeMap<String, Imported>, buildings: &Buildings, seed: u8) -> ImportPlan {
    let mut next = seed;
    let mut random = || {
        next = next.wrapping_add(1);
        [seed, next, 3, 4, 5, 6, 7, 8, 9, 10]
    };
    let mut around =
        Environment { now: UnixMillis::start_of(TODAY), today: TODAY, random: &mut random, household_id: &id_of };
    plan_import(roster, last, buildings, &mut around).expect("a plan")
}

fn street() -> Roster {
    read_text(&format!(
        "{HEADER}990102003007031,海棠花园,1栋,1单元,101,自住,甲一,户主,990101198506120024,19900000001,户籍,\n\
         ,,,,,,甲二,妻,,,户籍,\n\
         990102003007031,海棠花园,1栋,1单元,102,自住,乙一,户主,,,户籍,独居\n\
         990102003007031,海棠花园,2栋,1单元,101,租赁,丙一,户主,,,流动,\n\
         990102003007031,海棠花园,2栋,1单元,102,空置,,,,,,\n\
         990102003007032,海棠花园,2栋,1单元,101,自住,丁一,户主,,,户籍,\n"
    ))
}

#[test]
fn a_first_import_makes_valid_records() {
    let plan = plan(&street(), &BTreeMap::new(), &BTreeMap::new(), 1);
    assert_eq!((plan.additions.len(), plan.edits.len(), plan.findings.len()), (5, 0, 0));
    for (key, records) in &plan.additions {
        assert_eq!(records.household.find_breaches(), vec![], "{key}");
        assert_eq!(records.particulars.find_breaches(), vec![], "{key}");
        assert_eq!(records.particulars.household, records.household.id);
    }
    let (key, first) = &plan.additions[0];
    assert_eq!(key, "990102003007031|海棠花园|1|1|101");
    assert_eq!((first.household.contact_name.as_str(), first.household.members.len()), ("甲一", 2));
    let card = serde_json::to_string(&first.household).expect("json");
    assert!(!card.contains("19900000001") && !card.contains("990101198506120024"), "the card holds no numbers");
    let codes: Vec<_> = plan.additions.iter().map(|(_, records)| records.household.building.as_str()).collect();
    assert_eq!(
        codes,
        [
            "99010200300703100001",
            "99010200300703100001",
            "99010200300703100002",
            "99010200300703100002",
            "99010200300703200001"
        ]
    );
}

#[test]
fn classes_follow_tags_and_status() {
    let plan = plan(&street(), &BTreeMap::new(), &BTreeMap::new(), 1);
    let classes: Vec<_> = plan.additions.iter().map(|(_, records)| records.household.visit_class).collect();
    assert_eq!(classes, [None, Some(VisitClass::A), Some(VisitClass::B), Some(VisitClass::D), None]);
}

#[test]
fn a_dwelling_in_use_without_listed_people_is_not_put_off_for_a_year() {
    let roster = read_text(
        "网格编码,楼栋,房号,居住状态,姓名\n990102003007031,1栋,101,自住,\n990102003007031,1栋,102,,\n990102003007031,1栋,103,空置,\n",
    );
    let classes: Vec<_> = roster.households.iter().map(suggest_class).collect();
    assert_eq!(classes, [None, Some(VisitClass::D), Some(VisitClass::D)]);
}

#[test]
fn first_visits_are_spread_over_the_interval_in_door_order() {
    let mut text = HEADER.to_owned();
    for room in (1..=182).rev() {
        text.push_str(&format!("990102003007031,海棠花园,1栋,1单元,{room},自住,某人,户主,,,户籍,\n"));
    }
    let plan = plan(&read_text(&text), &BTreeMap::new(), &BTreeMap::new(), 1);
    let due = |room: &str| {
        let (_, records) =
            plan.additions.iter().find(|(_, records)| records.household.place.room == room).expect("a room");
        records.household.first_due
    };
    assert_eq!((due("1"), due("2"), due("182")), (Some(TODAY), Some(date(2026, 11, 24)), Some(date(2027, 5, 23))));
}

#[test]
fn the_same_file_again_changes_nothing() {
    let first = plan(&street(), &BTreeMap::new(), &BTreeMap::new(), 1);
    let json = serde_json::to_string(&first.state).expect("the state is kept as JSON");
    let kept: BTreeMap<String, Imported> = serde_json::from_str(&json).expect("and read again");
    let again = plan(&street(), &kept, &first.buildings, 99);
    assert_eq!((again.additions, again.edits, again.findings), (vec![], vec![], vec![]));
    assert_eq!((again.state, again.buildings), (first.state, first.buildings));
}

#[test]
fn a_corrected_file_changes_only_what_differs() {
    let first = plan(&street(), &BTreeMap::new(), &BTreeMap::new(), 1);
    let corrected = read_text(&format!(
        "{HEADER}990102003007031,海棠花园,1栋,1单元,101,自住,甲二,妻,990101198506120024,,户籍,\n\
         ,,,,,,甲一,户主,,19900000009,户籍,\n\
         990102003007031,海棠花园,1栋,1单元,102,自住,乙一一,户主,,,户籍,独居\n\
         990102003007031,海棠花园,3栋,1单元,101,自住,戊一,户主,,,户籍,\n\
         990102003007031,海棠花园,2栋,1单元,101,租赁,丙一,户主,,,流动,\n"
    ));
    let second = plan(&corrected, &first.state, &first.buildings, 50);
    assert_eq!(second.additions.len(), 1);
    assert_eq!(second.additions[0].1.household.building.as_str(), "99010200300703100003");

    // 101: the number moved to the other row; the persons stay who they are, and the card is untouched.
    let touched: Vec<_> = second.edits.iter().map(|edit| (edit.key.as_str(), edit.kind)).collect();
    assert_eq!(
        touched,
        [
            ("990102003007031|海棠花园|1|1|101", domain::Kind::Particulars),
            ("990102003007031|海棠花园|1|1|102", domain::Kind::Household),
            ("990102003007031|海棠花园|1|1|102", domain::Kind::Particulars),
        ]
    );
    // 102: a new name is a new person; the old one stays and is reported.
    let card = &second.state["990102003007031|海棠花园|1|1|102"].household;
    assert_eq!(card.members.len(), 2);
    let codes: Vec<_> = second.findings.iter().map(|finding| (finding.code, finding.row)).collect();
    assert_eq!(codes, [(FindingCode::NoLongerListed, 4), (FindingCode::NoLongerListed, 0)]);
    assert!(second.state.contains_key("990102003007031|海棠花园|2|1|102"), "an unlisted dwelling is not deleted");
}

#[test]
fn one_changed_phone_is_one_changed_path() {
    let first = plan(&street(), &BTreeMap::new(), &BTreeMap::new(), 1);
    let mut roster = street();
    roster.households[0].persons[0].tels = ["19900000002".to_owned()].into();
    roster.households[0].persons[0].name = "甲一新".to_owned();
    let second = plan(&roster, &first.state, &first.buildings, 1);
    let member = first.additions[0].1.household.members.iter().find(|(_, m)| m.name == "甲一").expect("the head").0;
    let changes: Vec<_> = second.edits.iter().flat_map(|edit| edit.changes.clone()).collect();
    assert_eq!(
        changes,
        [
            (format!("members.{member}.name"), Some(Scalar::Text("甲一新".into()))),
            (format!("members.{member}.tels.19900000001"), None),
            (format!("members.{member}.tels.19900000002"), Some(Scalar::Bool(true))),
        ]
    );
}

#[test]
fn a_repeated_row_makes_no_second_member() {
    let roster = read_text(&format!(
        "{HEADER}990102003007031,海棠花园,1栋,1单元,101,自住,甲一,户主,990101198506120024,,户籍,\n\
         ,,,,,,甲一,户主,990101198506120024,19900000001,户籍,\n"
    ));
    let plan = plan(&roster, &BTreeMap::new(), &BTreeMap::new(), 1);
    assert_eq!((roster.counts.persons, roster.households[0].persons.len()), (1, 2));
    assert_eq!(plan.additions[0].1.household.members.len(), 1);
}

mod kept;
