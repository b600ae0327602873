//! The one writer: a thread that groups concurrent writes into one commit.
//!
//! Why: with synchronous FULL a commit waits for the disk; a thousand phones at dusk must not wait one after
//! another. While one commit waits, the next requests queue up and share the following one. Each has a savepoint of
//! its own, so one that fails takes nothing of the others with it. A request is answered after the commit that holds
//! it, and after the mark that the commit moved on stands in the file beside the ledger.
//!
//! Failure: some errors (a full disk) end SQLite's whole transaction. Then every request of the group is done again
//! alone, so that only the one that does not fit fails. A damaged page of the counts or the mark ends the transaction as
//! well: from then on work is committed without them. A request that panics is rolled back and answered with an
//! error; the thread goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::mark::{self, BareMark, MarkFile};
use super::tally;
use crate::store::{Answer, StoreError};

/// Most requests in one commit: bounds how long the first of them waits.
const GROUP_LIMIT: usize = 64;

/// Work on the writing connection, inside a savepoint; may be done again when its group failed.
trait Job: Send {
    fn run(&mut self, connection: &Connection) -> Answer<()>;
    fn finish(self: Box<Self>, outcome: Answer<()>);
}

struct Pending<T, F> {
    work: F,
    value: Option<T>,
    reply: oneshot::Sender<Answer<T>>,
}

impl<T, F> Job for Pending<T, F>
where
    T: Send,
    F: FnMut(&Connection) -> Answer<T> + Send,
{
    fn run(&mut self, connection: &Connection) -> Answer<()> {
        self.value = Some((self.work)(connection)?);
        Ok(())
    }

    fn finish(self: Box<Self>, outcome: Answer<()>) {
        let Self { value, reply, .. } = *self;
        let answer = outcome.and_then(|()| value.ok_or(StoreError::Closed));
        // The asker may have given up meanwhile; what was committed stays and is found again by its hash.
        let _ = reply.send(answer);
    }
}

/// The handle of the writing thread.
pub(super) struct Writer {
    open: Mutex<Option<Open>>,
}

struct Open {
    queue: mpsc::Sender<Box<dyn Job>>,
    thread: JoinHandle<()>,
}

impl Writer {
    /// Starts the thread on its connection.
    pub(super) fn start(connection: Connection, run: u64, file: MarkFile) -> std::io::Result<Self> {
        let (queue, jobs) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("ledger-writer".into())
            .spawn(move || write_until_closed(Committer { connection, run, file, moves_on: true }, &jobs))?;
        Ok(Self { open: Mutex::new(Some(Open { queue, thread })) })
    }

    /// Does `work` in a transaction and answers after its commit.
    pub(super) async fn write<T, F>(&self, work: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Answer<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        {
            let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let Open { queue, .. } = open.as_ref().ok_or(StoreError::Closed)?;
            queue.send(Box::new(Pending { work, value: None, reply })).map_err(|_| StoreError::Closed)?;
        }
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Lets what is queued finish and closes the connection. Blocks; later writes are refused.
    pub(super) fn close(&self) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Open { queue, thread }) = open {
            drop(queue);
            // A writer that panicked has already failed the requests that waited for it.
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

/// The connection, and what has to go with each commit.
struct Committer {
    connection: Connection,
    /// Random number of this process.
    run: u64,
    file: MarkFile,
    /// Counts and mark are moved on with each commit: not any more once a damaged page of theirs has cost one.
    moves_on: bool,
}

/// Commits a transaction and, if it changed anything since there were so many changes, moves counts and mark on with it.
fn commit(
    transaction: Transaction<'_>,
    changes_before: u64,
    run: u64,
    moves_on: &mut bool,
) -> Answer<Option<BareMark>> {
    if !*moves_on || transaction.total_changes() == changes_before {
        transaction.commit()?;
        return Ok(None);
    }
    tally::advance(&transaction)?;
    let mark = advance_mark(&transaction, run)?;
    let committed = transaction.commit().map_err(StoreError::from);
    if let Err(error) = &committed
        && !error.is_temporary()
    {
        tracing::error!(%error, "a commit failed; counts and mark stay as they are from now on");
        *moves_on = false;
    }
    committed.map(|()| mark)
}

/// Moves the mark on. One that is damaged keeps nobody's work out: the commit goes without.
fn advance_mark(transaction: &Transaction<'_>, run: u64) -> Answer<Option<BareMark>> {
    match mark::advance(transaction, run) {
        Err(error) if !error.is_temporary() => {
            tracing::error!(%error, "the mark cannot be moved on");
            Ok(None)
        }
        mark => mark.map(Some),
    }
}

fn write_until_closed(mut committer: Committer, jobs: &mpsc::Receiver<Box<dyn Job>>) {
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        while group.len() < GROUP_LIMIT {
            match jobs.try_recv() {
                Ok(next) => group.push(next),
                Err(_) => break,
            }
        }
        write_group(&mut committer, group);
    }
    // Leaves one file behind for a copy or a backup; if a reader is in the way, the next start does it.
    let _ = committer.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA optimize;");
}

fn write_group(committer: &mut Committer, group: Vec<Box<dyn Job>>) {
    if group.len() == 1 {
        return group.into_iter().for_each(|job| write_alone(committer, job));
    }
    let mut jobs = group;
    match try_group(committer, &mut jobs) {
        Ok(outcomes) => jobs.into_iter().zip(outcomes).for_each(|(job, outcome)| job.finish(outcome)),
        Err(error) => {
            tracing::warn!(%error, size = jobs.len(), "group commit failed, writing one by one");
            jobs.into_iter().for_each(|job| write_alone(committer, job));
        }
    }
}

/// One transaction for all; `Err` when the transaction as a whole is gone.
fn try_group(committer: &mut Committer, jobs: &mut [Box<dyn Job>]) -> Answer<Vec<Answer<()>>> {
    let changes_before = committer.connection.total_changes();
    let mut transaction = committer.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut outcomes = Vec::with_capacity(jobs.len());
    for job in jobs {
        let savepoint = transaction.savepoint()?;
        let outcome = run_contained(job.as_mut(), &savepoint);
        if savepoint.is_autocommit() {
            return Err(outcome.err().unwrap_or(StoreError::Closed));
        }
        match &outcome {
            Ok(()) => savepoint.commit()?,
            Err(_) => savepoint.finish()?, // rolls back
        }
        outcomes.push(outcome);
    }
    if let Some(mark) = commit(transaction, changes_before, committer.run, &mut committer.moves_on)? {
        committer.file.write(mark);
    }
    Ok(outcomes)
}

/// Runs a job; a panic in it is the job's own failure. Its transaction or savepoint is rolled back by the caller.
fn run_contained(job: &mut dyn Job, connection: &Connection) -> Answer<()> {
    catch_unwind(AssertUnwindSafe(|| job.run(connection))).unwrap_or_else(|_| {
        tracing::error!("a write panicked; nothing of it is kept");
        Err(StoreError::Other("a write panicked".into()))
    })
}

fn write_alone(committer: &mut Committer, mut job: Box<dyn Job>) {
    let moved_on = committer.moves_on;
    let mut outcome = try_alone(committer, job.as_mut());
    if moved_on && !committer.moves_on {
        // What was lost with the counts is written without them.
        outcome = try_alone(committer, job.as_mut());
    }
    job.finish(outcome);
}

fn try_alone(committer: &mut Committer, job: &mut dyn Job) -> Answer<()> {
    let changes_before = committer.connection.total_changes();
    let transaction = committer.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    run_contained(job, &transaction)?; // dropping the transaction rolls back
    if let Some(mark) = commit(transaction, changes_before, committer.run, &mut committer.moves_on)? {
        committer.file.write(mark);
    }
    Ok(())
}
