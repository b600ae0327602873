//! The watcher: one task that compares what the ledger holds with what devices know, while any device listens.

use std::sync::Arc;

use domain::rights::subscriptions;
use tokio::time::{Instant, sleep};

use super::{Ear, Hub, Listener, PACE, Refused};
use crate::app::App;
use crate::store::{Answer, Store, StoreError, Trust};

/// Opens a line for a device. To be called on a tokio runtime.
pub(crate) fn listen<S: Store>(app: &App<S>, ear: Ear) -> Result<Listener, Refused> {
    let hub = &app.parts().hints;
    let listener = hub.open(ear)?;
    if hub.claim_watch() {
        tokio::spawn(watch(app.clone()));
    }
    Ok(listener)
}

impl Hub {
    /// Whether nobody watched yet; the caller does from now on.
    fn claim_watch(&self) -> bool {
        !std::mem::replace(&mut self.lock().is_watched, true)
    }

    /// Whether there is anything to watch; if not, the next line needs a new watcher.
    fn goes_on(&self) -> bool {
        let mut state = self.lock();
        state.is_watched = !state.is_closed && !state.lines.is_empty();
        state.is_watched
    }
}

/// A watcher that ends by a defect of ours leaves its place to the next.
struct Watching(Arc<Hub>);

impl Drop for Watching {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().is_watched = false;
        }
    }
}

async fn watch<S: Store>(app: App<S>) {
    let watching = Watching(Arc::clone(&app.parts().hints));
    let hub = &watching.0;
    while hub.goes_on() {
        match look(&app, hub).await {
            Ok(()) => {}
            Err(StoreError::Closed) => hub.close(),
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "no look at what has moved"),
        }
        sleep(PACE).await;
        tokio::select! {
            () = hub.woken.notified() => {}
            () = sleep(hub.limits.look.saturating_sub(PACE)) => {}
        }
    }
}

async fn look<S: Store>(app: &App<S>, hub: &Hub) -> Answer<()> {
    for (device, serial, token) in hub.take_unchecked(Instant::now()) {
        match app.store().find_session(token).await {
            Ok(Some(session)) if session.trust == Trust::Trusted => {
                hub.rescope(device, serial, &subscriptions(&session.account));
            }
            Err(error) if error.is_temporary() => return Err(error),
            // One account that cannot be read keeps nobody else from hearing.
            Ok(_) | Err(_) => hub.end(device, serial),
        }
    }
    // Read first: a position of the old life under the name of the new one would be taken for known.
    let positions = app.store().read_positions(hub.list_watched()).await?;
    hub.tell(app.store().read_epoch().await?, &positions);
    Ok(())
}
