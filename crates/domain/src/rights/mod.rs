//! Who may do what: one table, role × kind of record × act → reach.
//!
//! It drives three things that must never disagree: which collections a phone receives ([`subscriptions`]), which
//! changes the server admits ([`may`], [`may_edit_field`]), and what the screen offers. A new role is a column of
//! [`reach`] and a line of each field rule.
//!
//! Flow: the server asks [`may`] with the record as it stands (for a new one: as it will stand), then asks the field
//! rule and [`is_honest_authorship`] for every path that the change touches. What a person wrote stays theirs: any
//! reach but none includes reading and editing one's own visits and incidents, also after a move to another grid, so
//! that work in transit is not lost.
//!
//! Failure is a plain `false`; which code the phone gets to hear is the server's matter. Not here: decisions on
//! incidents (written by the server alone, refused from everyone), and rights that end by date.

mod collections;
mod fields;
#[cfg(test)]
mod tests;

pub use collections::{
    collections_of_household, collections_of_incident, collections_of_particulars, collections_of_visit, subscriptions,
};
pub use fields::{entry_of, is_appended, is_honest_authorship, may_edit_field, may_set_field_at_creation};

use std::collections::BTreeSet;

use crate::account::{Account, Role};
use crate::area::{BuildingCode, GridCode};
use crate::household::Household;
use crate::id::AccountId;
use crate::incident::Incident;
use crate::organisation::OrgCode;
use crate::particulars::Particulars;
use crate::record::Kind;
use crate::visit::Visit;
use crate::workflow::Standing;

/// What somebody wants to do with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// See it; decides what is replicated.
    Read,
    /// Write a new one.
    Create,
    /// Change one that exists; which fields, see [`may_edit_field`].
    Edit,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 3] = [Self::Read, Self::Create, Self::Edit];
}

/// How far a right reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Nowhere.
    None,
    /// What one wrote oneself.
    Own,
    /// The buildings of the account.
    Building,
    /// Incidents that are or were with the organisation of the account.
    Inbox,
    /// The grids of the account.
    Grid,
    /// The village or community of the account.
    Community,
    /// The town or street of the account.
    Town,
    /// What the district watches: overdue, supervised, closed against the resident's wish.
    Watched,
    /// Everywhere: the office's import.
    District,
}

/// The table. One row per kind and act, one column per role.
#[must_use]
pub const fn reach(role: Role, kind: Kind, act: Act) -> Reach {
    use Reach::{Building, Community, District, Grid, Inbox, None, Own, Town, Watched};
    // grid worker, building lead, dispatcher, office, community clerk, handler, supervisor
    let row = match (kind, act) {
        (Kind::Household, Act::Read) => [Grid, Building, None, District, None, None, None],
        (Kind::Household, Act::Create) => [Grid, None, None, District, None, None, None],
        (Kind::Household, Act::Edit) => [Grid, Building, None, District, None, None, None],
        (Kind::Particulars, _) => [Grid, None, None, District, None, None, None],
        (Kind::Visit, Act::Read) => [Grid, Own, None, District, None, None, None],
        (Kind::Visit, Act::Create) => [Grid, Building, None, District, None, None, None],
        (Kind::Visit, Act::Edit) => [Own, Own, None, District, None, None, None],
        (Kind::Incident, Act::Read) => [Grid, Own, Town, District, Community, Inbox, Watched],
        (Kind::Incident, Act::Create) => [Grid, Building, Town, District, Community, None, None],
        (Kind::Incident, Act::Edit) => [Grid, Own, Town, District, Community, Inbox, Watched],
    };
    match role {
        Role::GridWorker => row[0],
        Role::BuildingLead => row[1],
        Role::Dispatcher => row[2],
        Role::Office => row[3],
        Role::CommunityClerk => row[4],
        Role::Handler => row[5],
        Role::Supervisor => row[6],
        Role::System | Role::Unknown => None,
    }
}

/// What has to be known of a record to decide on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRef<'a> {
    /// Its kind.
    pub kind: Kind,
    /// Its grid.
    pub grid: &'a GridCode,
    /// Its building, if it has one.
    pub building: Option<&'a BuildingCode>,
    /// Who wrote it: visits and incidents only.
    pub author: Option<AccountId>,
    /// Organisations that have it now: incidents only.
    pub orgs_now: BTreeSet<OrgCode>,
    /// Organisations that ever had it: incidents only.
    pub orgs_ever: BTreeSet<OrgCode>,
    /// Whether the district watches it: incidents only.
    pub is_watched: bool,
}

impl<'a> RecordRef<'a> {
    /// A record of which nothing but its place and author matters.
    #[must_use]
    pub fn plain(
        kind: Kind,
        grid: &'a GridCode,
        building: Option<&'a BuildingCode>,
        author: Option<AccountId>,
    ) -> Self {
        let (orgs_now, orgs_ever) = (BTreeSet::new(), BTreeSet::new());
        Self { kind, grid, building, author, orgs_now, orgs_ever, is_watched: false }
    }
}

impl<'a> From<&'a Household> for RecordRef<'a> {
    fn from(household: &'a Household) -> Self {
        Self::plain(Kind::Household, &household.grid, Some(&household.building), None)
    }
}

impl<'a> From<&'a Particulars> for RecordRef<'a> {
    fn from(particulars: &'a Particulars) -> Self {
        Self::plain(Kind::Particulars, &particulars.grid, None, None)
    }
}

impl<'a> From<&'a Visit> for RecordRef<'a> {
    fn from(visit: &'a Visit) -> Self {
        Self::plain(Kind::Visit, &visit.grid, Some(&visit.building), Some(visit.by))
    }
}

impl<'a> From<&'a Incident> for RecordRef<'a> {
    fn from(incident: &'a Incident) -> Self {
        let standing = Standing::of(incident);
        Self {
            orgs_now: standing.orgs_now(),
            is_watched: standing.is_watched(),
            orgs_ever: standing.orgs_ever,
            ..Self::plain(Kind::Incident, &incident.grid, incident.building.as_ref(), Some(incident.by))
        }
    }
}

/// Whether the account may do this with this record.
///
/// Creating never rests on authorship alone (everybody is the author of what they create), and nobody but the office
/// creates in another's name. A building lead may report an incident that names no building when it lies in the grid
/// of one of theirs: litter in the street has no house number.
#[must_use]
pub fn may(account: &Account, act: Act, record: &RecordRef<'_>) -> bool {
    let reach = reach(account.role, record.kind, act);
    let is_own = record.author == Some(account.id);
    if act == Act::Create && record.author.is_some() && !is_own && reach != Reach::District {
        return false;
    }
    if act != Act::Create && reach >= Reach::Own && is_own {
        return true;
    }
    let scope = &account.scope;
    match reach {
        Reach::None | Reach::Own => false,
        Reach::Building => match record.building {
            Some(building) => scope.buildings.contains(building),
            None => act == Act::Create && scope.buildings.iter().any(|building| building.grid() == *record.grid),
        },
        // What left an organisation again is no longer read there; a step that was on its way is still taken in.
        Reach::Inbox => {
            let orgs = if act == Act::Read { &record.orgs_now } else { &record.orgs_ever };
            scope.org.as_ref().is_some_and(|org| orgs.contains(org))
        }
        Reach::Grid => scope.grids.contains(record.grid),
        Reach::Community => scope.community.as_ref() == Some(&record.grid.community()),
        Reach::Town => scope.town.as_ref() == Some(&record.grid.town()),
        Reach::Watched => act != Act::Read || record.is_watched,
        Reach::District => true,
    }
}

/// Whether the account may be told how to reach whoever reported an incident: it belongs to an organisation that has
/// the incident, and there is something left to do.
#[must_use]
pub fn may_reach_reporter(account: &Account, incident: &Incident) -> bool {
    let standing = Standing::of(incident);
    let is_with = |org: &OrgCode| standing.orgs_now().contains(org);
    !standing.state.is_ended() && account.scope.org.as_ref().is_some_and(is_with)
}
