//! Doors of a list that leaves out the compound or the unit: the known door is meant where only one fits.

use std::collections::{BTreeMap, BTreeSet};

use domain::household::Place;

use super::{Imported, household_key};
use crate::place::door::fill;
use crate::place::normal::door_key;
use crate::{Finding, FindingCode, Roster, RosterHousehold, RosterPerson};

/// Completes compound and unit of doors that the last import knows by them, so that a short list finds the household
/// and makes no second one. Where several known doors fit, the door stays as written and is reported.
pub(super) fn complete_doors(roster: &mut Roster, last: &BTreeMap<String, Imported>) {
    let mut known: BTreeMap<(String, String), BTreeSet<&str>> = BTreeMap::new();
    let places: BTreeMap<&str, &Place> =
        last.iter().map(|(key, imported)| (key.as_str(), &imported.household.place)).collect();
    for (key, imported) in last {
        for short in shorten(&imported.household.place) {
            known.entry((imported.household.grid.to_string(), short)).or_default().insert(key);
        }
    }
    let mut unclear = Vec::new();
    for household in &mut roster.households {
        let is_short = household.place.compound.is_empty() || household.place.unit.is_empty();
        if !is_short || last.contains_key(&household_key(household)) {
            continue;
        }
        let door = (household.grid.to_string(), door_key(&household.place));
        let fitting: Vec<_> = known.get(&door).into_iter().flatten().collect();
        match fitting[..] {
            [] => {}
            [key] => household.place = places[*key].clone(),
            _ => unclear.push(Finding::new(
                &household.source,
                FindingCode::AddressUnclear,
                "没有小区或单元，已有的几户都可能是它，已按新的一户导入，请补全地址后核对",
            )),
        }
    }
    roster.findings.extend(unclear);
    unite(roster);
}

/// Joins households that turned out to be one: a list may write a door once in full and once short.
fn unite(roster: &mut Roster) {
    let mut by_key: BTreeMap<String, usize> = BTreeMap::new();
    let mut united: Vec<RosterHousehold> = Vec::with_capacity(roster.households.len());
    for household in std::mem::take(&mut roster.households) {
        let key = household_key(&household);
        match by_key.get(&key) {
            Some(earlier) => join(&mut united[*earlier], household),
            None => {
                by_key.insert(key, united.len());
                united.push(household);
            }
        }
    }
    roster.counts.households = united.len();
    roster.counts.persons = united.iter().flat_map(|one| &one.persons).filter(|person| !person.repeats).count();
    roster.counts.vacant = united.iter().filter(|one| one.persons.is_empty()).count();
    roster.households = united;
}

fn join(earlier: &mut RosterHousehold, later: RosterHousehold) {
    earlier.columns = earlier.columns.or(later.columns);
    earlier.house_status = earlier.house_status.or(later.house_status);
    fill(&mut earlier.head_name, later.head_name);
    fill(&mut earlier.note, later.note);
    for mut person in later.persons {
        let same = |known: &&mut RosterPerson| {
            let is_same_number = person.id_no.is_empty() || known.id_no.is_empty() || known.id_no == person.id_no;
            !known.repeats && known.name == person.name && is_same_number
        };
        if let Some(known) = earlier.persons.iter_mut().find(same) {
            known.take_missing_from(&person);
            fill(&mut known.id_no, person.id_no.clone());
            person.repeats = true;
        }
        earlier.persons.push(person);
    }
}

/// The keys under which a short list may mean a door: without compound, without unit, without both.
fn shorten(place: &Place) -> BTreeSet<String> {
    let without = |compound: bool, unit: bool| {
        let mut short = place.clone();
        if compound {
            short.compound.clear();
        }
        if unit {
            short.unit.clear();
        }
        door_key(&short)
    };
    [(true, false), (false, true), (true, true)].into_iter().map(|(compound, unit)| without(compound, unit)).collect()
}
