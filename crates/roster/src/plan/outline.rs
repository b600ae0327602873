//! What an import would do, in numbers: for the office to read before anything is written.

use std::collections::BTreeMap;

use domain::GridCode;
use serde::Serialize;

/// So many questions are worked off one by one; more of them look like another list than the ledger's.
pub const FEW: usize = 5;

/// The numbers of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Outline {
    /// By grid of the listed homes.
    pub by_grid: BTreeMap<GridCode, GridOutline>,
    /// What the office has to look at.
    pub questions: Questions,
}

/// The listed homes of one grid. Every one is counted once, in the first of `new` to `unplaced` that it is; `unlisted`
/// counts homes of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct GridOutline {
    /// Not in the ledger before.
    pub new: usize,
    /// Known, and something of it is edited.
    pub changed: usize,
    /// Known, and nothing of it is edited.
    pub unchanged: usize,
    /// All its people are known behind another door; written only when confirmed.
    pub moved: usize,
    /// Known under another address.
    pub renamed: usize,
    /// Not certain which home it is; not written.
    pub unplaced: usize,
    /// Homes of the ledger that this list leaves out although it has others of their building.
    pub unlisted: usize,
}

impl GridOutline {
    /// Homes that the list has in this grid.
    #[must_use]
    pub const fn listed(&self) -> usize {
        self.new + self.changed + self.unchanged + self.moved + self.renamed + self.unplaced
    }
}

/// What a plan would do that is seldom meant when it happens often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Questions {
    /// Listed homes that became one with another listed home.
    pub joined: usize,
    /// People who are known behind another door.
    pub moved: usize,
    /// Homes that are known under another address.
    pub renamed: usize,
    /// Homes with people for which the list names nobody.
    pub emptied: usize,
    /// New homes that look like a known one that is not listed.
    pub doubled: usize,
}

impl Questions {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.joined + self.moved + self.renamed + self.emptied + self.doubled
    }

    /// Whether there are more than a [`FEW`]: nothing is written before somebody has said yes.
    #[must_use]
    pub const fn needs_confirmation(&self) -> bool {
        self.total() > FEW
    }
}
