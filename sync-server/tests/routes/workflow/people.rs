//! Who acts in these stories, and how.

use documents::RecordDocument;
use domain::account::Scope;
use domain::id::TransitionId;
use domain::workflow::{Payload, Refusal, Standing, Transition, TransitionKind};
use domain::{Incident, IncidentId, Role, UnixMillis};
use sync::wire::{Item, PushDocument, SyncRequest};
use sync_server::store::Store as _;

use crate::support::{District, Phone, START_MS, grid, household, incident, unique};

/// The organisation of most handlers.
pub(crate) const PROPERTY: &str = "jingui-property";

pub(crate) async fn dispatcher(district: &District, name: &str) -> Phone {
    let scope = Scope { town: Some(grid().town()), ..Scope::default() };
    let account = district.add_account(name, Role::Dispatcher, scope).await;
    district.enrol(account.id).await
}

pub(super) async fn handler(district: &District, name: &str, org: &str) -> Phone {
    let scope = Scope { org: Some(org.parse().expect("a code")), ..Scope::default() };
    let account = district.add_account(name, Role::Handler, scope).await;
    district.enrol(account.id).await
}

/// A step of somebody as their app makes it.
pub(super) fn make_step(phone: &Phone, kind: TransitionKind, round: u32, at: i64, payload: Payload) -> Transition {
    Transition {
        kind,
        by: phone.account.id,
        role: phone.account.role,
        org: phone.account.scope.org.clone(),
        at_device: UnixMillis::new(START_MS + at),
        round,
        payload,
    }
}

pub(super) fn new_step_id() -> TransitionId {
    TransitionId::new(UnixMillis::new(START_MS), unique())
}

/// A report with its first step, and what is pushed.
pub(super) fn report(phone: &Phone) -> (Incident, RecordDocument, PushDocument) {
    let mut incident = incident(phone, &household(&grid(), "402"));
    let step = make_step(phone, TransitionKind::Submit, 0, 0, Payload::default());
    incident.transitions.insert(new_step_id(), step);
    let (document, push) = phone.create(&incident);
    (incident, document, push)
}

pub(crate) async fn report_well(district: &District, phone: &Phone, count: usize) -> Vec<IncidentId> {
    let mut ids = Vec::new();
    for _ in 0..count {
        let (incident, _, push) = report(phone);
        district.push_well(phone, vec![push]).await;
        ids.push(incident.id);
    }
    ids
}

/// Somebody does something with an incident as they have it.
pub(super) fn take_step(
    phone: &Phone,
    document: &mut RecordDocument,
    kind: TransitionKind,
    at: i64,
    payload: Payload,
) -> (TransitionId, PushDocument) {
    let id = new_step_id();
    let push = phone.edit::<Incident>(document, |incident| {
        let round = Standing::of(incident).round;
        incident.transitions.insert(id, make_step(phone, kind, round, at, payload));
    });
    (id, push)
}

/// Takes a step on the incident as the server has it and pushes it.
pub(crate) async fn act(
    district: &District,
    phone: &Phone,
    id: IncidentId,
    kind: TransitionKind,
    payload: Payload,
) -> TransitionId {
    let mut document = fetch(district, phone, id).await;
    let (step, push) = take_step(phone, &mut document, kind, 1, payload);
    district.push_well(phone, vec![push]).await;
    step
}

pub(crate) fn to_org(org: &str) -> Payload {
    Payload { to_org: Some(org.parse().expect("a code")), ..Payload::default() }
}

/// The incident as one of the streams that this account receives has it.
pub(super) async fn fetch(district: &District, phone: &Phone, id: IncidentId) -> RecordDocument {
    find(district, phone, id).await.expect("it is in one of their streams")
}

pub(super) async fn find(district: &District, phone: &Phone, id: IncidentId) -> Option<RecordDocument> {
    let request = SyncRequest { fetch: vec![id.into()], limit_bytes: 1_000_000, ..phone.request(district.now()) };
    let epoch = district.round(phone, &phone.request(district.now())).await.epoch;
    let reply = district.round(phone, &SyncRequest { epoch: Some(epoch), ..request }).await;
    reply.fetched.into_iter().find_map(|item| match item {
        Item::Snapshot { bytes, .. } => Some(RecordDocument::from_history(&bytes.0).expect("a history")),
        _ => None,
    })
}

/// The incident as the ledger has it.
pub(super) async fn read(district: &District, id: IncidentId) -> Incident {
    let documents = district.server.app().store().scan_documents(None, 10_000).await.expect("read").documents;
    let found = documents.iter().find(|document| document.id == id.into()).expect("it is in the ledger");
    serde_json::from_str(&found.projection).expect("an incident")
}

pub(super) async fn numbered(district: &District, id: IncidentId) -> String {
    read(district, id).await.human_no.expect("a number")
}

pub(super) async fn change_count(district: &District, id: IncidentId) -> usize {
    district.server.app().store().list_changes(id.into()).await.expect("changes").len()
}

pub(super) fn standing(incident: &Incident) -> Standing {
    Standing::of(incident)
}

/// What was decided on a step.
pub(super) fn accepted(incident: &Incident, step: TransitionId) -> Result<(), Refusal> {
    let decision = incident.decisions.get(&step).expect("decided");
    decision.reason.map_or(Ok(()), Err)
}

/// Waits for all of them at once.
pub(super) async fn all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in waiting.iter_mut().filter(|(_, output)| output.is_none()) {
            if let std::task::Poll::Ready(value) = future.as_mut().poll(context) {
                *output = Some(value);
            }
        }
        if waiting.iter().all(|(_, output)| output.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    waiting.into_iter().filter_map(|(_, output)| output).collect()
}
