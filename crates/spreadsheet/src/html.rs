//! Tables of web pages, which old office systems export under the names `.xls` and `.xlsx`.
//!
//! Flow: bytes → text by what the page says of its encoding and by what it holds → [`markup`](crate::markup) pieces →
//! one sheet, as a spreadsheet program shows it: tables one below the other, and what stands between them (`3栋` in a
//! heading) as rows of one cell. `rowspan` and `colspan` become merges; what `display:none` hides is marked hidden, or
//! left out inside a cell; `mso-number-format` shows a number as the program would.
//!
//! A table inside a cell. If it has more rows than the table around it, the outer one only arranges the page: the inner
//! one is the list. Otherwise its words become words of the cell, a line for each of its rows.
//!
//! Failure. A page without a table, and one whose tables lie in a folder of files beside it, say so.
//!
//! Missing: styles by other selectors than a class, and cells that `display:none` hides in some rows only.

mod cell;
mod style;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::decode::decode;
use crate::gather::{Budget, Gatherer};
use crate::markup::{Element, Piece, pieces};
use crate::open::{COLUMN_LIMIT, Unread};
use crate::{Cell, Sheet};
use cell::CellText;
pub(crate) use style::named_format;
use style::{Look, Styles};

/// No cell reaches over more rows than a spreadsheet has.
const ROWSPAN_LIMIT: u32 = 1_048_576;
/// Where a page names its encoding.
const HEAD_BYTES: usize = 4096;

/// Reads the tables of a page as one sheet.
pub(crate) fn open(bytes: &[u8]) -> Result<Vec<Sheet>, Unread> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD_BYTES)]).to_ascii_lowercase();
    let declared = head.split("charset=").nth(1).and_then(|rest| {
        let label = rest.trim_start_matches(['"', '\'']);
        let end = label.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')).unwrap_or(label.len());
        encoding_rs::Encoding::for_label(&label.as_bytes()[..end])
    });
    let (text, damaged_text) = decode(bytes, declared);
    let sheet = read(&text)?;
    Ok(vec![Sheet { damaged_text, ..sheet }])
}

/// Reads the tables of a page that is already text.
pub(crate) fn read(text: &str) -> Result<Sheet, Unread> {
    let kinds = find_kinds(text);
    if kinds.is_empty() {
        let is_frame = pieces(text).any(|piece| matches!(piece, Piece::Start(tag) if tag.name == "frameset"));
        return Err(Unread::NoTable(match is_frame {
            true => "是网页文件，表格在旁边的文件夹里；请用表格软件打开后另存为 XLSX",
            false => "是网页文件，里面没有表格；请用表格软件打开后另存为 XLSX，或从系统重新导出",
        }));
    }
    let mut page = Page { kinds, ..Page::default() };
    for piece in pieces(text) {
        match piece {
            Piece::Style(css) => page.styles.add(css),
            Piece::Text(text) => page.text(text),
            Piece::Start(tag) => page.start(&tag)?,
            Piece::End(name) => page.end(&name)?,
        }
    }
    page.close_table()?;
    page.flush_words()?;
    Ok(page.sheet.finish(String::new(), false))
}

/// What a `table` element is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Grid,
    /// It only arranges other tables.
    Layout,
    /// It stands in a cell of a grid, whose words it becomes.
    Flat,
}

/// The kinds of all tables in the order in which they begin.
fn find_kinds(text: &str) -> Vec<Kind> {
    struct Found {
        parent: Option<usize>,
        rows: usize,
        inner_rows: usize,
    }
    let mut found: Vec<Found> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Start(tag) if tag.name == "table" => {
                found.push(Found { parent: open.last().copied(), rows: 0, inner_rows: 0 });
                open.push(found.len() - 1);
            }
            Piece::Start(tag) if tag.name == "tr" => {
                if let Some(at) = open.last() {
                    found[*at].rows += 1;
                }
            }
            Piece::End(name) if name == "table" => {
                open.pop();
            }
            _ => {}
        }
    }
    for at in (0..found.len()).rev() {
        if let Some(parent) = found[at].parent {
            found[parent].inner_rows = found[parent].inner_rows.max(found[at].rows).max(found[at].inner_rows);
        }
    }
    let mut kinds: Vec<Kind> = Vec::with_capacity(found.len());
    for table in &found {
        let is_inside_grid = table.parent.is_some_and(|parent| kinds[parent] != Kind::Layout);
        kinds.push(match (is_inside_grid, table.inner_rows > table.rows) {
            (true, _) => Kind::Flat,
            (false, true) => Kind::Layout,
            (false, false) => Kind::Grid,
        });
    }
    kinds
}

#[derive(Default)]
struct Page {
    kinds: Vec<Kind>,
    seen_tables: usize,
    open_tables: Vec<Kind>,
    styles: Styles,
    sheet: Gatherer,
    budget: Budget,
    /// The row that comes next, from 0.
    next_row: u32,
    grid: Option<Grid>,
    /// Words outside all cells.
    words: CellText,
    /// An element inside a cell that is not shown, and how deep in elements of its name.
    unseen: Option<(String, usize)>,
    struck_depth: usize,
}

/// A table whose end is not yet read.
#[derive(Default)]
struct Grid {
    first_row: u32,
    row: Option<u32>,
    column: u32,
    /// For each column up to which row (exclusive) a cell from above reaches.
    taken: Vec<u32>,
    merges: Vec<((u32, u32), (u32, u32))>,
    is_hidden: bool,
    cell: Option<GridCell>,
    shown_columns: BTreeSet<u32>,
    hidden_columns: BTreeSet<u32>,
    next_col: u32,
}

struct GridCell {
    row: u32,
    column: u32,
    look: Look,
    number: Option<String>,
    words: CellText,
}

impl Page {
    fn words(&mut self) -> &mut CellText {
        match &mut self.grid {
            Some(Grid { cell: Some(cell), .. }) => &mut cell.words,
            _ => &mut self.words,
        }
    }

    fn text(&mut self, text: &str) {
        // Between the cells of a table nothing is shown in its place.
        let is_between = self.grid.as_ref().is_some_and(|grid| grid.cell.is_none());
        if self.unseen.is_none() && !(is_between && text.trim().is_empty()) {
            let is_struck = self.struck_depth > 0;
            self.words().push(text, is_struck);
        }
    }

    fn start(&mut self, tag: &Element<'_>) -> Result<(), Unread> {
        if let Some((name, depth)) = &mut self.unseen {
            if *name == tag.name && !tag.is_empty {
                *depth += 1;
            }
            if !matches!(tag.name.as_str(), "table" | "tr" | "td" | "th") || *name == "table" {
                return Ok(());
            }
            self.unseen = None;
        }
        let in_flat = self.open_tables.last() == Some(&Kind::Flat);
        match tag.name.as_str() {
            "table" => self.start_table(tag)?,
            "tr" | "br" | "p" | "div" | "li" if in_flat => self.words().break_line(),
            "td" | "th" if in_flat => self.words().push(" ", false),
            "tr" if self.grid.is_some() => self.start_row(tag)?,
            "td" | "th" if self.grid.is_some() => self.start_cell(tag)?,
            "col" => self.start_column(tag),
            "s" | "strike" | "del" if !tag.is_empty => self.struck_depth += 1,
            "input" => {
                if !tag
                    .get("type")
                    .is_some_and(|kind| matches!(kind.as_str(), "hidden" | "checkbox" | "radio" | "button"))
                {
                    let value = tag.get("value").unwrap_or_default();
                    self.words().push_plain(&value);
                }
            }
            "br" | "p" | "div" | "li" if self.grid.as_ref().is_some_and(|grid| grid.cell.is_some()) => {
                self.words().break_line();
            }
            name if is_block(name) && self.grid.is_none() => self.flush_words()?,
            name => {
                let is_unseen =
                    matches!(name, "title" | "xml" | "option" | "x:name") || self.styles.look(tag).is_hidden;
                let has_end = !tag.is_empty && !matches!(name, "img" | "hr" | "meta" | "link" | "base");
                if is_unseen && has_end {
                    self.unseen = Some((name.to_owned(), 1));
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), Unread> {
        if let Some((unseen, depth)) = &mut self.unseen {
            if *unseen == name {
                *depth -= 1;
            }
            if *depth > 0 && !matches!(name, "td" | "th" | "tr" | "table") {
                return Ok(());
            }
            let was_own = *unseen == name;
            self.unseen = None;
            if was_own {
                return Ok(());
            }
        }
        let in_flat = self.open_tables.last() == Some(&Kind::Flat);
        match name {
            "table" => {
                if self.open_tables.pop() == Some(Kind::Grid) {
                    self.close_table()?;
                }
                self.flush_words()?;
            }
            "td" | "th" | "tr" if in_flat => {}
            "td" | "th" => self.close_cell()?,
            "tr" => {
                self.close_cell()?;
                if let Some(grid) = &mut self.grid {
                    grid.row = None;
                }
            }
            "s" | "strike" | "del" => self.struck_depth = self.struck_depth.saturating_sub(1),
            "p" | "div" | "li" if self.grid.as_ref().is_some_and(|grid| grid.cell.is_some()) => {
                self.words().break_line();
            }
            name if is_block(name) && self.grid.is_none() => self.flush_words()?,
            _ => {}
        }
        Ok(())
    }

    fn start_table(&mut self, tag: &Element<'_>) -> Result<(), Unread> {
        let kind = self.kinds.get(self.seen_tables).copied().unwrap_or(Kind::Flat);
        self.seen_tables += 1;
        self.open_tables.push(kind);
        if kind == Kind::Flat {
            self.words().break_line();
            return Ok(());
        }
        self.flush_words()?;
        if kind == Kind::Grid {
            let is_hidden = self.styles.look(tag).is_hidden;
            self.grid = Some(Grid { first_row: self.next_row, is_hidden, ..Grid::default() });
        }
        Ok(())
    }

    fn start_row(&mut self, tag: &Element<'_>) -> Result<(), Unread> {
        self.close_cell()?;
        let is_hidden = self.styles.look(tag).is_hidden;
        let Some(grid) = &mut self.grid else { return Ok(()) };
        grid.row = Some(self.next_row);
        grid.column = 0;
        if is_hidden || grid.is_hidden {
            self.sheet.hide_row(self.next_row);
        }
        self.next_row = self.next_row.saturating_add(1);
        Ok(())
    }

    fn start_cell(&mut self, tag: &Element<'_>) -> Result<(), Unread> {
        self.close_cell()?;
        if self.grid.as_ref().is_some_and(|grid| grid.row.is_none()) {
            self.start_row(tag)?;
        }
        let look = self.styles.look(tag);
        let Some(grid) = &mut self.grid else { return Ok(()) };
        let row = grid.row.unwrap_or_default();
        while grid.taken.get(grid.column as usize).is_some_and(|until| *until > row) {
            grid.column += 1;
        }
        let span = |name: &str, limit: u32| {
            tag.get(name).and_then(|value| value.trim().parse::<u32>().ok()).unwrap_or(1).clamp(1, limit)
        };
        let (wide, high) = (span("colspan", COLUMN_LIMIT), span("rowspan", ROWSPAN_LIMIT));
        let column = grid.column;
        grid.column = column.saturating_add(wide);
        if column < COLUMN_LIMIT {
            let end = (column + wide).min(COLUMN_LIMIT) as usize;
            if grid.taken.len() < end {
                grid.taken.resize(end, 0);
            }
            grid.taken[column as usize..end].fill(row.saturating_add(high));
            if wide > 1 || high > 1 {
                grid.merges.push(((row, column), (row.saturating_add(high - 1), column + wide - 1)));
            }
        }
        if look.is_hidden { &mut grid.hidden_columns } else { &mut grid.shown_columns }.insert(column);
        let number = tag.get("x:num").filter(|value| !value.is_empty());
        grid.cell = Some(GridCell { row, column, look, number, words: CellText::default() });
        Ok(())
    }

    fn start_column(&mut self, tag: &Element<'_>) {
        let is_hidden = self.styles.look(tag).is_hidden;
        let span = tag.get("span").and_then(|span| span.parse().ok()).unwrap_or(1_u32).clamp(1, COLUMN_LIMIT);
        if let Some(grid) = &mut self.grid {
            let first = grid.next_col;
            grid.next_col = first.saturating_add(span);
            if is_hidden && first < COLUMN_LIMIT {
                self.sheet.hide_columns(first, first + span - 1);
            }
        }
    }

    fn close_cell(&mut self) -> Result<(), Unread> {
        let Some(open) = self.grid.as_mut().and_then(|grid| grid.cell.take()) else { return Ok(()) };
        self.struck_depth = 0;
        let cell = open.words.finish(&open.look, open.number.as_deref());
        self.sheet.put(&mut self.budget, open.row, open.column, cell)
    }

    fn close_table(&mut self) -> Result<(), Unread> {
        self.close_cell()?;
        let Some(grid) = self.grid.take() else { return Ok(()) };
        for column in grid.hidden_columns.difference(&grid.shown_columns) {
            self.sheet.hide_columns(*column, *column);
        }
        let last = self.next_row.saturating_sub(1).max(grid.first_row);
        for (from, (bottom, right)) in grid.merges {
            self.sheet.merge(from, (bottom.min(last), right));
        }
        Ok(())
    }

    /// Words outside all tables become a row of one cell.
    fn flush_words(&mut self) -> Result<(), Unread> {
        let cell = std::mem::take(&mut self.words).finish(&Look::default(), None);
        if cell != Cell::default() {
            self.sheet.put(&mut self.budget, self.next_row, 0, cell)?;
            self.next_row = self.next_row.saturating_add(1);
        }
        Ok(())
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "br" | "p"
            | "div"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "li"
            | "ul"
            | "ol"
            | "tr"
            | "td"
            | "th"
            | "body"
            | "center"
            | "caption"
            | "hr"
            | "form"
            | "head"
    )
}
