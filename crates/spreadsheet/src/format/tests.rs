//! Formats as offices use them, and what their program shows.

use super::NumberFormat;

fn shown(code: &str, number: f64) -> (String, Option<String>) {
    let cell = NumberFormat::parse(code).cell_of_number(number, false);
    (cell.text, cell.stored.map(String::from))
}

#[test]
fn a_number_shows_as_its_format_says() {
    for (code, number, text) in [
        ("General", 301.0, "301"),
        ("", 0.1 + 0.2, "0.3"),
        ("0000", 101.0, "0101"),
        ("00-00", 101.0, "01-01"),
        ("\"3栋\"0", 101.0, "3栋101"),
        ("0\"室\"", 101.0, "101室"),
        ("0\\栋", 3.0, "3栋"),
        ("#栋", 12.0, "12栋"),
        ("000-0000-0000", 19_900_001_000.0, "199-0000-1000"),
        ("#,##0.00_ ", 1234.5, "1,234.50"),
        ("0_);[Red]\\(0\\)", -7.0, "(7)"),
        ("0", 301.5, "302"),
        ("0.0#", 2.0, "2.0"),
        ("0%", 0.25, "25%"),
        ("@", 101.0, "101"),
        ("0;-0;;@", 0.0, ""),
        (";;;", 101.0, ""),
        ("\"已搬走\"", 101.0, "已搬走"),
        ("[<=9999]0000;0-0000", 101.0, "0101"),
        ("[<=9999]0000;0-0000", 10_101.0, "1-0101"),
        ("[DBNum1][$-804]0\"栋\"", 12.0, "一二栋"),
        ("[DBNum1][$-804]General", 101.0, "一百〇一"),
        ("[$¥-804]#,##0", 1500.0, "¥1,500"),
        ("0.00E+00", 19_900_001_000.0, "19900001000"),
        ("# ?/?", 3.5, "3.5"),
        ("0", -3.0, "-3"),
        ("G/通用格式\"号\"", 5.0, "5号"),
    ] {
        let (found, stored) = shown(code, number);
        assert_eq!(found, text, "{code} {number}");
        let plain = super::general(number);
        assert_eq!(stored, (found != plain).then_some(plain), "{code} {number}");
    }
}

#[test]
fn a_text_is_dressed_only_where_the_format_says_so() {
    let cell = |code: &str| NumberFormat::parse(code).cell_of_text("甲一".to_owned());
    for (code, text) in [
        ("General", "甲一"),
        ("0\"室\"", "甲一"),
        ("@", "甲一"),
        ("\"业主\"@", "业主甲一"),
        (";;;", ""),
        ("0;-0;0;\"无\"", "无"),
    ] {
        assert_eq!(cell(code).text, text, "{code}");
        assert_eq!(cell(code).stored.is_some(), text != "甲一", "{code}");
    }
}

#[test]
fn a_date_says_what_may_have_been_typed() {
    for (code, serial, text, typed) in [
        ("yyyy/m/d", 46083.0, "2026-03-02", None),
        ("m-d", 46083.0, "2026-03-02", Some("3-2")),
        ("m\"月\"d\"日\";@", 46083.0, "2026-03-02", Some("3-2")),
        ("d-mmm", 46083.0, "2026-03-02", Some("3-2")),
        ("mmm-yy", 11749.0, "1932-03-01", Some("3-32")),
        ("yyyy\"年\"m\"月\"", 46083.0, "2026-03-02", None),
        ("[$-804]yyyy\"年\"m\"月\"d\"日\" dddd", 46083.7, "2026-03-02", None),
        ("yyyy.m.d", 1.0, "1900-01-01", None),
        ("yyyy.m.d", 59.0, "1900-02-28", None),
        ("yyyy.m.d", 61.0, "1900-03-01", None),
        ("yyyy-mm-dd", 2_958_465.0, "9999-12-31", None),
        ("h:mm", 0.5, "12:00", Some("0.5")),
        ("[h]:mm:ss", 1.5, "36:00:00", Some("1.5")),
        ("yyyy/m/d", -1.0, "-1", None),
    ] {
        assert_eq!(shown(code, serial), (text.to_owned(), typed.map(str::to_owned)), "{code} {serial}");
    }
    let cell = NumberFormat::parse("yyyy-mm-dd").cell_of_number(44621.0, true);
    assert_eq!(cell.text, "2026-03-02", "days from 1904");
}

#[test]
fn no_code_is_too_odd_to_be_read() {
    for code in
        ["\"", "\\", "_", "*", "[", "[]", "0.", ".", ";", "@@", "General;", "0;;;;;;", "[h", "E+", "????/????", "上午"]
    {
        let format = NumberFormat::parse(code);
        for number in [0.0, -1.5, 1e300, f64::NAN, f64::INFINITY, 46083.0] {
            format.cell_of_number(number, false);
        }
        format.cell_of_text("甲".to_owned());
    }
}

#[test]
fn a_written_date_and_its_serial_number_are_one() {
    for (text, serial) in
        [("1900-01-01", 1.0), ("1900-02-28", 59.0), ("1900-03-01", 61.0), ("2026-03-02T12:00:00.000", 46083.5)]
    {
        assert_eq!(super::serial_of(text), Some(serial), "{text}");
    }
    assert_eq!(super::serial_of("2026-13-02"), None);
}
