//! The columns of one sheet, looked up by what they hold.

use std::collections::BTreeMap;

use domain::household::Place;

use super::address;
use super::header::{Column, Header};
use super::names;
use super::titles::{Field, Meaning};
use spreadsheet::text::plain;
use spreadsheet::{Cell, Row, Sheet};

/// The columns of one sheet by what they hold.
pub(crate) struct Layout {
    columns: BTreeMap<(Field, usize), Vec<usize>>,
    pub(crate) persons: usize,
    /// The name column is the head's: one row per household.
    names_are_heads: bool,
    pub(crate) serials: Vec<usize>,
    /// Compound and building that the sheet's name or title gives, where no column does (one sheet per building).
    pub(crate) of_sheet: Place,
}

impl Layout {
    /// The layout of a sheet, with what its name and titles say about the place.
    pub(crate) fn of_sheet(sheet: &Sheet, header: &Header) -> Self {
        let mut layout = Self::of(header);
        if !(layout.has(Field::Building) || layout.has(Field::Address)) {
            let titles = sheet.rows[..header.first].iter().flat_map(Row::filled).map(|(_, cell)| cell.text.as_str());
            let found = std::iter::once(sheet.name.as_str()).chain(titles).find_map(find_building);
            layout.of_sheet = found.unwrap_or_default();
        }
        layout
    }

    fn of(header: &Header) -> Self {
        let mut columns: BTreeMap<(Field, usize), Vec<usize>> = BTreeMap::new();
        let mut serials = Vec::new();
        for column in &header.columns {
            match column.meaning {
                Meaning::Field(field) => columns.entry((field, column.person)).or_default().push(column.index),
                Meaning::Serial => serials.push(column.index),
                Meaning::NotKept | Meaning::Unknown => {}
            }
        }
        let is_name = |column: &&Column| column.meaning == Meaning::Field(Field::Name);
        let names_are_heads = header.columns.iter().find(is_name).is_some_and(|column| column.title.contains("户主"));
        let persons = columns.keys().map(|(_, person)| person + 1).max().unwrap_or(1);
        Self { columns, persons, names_are_heads, serials, of_sheet: Place::default() }
    }

    /// The first filled cell of a field.
    pub(crate) fn cell<'r>(&self, row: &'r Row, field: Field, person: usize) -> Option<&'r Cell> {
        self.cells(row, field, person).next()
    }

    /// All filled cells of a field.
    pub(crate) fn cells<'r>(&self, row: &'r Row, field: Field, person: usize) -> impl Iterator<Item = &'r Cell> {
        let indices = self.columns.get(&(field, person)).map_or(&[][..], Vec::as_slice);
        indices.iter().filter_map(|index| row.cell(*index)).filter(|cell| !cell.is_blank())
    }

    pub(crate) fn text(&self, row: &Row, field: Field, person: usize) -> String {
        self.cell(row, field, person).map(|cell| plain(&cell.text).into_owned()).unwrap_or_default()
    }

    pub(crate) fn has(&self, field: Field) -> bool {
        self.columns.keys().any(|(known, _)| *known == field)
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

/// Compound and building named in a title, e.g. `海棠花园3栋人口信息表`.
fn find_building(title: &str) -> Option<Place> {
    let place = address::split(title)?;
    let is_named = ["栋", "幢", "座", "楼"].iter().any(|mark| place.building.contains(mark) && title.contains(mark));
    let is_plain = !domain::text::holds_number(&place.compound);
    (is_named && is_plain).then(|| Place { compound: place.compound, building: place.building, ..Place::default() })
}
