//! Compares what was read with what is true.

use std::collections::{BTreeMap, BTreeSet};

use roster::{Roster, RosterHousehold, RosterPerson, RowRef};

use super::district::{District, Home, Kind, Person};
use super::layout::Layout;
use super::list::{Entry, Written};
use crate::support::{plain, squeeze};

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

/// What was found: what must not be, and how many homes and people stand twice, which is bad but honest.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) violations: Vec<Violation>,
    pub(crate) homes: usize,
    pub(crate) doubled_homes: usize,
    pub(crate) doubled_people: usize,
    pub(crate) unplaced: usize,
}

impl Verdict {
    fn blame(&mut self, kind: &'static str, text: impl Into<String>) {
        self.violations.push(Violation { kind, text: text.into() });
    }
}

/// Checks a roster against the district of which it is a list.
pub(crate) fn judge(district: &District, layout: &Layout, written: &Written, roster: &Roster) -> Verdict {
    let judge = Judge { district, written };
    let mut verdict = Verdict { homes: roster.households.len(), unplaced: roster.unplaced.len(), ..Verdict::default() };
    let mut homes_read: BTreeMap<usize, usize> = BTreeMap::new();
    let mut people_read: BTreeMap<u32, usize> = BTreeMap::new();
    for home in &roster.households {
        for truth in judge.check_home(home, &mut people_read, &mut verdict) {
            *homes_read.entry(truth).or_default() += 1;
        }
    }
    judge.check_rows(roster, &people_read, &mut verdict);
    verdict.doubled_homes = homes_read.values().filter(|count| **count > 1).count();
    verdict.doubled_people = people_read.values().filter(|count| **count > 1).count();
    if layout.damages.is_empty() {
        judge.check_undamaged(roster, layout, &people_read, &mut verdict);
    }
    verdict
}

struct Judge<'a> {
    district: &'a District,
    written: &'a Written,
}

impl Judge<'_> {
    fn entries(&self, at: &RowRef) -> &[Entry] {
        let key = (at.file.clone(), at.sheet.clone(), at.row);
        self.written.rows.get(&key).map_or(&[], Vec::as_slice)
    }

    fn person(&self, entry: &Entry) -> Option<&Person> {
        let people = self.district.homes.get(entry.home).map_or(&self.written.homeless, |home| &home.people);
        people.iter().find(|person| Some(person.serial) == entry.person)
    }

    /// The true homes of which a read home holds something.
    fn check_home(
        &self,
        home: &RosterHousehold,
        people_read: &mut BTreeMap<u32, usize>,
        verdict: &mut Verdict,
    ) -> BTreeSet<usize> {
        let door = home.place.full();
        let mut truths = BTreeSet::new();
        for person in &home.persons {
            let fitting: Vec<_> = self
                .entries(&person.source)
                .iter()
                .filter(|entry| self.person(entry).is_some_and(|truth| fold(&truth.name) == fold(&person.name)))
                .collect();
            // Of two of one name on a row the door says who is meant.
            let at_door = fitting
                .iter()
                .copied()
                .filter(|entry| self.district.homes.get(entry.home).is_some_and(|truth| self.is_door_of(home, truth)));
            let at_door: Vec<_> = at_door.collect();
            let fitting = if fitting.len() > 1 && at_door.len() == 1 { at_door } else { fitting };
            match fitting[..] {
                [] => verdict.blame("invented person", format!("{} of row {}", person.name, person.source.row)),
                [entry] => {
                    truths.insert(entry.home);
                    if let Some(truth) = self.person(entry) {
                        *people_read.entry(truth.serial).or_default() += usize::from(!person.repeats);
                    }
                }
                // Two of one name on one row: nobody can say who is meant.
                _ => {}
            }
            self.check_numbers(person, &fitting, verdict);
        }
        let first: BTreeSet<_> = self.entries(&home.source).iter().map(|entry| entry.home).collect();
        if first.is_empty() {
            verdict.blame("invented home", format!("{door} of row {}", home.source.row));
        } else if truths.is_empty() && home.persons.is_empty() {
            let is_empty = |truth: &usize| self.district.homes.get(*truth).is_some_and(|home| home.people.is_empty());
            let empty = first.iter().filter(|truth| is_empty(truth));
            truths.extend(empty);
            if truths.is_empty() {
                verdict.blame("home without its people", format!("{door} of row {}", home.source.row));
            }
            if first.len() > 1 {
                // Of two homes on a row the door says which.
                truths.retain(|truth| self.is_door_of(home, &self.district.homes[*truth]));
            }
        } else if !truths.is_empty() && truths.is_disjoint(&first) {
            verdict.blame("false join", format!("{door} begins on row {}, which is another's", home.source.row));
        }
        if truths.len() > 1 {
            let names: Vec<_> = home.persons.iter().map(|person| person.name.as_str()).collect();
            verdict.blame("false join", format!("{door}: {}", names.join(",")));
        }
        if let [truth] = truths.iter().collect::<Vec<_>>()[..] {
            let Some(truth) = self.district.homes.get(*truth) else {
                verdict.blame("somebody without a door was placed", format!("{door} of row {}", home.source.row));
                return truths;
            };
            // 1-101 of building 1 may be unit 1 or the building again: it stays as it was written.
            let is_as_written = home.place.unit.is_empty() && home.place.room.contains('-');
            if !self.is_door_of(home, truth) && !is_as_written {
                let place = &home.place;
                let read = [&place.compound, &place.building, &place.unit, &place.room].map(String::as_str).join("|");
                verdict.blame("wrong door", format!("{read} of row {}", home.source.row));
            }
            if home.grid.as_str() != truth.grid {
                verdict.blame("wrong grid", format!("{door} of row {}", home.source.row));
            }
        }
        truths
    }

    fn check_numbers(&self, person: &RosterPerson, fitting: &[&Entry], verdict: &mut Verdict) {
        let truths: Vec<_> = fitting.iter().filter_map(|entry| self.person(entry)).collect();
        if truths.is_empty() {
            return;
        }
        let may_be = |serial: u32| self.written.numbers.get(&serial);
        let is_known = truths.iter().any(|truth| may_be(truth.serial).is_some_and(|all| all.contains(&person.id_no)));
        if !person.id_no.is_empty() && !is_known {
            let everybody = self.district.homes.iter().flat_map(|home| &home.people);
            let is_moved = everybody.into_iter().any(|other| other.id_no == person.id_no);
            let kind = if is_moved { "moved number" } else { "changed number" };
            verdict.blame(kind, format!("{} at {}", person.id_no, person.name));
        }
        for tel in &person.tels {
            if truths.iter().all(|truth| truth.tel != *tel) {
                verdict.blame("moved phone", format!("{tel} at {}", person.name));
            }
        }
    }

    fn is_door_of(&self, home: &RosterHousehold, truth: &Home) -> bool {
        let place = &home.place;
        match self.district.kind {
            Kind::Town => {
                let is_compound = place.compound.is_empty() || place.compound.starts_with(truth.compound);
                let room = plain(&place.room).to_uppercase();
                // Of building 1 a room `1-401` may repeat the building: kept whole, it is no other door.
                let is_kept_whole = truth.unit == truth.building
                    && place.unit.is_empty()
                    && room == format!("{}-{}", truth.unit, truth.room.replace('-', "负"));
                let is_room = plain(&place.unit) == truth.unit && room == truth.room;
                is_compound && plain(&place.building) == truth.building && (is_room || is_kept_whole)
            }
            Kind::Village => essence(&place.full()) == essence(&format!("{}组{}", truth.building, truth.room)),
        }
    }

    fn check_rows(&self, roster: &Roster, people_read: &BTreeMap<u32, usize>, verdict: &mut Verdict) {
        let told: BTreeSet<_> = roster
            .findings
            .iter()
            .map(|finding| (finding.file.clone(), finding.sheet.clone(), finding.row))
            .chain(roster.unplaced.iter().map(|unplaced| key(&unplaced.source)))
            .collect();
        let read: BTreeSet<_> = roster
            .households
            .iter()
            .flat_map(|home| home.persons.iter().map(|person| key(&person.source)).chain([key(&home.source)]))
            .collect();
        let mut rows_of: BTreeMap<u32, Vec<&(String, String, u32)>> = BTreeMap::new();
        for (row, entries) in &self.written.rows {
            if !told.contains(row) && !read.contains(row) {
                verdict.blame("row not accounted for", format!("{}〔{}〕 {}", row.0, row.1, row.2));
            }
            for person in entries.iter().filter_map(|entry| entry.person) {
                rows_of.entry(person).or_default().push(row);
            }
        }
        for (person, rows) in rows_of {
            if !people_read.contains_key(&person) && !rows.iter().any(|row| told.contains(*row)) {
                verdict.blame("person lost", format!("of row {}", rows[0].2));
            }
        }
    }

    fn check_undamaged(
        &self,
        roster: &Roster,
        layout: &Layout,
        people_read: &BTreeMap<u32, usize>,
        verdict: &mut Verdict,
    ) {
        use super::layout::{Carry, Column};
        // Few blank rooms and no relation: whose a blank row is cannot be known, and the list need not come in whole.
        let is_open =
            matches!(layout.carry, Carry::Blank | Carry::Sparse) && !layout.columns.contains(&Column::Relation);
        if is_open && !roster.unplaced.is_empty() {
            return;
        }
        if let Some(row) = roster.unplaced.first() {
            verdict.blame("undamaged row unplaced", format!("row {}: {}", row.source.row, row.text));
        }
        if roster.households.len() != self.district.homes.len() {
            let text = format!("{} of {}", roster.households.len(), self.district.homes.len());
            verdict.blame("undamaged homes missing or doubled", text);
        }
        let people: usize = self.district.homes.iter().map(|home| home.people.len()).sum();
        if people_read.values().filter(|count| **count == 1).count() != people {
            verdict.blame("undamaged people missing or doubled", format!("{} of {people}", people_read.len()));
        }
        let count = |has: fn(&RosterPerson) -> bool| {
            roster.households.iter().flat_map(|home| &home.persons).filter(|person| has(person)).count()
        };
        let truth = |has: fn(&Person) -> bool| {
            self.district.homes.iter().flat_map(|home| &home.people).filter(|person| has(person)).count()
        };
        let numbers = (count(|person| !person.id_no.is_empty()), truth(|person| !person.id_no.is_empty()));
        if layout.columns.contains(&Column::IdNo) && numbers.0 != numbers.1 {
            verdict.blame("undamaged numbers lost", format!("{} of {}", numbers.0, numbers.1));
        }
        let tels = (count(|person| !person.tels.is_empty()), truth(|person| !person.tel.is_empty()));
        if layout.columns.contains(&Column::Tel) && tels.0 != tels.1 {
            verdict.blame("undamaged phones lost", format!("{} of {}", tels.0, tels.1));
        }
        if verdict.doubled_homes > 0 {
            verdict.blame("undamaged homes doubled", verdict.doubled_homes.to_string());
        }
    }
}

fn key(at: &RowRef) -> (String, String, u32) {
    (at.file.clone(), at.sheet.clone(), at.row)
}

/// A name as it is compared: without blanks and marks, with one kind of dot.
pub(crate) fn fold(name: &str) -> String {
    let name = squeeze(name);
    let name = name.split(['（', '(']).next().unwrap_or_default();
    name.chars().map(|c| if "•．.・‧﹒".contains(c) { '·' } else { c }).collect()
}

/// What tells village houses apart: group, number, and what is added to it.
fn essence(address: &str) -> String {
    let digit = |c: char| "零一二三四五六七八九".chars().position(|digit| digit == c);
    let squeezed = address.chars().filter_map(|c| match digit(c) {
        Some(value) => char::from_digit(u32::try_from(value).expect("a digit"), 10),
        None if c.is_ascii_digit() || "甲乙附-组".contains(c) => Some(c),
        None => None,
    });
    squeezed.collect()
}
