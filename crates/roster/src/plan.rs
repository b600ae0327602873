//! From a roster to records: who is known, what changes, which ids, which building codes, when first due.
//!
//! Why a list is laid over the ledger: an office corrects names, adds numbers and re-orders rows between two imports,
//! and people are added and corrected in the field meanwhile; the person must stay the same person on every phone. So
//! three things are compared: what the office said before ([`Known::base`]), what it says now, and what the ledger
//! holds ([`Known::current`]). What nobody has changed stays; what two have changed differently becomes a conflict.
//!
//! Flow: [`plan_import`] indexes the ledger (`ledger`), matches homes (`homes`) and in each its people (`people`), lays
//! what the list says over what was said (`lay`) and compares field by field ([`super::diff`]) → additions, edits, what
//! to keep for next time, findings, and the plan in numbers ([`Outline`]). It is pure: times, ids and the ledger are
//! handed in, and the same input gives the same plan.
//!
//! Nothing on a guess: a home or person of whom it is not certain where they belong is [`Unplaced`] with its reason. A
//! value that the roster does not give stays; a full name or valid number is not replaced by a hidden or wrong one.
//! Nobody is ever removed: who is no longer listed stays in the record and is reported.
//!
//! Not done: homes that were doubled in the ledger before are not joined.

use std::collections::BTreeMap;

use domain::flat::FlatError;
use domain::{BuildingCode, GridCode, Household, HouseholdId, LocalDate, Particulars, UnixMillis};
use serde::{Deserialize, Serialize};

use super::diff::RecordEdit;
use super::place::normal::door_key;
use super::{Finding, Roster, RosterHousehold, Unplaced};

mod buildings;
mod homes;
mod join;
mod lay;
mod ledger;
mod outline;
mod people;
mod planner;
mod visits;

pub use buildings::{BuildingKey, assign_buildings, building_key};
pub use outline::{FEW, GridOutline, Outline, Questions};
pub use visits::suggest_class;

/// The records of one household as an import made them; kept as JSON under [`household_key`] for the next import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    /// The card.
    pub household: Household,
    /// The particulars.
    pub particulars: Particulars,
}

/// One household of the ledger, as it is now and as the office last said it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// As the ledger holds it, with everything that was added or corrected in the field.
    pub current: Imported,
    /// As the last import that listed it said it; `None` when no import did.
    pub base: Option<Imported>,
    /// The key under which the base is stored, if there is one; it may be of an older normal form.
    pub stored_key: Option<String>,
}

/// What the server knows. All grids of the communities that a list touches have to be in it: who is known in another
/// grid is not a new person.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ledger {
    /// Every household.
    pub households: Vec<Known>,
    /// Every building.
    pub buildings: BTreeMap<BuildingKey, BuildingCode>,
}

/// What the office has said about the import as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlanOptions {
    /// `--yes`: the numbers of the outline have been seen and are meant, moves are written.
    pub is_confirmed: bool,
}

/// A household that is new; it is also what the office said, so it is kept as its base.
#[derive(Debug, Clone, PartialEq)]
pub struct Addition {
    /// The key under which its base is stored.
    pub key: String,
    /// The records to write.
    pub records: Imported,
}

/// Everything an import does. Apply `additions` as new documents and `edits` as changes on a fork at the heads of
/// the last import, so that what a worker has edited since becomes a conflict and not a loss. An edit of a household
/// without a base only fills empty fields: it is made at the heads of now.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportPlan {
    /// Every building of the roster and all known ones, with their codes.
    pub buildings: BTreeMap<BuildingKey, BuildingCode>,
    /// New households, in the roster's order.
    pub additions: Vec<Addition>,
    /// Changed records of known households, household before particulars.
    pub edits: Vec<RecordEdit>,
    /// What the office has said of known households, by key: to be kept for the next import. Only what is not stored
    /// so already.
    pub bases: Vec<(String, Imported)>,
    /// Stored keys that `bases` replace by a newer one.
    pub dropped_keys: Vec<String>,
    /// What was odd against the ledger.
    pub findings: Vec<Finding>,
    /// Listed homes and people of whom it is not certain where they belong; beside [`Roster::unplaced`].
    pub unplaced: Vec<Unplaced>,
    /// The plan in numbers.
    pub outline: Outline,
}

/// Why no plan can be made.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// More buildings than serials (99,999) in one grid.
    #[error("网格 {0} 的楼栋超过 99999 个")]
    TooManyBuildings(GridCode),
    /// A record that cannot be flat: a mistake in the program.
    #[error(transparent)]
    Flat(#[from] FlatError),
}

/// What a plan needs from outside.
pub struct Environment<'a> {
    /// The time of the import, for new ids.
    pub now: UnixMillis,
    /// The date of the import, from which first visits are spread.
    pub today: LocalDate,
    /// Ten random bytes for each new id of a person.
    pub random: &'a mut dyn FnMut() -> [u8; 10],
    /// The id of a household by its key ([`household_key`]): always the same.
    pub household_id: &'a dyn Fn(&str) -> HouseholdId,
}

/// The stable key of a household: `grid|compound|building|unit|room`, comparable forms.
#[must_use]
pub fn household_key(household: &RosterHousehold) -> String {
    format!("{}|{}", household.grid, door_key(&household.place))
}

/// Lays a roster over the ledger.
///
/// # Errors
/// See [`PlanError`].
pub fn plan_import(
    roster: &Roster,
    ledger: &Ledger,
    options: PlanOptions,
    environment: &mut Environment<'_>,
) -> Result<ImportPlan, PlanError> {
    planner::Planner::new(roster, ledger, options, environment)?.finish()
}

#[cfg(test)]
mod tests;
