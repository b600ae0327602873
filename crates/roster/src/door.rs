//! Which door a row belongs to.

use domain::household::Place;

use super::address;
use super::layout::Layout;
use super::numbers::take_numbers;
use super::rows::Reading;
use super::titles::Field;
use super::{FindingCode, RowRef};
use spreadsheet::Row;
use spreadsheet::text::{cut, is_nothing, tight};

/// Most characters of each part of a door.
const PART_LIMIT: usize = 60;

/// A door, and the numbers of persons that stood in its cells.
pub(crate) struct Door {
    pub(crate) place: Place,
    pub(crate) numbers: Vec<String>,
}

/// What the row itself gives.
#[derive(Default)]
struct Own {
    place: Place,
    /// The cell holds a whole address: nothing above it is missing in it.
    is_whole: bool,
    numbers: Vec<String>,
}

/// The door of a row, with blank parts taken from the row above.
pub(crate) fn find_door(
    reading: &mut Reading<'_>,
    at: &RowRef,
    row: &Row,
    layout: &Layout,
    above: Option<&Place>,
) -> Option<Door> {
    let Own { place: mut own, is_whole, numbers } = read_own_parts(reading, at, row, layout);
    let blank = Place::default();
    let is_whole = is_whole || !layout.has(Field::Room) && own != blank;
    let above = above.filter(|_| !is_whole).unwrap_or(&blank);
    let is_empty = |part: &str| part.is_empty();
    let same = |part: &str, before: &str| part.is_empty() || part == before;
    let same_compound = same(&own.compound, &above.compound);
    let same_building = same_compound && same(&own.building, &above.building);
    let same_unit = same_building && same(&own.unit, &above.unit);
    let is_new_door = !is_empty(&own.room);
    if is_empty(&own.unit) && same_building && (is_empty(&own.building) || !is_new_door) {
        own.unit.clone_from(&above.unit);
    }
    if is_empty(&own.building) && same_compound {
        own.building.clone_from(&above.building);
    }
    if is_empty(&own.room) && same_unit {
        own.room.clone_from(&above.room);
    }
    if is_empty(&own.compound) {
        own.compound.clone_from(&above.compound);
    }
    if is_empty(&own.room) && !is_empty(&own.building) {
        reading.tell(at, FindingCode::RoomMissing, "没有房号，已把楼栋（门牌）当作整户");
        own.room = std::mem::take(&mut own.building);
    }
    for (title, part) in
        [("小区", &mut own.compound), ("楼栋", &mut own.building), ("单元", &mut own.unit), ("房号", &mut own.room)]
    {
        let (text, was_cut) = cut(part, PART_LIMIT);
        if was_cut {
            reading.tell(at, FindingCode::TextCut, format!("“{title}”超过 {PART_LIMIT} 字，已截断，请核对"));
            *part = text;
        }
    }
    (!is_empty(&own.room)).then_some(Door { place: own, numbers })
}

/// The parts that the row itself gives (merged cells count as its own).
fn read_own_parts(reading: &mut Reading<'_>, at: &RowRef, row: &Row, layout: &Layout) -> Own {
    let mut found = Own::default();
    let mut part = |reading: &mut Reading<'_>, field| {
        let text = layout.text(row, field, 0);
        if is_nothing(&text) { String::new() } else { read_part(reading, at, &text, &mut found) }
    };
    let mut own = Place {
        compound: tight(&part(reading, Field::Compound)),
        building: part(reading, Field::Building),
        unit: address::show_unit(&part(reading, Field::Unit)),
        room: part(reading, Field::Room),
    };
    let has_door_columns = layout.has(Field::Room) || layout.has(Field::Address) || layout.has(Field::Building);
    let address = part(reading, if has_door_columns { Field::Address } else { Field::RegisteredAddress });
    if !found.numbers.is_empty() && own.room.is_empty() && address.is_empty() {
        // A number instead of a door: the columns have slipped, and the row above is not meant.
        found.is_whole = true;
        return found;
    }
    if own.building.is_empty() && own.unit.is_empty() && is_whole_address(&own.room) {
        found.is_whole = true;
        let split = if own.compound.is_empty() { address::split(&own.room) } else { None };
        let whole = Place { room: own.room.clone(), compound: own.compound.clone(), ..Place::default() };
        return Own { place: split.unwrap_or(whole), ..found };
    }
    // A cell may hold more than its column says: `3栋2单元` under 楼栋, `3栋2单元402` or `3-2-402` under 房号.
    if own.building.contains("单元")
        && let Some(place) = address::split(&format!("{}0", own.building))
    {
        own.building = place.building;
        fill(&mut own.unit, place.unit);
    }
    own.building = address::show_building(&own.building);
    let room = tight(&own.room);
    let is_full_door = room.contains("单元") || room.contains('栋') || room.contains('幢');
    let is_dashed = own.building.is_empty() && own.unit.is_empty() && room.contains('-');
    if (is_full_door || is_dashed)
        && let Some(place) = address::split(&room)
    {
        own.room = place.room;
        fill(&mut own.building, place.building);
        fill(&mut own.unit, place.unit);
        fill(&mut own.compound, place.compound);
    } else {
        own.room = address::show_room(&shorten_room(&room, &own));
    }
    if own != Place::default() {
        fill(&mut own.building, layout.of_sheet.building.clone());
        fill(&mut own.compound, layout.of_sheet.compound.clone());
    }
    if !address.is_empty() {
        read_address(reading, at, &address, &mut own);
    }
    Own { place: own, ..found }
}

/// Splits an address in one cell.
fn read_address(reading: &mut Reading<'_>, at: &RowRef, text: &str, own: &mut Place) {
    match address::split(text) {
        Some(place) => {
            fill(&mut own.compound, place.compound);
            fill(&mut own.building, place.building);
            fill(&mut own.unit, place.unit);
            fill(&mut own.room, place.room);
        }
        None if !own.room.is_empty() => fill(&mut own.compound, tight(text)),
        None => {
            reading.tell(at, FindingCode::AddressUnclear, "地址里没有楼栋门牌，已整段作为门牌保留，请核对");
            own.room = cut(&tight(text), PART_LIMIT).0;
        }
    }
}

/// A part of a door without numbers of persons and without what the spreadsheet made of it.
fn read_part(reading: &mut Reading<'_>, at: &RowRef, text: &str, found: &mut Own) -> String {
    if let Some(door) = restore_door(text) {
        reading.tell(at, FindingCode::DateInPlace, "房号或楼栋被表格软件变成了日期，已按“月-日”还原，请核对");
        return door;
    }
    // Doors may be written in many short pieces (1101-1102); only what is long at a stretch is somebody's number.
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    let stretch = tight(text).split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    if stretch < 7 && digits < 11 {
        return text.to_owned();
    }
    let (rest, numbers) = take_numbers(text);
    if !numbers.is_empty() {
        reading.tell(at, FindingCode::ValueNotKept, "地址里有电话或证件号码，已移到人员资料，请核对");
        found.numbers.extend(numbers);
    }
    rest
}

/// `3-2` behind a date that a spreadsheet made of it: `2026-03-02`, `2026/3/2`, `3月2日`. A year of the first decade
/// was typed as well: `2001-10-03` is `1-10-3`.
fn restore_door(text: &str) -> Option<String> {
    let text = tight(text);
    let text = text.split_once('T').map_or(text.as_str(), |(date, _)| date);
    if let Some((month, day)) = text.strip_suffix('日').and_then(|text| text.split_once('月')) {
        let (month, day): (u8, u8) = (month.parse().ok()?, day.parse().ok()?);
        return Some(format!("{month}-{day}"));
    }
    let parts: Vec<&str> = text.split(['-', '/']).collect();
    let [year, month, day] = parts[..] else { return None };
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let (year, month, day): (u16, u8, u8) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let is_date = (1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    let typed_year = if (2001..=2012).contains(&year) { format!("{}-", year - 2000) } else { String::new() };
    is_date.then(|| format!("{typed_year}{month}-{day}"))
}

/// Whether a room cell holds an address of its own: `北门街12号`, not `商铺12` or `东单元2`.
fn is_whole_address(room: &str) -> bool {
    const INSIDE: [&str; 22] = [
        "单元", "栋", "幢", "座", "楼", "层", "铺", "门面", "门市", "店", "库", "车位", "地下", "负", "底商", "阁",
        "杂物", "平房", "宿舍", "户", "室", "房",
    ];
    let room = tight(room);
    let name: String = room.chars().take_while(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect();
    let begins_with_number = name.starts_with(|c| "一二三四五六七八九十".contains(c));
    name.chars().count() >= 2
        && !begins_with_number
        && room[name.len()..].starts_with(|c: char| c.is_ascii_digit())
        && !INSIDE.iter().any(|word| name.contains(word))
}

/// Puts a value where there is none.
pub(crate) fn fill(part: &mut String, value: String) {
    if part.is_empty() {
        *part = value;
    }
}

/// `1-2-402` under 房号 beside 1栋 and 2单元 repeats them.
fn shorten_room(room: &str, own: &Place) -> String {
    let number = |text: &str| text.chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    match room.split('-').collect::<Vec<_>>()[..] {
        [building, unit, room] if building == number(&own.building) && unit == number(&own.unit) => room.to_owned(),
        _ => room.to_owned(),
    }
}
