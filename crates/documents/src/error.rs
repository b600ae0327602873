//! What can go wrong, one enum per act. None carries a value of a record: paths, hashes and counts only.

use domain::flat::FlatError;
use domain::record::Breach;
use domain::{ChangeHash, Kind};

/// A failure reported by Automerge itself, kept opaque so that only this crate knows the engine.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct EngineError(#[from] automerge::AutomergeError);

/// Bytes that are not a document.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Automerge refused them.
    #[error("not a document: {0}")]
    Engine(#[from] EngineError),
    /// Automerge panicked over them; nothing was kept.
    #[error("a malformed document was contained")]
    Panicked,
    /// There are no bytes at all.
    #[error("no document: there are no bytes")]
    Empty,
    /// It loads, but does not survive being saved and loaded again.
    #[error("the document does not survive saving and loading")]
    Unstable,
    /// The history refers to changes that are not in it.
    #[error("{} changes are missing from the history", .0.len())]
    MissingDependencies(Vec<ChangeHash>),
}

/// A document that cannot be read as the record that was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no kind: nobody ever created a record here.
    #[error("the document holds no record")]
    NotARecord,
    /// It is a record of another kind.
    #[error("the document holds a {found}, not a {}", expected.code())]
    WrongKind {
        /// The code of the kind that is there.
        found: String,
        /// The kind that was asked for.
        expected: Kind,
    },
    /// Its paths do not make a record, e.g. a required one is absent.
    #[error("format {format}: {source}")]
    Shape {
        /// The format the document says it has.
        format: i64,
        /// What does not fit.
        source: FlatError,
    },
    /// Automerge failed to answer.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// An edit that was not made; the document is as it was.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// A newer app wrote the record in a format this one can only read.
    #[error("the record has format {found}, this app writes {known}")]
    NewerFormat {
        /// The record's format.
        found: i64,
        /// The highest format this app writes.
        known: i64,
    },
    /// The record as it stands cannot be read, so nothing can be compared with it.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The new record has no flat form.
    #[error(transparent)]
    Flat(#[from] FlatError),
    /// The new record has another id.
    #[error("the edit would turn the record into another one")]
    Identity,
    /// `kind`, `format`, or a path longer or deeper than allowed.
    #[error("path {0:?} may not be written")]
    ReservedPath(String),
    /// The value chosen is none of those in conflict.
    #[error("the chosen value of {0:?} is not among its candidates")]
    NotACandidate(String),
    /// `edit_at` was given heads that the document never had.
    #[error("the document has no change {0}")]
    UnknownHeads(ChangeHash),
    /// Automerge refused.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Automerge panicked; nothing was kept.
    #[error("a malformed change was contained")]
    Panicked,
}

/// Changes that were not applied; the document is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// One of them cannot be read.
    #[error("change {index}: {source}")]
    Inspect {
        /// Which, counted from 0.
        index: usize,
        /// Why.
        source: InspectError,
    },
    /// An installation re-used a sequence number: a phone restored from a backup.
    #[error("change {hash} repeats a sequence number of its installation")]
    DuplicateSeq {
        /// The change that came second.
        hash: ChangeHash,
    },
    /// Automerge refused.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Automerge panicked over a throw-away copy.
    #[error("a malformed change was contained")]
    Panicked,
    /// The result did not survive being saved and loaded.
    #[error("the result does not survive saving and loading")]
    Unstable,
    /// The result cannot be read as a record of its kind, although the document could be before.
    #[error("the result cannot be read as a record")]
    Unreadable,
}

/// Bytes that are not one acceptable change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InspectError {
    /// Not the beginning of a change, or cut short.
    #[error("not a change: {0}")]
    Malformed(&'static str),
    /// A document, bundle or deflated change where a raw change is expected.
    #[error("chunk type {0} where a raw change is expected")]
    ChunkType(u8),
    /// More bytes than the change says it has: several chunks, or rubbish at the end.
    #[error("{0} bytes after the change")]
    TrailingBytes(usize),
    /// The contents do not match the checksum.
    #[error("checksum does not match")]
    Checksum,
    /// More bytes than one change may have.
    #[error("{0} bytes are too many for one change")]
    TooLarge(usize),
    /// More operations, or longer runs, than one change may have.
    #[error("too many operations")]
    TooManyOps,
    /// The actor is not an installation (16 bytes).
    #[error("the actor is not an installation")]
    Actor,
    /// Automerge cannot parse it.
    #[error("automerge cannot parse the change")]
    Unparsable,
    /// Automerge panicked over it.
    #[error("a malformed change was contained")]
    Panicked,
}

/// Changes that may not enter a record. The base is untouched whatever the answer.
#[derive(Debug, thiserror::Error)]
pub enum AdmitError {
    /// The base is not a document of ours: a fault on this side, not the sender's.
    #[error("base: {0}")]
    Base(LoadError),
    /// One of the changes cannot be read, or the apply failed.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// Changes refer to others that neither base nor batch holds.
    #[error("{} dependencies are missing", .0.len())]
    MissingDependencies(Vec<ChangeHash>),
    /// The change does something a flat record never needs: an object, list, text, counter, or an odd value.
    #[error("path {path:?}: {problem}")]
    Operation {
        /// The path, or the object, that was written.
        path: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// The record would grow beyond what one may have.
    #[error("too much in one record: {what} {path:?}")]
    TooLarge {
        /// What there is too much of: `value`, `paths`, `record`, `values`, `unknown`, `history`.
        what: &'static str,
        /// The path of a value that is too long; empty otherwise.
        path: String,
    },
    /// A path that makes the record what it is (`kind`, its id) was rewritten or deleted.
    #[error("structural path {0:?} rewritten")]
    Structural(String),
    /// The installation's changes are not numbered one by one.
    #[error("change {hash} leaves out sequence numbers")]
    SequenceGap {
        /// The change after the gap.
        hash: ChangeHash,
    },
    /// Operation numbers run ahead of the history: they would use up the document's numbers.
    #[error("operation numbers run ahead of the history")]
    OpNumber,
    /// The record would have a format this server does not know yet.
    #[error("the record has format {found}, known is {known}")]
    NewerFormat {
        /// The record's format.
        found: i64,
        /// The highest known format.
        known: i64,
    },
    /// The result cannot be read as the record.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The result breaks the record's own rules.
    #[error("{} breaches, first {}", .0.len(), .0.first().map_or_else(String::new, ToString::to_string))]
    Breaches(Vec<Breach>),
    /// Something inside panicked over the throw-away copy.
    #[error("malformed changes were contained")]
    Panicked,
}
