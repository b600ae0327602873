//! Where an account works: its grids, what its places are called, and the grid to which its reports belong.

use std::collections::BTreeSet;

use domain::rights::{Act, Reach, reach};
use domain::{Account, BuildingCode, GridCode, Kind};
use rusqlite::Connection;

use crate::store::StoreError;
use crate::store::reference::{area_name, building_name, organisation_name, read_grid_names};

/// The grids of an account, those of its buildings too. None: a desk, which looks at more than single grids.
pub(super) fn own_grids(account: &Account) -> BTreeSet<GridCode> {
    let scope = &account.scope;
    scope.grids.iter().cloned().chain(scope.buildings.iter().map(BuildingCode::grid)).collect()
}

/// Names of the account's grids, buildings, organisation, community or town.
pub(super) fn list_units(db: &Connection, account: &Account) -> Result<Vec<String>, StoreError> {
    let scope = &account.scope;
    let grids = read_grid_names(db)?;
    let mut units: Vec<String> = scope.grids.iter().map(|grid| grids.name(grid)).collect();
    for building in &scope.buildings {
        units.push(building_name(db, building.as_str())?);
    }
    // The organisation of a community's desk is the community itself, by its name.
    match (&scope.org, &scope.community) {
        (Some(org), _) => units.push(organisation_name(db, org)?),
        (None, Some(community)) => units.push(area_name(community)),
        (None, None) => {}
    }
    units.extend(scope.town.as_ref().map(area_name));
    Ok(units)
}

/// The grids to which a report may belong that names no household, the usual one first: the account's; a desk's are the
/// grids of its area that the server side knows. Empty: there is none, or it is not known before the first sync.
pub(super) fn list_report_grids(db: &Connection, account: &Account) -> Result<Vec<GridCode>, StoreError> {
    let own: Vec<GridCode> = own_grids(account).into_iter().collect();
    if !own.is_empty() {
        return Ok(own);
    }
    let scope = &account.scope;
    let is_within = |grid: &GridCode| {
        scope.community.as_ref() == Some(&grid.community()) || scope.town.as_ref() == Some(&grid.town())
    };
    Ok(read_grid_names(db)?.grids().filter(is_within).collect())
}

/// The same with their names, where there is a choice; else empty.
pub(super) fn list_grid_choices(db: &Connection, account: &Account) -> Result<Vec<(GridCode, String)>, StoreError> {
    let grids = list_report_grids(db, account)?;
    if grids.len() < 2 {
        return Ok(Vec::new());
    }
    let names = read_grid_names(db)?;
    Ok(grids.into_iter().map(|grid| (grid.clone(), names.name(&grid))).collect())
}

/// Whether an account may report: its role does, and there is a place to which a report belongs.
pub(super) fn may_report(db: &Connection, account: &Account) -> Result<bool, StoreError> {
    let may_create = reach(account.role, Kind::Incident, Act::Create) != Reach::None;
    Ok(may_create && !list_report_grids(db, account)?.is_empty())
}
