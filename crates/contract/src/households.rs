//! 住户: find a door in two seconds.

use domain::cadence::DueState;
use domain::codes::{HouseStatus, Relation, VisitClass};
use domain::household::{Place, VisitMark};
use domain::{BuildingCode, HouseholdId};
use serde::{Deserialize, Serialize};

use crate::RecordState;

/// Rows of one page.
pub const PAGE_ROWS: u32 = 50;

/// Asks for one page of households.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListHouseholds {
    /// Any part of name, room or address in Chinese characters or digits, pinyin, pinyin initials, or the last
    /// digits of a phone number (where the account may see particulars). Empty: all.
    #[serde(default)]
    pub query: String,
    /// Only this building.
    #[serde(default)]
    pub building: Option<BuildingCode>,
    /// Only households in this state.
    #[serde(default)]
    pub due: DueFilter,
    /// Only households with a need that is not met.
    #[serde(default)]
    pub has_needs: bool,
    /// Only households with a conflict card.
    #[serde(default)]
    pub has_conflicts: bool,
    /// In which order.
    #[serde(default)]
    pub order: HouseholdOrder,
    /// Where the page before ended, in the same order.
    #[serde(default)]
    pub after: Option<PageKey>,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HouseholdOrder {
    /// Most overdue first, then by door.
    #[default]
    Due,
    /// By compound, building, stairwell and room, numbers in their natural order.
    Door,
}

/// Which households by due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueFilter {
    /// All.
    #[default]
    Any,
    /// Overdue.
    Overdue,
    /// Due within seven days, overdue ones included.
    ThisWeek,
}

/// Where a page ended: sort key and id of its last row. Opaque to the UI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageKey {
    /// The sort key of the last row.
    pub sort: String,
    /// Its id.
    pub id: String,
}

/// One page of households.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HouseholdPage {
    /// Rows in the order that was asked for.
    pub rows: Vec<HouseholdRow>,
    /// Where the next page begins; none at the end.
    pub next: Option<PageKey>,
    /// Households that match in all.
    pub total: u64,
    /// Buildings to choose from.
    pub buildings: Vec<BuildingOption>,
}

/// One household in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HouseholdRow {
    /// The household.
    pub id: HouseholdId,
    /// Where the door is.
    pub place: Place,
    /// How often it is visited.
    pub class: VisitClass,
    /// Whom to ask for.
    pub contact_name: String,
    /// How the dwelling is used.
    pub house_status: Option<HouseStatus>,
    /// When it is due.
    pub due: DueState,
    /// The latest completed visit.
    pub last_visit: Option<VisitMark>,
    /// The latest attempt since, and how many there were.
    pub last_attempt: Option<VisitMark>,
    /// How many attempts since the last completed visit.
    pub attempts: u32,
    /// Needs not met.
    pub open_needs: u32,
    /// It has a conflict card.
    pub has_conflict: bool,
    /// Where it stands with the server.
    pub state: RecordState,
    /// There are several compounds on this device: the door alone does not say where it is.
    #[serde(default)]
    pub shows_compound: bool,
    /// Which member a search found it by, if not the one to ask for.
    #[serde(default)]
    pub matched: Option<MatchedMember>,
}

/// The member that a search found a household by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchedMember {
    /// Name.
    pub name: String,
    /// Relation to the head.
    pub relation: Option<Relation>,
}

/// One building to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildingOption {
    /// The building.
    pub code: BuildingCode,
    /// `海棠花园 1栋`.
    pub name: String,
    /// Households in it.
    pub households: u64,
}
