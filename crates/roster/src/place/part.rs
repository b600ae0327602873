//! The cells that make a door: remarks and numbers taken out, dates and floats turned back.

use domain::codes::HouseStatus;
use domain::household::Place;
use spreadsheet::text::{numerals_to_digits, tight};

use super::address;
use crate::gather::Reading;
use crate::people::numbers::take_numbers;
use crate::people::words;
use crate::structure::titles::Field;
use crate::{FindingCode, RowRef};

/// What stood beside the door in its cells.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    /// Numbers of persons.
    pub(crate) numbers: Vec<String>,
    /// How the home is used.
    pub(crate) status: Option<HouseStatus>,
    /// Other remarks.
    pub(crate) note: String,
}

/// What is said of a door that a program took for a date.
pub(super) const DATE_IN_PLACE: &str = "房号或楼栋被表格软件变成了日期，已按“月-日”还原，请核对";

/// A part of a door without numbers of persons and without what a program made of it.
pub(super) fn read(reading: &mut Reading<'_>, at: &RowRef, text: &str, part: &mut Part) -> String {
    if let Some(door) = restore_door(text) {
        reading.tell(at, FindingCode::DateInPlace, DATE_IN_PLACE);
        return door;
    }
    let text = without_program_signs(text);
    // Doors may be written in many short pieces (1101-1102); only what is long at a stretch is somebody's number.
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    let stretch = tight(&text).split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    if stretch < 7 && digits < 11 {
        return text;
    }
    let (rest, numbers) = take_numbers(&text);
    if !numbers.is_empty() {
        reading.tell(at, FindingCode::ValueNotKept, "地址里有电话或证件号码，已移到人员资料，请核对");
        part.numbers.extend(numbers);
    }
    rest
}

/// `301.0` and `1,101` as programs write numbers.
fn without_program_signs(text: &str) -> String {
    let text = text.trim();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if let Some((whole, zeros)) = text.split_once('.')
        && is_number(whole)
        && !zeros.is_empty()
        && zeros.bytes().all(|b| b == b'0')
    {
        return whole.to_owned();
    }
    if let Some((thousands, rest)) = text.split_once(',')
        && is_number(thousands)
        && is_number(rest)
        && rest.len() == 3
        && thousands.len() <= 2
    {
        return format!("{thousands}{rest}");
    }
    text.to_owned()
}

/// A field of a place.
pub(super) fn of(place: &Place, field: Field) -> String {
    match field {
        Field::Building => place.building.clone(),
        Field::Unit => place.unit.clone(),
        Field::Room => place.room.clone(),
        _ => String::new(),
    }
}

/// A cell may hold more than its column says: `3栋2单元` under 楼栋, `海棠花园3栋` under 小区 or 楼栋.
pub(super) fn split_building(place: &mut Place) {
    if let Some(inside) = address::read_prefix(&tight(&place.building)) {
        let is_more = !inside.compound.is_empty() || !inside.unit.is_empty();
        if is_more && !inside.building.is_empty() {
            place.building = inside.building;
            super::door::fill(&mut place.unit, inside.unit);
            super::door::fill(&mut place.compound, inside.compound);
        }
    }
    if let Some(inside) = address::read_prefix(&tight(&place.compound)).filter(|inside| !inside.building.is_empty()) {
        let is_same = super::normal::is_same_building(&inside.building, &place.building);
        if (place.building.is_empty() || is_same) && !inside.compound.is_empty() {
            place.compound = inside.compound;
            super::door::fill(&mut place.building, inside.building);
            super::door::fill(&mut place.unit, inside.unit);
        }
    }
    place.building = address::show_building(&place.building);
}

/// A door that is a building: a house with a number, or any where no door of the list has a room.
pub(super) fn building_as_door(place: &Place, has_rooms: bool) -> Option<Place> {
    let building = tight(&place.building);
    let is_house = building.ends_with('号') || !has_rooms;
    (is_house && place.unit.is_empty()).then(|| Place {
        compound: place.compound.clone(),
        room: building,
        ..Place::default()
    })
}

/// The room without remarks in brackets. What a bracket says of the use or the floor is a remark; what tells two doors
/// apart (东, A, 2) or is on no list stays part of the room.
pub(super) fn take_remarks(text: &str, part: &mut Part) -> String {
    let text = spreadsheet::text::plain(text).replace(['[', '【', '〔'], "(").replace([']', '】', '〕'], ")");
    let mut rest = text.as_str();
    let mut kept = String::new();
    while let Some((before, behind)) = rest.split_once('(') {
        let Some((inside, after)) = behind.split_once(')') else { break };
        kept.push_str(before);
        if !is_remark(before, inside, part) {
            kept.push_str(&format!("({})", tight(inside)));
        }
        rest = after;
    }
    kept.push_str(rest);
    without_program_signs(&kept)
}

/// Whether a bracket is a remark on the room before it; takes it. What may tell two doors apart is none.
fn is_remark(room: &str, inside: &str, part: &mut Part) -> bool {
    let text = tight(inside);
    if text.is_empty() {
        return true;
    }
    let status = words::status_of_name(&text).or_else(|| words::read_house_status(&text).ok().flatten());
    let is_number = text.bytes().all(|b| b.is_ascii_digit());
    if let Some(status) = status.filter(|_| !is_number) {
        part.status.get_or_insert(status);
        return true;
    }
    const WORDS: [&str; 20] = [
        "租", "空", "售", "搬", "户主", "业主", "房东", "原", "新建", "已", "未", "待", "改", "装修", "入住", "人户",
        "户籍", "钥匙", "共有", "暂",
    ];
    const APART: [&str; 20] = [
        "车库", "储藏", "杂物", "地下", "商铺", "门面", "阁楼", "附", "边套", "单元", "东", "西", "南", "北", "前",
        "后", "左", "右", "上", "下",
    ];
    // A room of three digits names its floor itself; of a house (12号) each floor may be a home.
    let digits = tight(room).chars().filter(char::is_ascii_digit).count();
    let is_floor =
        super::normal::read_floor(&text).is_some() && !is_number && digits >= 3 && !tight(room).ends_with('号');
    let without_counts =
        ["年", "月", "日", "人", "户", "平"].iter().fold(text.clone(), |text, unit| remove_counts(&text, unit));
    let is_apart = APART.iter().any(|word| text.contains(word)) || without_counts.chars().any(|c| c.is_ascii_digit());
    if is_floor || !is_apart && WORDS.iter().any(|word| text.contains(word)) {
        if !part.note.is_empty() {
            part.note.push('；');
        }
        part.note.push_str(&text);
        return true;
    }
    false
}

/// `2020年出租` without the count before a unit: `年出租`.
fn remove_counts(text: &str, unit: &str) -> String {
    let mut out = String::new();
    for (position, piece) in text.split(unit).enumerate() {
        if position > 0 {
            out.truncate(out.trim_end_matches(|c: char| c.is_ascii_digit()).len());
            out.push_str(unit);
        }
        out.push_str(piece);
    }
    out
}

/// `3-2` behind a date that a spreadsheet made of it: `2026-03-02`, `2026/3/2`, `3月2日`. A year of the first decade
/// was typed as well: `2001-10-03` is `1-10-3`.
fn restore_door(text: &str) -> Option<String> {
    let text = tight(text);
    let text = text.split_once('T').map_or(text.as_str(), |(date, _)| date);
    let text = text.strip_suffix("0:00").or_else(|| text.strip_suffix("00:00:00")).unwrap_or(text);
    if let Some((month, day)) = text.strip_suffix('日').and_then(|text| text.split_once('月')) {
        let (month, day): (u8, u8) = (month.parse().ok()?, day.parse().ok()?);
        return Some(format!("{month}-{day}"));
    }
    let parts: Vec<&str> = text.split(['-', '/']).collect();
    if let [one, other] = parts[..] {
        // `4-Mar` and `Mar-04` of a program in English.
        return match (month_of(one), month_of(other)) {
            (None, Some(month)) => one.parse::<u8>().ok().map(|day| format!("{month}-{day}")),
            (Some(month), None) => other.parse::<u8>().ok().map(|day| format!("{month}-{day}")),
            (Some(_), Some(_)) | (None, None) => None,
        };
    }
    let [year, month, day] = parts[..] else { return None };
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let (year, month, day): (u16, u8, u8) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let is_date = (1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    // `1-50` and `3-32` are no days: a program makes the first of a month of them.
    if is_date && day == 1 && !(2000..=2029).contains(&year) {
        return Some(format!("{month}-{:02}", year % 100));
    }
    let typed_year = if (2001..=2012).contains(&year) { format!("{}-", year - 2000) } else { String::new() };
    is_date.then(|| format!("{typed_year}{month}-{day}"))
}

fn month_of(text: &str) -> Option<usize> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    MONTHS.iter().position(|month| text.eq_ignore_ascii_case(month)).map(|position| position + 1)
}

/// Whether a room cell holds an address of its own: `北门街12号`, not `商铺12` or `东单元2`.
pub(super) fn is_whole_address(room: &str) -> bool {
    const INSIDE: [&str; 22] = [
        "单元", "栋", "幢", "座", "楼", "层", "铺", "门面", "门市", "店", "库", "车位", "地下", "负", "底商", "阁",
        "杂物", "平房", "宿舍", "户", "室", "房",
    ];
    let room = numerals_to_digits(&tight(room));
    let name: String = room.chars().take_while(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect();
    name.chars().count() >= 2
        && room[name.len()..].starts_with(|c: char| c.is_ascii_digit())
        && !INSIDE.iter().any(|word| name.contains(word))
}
