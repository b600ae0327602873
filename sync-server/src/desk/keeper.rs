//! The desk as this process last read it.

use std::sync::Arc;

use domain::workflow::Desk;
use domain::{InstallationId, UnixMillis};
use tokio::sync::Mutex;

use super::rules::{list_keys, read_desk, warn_of_gaps};
use crate::secret::random;
use crate::store::{Answer, Store, StoreError};

/// For how long what was read counts, by the server's clock. What an office publishes reaches every server within it.
const FRESH_MS: i64 = 3_000;

/// Who settles: the installation under which the server writes, and what it knows.
#[derive(Debug, Clone)]
pub(crate) struct Registrar {
    pub(crate) installation: InstallationId,
    pub(crate) desk: Desk,
}

impl Registrar {
    /// Reads the desk anew. `last`: what it was, for what cannot be read now.
    pub(crate) async fn read<S: Store>(store: &S, last: Option<&Self>, now: UnixMillis) -> Answer<Self> {
        let installation = match last {
            Some(last) => last.installation,
            None => claim_installation(store, now).await?,
        };
        let values = store.read_reference(list_keys(now)).await?;
        let desk = match last {
            Some(last) => read_desk(&values, &last.desk, now),
            None => {
                let desk = read_desk(&values, &Desk::default(), now);
                warn_of_gaps(&desk, now);
                desk
            }
        };
        Ok(Self { installation, desk })
    }
}

async fn claim_installation<S: Store>(store: &S, now: UnixMillis) -> Answer<InstallationId> {
    let random = random().map_err(|error| StoreError::Other(Box::new(error)))?;
    store.claim_server_installation(InstallationId::new(now, random)).await
}

/// Keeps the desk for all requests of a process and reads it again when it is old.
#[derive(Default)]
pub(crate) struct DeskKeeper {
    kept: Mutex<Option<(UnixMillis, Arc<Registrar>)>>,
}

impl DeskKeeper {
    /// The desk, at most some seconds old; older only while the store cannot be read.
    pub(crate) async fn find<S: Store>(&self, store: &S, now: UnixMillis) -> Answer<Arc<Registrar>> {
        let mut kept = self.kept.lock().await;
        if let Some((read_at, registrar)) = kept.as_ref()
            && (0..FRESH_MS).contains(&now.since_ms(*read_at))
        {
            return Ok(Arc::clone(registrar));
        }
        let last = kept.as_ref().map(|(_, registrar)| registrar);
        let registrar = match (Registrar::read(store, last.map(Arc::as_ref), now).await, last) {
            (Ok(registrar), _) => Arc::new(registrar),
            (Err(error), Some(last)) => {
                tracing::error!(%error, "the desk could not be read again");
                return Ok(Arc::clone(last));
            }
            (Err(error), None) => return Err(error),
        };
        *kept = Some((now, Arc::clone(&registrar)));
        Ok(registrar)
    }
}
