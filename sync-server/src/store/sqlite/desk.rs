//! What the server's own work needs: when to look at which document again, and numbers for incidents.

use std::collections::BTreeMap;

use domain::{ChangeHash, LocalDate, RecordId, UnixMillis};
use rusqlite::{Connection, OptionalExtension as _, named_params};

use super::convert::{out_of_form, pack_heads, read_record};
use super::damage::DamageLog;
use crate::store::{Answer, Committed};

/// Keeps when a document is to be looked at again.
pub(super) fn put_wake(db: &Connection, document: RecordId, wake_at: Option<UnixMillis>) -> Answer<()> {
    let id = document.as_uuid().into_bytes();
    match wake_at {
        Some(at) => db
            .prepare_cached(
                "INSERT INTO wake (document, wake_at) VALUES (:document, :at)
                 ON CONFLICT (document) DO UPDATE SET wake_at = :at",
            )?
            .execute(named_params! {":document": id, ":at": at.as_i64()})?,
        None => db
            .prepare_cached("DELETE FROM wake WHERE document = :document")?
            .execute(named_params! {":document": id})?,
    };
    Ok(())
}

/// The same, unless the document has moved.
pub(super) fn put_wake_of(
    db: &Connection,
    document: RecordId,
    heads: &[ChangeHash],
    wake_at: Option<UnixMillis>,
) -> Answer<Committed> {
    let known: Option<Vec<u8>> = db
        .prepare_cached("SELECT heads FROM document WHERE id = :id")?
        .query_row(named_params! {":id": document.as_uuid().into_bytes()}, |row| row.get("heads"))
        .optional()?;
    if known != Some(pack_heads(heads)) {
        return Ok(Committed::Moved);
    }
    put_wake(db, document, wake_at)?;
    Ok(Committed::Stored)
}

pub(super) fn postpone_wake(db: &Connection, document: RecordId, until: UnixMillis) -> Answer<()> {
    db.prepare_cached("UPDATE wake SET wake_at = :until WHERE document = :document AND wake_at < :until")?
        .execute(named_params! {":document": document.as_uuid().into_bytes(), ":until": until.as_i64()})?;
    Ok(())
}

pub(super) fn list_waking(db: &Connection, now: UnixMillis, limit: usize, damage: &DamageLog) -> Answer<Vec<RecordId>> {
    let mut select = db.prepare_cached("SELECT document FROM wake WHERE wake_at <= :now ORDER BY wake_at, document")?;
    let mut rows = select.query(named_params! {":now": now.as_i64()})?;
    let mut documents = Vec::new();
    // Rows that are passed over do not use up the limit: they would keep the others waiting for ever.
    while documents.len() < limit {
        let Some(row) = rows.next()? else { break };
        documents.extend(damage.pass_over("wake", || "document".to_owned(), read_record(row, "document"))?);
    }
    Ok(documents)
}

/// Takes `count` numbers in a row; answers the first.
pub(super) fn claim_serials(db: &Connection, area: &str, day: LocalDate, count: u32) -> Answer<u32> {
    let last: i64 = db
        .prepare_cached(
            "INSERT INTO serial (area, day, last) VALUES (:area, :day, :count)
             ON CONFLICT (area, day) DO UPDATE SET last = last + :count RETURNING last",
        )?
        .query_row(named_params! {":area": area, ":day": day.to_string(), ":count": count}, |row| row.get("last"))?;
    u32::try_from(last - i64::from(count) + 1).map_err(|_| out_of_form("last"))
}

/// Most serials of an area's day that are passed over because devices say so: more than a town reports between a
/// backup and its return, and far fewer than a day has.
const RAISE_LIMIT: u32 = 2_000;

/// Goes on behind a serial, within [`RAISE_LIMIT`]; answers the last one.
pub(super) fn raise_serial(db: &Connection, area: &str, day: LocalDate, serial: u32) -> Answer<u32> {
    let last: i64 = db
        .prepare_cached(
            "INSERT INTO serial (area, day, last, raised)
             VALUES (:area, :day, min(:serial, :limit), min(:serial, :limit))
             ON CONFLICT (area, day) DO UPDATE SET
                 last = last + max(0, min(:serial - last, :limit - raised)),
                 raised = raised + max(0, min(:serial - last, :limit - raised)) RETURNING last",
        )?
        .query_row(
            named_params! {":area": area, ":day": day.to_string(), ":serial": serial, ":limit": RAISE_LIMIT},
            |row| row.get("last"),
        )?;
    u32::try_from(last).map_err(|_| out_of_form("last"))
}

/// Values of reference data by key, of those that are there.
pub(super) fn read_reference(db: &Connection, keys: &[String], damage: &DamageLog) -> Answer<BTreeMap<String, String>> {
    let mut select = db.prepare_cached("SELECT value FROM reference WHERE key = :key")?;
    let mut values = BTreeMap::new();
    for key in keys {
        let read = select.query_row(named_params! {":key": key}, |row| row.get("value")).optional();
        if let Some(value) = damage.pass_over("reference", || key.clone(), read.map_err(Into::into))?.flatten() {
            values.insert(key.clone(), value);
        }
    }
    Ok(values)
}
