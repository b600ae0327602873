//! How to reach whoever reported what an organisation handles: told beside the pages, for the incidents that stand in
//! them, while they are open. It stands in no record, so the device forgets it by being told no more (ADR 0022).

use std::collections::BTreeSet;

use domain::rights::may_reach_reporter;
use domain::{Account, AccountId, Kind, RecordId};
use sync::wire::{Contact, Item, Page};

use super::rulings::read_incidents;
use crate::store::{Answer, Store};

/// The contacts of a reply.
pub(super) async fn list_contacts<S: Store>(
    store: &S,
    account: &Account,
    pages: &[Page],
    fetched: &[Item],
) -> Answer<Vec<Contact>> {
    let documents: BTreeSet<RecordId> =
        pages.iter().flat_map(|page| &page.items).chain(fetched).filter_map(find_incident).collect();
    if documents.is_empty() {
        return Ok(Vec::new());
    }
    let mut incidents = read_incidents(store, documents).await?;
    incidents.retain(|incident| may_reach_reporter(account, incident));
    let reporters: BTreeSet<AccountId> = incidents.iter().map(|incident| incident.by).collect();
    let tels = store.list_tels(reporters).await?;
    let contact = |incident: &domain::Incident| {
        Some(Contact { document: incident.id.into(), tel: tels.get(&incident.by)?.clone() })
    };
    Ok(incidents.iter().filter_map(contact).collect())
}

/// The incident that an item brings.
fn find_incident(item: &Item) -> Option<RecordId> {
    match item {
        Item::Snapshot { document, kind, .. } | Item::Changes { document, kind, .. } => {
            kind.is(&Kind::Incident).then_some(*document)
        }
        _ => None,
    }
}
