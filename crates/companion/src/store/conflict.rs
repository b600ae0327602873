//! Fields that two people changed without knowing of each other, as the card shows them.

use documents::FieldConflict;
use domain::flat::Scalar;
use domain::{AccountId, RecordId, UnixMillis};
use rusqlite::{Connection, named_params};
use serde::{Deserialize, Serialize};

use super::document::id_bytes;
use super::{StoreError, Writing};

/// One entry of a field in conflict, as stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredCandidate {
    /// The value.
    pub(crate) value: Scalar,
    /// Who wrote it.
    pub(crate) by: Option<AccountId>,
    /// When, by their device's clock.
    pub(crate) at: UnixMillis,
    /// It is shown now.
    pub(crate) is_shown: bool,
}

/// Replaces what is known of a document's conflicts.
pub(crate) fn put_conflicts(
    writing: &Writing<'_>,
    document: RecordId,
    conflicts: &[FieldConflict],
) -> Result<(), StoreError> {
    writing
        .prepare_cached("DELETE FROM conflict WHERE document = :document")?
        .execute(named_params! {":document": id_bytes(document)})?;
    for conflict in conflicts {
        let candidates: Vec<_> = conflict
            .candidates
            .iter()
            .map(|c| StoredCandidate { value: c.value.clone(), by: c.by, at: c.at, is_shown: c.shown })
            .collect();
        let json = serde_json::to_string(&candidates).map_err(|_| StoreError::Value { table: "conflict" })?;
        writing
            .prepare_cached(
                "INSERT INTO conflict (document, field, candidates) VALUES (:document, :field, :candidates)",
            )?
            .execute(named_params! {
                ":document": id_bytes(document),
                ":field": conflict.path,
                ":candidates": json,
            })?;
    }
    Ok(())
}

/// A document's conflicts by field, entries newest first.
pub(crate) fn list_conflicts(
    db: &Connection,
    document: RecordId,
) -> Result<Vec<(String, Vec<StoredCandidate>)>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT field, candidates FROM conflict WHERE document = :document ORDER BY field")?;
    let rows = statement.query_map(named_params! {":document": id_bytes(document)}, |row| {
        Ok((row.get::<_, String>("field")?, row.get::<_, String>("candidates")?))
    })?;
    rows.map(|row| {
        let (field, json) = row?;
        let candidates = serde_json::from_str(&json).map_err(|_| StoreError::Value { table: "conflict" })?;
        Ok((field, candidates))
    })
    .collect()
}
