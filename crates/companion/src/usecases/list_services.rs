//! `list_services`: whom a resident can call or go to, without a network too. The numbers that every directory has are
//! there from the first start.

use std::cmp::Reverse;

use contract::{ListServices, ServiceList, ServiceView};
use domain::GridCode;
use domain::codes::{BookingKind, CodeList as _};
use domain::directory::{Directory, ServiceEntry, ServiceKind, find_desk, search_services};

use super::UseCase;
use super::units::own_grids;
use crate::companion::Companion;
use crate::error::Failure;

impl UseCase for ListServices {
    fn run(self, companion: &mut Companion) -> Result<ServiceList, Failure> {
        let grids: Vec<GridCode> = companion.account().map(own_grids).into_iter().flatten().collect();
        let (directory, version) = companion.directory.read(companion.store.read())?;
        let mut found = search_in(directory, &grids, &self.query);
        if self.is_desk {
            let desk = find_desk(directory, grids.first()).into_iter().map(|(_, entry)| entry);
            found = desk.filter(|entry| found.iter().any(|wanted| wanted.id == entry.id)).collect();
        }
        if let Some(booking) = self.booking {
            found.retain(|entry| entry.offers(booking));
        }
        Ok(ServiceList { rows: found.into_iter().map(view).collect(), version })
    }
}

/// What serves any of these grids; without a grid everything.
fn search_in<'a>(directory: &'a Directory, grids: &[GridCode], query: &str) -> Vec<&'a ServiceEntry> {
    let Some((first, others)) = grids.split_first() else {
        return search_services(directory, None, query);
    };
    let mut found = search_services(directory, Some(first), query);
    for grid in others {
        for entry in search_services(directory, Some(grid), query) {
            if found.iter().all(|known| known.id != entry.id) {
                found.push(entry);
            }
        }
    }
    found.sort_by_key(|entry| Reverse(entry.kind == ServiceKind::Emergency));
    found
}

fn view(entry: &ServiceEntry) -> ServiceView {
    ServiceView {
        id: entry.id.clone(),
        name: entry.name.clone(),
        kind: entry.kind.code().to_owned(),
        phones: entry.phone.clone(),
        address: entry.address.clone(),
        hours: entry.hours.clone(),
        guide: entry.guide.clone(),
        note: entry.note.clone(),
        desk: entry.desk,
        bookings: BookingKind::ALL.iter().copied().filter(|kind| entry.offers(*kind)).collect(),
        updated: Some(entry.updated),
    }
}
