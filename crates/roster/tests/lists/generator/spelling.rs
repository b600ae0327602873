//! How doors, names and numbers are spelled when they are not spelled plainly.

use super::district::{District, Home, Kind, Person};
use super::layout::{Address, Column, Damage, Layout};
use super::random::Random;

const NO_ROOM: [&str; 8] = ["无", "不详", "待查", "#N/A", "0", "/", "待补", "？"];
const NO_NUMBER: [&str; 7] = ["待补", "无", "不详", "000000000000000000", "111111111111111111", "/", "新生儿未办"];
const NO_PHONE: [&str; 5] = ["无", "00000000000", "待补", "/", "199****0000"];
const MARKS: [&str; 4] = ["（已故）", "(迁出)", "（外出）", "(已迁出)"];
const DOTS: [char; 4] = ['•', '．', '.', '・'];

/// The parts of a door as one home has them written throughout.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    pub(crate) compound: String,
    pub(crate) building: String,
    pub(crate) unit: String,
    pub(crate) room: String,
}

impl Door {
    pub(crate) fn spell(district: &District, home: &Home, layout: &Layout, random: &mut Random) -> Self {
        // A room in two columns is not spelled in words.
        let is_odd = layout.has(Damage::DoorSpelled) && layout.address != Address::Floors && random.once_in(3);
        let mut door = match district.kind {
            Kind::Town => spell_town(home, is_odd, random),
            Kind::Village => spell_village(home, is_odd, random),
        };
        if layout.has(Damage::Floats) && layout.address == Address::Parts && district.kind == Kind::Town {
            for (part, plain) in
                [(&mut door.building, &home.building), (&mut door.unit, &home.unit), (&mut door.room, &home.room)]
            {
                if plain.bytes().all(|byte| byte.is_ascii_digit()) && !plain.is_empty() {
                    *part = format!("{plain}.0");
                }
            }
        }
        if layout.has(Damage::RoomRemark) && layout.address != Address::Floors && random.once_in(4) {
            door.room.push_str(random.pick(&["（出租）", "(自住)", "（空挂户）", "(租)"]));
        }
        door
    }

    /// What stands in a column of the door.
    pub(crate) fn cell(&self, column: Column, layout: &Layout) -> String {
        match (column, layout.address) {
            (Column::Compound, _) => self.compound.clone(),
            (Column::Building, _) => self.building.clone(),
            (Column::Unit, _) => self.unit.clone(),
            (Column::Room, Address::UnitInRoom) if !self.unit.is_empty() => {
                // A second hyphen would say nothing.
                let room = self.room.replace('-', "负");
                format!("{}-{room}", self.unit.trim_end_matches("单元"))
            }
            (Column::Floor, _) => self.split_floor().0,
            (Column::Room, Address::Floors) => self.split_floor().1,
            (Column::Room, _) => self.room.clone(),
            (Column::Address, _) => format!("{}{}{}{}", self.compound, self.building, self.unit, self.room),
            _ => String::new(),
        }
    }
}

impl Door {
    /// `1101` → `11` and `01`, `-101A` → `-1` and `01A`; what is spelled otherwise stays whole in the second.
    fn split_floor(&self) -> (String, String) {
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let flat = self.room.len() - self.room.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len() + 2;
        match self.room.split_at_checked(self.room.len().saturating_sub(flat)) {
            Some((floor, flat)) if digits(floor.trim_start_matches('-')) && digits(flat.get(..2).unwrap_or("-")) => {
                (floor.to_owned(), flat.to_owned())
            }
            _ => (String::new(), self.room.clone()),
        }
    }
}

fn spell_town(home: &Home, is_odd: bool, random: &mut Random) -> Door {
    let mut door = Door {
        compound: home.compound.to_owned(),
        building: format!("{}栋", home.building),
        unit: if home.unit.is_empty() { String::new() } else { format!("{}单元", home.unit) },
        room: home.room.clone(),
    };
    if is_odd {
        let building = &home.building;
        let chinese = ["一", "二", "三"][building.parse::<usize>().expect("a number") - 1];
        door.building = random
            .pick(&[
                format!("{building}号楼").as_str(),
                &format!("{building}幢"),
                &format!("{chinese}栋"),
                &format!("{}栋", widen(building)),
                &format!("{building}#"),
            ])
            .to_owned();
        if random.once_in(2) {
            door.room = match home.room.strip_prefix('-') {
                Some(below) => format!("负{below}"),
                None => random
                    .pick(&[format!("{}室", home.room).as_str(), &widen(&home.room), &home.room.to_lowercase()])
                    .to_owned(),
            };
        }
        if random.once_in(2) && home.compound == "海棠花园" {
            door.compound.push_str("小区");
        }
        if !home.unit.is_empty() && random.once_in(2) {
            door.unit = format!("{}单元", if home.unit == "1" { "一" } else { "二" });
        }
    }
    door
}

fn spell_village(home: &Home, is_odd: bool, random: &mut Random) -> Door {
    let group = home.building.parse::<usize>().expect("a number");
    let chinese = ["一", "二", "三", "四"][group - 1];
    let building = if is_odd && random.once_in(2) { format!("{group}组") } else { format!("{chinese}组") };
    let room = match home.room.split_once('附') {
        Some((house, part)) => format!("{house}号附{part}"),
        None => format!("{}号", home.room),
    };
    Door { compound: home.compound.to_owned(), building, unit: String::new(), room }
}

/// What stands in place of the room of a home that nobody can find.
pub(crate) fn spell_unknown_room(may_be_blank: bool, random: &mut Random) -> String {
    if may_be_blank && random.once_in(2) { String::new() } else { random.pick(&NO_ROOM).to_owned() }
}

/// A name as it is written now.
pub(crate) fn spell_name(person: &Person, layout: &Layout, random: &mut Random) -> String {
    let mut name = person.name.clone();
    if layout.has(Damage::NameSpelled) && random.once_in(3) {
        let mut letters = name.chars();
        name = match (letters.next(), letters.next(), letters.next()) {
            (Some(one), Some(other), None) => format!("{one}{}{other}", random.pick(&[" ", "　", "  "])),
            _ => name.replace('·', &random.pick(&DOTS).to_string()),
        };
    }
    if layout.has(Damage::NameMark) && random.once_in(5) {
        name.push_str(random.pick(&MARKS));
    }
    name
}

/// An identity number as it is written now, and what of it may be read.
pub(crate) fn spell_id_no(person: &Person, layout: &Layout, random: &mut Random) -> (String, String) {
    let number = &person.id_no;
    let mut hits = |damage: Damage, times: usize| layout.has(damage) && random.once_in(times);
    if hits(Damage::IdPlaceholder, 3) {
        return (random.pick(&NO_NUMBER).to_owned(), String::new());
    }
    if number.is_empty() {
        return (String::new(), String::new());
    }
    if hits(Damage::IdMasked, 2) {
        return (format!("{}********{}", &number[..6], &number[14..]), String::new());
    }
    if hits(Damage::IdRounded, 4) {
        return (format!("{}.{}E+17", &number[..1], &number[1..6]), String::new());
    }
    if hits(Damage::IdWrong, 4) {
        let wrong = format!("{}{}", &number[..17], if number.ends_with('3') { '4' } else { '3' });
        return (wrong.clone(), wrong);
    }
    if hits(Damage::IdSpelled, 2) {
        let spelled = match random.below(4) {
            0 => widen(number),
            1 => number.to_lowercase(),
            2 => format!("{} {} {}", &number[..6], &number[6..14], &number[14..]),
            _ => format!("'{number}"),
        };
        return (spelled, number.clone());
    }
    (number.clone(), number.clone())
}

/// A phone number as it is written now.
pub(crate) fn spell_tel(person: &Person, layout: &Layout, random: &mut Random) -> String {
    if layout.has(Damage::PhonePlaceholder) && random.once_in(3) {
        return random.pick(&NO_PHONE).to_owned();
    }
    match &person.tel {
        tel if layout.has(Damage::Floats) && !tel.is_empty() => format!("{tel}.0"),
        tel => tel.clone(),
    }
}

fn widen(text: &str) -> String {
    let wide = |c: char| if c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c) } else { c };
    text.chars().map(wide).collect()
}
