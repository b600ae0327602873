//! People who are known behind another door.

use super::{Class, Elsewhere, Planner};
use crate::plan::lay::carry_over;
use crate::plan::ledger::tells_apart;
use crate::plan::people::{is_same, name_fits};
use crate::{FindingCode, RosterPerson};
use domain::codes::Residence;
use domain::household::Member;
use domain::particulars::PersonParticulars;
use std::collections::BTreeSet;

impl Planner<'_, '_> {
    /// Where the ledger knows a listed person by number, other than in the home itself.
    pub(super) fn find_elsewhere(&self, person: &RosterPerson, own: Option<usize>) -> Elsewhere {
        if !tells_apart(&person.id_no) {
            return Elsewhere::Nowhere;
        }
        let holders: Vec<(usize, usize)> = (self.index.with_number(&person.id_no).iter().copied())
            .filter(|(home, known)| {
                let gone = self.index.homes[*home].people[*known].residence == Some(Residence::MovedOut);
                Some(*home) != own && !gone
            })
            .collect();
        match holders[..] {
            [] => Elsewhere::Nowhere,
            [(home, known)] => {
                let holder = &self.index.homes[home].people[known];
                if self.staying.contains(&(home, known)) {
                    Elsewhere::Contradiction("此人在名单中也列在原登记处，未在此处导入，请核对")
                } else if !name_fits(&person.name, holder) {
                    Elsewhere::Contradiction("证件号码已登记在另一户的另一姓名下，未导入此人，请核对")
                } else if holder.residence == Some(Residence::Deceased) {
                    Elsewhere::Contradiction("此人在另一户登记为死亡，未导入此人，请核对")
                } else if matches!(person.residence, Some(Residence::MovedOut | Residence::Deceased)) {
                    Elsewhere::Contradiction("此人登记在另一户，名单称已不在此户，未导入此人，请核对")
                } else {
                    Elsewhere::At(home, known)
                }
            }
            _ => Elsewhere::Contradiction("证件号码在另外几户都有登记，未导入此人，请核对"),
        }
    }

    pub(super) fn describe_move(&self, from: usize, to: &domain::GridCode) -> String {
        let home = &self.index.homes[from];
        let grid = if home.grid == *to { String::new() } else { format!("网格 {} 的", home.grid) };
        format!("此人已登记在{grid}“{}”，可能已搬到此处，未导入；核对后确认导入（--yes）才会写入", home.place.full())
    }

    /// Where the ledger knows the listed people of one home. Who has no number and lived with somebody who is known
    /// there is known there as well.
    pub(super) fn find_all_elsewhere(&self, persons: &[&RosterPerson], own: Option<usize>) -> Vec<Elsewhere> {
        let mut verdicts: Vec<Elsewhere> = persons.iter().map(|person| self.find_elsewhere(person, own)).collect();
        let home_of = |one: &Elsewhere| if let Elsewhere::At(home, _) = one { Some(*home) } else { None };
        let origins: BTreeSet<usize> = verdicts.iter().filter_map(home_of).collect();
        let is_meant = |known: &(usize, usize)| self.moved.contains(known) || self.staying.contains(known);
        let mut here: BTreeSet<(usize, usize)> = BTreeSet::new();
        for verdict in &mut verdicts {
            if let Elsewhere::At(home, known) = *verdict
                && (is_meant(&(home, known)) || !here.insert((home, known)))
            {
                *verdict = Elsewhere::Contradiction("此人在名单中不止一处，未在此处导入，请核对");
            }
        }
        for (person, verdict) in persons.iter().zip(&mut verdicts) {
            if !matches!(verdict, Elsewhere::Nowhere) || tells_apart(&person.id_no) {
                continue;
            }
            let found: Vec<(usize, usize)> = (origins.iter())
                .flat_map(|home| {
                    self.index.homes[*home].people.iter().enumerate().map(|(at, known)| (*home, at, known))
                })
                .filter(|(home, at, _)| !is_meant(&(*home, *at)) && !here.contains(&(*home, *at)))
                .filter(|(_, _, known)| is_same(person, known) && !known.has_left())
                .map(|(home, at, _)| (home, at))
                .collect();
            if let [(home, known)] = found[..] {
                here.insert((home, known));
                *verdict = Elsewhere::At(home, known);
            }
        }
        verdicts
    }

    /// A new door behind which people are listed who are known elsewhere: the whole home waits, so that a part of it does
    /// not become a second home.
    pub(super) fn set_aside(
        &mut self,
        position: usize,
        persons: &[&RosterPerson],
        verdicts: &[Elsewhere],
        is_move: bool,
    ) -> Class {
        let roster = self.roster;
        let grid = &roster.households[position].grid;
        let is_at = |one: &Elsewhere| matches!(one, Elsewhere::At(..));
        if verdicts.iter().any(is_at) {
            self.plan.outline.questions.moved += 1;
        }
        for (person, verdict) in persons.iter().zip(verdicts) {
            let (code, text) = match verdict {
                Elsewhere::At(home, _) => (FindingCode::MoveUnconfirmed, self.describe_move(*home, grid)),
                Elsewhere::Contradiction(why) => (FindingCode::PersonUncertain, (*why).to_owned()),
                Elsewhere::Nowhere => {
                    (FindingCode::DoorUncertain, "同户有人登记在别处，此户暂未导入，核对后一并导入".to_owned())
                }
            };
            self.unplace(&person.source, code, text, 1);
        }
        if is_move { Class::Moved } else { Class::Unplaced }
    }

    /// A move: written when confirmed, else unplaced. What is to be added at the new door.
    pub(super) fn move_person(
        &mut self,
        person: &RosterPerson,
        (home, known): (usize, usize),
        to: &domain::GridCode,
    ) -> Option<(Member, PersonParticulars)> {
        let text = self.describe_move(home, to);
        if !self.options.is_confirmed {
            self.unplace(&person.source, FindingCode::MoveUnconfirmed, text, 1);
            return None;
        }
        self.moved.insert((home, known));
        let holder = &self.index.homes[home].people[known];
        let (record, entries) = (holder.record, holder.entries.clone());
        let old = self.index.homes[home].place.full();
        self.tell(&person.source, FindingCode::MoveWritten, format!("此人从“{old}”迁来，原处已记为迁出"));
        let ledger = self.ledger;
        let carried = carry_over(person, &ledger.households[record], &entries);
        let first = entries[0];
        let name = ledger.households[record].current.household.members[&first].name.clone();
        let said = self.said_of(record);
        let member = said.household.members.entry(first).or_insert(Member { name, relation: None, residence: None });
        member.residence = Some(Residence::MovedOut);
        self.forced.entry(record).or_default().insert(format!("members.{first}.residence"));
        self.sources.entry((record, None)).or_insert_with(|| person.source.clone());
        Some(carried)
    }
}
