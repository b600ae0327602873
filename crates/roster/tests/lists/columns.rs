//! What the columns say: members beside each other, owners and tenants, columns without a title or hidden.

use domain::codes::HouseStatus;

use crate::support::*;

#[test]
fn members_grouped_by_person_keep_their_own_numbers() {
    let seen = read_text(&format!(
        "楼栋,房号,户主姓名,户主身份证号,户主电话,成员1姓名,成员1关系,成员1身份证号,成员1电话,成员2姓名,成员2关系,成员2身份证号,成员2电话
         1栋,101,甲一,{},19900000001,甲二,配偶,{},19900000002,甲三,子,{},
         1栋,102,乙一,{},,,,,,乙三,女,{},19900000005
         1栋,103,丙一,{},,,,,,,,,
        ",
        id_no(1),
        id_no(2),
        id_no(3),
        id_no(4),
        id_no(5),
        id_no(6)
    ));
    seen.assert_homes(&["|1||101: 甲一,甲二,甲三", "|1||102: 乙一,乙三", "|1||103: 丙一"]);
    for (serial, name) in (1..).zip(["甲一", "甲二", "甲三", "乙一", "乙三", "丙一"]) {
        seen.assert_number(name, &id_no(serial));
    }
    seen.assert_tels("甲一", &["19900000001"]);
    seen.assert_tels("甲二", &["19900000002"]);
    seen.assert_tels("甲三", &[]);
    seen.assert_tels("乙一", &[]);
    seen.assert_tels("乙三", &["19900000005"]);
}

#[test]
fn members_without_ordinals_pair_with_the_number_beside_them() {
    let seen = read_text(&format!(
        "楼栋,房号,姓名,身份证号,姓名,身份证号,姓名,身份证号
         1栋,101,甲一,{},甲二,{},甲三,{}
         1栋,102,乙一,{},,,乙三,{}
         1栋,103,丙一,,丙二,{},,
        ",
        id_no(1),
        id_no(2),
        id_no(3),
        id_no(4),
        id_no(5),
        id_no(6)
    ));
    seen.assert_homes(&["|1||101: 甲一,甲二,甲三", "|1||102: 乙一,乙三", "|1||103: 丙一,丙二"]);
    for (serial, name) in [(1, "甲一"), (2, "甲二"), (3, "甲三"), (4, "乙一"), (5, "乙三"), (6, "丙二")] {
        seen.assert_number(name, &id_no(serial));
    }
    seen.assert_number("丙一", "");
}

#[test]
fn members_without_ordinals_grouped_by_field_move_no_number() {
    let seen = read_text(&format!(
        "楼栋,房号,姓名,姓名,姓名,身份证号,身份证号,身份证号
         1栋,101,甲一,甲二,甲三,{},{},{}
         1栋,102,乙一,,乙三,{},,{}
        ",
        id_no(1),
        id_no(2),
        id_no(3),
        id_no(4),
        id_no(5)
    ));
    seen.assert_no_number_moved(&[
        ("甲一", &id_no(1)),
        ("甲二", &id_no(2)),
        ("甲三", &id_no(3)),
        ("乙一", &id_no(4)),
        ("乙三", &id_no(5)),
    ]);
    seen.assert_accounted(2..=3);
    seen.assert_apart(&["甲一", "甲二", "甲三"], &["乙一", "乙三"]);
}

#[test]
fn more_names_than_numbers_leave_nobody_with_anothers() {
    let seen = read_text(&format!(
        "楼栋,房号,成员1姓名,成员2姓名,成员3姓名,成员1身份证号,成员3身份证号
         1栋,101,甲一,甲二,甲三,{},{}
        ",
        id_no(1),
        id_no(3)
    ));
    seen.assert_homes(&["|1||101: 甲一,甲二,甲三"]);
    seen.assert_number("甲一", &id_no(1));
    seen.assert_number("甲二", "");
    seen.assert_number("甲三", &id_no(3));

    // Without ordinals nobody can say whose the only number column is.
    let seen = read_text(&format!("楼栋,房号,姓名,姓名,身份证号\n1栋,101,甲一,甲二,{}\n", id_no(2)));
    seen.assert_accounted(2..=2);
    let bearers = seen.people().filter(|(_, person)| person.id_no == id_no(2)).count();
    assert!(bearers <= 1, "{}", seen.describe());
    assert!(bearers == 0 || seen.is_told(1) || seen.is_told(2), "a guess is told\n{}", seen.describe());
}

#[test]
fn members_numbered_in_chinese_or_behind_the_title_are_members() {
    for header in [
        "家庭成员一姓名,家庭成员一身份证号,家庭成员二姓名,家庭成员二身份证号",
        "姓名1,身份证号1,姓名2,身份证号2",
        "成员姓名（1）,身份证号（1）,成员姓名（2）,身份证号（2）",
        "配偶姓名,配偶身份证号,子女姓名,子女身份证号",
    ] {
        let seen = read_text(&format!(
            "楼栋,房号,户主姓名,户主身份证号,{header}\n1栋,101,甲一,{},甲二,{},甲三,{}\n",
            id_no(1),
            id_no(2),
            id_no(3)
        ));
        seen.assert_no_number_moved(&[("甲一", &id_no(1)), ("甲二", &id_no(2)), ("甲三", &id_no(3))]);
        for name in ["甲一", "甲二", "甲三"] {
            let is_read = !seen.find_all(name).is_empty();
            assert!(is_read || seen.is_told(1) || seen.is_told(2), "{name} of {header}\n{}", seen.describe());
        }
    }
}

#[test]
fn a_header_of_two_rows_names_members_and_fields() {
    let seen = read_book(|workbook| {
        let sheet = workbook.add_worksheet();
        write_rows(sheet, 2, ",,姓名,身份证号,姓名,身份证号,姓名,身份证号");
        for (column, text) in [(0, "楼栋"), (1, "房号")] {
            merge(sheet, (1, 2), (column, column), text);
        }
        for (column, text) in [(2, "户主"), (4, "成员一"), (6, "成员二")] {
            merge(sheet, (1, 1), (column, column + 1), text);
        }
        let row = format!("1栋,101,甲一,{},甲二,{},甲三,{}", id_no(1), id_no(2), id_no(3));
        write_rows(sheet, 3, &row);
    });
    seen.assert_homes(&["|1||101: 甲一,甲二,甲三"]);
    for (serial, name) in (1..).zip(["甲一", "甲二", "甲三"]) {
        seen.assert_number(name, &id_no(serial));
    }
}

#[test]
fn an_owners_phone_is_not_the_tenants() {
    let seen = read_text(
        "小区,楼栋,单元,房号,业主姓名,业主电话,租户姓名,租户电话,入住情况
         海棠花园,1栋,1单元,101,甲一,19900000001,,,自住
         海棠花园,1栋,1单元,102,乙一,19900000002,乙二,19900000003,出租
         海棠花园,1栋,1单元,103,丙一,19900000004,,,空置
        ",
    );
    if let Some(sentence) = seen.refusal() {
        assert!(sentence.contains("业主"), "{sentence}");
        return;
    }
    assert_eq!(seen.roster().households.len(), 3, "{}", seen.describe());
    seen.assert_tels("乙二", &["19900000003"]);
    for (_, owner) in seen.find_all("乙一") {
        assert!(!owner.tels.contains("19900000003"), "{}", seen.describe());
    }
    assert!(seen.find_all("丙一").is_empty(), "nobody lives in an empty dwelling\n{}", seen.describe());
    let statuses: Vec<_> = seen.roster().households.iter().map(|home| home.house_status).collect();
    assert_eq!(statuses, [Some(HouseStatus::OwnerOccupied), Some(HouseStatus::Rented), Some(HouseStatus::Vacant)]);
}

#[test]
fn a_landlord_beside_the_residents_is_no_resident() {
    let seen = read_text(&format!(
        "楼栋,单元,房号,姓名,与户主关系,身份证号码,联系电话,房东姓名,房东电话
         1栋,1单元,101,甲一,户主,{},19900000001,癸一,19900000091
         1栋,1单元,101,甲二,配偶,{},,癸一,19900000091
        ",
        id_no(1),
        id_no(2)
    ));
    seen.assert_homes(&["|1|1|101: 甲一,甲二"]);
    seen.assert_tels("甲一", &["19900000001"]);
    seen.assert_tels("甲二", &[]);
}

#[test]
fn columns_of_other_people_give_no_resident_a_number() {
    // The visitor, the contact outside, the child's school teacher: each with a phone, none of them lives here.
    let seen = read_text(
        "楼栋,房号,姓名,联系电话,网格员,网格员电话,紧急联系人,紧急联系人电话,楼栋长,楼栋长电话
         1栋,101,甲一,19900000001,癸一,19900000091,癸二,19900000092,癸三,19900000093
         1栋,102,乙一,,癸一,19900000091,癸四,19900000094,癸三,19900000093
        ",
    );
    seen.assert_homes(&["|1||101: 甲一", "|1||102: 乙一"]);
    seen.assert_tels("甲一", &["19900000001"]);
    seen.assert_tels("乙一", &[]);
}

#[test]
fn a_hidden_column_of_numbers_is_taken_or_told() {
    let seen = read_book(|workbook| {
        let sheet = workbook.add_worksheet();
        write_rows(sheet, 1, &format!("楼栋,房号,姓名,身份证号码\n1栋,101,甲一,{}", id_no(1)));
        sheet.set_column_hidden(3).expect("in range");
    });
    assert!(seen.find("甲一").1.id_no == id_no(1) || seen.is_told(1), "{}", seen.describe());
}

#[test]
fn a_hidden_column_of_rooms_joins_nobody() {
    // The office sees two columns; whatever is done with the third, the homes stay two.
    let seen = read_book(|workbook| {
        let sheet = workbook.add_worksheet();
        write_rows(sheet, 1, "楼栋,单元,房号,姓名,与户主关系\n1栋,1单元,101,甲一,户主\n1栋,2单元,101,乙一,户主");
        sheet.set_column_hidden(1).expect("in range");
    });
    seen.assert_apart(&["甲一"], &["乙一"]);
}

#[test]
fn cells_that_slipped_by_one_column_are_told_and_make_no_home_of_a_name() {
    let seen = read_text(&format!(
        "楼栋,单元,房号,姓名,与户主关系,身份证号码,联系电话
         1栋,1单元,101,甲一,户主,{},19900000001
         1栋,101,乙一,户主,{},19900000002,
         1栋,1单元,,102,丙一,户主,{}
         1栋,1单元,103,丁一,户主,19900000004,{}
        ",
        id_no(1),
        id_no(2),
        id_no(3),
        id_no(4)
    ));
    seen.assert_told(&[3, 4, 5]);
    assert!(seen.find_all("户主").is_empty(), "户主 is no name\n{}", seen.describe());
    assert!(seen.find_all("102").is_empty(), "102 is no name\n{}", seen.describe());
    assert!(!seen.homes().iter().any(|home| home.contains("乙一:")), "a name is no room\n{}", seen.describe());
    seen.assert_no_number_moved(&[("甲一", &id_no(1)), ("乙一", &id_no(2)), ("丙一", &id_no(3)), ("丁一", &id_no(4))]);
}

#[test]
fn names_and_relations_in_one_cell_are_told_apart_or_kept_together() {
    let seen = read_text(
        "楼栋,房号,户主姓名,户主电话,家庭成员
         1栋,101,甲一,19900000001,甲二（妻）、甲三（子）
         1栋,102,乙一,19900000002,妻：乙二；子：乙三
        ",
    );
    seen.assert_apart(&["甲一", "甲二", "甲三"], &["乙一", "乙二", "乙三"]);
    seen.assert_tels("甲一", &["19900000001"]);
    for (_, person) in seen.people().filter(|(_, person)| !["甲一", "乙一"].contains(&person.name.as_str())) {
        assert!(person.tels.is_empty(), "{}", seen.describe());
    }
    let roster = seen.roster();
    let text = format!("{:?}", roster.households);
    assert!(
        ["甲二", "甲三", "乙二", "乙三"].iter().all(|name| text.contains(name)) || seen.is_told(2) || seen.is_told(1)
    );
}
