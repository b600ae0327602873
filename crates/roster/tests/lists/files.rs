//! What else lies in an office's folder: files of other kinds, and lists in other forms than their names say.

use crate::support::*;

const ROWS: [&str; 3] = ["小区,楼栋,单元,房号,姓名", "海棠花园,1栋,1单元,101,甲一", "海棠花园,1栋,1单元,102,乙一"];

/// That both families are read.
#[track_caller]
fn assert_read(name: &str, bytes: impl Into<Vec<u8>>) {
    let seen = Lists::new().file(name, bytes).in_grid(GRID).read();
    seen.assert_homes(&["海棠花园|1|1|101: 甲一", "海棠花园|1|1|102: 乙一"]);
}

#[test]
fn text_lists_are_read_whatever_parts_their_cells_and_lines() {
    for (comma, end) in [(",", "\n"), (",", "\r\n"), ("\t", "\r\n"), (";", "\n"), (",", "\r")] {
        let text: String = ROWS.iter().map(|row| format!("{}{end}", row.replace(',', comma))).collect();
        assert_read("台账.csv", text.clone());
        assert_read("台账.xls", text.clone());
        assert_read("台账.txt", format!("\u{feff}{text}"));
    }
    assert_read("台账.csv", format!("sep=,\n{}\n", ROWS.join("\n")));
}

#[test]
fn text_lists_in_two_bytes_a_character_are_read() {
    let text = format!("\u{feff}{}\r\n", ROWS.join("\r\n").replace(',', "\t"));
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_read("台账.csv", little.clone());
    assert_read("台账.xls", little);
    assert_read("台账.txt", big);
}

#[test]
fn a_book_is_read_whatever_its_name_says() {
    let bytes = book(|workbook| write_rows(workbook.add_worksheet(), 1, &ROWS.join("\n")));
    for name in ["台账.xls", "台账.csv", "台账", "台账.et", "台账.XLSX"] {
        assert_read(name, bytes.clone());
    }
}

#[test]
fn what_is_no_list_is_named_and_nothing_is_invented() {
    let lock = [vec![5, b'O', 0, b'f'], vec![b' '; 161]].concat();
    let files: [(&str, Vec<u8>); 8] = [
        ("~$台账.xlsx", lock),
        (".DS_Store", b"\0\0\0\x01Bud1\0\0\x10\0".to_vec()),
        ("说明.docx", b"PK\x03\x04\x14\0\x06\0word/document.xml".to_vec()),
        ("照片.jpg", vec![0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F']),
        ("扫描件.pdf", b"%PDF-1.7\n1 0 obj\n".to_vec()),
        ("空.csv", vec![]),
        (
            "空白.xlsx",
            book(|workbook| {
                workbook.add_worksheet();
            }),
        ),
        ("通知.txt", "各网格员：请于周五前上报台账。\n谢谢。\n".as_bytes().to_vec()),
    ];
    for (name, bytes) in files {
        let seen = Lists::new().file(name, bytes).in_grid(GRID).read();
        match seen.refusal() {
            Some(sentence) => assert!(sentence.contains(name), "which file: {sentence}"),
            None => assert!(seen.roster().households.is_empty(), "{}", seen.describe()),
        }
    }
}

#[test]
fn a_list_has_one_encoding_from_the_first_line_to_the_last() {
    // 欧一 and 司一 in GB18030 are by chance well-formed UTF-8, two bytes a letter: the rest of the file says what it is.
    let text = "小区,楼栋,房号,户主姓名,成员1姓名\n海棠花园,1栋,101,甲一,甲二\n,,102,欧一,司一\n";
    let seen = Lists::new().file("台账.csv", encoding_rs::GB18030.encode(text).0.into_owned()).in_grid(GRID).read();
    seen.assert_homes(&["海棠花园|1||101: 甲一,甲二", "海棠花园|1||102: 欧一,司一"]);
}
