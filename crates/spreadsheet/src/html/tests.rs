//! Pages as offices' systems export them.

use crate::{OpenError, Sheet, TableFile, open};

fn read(page: &str) -> Sheet {
    open(&TableFile { name: "导出.xls", bytes: page.as_bytes() }).expect("a table").remove(0)
}

fn texts(sheet: &Sheet) -> Vec<(u32, Vec<&str>)> {
    sheet.rows.iter().map(|row| (row.number, row.cells.iter().map(|cell| cell.text.as_str()).collect())).collect()
}

#[test]
fn a_page_is_read_as_the_program_shows_it() {
    let sheet = read(
        "<html><head><title>导出</title><style>.n{mso-number-format:\"0000\"}</style></head><body><h3>海棠花园 3栋</h3>
        <table><thead><tr><th>房号<th>姓名</thead><tr><td class=n>101<td>甲&#19968;<br>(租)&nbsp;</tr>
        <tr style='display:none'><td>0102</td><td>乙 \n 一</td></tr></table>共&lt;2&gt;户<table><tr><td>末</td></tr></table>",
    );
    let expected = [
        (1, vec!["海棠花园 3栋"]),
        (2, vec!["房号", "姓名"]),
        (3, vec!["0101", "甲一\n(租)"]),
        (4, vec!["0102", "乙 一"]),
        (5, vec!["共<2>户"]),
        (6, vec!["末"]),
    ];
    assert_eq!(texts(&sheet), expected);
    assert_eq!(sheet.rows[2].cells[0].stored.as_deref(), Some("101"));
    let hidden: Vec<_> = sheet.rows.iter().map(|row| row.hidden).collect();
    assert_eq!(hidden, [false, false, false, true, false, false]);
}

#[test]
fn spans_are_merges_and_what_lies_beside_keeps_its_column() {
    let sheet = read(
        "<table><tr><td rowspan=2>101</td><td colspan='2'>甲一</td></tr><tr><td>乙一</td><td>丙一</td></tr>
        <tr><td rowspan=9999999>102</td><td>丁一</td></table>",
    );
    let expected = [(1, vec!["101", "甲一"]), (2, vec!["", "乙一", "丙一"]), (3, vec!["102", "丁一"])];
    assert_eq!(texts(&sheet), expected);
    let merges: Vec<_> = sheet.merges.iter().map(|m| (m.top, m.bottom, m.left, m.right)).collect();
    assert_eq!(merges, [(1, 2, 0, 0), (1, 1, 1, 2)]);
}

#[test]
fn a_table_in_a_cell_is_words_unless_the_outer_one_only_arranges_the_page() {
    let data =
        "<table><tr><td>101</td><td><table><tr><td>甲一</td><td>户主</td></tr><tr><td>乙一</td></tr></table></td></tr>
        <tr><td>102</td><td>丙一</td></tr></table>";
    assert_eq!(texts(&read(data)), [(1, vec!["101", "甲一 户主\n乙一"]), (2, vec!["102", "丙一"])]);
    let page = format!("<table><tr><td>菜单</td><td>{data}</td></tr></table>");
    assert_eq!(texts(&read(&page)), [(1, vec!["菜单"]), (2, vec!["101", "甲一 户主\n乙一"]), (3, vec!["102", "丙一"])]);
}

#[test]
fn what_is_struck_out_hidden_or_failed_is_marked() {
    let sheet = read(
        "<style>td.out{text-decoration:line-through}</style><table>
        <tr><td class=out>甲一</td><td><s>乙一</s> 丙一</td><td>#N/A</td><td style='display:none'>7</td>
        <td>戊<span style='display:none'>藏</span></td><td x:num='990101198506120064'>9.90101E+17</td></tr></table>",
    );
    assert_eq!(texts(&sheet), [(1, vec!["甲一", "丙一", "#N/A", "7", "戊", "990101198506120064"])]);
    let cells = &sheet.rows[0].cells;
    assert!(cells[0].is_struck && cells[1].is_partly_struck && cells[2].is_error && cells[5].rounded);
    assert_eq!(cells[1].stored.as_deref(), Some("乙一 丙一"));
    assert_eq!(sheet.hidden_columns.iter().copied().collect::<Vec<_>>(), [3]);
}

#[test]
fn a_page_in_the_encoding_it_names_and_one_without_a_table() {
    let page =
        "<html><meta http-equiv=Content-Type content=\"text/html; charset=gb2312\"><table><tr><td>张三丰</table>";
    let bytes = encoding_rs::GB18030.encode(page).0;
    let sheets = open(&TableFile { name: "导出.xls", bytes: &bytes }).unwrap();
    assert_eq!(texts(&sheets[0]), [(1, vec!["张三丰"])]);
    let said = open(&TableFile { name: "导出.xls", bytes: b"<html><body>login</body></html>" });
    assert!(matches!(&said, Err(OpenError::NotATable { what, .. }) if what.contains("另存为 XLSX")), "{said:?}");
}
