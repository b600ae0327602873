//! The making of a plan, home by home in the roster's order.

mod known;
mod moves;
mod report;
mod write;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::household::{MEMBER_LIMIT, Member, Place};
use domain::particulars::PersonParticulars;
use domain::{Household, HouseholdId, LocalDate, MemberId, Particulars};

use super::buildings::{assign_building, known_buildings};
use super::homes::{Decision, Decisions, match_homes};
use super::lay::{make_member, make_particulars};
use super::ledger::{Index, tells_apart};
use super::people::{Fate, match_people};
use super::visits::{class_of, spread_first_visits};
use super::{Addition, Environment, ImportPlan, Imported, Ledger, Outline, PlanError, PlanOptions};
use crate::diff::said_nothing;
use crate::place::normal::door_key;
use crate::{Finding, FindingCode, Roster, RosterHousehold, RosterPerson, RowRef, Unplaced};

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
    /// What the office has said of known records with this list, in the order in which the list mentions them.
    said: BTreeMap<usize, Imported>,
    order: Vec<usize>,
    forced: BTreeMap<usize, BTreeSet<String>>,
    /// Where the list speaks of a record and of a member.
    sources: HashMap<(usize, Option<MemberId>), RowRef>,
    told_empty: BTreeSet<usize>,
    /// What the list says of each known home, with the fates of its people.
    prepared: BTreeMap<usize, (RosterHousehold, Vec<Fate>)>,
    /// Home and person of everybody whom the list has where they are known.
    staying: BTreeSet<(usize, usize)>,
    /// Home and person of everybody who moves.
    moved: BTreeSet<(usize, usize)>,
    /// Homes that got a further record.
    extended: BTreeSet<usize>,
    keys: HashSet<String>,
    ids: HashSet<HouseholdId>,
    masked_tels: HashSet<(&'a str, &'a str, u32)>,
    /// How often the list gives a phone number.
    listed_tels: HashMap<&'a str, usize>,
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
        let new = roster.households.iter().enumerate().filter(|(at, _)| decisions.of[*at] == Decision::New);
        let first_dues = spread_first_visits(new, environment.today);
        let mut listed_tels: HashMap<&str, usize> = HashMap::new();
        for tel in roster.households.iter().flat_map(|home| &home.persons).flat_map(|person| &person.tels) {
            *listed_tels.entry(tel).or_default() += 1;
        }
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
            said: BTreeMap::new(),
            order: Vec::new(),
            forced: BTreeMap::new(),
            sources: HashMap::new(),
            told_empty: BTreeSet::new(),
            prepared: BTreeMap::new(),
            staying: BTreeSet::new(),
            moved: BTreeSet::new(),
            extended: BTreeSet::new(),
            keys: ledger.households.iter().filter_map(|known| known.stored_key.clone()).collect(),
            ids: ledger.households.iter().map(|known| known.current.household.id).collect(),
            masked_tels,
            listed_tels,
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
        self.match_all(&groups);
        for position in 0..self.roster.households.len() {
            let class = match self.decisions.of[position] {
                Decision::Unplaced(code, text) => {
                    self.unplace_home(position, code, text.to_owned());
                    Class::Unplaced
                }
                Decision::New => self.add_home(position)?,
                Decision::Known { home, is_renamed } => {
                    if groups[&home][0] == position {
                        self.lay_home(home)?;
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

    /// Matches the people of all known homes, before anybody is taken for a newcomer of another one.
    fn match_all(&mut self, groups: &BTreeMap<usize, Vec<usize>>) {
        for (home, positions) in groups {
            let merged = self.join_listed(positions);
            let persons: Vec<&RosterPerson> = merged.persons.iter().filter(|person| !person.repeats).collect();
            let is_elsewhere = |name: &str| self.index.with_name(name).iter().any(|other| other != home);
            let today = self.environment.today;
            let fates = match_people(&persons, &self.index.homes[*home], &is_elsewhere, today);
            for fate in &fates {
                if let Fate::Known(known) = fate {
                    self.staying.insert((*home, *known));
                }
            }
            self.prepared.insert(*home, (merged, fates));
        }
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

    /// A home that is not known: its people are new, or known behind another door.
    fn add_home(&mut self, position: usize) -> Result<Class, PlanError> {
        let household = &self.roster.households[position];
        let persons: Vec<&RosterPerson> = household.persons.iter().filter(|person| !person.repeats).collect();
        let verdicts = self.find_all_elsewhere(&persons, None);
        let is_at = |one: &Elsewhere| matches!(one, Elsewhere::At(..));
        let is_move = !persons.is_empty() && verdicts.iter().all(is_at);
        let is_doubtful = (persons.iter().zip(&verdicts))
            .filter(|(person, _)| tells_apart(&person.id_no))
            .all(|(_, verdict)| !matches!(verdict, Elsewhere::Nowhere));
        let is_set_aside = verdicts.iter().any(is_at) && !self.options.is_confirmed
            || is_doubtful && verdicts.iter().any(|one| matches!(one, Elsewhere::Contradiction(_)));
        if is_set_aside {
            return Ok(self.set_aside(position, &persons, &verdicts, is_move));
        }
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
