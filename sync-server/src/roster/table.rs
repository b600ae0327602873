//! Sheets of text cells: the one form in which spreadsheets and CSV files are looked at.

use super::{RosterError, RosterFile, book, delimited};

/// Larger files are no rosters of one import; a district's 800 grids come grid by grid or street by street.
pub(crate) const FILE_LIMIT_BYTES: usize = 200 * 1024 * 1024;
/// More rows than any street has residents.
pub(crate) const ROW_LIMIT: usize = 500_000;
/// Columns beyond this are formatting accidents.
pub(crate) const COLUMN_LIMIT: u32 = 400;

/// One cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// As shown; dates as `YYYY-MM-DD`.
    pub(crate) text: String,
    /// A number with more digits than the spreadsheet keeps (15): the text shows rounded digits.
    pub(crate) rounded: bool,
    /// Filled in from the first row of a merged range.
    pub(crate) copied: bool,
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), rounded: false, copied: false }
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.text.chars().all(|c| c.is_whitespace() || c == '\u{feff}')
    }
}

/// A row with at least one filled cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// From 1, as the spreadsheet program shows it.
    pub(crate) number: u32,
    /// From the first column; short rows have fewer.
    pub(crate) cells: Vec<Cell>,
}

impl Row {
    pub(crate) fn cell(&self, column: usize) -> Option<&Cell> {
        self.cells.get(column)
    }

    pub(crate) fn filled(&self) -> impl Iterator<Item = (usize, &Cell)> {
        self.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank())
    }
}

/// A merged range, rows from 1, columns from 0, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Merge {
    pub(crate) top: u32,
    pub(crate) bottom: u32,
    pub(crate) left: usize,
    pub(crate) right: usize,
}

/// One sheet, or one CSV file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sheet {
    /// Empty for CSV.
    pub(crate) name: String,
    /// Hidden in the spreadsheet program.
    pub(crate) hidden: bool,
    /// In order; blank rows are left out.
    pub(crate) rows: Vec<Row>,
    /// Merged ranges.
    pub(crate) merges: Vec<Merge>,
    /// The file did not decode cleanly.
    pub(crate) damaged_text: bool,
}

impl Sheet {
    /// Copies the value of every merged range, as far as `wanted(column)`, into its other rows.
    pub(crate) fn fill_merged(&mut self, from_row: u32, wanted: impl Fn(usize) -> bool) {
        for merge in &self.merges {
            if merge.bottom <= merge.top || merge.bottom < from_row || !wanted(merge.left) {
                continue;
            }
            let first = self.rows.partition_point(|row| row.number < merge.top);
            let Some(top) = self.rows.get(first).filter(|row| row.number == merge.top) else { continue };
            let Some(value) = top.cell(merge.left).filter(|cell| !cell.is_blank()).cloned() else { continue };
            for row in self.rows[first + 1..].iter_mut().take_while(|row| row.number <= merge.bottom) {
                if row.cells.len() <= merge.left {
                    row.cells.resize(merge.left + 1, Cell::default());
                }
                if row.cells[merge.left].is_blank() {
                    row.cells[merge.left] = Cell { copied: true, ..value.clone() };
                }
            }
        }
    }
}

/// Opens a file by what its bytes say, whatever its name ends in.
pub(crate) fn open(file: &RosterFile<'_>) -> Result<Vec<Sheet>, RosterError> {
    let RosterFile { name, bytes } = *file;
    if bytes.len() > FILE_LIMIT_BYTES {
        return Err(RosterError::TooLarge { file: name.to_owned(), limit: "超过 200 MB" });
    }
    let is_markup = bytes.trim_ascii_start().starts_with(b"<");
    let sheets = match bytes {
        _ if is_markup => {
            let reason = "实为网页文件，请在表格软件里另存为 XLSX".to_owned();
            return Err(RosterError::Damaged { file: name.to_owned(), reason });
        }
        [] => return Err(RosterError::Empty { file: name.to_owned() }),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => book::open_zip(name, bytes)?,
        [0xd0, 0xcf, 0x11, 0xe0, ..] => book::open_compound(name, bytes)?,
        _ => vec![delimited::open(name, bytes)?],
    };
    if sheets.iter().all(|sheet| sheet.rows.is_empty()) {
        return Err(RosterError::Empty { file: name.to_owned() });
    }
    Ok(sheets)
}
