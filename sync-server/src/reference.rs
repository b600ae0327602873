//! Reference data that follows from the ledger: colleagues' names, buildings, grids, checklists.
//!
//! Seeded at every start and after every administrative act; a value that did not change keeps its version, so
//! nothing is sent twice.

use std::collections::{BTreeMap, BTreeSet};

use domain::account::Scope;
use domain::codes::CodeList as _;
use domain::{Account, GridCode};
use serde::Serialize;

use crate::store::{Answer, Building, ReferenceValue, Store, StoreError};

/// Key of the colleagues' names: account id → name and role.
pub const ACCOUNT_NAMES: &str = "account-names";
/// Key of the grids: code → name.
pub const GRIDS: &str = "grids";
/// Key of the notices of the district, oldest first.
pub const NOTICES: &str = "notices";

/// A colleague as everybody may see them.
#[derive(Debug, Serialize)]
struct PublicName<'a> {
    name: &'a str,
    role: &'static str,
}

/// A building as reference data names it.
#[derive(Debug, Serialize)]
struct BuildingName<'a> {
    compound: &'a str,
    name: &'a str,
}

/// Every grid an account has to do with.
pub(crate) fn grids_of(account: &Account) -> BTreeSet<GridCode> {
    grids_of_scope(&account.scope)
}

/// Every grid of these places; a town's grids are not counted up.
pub(crate) fn grids_of_scope(scope: &Scope) -> BTreeSet<GridCode> {
    scope.grids.iter().cloned().chain(scope.buildings.iter().map(domain::BuildingCode::grid)).collect()
}

/// Brings the reference data in line with accounts, buildings and this version's checklists.
///
/// # Errors
/// When the store fails.
pub async fn refresh<S: Store>(store: &S) -> Answer<usize> {
    let accounts = store.list_accounts().await?;
    let buildings = store.list_buildings().await?;
    let mut values = vec![everybodys(ACCOUNT_NAMES.to_owned(), &public_names(&accounts))?];
    values.push(everybodys(GRIDS.to_owned(), &grid_names(&accounts, &buildings))?);
    for (grid, names) in buildings_by_grid(&buildings) {
        values.push(ReferenceValue { key: format!("buildings/{grid}"), unit: Some(grid), value: to_json(&names)? });
    }
    for template in domain::checklist::presets() {
        values.push(everybodys(format!("template/{}", template.key), &template)?);
    }
    let known = store.list_reference().await?;
    if !known.iter().any(|value| value.key == NOTICES) {
        values.push(everybodys(NOTICES.to_owned(), &Vec::<String>::new())?);
    }
    store.put_reference(values).await
}

fn everybodys(key: String, value: &impl Serialize) -> Answer<ReferenceValue> {
    Ok(ReferenceValue { key, unit: None, value: to_json(value)? })
}

fn to_json(value: &impl Serialize) -> Answer<String> {
    serde_json::to_string(value).map_err(|e| StoreError::Other(Box::new(e)))
}

fn public_names(accounts: &[Account]) -> BTreeMap<String, PublicName<'_>> {
    accounts.iter().map(|a| (a.id.to_string(), PublicName { name: &a.name, role: a.role.code() })).collect()
}

fn grid_names(accounts: &[Account], buildings: &[Building]) -> BTreeMap<String, String> {
    let grids = accounts.iter().flat_map(grids_of).chain(buildings.iter().map(|building| building.code.grid()));
    grids.map(|grid| (grid.to_string(), format!("第{}网格", grid.serial()))).collect()
}

fn buildings_by_grid(buildings: &[Building]) -> BTreeMap<GridCode, BTreeMap<String, BuildingName<'_>>> {
    let mut by_grid: BTreeMap<GridCode, BTreeMap<String, BuildingName<'_>>> = BTreeMap::new();
    for Building { code, compound, name, .. } in buildings {
        by_grid.entry(code.grid()).or_default().insert(code.to_string(), BuildingName { compound, name });
    }
    by_grid
}
