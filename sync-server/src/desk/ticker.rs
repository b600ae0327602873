//! Acting when time passes: limits that pass, days that end, steps left undecided.
//!
//! Nothing is kept in memory: what is due stands in the ledger, so a restart forgets nothing, and several servers may
//! look at once. While most devices contradict this server's clock nothing is done.

use std::sync::Arc;
use std::time::Duration;

use domain::{Kind, RecordId, UnixMillis};
use tokio::task::JoinHandle;

use super::settle::Unsettled;
use super::{Registrar, Settled, claim_numbers, lacks_number, list_waiting, settle_contained};
use crate::app::App;
use crate::store::{Admission, Answer, BaseQuery, Batch, Committed, Store, StoreError, StoredDocument};

/// Documents settled in one transaction.
const BATCH: usize = 64;
/// How long an incident that cannot be settled is left alone.
pub const BACKOFF_MS: i64 = 5 * 60 * 1_000;

/// How many pauses long it rests when the store as a whole fails: a full disk is not mended within a second.
const TROUBLED_PAUSES: u32 = 10;

/// What became of the incidents that were due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settlement {
    /// Incidents to which something was written.
    pub settled: usize,
    /// Incidents that had nothing to do yet and are looked at later.
    pub put_off: usize,
    /// Incidents that somebody else moved meanwhile: next time.
    pub moved: usize,
    /// Incidents that cannot be settled and are tried again after [`BACKOFF_MS`].
    pub failed: usize,
}

impl Settlement {
    fn add(&mut self, other: Self) {
        self.settled += other.settled;
        self.put_off += other.put_off;
        self.moved += other.moved;
        self.failed += other.failed;
    }

    /// Whether the list of what is due got shorter.
    fn is_progress(&self) -> bool {
        self.settled + self.put_off + self.failed > 0
    }
}

/// Settles every incident that is due by the server's clock: what the serving process does every second, and tests by
/// hand. Devices that listen hear of what was written ([`App::note_commit`]).
///
/// # Errors
/// When the store fails as a whole; what was settled before stays.
pub async fn settle_due<S: Store>(app: &App<S>) -> Answer<Settlement> {
    let mut total = Settlement::default();
    loop {
        let now = app.now();
        let due = app.store().list_waking(now, BATCH).await?;
        if due.is_empty() {
            return Ok(total);
        }
        let registrar = app.find_registrar().await?;
        let settlement = settle_batch(app.store(), &registrar, &due, now).await?;
        app.parts().metrics.count_settlement(settlement);
        if settlement.settled > 0 {
            app.note_commit();
        }
        total.add(settlement);
        if !settlement.is_progress() {
            return Ok(total);
        }
    }
}

async fn settle_batch<S: Store>(
    store: &S,
    registrar: &Arc<Registrar>,
    due: &[RecordId],
    now: UnixMillis,
) -> Answer<Settlement> {
    let mut settlement = Settlement::default();
    let mut incidents = Vec::new();
    for document in due {
        match read_incident(store, *document).await {
            Ok(stored) => incidents.push(stored),
            Err(error) if error.is_temporary() => return Err(error),
            Err(error) => {
                postpone(store, *document, &error, now).await?;
                settlement.failed += 1;
            }
        }
    }
    let mut admissions = Vec::new();
    for (stored, result) in settle_all(store, registrar, incidents, now).await? {
        match result {
            Ok(Some(settled)) => admissions.push(make_admission(stored, settled)),
            Ok(None) => settlement.add(put_off(store, &stored, now).await?),
            Err(error) => {
                postpone(store, stored.id, &error, now).await?;
                settlement.failed += 1;
            }
        }
    }
    settlement.add(write(store, admissions, now).await?);
    Ok(settlement)
}

async fn read_incident<S: Store>(store: &S, document: RecordId) -> Answer<StoredDocument> {
    let installation = domain::InstallationId::from_uuid(uuid::Uuid::nil());
    let query = BaseQuery { document, installation, hashes: Vec::new() };
    let stored = store.read_bases(vec![query]).await?.pop().and_then(|base| base.stored);
    stored.filter(|stored| stored.kind == Kind::Incident).ok_or_else(|| StoreError::Value("wake".into()))
}

type Tried = (StoredDocument, Result<Option<Settled>, Unsettled>);

/// Settles each, off the runtime's threads.
async fn settle_all<S: Store>(
    store: &S,
    registrar: &Arc<Registrar>,
    incidents: Vec<StoredDocument>,
    now: UnixMillis,
) -> Answer<Vec<Tried>> {
    let grids: Vec<_> = incidents.iter().filter(|stored| lacks_number(stored)).map(|s| s.grid.clone()).collect();
    let mut numbers = claim_numbers(store, &grids, now).await?.into_iter();
    let mut numbered = Vec::new();
    for stored in incidents {
        let number = if lacks_number(&stored) { numbers.next().flatten() } else { None };
        let waiting = list_waiting(store, &stored, &[]).await?;
        numbered.push((stored, waiting, number));
    }
    let registrar = Arc::clone(registrar);
    crate::ingest::run_blocking(move || {
        let settle = |(stored, waiting, number): (StoredDocument, Vec<_>, Option<String>)| {
            let result = settle_contained(&registrar, &stored, &waiting, number, now);
            (stored, result)
        };
        numbered.into_iter().map(settle).collect()
    })
    .await
}

fn make_admission(before: StoredDocument, Settled { change, rebuilt }: Settled) -> Admission {
    Admission {
        after: rebuilt.stored,
        base: before.heads,
        changes: vec![change],
        collections: rebuilt.streams,
        wake_at: rebuilt.wake_at,
    }
}

/// Writes what was settled. One that the store does not take keeps the others from nothing.
async fn write<S: Store>(store: &S, admissions: Vec<Admission>, now: UnixMillis) -> Answer<Settlement> {
    if admissions.is_empty() {
        return Ok(Settlement::default());
    }
    let documents: Vec<RecordId> = admissions.iter().map(|admission| admission.after.id).collect();
    let committed = store.commit(Batch { received_at: now, admissions, ..Batch::default() }).await?;
    let mut settlement = Settlement::default();
    for (document, committed) in documents.into_iter().zip(committed) {
        match committed {
            Committed::Stored => settlement.settled += 1,
            Committed::Moved => settlement.moved += 1,
            Committed::Damaged => {
                postpone(store, document, &StoreError::Value("document".into()), now).await?;
                settlement.failed += 1;
            }
        }
    }
    Ok(settlement)
}

/// Nothing to write: it is looked at again when something will be due, or not at all.
async fn put_off<S: Store>(store: &S, stored: &StoredDocument, now: UnixMillis) -> Answer<Settlement> {
    let incident = serde_json::from_str::<domain::Incident>(&stored.projection).ok();
    let wake_at = incident.as_ref().and_then(domain::workflow::find_wake);
    // Due and nothing to do is a contradiction: it must not keep this process busy.
    let wake_at = wake_at.map(|at| if at <= now { now.plus_ms(BACKOFF_MS) } else { at });
    Ok(match store.put_wake(stored.id, stored.heads.clone(), wake_at).await? {
        Committed::Stored => Settlement { put_off: 1, ..Settlement::default() },
        Committed::Moved | Committed::Damaged => Settlement { moved: 1, ..Settlement::default() },
    })
}

async fn postpone<S: Store>(
    store: &S,
    document: RecordId,
    error: &(dyn std::error::Error + Send + Sync),
    now: UnixMillis,
) -> Answer<()> {
    tracing::error!(%document, %error, "an incident could not be settled; tried again later");
    match store.postpone_wake(document, now.plus_ms(BACKOFF_MS)).await {
        // It stays due, and the others go on: the list of what is due is read without it next time or not at all.
        Err(error) if !error.is_temporary() => {
            tracing::error!(%document, %error, "and cannot be put off");
            Ok(())
        }
        postponed => postponed,
    }
}

/// The task that settles what is due, until it is dropped.
pub(crate) struct Ticking(JoinHandle<()>);

impl Ticking {
    /// Begins, looking again after each pause.
    pub(crate) fn start<S: Store>(app: App<S>, pause: Duration) -> Self {
        Self(tokio::spawn(async move {
            loop {
                // What a wrong clock marks as overdue stays marked; what it leaves for later is settled later.
                if app.parts().clocks.contradict_server() {
                    tokio::time::sleep(pause.saturating_mul(TROUBLED_PAUSES)).await;
                    continue;
                }
                let settled = settle_due(&app).await;
                if let Err(error) = &settled {
                    tracing::error!(%error, "what is due could not be settled");
                }
                let pauses = if settled.is_ok() { 1 } else { TROUBLED_PAUSES };
                tokio::time::sleep(pause.saturating_mul(pauses)).await;
            }
        }))
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        // Between two steps; what a step has handed to the store is written or not, never half.
        self.0.abort();
    }
}
