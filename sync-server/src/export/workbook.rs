//! One XLSX workbook with a sheet per table: frozen header row, text format throughout so that no number of identity
//! or telephone is rounded or shown as 9.9E+17. A text cell is never computed: it needs no apostrophe before what looks
//! like a formula, and comes back as it was.

use rust_xlsxwriter::{Format, Workbook};

use super::{CellKind, ExportError, Table};

/// Rows of a sheet below the header.
const SHEET_ROWS: usize = 1_048_575;
/// Most characters of a cell.
const CELL_LIMIT: usize = 32_767;

/// Writes tables as sheets, in order, and returns the file.
///
/// # Errors
/// When a table is too long for a sheet, or the writer refuses.
pub fn write_workbook(tables: &[Table]) -> Result<Vec<u8>, ExportError> {
    let mut workbook = Workbook::new();
    let header = Format::new().set_bold();
    let text = Format::new().set_num_format("@");
    for table in tables {
        if table.rows.len() > SHEET_ROWS {
            return Err(ExportError::TooManyRows(table.sheet));
        }
        let sheet = workbook.add_worksheet();
        sheet.set_name(table.sheet)?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, spec) in (0_u16..).zip(table.columns) {
            sheet.set_column_width(column, f64::from(spec.width))?;
            sheet.write_string_with_format(0, column, spec.title, &header)?;
        }
        for (row, cells) in (1_u32..).zip(&table.rows) {
            for ((column, spec), cell) in (0_u16..).zip(table.columns).zip(cells) {
                if cell.is_empty() {
                    continue;
                }
                match (spec.kind, cell.parse::<u32>()) {
                    (CellKind::Number, Ok(number)) => {
                        sheet.write_number(row, column, number)?;
                    }
                    _ => {
                        let end = cell.char_indices().nth(CELL_LIMIT).map_or(cell.len(), |(at, _)| at);
                        sheet.write_string_with_format(row, column, &cell[..end], &text)?;
                    }
                }
            }
        }
    }
    Ok(workbook.save_to_buffer()?)
}
