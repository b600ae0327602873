use std::collections::BTreeSet;

use domain::codes::{Residence, VisitClass};
use domain::flat::{Scalar, flatten, unflatten};
use domain::record::Record as _;
use domain::{Kind, MemberId};
use jiff::civil::date;

use super::*;
use crate::FindingCode;
use crate::tests::{TODAY, read_text};

mod conflicts;
mod kept;
mod moves;
mod parts;
mod random;
mod short_doors;
mod who;

const HEADER: &str = "网格编码,小区,楼栋,单元,房号,居住状态,姓名,与户主关系,身份证号码,联系电话,人口类别,备注\n";

/// Valid numbers of invented people.
const IDS: [&str; 6] = [
    "990101195001100016",
    "990101195102110045",
    "990101195203120058",
    "990101195304130087",
    "99010119540514009X",
    "990101195506150123",
];

/// The same id for the same key.
fn id_of(key: &str) -> HouseholdId {
    let number = key.bytes().fold(1_u128, |sum, byte| sum.wrapping_mul(1_000_003).wrapping_add(byte.into()));
    HouseholdId::from_uuid(uuid::Uuid::from_u128(number))
}

/// A ledger over which lists are laid, as a server does.
#[derive(Default, Clone)]
struct Town {
    ledger: Ledger,
    imports: u8,
}

impl Town {
    /// A town that one list has made.
    fn of(text: &str) -> Self {
        let mut town = Self::default();
        town.import(text);
        town
    }

    fn plan(&mut self, roster: &Roster, is_confirmed: bool) -> ImportPlan {
        self.imports += 1;
        let (seed, mut next) = (self.imports, 0_u16);
        let mut random = || {
            next += 1;
            let [high, low] = next.to_be_bytes();
            [seed, high, low, 4, 5, 6, 7, 8, 9, 10]
        };
        let mut environment =
            Environment { now: UnixMillis::start_of(TODAY), today: TODAY, random: &mut random, household_id: &id_of };
        plan_import(roster, &self.ledger, PlanOptions { is_confirmed }, &mut environment).expect("a plan")
    }

    fn import(&mut self, text: &str) -> ImportPlan {
        self.import_roster(&read_text(text), false)
    }

    fn confirm(&mut self, text: &str) -> ImportPlan {
        self.import_roster(&read_text(text), true)
    }

    /// Plans and writes.
    fn import_roster(&mut self, roster: &Roster, is_confirmed: bool) -> ImportPlan {
        let plan = self.plan(roster, is_confirmed);
        let listed: usize = plan.outline.by_grid.values().map(GridOutline::listed).sum();
        assert_eq!(listed, roster.households.len(), "every listed home is counted once");
        for unplaced in &plan.unplaced {
            assert!(
                plan.findings.iter().any(|told| told.code == unplaced.code && told.row == unplaced.source.row),
                "told as well: {unplaced:?}"
            );
        }
        for edit in &plan.edits {
            let known = self.ledger.households.iter_mut().map(|known| &mut known.current);
            let mut known =
                known.filter(|one| [one.household.record_id(), one.particulars.record_id()].contains(&edit.record));
            let current = known.next().expect("an edit of a known record");
            match edit.kind {
                Kind::Household => current.household = changed(&current.household, edit),
                _ => current.particulars = changed(&current.particulars, edit),
            }
            assert_eq!(current.household.find_breaches(), vec![]);
            assert_eq!(current.particulars.find_breaches(), vec![]);
        }
        for (key, base) in &plan.bases {
            let known = self.ledger.households.iter_mut().find(|one| one.current.household.id == base.household.id);
            let known = known.expect("a base of a known home");
            known.base = Some(base.clone());
            known.stored_key = Some(key.clone());
        }
        for Addition { key, records } in &plan.additions {
            assert_eq!(records.household.find_breaches(), vec![], "{key}");
            assert_eq!(records.particulars.find_breaches(), vec![], "{key}");
            assert!(self.ledger.households.iter().all(|one| one.current.household.id != records.household.id));
            let stored_key = Some(key.clone());
            self.ledger.households.push(Known { current: records.clone(), base: Some(records.clone()), stored_key });
        }
        let keys: Vec<_> = self.ledger.households.iter().filter_map(|known| known.stored_key.clone()).collect();
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "one key, one base");
        self.ledger.buildings = plan.buildings.clone();
        plan
    }

    /// `door: names`, one per record, in order; who has left stands in brackets.
    fn homes(&self) -> Vec<String> {
        let mut homes: Vec<String> = (self.ledger.households.iter())
            .map(|known| {
                let card = &known.current.household;
                let mut names: Vec<_> = (card.people().into_iter())
                    .map(|one| if one.has_left() { format!("({})", one.member.name) } else { one.member.name })
                    .collect();
                names.sort();
                format!("{}: {}", card.place.full(), names.join(","))
            })
            .collect();
        homes.sort();
        homes
    }

    /// The record at a door.
    fn at(&mut self, door: &str) -> &mut Known {
        let mut found = self.ledger.households.iter_mut().filter(|known| known.current.household.place.full() == door);
        found.next().unwrap_or_else(|| panic!("nobody lives at {door}"))
    }

    /// Everybody of this name: number and phones.
    fn numbers(&self, name: &str) -> Vec<(String, Vec<String>)> {
        let mut found = Vec::new();
        for known in &self.ledger.households {
            for (id, _) in known.current.household.members.iter().filter(|(_, member)| member.name == name) {
                let details = known.current.particulars.members.get(id).cloned().unwrap_or_default();
                found.push((details.id_no, details.tels.into_iter().collect()));
            }
        }
        found
    }

    /// Adds somebody at the door, as a worker does.
    fn meet(&mut self, door: &str, name: &str, id_no: &str, tels: &[&str]) -> MemberId {
        self.imports += 1;
        let id = MemberId::new(UnixMillis::start_of(TODAY), [self.imports, 99, 99, 4, 5, 6, 7, 8, 9, 10]);
        let current = &mut self.at(door).current;
        let member = domain::household::Member { name: name.to_owned(), relation: None, residence: None };
        current.household.members.insert(id, member);
        let details = domain::particulars::PersonParticulars {
            id_no: id_no.to_owned(),
            tels: tels.iter().map(|tel| (*tel).to_owned()).collect(),
            ..Default::default()
        };
        if details != Default::default() {
            current.particulars.members.insert(id, details);
        }
        id
    }
}

fn changed<R: domain::Record>(record: &R, edit: &RecordEdit) -> R {
    let mut flat = flatten(record).expect("flat");
    for (path, value) in &edit.changes {
        match value {
            Some(value) => flat.insert(path.clone(), value.clone()),
            None => flat.remove(path),
        };
    }
    unflatten(&flat).expect("a record")
}

fn assert_empty(plan: &ImportPlan) {
    assert_eq!((&plan.additions, &plan.edits, &plan.bases, &plan.dropped_keys), (&vec![], &vec![], &vec![], &vec![]));
}

fn codes(plan: &ImportPlan) -> Vec<FindingCode> {
    plan.findings.iter().map(|finding| finding.code).collect()
}

fn street() -> Roster {
    read_text(&format!(
        "{HEADER}990102003007031,海棠花园,1栋,1单元,101,自住,甲一,户主,990101198506120024,19900000001,户籍,\n\
         ,,,,,,甲二,妻,,,户籍,\n\
         990102003007031,海棠花园,1栋,1单元,102,自住,乙一,户主,,,户籍,独居\n\
         990102003007031,海棠花园,2栋,1单元,101,租赁,丙一,户主,,,流动,\n\
         990102003007031,海棠花园,2栋,1单元,102,空置,,,,,,\n\
         990102003007032,海棠花园,2栋,1单元,101,自住,丁一,户主,,,户籍,\n"
    ))
}

#[test]
fn a_first_import_makes_valid_records() {
    let plan = Town::default().plan(&street(), false);
    assert_eq!((plan.additions.len(), plan.edits.len(), plan.findings.len()), (5, 0, 0));
    for Addition { key, records } in &plan.additions {
        assert_eq!(records.household.find_breaches(), vec![], "{key}");
        assert_eq!(records.particulars.find_breaches(), vec![], "{key}");
        assert_eq!(records.particulars.household, records.household.id);
    }
    let Addition { key, records: first } = &plan.additions[0];
    assert_eq!(key, "990102003007031|海棠花园|1|1|101");
    assert_eq!((first.household.contact_name.as_str(), first.household.members.len()), ("甲一", 2));
    let card = serde_json::to_string(&first.household).expect("json");
    assert!(!card.contains("19900000001") && !card.contains("990101198506120024"), "the card holds no numbers");
    let codes: Vec<_> = plan.additions.iter().map(|one| one.records.household.building.as_str()).collect();
    assert_eq!(
        codes,
        [
            "99010200300703100001",
            "99010200300703100001",
            "99010200300703100002",
            "99010200300703100002",
            "99010200300703200001"
        ]
    );
}

#[test]
fn classes_follow_tags_and_status() {
    let plan = Town::default().plan(&street(), false);
    let classes: Vec<_> = plan.additions.iter().map(|one| one.records.household.visit_class).collect();
    assert_eq!(classes, [None, Some(VisitClass::A), Some(VisitClass::B), Some(VisitClass::D), None]);
}

#[test]
fn a_dwelling_in_use_without_listed_people_is_not_put_off_for_a_year() {
    let roster = read_text(
        "网格编码,楼栋,房号,居住状态,姓名\n990102003007031,1栋,101,自住,\n990102003007031,1栋,102,,\n990102003007031,1栋,103,空置,\n",
    );
    let classes: Vec<_> = roster.households.iter().map(suggest_class).collect();
    assert_eq!(classes, [None, Some(VisitClass::D), Some(VisitClass::D)]);
}

#[test]
fn first_visits_are_spread_over_the_interval_in_door_order() {
    let mut text = HEADER.to_owned();
    for room in (1..=182).rev() {
        text.push_str(&format!("990102003007031,海棠花园,1栋,1单元,{room},自住,某人,户主,,,户籍,\n"));
    }
    let plan = Town::default().plan(&read_text(&text), false);
    let due = |room: &str| {
        let found = plan.additions.iter().find(|one| one.records.household.place.room == room);
        found.expect("a room").records.household.first_due
    };
    assert_eq!((due("1"), due("2"), due("182")), (Some(TODAY), Some(date(2026, 11, 24)), Some(date(2027, 5, 23))));
}

#[test]
fn the_same_file_again_changes_nothing() {
    let mut town = Town::default();
    town.import_roster(&street(), false);
    let json = serde_json::to_string(&town.at("海棠花园1栋1单元101").base).expect("a base is kept as JSON");
    town.at("海棠花园1栋1单元101").base = serde_json::from_str(&json).expect("and read again");
    let again = town.import_roster(&street(), false);
    assert_empty(&again);
    assert_eq!(again.findings, vec![]);
    assert_eq!(again.outline.by_grid.values().map(|grid| grid.unchanged).sum::<usize>(), 5);
}

#[test]
fn a_corrected_file_changes_only_what_differs() {
    let mut town = Town::default();
    town.import_roster(&street(), false);
    let second = town.import(&format!(
        "{HEADER}990102003007031,海棠花园,1栋,1单元,101,自住,甲二,妻,990101198506120024,,户籍,\n\
         ,,,,,,甲一,户主,,19900000009,户籍,\n\
         990102003007031,海棠花园,1栋,1单元,102,自住,乙一一,户主,,,户籍,独居\n\
         990102003007031,海棠花园,3栋,1单元,101,自住,戊一,户主,,,户籍,\n\
         990102003007031,海棠花园,2栋,1单元,101,租赁,丙一,户主,,,流动,\n"
    ));
    assert_eq!(second.additions.len(), 1);
    assert_eq!(second.additions[0].records.household.building.as_str(), "99010200300703100003");
    // 101: the number moved to the other row; the persons stay who they are, and the card is untouched.
    assert_eq!(town.numbers("甲二"), [("990101198506120024".to_owned(), vec![])]);
    assert_eq!(town.numbers("甲一"), [(String::new(), vec!["19900000009".to_owned()])]);
    let touched: Vec<_> = second.edits.iter().map(|edit| (edit.key.as_str(), edit.kind)).collect();
    assert_eq!(touched[0], ("990102003007031|海棠花园|1|1|101", Kind::Particulars));
    // 102: a new name is a new person; the old one stays and is reported. 2栋 102 is reported and not deleted.
    assert!(town.homes().contains(&"海棠花园1栋1单元102: 乙一,乙一一".to_owned()), "{:?}", town.homes());
    assert_eq!(codes(&second), [FindingCode::HomesJoined, FindingCode::NoLongerListed, FindingCode::NoLongerListed]);
    assert!(town.homes().contains(&"海棠花园2栋1单元102: ".to_owned()));
}

#[test]
fn one_changed_phone_is_one_changed_path() {
    let mut town = Town::default();
    town.import_roster(&street(), false);
    let mut roster = street();
    roster.households[0].persons[0].tels = ["19900000002".to_owned()].into();
    roster.households[0].persons[0].name = "甲一新".to_owned();
    let second = town.import_roster(&roster, false);
    let changes: Vec<_> = second.edits.iter().flat_map(|edit| edit.changes.clone()).collect();
    let member = &changes[0].0["members.".len()..changes[0].0.len() - ".name".len()];
    assert_eq!(
        changes,
        [
            (format!("members.{member}.name"), Some(Scalar::Text("甲一新".into()))),
            (format!("members.{member}.tels.19900000001"), None),
            (format!("members.{member}.tels.19900000002"), Some(Scalar::Bool(true))),
        ]
    );
}
