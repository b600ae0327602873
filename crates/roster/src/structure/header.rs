//! Which row is the header, and which column means what.
//!
//! The header is where most titles are recognised (see `titles`). It may take up to three rows; the upper ones group
//! (户主信息 over 姓名, 电话).

use std::collections::BTreeSet;

use spreadsheet::text::tight;
use spreadsheet::{Row, Sheet};

use super::columns;
use super::context::{Section, read_section};
use super::titles::{Field, Meaning, OTHER_PEOPLE, OWNERS, recognise};

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) index: usize,
    pub(crate) title: String,
    pub(crate) meaning: Meaning,
    /// Which of the tables that stand side by side; `None`: there is one, or the column belongs to all.
    pub(crate) table: Option<usize>,
    /// Which person of a row that lists several side by side; 0 for the first and for dwellings.
    pub(crate) person: usize,
    /// A second column of a field that has one value.
    pub(crate) repeated: bool,
    /// Whose value it holds is not certain: it is told and not taken.
    pub(crate) is_unclear: bool,
}

impl Column {
    pub(super) const fn new(index: usize, title: String, meaning: Meaning) -> Self {
        Self { index, title, meaning, table: None, person: 0, repeated: false, is_unclear: false }
    }
}

/// A located header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// Index into the sheet's rows of the first header row.
    pub(crate) first: usize,
    /// Index of the first row below the header.
    pub(crate) below: usize,
    pub(crate) columns: Vec<Column>,
}

/// How far down a header may stand.
const SEARCH_ROWS: usize = 60;
/// Most header rows.
const HEADER_ROWS: usize = 3;

impl Header {
    /// The header of a sheet: the rows in which most fields are recognised.
    pub(crate) fn locate(sheet: &Sheet) -> Option<Self> {
        let mut best: Option<(usize, Self)> = None;
        for first in 0..sheet.rows.len().min(SEARCH_ROWS) {
            let Some((score, header)) = Self::try_at(sheet, first) else { continue };
            // The first that has all a list needs: what stands above a later and wider one would pass for titles.
            if header.find_missing().is_empty()
                && best.as_ref().is_none_or(|(_, other)| !other.find_missing().is_empty())
            {
                return Some(Self::try_lower(sheet, first, score).unwrap_or(header));
            }
            // A title right above must not pass for a group of titles: of equals that overlap, the lower begins.
            let is_better = |(most, other): &(usize, Self)| score > *most || score == *most && first < other.below;
            if best.as_ref().is_none_or(is_better) {
                best = Some((score, header));
            }
        }
        best.map(|(_, header)| header)
    }

    /// The header of the row below, where it is as good: the row above it was its title.
    fn try_lower(sheet: &Sheet, first: usize, score: usize) -> Option<Self> {
        let (lower, header) = Self::try_at(sheet, first + 1)?;
        (lower >= score && header.find_missing().is_empty()).then_some(header)
    }

    /// The header that begins at a row, with as many rows as make it clearer; and how many fields it has.
    fn try_at(sheet: &Sheet, first: usize) -> Option<(usize, Self)> {
        let mut best: Option<(usize, Self)> = None;
        for height in 1..=HEADER_ROWS {
            let Some(rows) = sheet.rows.get(first..first + height) else { break };
            // One cell over the whole width is a title or a section, not a row of titles.
            let is_title_above = height > 1 && rows[..height - 1].iter().any(|row| row.filled().count() == 1);
            let mut lowest = rows[height - 1].filled();
            let has_own_title_above =
                |index: usize| height > 1 && rows[height - 2].cell(index).is_some_and(|cell| !cell.is_blank());
            let mut single = rows[height - 1].filled();
            let is_single = match (single.next(), single.next()) {
                (Some((index, _)), None) => has_own_title_above(index),
                _ => false,
            };
            let is_title = is_single
                || height > 1
                    && lowest.next().is_some_and(|(_, cell)| matches!(read_section(&cell.text), Section::Place(_)))
                    && lowest.next().is_none();
            if rows.iter().any(looks_like_data) || is_title || is_title_above {
                break;
            }
            let columns = read_columns(sheet, rows);
            let score = distinct_fields(&columns).len();
            if best.as_ref().is_none_or(|(most, _)| score > *most) {
                best = Some((score, Self { first, below: first + height, columns }));
            }
        }
        best.filter(|(_, header)| header.is_convincing())
    }

    /// Whether a row further down is a header again; then what it says.
    pub(crate) fn repeat_at(&self, sheet: &Sheet, index: usize) -> Option<Self> {
        let row = &sheet.rows[index];
        // Values may look like titles (`海棠小区`, `东单元`); a header says 姓名 or repeats the titles.
        let is_title = |column: &&Column| row.cell(column.index).is_some_and(|cell| tight(&cell.text) == column.title);
        let says_name = row.filled().any(|(_, cell)| tight(&cell.text).contains("姓名"));
        if looks_like_data(row) || !says_name && self.columns.iter().filter(is_title).count() < 3 {
            return None;
        }
        let fields: BTreeSet<_> = row.filled().filter_map(|(_, cell)| recognise(&cell.text).field()).collect();
        let is_all = row.filled().all(|(_, cell)| recognise(&cell.text) != Meaning::Unknown);
        if fields.len() < 3 && !(says_name && fields.len() == 2 && is_all) {
            return None;
        }
        Self::try_at(sheet, index).map(|(_, header)| header)
    }

    fn is_convincing(&self) -> bool {
        let fields = distinct_fields(&self.columns);
        let names = fields.contains(&Field::Name) || fields.contains(&Field::HeadName);
        fields.len() >= 3 || fields.len() == 2 && names
    }

    /// Whether the rows are visits or incidents of our own export, which name homes but list nobody.
    pub(crate) fn lists_other_records(&self) -> bool {
        const IDS: [&str; 4] = ["走访标识", "事件标识", "事件编号", "环节标识"];
        self.columns.iter().any(|column| IDS.contains(&column.title.as_str()))
    }

    /// Whether another header has the same fields of the same persons, in whatever order.
    pub(crate) fn has_columns_of(&self, other: &Self) -> bool {
        let fields = |header: &Self| -> BTreeSet<(Option<usize>, usize, Field)> {
            let field_of = |column: &Column| column.meaning.field().map(|field| (column.table, column.person, field));
            header.columns.iter().filter_map(field_of).collect()
        };
        fields(self) == fields(other)
    }

    pub(crate) fn has(&self, field: Field) -> bool {
        self.columns.iter().any(|column| column.meaning == Meaning::Field(field))
    }

    /// Names of columns without which no household can be read.
    pub(crate) fn find_missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        // Lists of homes: our own (with their ids), and lists of owners.
        let is_of_homes = self.has(Field::HouseholdId) || self.columns.iter().any(|c| c.meaning == Meaning::Owner);
        if !(self.has(Field::Name) || self.has(Field::HeadName) || is_of_homes) {
            missing.push("“姓名”");
        }
        let fields = distinct_fields(&self.columns);
        let where_at_all = fields.iter().any(|field| field.says_where()) || fields.contains(&Field::RegisteredAddress);
        let has_door = self.has(Field::Room)
            || self.has(Field::Address)
            || self.has(Field::RegisteredAddress)
            || self.has(Field::Building);
        if !where_at_all || !has_door {
            missing.push("“房号”或“详细地址”");
        }
        missing
    }
}

fn distinct_fields(columns: &[Column]) -> BTreeSet<Field> {
    columns.iter().filter_map(|column| column.meaning.field()).collect()
}

/// A row with long numbers, or numbers of doors, is no header.
fn looks_like_data(row: &Row) -> bool {
    row.filled().any(|(_, cell)| {
        let text = tight(&cell.text);
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let all_digits = digits == text.len();
        all_digits || digits >= 5 || text.starts_with(|c: char| c.is_ascii_digit()) && digits > 0 && text.len() < 12
    })
}

fn read_columns(sheet: &Sheet, rows: &[Row]) -> Vec<Column> {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let mut columns = Vec::new();
    let mut groups = vec![String::new(); rows.len()];
    for index in 0..width {
        let mut titles = Vec::new();
        for (level, row) in rows.iter().enumerate() {
            let own = row.cell(index).map(|cell| tight(&cell.text)).unwrap_or_default();
            let is_last = level + 1 == rows.len();
            let below = rows[level + 1..].iter().any(|row| row.cell(index).is_some_and(|cell| !cell.is_blank()));
            let covered = sheet.merges.iter().any(|merge| {
                merge.top <= row.number && row.number <= merge.bottom && (merge.left..=merge.right).contains(&index)
            });
            if !own.is_empty() {
                groups[level] = own.clone();
                titles.push(own);
            } else if !is_last && below && (covered || sheet.merges.is_empty()) && !groups[level].is_empty() {
                titles.push(groups[level].clone());
            } else if !is_last && !covered {
                groups[level].clear();
            }
        }
        if titles.is_empty() {
            continue;
        }
        columns.push(Column::new(index, titles.join("/"), recognise_stack(&titles)));
    }
    columns::assign(&mut columns);
    columns
}

/// A title under its group titles. The group decides whose value it is, the lowest title what it is.
fn recognise_stack(titles: &[String]) -> Meaning {
    let lowest = titles.last().map_or("", String::as_str);
    if titles.len() == 1 {
        return recognise(lowest);
    }
    let joined = titles.concat();
    let belongs_to_somebody = OTHER_PEOPLE
        .iter()
        .chain(OWNERS)
        .chain(&["户主"])
        .any(|who| titles[..titles.len() - 1].iter().any(|title| title.contains(who)));
    let order = if belongs_to_somebody { [joined.as_str(), lowest] } else { [lowest, joined.as_str()] };
    let meanings = order.map(recognise);
    if belongs_to_somebody && joined.chars().count() <= 16 {
        return meanings[0];
    }
    let upper = titles[..titles.len() - 1].iter().rev().map(|title| recognise(title));
    meanings.into_iter().chain(upper).find(|meaning| *meaning != Meaning::Unknown).unwrap_or(Meaning::Unknown)
}
