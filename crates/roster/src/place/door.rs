//! Which door a row belongs to, and how certain that is.
//!
//! Why. A home must never be joined on a guess. What the row itself says counts; what it leaves blank is taken from
//! what stands around it (`context`) or above it (`carry`) only where the list writes that way; anything else is
//! [`Found::Nowhere`] with its reason.
//!
//! Flow: the parts of the row's own cells (`read_own`) → is it one more row of the home above (`continue_above`) or a
//! door of its own (`complete`) → [`Found`].
//!
//! Failure. Errors of computation, struck-out cells and words like 无 in the place of a door are no blanks: nothing is
//! taken from above for them.

use domain::codes::HouseStatus;
use domain::household::Place;
use spreadsheet::Row;
use spreadsheet::text::{cut, tight};

use super::address;
use super::carry::Habits;
use super::normal::{self, Dashes};
use super::own::{Own, above_uncertain, no_room};
use super::part;
use crate::gather::Reading;
use crate::structure::context::Context;
use crate::structure::given::Given;
use crate::structure::layout::Layout;
use crate::structure::titles::Field;
use crate::{FindingCode, RowRef};

/// Most characters of each part of a door.
const PART_LIMIT: usize = 60;

/// Rooms of so many digits are shown beside their unit (`1-101` is 1单元 101); shorter ones stay as they were written.
const SHOWN_ROOM_DIGITS: usize = 3;

/// How sure a door is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// Something is missing that the list usually says: the home may be this one, so nothing is joined with it without
    /// further evidence.
    Likely,
    /// All that the list says of its doors.
    Certain,
}

/// A door.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    pub(crate) place: Place,
    pub(crate) outer: Outer,
    pub(crate) certainty: Certainty,
    /// Names compound and building, so that it is the same door in another sheet or file.
    pub(crate) is_full: bool,
    /// One more row of the home above.
    pub(crate) is_continued: bool,
    /// The whole building (a house with a number) stands for the door.
    pub(crate) is_building: bool,
    /// Numbers of persons that stood in its cells.
    pub(crate) numbers: Vec<String>,
    /// What remarks beside the room say: how it is used, and the rest in words.
    pub(crate) status: Option<HouseStatus>,
    pub(crate) note: String,
}

/// Where a row belongs.
pub(crate) enum Found {
    Door(Door),
    /// Not certain, and why; with what is certain of it without its room.
    Nowhere(FindingCode, String, Option<(Place, Outer)>),
}

/// What is known of a table's doors as a whole.
pub(crate) struct Table {
    /// What names, titles and the sections above the row say.
    pub(crate) context: Context,
    pub(crate) habits: Habits,
    /// The list writes a dash before every room.
    pub(crate) dash_separates: bool,
    /// What the dashes of its rooms stand for.
    pub(crate) dashes: Dashes,
    /// The running number counts homes: rows of further people have none.
    pub(crate) counts_homes: bool,
    /// Some door of the list has a room: one without is not whole.
    pub(crate) has_rooms: bool,
}

/// The columns of which a compound is made: 北门村 and 三组.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outer {
    pub(super) compound: String,
    group: String,
}

impl Outer {
    fn joined(&self) -> String {
        if self.compound.contains(&self.group) {
            self.compound.clone()
        } else {
            format!("{}{}", self.compound, self.group)
        }
    }
}

/// The row above.
#[derive(Debug, Clone)]
pub(crate) struct Above {
    pub(crate) place: Place,
    /// Village (or compound) and group of which the place's compound is made.
    pub(crate) outer: Outer,
    /// It belongs to a home; otherwise the rows that continue it are nowhere as well.
    pub(crate) is_home: bool,
    /// The head that it names.
    pub(crate) head: String,
}

/// What the persons of a row say about whose home it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Who {
    /// A relation is given.
    pub(crate) has_relation: bool,
    /// The relation is 户主.
    pub(crate) is_head: bool,
    /// The head's name in its own column.
    pub(crate) head: String,
    /// Somebody on the row is listed in the home above already.
    pub(crate) is_known_above: bool,
    /// The home above lists people of somebody who is not listed yet: its head.
    pub(crate) is_awaited_above: bool,
}

/// The row and what stands around it.
pub(crate) struct Look<'a> {
    pub(crate) at: &'a RowRef,
    pub(crate) row: &'a Row,
    pub(crate) layout: &'a Layout,
    pub(crate) table: &'a Table,
    pub(crate) above: Option<&'a Above>,
    pub(crate) who: &'a Who,
}

/// The door of a row.
pub(crate) fn find_door(reading: &mut Reading<'_>, look: &Look<'_>) -> Found {
    let Look { row, layout, .. } = look;
    let fields =
        [Field::Compound, Field::Building, Field::Unit, Field::Floor, Field::Room, Field::Chamber, Field::Address];
    for (field, title) in fields.into_iter().zip(["小区", "楼栋", "单元", "楼层", "房号", "房间", "地址"])
    {
        if layout.given(row, field) == Given::Error {
            let text = format!("“{title}”是错误值、没有结果的公式或已被划掉，不能确定是哪一户");
            return Found::Nowhere(FindingCode::DoorError, text, Own::read_outer(reading, look));
        }
    }
    let own = match Own::read(reading, look) {
        Ok(own) => own,
        Err((code, text)) => return Found::Nowhere(code, text, Own::read_outer(reading, look)),
    };
    let found = if own.has_door { complete(look, own) } else { continue_above(look, own) };
    match found {
        Found::Door(mut door) => {
            cut_parts(reading, look.at, &mut door.place);
            if door.is_building {
                reading.tell(look.at, FindingCode::RoomMissing, "没有房号，已把楼栋（门牌）当作整户");
            }
            Found::Door(door)
        }
        nowhere @ Found::Nowhere(..) => nowhere,
    }
}

/// Why a row is nowhere.
pub(super) type Reason = (FindingCode, String);

/// A row without a door of its own: one more of the home above, if the list writes that way and nobody on the row says
/// otherwise.
fn continue_above(look: &Look<'_>, own: Own) -> Found {
    let Look { layout, table, above, who, .. } = look;
    let outer_of_row = own.find_outer(look);
    let nowhere = |(code, text): Reason| Found::Nowhere(code, text, outer_of_row.clone());
    let same = |own: &str, above: &str, key: fn(&str) -> String| own.is_empty() || key(own) == key(above);
    let blank = Place::default();
    let before = above.map_or(&blank, |above| &above.place);
    let outer = above.map(|above| above.outer.clone()).unwrap_or_default();
    let is_same = same(&own.place.compound, &outer.compound, normal::compound_of)
        && (own.group.is_empty() || own.group == outer.group)
        && same(&own.place.building, &before.building, normal::building_of)
        && same(&own.place.unit, &before.unit, normal::unit_of);
    let as_door = |own: Own| match part::building_as_door(&own.place, table.has_rooms) {
        Some(place) => complete(look, Own { place, has_door: true, is_building: true, ..own }),
        None => nowhere(no_room()),
    };
    if !own.place.building.is_empty() && (above.is_none() || !is_same || !layout.has(Field::Room)) {
        return as_door(own);
    }
    let Some(above) = above.filter(|_| is_same) else {
        return nowhere((FindingCode::RoomMissing, "没有房号或门牌，无法确定是哪一户，此行未导入".into()));
    };
    if !above.is_home {
        return nowhere(above_uncertain());
    }
    let door_field = if layout.has(Field::Room) { Field::Room } else { Field::Address };
    let is_other_head = !who.head.is_empty() && who.head != above.head;
    let is_member = who.has_relation && !who.is_head && table.habits.fills_down(door_field);
    let is_same_head = !who.head.is_empty() && who.head == above.head;
    let is_awaited = who.is_head && who.is_awaited_above && table.habits.fills_down(door_field);
    // An address of their own beside a blank one: they may live anywhere.
    let has_own_address = layout.has(Field::RegisteredAddress)
        && door_field == Field::Address
        && matches!(layout.given(look.row, Field::RegisteredAddress), Given::Value(_))
        && !who.has_relation;
    let fills_down = table.habits.fills_down_often(door_field) && !has_own_address;
    let is_certain = is_member || is_awaited || is_same_head || who.is_known_above || fills_down;
    let is_counted = table.counts_homes && layout.has_serial(look.row);
    let is_new_home = is_counted || who.is_head && !who.is_awaited_above || is_other_head;
    if is_new_home && !who.is_known_above {
        let text = "是户主但没有房号，不能算作上一户的人，此行未导入";
        return nowhere((FindingCode::RoomMissing, text.into()));
    }
    if !is_certain {
        let text = "没有房号；别的行都写了房号，不能确定是上一户的人，此行未导入";
        return nowhere((FindingCode::RoomMissing, text.into()));
    }
    Found::Door(Door {
        place: above.place.clone(),
        outer,
        certainty: Certainty::Certain,
        is_full: true,
        is_continued: true,
        is_building: false,
        numbers: own.part.numbers,
        status: own.part.status,
        note: own.part.note,
    })
}

/// A door of its own, with what it leaves blank taken from around and above.
pub(super) fn complete(look: &Look<'_>, own: Own) -> Found {
    let Look { row, layout, table, above, .. } = look;
    let context = &table.context;
    let mut place = own.place;
    let mut certainty = Certainty::Certain;
    let had_compound = !place.compound.is_empty() && matches!(layout.given(row, Field::Compound), Given::Value(_));
    let mut outer = Outer { compound: place.compound.clone(), group: own.group };
    let lacks = |field| table.habits.has_values(field) && layout.given(row, field) == Given::Blank;
    let says_none = |field| layout.given(row, field) == Given::Nothing;
    if own.is_whole {
        place.compound = outer.joined();
        fill(&mut place.compound, context.compound.clone());
        let is_inside = place.building.is_empty() && (place.compound.is_empty() || place.compound == context.compound);
        if is_inside {
            fill(&mut place.building, context.building.clone());
        }
        if place.building.is_empty()
            && !place.room.ends_with('号')
            && (place.compound.is_empty() || !place.unit.is_empty())
        {
            certainty = Certainty::Likely;
        }
    } else {
        let had_building = !place.building.is_empty();
        let before = above.map(|above| &above.place);
        let outer_before = above.map(|above| &above.outer);
        if outer.compound.is_empty() {
            if lacks(Field::Compound) && !context.compound.is_empty() {
                outer.compound.clone_from(&context.compound);
            } else if lacks(Field::Compound) {
                let before = outer_before.filter(|_| table.habits.fills_down(Field::Compound));
                match (before, table.habits.only(Field::Compound)) {
                    (Some(before), _) => outer.compound.clone_from(&before.compound),
                    (None, Some(only)) => outer.compound = tight(only),
                    (None, None) => return uncertain("小区没有填写，别的行都写了，不知是哪个小区"),
                }
            } else if says_none(Field::Compound) {
                certainty = Certainty::Likely;
            } else {
                outer.compound.clone_from(&context.compound);
            }
        }
        if outer.group.is_empty() && lacks(Field::Group) && had_compound {
            return uncertain("组没有填写");
        }
        if outer.group.is_empty() && lacks(Field::Group) {
            let before = outer_before.filter(|before| before.compound == outer.compound && !before.group.is_empty());
            match before {
                Some(before) if table.habits.fills_down(Field::Group) => outer.group.clone_from(&before.group),
                Some(_) => return uncertain("组没有填写，别的行都写了，不知是哪个组"),
                None if above.is_none() && table.habits.fills_down(Field::Group) => {
                    return uncertain("组没有填写，上面也没有可以参照的一行");
                }
                None => certainty = Certainty::Likely,
            }
        }
        place.compound = outer.joined();
        let is_same_compound = before.is_some_and(|before| before.compound == place.compound);
        if place.building.is_empty() {
            if !context.building.is_empty() && !says_none(Field::Building) {
                place.building.clone_from(&context.building);
            } else if lacks(Field::Building) && !place.room.ends_with('号') {
                match before.filter(|before| is_same_compound && !before.building.is_empty()) {
                    Some(before) if table.habits.fills_down(Field::Building) => {
                        place.building.clone_from(&before.building);
                    }
                    Some(_) => return uncertain("楼栋没有填写，别的行都写了，不知是哪一栋"),
                    None if table.habits.fills_down(Field::Building) && above.is_none() => {
                        return uncertain("楼栋没有填写，上面也没有可以参照的一行");
                    }
                    None => certainty = Certainty::Likely,
                }
            } else if says_none(Field::Building) {
                certainty = Certainty::Likely;
            }
        }
        if place.unit.is_empty() && place.building.is_empty() && !layout.has(Field::Unit) {
            place.unit.clone_from(&context.unit);
        }
        if place.unit.is_empty() && !place.building.is_empty() {
            let is_same_building = is_same_compound
                && before.is_some_and(|before| normal::is_same_building(&before.building, &place.building));
            let before_unit =
                before.filter(|_| is_same_building).map(|before| before.unit.as_str()).unwrap_or_default();
            if lacks(Field::Unit) {
                if !had_building && !context.unit.is_empty() {
                    place.unit.clone_from(&context.unit);
                } else if !had_building && table.habits.fills_down(Field::Unit) || table.habits.unit_fills_down_alone()
                {
                    before_unit.clone_into(&mut place.unit);
                } else {
                    certainty = Certainty::Likely;
                }
                if !had_building && above.is_none() && place.unit.is_empty() && table.habits.fills_down(Field::Unit) {
                    return uncertain("单元没有填写，上面也没有可以参照的一行");
                }
            } else if !layout.has(Field::Unit) && (!had_building || context.building.is_empty()) {
                place.unit.clone_from(&context.unit);
            }
        }
    }
    normal::settle_dashes(&mut place, table.dashes, SHOWN_ROOM_DIGITS);
    place.building = address::show_building(&place.building);
    let is_house_number = place.building.is_empty() && place.room.ends_with('号');
    let is_full = !place.compound.is_empty() && (!place.building.is_empty() || is_house_number);
    Found::Door(Door {
        place,
        outer,
        certainty,
        is_full,
        is_continued: false,
        is_building: own.is_building,
        numbers: own.part.numbers,
        status: own.part.status,
        note: own.part.note,
    })
}

impl Above {
    pub(super) fn part(&self, field: Field) -> String {
        match field {
            Field::Compound => self.outer.compound.clone(),
            Field::Group => self.outer.group.clone(),
            _ => part::of(&self.place, field),
        }
    }
}

fn uncertain(text: &str) -> Found {
    Found::Nowhere(FindingCode::DoorUncertain, format!("{text}，此行未导入"), None)
}

fn cut_parts(reading: &mut Reading<'_>, at: &RowRef, place: &mut Place) {
    for (title, part) in [
        ("小区", &mut place.compound),
        ("楼栋", &mut place.building),
        ("单元", &mut place.unit),
        ("房号", &mut place.room),
    ] {
        let (text, was_cut) = cut(part, PART_LIMIT);
        if was_cut {
            reading.tell(at, FindingCode::TextCut, format!("“{title}”超过 {PART_LIMIT} 字，已截断，请核对"));
            *part = text;
        }
    }
}

/// Puts a value where there is none.
pub(crate) fn fill(part: &mut String, value: String) {
    if part.is_empty() {
        *part = value;
    }
}
