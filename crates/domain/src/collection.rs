//! Collections: the streams in which records reach a phone. A document may be in several; an account's role and
//! places say which it receives (see `rights`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::area::{AreaCode, BuildingCode, GridCode};
use crate::id::AccountId;
use crate::organisation::OrgCode;

/// One stream of documents with positions 1, 2, 3 … without gaps. On the wire and in tables it is its text form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Collection {
    /// `incidents/{grid}`: the incidents of a grid.
    GridIncidents(GridCode),
    /// `town-incidents/{area}`: the incidents of a town or street.
    TownIncidents(AreaCode),
    /// `community-incidents/{area}`: the incidents of a village or community.
    CommunityIncidents(AreaCode),
    /// `inbox/{organisation}`: the incidents that an organisation handles or helps with.
    Inbox(OrgCode),
    /// `supervision/district`: incidents that are overdue, supervised, or closed without the resident being satisfied.
    Supervision,
    /// `mine/{account}`: the visits and incidents an account wrote itself.
    Mine(AccountId),
    /// `households/{grid}`: the cards of a grid.
    GridHouseholds(GridCode),
    /// `building-households/{building}`: the cards of one building.
    BuildingHouseholds(BuildingCode),
    /// `particulars/{grid}`: the particulars of a grid.
    Particulars(GridCode),
    /// `visits/{grid}`: the visits of a grid.
    GridVisits(GridCode),
    /// `reference/district`: templates, names, calendars; written by the server side only.
    Reference,
}

/// A text that names no collection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such collection: {0:?}")]
pub struct InvalidCollection(pub String);

impl fmt::Display for Collection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GridIncidents(grid) => write!(f, "incidents/{grid}"),
            Self::TownIncidents(area) => write!(f, "town-incidents/{area}"),
            Self::CommunityIncidents(area) => write!(f, "community-incidents/{area}"),
            Self::Inbox(org) => write!(f, "inbox/{org}"),
            Self::Supervision => f.write_str("supervision/district"),
            Self::Mine(account) => write!(f, "mine/{account}"),
            Self::GridHouseholds(grid) => write!(f, "households/{grid}"),
            Self::BuildingHouseholds(building) => write!(f, "building-households/{building}"),
            Self::Particulars(grid) => write!(f, "particulars/{grid}"),
            Self::GridVisits(grid) => write!(f, "visits/{grid}"),
            Self::Reference => f.write_str("reference/district"),
        }
    }
}

impl FromStr for Collection {
    type Err = InvalidCollection;

    fn from_str(text: &str) -> Result<Self, InvalidCollection> {
        let invalid = || InvalidCollection(text.to_owned());
        let (name, unit) = text.split_once('/').ok_or_else(invalid)?;
        let grid = || unit.parse().map_err(|_| invalid());
        Ok(match name {
            "incidents" => Self::GridIncidents(grid()?),
            "households" => Self::GridHouseholds(grid()?),
            "particulars" => Self::Particulars(grid()?),
            "visits" => Self::GridVisits(grid()?),
            "town-incidents" => Self::TownIncidents(unit.parse().map_err(|_| invalid())?),
            "building-households" => Self::BuildingHouseholds(unit.parse().map_err(|_| invalid())?),
            "mine" => Self::Mine(unit.parse().map_err(|_| invalid())?),
            "community-incidents" => Self::CommunityIncidents(unit.parse().map_err(|_| invalid())?),
            "inbox" => Self::Inbox(unit.parse().map_err(|_| invalid())?),
            "supervision" if unit == "district" => Self::Supervision,
            "reference" if unit == "district" => Self::Reference,
            _ => return Err(invalid()),
        })
    }
}

impl TryFrom<String> for Collection {
    type Error = InvalidCollection;

    fn try_from(text: String) -> Result<Self, InvalidCollection> {
        text.parse()
    }
}

impl From<Collection> for String {
    fn from(collection: Collection) -> Self {
        collection.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collection_is_its_text() {
        for text in [
            "incidents/990102003007021",
            "town-incidents/990102003000",
            "community-incidents/990102003007",
            "inbox/haitang-property",
            "supervision/district",
            "mine/019a0000-0000-7000-8000-000000000001",
            "households/990102003007021",
            "building-households/99010200300702100007",
            "particulars/990102003007021",
            "visits/990102003007021",
            "reference/district",
        ] {
            assert_eq!(text.parse::<Collection>().expect(text).to_string(), text);
        }
        for wrong in ["", "visits", "visits/", "visits/99", "secrets/990102003007021", "reference/other"] {
            assert_eq!(wrong.parse::<Collection>(), Err(InvalidCollection(wrong.into())));
        }
    }
}
