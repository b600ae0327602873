//! Workbooks as the writers of this world make them, and what is seen in them.

use std::io::{Cursor, Write};

use rust_xlsxwriter::{Format, Workbook};
use zip::write::SimpleFileOptions;

use crate::{OpenError, Sheet, TableFile, open};

/// A zip file of these parts.
pub(crate) fn zip_of(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of one sheet with the given XML.
fn book(sheet: &str, strings: &str, styles: &str, book_properties: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = |rows: &[(&str, &str, &str)]| {
        let rows: String = rows
            .iter()
            .map(|(id, kind, target)| {
                format!("<Relationship Id=\"{id}\" Type=\"{links}/{kind}\" Target=\"{target}\"/>")
            })
            .collect();
        format!("<Relationships>{rows}</Relationships>")
    };
    zip_of(&[
        ("_rels/.rels", &relations(&[("r1", "officeDocument", "xl/workbook.xml")])),
        (
            "xl/_rels/workbook.xml.rels",
            &relations(&[
                ("r1", "worksheet", "/xl/worksheets/sheet1.xml"),
                ("r2", "sharedStrings", "sharedStrings.xml"),
                ("r3", "styles", "styles.xml"),
            ]),
        ),
        (
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{links}\">{book_properties}<sheets>\
                 <sheet name=\"甲\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        ("xl/sharedStrings.xml", &format!("<sst xmlns=\"{main}\">{strings}</sst>")),
        ("xl/styles.xml", &format!("<styleSheet xmlns=\"{main}\">{styles}</styleSheet>")),
        ("xl/worksheets/sheet1.xml", &format!("<worksheet xmlns=\"{main}\">{sheet}</worksheet>")),
    ])
}

fn read(bytes: &[u8]) -> Sheet {
    open(&TableFile { name: "甲.xlsx", bytes }).expect("a workbook").remove(0)
}

fn texts(sheet: &Sheet) -> Vec<Vec<&str>> {
    sheet.rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect()).collect()
}

#[test]
fn what_the_office_filtered_out_or_folded_away_is_marked() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for row in 0..6 {
        for column in 0..3 {
            sheet.write(row, column, format!("{row}/{column}")).unwrap();
        }
    }
    sheet.set_row_hidden(2).unwrap().set_row_height(3, 0).unwrap().set_column_hidden(1).unwrap();
    sheet.set_column_width(2, 0).unwrap();
    sheet.merge_range(4, 0, 5, 0, "合", &Format::new()).unwrap();
    workbook.add_worksheet().set_name("藏").unwrap().set_very_hidden(true).write(0, 0, "乙").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let sheets = open(&TableFile { name: "甲.xlsx", bytes: &bytes }).unwrap();
    let hidden: Vec<_> = sheets[0].rows.iter().filter(|row| row.hidden).map(|row| row.number).collect();
    assert_eq!(hidden, [3, 4]);
    assert_eq!(sheets[0].hidden_columns.iter().copied().collect::<Vec<_>>(), [1, 2]);
    let merge = sheets[0].merges[0];
    assert_eq!((merge.top, merge.bottom, merge.left, merge.right), (5, 6, 0, 0));
    assert!(!sheets[0].hidden && sheets[1].hidden, "a very hidden sheet is hidden");
}

#[test]
fn cells_show_what_their_format_shows() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let formats = ["0000", "\"3栋\"0", "@", ";;;", "m-d", "yyyy/m/d"];
    for (column, code) in formats.iter().enumerate() {
        let number = if code.contains('d') { 46083.0 } else { 101.0 };
        sheet.write_with_format(0, column as u16, number, &Format::new().set_num_format(*code)).unwrap();
    }
    let sheet = read(&workbook.save_to_buffer().unwrap());
    assert_eq!(texts(&sheet), [["0101", "3栋101", "101", "", "2026-03-02", "2026-03-02"]]);
    let stored: Vec<_> = sheet.rows[0].cells.iter().map(|cell| cell.stored.as_deref()).collect();
    assert_eq!(stored, [Some("101"), Some("101"), None, Some("101"), Some("3-2"), None]);
    assert!(sheet.rows[0].cells[4].is_date && !sheet.rows[0].cells[0].is_date);
}

#[test]
fn a_struck_out_cell_is_marked_and_a_partly_struck_one_shows_what_is_left() {
    let mut workbook = Workbook::new();
    let (plain, struck) = (Format::new().set_bold(), Format::new().set_font_strikethrough());
    let sheet = workbook.add_worksheet();
    sheet.write_with_format(0, 0, "甲一", &struck).unwrap();
    sheet.write_with_format(0, 1, 101, &struck).unwrap();
    sheet.write_rich_string(0, 2, &[(&struck, "甲一"), (&plain, "乙一")]).unwrap();
    sheet.write_rich_string(0, 3, &[(&struck, "甲"), (&struck, "一")]).unwrap();
    sheet.write_rich_string(0, 4, &[(&plain, "甲"), (&Format::new(), "一")]).unwrap();
    sheet.write_rich_string_with_format(0, 5, &[(&Format::new(), "甲"), (&plain, "乙")], &struck).unwrap();
    let sheet = read(&workbook.save_to_buffer().unwrap());
    assert_eq!(texts(&sheet), [["甲一", "101", "乙一", "甲一", "甲一", "乙"]]);
    let seen: Vec<_> = sheet.rows[0].cells.iter().map(|cell| (cell.is_struck, cell.is_partly_struck)).collect();
    assert_eq!(seen, [(true, false), (true, false), (false, true), (true, false), (false, false), (false, true)]);
    assert_eq!(sheet.rows[0].cells[2].stored.as_deref(), Some("甲一乙一"));
}

#[test]
fn errors_and_formulas_without_a_result_are_no_values() {
    let sheet = r#"<sheetData><row r="1"><c r="A1" t="e"><f>VLOOKUP(1,B:B,1)</f><v>#N/A</v></c>
        <c r="B1"><f>A1&amp;"x"</f></c><c r="C1"><f t="shared" ref="C1:C2" si="0">A1</f><v></v></c>
        <c r="D1" t="str"><f>""</f><v></v></c><c r="E1" t="str"><f t="shared" si="0"/><v>101</v></c></row></sheetData>"#;
    let sheet = read(&book(sheet, "", "", ""));
    assert_eq!(texts(&sheet), [["#N/A", "（公式无结果）", "（公式无结果）", "", "101"]]);
    let errors: Vec<_> = sheet.rows[0].cells.iter().map(|cell| cell.is_error).collect();
    assert_eq!(errors, [true, true, true, false, false]);
}

#[test]
fn texts_come_without_their_dress() {
    let strings = "<si><t>重庆</t><rPh sb=\"0\" eb=\"1\"><t>ジュウケイ</t></rPh><phoneticPr fontId=\"1\"/></si>\
        <si><t>一_x000D_\n二_x005F_x000D_&amp;&#x4E09;</t></si><si/>";
    let sheet = r#"<sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c>
        <c t="inlineStr"><is><r><t>甲</t></r><r><t xml:space="preserve"> 一</t></r></is></c><c t="b"><v>1</v></c>
        <c><v>301.0</v></c><c><v>1.9900001000E10</v></c><c><v>990101198506120064</v></c></row>
        <row><c r="B2" t="str"><v>乙</v></c></row></sheetData>"#;
    let sheet = read(&book(sheet, strings, "", ""));
    let first = ["重庆", "一\n二_x000D_&三", "", "甲 一", "是", "301", "19900001000", "990101198506120064"];
    assert_eq!(texts(&sheet), [first.to_vec(), vec!["", "乙"]]);
    assert!(sheet.rows[0].cells[7].rounded && !sheet.rows[0].cells[6].rounded);
    assert_eq!(sheet.rows[1].number, 2);
}

#[test]
fn days_may_be_counted_from_1904() {
    let styles = "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>";
    let sheet = r#"<sheetData><row r="1"><c r="A1" s="1"><v>44621</v></c></row></sheetData>"#;
    assert_eq!(texts(&read(&book(sheet, "", styles, "<workbookPr date1904=\"1\"/>"))), [["2026-03-02"]]);
}

#[test]
fn a_stray_cell_at_the_far_corner_and_a_sheet_that_is_cut_off() {
    let far = r#"<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>
        <row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>"#;
    assert_eq!(texts(&read(&book(far, "", "", ""))), [["1"]]);
    let cut = book("<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>", "", "", "");
    let said = open(&TableFile { name: "甲.xlsx", bytes: &cut });
    assert!(matches!(said, Err(OpenError::Damaged { .. })), "{said:?}");
}

#[test]
fn a_text_named_again_and_again_stays_within_the_limit() {
    let long = "甲".repeat(30_000);
    let rows = "<row><c t=\"s\"><v>0</v></c></row>".repeat(6_000);
    let bytes = book(&format!("<sheetData>{rows}</sheetData>"), &format!("<si><t>{long}</t></si>"), "", "");
    let said = open(&TableFile { name: "甲.xlsx", bytes: &bytes });
    assert!(matches!(said, Err(OpenError::TooLarge { .. })));
}
