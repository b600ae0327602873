//! The cells of one sheet, read as a stream.

use std::io::BufRead;

use super::strings::{RunBuilder, RunText, Strike, undo_escapes};
use super::styles::Style;
use crate::Cell;
use crate::format::NumberFormat;
use crate::gather::{Budget, Gatherer};
use crate::open::Unread;
use crate::xml::{Tag, Token, XmlPull};

/// What all sheets of a workbook share.
pub(super) struct Reader<'b> {
    pub(super) strings: &'b [RunText],
    pub(super) styles: &'b [Style],
    pub(super) is_1904: bool,
    pub(super) budget: Budget,
}

/// A cell whose end is not yet read.
#[derive(Default)]
struct OpenCell {
    kind: String,
    style: usize,
    value: Option<String>,
    has_formula: bool,
    inline: Option<RunText>,
}

/// Where the text that comes next belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Elsewhere,
    Value,
    Inline,
}

impl Reader<'_> {
    pub(super) fn read(&mut self, part: impl BufRead) -> Result<Gatherer, Unread> {
        let mut xml = XmlPull::new(part);
        let mut sheet = Gatherer::default();
        let mut place = Place::Elsewhere;
        // Cells and rows may leave out where they are: then they follow the last.
        let (mut row, mut column, mut next_row, mut next_column) = (0, 0, 0, 0);
        let mut open: Option<OpenCell> = None;
        let mut runs = RunBuilder::default();
        while let Some(token) = xml.next()? {
            match token {
                Token::Start(tag) => match (tag.name(), &mut open) {
                    (_, _) if place == Place::Inline => runs.start(&tag),
                    ("row", None) => {
                        row = tag.number::<u32>("r").map_or(next_row, |number| number.saturating_sub(1));
                        next_row = row.saturating_add(1);
                        next_column = 0;
                        if is_hidden(&tag, "ht") {
                            sheet.hide_row(row);
                        }
                    }
                    ("c", None) => {
                        column = next_column;
                        if let Some((at_row, at_column)) = tag.get("r").and_then(|name| position(&name)) {
                            (row, column) = (at_row, at_column);
                        }
                        next_column = column.saturating_add(1);
                        open = Some(OpenCell {
                            kind: tag.get("t").unwrap_or_default().into_owned(),
                            style: tag.number("s").unwrap_or_default(),
                            ..OpenCell::default()
                        });
                    }
                    ("v", Some(cell)) => {
                        cell.value = Some(String::new());
                        place = Place::Value;
                    }
                    ("is", Some(_)) => place = Place::Inline,
                    ("f", Some(cell)) => cell.has_formula = true,
                    ("col", None) if is_hidden(&tag, "width") => {
                        if let (Some(first), Some(last)) = (tag.number::<u32>("min"), tag.number::<u32>("max")) {
                            sheet.hide_columns(first.saturating_sub(1), last.saturating_sub(1));
                        }
                    }
                    ("mergeCell", None) => {
                        if let Some((from, to)) = tag.get("ref").and_then(|range| range_of(&range)) {
                            sheet.merge(from, to);
                        }
                    }
                    _ => {}
                },
                Token::Text(text) => match (place, &mut open) {
                    (Place::Value, Some(OpenCell { value: Some(value), .. })) => value.push_str(&text),
                    (Place::Inline, _) => runs.text(&text),
                    _ => {}
                },
                Token::End(tag) => match (tag.name(), open.as_mut()) {
                    ("is", Some(cell)) => {
                        cell.inline = Some(runs.finish());
                        place = Place::Elsewhere;
                    }
                    (_, _) if place == Place::Inline => runs.end(&tag),
                    ("v", _) => place = Place::Elsewhere,
                    ("c", Some(_)) => {
                        let cell = self.close(open.take().unwrap_or_default())?;
                        sheet.put(&mut self.budget, row, column, cell)?;
                    }
                    _ => {}
                },
            }
        }
        Ok(sheet)
    }

    fn close(&self, open: OpenCell) -> Result<Cell, Unread> {
        let style = self.styles.get(open.style);
        let format = style.and_then(|style| style.format.as_deref());
        let is_struck = style.is_some_and(|style| style.is_struck);
        let value = open.value.as_deref().map(str::trim).unwrap_or_default();
        let cell = match (open.kind.as_str(), &open.inline) {
            (_, Some(text)) => of_runs(text, format, is_struck),
            ("s", _) if value.is_empty() => Cell::default(),
            ("s", _) => match value.parse::<usize>().ok().and_then(|at| self.strings.get(at)) {
                Some(text) => of_runs(text, format, is_struck),
                None => return Err(Unread::Damaged("单元格指向不存在的文字".to_owned())),
            },
            ("str" | "inlineStr", _) if open.value.is_some() => {
                of_text(undo_escapes(open.value.as_deref().unwrap_or_default()), format)
            }
            _ if value.is_empty() && open.has_formula => Cell::error(NO_RESULT),
            _ if value.is_empty() => Cell::default(),
            ("b", _) => Cell::text(if value == "0" || value == "false" { "否" } else { "是" }),
            ("e", _) => Cell::error(value),
            ("d", _) => Cell::text(value.split('T').next().unwrap_or(value)),
            _ => match value.parse::<f64>() {
                Ok(number) => of_number(number, format, self.is_1904),
                Err(_) => Cell::text(value),
            },
        };
        let is_struck = is_struck && !cell.is_partly_struck && open.inline.is_none() && open.kind != "s";
        Ok(Cell { is_struck: cell.is_struck || is_struck, ..cell })
    }
}

/// In place of a result that the file does not hold.
pub(crate) const NO_RESULT: &str = "（公式无结果）";

fn of_number(number: f64, format: Option<&NumberFormat>, is_1904: bool) -> Cell {
    match format {
        Some(format) => format.cell_of_number(number, is_1904),
        None => NumberFormat::default().cell_of_number(number, is_1904),
    }
}

fn of_text(text: String, format: Option<&NumberFormat>) -> Cell {
    match format {
        Some(format) => format.cell_of_text(text),
        None => Cell::text(text),
    }
}

fn of_runs(text: &RunText, format: Option<&NumberFormat>, is_cell_struck: bool) -> Cell {
    match text.strike(is_cell_struck) {
        Strike::Nothing => of_text(text.text.to_string(), format),
        Strike::Everything => Cell { is_struck: true, ..of_text(text.text.to_string(), format) },
        Strike::AllBut(left) => {
            Cell { is_partly_struck: true, stored: Some(text.text.clone()), ..of_text(left, format) }
        }
    }
}

/// Rows and columns are hidden by a mark, or by having no height or width.
fn is_hidden(tag: &Tag<'_>, size: &str) -> bool {
    tag.says_yes("hidden") || tag.number::<f64>(size).is_some_and(|size| size <= 0.0)
}

/// `B3` as row and column, counted from 0.
pub(crate) fn position(name: &str) -> Option<(u32, u32)> {
    let name = name.trim().trim_start_matches('$');
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    if letters == 0 || letters > 3 {
        return None;
    }
    let column = name[..letters]
        .bytes()
        .fold(0_u32, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row: u32 = name[letters..].trim_start_matches('$').parse().ok()?;
    Some((row.checked_sub(1)?, column - 1))
}

/// `A1:B3` as first and last cell.
fn range_of(range: &str) -> Option<((u32, u32), (u32, u32))> {
    let (from, to) = range.split_once(':')?;
    Some((position(from)?, position(to)?))
}
