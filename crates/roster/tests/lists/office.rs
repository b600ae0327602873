//! A ledger in memory: what imports write, one after another.

use domain::flat::{flatten, unflatten};
use domain::household::Member;
use domain::particulars::PersonParticulars;
use domain::{Household, HouseholdId, Kind, Record, UnixMillis};
use roster::diff::RecordEdit;
use roster::plan::{Addition, Environment, Known, Ledger, PlanOptions, plan_import};
use roster::{Finding, Roster};

use crate::support::{Lists, TODAY, name_door, squeeze};

/// The ledger, and what the imports said.
#[derive(Default)]
pub(crate) struct Office {
    ledger: Ledger,
    imports: u8,
}

/// What one import did.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// New homes.
    pub(crate) added: usize,
    /// Changed records.
    pub(crate) edited: usize,
    /// What the reading and the plan said.
    pub(crate) findings: Vec<Finding>,
    /// Rows without a home.
    pub(crate) unplaced: Vec<u32>,
}

impl Done {
    /// Whether something is said of a row.
    pub(crate) fn is_told(&self, row: u32) -> bool {
        self.unplaced.contains(&row) || self.findings.iter().any(|finding| finding.row == row)
    }

    /// Whether something is said of the import that did not stand in the list itself.
    pub(crate) fn says_something(&self) -> bool {
        !self.unplaced.is_empty() || !self.findings.is_empty()
    }
}

impl Office {
    /// A ledger after these lists, each an import of its own.
    pub(crate) fn after(lists: &[&Lists]) -> Self {
        let mut office = Self::default();
        for list in lists {
            office.import(list);
        }
        office
    }

    /// Reads a list, lays it over the ledger, and writes what the plan says.
    ///
    /// # Panics
    /// When the list is refused.
    #[track_caller]
    pub(crate) fn import(&mut self, lists: &Lists) -> Done {
        let seen = lists.read();
        self.write(seen.roster().clone())
    }

    /// Lays a roster over the ledger and writes what the plan says.
    pub(crate) fn write(&mut self, roster: Roster) -> Done {
        self.imports += 1;
        let mut next = 0_u32;
        let mut random = || {
            next += 1;
            let [a, b, c, d] = next.to_be_bytes();
            [self.imports, a, b, c, d, 0, 0, 0, 0, 1]
        };
        let mut environment =
            Environment { now: UnixMillis::start_of(TODAY), today: TODAY, random: &mut random, household_id: &id_of };
        let options = PlanOptions { is_confirmed: false };
        let plan = plan_import(&roster, &self.ledger, options, &mut environment).expect("a plan");
        self.ledger.buildings.clone_from(&plan.buildings);
        for edit in &plan.edits {
            let mut homes = self.ledger.households.iter_mut().map(|known| &mut known.current);
            let is_meant = |id| id == edit.record;
            let home =
                homes.find(|home| is_meant(home.household.record_id()) || is_meant(home.particulars.record_id()));
            let home = home.expect("a known record");
            match edit.kind {
                Kind::Household => home.household = edited(&home.household, edit),
                _ => home.particulars = edited(&home.particulars, edit),
            }
        }
        for (key, base) in &plan.bases {
            let mut homes = self.ledger.households.iter_mut();
            let home = homes.find(|home| home.current.household.id == base.household.id).expect("a known home");
            (home.base, home.stored_key) = (Some(base.clone()), Some(key.clone()));
        }
        for Addition { key, records } in &plan.additions {
            let (base, stored_key) = (Some(records.clone()), Some(key.clone()));
            self.ledger.households.push(Known { current: records.clone(), base, stored_key });
        }
        let findings = roster.findings.iter().chain(&plan.findings).cloned().collect();
        let unplaced = roster.unplaced.iter().chain(&plan.unplaced).map(|row| row.source.row).collect();
        Done { added: plan.additions.len(), edited: plan.edits.len(), findings, unplaced }
    }

    /// What a worker changes at a door.
    ///
    /// # Panics
    /// When nobody has the name.
    pub(crate) fn correct(&mut self, name: &str, correct: impl FnOnce(&mut Member, &mut PersonParticulars)) {
        for known in &mut self.ledger.households {
            let found = known.current.household.members.iter_mut().find(|(_, member)| member.name == name);
            if let Some((id, member)) = found {
                correct(member, known.current.particulars.members.entry(*id).or_default());
                return;
            }
        }
        panic!("{name} is known");
    }

    /// A worker writes somebody down at the door of somebody else.
    pub(crate) fn add(&mut self, beside: &str, name: &str, id_no: &str) {
        let known = self.ledger.households.iter_mut();
        let has = |known: &&mut Known| known.current.household.members.values().any(|member| member.name == beside);
        let known = known.into_iter().find(has).expect("somebody known");
        self.imports += 1;
        let id = domain::MemberId::new(UnixMillis::start_of(TODAY), [self.imports; 10]);
        let member = Member { name: name.to_owned(), relation: None, residence: None };
        known.current.household.members.insert(id, member);
        let details = PersonParticulars { id_no: id_no.to_owned(), ..PersonParticulars::default() };
        known.current.particulars.members.insert(id, details);
    }

    /// All homes.
    pub(crate) fn households(&self) -> impl Iterator<Item = &Household> {
        self.ledger.households.iter().map(|known| &known.current.household)
    }

    /// Everybody: their home, entry and particulars.
    pub(crate) fn people(&self) -> impl Iterator<Item = (&Household, &Member, PersonParticulars)> {
        self.ledger.households.iter().map(|known| &known.current).flat_map(|known| {
            known.household.members.iter().map(|(id, member)| {
                let details = known.particulars.members.get(id).cloned().unwrap_or_default();
                (&known.household, member, details)
            })
        })
    }

    /// `compound|building|unit|room: names` of all homes, sorted.
    pub(crate) fn doors(&self) -> Vec<String> {
        let mut doors: Vec<_> = self
            .households()
            .map(|home| {
                let mut names: Vec<_> = home.members.values().map(|member| squeeze(&member.name)).collect();
                names.sort_unstable();
                format!("{}: {}", name_door(&home.place), names.join(","))
            })
            .collect();
        doors.sort_unstable();
        doors
    }

    /// That these are the homes, names in order of their characters.
    #[track_caller]
    pub(crate) fn assert_doors(&self, expected: &[&str]) {
        let mut expected: Vec<_> = expected
            .iter()
            .map(|home| {
                let (door, names) = home.split_once(": ").expect("door: names");
                let mut names: Vec<_> = names.split(',').collect();
                names.sort_unstable();
                format!("{door}: {}", names.join(","))
            })
            .collect();
        expected.sort_unstable();
        assert_eq!(self.doors(), expected);
    }

    /// How many homes and people there are.
    #[track_caller]
    pub(crate) fn assert_counts(&self, homes: usize, people: usize) {
        assert_eq!((self.households().count(), self.people().count()), (homes, people), "{:#?}", self.doors());
    }

    /// The one entry of a name.
    #[track_caller]
    pub(crate) fn find(&self, name: &str) -> (&Household, &Member, PersonParticulars) {
        let mut all: Vec<_> = self.people().filter(|(_, member, _)| squeeze(&member.name) == name).collect();
        assert_eq!(all.len(), 1, "{name} stands once in {:#?}", self.doors());
        all.remove(0)
    }

    /// Names of all who have a number.
    pub(crate) fn bearers(&self, number: &str) -> Vec<String> {
        self.people()
            .filter(|(_, _, details)| details.id_no == number)
            .map(|(_, member, _)| member.name.clone())
            .collect()
    }

    /// That each of these numbers has exactly this bearer.
    #[track_caller]
    pub(crate) fn assert_bearers(&self, truth: &[(&str, &str)]) {
        for (name, number) in truth {
            assert_eq!(self.bearers(number), [*name], "the bearer of {number} in {:#?}", self.doors());
        }
    }

    /// That every record keeps within its limits.
    #[track_caller]
    pub(crate) fn assert_valid(&self) {
        for known in self.ledger.households.iter().map(|known| &known.current) {
            assert_eq!(known.household.find_breaches(), vec![]);
            assert_eq!(known.particulars.find_breaches(), vec![]);
            assert_eq!(known.particulars.household, known.household.id);
        }
    }
}

/// The same id for the same key.
fn id_of(key: &str) -> HouseholdId {
    let number = key.bytes().fold(1_u128, |sum, byte| sum.wrapping_mul(1_000_003).wrapping_add(byte.into()));
    HouseholdId::from_uuid(uuid::Uuid::from_u128(number))
}

/// The record with the changes of an edit.
fn edited<R: Record>(record: &R, edit: &RecordEdit) -> R {
    let mut flat = flatten(record).expect("flat");
    for (path, value) in &edit.changes {
        match value {
            Some(value) => flat.insert(path.clone(), value.clone()),
            None => flat.remove(path),
        };
    }
    unflatten(&flat).expect("a record")
}
