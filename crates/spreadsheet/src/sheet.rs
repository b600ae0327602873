//! Sheets of text cells: the one form in which spreadsheets and CSV files are looked at.

use std::collections::BTreeSet;

/// One cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// As the office sees it; dates as `YYYY-MM-DD`. Of an error its name (`#N/A`).
    pub text: String,
    /// What the file holds, where the program shows something else (`101` shown as `0101`): the number without its
    /// format, the whole text where a part is struck out, the whole content where nothing is shown (format `;;;`).
    ///
    /// Of a date it is what may have been typed before the program took it for a date: `M-D` (`3-2`) where month and
    /// day are shown without a year, `M-YY` (`3-32`) where the month is shown before a year of two digits.
    pub stored: Option<Box<str>>,
    /// A number with more digits than the spreadsheet keeps (15): the text shows rounded digits.
    pub rounded: bool,
    /// Filled in from the first row of a merged range.
    pub copied: bool,
    /// A computation that failed, or one whose result the file does not hold: there is no value.
    pub is_error: bool,
    /// Struck out, all of it.
    pub is_struck: bool,
    /// A part of the text is struck out: `text` is what is left, `stored` is all of it.
    pub is_partly_struck: bool,
    /// A date, given as `YYYY-MM-DD`, that the file holds as one (and not as a text).
    pub is_date: bool,
}

impl Cell {
    /// A cell that holds a text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A cell that holds an error in place of a value.
    pub fn error(text: impl Into<String>) -> Self {
        Self { is_error: true, ..Self::text(text) }
    }

    /// A cell of a file that holds only what is shown: an error is then a text like any other, known by its name.
    pub(crate) fn shown(text: impl Into<String>) -> Self {
        let text = text.into();
        let is_error = is_error_name(text.trim());
        Self { is_error, ..Self::text(text) }
    }

    /// Whether it is an error, or a text that names one: values pasted from elsewhere keep the name as a text.
    #[must_use]
    pub fn says_error(&self) -> bool {
        self.is_error || is_error_name(self.text.trim())
    }

    /// Whether nothing is to be seen in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.chars().all(|c| c.is_whitespace() || c == '\u{feff}')
    }
}

/// Whether a text is exactly what the spreadsheet programs show for an error.
fn is_error_name(text: &str) -> bool {
    matches!(
        text,
        "#N/A"
            | "#REF!"
            | "#VALUE!"
            | "#NAME?"
            | "#DIV/0!"
            | "#NULL!"
            | "#NUM!"
            | "#SPILL!"
            | "#CALC!"
            | "#GETTING_DATA"
            | "#NAME!"
            | "Err:502"
            | "Err:504"
            | "Err:508"
    )
}

/// A row with at least one cell that shows or holds something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// From 1, as the spreadsheet program shows it.
    pub number: u32,
    /// From the first column; short rows have fewer.
    pub cells: Vec<Cell>,
    /// Not shown by the spreadsheet program: filtered out, folded away or hidden by hand.
    pub hidden: bool,
}

impl Row {
    /// The cell of a column, counted from 0.
    #[must_use]
    pub fn cell(&self, column: usize) -> Option<&Cell> {
        self.cells.get(column)
    }

    /// The cells that show something, with their columns.
    pub fn filled(&self) -> impl Iterator<Item = (usize, &Cell)> {
        self.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank())
    }
}

/// A merged range, rows from 1, columns from 0, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// First row.
    pub top: u32,
    /// Last row.
    pub bottom: u32,
    /// First column.
    pub left: usize,
    /// Last column.
    pub right: usize,
}

/// One sheet, or one CSV file.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// Empty for CSV.
    pub name: String,
    /// Hidden in the spreadsheet program.
    pub hidden: bool,
    /// In order; blank rows are left out.
    pub rows: Vec<Row>,
    /// Columns that the spreadsheet program does not show, counted from 0.
    pub hidden_columns: BTreeSet<usize>,
    /// Merged ranges.
    pub merges: Vec<Merge>,
    /// The file did not decode cleanly.
    pub damaged_text: bool,
    /// Rows, counted from 1, of a text file in which a quotation mark that is never closed was taken for a character:
    /// their fields may be cut at other places than was meant.
    pub repaired_lines: Vec<u32>,
}

impl Sheet {
    /// Copies the value of every merged range, as far as `wanted(column)`, into its other rows.
    pub fn fill_merged(&mut self, from_row: u32, wanted: impl Fn(usize) -> bool) {
        self.fill_merges(|merge| merge.bottom >= from_row && wanted(merge.left));
    }

    /// Copies the values of the merged ranges that are wanted into their other rows.
    pub fn fill_merges(&mut self, wanted: impl Fn(&Merge) -> bool) {
        for merge in &self.merges {
            if merge.bottom <= merge.top || !wanted(merge) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_cells_are_held_in_less_than_fifty_megabytes_beside_their_texts() {
        assert_eq!(std::mem::size_of::<Cell>(), 48);
    }
}
