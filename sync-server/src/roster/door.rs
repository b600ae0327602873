//! Which door a row belongs to.

use domain::household::Place;

use super::address;
use super::layout::Layout;
use super::rows::Reading;
use super::table::Row;
use super::text::{cut, is_nothing, tight};
use super::titles::Field;
use super::{FindingCode, RowRef};

/// The door of a row, with blank parts taken from the row above.
pub(crate) fn find_door(
    reading: &mut Reading<'_>,
    at: &RowRef,
    row: &Row,
    layout: &Layout,
    above: Option<&Place>,
) -> Option<Place> {
    let mut own = read_own_parts(reading, at, row, layout);
    let blank = Place::default();
    // An address in one cell is whole: nothing above it is missing in it.
    let is_whole = !layout.has(Field::Room) && own != blank;
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
    (!is_empty(&own.room)).then_some(own)
}

/// The parts that the row itself gives (merged cells count as its own).
fn read_own_parts(reading: &mut Reading<'_>, at: &RowRef, row: &Row, layout: &Layout) -> Place {
    let part = |field| {
        let text = layout.text(row, field, 0);
        if is_nothing(&text) { String::new() } else { text }
    };
    let mut own = Place {
        compound: tight(&part(Field::Compound)),
        building: part(Field::Building),
        unit: address::show_unit(&part(Field::Unit)),
        room: part(Field::Room),
    };
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
    let has_door_columns = layout.has(Field::Room) || layout.has(Field::Address) || layout.has(Field::Building);
    let field = if has_door_columns { Field::Address } else { Field::RegisteredAddress };
    let text = part(field);
    if text.is_empty() {
        return own;
    }
    match address::split(&text) {
        Some(place) => {
            fill(&mut own.compound, place.compound);
            fill(&mut own.building, place.building);
            fill(&mut own.unit, place.unit);
            fill(&mut own.room, place.room);
        }
        None if !own.room.is_empty() => fill(&mut own.compound, tight(&text)),
        None => {
            reading.tell(at, FindingCode::AddressUnclear, "地址里没有楼栋门牌，已整段作为门牌保留，请核对");
            own.room = cut(&tight(&text), 60).0;
        }
    }
    own
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
