//! The one task that syncs: orders, the clock and the request under way go to the pilot, its errands are run.
//!
//! Failure: a panic in the pilot's work is contained; the round that was under way then counts as one that failed, and
//! the next is tried after a pause. A round that nobody carries any more is found by the clock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ::sync::machine::{Event as Happening, Failure, Phase};
use ::sync::wire::SYNC_PATH;
use contract::{Event, SyncSummary};
use domain::MonotonicMillis;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::app::Shared;
use super::http::PostError;
use crate::companion::Companion;
use crate::contain::contain;
use crate::sync::{Errand, Pilot};

/// Longest sleep: the runtime's timers may stand still while the phone sleeps, and sync must notice soon after that its
/// time has come. A tick too early does no harm.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// Documents looked at in one go while the app is idle.
const IDLE_BATCH: usize = 64;

/// What others want of sync.
pub(super) enum Order {
    /// Something happened.
    Say(Happening),
    /// The stream of hints has opened, or finds nobody any more.
    Line {
        /// It has opened.
        is_up: bool,
    },
    /// A person asked; answered when no round is under way any more.
    SyncNow(oneshot::Sender<()>),
    /// End.
    Stop,
}

type Reply = Result<Vec<u8>, PostError>;

struct SyncLoop {
    shared: Arc<Shared>,
    pilot: Arc<Mutex<Pilot>>,
    request: Option<JoinHandle<Reply>>,
    wake_at: Option<MonotonicMillis>,
    /// When the pilot last worked: by the companion's clock that nobody sets, and by the runtime's.
    flown: (MonotonicMillis, Instant),
    waiting: Vec<oneshot::Sender<()>>,
    told: Option<SyncSummary>,
    phase: Phase,
    /// Documents may be waiting to be looked at.
    may_fill: bool,
}

/// Syncs until told to stop, or until nobody can tell any more.
pub(super) async fn run_sync(
    shared: Arc<Shared>,
    pilot: Arc<Mutex<Pilot>>,
    mut orders: mpsc::UnboundedReceiver<Order>,
) {
    let mut state = SyncLoop {
        shared,
        pilot,
        request: None,
        wake_at: None,
        flown: (MonotonicMillis::default(), Instant::now()),
        waiting: Vec::new(),
        told: None,
        phase: Phase::Stopped,
        may_fill: true,
    };
    state.fly(Pilot::open).await;
    loop {
        let nap = state.nap();
        tokio::select! {
            biased;
            order = orders.recv() => match order {
                None | Some(Order::Stop) => break,
                Some(Order::Say(event)) => state.fly(|pilot, companion| pilot.say(companion, event)).await,
                Some(Order::Line { is_up }) => {
                    state.fly(move |pilot, companion| pilot.note_line(companion, is_up)).await;
                }
                Some(Order::SyncNow(done)) => {
                    state.waiting.push(done);
                    state.fly(Pilot::ask).await;
                }
            },
            reply = wait_for(&mut state.request) => {
                state.request = None;
                state.may_fill = true;
                state.fly(move |pilot, companion| {
                    let outcome = reply.as_ref().map(Vec::as_slice).map_err(|error| error.failure);
                    pilot.finish_round(companion, outcome)
                }).await;
            }
            () = tokio::time::sleep(nap) => {
                if state.phase == Phase::Running && state.request.is_none() {
                    state.fly(Pilot::recover).await;
                } else {
                    state.fly(|pilot, companion| pilot.say(companion, Happening::Tick)).await;
                }
            }
            () = tokio::task::yield_now(), if state.may_fill && state.request.is_none() => state.fill().await,
        }
    }
    if let Some(request) = state.request {
        request.abort();
    }
}

async fn wait_for(request: &mut Option<JoinHandle<Reply>>) -> Reply {
    match request {
        Some(request) => request.await.unwrap_or_else(|_| Err(Failure::Broken.into())),
        None => std::future::pending().await,
    }
}

impl SyncLoop {
    fn nap(&self) -> Duration {
        let (elapsed, flown_at) = self.flown;
        let wait_ms = self.wake_at.map_or(i64::MAX, |at| at.since_ms(elapsed)).max(0);
        Duration::from_millis(wait_ms.unsigned_abs()).saturating_sub(flown_at.elapsed()).min(LONGEST_SLEEP)
    }

    /// Lets the pilot work, runs its errands, and tells who listens what has changed.
    async fn fly(&mut self, work: impl FnOnce(&mut Pilot, &mut Companion) -> Vec<Errand> + Send + 'static) {
        let pilot = Arc::clone(&self.pilot);
        let flown = self
            .shared
            .with(move |companion| {
                let mut pilot = pilot.lock().unwrap_or_else(PoisonError::into_inner);
                let errands = contain("sync", || work(&mut pilot, companion))
                    .or_else(|| contain("the end of a round", || pilot.recover(companion)))
                    .unwrap_or_default();
                let summary = companion.sync_summary().ok();
                (errands, pilot.status().phase, summary, companion.take_events(), companion.elapsed())
            })
            .await;
        let Ok((errands, phase, summary, mut events, elapsed)) = flown else { return };
        self.flown = (elapsed, Instant::now());
        self.phase = phase;
        for errand in errands {
            self.run_errand(errand);
        }
        if summary.is_some() && summary != self.told {
            self.told.clone_from(&summary);
            events.extend(summary.map(|summary| Event::Sync { summary }));
        }
        self.shared.tell(events);
        if self.phase != Phase::Running {
            for done in self.waiting.drain(..) {
                // Who asked may have gone.
                let _ = done.send(());
            }
        }
    }

    fn run_errand(&mut self, errand: Errand) {
        match errand {
            Errand::WakeAt(at) => self.wake_at = Some(at),
            Errand::Post { server, token, body } => {
                self.wake_at = None;
                let http = self.shared.http.clone();
                self.request =
                    Some(tokio::spawn(async move { http.post(&server, SYNC_PATH, Some(&token), body).await }));
            }
        }
    }

    async fn fill(&mut self) {
        let filled = self
            .shared
            .with(|companion| {
                let filled = companion.fill_idle(IDLE_BATCH);
                (filled, companion.take_events())
            })
            .await;
        match filled {
            Ok((Ok(count), events)) => {
                self.may_fill = count > 0;
                self.shared.tell(events);
            }
            Ok((Err(error), _)) | Err(error) => {
                tracing::warn!(%error, "waiting documents could not be looked at");
                self.may_fill = false;
            }
        }
    }
}
