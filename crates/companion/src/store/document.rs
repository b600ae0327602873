//! Documents at rest.

use domain::{ChangeHash, Kind, RecordId, UnixMillis};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use uuid::Uuid;

use super::beyond::is_document_beyond;
use super::{StoreError, Writing};

/// One document as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DocumentRow {
    /// The record.
    pub(crate) id: RecordId,
    /// Its kind.
    pub(crate) kind: Kind,
    /// The household it belongs to.
    pub(crate) parent: Option<RecordId>,
    /// Its heads here, pending changes included.
    pub(crate) heads: Vec<ChangeHash>,
    /// Its heads as the server knows them; empty: the server does not have it.
    pub(crate) server_heads: Vec<ChangeHash>,
    /// The whole history, as `RecordDocument::from_history` takes it.
    pub(crate) bytes: Vec<u8>,
    /// Whether the tables for reading show it.
    pub(crate) projection: Projection,
    /// When a matching digest last vouched for it.
    pub(crate) verified_at: Option<UnixMillis>,
}

/// Whether the tables for reading show a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Projection {
    /// It waits to be looked at.
    Waiting,
    /// They do.
    Shown,
    /// This version cannot read it: it is kept, and tried again by a later version.
    Unreadable,
}

impl Projection {
    pub(crate) const fn code(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Shown => 1,
            Self::Unreadable => 2,
        }
    }

    fn from_code(code: i64) -> Self {
        match code {
            1 => Self::Shown,
            2 => Self::Unreadable,
            _ => Self::Waiting,
        }
    }
}

/// The sixteen bytes under which a record is stored.
pub(crate) fn id_bytes(id: impl Into<RecordId>) -> [u8; 16] {
    id.into().as_uuid().into_bytes()
}

/// The record stored under these bytes.
pub(crate) fn read_id(bytes: [u8; 16]) -> RecordId {
    RecordId::from_uuid(Uuid::from_bytes(bytes))
}

/// Heads as they are stored: sorted, one after another.
pub(crate) fn encode_heads(heads: &[ChangeHash]) -> Vec<u8> {
    let mut sorted = heads.to_vec();
    sorted.sort_unstable();
    sorted.iter().flat_map(|hash| hash.0).collect()
}

/// Heads from their stored form.
pub(crate) fn decode_heads(bytes: &[u8]) -> Vec<ChangeHash> {
    bytes.chunks_exact(32).filter_map(|chunk| ChangeHash::try_from(chunk).ok()).collect()
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<Option<DocumentRow>> {
    let Some(kind) = Kind::from_code(row.get_ref("kind")?.as_str()?) else {
        return Ok(None);
    };
    Ok(Some(DocumentRow {
        id: read_id(row.get("id")?),
        kind,
        parent: row.get::<_, Option<[u8; 16]>>("parent")?.map(read_id),
        heads: decode_heads(row.get_ref("heads")?.as_blob()?),
        server_heads: decode_heads(row.get_ref("server_heads")?.as_blob()?),
        bytes: row.get("bytes")?,
        projection: Projection::from_code(row.get("is_projected")?),
        verified_at: row.get::<_, Option<i64>>("verified_at")?.map(UnixMillis::new),
    }))
}

/// The document with this id, if it is here and of a kind that this version knows.
pub(crate) fn find_document(db: &Connection, id: RecordId) -> Result<Option<DocumentRow>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, kind, parent, heads, server_heads, bytes, is_projected, verified_at FROM document WHERE id = :id",
    )?;
    Ok(statement.query_row(named_params! {":id": id_bytes(id)}, read_row).optional()?.flatten())
}

/// Stores a document, whether or not it was there.
pub(crate) fn put_document(writing: &Writing<'_>, row: &DocumentRow) -> Result<(), StoreError> {
    writing
        .prepare_cached(
            "INSERT INTO document (id, kind, parent, heads, server_heads, bytes, is_projected, verified_at)
             VALUES (:id, :kind, :parent, :heads, :server_heads, :bytes, :is_projected, :verified_at)
             ON CONFLICT (id) DO UPDATE SET
                 kind = excluded.kind, parent = excluded.parent, heads = excluded.heads,
                 server_heads = excluded.server_heads, bytes = excluded.bytes,
                 is_projected = excluded.is_projected, verified_at = excluded.verified_at",
        )?
        .execute(named_params! {
            ":id": id_bytes(row.id),
            ":kind": row.kind.code(),
            ":parent": row.parent.map(id_bytes),
            ":heads": encode_heads(&row.heads),
            ":server_heads": encode_heads(&row.server_heads),
            ":bytes": row.bytes,
            ":is_projected": row.projection.code(),
            ":verified_at": row.verified_at.map(UnixMillis::as_i64),
        })?;
    Ok(())
}

/// A document of a kind that this version does not know, as the server has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UnknownDocument<'a> {
    /// The record.
    pub(crate) id: RecordId,
    /// The code of its kind.
    pub(crate) kind: &'a str,
    /// The household it belongs to.
    pub(crate) parent: Option<RecordId>,
    /// Its heads, here and there.
    pub(crate) heads: &'a [ChangeHash],
    /// The whole history.
    pub(crate) bytes: &'a [u8],
}

/// Keeps a document of an unknown kind: a version that knows the kind finds it waiting to be shown.
pub(crate) fn put_unknown_document(writing: &Writing<'_>, document: &UnknownDocument<'_>) -> Result<(), StoreError> {
    writing
        .prepare_cached(
            "INSERT INTO document (id, kind, parent, heads, server_heads, bytes, is_projected, verified_at)
             VALUES (:id, :kind, :parent, :heads, :heads, :bytes, 0, NULL)
             ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, parent = excluded.parent, heads = excluded.heads,
                 server_heads = excluded.server_heads, bytes = excluded.bytes, is_projected = 0",
        )?
        .execute(named_params! {
            ":id": id_bytes(document.id),
            ":kind": document.kind,
            ":parent": document.parent.map(id_bytes),
            ":heads": encode_heads(document.heads),
            ":bytes": document.bytes,
        })?;
    Ok(())
}

/// The history of a document that is here under a kind that this version does not know.
pub(crate) fn find_unknown_bytes(db: &Connection, id: RecordId) -> Result<Option<Vec<u8>>, StoreError> {
    let mut statement = db.prepare_cached("SELECT kind, bytes FROM document WHERE id = :id")?;
    let found = statement
        .query_row(named_params! {":id": id_bytes(id)}, |row| {
            let is_unknown = Kind::from_code(row.get_ref("kind")?.as_str()?).is_none();
            is_unknown.then(|| row.get("bytes")).transpose()
        })
        .optional()?;
    Ok(found.flatten())
}

/// Says whether the tables for reading show a document.
pub(crate) fn mark_projection(writing: &Writing<'_>, id: RecordId, projection: Projection) -> Result<(), StoreError> {
    writing
        .prepare_cached("UPDATE document SET is_projected = :is_projected WHERE id = :id")?
        .execute(named_params! {":id": id_bytes(id), ":is_projected": projection.code()})?;
    Ok(())
}

/// When a matching digest last vouched for a document: its own mark, or that of a stream it belongs to. `None` while
/// something is here that the server does not have and that is not on its way.
pub(crate) fn find_verified_at(db: &Connection, id: RecordId) -> Result<Option<UnixMillis>, StoreError> {
    if is_document_beyond(db, id)? {
        return Ok(None);
    }
    let mut statement = db.prepare_cached(
        "SELECT max(verified_at) AS at FROM (
             SELECT verified_at FROM document WHERE id = :id
             UNION ALL
             SELECT collection.verified_at FROM membership JOIN collection ON collection.name = membership.collection
             WHERE membership.document = :id
         )",
    )?;
    let at: Option<i64> = statement.query_row(named_params! {":id": id_bytes(id)}, |row| row.get("at"))?;
    Ok(at.map(UnixMillis::new))
}
