//! Changes made on this phone, and what the server said about them.

use contract::RecordState;
use documents::RawChange;
use domain::{ChangeHash, InstallationId, Kind, RecordId, UnixMillis};
use rusqlite::{Connection, Row, named_params};

use super::document::id_bytes;
use super::put_away::IS_PUT_AWAY;
use super::{StoreError, Writing};

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeState {
    /// Not sent, or not answered.
    Pending,
    /// The server has it.
    Confirmed,
    /// The server did not accept it.
    Refused,
    /// The office decides.
    Held,
    /// Could not be sent as it is.
    SetAside,
}

impl ChangeState {
    /// As it is stored.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
            Self::Held => "held",
            Self::SetAside => "set_aside",
        }
    }
}

/// A change that was just made here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewChange<'a> {
    /// The document.
    pub(crate) document: RecordId,
    /// Its kind.
    pub(crate) kind: Kind,
    /// The installation.
    pub(crate) actor: InstallationId,
    /// The change.
    pub(crate) change: &'a RawChange,
    /// When, by this device's clock.
    pub(crate) made_at: UnixMillis,
}

/// Puts a change into the outbox.
pub(crate) fn append_change(writing: &Writing<'_>, new: &NewChange<'_>) -> Result<(), StoreError> {
    writing
        .prepare_cached(
            "INSERT INTO change (document, hash, actor, seq, kind, bytes, state, made_at)
             VALUES (:document, :hash, :actor, :seq, :kind, :bytes, :state, :made_at)",
        )?
        .execute(named_params! {
            ":document": id_bytes(new.document),
            ":hash": new.change.hash.0,
            ":actor": new.actor.as_uuid().into_bytes(),
            ":seq": new.change.seq as i64,
            ":kind": new.kind.code(),
            ":bytes": new.change.bytes,
            ":state": ChangeState::Pending.code(),
            ":made_at": new.made_at.as_i64(),
        })?;
    Ok(())
}

/// Where one change stands, by its row.
pub(crate) fn read_row_state(row: &Row<'_>) -> rusqlite::Result<RecordState> {
    let (code, detail) = (row.get("code")?, row.get("detail")?);
    Ok(match row.get_ref("state")?.as_str()? {
        "refused" => RecordState::Refused { code, detail },
        "set_aside" => RecordState::SetAside { code },
        "held" => RecordState::Held { code },
        _ => RecordState::Queued,
    })
}

/// Where a record stands: the worst that is true of any of its changes; a refused one that was put away is not in it any
/// more, one that could not be sent still is. A refusal is not covered by a later change
/// that is on its way.
pub(crate) fn read_state(db: &Connection, documents: &[RecordId]) -> Result<RecordState, StoreError> {
    let mut worst = RecordState::Confirmed;
    for id in documents {
        let sql = format!(
            "SELECT state, code, detail FROM change WHERE document = :document AND state <> 'confirmed'
                 AND NOT (state = 'refused' AND {IS_PUT_AWAY}) ORDER BY made_at, hash"
        );
        let mut statement = db.prepare_cached(&sql)?;
        let mut rows = statement.query(named_params! {":document": id_bytes(*id)})?;
        while let Some(row) = rows.next()? {
            let state = read_row_state(row)?;
            if rank(&state) >= rank(&worst) {
                worst = state;
            }
        }
    }
    Ok(worst)
}

const fn rank(state: &RecordState) -> u8 {
    match state {
        RecordState::Confirmed => 0,
        RecordState::Queued => 1,
        RecordState::Held { .. } => 2,
        RecordState::SetAside { .. } => 3,
        RecordState::Refused { .. } => 4,
    }
}

/// Notes when the server answered a change.
pub(crate) fn note_answer(
    writing: &Writing<'_>,
    document: RecordId,
    hash: ChangeHash,
    at: UnixMillis,
) -> Result<(), StoreError> {
    writing
        .prepare_cached("UPDATE change SET answered_at = :at WHERE document = :document AND hash = :hash")?
        .execute(named_params! {":document": id_bytes(document), ":hash": hash.0, ":at": at.as_i64()})?;
    Ok(())
}

/// When the server last answered a change of this document made here; `None` when it did not, or nothing was made
/// here.
pub(crate) fn find_answered_at(db: &Connection, document: RecordId) -> Result<Option<UnixMillis>, StoreError> {
    let mut statement = db.prepare_cached("SELECT max(answered_at) AS at FROM change WHERE document = :document")?;
    let at: Option<i64> = statement.query_row(named_params! {":document": id_bytes(document)}, |row| row.get("at"))?;
    Ok(at.map(UnixMillis::new))
}

/// The changes of a document that the server has not taken in, each with whether it was refused.
pub(crate) fn list_open_bytes(db: &Connection, document: RecordId) -> Result<Vec<(Vec<u8>, bool)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT bytes, state = 'refused' AS is_refused FROM change WHERE document = :document AND state <> 'confirmed'
         ORDER BY made_at, hash",
    )?;
    let rows = statement.query_map(named_params! {":document": id_bytes(document)}, |row| {
        Ok((row.get("bytes")?, row.get("is_refused")?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
