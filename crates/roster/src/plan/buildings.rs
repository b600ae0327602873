//! Codes of buildings.

use std::collections::BTreeMap;

use domain::household::Place;
use domain::{BuildingCode, GridCode};

use super::{Ledger, PlanError};
use crate::place::normal::door_key;
use crate::{Roster, RosterHousehold};

/// A building as the office names it, comparable: `1幢` and `1栋` of one compound are one building.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BuildingKey {
    /// The grid.
    pub grid: GridCode,
    /// Compound or street, comparable form; may be empty.
    pub compound: String,
    /// Building, comparable form; empty for houses that have only a number.
    pub building: String,
}

impl BuildingKey {
    /// The key of the building that a door is in.
    #[must_use]
    pub fn of(grid: &GridCode, place: &Place) -> Self {
        let key = door_key(place);
        let mut parts = key.split('|').map(str::to_owned);
        let (compound, building) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        Self { grid: grid.clone(), compound, building }
    }
}

/// The key of a household's building.
#[must_use]
pub fn building_key(household: &RosterHousehold) -> BuildingKey {
    BuildingKey::of(&household.grid, &household.place)
}

/// The codes of all known buildings, also under the names that their households have now: a compound that was renamed
/// keeps its buildings, and so does a name whose normal form has changed.
pub(super) fn known_buildings(ledger: &Ledger) -> BTreeMap<BuildingKey, BuildingCode> {
    let mut codes = ledger.buildings.clone();
    for known in &ledger.households {
        let card = &known.current.household;
        codes.entry(BuildingKey::of(&card.grid, &card.place)).or_insert_with(|| card.building.clone());
    }
    codes
}

/// Codes for all buildings of a roster: the known ones keep theirs, new ones get the next serials of their grid in
/// order of first appearance.
///
/// # Errors
/// When a grid runs out of serials.
pub fn assign_buildings(
    roster: &Roster,
    known: &BTreeMap<BuildingKey, BuildingCode>,
) -> Result<BTreeMap<BuildingKey, BuildingCode>, PlanError> {
    let mut codes = known.clone();
    let places = roster.households.iter().map(|household| (&household.grid, &household.place));
    places.into_iter().try_for_each(|(grid, place)| assign_building(&mut codes, grid, place).map(|_| ()))?;
    Ok(codes)
}

/// The code of the building that a door is in; a new one gets the next serial of its grid.
pub(super) fn assign_building(
    codes: &mut BTreeMap<BuildingKey, BuildingCode>,
    grid: &GridCode,
    place: &Place,
) -> Result<BuildingCode, PlanError> {
    let key = BuildingKey::of(grid, place);
    if let Some(code) = codes.get(&key) {
        return Ok(code.clone());
    }
    let last = codes.values().filter(|code| code.grid() == *grid).map(BuildingCode::serial).max().unwrap_or(0);
    let code = grid.building(last + 1).ok_or_else(|| PlanError::TooManyBuildings(grid.clone()))?;
    codes.insert(key, code.clone());
    Ok(code)
}
