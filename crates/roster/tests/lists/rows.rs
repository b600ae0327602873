//! Whose is a row: rooms left blank, merged, unplaced above; sums, notes, footers and examples between people.

use crate::support::*;

#[test]
fn a_merged_room_is_the_room_of_its_rows() {
    let seen = read_book(|workbook| {
        let sheet = workbook.add_worksheet();
        write_rows(sheet, 1, "楼栋,房号,姓名,与户主关系\n,,甲一,户主\n,,甲二,配偶\n,,乙一,户主\n,,乙二,子");
        merge(sheet, (2, 5), (0, 0), "1栋");
        merge(sheet, (2, 3), (1, 1), "101");
        merge(sheet, (4, 5), (1, 1), "102");
    });
    seen.assert_homes(&["|1||101: 甲一,甲二", "|1||102: 乙一,乙二"]);
}

#[test]
fn a_merge_that_ends_early_gives_its_room_to_no_further_row() {
    let seen = read_book(|workbook| {
        let sheet = workbook.add_worksheet();
        write_rows(
            sheet,
            1,
            "楼栋,房号,姓名,与户主关系\n1栋,,甲一,户主\n1栋,,甲二,配偶\n1栋,,乙一,户主\n1栋,103,丙一,户主",
        );
        merge(sheet, (2, 3), (1, 1), "101");
    });
    seen.assert_homes(&["|1||101: 甲一,甲二", "|1||103: 丙一"]);
    seen.assert_unplaced(&[4]);
}

#[test]
fn a_merged_building_beside_rooms_that_fill_down() {
    let seen = read_book(|workbook| {
        let sheet = workbook.add_worksheet();
        write_rows(
            sheet,
            1,
            "楼栋,房号,姓名,与户主关系\n,101,甲一,户主\n,,甲二,配偶\n,102,乙一,户主\n,,乙二,子\n2栋,101,丙一,户主",
        );
        merge(sheet, (2, 5), (0, 0), "1栋");
    });
    seen.assert_homes(&["|1||101: 甲一,甲二", "|1||102: 乙一,乙二", "|2||101: 丙一"]);
}

#[test]
fn a_room_merged_over_the_homes_of_a_floor_is_told() {
    // A merge by mistake: two heads with their own numbers in one merged room.
    let seen = read_book(|workbook| {
        let sheet = workbook.add_worksheet();
        write_rows(sheet, 1, "楼栋,房号,姓名,与户主关系\n1栋,,甲一,户主\n1栋,,甲二,配偶\n1栋,,乙一,户主");
        merge(sheet, (2, 4), (1, 1), "101");
    });
    seen.assert_accounted(2..=4);
    assert!(seen.is_told(4) || seen.find_all("乙一").is_empty(), "a second head is told\n{}", seen.describe());
}

#[test]
fn a_blank_room_where_every_row_repeats_it_is_nobodys() {
    let seen = read_text(
        "楼栋,单元,房号,姓名,与户主关系
         1栋,1单元,101,甲一,户主
         1栋,1单元,101,甲二,配偶
         1栋,1单元,102,乙一,户主
         1栋,1单元,102,乙二,配偶
         1栋,1单元,,丙二,子
         1栋,1单元,103,丁一,户主
         1栋,1单元,103,丁二,配偶
        ",
    );
    seen.assert_homes(&["|1|1|101: 甲一,甲二", "|1|1|102: 乙一,乙二", "|1|1|103: 丁一,丁二"]);
    seen.assert_unplaced(&[6]);
}

#[test]
fn a_new_head_without_a_room_is_not_the_family_above() {
    let seen = read_text(
        "楼栋,单元,房号,姓名,与户主关系
         1栋,1单元,101,甲一,户主
         ,,,甲二,配偶
         ,,,乙一,户主
         ,,,乙二,配偶
         1栋,1单元,102,丙一,户主
         ,,,丙二,子
        ",
    );
    // Who stands below an unplaced head belongs to it, not to the family before.
    seen.assert_homes(&["|1|1|101: 甲一,甲二", "|1|1|102: 丙一,丙二"]);
    seen.assert_unplaced(&[4, 5]);
}

#[test]
fn who_stands_below_a_row_with_an_unknown_room_is_unplaced_too() {
    let seen = read_text(
        "楼栋,单元,房号,姓名,与户主关系
         1栋,1单元,101,甲一,户主
         1栋,1单元,待查,乙一,户主
         ,,,乙二,配偶
         ,,,乙三,子
         1栋,1单元,103,丙一,户主
        ",
    );
    seen.assert_homes(&["|1|1|101: 甲一", "|1|1|103: 丙一"]);
    seen.assert_unplaced(&[3, 4, 5]);
}

#[test]
fn another_building_with_a_blank_room_ends_the_room_above() {
    let seen = read_text(
        "楼栋,单元,房号,姓名,与户主关系
         1栋,1单元,101,甲一,户主
         2栋,1单元,,乙一,户主
         ,2单元,,丙一,
         ,,102,丁一,户主
        ",
    );
    seen.assert_apart(&["甲一"], &["乙一", "丙一", "丁一"]);
    seen.assert_apart(&["乙一"], &["丙一", "丁一"]);
    seen.assert_told(&[3, 4]);
    seen.assert_accounted(2..=5);
}

#[test]
fn a_blank_building_or_unit_of_a_new_room_is_the_one_above() {
    let seen = read_text(
        "小区,楼栋,单元,房号,姓名,与户主关系
         海棠花园,1栋,1单元,101,甲一,户主
         ,,,102,乙一,户主
         ,,2单元,101,丙一,户主
         ,2栋,1单元,101,丁一,户主
        ",
    );
    seen.assert_homes(&[
        "海棠花园|1|1|101: 甲一",
        "海棠花园|1|1|102: 乙一",
        "海棠花园|1|2|101: 丙一",
        "海棠花园|2|1|101: 丁一",
    ]);
}

#[test]
fn a_new_building_without_a_unit_does_not_keep_the_unit_above() {
    let seen = read_text(
        "小区,楼栋,单元,房号,姓名,与户主关系
         海棠花园,1栋,2单元,101,甲一,户主
         海棠花园,3栋,,101,乙一,户主
         玉兰苑,,,101,丙一,户主
        ",
    );
    let unit = |name: &str| plain(&seen.find(name).0.place.unit);
    assert_eq!(unit("乙一"), "", "{}", seen.describe());
    assert!(seen.find_all("丙一").is_empty() || seen.find("丙一").0.place.building.is_empty(), "{}", seen.describe());
}

#[test]
fn sums_inside_the_list_are_told_and_part_no_family() {
    let seen = read_text(
        "序号,楼栋,单元,房号,姓名,与户主关系,联系电话
         1,1栋,1单元,101,甲一,户主,
         2,,,,甲二,配偶,
         小计,,,,2人,,
         3,1栋,1单元,102,乙一,户主,
         1栋合计,,,,3人,,
         4,2栋,1单元,101,丙一,户主,
         总计：4人,,,,,,
        ",
    );
    seen.assert_homes(&["|1|1|101: 甲一,甲二", "|1|1|102: 乙一", "|2|1|101: 丙一"]);
    seen.assert_told(&[4, 6, 8]);
}

#[test]
fn notes_between_rows_are_no_people_and_no_sections() {
    let seen = read_text(
        "楼栋,单元,房号,姓名,与户主关系
         1栋,1单元,101,甲一,户主
         以下为新增,,,,
         1栋,1单元,102,乙一,户主
         注：以下住户由2栋楼长代管,,,,
         1栋,1单元,103,丙一,户主
         （接上页）,,,,
         ,,,丙二,配偶
        ",
    );
    seen.assert_apart(&["丙二"], &["甲一", "乙一"]);
    for (name, room) in [("甲一", "101"), ("乙一", "102"), ("丙一", "103")] {
        let place = &seen.find(name).0.place;
        assert_eq!((plain(&place.building).as_str(), plain(&place.room).as_str()), ("1", room), "{}", seen.describe());
    }
    seen.assert_told(&[3, 5, 7]);
    seen.assert_accounted(2..=8);
}

#[test]
fn a_note_parts_the_row_below_it_from_the_family_above() {
    // Below a note a row without a room may be anybody's: never a silent member of the home above.
    let seen = read_text(
        "楼栋,单元,房号,姓名,与户主关系
         1栋,1单元,101,甲一,户主
         以下为暂未登记房号人员,,,,
         ,,,乙一,
         ,,,丙一,
        ",
    );
    seen.assert_apart(&["甲一"], &["乙一", "丙一"]);
    seen.assert_accounted(2..=5);
}

#[test]
fn footers_are_no_people() {
    let seen = read_text(
        "楼栋,单元,房号,姓名,与户主关系,联系电话
         1栋,1单元,101,甲一,户主,19900000001
         制表人：癸一,,,审核人：癸二,,
         填报日期：2026年3月2日,,,,,
         填表人,癸三,,联系电话,19900000099,
         盖章,,,,,
        ",
    );
    seen.assert_homes(&["|1|1|101: 甲一"]);
    seen.assert_tels("甲一", &["19900000001"]);
    seen.assert_told(&[3, 4, 5, 6]);
}

#[test]
fn an_example_row_is_no_home() {
    let seen = read_text(
        "序号,楼栋,单元,房号,姓名,与户主关系,联系电话
         例,1栋,1单元,101,张三,户主,13800000000
         示例,1栋,1单元,102,李四,户主,13800000000
         1,2栋,1单元,101,甲一,户主,
        ",
    );
    seen.assert_homes(&["|2|1|101: 甲一"]);
    seen.assert_told(&[2, 3]);
}

#[test]
fn numbers_of_columns_are_no_person() {
    for numbers in ["1,2,3,4,5", "(1),(2),(3),(4),(5)", "A,B,C,D,E", "①,②,③,④,⑤"] {
        let seen = read_text(&format!("楼栋,单元,房号,姓名,与户主关系\n{numbers}\n1栋,1单元,101,甲一,户主\n"));
        seen.assert_homes(&["|1|1|101: 甲一"]);
        seen.assert_told(&[2]);
    }
}

#[test]
fn a_row_that_says_required_below_the_header_is_no_person() {
    let seen = read_text(
        "楼栋,单元,房号,姓名,与户主关系,身份证号码
         必填,选填,必填,必填,下拉选择,18位
         1栋,1单元,101,甲一,户主,
        ",
    );
    seen.assert_homes(&["|1|1|101: 甲一"]);
    seen.assert_told(&[2]);
}

#[test]
fn ditto_marks_of_every_kind_mean_the_cell_above() {
    let marks = ["同上", "〃", "″", "\"\"", "同前", "''", "〞", "同 上", "同左"];
    for mark in marks.iter().take(8) {
        let cell = if *mark == "\"\"" { "\"\"\"\"\"\"".to_owned() } else { (*mark).to_owned() };
        let seen = read_text(&format!(
            "小区,楼栋,单元,房号,姓名,与户主关系
             海棠花园,1栋,1单元,101,甲一,户主
             {cell},{cell},{cell},{cell},甲二,配偶
             {cell},{cell},{cell},102,乙一,户主
            "
        ));
        assert!(
            seen.homes() == ["海棠花园|1|1|101: 甲一,甲二", "海棠花园|1|1|102: 乙一"],
            "{mark}\n{}",
            seen.describe()
        );
    }
}

#[test]
fn a_ditto_mark_below_an_unknown_room_is_unknown() {
    let seen = read_text(
        "楼栋,单元,房号,姓名,与户主关系
         1栋,1单元,101,甲一,户主
         1栋,1单元,无,乙一,户主
         同上,同上,同上,乙二,配偶
        ",
    );
    seen.assert_homes(&["|1|1|101: 甲一"]);
    seen.assert_unplaced(&[3, 4]);
}

#[test]
fn a_ditto_mark_gives_nobody_anothers_identity_number() {
    let seen = read_text(&format!(
        "楼栋,单元,房号,姓名,与户主关系,身份证号码
         1栋,1单元,101,甲一,户主,{}
         同上,同上,同上,甲二,配偶,同上
        ",
        id_no(1)
    ));
    seen.assert_homes(&["|1|1|101: 甲一,甲二"]);
    seen.assert_number("甲二", "");
    seen.assert_told(&[3]);
}

#[test]
fn hidden_and_struck_rows_are_told() {
    let seen = read_book(|workbook| {
        let sheet = workbook.add_worksheet();
        write_rows(sheet, 1, "楼栋,房号,姓名,与户主关系\n1栋,101,甲一,户主\n1栋,102,乙一,户主\n1栋,103,丙一,户主");
        let struck = rust_xlsxwriter::Format::new().set_font_strikethrough();
        for (column, text) in (0..).zip(["1栋", "102", "乙一", "户主"]) {
            sheet.write_string_with_format(2, column, text, &struck).expect("in range");
        }
        sheet.set_row_hidden(3).expect("in range");
    });
    seen.find("甲一");
    seen.assert_told(&[3, 4]);
}

#[test]
fn a_struck_room_with_a_new_one_beside_it_is_told() {
    let seen = read_book(|workbook| {
        let sheet = workbook.add_worksheet();
        write_rows(sheet, 1, "楼栋,房号,姓名,与户主关系\n1栋,101,甲一,户主\n1栋,,乙一,户主\n1栋,103,丙一,户主");
        let struck = rust_xlsxwriter::Format::new().set_font_strikethrough();
        sheet.write_string_with_format(2, 1, "102", &struck).expect("in range");
    });
    seen.assert_apart(&["乙一"], &["甲一", "丙一"]);
    seen.assert_told(&[3]);
}

#[test]
fn a_formula_without_a_result_is_no_room() {
    let seen = read_book(|workbook| {
        let sheet = workbook.add_worksheet();
        write_rows(
            sheet,
            1,
            "楼栋,房号,姓名,与户主关系\n1栋,101,甲一,户主\n1栋,,乙一,户主\n,,乙二,配偶\n1栋,103,丙一,户主",
        );
        let formula = rust_xlsxwriter::Formula::new("=VLOOKUP(C3,Sheet9!A:B,2,0)").set_result("");
        sheet.write_formula(2, 1, formula).expect("in range");
    });
    seen.assert_homes(&["|1||101: 甲一", "|1||103: 丙一"]);
    seen.assert_unplaced(&[3, 4]);
}

#[test]
fn empty_rows_end_a_family() {
    // Somebody below a gap without a room of their own is told; at best they are of the home above.
    let seen = read_text(
        "楼栋,单元,房号,姓名,与户主关系
         1栋,1单元,101,甲一,户主
         ,,,,
         ,,,,
         ,,,乙一,户主
         1栋,1单元,102,丙一,户主
        ",
    );
    seen.assert_apart(&["甲一"], &["乙一"]);
    seen.assert_told(&[5]);
}

#[test]
fn two_heads_in_one_room_are_told() {
    let seen = read_text(&format!(
        "楼栋,单元,房号,姓名,与户主关系,身份证号码
         1栋,1单元,101,甲一,户主,{}
         1栋,1单元,101,甲二,配偶,{}
         1栋,1单元,101,乙一,户主,{}
        ",
        id_no(1),
        id_no(2),
        id_no(3)
    ));
    seen.assert_no_number_moved(&[("甲一", &id_no(1)), ("甲二", &id_no(2)), ("乙一", &id_no(3))]);
    seen.assert_accounted(2..=4);
}
