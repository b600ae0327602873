//! Reference data: values with versions that the server side writes and every phone pulls.
//!
//! Some follow from the ledger: colleagues' names, buildings, grids, checklists. They are made anew at every start and
//! after every administrative act ([`refresh`]); a value that did not change keeps its version, so nothing is sent
//! twice.
//!
//! Others are the office's: service directory, notices, organisations, rules of time (`kinds` lists them). Flow: `file` opens JSON
//! or a spreadsheet → `json` and `sheet` find the entries → `entries` reads each by its `field`s and has the whole
//! list checked by `domain` → `change` says what it changes → `crate::admin` publishes. `workbook` writes what `sheet`
//! reads. The first start seeds what no office has published yet.
//!
//! Failure. One [`Problem`] refuses the file; each names its place, what is wrong and what is expected, and all are
//! named at once.
//!
//! Rejected: editing single entries by command, because offices keep lists; publishing the good rows of a bad file,
//! because nobody would look for the others.
//!
//! Rules of time are values of their own shape (`time`): working-day calendars, which have a sheet for each year
//! (工作日历2027), office hours and time limits, which come as JSON only. While the office has published none,
//! `builtin_values` holds; it is shown, taken out and compared with, never stored.
//!
//! Not done: sheets of office hours and time limits.

mod builtin;
mod change;
mod entries;
mod field;
mod file;
mod json;
mod kinds;
mod lists;
mod problem;
mod sheet;
#[cfg(test)]
mod tests;
mod time;
mod whole;
mod workbook;

use std::collections::{BTreeMap, BTreeSet};

use domain::account::Scope;
use domain::codes::{CodeList as _, Language};
use domain::directory::{DIRECTORY, presets};
use domain::notice::{NOTICES, Notices};
use domain::organisation::{ORGANISATIONS, Organisations};
use domain::workflow::SYSTEM_ACCOUNT;
use domain::{Account, GridCode, OrgCode, Role};
use serde::Serialize;

use crate::store::{Answer, Building, ReadRows, ReferenceValue, Store, StoreError};

pub use change::ReferenceChange;
pub use problem::{At, Problem};

pub(crate) use builtin::builtin_values;
pub(crate) use change::compare;
pub(crate) use file::{FileError, Present, read_file};
pub(crate) use kinds::{ReferenceKind, find_kind, known_keys};
pub(crate) use workbook::write_workbook;

/// Key of the colleagues' names: account id → name, role, and the organisation of those who have one.
pub const ACCOUNT_NAMES: &str = "account-names";
/// Key of the grids: code → name.
pub const GRIDS: &str = "grids";

/// A colleague as everybody may see them.
#[derive(Debug, Serialize)]
struct PublicName<'a> {
    name: &'a str,
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<&'a OrgCode>,
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

/// Brings the reference data in line with accounts, buildings and this version's checklists, and seeds what the office
/// has not published yet.
///
/// # Errors
/// When the store fails.
pub async fn refresh<S: Store>(store: &S) -> Answer<usize> {
    let accounts = store.list_accounts().await?;
    let mut values = vec![everybodys(ACCOUNT_NAMES.to_owned(), &public_names(&accounts))?];
    match store.list_buildings().await {
        // Where one cannot be read phones keep the names that they have.
        Ok(ReadRows { rows: buildings, unreadable: 0 }) => {
            values.push(everybodys(GRIDS.to_owned(), &grid_names(&accounts, &buildings))?);
            for (grid, names) in buildings_by_grid(&buildings) {
                values.push(ReferenceValue {
                    key: format!("buildings/{grid}"),
                    unit: Some(grid),
                    value: to_json(&names)?,
                });
            }
        }
        Ok(_) => {}
        Err(error) if error.is_temporary() => return Err(error),
        Err(error) => tracing::error!(%error, "the buildings cannot be read; phones keep the names that they have"),
    }
    for template in domain::checklist::presets() {
        values.push(everybodys(format!("template/{}", template.key), &template)?);
    }
    let seeds = vec![
        everybodys(DIRECTORY.to_owned(), &presets())?,
        everybodys(NOTICES.to_owned(), &Notices::new())?,
        everybodys(ORGANISATIONS.to_owned(), &Organisations::new())?,
    ];
    let seeded = store.seed_reference(seeds).await?;
    Ok(seeded + store.put_reference(values).await?)
}

pub(crate) fn everybodys(key: String, value: &impl Serialize) -> Answer<ReferenceValue> {
    Ok(ReferenceValue { key, unit: None, value: to_json(value)? })
}

fn to_json(value: &impl Serialize) -> Answer<String> {
    serde_json::to_string(value).map_err(|e| StoreError::Other(Box::new(e)))
}

fn public_names(accounts: &[Account]) -> BTreeMap<String, PublicName<'_>> {
    let system = PublicName { name: Role::System.label(Language::ZhCn), role: Role::System.code(), org: None };
    let people = accounts.iter().map(|a| {
        let org = a.scope.org.as_ref();
        (a.id.to_string(), PublicName { name: &a.name, role: a.role.code(), org })
    });
    people.chain([(SYSTEM_ACCOUNT.to_string(), system)]).collect()
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
