//! What can go wrong in a store: opening it apart from using it.

use std::path::PathBuf;

/// A store that cannot be opened. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file was written by a newer server.
    #[error("{path}: written by a newer server (schema {found}, this server knows {known}); install that server again")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Schema number of the file.
        found: u32,
        /// Newest schema number this server knows.
        known: u32,
    },
    /// There is no ledger, and the command is not one that begins a new one.
    #[error(
        "{path}: there is no ledger here (check --data); only serve, import and account add begin a new one, with --create"
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is not a database, or a damaged one.
    #[error(
        "{path}: not a database, or damaged; stop the server, copy the whole folder as it is now to a safe place, then \
         put back the last copy of the folder that you made before: the server will find out that it is older, and devices \
         offer again what is missing"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The folder or file cannot be read or written.
    #[error("{path}: cannot be read or written")]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// The operating system's word.
        #[source]
        source: std::io::Error,
    },
    /// Anything else the database said.
    #[error("{path}: the database cannot be opened")]
    Other {
        /// The file.
        path: PathBuf,
        /// What it said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A failed read or write. A failed write left nothing behind.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room on the disk; the same request will succeed once there is.
    #[error("the disk or the database's limit is full")]
    Full,
    /// Another process kept the database for too long; the same request will succeed later.
    #[error("the database is busy")]
    Busy,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
    /// A stored value is not what its column promises.
    #[error("stored value out of form: {0}")]
    Value(String),
    /// Anything else the database said.
    #[error("the database failed")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Whether the same request may succeed later without anyone changing it.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Full | Self::Busy | Self::Closed)
    }
}
