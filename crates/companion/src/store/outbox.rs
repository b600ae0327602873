//! The outbox: changes on their way to the server. It is data, not a queue in memory: every row stands until the
//! server has named its hash.

use domain::{ChangeHash, InstallationId, Kind, RecordId, UnixMillis};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use uuid::Uuid;

use super::change::ChangeState;
use super::document::{id_bytes, read_id};
use super::{StoreError, Writing};

/// A change that has not reached its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenChange {
    /// The document.
    pub(crate) document: RecordId,
    /// The document's kind.
    pub(crate) kind: Kind,
    /// The change.
    pub(crate) hash: ChangeHash,
    /// The installation it was made on.
    pub(crate) actor: InstallationId,
    /// Its number among that installation's changes of the document.
    pub(crate) seq: i64,
    /// Its size.
    pub(crate) size_bytes: usize,
    /// Where it stands.
    pub(crate) state: String,
    /// Why, if it is held, refused or set aside.
    pub(crate) code: String,
    /// When it was made, by this device's clock.
    pub(crate) made_at: UnixMillis,
}

const COLUMNS: &str = "document, kind, hash, actor, seq, length(bytes) AS size, state, code, made_at";

fn read_change(row: &Row<'_>) -> rusqlite::Result<Option<OpenChange>> {
    let Some(kind) = Kind::from_code(row.get_ref("kind")?.as_str()?) else {
        return Ok(None);
    };
    Ok(Some(OpenChange {
        document: read_id(row.get("document")?),
        kind,
        hash: ChangeHash(row.get("hash")?),
        actor: InstallationId::from_uuid(Uuid::from_bytes(row.get("actor")?)),
        seq: row.get("seq")?,
        size_bytes: usize::try_from(row.get::<_, i64>("size")?).unwrap_or_default(),
        state: row.get("state")?,
        code: row.get("code")?,
        made_at: UnixMillis::new(row.get("made_at")?),
    }))
}

/// Changes that may travel, documents in order of their first change, each document's in order of making. Those of
/// documents of which an earlier change was set aside wait with it: the server could not place them.
pub(crate) fn list_sendable(db: &Connection, current: InstallationId) -> Result<Vec<OpenChange>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM change AS c WHERE state = 'pending' AND NOT EXISTS (
             SELECT 1 FROM change AS o WHERE o.document = c.document AND o.state = 'set_aside')
         ORDER BY made_at, document, seq"
    );
    let mut changes = collect(db.prepare_cached(&sql)?.query_map([], read_change)?)?;
    let mut first = std::collections::BTreeMap::<RecordId, usize>::new();
    for (place, change) in changes.iter().enumerate() {
        first.entry(change.document).or_insert(place);
    }
    // Within a document the number counts, not the clock: that may have been set back.
    changes.sort_by_key(|change| (first[&change.document], change.actor == current, change.seq));
    Ok(changes)
}

/// The changes of one document that are not confirmed, in order of making; refused ones have given their number
/// back and come first.
pub(crate) fn list_open_of(
    db: &Connection,
    document: RecordId,
    current: InstallationId,
) -> Result<Vec<OpenChange>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM change WHERE document = :document AND state <> 'confirmed' ORDER BY seq, hash");
    let rows = db
        .prepare_cached(&sql)?
        .query_map(named_params! {":document": id_bytes(document)}, read_change)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut changes: Vec<_> = rows.into_iter().flatten().collect();
    changes.sort_by_key(|change| (change.actor == current, change.seq));
    Ok(changes)
}

/// All changes of one document that were made on this phone, in order of making.
pub(crate) fn list_own_of(
    db: &Connection,
    document: RecordId,
    current: InstallationId,
) -> Result<Vec<OpenChange>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM change WHERE document = :document ORDER BY seq, hash");
    let mut changes =
        collect(db.prepare_cached(&sql)?.query_map(named_params! {":document": id_bytes(document)}, read_change)?)?;
    changes.sort_by_key(|change| (change.actor == current, change.seq));
    Ok(changes)
}

fn collect(rows: impl Iterator<Item = rusqlite::Result<Option<OpenChange>>>) -> Result<Vec<OpenChange>, StoreError> {
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// Changes that the server keeps for the office as far as is known here, by document.
pub(crate) fn list_held(db: &Connection) -> Result<Vec<(RecordId, ChangeHash)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT document, hash FROM change WHERE state = 'held' AND state <> 'confirmed' ORDER BY document, hash",
    )?;
    let rows = statement.query_map([], |row| Ok((read_id(row.get("document")?), ChangeHash(row.get("hash")?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Documents with a change in one of these states.
pub(crate) fn list_documents_with(db: &Connection, states: &[ChangeState]) -> Result<Vec<RecordId>, StoreError> {
    let mut documents = std::collections::BTreeSet::new();
    for state in states {
        let mut statement = db.prepare_cached(
            "SELECT DISTINCT document FROM change WHERE state = :state AND state <> 'confirmed' ORDER BY document",
        )?;
        let ids = statement.query_map(named_params! {":state": state.code()}, |row| row.get("document"))?;
        documents.extend(ids.collect::<rusqlite::Result<Vec<[u8; 16]>>>()?.into_iter().map(read_id));
    }
    Ok(documents.into_iter().collect())
}

/// The bytes of a change.
pub(crate) fn find_change_bytes(
    db: &Connection,
    document: RecordId,
    hash: ChangeHash,
) -> Result<Option<Vec<u8>>, StoreError> {
    let mut statement = db.prepare_cached("SELECT bytes FROM change WHERE document = :document AND hash = :hash")?;
    let values = named_params! {":document": id_bytes(document), ":hash": hash.0};
    Ok(statement.query_row(values, |row| row.get("bytes")).optional()?)
}

/// Gives a change its end. Only one that is still open has one to get; returns whether it was. A refused change gives
/// its number back (it is stored below zero): the server keeps no trace of it, the next change takes the number.
pub(crate) fn settle_change(
    writing: &Writing<'_>,
    document: RecordId,
    hash: ChangeHash,
    (state, code, detail): (ChangeState, &str, &str),
) -> Result<bool, StoreError> {
    let rows = writing
        .prepare_cached(
            "UPDATE change SET state = :state, code = :code, detail = :detail, seq = CASE WHEN :state <> 'refused' THEN seq
                 ELSE (SELECT min(0, min(o.seq)) - 1 FROM change AS o WHERE o.document = :document) END
             WHERE document = :document AND hash = :hash AND state <> 'confirmed'",
        )?
        .execute(named_params! {
            ":document": id_bytes(document),
            ":hash": hash.0,
            ":state": state.code(),
            ":code": code,
            ":detail": detail,
        })?;
    Ok(rows > 0)
}

/// Takes a document's pending changes out of the way of others; they stay, with the reason. Returns how many.
pub(crate) fn set_aside(writing: &Writing<'_>, document: RecordId, code: &str) -> Result<usize, StoreError> {
    let rows = writing
        .prepare_cached(
            "UPDATE change SET state = 'set_aside', code = :code WHERE document = :document AND state = 'pending'",
        )?
        .execute(named_params! {":document": id_bytes(document), ":code": code})?;
    Ok(rows)
}

/// Lets what was set aside be tried again: the way may have become wider. Returns how many changes.
pub(crate) fn release_set_aside(writing: &Writing<'_>) -> Result<usize, StoreError> {
    let rows = writing
        .prepare_cached(
            "UPDATE change SET state = 'pending', code = '' WHERE state = 'set_aside' AND state <> 'confirmed'",
        )?
        .execute([])?;
    Ok(rows)
}

/// Puts the new form of a change in the place of the old one; `None`: the old one wrote nothing that still matters.
pub(crate) fn replace_change(
    writing: &Writing<'_>,
    old: &OpenChange,
    new: Option<(&documents::RawChange, InstallationId)>,
) -> Result<(), StoreError> {
    writing
        .prepare_cached("DELETE FROM change WHERE document = :document AND hash = :hash")?
        .execute(named_params! {":document": id_bytes(old.document), ":hash": old.hash.0})?;
    let Some((change, actor)) = new else { return Ok(()) };
    writing
        .prepare_cached(
            "INSERT INTO change (document, hash, actor, seq, kind, bytes, state, code, made_at)
             VALUES (:document, :hash, :actor, :seq, :kind, :bytes, :state, :code, :made_at)",
        )?
        .execute(named_params! {
            ":document": id_bytes(old.document),
            ":hash": change.hash.0,
            ":actor": actor.as_uuid().into_bytes(),
            ":seq": i64::try_from(change.seq).unwrap_or(i64::MAX),
            ":kind": old.kind.code(),
            ":bytes": change.bytes,
            ":state": old.state,
            ":code": old.code,
            ":made_at": old.made_at.as_i64(),
        })?;
    Ok(())
}

/// Offers again what a lost epoch had taken in: confirmed and held changes of this device. Returns how many.
pub(crate) fn offer_again(writing: &Writing<'_>) -> Result<usize, StoreError> {
    let rows = writing
        .prepare_cached(
            "UPDATE change SET state = 'pending', code = '', detail = ''
             WHERE state IN ('confirmed', 'held') AND length(bytes) > 0",
        )?
        .execute([])?;
    Ok(rows)
}

/// Offers one of them again. Returns whether its bytes are still here.
pub(crate) fn reopen_change(writing: &Writing<'_>, document: RecordId, hash: ChangeHash) -> Result<bool, StoreError> {
    let rows = writing
        .prepare_cached(
            "UPDATE change SET state = 'pending', code = '', detail = ''
             WHERE document = :document AND hash = :hash AND state IN ('confirmed', 'held') AND length(bytes) > 0",
        )?
        .execute(named_params! {":document": id_bytes(document), ":hash": hash.0})?;
    Ok(rows > 0)
}

/// Forgets what a document's confirmed changes said, when the document itself is let go. All others stay: nobody but
/// this phone may have their words.
pub(crate) fn forget_delivered(writing: &Writing<'_>, document: RecordId) -> Result<(), StoreError> {
    writing
        .prepare_cached("DELETE FROM change WHERE document = :document AND state = 'confirmed'")?
        .execute(named_params! {":document": id_bytes(document)})?;
    Ok(())
}
