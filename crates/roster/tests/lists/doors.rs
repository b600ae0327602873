//! One normal form for a door: what is spelled otherwise is one, what differs in anything real stays two.

use std::collections::BTreeSet;

use roster::FindingCode;
use rust_xlsxwriter::{ExcelDateTime, Format};

use crate::support::*;

/// The home in which each of the people lives, by its position, of a list of one address column.
fn place_addresses(addresses: &[&str]) -> (Seen, Vec<Option<usize>>) {
    let rows: String = addresses.iter().enumerate().map(|(n, address)| format!("{address},人{n}\n")).collect();
    let seen = read_text(&format!("家庭住址,姓名\n{rows}"));
    let homes = locate(&seen, addresses.len());
    (seen, homes)
}

/// The same for a list with one column for rooms.
fn place_rooms(rooms: &[&str]) -> (Seen, Vec<Option<usize>>) {
    let rows: String = rooms.iter().enumerate().map(|(n, room)| format!("海棠花园,1栋,1单元,{room},人{n}\n")).collect();
    let seen = read_text(&format!("小区,楼栋,单元,房号,姓名\n{rows}"));
    let homes = locate(&seen, rooms.len());
    (seen, homes)
}

fn locate(seen: &Seen, people: usize) -> Vec<Option<usize>> {
    let homes = &seen.roster().households;
    (0..people)
        .map(|n| homes.iter().position(|home| home.persons.iter().any(|person| person.name == format!("人{n}"))))
        .collect()
}

/// That nobody of these shares a home, and who is in none is told.
#[track_caller]
fn assert_all_apart(spelled: &[&str], (seen, homes): (Seen, Vec<Option<usize>>)) {
    let placed: Vec<_> = homes.iter().flatten().collect();
    let distinct: BTreeSet<_> = placed.iter().collect();
    assert_eq!(placed.len(), distinct.len(), "{spelled:?} are different doors\n{}", seen.describe());
    for (row, home) in (2..).zip(&homes) {
        assert!(home.is_some() || seen.is_told(row), "row {row} is told\n{}", seen.describe());
    }
}

/// That all of these share one home.
#[track_caller]
fn assert_all_one(spelled: &[&str], (seen, homes): (Seen, Vec<Option<usize>>)) {
    assert!(homes.iter().all(|home| *home == Some(0)), "{spelled:?} are one door\n{}", seen.describe());
}

#[test]
fn village_houses_with_a_part_of_their_own_stay_apart() {
    let doors = [
        "北门村三组12号",
        "北门村三组12号附1",
        "北门村三组甲12号",
        "北门村三组12-1号",
        "北门村四组12号",
        "北门村三组乙12号",
    ];
    assert_all_apart(&doors, place_addresses(&doors));
}

#[test]
fn a_village_group_is_one_in_any_numerals() {
    let doors = ["北门村三组12号", "北门村3组12号", "北门村第三组12号", "北门村３组１２号", "北门村三组12"];
    assert_all_one(&doors, place_addresses(&doors));
}

#[test]
fn a_house_number_in_a_street_stays_with_its_street() {
    let doors = ["海棠路12号", "玉兰路12号", "海棠路12号301", "海棠路14号301", "海棠路12号2栋301"];
    assert_all_apart(&doors, place_addresses(&doors));
}

#[test]
fn below_ground_is_not_above() {
    let rooms = ["101", "-101", "B101", "地下室", "1011"];
    assert_all_apart(&rooms, place_rooms(&rooms));
    let rooms = ["-101", "负101", "－101"];
    assert_all_one(&rooms, place_rooms(&rooms));
    let doors = ["海棠花园3栋1单元-101", "海棠花园3栋1单元101", "海棠花园3-1-101"];
    let (seen, homes) = place_addresses(&doors);
    assert_ne!(homes[0], homes[1], "{}", seen.describe());
    assert_eq!(homes[1], homes[2], "{}", seen.describe());
}

#[test]
fn parts_of_a_divided_flat_stay_apart() {
    let rooms = ["101", "101A", "101B", "101-1", "101-2", "101（东）", "101（西）", "101东", "101甲"];
    let (seen, homes) = place_rooms(&rooms);
    for (one, other) in [(0, 1), (1, 2), (0, 3), (3, 4), (0, 4), (5, 6), (0, 8), (1, 3)] {
        assert_ne!(homes[one], homes[other], "{} and {}\n{}", rooms[one], rooms[other], seen.describe());
    }
    let rooms = ["101A", "101a", "１０１Ａ", "101A室"];
    assert_all_one(&rooms, place_rooms(&rooms));
}

#[test]
fn a_room_with_a_remark_in_brackets_is_the_room() {
    let rooms = ["101", "101（出租）", "101(自住)", "101室（空挂户）", "101 （二楼）", "101【租户】"];
    assert_all_one(&rooms, place_rooms(&rooms));
}

#[test]
fn floor_and_flat_in_columns_of_their_own_make_the_room() {
    let seen = read_text(
        "小区,楼栋,单元,楼层,房号,姓名,与户主关系
         海棠花园,1栋,1单元,3,01,甲一,户主
         海棠花园,1栋,1单元,3,02,乙一,户主
         海棠花园,1栋,1单元,4,01,丙一,户主
         海棠花园,1栋,1单元,12,01,丁一,户主
        ",
    );
    seen.assert_homes(&[
        "海棠花园|1|1|301: 甲一",
        "海棠花园|1|1|302: 乙一",
        "海棠花园|1|1|401: 丙一",
        "海棠花园|1|1|1201: 丁一",
    ]);
    let seen = read_text(
        "小区,楼栋,单元,楼层,房号,姓名,与户主关系
         海棠花园,1栋,1单元,3楼,301,甲一,户主
         海棠花园,1栋,1单元,12层,1201,丁一,户主
        ",
    );
    seen.assert_homes(&["海棠花园|1|1|301: 甲一", "海棠花园|1|1|1201: 丁一"]);
}

#[test]
fn a_floor_below_ground_makes_no_room_above() {
    let seen = read_text(
        "楼栋,单元,楼层,房号,姓名
         1栋,1单元,1,01,甲一
         1栋,1单元,负1,01,乙一
         1栋,1单元,-1,02,丙一
         1栋,1单元,1,02,丁一
        ",
    );
    seen.assert_apart(&["甲一", "丁一"], &["乙一", "丙一"]);
    seen.assert_apart(&["甲一"], &["丁一"]);
    seen.assert_apart(&["乙一"], &["丙一"]);
    seen.assert_accounted(2..=5);
}

#[test]
fn house_number_and_room_in_columns_of_their_own_both_count() {
    let seen = read_text(
        "街路巷,门牌号,房间号,姓名,与户主关系
         海棠路,12号,301,甲一,户主
         海棠路,12号,302,乙一,户主
         海棠路,14号,301,丙一,户主
         玉兰路,12号,301,丁一,户主
        ",
    );
    seen.assert_counts(4, 4);
    for (some, others) in [("甲一", "乙一"), ("甲一", "丙一"), ("甲一", "丁一"), ("丙一", "丁一")] {
        seen.assert_apart(&[some], &[others]);
    }
}

#[test]
fn a_building_inside_the_compounds_column_is_the_building() {
    let seen = read_text(
        "小区,单元,房号,姓名,与户主关系
         海棠花园1栋,1单元,101,甲一,户主
         海棠花园2栋,1单元,101,乙一,户主
         海棠花园1幢,1单元,101,甲二,配偶
        ",
    );
    seen.assert_homes(&["海棠花园|1|1|101: 甲一,甲二", "海棠花园|2|1|101: 乙一"]);
}

#[test]
fn a_building_in_both_columns_is_one_building() {
    let seen = read_text(
        "小区,楼栋,单元,房号,姓名,与户主关系
         海棠花园1栋,1栋,1单元,101,甲一,户主
         海棠花园,1栋,1单元,101,甲二,配偶
        ",
    );
    seen.assert_homes(&["海棠花园|1|1|101: 甲一,甲二"]);
}

#[test]
fn a_compound_with_and_without_its_kind_is_one() {
    let seen = read_text(
        "小区,楼栋,单元,房号,姓名,与户主关系
         海棠花园,1栋,1单元,101,甲一,户主
         海棠花园小区,1栋,1单元,101,甲二,配偶
         海棠小区,1栋,1单元,101,乙一,户主
         海棠苑,1栋,1单元,101,丙一,户主
         海棠花园二期,1栋,1单元,101,丁一,户主
        ",
    );
    assert_eq!(seen.find("甲一").0.place, seen.find("甲二").0.place, "{}", seen.describe());
    for pair in [["甲一", "乙一"], ["甲一", "丙一"], ["甲一", "丁一"], ["乙一", "丙一"]] {
        seen.assert_apart(&pair[..1], &pair[1..]);
    }
}

#[test]
fn a_unit_is_one_in_any_numerals_and_east_is_not_first() {
    let units = ["1", "一", "1单元", "一单元", "第一单元", "１单元", "东单元", "西单元", "2", ""];
    let rows: String =
        units.iter().enumerate().map(|(n, unit)| format!("海棠花园,1栋,{unit},101,人{n},户主\n")).collect();
    let seen = read_text(&format!("小区,楼栋,单元,房号,姓名,与户主关系\n{rows}"));
    let homes = locate(&seen, units.len());
    assert!(homes[..6].iter().all(|home| *home == homes[0]), "{}", seen.describe());
    let distinct: BTreeSet<_> = [0, 6, 7, 8].iter().map(|n| homes[*n]).collect();
    assert_eq!(distinct.len(), 4, "{}", seen.describe());
    // A blank unit on a row that is complete otherwise is not the unit above.
    assert_ne!(homes[9], homes[8], "{}", seen.describe());
}

#[test]
fn a_building_is_one_in_any_spelling() {
    let buildings = ["3栋", "3幢", "3号楼", "3", "三栋", "第3栋", "3#", "３号楼", "3座", "3#楼", "03栋"];
    let rows: String =
        buildings.iter().enumerate().map(|(n, building)| format!("海棠花园,{building},1单元,101,人{n}\n")).collect();
    let seen = read_text(&format!("小区,楼栋,单元,房号,姓名\n{rows}"));
    let homes = locate(&seen, buildings.len());
    assert!(homes[..10].iter().all(|home| *home == Some(0)), "{}", seen.describe());
}

#[test]
fn buildings_with_a_letter_or_a_side_stay_apart() {
    let doors = [
        "海棠花园A栋101",
        "海棠花园B栋101",
        "海棠花园1栋101",
        "海棠花园1A栋101",
        "海棠花园11栋101",
        "海棠花园东1栋101",
    ];
    assert_all_apart(&doors, place_addresses(&doors));
}

#[test]
fn digits_that_run_together_are_not_parted_by_guess() {
    // 1-1101, 11-101 and 1-1-101 are three doors, however they are written.
    let doors = ["海棠花园1-1101", "海棠花园11-101", "海棠花园1-1-101", "海棠花园11101"];
    assert_all_apart(&doors, place_addresses(&doors));
}

#[test]
fn rooms_that_became_dates_are_told_and_stay_apart() {
    let rooms = ["2026-03-02", "2026-02-03", "3月2日", "2026/3/4", "4-Mar", "101"];
    let (seen, homes) = place_rooms(&rooms);
    seen.assert_told(&[2, 3, 4, 5, 6]);
    for (one, other) in [(0, 1), (1, 2), (0, 3), (1, 3), (0, 5)] {
        assert!(homes[one].is_none() || homes[one] != homes[other], "{}", seen.describe());
    }
}

#[test]
fn rooms_that_a_spreadsheet_stored_as_days_are_told() {
    let seen = read_book(|workbook| {
        let sheet = workbook.add_worksheet();
        write_rows(sheet, 1, "小区,楼栋,房号,姓名\n海棠花园,1栋,,甲一\n海棠花园,1栋,,乙一\n海棠花园,1栋,3-1,丙一");
        for (row, (day, format)) in (1..).zip([(2, "m\"月\"d\"日\""), (1, "d-mmm")]) {
            let date = ExcelDateTime::from_ymd(2026, 3, day).expect("a day");
            sheet.write_datetime_with_format(row, 2, date, &Format::new().set_num_format(format)).expect("in range");
        }
    });
    seen.assert_told(&[2, 3]);
    seen.assert_apart(&["甲一"], &["乙一", "丙一"]);
}

#[test]
fn numbers_shown_with_commas_or_a_fraction_are_rooms() {
    let seen = read_text(
        "楼栋,单元,房号,姓名
         1栋,1单元,\"1,101\",甲一
         1栋,1单元,1101,甲二
         1.0,1.0,301.0,乙一
         1栋,1单元,301,乙二
         1栋,1单元,3.5,丙一
        ",
    );
    assert_eq!(seen.find("甲一").0.place, seen.find("甲二").0.place, "{}", seen.describe());
    assert_eq!(seen.find("乙一").0.place, seen.find("乙二").0.place, "{}", seen.describe());
    seen.assert_apart(&["丙一"], &["甲一", "乙一"]);
}

#[test]
fn what_stands_for_no_room_is_no_room() {
    let blanks =
        ["无", "不详", "0", "/", "—", "待补", "待查", "？", "??", "xxx", "N/A", "#N/A", "000", "无房号", "-", "未知"];
    let rows: String =
        blanks.iter().enumerate().map(|(n, room)| format!("海棠花园,1栋,1单元,{room},人{n},户主\n")).collect();
    let seen = read_text(&format!("小区,楼栋,单元,房号,姓名,与户主关系\n海棠花园,1栋,1单元,101,甲一,户主\n{rows}"));
    for n in 0..blanks.len() {
        assert!(seen.find_all(&format!("人{n}")).is_empty(), "{} is no room\n{}", blanks[n], seen.describe());
    }
    seen.assert_unplaced(&(3..3 + u32::try_from(blanks.len()).expect("few")).collect::<Vec<_>>());
}

#[test]
fn what_stands_for_no_building_is_not_the_building_above() {
    let seen = read_text(
        "小区,楼栋,单元,房号,姓名,与户主关系
         海棠花园,1栋,1单元,101,甲一,户主
         海棠花园,无,1单元,101,乙一,户主
         海棠花园,待查,1单元,101,丙一,户主
         海棠花园,#REF!,1单元,101,丁一,户主
        ",
    );
    seen.assert_apart(&["甲一"], &["乙一", "丙一", "丁一"]);
    seen.assert_told(&[4, 5]);
    seen.assert_accounted(2..=5);
}

#[test]
fn addresses_with_more_before_the_compound_are_the_same_door() {
    let doors = [
        "海棠花园3栋1单元301",
        "海棠街道海棠花园3栋1单元301",
        "北门社区海棠花园3栋1单元301",
        "海棠花园小区3号楼一单元301室",
        "海棠花园3栋1单元301（租）",
        "海棠花园3栋 1单元 301",
    ];
    assert_all_one(&doors, place_addresses(&doors));
}

#[test]
fn addresses_without_a_room_are_unplaced_one_by_one() {
    let seen = read_text(
        "家庭住址,姓名,与户主关系
         海棠花园3栋1单元301,甲一,户主
         海棠花园3栋1单元,乙一,户主
         海棠花园3栋,丙一,户主
         海棠花园,丁一,户主
         外地,戊一,户主
        ",
    );
    seen.assert_apart(&["甲一"], &["乙一", "丙一", "丁一", "戊一"]);
    seen.assert_apart(&["乙一"], &["丙一", "丁一", "戊一"]);
    seen.assert_told(&[3, 4, 5, 6]);
}

#[test]
fn two_address_columns_are_not_one_door() {
    // Registered at one door, living at another: the home is where somebody lives.
    let seen = read_text(
        "户籍地址,现住址,姓名
         海棠花园1栋1单元101,玉兰苑2栋1单元202,甲一
         海棠花园1栋1单元101,海棠花园1栋1单元101,乙一
        ",
    );
    seen.assert_homes(&["玉兰苑|2|1|202: 甲一", "海棠花园|1|1|101: 乙一"]);
}

#[test]
fn a_column_for_the_whole_address_beside_its_parts_changes_no_door() {
    let seen = read_text(
        "小区,楼栋,单元,房号,户籍地址,姓名
         海棠花园,1栋,1单元,101,外省某县某村,甲一
         海棠花园,1栋,1单元,102,海棠花园1栋1单元101,乙一
        ",
    );
    seen.assert_homes(&["海棠花园|1|1|101: 甲一", "海棠花园|1|1|102: 乙一"]);
}

#[test]
fn a_grid_code_that_is_none_is_told_and_puts_nobody_elsewhere() {
    let seen = read_text(
        "网格编码,小区,楼栋,单元,房号,姓名,与户主关系
         990102003007041,海棠花园,1栋,1单元,101,甲一,户主
         9901020030070411,海棠花园,1栋,1单元,101,乙一,户主
         990102003007041、990102003007042,海棠花园,1栋,1单元,101,丙一,户主
         990102003007042.0,海棠花园,1栋,1单元,101,丁一,户主
        ",
    );
    seen.assert_apart(&["甲一"], &["乙一", "丙一", "丁一"]);
    seen.assert_told(&[3, 4]);
    assert_eq!(seen.find("丁一").0.grid.as_str(), "990102003007042");
    assert!(seen.count(FindingCode::GridMissing) > 0 || !seen.roster().unplaced.is_empty());
}

#[test]
fn one_grid_name_throughout_is_the_given_grid() {
    let seen = read_text(
        "所属网格,小区,楼栋,单元,房号,姓名,与户主关系
         北门第一网格,海棠花园,1栋,1单元,101,甲一,户主
         北门第一网格,海棠花园,1栋,1单元,102,乙一,户主
        ",
    );
    seen.assert_homes(&["海棠花园|1|1|101: 甲一", "海棠花园|1|1|102: 乙一"]);
    assert!(seen.roster().households.iter().all(|home| home.grid.as_str() == GRID));
}
