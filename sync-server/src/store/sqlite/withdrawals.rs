//! Records that the office took back: they stand in no stream and stay in the ledger.
//!
//! Why: a device drops a record only when it leaves the device's streams, and nothing that was written is deleted. An
//! edit that arrives later (written before the device heard of it), or another import, brings the record back, and with
//! it the others of its household, into the streams that they stood in.

use std::collections::BTreeSet;

use domain::{Collection, RecordId};
use rusqlite::{Connection, OptionalExtension as _, named_params};

use super::convert::{pack_heads, read_json, read_record, read_uuid, to_json};
use super::damage::DamageLog;
use super::ledger::find_state;
use super::streams::{self, Membership};
use crate::store::{Answer, Withdrawal};

/// Whether each record has the heads that it is to be withdrawn with.
pub(super) fn are_unmoved(db: &Connection, withdrawals: &[Withdrawal]) -> Answer<bool> {
    for withdrawal in withdrawals {
        if pack_heads(&find_state(db, withdrawal.document)?.heads) != pack_heads(&withdrawal.heads) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Takes a record out of every stream; one that stands in none is left alone.
pub(super) fn withdraw(db: &Connection, withdrawal: &Withdrawal) -> Answer<()> {
    let streams = streams::list_present(db, withdrawal.document)?;
    if streams.is_empty() {
        return Ok(());
    }
    let state = find_state(db, withdrawal.document)?;
    let nowhere = BTreeSet::new();
    let membership = Membership { before: &state.heads, after: &state.heads, collections: &nowhere };
    streams::move_document(db, withdrawal.document, &membership, state.change_count)?;
    let names: Vec<String> = streams.iter().map(ToString::to_string).collect();
    db.prepare_cached(
        "INSERT INTO withdrawn (document, household, streams) VALUES (:document, :household, :streams)
         ON CONFLICT (document) DO UPDATE SET household = :household, streams = :streams",
    )?
    .execute(named_params! {
        ":document": withdrawal.document.as_uuid().into_bytes(),
        ":household": withdrawal.household.as_uuid().into_bytes(),
        ":streams": to_json(&names)?,
    })?;
    Ok(())
}

/// A record stands in streams again: if it was withdrawn, the others of its household come back as well.
pub(super) fn bring_back(db: &Connection, document: RecordId) -> Answer<()> {
    let household = db
        .prepare_cached("DELETE FROM withdrawn WHERE document = :document RETURNING household")?
        .query_row(named_params! {":document": document.as_uuid().into_bytes()}, |row| Ok(read_uuid(row, "household")))
        .optional()?
        .transpose()?;
    let Some(household) = household else { return Ok(()) };
    let mut others: Vec<(RecordId, BTreeSet<Collection>)> = Vec::new();
    let mut select =
        db.prepare_cached("SELECT document, streams FROM withdrawn WHERE household = :household ORDER BY document")?;
    let mut rows = select.query(named_params! {":household": household.into_bytes()})?;
    while let Some(row) = rows.next()? {
        let names: Vec<String> = read_json(row, "streams")?;
        others.push((read_record(row, "document")?, names.iter().filter_map(|name| name.parse().ok()).collect()));
    }
    for (other, collections) in others {
        let state = find_state(db, other)?;
        let membership = Membership { before: &state.heads, after: &state.heads, collections: &collections };
        streams::move_document(db, other, &membership, state.change_count)?;
        db.prepare_cached("DELETE FROM withdrawn WHERE document = :document")?
            .execute(named_params! {":document": other.as_uuid().into_bytes()})?;
    }
    Ok(())
}

pub(super) fn list_withdrawn(db: &Connection, damage: &DamageLog) -> Answer<BTreeSet<RecordId>> {
    let mut select = db.prepare_cached("SELECT document FROM withdrawn ORDER BY document")?;
    let mut rows = select.query([])?;
    let mut found = BTreeSet::new();
    while let Some(row) = rows.next()? {
        found.extend(damage.pass_over("withdrawn", || "document".to_owned(), read_record(row, "document"))?);
    }
    Ok(found)
}
