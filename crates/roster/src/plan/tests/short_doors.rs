//! Doors of which list or ledger leaves out compound or unit.

use super::*;

const GRID: &str = "990102003007031";

fn town() -> Town {
    Town::of(&format!(
        "{HEADER}{GRID},海棠花园,1栋,1单元,101,自住,甲一,户主,{},,,\n{GRID},海棠花园,1栋,1单元,102,自住,乙一,户主,,,,\n\
         {GRID},海棠花园,1栋,1单元,103,自住,丙一,户主,,,,\n",
        IDS[0]
    ))
}

fn short(rows: &[(&str, &str)]) -> String {
    let rows = rows.iter().map(|(room, name)| format!("{GRID},1栋,{room},{name},\n"));
    format!("网格编码,楼栋,房号,姓名,电话\n{}", rows.collect::<String>())
}

#[test]
fn a_short_door_is_the_known_one_where_its_people_live() {
    let mut town = town();
    let plan = town.import(&short(&[("101", "甲一"), ("102", "乙一")]));
    assert_eq!((plan.additions.len(), plan.edits.len(), plan.unplaced.len()), (0, 0, 0));
}

#[test]
fn a_sheet_that_is_known_brings_its_empty_homes_and_no_strangers() {
    let mut town = town();
    let plan = town.import(&short(&[("101", "甲一"), ("102", "乙一"), ("103", "新人")]));
    assert!(town.homes().contains(&"海棠花园1栋1单元103: 丙一".to_owned()), "{:?}", town.homes());
    assert_eq!(plan.unplaced.iter().map(|one| one.code).collect::<Vec<_>>(), [FindingCode::DoorUncertain]);
    let plan = town.import(&short(&[("101", "甲一"), ("102", "乙一"), ("103", "")]));
    assert_eq!((plan.additions.len(), plan.unplaced.len()), (0, 0));
}

#[test]
fn a_short_door_of_strangers_is_neither_joined_nor_doubled() {
    let mut town = town();
    let plan = town.import(&short(&[("101", "生人一"), ("102", "生人二")]));
    assert_empty(&plan);
    assert_eq!(plan.unplaced.iter().map(|one| one.code).collect::<Vec<_>>(), [FindingCode::DoorUncertain; 2]);
    assert_eq!(plan.outline.by_grid.values().map(|grid| grid.unplaced).sum::<usize>(), 2);
}

#[test]
fn a_short_door_that_two_units_fit_goes_by_people_or_not() {
    let two = format!(
        "{HEADER}{GRID},海棠花园,1栋,1单元,101,自住,甲一,户主,,,,\n{GRID},海棠花园,1栋,2单元,101,自住,乙一,户主,,,,\n"
    );
    let mut town = Town::of(&two);
    let plan = town.import(&short(&[("101", "乙一")]).replace("乙一,", "乙一,19900001001"));
    assert_eq!((plan.additions.len(), plan.unplaced.len()), (0, 0));
    assert_eq!(town.numbers("乙一")[0].1, ["19900001001"]);
    let plan = town.import(&short(&[("101", "生人")]));
    assert_eq!((plan.additions.len(), plan.unplaced.len()), (0, 1));
}

#[test]
fn a_full_list_completes_a_short_ledger() {
    let mut town = Town::of(&short(&[("101", "甲一"), ("102", "乙一")]));
    let full = format!(
        "{HEADER}{GRID},海棠花园,1栋,1单元,101,自住,甲一,户主,,,,\n{GRID},海棠花园,1栋,2单元,101,自住,丙一,户主,,,,\n\
         {GRID},海棠花园,1栋,1单元,102,自住,乙一,户主,,,,\n"
    );
    town.import(&full);
    assert_eq!(town.homes(), ["海棠花园1栋1单元101: 甲一", "海棠花园1栋1单元102: 乙一", "海棠花园1栋2单元101: 丙一"]);
    assert_empty(&town.import(&full));
}

#[test]
fn a_door_written_in_full_and_short_in_one_list_stays_one_household() {
    let mut town = town();
    let plan = town.import(&format!(
        "网格编码,小区,楼栋,单元,房号,姓名,电话\n{GRID},海棠花园,1栋,1单元,101,甲一,\n{GRID},,2栋,,901,庚一,\n{GRID},,1栋,,101,甲一,19900001000\n"
    ));
    assert!(town.homes().contains(&"海棠花园1栋1单元101: 甲一".to_owned()), "{:?} {:?}", town.homes(), plan.findings);
    assert_eq!(town.numbers("甲一"), [(IDS[0].to_owned(), vec!["19900001000".to_owned()])]);
}

#[test]
fn two_known_homes_under_one_door_are_told_apart_by_people() {
    let mut town = town();
    // An older version knew 102 by another form of the same door.
    let mut twin = town.at("海棠花园1栋1单元101").clone();
    let place = &mut town.at("海棠花园1栋1单元102").current.household.place;
    (place.building, place.unit, place.room) = ("1幢".to_owned(), "一单元".to_owned(), "101室".to_owned());
    twin.base = None;
    let list = format!("{HEADER}{GRID},海棠花园,1栋,1单元,101,自住,乙一,户主,,19900001009,,\n");
    town.import(&list);
    assert_eq!(town.numbers("乙一")[0].1, ["19900001009"]);
    assert_empty(&town.import(&list));
    let plan = town.import(&list.replace("乙一", "生人"));
    assert_eq!(plan.unplaced.len(), 1);
}

#[test]
fn two_units_are_not_both_the_home_without_one() {
    let mut town = Town::of(&short(&[("101", "甲一"), ("101", "甲二"), ("101", "乙一")]));
    let plan = town.import(&format!(
        "{HEADER}{GRID},海棠花园,1栋,1单元,101,自住,甲一,户主,,,,\n{GRID},海棠花园,1栋,1单元,101,自住,甲二,妻,,,,\n\
         {GRID},海棠花园,1栋,2单元,101,自住,乙一,户主,,,,\n"
    ));
    assert_eq!(plan.outline.questions.joined, 0);
    assert!(town.homes().contains(&"海棠花园1栋1单元101: 乙一,甲一,甲二".to_owned()), "{:?}", town.homes());
}
