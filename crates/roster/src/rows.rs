//! From sheets to homes, row by row.
//!
//! Why. A sheet is not one table: there are titles, sections between the homes, sums, headers that come again, tables
//! side by side and one below the other. Each row is told what it is before anything is read from it.
//!
//! Flow: [`read_file`] → [`read_sheet`] finds the tables of a sheet (a header and the rows below it) → each row is a
//! section, no data, or a row of homes for each of the tables that stand side by side → [`read_row`] finds grid and
//! door, then hands dwelling and persons to [`Reading`].
//!
//! Failure. A row whose grid or door is not certain is set aside with its reason; nothing on it goes to another home.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use domain::GridCode;
use spreadsheet::text::{numerals_to_digits, tight};
use spreadsheet::{Row, Sheet};

use crate::gather::{Opening, Reading, Scope};
use crate::people::names;
use crate::people::words;
use crate::place::address;
use crate::place::carry::Habits;
use crate::place::door::{Above, Found, Look, Table, Who, find_door};
use crate::place::normal::{self, Dashes};
use crate::structure::context::{Context, Section, read_section};
use crate::structure::given::Given;
use crate::structure::header::Header;
use crate::structure::layout::Layout;
use crate::structure::skip::skip_reason;
use crate::structure::titles::{Field, Meaning};
use crate::{FindingCode, RosterError, RowRef};

/// A row above the header with more cells is another header, and no title.
const TITLE_CELLS: usize = 3;

/// Reads the sheets of one file.
pub(crate) fn read_file(reading: &mut Reading<'_>, file: &str, sheets: &[Sheet]) -> Result<(), RosterError> {
    let mut missing = None;
    let (mut has_roster, mut has_rows) = (false, false);
    for sheet in sheets.iter().filter(|sheet| !sheet.rows.is_empty()) {
        let at = RowRef { file: file.to_owned(), sheet: sheet.name.clone(), row: sheet.rows[0].number };
        reading.enter_sheet(&at);
        if sheet.damaged_text {
            reading.tell(&at, FindingCode::TextDamaged, "文件编码有误，个别字可能是乱码，请核对");
        }
        for row in &sheet.repaired_lines {
            let at = RowRef { row: *row, ..at.clone() };
            reading.tell(&at, FindingCode::QuoteRepaired, "引号没有成对，已按普通字符读取，请核对这一行");
        }
        if sheet.hidden {
            reading.tell(&at, FindingCode::SheetHidden, "隐藏的工作表，未读取");
            continue;
        }
        let Some(header) = Header::locate(sheet).filter(|header| !header.lists_other_records()) else {
            reading.tell(&at, FindingCode::SheetSkipped, "没有找到表头，不是台账，未读取");
            continue;
        };
        let lacking = header.find_missing();
        if !lacking.is_empty() {
            let text = format!("缺少{}列，未读取", lacking.join("、"));
            reading.tell(&at, FindingCode::SheetSkipped, text);
            missing.get_or_insert((sheet.name.clone(), lacking));
            continue;
        }
        has_roster = true;
        has_rows |= read_sheet(reading, at, sheet, header);
    }
    let file = file.to_owned();
    match (has_roster, has_rows, missing) {
        (true, true, _) => Ok(()),
        (true, false, _) => Err(RosterError::Empty { file }),
        (false, _, Some((sheet, missing))) => Err(RosterError::MissingColumns { file, sheet, missing }),
        (false, _, None) => Err(RosterError::NotARoster { file }),
    }
}

/// One table of the rows below a header.
struct Side {
    layout: Layout,
    table: Table,
    above: Option<(GridCode, Above)>,
    /// The last row read was a section.
    ends_with_section: bool,
}

/// Reads one sheet; whether it held anything.
fn read_sheet(reading: &mut Reading<'_>, mut at: RowRef, sheet: &Sheet, header: Header) -> bool {
    for row in &sheet.rows[..header.first] {
        at.row = row.number;
        reading.tell(&at, FindingCode::TitleRow, "表头上方的标题，未作为数据读取");
    }
    let is_side_by_side = header.columns.iter().any(|column| column.table.is_some());
    let titles = (sheet.rows[..header.first].iter())
        .filter(|row| row.filled().count() <= if is_side_by_side { 1 } else { TITLE_CELLS })
        .flat_map(Row::filled)
        .map(|(_, cell)| cell.text.as_str());
    let base = Context::around(&at.file, &at.sheet, titles);
    let segments = split_sheet(sheet, header);
    let sheet = fill_merged(sheet, &segments);
    let mut has_rows = false;
    let mut sides: Vec<Side> = Vec::new();
    for (position, segment) in segments.iter().enumerate() {
        at.row = sheet.rows[segment.header.first].number;
        if position > 0 {
            reading.tell(&at, FindingCode::RowSkipped, "重复的表头，已跳过");
        }
        reading.tell_columns(&at, &sheet, &segment.header);
        if segment.goes_on {
            for (side, layout) in sides.iter_mut().zip(Layout::of_header(&segment.header, segment.rows_of(&sheet))) {
                side.layout = layout;
            }
        } else {
            if position > 0 {
                reading.begin_section();
            }
            let group = segments[position..].iter().enumerate();
            let group: Vec<&Segment> =
                group.take_while(|(offset, one)| *offset == 0 || one.goes_on).map(|(_, one)| one).collect();
            sides = begin_table(&sheet, &group, &base, &sides);
        }
        has_rows |= read_table(reading, &mut at, segment.rows_of(&sheet), &base, &mut sides);
    }
    has_rows
}

/// A header and the rows below it.
struct Segment {
    header: Header,
    rows: Range<usize>,
    /// It has the columns of the one before (a page break) and goes on where that ended.
    goes_on: bool,
}

impl Segment {
    fn rows_of<'s>(&self, sheet: &'s Sheet) -> &'s [Row] {
        &sheet.rows[self.rows.clone()]
    }
}

/// The headers of a sheet with their rows.
fn split_sheet(sheet: &Sheet, first: Header) -> Vec<Segment> {
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
fn fill_merged<'s>(sheet: &'s Sheet, segments: &[Segment]) -> Cow<'s, Sheet> {
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
fn begin_table(sheet: &Sheet, group: &[&Segment], base: &Context, before: &[Side]) -> Vec<Side> {
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
fn place_titles(
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

/// Reads the rows between one header and the next; whether they held anything.
fn read_table(reading: &mut Reading<'_>, at: &mut RowRef, rows: &[Row], base: &Context, sides: &mut [Side]) -> bool {
    let mut has_rows = false;
    for row in rows {
        at.row = row.number;
        if row.hidden {
            reading.tell(at, FindingCode::RowHidden, "隐藏（或被筛选掉）的行，已照常读取，请核对是否应导入");
        }
        if sides.len() > 1 && enter_sides(row, base, sides) {
            reading.tell(at, FindingCode::SectionRow, "分段的标题行，各栏以下各行按它确定位置");
            has_rows = true;
            continue;
        }
        let layouts: Vec<&Layout> = sides.iter().map(|side| &side.layout).collect();
        match read_as_section(row, &layouts) {
            Some(Section::Place(section)) => {
                for side in sides.iter_mut() {
                    side.table.context = side.table.context.enter(base, &section);
                    side.above = None;
                    side.ends_with_section = true;
                }
                reading.tell(at, FindingCode::SectionRow, "分段的标题行，以下各行按它确定位置");
                has_rows = true;
                continue;
            }
            Some(Section::Label) => {
                for side in sides.iter_mut() {
                    side.above = None;
                    side.ends_with_section = false;
                }
                reading.begin_section();
                reading.tell(
                    at,
                    FindingCode::RowSkipped,
                    "不是住户也不是人员的一行，未导入；如是位置，请写成“1栋”“1单元”的样子",
                );
                continue;
            }
            None => {}
        }
        let count = sides.len();
        for side in sides.iter_mut() {
            side.ends_with_section = false;
            let own = side.layout.own_row(row);
            let row = own.as_ref().unwrap_or(row);
            if count > 1 && !side.layout.has_own_cells(row) {
                continue;
            }
            if let Some(why) = skip_reason(row, &side.layout) {
                reading.tell(at, FindingCode::RowSkipped, why);
                continue;
            }
            has_rows |= read_row(reading, at, row, side);
        }
    }
    has_rows
}

/// A row that says over each of the tables side by side where it is (1栋 over one, 2栋 over the other).
fn enter_sides(row: &Row, base: &Context, sides: &mut [Side]) -> bool {
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
fn survey<'s>(parts: impl Iterator<Item = (&'s [Row], &'s Layout)>, context: Context) -> Table {
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
    let dashes = match (as_unit, as_building && buildings.len() > 1) {
        (true, _) => Dashes::Unit,
        (false, true) => Dashes::Building,
        (false, false) => Dashes::Unknown,
    };
    Table { context, habits, dash_separates: dashed >= 3 && dashed == addresses, dashes, has_rooms }
}

/// Whether a row between homes says where the rows below it are; `None` for rows of data, sums and notes.
fn read_as_section(row: &Row, layouts: &[&Layout]) -> Option<Section> {
    let layout = layouts.first()?;
    let field_at = |index: usize| layouts.iter().find_map(|layout| layout.field_at(index));
    // Who leads a building may stand behind it: `1栋 楼长：癸一`.
    let without_lead =
        |text: &str| match text.find("楼长").or_else(|| text.find("栋长")).or_else(|| text.find("单元长")) {
            Some(at) if at > 0 => text[..at].to_owned(),
            _ => text.to_owned(),
        };
    let own: Vec<(usize, String)> = row
        .filled()
        .filter(|(_, cell)| !cell.copied)
        .map(|(index, cell)| (index, without_lead(&tight(&cell.text))))
        .filter(|(_, text)| !text.starts_with("楼长") && !text.starts_with("栋长") && !text.starts_with("单元长"))
        .filter(|(index, text)| !(layout.serials.contains(index) && text.bytes().all(|b| b.is_ascii_digit())))
        .collect();
    let fields: Vec<Option<Field>> = own.iter().map(|(index, _)| field_at(*index)).collect();
    let is_of_door_or_person = |field: &Option<Field>| {
        !matches!(
            field,
            None | Some(Field::Compound | Field::Group | Field::Building | Field::Unit | Field::Grid | Field::Floor)
        )
    };
    if own.is_empty() || own.len() > 3 || skip_reason(row, layout).is_some() {
        return None;
    }
    match own.len() {
        1 => {
            let text = &own[0].1;
            let read = read_section(text);
            let holds_building = |context: &Context| !context.building.is_empty() || !context.unit.is_empty();
            match fields[0] {
                Some(Field::Name | Field::HeadName) if !is_like_a_name(text) => Some(read),
                Some(Field::Room | Field::Address) if is_prose(text) => Some(Section::Label),
                Some(Field::Name | Field::HeadName) => {
                    matches!(&read, Section::Place(context) if holds_building(context)).then_some(read)
                }
                Some(Field::Room | Field::Address | Field::Chamber | Field::Plate) => match read {
                    // An address with a door is a home that nobody lives in; a word without one may be any place.
                    Section::Place(context) => Some(Section::Place(context)),
                    Section::Label if is_like_a_room(text) => None,
                    Section::Label => Some(Section::Label),
                },
                Some(Field::Building) if text.ends_with('号') || !layout.has(Field::Room) => None,
                Some(Field::Building | Field::Unit | Field::Compound | Field::Group | Field::Grid)
                    if is_prose(text) || text.chars().count() > 16 =>
                {
                    Some(Section::Label)
                }
                Some(field @ (Field::Building | Field::Unit | Field::Compound | Field::Group | Field::Grid)) => {
                    Some(Section::Place(match read {
                        Section::Place(context) if context != Context::default() => context,
                        Section::Place(_) | Section::Label => Context::of_cell(field, text),
                    }))
                }
                Some(Field::Remark | Field::WorkOrSchool | Field::CareTags) => {
                    let is_building = matches!(&read, Section::Place(context) if holds_building(context));
                    is_building.then_some(read)
                }
                Some(_) if text.bytes().filter(u8::is_ascii_digit).count() >= 5 => None,
                Some(_) => matches!(read, Section::Place(_)).then_some(read),
                None => (text.chars().count() <= 40).then_some(read),
            }
        }
        2..=3 if !fields.iter().any(is_of_door_or_person) => {
            let is_cells = fields.iter().all(|field| {
                matches!(field, Some(Field::Compound | Field::Group | Field::Building | Field::Unit | Field::Grid))
            });
            if is_cells && layout.has(Field::Room) {
                let mut context = Context::default();
                for ((_, text), field) in own.iter().zip(&fields) {
                    context = context.with_cell((*field)?, text);
                }
                return Some(Section::Place(context));
            }
            let joined: String = own.iter().map(|(_, text)| text.as_str()).collect();
            match read_section(&joined) {
                place @ Section::Place(_) => Some(place),
                Section::Label => None,
            }
        }
        _ => None,
    }
}

/// Whether a text that stands alone in the column of doors is a door: it has digits, or is a word for a room.
fn is_like_a_room(text: &str) -> bool {
    const ROOMS: [&str; 20] = [
        "室", "铺", "店", "房", "户", "库", "车位", "门面", "顶层", "底层", "阁楼", "地下", "负", "岗", "亭", "间",
        "厅", "号", "门卫", "物业",
    ];
    let starts_with_digit = text.trim_start_matches(['-', '负']).starts_with(|c: char| c.is_ascii_alphanumeric());
    let is_level = text.ends_with(['层', '排']);
    !is_level && (starts_with_digit || text.chars().count() >= 3 && ROOMS.iter().any(|word| text.contains(word)))
        || text.contains(['号', '室', '房', '栋', '幢', '-']) && address::split(text, false).is_some()
}

/// Whether a text is a note between rows.
fn is_prose(text: &str) -> bool {
    ["以下", "以上", "接上", "接下", "续表", "新增", "说明", "注："].iter().any(|word| text.contains(word))
}

/// Whether a text that stands alone in the column of names may be a name: short, without digits and brackets.
fn is_like_a_name(text: &str) -> bool {
    let has_dot = text.contains(['·', '•', '.', '・']);
    let has_latin = text.chars().any(|c| c.is_ascii_alphabetic());
    let is_short = text.chars().count() <= 12 || has_dot || has_latin;
    let is_title =
        ["住户", "登记", "名单", "名册", "台账", "人口", "信息", "统计", "如下"].iter().any(|word| text.contains(word));
    is_short
        && !is_title
        && !is_prose(text)
        && !text.chars().any(|c| c.is_ascii_digit())
        && !text.starts_with(['(', '[', '【'])
}

/// Reads one row of one table; whether it held a dwelling or a person.
fn read_row(reading: &mut Reading<'_>, at: &RowRef, row: &Row, side: &mut Side) -> bool {
    let Side { layout, table, above, .. } = side;
    if row.filled().all(|(_, cell)| cell.is_struck) {
        reading.set_aside(at, FindingCode::RowStruck, "已划掉的行，未导入，请核对", 1);
        forget_home(above, row, layout);
        return true;
    }
    let names = names::read(row, layout);
    let has_number = (0..layout.persons).any(|person| layout.has_any_number(row, person))
        || names.entries.iter().any(|entry| !entry.numbers.is_empty());
    let has_door = [Field::Room, Field::Address, Field::Building, Field::RegisteredAddress].into_iter().any(|field| {
        let is_own = layout.filled(row, field, 0).any(|cell| !cell.copied);
        is_own && !matches!(layout.given(row, field), Given::Blank | Given::Nothing | Given::Ditto)
    });
    if !names.has_person() && !has_door {
        let (code, why) = if has_number {
            (FindingCode::NameMissing, "有证件号码或电话但没有姓名，此行未导入")
        } else if names.is_struck {
            (FindingCode::RowStruck, "已划掉的行，未导入，请核对")
        } else {
            (FindingCode::RowSkipped, "没有姓名也没有房号，已跳过")
        };
        if code == FindingCode::RowSkipped {
            reading.tell(at, code, why);
        } else {
            reading.set_aside(at, code, why, 1);
            forget_home(above, row, layout);
        }
        return has_number;
    }
    let persons = names.count();
    let says_relation = matches!(layout.given(row, Field::Relation), Given::Value(_));
    if !names.has_person() && names.status.is_none() && names.note.is_empty() && says_relation {
        let why = "有与户主的关系但没有姓名，整行可能错了一列，此行未导入";
        reading.set_aside(at, FindingCode::NameMissing, why, 1);
        forget_home(above, row, layout);
        return true;
    }
    let room = layout.given(row, Field::Room);
    let room_is_words = matches!(&room, Given::Value(text) if !text.chars().any(|c| c.is_numeric()));
    if !names.has_person() && has_number && room_is_words {
        let why = "房号里没有数字，也没有姓名，整行可能错了一列，此行未导入";
        reading.set_aside(at, FindingCode::NameMissing, why, 1);
        forget_home(above, row, layout);
        return true;
    }
    if !names.has_person() && names.entries.iter().any(|entry| !entry.numbers.is_empty()) {
        let why = "姓名格里是号码，没有姓名，整行可能错了一列，此行未导入";
        reading.set_aside(at, FindingCode::NameMissing, why, 1);
        forget_home(above, row, layout);
        return true;
    }
    let numbers = [Field::IdNo, Field::Tel].into_iter().flat_map(|field| layout.cells(row, field, 0));
    let has_slipped = numbers.into_iter().any(|cell| words::is_relation(&cell.text));
    if has_slipped || names.entries.iter().filter_map(|entry| entry.name.as_deref()).any(words::is_relation) {
        let why = "姓名或号码的格里写的是与户主的关系，整行可能错了一列，此行未导入";
        reading.set_aside(at, FindingCode::NameMissing, why, persons);
        forget_home(above, row, layout);
        return true;
    }
    let is_alone = row.filled().filter(|(_, cell)| !cell.copied).count() == 1;
    let may_be_a_place = |entry: &names::Entry| {
        entry.name.as_deref().is_some_and(|name| matches!(read_section(name), Section::Place(_)))
    };
    if is_alone && names.entries.iter().any(may_be_a_place) {
        let why = "只有这一格，可能是小区或村组的名称，也可能是姓名，不能确定，此行未导入";
        reading.set_aside(at, FindingCode::DoorUncertain, why, persons);
        reading.begin_section();
        *above = None;
        return true;
    }
    let grid = match find_grid(reading, at, row, layout, table, above.as_ref().map(|(grid, _)| grid)) {
        Ok(grid) => {
            reading.note_grid();
            grid
        }
        Err((code, why)) => {
            reading.set_aside(at, code, why, persons);
            forget_home(above, row, layout);
            return true;
        }
    };
    let before = above.as_ref().filter(|(known, _)| *known == grid).map(|(_, above)| above);
    let who = Who {
        is_known_above: reading.lists_above(row, layout, &names),
        is_awaited_above: reading.awaits_head_above(),
        ..read_who(row, layout)
    };
    let look = Look { at, row, layout, table, above: before, who: &who };
    let door = match find_door(reading, &look) {
        Found::Door(door) => door,
        Found::Nowhere(code, why, outer) => {
            reading.set_aside(at, code, why, persons);
            // A word alone on its row may be the name of another place: nothing below it is joined with what is above.
            if row.filled().filter(|(_, cell)| !cell.copied).count() == 1 {
                reading.begin_section();
            }
            if let Some((place, outer)) = outer {
                *above = Some((grid, Above { place, outer, is_home: false, head: who.head }));
                return true;
            }
            if above.as_ref().is_none_or(|(known, _)| *known != grid) {
                *above = None;
            }
            forget_home(above, row, layout);
            return true;
        }
    };
    let head = if who.head.is_empty() && door.is_continued {
        before.map(|above| above.head.clone()).unwrap_or_default()
    } else {
        who.head.clone()
    };
    let opening = Opening { grid: grid.clone(), door: &door, row, layout, names: &names };
    let Some((household, is_new)) = reading.open_household(at, &opening) else {
        let why =
            "同一个门牌在别处（另一张表、另一个文件或另一段）也有，但没有写全小区和楼栋，不能确定是同一户，此行未导入";
        reading.set_aside(at, FindingCode::DoorUncertain, why, persons);
        *above = Some((grid, Above { place: door.place, outer: door.outer, is_home: false, head }));
        return true;
    };
    *above = Some((grid, Above { place: door.place.clone(), outer: door.outer.clone(), is_home: true, head }));
    reading.read_dwelling(at, row, layout, household, &door, &names);
    if !names.has_person() && !is_new && !has_number {
        reading.tell(at, FindingCode::HouseholdRepeated, "同一户在前面已列出，此行没有姓名，未增加人员");
    }
    // Numbers that stood in the door's cells are those of the only person on the row.
    let of_door = if names.count() == 1 { door.numbers.as_slice() } else { &[] };
    for entry in names.entries {
        let of_person = if entry.name.is_some() { of_door } else { &[] };
        reading.read_person(at, row, layout, household, (entry, of_person));
    }
    true
}

/// After a row that has no certain home: rows that continue it have none either, and what it says itself of its place is
/// not known to those below it.
fn forget_home(above: &mut Option<(GridCode, Above)>, row: &Row, layout: &Layout) {
    let outer = [Field::Grid, Field::Compound, Field::Group, Field::Building, Field::Unit, Field::Address];
    let says_place = outer.into_iter().any(|field| !matches!(layout.given(row, field), Given::Blank | Given::Ditto));
    match above {
        Some((known, _)) if !says_place || layout.says_only_grid(row, known) => {
            if let Some((_, above)) = above {
                above.is_home = false;
                above.place.room.clear();
            }
        }
        _ => *above = None,
    }
}

/// What the persons of a row say about whose home it is.
fn read_who(row: &Row, layout: &Layout) -> Who {
    let relation = layout.text(row, Field::Relation, 0);
    let read = words::read_relation(&relation).ok().flatten();
    let head = layout.cells(row, Field::HeadName, 0).find(|cell| !cell.copied);
    Who {
        has_relation: read.is_some(),
        is_head: read == Some(domain::codes::Relation::Head) || layout.names_are_heads(),
        head: head.map(|cell| crate::name_key(&cell.text)).unwrap_or_default(),
        is_known_above: false,
        is_awaited_above: false,
    }
}

/// Why a row has no grid.
type Reason = (FindingCode, &'static str);

/// The grid of a row.
fn find_grid(
    reading: &mut Reading<'_>,
    at: &RowRef,
    row: &Row,
    layout: &Layout,
    table: &Table,
    above: Option<&GridCode>,
) -> Result<GridCode, Reason> {
    let given = layout.given(row, Field::Grid);
    let around = table.context.grid.clone().or_else(|| reading.options.grid.clone());
    let named = match &given {
        Given::Value(text) => tight(text.strip_suffix(".0").unwrap_or(text)),
        Given::Ditto => return above.cloned().ok_or_else(|| reading.lack_grid(at)),
        Given::Error => return Err((FindingCode::GridMissing, "网格列是错误值，不能确定是哪个网格，此行未导入")),
        Given::Blank if layout.has(Field::Grid) && above.is_some() => {
            let only = table.habits.only(Field::Grid);
            let has_door = [Field::Room, Field::Address, Field::Building]
                .into_iter()
                .any(|field| layout.filled(row, field, 0).any(|cell| !cell.copied));
            let is_clear = !has_door || table.habits.fills_down(Field::Grid) || only.is_some();
            let why = (FindingCode::GridMissing, "网格没有填写，别的行都写了，不知是哪个网格，此行未导入");
            return above.filter(|_| is_clear).cloned().ok_or(why);
        }
        Given::Blank | Given::Nothing | Given::Typed(_) => table.context.grid_name.clone(),
    };
    let codes: BTreeSet<GridCode> =
        named.split(|c: char| !c.is_ascii_digit()).filter_map(|run| run.parse::<GridCode>().ok()).collect();
    match codes.len() {
        0 => {}
        1 => return codes.into_iter().next().ok_or_else(|| reading.lack_grid(at)),
        _ => return Err((FindingCode::GridMissing, "一格里有几个网格编码，不知是哪个网格，此行未导入")),
    }
    let Some(grid) = around else { return Err(reading.lack_grid(at)) };
    if named.is_empty() {
        return Ok(grid);
    }
    if named.bytes().filter(u8::is_ascii_digit).count() >= 10 {
        return Err((FindingCode::GridMissing, "网格编码不是 15 位数字，不知是哪个网格，此行未导入"));
    }
    let name = numerals_to_digits(named.trim_start_matches('第')).to_uppercase();
    match reading.name_grid(&grid, &name) {
        Scope::Known => {}
        Scope::New => {
            let text = "网格列不是 15 位网格编码，已按指定的网格导入（本表以下名称相同的各行相同）";
            reading.tell(at, FindingCode::GridMissing, text);
        }
        Scope::Other => {
            let why = "网格名称与前面各行不同，不能都是指定的那一个网格，此行未导入；请写上网格编码或分开导入";
            return Err((FindingCode::GridOther, why));
        }
    }
    Ok(grid)
}
