//! CSV for other programs: UTF-8 with BOM, CRLF, quoted where needed. A spreadsheet program that opens it takes long
//! numbers for numbers and loses their last digits: for people there is the workbook.

use std::io::Write;

use spreadsheet::formula::guard_formula;

use super::{ExportError, Table};

/// Writes one table.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_csv(table: &Table, mut out: impl Write) -> Result<(), ExportError> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(table.columns.iter().map(|column| column.title))?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| guard_formula(cell).into_owned()))?;
    }
    writer.flush()?;
    Ok(())
}
