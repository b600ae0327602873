//! The one normal form of a door, by which two spellings are the same home and two homes are never one.
//!
//! Why. `3栋`, `3号楼`, `三幢` and `03#` are one building; `101室`, `101号` and `１０１` one room; room `1-101` of a building
//! is room 101 of its unit 1. But `-101` is below `101`, `101A` and `101-1` are beside it, `101(东)` is not `101(西)`, and
//! `12号附1` is not `12号`: whatever differs in more than spelling stays in the form.
//!
//! Flow: a [`Place`] as shown → [`settle_dashes`] → part by part → `compound|building|unit|room`.

use domain::household::Place;
use spreadsheet::text::{numerals_to_digits, plain};

use super::address;

/// The door as one comparable text: compound|building|unit|room.
pub(crate) fn door_key(place: &Place) -> String {
    let mut place = place.clone();
    settle_dashes(&mut place, Dashes::Unknown, 1);
    [
        compound_key(&place.compound, &place.building),
        building_key(&place.building, &place.compound),
        unit_of(&place.unit),
        room_key(&place.room),
    ]
    .map(|part| part.replace('|', "/"))
    .join("|")
}

/// `海棠花园小区` and `海棠花园` are one compound, and so is `海棠花园1栋` where the building is `1栋`.
fn compound_key(compound: &str, building: &str) -> String {
    let mut text = squeeze(compound).to_uppercase();
    text.retain(|c| !"()[]【】·".contains(c));
    let text = address::drop_administrative(&text);
    let number = part_key(building, BUILDING_MARKS);
    let mut text = match address::read_prefix(text) {
        Some(inside) if !number.is_empty() && part_key(&inside.building, BUILDING_MARKS) == number => inside.compound,
        _ => text.to_owned(),
    };
    if let Some(bare) = text.strip_suffix("小区").filter(|bare| bare.chars().count() >= 2) {
        text = bare.to_owned();
    }
    numerals_inside(&text)
}

fn building_key(building: &str, compound: &str) -> String {
    let text = squeeze(building);
    let compound = squeeze(compound);
    let own = if compound.is_empty() { &text } else { text.strip_prefix(compound.as_str()).unwrap_or(&text) };
    part_key(if own.is_empty() { &text } else { own }, BUILDING_MARKS)
}

/// Whether two names of buildings are one building.
pub(crate) fn is_same_building(one: &str, other: &str) -> bool {
    building_of(one) == building_of(other)
}

/// Whether two rooms are one.
pub(crate) fn is_same_room(one: &str, other: &str) -> bool {
    room_key(one) == room_key(other)
}

/// The comparable form of a building by itself.
pub(crate) fn building_of(text: &str) -> String {
    part_key(text, BUILDING_MARKS)
}

/// The comparable form of a unit by itself.
pub(crate) fn unit_of(text: &str) -> String {
    part_key(text, UNIT_MARKS)
}

/// The comparable form of a compound by itself.
pub(crate) fn compound_of(text: &str) -> String {
    compound_key(text, "")
}

/// Marks behind the number of a unit.
const UNIT_MARKS: &[&str] = &["单元", "梯", "门"];

/// Marks behind the number of a building; one number with any of them is one building.
const BUILDING_MARKS: &[&str] = &["号大楼", "号楼", "#楼", "栋楼", "栋", "幢", "座", "楼", "#"];

fn part_key(text: &str, marks: &[&str]) -> String {
    let text = numerals_to_digits(squeeze(text).to_uppercase().trim_start_matches('第'));
    let bare = marks.iter().find_map(|mark| text.strip_suffix(mark)).filter(|bare| !bare.is_empty()).unwrap_or(&text);
    without_leading_zeros(bare)
}

fn room_key(room: &str) -> String {
    let text = squeeze(room).to_uppercase();
    let (below, text) = match text.strip_prefix(['-', '负']) {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => ("-", rest.to_owned()),
        _ => ("", text),
    };
    let text = numerals_to_digits(&text);
    let bare = ["号室", "号房", "室", "房", "号", "户", "#"]
        .iter()
        .find_map(|mark| text.strip_suffix(mark))
        .filter(|bare| bare.ends_with(|c: char| c.is_ascii_alphanumeric()))
        .unwrap_or(&text);
    format!("{below}{}", without_leading_zeros(bare))
}

/// `01` → `1`, `0A3` stays; `0` itself stays.
fn without_leading_zeros(text: &str) -> String {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let bare = number.trim_start_matches('0');
    let bare = if bare.is_empty() && !number.is_empty() { "0" } else { bare };
    format!("{bare}{rest}")
}

/// 一期 → 1期, wherever it stands.
fn numerals_inside(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_ordinal = first == '第'
            && rest[first.len_utf8()..].starts_with(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
        if is_ordinal {
            rest = &rest[first.len_utf8()..];
            continue;
        }
        if "一二三四五六七八九十〇零两".contains(first) {
            let end = rest.find(|c: char| !"一二三四五六七八九十〇零两".contains(c)).unwrap_or(rest.len());
            out.push_str(&numerals_to_digits(&rest[..end]));
            rest = &rest[end..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// What the dashes of a list's rooms stand for, as far as the list itself shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Dashes {
    /// Not shown.
    #[default]
    Unknown,
    /// `2-101` in building 1: the unit.
    Unit,
    /// `3-101` in building 3, `4-101` in building 4: the building again.
    Building,
}

/// Room `1-101` of a building without unit is room 101 of unit 1; `3-1-101` in building 3 repeats both. A room whose
/// first number is the building's may be either and stays as it is. Rooms shorter than `shortest` digits stay as they
/// are: `3-2` is shown as it was written, though it compares as room 2 of unit 3.
pub(crate) fn settle_dashes(place: &mut Place, dashes: Dashes, shortest: usize) {
    let room = squeeze(&place.room);
    let building = part_key(&place.building, BUILDING_MARKS);
    if building.is_empty() || building.ends_with('号') {
        return;
    }
    let parts: Vec<String> = room.split('-').map(numerals_to_digits).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let is_short = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let is_room = |part: &str| {
        let part = part.strip_prefix('负').unwrap_or(part);
        part.starts_with(|c: char| c.is_ascii_digit()) && part.is_ascii() && (shortest..=5).contains(&part.len())
    };
    let number = |part: &str| without_leading_zeros(part);
    let own_unit = unit_of(&place.unit);
    match parts[..] {
        [first, second, third]
            if number(first) == building
                && is_short(second)
                && is_room(third)
                && (own_unit.is_empty() || own_unit == number(second)) =>
        {
            place.unit = address::show_unit(if place.unit.is_empty() { second } else { &place.unit });
            place.room = third.to_owned();
        }
        [first, second] if is_short(first) && is_room(second) => {
            let first = number(first);
            let repeats_building = first == building;
            if own_unit == first {
                place.room = second.to_owned();
            } else if own_unit.is_empty() && (!repeats_building || dashes == Dashes::Unit) {
                place.unit = address::show_unit(&first);
                place.room = second.to_owned();
            } else if repeats_building && dashes == Dashes::Building {
                place.room = second.to_owned();
            }
        }
        _ => {}
    }
}

/// The room on a floor: `3` and `01` are 301, `3` and `301` are 301, `-1` and `5` are -105. A room that names another
/// floor keeps both.
pub(crate) fn join_floor(floor: i32, room: &str) -> String {
    let is_number = !room.is_empty() && room.bytes().all(|b| b.is_ascii_digit());
    let (sign, number) = if floor < 0 { ("-", -floor) } else { ("", floor) };
    let prefix = number.to_string();
    if room.starts_with('-') && floor < 0 && room[1..].starts_with(&prefix) {
        return room.to_owned();
    }
    // `01A`: the letter belongs to the flat.
    let digits = room.len() - room.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (flat, letters) = room.split_at(digits);
    if !letters.is_empty() && letters.bytes().all(|b| b.is_ascii_alphabetic()) && digits > 0 {
        return format!("{}{letters}", join_floor(floor, flat));
    }
    match (is_number, room.len()) {
        (true, 1..=2) => format!("{sign}{prefix}{room:0>2}"),
        (true, length) if length == prefix.len() + 2 && room.starts_with(&prefix) => format!("{sign}{room}"),
        _ => format!("{sign}{prefix}层{room}"),
    }
}

/// A floor: `3`, `3楼`, `三层`, `3F`, `负1`, `-1`, `B1`.
pub(crate) fn read_floor(text: &str) -> Option<i32> {
    let text = squeeze(text).to_uppercase();
    let text = text.trim_start_matches('第');
    let text = ["楼", "层", "F"].iter().find_map(|mark| text.strip_suffix(mark)).unwrap_or(text);
    let (sign, number) = match text.strip_prefix("地下").or_else(|| text.strip_prefix(['-', '负', 'B'])) {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let number = numerals_to_digits(number);
    let number = number.strip_suffix(".0").unwrap_or(&number);
    if number.is_empty() || number.len() > 3 {
        return None;
    }
    number.parse::<i32>().ok().filter(|number| *number > 0).map(|number| sign * number)
}

pub(crate) fn squeeze(text: &str) -> String {
    plain(text).chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(compound: &str, building: &str, unit: &str, room: &str) -> String {
        let [compound, building, unit, room] = [compound, building, unit, room].map(str::to_owned);
        door_key(&Place { compound, building, unit, room })
    }

    #[test]
    fn spellings_of_one_door_are_one() {
        let door = "海棠花园|3|1|301";
        for (compound, building, unit, room) in [
            ("海棠花园", "3栋", "1单元", "301"),
            ("海棠 花园小区", "三幢", "一单元", "３０１室"),
            ("海棠街道北门社区海棠花园", "03号楼", "1", "0301"),
            ("海棠花园3栋", "3栋", "1门", "301号"),
            ("海棠花园", "海棠花园3#", "1梯", "三〇一"),
            ("海棠花园", "3座", "", "1-301"),
            ("海棠花园", "3栋", "1单元", "1-301"),
            ("海棠花园", "3栋", "", "3-1-301"),
        ] {
            assert_eq!(key(compound, building, unit, room), door, "{compound} {building} {unit} {room}");
        }
    }

    #[test]
    fn doors_that_differ_in_anything_real_stay_two() {
        let rooms =
            ["101", "-101", "101A", "101-1", "1101", "101(东)", "101(西)", "B101", "12附1", "101-102", "地下101"];
        for (position, one) in rooms.iter().enumerate() {
            for other in &rooms[position + 1..] {
                assert_ne!(key("甲苑", "1栋", "1单元", one), key("甲苑", "1栋", "1单元", other), "{one} {other}");
            }
        }
        let compounds = [
            "都市花园",
            "城市花园",
            "东区花园",
            "西区花园",
            "古镇花园",
            "水乡人家",
            "梦乡人家",
            "金都市花园",
            "银都市花园",
        ];
        for (position, one) in compounds.iter().enumerate() {
            for other in &compounds[position + 1..] {
                assert_ne!(key(one, "1栋", "1单元", "101"), key(other, "1栋", "1单元", "101"), "{one} {other}");
            }
        }
        assert_ne!(key("", "1号", "", "402"), key("", "1栋", "", "402"));
        assert_ne!(key("海棠花园一期", "1栋", "", "101"), key("海棠花园二期", "1栋", "", "101"));
        assert_ne!(key("海棠花园A区", "1栋", "", "101"), key("海棠花园B区", "1栋", "", "101"));
        assert_ne!(key("", "3栋", "", "3-101"), key("", "3栋", "", "101"), "unit 3 or building 3");
        assert_ne!(key("", "3栋", "2单元", "1-101"), key("", "3栋", "2单元", "101"));
        assert_eq!(key("", "1栋", "", "负101"), key("", "1栋", "", "-101"));
        assert_eq!(key("海棠花园一期", "1栋", "", "101"), key("海棠花园1期", "1栋", "", "101"));
    }

    #[test]
    fn floors_and_rooms_in_columns_of_their_own() {
        for (floor, room, door) in [
            (3, "01", "301"),
            (3, "1", "301"),
            (3, "301", "301"),
            (12, "1203", "1203"),
            (-1, "5", "-105"),
            (-1, "-105", "-105"),
            (2, "101", "2层101"),
            (3, "东室", "3层东室"),
        ] {
            assert_eq!(join_floor(floor, room), door);
        }
        for (text, floor) in [("3", 3), ("三层", 3), ("3F", 3), ("负1", -1), ("B1", -1), ("负一层", -1), ("12楼", 12)]
        {
            assert_eq!(read_floor(text), Some(floor), "{text}");
        }
        assert_eq!(read_floor("顶层"), None);
    }
}
