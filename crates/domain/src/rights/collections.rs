//! Rights as streams: which collections an account receives, and which a record belongs to.

use std::collections::BTreeSet;

use super::{Act, Reach, reach};
use crate::account::Account;
use crate::collection::Collection;
use crate::household::Household;
use crate::incident::Incident;
use crate::particulars::Particulars;
use crate::record::Kind;
use crate::visit::Visit;
use crate::workflow::Standing;

/// The kinds in the order in which a new phone should receive them: the lists that people open first, first.
const ORDER: [Kind; 4] = [Kind::Household, Kind::Particulars, Kind::Incident, Kind::Visit];

/// The collections of an account, in the order in which a new phone should receive them: reference data, what the
/// account wrote itself, households, particulars, incidents, visits. The office has no phone and receives reference
/// data only.
#[must_use]
pub fn subscriptions(account: &Account) -> Vec<Collection> {
    let mut streams = vec![Collection::Reference];
    let reads_own = |kind| {
        let [reads, creates] = [Act::Read, Act::Create].map(|act| reach(account.role, kind, act));
        (Reach::Own..Reach::District).contains(&reads) && creates != Reach::None
    };
    if reads_own(Kind::Visit) || reads_own(Kind::Incident) {
        streams.push(Collection::Mine(account.id));
    }
    for kind in ORDER {
        push_streams(&mut streams, account, kind);
    }
    streams
}

fn push_streams(streams: &mut Vec<Collection>, account: &Account, kind: Kind) {
    let scope = &account.scope;
    match (reach(account.role, kind, Act::Read), kind) {
        (Reach::Grid, kind) => streams.extend(scope.grids.iter().cloned().map(match kind {
            Kind::Household => Collection::GridHouseholds,
            Kind::Particulars => Collection::Particulars,
            Kind::Visit => Collection::GridVisits,
            Kind::Incident => Collection::GridIncidents,
        })),
        (Reach::Building, Kind::Household) => {
            streams.extend(scope.buildings.iter().cloned().map(Collection::BuildingHouseholds));
        }
        (Reach::Community, Kind::Incident) => {
            streams.extend(scope.community.clone().map(Collection::CommunityIncidents));
        }
        (Reach::Inbox, Kind::Incident) => streams.extend(scope.org.clone().map(Collection::Inbox)),
        (Reach::Watched, Kind::Incident) => streams.push(Collection::Supervision),
        (Reach::Town, Kind::Incident) => streams.extend(scope.town.clone().map(Collection::TownIncidents)),
        // A reach without a stream of its own: nothing is replicated (a test holds the table to this).
        _ => {}
    }
}

/// Where a household's card travels: its grid and its building.
#[must_use]
pub fn collections_of_household(household: &Household) -> BTreeSet<Collection> {
    [Collection::GridHouseholds(household.grid.clone()), Collection::BuildingHouseholds(household.building.clone())]
        .into()
}

/// Where particulars travel: their grid's workers, nobody else.
#[must_use]
pub fn collections_of_particulars(particulars: &Particulars) -> BTreeSet<Collection> {
    [Collection::Particulars(particulars.grid.clone())].into()
}

/// Where a visit travels: its grid, and its author unless that is a worker of the grid, who reads it there. A worker
/// who moves to another grid leaves the visits to whoever takes over.
#[must_use]
pub fn collections_of_visit(visit: &Visit) -> BTreeSet<Collection> {
    let mut streams = BTreeSet::from([Collection::GridVisits(visit.grid.clone())]);
    if reach(visit.role, Kind::Visit, Act::Read) < Reach::Grid {
        streams.insert(Collection::Mine(visit.by));
    }
    streams
}

/// Where an incident travels: its grid, community, town and author; the organisations that have it now, and no other;
/// the district's list while it is watched. What counts is what the server has decided.
#[must_use]
pub fn collections_of_incident(incident: &Incident) -> BTreeSet<Collection> {
    let standing = Standing::of(incident);
    let mut streams = BTreeSet::from([
        Collection::GridIncidents(incident.grid.clone()),
        Collection::CommunityIncidents(incident.grid.community()),
        Collection::TownIncidents(incident.grid.town()),
        Collection::Mine(incident.by),
    ]);
    streams.extend(standing.orgs_now().into_iter().map(Collection::Inbox));
    if standing.is_watched() {
        streams.insert(Collection::Supervision);
    }
    streams
}
