//! `POST /sync/v1`: one round.
//!
//! Order: token → rate → body → whose installation is it → which life of the data does it know → take in the push →
//! read pages, so that what was just decided rides home in the same reply.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::rights::subscriptions;
use domain::{Account, Collection, Kind};
use sync::wire::{Cursor, Epoch, Outcome, RoundOutcome, SyncReply, SyncRequest, Verdict};

use super::body::read_message;
use super::error::ApiError;
use super::reply_with;
use super::rulings::{list_owed, list_rulings};
use super::session::{authenticate, count_request};
use crate::app::App;
use crate::desk::Registrar;
use crate::ingest::{self, CHANGES_LIMIT, Sender, TakenIn, Voice};
use crate::reference::grids_of;
use crate::store::{Binding, PageQuery, Session, Store};

/// Most bytes of items in one reply, whatever the device asks for: well below what it may unpack.
const REPLY_LIMIT_BYTES: usize = 4 * 1024 * 1024;
/// Most documents fetched whole in one round.
const FETCH_LIMIT: usize = 1_000;
/// Most bytes of the first list of heads: some 200 000 documents, and room for the rest of the reply in what a device
/// unpacks (16 MiB).
const FIRST_AUDIT_LIMIT_BYTES: usize = 12 * 1024 * 1024;
/// About what one line of a list of heads costs.
const HEADS_LINE_BYTES: usize = 60;

pub(super) async fn sync_round<S: Store>(State(app): State<App<S>>, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let session = authenticate(&app, &parts.headers).await?;
    count_request(&app, &session)?;
    let _turn = app.parts().rounds.acquire().await.map_err(|_| ApiError::internal())?;
    let (message, bytes): (SyncRequest, usize) = read_message(&parts.headers, body).await?;
    app.parts().metrics.count_bytes("in", bytes);
    if message.push.iter().map(|part| part.changes.len()).sum::<usize>() > CHANGES_LIMIT {
        let error = ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
        return Err(error.with_detail(format!("changes {CHANGES_LIMIT}")));
    }
    let reply = answer_round(&app, session, message).await?;
    reply_with(&reply)
}

async fn answer_round<S: Store>(
    app: &App<S>,
    session: Session,
    mut message: SyncRequest,
) -> Result<SyncReply, ApiError> {
    let account = session.account.clone();
    let round = app.parts().hints.begin_round(session.device);
    let mut reply = SyncReply {
        epoch: app.store().read_epoch().await?,
        server_clock: app.now(),
        round: RoundOutcome::Done,
        outcomes: Vec::new(),
        subscriptions: subscriptions(&account),
        pages: Vec::new(),
        audits: Vec::new(),
        fetched: Vec::new(),
        rulings: Vec::new(),
        retry_after_ms: None,
    };
    let binding = app.store().bind_installation(session.device, message.installation, app.now()).await?;
    if binding == Binding::Foreign {
        reply.round = RoundOutcome::Forked;
        return Ok(reply);
    }
    if is_of_another_life(message.epoch, reply.epoch) {
        // Its cursors and what it believes confirmed belong to data that is gone: it learns the new epoch, starts
        // its cursors again and offers what was lost. Judging its push now would find gaps that it can fill.
        return Ok(reply);
    }
    let is_believed = app.parts().clocks.note(session.device, message.device_clock, reply.server_clock);
    let device_clock = is_believed.then_some(message.device_clock);
    let sender = Sender { session, installation: message.installation, voice: Voice::Device, device_clock };
    let push = std::mem::take(&mut message.push);
    let incidents: BTreeSet<_> =
        push.iter().filter(|part| part.kind == Kind::Incident).map(|part| part.document).collect();
    let registrar = if incidents.is_empty() { None } else { find_registrar(app).await };
    match ingest::take_in(app.store(), registrar.as_ref(), &sender, push, app.now()).await? {
        TakenIn::Judged(outcomes) => reply.outcomes = outcomes,
        TakenIn::Forked => {
            tracing::info!("an installation repeats its sequence numbers");
            reply.round = RoundOutcome::Forked;
            return Ok(reply);
        }
    }
    count_verdicts(app, &reply.outcomes);
    if !reply.outcomes.is_empty() {
        app.note_commit();
    }
    read_what_is_asked(app, &account, &message, &mut reply).await?;
    let owed = list_owed(&incidents, &reply.outcomes, &reply.pages);
    reply.rulings = list_rulings(app.store(), &account, &reply.subscriptions, owed).await?;
    round.note_served(&reply.pages);
    if message.pull.iter().map(|cursor| &cursor.collection).eq(&reply.subscriptions) {
        reply.subscriptions.clear();
    }
    Ok(reply)
}

/// Who settles incidents; without, what people did in them is taken in and decided later.
async fn find_registrar<S: Store>(app: &App<S>) -> Option<Arc<Registrar>> {
    let found = app.find_registrar().await;
    found.inspect_err(|error| tracing::error!(%error, "the desk cannot be read; steps wait for it")).ok()
}

fn is_of_another_life(known: Option<Epoch>, now: Epoch) -> bool {
    known.is_some_and(|known| known != now)
}

async fn read_what_is_asked<S: Store>(
    app: &App<S>,
    account: &Account,
    message: &SyncRequest,
    reply: &mut SyncReply,
) -> Result<(), ApiError> {
    let mut left_bytes = usize::try_from(message.limit_bytes).unwrap_or(usize::MAX).min(REPLY_LIMIT_BYTES);
    let allowed = reply.subscriptions.clone();
    if !message.fetch.is_empty() {
        let documents = message.fetch.iter().copied().take(FETCH_LIMIT).collect();
        reply.fetched = app.store().read_snapshots(documents, allowed.clone(), left_bytes).await?;
    }
    for collection in keep_allowed(app, account, &allowed, message.audit.clone()) {
        if collection == Collection::Reference {
            continue;
        }
        let heads = app.store().list_heads(collection.clone()).await?;
        let bytes = heads.len() * HEADS_LINE_BYTES;
        if !fits_audit(bytes, left_bytes, reply.audits.is_empty() && reply.fetched.is_empty()) {
            continue; // asked for again, when the others are in order
        }
        left_bytes = left_bytes.saturating_sub(bytes);
        reply.audits.push((collection, heads));
    }
    let cursors = plan_cursors(app, account, &allowed, message);
    let query =
        PageQuery { cursors, installation: message.installation, limit_bytes: left_bytes, grids: grids_of(account) };
    reply.pages = app.store().read_pages(query).await?;
    Ok(())
}

/// Whether a list of heads goes into a reply. The first does, alone, however long the stream: otherwise nobody could
/// ever compare it.
fn fits_audit(bytes: usize, left_bytes: usize, is_first: bool) -> bool {
    let limit_bytes = left_bytes.max(REPLY_LIMIT_BYTES / 2);
    bytes <= if is_first { limit_bytes.max(FIRST_AUDIT_LIMIT_BYTES) } else { limit_bytes }
}

/// The streams to read. A device that does not know yet what there is gets the beginning of all of it.
fn plan_cursors<S: Store>(
    app: &App<S>,
    account: &Account,
    allowed: &[Collection],
    message: &SyncRequest,
) -> Vec<Cursor> {
    let is_first_round = message.epoch.is_none() && message.pull.is_empty();
    if is_first_round && message.limit_bytes > 0 {
        return allowed.iter().map(|collection| Cursor { collection: collection.clone(), after: 0 }).collect();
    }
    let asked = message.pull.iter().map(|cursor| cursor.collection.clone()).collect();
    let kept = keep_allowed(app, account, allowed, asked);
    message.pull.iter().filter(|cursor| kept.contains(&cursor.collection)).cloned().collect()
}

/// The streams that the account may read; others are silently absent, counted and logged.
fn keep_allowed<S: Store>(
    app: &App<S>,
    account: &Account,
    allowed: &[Collection],
    asked: Vec<Collection>,
) -> Vec<Collection> {
    let (kept, strayed): (Vec<_>, Vec<_>) = asked.into_iter().partition(|collection| allowed.contains(collection));
    for collection in strayed {
        app.parts().metrics.count_strayed_read();
        tracing::warn!(account = %account.id, %collection, "asked for a stream without a right");
    }
    kept
}

fn count_verdicts<S: Store>(app: &App<S>, outcomes: &[Outcome]) {
    for outcome in outcomes {
        app.parts().metrics.count_verdict(match outcome.verdict {
            Verdict::Accepted => "accepted",
            Verdict::Known => "known",
            Verdict::Refused { .. } => "refused",
            Verdict::Held { .. } => "held",
            Verdict::Unknown => "unknown",
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_of_heads_is_answered_alone() {
        let long = 50_000 * HEADS_LINE_BYTES;
        assert!(fits_audit(long, 0, true), "a device may always compare one stream");
        assert!(!fits_audit(long, 1_000_000, false), "not beside another");
        assert!(fits_audit(1_000, 0, false));
        assert!(!fits_audit(sync::wire::UNPACKED_LIMIT_BYTES, 0, true), "what no device could unpack");
    }
}
