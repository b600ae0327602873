//! Work that is held for the office: what it says, taking it in, taking it out.
//!
//! Why: a change that arrives after its author's right ended, or that a newer app wrote, counts as delivered on the
//! phone. Here somebody reads it and decides; nothing that was written is out of reach.
//!
//! Flow: held rows → their document as stored, with them applied one after another → which fields each one set. What
//! cannot be applied is still taken out as bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use documents::{RecordDocument, inspect};
use domain::flat::{Flat, Scalar, flatten};
use domain::{AccountId, ChangeHash, Household, Incident, Kind, Particulars, Record, RecordId, UnixMillis, Visit};
use serde::Serialize;
use sync::wire::{RefusalCode, Verdict};

use super::export::{ExportFailure, make_out_folder, write_file};
use crate::ingest::{accept_held, find_kind, find_stored, is_stored};
use crate::store::{Answer, HeldChange, Store, StoreError, StoredDocument};

/// A held change as the office reads it.
#[derive(Debug, Clone, Serialize)]
pub struct HeldWork {
    /// Its document.
    pub document: RecordId,
    /// Of which kind, if that can be told.
    pub kind: Option<Kind>,
    /// Its name.
    pub hash: ChangeHash,
    /// Why it is held.
    pub code: RefusalCode,
    /// Who wrote it.
    pub author: AccountId,
    /// Their name.
    pub author_name: String,
    /// When it arrived.
    pub first_at: UnixMillis,
    /// Its size.
    pub bytes: usize,
    /// What it set, by path; `None`: taken away. Empty when it cannot be read.
    pub fields: BTreeMap<String, Option<Scalar>>,
}

/// What became of held work that was to be accepted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct HeldSummary {
    /// Changes that are in the ledger now.
    pub accepted: usize,
    /// Changes that stay held.
    pub held: usize,
}

/// Every held change, by document and arrival, with what it says.
///
/// # Errors
/// When the store fails.
pub async fn list_held_work<S: Store>(store: &S) -> Answer<Vec<HeldWork>> {
    let mut work = Vec::new();
    for (document, held) in by_document(store).await? {
        let stored = find_stored(store, document).await?;
        work.extend(read_work(stored.as_ref(), &held));
    }
    Ok(work)
}

/// Takes in held work of one document, or of all: what its author could once have written is stored.
///
/// # Errors
/// When the store fails; what was taken in before stays.
pub async fn accept_held_work<S: Store>(
    store: &S,
    document: Option<RecordId>,
    now: UnixMillis,
) -> Result<HeldSummary, StoreError> {
    let mut summary = HeldSummary::default();
    let mut waiting = by_document(store).await?;
    if let Some(only) = document {
        waiting.retain(|id, _| *id == only);
    }
    for (id, held) in waiting {
        let verdicts: BTreeMap<ChangeHash, Verdict> = accept_held(store, id, &held, now).await?;
        let accepted = verdicts.values().filter(|verdict| is_stored(verdict)).count();
        summary.accepted += accepted;
        summary.held += verdicts.len() - accepted;
        if accepted > 0 {
            store.append_audit(now, "held_accept", id.to_string()).await?;
        }
    }
    Ok(summary)
}

/// Most characters of what the office says about work that it rejects.
pub const REASON_LIMIT: usize = 200;

/// Why held work was not rejected.
#[derive(Debug, thiserror::Error)]
pub enum RejectError {
    /// Its author is to be told why.
    #[error("要写明原因：一行，不超过 {REASON_LIMIT} 个字")]
    Reason,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Refuses what is held of a document for good. Its authors are told at their next round, with the reason; their words
/// stay with them, and here. Answers how many changes.
///
/// # Errors
/// When the reason is empty, too long or not one line, or the store fails.
pub async fn reject_held_work<S: Store>(
    store: &S,
    document: RecordId,
    reason: &str,
    now: UnixMillis,
) -> Result<usize, RejectError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_LIMIT || reason.chars().any(char::is_control) {
        return Err(RejectError::Reason);
    }
    let rejected = store.reject_held(document, reason.to_owned()).await?;
    if rejected > 0 {
        store.append_audit(now, "held_reject", document.to_string()).await?;
    }
    Ok(rejected)
}

/// Writes every held change into a folder: its bytes as `HASH.change`, and all of them as `held.json`.
///
/// # Errors
/// When the store fails or the folder cannot be written.
pub async fn export_held_work<S: Store>(store: &S, folder: &Path) -> Result<Vec<PathBuf>, ExportFailure> {
    make_out_folder(folder)?;
    let mut paths = Vec::new();
    for change in store.list_held().await? {
        let Some(bytes) = change.bytes else { continue };
        let path = folder.join(format!("{}.change", change.hash));
        write_file(&path, &bytes)?;
        paths.push(path);
    }
    let work = list_held_work(store).await?;
    let json = serde_json::to_vec_pretty(&work).map_err(|error| StoreError::Other(Box::new(error)))?;
    let path = folder.join("held.json");
    write_file(&path, &json)?;
    paths.push(path);
    Ok(paths)
}

async fn by_document<S: Store>(store: &S) -> Answer<BTreeMap<RecordId, Vec<HeldChange>>> {
    let mut documents: BTreeMap<RecordId, Vec<HeldChange>> = BTreeMap::new();
    for change in store.list_held().await? {
        documents.entry(change.document).or_default().push(change);
    }
    for changes in documents.values_mut() {
        // Each after those of its device that it builds on.
        changes
            .sort_by_cached_key(|one| inspect(one.bytes.as_deref().unwrap_or_default()).map_or(0, |header| header.seq));
    }
    Ok(documents)
}

/// What each held change of a document says, applied one after another.
fn read_work(stored: Option<&StoredDocument>, held: &[HeldChange]) -> Vec<HeldWork> {
    let kind = find_kind(stored, held);
    let snapshot = stored.and_then(|stored| RecordDocument::from_history(&stored.snapshot).ok());
    let mut document = snapshot.unwrap_or_else(RecordDocument::empty);
    let mut before = kind.and_then(|kind| read_fields(kind, &document)).unwrap_or_default();
    let read_one = |change: &HeldChange| {
        let bytes = change.bytes.as_deref().unwrap_or_default();
        let after = match document.apply(&[bytes]) {
            Ok(_) => kind.and_then(|kind| read_fields(kind, &document)),
            Err(_) => None,
        };
        let fields = after.as_ref().map(|after| find_differences(&before, after)).unwrap_or_default();
        before = after.unwrap_or_else(|| std::mem::take(&mut before));
        HeldWork {
            document: change.document,
            kind,
            hash: change.hash,
            code: change.code,
            author: change.author.id,
            author_name: change.author.name.clone(),
            first_at: change.first_at,
            bytes: bytes.len(),
            fields,
        }
    };
    held.iter().map(read_one).collect()
}

fn read_fields(kind: Kind, document: &RecordDocument) -> Option<Flat> {
    fn read<R: Record>(document: &RecordDocument) -> Option<Flat> {
        flatten(&document.read::<R>().ok()?.record).ok()
    }
    match kind {
        Kind::Household => read::<Household>(document),
        Kind::Particulars => read::<Particulars>(document),
        Kind::Visit => read::<Visit>(document),
        Kind::Incident => read::<Incident>(document),
    }
}

fn find_differences(before: &Flat, after: &Flat) -> BTreeMap<String, Option<Scalar>> {
    let set = after.iter().filter(|(path, value)| before.get(*path) != Some(*value));
    let removed = before.keys().filter(|path| !after.contains_key(*path));
    set.map(|(path, value)| (path.clone(), Some(value.clone())))
        .chain(removed.map(|path| (path.clone(), None)))
        .collect()
}
