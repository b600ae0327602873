//! Text files as offices send them.

use proptest::prelude::*;

use super::*;

fn rows(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
    let sheet = open(bytes).expect("a sheet");
    sheet.rows.into_iter().map(|row| (row.number, row.cells.into_iter().map(|cell| cell.text).collect())).collect()
}

fn texts(text: &str) -> Vec<Vec<String>> {
    rows(text.as_bytes()).into_iter().map(|(_, cells)| cells).collect()
}

#[test]
fn every_usual_encoding_and_separator_reads_the_same() {
    let text = "姓名,房号\n甲,101\n";
    let expected = rows(text.as_bytes());
    assert_eq!(expected[1], (2, vec!["甲".to_owned(), "101".to_owned()]));
    assert_eq!(rows(&encoding_rs::GB18030.encode(text).0), expected);
    assert_eq!(rows(format!("\u{feff}{text}").as_bytes()), expected);
    assert_eq!(rows(text.replace(',', "\t").as_bytes()), expected);
    assert_eq!(rows(text.replace(',', ";").replace('\n', "\r\n").as_bytes()), expected);
    assert_eq!(rows(text.replace('\n', "\r").as_bytes()), expected);
    assert_eq!(rows(format!("sep=;\r\n{}", text.replace(',', ";")).as_bytes()), expected);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(rows(&utf16), expected);
    assert_eq!(rows(&utf16[2..]), expected);
    assert_eq!(rows(format!("{text}\0\0\0").as_bytes()), expected);
}

#[test]
fn rows_are_numbered_as_the_office_sees_them() {
    let text = "姓名,备注\n\n\n甲,\"一\n二\"\n乙,\n";
    let numbers: Vec<_> = rows(text.as_bytes()).into_iter().map(|(number, _)| number).collect();
    assert_eq!(numbers, [1, 4, 5]);
}

#[test]
fn a_number_loses_its_dress() {
    let text = "号码,甲\n\"=\"\"0101\"\"\",1\n=\"0102\",1\n'0103,1\n\t0104,1\n'老王,1\n";
    let numbers: Vec<_> = texts(text).into_iter().skip(1).map(|mut cells| cells.remove(0)).collect();
    assert_eq!(numbers, ["0101", "0102", "0103", "0104", "'老王"]);
}

#[test]
fn a_quotation_mark_that_is_never_closed_swallows_nobody() {
    let text = "房号,姓名,备注\n101,甲一,\"喜欢安静\n102,乙一,\n103,丙一,\"养狗, 已\"\"登记\"\"\"\n104,\"丁\"一,\n105,戊一,\"一\n二\"\n";
    let sheet = open(text.as_bytes()).unwrap();
    let remarks: Vec<_> = sheet.rows.iter().map(|row| (row.number, row.cells[2].text.as_str())).collect();
    let expected = [(1, "备注"), (2, "\"喜欢安静"), (3, ""), (4, "养狗, 已\"登记\""), (5, ""), (6, "一\n二")];
    assert_eq!(remarks, expected);
    assert_eq!(sheet.repaired_lines, [2, 5]);
    assert_eq!(sheet.rows[4].cells[1].text, "\"丁\"一");
}

#[test]
fn a_stray_quotation_mark_before_a_closed_one_in_the_same_line() {
    let text = "房号,备注,姓名\n101,\"喜欢,甲\"\n102,安静,乙一\n";
    assert_eq!(texts(text)[1], ["101", "\"喜欢", "甲\""]);
}

#[test]
fn errors_of_a_program_are_no_values_and_spare_separators_no_cells() {
    let sheet = open("房号,姓名\n#N/A,甲一,,,\n#REF!,乙一\n#3,丙一\n".as_bytes()).unwrap();
    let errors: Vec<_> = sheet.rows.iter().map(|row| row.cells[0].is_error).collect();
    assert_eq!(errors, [false, true, true, false]);
}

#[test]
fn lines_that_were_pasted_from_elsewhere_keep_their_separator() {
    let text = "房号,姓名,备注\n101,甲一,\n102\t乙一\t好, 静\n103;丙一;\n104,丁一,\n";
    assert_eq!(texts(text)[2], ["102\t乙一\t好", " 静"], "a line with the usual separator is read with it");
    let text = text.replace("好, 静", "好");
    assert_eq!(texts(&text)[2], ["102", "乙一", "好"]);
    assert_eq!(texts(&text)[3], ["103", "丙一", ""]);
}

#[test]
fn what_is_no_text_is_refused() {
    for bytes in [&[1, 2, 3, 0, 0, 255][..], b"MZ\0\x03\0\0", &[0xff; 500]] {
        assert!(matches!(open(bytes), Err(Unread::Damaged(_))), "{bytes:?}");
    }
}

#[test]
fn a_list_of_one_column_keeps_its_broken_lines() {
    assert_eq!(texts("备注\n\"一\n二\"\n三\n"), [["备注"], ["一\n二"], ["三"]]);
}

/// A field as an office fills it: commas and line breaks stand in quotation marks.
fn written(field: &str) -> String {
    match field.contains([',', '"', '\n']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.to_owned(),
    }
}

/// A text with commas, or one with line breaks: with both, a stray quotation mark cannot be told from a quoted text.
fn field() -> impl Strategy<Value = String> {
    prop_oneof!["[甲乙,;\" ]{0,5}", "[甲乙;\" \n]{0,5}"]
}

proptest! {
    #[test]
    fn one_stray_quotation_mark_costs_no_record(
        remarks in proptest::collection::vec("[甲乙,a ]{0,6}", 3..40),
        stray in any::<proptest::sample::Index>(),
        place in 0..3_usize,
        is_last in any::<bool>(),
    ) {
        let stray = stray.index(remarks.len());
        let mut text = if is_last { "房号,姓名,备注\n".to_owned() } else { "房号,备注,姓名\n".to_owned() };
        for (at, remark) in remarks.iter().enumerate() {
            let remark = match (at == stray, place) {
                (true, 0) => "\"喜欢".to_owned(),
                (true, 1) => "喜\"欢".to_owned(),
                (true, _) => "喜欢\"".to_owned(),
                _ => written(remark),
            };
            let name = format!("居民{at}");
            text.push_str(&if is_last { format!("{at},{name},{remark}\n") } else { format!("{at},{remark},{name}\n") });
        }
        let sheet = open(text.as_bytes()).unwrap();
        prop_assert_eq!(sheet.rows.len(), remarks.len() + 1, "{}", text);
        for (at, row) in sheet.rows.iter().skip(1).enumerate() {
            let name = if is_last { 1 } else { 2 };
            prop_assert_eq!(&row.cells[name].text, &format!("居民{at}"), "{}", text);
        }
        let told: Vec<u32> = if place == 0 { vec![stray as u32 + 2] } else { Vec::new() };
        prop_assert_eq!(sheet.repaired_lines, told, "{}", text);
    }

    #[test]
    fn a_table_comes_back_as_it_was_written(
        table in proptest::collection::vec(proptest::collection::vec(field(), 3), 1..20),
    ) {
        // Enough plain lines tell how many fields are usual.
        let mut text = "一,二,三\n".repeat(60);
        for row in &table {
            text.push_str(&row.iter().map(|field| written(field)).collect::<Vec<_>>().join(","));
            text.push('\n');
        }
        let found = open(text.as_bytes()).unwrap();
        let expected: Vec<_> = table.iter().filter(|row| row.iter().any(|field| !field.trim().is_empty())).collect();
        let found: Vec<Vec<_>> = found.rows[60..].iter().map(|row| row.cells.iter().map(|c| c.text.clone()).collect()).collect();
        prop_assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{}", text);
    }
}
