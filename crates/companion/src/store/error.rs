//! What can go wrong with the store: opening it is one thing, using it another.

use documents::{ApplyError, EditError, LoadError, ReadError};
use domain::RecordId;

/// The store could not be opened. No file was changed, except where a damaged one was set aside.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer version of the app wrote this file; it was not touched.
    #[error("the store has schema {found}, this app knows {known}")]
    Newer {
        /// Schema number of the file.
        found: u32,
        /// Highest schema number of this app.
        known: u32,
    },
    /// The disk is full: the file is as it was.
    #[error("the disk is full")]
    Full,
    /// The store's files could not be made, or be closed to others.
    #[error("the store's files cannot be made")]
    Private(#[source] std::io::Error),
    /// The damaged file could not be renamed.
    #[error("a damaged store could not be set aside")]
    SetAside(#[source] std::io::Error),
    /// SQLite refused.
    #[error("the store cannot be opened")]
    Sqlite(#[source] rusqlite::Error),
    /// The fresh store could not be filled.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        if is_full(&error) { Self::Full } else { Self::Sqlite(error) }
    }
}

/// The store could not be used. The transaction under way was undone whole.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full: nothing was lost, nothing was half saved.
    #[error("the disk is full")]
    Full,
    /// SQLite refused.
    #[error("the store cannot be read or written")]
    Sqlite(#[source] rusqlite::Error),
    /// A stored value is not what this version wrote.
    #[error("a value of {table} cannot be read")]
    Value {
        /// Where it stands.
        table: &'static str,
    },
    /// The record is not here.
    #[error("no document {0}")]
    NoDocument(RecordId),
    /// A document cannot be opened.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A document cannot be read as its record.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An edit was not made.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// Changes were not applied.
    #[error(transparent)]
    Apply(#[from] ApplyError),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        if is_full(&error) { Self::Full } else { Self::Sqlite(error) }
    }
}

/// Whether SQLite says that there is no room.
pub(crate) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
}

/// Whether SQLite says that the file is not a sound database.
pub(crate) fn is_damaged(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}
