//! A second list over what the first one left: nobody doubled in silence, no number moved, nothing full overwritten.

use domain::codes::{HouseStatus, Residence};
use domain::particulars::TEL_LIMIT;

use crate::office::Office;
use crate::support::*;

/// A list with all parts of the door in the given grid, from rows of CSV.
fn list(rows: &str) -> Lists {
    let text = unindent(&format!("小区,楼栋,单元,房号,姓名,与户主关系,身份证号码,联系电话\n{rows}"));
    Lists::new().file("台账.csv", text).in_grid(GRID)
}

/// A list with columns of its own.
fn list_of(text: &str) -> Lists {
    Lists::new().file("第二份.csv", unindent(text)).in_grid(GRID)
}

/// Two families behind two doors of 海棠花园; serials 1, 2, 3 and 4.
fn two_families() -> Lists {
    list(&format!(
        "海棠花园,1栋,1单元,101,甲一,户主,{},19900000001
         海棠花园,1栋,1单元,101,甲二,配偶,{},
         海棠花园,1栋,1单元,101,甲三,女,{},19900000003
         海棠花园,1栋,1单元,102,乙一,户主,{},
        ",
        id_no(1),
        id_no(2),
        id_no(3),
        id_no(4)
    ))
}

fn truth() -> Vec<(&'static str, String)> {
    (1..).zip(["甲一", "甲二", "甲三", "乙一"]).map(|(serial, name)| (name, id_no(serial))).collect()
}

/// That everybody of [`two_families`] stands once with their own number.
#[track_caller]
fn assert_all_there(office: &Office) {
    for (name, number) in truth() {
        assert_eq!(office.bearers(&number), [name], "the bearer of {number} in {:#?}", office.doors());
    }
}

#[test]
fn every_trial_list_imported_again_changes_nothing() {
    let cases: [(&str, &[&str]); 16] = [
        ("I01-section-rows", &["按楼栋分段.xlsx"]),
        ("I03-file-per-building", &["海棠花园1栋.csv", "海棠花园2栋.csv"]),
        ("I05-two-columns-of-homes", &["双栏打印.xlsx"]),
        ("I06-members-grouped-by-field", &["一户一行.xlsx"]),
        ("I09-room-none", &["房号写无.xlsx"]),
        ("I11-ditto-marks", &["同上.xlsx"]),
        ("I13-placeholder-ids", &["证件待补.xlsx"]),
        ("I14-names-with-marks", &["六月.xlsx"]),
        ("I15-state-column", &["人员状态.xlsx"]),
        ("I18-lost-characters", &["ANSI另存.csv"]),
        ("I22-own-export-again", &["台账.xlsx"]),
        ("I25-one-door-written-many-ways", &["同址异写.xlsx"]),
        ("I50-unit-inside-the-room", &["一月.xlsx"]),
        ("I52-remark-inside-the-room", &["房号带注.xlsx"]),
        ("I54-dormitory-one-leaves", &["九月.xlsx"]),
        ("I60-many-phones", &["电话多.xlsx"]),
    ];
    for (case, names) in cases {
        let lists = Lists::trial(case, names);
        let mut office = Office::after(&[&lists]);
        let before = office.doors();
        let done = office.import(&lists);
        assert_eq!((done.added, done.edited), (0, 0), "{case}: {before:#?}\n{:#?}", done.findings);
        assert_eq!(office.doors(), before, "{case}");
        office.assert_valid();
    }
}

#[test]
fn placeholders_make_nobody_anybody() {
    let [first, second] =
        ["证件待补.xlsx", "证件待补-下月.xlsx"].map(|name| Lists::trial("I13-placeholder-ids", &[name]));
    let office = Office::after(&[&first, &second]);
    office.assert_doors(&[
        "海棠花园|1|1|101: 甲一,甲二,甲三,甲四",
        "海棠花园|1|1|102: 乙一,乙二",
        "海棠花园|1|1|103: 丙一",
        "海棠花园|1|1|104: 丁一",
    ]);
}

#[test]
fn marks_on_names_double_nobody() {
    let [first, second] = ["三月.xlsx", "六月.xlsx"].map(|name| Lists::trial("I14-names-with-marks", &[name]));
    let mut office = Office::after(&[&first]);
    let done = office.import(&second);
    office.assert_doors(&["海棠花园|1|1|101: 甲秀兰,甲二"]);
    assert_eq!(office.find("甲秀兰").1.residence, Some(Residence::Deceased));
    assert_eq!(office.find("甲二").1.residence, Some(Residence::MovedOut));
    assert!(done.says_something(), "a state from a mark is told");
}

#[test]
fn point_zero_makes_no_second_home() {
    let [first, second] = ["pandas.csv", "手工.csv"].map(|name| Lists::trial("I23-floats-from-pandas", &[name]));
    let mut office = Office::after(&[&first]);
    let done = office.import(&second);
    office.assert_counts(2, 2);
    assert_eq!(done.added, 0);
}

#[test]
fn a_renamed_compound_makes_no_second_district() {
    let [first, second] =
        ["一季度.xlsx", "二季度.xlsx"].map(|name| Lists::trial("I26-compound-renamed-next-time", &[name]));
    let mut office = Office::after(&[&first]);
    let done = office.import(&second);
    office.assert_counts(3, 4);
    assert_eq!(done.added, 0);
}

#[test]
fn a_really_renamed_compound_is_told_and_doubles_nobody_in_silence() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list(&format!(
        "滨河新城,1栋,1单元,101,甲一,户主,{},19900000001
         滨河新城,1栋,1单元,101,甲二,配偶,{},
         滨河新城,1栋,1单元,101,甲三,女,{},19900000003
         滨河新城,1栋,1单元,102,乙一,户主,{},
        ",
        id_no(1),
        id_no(2),
        id_no(3),
        id_no(4)
    )));
    assert!(done.says_something(), "{:#?}", office.doors());
    assert_all_there(&office);
    assert_eq!(office.households().count(), 2, "{:#?}", office.doors());
}

#[test]
fn a_unit_inside_the_room_makes_no_second_home() {
    let [first, second] = ["一月.xlsx", "二月.xlsx"].map(|name| Lists::trial("I50-unit-inside-the-room", &[name]));
    let mut office = Office::after(&[&first]);
    assert_eq!(office.import(&second).added, 0);
    office.assert_counts(2, 2);
}

#[test]
fn a_masked_list_takes_no_full_number_away() {
    let [first, second] = ["完整.xlsx", "脱敏.xlsx"].map(|name| Lists::trial("I53-masked-second-list", &[name]));
    let mut office = Office::after(&[&first]);
    office.import(&second);
    office.assert_counts(1, 2);
    office.assert_bearers(&[("甲一", "990101195001100016"), ("甲二", "990101195102110045")]);
    assert_eq!(office.find("甲一").2.tels, ["19900001000".to_owned()].into());
    assert_eq!(office.find("甲二").2.tels, ["19900001001".to_owned()].into());
}

#[test]
fn a_full_list_after_a_masked_one_fills_the_numbers_in() {
    let [first, second] = ["脱敏.xlsx", "完整.xlsx"].map(|name| Lists::trial("I53-masked-second-list", &[name]));
    let office = Office::after(&[&first, &second]);
    office.assert_counts(1, 2);
    office.assert_bearers(&[("甲一", "990101195001100016"), ("甲二", "990101195102110045")]);
}

#[test]
fn a_masked_number_that_fits_nobody_joins_nobody() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list("海棠花园,1栋,1单元,101,丁九,户主,990101********9999,\n"));
    assert_all_there(&office);
    assert!(done.is_told(2));
}

#[test]
fn masked_names_rename_nobody() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list(
        "海棠花园,1栋,1单元,101,甲*,户主,990101********0015,
         海棠花园,1栋,1单元,102,乙**,户主,,
        ",
    ));
    assert_all_there(&office);
    assert!(office.people().all(|(_, member, _)| !member.name.contains('*')), "{:#?}", office.doors());
    assert!(done.is_told(2) && done.is_told(3));
}

#[test]
fn one_of_seventy_leaves_and_nobody_is_doubled() {
    let [first, second] = ["九月.xlsx", "十月.xlsx"].map(|name| Lists::trial("I54-dormitory-one-leaves", &[name]));
    let mut office = Office::after(&[&first]);
    assert_eq!(office.people().count(), 70);
    let done = office.import(&second);
    let mut names: Vec<_> = office.people().map(|(_, member, _)| member.name.clone()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!((names.len(), office.people().count()), (70, 70));
    assert!(done.says_something(), "who is no longer listed is told");
    office.assert_valid();
}

#[test]
fn one_of_seventy_comes_and_nobody_is_doubled() {
    let [first, second] = ["十月.xlsx", "九月.xlsx"].map(|name| Lists::trial("I54-dormitory-one-leaves", &[name]));
    let office = Office::after(&[&first, &second]);
    assert_eq!(office.people().count(), 70);
    office.assert_valid();
}

#[test]
fn more_phones_than_a_record_takes_are_kept_in_the_remark() {
    let lists = Lists::trial("I60-many-phones", &["电话多.xlsx"]);
    let mut office = Office::default();
    let done = office.import(&lists);
    office.assert_counts(1, 1);
    office.assert_valid();
    let details = office.find("甲一").2;
    assert!(details.tels.len() <= TEL_LIMIT);
    for serial in 1000..1012 {
        let number = tel(serial);
        assert!(details.tels.contains(&number) || details.remark.contains(&number), "{number}: {}", details.remark);
    }
    assert!(done.is_told(2) && done.is_told(3));
}

#[test]
fn phones_of_a_second_list_never_exceed_the_record() {
    let mut office = Office::after(&[&two_families()]);
    for round in 0..4 {
        let tels: Vec<_> = (0..3).map(|n| tel(100 + round * 3 + n)).collect();
        office.import(&list(&format!("海棠花园,1栋,1单元,101,甲一,户主,{},{}\n", id_no(1), tels.join("、"))));
        office.assert_valid();
    }
    assert_all_there(&office);
}

#[test]
fn own_lists_with_guarded_cells_add_nobody() {
    let first = Lists::trial("I22-own-export-again", &["台账.xlsx"]);
    let mut office = Office::after(&[&first]);
    let done = office.import(&list_of(
        "网格编码,小区,楼栋,单元,房号,姓名,与户主关系,证件号码,联系电话,备注
         990102003007041,海棠花园,1栋,1单元,101,甲一,户主,990101195001100016,19900001000、19900001001,独居老人
         990102003007041,海棠花园,1栋,1单元,101,甲二,配偶,990101195102110045,,
         990102003007041,海棠花园,1栋,1单元,'-101,乙一,户主,990101195203120058,19900001002,喜静
         990102003007041,海棠花园,1栋,1单元,102,丙一,户主,,,'+每周三送餐
        ",
    ));
    assert_eq!((done.added, done.edited), (0, 0), "{:#?}", done.findings);
    office.assert_counts(3, 4);
}

#[test]
fn a_list_without_compound_means_the_only_fitting_door() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list_of(&format!(
        "楼栋,单元,房号,姓名,身份证号码,联系电话\n1栋,1单元,101,甲一,{},19900000011\n1栋,1单元,102,乙一,{},\n",
        id_no(1),
        id_no(4)
    )));
    assert_eq!(done.added, 0, "{:#?}", office.doors());
    assert_all_there(&office);
}

#[test]
fn a_list_without_unit_means_the_only_fitting_door() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list_of(&format!(
        "小区,楼栋,房号,姓名,身份证号码\n海棠花园,1栋,101,甲一,{}\n海棠花园,1栋,101,甲二,{}\n",
        id_no(1),
        id_no(2)
    )));
    assert_eq!(done.added, 0, "{:#?}", office.doors());
    assert_all_there(&office);
}

#[test]
fn a_list_without_compound_joins_no_strangers() {
    // The ledger knows one 1栋1单元101; the second list may mean another compound's.
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list_of(&format!(
        "楼栋,单元,房号,姓名,与户主关系,身份证号码\n1栋,1单元,101,丁一,户主,{}\n1栋,1单元,101,丁二,配偶,{}\n",
        id_no(21),
        id_no(22)
    )));
    assert_all_there(&office);
    let joined = office.households().any(|home| {
        let has = |name: &str| home.members.values().any(|member| member.name == name);
        has("甲一") && (has("丁一") || has("丁二"))
    });
    assert!(!joined, "{:#?}", office.doors());
    assert!(done.says_something());
}

#[test]
fn a_short_door_that_fits_two_homes_joins_neither() {
    let first = list(&format!(
        "海棠花园,1栋,1单元,101,甲一,户主,{},\n玉兰苑,1栋,1单元,101,乙一,户主,{},\n",
        id_no(1),
        id_no(2)
    ));
    let mut office = Office::after(&[&first]);
    let done = office.import(&list_of("楼栋,单元,房号,姓名,联系电话\n1栋,1单元,101,丙一,19900000009\n"));
    assert!(done.is_told(2));
    for name in ["甲一", "乙一"] {
        assert_eq!(office.find(name).0.members.len(), 1, "{:#?}", office.doors());
        assert!(office.find(name).2.tels.is_empty());
    }
}

#[test]
fn another_compound_with_the_same_door_is_another_home() {
    let mut office = Office::after(&[&two_families()]);
    office.import(&list(&format!("玉兰苑,1栋,1单元,101,丁一,户主,{},\n", id_no(9))));
    assert_all_there(&office);
    assert_eq!(office.find("丁一").0.members.len(), 1, "{:#?}", office.doors());
    assert_eq!(office.find("丁一").0.place.compound, "玉兰苑");
}

#[test]
fn a_list_of_phones_takes_nothing_away() {
    let mut office = Office::after(&[&two_families()]);
    let done =
        office.import(&list_of("姓名,房号,电话\n甲二,101,19900000022\n乙一,102,19900000044\n丙九,109,19900000099\n"));
    assert_all_there(&office);
    assert_eq!(office.find("甲一").2.tels, ["19900000001".to_owned()].into());
    for (row, name, others) in [(2, "甲二", "19900000044"), (3, "乙一", "19900000022")] {
        let entries: Vec<_> = office.people().filter(|(_, member, _)| member.name == name).collect();
        assert!(entries.iter().all(|(_, _, details)| !details.tels.contains(others)), "{:#?}", office.doors());
        assert!(entries.len() == 1 || done.is_told(row), "{name} is doubled in silence: {:#?}", office.doors());
    }
}

#[test]
fn who_moved_to_another_door_is_not_doubled_in_silence() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list(&format!(
        "海棠花园,1栋,1单元,101,甲一,户主,{},
         海棠花园,1栋,1单元,101,甲二,配偶,{},
         海棠花园,1栋,1单元,102,乙一,户主,{},
         海棠花园,1栋,1单元,102,甲三,配偶,{},
        ",
        id_no(1),
        id_no(2),
        id_no(4),
        id_no(3)
    )));
    assert!(done.is_told(5), "the move is told: {:#?}", done.findings);
    // Until somebody confirms the move, the number has one bearer.
    assert_eq!(office.bearers(&id_no(3)), ["甲三"], "{:#?}", office.doors());
}

#[test]
fn a_family_that_moved_is_not_doubled_in_silence() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list(&format!(
        "海棠花园,2栋,1单元,301,甲一,户主,{},
         海棠花园,2栋,1单元,301,甲二,配偶,{},
         海棠花园,2栋,1单元,301,甲三,女,{},
         海棠花园,1栋,1单元,101,丙一,户主,{},
        ",
        id_no(1),
        id_no(2),
        id_no(3),
        id_no(31)
    )));
    assert!(done.says_something());
    assert_all_there(&office);
    let strangers = office.households().any(|home| {
        let has = |name: &str| home.members.values().any(|member| member.name == name);
        has("丙一") && has("甲一")
    });
    assert!(!strangers || done.is_told(5), "a family in a door that was another's is told: {:#?}", office.doors());
}

#[test]
fn one_number_behind_two_doors_of_the_second_list_is_told() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list(&format!(
        "海棠花园,1栋,1单元,102,乙一,户主,{},
         海棠花园,1栋,1单元,103,乙一,户主,{},
        ",
        id_no(4),
        id_no(4)
    )));
    assert!(done.is_told(3), "{:#?}", done.findings);
    // What cannot be right may be kept when it is told, but nobody else gets the number.
    assert!(office.bearers(&id_no(4)).iter().all(|name| name == "乙一"), "{:#?}", office.doors());
    office.assert_valid();
}

#[test]
fn one_number_of_two_people_of_the_second_list_is_told() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list(&format!(
        "海棠花园,1栋,1单元,101,甲一,户主,{},\n海棠花园,1栋,1单元,101,甲四,子,{},\n",
        id_no(1),
        id_no(1)
    )));
    assert!(done.is_told(3), "{:#?}", done.findings);
    assert!(office.bearers(&id_no(1)).contains(&"甲一".to_owned()), "{:#?}", office.doors());
    office.find("甲一");
}

#[test]
fn a_corrected_name_with_the_same_number_is_the_same_person() {
    let mut office = Office::after(&[&two_families()]);
    office.import(&list(&format!("海棠花园,1栋,1单元,102,乙一一,户主,{},\n", id_no(4))));
    office.assert_counts(2, 4);
    assert_eq!(office.bearers(&id_no(4)), ["乙一一"]);
}

#[test]
fn another_name_altogether_with_a_known_number_is_told() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list(&format!("海棠花园,1栋,1单元,102,癸九,户主,{},\n", id_no(4))));
    assert!(done.says_something());
    assert_eq!(office.bearers(&id_no(4)).len(), 1, "{:#?}", office.doors());
}

#[test]
fn a_corrected_number_of_the_same_name_is_told_and_doubles_nobody() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list(&format!("海棠花园,1栋,1单元,102,乙一,户主,{},\n", id_no(14))));
    assert_eq!(office.people().filter(|(_, member, _)| member.name == "乙一").count(), 1, "{:#?}", office.doors());
    assert!(done.says_something(), "a full number that changes is told");
}

#[test]
fn weaker_numbers_replace_no_valid_one() {
    let valid = id_no(4);
    let wrong = format!("{}{}", &valid[..17], if valid.ends_with('3') { '4' } else { '3' });
    let old = format!("{}{}", &valid[..6], &valid[8..17]);
    for weaker in
        [wrong.as_str(), &old, "990101", "待补", "990101********0000", "9.90101E+17", "123456789012345678", ""]
    {
        let mut office = Office::after(&[&two_families()]);
        let done = office.import(&list(&format!("海棠花园,1栋,1单元,102,乙一,户主,{weaker},\n")));
        assert_all_there(&office);
        office.assert_counts(2, 4);
        assert!(done.is_told(2), "{weaker} is told");
    }
}

#[test]
fn a_valid_number_replaces_a_wrong_one() {
    let valid = id_no(4);
    let wrong = format!("{}{}", &valid[..17], if valid.ends_with('3') { '4' } else { '3' });
    let lists =
        [wrong.as_str(), valid.as_str()].map(|number| list(&format!("海棠花园,1栋,1单元,102,乙一,户主,{number},\n")));
    let office = Office::after(&[&lists[0], &lists[1]]);
    office.assert_counts(1, 1);
    assert_eq!(office.bearers(&valid), ["乙一"], "{:#?}", office.doors());
}

#[test]
fn numbers_that_changed_places_are_told() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list(&format!(
        "海棠花园,1栋,1单元,101,甲一,户主,{},\n海棠花园,1栋,1单元,101,甲二,配偶,{},\n",
        id_no(2),
        id_no(1)
    )));
    assert_all_there(&office);
    office.assert_counts(2, 4);
    assert!(done.is_told(2) && done.is_told(3), "{:#?}", done.findings);
}

#[test]
fn numbers_that_slipped_by_one_row_move_nowhere() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list(&format!(
        "海棠花园,1栋,1单元,101,甲一,户主,,
         海棠花园,1栋,1单元,101,甲二,配偶,{},
         海棠花园,1栋,1单元,101,甲三,女,{},
         海棠花园,1栋,1单元,102,乙一,户主,{},
        ",
        id_no(1),
        id_no(2),
        id_no(3)
    )));
    assert_all_there(&office);
    office.assert_counts(2, 4);
    assert!((3..=5).all(|row| done.is_told(row)), "{:#?}", done.findings);
}

#[test]
fn a_column_of_names_sorted_by_itself_moves_no_number() {
    let homes = 30_u32;
    let row = |home: u32, name: u32| format!("海棠花园,1栋,1单元,{},住{name}人,户主,{},\n", 101 + home, id_no(home));
    let first: String = (0..homes).map(|home| row(home, home)).collect();
    let mut office = Office::after(&[&list(&first)]);
    // The names have moved up by one against everything else.
    let second: String = (0..homes).map(|home| row(home, (home + 1) % homes)).collect();
    let done = office.import(&list(&second));
    for home in 0..homes {
        assert_eq!(office.bearers(&id_no(home)), [format!("住{home}人")], "{:#?}", office.doors());
    }
    assert!(done.says_something());
}

#[test]
fn columns_that_slipped_move_no_number() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list(&format!(
        "海棠花园,1栋,1单元,101,甲一,户主,19900000001,{}
         海棠花园,1栋,1单元,甲二,配偶,{},,
         1栋,1单元,102,乙一,户主,{},,
        ",
        id_no(1),
        id_no(2),
        id_no(4)
    )));
    assert_all_there(&office);
    assert!((2..=4).all(|row| done.is_told(row)), "{:#?}", done.findings);
    assert!(office.people().all(|(_, member, _)| !["配偶", "户主"].contains(&member.name.as_str())));
}

#[test]
fn dots_blanks_and_widths_of_a_name_double_nobody() {
    let first = list("海棠花园,1栋,1单元,101,阿卜杜·热依木,户主,,\n海棠花园,1栋,1单元,101,王芳,配偶,,\n");
    for (one, other) in [("阿卜杜•热依木", "王　芳"), ("阿卜杜.热依木", "王 芳"), ("阿卜杜・热依木", " 王芳 ")]
    {
        let mut office = Office::after(&[&first]);
        let done = office
            .import(&list(&format!("海棠花园,1栋,1单元,101,{one},户主,,\n海棠花园,1栋,1单元,101,{other},配偶,,\n")));
        office.assert_counts(1, 2);
        assert_eq!(done.added, 0);
    }
}

#[test]
fn doors_spelled_otherwise_double_no_home() {
    let first = list(&format!("海棠花园,3栋,1单元,301,甲一,户主,{},\n海棠花园,3栋,1单元,-101,乙一,户主,,\n", id_no(1)));
    for rows in [
        "海棠花园小区,3号楼,一单元,301室,甲一,户主,,\n海棠花园小区,3号楼,一单元,负101,乙一,户主,,\n",
        "海棠花园,三幢,1,３０１,甲一,户主,,\n海棠花园,三幢,1,负101室,乙一,户主,,\n",
        "海棠花园,3#,1单元,301（出租）,甲一,户主,,\n海棠花园,3,1,-101,乙一,户主,,\n",
    ] {
        let mut office = Office::after(&[&first]);
        assert_eq!(office.import(&list(rows)).added, 0, "{rows}\n{:#?}", office.doors());
        office.assert_counts(2, 2);
    }
}

#[test]
fn a_home_called_empty_keeps_its_people_and_says_so() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list("海棠花园,1栋,1单元,102,空置,,,\n"));
    assert_all_there(&office);
    assert!(done.is_told(2), "{:#?}", done.findings);
}

#[test]
fn people_who_came_to_a_home_that_was_empty_live_there() {
    let first = list("海棠花园,1栋,1单元,101,空置,,,\n");
    let mut office = Office::after(&[&first]);
    let second = list_of(&format!(
        "小区,楼栋,单元,房号,居住状态,姓名,与户主关系,身份证号码\n海棠花园,1栋,1单元,101,自住,甲一,户主,{}\n",
        id_no(1)
    ));
    office.import(&second);
    office.assert_counts(1, 1);
    assert_eq!(office.find("甲一").0.house_status, Some(HouseStatus::OwnerOccupied));
}

#[test]
fn an_unplaced_row_of_known_people_adds_and_moves_nobody() {
    let mut office = Office::after(&[&two_families()]);
    let done = office.import(&list(&format!("海棠花园,1栋,1单元,待查,甲一,户主,{},19900000077\n", id_no(1))));
    assert_all_there(&office);
    office.assert_counts(2, 4);
    assert!(done.is_told(2));
}

#[test]
fn people_of_one_name_in_two_homes_stay_two() {
    let first = list(&format!(
        "海棠花园,1栋,1单元,101,王芳,户主,{},\n海棠花园,1栋,1单元,102,王芳,户主,{},\n",
        id_no(1),
        id_no(2)
    ));
    let mut office = Office::after(&[&first]);
    let second = list(&format!(
        "海棠花园,1栋,1单元,102,王芳,户主,{},\n海棠花园,1栋,1单元,101,王芳,户主,{},\n",
        id_no(2),
        id_no(1)
    ));
    assert_eq!(office.import(&second).edited, 0);
    office.assert_counts(2, 2);
}

#[test]
fn a_mother_and_a_daughter_of_one_name_keep_their_numbers() {
    let first = list(&format!(
        "海棠花园,1栋,1单元,101,王芳,母亲,{},\n海棠花园,1栋,1单元,101,王芳,女,{},\n",
        id_no(1),
        id_no(2)
    ));
    let second = list(&format!(
        "海棠花园,1栋,1单元,101,王芳,女,{},\n海棠花园,1栋,1单元,101,王芳,母亲,{},\n",
        id_no(2),
        id_no(1)
    ));
    let mut office = Office::after(&[&first]);
    assert_eq!(office.import(&second).edited, 0, "{:#?}", office.doors());
    office.assert_counts(1, 2);
}

#[test]
fn what_a_worker_corrected_since_stays() {
    let mut office = Office::after(&[&two_families()]);
    office.correct("甲二", |_, details| details.tels = ["19900000088".to_owned()].into());
    office.correct("乙一", |member, _| member.name = "乙壹".to_owned());
    let done = office.import(&two_families());
    assert_eq!((done.added, done.edited), (0, 0), "{:#?}", office.doors());
    assert_eq!(office.find("甲二").2.tels, ["19900000088".to_owned()].into());
    assert_eq!(office.bearers(&id_no(4)), ["乙壹"]);
}

#[test]
fn who_was_added_at_the_door_is_not_added_again() {
    let mut office = Office::after(&[&two_families()]);
    office.add("乙一", "乙二", &id_no(41));
    office.add("甲一", "甲四", "");
    let rows = format!(
        "海棠花园,1栋,1单元,102,乙二,配偶,{},19900000041\n海棠花园,1栋,1单元,101,甲四,子,{},\n",
        id_no(41),
        id_no(42)
    );
    let done = office.import(&list(&rows));
    office.assert_counts(2, 6);
    assert_eq!(office.bearers(&id_no(41)), ["乙二"], "{:#?}", office.doors());
    assert_eq!(done.added, 0);
    let again = office.import(&list(&rows));
    assert_eq!((again.added, again.edited), (0, 0), "{:#?}", office.doors());
}

#[test]
fn who_was_added_at_another_door_is_not_doubled_in_silence() {
    let mut office = Office::after(&[&two_families()]);
    office.add("乙一", "丁一", &id_no(51));
    let done = office.import(&list(&format!("海棠花园,1栋,1单元,101,丁一,其他,{},\n", id_no(51))));
    assert!(office.bearers(&id_no(51)).len() == 1 || done.is_told(2), "{:#?}", office.doors());
}

#[test]
fn a_number_that_was_completed_at_the_door_stays() {
    let first = list("海棠花园,1栋,1单元,101,甲一,户主,,\n");
    let mut office = Office::after(&[&first]);
    office.correct("甲一", |_, details| details.id_no = id_no(61));
    for rows in ["海棠花园,1栋,1单元,101,甲一,户主,待补,\n", "海棠花园,1栋,1单元,101,甲一,户主,990101********9999,\n"]
    {
        office.import(&list(rows));
        assert_eq!(office.bearers(&id_no(61)), ["甲一"], "{rows}");
        office.assert_counts(1, 1);
    }
}

#[test]
fn phones_that_slipped_by_one_row_move_nowhere() {
    let rows = |shift: usize| {
        (0..6_usize)
            .map(|at| format!("海棠花园,1栋,1单元,10{at},住{at}人,户主,,1990000{:04}\n", (at + shift) % 6))
            .collect::<String>()
    };
    let mut office = Office::after(&[&list(&rows(0))]);
    let before: Vec<_> = office.people().map(|(_, member, details)| (member.name.clone(), details.tels)).collect();
    let done = office.import(&list(&rows(1)));
    let after: Vec<_> = office.people().map(|(_, member, details)| (member.name.clone(), details.tels)).collect();
    assert_eq!(before, after);
    assert!((2..=7).all(|row| done.is_told(row)), "each is told");
}
