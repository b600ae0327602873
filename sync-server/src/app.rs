//! What every request shares: the ledger, the clock, limits and counters.

use std::sync::Arc;

use domain::UnixMillis;
use tokio::sync::Semaphore;

use crate::desk::{DeskKeeper, Registrar};
use crate::device_clocks::DeviceClocks;
use crate::health::HealthKeeper;
use crate::hints::Hub;
use crate::http::attempts::AttemptLimiter;
use crate::http::rate::DeviceLimiter;
use crate::http::turns::Turns;
use crate::intake::IntakeLimiter;
use crate::limits::{DELAYED_REFUSALS, ENROLMENTS_AT_ONCE, Limits};
use crate::metrics::Metrics;
use crate::routes::make_body_room;
use crate::store::sqlite::SqliteStore;
use crate::store::{Answer, Store};

/// Where the time comes from: the system in `main`, a clock that obeys in tests.
pub type Clock = Arc<dyn Fn() -> UnixMillis + Send + Sync>;

/// The system's clock.
#[must_use]
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        UnixMillis::new(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    })
}

/// The server's shared parts. Cheap to clone.
pub struct App<S = SqliteStore> {
    parts: Arc<Parts<S>>,
}

impl<S> Clone for App<S> {
    fn clone(&self) -> Self {
        Self { parts: Arc::clone(&self.parts) }
    }
}

/// What [`App`] shares.
pub(crate) struct Parts<S> {
    pub(crate) store: S,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) devices: DeviceLimiter,
    pub(crate) attempts: AttemptLimiter,
    pub(crate) intake: IntakeLimiter,
    pub(crate) metrics: Metrics,
    pub(crate) turns: Arc<Turns>,
    /// Room for bodies that are being taken in.
    pub(crate) body_room: Arc<Semaphore>,
    pub(crate) enrolments: Semaphore,
    pub(crate) delayed_refusals: Semaphore,
    pub(crate) hints: Arc<Hub>,
    pub(crate) desk: DeskKeeper,
    pub(crate) clocks: DeviceClocks,
    pub(crate) health: HealthKeeper,
}

impl<S: Store> App<S> {
    /// The shared parts over a ledger.
    #[must_use]
    pub fn new(store: S, clock: Clock, limits: Limits) -> Self {
        let devices = DeviceLimiter::new(&limits);
        let parts = Parts {
            devices,
            attempts: AttemptLimiter::new(limits.enrolment),
            intake: IntakeLimiter::new(limits.daily_bytes),
            metrics: Metrics::default(),
            turns: Arc::new(Turns::new(limits.rounds)),
            body_room: make_body_room(&limits.bodies),
            enrolments: Semaphore::new(ENROLMENTS_AT_ONCE),
            delayed_refusals: Semaphore::new(DELAYED_REFUSALS),
            hints: Arc::new(Hub::new(limits.streams)),
            desk: DeskKeeper::default(),
            clocks: DeviceClocks::default(),
            health: HealthKeeper::default(),
            store,
            clock,
            limits,
        };
        Self { parts: Arc::new(parts) }
    }

    /// The ledger.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.parts.store
    }

    /// The server's time.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        (self.parts.clock)()
    }

    /// Something was committed in this process: devices that listen and are concerned hear of it now, not at the next
    /// look ([`StreamLimits::look`](crate::StreamLimits::look)). To be called after the commit; too often does no
    /// harm.
    pub fn note_commit(&self) {
        self.parts.hints.note_commit();
    }

    /// Ends every stream of hints, for good: they would keep a server that stops from ending.
    pub(crate) fn end_streams(&self) {
        self.parts.hints.close();
    }

    /// Who settles incidents, with what the office has published.
    pub(crate) async fn find_registrar(&self) -> Answer<Arc<Registrar>> {
        self.parts.desk.find(self.store(), self.now()).await
    }

    pub(crate) fn parts(&self) -> &Parts<S> {
        &self.parts
    }
}
