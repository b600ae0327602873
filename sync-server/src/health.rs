//! Whether the server is well, as `GET /healthz` says it: by a real read and a real write, at most one for some seconds.
//!
//! Why kept: the path is open to everybody, and a write must not be had for the asking. Who asks while a look is under
//! way waits for it; who asks within [`WELL_KEPT_MS`] (of trouble: [`TROUBLE_KEPT_MS`]) hears what was found. A look goes
//! on when its asker hangs up.

use std::sync::Arc;

use domain::UnixMillis;
use sync::wire::Epoch;
use tokio::sync::Mutex;

use crate::store::{Answer, Store, StoreError};

/// For how long a look that found everything well counts, by the server's clock: a probe is a commit of its own, in the
/// way of a push.
const WELL_KEPT_MS: i64 = 15_000;
/// The same for one that found trouble: that it is over is to be seen at once.
const TROUBLE_KEPT_MS: i64 = 1_000;

/// For how long this counts.
const fn kept_ms(health: Health) -> i64 {
    if health.is_ok() { WELL_KEPT_MS } else { TROUBLE_KEPT_MS }
}

/// What a look found: well, in this life of the data, or the code of what is wrong.
pub(crate) type Health = Result<Epoch, &'static str>;

/// The last look.
#[derive(Default)]
pub(crate) struct HealthKeeper {
    last: Arc<Mutex<Option<(UnixMillis, Health)>>>,
}

impl HealthKeeper {
    /// How the store is, at most some seconds ago.
    pub(crate) async fn look<S: Store>(&self, store: &S, now: UnixMillis) -> Health {
        let mut last = Arc::clone(&self.last).lock_owned().await;
        if let Some((at, health)) = *last
            && (0..kept_ms(health)).contains(&now.since_ms(at))
        {
            return health;
        }
        let store = store.clone();
        let looking = tokio::spawn(async move {
            let health = probe(&store, now).await.map_err(|error| {
                tracing::error!(error = &error as &dyn std::error::Error, "the server is not well");
                name_trouble(&error)
            });
            *last = Some((now, health));
            health
        });
        looking.await.unwrap_or(Err("closing"))
    }
}

async fn probe<S: Store>(store: &S, now: UnixMillis) -> Answer<Epoch> {
    let epoch = store.read_epoch().await?;
    store.probe_writer(now).await?;
    Ok(epoch)
}

const fn name_trouble(error: &StoreError) -> &'static str {
    match error {
        StoreError::Full => "storage_full",
        StoreError::Busy => "busy",
        StoreError::Closed => "closing",
        StoreError::Value(_) | StoreError::Other(_) => "storage_failed",
    }
}
