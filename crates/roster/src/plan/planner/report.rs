//! The plan in numbers, and homes that a list leaves out or perhaps doubles.

use super::{Class, Planner};
use crate::place::normal::door_key;
use crate::plan::GridOutline;
use crate::plan::buildings::BuildingKey;
use crate::plan::homes::Decision;
use crate::plan::ledger::Home;
use crate::plan::people::is_same;
use crate::{FindingCode, RosterPerson, RowRef, name_key};
use std::collections::{BTreeMap, BTreeSet};

impl Planner<'_, '_> {
    /// New homes whose people have the names of a known home that the list does not mention.
    pub(super) fn report_doubled(&mut self) {
        let mentioned = self.mentioned();
        for position in 0..self.roster.households.len() {
            if self.classes[position] != Class::New {
                continue;
            }
            let household = &self.roster.households[position];
            let persons: Vec<&RosterPerson> = household.persons.iter().filter(|person| !person.repeats).collect();
            let homes: BTreeSet<usize> =
                persons.iter().flat_map(|person| self.index.with_name(&name_key(&person.name))).copied().collect();
            let head = name_key(&household.head_name);
            let room = door_key(&household.place).rsplit('|').next().map(str::to_owned);
            let found = homes.into_iter().find(|home| {
                let known = &self.index.homes[*home];
                let same = persons.iter().filter(|person| known.people.iter().any(|one| is_same(person, one))).count();
                let has_head = persons.iter().any(|person| {
                    name_key(&person.name) == head && known.people.iter().any(|one| is_same(person, one))
                });
                let is_same_room = known.door.rsplit('|').next().map(str::to_owned) == room;
                known.grid == household.grid && !mentioned.contains(home) && (same >= 2 || has_head && is_same_room)
            });
            if let Some(home) = found {
                self.plan.outline.questions.doubled += 1;
                let text = format!("与已登记的“{}”人员同名，可能是同一户，请核对", self.index.homes[home].place.full());
                self.tell_home(position, FindingCode::HomePerhapsKnown, text);
            }
        }
    }

    pub(super) fn mentioned(&self) -> BTreeSet<usize> {
        let known = |decision: &Decision| if let Decision::Known { home, .. } = decision { Some(*home) } else { None };
        self.decisions.of.iter().filter_map(known).collect()
    }

    pub(super) fn count_classes(&mut self, changed: &BTreeSet<usize>) {
        for (household, class) in self.roster.households.iter().zip(&self.classes) {
            let grid: &mut GridOutline = self.plan.outline.by_grid.entry(household.grid.clone()).or_default();
            let count = match class {
                Class::New => &mut grid.new,
                Class::Moved => &mut grid.moved,
                Class::Unplaced => &mut grid.unplaced,
                Class::Known { is_renamed: true, .. } => &mut grid.renamed,
                Class::Known { home, .. } => {
                    let records = &self.index.homes[*home].records;
                    let is_changed =
                        self.extended.contains(home) || records.iter().any(|record| changed.contains(record));
                    if is_changed { &mut grid.changed } else { &mut grid.unchanged }
                }
            };
            *count += 1;
        }
    }

    /// Homes of earlier lists that this one leaves out although it has others of their building: a list of one building
    /// says nothing about the others.
    pub(super) fn report_unlisted(&mut self, groups: &BTreeMap<usize, Vec<usize>>) {
        let roster = self.roster;
        let mut buildings: BTreeSet<BuildingKey> = (groups.keys().map(|home| &self.index.homes[*home]))
            .map(|home| BuildingKey::of(&home.grid, &home.place))
            .collect();
        buildings.extend(roster.households.iter().map(|household| BuildingKey::of(&household.grid, &household.place)));
        let mut missed = Vec::new();
        for (at, home) in self.index.homes.iter().enumerate() {
            let was_said = self.ledger.households[home.records[0]].base.is_some();
            let is_known = groups.contains_key(&at) || self.decisions.possible.contains(&at);
            if was_said && !is_known && buildings.contains(&BuildingKey::of(&home.grid, &home.place)) {
                missed.push((home.grid.clone(), household_order(home), home.place.full()));
            }
        }
        missed.sort();
        let mut firsts = BTreeMap::new();
        for household in &roster.households {
            firsts.entry(&household.grid).or_insert(household);
        }
        for (grid, _, place) in missed {
            let Some(first) = firsts.get(&grid) else { continue };
            let at = RowRef { row: 0, ..first.source.clone() };
            self.tell(&at, FindingCode::NoLongerListed, format!("上次名单中的“{place}”这次没有列出，未作删除"));
            self.plan.outline.by_grid.entry(grid).or_default().unlisted += 1;
        }
    }
}

fn household_order(home: &Home) -> String {
    spreadsheet::text::natural_key(&home.door)
}
