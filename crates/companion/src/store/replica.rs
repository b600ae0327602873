//! What sync has vouched for: streams, cursors, memberships, digests, and the documents' heads at the server.
//!
//! A stream's digest is the sum over its members that the server is known to have (`server_heads` not empty). It is
//! kept by adding and taking away; [`recount_digest`] counts anew, so that a row lost from the file is noticed.

use std::collections::BTreeSet;

use domain::{Account, ChangeHash, Collection, RecordId, UnixMillis};
use rusqlite::{Connection, Row, named_params};
use sync::digest::document_term;
use sync::wire::{Digest, Epoch, Mark};

use super::beyond::{forget_beyond, forget_unbacked};
use super::departed_step::{forget_departed_steps, forget_done, keep_own_steps, take_erasure};
use super::document::{decode_heads, encode_heads, id_bytes, read_id};
use super::outbox::forget_delivered;
use super::project::forget_document;
use super::put_away::IS_PUT_AWAY;
use super::setting::{ACCOUNT, SettingKey, put_setting, read_setting, remove_setting};
use super::step_draft::forget_step_drafts;
use super::{StoreError, Writing};

/// `sync::wire::Epoch`: the life of the server's data as last seen.
const EPOCH: SettingKey = SettingKey("epoch");
/// `sync::wire::Mark`: how far the server's data had come at the last reply.
const MARK: SettingKey = SettingKey("mark");
/// `sync::wire::Epoch`: to which life of the server's data the numbers of incidents here were told.
const NUMBERS_TOLD: SettingKey = SettingKey("numbers_told");
/// [`SyncNotes`]: how the last attempts ended.
const NOTES: SettingKey = SettingKey("sync");

/// How sync stands, kept over a restart.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct SyncNotes {
    /// The last attempt.
    pub(crate) last: Option<contract::LastSync>,
    /// When the outbox was last empty and every digest matched.
    pub(crate) verified_at: Option<UnixMillis>,
}

/// A stream and how far it has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CollectionRow {
    /// The stream.
    pub(crate) collection: Collection,
    /// The last position stored.
    pub(crate) position: u64,
    /// Nothing more to read when last asked.
    pub(crate) is_complete: bool,
    /// Documents there are, for progress.
    pub(crate) total: u64,
    /// What this device holds of it.
    pub(crate) digest: Digest,
    /// When the digest last matched.
    pub(crate) verified_at: Option<UnixMillis>,
}

impl CollectionRow {
    /// A stream of which nothing has been read.
    pub(crate) const fn unread(collection: Collection) -> Self {
        Self { collection, position: 0, is_complete: false, total: 0, digest: Digest::EMPTY, verified_at: None }
    }
}

fn read_collection(row: &Row<'_>) -> rusqlite::Result<Option<CollectionRow>> {
    let Ok(collection) = row.get_ref("name")?.as_str()?.parse() else {
        return Ok(None);
    };
    Ok(Some(CollectionRow {
        collection,
        position: row.get::<_, i64>("position")?.unsigned_abs(),
        is_complete: row.get("is_complete")?,
        total: row.get::<_, i64>("total")?.unsigned_abs(),
        digest: Digest {
            count: row.get::<_, i64>("digest_count")?.unsigned_abs(),
            sum: u128::from_be_bytes(row.get("digest_sum")?),
        },
        verified_at: row.get::<_, Option<i64>>("verified_at")?.map(UnixMillis::new),
    }))
}

/// The streams, in the order in which they are filled.
pub(crate) fn list_collections(db: &Connection) -> Result<Vec<CollectionRow>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT name, position, is_complete, total, digest_count, digest_sum, verified_at FROM collection
         ORDER BY rank, name",
    )?;
    let rows = statement.query_map([], read_collection)?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows.into_iter().flatten().collect())
}

/// Stores a stream's row.
pub(crate) fn put_collection(writing: &Writing<'_>, rank: usize, row: &CollectionRow) -> Result<(), StoreError> {
    let column = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    writing
        .prepare_cached(
            "INSERT INTO collection
                 (name, rank, position, is_complete, total, digest_count, digest_sum, verified_at)
             VALUES (:name, :rank, :position, :is_complete, :total, :digest_count, :digest_sum, :verified_at)
             ON CONFLICT (name) DO UPDATE SET rank = :rank, position = :position, is_complete = :is_complete,
                 total = :total, digest_count = :digest_count, digest_sum = :digest_sum, verified_at = :verified_at",
        )?
        .execute(named_params! {
            ":name": row.collection.to_string(),
            ":rank": column(rank as u64),
            ":position": column(row.position),
            ":is_complete": row.is_complete,
            ":total": column(row.total),
            ":digest_count": column(row.digest.count),
            ":digest_sum": row.digest.sum.to_be_bytes(),
            ":verified_at": row.verified_at.map(UnixMillis::as_i64),
        })?;
    Ok(())
}

/// Forgets a stream; answers the documents that stood in it.
pub(crate) fn remove_collection(
    writing: &Writing<'_>,
    collection: &Collection,
) -> Result<BTreeSet<RecordId>, StoreError> {
    let members = list_members(writing, collection)?;
    let name = collection.to_string();
    for sql in ["DELETE FROM membership WHERE collection = :name", "DELETE FROM collection WHERE name = :name"] {
        writing.prepare_cached(sql)?.execute(named_params! {":name": name})?;
    }
    Ok(members)
}

/// The documents of a stream.
pub(crate) fn list_members(db: &Connection, collection: &Collection) -> Result<BTreeSet<RecordId>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT document FROM membership WHERE collection = :name ORDER BY document")?;
    let ids = statement.query_map(named_params! {":name": collection.to_string()}, |row| row.get("document"))?;
    Ok(ids.collect::<rusqlite::Result<Vec<[u8; 16]>>>()?.into_iter().map(read_id).collect())
}

/// The streams of a document.
pub(crate) fn list_memberships(db: &Connection, document: RecordId) -> Result<Vec<Collection>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT collection FROM membership WHERE document = :document ORDER BY collection")?;
    let names = statement.query_map(named_params! {":document": id_bytes(document)}, |row| row.get("collection"))?;
    let names = names.collect::<rusqlite::Result<Vec<String>>>()?;
    Ok(names.into_iter().filter_map(|name| name.parse().ok()).collect())
}

/// Adds a document to a stream; returns whether it was new there.
pub(crate) fn add_member(
    writing: &Writing<'_>,
    collection: &Collection,
    document: RecordId,
) -> Result<bool, StoreError> {
    let rows = writing
        .prepare_cached("INSERT OR IGNORE INTO membership (collection, document) VALUES (:name, :document)")?
        .execute(named_params! {":name": collection.to_string(), ":document": id_bytes(document)})?;
    Ok(rows > 0)
}

/// Takes a document out of a stream; returns whether it was there.
pub(crate) fn remove_member(
    writing: &Writing<'_>,
    collection: &Collection,
    document: RecordId,
) -> Result<bool, StoreError> {
    let rows = writing
        .prepare_cached("DELETE FROM membership WHERE collection = :name AND document = :document")?
        .execute(named_params! {":name": collection.to_string(), ":document": id_bytes(document)})?;
    Ok(rows > 0)
}

/// A document's heads at the server; empty when it is not here or not there.
pub(crate) fn find_server_heads(db: &Connection, document: RecordId) -> Result<Vec<ChangeHash>, StoreError> {
    use rusqlite::OptionalExtension as _;
    let mut statement = db.prepare_cached("SELECT server_heads FROM document WHERE id = :id")?;
    let heads = statement
        .query_row(named_params! {":id": id_bytes(document)}, |row| row.get::<_, Vec<u8>>("server_heads"))
        .optional()?;
    Ok(heads.map(|bytes| decode_heads(&bytes)).unwrap_or_default())
}

/// Notes a document's heads at the server.
pub(crate) fn put_server_heads(
    writing: &Writing<'_>,
    document: RecordId,
    heads: &[ChangeHash],
) -> Result<(), StoreError> {
    writing
        .prepare_cached("UPDATE document SET server_heads = :heads WHERE id = :id")?
        .execute(named_params! {":id": id_bytes(document), ":heads": encode_heads(heads)})?;
    Ok(())
}

/// A stream's digest, counted from its members.
pub(crate) fn recount_digest(db: &Connection, collection: &Collection) -> Result<Digest, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT d.id, d.server_heads FROM membership AS m JOIN document AS d ON d.id = m.document
         WHERE m.collection = :name AND length(d.server_heads) > 0 ORDER BY d.id",
    )?;
    let mut rows = statement.query(named_params! {":name": collection.to_string()})?;
    let mut digest = Digest::EMPTY;
    while let Some(row) = rows.next()? {
        let heads = decode_heads(row.get_ref("server_heads")?.as_blob().map_err(rusqlite::Error::from)?);
        digest = digest.with(document_term(read_id(row.get("id")?), &heads));
    }
    Ok(digest)
}

/// Forgets everything that a lost epoch vouched for. Documents stay.
pub(crate) fn restart_streams(writing: &Writing<'_>) -> Result<(), StoreError> {
    writing.prepare_cached("DELETE FROM membership")?.execute([])?;
    writing
        .prepare_cached(
            "UPDATE collection SET position = 0, is_complete = 0, digest_count = 0, digest_sum = zeroblob(16),
                 verified_at = NULL",
        )?
        .execute([])?;
    writing.prepare_cached("UPDATE document SET server_heads = x''")?.execute([])?;
    forget_unbacked(writing)?;
    Ok(())
}

/// Lets go of a document that stands in no stream any more, unless something of it still has to go up, waits for the
/// office or was rejected by it, or it never was at the server: then it stays readable here. Returns whether it was let
/// go.
pub(crate) fn let_go(writing: &Writing<'_>, document: RecordId) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM membership WHERE document = :document)
             OR EXISTS (SELECT 1 FROM change WHERE document = :document AND (
                 state IN ('pending', 'set_aside', 'held')
                 OR state = 'refused' AND code = 'rejected' AND NOT {IS_PUT_AWAY})) AS kept"
    );
    let mut statement = writing.prepare_cached(&sql)?;
    let is_kept: bool = statement.query_row(named_params! {":document": id_bytes(document)}, |row| row.get("kept"))?;
    if is_kept || find_server_heads(writing, document)?.is_empty() {
        return Ok(false);
    }
    keep_or_erase_steps(writing, document)?;
    forget_step_drafts(writing, document)?;
    forget_document(writing, document)?;
    forget_delivered(writing, document)?;
    forget_beyond(writing, document)?;
    forget_done(writing)?;
    Ok(true)
}

/// Own steps in an incident that goes, and words that were not sent, are kept, unless the server has erased it: then nothing of it is.
fn keep_or_erase_steps(writing: &Writing<'_>, document: RecordId) -> Result<(), StoreError> {
    if take_erasure(writing, document)? {
        return forget_departed_steps(writing, document);
    }
    match read_setting::<Account>(writing, ACCOUNT)? {
        Some(account) => keep_own_steps(writing, document, account.id),
        None => Ok(()),
    }
}

/// The server's epoch as last seen.
pub(crate) fn read_epoch(db: &Connection) -> Result<Option<Epoch>, StoreError> {
    read_setting(db, EPOCH)
}

/// Notes the server's epoch.
pub(crate) fn put_epoch(writing: &Writing<'_>, epoch: Epoch) -> Result<(), StoreError> {
    put_setting(writing, EPOCH, &epoch)
}

/// How far the server's data had come at the last reply; `None` from a server that says nothing of it.
pub(crate) fn read_mark(db: &Connection) -> Result<Option<Mark>, StoreError> {
    read_setting(db, MARK)
}

/// Notes it, in the transaction that stores what it covers.
pub(crate) fn put_mark(writing: &Writing<'_>, mark: Option<&Mark>) -> Result<(), StoreError> {
    match mark {
        Some(mark) => put_setting(writing, MARK, mark),
        None => remove_setting(writing, MARK),
    }
}

/// To which life of the server's data the numbers of incidents here were told.
pub(crate) fn read_numbers_told(db: &Connection) -> Result<Option<Epoch>, StoreError> {
    read_setting(db, NUMBERS_TOLD)
}

/// Notes that they were.
pub(crate) fn put_numbers_told(writing: &Writing<'_>, epoch: Epoch) -> Result<(), StoreError> {
    put_setting(writing, NUMBERS_TOLD, &epoch)
}

/// How the last attempts ended.
pub(crate) fn read_notes(db: &Connection) -> Result<SyncNotes, StoreError> {
    Ok(read_setting(db, NOTES)?.unwrap_or_default())
}

/// Notes how an attempt ended.
pub(crate) fn put_notes(writing: &Writing<'_>, notes: &SyncNotes) -> Result<(), StoreError> {
    put_setting(writing, NOTES, notes)
}

/// `BTreeSet<Collection>`: streams of which items of a newer server were skipped.
const SKIPPED: SettingKey = SettingKey("skipped_streams");

/// Notes that something of a stream was skipped that a later version may know.
pub(crate) fn note_skipped(writing: &Writing<'_>, collection: &Collection) -> Result<(), StoreError> {
    let mut skipped: BTreeSet<Collection> = read_setting(writing, SKIPPED)?.unwrap_or_default();
    if skipped.insert(collection.clone()) {
        put_setting(writing, SKIPPED, &skipped)?;
    }
    Ok(())
}

/// Lets the streams of which something was skipped be read again from their beginning: another version may know it.
pub(crate) fn reread_skipped(writing: &Writing<'_>) -> Result<(), StoreError> {
    let skipped: BTreeSet<Collection> = read_setting(writing, SKIPPED)?.unwrap_or_default();
    for collection in &skipped {
        writing
            .prepare_cached("UPDATE collection SET position = 0, is_complete = 0 WHERE name = :name")?
            .execute(named_params! {":name": collection.to_string()})?;
    }
    remove_setting(writing, SKIPPED)
}

/// How far a first download has come: documents here, documents there are. `None` once every stream was read to its
/// end, or before anything is known.
pub(crate) fn read_progress(db: &Connection) -> Result<Option<(u64, u64)>, StoreError> {
    let rows = list_collections(db)?;
    if rows.is_empty() || rows.iter().all(|row| row.is_complete || row.verified_at.is_some()) {
        return Ok(None);
    }
    let sums = rows.iter().fold((0, 0), |(here, there), row| {
        let here_of = row.digest.count;
        (here + here_of, there + row.total.max(here_of))
    });
    Ok((sums.1 > 0).then_some(sums))
}
