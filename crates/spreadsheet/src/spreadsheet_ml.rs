//! XML tables of 2003 (`<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`), named `.xls` or `.xml`.
//!
//! Rows and cells count on from the last unless `Index` says where they are; `Span` repeats a row or column.
//! Comments hold `Data` of their own, which is no value.

use std::collections::HashMap;
use std::rc::Rc;

use crate::format::{NumberFormat, serial_of};
use crate::gather::{Budget, Gatherer};
use crate::html::named_format;
use crate::open::{ROW_LIMIT, Unread};
use crate::xml::{Tag, Token, XmlPull};
use crate::{Cell, Sheet};

/// More styles come from damage.
const STYLE_LIMIT: usize = 100_000;

/// Whether an XML text is such a workbook.
pub(crate) fn is_workbook(head: &str) -> bool {
    head.contains("urn:schemas-microsoft-com:office:spreadsheet")
        && head.contains("Workbook")
        && !head.contains("<html")
}

#[derive(Debug, Clone, Default)]
struct Style {
    format: Option<Rc<NumberFormat>>,
    is_struck: bool,
}

#[derive(Default)]
struct Book {
    styles: HashMap<String, Style>,
    style: String,
    budget: Budget,
    sheets: Vec<Sheet>,
    sheet: Gatherer,
    name: String,
    hidden: bool,
    /// The row and column that come next, from 0.
    next: (u32, u32),
    row: u32,
    row_style: Option<String>,
    next_column: u32,
    cell: Option<OpenCell>,
}

#[derive(Default)]
struct OpenCell {
    column: u32,
    style: Option<String>,
    kind: String,
    has_formula: bool,
    has_data: bool,
    text: String,
}

/// Reads all sheets.
pub(crate) fn open(bytes: &[u8]) -> Result<Vec<Sheet>, Unread> {
    let mut xml = XmlPull::new(bytes);
    let mut book = Book::default();
    let (mut in_data, mut in_comment, mut in_visible) = (false, false, false);
    while let Some(token) = xml.next()? {
        match token {
            Token::Start(tag) => match tag.name() {
                "Comment" => in_comment = true,
                "Data" if !in_comment => {
                    in_data = true;
                    if let Some(cell) = &mut book.cell {
                        cell.kind = tag.get("Type").unwrap_or_default().into_owned();
                        cell.has_data = true;
                    }
                }
                "Visible" => in_visible = true,
                _ if !in_data && !in_comment => book.start(&tag)?,
                _ => {}
            },
            Token::Text(text) => {
                if let (true, Some(cell)) = (in_data, &mut book.cell) {
                    cell.text.push_str(&text);
                } else if in_visible {
                    book.hidden |= text.contains("Hidden");
                }
            }
            Token::End(tag) => match tag.name() {
                "Comment" => in_comment = false,
                "Data" => in_data = false,
                "Visible" => in_visible = false,
                "Cell" => book.close_cell()?,
                "Worksheet" => book.close_sheet(),
                _ => {}
            },
        }
    }
    Ok(book.sheets)
}

impl Book {
    fn start(&mut self, tag: &Tag<'_>) -> Result<(), Unread> {
        match tag.name() {
            "Style" => {
                self.style = tag.get("ID").unwrap_or_default().into_owned();
                let parent = tag.get("Parent").and_then(|parent| self.styles.get(&*parent).cloned());
                self.styles.insert(self.style.clone(), parent.unwrap_or_default());
                if self.styles.len() > STYLE_LIMIT {
                    return Err(Unread::TooLarge("单元格格式过多"));
                }
            }
            "Font" => {
                if let (Some(style), true) = (self.styles.get_mut(&self.style), tag.says_yes("StrikeThrough")) {
                    style.is_struck = true;
                }
            }
            "NumberFormat" => {
                if let (Some(style), Some(code)) = (self.styles.get_mut(&self.style), tag.get("Format")) {
                    style.format = named_format(&code).map(Rc::new);
                }
            }
            "Worksheet" => {
                self.name = tag.get("Name").unwrap_or_default().into_owned();
                (self.next, self.next_column, self.hidden) = ((0, 0), 0, false);
            }
            "Column" => {
                let first = place(tag, self.next_column);
                let last = first.saturating_add(tag.number::<u32>("Span").unwrap_or(0));
                self.next_column = last.saturating_add(1);
                if is_hidden(tag, "Width") {
                    self.sheet.hide_columns(first, last);
                }
            }
            "Row" => {
                self.row = place(tag, self.next.0);
                let last = self.row.saturating_add(tag.number::<u32>("Span").unwrap_or(0).min(ROW_LIMIT as u32));
                self.next = (last.saturating_add(1), 0);
                self.row_style = tag.get("StyleID").map(|style| style.into_owned());
                if is_hidden(tag, "Height") {
                    (self.row..=last).for_each(|row| self.sheet.hide_row(row));
                }
            }
            "Cell" => {
                let column = place(tag, self.next.1);
                let wide = tag.number::<u32>("MergeAcross").unwrap_or(0);
                let high = tag.number::<u32>("MergeDown").unwrap_or(0);
                let (right, bottom) = (column.saturating_add(wide), self.row.saturating_add(high));
                self.next.1 = right.saturating_add(1);
                self.sheet.merge((self.row, column), (bottom, right));
                let style = tag.get("StyleID").map(|style| style.into_owned()).or_else(|| self.row_style.clone());
                let has_formula = tag.get("Formula").is_some();
                self.cell = Some(OpenCell { column, style, has_formula, ..OpenCell::default() });
            }
            _ => {}
        }
        Ok(())
    }

    fn close_cell(&mut self) -> Result<(), Unread> {
        let Some(open) = self.cell.take() else { return Ok(()) };
        let style = open.style.as_ref().and_then(|id| self.styles.get(id)).or_else(|| self.styles.get("Default"));
        let format = style.and_then(|style| style.format.as_deref()).cloned().unwrap_or_default();
        let text = open.text.trim();
        let cell = match open.kind.as_str() {
            _ if open.has_formula && !open.has_data => Cell::error(crate::xlsx::NO_RESULT),
            _ if text.is_empty() => Cell::default(),
            "Number" => match text.parse() {
                Ok(number) => format.cell_of_number(number, false),
                Err(_) => Cell::text(text),
            },
            "DateTime" => match serial_of(text) {
                Some(serial) => format.cell_of_number(serial, false),
                None => Cell::text(text.split('T').next().unwrap_or(text)),
            },
            "Boolean" => Cell::text(if text == "1" { "是" } else { "否" }),
            "Error" => Cell::error(text),
            _ => format.cell_of_text(text.replace("\r\n", "\n")),
        };
        let is_struck = !text.is_empty() && style.is_some_and(|style| style.is_struck);
        self.sheet.put(&mut self.budget, self.row, open.column, Cell { is_struck, ..cell })
    }

    fn close_sheet(&mut self) {
        let sheet = std::mem::take(&mut self.sheet);
        self.sheets.push(sheet.finish(std::mem::take(&mut self.name), self.hidden));
    }
}

/// Where an element is, from 0: as its `Index` says, else next to the last.
fn place(tag: &Tag<'_>, next: u32) -> u32 {
    tag.number::<u32>("Index").map_or(next, |index| index.saturating_sub(1))
}

fn is_hidden(tag: &Tag<'_>, size: &str) -> bool {
    tag.says_yes("Hidden") || tag.number::<f64>(size).is_some_and(|size| size <= 0.0)
}

#[cfg(test)]
mod tests {
    use crate::{TableFile, open};

    #[test]
    fn a_workbook_of_2003_is_read_as_it_shows() {
        let page = r#"<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
            <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"
              xmlns:x="urn:schemas-microsoft-com:office:excel"><Styles>
            <Style ss:ID="a"><NumberFormat ss:Format="0000"/></Style><Style ss:ID="b"><Font ss:StrikeThrough="1"/></Style>
            <Style ss:ID="d"><NumberFormat ss:Format="m/d"/></Style></Styles>
            <Worksheet ss:Name="一栋"><Table><Column ss:Index="3" ss:Hidden="1" ss:Span="1"/>
            <Row><Cell ss:MergeDown="1"><Data ss:Type="String">海棠 &amp; 花园</Data></Cell><Cell ss:StyleID="a"><Data ss:Type="Number">101</Data></Cell></Row>
            <Row ss:Index="4" ss:Hidden="1"><Cell ss:Index="2" ss:StyleID="b"><Data ss:Type="String">甲一</Data><Comment><ss:Data>注</ss:Data></Comment></Cell>
            <Cell ss:StyleID="d"><Data ss:Type="DateTime">2026-03-02T00:00:00.000</Data></Cell><Cell ss:Formula="=A1"/>
            <Cell><Data ss:Type="Error">#N/A</Data></Cell></Row></Table></Worksheet>
            <Worksheet ss:Name="藏"><Table><Row><Cell><Data ss:Type="String">乙</Data></Cell></Row></Table>
            <WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>
            </Workbook>"#;
        let sheets = open(&TableFile { name: "导出.xls", bytes: page.as_bytes() }).unwrap();
        let rows: Vec<_> = sheets[0]
            .rows
            .iter()
            .map(|row| (row.number, row.hidden, row.cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>()))
            .collect();
        let last = vec!["", "甲一", "2026-03-02", "（公式无结果）", "#N/A"];
        assert_eq!(rows, [(1, false, vec!["海棠 & 花园", "0101"]), (4, true, last)]);
        let cells = &sheets[0].rows[1].cells;
        assert!(cells[1].is_struck && cells[3].is_error && cells[4].is_error);
        assert_eq!(cells[2].stored.as_deref(), Some("3-2"));
        assert_eq!(sheets[0].hidden_columns.iter().copied().collect::<Vec<_>>(), [2, 3]);
        assert_eq!((sheets[0].merges[0].top, sheets[0].merges[0].bottom), (1, 2));
        assert!(sheets[1].hidden && !sheets[0].hidden);
        assert_eq!(sheets[0].name, "一栋");
    }
}
