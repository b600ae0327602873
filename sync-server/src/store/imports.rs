//! Imports as a store keeps them: which there were, and what each wrote, so that it can be taken back.

use domain::{ChangeHash, GridCode, RecordId, UnixMillis};

/// One import of an office's files.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ImportRun {
    /// By which the office calls it; from 1.
    #[serde(rename = "import")]
    pub number: u64,
    /// When it began, by the server's clock.
    pub began_at: UnixMillis,
    /// When it ended; `None`: it was broken off, or still runs.
    pub ended_at: Option<UnixMillis>,
    /// When it was taken back, as far as that went.
    pub undone_at: Option<UnixMillis>,
    /// Names of its files.
    pub files: Vec<String>,
    /// Homes that it made.
    pub added: u64,
    /// Records that it edited.
    pub edited: u64,
}

/// A home that an import wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedHome {
    /// Its card.
    pub household: RecordId,
    /// Its grid.
    pub grid: GridCode,
    /// Whether the import made it.
    pub is_added: bool,
    /// Whether it was taken back.
    pub is_undone: bool,
    /// What the import wrote of it.
    pub records: Vec<ImportedRecord>,
    /// What it changed of what the office said.
    pub bases: Vec<ImportedBase>,
}

/// A record that an import wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedRecord {
    /// The record.
    pub document: RecordId,
    /// Its heads after the import, ascending.
    pub heads_after: Vec<ChangeHash>,
    /// How many changes it had before; 0: the import made it.
    pub changes_before: u64,
}

/// What an import changed of what the office said about a home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedBase {
    /// The grid of the row.
    pub grid: GridCode,
    /// The row's key.
    pub row_key: String,
    /// What it said before; `None`: nothing.
    pub before: Option<String>,
    /// SHA-256 of what the import wrote there; `None`: it took the row away.
    pub after_sha256: Option<[u8; 32]>,
}

/// What a batch writes for an import, or takes back of one.
#[derive(Debug, Clone)]
pub struct ImportPart {
    /// The import.
    pub number: u64,
    /// Homes that it wrote with this batch. What stood before is read in the same transaction.
    pub homes: Vec<ImportedHome>,
    /// How many of its admissions edit a record that was there.
    pub edited: u64,
    /// Homes that are taken back with this batch.
    pub undone: Vec<RecordId>,
    /// Records that are again as they were before the import: what an earlier import left is as good as untouched.
    pub restored: Vec<RestoredRecord>,
}

/// A record that is again as it was.
#[derive(Debug, Clone)]
pub struct RestoredRecord {
    /// The record.
    pub document: RecordId,
    /// Its heads before the import that is taken back.
    pub heads_before: Vec<ChangeHash>,
    /// Its heads now, with the same values.
    pub heads_now: Vec<ChangeHash>,
}
