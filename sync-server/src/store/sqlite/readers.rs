//! Readers: connections of their own that never write, so that a long read and the writer do not wait for each other.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use tokio::sync::Semaphore;

use crate::store::{Answer, StoreError};

/// Most reads at once; more wait. Reading is bound by the processor, not by the disk.
const READER_LIMIT: usize = 8;
/// Most of them that may read much (pages, lists of heads, whole documents): the other connections stay for the short
/// questions that every round asks several times.
const LONG_LIMIT: usize = 4;
/// How long a reader waits for a checkpoint of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Reading connections, opened when first needed.
pub(super) struct Readers {
    path: PathBuf,
    turns: Semaphore,
    pub(super) long_turns: Semaphore,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, turns: Semaphore::new(READER_LIMIT), long_turns: Semaphore::new(LONG_LIMIT), idle: Arc::default() }
    }

    /// Closes connections and refuses later reads.
    pub(super) fn close(&self) {
        self.turns.close();
        self.long_turns.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// As [`read`](Self::read), for what may take long: waits for others of its kind, never in the way of short reads.
    pub(super) async fn read_long<T, F>(&self, work: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Answer<T> + Send + 'static,
    {
        let _turn = self.long_turns.acquire().await.map_err(|_| StoreError::Closed)?;
        self.read(work).await
    }

    /// Reads everything from one moment, on a thread that may block.
    pub(super) async fn read<T, F>(&self, work: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Answer<T> + Send + 'static,
    {
        let _turn = self.turns.acquire().await.map_err(|_| StoreError::Closed)?;
        let (path, idle) = (self.path.clone(), Arc::clone(&self.idle));
        let reading = tokio::task::spawn_blocking(move || {
            let pooled = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut connection = match pooled {
                Some(connection) => connection,
                None => open_reader(&path)?,
            };
            let moment = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
            let answer = work(&moment);
            moment.finish()?;
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            answer
        });
        reading.await.map_err(|_| StoreError::Closed)?
    }
}

fn open_reader(path: &PathBuf) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}
