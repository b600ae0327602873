//! The tables of a sheet: a header and the rows below it, one below the other and side by side.
//!
//! Why. A page break repeats the header, an office puts a second list below the first or beside it. What is true of the
//! whole table (how it writes its doors) is counted over all its parts before any row is read.
//!
//! Flow: [`split_sheet`] → [`fill_merged`] → [`begin_table`] ([`survey`], titles over each table) → rows are read by
//! `rows`; [`enter_sides`] takes a row that names a place over each table.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use domain::GridCode;
use spreadsheet::text::tight;
use spreadsheet::{Row, Sheet};

use crate::place::address;
use crate::place::carry::Habits;
use crate::place::door::{Above, Table};
use crate::place::normal::{self, Dashes};
use crate::structure::context::{Context, Section, read_section};
use crate::structure::given::Given;
use crate::structure::header::Header;
use crate::structure::layout::Layout;
use crate::structure::sections::read_as_section;
use crate::structure::titles::{Field, Meaning};

/// One table of the rows below a header.
pub(crate) struct Side {
    pub(crate) layout: Layout,
    pub(crate) table: Table,
    pub(crate) above: Option<(GridCode, Above)>,
    /// The last row read was a section.
    pub(crate) ends_with_section: bool,
}

/// A header and the rows below it.
pub(crate) struct Segment {
    pub(crate) header: Header,
    pub(crate) rows: Range<usize>,
    /// It has the columns of the one before (a page break) and goes on where that ended.
    pub(crate) goes_on: bool,
}

impl Segment {
    pub(crate) fn rows_of<'s>(&self, sheet: &'s Sheet) -> &'s [Row] {
        &sheet.rows[self.rows.clone()]
    }
}

/// The headers of a sheet with their rows.
pub(crate) fn split_sheet(sheet: &Sheet, first: Header) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut header = first;
    loop {
        let next = (header.below..sheet.rows.len()).find_map(|index| header.repeat_at(sheet, index));
        let end = next.as_ref().map_or(sheet.rows.len(), |next| next.first);
        let goes_on = segments.last().is_some_and(|before| before.header.has_columns_of(&header));
        let rows = header.below..end;
        segments.push(Segment { header, rows, goes_on });
        match next {
            Some(next) => header = next,
            None => return segments,
        }
    }
}

/// The sheet with the values of merged ranges in every row that they span, as far as they speak of the dwelling.
pub(crate) fn fill_merged<'s>(sheet: &'s Sheet, segments: &[Segment]) -> Cow<'s, Sheet> {
    if sheet.merges.iter().all(|merge| merge.bottom == merge.top) {
        return Cow::Borrowed(sheet);
    }
    // From which row on which columns speak of the dwelling.
    let of_dwelling: Vec<(u32, BTreeSet<usize>)> = segments
        .iter()
        .map(|segment| {
            let columns = segment.header.columns.iter();
            let is_wanted = |meaning| matches!(meaning, Meaning::Field(field) if field.is_of_dwelling());
            let first = sheet.rows.get(segment.header.below).map_or(u32::MAX, |row| row.number);
            (first, columns.filter(|column| is_wanted(column.meaning)).map(|column| column.index).collect())
        })
        .collect();
    let mut filled = sheet.clone();
    filled.fill_merges(|merge| {
        let of = of_dwelling.iter().rev().find(|(first, _)| *first <= merge.bottom);
        of.is_some_and(|(_, columns)| columns.contains(&merge.left))
    });
    Cow::Owned(filled)
}

/// The tables below a header and below those that go on with it. Of what was said before only a section right above the
/// header holds.
pub(crate) fn begin_table(sheet: &Sheet, group: &[&Segment], base: &Context, before: &[Side]) -> Vec<Side> {
    let section = before.first().filter(|side| side.ends_with_section).map(|side| side.table.context.clone());
    let context = section.unwrap_or_else(|| base.clone());
    let layouts: Vec<Vec<Layout>> =
        group.iter().map(|segment| Layout::of_header(&segment.header, segment.rows_of(sheet))).collect();
    let count = layouts.first().map_or(0, Vec::len);
    let tables: Vec<Table> = (0..count)
        .map(|side| {
            let parts = group
                .iter()
                .zip(&layouts)
                .filter_map(|(segment, layouts)| layouts.get(side).map(|layout| (segment.rows_of(sheet), layout)));
            survey(parts, context.clone())
        })
        .collect();
    let first = layouts.into_iter().next().unwrap_or_default();
    let tables = if first.len() > 1 { place_titles(sheet, group, &first, base, tables) } else { tables };
    let begin = |(layout, table)| Side { layout, table, above: None, ends_with_section: false };
    first.into_iter().zip(tables).map(begin).collect()
}

/// Titles over tables side by side are each its table's: a row of several titles above the header.
pub(crate) fn place_titles(
    sheet: &Sheet,
    group: &[&Segment],
    layouts: &[Layout],
    base: &Context,
    tables: Vec<Table>,
) -> Vec<Table> {
    let Some(first) = group.first() else { return tables };
    let above = &sheet.rows[..first.header.first];
    let is_several = |row: &&Row| row.filled().count() > 1;
    let titles: Vec<&Row> = above.iter().rev().take(3).filter(is_several).collect();
    let place = |(mut table, layout): (Table, &Layout)| {
        for row in &titles {
            for (_, cell) in row.filled().filter(|(index, _)| layout.spans(*index)) {
                if let Section::Place(section) = read_section(&cell.text) {
                    table.context = base.enter(base, &section);
                }
            }
        }
        table
    };
    tables.into_iter().zip(layouts).map(place).collect()
}

/// A row that says over each of the tables side by side where it is (1栋 over one, 2栋 over the other).
pub(crate) fn enter_sides(row: &Row, base: &Context, sides: &mut [Side]) -> bool {
    let mut found: Vec<Option<Context>> = Vec::new();
    for side in sides.iter() {
        let mut cells = row.filled().filter(|(index, _)| side.layout.spans(*index));
        let (first, more) = (cells.next(), cells.next());
        match (first, more) {
            (None, _) => found.push(None),
            (Some((_, cell)), None) => match read_section(&cell.text) {
                Section::Place(context) => found.push(Some(context)),
                Section::Label => return false,
            },
            (Some(_), Some(_)) => return false,
        }
    }
    let count = found.iter().flatten().count();
    let is_all = row.filled().all(|(index, _)| sides.iter().any(|side| side.layout.spans(index)));
    // One cell alone may stand over all tables.
    if !is_all || count < 2 {
        return false;
    }
    for (side, section) in sides.iter_mut().zip(found) {
        if let Some(section) = section {
            side.table.context = side.table.context.enter(base, &section);
            side.above = None;
            side.ends_with_section = true;
        }
    }
    true
}

/// What a table's doors show as a whole.
pub(crate) fn survey<'s>(parts: impl Iterator<Item = (&'s [Row], &'s Layout)>, context: Context) -> Table {
    let own: Vec<Result<(Cow<'_, Row>, &Layout), Section>> = parts
        .flat_map(|(rows, layout)| rows.iter().map(move |row| (row, layout)))
        .map(|(row, layout)| match read_as_section(row, &[layout]) {
            Some(section) => Err(section),
            None => Ok((layout.own_row(row).map_or(Cow::Borrowed(row), Cow::Owned), layout)),
        })
        .collect();
    let habits = Habits::of(own.iter().map(|one| one.as_ref().ok().map(|(row, layout)| (row.as_ref(), *layout))));
    let mut building = context.building.clone();
    let (mut dashed, mut addresses) = (0_usize, 0_usize);
    let (mut as_unit, mut as_building, mut buildings) = (false, true, BTreeSet::new());
    let mut has_rooms = own.iter().flatten().any(|(_, layout)| layout.has(Field::Room));
    // Villas: without any column of rooms each building stands once.
    let mut seen = BTreeSet::new();
    has_rooms |= own.iter().flatten().any(
        |(row, layout)| matches!(layout.given(row, Field::Building), Given::Value(text) if !seen.insert(text.clone())),
    );
    for one in &own {
        let (row, layout) = match one {
            Ok(row) => row,
            Err(Section::Place(section)) => {
                building.clone_from(&section.building);
                continue;
            }
            Err(Section::Label) => continue,
        };
        if let Given::Value(text) = layout.given(row, Field::Building) {
            building = text;
        }
        if let Given::Value(text) = layout.given(row, Field::Address) {
            addresses += 1;
            let text = tight(&text);
            dashed += usize::from(["栋-", "幢-", "楼-", "座-"].iter().any(|mark| text.contains(mark)));
            has_rooms |= address::split(&text, false).is_some_and(|place| !place.room.is_empty());
        }
        if let Given::Value(room) = layout.given(row, Field::Room)
            && !building.is_empty()
            && let Some((first, _)) = room.split_once('-').filter(|(first, _)| (1..=2).contains(&first.chars().count()))
        {
            let repeats = normal::is_same_building(first, &building);
            as_unit |= !repeats;
            as_building &= repeats;
            buildings.insert(normal::building_of(&building));
        }
    }
    let counts_homes = own.iter().flatten().any(|(row, layout)| {
        let has_door =
            [Field::Room, Field::Address].into_iter().any(|field| layout.filled(row, field, 0).next().is_some());
        !layout.serials.is_empty()
            && layout.filled(row, Field::Name, 0).next().is_some()
            && !has_door
            && !layout.has_serial(row)
    });
    let dashes = match (as_unit, as_building && buildings.len() > 1) {
        (true, _) => Dashes::Unit,
        (false, true) => Dashes::Building,
        (false, false) => Dashes::Unknown,
    };
    Table { context, counts_homes, habits, dash_separates: dashed >= 3 && dashed == addresses, dashes, has_rooms }
}
