//! Where a table lies: sheets and titles that say compound or building, section rows, stacked and neighbouring tables.

use rust_xlsxwriter::Workbook;

use crate::support::*;

/// A sheet of a name with rows of text.
fn add_sheet(workbook: &mut Workbook, name: &str, rows: &str) {
    write_rows(workbook.add_worksheet().set_name(name).expect("a name"), 1, rows);
}

#[test]
fn a_sheet_name_says_the_compound() {
    let seen = read_book(|workbook| {
        let header = "楼栋,单元,房号,姓名,与户主关系,身份证号码";
        add_sheet(workbook, "海棠花园", &format!("{header}\n1栋,1单元,101,甲一,户主,{}", id_no(1)));
        add_sheet(workbook, "玉兰苑", &format!("{header}\n1栋,1单元,101,乙一,户主,{}", id_no(2)));
    });
    seen.assert_homes(&["海棠花园|1|1|101: 甲一", "玉兰苑|1|1|101: 乙一"]);
}

#[test]
fn a_sheet_name_says_the_building() {
    let seen = read_book(|workbook| {
        for (name, person) in [("1栋", "甲一"), ("2栋", "乙一"), ("3号楼", "丙一")] {
            add_sheet(workbook, name, &format!("房号,姓名,与户主关系\n101,{person},户主"));
        }
    });
    seen.assert_homes(&["|1||101: 甲一", "|2||101: 乙一", "|3||101: 丙一"]);
}

#[test]
fn a_sheet_name_says_building_and_unit() {
    let seen = read_book(|workbook| {
        add_sheet(workbook, "3栋1单元", "房号,姓名\n101,甲一");
        add_sheet(workbook, "3栋2单元", "房号,姓名\n101,乙一");
    });
    seen.assert_homes(&["|3|1|101: 甲一", "|3|2|101: 乙一"]);
}

#[test]
fn sheets_of_months_are_no_buildings() {
    // Two states of one list in one book: the same doors, and who is on both stands once.
    let seen = read_book(|workbook| {
        let header = "小区,楼栋,单元,房号,姓名,身份证号码";
        add_sheet(workbook, "3月", &format!("{header}\n海棠花园,1栋,1单元,101,甲一,{}", id_no(1)));
        add_sheet(workbook, "4月", &format!("{header}\n海棠花园,1栋,1单元,101,甲一,{}", id_no(1)));
    });
    seen.assert_homes(&["海棠花园|1|1|101: 甲一"]);
}

#[test]
fn doors_of_nameless_sheets_without_a_building_are_not_joined_across_files() {
    let text = "房号,姓名,与户主关系\n101,甲一,户主\n";
    let other = "房号,姓名,与户主关系\n101,乙一,户主\n";
    let seen = Lists::new().file("名单.csv", text).file("名单2.csv", other).in_grid(GRID).read();
    if seen.refusal().is_none() {
        seen.assert_apart(&["甲一"], &["乙一"]);
    }
}

#[test]
fn unit_sections_lie_below_their_building() {
    let seen = read_text(
        "房号,姓名,与户主关系
         1栋,,
         一单元,,
         101,甲一,户主
         ,甲二,配偶
         二单元,,
         101,乙一,户主
         2栋,,
         101,丙一,户主
         一单元,,
         101,丁一,户主
        ",
    );
    // Behind 2栋 no unit has been said yet: the unit of building 1 is not its.
    seen.assert_homes(&["|1|1|101: 甲一,甲二", "|1|2|101: 乙一", "|2||101: 丙一", "|2|1|101: 丁一"]);
    seen.assert_accounted([4, 5, 7, 9, 11]);
}

#[test]
fn a_section_merged_over_the_width_may_count_its_homes() {
    let seen = read_book(|workbook| {
        let sheet = workbook.add_worksheet();
        write_rows(sheet, 1, "序号,房号,姓名,与户主关系,联系电话");
        merge(sheet, (2, 2), (0, 4), "海棠花园1栋（共2户）");
        write_rows(sheet, 3, "1,101,甲一,户主,\n2,102,乙一,户主,");
        merge(sheet, (5, 5), (0, 4), "海棠花园2栋（共24户）");
        write_rows(sheet, 6, "3,101,丙一,户主,");
    });
    seen.assert_homes(&["海棠花园|1||101: 甲一", "海棠花园|1||102: 乙一", "海棠花园|2||101: 丙一"]);
}

#[test]
fn a_section_row_may_name_the_lead_of_the_building() {
    let seen = read_text(
        "房号,姓名,与户主关系,联系电话
         1栋 楼长：癸一 19900000099,,,
         101,甲一,户主,19900000001
         2栋 楼长：癸二,,,
         101,乙一,户主,19900000002
        ",
    );
    seen.assert_homes(&["|1||101: 甲一", "|2||101: 乙一"]);
    seen.assert_tels("甲一", &["19900000001"]);
}

#[test]
fn sections_of_the_compound_end_building_and_unit() {
    let seen = read_text(
        "楼栋,单元,房号,姓名,与户主关系
         海棠花园小区,,,,
         1栋,1单元,101,甲一,户主
         玉兰苑小区,,,,
         1栋,1单元,101,乙一,户主
        ",
    );
    seen.assert_apart(&["甲一"], &["乙一"]);
    seen.assert_counts(2, 2);
    let compounds: Vec<_> = seen.roster().households.iter().map(|home| home.place.compound.as_str()).collect();
    assert!(compounds[0].starts_with("海棠花园") && compounds[1].starts_with("玉兰苑"), "{compounds:?}");
}

#[test]
fn a_title_says_building_and_unit() {
    let seen = read_text(&format!(
        "海棠花园3栋2单元住户登记表,,,
         房号,姓名,与户主关系,身份证号码
         101,甲一,户主,{}
         102,乙一,户主,{}
        ",
        id_no(1),
        id_no(2)
    ));
    seen.assert_homes(&["海棠花园|3|2|101: 甲一", "海棠花园|3|2|102: 乙一"]);
}

#[test]
fn a_title_over_a_list_with_buildings_of_its_own_moves_nobody() {
    let seen = read_text(
        "海棠花园1栋至3栋住户登记表（2026年）,,,
         楼栋,房号,姓名,与户主关系
         1栋,101,甲一,户主
         2栋,101,乙一,户主
        ",
    );
    seen.assert_apart(&["甲一"], &["乙一"]);
    let buildings: Vec<_> = seen.roster().households.iter().map(|home| plain(&home.place.building)).collect();
    assert_eq!(buildings, ["1", "2"], "{}", seen.describe());
}

#[test]
fn a_second_table_below_has_its_own_columns() {
    let seen = read_text(&format!(
        "1栋住户登记表,,,,
         房号,姓名,与户主关系,身份证号码,联系电话
         101,甲一,户主,{},19900000001
         ,,,,
         2栋住户登记表,,,,
         姓名,房号,联系电话,身份证号码,与户主关系
         乙一,101,19900000002,{},户主
         乙二,101,,{},配偶
        ",
        id_no(1),
        id_no(2),
        id_no(3)
    ));
    seen.assert_homes(&["|1||101: 甲一", "|2||101: 乙一,乙二"]);
    seen.assert_number("乙一", &id_no(2));
    seen.assert_tels("乙一", &["19900000002"]);
    seen.assert_number("乙二", &id_no(3));
}

#[test]
fn a_second_table_without_a_building_does_not_take_the_first_ones() {
    let seen = read_text(
        "楼栋,房号,姓名,与户主关系
         1栋,101,甲一,户主
         ,,,
         房号,姓名,与户主关系,联系电话
         101,乙一,户主,19900000002
        ",
    );
    seen.assert_apart(&["甲一"], &["乙一"]);
    seen.assert_accounted([2, 5]);
    let home = seen.find_all("乙一");
    assert!(home.iter().all(|(home, _)| home.place.building.is_empty()), "{}", seen.describe());
}

#[test]
fn headers_repeated_after_page_breaks_are_no_people() {
    let seen = read_text(&format!(
        "楼栋,单元,房号,姓名,与户主关系,身份证号码,联系电话
         1栋,1单元,101,甲一,户主,{},
         楼栋,单元,房号,姓名,与户主关系,身份证号码,联系电话
         ,,,甲二,配偶,{},
         楼栋,单元,房号,姓名,与户主关系,联系电话,身份证号码
         1栋,1单元,102,乙一,户主,19900000003,{}
        ",
        id_no(1),
        id_no(2),
        id_no(3)
    ));
    seen.assert_homes(&["|1|1|101: 甲一,甲二", "|1|1|102: 乙一"]);
    seen.assert_number("乙一", &id_no(3));
    seen.assert_tels("乙一", &["19900000003"]);
    seen.assert_accounted([2, 4, 6]);
}

#[test]
fn tables_side_by_side_share_a_grid_column_and_a_gap() {
    let seen = read_text(
        "网格编码,楼栋,房号,姓名,联系电话,,楼栋,房号,姓名,联系电话
         990102003007041,1栋,101,甲一,19900000001,,2栋,101,乙一,19900000002
         990102003007041,1栋,102,丙一,,,2栋,102,丁一,19900000004
         990102003007041,1栋,103,戊一,19900000005,,,,,
        ",
    );
    seen.assert_homes(&["|1||101: 甲一", "|1||102: 丙一", "|1||103: 戊一", "|2||101: 乙一", "|2||102: 丁一"]);
    seen.assert_tels("丙一", &[]);
    seen.assert_tels("乙一", &["19900000002"]);
    seen.assert_tels("丁一", &["19900000004"]);
}

#[test]
fn tables_side_by_side_fill_down_each_in_itself() {
    let seen = read_text(
        "房号,姓名,与户主关系,房号,姓名,与户主关系
         101,甲一,户主,201,乙一,户主
         ,甲二,配偶,202,丙一,户主
         102,丁一,户主,,丙二,配偶
        ",
    );
    seen.assert_homes(&["|||101: 甲一,甲二", "|||102: 丁一", "|||201: 乙一", "|||202: 丙一,丙二"]);
}

#[test]
fn two_name_columns_of_one_home_are_no_two_tables() {
    let seen = read_text(
        "楼栋,单元,房号,户主姓名,户主电话,姓名,与户主关系,联系电话
         1栋,1单元,101,甲一,19900000001,甲一,户主,19900000001
         1栋,1单元,101,甲一,19900000001,甲二,配偶,19900000002
        ",
    );
    seen.assert_homes(&["|1|1|101: 甲一,甲二"]);
    seen.assert_tels("甲二", &["19900000002"]);
}

#[test]
fn sums_by_building_are_no_homes() {
    let seen = read_book(|workbook| {
        add_sheet(workbook, "明细", "楼栋,单元,房号,姓名,与户主关系\n1栋,1单元,101,甲一,户主\n1栋,1单元,102,乙一,户主");
        add_sheet(workbook, "汇总", "楼栋,户数,人数,空置户数\n1栋,2,2,0\n合计,2,2,0");
        add_sheet(workbook, "填表说明", "一、姓名与身份证一致；\n二、房号写到室。");
    });
    seen.assert_homes(&["|1|1|101: 甲一", "|1|1|102: 乙一"]);
}

#[test]
fn a_form_for_one_home_is_no_table() {
    // Labels beside their values: nothing may be invented from it.
    let seen = read_text(
        "入户走访登记表,,,
         户主姓名,甲一,联系电话,19900000001
         家庭住址,海棠花园1栋1单元101,人口数,2
         走访时间,2026年3月2日,走访人,癸一
        ",
    );
    if seen.refusal().is_none() {
        for (_, person) in seen.people() {
            assert_eq!(person.name, "甲一", "{}", seen.describe());
        }
        seen.assert_accounted(2..=4);
    }
}

#[test]
fn one_list_handed_in_twice_is_one_list() {
    let text = unindent(&format!(
        "小区,楼栋,单元,房号,姓名,与户主关系,身份证号码
         海棠花园,1栋,1单元,101,甲一,户主,{}
         ,,,,甲二,配偶,
         海棠花园,1栋,1单元,102,乙一,户主,{}
        ",
        id_no(1),
        id_no(3)
    ));
    let seen = Lists::new().file("台账.csv", text.clone()).file("台账 - 副本.csv", text).in_grid(GRID).read();
    seen.assert_homes(&["海棠花园|1|1|101: 甲一,甲二", "海棠花园|1|1|102: 乙一"]);
}

#[test]
fn an_older_copy_in_the_folder_moves_nobodys_number() {
    let new =
        format!("楼栋,单元,房号,姓名,身份证号码\n1栋,1单元,101,甲一,{}\n1栋,1单元,102,乙一,{}\n", id_no(1), id_no(2));
    let old =
        format!("楼栋,单元,房号,姓名,身份证号码\n1栋,1单元,101,甲一,{}\n1栋,1单元,103,乙一,{}\n", id_no(1), id_no(2));
    let seen = Lists::new().file("台账.csv", new).file("台账（旧）.csv", old).in_grid(GRID).read();
    // 乙一 stands behind two doors: which one is right nobody knows, so it is told.
    seen.assert_no_number_moved(&[("甲一", &id_no(1)), ("乙一", &id_no(2))]);
    seen.assert_apart(&["甲一"], &["乙一"]);
    seen.assert_told(&[3]);
}
