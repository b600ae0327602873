//! What a list says of a known home, laid over what the office said before.

use super::{Elsewhere, Planner, Slot, insert, place_of_part};
use crate::name_key;
use crate::people::marks::is_masked;
use crate::place::normal::door_key;
use crate::plan::PlanError;
use crate::plan::buildings::{BuildingKey, assign_building};
use crate::plan::join::join;
use crate::plan::lay::{Taken, lay_dwelling, lay_person, make_member, make_particulars};
use crate::plan::ledger::{part_of, tells_apart};
use crate::plan::people::{Fate, is_valid};
use crate::{Column, FindingCode, RosterHousehold, RosterPerson};
use domain::MemberId;
use domain::codes::Residence;
use domain::household::{MEMBER_LIMIT, Member, Place};
use domain::particulars::PersonParticulars;
use std::collections::BTreeMap;

impl Planner<'_, '_> {
    /// Lays all listed doors of one known home over it.
    pub(super) fn lay_home(&mut self, home: usize) -> Result<(), PlanError> {
        let Some((merged, fates)) = self.prepared.remove(&home) else { return Ok(()) };
        let persons: Vec<&RosterPerson> = merged.persons.iter().filter(|person| !person.repeats).collect();
        let records = self.index.homes[home].records.clone();
        for record in &records {
            self.said_of(*record);
            self.sources.insert((*record, None), merged.source.clone());
        }
        self.lay_place(home, &merged)?;
        let mut dwelling = merged.clone();
        let is_head_refused = persons.iter().zip(&fates).any(|(person, fate)| {
            matches!(fate, Fate::Uncertain(..)) && name_key(&person.name) == name_key(&merged.head_name)
        });
        let people = &self.index.homes[home].people;
        let is_other_family = !persons.is_empty()
            && people.iter().any(|known| !known.has_left())
            && !fates.iter().any(|fate| matches!(fate, Fate::Known(_)));
        if is_head_refused {
            // Whom to ask for is not said by somebody who is not certain to live here.
            dwelling.head_name.clear();
            dwelling.columns = dwelling.columns.without(Column::HeadName);
        }
        if is_other_family {
            self.plan.outline.questions.joined += 1;
            let text = "此户已登记的人一个也不在这份名单里，名单里的人已并入此户，请核对是否换了住户或门牌有误";
            self.tell(&merged.source, FindingCode::HomesJoined, text.to_owned());
        }
        let blanks = lay_dwelling(&dwelling, &mut self.said_of(records[0]).household);
        let has_base = self.ledger.households[records[0]].base.is_some();
        if let Some(text) = blanks.tell().filter(|_| has_base) {
            self.tell(&merged.source, FindingCode::ValueBlankKept, text);
        }
        // A list without names says nothing of who lives where.
        if persons.is_empty() && merged.columns.has(Column::Name) {
            self.tell_emptied(home, &merged);
        }
        let matched: BTreeMap<usize, usize> = (fates.iter().enumerate())
            .filter_map(|(at, fate)| if let Fate::Known(known) = fate { Some((*known, at)) } else { None })
            .collect();
        let mut added = Vec::new();
        for (position, (person, fate)) in persons.iter().zip(&fates).enumerate() {
            match fate {
                Fate::Known(known) => self.lay_known((home, *known), person, position, &persons, &matched),
                Fate::Uncertain(code, why) => self.unplace(&person.source, *code, (*why).to_owned(), 1),
                Fate::New => {}
            }
        }
        let new: Vec<&RosterPerson> =
            persons.iter().zip(&fates).filter(|(_, fate)| **fate == Fate::New).map(|(person, _)| *person).collect();
        let verdicts = self.find_all_elsewhere(&new, Some(home));
        for (person, verdict) in new.into_iter().zip(verdicts) {
            match verdict {
                Elsewhere::Nowhere => added.push((make_member(person), make_particulars(person))),
                Elsewhere::Contradiction(why) => {
                    self.unplace(&person.source, FindingCode::PersonUncertain, why.to_owned(), 1);
                }
                Elsewhere::At(from, known) => {
                    self.plan.outline.questions.moved += 1;
                    added.extend(self.move_person(person, (from, known), &merged.grid));
                }
            }
        }
        self.add_people(home, &merged, added);
        self.report_missing(home, &merged, &matched);
        Ok(())
    }

    /// What several listed doors say of one home.
    pub(super) fn join_listed(&mut self, positions: &[usize]) -> RosterHousehold {
        let plain = |household: &RosterHousehold| {
            part_of(&household.place).map_or_else(|| door_key(&household.place), |(place, _)| door_key(&place))
        };
        let mut merged = self.roster.households[positions[0]].clone();
        for position in &positions[1..] {
            let later = &self.roster.households[*position];
            if plain(&merged) != plain(later) {
                self.plan.outline.questions.joined += 1;
                let text = "与本次名单中的另一处地址是已登记的同一户，已合为一户".to_owned();
                self.tell_home(*position, FindingCode::HomesJoined, text);
            }
            join(&mut merged, later.clone());
        }
        merged
    }

    /// Address: what the ledger leaves out is filled; a renamed home gets the new one; other spellings change nothing.
    pub(super) fn lay_place(&mut self, home: usize, merged: &RosterHousehold) -> Result<(), PlanError> {
        let known = &self.index.homes[home];
        if known.door == door_key(&merged.place) {
            return Ok(());
        }
        let (listed, number) = part_of(&merged.place).map_or((merged.place.clone(), 1), |(place, part)| (place, part));
        let is_part_only = number > 1 && door_key(&listed) == known.door;
        if is_part_only {
            return Ok(());
        }
        let old = known.place.clone();
        let records = known.records.clone();
        let is_other_building =
            BuildingKey::of(&merged.grid, &listed).building != BuildingKey::of(&merged.grid, &old).building;
        let take = |new: &str, old: &str| if new.is_empty() { old.to_owned() } else { new.to_owned() };
        let place = Place {
            compound: take(&listed.compound, &old.compound),
            building: take(&listed.building, &old.building),
            unit: take(&listed.unit, &old.unit),
            room: take(&listed.room, &old.room),
        };
        let ledger = self.ledger;
        for record in records {
            let card = &ledger.households[record].current.household;
            let part = part_of(&card.place).filter(|_| record != self.index.homes[home].records[0]);
            let place = place_of_part(&place, part.map_or(1, |(_, part)| part as usize));
            let building = if is_other_building {
                assign_building(&mut self.plan.buildings, &merged.grid, &place)?
            } else {
                self.plan.buildings.entry(BuildingKey::of(&merged.grid, &place)).or_insert(card.building.clone());
                card.building.clone()
            };
            let said = self.said_of(record);
            said.household.place = place;
            said.household.building = building;
            let paths = ["place.compound", "place.building", "place.unit", "place.room", "building"];
            self.forced.entry(record).or_default().extend(paths.map(str::to_owned));
        }
        Ok(())
    }

    pub(super) fn tell_emptied(&mut self, home: usize, merged: &RosterHousehold) {
        let people = self.index.homes[home].people.iter().filter(|person| !person.has_left()).count();
        if merged.house_status.is_some() {
            self.told_empty.extend(self.index.homes[home].records.iter().copied());
        }
        if people > 0 {
            self.plan.outline.questions.emptied += 1;
            let text = format!("名单中此户没有人，已登记的 {people} 人未作删除，请网格员核实");
            self.tell(&merged.source, FindingCode::HomeEmptied, text);
        }
    }

    /// Lays a listed person over the known one.
    pub(super) fn lay_known(
        &mut self,
        (home, known): (usize, usize),
        person: &RosterPerson,
        position: usize,
        persons: &[&RosterPerson],
        matched: &BTreeMap<usize, usize>,
    ) {
        let holder = &self.index.homes[home].people[known];
        let (record, entry) = (holder.record, holder.entry);
        let is_number_kept = !person.id_no.is_empty() && !self.is_number_taken((home, known), person, persons, matched);
        let source = (person.source.file.as_str(), person.source.sheet.as_str(), person.source.row);
        let given = (persons.iter().enumerate())
            .filter(|(at, other)| *at != position && tells_apart(&other.id_no))
            .filter(|(at, _)| matched.values().any(|listed| listed == at))
            .map(|(_, other)| other.id_no.as_str())
            .collect();
        let taken = Taken { is_number_kept, has_masked_tels: self.masked_tels.contains(&source), given };
        let ledger = self.ledger;
        let held = ledger.households[record].current.particulars.members.get(&entry).map(|details| &details.tels);
        // A number that the ledger has in another home, and the list nowhere else: rows may have slipped.
        let is_moved = |tel: &String| {
            !held.is_some_and(|held| held.contains(tel))
                && self.index.with_tel(tel).iter().any(|other| *other != home)
                && !self.index.with_tel(tel).contains(&home)
                && self.listed_tels.get(tel.as_str()) == Some(&1)
        };
        let mut person = person.clone();
        if person.tels.iter().any(is_moved) {
            person.tels = held.cloned().unwrap_or_default();
            self.plan.outline.questions.moved += 1;
            let text = "“联系电话”已登记在另一户的人名下，没有改动，请核对是否串行";
            self.tell(&person.source, FindingCode::ValueKept, text);
        }
        let person = &person;
        let blanks = lay_person(person, &ledger.households[record], entry, &taken, self.said_of(record));
        self.sources.insert((record, Some(entry)), person.source.clone());
        if let Some(text) = blanks.and_then(|blanks| blanks.tell()) {
            self.tell(&person.source, FindingCode::ValueBlankKept, text);
        }
        if is_number_kept {
            let text = "“身份证号码”与已登记的不一致或已登记在他人名下，保留已登记的，请核对";
            self.tell(&person.source, FindingCode::ValueKept, text);
        }
    }

    /// Whether the number that a list gives a known person is to be taken: a valid one is not replaced by a wrong one,
    /// and nobody gets a number that somebody else has and is not said to have wrongly.
    pub(super) fn is_number_taken(
        &self,
        (home, known): (usize, usize),
        person: &RosterPerson,
        persons: &[&RosterPerson],
        matched: &BTreeMap<usize, usize>,
    ) -> bool {
        let number = person.id_no.as_str();
        let holder = &self.index.homes[home].people[known];
        let today = self.environment.today;
        if holder.numbers.contains(number) {
            return true;
        }
        if !tells_apart(number) {
            return holder.numbers.is_empty();
        }
        // Whom a hidden name stands for is not certain enough to give somebody a number.
        if is_masked(&person.name) {
            return false;
        }
        if !is_valid(number, today) && holder.numbers.iter().any(|known| is_valid(known, today)) {
            return false;
        }
        let gives_up = |other: usize| {
            let other_person = &self.index.homes[home].people[other];
            let base = self.ledger.households[other_person.record].base.as_ref();
            let is_said = base.and_then(|base| base.particulars.members.get(&other_person.entry));
            let listed = matched.get(&other).map(|at| persons[*at]);
            is_said.is_some_and(|details| details.id_no == number)
                && listed.is_some_and(|listed| {
                    listed.id_no.is_empty() && listed.masked_id.is_empty() && listed.columns.has(Column::IdNo)
                        || tells_apart(&listed.id_no) && listed.id_no != number
                })
        };
        self.index.with_number(number).iter().all(|(at, other)| {
            let other_person = &self.index.homes[*at].people[*other];
            if (*at, *other) == (home, known) {
                true
            } else if *at == home {
                gives_up(*other)
            } else {
                other_person.residence == Some(Residence::MovedOut)
            }
        })
    }

    /// New people of a known home: in the first record with room, or in a further one.
    pub(super) fn add_people(
        &mut self,
        home: usize,
        merged: &RosterHousehold,
        added: Vec<(Member, PersonParticulars)>,
    ) {
        let records = self.index.homes[home].records.clone();
        let mut room: Vec<(Slot, usize)> = (records.iter())
            .map(|record| (Slot::Known(*record), self.ledger.households[*record].current.household.members.len()))
            .collect();
        for (member, details) in added {
            let id = self.fresh_member();
            let place = room.iter().position(|(_, count)| *count < MEMBER_LIMIT);
            let place = place.unwrap_or_else(|| {
                let first = &self.said[&records[0]].household;
                let highest = (records.iter())
                    .filter_map(|record| part_of(&self.ledger.households[*record].current.household.place))
                    .map(|(_, part)| part as usize)
                    .filter(|_| records.len() > 1)
                    .max()
                    .unwrap_or(1);
                let fresh = room.iter().filter(|(slot, _)| matches!(slot, Slot::New(_))).count();
                let part = place_of_part(&first.place, highest + fresh + 1);
                let due = first.first_due;
                let new = self.new_records(merged, part, first.building.clone(), due);
                room.push((Slot::New(Box::new(new)), 0));
                room.len() - 1
            });
            let (slot, count) = &mut room[place];
            *count += 1;
            match slot {
                Slot::Known(record) => insert(self.said_of(*record), id, member, details),
                Slot::New(records) => insert(records, id, member, details),
            }
        }
        let is_split = room.iter().any(|(slot, _)| matches!(slot, Slot::New(_)));
        for (slot, _) in room {
            if let Slot::New(records) = slot {
                self.extended.insert(home);
                self.add(*records);
            }
        }
        if is_split {
            self.tell_split(&merged.source);
        }
    }

    /// Reports people whom an earlier list had and this one has not.
    pub(super) fn report_missing(&mut self, home: usize, merged: &RosterHousehold, matched: &BTreeMap<usize, usize>) {
        if merged.persons.is_empty() {
            return;
        }
        let was_said = |record: usize, entry: &MemberId| {
            let base = self.ledger.households[record].base.as_ref();
            base.is_some_and(|base| base.household.members.contains_key(entry))
        };
        let missing = (self.index.homes[home].people.iter().enumerate())
            .filter(|(at, known)| {
                !matched.contains_key(at) && !known.has_left() && was_said(known.record, &known.entry)
            })
            .count();
        if missing > 0 {
            let text = format!("上次名单中此户有 {missing} 人这次没有列出，未作删除，请网格员核实是否迁出");
            self.tell(&merged.source, FindingCode::NoLongerListed, text);
        }
    }
}
