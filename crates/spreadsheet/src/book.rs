//! Workbooks: XLSX by our own reader; XLSB and ODS (zip files) and XLS (compound files) through calamine.
//!
//! Missing in XLSB, ODS and XLS: number formats, struck-out cells, and whether a formula has a result. The reader of old
//! XLS files reserves memory for as many cells as the file claims; a file that lies about it can end the importing
//! process (not the data: nothing is written before a roster is whole).

use std::io::Cursor;

use calamine::{Data, Dimensions, ExcelDateTime, Ods, Reader, SheetVisible, Xls, Xlsb};

use crate::format::NumberFormat;
use crate::gather::{Budget, Gatherer};
use crate::kinds;
use crate::open::Unread;
use crate::xlsx::{self, Parts};
use crate::{Cell, Sheet};

/// Opens XLSX, XLSB or ODS.
pub(crate) fn open_zip(bytes: &[u8]) -> Result<Vec<Sheet>, Unread> {
    let mut parts = Parts::new(bytes)?;
    if let Some(other) = kinds::find_zip_kind(&parts) {
        return Err(other);
    }
    if parts.has("xl/workbook.bin") {
        let mut book = Xlsb::new(Cursor::new(bytes)).map_err(|error| of_reader(&error.to_string()))?;
        return read_dense(&mut book, |_, _| Vec::new());
    }
    if parts.has("content.xml") && !parts.has("xl/workbook.xml") {
        let mut book = Ods::new(Cursor::new(bytes)).map_err(|error| of_reader(&error.to_string()))?;
        return read_dense(&mut book, |_, _| Vec::new());
    }
    xlsx::read(&mut parts)
}

/// Opens XLS, and ET, which is the same under another name.
pub(crate) fn open_compound(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Unread> {
    if let Some(other) = kinds::find_compound_kind(name, bytes) {
        return Err(other);
    }
    let mut book = Xls::new(Cursor::new(bytes)).map_err(|error| of_reader(&error.to_string()))?;
    read_dense(&mut book, |book, name| book.merge_cells_by_sheet_name(name).unwrap_or_default())
}

/// What calamine said, in its words.
fn of_reader(reason: &str) -> Unread {
    match reason.to_ascii_lowercase().contains("password") {
        true => Unread::Encrypted,
        false => Unread::Damaged(reason.to_owned()),
    }
}

fn read_dense<'a, B: Reader<Cursor<&'a [u8]>>>(
    book: &mut B,
    merges: impl Fn(&mut B, &str) -> Vec<Dimensions>,
) -> Result<Vec<Sheet>, Unread> {
    let listed = book.sheets_metadata().to_vec();
    let mut sheets = Vec::new();
    let mut budget = Budget::default();
    for entry in listed {
        let range = book.worksheet_range(&entry.name).map_err(|error| of_reader(&format!("{error:?}")))?;
        let (top, left) = range.start().unwrap_or((0, 0));
        let mut sheet = Gatherer::default();
        for (row, column, value) in range.used_cells() {
            sheet.put(&mut budget, top + row as u32, left + column as u32, cell_of(value))?;
        }
        for merge in merges(book, &entry.name) {
            sheet.merge(merge.start, merge.end);
        }
        sheets.push(sheet.finish(entry.name, entry.visible != SheetVisible::Visible));
    }
    Ok(sheets)
}

fn cell_of(value: &Data) -> Cell {
    let number = |number: f64| NumberFormat::default().cell_of_number(number, false);
    match value {
        Data::Empty => Cell::default(),
        Data::Error(error) => Cell::error(error.to_string()),
        Data::String(text) => Cell::text(text.as_str()),
        Data::Int(whole) => Cell::text(whole.to_string()),
        Data::Float(float) => number(*float),
        Data::Bool(yes) => Cell::text(if *yes { "是" } else { "否" }),
        Data::DateTime(stamp) => date_of(*stamp),
        Data::DateTimeIso(text) => Cell { is_date: true, ..Cell::text(text.split('T').next().unwrap_or(text)) },
        Data::DurationIso(text) => Cell::text(text.as_str()),
    }
}

/// Dates as ISO; a duration or a time of day has no meaning in a roster and is shown as its number.
fn date_of(stamp: ExcelDateTime) -> Cell {
    let (year, month, day, ..) = stamp.to_ymd_hms_milli();
    if stamp.is_duration() || stamp.as_f64() < 1.0 {
        return Cell::text(stamp.as_f64().to_string());
    }
    Cell { is_date: true, ..Cell::text(format!("{year:04}-{month:02}-{day:02}")) }
}
