//! What goes wrong while a list is typed, and where nothing may be lost or shown to the wrong people.

use super::*;

const HEADER: &str = "网格编码,小区,楼栋,单元,房号,姓名,与户主关系,身份证号码,联系电话,备注\n";

fn of_rows(rows: &[&str]) -> Roster {
    read_text(&format!("{HEADER}{}", rows.iter().map(|row| format!("{GRID},{row}\n")).collect::<String>()))
}

#[test]
fn numbers_without_a_name_are_told_for_every_person_of_a_row() {
    let roster =
        of_rows(&["海棠花园,1栋,1单元,101,,,990101198506120024,,", "海棠花园,1栋,1单元,102,空置,,,19900000001,"]);
    assert_eq!(rows_of(&roster, FindingCode::NameMissing), [2, 3]);
    assert_eq!((roster.counts.persons, roster.counts.households), (0, 2));
    let beside = read_text(&format!(
        "网格编码,楼栋,房号,姓名,电话,姓名,电话\n{GRID},1栋,101,甲一,19900000001,,19900000002\n{GRID},1栋,102,乙一,,,\n"
    ));
    assert_eq!(rows_of(&beside, FindingCode::NameMissing), [2]);
    let head = read_text(&format!(
        "网格编码,楼栋,房号,户主姓名,户主电话,成员姓名\n{GRID},1栋,101,,19900000001,甲二\n{GRID},1栋,102,乙一,19900000002,\n"
    ));
    assert_eq!(rows_of(&head, FindingCode::NameMissing), [2]);
}

#[test]
fn an_address_under_the_room_is_no_room_of_the_building_above() {
    let roster = of_rows(&[
        "海棠花园,1栋,1单元,101,甲一,户主,,,",
        ",,,北门街12号,乙一,户主,,,",
        ",,,,乙二,妻,,,",
        "海棠花园,1栋,1单元,102,丙一,户主,,,",
        ",,,商铺12,丁一,户主,,,",
    ]);
    assert_eq!(
        doors(&roster),
        [
            "海棠花园|1栋|1单元|101: 甲一",
            "北门街|||12号: 乙一,乙二",
            "海棠花园|1栋|1单元|102: 丙一",
            "海棠花园|1栋|1单元|商铺12: 丁一",
        ]
    );
}

#[test]
fn two_people_in_one_cell_are_two_if_their_numbers_are_two() {
    let roster = of_rows(&[
        "海棠花园,1栋,1单元,101,甲一、甲二,户主、妻,990101198506120024、99010119900307004X,19900000001,喜静",
        "海棠花园,1栋,1单元,102,\"乙一\n乙二\",户主,990101198506120024,,",
    ]);
    assert_eq!(doors(&roster), ["海棠花园|1栋|1单元|101: 甲一,甲二", "海棠花园|1栋|1单元|102: "]);
    let [first, second] = &roster.households[0].persons[..] else { panic!("two persons") };
    assert_eq!((first.id_no.as_str(), second.id_no.as_str()), ("990101198506120024", "99010119900307004X"));
    assert_eq!((first.relation, second.relation), (Some(Relation::Head), Some(Relation::Spouse)));
    assert_eq!((first.tels.len(), second.tels.len(), first.remark.as_str()), (1, 0, "喜静"));
    assert_eq!(rows_of(&roster, FindingCode::SeveralPersons), [3]);
}

#[test]
fn words_for_a_vacant_dwelling_are_nobodys_name() {
    for word in ["空置", "待售", "长期无人", "无人居住", "空", "（空）", "招租"] {
        let roster = of_rows(&[&format!("海棠花园,1栋,1单元,101,{word},,,,")]);
        assert_eq!((roster.counts.persons, roster.counts.vacant), (0, 1), "{word}");
    }
    let roster = of_rows(&["海棠花园,1栋,1单元,101,出租,,,,", "海棠花园,1栋,1单元,102,无,,,,"]);
    assert_eq!(roster.counts.persons, 0);
    assert_eq!(roster.households[0].house_status, Some(HouseStatus::Rented));
}

#[test]
fn a_door_that_became_a_date_is_a_door_again() {
    let mut dates = Workbook::new();
    let sheet = dates.add_worksheet();
    write_rows(
        sheet,
        0,
        &[&["网格编码", "楼栋", "房号", "姓名"], &[GRID, "1栋", "", "甲一"], &[GRID, "1栋", "", "乙一"]],
    );
    let format = Format::new().set_num_format("m月d日");
    sheet.write_datetime_with_format(1, 2, day(2026, 3, 2), &format).expect("in range");
    sheet.write_datetime_with_format(2, 2, day(2001, 10, 3), &format).expect("in range");
    let roster = read_one("台账.xlsx", &dates.save_to_buffer().expect("a workbook")).expect("a roster");
    assert_eq!(doors(&roster), ["|1栋||3-2: 甲一", "|1栋||1-10-3: 乙一"]);
    assert_eq!(rows_of(&roster, FindingCode::DateInPlace), [2, 3]);
    let shown = of_rows(&["海棠花园,3月2日,1单元,101,甲一,,,,"]);
    assert_eq!(rows_of(&shown, FindingCode::DateInPlace), [2]);
}

fn day(year: u16, month: u8, day: u8) -> rust_xlsxwriter::ExcelDateTime {
    rust_xlsxwriter::ExcelDateTime::from_ymd(year, month, day).expect("a date")
}

#[test]
fn numbers_never_reach_what_a_building_lead_reads() {
    let roster = read_text(&format!(
        "网格编码,小区,楼栋,单元,房号,户主姓名,姓名,身份证号码,备注\n\
         {GRID},海棠花园,1栋,1单元,101,甲一 199-0000-0001,甲一（19900000002）,,\n\
         {GRID},海棠花园,1栋,1单元,101,,甲二99010119900307004x,,\n\
         {GRID},海棠花园,1栋,1单元,102 19900000003,乙一,乙一,,\n\
         {GRID},海棠花园,1栋,1单元,103,,,,钥匙在物业，电话19900000004\n\
         {GRID},海棠花园,1栋,1单元,12-3-1101,,丙一,,\n\
         {GRID},,,,19900000005,,丁一,,\n"
    ));
    assert_eq!(
        doors(&roster),
        [
            "海棠花园|1栋|1单元|101: 甲一,甲二",
            "海棠花园|1栋|1单元|102: 乙一",
            "海棠花园|1栋|1单元|103: ",
            "海棠花园|1栋|1单元|12-3-1101: 丙一",
        ]
    );
    let [first, second] = &roster.households[0].persons[..] else { panic!("two persons") };
    assert_eq!(first.tels, ["19900000001", "19900000002"].map(String::from).into());
    assert_eq!((second.id_no.as_str(), second.birth_month.as_str()), ("99010119900307004X", "1990-03"));
    assert_eq!(roster.households[0].head_name, "甲一");
    assert_eq!(roster.households[1].persons[0].tels.len(), 1);
    assert_eq!(roster.households[2].note, "钥匙在物业");
    assert_eq!(rows_of(&roster, FindingCode::NumberInName), [2, 2, 3]);
    assert_eq!(rows_of(&roster, FindingCode::ValueNotKept), [4, 7]);
    assert_eq!(rows_of(&roster, FindingCode::RoomMissing), [7], "a slipped row goes to no other household");
    assert_eq!(rows_of(&roster, FindingCode::NameMissing), [5], "a number of nobody is not kept, and that is said");
}

#[test]
fn parts_of_a_door_that_are_too_long_are_cut_by_name() {
    let long = "甲".repeat(61);
    let roster = of_rows(&[&format!("{long},1栋,1单元,101,甲一,户主,,,")]);
    assert_eq!(roster.households[0].place.compound.chars().count(), 60);
    let told: Vec<_> = roster.findings.iter().filter(|finding| finding.code == FindingCode::TextCut).collect();
    assert!(told.len() == 1 && told[0].text.contains("小区"), "{told:?}");
}

#[test]
fn two_columns_of_phones_are_two_phones() {
    let roster =
        read_text(&format!("网格编码,楼栋,房号,姓名,手机,固定电话\n{GRID},1栋,101,甲一,19900000001,0991-5550123\n"));
    assert_eq!(rows_of(&roster, FindingCode::TwoPhones), [2]);
}
