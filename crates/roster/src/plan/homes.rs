//! Which known home a listed one is.
//!
//! By the record's own id where people or door agree; by the door; by the people's numbers where only the compound or a
//! spelling differs; and where list or ledger leaves out compound or unit, by the people, or where most homes of the
//! same sheet are found by their people. What is left open is unplaced: a home is neither joined nor doubled on a guess.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::ledger::{Home, Index, part_of, tells_apart};
use super::people::is_same;
use crate::place::normal::door_key;
use crate::{FindingCode, Roster, RosterHousehold, RosterPerson};

/// What becomes of a listed home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Not known.
    New,
    /// The known home at this position; `is_renamed`: under another address than it is known by.
    Known { home: usize, is_renamed: bool },
    /// Not certain which, and why.
    Unplaced(FindingCode, &'static str),
}

/// The decisions, and which known homes an unplaced one may be.
pub(super) struct Decisions {
    pub(super) of: Vec<Decision>,
    pub(super) possible: BTreeSet<usize>,
}

const ID_CONTRADICTS: &str = "住户标识是另一户的：地址和人员都对不上，未导入此户，请核对";
const SEVERAL_FIT: &str = "已有几户都可能是此户，人员也对不上或不止一户对得上，未导入此户，请补全地址或核对人员";
const MAY_BE_KNOWN: &str = "地址不完整，可能是已有的一户，但人员对不上，未导入此户，请补全地址后再导入";

/// The parts of a door: compound, building, unit, room.
fn parts(door: &str) -> Vec<&str> {
    door.split('|').collect()
}

/// Whether two doors differ only in what one of them leaves out before the room.
fn is_compatible(one: &str, other: &str) -> bool {
    let (one, other) = (parts(one), parts(other));
    let open = |at: usize| one[at] == other[at] || one[at].is_empty() || other[at].is_empty();
    one.len() == 4 && other.len() == 4 && one[3] == other[3] && open(0) && open(1) && open(2)
}

/// Whether two doors are one apart from the compound and how building, unit and room are divided.
fn is_respelled(one: &str, other: &str) -> bool {
    let numbers = |door: &str| {
        let inside = parts(door).into_iter().skip(1).collect::<Vec<_>>();
        let is_below = inside.iter().any(|part| part.starts_with('-'));
        let inside = inside.join("-");
        let numbers = inside.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).map(str::to_owned);
        (is_below, numbers.collect::<Vec<_>>())
    };
    numbers(one) == numbers(other)
}

struct Listed<'a> {
    household: &'a RosterHousehold,
    door: String,
    persons: Vec<&'a RosterPerson>,
}

/// Matches the homes of a list with those of the ledger.
pub(super) fn match_homes(roster: &Roster, index: &Index) -> Decisions {
    let listed: Vec<Listed<'_>> = (roster.households.iter())
        .map(|household| Listed {
            household,
            door: door_key(&household.place),
            persons: household.persons.iter().filter(|person| !person.repeats).collect(),
        })
        .collect();
    let mut of: Vec<Option<Decision>> = listed.iter().map(|home| by_id(home, index)).collect();
    for (decision, home) in of.iter_mut().zip(&listed) {
        *decision = decision.or_else(|| by_door(home, index));
    }
    let mentioned: BTreeSet<usize> = of.iter().filter_map(|decision| home_of(*decision)).collect();
    for (decision, home) in of.iter_mut().zip(&listed) {
        *decision = decision.or_else(|| by_numbers(home, index, &mentioned));
    }
    // Two doors that are not one cannot both be a home under another name.
    let mut claims: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for (decision, home) in of.iter().zip(&listed) {
        if let Some(Decision::Known { home: known, is_renamed: true }) = decision {
            claims.entry(*known).or_default().insert(&home.door);
        }
    }
    for decision in &mut of {
        if let Some(Decision::Known { home: known, is_renamed: true }) = decision
            && claims.get(known).is_some_and(|doors| doors.len() > 1)
        {
            *decision = Some(Decision::Unplaced(FindingCode::DoorUncertain, SEVERAL_FIT));
        }
    }
    let possible = complete_short_doors(&listed, &mut of, index);
    let of = of.into_iter().map(|decision| decision.unwrap_or(Decision::New)).collect();
    Decisions { of, possible }
}

fn home_of(decision: Option<Decision>) -> Option<usize> {
    match decision {
        Some(Decision::Known { home, .. }) => Some(home),
        _ => None,
    }
}

/// How many of the listed people live in a known home.
fn count_same(listed: &Listed<'_>, home: &Home) -> usize {
    listed.persons.iter().filter(|person| home.people.iter().any(|known| is_same(person, known))).count()
}

/// By the id of our own export, if anything else agrees.
fn by_id(listed: &Listed<'_>, index: &Index) -> Option<Decision> {
    let home = index.with_id(listed.household.id?)?;
    let known = &index.homes[home];
    let is_same_grid = known.grid == listed.household.grid;
    let is_same_door = known.door == listed.door || door_without_part(listed) == known.door;
    let is_taken = index.at_door(&listed.household.grid, &listed.door).iter().any(|other| *other != home);
    let is_found = is_same_grid && (is_same_door || count_same(listed, known) > 0 && !is_taken);
    Some(if is_found {
        Decision::Known { home, is_renamed: !is_same_door && !is_completion(&known.door, &listed.door) }
    } else {
        Decision::Unplaced(FindingCode::DoorUncertain, ID_CONTRADICTS)
    })
}

fn door_without_part(listed: &Listed<'_>) -> String {
    part_of(&listed.household.place).map_or_else(|| listed.door.clone(), |(place, _)| door_key(&place))
}

/// Whether two doors are one, and one of them only says more.
fn is_completion(one: &str, other: &str) -> bool {
    is_compatible(one, other)
}

fn by_door(listed: &Listed<'_>, index: &Index) -> Option<Decision> {
    let mut found = index.at_door(&listed.household.grid, &listed.door).to_vec();
    if found.is_empty() && part_of(&listed.household.place).is_some() {
        let first = index.at_door(&listed.household.grid, &door_without_part(listed));
        found.extend(first.iter().filter(|home| index.homes[**home].records.len() > 1));
    }
    match found[..] {
        [] => None,
        [home] => Some(Decision::Known { home, is_renamed: false }),
        _ => Some(match find_best(listed, &found, index) {
            Some(home) => Decision::Known { home, is_renamed: false },
            None => Decision::Unplaced(FindingCode::DoorUncertain, SEVERAL_FIT),
        }),
    }
}

/// The one with the most people in common, if there is one such.
fn find_best(listed: &Listed<'_>, homes: &[usize], index: &Index) -> Option<usize> {
    let mut scored: Vec<(usize, usize)> = homes
        .iter()
        .map(|home| (count_same(listed, &index.homes[*home]), *home))
        .filter(|(score, _)| *score > 0)
        .collect();
    scored.sort_unstable_by(|one, other| other.cmp(one));
    match scored[..] {
        [(_, home)] => Some(home),
        [(best, home), (second, _), ..] if best > second => Some(home),
        _ => None,
    }
}

/// All people with numbers live in one known home that the list does not mention by its door, and the doors differ in
/// the compound or a spelling only.
fn by_numbers(listed: &Listed<'_>, index: &Index, mentioned: &BTreeSet<usize>) -> Option<Decision> {
    let mut homes = BTreeSet::new();
    for person in listed.persons.iter().filter(|person| tells_apart(&person.id_no)) {
        match index.with_number(&person.id_no) {
            [(home, known)] if is_same(person, &index.homes[*home].people[*known]) => homes.insert(*home),
            _ => return None,
        };
    }
    let home = homes.pop_first().filter(|_| homes.is_empty())?;
    let known = &index.homes[home];
    let is_found =
        known.grid == listed.household.grid && !mentioned.contains(&home) && is_respelled(&known.door, &listed.door);
    is_found.then(|| Decision::Known { home, is_renamed: !is_completion(&known.door, &listed.door) })
}

/// Doors of which list or ledger leaves out compound or unit.
fn complete_short_doors(listed: &[Listed<'_>], of: &mut [Option<Decision>], index: &Index) -> BTreeSet<usize> {
    let mut by_core: HashMap<(&str, String), Vec<usize>> = HashMap::new();
    let core = |door: &str| parts(door)[3].to_owned();
    for (home, known) in index.homes.iter().enumerate() {
        by_core.entry((known.grid.as_str(), core(&known.door))).or_default().push(home);
    }
    let mut fitting: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (position, home) in listed.iter().enumerate().filter(|(position, _)| of[*position].is_none()) {
        let near = by_core.get(&(home.household.grid.as_str(), core(&home.door))).into_iter().flatten();
        let found: Vec<usize> =
            near.copied().filter(|known| is_compatible(&index.homes[*known].door, &home.door)).collect();
        if !found.is_empty() {
            fitting.insert(position, found);
        }
    }
    // By people. Two doors that cannot be one do not both become the home that leaves out what tells them apart: the one
    // with more of its people does.
    let mut claims: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for (position, found) in &fitting {
        if let Some(known) = find_best(&listed[*position], found, index) {
            let score = count_same(&listed[*position], &index.homes[known]);
            claims.entry(known).or_default().push((score, *position));
        }
    }
    for (known, mut claiming) in claims {
        claiming.sort_unstable_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        let mut doors: Vec<&str> = (of.iter().enumerate())
            .filter(|(_, decision)| home_of(**decision) == Some(known))
            .map(|(position, _)| listed[position].door.as_str())
            .collect();
        let fits =
            |doors: &[&str], position: usize| doors.iter().all(|door| is_compatible(door, &listed[position].door));
        let best = claiming[0];
        let is_tied = claiming
            .iter()
            .any(|(score, position)| *score == best.0 && !is_compatible(&listed[*position].door, &listed[best.1].door));
        for (score, position) in claiming {
            if is_tied && score == best.0 {
                of[position] = Some(Decision::Unplaced(FindingCode::DoorUncertain, SEVERAL_FIT));
            } else if fits(&doors, position) {
                doors.push(&listed[position].door);
                of[position] = Some(Decision::Known { home: known, is_renamed: false });
            }
        }
    }
    // By the sheet: most of its homes with people were found by them, and no door fits two.
    let mut sheets: BTreeMap<(&str, &str), (usize, usize, bool)> = BTreeMap::new();
    let sheet_of = |position: usize| {
        let source = &listed[position].household.source;
        (source.file.as_str(), source.sheet.as_str())
    };
    for (position, found) in &fitting {
        let (by_people, with_people, fits_two) = sheets.entry(sheet_of(*position)).or_default();
        *by_people += usize::from(of[*position].is_some());
        *with_people += usize::from(!listed[*position].persons.is_empty());
        *fits_two |= found.len() > 1;
    }
    // Doors of the list by the known home that they are: another door cannot be the same one.
    let mut claims: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (position, decision) in of.iter().enumerate() {
        if let Some(home) = home_of(*decision) {
            claims.entry(home).or_default().push(&listed[position].door);
        }
    }
    let mut possible = BTreeSet::new();
    for (position, found) in &fitting {
        if of[*position].is_some() {
            continue;
        }
        let home = &listed[*position];
        let is_other = |known: &usize| {
            claims.get(known).is_some_and(|doors| doors.iter().any(|door| !is_compatible(door, &home.door)))
        };
        let open: Vec<usize> = found.iter().copied().filter(|known| !is_other(known)).collect();
        let (by_people, with_people, fits_two) = sheets[&sheet_of(*position)];
        let is_sheet_known = by_people > 0 && by_people * 2 >= with_people && !fits_two;
        of[*position] = match open[..] {
            [] => None,
            [known] if is_sheet_known && home.persons.is_empty() && !claims.contains_key(&known) => {
                Some(Decision::Known { home: known, is_renamed: false })
            }
            [_] => Some(Decision::Unplaced(FindingCode::DoorUncertain, MAY_BE_KNOWN)),
            _ => Some(Decision::Unplaced(FindingCode::DoorUncertain, SEVERAL_FIT)),
        };
        if of[*position].is_some_and(|decision| matches!(decision, Decision::Unplaced(..))) {
            possible.extend(open);
        }
    }
    possible
}
