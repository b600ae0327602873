//! The truth: homes with their doors, and who lives in them.

use super::random::Random;
use crate::support::{GRID, id_no, tel};

/// How doors are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Compound, building, unit, room.
    Town,
    /// Village, group, house.
    Village,
}

/// Some homes of one or two grids.
#[derive(Debug, Clone)]
pub(crate) struct District {
    pub(crate) kind: Kind,
    pub(crate) homes: Vec<Home>,
    /// The serial of the next person.
    next: u32,
}

/// One dwelling. Numbers are plain (`3`, `101`, `-101`, `101A`); the unit of a building without units is empty.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    pub(crate) grid: &'static str,
    pub(crate) compound: &'static str,
    pub(crate) building: String,
    pub(crate) unit: String,
    pub(crate) room: String,
    pub(crate) people: Vec<Person>,
}

/// One resident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// Which of all people, also where names are equal.
    pub(crate) serial: u32,
    pub(crate) name: String,
    pub(crate) relation: &'static str,
    /// Empty: has none.
    pub(crate) id_no: String,
    /// Empty: has none.
    pub(crate) tel: String,
}

const SURNAMES: [char; 24] = [
    '甲', '乙', '丙', '丁', '戊', '己', '庚', '辛', '壬', '癸', '欧', '司', '柳', '松', '柏', '竹', '兰', '荷', '桂',
    '枫', '桐', '梧', '榆', '槐',
];
const GIVEN: [&str; 20] = [
    "一", "二", "秀英", "建国", "芳", "伟", "子涵", "丽华", "军", "敏", "桂花", "小宝", "明", "国强", "玉兰", "海",
    "春", "晓东", "文", "霞",
];
const RELATIONS: [&str; 7] = ["配偶", "子", "女", "父亲", "母亲", "儿媳", "孙女"];
const ROOMS: [&str; 14] =
    ["101", "102", "201", "202", "301", "302", "401", "1101", "1102", "-101", "101A", "101B", "502", "601"];
const HOUSES: [&str; 10] = ["1", "2", "12", "12附1", "12附2", "甲12", "乙12", "12-1", "21", "121"];

impl District {
    /// Homes whose doors are often alike: the same rooms in every unit and building.
    pub(crate) fn make(random: &mut Random) -> Self {
        let kind = if random.once_in(5) { Kind::Village } else { Kind::Town };
        let mut district = Self { kind, homes: vec![], next: 0 };
        match kind {
            Kind::Town => district.build_town(random),
            Kind::Village => district.build_village(random),
        }
        for home in 0..district.homes.len() {
            let count = if random.once_in(8) { 0 } else { 1 + random.below(4) };
            for _ in 0..count {
                district.move_in(home, random);
            }
        }
        if random.once_in(4) {
            district.repeat_names(random);
        }
        district
    }

    fn build_town(&mut self, random: &mut Random) {
        let mut compounds = ["海棠花园", "玉兰苑", "紫荆家园"];
        random.shuffle(&mut compounds);
        let has_units = !random.once_in(4);
        let has_two_grids = random.once_in(3);
        for (position, compound) in compounds.into_iter().take(1 + random.below(2)).enumerate() {
            let grid = if has_two_grids && position > 0 { "990102003007042" } else { GRID };
            for building in 1..=1 + random.below(3) {
                let units = if has_units { 1 + random.below(2) } else { 1 };
                for unit in 1..=units {
                    let mut rooms = ROOMS;
                    random.shuffle(&mut rooms);
                    let mut rooms: Vec<_> = rooms.into_iter().take(1 + random.below(4)).collect();
                    rooms.sort_by_key(|room| (room.len(), *room));
                    self.homes.extend(rooms.into_iter().map(|room| Home {
                        grid,
                        compound,
                        building: building.to_string(),
                        unit: if has_units { unit.to_string() } else { String::new() },
                        room: room.to_owned(),
                        people: vec![],
                    }));
                }
            }
        }
    }

    fn build_village(&mut self, random: &mut Random) {
        for group in 1..=2 + random.below(3) {
            let mut houses = HOUSES;
            random.shuffle(&mut houses);
            self.homes.extend(houses.into_iter().take(2 + random.below(4)).map(|house| Home {
                grid: GRID,
                compound: "北门村",
                building: group.to_string(),
                unit: String::new(),
                room: house.to_owned(),
                people: vec![],
            }));
        }
    }

    /// Somebody new, the head when nobody lived there.
    pub(crate) fn move_in(&mut self, home: usize, random: &mut Random) {
        let serial = self.next;
        self.next += 1;
        let relation = if self.homes[home].people.is_empty() { "户主" } else { random.pick(&RELATIONS) };
        let place = serial as usize;
        let name = match serial % 31 {
            30 => format!("阿卜杜·{}", GIVEN[place / 31 % GIVEN.len()]),
            _ => format!("{}{}", SURNAMES[place % SURNAMES.len()], GIVEN[place / SURNAMES.len() % GIVEN.len()]),
        };
        let id_no = if random.once_in(6) { String::new() } else { id_no(serial) };
        let tel = if random.once_in(2) { String::new() } else { tel(serial) };
        self.homes[home].people.push(Person { serial, name, relation, id_no, tel });
    }

    /// Some people have the name of somebody in another home.
    fn repeat_names(&mut self, random: &mut Random) {
        for home in 0..self.homes.len() {
            let other = random.below(self.homes.len());
            let Some(name) = self.homes[other].people.first().map(|person| person.name.clone()) else { continue };
            if other == home || self.homes[home].people.iter().any(|person| person.name == name) {
                continue;
            }
            if let Some(person) = self.homes[home].people.last_mut() {
                person.name = name;
            }
        }
    }

    /// How many compounds there are.
    pub(crate) fn compounds(&self) -> usize {
        let mut compounds: Vec<_> = self.homes.iter().map(|home| home.compound).collect();
        compounds.sort_unstable();
        compounds.dedup();
        compounds.len()
    }
}
