//! Spreadsheets: XLSX, XLSB and ODS (zip files), XLS (compound files).
//!
//! XLSX is read cell by cell, because one stray cell at the far corner of a sheet would make a dense range of
//! seventeen thousand million cells. The spreadsheet reader is called under `catch_unwind`: a damaged file must end
//! in a message.
//!
//! Missing: the reader of old XLS files reserves memory for as many cells as the file claims; a file that lies about
//! it can end the importing process (not the data: nothing is written before a roster is whole).

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Dimensions, ExcelDateTime, Ods, Reader, SheetVisible, Xls, Xlsb, Xlsx};

use crate::OpenError;
use crate::open::{COLUMN_LIMIT, ROW_LIMIT};
use crate::{Cell, Merge, Row, Sheet};

type Rows = BTreeMap<u32, BTreeMap<u32, Cell>>;
/// What the spreadsheet reader said, in its words.
type Reason = String;

/// A spreadsheet number beyond this has lost digits (IEEE 754 double; Excel keeps 15 digits).
const EXACT_LIMIT: f64 = 1e15;

/// Opens XLSX, XLSB or ODS.
pub(crate) fn open_zip(file: &str, bytes: &[u8]) -> Result<Vec<Sheet>, OpenError> {
    let holds = |name: &str| bytes.windows(name.len()).any(|window| window == name.as_bytes());
    if holds("xl/workbook.bin") {
        guard(file, || {
            let mut book = Xlsb::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
            read_dense(&mut book, |_, _| Vec::new())
        })
    } else if holds("opendocument") || holds("content.xml") && !holds("xl/workbook.xml") {
        guard(file, || {
            let mut book = Ods::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
            read_dense(&mut book, |_, _| Vec::new())
        })
    } else {
        guard(file, || {
            let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
            read_xlsx(&mut book)
        })
    }
}

/// Opens XLS. A locked XLSX is a compound file as well and is told apart by its stream name.
pub(crate) fn open_compound(file: &str, bytes: &[u8]) -> Result<Vec<Sheet>, OpenError> {
    let locked: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(locked.len()).any(|window| window == locked) {
        return Err(OpenError::Encrypted { file: file.to_owned() });
    }
    guard(file, || {
        let mut book = Xls::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
        read_dense(&mut book, |book, name| book.merge_cells_by_sheet_name(name).unwrap_or_default())
    })
}

/// Runs the spreadsheet reader so that neither its errors nor its panics get past a message.
fn guard(file: &str, open: impl FnOnce() -> Result<Vec<Sheet>, Reason>) -> Result<Vec<Sheet>, OpenError> {
    let file = file.to_owned();
    match catch_unwind(AssertUnwindSafe(open)) {
        Ok(Ok(sheets)) => Ok(sheets),
        Ok(Err(reason)) if reason == TOO_MANY_ROWS => {
            Err(OpenError::TooLarge { file, limit: "一张表超过 50 万行" })
        }
        Ok(Err(reason)) if reason.to_ascii_lowercase().contains("password") => Err(OpenError::Encrypted { file }),
        Ok(Err(reason)) => Err(OpenError::Damaged { file, reason }),
        Err(_) => Err(OpenError::Damaged { file, reason: "unreadable contents".to_owned() }),
    }
}

const TOO_MANY_ROWS: &str = "too many rows";

fn read_xlsx(book: &mut Xlsx<Cursor<&[u8]>>) -> Result<Vec<Sheet>, Reason> {
    let listed = book.sheets_metadata().to_vec();
    let mut sheets = Vec::new();
    for entry in listed {
        if entry.typ != calamine::SheetType::WorkSheet {
            continue;
        }
        let mut rows = Rows::new();
        let mut reader = book.worksheet_cells_reader(&entry.name).map_err(|e| e.to_string())?;
        while let Some(cell) = reader.next_cell().map_err(|e| e.to_string())? {
            let (row, column) = cell.get_position();
            let value = match cell.get_value() {
                DataRef::SharedString(text) => Cell::text(*text),
                other => cell_of(&Data::from(other.clone())),
            };
            keep(&mut rows, row, column, value)?;
        }
        drop(reader);
        let merges = book.merge_cells_by_sheet_name(&entry.name).unwrap_or_default();
        sheets.push(to_sheet(entry.name, entry.visible, rows, &merges));
    }
    Ok(sheets)
}

fn read_dense<'a, B: Reader<Cursor<&'a [u8]>>>(
    book: &mut B,
    merges: impl Fn(&mut B, &str) -> Vec<Dimensions>,
) -> Result<Vec<Sheet>, Reason> {
    let listed = book.sheets_metadata().to_vec();
    let mut sheets = Vec::new();
    for entry in listed {
        let range = book.worksheet_range(&entry.name).map_err(|e| format!("{e:?}"))?;
        let (top, left) = range.start().unwrap_or((0, 0));
        let mut rows = Rows::new();
        for (row, column, value) in range.used_cells() {
            keep(&mut rows, top + row as u32, left + column as u32, cell_of(value))?;
        }
        let merged = merges(book, &entry.name);
        sheets.push(to_sheet(entry.name, entry.visible, rows, &merged));
    }
    Ok(sheets)
}

fn keep(rows: &mut Rows, row: u32, column: u32, cell: Cell) -> Result<(), Reason> {
    if column < COLUMN_LIMIT && !cell.is_blank() {
        rows.entry(row).or_default().insert(column, cell);
        if rows.len() > ROW_LIMIT {
            return Err(TOO_MANY_ROWS.to_owned());
        }
    }
    Ok(())
}

fn to_sheet(name: String, visible: SheetVisible, rows: Rows, merges: &[Dimensions]) -> Sheet {
    let rows = rows
        .into_iter()
        .map(|(number, cells)| {
            let width = cells.last_key_value().map_or(0, |(column, _)| *column as usize + 1);
            let mut row = vec![Cell::default(); width];
            for (column, cell) in cells {
                row[column as usize] = cell;
            }
            Row { number: number + 1, cells: row, hidden: false }
        })
        .collect();
    let mut merges: Vec<_> = merges
        .iter()
        .map(|range| Merge {
            top: range.start.0 + 1,
            bottom: range.end.0 + 1,
            left: range.start.1 as usize,
            right: range.end.1 as usize,
        })
        .collect();
    merges.sort_by_key(|merge| (merge.top, merge.left));
    Sheet { name, hidden: visible != SheetVisible::Visible, rows, merges, ..Sheet::default() }
}

fn cell_of(value: &Data) -> Cell {
    match value {
        Data::Empty | Data::Error(_) => Cell::default(),
        Data::String(text) => Cell::text(text.as_str()),
        Data::Int(number) => Cell::text(number.to_string()),
        Data::Float(number) => cell_of_number(*number),
        Data::Bool(yes) => Cell::text(if *yes { "是" } else { "否" }),
        Data::DateTime(stamp) => Cell::text(date_of(*stamp)),
        Data::DateTimeIso(text) => Cell::text(text.split('T').next().unwrap_or(text)),
        Data::DurationIso(text) => Cell::text(text.as_str()),
    }
}

fn cell_of_number(number: f64) -> Cell {
    if number.fract() != 0.0 {
        return Cell::text(number.to_string());
    }
    Cell { rounded: number.abs() >= EXACT_LIMIT, ..Cell::text(format!("{number:.0}")) }
}

/// Dates as ISO; a duration or a time of day has no meaning in a roster and is shown as its number.
fn date_of(stamp: ExcelDateTime) -> String {
    let (year, month, day, ..) = stamp.to_ymd_hms_milli();
    if stamp.is_duration() || stamp.as_f64() < 1.0 {
        return stamp.as_f64().to_string();
    }
    format!("{year:04}-{month:02}-{day:02}")
}
