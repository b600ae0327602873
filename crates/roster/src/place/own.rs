//! What the cells of a row give of its door by themselves.

use domain::household::Place;
use spreadsheet::text::tight;

use super::door::{Certainty, Found, Look, Outer, Reason, Table, complete, fill};
use super::part::{self, Part};
use super::{address, normal};
use crate::FindingCode;
use crate::gather::Reading;
use crate::structure::given::Given;
use crate::structure::titles::Field;

/// What the row itself gives.
#[derive(Default)]
pub(super) struct Own {
    pub(super) place: Place,
    /// A group in a column of its own.
    pub(super) group: String,
    /// A room, or an address with a door.
    pub(super) has_door: bool,
    /// An address: nothing above it is missing in it.
    pub(super) is_whole: bool,
    /// The building stands for the door.
    pub(super) is_building: bool,
    pub(super) part: Part,
}

impl Own {
    pub(super) fn read(reading: &mut Reading<'_>, look: &Look<'_>) -> Result<Self, Reason> {
        let Look { at, row, layout, table, .. } = look;
        let mut own = Self::default();
        let [compound, building, unit] = own.take_outer(reading, look);
        let floor = own.take(reading, look, Field::Floor);
        let room = own.take(reading, look, Field::Room);
        let chamber = own.take(reading, look, Field::Chamber);
        if layout.given(row, Field::Room) == Given::Ditto {
            return own.repeat_door(look, (&compound, &building, &unit));
        }
        let is_numbers_only = !own.part.numbers.is_empty() && room.is_empty();
        own.read_room(look, &room);
        if !own.place.room.is_empty() {
            own.join_floor_and_chamber(&floor, &chamber);
        }
        let field = if layout.has(Field::Room) || layout.has(Field::Address) || layout.has(Field::Building) {
            Field::Address
        } else {
            Field::RegisteredAddress
        };
        match layout.given(row, field) {
            Given::Ditto if own.place.room.is_empty() => match look.above {
                Some(above) if above.is_home => {
                    own.place = above.place.clone();
                    own.is_whole = true;
                }
                _ => return Err(above_uncertain()),
            },
            Given::Value(text) => {
                let text = part::read(reading, at, &text, &mut own.part);
                own.read_address(&text, table)?;
            }
            Given::Nothing if own.place.room.is_empty() => return Err(no_door("地址")),
            Given::Blank | Given::Nothing | Given::Ditto | Given::Error | Given::Typed(_) => {}
        }
        if own.place.room.is_empty() && layout.given(row, Field::Room) == Given::Nothing {
            return Err(no_door("房号"));
        }
        if is_numbers_only && own.place.room.is_empty() {
            return Err((FindingCode::RoomMissing, "门牌的位置写的是号码，无法确定是哪一户，此行未导入".into()));
        }
        own.has_door = !own.place.room.is_empty();
        Ok(own)
    }

    /// Compound, building and unit of a row whose room is not known, as far as they are certain.
    pub(super) fn read_outer(reading: &mut Reading<'_>, look: &Look<'_>) -> Option<(Place, Outer)> {
        let mut own = Self::default();
        own.take_outer(reading, look);
        own.find_outer(look)
    }

    pub(super) fn find_outer(&self, look: &Look<'_>) -> Option<(Place, Outer)> {
        let Look { row, layout, .. } = look;
        let outer = [Field::Compound, Field::Group, Field::Building, Field::Unit];
        if outer.into_iter().any(|field| layout.given(row, field) == Given::Error) {
            return None;
        }
        let mut own = Self { place: self.place.clone(), group: self.group.clone(), has_door: true, ..Self::default() };
        "0".clone_into(&mut own.place.room);
        match complete(look, own) {
            Found::Door(mut door) if door.certainty == Certainty::Certain => {
                door.place.room.clear();
                Some((door.place, door.outer))
            }
            Found::Door(_) | Found::Nowhere(..) => None,
        }
    }

    /// Takes what the row says outside of the room; the compound, building and unit as they are written.
    fn take_outer(&mut self, reading: &mut Reading<'_>, look: &Look<'_>) -> [String; 3] {
        let compound = self.take(reading, look, Field::Compound);
        self.group = show_group(&self.take(reading, look, Field::Group));
        let plate = tight(&self.take(reading, look, Field::Plate));
        if !self.group.contains(&plate) {
            self.group.push_str(&plate);
        }
        let building = self.take(reading, look, Field::Building);
        let unit = self.take(reading, look, Field::Unit);
        self.place = Place {
            compound: tight(&compound),
            building: building.clone(),
            unit: address::show_unit(&unit),
            room: String::new(),
        };
        part::split_building(&mut self.place);
        [compound, building, unit]
    }

    fn take(&mut self, reading: &mut Reading<'_>, look: &Look<'_>, field: Field) -> String {
        match look.layout.given(look.row, field) {
            Given::Value(text) => part::read(reading, look.at, &text, &mut self.part),
            Given::Typed(door) => {
                reading.tell(look.at, FindingCode::DateInPlace, part::DATE_IN_PLACE);
                door
            }
            Given::Ditto => look.above.map(|above| above.part(field)).unwrap_or_default(),
            Given::Blank | Given::Nothing | Given::Error => String::new(),
        }
    }

    /// 同上 under 房号: the whole door above, unless the row says another building.
    fn repeat_door(mut self, look: &Look<'_>, (compound, building, unit): (&str, &str, &str)) -> Result<Self, Reason> {
        let above = look.above.filter(|above| above.is_home).ok_or_else(above_uncertain)?;
        let own = Place {
            compound: tight(compound),
            building: building.to_owned(),
            unit: address::show_unit(unit),
            room: String::new(),
        };
        let is_same = |own: &str, above: &str, key: fn(&str) -> String| own.is_empty() || key(own) == key(above);
        let stays = is_same(&own.compound, &above.outer.compound, normal::compound_of)
            && is_same(&own.building, &above.place.building, normal::building_of)
            && is_same(&own.unit, &above.place.unit, normal::unit_of);
        self.place = if stays { above.place.clone() } else { Place { room: above.place.room.clone(), ..own } };
        self.is_whole = stays;
        self.has_door = true;
        Ok(self)
    }

    /// The room's cell: a room, a whole door (`3栋2单元402`), or an address (`北门街12号`).
    fn read_room(&mut self, look: &Look<'_>, text: &str) {
        let text = part::take_remarks(text, &mut self.part);
        if text.is_empty() {
            return;
        }
        if self.place.building.is_empty() && self.place.unit.is_empty() && part::is_whole_address(&text) {
            self.is_whole = true;
            let split = if self.place.compound.is_empty() { address::split(&text, false) } else { None };
            self.place = split.unwrap_or_else(|| Place { room: tight(&text), ..self.place.clone() });
            return;
        }
        let room = tight(&text);
        let is_full_door = room.contains("单元") || room.contains('栋') || room.contains('幢');
        let context = &look.table.context;
        let has_building = !self.place.building.is_empty()
            || !context.building.is_empty()
            || look.table.habits.has_values(Field::Building);
        let is_dashed = !has_building
            && self.place.unit.is_empty()
            && room.chars().skip(1).any(|c| c == '-')
            && !room.starts_with('-')
            && !room.ends_with('号');
        if (is_full_door || is_dashed)
            && let Some(place) = address::split(&room, look.table.dash_separates)
        {
            self.place.room = place.room;
            fill(&mut self.place.building, place.building);
            fill(&mut self.place.unit, place.unit);
            fill(&mut self.place.compound, place.compound);
        } else {
            self.place.room = address::show_room(&room);
        }
    }

    fn join_floor_and_chamber(&mut self, floor: &str, chamber: &str) {
        match normal::read_floor(floor) {
            Some(floor) => self.place.room = normal::join_floor(floor, &self.place.room),
            None if !floor.is_empty() => self.place.room = format!("{}{}", tight(floor), self.place.room),
            None => {}
        }
        let chamber = address::show_room(chamber);
        if !chamber.is_empty() && chamber != self.place.room {
            self.place.room = format!("{}-{chamber}", self.place.room);
        }
    }

    fn read_address(&mut self, text: &str, table: &Table) -> Result<(), Reason> {
        let text = part::take_remarks(text, &mut self.part);
        // What a bracket behind the door tells apart stays with the room.
        let (base, bracket) = text.find('(').map_or((text.as_str(), ""), |at| text.split_at(at));
        let found = address::split(base, table.dash_separates).map(|mut place| {
            if !place.room.is_empty() {
                place.room.push_str(&tight(bracket));
            }
            place
        });
        match found {
            Some(place) => {
                let is_own = self.place.room.is_empty();
                if !is_own && !place.room.is_empty() && !normal::is_same_room(&place.room, &self.place.room) {
                    // A house number beside a room of its own: both tell doors apart.
                    fill(&mut self.place.compound, tight(&text));
                    return Ok(());
                }
                self.is_whole |= is_own;
                fill(&mut self.place.compound, place.compound);
                fill(&mut self.place.building, place.building);
                fill(&mut self.place.unit, place.unit);
                fill(&mut self.place.room, place.room);
                if self.place.room.is_empty() && !self.place.building.is_empty() {
                    self.place = part::building_as_door(&self.place, table.has_rooms).ok_or_else(no_room)?;
                }
                Ok(())
            }
            None if !self.place.room.is_empty() => {
                fill(&mut self.place.compound, tight(&text));
                Ok(())
            }
            None if text.is_empty() => Ok(()),
            None => Err((
                FindingCode::AddressUnclear,
                "地址里没有楼栋门牌，无法确定是哪一户，此行未导入，请补全地址".into(),
            )),
        }
    }
}

pub(super) fn above_uncertain() -> Reason {
    (FindingCode::RoomMissing, "没有房号，上面一行也没有确定是哪一户，此行未导入".into())
}

pub(super) fn no_door(title: &str) -> Reason {
    (FindingCode::RoomMissing, format!("“{title}”写的是没有或待补，无法确定是哪一户，此行未导入"))
}

pub(super) fn no_room() -> Reason {
    (FindingCode::RoomMissing, "只有楼栋，没有房号，无法确定是哪一户，此行未导入".into())
}

/// `三`, `3` and `第三组` are 三组 or 3组, as they were written.
fn show_group(text: &str) -> String {
    let text = tight(text);
    let text = text.trim_start_matches('第');
    let is_number = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    if is_number { format!("{text}组") } else { text.to_owned() }
}
