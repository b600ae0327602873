//! Gathers cells in any order into the rows of a sheet, within what a file may cost.

use std::collections::{BTreeMap, BTreeSet};

use crate::open::{COLUMN_LIMIT, ROW_LIMIT, Unread};
use crate::{Cell, Merge, Row, Sheet};

/// Cells of one file, blank ones between filled ones included: twenty for each of half a million rows.
const CELL_LIMIT: usize = 10_000_000;
/// Text of one file, in bytes: a small file may name one long text half a million times.
const TEXT_LIMIT_BYTES: usize = 400 * 1024 * 1024;
/// Merged ranges of one sheet; more come from damage.
const MERGE_LIMIT: usize = 500_000;

/// What a file has cost so far; one for all sheets of a file.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    cells: usize,
    text_bytes: usize,
}

impl Budget {
    /// Counts cells and bytes of text.
    pub(crate) fn spend(&mut self, cells: usize, text_bytes: usize) -> Result<(), Unread> {
        self.cells += cells;
        self.text_bytes += text_bytes;
        if self.cells > CELL_LIMIT {
            return Err(Unread::TooLarge("超过 1000 万个单元格"));
        }
        if self.text_bytes > TEXT_LIMIT_BYTES {
            return Err(Unread::TooLarge("文字超过 400 MB"));
        }
        Ok(())
    }
}

/// A sheet in the making. Rows and columns are counted from 0 here.
#[derive(Debug, Default)]
pub(crate) struct Gatherer {
    rows: BTreeMap<u32, Vec<Cell>>,
    hidden_rows: BTreeSet<u32>,
    hidden_columns: BTreeSet<usize>,
    merges: Vec<Merge>,
}

impl Gatherer {
    /// Keeps a cell that shows or holds something. Columns beyond the limit are formatting accidents.
    pub(crate) fn put(&mut self, budget: &mut Budget, row: u32, column: u32, cell: Cell) -> Result<(), Unread> {
        if column >= COLUMN_LIMIT || cell.is_blank() && cell.stored.is_none() {
            return Ok(());
        }
        let column = column as usize;
        let cells = self.rows.entry(row).or_default();
        let grown = (column + 1).saturating_sub(cells.len());
        budget.spend(grown, cell.text.len() + cell.stored.as_ref().map_or(0, |stored| stored.len()))?;
        if grown > 0 {
            cells.reserve_exact(grown.max(8));
            cells.resize(column + 1, Cell::default());
        }
        cells[column] = cell;
        if self.rows.len() > ROW_LIMIT {
            return Err(Unread::TooLarge("一张表超过 50 万行"));
        }
        Ok(())
    }

    /// Notes that the program does not show a row.
    pub(crate) fn hide_row(&mut self, row: u32) {
        self.hidden_rows.insert(row);
    }

    /// Notes that the program does not show these columns, ends included.
    pub(crate) fn hide_columns(&mut self, first: u32, last: u32) {
        self.hidden_columns.extend((first..=last.min(COLUMN_LIMIT - 1)).map(|column| column as usize));
    }

    /// Notes a merged range; a single cell is none.
    pub(crate) fn merge(&mut self, (top, left): (u32, u32), (bottom, right): (u32, u32)) {
        if self.merges.len() < MERGE_LIMIT && top <= bottom && left <= right && (top, left) != (bottom, right) {
            let merge = Merge {
                top: top.saturating_add(1),
                bottom: bottom.saturating_add(1),
                left: left as usize,
                right: right as usize,
            };
            self.merges.push(merge);
        }
    }

    /// The sheet.
    pub(crate) fn finish(mut self, name: String, hidden: bool) -> Sheet {
        let rows = self
            .rows
            .into_iter()
            .map(|(number, mut cells)| {
                cells.shrink_to_fit();
                Row { number: number.saturating_add(1), cells, hidden: self.hidden_rows.contains(&number) }
            })
            .collect();
        self.merges.sort_by_key(|merge| (merge.top, merge.left));
        Sheet { name, hidden, rows, merges: self.merges, hidden_columns: self.hidden_columns, ..Sheet::default() }
    }
}
