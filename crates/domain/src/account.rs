//! Accounts: who works with the system, in which role, for which places.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::area::{AreaCode, BuildingCode, GridCode};
use crate::codes::code_list;
use crate::id::AccountId;
use crate::organisation::OrgCode;

code_list! {
    /// The role of an account. One account has one role; a person with two has two accounts.
    Role from "domain reference §1" {
        GridWorker = "grid_worker", "网格员", "Grid worker";
        BuildingLead = "building_lead", "楼长", "Building lead";
        Dispatcher = "dispatcher", "镇街指挥中心", "Street dispatcher";
        Office = "office", "社区（导入）", "Office import";
        CommunityClerk = "community_clerk", "社区受理员", "Community clerk";
        Handler = "handler", "处置单位", "Handler";
        Supervisor = "supervisor", "区级督办", "District supervisor";
        System = "system", "系统", "System";
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

/// The account under which the office's imports are written, on the server only.
pub const OFFICE_ACCOUNT: AccountId =
    AccountId::from_uuid(uuid::Uuid::from_u128(0x9901_0000_0000_8000_8000_0000_0000_0001));

/// The places of an account. A grid worker has grids, a building lead buildings, a dispatcher a town, a community clerk
/// a community, a handler an organisation (a clerk may have one too: the community's own). A supervisor has the whole
/// district.
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
    /// Village or community.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community: Option<AreaCode>,
    /// Organisation that handles incidents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<OrgCode>,
}

impl Scope {
    /// Whether any of these places lies in an area, given by the first digits of its code. An organisation has no place.
    #[must_use]
    pub fn is_in_area(&self, digits: &str) -> bool {
        let mut codes = (self.grids.iter().map(GridCode::as_str))
            .chain(self.buildings.iter().map(BuildingCode::as_str))
            .chain(self.town.iter().chain(&self.community).map(AreaCode::as_str));
        codes.any(|code| code.starts_with(digits))
    }
}
