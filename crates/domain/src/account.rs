//! Accounts: who works with the system, in which role, for which places.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::area::{AreaCode, BuildingCode, GridCode};
use crate::codes::code_list;
use crate::id::AccountId;

code_list! {
    /// The role of an account. One account has one role; a person with two has two accounts.
    Role from "domain reference §1" {
        GridWorker = "grid_worker", "网格员", "Grid worker";
        BuildingLead = "building_lead", "楼长", "Building lead";
        Dispatcher = "dispatcher", "镇街指挥中心", "Street dispatcher";
        Office = "office", "社区（导入）", "Office import";
    }
}

/// An account as the owner of a device knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Stable id; the author of everything this person writes.
    pub id: AccountId,
    /// The name colleagues see.
    pub name: String,
    /// What this account may do.
    pub role: Role,
    /// Where it may do it.
    pub scope: Scope,
}

/// The places of an account. A grid worker has grids, a building lead buildings, a dispatcher a town.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scope {
    /// Grids.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub grids: BTreeSet<GridCode>,
    /// Buildings.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub buildings: BTreeSet<BuildingCode>,
    /// Town or street.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub town: Option<AreaCode>,
}
