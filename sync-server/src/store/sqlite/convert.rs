//! Between the domain's types and columns.

use domain::{ChangeHash, RecordId};
use rusqlite::{ErrorCode, Row};
use uuid::Uuid;

use crate::store::StoreError;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Other(Box::new(error)),
        }
    }
}

/// A stored value that is out of form, named by its column.
pub(super) fn out_of_form(column: &str) -> StoreError {
    StoreError::Value(column.to_owned())
}

/// A number column that is never negative.
pub(super) fn read_count(row: &Row<'_>, column: &str) -> Result<u64, StoreError> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| out_of_form(column))
}

/// A count as a column; counts never come near the limit.
pub(super) fn to_column(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A 16-byte id column.
pub(super) fn read_uuid(row: &Row<'_>, column: &str) -> Result<Uuid, StoreError> {
    let bytes: [u8; 16] = row.get(column)?;
    Ok(Uuid::from_bytes(bytes))
}

/// How a row is named in the log: its id, or the column that should hold one.
pub(super) fn name_row(row: &Row<'_>, column: &str) -> String {
    read_uuid(row, column).map_or_else(|_| column.to_owned(), |id| id.to_string())
}

/// A record id column.
pub(super) fn read_record(row: &Row<'_>, column: &str) -> Result<RecordId, StoreError> {
    read_uuid(row, column).map(RecordId::from_uuid)
}

/// A hash column.
pub(super) fn read_hash(row: &Row<'_>, column: &str) -> Result<ChangeHash, StoreError> {
    let bytes: [u8; 32] = row.get(column)?;
    Ok(ChangeHash(bytes))
}

/// A column of hashes one after another.
pub(super) fn read_heads(row: &Row<'_>, column: &str) -> Result<Vec<ChangeHash>, StoreError> {
    let bytes: Vec<u8> = row.get(column)?;
    if !bytes.len().is_multiple_of(32) {
        return Err(out_of_form(column));
    }
    bytes.chunks_exact(32).map(|hash| ChangeHash::try_from(hash).map_err(|_| out_of_form(column))).collect()
}

/// Hashes ascending, one after another.
pub(super) fn pack_heads(heads: &[ChangeHash]) -> Vec<u8> {
    let mut sorted = heads.to_vec();
    sorted.sort_unstable();
    sorted.iter().flat_map(|hash| hash.0).collect()
}

/// A text column in the form of a parsable type.
pub(super) fn read_parsed<T: std::str::FromStr>(row: &Row<'_>, column: &str) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| out_of_form(column))
}

/// A JSON column.
pub(super) fn read_json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|_| out_of_form(column))
}

/// A value as JSON text.
pub(super) fn to_json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Other(Box::new(e)))
}
