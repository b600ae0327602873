//! Who is who in a known home.

use super::*;

const ROW: &str = "990102003007031,海棠花园,1栋,1单元,101";

#[test]
fn placeholders_are_nobodys_number() {
    let mut town = Town::of(&format!(
        "{HEADER}{ROW},自住,甲一,户主,990101195001100016,,,\n{ROW},,甲二,妻,待补,,,\n{ROW},,甲三,子,000000000000000000,,,\n"
    ));
    town.import(&format!(
        "{HEADER}{ROW},自住,甲一,户主,990101195001100016,,,\n{ROW},,甲四,女,待补,,,\n{ROW},,甲二,妻,000000000000000000,,,\n"
    ));
    assert_eq!(town.homes(), ["海棠花园1栋1单元101: 甲一,甲三,甲二,甲四"]);
    // Also where an older version has kept the placeholder as a number.
    for details in town.at("海棠花园1栋1单元101").current.particulars.members.values_mut() {
        details.id_no = "待补".to_owned();
    }
    let mut roster = read_text(&format!("{HEADER}{ROW},自住,甲五,户主,,,,\n"));
    roster.households[0].persons[0].id_no = "待补".to_owned();
    town.import_roster(&roster, false);
    assert_eq!(town.homes(), ["海棠花园1栋1单元101: 甲一,甲三,甲二,甲五,甲四"]);
}

#[test]
fn marks_on_names_become_the_state_of_the_same_people() {
    let mut town = Town::of(&format!("{HEADER}{ROW},自住,甲秀兰,户主,,,,\n{ROW},,甲二,子,,,,\n"));
    let second = town.import(&format!("{HEADER}{ROW},自住,甲秀兰（已故）,户主,,,,\n{ROW},,甲二(迁出),子,,,,\n"));
    assert_eq!(town.homes(), ["海棠花园1栋1单元101: (甲二),(甲秀兰)"]);
    assert_eq!(second.additions.len(), 0);
    // A list that says nothing of it takes nothing away.
    town.import(&format!("{HEADER}{ROW},自住,甲秀兰,户主,,,,\n{ROW},,甲二,子,,,,\n"));
    assert_eq!(town.homes(), ["海棠花园1栋1单元101: (甲二),(甲秀兰)"]);
}

#[test]
fn a_masked_list_takes_nobodys_full_value() {
    let full = format!(
        "{HEADER}{ROW},自住,张三丰,户主,990101195001100016,19900001000,,\n{ROW},,李四,妻,990101195102110045,19900001001,,\n"
    );
    let mut town = Town::of(&full);
    let before = town.clone();
    let second = town.import(&format!(
        "{HEADER}{ROW},自住,张*,户主,990101********0016,199****1000,,\n{ROW},,李某,妻,990101********0045,199****1001,,\n"
    ));
    assert_eq!((town.homes(), second.unplaced.len()), (before.homes(), 0));
    for name in ["张三丰", "李四"] {
        assert_eq!(town.numbers(name), before.numbers(name));
    }
    let stranger = town.import(&format!("{HEADER}{ROW},自住,王*,,990101********9999,,,\n"));
    assert_eq!((stranger.unplaced.len(), stranger.unplaced[0].code), (1, FindingCode::PersonUncertain));
    assert_eq!(town.homes(), before.homes());
}

#[test]
fn a_masked_phone_beside_a_full_one_takes_none_away() {
    let mut town = Town::of(&format!("{HEADER}{ROW},自住,甲一,户主,990101195001100016,19900001000,,\n"));
    let mut roster = read_text(&format!("{HEADER}{ROW},自住,甲一,户主,990101195001100016,199****1000,,\n"));
    roster.households[0].persons[0].tels = ["19900001009".to_owned()].into();
    town.import_roster(&roster, false);
    assert_eq!(town.numbers("甲一")[0].1, ["19900001000", "19900001009"]);
}

#[test]
fn two_valid_numbers_of_one_name_are_two_people_or_nobody() {
    let mut town = Town::of(&format!("{HEADER}{ROW},自住,甲一,子,{},,,\n", IDS[0]));
    let plan = town.import(&format!("{HEADER}{ROW},自住,甲一,子,{},,,\n", IDS[2]));
    assert_eq!((plan.unplaced.len(), town.numbers("甲一").len()), (1, 1), "a mended number or a twin: not certain");
    town.import(&format!("{HEADER}{ROW},自住,甲一,父,{},,,\n", IDS[2]));
    let numbers: BTreeSet<_> = town.numbers("甲一").into_iter().map(|(id_no, _)| id_no).collect();
    assert_eq!(numbers, [IDS[0].to_owned(), IDS[2].to_owned()].into());
}

#[test]
fn a_wrong_number_is_mended_and_never_replaces_a_valid_one() {
    let wrong = "990101195001100017";
    let mut town = Town::of(&format!("{HEADER}{ROW},自住,甲一,户主,{wrong},,,\n"));
    town.import(&format!("{HEADER}{ROW},自住,甲一,户主,{},,,\n", IDS[0]));
    assert_eq!(town.numbers("甲一"), [(IDS[0].to_owned(), vec![])]);
    for bad in [wrong, "99010119500110001"] {
        let told = town.import(&format!("{HEADER}{ROW},自住,甲一,户主,{bad},,,\n"));
        assert_eq!(town.numbers("甲一"), [(IDS[0].to_owned(), vec![])], "{bad}");
        assert!(codes(&told).contains(&FindingCode::ValueKept));
    }
}

#[test]
fn numbers_that_slipped_a_row_are_set_aside() {
    let mut town = Town::of(&format!("{HEADER}{ROW},自住,甲一,户主,{},,,\n{ROW},,乙一,妻,{},,,\n", IDS[0], IDS[1]));
    let before = town.clone();
    let second = town.import(&format!("{HEADER}{ROW},自住,甲一,户主,{},,,\n{ROW},,乙一,妻,{},,,\n", IDS[1], IDS[0]));
    assert_eq!(second.unplaced.len(), 2, "{:?}", second.findings);
    assert_eq!((town.homes(), town.numbers("甲一")), (before.homes(), before.numbers("甲一")));
}

#[test]
fn a_number_that_somebody_else_has_is_not_taken() {
    let mut town = Town::of(&format!("{HEADER}{ROW},自住,甲一,户主,{},,,\n{ROW},,甲二,妻,,,,\n", IDS[0]));
    let second = town.import(&format!("{HEADER}{ROW},自住,甲二,妻,{},,,\n", IDS[0]));
    assert_eq!(town.numbers("甲二"), [(String::new(), vec![])]);
    assert!(codes(&second).contains(&FindingCode::ValueKept));
}

#[test]
fn spellings_of_a_name_are_one_person() {
    let mut town = Town::of(&format!("{HEADER}{ROW},自住,阿依古丽·热合曼,户主,,,,\n"));
    town.import(&format!("{HEADER}{ROW},自住,阿依古丽•热合曼,户主,,19900001000,,\n"));
    assert_eq!(town.homes(), ["海棠花园1栋1单元101: 阿依古丽·热合曼"]);
}

#[test]
fn two_of_one_name_are_told_apart_by_relation_or_not_at_all() {
    let mut town = Town::of(&format!("{HEADER}{ROW},自住,李伟,户主,,,,\n{ROW},,李伟,子,,,,\n"));
    town.import(&format!("{HEADER}{ROW},自住,李伟,子,,19900001000,,\n"));
    let second = town.import(&format!("{HEADER}{ROW},自住,李伟,,,19900001009,,\n"));
    assert_eq!(second.unplaced.len(), 1, "which of the two is not said");
    let tels: Vec<_> = town.numbers("李伟").into_iter().flat_map(|(_, tels)| tels).collect();
    assert_eq!(tels, ["19900001000"]);
}

#[test]
fn a_name_is_corrected_by_the_number() {
    let mut town = Town::of(&format!("{HEADER}{ROW},自住,王小名,户主,{},,,\n", IDS[0]));
    town.import(&format!("{HEADER}{ROW},自住,王小明,户主,{},,,\n", IDS[0]));
    assert_eq!(town.homes(), ["海棠花园1栋1单元101: 王小明"]);
}
