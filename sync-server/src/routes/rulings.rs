//! What was decided on an account's own steps in incidents that it does not receive any more: their pages do not reach
//! it, and somebody who did something is told what became of it.

use std::collections::BTreeSet;

use domain::codes::CodeList as _;
use domain::rights::collections_of_incident;
use domain::{Account, Collection, Incident, InstallationId, RecordId};
use sync::wire::{Item, Outcome, Page, Ruling, Verdict};

use crate::store::{Answer, BaseQuery, Store};

/// The rulings of a round: of each incident that was pushed and is stored, or that leaves by this reply, when the account
/// stands in none of its streams. What decided on a step also made the incident leave, or came before: at the farewell
/// everything is decided that the device could know of.
pub(super) async fn list_rulings<S: Store>(
    store: &S,
    account: &Account,
    subscriptions: &[Collection],
    documents: BTreeSet<RecordId>,
) -> Answer<Vec<Ruling>> {
    if documents.is_empty() {
        return Ok(Vec::new());
    }
    let nobody = InstallationId::from_uuid(uuid::Uuid::nil());
    let query = |document| BaseQuery { document, installation: nobody, hashes: Vec::new() };
    let bases = store.read_bases(documents.into_iter().map(query).collect()).await?;
    let read = bases.into_iter().filter_map(|base| serde_json::from_str::<Incident>(&base.stored?.projection).ok());
    let departed = read.filter(|incident| {
        let streams = collections_of_incident(incident);
        !subscriptions.iter().any(|subscription| streams.contains(subscription))
    });
    Ok(departed.flat_map(|incident| list_rulings_of(&incident, account)).collect())
}

/// The incidents of which a reply may owe a word: pushed and stored, or on their way out of a stream in which others
/// than workers receive them.
pub(super) fn list_owed(pushed: &BTreeSet<RecordId>, outcomes: &[Outcome], pages: &[Page]) -> BTreeSet<RecordId> {
    let stored = outcomes.iter().filter(|outcome| matches!(outcome.verdict, Verdict::Accepted | Verdict::Known));
    let pushed = stored.map(|outcome| outcome.document).filter(|document| pushed.contains(document));
    let passing = |page: &&Page| matches!(page.collection, Collection::Inbox(_) | Collection::Supervision);
    let left = pages.iter().filter(passing).flat_map(|page| &page.items).filter_map(|item| match item {
        Item::Leave { document } => Some(*document),
        _ => None,
    });
    pushed.chain(left).collect()
}

fn list_rulings_of(incident: &Incident, account: &Account) -> Vec<Ruling> {
    let own = incident.transitions.iter().filter(|(_, step)| step.by == account.id);
    own.filter_map(|(id, _)| {
        let decision = incident.decisions.get(id)?;
        Some(Ruling {
            document: incident.id.into(),
            transition: *id,
            effective: decision.effective,
            reason: decision.reason.map(|reason| reason.code()).unwrap_or_default().to_owned(),
            at_server: decision.at_server,
        })
    })
    .collect()
}
