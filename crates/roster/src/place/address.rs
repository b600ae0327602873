//! Doors: splitting an address written in one cell, and the plain and the comparable form of its parts.
//!
//! `海棠街道北门社区海棠花园1栋1单元402室` → compound 海棠花园, building 1栋, unit 1单元, room 402. What the office writes is
//! kept for the screen (`1幢` stays `1幢`); what is compared is the key (`1幢`, `1栋`, `01栋`, `1号楼` are one building).

use domain::household::Place;

use spreadsheet::text::{numerals_to_digits, plain};

use super::normal::{self, squeeze};
use crate::structure::given::is_placeholder;

/// Marks of a building behind its number, the longer first.
const BUILDING_MARKS: [&str; 7] = ["号楼", "#楼", "#", "栋", "幢", "座", "号大楼"];
/// Marks of a stairwell behind its number.
const UNIT_MARKS: [&str; 3] = ["单元", "梯", "门"];
/// Ends of administrative names that stand before the compound.
const ADMINISTRATIVE: [&str; 5] = ["街道办事处", "街道", "社区居委会", "社区", "居委会"];

/// Building as shown: `1` → `1栋`, `01栋` → `1栋`, `三栋` → `3栋`, `1#楼` → `1号楼`.
pub(crate) fn show_building(text: &str) -> String {
    let text = squeeze(text);
    if is_placeholder(&text) {
        return String::new();
    }
    let text = numerals_to_digits(text.strip_prefix('第').unwrap_or(&text));
    let (number, rest) = split_number(&text);
    match rest {
        _ if number.is_empty() => text,
        "" | "#" | "栋楼" => format!("{number}栋"),
        "#楼" => format!("{number}号楼"),
        rest => format!("{number}{rest}"),
    }
}

/// Unit as shown: `1` → `1单元`, `一单元` → `1单元`.
pub(crate) fn show_unit(text: &str) -> String {
    let text = squeeze(text);
    if is_placeholder(&text) {
        return String::new();
    }
    let text = numerals_to_digits(text.strip_prefix('第').unwrap_or(&text));
    let (number, rest) = split_number(&text);
    match rest {
        _ if number.is_empty() => text,
        "" | "#" => format!("{number}单元"),
        rest => format!("{number}{rest}"),
    }
}

/// Room as shown: `402室` → `402`; `12号` stays, it is a house number.
pub(crate) fn show_room(text: &str) -> String {
    let text = squeeze(text);
    if is_placeholder(&text) {
        return String::new();
    }
    for mark in ["号室", "室", "号房", "房", "户"] {
        if let Some(number) = text.strip_suffix(mark)
            && number.ends_with(|c: char| c.is_ascii_alphanumeric())
        {
            return number.to_ascii_uppercase();
        }
    }
    if text.is_ascii() { text.to_ascii_uppercase() } else { text }
}

/// Compound, building and unit of a text that says nothing else: `海棠花园3栋2单元`, `一单元`. `None` for anything more, and
/// for several buildings (`1-3栋`).
pub(crate) fn read_prefix(text: &str) -> Option<Place> {
    let (before, building, rest) = find_building(text);
    let (before, unit, rest) = if building.is_empty() {
        find_unit(text)
    } else {
        let (between, unit, rest) = match ["门", "梯"].iter().find_map(|mark| rest.strip_suffix(mark)) {
            Some(number) if !number.is_empty() && number_start(number) == 0 => ("", rest, ""),
            _ => find_unit(rest),
        };
        let between = if unit.is_empty() { rest } else { between };
        (between.trim_matches('-').is_empty()).then_some((before, unit, if unit.is_empty() { "" } else { rest }))?
    };
    let is_several = before.ends_with(['-', '~', '、', '至', '到', ',', '/', '.', '和', '及', '—']);
    if building.is_empty() && unit.is_empty() || !rest.is_empty() || is_several {
        return None;
    }
    let compound = trim_marks(drop_administrative(before)).trim_end_matches('第').to_owned();
    let is_number = !compound.is_empty() && compound.chars().all(|c| c.is_ascii_digit());
    let place = Place { compound, building: show_building(building), unit: show_unit(unit), room: String::new() };
    (!is_number).then_some(place)
}

/// The parts of an address in one cell; `None` when it holds nothing that could be a door. `dash_separates`: the list
/// writes a dash before every room, so that `1栋-101` is room 101; otherwise a dash there means below ground.
pub(crate) fn split(address: &str, dash_separates: bool) -> Option<Place> {
    let text = join_with_dashes(&plain(address));
    if !text.chars().any(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(c)) {
        return None;
    }
    let text = drop_administrative(&text);
    let (compound, building, rest) = find_building(text);
    let (between, unit, rest) = find_unit(rest);
    let compound = if building.is_empty() { between } else { compound };
    let mut place = Place {
        compound: trim_marks(compound).trim_end_matches('第').to_owned(),
        building: show_building(building),
        unit: show_unit(unit),
        room: String::new(),
    };
    let has_parts = !building.is_empty() || !unit.is_empty();
    let is_below = !dash_separates
        && has_parts
        && rest.strip_prefix('-').is_some_and(|room| room.starts_with(|c: char| c.is_ascii_digit()))
        && text.matches('-').count() == 1;
    if is_below {
        place.room = show_room(rest);
        return Some(place);
    }
    let rest = drop_floor(trim_marks(rest));
    let rest = rest.as_str();
    if !building.is_empty() && unit.is_empty() {
        if let Some((unit, room)) = rest.split_once('-').filter(|(unit, _)| unit.len() <= 2) {
            place.unit = show_unit(unit);
            place.room = show_room(room);
            return Some(place);
        }
        place.room = show_room(rest);
    } else if !unit.is_empty() {
        place.room = show_room(rest);
    } else {
        split_bare(text, &mut place)?;
    }
    let holds_door = ![&place.building, &place.unit, &place.room].into_iter().all(String::is_empty);
    holds_door.then_some(place)
}

/// Addresses without 栋 and 单元: `海棠花园1-1-402`, `北门旧街12号402室`, `北门旧街12号`.
fn split_bare(text: &str, place: &mut Place) -> Option<()> {
    let is_door = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '号' | '室' | '房' | '附' | '户');
    let start = text.char_indices().rev().take_while(|(_, c)| is_door(*c)).last().map(|(at, _)| at)?;
    let (compound, door) = (&text[..start], &text[start..]);
    // 甲12号 and 乙12号 are houses of their own.
    let (compound, lettered) = match compound.strip_suffix(['甲', '乙', '丙', '丁', '戊']) {
        Some(rest) if door.ends_with('号') && !rest.is_empty() => (rest, &text[rest.len()..]),
        _ => (compound, door),
    };
    place.compound = trim_marks(compound).to_owned();
    if lettered.len() > door.len() || door.ends_with('号') && door.contains('-') && door.matches('号').count() == 1 {
        place.room = show_room(lettered);
        return Some(());
    }
    let door = door.trim_start_matches(['室', '房', '号', '户', '-']);
    if let Some((number, room)) = door.split_once('号').filter(|(number, room)| {
        !number.contains('-') && room.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-') && !room.is_empty()
    }) {
        place.building = format!("{number}号");
        let room = room.trim_start_matches('-');
        match room.split_once('-') {
            Some((unit, room)) if unit.len() <= 2 => {
                place.unit = show_unit(unit);
                place.room = show_room(room);
            }
            _ => place.room = show_room(room),
        }
        return Some(());
    }
    let parts: Vec<&str> = door.split('-').filter(|part| !part.is_empty()).collect();
    match parts[..] {
        [] => return None,
        [room] => place.room = show_room(room),
        [building, room] => {
            place.building = show_building(building);
            place.room = show_room(room);
        }
        [building, unit, room] => {
            place.building = show_building(building);
            place.unit = show_unit(unit);
            place.room = show_room(room);
        }
        [building, unit, floor, room] => {
            place.building = show_building(building);
            place.unit = show_unit(unit);
            place.room = normal::join_floor(normal::read_floor(floor)?, &show_room(room));
        }
        // More parts than a door has.
        _ => return None,
    }
    Some(())
}

/// Compound before, building, and the rest; all in the compound's place when there is no building.
fn find_building(text: &str) -> (&str, &str, &str) {
    let mut found: Option<(usize, usize)> = None;
    for mark in BUILDING_MARKS {
        for (at, _) in text.match_indices(mark) {
            let start = number_start(&text[..at]);
            let end = at + mark.len();
            // The first number that a mark follows; of marks behind one number the longest.
            if start < at && found.is_none_or(|(first, last)| start < first || start == first && end > last) {
                found = Some((start, end));
                break;
            }
        }
    }
    match found {
        Some((start, end)) => (&text[..start], &text[start..end], &text[end..]),
        None => ("", "", text),
    }
}

/// What stands before the unit, the unit, and the rest.
fn find_unit(text: &str) -> (&str, &str, &str) {
    for mark in UNIT_MARKS {
        for (at, _) in text.match_indices(mark) {
            let start = number_start(&text[..at]);
            let end = at + mark.len();
            let followed = text[end..].trim_start_matches('-').starts_with(|c: char| c.is_ascii_alphanumeric());
            if start < at && (mark == "单元" || followed) {
                return (&text[..start], &text[start..end], &text[end..]);
            }
        }
    }
    ("", "", text)
}

/// `4楼402` and `4层402` name the floor twice; `4楼02` is 402.
fn drop_floor(text: &str) -> String {
    for mark in ['楼', '层'] {
        if let Some((floor, room)) = text.split_once(mark) {
            let room = room.trim_start_matches('-');
            if let Some(floor) = normal::read_floor(floor)
                && room.starts_with(|c: char| c.is_ascii_alphanumeric())
            {
                return normal::join_floor(floor, &show_room(room));
            }
        }
    }
    text.to_owned()
}

/// What many compounds are called: alone it is no name (都市花园 and 城市花园 are two).
const COMMON_NAMES: [&str; 20] = [
    "花园", "家园", "小区", "人家", "新城", "名城", "公寓", "大厦", "广场", "新村", "山庄", "公馆", "府邸", "豪庭",
    "华庭", "名苑", "雅苑", "佳苑", "宿舍", "大院",
];

/// Cuts province to community, unless what would be left names nothing.
pub(crate) fn drop_administrative(text: &str) -> &str {
    let mut best = text;
    for mark in ADMINISTRATIVE {
        if let Some(at) = text.rfind(mark) {
            let rest = &text[at + mark.len()..];
            if rest.len() < best.len() && has_name(rest) {
                best = rest;
            }
        }
    }
    if best.len() == text.len() {
        for mark in ["市", "县", "镇", "乡", "区"] {
            for (at, _) in text.match_indices(mark) {
                let rest = &text[at + mark.len()..];
                let before = text[..at].chars().next_back();
                let is_name =
                    mark == "区" && matches!(before, Some('小' | '社' | '园' | '片' | '院' | '住' | '宅' | 'A'..='Z'));
                let is_market = mark == "市" && rest.starts_with('场');
                // 都市花园, 古镇人家: one character before the mark is part of a name.
                let is_long = text[..at].chars().count() >= 2;
                if !is_name && !is_market && is_long && rest.len() < best.len() && has_name(rest) {
                    best = rest;
                }
            }
        }
    }
    best
}

/// Whether a text begins with a name of at least two characters, not with a number and not with a common word.
fn has_name(text: &str) -> bool {
    let name: String = text.chars().take_while(|c| !c.is_ascii_alphanumeric() && *c != '-').collect();
    name.chars().count() >= 2 && !COMMON_NAMES.iter().any(|common| name.starts_with(common))
}

/// Where the number at the end of a text begins; its length when there is none.
fn number_start(text: &str) -> usize {
    let ascii = text.char_indices().rev().take_while(|(_, c)| c.is_ascii_alphanumeric()).last().map(|(at, _)| at);
    ascii.unwrap_or_else(|| {
        text.char_indices()
            .rev()
            .take_while(|(_, c)| "一二三四五六七八九十".contains(*c))
            .last()
            // 甲单元, 东栋: one character that counts or points.
            .or_else(|| text.char_indices().next_back().filter(|(_, c)| "甲乙丙丁戊己庚辛东西南北中".contains(*c)))
            .map_or(text.len(), |(at, _)| at)
    })
}

/// Number without leading zeros, and what follows it. A number is digits, or letters and digits in one.
fn split_number(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let bare = number.trim_start_matches('0');
    (if bare.is_empty() && !number.is_empty() { "0" } else { bare }, rest)
}

fn trim_marks(text: &str) -> &str {
    text.trim_matches(|c: char| c == '-' || c == ',' || c == '/' || c == '#' || c == '、' || c.is_whitespace())
}

/// Blanks between numbers separate (`1 1 402` → `1-1-402`); other blanks go.
fn join_with_dashes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let touches =
            out.ends_with(|c: char| c.is_ascii_alphanumeric()) && word.starts_with(|c: char| c.is_ascii_alphanumeric());
        if touches {
            out.push('-');
        }
        out.push_str(word);
    }
    out.replace(['/', '_'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_one_cell_are_split() {
        for (address, parts) in [
            ("海棠花园1栋1单元402", ["海棠花园", "1栋", "1单元", "402"]),
            ("海棠花园１栋１单元４０２室", ["海棠花园", "1栋", "1单元", "402"]),
            ("海棠街道北门社区海棠花园1栋1单元402室", ["海棠花园", "1栋", "1单元", "402"]),
            ("某省某市某区海棠街道北门社区海棠花园1号楼2单元1101", ["海棠花园", "1号楼", "2单元", "1101"]),
            ("海棠花园 1栋 1单元 402", ["海棠花园", "1栋", "1单元", "402"]),
            ("海棠花园1-1-402", ["海棠花园", "1栋", "1单元", "402"]),
            ("海棠花园 1 1 402", ["海棠花园", "1栋", "1单元", "402"]),
            ("海棠花园12-402", ["海棠花园", "12栋", "", "402"]),
            ("海棠花园三栋二单元301", ["海棠花园", "3栋", "2单元", "301"]),
            ("海棠花园A座1203", ["海棠花园", "A座", "", "1203"]),
            ("海棠花园1栋402", ["海棠花园", "1栋", "", "402"]),
            ("海棠花园1栋2-402", ["海棠花园", "1栋", "2单元", "402"]),
            ("海棠花园1#楼1单元4楼402", ["海棠花园", "1号楼", "1单元", "402"]),
            ("海棠小区A区5幢3单元102", ["海棠小区A区", "5幢", "3单元", "102"]),
            ("北门旧街12号", ["北门旧街", "", "", "12号"]),
            ("北门旧街12号402室", ["北门旧街", "12号", "", "402"]),
            ("北门旧街12号院3栋1单元402", ["北门旧街12号院", "3栋", "1单元", "402"]),
            ("北门社区1栋1单元402", ["北门社区", "1栋", "1单元", "402"]),
            ("海棠花园第1栋1单元402", ["海棠花园", "1栋", "1单元", "402"]),
            ("海棠花园,1栋,1单元,402", ["海棠花园", "1栋", "1单元", "402"]),
            ("海棠花园1幢-1-402", ["海棠花园", "1幢", "1单元", "402"]),
            ("海棠镇北门村三组12号", ["北门村三组", "", "", "12号"]),
            ("海棠花园1栋", ["海棠花园", "1栋", "", ""]),
            ("海棠花园2单元301", ["海棠花园", "", "2单元", "301"]),
        ] {
            let place = split(address, false).expect(address);
            let found = [place.compound, place.building, place.unit, place.room];
            assert_eq!(found.each_ref().map(String::as_str), parts, "{address}");
        }
        assert_eq!(split("详见附件", false), None);
        assert_eq!(split("", false), None);
    }

    #[test]
    fn parts_have_one_plain_form_and_one_key() {
        for (text, shown) in
            [("1", "1栋"), ("０１栋", "1栋"), ("1#", "1栋"), ("三栋", "3栋"), ("教师楼", "教师楼"), ("无", "")]
        {
            assert_eq!(show_building(text), shown, "{text}");
        }
        assert_eq!(
            (show_unit("2"), show_unit("第二单元"), show_unit("/")),
            ("2单元".into(), "2单元".into(), String::new())
        );
        assert_eq!(
            (show_room("４０２室"), show_room("b1"), show_room("12号")),
            ("402".into(), "B1".into(), "12号".into())
        );
    }
}
