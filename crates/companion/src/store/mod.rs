//! The local store: one SQLite file, one connection, synchronous, the only SQL on the phone.
//!
//! Why so narrow: the same store has to run in a browser worker, where there is one thread, one connection and no
//! WAL. So nothing here relies on a second reader, and WAL is merely switched on where it exists.
//!
//! Flow. [`Store::open`] prepares, migrates and checks ([`open`]). Whoever reads borrows the [`Connection`]; whoever
//! writes gets a [`Writing`] inside [`Store::write`], so that the type says who may change a table, and everything of
//! one closure is one transaction. Records are rows of `document` and `change` ([`document`], [`change`]); tables for
//! reading follow from them ([`project`]) and could be made again at any time. One edit is one transaction: change,
//! document, tables, search ([`record`]).
//!
//! Failure: every error inside `write` undoes the whole transaction. A full disk has a kind of its own.
//!
//! Missing: encryption at rest (issue of its own); a compacted form of old documents.

pub(crate) mod beyond;
pub(crate) mod change;
pub(crate) mod clock;
pub(crate) mod closed_draft;
pub(crate) mod conflict;
pub(crate) mod departed_step;
pub(crate) mod document;
pub(crate) mod draft;
mod error;
mod filter;
pub(crate) mod household;
pub(crate) mod household_list;
pub(crate) mod incident;
pub(crate) mod incident_list;
mod incident_queue;
mod incident_row;
pub(crate) mod incident_search;
mod log;
mod migrations;
pub(crate) mod open;
pub(crate) mod outbox;
pub(crate) mod outline;
pub(crate) mod own_steps;
pub(crate) mod private;
mod probe;
pub(crate) mod project;
pub(crate) mod put_away;
pub(crate) mod record;
pub(crate) mod reference;
pub(crate) mod replace;
pub(crate) mod replica;
pub(crate) mod reporter_tel;
mod salvage;
pub(crate) mod search;
pub(crate) mod setting;
pub(crate) mod step_draft;
pub(crate) mod unmasking;
pub(crate) mod visit;
pub(crate) mod wipe;
mod written;

use std::ops::Deref;
use std::path::PathBuf;

use contract::StoreHealth;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::contain::contain;

pub use error::{OpenError, StoreError};
pub use open::StorePlace;

/// The open store.
pub struct Store {
    connection: Connection,
    health: StoreHealth,
    /// The file whose presence makes the next start check the store.
    suspect: Option<PathBuf>,
}

/// A transaction under way: the right to write.
pub(crate) struct Writing<'a>(Transaction<'a>);

impl Writing<'_> {
    /// Does a part of the transaction; when it panics, only that part is undone and the answer is `None`. An error is
    /// the caller's, as ever: it undoes the whole transaction.
    pub(crate) fn contain<T>(
        &self,
        what: &'static str,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.0.prepare_cached("SAVEPOINT part")?.execute([])?;
        let outcome = contain(what, work);
        match &outcome {
            Some(Ok(_)) => {}
            None => _ = self.0.prepare_cached("ROLLBACK TO part")?.execute([])?,
            // SQLite may have undone everything already, and with it the savepoint.
            Some(Err(_)) => return outcome.transpose(),
        }
        self.0.prepare_cached("RELEASE part")?.execute([])?;
        outcome.transpose()
    }
}

impl Deref for Writing<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl Store {
    /// Opens the store at `place`: makes a fresh one, brings an older one up to date, sets a damaged one aside.
    ///
    /// # Errors
    /// When the file is of a newer version (it is not touched), the disk is full, or the file cannot be opened.
    pub fn open(place: &StorePlace) -> Result<Self, OpenError> {
        open::open(place)
    }

    /// How the store was found.
    #[must_use]
    pub fn health(&self) -> &StoreHealth {
        &self.health
    }

    /// Somebody has read how the store was found: it is not told again.
    ///
    /// # Errors
    /// When the store fails; then it is told again.
    pub(crate) fn acknowledge_health(&mut self) -> Result<(), StoreError> {
        replace::forget_health(self)?;
        self.health = StoreHealth::Ready;
        Ok(())
    }

    /// Leaves a mark when an error says that the file is damaged: the next start checks it and sets it aside.
    pub(crate) fn note_trouble(&self, error: &StoreError) {
        if let StoreError::Sqlite(error) = error
            && error::is_damaged(error)
            && let Some(mark) = &self.suspect
        {
            // If even this fails, the next start finds the damage where this one found it.
            let _ = private::make_file(mark);
        }
    }

    /// Closes the store so that all of it stands in the one file, safe on the disk.
    fn close_into_one_file(self) -> Result<(), OpenError> {
        self.connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        self.connection.close().map_err(|(_, error)| error)?;
        Ok(())
    }

    /// Empties the write-ahead log into the file, so that what was deleted stands in neither. Best effort: a backup
    /// tool that reads along delays it to the next time.
    pub(crate) fn empty_log(&self) {
        let emptied = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = emptied {
            tracing::warn!(%error, "the write-ahead log could not be emptied");
        }
    }

    /// For reading.
    pub(crate) fn read(&self) -> &Connection {
        &self.connection
    }

    /// Does `work` in one transaction: all of it is kept, or nothing.
    ///
    /// # Errors
    /// That of `work`, or of the commit; then nothing was kept.
    pub(crate) fn write<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&Writing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let writing = Writing(transaction);
        let value = work(&writing)?;
        writing.0.commit().map_err(StoreError::from)?;
        Ok(value)
    }
}
