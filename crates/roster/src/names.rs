//! The name cells of a row: who is named, and what stands there instead of a name.

use domain::codes::HouseStatus;

use super::cells;
use super::layout::Layout;
use super::numbers::take_numbers;
use super::titles::Field;
use spreadsheet::Row;
use spreadsheet::text::{is_nothing, tight};

/// One place of a row where a person may stand.
pub(crate) struct Entry {
    /// Which person of the row.
    pub(crate) index: usize,
    /// `None`: nobody is named.
    pub(crate) name: Option<String>,
    /// Numbers that stood in the name cell.
    pub(crate) numbers: Vec<String>,
    /// The row as it is for this person, where one row lists several persons in one cell.
    pub(crate) own_row: Option<Row>,
    /// Several names stand in the cell and cannot be told apart.
    pub(crate) several: bool,
}

/// The name cells of a row.
pub(crate) struct Names {
    pub(crate) entries: Vec<Entry>,
    /// What a name cell says about the dwelling instead of naming somebody.
    pub(crate) status: Option<HouseStatus>,
}

impl Names {
    pub(crate) fn has_person(&self) -> bool {
        self.entries.iter().any(|entry| entry.name.is_some())
    }
}

/// Reads the name cells of a row.
pub(crate) fn read(row: &Row, layout: &Layout) -> Names {
    let mut names = Names { entries: Vec::new(), status: None };
    for index in 0..layout.persons {
        let text = layout.text(row, Field::Name, index);
        let entry = |name| Entry { index, name, numbers: Vec::new(), own_row: None, several: false };
        if let Some(status) = cells::status_of_name(&text) {
            names.status = Some(status);
            names.entries.push(entry(None));
            continue;
        }
        let (text, numbers) = take_numbers(&text);
        let pieces = divide(&text);
        let are_names = pieces.len() > 1 && pieces.iter().all(|piece| piece.chars().count() > 1);
        let ids = divide(&layout.text(row, Field::IdNo, index)).len();
        if are_names && ids == pieces.len() {
            let rows = layout.divide(row, index, pieces.len());
            names.entries.extend(
                pieces.iter().zip(rows).map(|(piece, row)| Entry { own_row: Some(row), ..entry(clean(piece)) }),
            );
        } else {
            let name = if are_names { Some(pieces.join("、")) } else { clean(&text) };
            names.entries.push(Entry { several: are_names, ..entry(name) });
        }
        if let Some(first) = names.entries.iter_mut().find(|entry| entry.index == index) {
            first.numbers = numbers;
        }
    }
    names
}

/// The pieces of a cell that holds one value per line, or values with signs between them.
pub(crate) fn divide(text: &str) -> Vec<String> {
    text.split(['\n', '、', ',', ';', '/'])
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .map(str::to_owned)
        .collect()
}

fn clean(text: &str) -> Option<String> {
    let has_latin = text.chars().any(|c| c.is_ascii_alphabetic());
    let name = if has_latin { text.split_whitespace().collect::<Vec<_>>().join(" ") } else { tight(text) };
    (!is_nothing(&name)).then_some(name)
}
