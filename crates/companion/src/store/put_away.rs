//! What the server did not accept and its author has put away.
//!
//! The change's row stays as it is, with its words; only its hash is noted here, and whoever counts or shows what is stuck
//! leaves it out. What it wrote goes out of the document, so that the record shows the server's values again; a record
//! that the server never had goes out of the lists instead. Bringing it back puts the change into the document again.
//!
//! Failure: where the document cannot be made without the change (something that the office still holds builds on it, or
//! an engine fails), or what was put away cannot be put in again (its number was taken by a later edit), only the notice
//! goes or comes. What could not be sent is tried again at the next start whether it was put away or not.
//!
//! Not done: nothing is ever deleted here; a phone that gets another owner forgets it with everything else.

use std::collections::BTreeSet;

use documents::{RecordDocument, inspect, list_writes};
use domain::{ChangeHash, RecordId};
use rusqlite::{Connection, ToSql, named_params};

use super::document::{find_document, id_bytes, put_document, read_id};
use super::project::{project_document, unproject_document};
use super::setting::{PUT_AWAY, put_setting, read_setting, remove_setting};
use super::{StoreError, Writing};

/// Whether a row of `change` is put away, for queries. One that is on its way again is not, whatever was noted.
pub(crate) const IS_PUT_AWAY: &str = "(state IN ('refused', 'set_aside') AND lower(hex(hash)) IN (
    SELECT noted.value FROM setting, json_each(setting.value) AS noted WHERE setting.key = 'put_away'))";

/// Puts away, by itself, what was refused of a document and has been written again: a later change that was taken in wrote
/// every path that the refused one wrote. Returns whether there was any.
pub(crate) fn put_away_rewritten(
    writing: &Writing<'_>,
    document: RecordId,
    taken_in: ChangeHash,
) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT hash FROM change WHERE document = :document AND state = 'refused' AND NOT {IS_PUT_AWAY} AND (made_at, rowid) < (
             SELECT made_at, rowid FROM change AS later WHERE later.document = :document AND later.hash = :taken_in)
         ORDER BY made_at, hash"
    );
    let refused = list_hashes(writing, &sql, named_params! {":document": id_bytes(document), ":taken_in": taken_in.0})?;
    if refused.is_empty() {
        return Ok(false);
    }
    let paths = |hash| -> Result<BTreeSet<String>, StoreError> {
        let bytes = super::outbox::find_change_bytes(writing, document, hash)?.unwrap_or_default();
        Ok(list_writes(&bytes).unwrap_or_default().into_iter().map(|(path, _)| path).collect())
    };
    let written = paths(taken_in)?;
    let mut noted: BTreeSet<String> = read_setting(writing, PUT_AWAY)?.unwrap_or_default();
    let before = noted.len();
    for hash in refused {
        let again = paths(hash)?;
        if !again.is_empty() && again.is_subset(&written) {
            noted.insert(hash.to_string());
        }
    }
    let is_any = noted.len() > before;
    if is_any {
        put_setting(writing, PUT_AWAY, &noted)?;
    }
    Ok(is_any)
}

/// Notes the stuck changes of a document as put away. Returns them; none: there was nothing to put away.
pub(crate) fn note_put_away(writing: &Writing<'_>, document: RecordId) -> Result<Vec<ChangeHash>, StoreError> {
    let sql = format!(
        "SELECT hash FROM change WHERE document = :document AND state IN ('refused', 'set_aside')
             AND NOT {IS_PUT_AWAY} ORDER BY made_at, hash"
    );
    let hashes = list_hashes(writing, &sql, named_params! {":document": id_bytes(document)})?;
    if !hashes.is_empty() {
        let mut noted: BTreeSet<String> = read_setting(writing, PUT_AWAY)?.unwrap_or_default();
        noted.extend(hashes.iter().map(ToString::to_string));
        put_setting(writing, PUT_AWAY, &noted)?;
    }
    Ok(hashes)
}

/// Notes them as not put away any more, and puts them into the document again as far as that is possible. Returns whether
/// there were any.
pub(crate) fn bring_back(writing: &Writing<'_>, document: RecordId) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT hash FROM change WHERE document = :document AND {IS_PUT_AWAY}
         ORDER BY made_at, hash"
    );
    let hashes = list_hashes(writing, &sql, named_params! {":document": id_bytes(document)})?;
    if hashes.is_empty() {
        return Ok(false);
    }
    let mut noted: BTreeSet<String> = read_setting(writing, PUT_AWAY)?.unwrap_or_default();
    hashes.iter().for_each(|hash| _ = noted.remove(&hash.to_string()));
    if noted.is_empty() {
        remove_setting(writing, PUT_AWAY)?
    } else {
        put_setting(writing, PUT_AWAY, &noted)?
    }
    apply_again(writing, document, &hashes)?;
    project_document(writing, document)?;
    Ok(true)
}

fn apply_again(writing: &Writing<'_>, id: RecordId, hashes: &[ChangeHash]) -> Result<(), StoreError> {
    let Some(mut row) = find_document(writing, id)? else { return Ok(()) };
    let Ok(mut document) = RecordDocument::from_history(&row.bytes) else { return Ok(()) };
    for hash in hashes.iter().filter(|hash| !document.has_change(**hash)).copied().collect::<Vec<_>>() {
        let Some(bytes) = super::outbox::find_change_bytes(writing, id, hash)? else { continue };
        if let Err(error) = document.apply(&[&bytes]) {
            tracing::info!(document = %id, %error, "what was put away cannot be put in again");
            return Ok(());
        }
    }
    row.heads = document.heads();
    row.bytes = document.save();
    put_document(writing, &row)
}

/// Takes a record that the server never had out of the lists, if all that it is was put away.
pub(crate) fn hide_record(writing: &Writing<'_>, id: RecordId) -> Result<(), StoreError> {
    if is_hidden(writing, id)? { unproject_document(writing, id) } else { Ok(()) }
}

/// Whether a record is not shown: the change that made it was refused, and all that was written of it was put away. That
/// the server does not have it says nothing: it may have lost it (ADR 0018).
pub(crate) fn is_hidden(db: &Connection, id: RecordId) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT c.bytes AS bytes FROM document AS d JOIN change AS c ON c.document = d.id
         WHERE d.id = :document AND length(d.server_heads) = 0 AND c.state = 'refused'
             AND NOT EXISTS (SELECT 1 FROM change WHERE document = d.id AND NOT {IS_PUT_AWAY})"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_map(named_params! {":document": id_bytes(id)}, |row| row.get::<_, Vec<u8>>("bytes"))?;
    let is_first = |bytes: &Vec<u8>| inspect(bytes).is_ok_and(|header| header.deps.is_empty());
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.iter().any(is_first))
}

/// Documents that stand in no stream and that only something kept here which was put away.
pub(crate) fn list_kept_for_nothing(db: &Connection) -> Result<Vec<RecordId>, StoreError> {
    let sql = format!(
        "SELECT DISTINCT c.document AS id FROM change AS c WHERE c.state <> 'confirmed' AND {IS_PUT_AWAY}
             AND NOT EXISTS (SELECT 1 FROM membership AS m WHERE m.document = c.document)"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let ids = statement.query_map([], |row| row.get("id"))?;
    Ok(ids.collect::<rusqlite::Result<Vec<[u8; 16]>>>()?.into_iter().map(read_id).collect())
}

fn list_hashes(db: &Connection, sql: &str, params: &[(&str, &dyn ToSql)]) -> Result<Vec<ChangeHash>, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params, |row| row.get("hash"))?;
    Ok(rows.collect::<rusqlite::Result<Vec<[u8; 32]>>>()?.into_iter().map(ChangeHash).collect())
}
