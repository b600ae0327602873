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

use std::collections::BTreeSet;

use domain::GridCode;
use spreadsheet::text::{numerals_to_digits, tight};
use spreadsheet::{Row, Sheet};

use crate::gather::{Opening, Reading, Scope};
use crate::people::names;
use crate::people::words;
use crate::place::door::{Above, Found, Look, Table, Who, find_door};
use crate::structure::context::{Context, Section, read_section};
use crate::structure::given::Given;
use crate::structure::header::Header;
use crate::structure::layout::Layout;
use crate::structure::sections::read_as_section;
use crate::structure::skip::skip_reason;
use crate::structure::titles::Field;
use crate::tables::{Segment, Side, begin_table, enter_sides, fill_merged, split_sheet};
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
