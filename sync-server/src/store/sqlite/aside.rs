//! What could not be taken in: refused changes, and work held for the office.

use std::collections::BTreeSet;

use domain::{AccountId, ChangeHash, UnixMillis};
use rusqlite::{Connection, OptionalExtension as _, named_params};
use sha2::{Digest as _, Sha256};

use super::convert::{out_of_form, to_column};
use crate::store::{Answer, Aside, AsideState};

/// Most refused bytes kept of one account, so that a broken or hostile app cannot fill the disk. Beyond it the fact
/// is kept, not the bytes. Held work is never cut: somebody wrote it honestly.
const SHARE_BYTES: i64 = 32 * 1024 * 1024;

pub(super) fn set_aside(db: &Connection, aside: &Aside, now: UnixMillis) -> Answer<()> {
    let sha256: [u8; 32] = Sha256::digest(&aside.bytes).into();
    let account = aside.account.as_uuid().into_bytes();
    let seen = db
        .prepare_cached("UPDATE aside SET times = times + 1 WHERE account = :account AND sha256 = :sha256")?
        .execute(named_params! {":account": account, ":sha256": sha256})?;
    if seen > 0 {
        return Ok(());
    }
    let is_kept = aside.state == AsideState::Held || has_room(db, aside.account, aside.bytes.len())?;
    db.prepare_cached(
        "INSERT INTO aside (account, sha256, document, hash, installation, state, code, detail, first_at, times,
                            size_bytes, bytes)
         VALUES (:account, :sha256, :document, :hash, :installation, :state, :code, :detail, :now, 1, :size, :bytes)",
    )?
    .execute(named_params! {
        ":account": account,
        ":sha256": sha256,
        ":document": aside.document.as_uuid().into_bytes(),
        ":hash": aside.hash.0,
        ":installation": aside.installation.as_uuid().into_bytes(),
        ":state": match aside.state {
            AsideState::Refused => "refused",
            AsideState::Held => "held",
        },
        ":code": code_text(aside)?,
        ":detail": aside.detail,
        ":now": now.as_i64(),
        ":size": to_column(u64::try_from(aside.bytes.len()).unwrap_or(u64::MAX)),
        ":bytes": is_kept.then_some(&aside.bytes),
    })?;
    Ok(())
}

fn code_text(aside: &Aside) -> Answer<String> {
    match serde_json::to_value(aside.code) {
        Ok(serde_json::Value::String(code)) => Ok(code),
        _ => Err(out_of_form("code")),
    }
}

fn has_room(db: &Connection, account: AccountId, more_bytes: usize) -> Answer<bool> {
    let kept: i64 = db
        .prepare_cached(
            "SELECT COALESCE(SUM(size_bytes), 0) AS kept FROM aside WHERE account = :account AND bytes IS NOT NULL",
        )?
        .query_row(named_params! {":account": account.as_uuid().into_bytes()}, |row| row.get("kept"))?;
    Ok(kept.saturating_add(i64::try_from(more_bytes).unwrap_or(i64::MAX)) <= SHARE_BYTES)
}

/// Which of these changes are held for the office.
pub(super) fn find_held(db: &Connection, hashes: &[ChangeHash]) -> Answer<BTreeSet<ChangeHash>> {
    let mut select = db.prepare_cached("SELECT 1 AS yes FROM aside WHERE hash = :hash AND state = 'held' LIMIT 1")?;
    let mut held = BTreeSet::new();
    for hash in hashes {
        if select.query_row(named_params! {":hash": hash.0}, |row| row.get::<_, i64>("yes")).optional()?.is_some() {
            held.insert(*hash);
        }
    }
    Ok(held)
}
