//! The one task that listens for hints: while the app is open and enrolled, it holds one stream of the server's events.
//!
//! Flow: open the stream, read events, compare the positions they tell with what this phone has read; only where the
//! server is further is sync told ([`Happening::Hint`]). The first event of a stream tells all positions, so nothing
//! that happened in between is missed, and a reconnect costs no round where nothing happened.
//!
//! Failure: a stream that is lost (its end, an error, silence) is opened again after a back-off that doubles up to a
//! minute, with jitter; a stream that lived long enough begins it anew. A phone that comes to the front or finds its
//! network again opens another stream at once: of the old one nobody knows whether it still carries anything. Whether
//! the line stands is what the person sees of the network between two rounds, so sync is told: when a stream opens, and
//! when one that had opened before finds nobody any more. While nobody is found the next attempt is seconds away. A server
//! that names a time is left alone so long, one that has no streams is asked again after an hour. A withdrawn right
//! ends listening until this phone is enrolled again; sync is told, to find out for itself and say so.
//!
//! Missing: a stream of an app in the background lives on as long as the platform lets it (no shell says so yet).

use std::sync::Arc;
use std::time::Duration;

use ::sync::machine::{Config, Event as Happening, Failure};
use ::sync::wire::{ADVANCED_EVENT, Advanced, EVENTS_PATH};
use contract::CommandError;
use domain::Collection;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::app::Shared;
use super::http::PostError;
use super::sse::{EventReader, ServerEvent};
use super::sync_loop::Order;
use crate::companion::Companion;
use crate::store::{StoreError, replica};

/// When to try again: sooner than sync, since a reconnect costs little and the person notices its absence.
const CONFIG: fn() -> Config = || Config { backoff_base_ms: 1_000, backoff_cap_ms: 60_000, ..Config::default() };
/// The same while nobody is found: a person sees within 15 seconds that the server is back.
const SEARCH: fn() -> Config = || Config { backoff_cap_ms: 8_000, ..CONFIG() };
/// A stream that lived so long begins the back-off anew. Two apps that take one device's stream from each other do
/// not.
const LONG_LIFE: Duration = Duration::from_secs(60);
/// How long a server without this path is left alone.
const OLD_SERVER_REST: Duration = Duration::from_secs(3_600);
/// Until a store that could not be read is asked again where to listen.
const STORE_REST: Duration = Duration::from_secs(60);
/// A stream that was opened within this time is not replaced because somebody looks.
const FRESH: Duration = Duration::from_secs(5);

/// What others want of listening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// Somebody looks: a stream that may have died in the background is opened anew.
    Looked,
    /// The network returned: whatever was open went over another one.
    NetworkReturned,
    /// This phone was enrolled.
    Enrolled,
    /// End.
    Stop,
}

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// After so long, or when there may be a better line.
    UpTo(Duration),
    /// After so long.
    For(Duration),
    /// When this phone is enrolled.
    UntilEnrolled,
}

/// Where to listen, and a random number.
struct Post {
    server: String,
    token: String,
    random: u64,
}

/// Listens until told to stop, or until nobody can tell or be told any more.
pub(super) async fn run_listening(
    shared: Arc<Shared>,
    orders: mpsc::WeakUnboundedSender<Order>,
    mut calls: mpsc::UnboundedReceiver<Call>,
) {
    let mut failures = 0_u32;
    // A proxy may let rounds pass and no stream: what never opened tells nothing about the network.
    let mut has_opened = false;
    loop {
        let rest = match shared.with(find_post).await {
            // The store failed; sync says so.
            Err(_) | Ok(Err(_)) => Rest::UpTo(STORE_REST),
            Ok(Ok(None)) => Rest::UntilEnrolled,
            Ok(Ok(Some(post))) => {
                let opened = Instant::now();
                let mut was_called = false;
                let end = tokio::select! {
                    biased;
                    call = hear_call(&mut calls, opened, &mut was_called) => match call {
                        Call::Stop => return,
                        Call::Looked | Call::NetworkReturned => continue,
                        Call::Enrolled => {
                            failures = 0;
                            continue;
                        }
                    },
                    end = listen(&shared, &orders, &post, &mut has_opened) => end,
                };
                failures = if was_called || opened.elapsed() >= LONG_LIFE { 1 } else { failures.saturating_add(1) };
                if matches!(end.failure, Failure::Unauthorized | Failure::TokenUnknown) {
                    tell_sync(&orders, Order::Say(Happening::Hint));
                }
                tracing::debug!(failure = ?end.failure, failures, "the stream of hints has ended");
                plan_rest(&end, failures, post.random)
            }
        };
        match take_rest(rest, &mut calls).await {
            Some(Call::Stop) => return,
            Some(Call::Enrolled) => failures = 0,
            Some(Call::Looked | Call::NetworkReturned) | None => {}
        }
    }
}

/// The next call that ends a stream; whether there was one that did not.
async fn hear_call(calls: &mut mpsc::UnboundedReceiver<Call>, opened: Instant, was_called: &mut bool) -> Call {
    loop {
        match calls.recv().await.unwrap_or(Call::Stop) {
            Call::Looked if opened.elapsed() < FRESH => *was_called = true,
            call => return call,
        }
    }
}

/// Rests; the call that ended it, `None` when the time was over.
async fn take_rest(rest: Rest, calls: &mut mpsc::UnboundedReceiver<Call>) -> Option<Call> {
    let (wait, may_be_cut) = match rest {
        Rest::UpTo(wait) => (Some(wait), true),
        Rest::For(wait) => (Some(wait), false),
        Rest::UntilEnrolled => (None, false),
    };
    let time_is_over = async {
        match wait {
            Some(wait) => tokio::time::sleep(wait).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(time_is_over);
    loop {
        tokio::select! {
            biased;
            call = calls.recv() => match call.unwrap_or(Call::Stop) {
                Call::Looked | Call::NetworkReturned if !may_be_cut => {}
                call => return Some(call),
            },
            () = &mut time_is_over => return None,
        }
    }
}

fn plan_rest(end: &PostError, failures: u32, random: u64) -> Rest {
    let millis = |ms: i64| Duration::from_millis(ms.max(0).unsigned_abs());
    if end.refusal.as_ref().is_some_and(|refusal| refusal.status == 404) {
        return Rest::For(OLD_SERVER_REST);
    }
    match end.failure {
        Failure::Unauthorized => Rest::UntilEnrolled,
        // A round finds out when the server knows this device again; who is enrolled anew listens at once.
        Failure::TokenUnknown => Rest::UpTo(millis(CONFIG().stranger_rest_ms)),
        Failure::Busy { retry_after_ms: Some(ms) } => Rest::For(millis(CONFIG().draw_retry(i64::from(ms), random))),
        _ if is_lost(end) => Rest::UpTo(millis(SEARCH().draw_backoff(failures, random))),
        _ => Rest::UpTo(millis(CONFIG().draw_backoff(failures, random))),
    }
}

/// Whether nobody answered.
fn is_lost(end: &PostError) -> bool {
    let is_silent =
        matches!(end.failure, Failure::Unreachable | Failure::Untrusted | Failure::Broken | Failure::Timeout);
    end.refusal.is_none() && is_silent
}

/// Where to listen; `None` before enrolment.
fn find_post(companion: &mut Companion) -> Result<Option<Post>, CommandError> {
    let random = u64::from_le_bytes(companion.surroundings.id_bytes()[..8].try_into().unwrap_or_default());
    Ok(companion.server()?.map(|(server, token)| Post { server, token, random }))
}

/// Holds one stream; how it ended. `has_opened`: whether any has opened since listening began.
async fn listen(
    shared: &Arc<Shared>,
    orders: &mpsc::WeakUnboundedSender<Order>,
    post: &Post,
    has_opened: &mut bool,
) -> PostError {
    let mut stream = match shared.http.listen(&post.server, EVENTS_PATH, &post.token).await {
        Ok(stream) => stream,
        Err(error) => {
            if *has_opened && is_lost(&error) {
                tell_sync(orders, Order::Line { is_up: false });
            }
            return error;
        }
    };
    *has_opened = true;
    tell_sync(orders, Order::Line { is_up: true });
    let mut reader = EventReader::default();
    loop {
        let piece = match stream.next_piece().await {
            Ok(Some(piece)) => piece,
            Ok(None) => return Failure::Broken.into(),
            Err(failure) => return failure.into(),
        };
        let hints: Vec<_> = reader.read(&piece).into_iter().filter(|event| event.name == ADVANCED_EVENT).collect();
        // A store that cannot be read is sync's to report.
        let is_news = !hints.is_empty()
            && shared.with(move |companion| hints.iter().any(|hint| is_behind(companion, hint))).await.unwrap_or(true);
        if is_news {
            tell_sync(orders, Order::Say(Happening::Hint));
        }
    }
}

fn tell_sync(orders: &mpsc::WeakUnboundedSender<Order>, order: Order) {
    if let Some(orders) = orders.upgrade() {
        // After a shutdown nobody is there to take it.
        let _ = orders.send(order);
    }
}

/// Whether the server has something that this phone has not. In doubt it has.
fn is_behind(companion: &Companion, hint: &ServerEvent) -> bool {
    let advanced = hint.data.as_ref().and_then(|data| serde_json::from_str::<Advanced>(data).ok());
    advanced.is_none_or(|advanced| has_news(companion, &advanced).unwrap_or(true))
}

fn has_news(companion: &Companion, advanced: &Advanced) -> Result<bool, StoreError> {
    let db = companion.store.read();
    if replica::read_epoch(db)? != Some(advanced.epoch) {
        return Ok(true);
    }
    let rows = replica::list_collections(db)?;
    Ok(advanced.collections.iter().any(|advance| {
        // One that this version does not know it could not read either.
        let Ok(collection) = advance.collection.parse::<Collection>() else { return false };
        let row = rows.iter().find(|row| row.collection == collection);
        match (advance.position, row) {
            // A server that is behind was put back from a copy: a round shows it what it had promised.
            (Some(position), Some(row)) => !row.is_complete || row.position != position,
            (Some(_), None) => true,
            (None, row) => row.is_some(),
        }
    }))
}

#[cfg(test)]
mod tests {
    use ::sync::wire::{Advance, Epoch};

    use super::super::http::Refusal;
    use super::*;
    use crate::store::replica::CollectionRow;
    use crate::tests::phone::Phone;

    fn refused(status: u16, failure: Failure) -> PostError {
        PostError { failure, refusal: Some(Refusal { status, code: String::new() }) }
    }

    #[test]
    fn how_long_a_lost_stream_rests() {
        let second = Duration::from_secs(1);
        assert_eq!(plan_rest(&refused(404, Failure::Server), 9, 0), Rest::For(3_600 * second));
        assert_eq!(plan_rest(&refused(401, Failure::Unauthorized), 1, 0), Rest::UntilEnrolled);
        let busy = refused(503, Failure::Busy { retry_after_ms: Some(120_000) });
        assert_eq!(plan_rest(&busy, 1, 0), Rest::For(120 * second));
        for (failures, ceiling_ms) in [(1, 1_000), (2, 2_000), (4, 8_000), (7, 8_000), (900, 8_000)] {
            let longest = plan_rest(&Failure::Unreachable.into(), failures, ceiling_ms - 1);
            assert_eq!(longest, Rest::UpTo(Duration::from_millis(ceiling_ms + 249)), "{failures} failures");
        }
        for (failures, ceiling_ms) in [(1, 1_000), (2, 2_000), (5, 16_000), (7, 60_000), (900, 60_000)] {
            let longest = plan_rest(&refused(500, Failure::Server), failures, ceiling_ms - 1);
            assert_eq!(longest, Rest::UpTo(Duration::from_millis(ceiling_ms + 249)), "{failures} failures");
            let shortest = plan_rest(&Failure::Broken.into(), failures, 0);
            assert_eq!(shortest, Rest::UpTo(Duration::from_millis(250)), "{failures} failures");
        }
    }

    #[tokio::test]
    async fn who_may_cut_a_rest_short() {
        let (calling, mut calls) = mpsc::unbounded_channel();
        let long = Duration::from_secs(3_600);
        for (rest, call, follows) in [
            (Rest::UpTo(long), Call::Looked, Call::Looked),
            (Rest::UpTo(long), Call::NetworkReturned, Call::NetworkReturned),
            (Rest::For(long), Call::Looked, Call::Stop),
            (Rest::For(long), Call::NetworkReturned, Call::Stop),
            (Rest::For(long), Call::Enrolled, Call::Enrolled),
            (Rest::UntilEnrolled, Call::NetworkReturned, Call::Stop),
            (Rest::UntilEnrolled, Call::Enrolled, Call::Enrolled),
        ] {
            calling.send(call).expect("sent");
            calling.send(Call::Stop).expect("sent");
            assert_eq!(take_rest(rest, &mut calls).await, Some(follows), "{rest:?}, {call:?}");
            while calls.try_recv().is_ok() {}
        }
        assert_eq!(take_rest(Rest::For(Duration::ZERO), &mut calls).await, None);
        drop(calling);
        assert_eq!(take_rest(Rest::UntilEnrolled, &mut calls).await, Some(Call::Stop), "nobody is left to call");
    }

    #[test]
    fn only_what_this_phone_has_not_read_is_news() {
        let mut phone = Phone::with_file();
        let hint = |data: Option<&str>| ServerEvent { name: ADVANCED_EVENT.into(), data: data.map(Into::into) };
        assert!(is_behind(&phone.companion, &hint(None)), "too long to be read");
        assert!(is_behind(&phone.companion, &hint(Some("{"))));
        assert!(is_behind(&phone.companion, &hint(Some(r#"{"epoch":4}"#))), "another life of the server's data");

        let [cards, visits] = ["households/990101001001003", "visits/990101001001003"];
        let row = |name: &str, position, is_complete| CollectionRow {
            position,
            is_complete,
            ..CollectionRow::unread(name.parse().expect("a collection"))
        };
        let stored = phone.companion.store.write(|writing| {
            replica::put_epoch(writing, Epoch(4))?;
            replica::put_collection(writing, 0, &row(cards, 7, true))?;
            replica::put_collection(writing, 1, &row(visits, 7, false))
        });
        stored.expect("stored");
        for (name, position, is_news, why) in [
            (cards, Some(7), false, "read to its end"),
            (cards, Some(8), true, "the server is further"),
            (cards, Some(6), true, "the server has less than was read from it"),
            (cards, None, true, "to be let go of"),
            (visits, Some(7), true, "reading is not at its end"),
            ("incidents/990101001001003", Some(1), true, "a new one"),
            ("incidents/990101001001003", None, false, "one that was never here"),
            ("photos/990101001001003", Some(1), false, "one that only a newer app knows"),
        ] {
            let collections = vec![Advance { collection: name.into(), position }];
            let data = serde_json::to_string(&Advanced { epoch: Epoch(4), collections }).expect("JSON");
            assert_eq!(is_behind(&phone.companion, &hint(Some(&data))), is_news, "{name} {position:?}: {why}");
        }
    }
}
