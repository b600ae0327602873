//! Places of an account that nobody has: a code with one wrong digit is a phone without homes, and nobody is told.

use std::collections::BTreeSet;

use domain::account::Scope;
use domain::organisation::{ORGANISATIONS, Organisations};
use domain::{AreaCode, GridCode};

use crate::store::{Answer, Store};

/// What of these places no household, no building and no reference data names, in the office's words.
///
/// # Errors
/// When the ledger fails.
pub async fn find_unknown_places<S: Store>(store: &S, scope: &Scope) -> Answer<Vec<String>> {
    let grids: BTreeSet<GridCode> = store.list_grids().await?;
    let mut unknown = Vec::new();
    for grid in scope.grids.difference(&grids) {
        unknown.push(format!("网格 {grid} 里还没有任何住户或楼栋"));
    }
    if !scope.buildings.is_empty() {
        let buildings: BTreeSet<_> = store.list_buildings().await?.rows.into_iter().map(|one| one.code).collect();
        for building in scope.buildings.difference(&buildings) {
            unknown.push(format!("没有登记过楼栋 {building}（见 building list）"));
        }
    }
    let communities: BTreeSet<AreaCode> = grids.iter().map(GridCode::community).collect();
    if let Some(community) = scope.community.as_ref().filter(|community| !communities.contains(*community)) {
        unknown.push(format!("社区 {community} 里还没有任何住户或楼栋"));
    }
    if let Some(town) = scope.town.as_ref().filter(|town| communities.iter().all(|known| known.town() != **town)) {
        unknown.push(format!("镇街 {town} 里还没有任何住户或楼栋"));
    }
    if let Some(org) = &scope.org {
        let mut values = store.read_reference(vec![ORGANISATIONS.to_owned()]).await?;
        let known: Organisations =
            values.remove(ORGANISATIONS).and_then(|value| serde_json::from_str(&value).ok()).unwrap_or_default();
        if !known.contains_key(org) {
            unknown.push(format!("基础数据里没有单位 {org}"));
        }
    }
    Ok(unknown)
}
