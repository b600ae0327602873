//! CSV as offices and their systems write it, separated by comma, tab, semicolon or bar.
//!
//! Why our own reader. One quotation mark at the beginning of a remark (`"喜欢安静`) that is never closed makes a strict
//! reader swallow every home up to the next quotation mark. Nobody must be lost that way, and a quoted text with line
//! breaks must still be one cell.
//!
//! Flow: bytes → [`decode`](crate::decode) → line ends and `sep=` → separator and usual number of fields
//! ([`shape`](shape)) → record by record ([`records`](records)) → cells without the dress of numbers (`="0101"`).
//!
//! Decision on quotation marks. A record is read with its quotation marks. If it then goes over several lines, or has
//! an unusual number of fields, and line by line every line has the usual number, the quotation mark is a character; so
//! it is if it is never closed. Such rows are listed in `repaired_lines`.
//!
//! Failure. Bytes that are no text are refused.

mod records;
mod shape;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::decode::decode;
use crate::gather::Budget;
use crate::open::{ROW_LIMIT, Unread};
use crate::{Cell, Row, Sheet};
use records::Records;
use shape::Shape;

/// How many characters tell a text from other bytes.
const SAMPLE_CHARS: usize = 4096;

/// Reads a delimited text file as one sheet.
pub(crate) fn open(bytes: &[u8]) -> Result<Sheet, Unread> {
    let (text, damaged_text) = decode(bytes, None);
    if !is_text(&text) {
        return Err(Unread::Damaged("不是文字文件".to_owned()));
    }
    let text = with_plain_lines(text);
    let (named, body) = read_separator_line(&text);
    let shape = Shape::find(body, named);
    let mut sheet = Sheet { damaged_text, ..Sheet::default() };
    let mut budget = Budget::default();
    for (at, record) in Records::new(body, shape).enumerate() {
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        if record.is_repaired {
            sheet.repaired_lines.push(number);
        }
        let mut cells: Vec<Cell> = Vec::with_capacity(record.fields.len());
        cells.extend(record.fields.iter().map(|field| cell_of(field)));
        if cells.iter().all(Cell::is_blank) {
            continue;
        }
        budget.spend(cells.len(), cells.iter().map(|cell| cell.text.len()).sum())?;
        if sheet.rows.len() >= ROW_LIMIT {
            return Err(Unread::TooLarge("超过 50 万行"));
        }
        sheet.rows.push(Row { number, cells, hidden: false });
    }
    Ok(sheet)
}

/// Zeros, many control characters or many lost characters mean a binary file, not an office's list.
fn is_text(text: &str) -> bool {
    let (mut all, mut odd) = (0_usize, 0_usize);
    for c in text.chars().take(SAMPLE_CHARS) {
        if c == '\0' {
            return false;
        }
        all += 1;
        odd += usize::from(c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    }
    let lost = text.chars().take(SAMPLE_CHARS).filter(|c| *c == '\u{fffd}').count();
    odd * 50 <= all && lost * 5 <= all
}

/// Lines that end in `\n`. A carriage return alone ends a line in old files; among other line ends it is an accident
/// inside a cell.
fn with_plain_lines(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains('\r') {
        return text;
    }
    let text = text.replace("\r\n", "\n");
    let alone = text.bytes().filter(|b| *b == b'\r').count();
    let ends = text.bytes().filter(|b| *b == b'\n').count();
    Cow::Owned(match alone {
        0 => text,
        _ => text.replace('\r', if alone >= ends { "\n" } else { " " }),
    })
}

/// `sep=;` in the first line names the separator; the spreadsheet programs do not show that line.
fn read_separator_line(text: &str) -> (Option<u8>, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let named = line.trim_matches('"').strip_prefix("sep=").or_else(|| line.trim_matches('"').strip_prefix("SEP="));
    match named.map(str::as_bytes) {
        Some([separator]) if separator.is_ascii() => (Some(*separator), rest),
        _ => (None, text),
    }
}

/// Numbers wear a dress in CSV so that programs do not round them: `="0123"`, `'0123`, a tab before them.
fn cell_of(field: &str) -> Cell {
    let trimmed = field.trim_start_matches('\t');
    if let Some(inner) = trimmed.trim().strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        return Cell::shown(inner.replace("\"\"", "\""));
    }
    let is_number =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'X' | b'x'));
    match trimmed.strip_prefix('\'').filter(|rest| is_number(rest.trim())) {
        Some(number) => Cell::shown(number),
        None => Cell::shown(trimmed),
    }
}
