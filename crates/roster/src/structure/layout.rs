//! The columns of one table of a sheet, looked up by what they hold.

use std::collections::BTreeMap;

use domain::GridCode;
use spreadsheet::formula::unguard_formula;
use spreadsheet::text::{plain, prose};
use spreadsheet::{Cell, Row};

use super::given::Given;
use super::header::{Column, Header};
use super::titles::{Field, Meaning};
use crate::people::{names, words};

/// The columns of one table by what they hold.
pub(crate) struct Layout {
    columns: BTreeMap<(Field, usize), Vec<usize>>,
    pub(crate) persons: usize,
    /// The name column is the head's: one row per household.
    names_are_heads: bool,
    /// The members of a row are numbered beside the head (成员1, 成员2): the head is one person more.
    pub(crate) head_is_beside: bool,
    pub(crate) serials: Vec<usize>,
    /// Columns of this table alone, and of the other tables on the same rows.
    exclusive: Vec<usize>,
    foreign: Vec<usize>,
}

impl Layout {
    /// The layouts of a header: one for each of the tables that stand side by side. `rows` are those below it.
    pub(crate) fn of_header(header: &Header, rows: &[Row]) -> Vec<Self> {
        let tables = header.columns.iter().filter_map(|column| column.table).max().map_or(1, |last| last + 1);
        (0..tables).map(|table| Self::of_table(header, table, rows)).collect()
    }

    fn of_table(header: &Header, table: usize, rows: &[Row]) -> Self {
        let is_own = |column: &&Column| column.table.is_none_or(|of| of == table);
        let mut columns: BTreeMap<(Field, usize), Vec<usize>> = BTreeMap::new();
        let mut serials = Vec::new();
        for column in header.columns.iter().filter(is_own).filter(|column| !column.is_unclear) {
            match column.meaning {
                Meaning::Field(Field::State) => {
                    let field = settle_state(column, rows);
                    columns.entry((field, column.person)).or_default().push(column.index);
                }
                Meaning::Field(field) => columns.entry((field, column.person)).or_default().push(column.index),
                Meaning::Serial => serials.push(column.index),
                Meaning::NotKept | Meaning::Owner | Meaning::NotResidents | Meaning::Reason | Meaning::Unknown => {}
            }
        }
        let is_name = |column: &&Column| column.meaning == Meaning::Field(Field::Name);
        let first_name = header.columns.iter().filter(is_own).find(is_name);
        let names_are_heads = first_name.is_some_and(|column| column.title.contains("户主"));
        let persons = columns.keys().map(|(_, person)| person + 1).max().unwrap_or(1);
        let head_is_beside = first_name.is_some_and(|column| column.title.contains("成员"))
            && columns.contains_key(&(Field::HeadName, 0));
        let is_foreign = |column: &&Column| !is_own(column) || column.meaning == Meaning::Reason;
        let foreign = header.columns.iter().filter(is_foreign).map(|column| column.index).collect();
        let exclusive =
            header.columns.iter().filter(|column| column.table == Some(table)).map(|column| column.index).collect();
        Self { columns, persons, names_are_heads, head_is_beside, serials, exclusive, foreign }
    }

    /// A row without the cells of other tables; `None` when it has none of them.
    pub(crate) fn own_row(&self, row: &Row) -> Option<Row> {
        if self.foreign.is_empty() {
            return None;
        }
        let mut own = row.clone();
        for index in &self.foreign {
            if let Some(cell) = own.cells.get_mut(*index) {
                *cell = Cell::default();
            }
        }
        Some(own)
    }

    /// The first filled cell of a field that holds a value: none that failed or was struck out.
    pub(crate) fn cell<'r>(&self, row: &'r Row, field: Field, person: usize) -> Option<&'r Cell> {
        self.cells(row, field, person).next()
    }

    /// All cells of a field that hold a value.
    pub(crate) fn cells<'r>(&self, row: &'r Row, field: Field, person: usize) -> impl Iterator<Item = &'r Cell> {
        self.filled(row, field, person).filter(|cell| !cell.says_error() && !cell.is_struck)
    }

    /// All filled cells of a field.
    pub(crate) fn filled<'r>(&self, row: &'r Row, field: Field, person: usize) -> impl Iterator<Item = &'r Cell> {
        self.indices(field, person).iter().filter_map(|index| row.cell(*index)).filter(|cell| !cell.is_blank())
    }

    fn indices(&self, field: Field, person: usize) -> &[usize] {
        self.columns.get(&(field, person)).map_or(&[][..], Vec::as_slice)
    }

    /// What the cells of a dwelling's field give.
    pub(crate) fn given(&self, row: &Row, field: Field) -> Given {
        let mut cells = self.filled(row, field, 0);
        let Some(first) = cells.next() else { return Given::Blank };
        if first.is_struck {
            return Given::Error;
        }
        let given = Given::of(Some(first));
        let Given::Value(mut text) = given else { return given };
        // Two columns of one part (街巷 and 小区) are two parts of the door.
        for other in cells {
            match Given::of(Some(other)) {
                Given::Value(more) if !text.contains(&more) && !other.is_struck => {
                    text = if field == Field::Room { format!("{text}-{more}") } else { format!("{text}{more}") };
                }
                Given::Error => return Given::Error,
                Given::Value(_) | Given::Blank | Given::Nothing | Given::Ditto | Given::Typed(_) => {}
            }
        }
        Given::Value(text)
    }

    pub(crate) fn text(&self, row: &Row, field: Field, person: usize) -> String {
        self.cell(row, field, person).map(|cell| plain(unguard_formula(&cell.text)).into_owned()).unwrap_or_default()
    }

    /// The first cell of a field as it was written.
    pub(crate) fn prose(&self, row: &Row, field: Field, person: usize) -> String {
        self.cell(row, field, person).map(|cell| prose(unguard_formula(&cell.text))).unwrap_or_default()
    }

    pub(crate) fn has(&self, field: Field) -> bool {
        self.columns.keys().any(|(known, _)| *known == field)
    }

    /// Whether all that a row says of its place is a grid, and that one.
    pub(crate) fn says_only_grid(&self, row: &Row, grid: &GridCode) -> bool {
        let inner = [Field::Compound, Field::Group, Field::Building, Field::Unit, Field::Address];
        let is_blank = |field| matches!(self.given(row, field), Given::Blank | Given::Ditto);
        inner.into_iter().all(is_blank) && self.text(row, Field::Grid, 0).contains(grid.as_str())
    }

    /// Whether a column is of no use to this table.
    pub(crate) fn passes_over(&self, index: usize) -> bool {
        self.foreign.contains(&index)
    }

    /// Whether a running number stands on a row.
    pub(crate) fn has_serial(&self, row: &Row) -> bool {
        self.serials.iter().any(|index| row.cell(*index).is_some_and(|cell| !cell.is_blank()))
    }

    /// Whether a column lies within this table.
    pub(crate) fn spans(&self, index: usize) -> bool {
        let (first, last) = (self.exclusive.first(), self.exclusive.last());
        first.is_some_and(|first| *first <= index) && last.is_some_and(|last| index <= *last)
    }

    /// Whether a row fills a column that belongs to this table alone.
    pub(crate) fn has_own_cells(&self, row: &Row) -> bool {
        row.filled().any(|(index, _)| self.exclusive.contains(&index))
    }

    /// The column of a field in which 同上 stands.
    pub(crate) fn ditto_at(&self, row: &Row, field: Field, person: usize) -> Option<usize> {
        self.indices(field, person).iter().copied().find(|index| Given::of(row.cell(*index)) == Given::Ditto)
    }

    /// What the column holds; `None` for columns that are not taken.
    pub(crate) fn field_at(&self, index: usize) -> Option<Field> {
        self.columns.iter().find(|(_, indices)| indices.contains(&index)).map(|((field, _), _)| *field)
    }

    pub(crate) const fn names_are_heads(&self) -> bool {
        self.names_are_heads
    }

    /// Whether a row has a number of a person beside their name.
    pub(crate) fn has_any_number(&self, row: &Row, person: usize) -> bool {
        let holds_digits = |cell: &Cell| cell.text.chars().filter(|c| c.is_numeric()).count() >= 3;
        [Field::IdNo, Field::Tel].into_iter().any(|field| self.cells(row, field, person).any(holds_digits))
    }

    /// A row that lists `count` persons in the cells of one, as a row for each; cells that do not divide are the
    /// first one's, except those that speak of all.
    pub(crate) fn divide(&self, row: &Row, person: usize, count: usize) -> Vec<Row> {
        let mut rows = vec![row.clone(); count];
        for ((field, _), indices) in self.columns.iter().filter(|((_, of), _)| *of == person) {
            if field.is_of_dwelling() || matches!(field, Field::PopulationType | Field::IdKind) {
                continue;
            }
            for index in indices {
                let Some(text) = row.cell(*index).map(|cell| plain(&cell.text).into_owned()) else { continue };
                let pieces = names::divide(&text);
                for (position, row) in rows.iter_mut().enumerate() {
                    if pieces.len() == count {
                        row.cells[*index] = Cell::text(pieces[position].clone());
                    } else if position > 0 {
                        row.cells[*index] = Cell::default();
                    }
                }
            }
        }
        rows
    }
}

/// Whether a column of states speaks of homes (自住, 空置) or of people (死亡, 迁出), by the words that only one of them
/// has; without such words by its title.
fn settle_state(column: &Column, rows: &[Row]) -> Field {
    let (mut of_homes, mut of_people) = (0_usize, 0_usize);
    for cell in rows.iter().filter_map(|row| row.cell(column.index)).filter(|cell| !cell.is_blank()) {
        match words::whose_state(&cell.text) {
            Some(words::Whose::Home) => of_homes += 1,
            Some(words::Whose::Person) => of_people += 1,
            None => {}
        }
    }
    let title_says_people =
        ["人员", "人口", "居民", "在住", "户籍", "变动", "人户"].iter().any(|word| column.title.contains(word));
    match (of_homes, of_people) {
        (0, 0) if title_says_people => Field::Residence,
        (homes, people) if people > homes => Field::Residence,
        (0, 0) | (_, 0) => Field::HouseStatus,
        _ => Field::State,
    }
}
