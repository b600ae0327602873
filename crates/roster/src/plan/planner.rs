//! The making of a plan, home by home in the roster's order.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::codes::{Residence, VisitClass};
use domain::household::{MEMBER_LIMIT, Member, Place};
use domain::particulars::PersonParticulars;
use domain::{Household, HouseholdId, LocalDate, MemberId, Particulars};

use super::buildings::{BuildingKey, assign_building, known_buildings};
use super::homes::{Decision, Decisions, match_homes};
use super::join::join;
use super::lay::{Taken, carry_over, lay_dwelling, lay_person, make_member, make_particulars};
use super::ledger::{Index, part_of, tells_apart};
use super::people::{Fate, is_same, is_valid, match_people, name_fits};
use super::visits::{class_of, spread_first_visits};
use super::{
    Addition, Environment, GridOutline, ImportPlan, Imported, Ledger, Outline, PlanError, PlanOptions,
};
use crate::diff::{compare, said_nothing};
use crate::place::normal::door_key;
use crate::{Column, Finding, FindingCode, Roster, RosterHousehold, RosterPerson, RowRef, Unplaced, name_key};

/// What became of a listed home, as the outline counts it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    New,
    Moved,
    Unplaced,
    Known { home: usize, is_renamed: bool },
}

/// Where a listed person that is not known in the home is known by number.
enum Elsewhere {
    Nowhere,
    /// Home and person.
    At(usize, usize),
    Contradiction(&'static str),
}

/// A record that takes new people.
enum Slot {
    Known(usize),
    New(Box<Imported>),
}

/// A plan being made.
pub(super) struct Planner<'a, 'e> {
    roster: &'a Roster,
    ledger: &'a Ledger,
    options: PlanOptions,
    environment: &'a mut Environment<'e>,
    index: Index,
    decisions: Decisions,
    /// Number → known homes that the list gives it to.
    listed_numbers: HashMap<&'a str, BTreeSet<usize>>,
    /// What the office has said of known records with this list, in the order in which the list mentions them.
    said: BTreeMap<usize, Imported>,
    order: Vec<usize>,
    forced: BTreeMap<usize, BTreeSet<String>>,
    /// Where the list speaks of a record and of a member.
    sources: HashMap<(usize, Option<MemberId>), RowRef>,
    told_empty: BTreeSet<usize>,
    /// Homes that got a further record.
    extended: BTreeSet<usize>,
    keys: HashSet<String>,
    ids: HashSet<HouseholdId>,
    masked_tels: HashSet<(&'a str, &'a str, u32)>,
    first_dues: BTreeMap<usize, LocalDate>,
    classes: Vec<Class>,
    plan: ImportPlan,
}

impl<'a, 'e> Planner<'a, 'e> {
    pub(super) fn new(
        roster: &'a Roster,
        ledger: &'a Ledger,
        options: PlanOptions,
        environment: &'a mut Environment<'e>,
    ) -> Result<Self, PlanError> {
        let index = Index::of(ledger);
        let decisions = match_homes(roster, &index);
        let mut listed_numbers: HashMap<&str, BTreeSet<usize>> = HashMap::new();
        for (household, decision) in roster.households.iter().zip(&decisions.of) {
            if let Decision::Known { home, .. } = decision {
                for person in household.persons.iter().filter(|person| !person.id_no.is_empty()) {
                    listed_numbers.entry(&person.id_no).or_default().insert(*home);
                }
            }
        }
        let new = roster.households.iter().enumerate().filter(|(at, _)| decisions.of[*at] == Decision::New);
        let first_dues = spread_first_visits(new, environment.today);
        let masked_tels = (roster.findings.iter())
            .filter(|finding| finding.code == FindingCode::TelMasked)
            .map(|finding| (finding.file.as_str(), finding.sheet.as_str(), finding.row))
            .collect();
        let buildings = known_buildings(ledger);
        Ok(Self {
            roster,
            ledger,
            options,
            environment,
            index,
            decisions,
            listed_numbers,
            said: BTreeMap::new(),
            order: Vec::new(),
            forced: BTreeMap::new(),
            sources: HashMap::new(),
            told_empty: BTreeSet::new(),
            extended: BTreeSet::new(),
            keys: ledger.households.iter().filter_map(|known| known.stored_key.clone()).collect(),
            ids: ledger.households.iter().map(|known| known.current.household.id).collect(),
            masked_tels,
            first_dues,
            classes: Vec::with_capacity(roster.households.len()),
            plan: ImportPlan {
                buildings,
                additions: Vec::new(),
                edits: Vec::new(),
                bases: Vec::new(),
                dropped_keys: Vec::new(),
                findings: Vec::new(),
                unplaced: Vec::new(),
                outline: Outline::default(),
            },
        })
    }

    pub(super) fn finish(mut self) -> Result<ImportPlan, PlanError> {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (position, decision) in self.decisions.of.iter().enumerate() {
            if let Decision::Known { home, .. } = decision {
                groups.entry(*home).or_default().push(position);
            }
        }
        for position in 0..self.roster.households.len() {
            let class = match self.decisions.of[position] {
                Decision::Unplaced(code, text) => {
                    self.unplace_home(position, code, text.to_owned());
                    Class::Unplaced
                }
                Decision::New => self.add_home(position)?,
                Decision::Known { home, is_renamed } => {
                    if groups[&home][0] == position {
                        self.lay_home(home, &groups[&home])?;
                    }
                    if is_renamed {
                        self.plan.outline.questions.renamed += 1;
                        let old = self.index.homes[home].place.full();
                        self.tell_home(position, FindingCode::HomeRenamed, format!("此户原登记为“{old}”，地址已改"));
                    }
                    Class::Known { home, is_renamed }
                }
            };
            self.classes.push(class);
        }
        let changed = self.write_edits()?;
        self.report_doubled();
        self.count_classes(&changed);
        self.report_unlisted(&groups);
        Ok(self.plan)
    }

    fn tell(&mut self, at: &RowRef, code: FindingCode, text: impl Into<String>) {
        self.plan.findings.push(Finding::new(at, code, text));
    }

    fn tell_home(&mut self, position: usize, code: FindingCode, text: String) {
        let roster = self.roster;
        self.tell(&roster.households[position].source, code, text);
    }

    fn unplace(&mut self, source: &RowRef, code: FindingCode, text: String, persons: usize) {
        self.tell(source, code, text.clone());
        self.plan.unplaced.push(Unplaced { source: source.clone(), code, text, persons });
    }

    /// Every row of a home that is not placed, so that each can be worked off.
    fn unplace_home(&mut self, position: usize, code: FindingCode, text: String) {
        let household = &self.roster.households[position];
        let persons: Vec<&RosterPerson> = household.persons.iter().filter(|person| !person.repeats).collect();
        if persons.is_empty() {
            self.unplace(&household.source, code, text.clone(), 0);
        }
        for person in persons {
            self.unplace(&person.source, code, text.clone(), 1);
        }
    }

    fn fresh_member(&mut self) -> MemberId {
        MemberId::new(self.environment.now, (self.environment.random)())
    }

    /// Where the ledger knows a listed person by number, other than in the home itself.
    fn find_elsewhere(&self, person: &RosterPerson, own: Option<usize>) -> Elsewhere {
        if !tells_apart(&person.id_no) {
            return Elsewhere::Nowhere;
        }
        let is_listed_there = |home: &usize| {
            self.listed_numbers.get(person.id_no.as_str()).is_some_and(|homes| homes.contains(home))
        };
        let holders: Vec<(usize, usize)> = (self.index.with_number(&person.id_no).iter().copied())
            .filter(|(home, known)| {
                let gone = self.index.homes[*home].people[*known].residence == Some(Residence::MovedOut);
                Some(*home) != own && !is_listed_there(home) && !gone
            })
            .collect();
        match holders[..] {
            [] => Elsewhere::Nowhere,
            [(home, known)] => {
                let holder = &self.index.homes[home].people[known];
                if !name_fits(&person.name, holder) {
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

    fn describe_move(&self, from: usize, to: &domain::GridCode) -> String {
        let home = &self.index.homes[from];
        let grid = if home.grid == *to { String::new() } else { format!("网格 {} 的", home.grid) };
        format!("此人已登记在{grid}“{}”，可能已搬到此处，未导入；核对后确认导入（--yes）才会写入", home.place.full())
    }

    /// A home that is not known: its people are new, or known behind another door.
    fn add_home(&mut self, position: usize) -> Result<Class, PlanError> {
        let household = &self.roster.households[position];
        let persons: Vec<&RosterPerson> = household.persons.iter().filter(|person| !person.repeats).collect();
        let mut verdicts: Vec<Elsewhere> = persons.iter().map(|person| self.find_elsewhere(person, None)).collect();
        let origins: BTreeSet<usize> =
            verdicts.iter().filter_map(|one| if let Elsewhere::At(home, _) = one { Some(*home) } else { None }).collect();
        // Who has no number and lived with somebody who moves, moves along.
        for (person, verdict) in persons.iter().zip(&mut verdicts) {
            if !matches!(verdict, Elsewhere::Nowhere) || tells_apart(&person.id_no) {
                continue;
            }
            let found: Vec<(usize, usize)> = (origins.iter())
                .flat_map(|home| self.index.homes[*home].people.iter().enumerate().map(|(at, known)| (*home, at, known)))
                .filter(|(_, _, known)| is_same(person, known) && !known.has_left())
                .map(|(home, at, _)| (home, at))
                .collect();
            if let [(home, known)] = found[..] {
                *verdict = Elsewhere::At(home, known);
            }
        }
        let is_move = !persons.is_empty() && verdicts.iter().all(|one| matches!(one, Elsewhere::At(..)));
        if is_move {
            self.plan.outline.questions.moved += 1;
        }
        let mut added = Vec::new();
        for (person, verdict) in persons.iter().zip(verdicts) {
            match verdict {
                Elsewhere::Nowhere => added.push((make_member(person), make_particulars(person))),
                Elsewhere::Contradiction(why) => {
                    self.unplace(&person.source, FindingCode::PersonUncertain, why.to_owned(), 1);
                }
                Elsewhere::At(home, known) => {
                    if !is_move {
                        self.plan.outline.questions.moved += 1;
                    }
                    added.extend(self.move_person(person, (home, known), &household.grid));
                }
            }
        }
        if added.is_empty() && !persons.is_empty() {
            return Ok(if is_move { Class::Moved } else { Class::Unplaced });
        }
        let due = self.first_dues.get(&position).copied();
        let building = assign_building(&mut self.plan.buildings, &household.grid, &household.place)?;
        let is_split = added.len() > MEMBER_LIMIT;
        for (part, people) in chunks(added).into_iter().enumerate() {
            let place = place_of_part(&household.place, part + 1);
            let mut records = self.new_records(household, place, building.clone(), due);
            for (member, details) in people {
                let id = self.fresh_member();
                insert(&mut records, id, member, details);
            }
            self.add(records);
        }
        if is_split {
            self.tell_split(&household.source);
        }
        Ok(if is_move { Class::Moved } else { Class::New })
    }

    fn tell_split(&mut self, at: &RowRef) {
        let text = format!("一户超过 {MEMBER_LIMIT} 人，其余的人记在同一房号加(2)、(3)……的住户里");
        self.tell(at, FindingCode::HouseholdSplit, text);
    }

    /// A move: written when confirmed, else unplaced. What is to be added at the new door.
    fn move_person(
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

    fn new_records(
        &self,
        from: &RosterHousehold,
        place: Place,
        building: domain::BuildingCode,
        first_due: Option<LocalDate>,
    ) -> Imported {
        // The id follows when the key is known.
        let id = (self.environment.household_id)("");
        Imported {
            household: Household {
                id,
                grid: from.grid.clone(),
                building,
                place,
                house_status: from.house_status,
                visit_class: None,
                contact_name: from.head_name.clone(),
                needs: BTreeMap::new(),
                members: BTreeMap::new(),
                pairs: BTreeMap::new(),
                last_visit: None,
                attempts: BTreeMap::new(),
                first_due,
                note: from.note.clone(),
            },
            particulars: Particulars {
                household: id,
                grid: from.grid.clone(),
                members: BTreeMap::new(),
                consent: None,
            },
        }
    }

    /// Takes a new record into the plan: its key, its id, its visit class.
    fn add(&mut self, mut records: Imported) {
        let desired = format!("{}|{}", records.household.grid, door_key(&records.household.place));
        let mut key = desired.clone();
        let mut id = (self.environment.household_id)(&key);
        // A home that was renamed keeps the id of its former door, and a base its key.
        for number in 2.. {
            if !self.keys.contains(&key) && !self.ids.contains(&id) {
                break;
            }
            key = format!("{desired}#{number}");
            id = (self.environment.household_id)(&key);
        }
        self.keys.insert(key.clone());
        self.ids.insert(id);
        records.household.id = id;
        records.particulars.household = id;
        records.household.visit_class = class_of(
            records.household.house_status,
            records.household.members.is_empty(),
            records.particulars.members.values(),
        );
        self.plan.additions.push(Addition { key, records });
    }

    /// What the office has said of a known record, to be written on.
    fn said_of(&mut self, record: usize) -> &mut Imported {
        if !self.said.contains_key(&record) {
            self.order.push(record);
        }
        let known = &self.ledger.households[record];
        self.said.entry(record).or_insert_with(|| known.base.clone().unwrap_or_else(|| said_nothing(&known.current)))
    }

    /// Lays all listed doors of one known home over it.
    fn lay_home(&mut self, home: usize, positions: &[usize]) -> Result<(), PlanError> {
        let merged = self.join_listed(positions);
        let persons: Vec<&RosterPerson> = merged.persons.iter().filter(|person| !person.repeats).collect();
        let records = self.index.homes[home].records.clone();
        for record in &records {
            self.said_of(*record);
            self.sources.insert((*record, None), merged.source.clone());
        }
        self.lay_place(home, &merged)?;
        let blanks = lay_dwelling(&merged, &mut self.said_of(records[0]).household);
        let has_base = self.ledger.households[records[0]].base.is_some();
        if let Some(text) = blanks.tell().filter(|_| has_base) {
            self.tell(&merged.source, FindingCode::ValueBlankKept, text);
        }
        if persons.is_empty() {
            self.tell_emptied(home, &merged);
        }
        let fates = match_people(&persons, &self.index.homes[home], self.environment.today);
        let matched: BTreeMap<usize, usize> = (fates.iter().enumerate())
            .filter_map(|(at, fate)| if let Fate::Known(known) = fate { Some((*known, at)) } else { None })
            .collect();
        let mut added = Vec::new();
        for (position, (person, fate)) in persons.iter().zip(&fates).enumerate() {
            match fate {
                Fate::Known(known) => self.lay_known((home, *known), person, position, &persons, &matched),
                Fate::Uncertain(code, why) => self.unplace(&person.source, *code, (*why).to_owned(), 1),
                Fate::New => match self.find_elsewhere(person, Some(home)) {
                    Elsewhere::Nowhere => added.push((make_member(person), make_particulars(person))),
                    Elsewhere::Contradiction(why) => {
                        self.unplace(&person.source, FindingCode::PersonUncertain, why.to_owned(), 1);
                    }
                    Elsewhere::At(from, known) => {
                        self.plan.outline.questions.moved += 1;
                        added.extend(self.move_person(person, (from, known), &merged.grid));
                    }
                },
            }
        }
        self.add_people(home, &merged, added);
        self.report_missing(home, &merged, &matched);
        Ok(())
    }

    /// What several listed doors say of one home.
    fn join_listed(&mut self, positions: &[usize]) -> RosterHousehold {
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
    fn lay_place(&mut self, home: usize, merged: &RosterHousehold) -> Result<(), PlanError> {
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

    fn tell_emptied(&mut self, home: usize, merged: &RosterHousehold) {
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
    fn lay_known(
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
    fn is_number_taken(
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
            let is_listed_there = self.listed_numbers.get(number).is_some_and(|homes| homes.contains(at));
            if (*at, *other) == (home, known) {
                true
            } else if *at == home {
                gives_up(*other)
            } else {
                other_person.residence == Some(Residence::MovedOut) || is_listed_there
            }
        })
    }

    /// New people of a known home: in the first record with room, or in a further one.
    fn add_people(&mut self, home: usize, merged: &RosterHousehold, added: Vec<(Member, PersonParticulars)>) {
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
    fn report_missing(&mut self, home: usize, merged: &RosterHousehold, matched: &BTreeMap<usize, usize>) {
        if merged.persons.is_empty() {
            return;
        }
        let was_said = |record: usize, entry: &MemberId| {
            let base = self.ledger.households[record].base.as_ref();
            base.is_some_and(|base| base.household.members.contains_key(entry))
        };
        let missing = (self.index.homes[home].people.iter().enumerate())
            .filter(|(at, known)| !matched.contains_key(at) && !known.has_left() && was_said(known.record, &known.entry))
            .count();
        if missing > 0 {
            let text = format!("上次名单中此户有 {missing} 人这次没有列出，未作删除，请网格员核实是否迁出");
            self.tell(&merged.source, FindingCode::NoLongerListed, text);
        }
    }

    /// Compares field by field; the records that change.
    fn write_edits(&mut self) -> Result<BTreeSet<usize>, PlanError> {
        let mut changed = BTreeSet::new();
        for record in std::mem::take(&mut self.order) {
            let known = &self.ledger.households[record];
            let mut said = self.said.remove(&record).unwrap_or_else(|| said_nothing(&known.current));
            let forced = self.forced.remove(&record).unwrap_or_default();
            let key = self.key_of(record, &said);
            let merged = compare(&key, known, &said, &forced)?.merged;
            said.household.visit_class = self.visit_class(record, &merged, &said);
            let compared = compare(&key, known, &said, &forced)?;
            self.tell_kept(record, &compared.kept);
            if !compared.edits.is_empty() {
                changed.insert(record);
            }
            self.plan.edits.extend(compared.edits);
            if known.base.as_ref() != Some(&said) || known.stored_key.as_ref() != Some(&key) {
                if let Some(old) = known.stored_key.as_ref().filter(|old| **old != key) {
                    self.plan.dropped_keys.push(old.clone());
                }
                self.plan.bases.push((key, said));
            }
        }
        Ok(changed)
    }

    /// The key for the base of a known record: by its door, or beside another one's.
    fn key_of(&mut self, record: usize, said: &Imported) -> String {
        let known = &self.ledger.households[record];
        let door = format!("{}|{}", said.household.grid, door_key(&said.household.place));
        let beside = format!("{door}#");
        if let Some(stored) = known.stored_key.as_ref().filter(|key| **key == door || key.starts_with(&beside)) {
            return stored.clone();
        }
        let key = if self.keys.contains(&door) { format!("{beside}{}", said.household.id) } else { door };
        self.keys.insert(key.clone());
        key
    }

    /// From what is known after this list, not from what it says alone: a list of phones changes nobody's class. A
    /// class stays where nothing that it follows from has changed, so that one set by hand is not taken back.
    fn visit_class(&self, record: usize, merged: &Imported, said: &Imported) -> Option<VisitClass> {
        let known = &self.ledger.households[record];
        let is_empty = |records: &Imported| records.household.members.is_empty();
        let class = |records: &Imported, is_empty: bool| {
            class_of(records.household.house_status, is_empty, records.particulars.members.values())
        };
        let before = class(&known.current, is_empty(&known.current));
        let after = class(merged, is_empty(merged) || self.told_empty.contains(&record));
        let last = said.household.visit_class;
        let was_put_off = last == Some(VisitClass::D) && after != last;
        if after != before || was_put_off { after } else { last }
    }

    fn tell_kept(&mut self, record: usize, paths: &[String]) {
        let mut titles: BTreeMap<RowRef, BTreeSet<&'static str>> = BTreeMap::new();
        for path in paths {
            let Some(title) = title_of(path) else { continue };
            let member = path.strip_prefix("members.").and_then(|rest| rest.split('.').next()?.parse().ok());
            let source = self.sources.get(&(record, member)).or_else(|| self.sources.get(&(record, None)));
            if let Some(source) = source {
                titles.entry(source.clone()).or_default().insert(title);
            }
        }
        for (source, titles) in titles {
            let titles: Vec<_> = titles.into_iter().collect();
            let text = format!("“{}”与已登记的不同或已登记满，保留已登记的，请核对", titles.join("”“"));
            self.tell(&source, FindingCode::ValueKept, text);
        }
    }

    /// New homes whose people have the names of a known home that the list does not mention.
    fn report_doubled(&mut self) {
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

    fn mentioned(&self) -> BTreeSet<usize> {
        let known = |decision: &Decision| if let Decision::Known { home, .. } = decision { Some(*home) } else { None };
        self.decisions.of.iter().filter_map(known).collect()
    }

    fn count_classes(&mut self, changed: &BTreeSet<usize>) {
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
    fn report_unlisted(&mut self, groups: &BTreeMap<usize, Vec<usize>>) {
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
        for (grid, _, place) in missed {
            let Some(first) = roster.households.iter().find(|household| household.grid == grid) else { continue };
            let at = RowRef { row: 0, ..first.source.clone() };
            self.tell(&at, FindingCode::NoLongerListed, format!("上次名单中的“{place}”这次没有列出，未作删除"));
            self.plan.outline.by_grid.entry(grid).or_default().unlisted += 1;
        }
    }
}

fn household_order(home: &super::ledger::Home) -> String {
    spreadsheet::text::natural_key(&home.door)
}

fn insert(records: &mut Imported, id: MemberId, member: Member, details: PersonParticulars) {
    records.household.members.insert(id, member);
    if details != PersonParticulars::default() {
        records.particulars.members.insert(id, details);
    }
}

/// Groups of as many people as a record holds; at least one.
fn chunks(people: Vec<(Member, PersonParticulars)>) -> Vec<Vec<(Member, PersonParticulars)>> {
    let mut groups = vec![Vec::new()];
    for person in people {
        if groups.last().is_some_and(|group| group.len() == MEMBER_LIMIT) {
            groups.push(Vec::new());
        }
        if let Some(group) = groups.last_mut() {
            group.push(person);
        }
    }
    groups
}

/// The place of the first or a further record of one door.
fn place_of_part(place: &Place, part: usize) -> Place {
    let room = if part < 2 { place.room.clone() } else { format!("{}({part})", place.room) };
    Place { room, ..place.clone() }
}

/// What offices call a path; `None` for what no list gives.
fn title_of(path: &str) -> Option<&'static str> {
    let names: Vec<&str> = path.split('.').collect();
    Some(match names[..] {
        ["house_status"] => Column::HouseStatus.title(),
        ["contact_name"] => Column::HeadName.title(),
        ["note"] => "住户备注",
        ["place", ..] => "地址",
        ["members", _, field, ..] => match field {
            "name" => "姓名",
            "relation" => Column::Relation.title(),
            "residence" => "人员状态",
            "id_no" => Column::IdNo.title(),
            "tels" => Column::Tels.title(),
            "sex" => Column::Sex.title(),
            "birth_month" => Column::BirthMonth.title(),
            "population_type" => Column::PopulationType.title(),
            "care_tags" => Column::CareTags.title(),
            "work_or_school" => Column::WorkOrSchool.title(),
            "remark" => Column::Remark.title(),
            _ => return None,
        },
        _ => return None,
    })
}
