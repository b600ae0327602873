//! Exports: records as tables for other offices, once as CSV and once as a workbook.
//!
//! Why tables in between: both writers take the same [`Table`], so that a column cannot differ between them. Codes
//! stand beside their labels (other programs read codes, people read labels). Row order is stable: by grid and door,
//! by time of visit, by time of report.
//!
//! In CSV, cells that begin like a formula (`=`, `+`, `-`, `@`, also in full width, also behind blanks and invisible
//! characters; tab, return) get a leading apostrophe: a remark must never become code on the desk of whoever opens the
//! file. Workbooks have text cells for that. The importer reads both back: 住户 and 人员 carry their ids.
//!
//! Missing: masking by receiver, watermark and expiry; the caller decides who may export and logs it.

mod delimited;
mod incidents;
mod tables;
mod workbook;

#[cfg(test)]
mod tests;

pub use delimited::write_csv;
pub use incidents::{Names, incident_table, step_table};
pub use tables::{AccountNames, household_table, person_table, visit_table};
pub use workbook::write_workbook;

/// How the cells of a column are to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// Text, also when it looks like a number: codes, numbers of identity and telephone.
    Text,
    /// A whole number.
    Number,
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Chinese title.
    pub title: &'static str,
    /// Kind of its cells.
    pub kind: CellKind,
    /// Width in characters, for the workbook.
    pub width: u8,
}

/// One table: a sheet of the workbook, or one CSV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Sheet name, e.g. `住户`.
    pub sheet: &'static str,
    /// File name without folder, e.g. `households.csv`.
    pub file: &'static str,
    /// Columns.
    pub columns: &'static [Column],
    /// Cells as text, one per column; never guarded here.
    pub rows: Vec<Vec<String>>,
}

/// Why an export cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The place to write to failed.
    #[error("CSV 写不出来")]
    Csv(#[from] csv::Error),
    /// The place to write to failed.
    #[error("无法写入")]
    Io(#[from] std::io::Error),
    /// The workbook writer refused.
    #[error("工作簿写不出来")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// More rows than a sheet has (1,048,575 below the header).
    #[error("“{0}”的行数超过一张工作表能放的行数，请改用 CSV 导出")]
    TooManyRows(&'static str),
}
