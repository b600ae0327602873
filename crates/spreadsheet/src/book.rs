//! Workbooks: XLSX by our own reader; XLSB and ODS (zip files) and XLS (compound files) through calamine.
//!
//! Missing. XLSB and ODS: hidden rows and columns, merges, number formats, struck-out cells (ODS gives dates and texts
//! as they are shown). XLS, XLSB and ODS: whether a formula has a result, struck-out runs. The reader of old XLS files reserves memory for as many cells as the file claims; a file that lies about it can end the importing
//! process (not the data: nothing is written before a roster is whole).

use std::io::Cursor;

use calamine::{Data, Dimensions, ExcelDateTime, Ods, Reader, SheetVisible, Xls, Xlsb};

use crate::format::NumberFormat;
use crate::gather::{Budget, Gatherer};
use crate::kinds;
use crate::open::Unread;
use crate::xls::{self, BookLook};
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
        return read_dense(&mut book, &BookLook::default(), |_, _| Vec::new());
    }
    if parts.has("content.xml") && !parts.has("xl/workbook.xml") {
        let mut book = Ods::new(Cursor::new(bytes)).map_err(|error| of_reader(&error.to_string()))?;
        return read_dense(&mut book, &BookLook::default(), |_, _| Vec::new());
    }
    xlsx::read(&mut parts)
}

/// Opens XLS, and ET, which is the same under another name.
pub(crate) fn open_compound(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Unread> {
    if let Some(other) = kinds::find_compound_kind(name, bytes) {
        return Err(other);
    }
    let mut book = Xls::new(Cursor::new(bytes)).map_err(|error| of_reader(&error.to_string()))?;
    let look = xls::read_look(bytes).unwrap_or_default();
    read_dense(&mut book, &look, |book, name| book.merge_cells_by_sheet_name(name).unwrap_or_default())
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
    look: &BookLook,
    merges: impl Fn(&mut B, &str) -> Vec<Dimensions>,
) -> Result<Vec<Sheet>, Unread> {
    let listed = book.sheets_metadata().to_vec();
    let mut sheets = Vec::new();
    let mut budget = Budget::default();
    // If the two readers count the sheets differently, values without looks are better than wrong looks.
    let looks = if look.sheets.len() == listed.len() { look.sheets.as_slice() } else { &[] };
    for (at, entry) in listed.into_iter().enumerate() {
        let range = book.worksheet_range(&entry.name).map_err(|error| of_reader(&format!("{error:?}")))?;
        let (top, left) = range.start().unwrap_or((0, 0));
        let mut sheet = Gatherer::default();
        for (row, column, value) in range.used_cells() {
            let (row, column) = (top + row as u32, left + column as u32);
            let (format, is_struck) = looks.get(at).map_or((None, false), |sheet| look.style(sheet, row, column));
            let cell = cell_of(value, format, look.is_1904);
            sheet.put(&mut budget, row, column, Cell { is_struck, ..cell })?;
        }
        if let Some(seen) = looks.get(at) {
            seen.hidden_rows.iter().for_each(|row| sheet.hide_row(*row));
            seen.hidden_columns.iter().for_each(|(first, last)| sheet.hide_columns(*first, *last));
        }
        for merge in merges(book, &entry.name) {
            sheet.merge(merge.start, merge.end);
        }
        sheets.push(sheet.finish(entry.name, entry.visible != SheetVisible::Visible));
    }
    Ok(sheets)
}

fn cell_of(value: &Data, format: Option<&NumberFormat>, is_1904: bool) -> Cell {
    let plain = NumberFormat::default();
    let shown = format.unwrap_or(&plain);
    match value {
        Data::Empty => Cell::default(),
        Data::Error(error) => Cell::error(error.to_string()),
        Data::String(text) => shown.cell_of_text(text.clone()),
        Data::Int(whole) => shown.cell_of_number(*whole as f64, is_1904),
        Data::Float(float) => shown.cell_of_number(*float, is_1904),
        Data::DateTime(stamp) if format.is_some() => shown.cell_of_number(stamp.as_f64(), is_1904),
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
