//! The name cells of a row: who is named, and what stands there instead of a name.

use domain::codes::HouseStatus;
use spreadsheet::Row;
use spreadsheet::text::tight;

use super::marks::{self, MarkedName};
use super::numbers::take_numbers;
use super::words;
use crate::structure::given::{Given, is_placeholder};
use crate::structure::layout::Layout;
use crate::structure::titles::Field;

/// One place of a row where a person may stand.
pub(crate) struct Entry {
    /// Which person of the row.
    pub(crate) index: usize,
    /// `None`: nobody is named.
    pub(crate) name: Option<String>,
    /// What marks on the name say.
    pub(crate) marks: MarkedName,
    /// Numbers that stood in the name cell.
    pub(crate) numbers: Vec<String>,
    /// The row as it is for this person, where one row lists several persons in one cell.
    pub(crate) own_row: Option<Row>,
    /// Several names stand in the cell and cannot be told apart.
    pub(crate) several: bool,
    /// The name is struck out, or an error stands in its place.
    pub(crate) is_unreadable: bool,
}

/// The name cells of a row.
pub(crate) struct Names {
    pub(crate) entries: Vec<Entry>,
    /// What a name cell says about the dwelling instead of naming somebody.
    pub(crate) status: Option<HouseStatus>,
    /// The same in words.
    pub(crate) note: String,
    /// Some name is struck out.
    pub(crate) is_struck: bool,
}

impl Names {
    pub(crate) fn has_person(&self) -> bool {
        self.entries.iter().any(|entry| entry.name.is_some())
    }

    /// How many people the row names.
    pub(crate) fn count(&self) -> usize {
        self.entries.iter().filter(|entry| entry.name.is_some() || entry.is_unreadable).count()
    }
}

/// Reads the name cells of a row.
pub(crate) fn read(row: &Row, layout: &Layout) -> Names {
    let mut names = Names { entries: Vec::new(), status: None, note: String::new(), is_struck: false };
    for index in 0..layout.persons {
        let text = layout.text(row, Field::Name, index);
        let entry = |name| Entry {
            index,
            name,
            marks: MarkedName::default(),
            numbers: Vec::new(),
            own_row: None,
            several: false,
            is_unreadable: false,
        };
        if let Some(cell) =
            layout.filled(row, Field::Name, index).next().filter(|cell| cell.is_struck || cell.says_error())
        {
            names.is_struck |= cell.is_struck;
            names.entries.push(Entry { is_unreadable: true, ..entry(None) });
            continue;
        }
        if let Some(word) = words::read_home_word(&text) {
            names.status = names.status.or(word.status);
            if names.note.is_empty() {
                names.note = word.note;
            }
            names.entries.push(entry(None));
            continue;
        }
        let (text, numbers) = take_numbers(&text);
        let pieces = divide(&text);
        let are_names = pieces.len() > 1 && pieces.iter().all(|piece| piece.chars().count() > 1);
        let ids = divide(&layout.text(row, Field::IdNo, index)).len();
        let has_no_number = !layout.has_any_number(row, index);
        if are_names && numbers.is_empty() && (ids == pieces.len() || has_no_number) {
            let rows = layout.divide(row, index, pieces.len());
            names.entries.extend(pieces.iter().zip(rows).map(|(piece, row)| {
                let (name, marks) = clean(piece);
                Entry { own_row: Some(row), marks, ..entry(name) }
            }));
        } else if are_names {
            names.entries.push(Entry { several: true, ..entry(Some(pieces.join("、"))) });
        } else {
            let (name, marks) = clean(&text);
            names.entries.push(Entry { marks, ..entry(name) });
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

/// A name without its marks, as it is shown; `None`: nobody is named.
fn clean(text: &str) -> (Option<String>, MarkedName) {
    let marks = marks::read(text);
    let has_latin = marks.name.chars().any(|c| c.is_ascii_alphabetic());
    let name = if has_latin { marks.name.split_whitespace().collect::<Vec<_>>().join(" ") } else { tight(&marks.name) };
    let is_name = !is_placeholder(&name) && !matches!(Given::of(Some(&spreadsheet::Cell::text(&name))), Given::Ditto);
    (is_name.then_some(name), marks)
}
