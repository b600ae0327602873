//! `POST /sync/v1`: one round.
//!
//! Order: token → rate → body → the device's turn → what the body means → does the ledger hold what the device was promised
//! ([`find_epoch`]) → whose installation is it → which life of the data does it know → take in the push → read pages, so
//! that what was just decided rides home in the same reply → read the mark that covers all of it.
//!
//! Nothing scarce is held while the client sends. From its turn on a round is a task of its own: when the client hangs
//! up or the time is over, judging stops at the next change, what was judged is written, and the turn ends with the
//! work, not before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::incident::HumanNo;
use domain::rights::subscriptions;
use domain::{Account, Collection, Kind, RecordId};
use sync::wire::{
    Cursor, Epoch, Mark, Outcome, Page, PushDocument, RoundOutcome, SyncReply, SyncRequest, Verdict, capability,
};
use tracing::Instrument as _;

use super::body::{PackedBody, take_body};
use super::contacts::list_contacts;
use super::error::ApiError;
use super::reply_with;
use super::rulings::{list_awaited_rulings, list_owed, list_rulings, list_settled};
use super::session::{authenticate, count_request};
use crate::app::App;
use crate::desk::{Clocks, Registrar};
use crate::http::turns::{Refused, Turn};
use crate::ingest::{self, CancelOnDrop, Sender, TakenIn, Voice, WorkBudget, run_blocking};
use crate::limits::{CHANGES_LIMIT, FETCH_LIMIT, FIRST_AUDIT_LIMIT_BYTES, REPLY_LIMIT_BYTES, ROUND_BODY};
use crate::reference::grids_of;
use crate::server::draw_epoch;
use crate::store::{Answer, Binding, Claimant, DeviceId, Judgement, PageQuery, Renewal, Session, Shown, Store};

/// Most numbers of incidents that a device may bring back in one round.
const NUMBERS_LIMIT: usize = 32;
/// When a device that has handed in its bytes of the day tries again.
const OVER_BUDGET_RETRY_MS: u32 = 10 * 60_000;
/// When a device asks again for what could not be read this time.
const UNREAD_RETRY_MS: u32 = 60_000;
/// About what one line of a list of heads costs.
const HEADS_LINE_BYTES: usize = 60;

pub(super) async fn sync_round<S: Store>(State(app): State<App<S>>, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let session = authenticate(&app, &parts.headers).await?;
    count_request(&app, &session)?;
    let mut arrival = app.parts().turns.arrive(session.device)?;
    let body = tokio::select! {
        biased;
        () = arrival.wait_for_newer() => return Err(Refused::Superseded.into()),
        body = take_body(&app, &parts.headers, body, ROUND_BODY) => body?,
    };
    app.parts().metrics.count_bytes("in", body.len());
    let turn = arrival.take_turn().await?;
    let budget = WorkBudget::new(app.parts().limits.rounds.judging);
    let _waiting = CancelOnDrop(budget.clone());
    let work = tokio::spawn(work_on_round(app, session, body, turn, budget).in_current_span());
    work.await.map_err(|error| {
        tracing::error!(%error, "a round ended badly");
        ApiError::internal()
    })?
}

/// From the packed body to the packed reply. The turn is held until all work has ended.
async fn work_on_round<S: Store>(
    app: App<S>,
    session: Session,
    body: PackedBody,
    turn: Turn,
    budget: WorkBudget,
) -> Result<Response, ApiError> {
    let device = session.device;
    let message: SyncRequest = run_blocking(move || body.read()).await?.inspect_err(|error| {
        tracing::warn!(account = %session.account.id, %error, "a body is no message");
        app.parts().devices.count_malformed(device);
    })?;
    if message.push.iter().map(|part| part.changes.len()).sum::<usize>() > CHANGES_LIMIT {
        let error = ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
        return Err(error.with_detail(format!("changes {CHANGES_LIMIT}")));
    }
    let mut reply = answer_round(&app, session, message, &budget).await?;
    if budget.is_used_up() {
        let pause = turn.pause();
        tracing::warn!(has_cut = budget.has_cut(), "a round used up its time; its device pauses");
        reply.retry_after_ms = u32::try_from(pause.as_millis()).ok();
    }
    let response = run_blocking(move || reply_with(&reply)).await?;
    drop(turn);
    response
}

async fn answer_round<S: Store>(
    app: &App<S>,
    session: Session,
    mut message: SyncRequest,
    budget: &WorkBudget,
) -> Result<SyncReply, ApiError> {
    let account = session.account.clone();
    let round = app.parts().hints.begin_round(session.device);
    let mut reply = SyncReply {
        epoch: find_epoch(app, &session, &message).await?,
        server_clock: app.now(),
        round: RoundOutcome::Done,
        outcomes: Vec::new(),
        subscriptions: subscriptions(&account),
        pages: Vec::new(),
        audits: Vec::new(),
        fetched: Vec::new(),
        rulings: Vec::new(),
        contacts: None,
        mark: None,
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
        reply.mark = read_mark(app).await?;
        return Ok(reply);
    }
    raise_serials(app, &account, &message.numbers).await?;
    let is_believed = app.parts().clocks.note(session.device, message.device_clock, reply.server_clock);
    let clocks = is_believed.then_some(Clocks { server: reply.server_clock, device: message.device_clock });
    let sender = Sender { session, installation: message.installation, voice: Voice::Device, clocks };
    let device = sender.session.device;
    let push = take_push(app, device, &mut message, &mut reply);
    let incidents: BTreeSet<_> =
        push.iter().filter(|part| part.kind.is(&Kind::Incident)).map(|part| part.document).collect();
    // Under a wrong clock nothing is decided: the steps wait for the desk's, which waits for the right time.
    let registrar = if is_believed && needs_registrar(&push) { find_registrar(app).await } else { None };
    match ingest::take_in(app.store(), registrar.as_ref(), &sender, push, app.now(), budget).await? {
        TakenIn::Judged { outcomes, fresh_bytes } => {
            reply.outcomes = outcomes;
            if fresh_bytes > 0 {
                app.parts().intake.count(device, app.now(), fresh_bytes);
            }
        }
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
    if let Err(error) = read_news(app, &account, &message, &incidents, &mut reply).await {
        if reply.outcomes.is_empty() {
            return Err(error);
        }
        // What was decided on the push is said whatever cannot be read after it.
        tracing::error!(?error, "a push was taken in and its reply is short of pages");
        leave_unread(&message, &incidents, &mut reply);
    }
    round.note_served(&reply.pages);
    if message.pull.iter().map(|cursor| &cursor.collection).eq(&reply.subscriptions) {
        reply.subscriptions.clear();
    }
    Ok(reply)
}

/// The life of the data. If the device shows something that the ledger has promised and does not hold (where anybody
/// could make that up: as soon as a second account does), a new one begins here and now: this device and all others read
/// everything again and offer what was lost.
async fn find_epoch<S: Store>(app: &App<S>, session: &Session, message: &SyncRequest) -> Result<Epoch, ApiError> {
    let by = Some(Claimant { device: session.device, account: session.account.id });
    // Each stream once, however often it is named.
    let furthest = |collection: Collection| {
        let named = message.pull.iter().filter(|cursor| cursor.collection == collection);
        named.max_by_key(|cursor| cursor.after).cloned()
    };
    let cursors = subscriptions(&session.account).into_iter().filter_map(furthest).collect();
    let shown = Shown { epoch: message.epoch, mark: message.mark.clone(), cursors, by };
    let judgement = match app.store().judge_shown(shown, app.now()).await {
        // What was promised cannot be read: nothing speaks against the epoch, and work is taken in.
        Err(error) if !error.is_temporary() => {
            tracing::error!(%error, "what a device shows cannot be compared with what was promised");
            return Ok(app.store().read_epoch().await?);
        }
        judgement => judgement?,
    };
    let Some(cause) = judgement.broken else { return Ok(judgement.epoch) };
    let Judgement { epoch: from, lost, .. } = judgement;
    let renewal = Renewal { from, fresh: draw_epoch()?, lost, cause, by, at: app.now() };
    let epoch = match app.store().renew_epoch(renewal).await {
        // A claim that cannot be kept costs nobody a round. Without a renewal that is due, work would be judged wrongly.
        Err(error) if cause.is_weak() && !error.is_temporary() => {
            tracing::error!(%error, "what a device claims cannot be kept");
            return Ok(from);
        }
        renewed => renewed?,
    };
    app.note_commit();
    Ok(epoch)
}

/// The mark that covers all that was read before; none where it cannot be read: the device keeps its last one.
async fn read_mark<S: Store>(app: &App<S>) -> Result<Option<Mark>, ApiError> {
    match app.store().read_mark().await {
        Err(error) if !error.is_temporary() => {
            tracing::error!(%error, "the mark cannot be read");
            Ok(None)
        }
        mark => Ok(mark?),
    }
}

/// Goes on behind the numbers of today's incidents that a device brings back, in areas where its account works. An area
/// whose row is damaged costs nobody a round.
async fn raise_serials<S: Store>(app: &App<S>, account: &Account, numbers: &[String]) -> Result<(), ApiError> {
    let today = app.now().local_date();
    let mut highest: BTreeMap<String, u32> = BTreeMap::new();
    for number in numbers.iter().take(NUMBERS_LIMIT).filter_map(|number| HumanNo::parse(number)) {
        if number.day == today && account.scope.is_in_area(&number.area) {
            let serial = highest.entry(number.area).or_default();
            *serial = (*serial).max(number.serial);
        }
    }
    for (area, serial) in highest {
        match app.store().raise_serial(area.clone(), today, serial).await {
            Err(error) if !error.is_temporary() => {
                tracing::error!(%area, %error, "the numbers of a day cannot be raised");
            }
            raised => {
                raised?;
            }
        }
    }
    Ok(())
}

/// Whether the server may answer to what is pushed: with decisions on steps, or with the right times of visits.
fn needs_registrar(push: &[PushDocument]) -> bool {
    let answered = [Kind::Incident, Kind::Household, Kind::Visit];
    push.iter().any(|part| answered.iter().any(|kind| part.kind.is(kind)))
}

/// Who settles incidents and corrects times; without, what people did is taken in as it is, and steps are decided later.
async fn find_registrar<S: Store>(app: &App<S>) -> Option<Arc<Registrar>> {
    let found = app.find_registrar().await;
    found.inspect_err(|error| tracing::error!(%error, "the desk cannot be read; steps wait for it")).ok()
}

/// What is pushed, unless the device has handed in its bytes of the day: then it is told to come back, and what it
/// pushes stays with it.
fn take_push<S: Store>(
    app: &App<S>,
    device: DeviceId,
    message: &mut SyncRequest,
    reply: &mut SyncReply,
) -> Vec<PushDocument> {
    let push = std::mem::take(&mut message.push);
    if push.is_empty() || app.parts().intake.has_room(device, app.now()) {
        return push;
    }
    tracing::warn!(device = %device.0, "handed in its bytes of the day; the rest waits");
    app.parts().metrics.count_put_off_push();
    reply.retry_after_ms = Some(OVER_BUDGET_RETRY_MS);
    Vec::new()
}

/// Everything besides the outcomes.
async fn read_news<S: Store>(
    app: &App<S>,
    account: &Account,
    message: &SyncRequest,
    incidents: &BTreeSet<RecordId>,
    reply: &mut SyncReply,
) -> Result<(), ApiError> {
    read_what_is_asked(app, account, message, reply).await?;
    // Each of these is asked again by a device that got no answer: one that fails must not cost the pages.
    let owed = list_owed(incidents, &reply.outcomes, &reply.pages);
    match contain("rulings", list_rulings(app.store(), account, &reply.subscriptions, owed).await)? {
        Some(rulings) => reply.rulings = rulings,
        None => leave_unruled(incidents, reply),
    }
    let settled = list_settled(app.store(), account, message.awaited.clone(), &reply.outcomes).await;
    reply.outcomes.extend(contain("awaited changes", settled)?.unwrap_or_default());
    let awaited = list_awaited_rulings(app.store(), account, message.awaited_steps.clone()).await;
    reply.rulings.extend(contain("awaited steps", awaited)?.unwrap_or_default());
    if account.scope.org.is_some() && message.capabilities.iter().any(|name| name == capability::CONTACTS) {
        let contacts = list_contacts(app.store(), account, &reply.pages, &reply.fetched).await;
        reply.contacts = contain("contacts", contacts)?;
    }
    reply.mark = read_mark(app).await?;
    Ok(())
}

/// The answer to a question beside the pages; `None`, and a line in the log, where damage keeps it from being read.
fn contain<T>(question: &'static str, answer: Answer<T>) -> Result<Option<T>, ApiError> {
    match answer {
        Err(error) if !error.is_temporary() => {
            tracing::error!(question, %error, "a question beside the pages cannot be answered");
            Ok(None)
        }
        answer => Ok(Some(answer?)),
    }
}

/// Takes the outcomes of incidents back: a ruling is owed with them, and is owed again when they are pushed again.
fn leave_unruled(incidents: &BTreeSet<RecordId>, reply: &mut SyncReply) {
    let before = reply.outcomes.len();
    reply.outcomes.retain(|outcome| !incidents.contains(&outcome.document));
    if reply.outcomes.len() < before {
        reply.retry_after_ms = Some(UNREAD_RETRY_MS);
    }
}

/// Makes a reply one of which the device knows that everything but the outcomes is missing. Incidents lose their
/// outcomes as well ([`leave_unruled`]).
fn leave_unread(message: &SyncRequest, incidents: &BTreeSet<RecordId>, reply: &mut SyncReply) {
    leave_unruled(incidents, reply);
    // No mark on purpose: one covers what was read before it, and nothing was. The device keeps its last one, as long as
    // the epoch is the same.
    reply.mark = None;
    reply.pages = message.pull.iter().map(|cursor| Page { has_gaps: true, ..Page::unread(cursor) }).collect();
    reply.audits.clear();
    reply.rulings.clear();
    reply.contacts = None;
    reply.retry_after_ms = Some(UNREAD_RETRY_MS);
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
    let (audit, cursors) = plan_reading(app, account, &allowed, message);
    if !message.fetch.is_empty() {
        let documents: BTreeSet<_> = message.fetch.iter().copied().collect();
        let documents = documents.into_iter().take(FETCH_LIMIT).collect();
        reply.fetched = app.store().read_snapshots(documents, allowed.clone(), left_bytes).await?;
    }
    // An app that does not ask first takes a list of heads for a farewell to everything that is not in it.
    let asks_first = message.capabilities.iter().any(|name| name == capability::ASKS_FIRST);
    for collection in audit.into_iter().filter(|_| asks_first) {
        let heads = match app.store().list_heads(collection.clone()).await {
            // Part of a list would say that the others have gone.
            Err(error) if !error.is_temporary() => {
                tracing::error!(%collection, %error, "a list of heads cannot be read");
                continue;
            }
            heads => heads?,
        };
        let bytes = heads.len() * HEADS_LINE_BYTES;
        if !fits_audit(bytes, left_bytes, reply.audits.is_empty() && reply.fetched.is_empty()) {
            continue; // asked for again, when the others are in order
        }
        left_bytes = left_bytes.saturating_sub(bytes);
        reply.audits.push((collection, heads));
    }
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

/// The streams to audit and to read, each once, in the order asked for. A device that does not know yet what there is
/// gets the beginning of all of it. Streams that the account may not read are silently absent, counted and logged.
fn plan_reading<S: Store>(
    app: &App<S>,
    account: &Account,
    allowed: &[Collection],
    message: &SyncRequest,
) -> (Vec<Collection>, Vec<Cursor>) {
    let mut wanted = Wanted { allowed, strayed: 0 };
    let audit = wanted.keep(message.audit.iter().map(|collection| (collection, ())));
    let pull = wanted.keep(message.pull.iter().map(|cursor| (&cursor.collection, cursor.after)));
    if wanted.strayed > 0 {
        app.parts().metrics.count_strayed_reads(wanted.strayed);
        tracing::warn!(account = %account.id, streams = wanted.strayed, "asked for streams without a right");
    }
    let audit = audit.into_iter().map(|(collection, ())| collection);
    let audit = audit.filter(|collection| *collection != Collection::Reference).collect();
    let is_first_round = message.epoch.is_none() && message.pull.is_empty();
    let cursors = if is_first_round && message.limit_bytes > 0 {
        allowed.iter().map(|collection| Cursor { collection: collection.clone(), after: 0 }).collect()
    } else {
        pull.into_iter().map(|(collection, after)| Cursor { collection, after }).collect()
    };
    (audit, cursors)
}

/// Sorts what is asked for by right.
struct Wanted<'a> {
    allowed: &'a [Collection],
    strayed: u64,
}

impl Wanted<'_> {
    /// What may be read, each stream at its first mention.
    fn keep<'b, T>(&mut self, asked: impl Iterator<Item = (&'b Collection, T)>) -> Vec<(Collection, T)> {
        let mut left: BTreeMap<&Collection, bool> = self.allowed.iter().map(|allowed| (allowed, false)).collect();
        let mut kept = Vec::new();
        for (collection, how) in asked {
            match left.get_mut(collection) {
                Some(is_taken) if *is_taken => {}
                Some(is_taken) => {
                    *is_taken = true;
                    kept.push((collection.clone(), how));
                }
                None => self.strayed += 1,
            }
        }
        kept
    }
}

fn count_verdicts<S: Store>(app: &App<S>, outcomes: &[Outcome]) {
    for outcome in outcomes {
        app.parts().metrics.count_verdict(match outcome.verdict {
            Verdict::Accepted => "accepted",
            Verdict::Known => "known",
            Verdict::Refused { .. } => "refused",
            Verdict::Held { .. } => "held",
            Verdict::Absent => "absent",
            Verdict::Unknown => "unknown",
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_read_once_however_often_it_is_asked_for() {
        let [cards, visits, foreign] =
            ["households", "visits", "households"].map(|kind| format!("{kind}/990101001001003"));
        let foreign = foreign.replace("1003", "1009");
        let parse = |name: &str| name.parse::<Collection>().expect("a collection");
        let (cards, visits, foreign) = (parse(&cards), parse(&visits), parse(&foreign));
        let allowed = [cards.clone(), visits.clone()];
        let mut wanted = Wanted { allowed: &allowed, strayed: 0 };
        let asked = [(&visits, 7), (&foreign, 0), (&cards, 3), (&visits, 0), (&foreign, 1)];
        let kept = wanted.keep(asked.into_iter().chain(std::iter::repeat_n((&cards, 9), 100_000)));
        assert_eq!(kept, [(visits, 7), (cards, 3)]);
        assert_eq!(wanted.strayed, 2);
    }

    #[test]
    fn a_long_list_of_heads_is_answered_alone() {
        let long = 50_000 * HEADS_LINE_BYTES;
        assert!(fits_audit(long, 0, true), "a device may always compare one stream");
        assert!(!fits_audit(long, 1_000_000, false), "not beside another");
        assert!(fits_audit(1_000, 0, false));
        assert!(!fits_audit(sync::wire::UNPACKED_LIMIT_BYTES, 0, true), "what no device could unpack");
    }
}
