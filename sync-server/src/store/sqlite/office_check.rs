//! Re-reading what the office side wrote: buildings, reference data, the base of the last roster import.
//!
//! Everything is parsed, and compared with what it was made from where that cannot change: a building keeps its code
//! and its names for ever, a household that an import wrote stays. Colleagues' names may be a moment behind.

use std::collections::{BTreeMap, BTreeSet};

use domain::workflow::SYSTEM_ACCOUNT;
use domain::{AccountId, BuildingCode, GridCode, RecordId};
use rusqlite::{Connection, OptionalExtension as _, named_params};
use serde::Deserialize;
use serde_json::Value;

use super::convert::read_uuid;
use crate::reference::{ACCOUNT_NAMES, GRIDS};
use crate::store::{Answer, Damage};
use roster::plan::Imported;

/// Names of a building: compound, building.
type Names = (String, String);

pub(super) fn check_office(db: &Connection, damage: &mut Vec<Damage>) -> Answer<()> {
    let buildings = check_buildings(db, damage)?;
    let mut select = db.prepare("SELECT id FROM account ORDER BY id")?;
    let mut rows = select.query([])?;
    let mut accounts = BTreeSet::new();
    while let Some(row) = rows.next()? {
        accounts.extend(read_uuid(row, "id").ok().map(AccountId::from_uuid));
    }
    let mut select = db.prepare("SELECT key, unit, value FROM reference ORDER BY key")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (key, unit, value): (String, String, String) = (row.get("key")?, row.get("unit")?, row.get("value")?);
        if !is_reference_sound(&key, &unit, &value, &buildings, &accounts) {
            damage.push(Damage { code: "reference", subject: key });
        }
    }
    check_roster_bases(db, damage)
}

fn check_buildings(db: &Connection, damage: &mut Vec<Damage>) -> Answer<BTreeMap<BuildingCode, Names>> {
    let mut select = db.prepare("SELECT grid, serial, compound, name FROM building ORDER BY grid, serial")?;
    let mut rows = select.query([])?;
    let mut buildings = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (grid, serial): (String, i64) = (row.get("grid")?, row.get("serial")?);
        let code = u32::try_from(serial).ok().and_then(|serial| grid.parse::<GridCode>().ok()?.building(serial));
        match code {
            Some(code) => {
                buildings.insert(code, (row.get("compound")?, row.get("name")?));
            }
            None => damage.push(Damage { code: "building", subject: format!("{grid}/{serial}") }),
        }
    }
    Ok(buildings)
}

/// A building as reference data names it.
#[derive(Deserialize)]
struct BuildingName {
    compound: String,
    name: String,
}

fn is_reference_sound(
    key: &str,
    unit: &str,
    value: &str,
    buildings: &BTreeMap<BuildingCode, Names>,
    accounts: &BTreeSet<AccountId>,
) -> bool {
    if let Some(grid) = key.strip_prefix("buildings/") {
        let Ok(named) = serde_json::from_str::<BTreeMap<BuildingCode, BuildingName>>(value) else { return false };
        return unit == grid
            && named.into_iter().all(|(code, BuildingName { compound, name })| {
                code.grid().as_str() == grid && buildings.get(&code) == Some(&(compound, name))
            });
    }
    if !unit.is_empty() && unit.parse::<GridCode>().is_err() {
        return false;
    }
    match key {
        ACCOUNT_NAMES => serde_json::from_str::<BTreeMap<AccountId, Value>>(value)
            .is_ok_and(|named| named.keys().all(|id| *id == SYSTEM_ACCOUNT || accounts.contains(id))),
        GRIDS => serde_json::from_str::<BTreeMap<GridCode, String>>(value).is_ok(),
        _ => serde_json::from_str::<Value>(value).is_ok(),
    }
}

fn check_roster_bases(db: &Connection, damage: &mut Vec<Damage>) -> Answer<()> {
    let mut select = db.prepare("SELECT grid, imported FROM roster_base ORDER BY grid, row_key")?;
    let mut find = db.prepare("SELECT 1 AS yes FROM document WHERE id = :id")?;
    let mut rows = select.query([])?;
    let mut number = 0_usize;
    while let Some(row) = rows.next()? {
        number += 1;
        let (grid, imported): (String, String) = (row.get("grid")?, row.get("imported")?);
        let household = serde_json::from_str::<Imported>(&imported)
            .ok()
            .filter(|imported| imported.household.grid.as_str() == grid)
            .map(|imported| RecordId::from(imported.household.id));
        let is_sound = match household {
            Some(id) => {
                let values = named_params! {":id": id.as_uuid().into_bytes()};
                find.query_row(values, |row| row.get::<_, i64>("yes")).optional()?.is_some()
            }
            None => false,
        };
        if !is_sound {
            // The row's key is made of an address: its place in the grid's order names it well enough.
            damage.push(Damage { code: "roster_base", subject: format!("{grid}/{number}") });
        }
    }
    Ok(())
}
