//! What the server has of a document, told from what it said about single changes.

use std::collections::BTreeSet;

use documents::{RecordDocument, inspect};
use domain::{ChangeHash, RecordId};
use rusqlite::Connection;

use crate::store::StoreError;
use crate::store::document::find_document;
use crate::store::outbox::find_change_bytes;
use crate::store::replica::find_server_heads;

/// The server's heads after it took in (or knew) these changes of ours, in order.
///
/// The usual case needs no document: a change whose dependencies are heads replaces them. Where it builds on something
/// older, it is either beside the heads or below them, and only the history can tell.
pub(super) fn advance_heads(
    db: &Connection,
    document: RecordId,
    confirmed: &[ChangeHash],
) -> Result<Vec<ChangeHash>, StoreError> {
    let mut heads: BTreeSet<ChangeHash> = find_server_heads(db, document)?.into_iter().collect();
    for (place, hash) in confirmed.iter().enumerate() {
        let Some(bytes) = find_change_bytes(db, document, *hash)? else { continue };
        let Ok(header) = inspect(&bytes) else { continue };
        let follows = header.deps.iter().any(|dep| heads.contains(dep));
        if !follows && !heads.is_empty() {
            return advance_by_history(db, document, heads, &confirmed[place..]);
        }
        for dep in &header.deps {
            heads.remove(dep);
        }
        heads.insert(*hash);
    }
    Ok(heads.into_iter().collect())
}

fn advance_by_history(
    db: &Connection,
    document: RecordId,
    mut heads: BTreeSet<ChangeHash>,
    confirmed: &[ChangeHash],
) -> Result<Vec<ChangeHash>, StoreError> {
    let before: Vec<ChangeHash> = heads.iter().copied().collect();
    let Some(row) = find_document(db, document)? else { return Ok(before) };
    let Ok(history) = RecordDocument::load(&row.bytes) else { return Ok(before) };
    for change in history.changes_since(&before) {
        if !confirmed.contains(&change.hash) {
            continue;
        }
        if let Ok(header) = inspect(&change.bytes) {
            for dep in &header.deps {
                heads.remove(dep);
            }
            heads.insert(change.hash);
        }
    }
    Ok(heads.into_iter().collect())
}
