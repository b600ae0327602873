//! The failed lists of the trial, each in its folder under `testdata/trials` with what has to be true (`expected.json`).

use domain::codes::{HouseStatus, Residence};
use roster::FindingCode;

use crate::support::*;

const TRUTH: [(&str, &str); 6] = [
    ("甲一", "990101195001100016"),
    ("乙一", "990101195102110045"),
    ("丙一", "990101195203120058"),
    ("丁一", "990101195304130087"),
    ("戊一", "99010119540514009X"),
    ("丁二", "990101195506150123"),
];

#[test]
fn a_section_row_begins_another_building() {
    let seen = Lists::trial("I01-section-rows", &["按楼栋分段.xlsx"]).read();
    seen.assert_homes(&["|1||101: 甲一,甲二", "|1||102: 乙一", "|2||101: 丙一", "|2||102: 丁一,丁二"]);
    seen.assert_counts(4, 6);
    seen.assert_number("丁二", "990101195506150123");
    seen.assert_accounted([4, 5, 6, 8, 9, 10]);
}

#[test]
fn a_file_name_says_the_building() {
    let seen = Lists::trial("I03-file-per-building", &["海棠花园1栋.csv", "海棠花园2栋.csv"]).read();
    seen.assert_homes(&[
        "海棠花园|1|1|101: 甲一",
        "海棠花园|1|1|102: 乙一",
        "海棠花园|2|1|101: 丙一",
        "海棠花园|2|1|102: 丁一",
    ]);
    seen.assert_no_number_moved(&TRUTH);
}

#[test]
fn two_columns_of_homes_are_two_tables() {
    let seen = Lists::trial("I05-two-columns-of-homes", &["双栏打印.xlsx"]).read();
    seen.assert_homes(&["|1|1|101: 甲一", "|1|1|102: 乙一", "|1|1|201: 丙一", "|1|1|202: 丁一"]);
    seen.assert_counts(4, 4);
    for (serial, name) in (1000..).zip(["甲一", "乙一", "丙一", "丁一"]) {
        seen.assert_tels(name, &[&tel(serial)]);
    }
}

#[test]
fn members_grouped_by_field_keep_their_own_numbers() {
    let seen = Lists::trial("I06-members-grouped-by-field", &["一户一行.xlsx"]).read();
    seen.assert_homes(&["海棠花园|1|1|101: 甲一,甲二,甲三"]);
    seen.assert_number("甲一", "990101195001100016");
    seen.assert_number("甲二", "990101195102110045");
    seen.assert_number("甲三", "990101195203120058");
    seen.assert_tels("甲一", &[]);
    seen.assert_tels("甲二", &[&tel(1001)]);
    seen.assert_tels("甲三", &[&tel(1002)]);
}

#[test]
fn a_room_that_could_not_be_looked_up_is_nobodys_room() {
    let seen = Lists::trial("I07-error-cell-in-room", &["查找失败.xlsx"]).read();
    seen.assert_told(&[4, 6]);
    seen.assert_homes(&["海棠花园|1|1|101: 甲一", "海棠花园|1|1|102: 乙一", "海棠花园|1|1|104: 丁一"]);
    seen.assert_unplaced(&[4, 6]);
    assert!(seen.roster().unplaced.iter().all(|row| row.persons == 1 && !row.text.is_empty()));
}

#[test]
fn a_room_called_none_is_not_the_room_above() {
    let seen = Lists::trial("I09-room-none", &["房号写无.xlsx"]).read();
    seen.assert_homes(&["海棠花园|1|1|101: 甲一", "海棠花园|1|1|102: 戊一"]);
    seen.assert_unplaced(&[3, 4, 5]);
}

#[test]
fn ditto_marks_mean_the_cell_above() {
    let seen = Lists::trial("I11-ditto-marks", &["同上.xlsx"]).read();
    seen.assert_homes(&["海棠花园|1|1|101: 甲一,甲二", "海棠花园|1|1|102: 乙一,乙二", "海棠花园|1|1|103: 丙一,丙二"]);
    seen.assert_tels("甲二", &[&tel(1000)]);
    seen.assert_tels("乙二", &[&tel(1002)]);
    assert!(seen.people().all(|(_, person)| !person.remark.contains("同上") && !person.remark.contains('〃')));
}

#[test]
fn a_placeholder_is_nobodys_number() {
    for name in ["证件待补.xlsx", "证件待补-下月.xlsx"] {
        let seen = Lists::trial("I13-placeholder-ids", &[name]).read();
        seen.assert_counts(4, 7);
        assert_eq!(seen.count(FindingCode::DuplicatePerson), 0, "{}", seen.describe());
        let numbers: Vec<_> = seen.people().map(|(_, person)| &person.id_no).filter(|id| !id.is_empty()).collect();
        assert_eq!(numbers, ["990101195001100016"]);
        seen.assert_told(&[3, 4, 5, 6, 7, 8]);
    }
}

#[test]
fn a_mark_on_a_name_is_the_persons_state() {
    let seen = Lists::trial("I14-names-with-marks", &["六月.xlsx"]).read();
    seen.assert_homes(&["海棠花园|1|1|101: 甲秀兰,甲二"]);
    assert_eq!(seen.find("甲秀兰").1.residence, Some(Residence::Deceased));
    assert_eq!(seen.find("甲二").1.residence, Some(Residence::MovedOut));
}

#[test]
fn a_state_of_persons_is_not_the_dwellings_use() {
    let seen = Lists::trial("I15-state-column", &["人员状态.xlsx"]).read();
    seen.assert_homes(&["海棠花园|1|1|101: 甲一,甲二,甲三", "海棠花园|1|1|102: 乙一", "海棠花园|1|1|103: 丙一"]);
    assert!(seen.roster().households.iter().all(|home| home.house_status != Some(HouseStatus::Other)));
    assert_eq!(seen.find("甲二").1.residence, Some(Residence::Deceased));
    assert_eq!(seen.find("甲三").1.residence, Some(Residence::MovedOut));
    let cancelled = seen.find("丙一").1;
    assert!(
        cancelled.residence.is_some() || cancelled.remark.contains("注销"),
        "注销 is not lost\n{}",
        seen.describe()
    );
}

#[test]
fn a_lost_character_is_told_and_its_person_kept() {
    let seen = Lists::trial("I18-lost-characters", &["ANSI另存.csv"]).read();
    seen.assert_counts(5, 5);
    seen.assert_told(&[2, 3, 4, 5, 6]);
    let numbers: Vec<_> = seen.people().map(|(_, person)| person.id_no.as_str()).collect();
    assert_eq!(numbers, TRUTH[..5].iter().map(|(_, number)| *number).collect::<Vec<_>>());
}

#[test]
fn a_list_of_owners_makes_homes() {
    let seen = Lists::trial("I20-owners-list", &["物业名册.xlsx"]).read();
    if let Some(sentence) = seen.refusal() {
        assert!(sentence.contains("业主") && sentence.contains("姓名"), "what to rename: {sentence}");
        return;
    }
    assert_eq!(seen.roster().counts.households, 3, "{}", seen.describe());
    let statuses: Vec<_> = seen.roster().households.iter().map(|home| home.house_status).collect();
    assert_eq!(
        statuses,
        [Some(HouseStatus::OwnerOccupied), Some(HouseStatus::Rented), Some(HouseStatus::Vacant)],
        "{}",
        seen.describe()
    );
    // Who owns a let or an empty dwelling does not live in it.
    assert!(seen.find_all("丙一").is_empty(), "{}", seen.describe());
    for (row, name) in (2..).zip(["甲一", "乙一", "丙一"]) {
        assert!(
            !seen.find_all(name).is_empty() || seen.is_told(row) || is_mentioned(&seen, name),
            "{name} is not lost"
        );
    }
}

fn is_mentioned(seen: &Seen, name: &str) -> bool {
    seen.roster().households.iter().any(|home| home.head_name.contains(name) || home.note.contains(name))
}

#[test]
fn a_home_below_ground_keeps_its_door_and_remarks_begin_as_they_like() {
    let seen = Lists::trial("I22-own-export-again", &["台账.xlsx"]).read();
    seen.assert_homes(&["海棠花园|1|1|101: 甲一,甲二", "海棠花园|1|1|-101: 乙一", "海棠花园|1|1|102: 丙一"]);
    assert_eq!(seen.find("丙一").1.remark, "+每周三送餐");
    let guarded = read_text(
        "网格编码,小区,楼栋,单元,房号,姓名,与户主关系,身份证号码,联系电话,备注\n\
         990102003007041,海棠花园,1栋,1单元,101,甲一,户主,990101195001100016,19900001000、19900001001,独居老人\n\
         990102003007041,海棠花园,1栋,1单元,101,甲二,妻,990101195102110045,,\n\
         990102003007041,海棠花园,1栋,1单元,'-101,乙一,户主,990101195203120058,19900001002,喜静\n\
         990102003007041,海棠花园,1栋,1单元,102,丙一,户主,,,'+每周三送餐\n",
    );
    assert_eq!(guarded.homes(), seen.homes(), "\n{}", guarded.describe());
    for name in ["甲一", "甲二", "乙一", "丙一"] {
        let (one, other) = (seen.find(name).1, guarded.find(name).1);
        assert_eq!((&one.tels, &one.id_no, &one.remark), (&other.tels, &other.id_no, &other.remark));
    }
}

#[test]
fn whole_numbers_with_a_point_zero_are_whole_numbers() {
    let seen = Lists::trial("I23-floats-from-pandas", &["pandas.csv"]).read();
    seen.assert_homes(&["海棠花园|3|1|301: 甲一", "海棠花园|3|1|302: 乙一"]);
    seen.assert_tels("甲一", &[&tel(1000)]);
    seen.assert_tels("乙一", &[&tel(1001)]);
    let both = Lists::trial("I23-floats-from-pandas", &["pandas.csv", "手工.csv"]).read();
    both.assert_counts(2, 2);
}

#[test]
fn ten_spellings_of_one_door_are_one_home() {
    let seen = Lists::trial("I25-one-door-written-many-ways", &["同址异写.xlsx"]).read();
    seen.assert_homes(&["海棠花园|3|1|301: 甲一,甲二,甲三,甲四,甲五,甲六,甲七,甲八,甲九,甲十"]);
}

#[test]
fn one_given_grid_cannot_be_two_named_ones() {
    let seen = Lists::trial("I28-two-grids-by-name", &["两个网格.xlsx"]).in_grid(GRID).read();
    if let Some(sentence) = seen.refusal() {
        assert!(sentence.contains("网格"), "{sentence}");
        return;
    }
    seen.assert_apart(&["甲一"], &["丙一"]);
    seen.assert_apart(&["乙一"], &["丁一"]);
    seen.assert_told(&[4]);
    seen.assert_accounted(2..=5);
}

#[test]
fn a_web_page_named_xls_is_read_or_sent_back_with_advice() {
    let seen = Lists::trial("I32-html-named-xls", &["导出.xls"]).read();
    match seen.refusal() {
        Some(sentence) => assert!(sentence.contains("另存为") && sentence.contains("XLSX"), "{sentence}"),
        None => seen.assert_homes(&["海棠花园|1|1|101: 甲一", "海棠花园|1|1|102: 乙一"]),
    }
}

#[test]
fn hidden_rows_are_told() {
    let seen = Lists::trial("I40-hidden-rows", &["筛选隐藏.xlsx"]).read();
    seen.assert_told(&[4, 5]);
    for name in ["甲一", "乙一", "戊一"] {
        seen.find(name);
    }
    seen.assert_accounted(2..=6);
    // The column of phones is hidden as well: its values are kept, or the column is told.
    let is_kept = seen.find("甲一").1.tels.contains(&tel(1000));
    assert!(is_kept || seen.is_told(1), "{}", seen.describe());
}

#[test]
fn one_quotation_mark_swallows_nobody() {
    let seen = Lists::trial("I42-stray-quote", &["拼接导出.csv"]).read();
    seen.assert_homes(&[
        "海棠花园|1|1|101: 甲一",
        "海棠花园|1|1|102: 乙一",
        "海棠花园|1|1|103: 丙一",
        "海棠花园|1|1|104: 丁一",
        "海棠花园|1|1|105: 戊一",
    ]);
    seen.assert_no_number_moved(&TRUTH);
    assert!(seen.find("乙一").1.remark.contains("喜静"), "{}", seen.describe());
}

#[test]
fn a_unit_inside_the_room_is_the_unit() {
    let first = Lists::trial("I50-unit-inside-the-room", &["一月.xlsx"]).read();
    first.assert_homes(&["海棠花园|3|1|101: 甲一", "海棠花园|3|2|101: 乙一"]);
    let both = Lists::trial("I50-unit-inside-the-room", &["一月.xlsx", "二月.xlsx"]).read();
    both.assert_homes(&["海棠花园|3|1|101: 甲一", "海棠花园|3|2|101: 乙一"]);
}

#[test]
fn a_remark_inside_the_room_makes_no_second_door() {
    let seen = Lists::trial("I52-remark-inside-the-room", &["房号带注.xlsx"]).read();
    seen.assert_homes(&["海棠花园|1|1|101: 甲一,甲二", "海棠花园|1|1|102: ", "海棠花园|1|1|103: 乙一"]);
    let empty = seen.roster().households.iter().find(|home| plain(&home.place.room) == "102").expect("a home");
    assert_eq!(empty.house_status, Some(HouseStatus::Vacant), "{}", seen.describe());
}

#[test]
fn a_masked_number_is_no_value() {
    let seen = Lists::trial("I53-masked-second-list", &["脱敏.xlsx"]).read();
    seen.assert_homes(&["海棠花园|1|1|101: 甲一,甲二"]);
    for (name, masked) in [("甲一", "990101********0016"), ("甲二", "990101********0045")] {
        let (_, person) = seen.find(name);
        assert_eq!((person.id_no.as_str(), person.masked_id.as_str()), ("", masked), "{}", seen.describe());
        assert!(person.tels.is_empty(), "a masked phone calls nobody\n{}", seen.describe());
    }
    seen.assert_told(&[2, 3]);
}

#[test]
fn a_dormitory_of_more_than_one_record_keeps_everybody() {
    for (name, people) in [("九月.xlsx", 70), ("十月.xlsx", 69)] {
        let seen = Lists::trial("I54-dormitory-one-leaves", &[name]).read();
        assert_eq!((seen.roster().counts.persons, seen.people().count()), (people, people), "{}", seen.describe());
        assert!(seen.count(FindingCode::HouseholdSplit) > 0 || seen.roster().households.len() == 1);
    }
}

#[test]
fn no_phone_of_twelve_is_lost() {
    let seen = Lists::trial("I60-many-phones", &["电话多.xlsx"]).read();
    seen.assert_counts(1, 1);
    let (_, person) = seen.find("甲一");
    for serial in 1000..1012 {
        let number = tel(serial);
        assert!(
            person.tels.contains(&number) || person.remark.contains(&number),
            "{number} is kept\n{}",
            seen.describe()
        );
    }
    seen.assert_told(&[2, 3]);
}
