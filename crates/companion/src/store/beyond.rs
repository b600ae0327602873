//! What is here and not at the server, though nothing of it is on its way: what a server that was put back from a copy
//! has lost.
//!
//! A document is beyond the server when its heads differ from the server's and no open change of this phone explains
//! it. Then the chip does not say that all is the same, and the server is asked about it by name. What it answers is
//! noted, so that it is asked once each time the app is opened.

use domain::{ChangeHash, RecordId, UnixMillis};
use rusqlite::{Connection, named_params};

use super::document::{id_bytes, read_id};
use super::{StoreError, Writing};

/// Documents beyond the server.
const BEYOND: &str = "d.heads <> d.server_heads";
/// Documents that stand in no stream.
const STRAY: &str = "NOT EXISTS (SELECT 1 FROM membership AS m WHERE m.document = d.id)";
/// In both cases only those of which nothing is on its way: no change that is not confirmed explains it.
const SETTLED: &str = "NOT EXISTS (SELECT 1 FROM change AS c WHERE c.document = d.id AND c.state <> 'confirmed')";

/// Whether anything is here that the server does not have and that is not on its way.
pub(crate) fn is_beyond_server(db: &Connection) -> Result<bool, StoreError> {
    let sql = format!("SELECT 1 AS one FROM document AS d WHERE {BEYOND} AND {SETTLED} LIMIT 1");
    Ok(db.prepare_cached(&sql)?.exists([])?)
}

/// Whether a document is.
pub(crate) fn is_document_beyond(db: &Connection, document: RecordId) -> Result<bool, StoreError> {
    is_settled(db, document, BEYOND)
}

/// Whether a document stands in no stream, with nothing on its way.
pub(crate) fn is_stray(db: &Connection, document: RecordId) -> Result<bool, StoreError> {
    is_settled(db, document, STRAY)
}

fn is_settled(db: &Connection, document: RecordId, condition: &str) -> Result<bool, StoreError> {
    let sql = format!("SELECT 1 AS one FROM document AS d WHERE d.id = :id AND {condition} AND {SETTLED}");
    Ok(db.prepare_cached(&sql)?.exists(named_params! {":id": id_bytes(document)})?)
}

/// Documents beyond the server that it was not asked about yet.
pub(crate) fn list_unasked(db: &Connection, limit: usize) -> Result<Vec<RecordId>, StoreError> {
    list_settled(db, BEYOND, limit)
}

/// Documents that stand in no stream and that the server was not asked about yet. What an interrupted look at a list of
/// heads left behind is among them.
pub(crate) fn list_strays(db: &Connection, limit: usize) -> Result<Vec<RecordId>, StoreError> {
    list_settled(db, STRAY, limit)
}

fn list_settled(db: &Connection, condition: &str, limit: usize) -> Result<Vec<RecordId>, StoreError> {
    let sql = format!(
        "SELECT d.id AS id FROM document AS d
         WHERE {condition} AND {SETTLED} AND NOT EXISTS (SELECT 1 FROM unbacked AS u WHERE u.document = d.id)
         ORDER BY d.id LIMIT :limit"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let ids = statement.query_map(named_params! {":limit": limit}, |row| row.get("id"))?;
    Ok(ids.collect::<rusqlite::Result<Vec<[u8; 16]>>>()?.into_iter().map(read_id).collect())
}

/// Notes that the server was asked about a document and does not have all of it.
pub(crate) fn note_unbacked(writing: &Writing<'_>, document: RecordId) -> Result<(), StoreError> {
    writing
        .prepare_cached("INSERT OR IGNORE INTO unbacked (document) VALUES (:document)")?
        .execute(named_params! {":document": id_bytes(document)})?;
    Ok(())
}

/// Lets every document be asked about once more.
pub(crate) fn forget_unbacked(writing: &Writing<'_>) -> Result<(), StoreError> {
    writing.prepare_cached("DELETE FROM unbacked")?.execute([])?;
    Ok(())
}

/// Keeps a copy of somebody else's change that is taken out of a document.
pub(crate) fn keep_witnessed(
    writing: &Writing<'_>,
    document: RecordId,
    (hash, bytes): (ChangeHash, &[u8]),
    at: UnixMillis,
) -> Result<(), StoreError> {
    writing
        .prepare_cached(
            "INSERT OR IGNORE INTO witnessed (document, hash, bytes, kept_at) VALUES (:document, :hash, :bytes, :at)",
        )?
        .execute(named_params! {
            ":document": id_bytes(document),
            ":hash": hash.0,
            ":bytes": bytes,
            ":at": at.as_i64(),
        })?;
    Ok(())
}

/// Forgets what is noted about a document that goes.
pub(crate) fn forget_beyond(writing: &Writing<'_>, document: RecordId) -> Result<(), StoreError> {
    for sql in ["DELETE FROM unbacked WHERE document = :document", "DELETE FROM witnessed WHERE document = :document"] {
        writing.prepare_cached(sql)?.execute(named_params! {":document": id_bytes(document)})?;
    }
    Ok(())
}
