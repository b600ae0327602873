//! Random towns, edits in the field and damaged lists: nobody gets another one's number, nobody who has a number is
//! doubled, and the same list twice is one list.

use super::*;

/// A small generator (SplitMix64), so that a seed gives the same town everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).expect("small")).expect("small")
    }

    fn is_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }
}

#[derive(Clone)]
struct Resident {
    door: (usize, usize, usize),
    name: String,
    id_no: String,
    tel: String,
}

/// A valid number for a serial: the check digit by GB 11643.
fn number(serial: usize) -> String {
    let body = format!("990101{}{:02}{:02}{:03}", 1940 + serial % 60, 1 + serial % 12, 1 + serial % 28, serial % 1000);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(digit, weight)| digit.to_digit(10).expect("a digit") * weight).sum();
    let check = "10X98765432".chars().nth((sum % 11) as usize).expect("one of eleven");
    format!("{body}{check}")
}

fn settle(dice: &mut Dice) -> Vec<Resident> {
    let mut residents = Vec::new();
    let surnames = ["甲", "乙", "丙", "丁"];
    for home in 0..12 {
        let door = (1 + home % 2, 1 + (home / 2) % 2, 101 + home / 4);
        for _ in 0..=dice.below(4) {
            let serial = residents.len();
            // Names repeat: four surnames with few given names.
            let name = format!("{}{}", surnames[dice.below(4)], ["一", "二", "三", "四四", "五五"][dice.below(5)]);
            let id_no = if dice.is_in(4) { String::new() } else { number(serial) };
            residents.push(Resident { door, name, id_no, tel: format!("199{serial:08}") });
        }
    }
    residents
}

fn write(residents: &[Resident], dice: &mut Dice, damage: usize) -> String {
    let compound = if damage > 0 && dice.is_in(6) { "望江名邸" } else { "海棠花园" };
    let is_short = damage > 0 && dice.is_in(5);
    let mut text = "网格编码,小区,楼栋,单元,房号,姓名,身份证号码,联系电话\n".to_owned();
    for one in residents {
        let (building, unit, room) = one.door;
        if damage > 0 && dice.is_in(12) {
            continue;
        }
        let hidden = |name: &str| format!("{}*", name.chars().next().expect("a name"));
        let name = if damage > 0 && dice.is_in(10) { hidden(&one.name) } else { one.name.clone() };
        let id_no = match one.id_no.as_str() {
            "" => "待补".to_owned(),
            id_no if damage > 0 => match dice.below(8) {
                0 => String::new(),
                1 => format!("{}********{}", &id_no[..6], &id_no[14..]),
                2 => id_no[..17].to_owned(),
                _ => id_no.to_owned(),
            },
            id_no => id_no.to_owned(),
        };
        let tel = if damage > 0 && dice.is_in(5) { String::new() } else { one.tel.clone() };
        let unit = if is_short { String::new() } else { format!("{unit}单元") };
        let room = if damage > 0 && dice.is_in(15) { room + 1 } else { room };
        text.push_str(&format!("990102003007031,{compound},{building}栋,{unit},{room},{name},{id_no},{tel}\n"));
    }
    text
}

/// Valid numbers with the names that stand behind them.
fn holders(town: &Town) -> BTreeMap<String, Vec<String>> {
    let mut holders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for known in &town.ledger.households {
        for person in known.current.household.people().into_iter().filter(|person| !person.has_left()) {
            let details = person.particulars(&known.current.particulars).unwrap_or_default();
            if details.id_no.len() == 18 {
                holders.entry(details.id_no).or_default().push(person.member.name);
            }
        }
    }
    holders
}

/// How many towns. Hundreds were tried; each takes a fifth of a second.
const SEEDS: u64 = 60;

#[test]
fn damaged_lists_move_no_number_and_double_nobody() {
    for seed in 0..SEEDS {
        let mut dice = Dice(seed);
        let residents = settle(&mut dice);
        let truth: BTreeMap<&str, &str> = residents
            .iter()
            .map(|one| (one.id_no.as_str(), one.name.as_str()))
            .filter(|(id_no, _)| !id_no.is_empty())
            .collect();
        let mut town = Town::of(&write(&residents, &mut dice, 0));
        for one in residents.iter().filter(|one| one.id_no.is_empty()) {
            // Half of the missing numbers are learnt at the door; somebody is met who is on no list.
            let (building, unit, room) = one.door;
            if dice.is_in(3) {
                town.meet(
                    &format!("海棠花园{building}栋{unit}单元{room}"),
                    &format!("新{}", one.name),
                    "",
                    &[&one.tel],
                );
            }
        }
        for month in 0..3 {
            let list = write(&residents, &mut dice, 1);
            let is_confirmed = dice.is_in(2);
            let roster = read_text(&list);
            let before = town.homes();
            town.import_roster(&roster, is_confirmed);
            for (id_no, names) in holders(&town) {
                let about = format!(
                    "{id_no}: seed {seed}, month {month}, {is_confirmed}\n{list}\n{before:?}\n{:?}",
                    town.homes()
                );
                assert_eq!(names.len(), 1, "somebody with a number stands twice: {about}");
                assert_eq!(Some(&names[0].as_str()), truth.get(id_no.as_str()), "a number moved: {about}");
            }
            let before = town.homes();
            let again = town.import_roster(&roster, is_confirmed);
            assert_eq!(town.homes(), before, "seed {seed}, month {month}\n{list}");
            assert_eq!(
                (&again.additions, &again.edits, &again.bases),
                (&vec![], &vec![], &vec![]),
                "seed {seed}, month {month}\n{list}"
            );
        }
    }
}
