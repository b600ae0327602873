//! Whose is a number, and whether it is one: placeholders, masks, rounding, two people with one number.

use roster::FindingCode;

use crate::support::*;

#[test]
fn what_stands_for_no_number_is_no_number() {
    let words = [
        "待补",
        "待查",
        "待核",
        "无",
        "不详",
        "空白",
        "xxx",
        "XXXXXXXXXXXXXXXXXX",
        "？？？",
        "/",
        "0",
        "000000000000000000",
        "111111111111111111",
        "未提供",
        "拒绝提供",
        "新生儿",
        "遗失",
        "补办中",
        "—",
        "********",
        "同户主",
        "N/A",
    ];
    let rows: String = words.iter().enumerate().map(|(n, word)| format!("1栋,{},人{n},{word}\n", 101 + n)).collect();
    let seen = read_text(&format!("楼栋,房号,姓名,身份证号码\n{rows}"));
    seen.assert_counts(words.len(), words.len());
    for (n, word) in words.iter().enumerate() {
        assert_eq!(seen.find(&format!("人{n}")).1.id_no, "", "{word}\n{}", seen.describe());
    }
    assert_eq!(seen.count(FindingCode::DuplicatePerson), 0, "{}", seen.describe());
}

#[test]
fn one_placeholder_of_many_people_makes_them_no_repetition() {
    let rows: String = (0..6).map(|n| format!("1栋,101,人{n},888888888888888888,88888888888\n")).collect();
    let seen = read_text(&format!("楼栋,房号,姓名,身份证号码,联系电话\n{rows}"));
    seen.assert_counts(1, 6);
    assert_eq!(seen.count(FindingCode::DuplicatePerson), 0, "{}", seen.describe());
    assert!(seen.people().all(|(_, person)| person.id_no.is_empty() && person.tels.is_empty()), "{}", seen.describe());
}

#[test]
fn a_wrong_number_is_kept_as_given_and_told() {
    let seen = read_text(
        "楼栋,房号,姓名,身份证号码,联系电话
         1栋,101,甲一,123456789012345678,13800000000
         1栋,102,乙一,990101195001100017,
         1栋,103,丙一,99010119500110001,
         1栋,104,丁一,990101500110001,
        ",
    );
    seen.assert_counts(4, 4);
    seen.assert_told(&[2, 3, 4, 5]);
    seen.assert_number("甲一", "123456789012345678");
    seen.assert_tels("甲一", &["13800000000"]);
    seen.assert_number("乙一", "990101195001100017");
    for name in ["丙一", "丁一"] {
        let person = seen.find(name).1;
        assert!(!person.id_no.is_empty() || !person.remark.is_empty(), "kept as given\n{}", seen.describe());
    }
}

#[test]
fn phones_of_nobody_are_no_phones() {
    let words =
        ["无", "00000000000", "0", "待补", "暂无", "/", "199****1000", "1990000", "同上", "空号", "11111111111"];
    let rows: String = words.iter().enumerate().map(|(n, word)| format!("1栋,{},人{n},{word}\n", 101 + n)).collect();
    let seen = read_text(&format!("楼栋,房号,姓名,联系电话\n{rows}"));
    for n in [0, 1, 2, 3, 4, 5, 6, 9, 10] {
        let person = seen.find(&format!("人{n}")).1;
        assert!(person.tels.is_empty(), "{}\n{}", words[n], seen.describe());
    }
    seen.assert_accounted(2..=12);
    // Too short a number: kept as written, or told.
    assert!(seen.find("人7").1.remark.contains("1990000") || seen.is_told(9), "{}", seen.describe());
}

#[test]
fn phones_in_every_writing_are_phones() {
    let cases = [
        ("199 0000 0001", vec!["19900000001"]),
        ("199-0000-0002", vec!["19900000002"]),
        ("＋86 19900000003", vec!["19900000003"]),
        ("19900000004/19900000005", vec!["19900000004", "19900000005"]),
        ("19900000006(子) 19900000007", vec!["19900000006", "19900000007"]),
        ("19900000008.0", vec!["19900000008"]),
        ("'19900000009", vec!["19900000009"]),
        ("8619900000010", vec!["19900000010"]),
        ("19900000011，19900000012", vec!["19900000011", "19900000012"]),
        ("１９９００００００１３", vec!["19900000013"]),
    ];
    let rows: String =
        cases.iter().enumerate().map(|(n, (text, _))| format!("1栋,{},人{n},{text}\n", 101 + n)).collect();
    let seen = read_text(&format!("楼栋,房号,姓名,联系电话\n{rows}"));
    for (n, (_, tels)) in cases.iter().enumerate() {
        seen.assert_tels(&format!("人{n}"), tels);
    }
}

#[test]
fn rounded_and_exponential_numbers_are_nobodys() {
    let seen = read_text(
        "楼栋,房号,姓名,身份证号码,联系电话
         1栋,101,甲一,9.90101E+17,1.99E+10
         1栋,102,乙一,9.9010119500110E+17,
         1栋,103,丙一,990101195001100000,
        ",
    );
    seen.assert_told(&[2, 3]);
    seen.assert_number("甲一", "");
    seen.assert_tels("甲一", &[]);
    seen.assert_number("乙一", "");
    let seen = read_book(|workbook| {
        let sheet = workbook.add_worksheet();
        write_rows(sheet, 1, "楼栋,房号,姓名,身份证号码\n1栋,101,甲一\n1栋,102,乙一");
        sheet.write_number(1, 3, 990_101_195_001_100_016.0).expect("in range");
        sheet.write_number(2, 3, 990_101_195_001_100_020.0).expect("in range");
    });
    seen.assert_number("甲一", "");
    seen.assert_number("乙一", "");
    seen.assert_told(&[2, 3]);
}

#[test]
fn numbers_in_every_writing_are_the_number() {
    let number = id_no(7);
    let spaced = format!("{} {} {}", &number[..6], &number[6..14], &number[14..]);
    let wide: String = number.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).expect("wide")).collect();
    for text in [format!("'{number}"), spaced, wide, format!("‘{number}"), number.to_lowercase(), format!("{number} ")]
    {
        let seen = read_text(&format!("楼栋,房号,姓名,身份证号码\n1栋,101,甲一,{text}\n"));
        seen.assert_number("甲一", &number);
    }
}

#[test]
fn a_number_and_a_phone_that_changed_places_go_back_or_are_told() {
    let seen = read_text(&format!(
        "楼栋,房号,姓名,身份证号码,联系电话\n1栋,101,甲一,19900000001,{}\n1栋,102,乙一,{},\n",
        id_no(1),
        id_no(2)
    ));
    seen.assert_told(&[2]);
    let person = seen.find("甲一").1;
    assert_ne!(person.id_no, "19900000001", "a phone is no identity number\n{}", seen.describe());
    assert!(!person.tels.contains(&id_no(1)), "{}", seen.describe());
    seen.assert_number("乙一", &id_no(2));
}

#[test]
fn one_number_of_two_people_is_told_and_both_stay() {
    let seen = read_text(&format!(
        "楼栋,房号,姓名,与户主关系,身份证号码
         1栋,101,甲一,户主,{}
         1栋,101,甲二,配偶,{}
         1栋,102,乙一,户主,{}
        ",
        id_no(1),
        id_no(1),
        id_no(1)
    ));
    seen.assert_homes(&["|1||101: 甲一,甲二", "|1||102: 乙一"]);
    assert!(seen.count(FindingCode::DuplicatePerson) > 0, "{}", seen.describe());
    assert!(seen.is_told(3) && seen.is_told(4), "{}", seen.describe());
}

#[test]
fn one_person_behind_two_doors_is_told() {
    let seen = read_text(&format!(
        "楼栋,房号,姓名,与户主关系,身份证号码
         1栋,101,甲一,户主,{}
         1栋,102,乙一,户主,{}
         2栋,201,甲一,户主,{}
        ",
        id_no(1),
        id_no(2),
        id_no(1)
    ));
    seen.assert_told(&[4]);
    seen.assert_accounted(2..=4);
    seen.assert_number("乙一", &id_no(2));
}

#[test]
fn a_name_column_sorted_by_itself_is_told() {
    // Somebody sorted only the column of names: sex and number contradict on every row.
    let truth: Vec<_> = (0..40).map(|n| (format!("人{n}"), id_no(n))).collect();
    let rows: String = truth
        .iter()
        .map(|(name, number)| {
            let is_male = number.as_bytes()[16] % 2 == 1;
            // The sex stood right beside the name before the numbers slipped: it is the other one now.
            format!("1栋,{name},{},{name},{number}\n", if is_male { "女" } else { "男" }).replacen(name, "101", 1)
        })
        .collect();
    let seen = read_text(&format!("楼栋,房号,性别,姓名,身份证号码\n{rows}"));
    assert!(seen.count(FindingCode::SexMismatch) >= 40, "{}", seen.describe());
}

#[test]
fn a_number_in_the_name_cell_goes_to_its_person() {
    let seen = read_text(&format!("楼栋,房号,姓名\n1栋,101,甲一{}\n1栋,102,乙一19900000002\n", id_no(1)));
    seen.assert_number("甲一", &id_no(1));
    seen.assert_tels("乙一", &["19900000002"]);
}

#[test]
fn two_names_and_two_numbers_in_one_cell_move_nothing() {
    let seen = read_text(&format!(
        "楼栋,房号,姓名,身份证号码\n1栋,101,甲一、甲二,{}、{}\n1栋,102,乙一/乙二,{}\n",
        id_no(1),
        id_no(2),
        id_no(3)
    ));
    seen.assert_no_number_moved(&[("甲一", &id_no(1)), ("甲二", &id_no(2))]);
    seen.assert_told(&[3]);
    seen.assert_accounted(2..=3);
}

#[test]
fn a_number_of_another_document_is_kept() {
    let seen = read_text(
        "楼栋,房号,姓名,证件类型,证件号码\n1栋,101,甲一,护照,E12345678\n1栋,102,乙一,港澳通行证,H1234567890\n",
    );
    seen.assert_number("甲一", "E12345678");
    seen.assert_number("乙一", "H1234567890");
    seen.assert_told(&[2, 3]);
}

#[test]
fn masked_numbers_of_every_kind_are_no_values() {
    let words = [
        "990101********0016",
        "9901**********001X",
        "990101XXXXXXXX0016",
        "990101＊＊＊＊＊＊＊＊0016",
        "**************0016",
    ];
    let rows: String = words.iter().enumerate().map(|(n, word)| format!("1栋,{},人{n},{word}\n", 101 + n)).collect();
    let seen = read_text(&format!("楼栋,房号,姓名,身份证号码\n{rows}"));
    for (n, word) in words.iter().enumerate() {
        assert_eq!(seen.find(&format!("人{n}")).1.id_no, "", "{word}\n{}", seen.describe());
    }
    seen.assert_told(&[2, 3, 4, 5, 6]);
    assert_eq!(seen.count(FindingCode::DuplicatePerson), 0, "{}", seen.describe());
}
