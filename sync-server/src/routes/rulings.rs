//! What became of an account's own work where no page reaches it: steps in incidents that it does not receive any more,
//! and changes that were held for the office. A device asks for those by name, so it is told however late it comes, also
//! when its account has no right to the document any more, and until it says no more that it waits.

use std::collections::BTreeSet;

use domain::codes::CodeList as _;
use domain::rights::collections_of_incident;
use domain::{Account, ChangeHash, Collection, Incident, InstallationId, RecordId};
use sync::wire::{AWAITED_LIMIT, AwaitedChange, AwaitedStep, Item, Outcome, Page, Ruling, Verdict};

use crate::store::{Answer, BaseQuery, Fate, Store};

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
    let departed = read_incidents(store, documents).await?.into_iter().filter(|incident| {
        let streams = collections_of_incident(incident);
        !subscriptions.iter().any(|subscription| streams.contains(subscription))
    });
    Ok(departed.flat_map(|incident| list_rulings_of(&incident, account)).collect())
}

/// What was decided on the steps that a device asks about, as far as they are its account's own.
pub(super) async fn list_awaited_rulings<S: Store>(
    store: &S,
    account: &Account,
    awaited: Vec<AwaitedStep>,
) -> Answer<Vec<Ruling>> {
    let awaited: BTreeSet<AwaitedStep> = awaited.into_iter().take(AWAITED_LIMIT).collect();
    let documents: BTreeSet<RecordId> = awaited.iter().map(|step| step.document).collect();
    if documents.is_empty() {
        return Ok(Vec::new());
    }
    let incidents = read_incidents(store, documents).await?;
    let rulings = incidents.iter().flat_map(|incident| list_rulings_of(incident, account));
    let is_awaited =
        |ruling: &Ruling| awaited.contains(&AwaitedStep { document: ruling.document, transition: ruling.transition });
    Ok(rulings.filter(is_awaited).collect())
}

/// What became of held changes that a device asks about; nothing of those that still wait.
pub(super) async fn list_settled<S: Store>(
    store: &S,
    account: &Account,
    awaited: Vec<AwaitedChange>,
    answered: &[Outcome],
) -> Answer<Vec<Outcome>> {
    let told: BTreeSet<ChangeHash> = answered.iter().map(|outcome| outcome.hash).collect();
    let awaited: BTreeSet<AwaitedChange> = awaited.into_iter().take(AWAITED_LIMIT).collect();
    let is_open = |change: &AwaitedChange| !told.contains(&change.hash);
    let asked: Vec<_> = awaited.into_iter().filter(is_open).map(|change| (change.document, change.hash)).collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let fates = store.find_fates(account.id, asked.clone()).await?;
    let settle = |((document, hash), fate)| {
        let verdict = match fate {
            Fate::Stored => Verdict::Known,
            Fate::Held => return None,
            Fate::Refused { code, detail } => Verdict::Refused { code, detail },
            Fate::Absent => Verdict::Absent,
        };
        Some(Outcome { document, hash, verdict })
    };
    Ok(asked.into_iter().zip(fates).filter_map(settle).collect())
}

pub(super) async fn read_incidents<S: Store>(store: &S, documents: BTreeSet<RecordId>) -> Answer<Vec<Incident>> {
    let nobody = InstallationId::from_uuid(uuid::Uuid::nil());
    let query = |document| BaseQuery { document, installation: nobody, hashes: Vec::new() };
    let bases = store.read_bases(documents.into_iter().map(query).collect()).await?;
    Ok(bases.into_iter().filter_map(|base| serde_json::from_str(&base.stored?.projection).ok()).collect())
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
