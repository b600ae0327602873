//! A ledger in memory: what imports write, one after another.

use std::collections::BTreeMap;

use domain::household::Member;
use domain::particulars::PersonParticulars;
use domain::{BuildingCode, Household, HouseholdId, Record, UnixMillis};
use roster::plan::{BuildingKey, Imported, Surroundings, complete_doors, plan_import};
use roster::{Finding, Roster};

use crate::support::{Lists, TODAY, name_door, squeeze};

/// The ledger, and what the imports said.
#[derive(Default)]
pub(crate) struct Office {
    homes: BTreeMap<String, Imported>,
    buildings: BTreeMap<BuildingKey, BuildingCode>,
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
    pub(crate) fn write(&mut self, mut roster: Roster) -> Done {
        self.imports += 1;
        let mut next = 0_u32;
        let mut random = || {
            next += 1;
            let [a, b, c, d] = next.to_be_bytes();
            [self.imports, a, b, c, d, 0, 0, 0, 0, 1]
        };
        let mut around =
            Surroundings { now: UnixMillis::start_of(TODAY), today: TODAY, random: &mut random, household_id: &id_of };
        complete_doors(&mut roster, &self.homes);
        let plan = plan_import(&roster, &self.homes, &self.buildings, &mut around).expect("a plan");
        self.buildings = plan.buildings;
        self.homes = plan.state;
        let findings = roster.findings.iter().chain(&plan.findings).cloned().collect();
        let unplaced = roster.unplaced.iter().map(|row| row.source.row).collect();
        Done { added: plan.additions.len(), edited: plan.edits.len(), findings, unplaced }
    }

    /// All homes.
    pub(crate) fn households(&self) -> impl Iterator<Item = &Household> {
        self.homes.values().map(|known| &known.household)
    }

    /// Everybody: their home, entry and particulars.
    pub(crate) fn people(&self) -> impl Iterator<Item = (&Household, &Member, PersonParticulars)> {
        self.homes.values().flat_map(|known| {
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
        for known in self.homes.values() {
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
