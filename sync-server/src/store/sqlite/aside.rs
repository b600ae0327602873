//! What could not be taken in: refused changes, and work held for the office.

use std::collections::BTreeMap;

use domain::{AccountId, ChangeHash, InstallationId, RecordId, UnixMillis};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use sha2::{Digest as _, Sha256};
use sync::wire::RefusalCode;

use super::accounts::read_account;
use super::convert::{name_row, out_of_form, read_hash, read_json, read_record, read_uuid, to_column};
use super::damage::DamageLog;
use crate::store::{Answer, Aside, AsideState, Damage, Fate, HeldChange};

/// Most refused bytes kept of one account, so that a broken or hostile app cannot fill the disk. Beyond it the fact
/// is kept, not the bytes. Held work is never cut: somebody wrote it honestly.
const SHARE_BYTES: i64 = 32 * 1024 * 1024;
/// Most refused changes kept of one account. Beyond it they are refused and counted.
pub(super) const SHARE_ROWS: i64 = 4_096;

pub(super) fn set_aside(db: &Connection, aside: &Aside, now: UnixMillis) -> Answer<()> {
    let sha256: [u8; 32] = Sha256::digest(&aside.bytes).into();
    let account = aside.account.as_uuid().into_bytes();
    let seen = db
        .prepare_cached("UPDATE aside SET times = times + 1 WHERE account = :account AND sha256 = :sha256")?
        .execute(named_params! {":account": account, ":sha256": sha256})?;
    if seen > 0 {
        return if aside.state == AsideState::Held { hold(db, aside, sha256) } else { Ok(()) };
    }
    let is_kept = match aside.state {
        AsideState::Held => true,
        AsideState::Refused => {
            let kept = read_room(db, aside.account)?;
            if kept.rows >= SHARE_ROWS {
                return count_beyond(db, aside.account);
            }
            let more_bytes = i64::try_from(aside.bytes.len()).unwrap_or(i64::MAX);
            kept.bytes.saturating_add(more_bytes) <= SHARE_BYTES
        }
    };
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
        ":code": code_text(aside.code)?,
        ":detail": aside.detail,
        ":now": now.as_i64(),
        ":size": to_column(u64::try_from(aside.bytes.len()).unwrap_or(u64::MAX)),
        ":bytes": is_kept.then_some(&aside.bytes),
    })?;
    Ok(())
}

fn code_text(code: RefusalCode) -> Answer<String> {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(code)) => Ok(code),
        _ => Err(out_of_form("code")),
    }
}

/// What is kept of an account's refused changes.
#[derive(Default)]
struct Room {
    rows: i64,
    bytes: i64,
}

fn read_room(db: &Connection, account: AccountId) -> Answer<Room> {
    let kept = db
        .prepare_cached("SELECT refused, kept_bytes FROM quarantine_room WHERE account = :account")?
        .query_row(named_params! {":account": account.as_uuid().into_bytes()}, |row| {
            Ok(Room { rows: row.get("refused")?, bytes: row.get("kept_bytes")? })
        })
        .optional()?;
    Ok(kept.unwrap_or_default())
}

/// Counts a change that was refused when there was no room for it.
fn count_beyond(db: &Connection, account: AccountId) -> Answer<()> {
    db.prepare_cached("UPDATE quarantine_room SET beyond = beyond + 1 WHERE account = :account")?
        .execute(named_params! {":account": account.as_uuid().into_bytes()})?;
    Ok(())
}

/// What is said to be kept of each account's refused changes is what is there.
pub(super) fn check_room(db: &Connection, damage: &mut Vec<Damage>) -> Answer<()> {
    let mut select = db.prepare(
        "WITH counted AS (
             SELECT account, COUNT(*) AS refused, COALESCE(SUM((bytes IS NOT NULL) * size_bytes), 0) AS kept_bytes
             FROM aside WHERE state = 'refused' GROUP BY account
         ), kept AS (
             SELECT account, refused, kept_bytes FROM quarantine_room WHERE refused <> 0 OR kept_bytes <> 0
         )
         SELECT account FROM (SELECT * FROM counted EXCEPT SELECT * FROM kept)
         UNION SELECT account FROM (SELECT * FROM kept EXCEPT SELECT * FROM counted) ORDER BY account",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        damage.push(Damage { code: "quarantine_room", subject: name_row(row, "account") });
    }
    Ok(())
}

/// What was refused before and is held now (the account was given the place for a while) becomes held, with its bytes,
/// which may have been left out when it was refused. What is held stays held, what the office rejected stays rejected.
fn hold(db: &Connection, aside: &Aside, sha256: [u8; 32]) -> Answer<()> {
    db.prepare_cached(
        "UPDATE aside SET state = 'held', code = :code, detail = :detail, document = :document, hash = :hash,
                          installation = :installation, bytes = :bytes
         WHERE account = :account AND sha256 = :sha256 AND (state <> 'held' OR bytes IS NULL) AND code <> :rejected",
    )?
    .execute(named_params! {
        ":account": aside.account.as_uuid().into_bytes(),
        ":sha256": sha256,
        ":document": aside.document.as_uuid().into_bytes(),
        ":hash": aside.hash.0,
        ":installation": aside.installation.as_uuid().into_bytes(),
        ":code": code_text(aside.code)?,
        ":detail": aside.detail,
        ":bytes": aside.bytes,
        ":rejected": code_text(RefusalCode::Rejected)?,
    })?;
    Ok(())
}

/// A change that was taken in waits for nobody any more.
pub(super) fn forget(db: &Connection, hash: ChangeHash) -> Answer<()> {
    db.prepare_cached("DELETE FROM aside WHERE hash = :hash")?.execute(named_params! {":hash": hash.0})?;
    Ok(())
}

fn read_code(row: &Row<'_>) -> Answer<RefusalCode> {
    let code: String = row.get("code")?;
    serde_json::from_value(serde_json::Value::String(code)).map_err(|_| out_of_form("code"))
}

/// Which of these changes are held for the office, and why.
pub(super) fn find_held(db: &Connection, hashes: &[ChangeHash]) -> Answer<BTreeMap<ChangeHash, RefusalCode>> {
    let mut select = db.prepare_cached("SELECT code FROM aside WHERE hash = :hash AND state = 'held' LIMIT 1")?;
    let mut held = BTreeMap::new();
    for hash in hashes {
        let code = select.query_row(named_params! {":hash": hash.0}, |row| Ok(read_code(row))).optional()?;
        if let Some(code) = code {
            held.insert(*hash, code?);
        }
    }
    Ok(held)
}

/// What became of changes of an account, one answer per change. One that cannot be read counts as still held: its author
/// keeps it and asks again.
pub(super) fn find_fates(
    db: &Connection,
    account: AccountId,
    changes: &[(RecordId, ChangeHash)],
    damage: &DamageLog,
) -> Answer<Vec<Fate>> {
    let mut fates = Vec::with_capacity(changes.len());
    for (document, hash) in changes {
        let found = find_fate(db, account, *document, *hash);
        fates.push(damage.pass_over("aside", || hash.to_string(), found)?.unwrap_or(Fate::Held));
    }
    Ok(fates)
}

/// What became of a change of an account.
fn find_fate(db: &Connection, account: AccountId, document: RecordId, hash: ChangeHash) -> Answer<Fate> {
    let account = account.as_uuid().into_bytes();
    let document = document.as_uuid().into_bytes();
    let of_whom = named_params! {":account": account, ":document": document, ":hash": hash.0};
    let stored = db
        .prepare_cached(
            "SELECT 1 AS one FROM change WHERE hash = :hash AND document = :document AND account = :account",
        )?
        .query_row(of_whom, |row| row.get::<_, i64>("one"))
        .optional()?;
    if stored.is_some() {
        return Ok(Fate::Stored);
    }
    let mut select = db.prepare_cached(
        "SELECT state, code, detail FROM aside WHERE hash = :hash AND document = :document AND account = :account
         ORDER BY state = 'held' DESC LIMIT 1",
    )?;
    let mut rows = select.query(of_whom)?;
    let Some(row) = rows.next()? else { return Ok(Fate::Absent) };
    if row.get::<_, String>("state")? == "held" {
        return Ok(Fate::Held);
    }
    Ok(Fate::Refused { code: read_code(row)?, detail: row.get("detail")? })
}

/// Refuses what is held of a document.
pub(super) fn reject_held(db: &Connection, document: RecordId, reason: &str) -> Answer<usize> {
    let rows = db
        .prepare_cached(
            "UPDATE aside SET state = 'refused', code = :rejected, detail = :reason
             WHERE document = :document AND state = 'held'",
        )?
        .execute(named_params! {
            ":document": document.as_uuid().into_bytes(),
            ":rejected": code_text(RefusalCode::Rejected)?,
            ":reason": reason,
        })?;
    Ok(rows)
}

/// Every change that is held, by document and arrival.
pub(super) fn list_held(db: &Connection, damage: &DamageLog) -> Answer<Vec<HeldChange>> {
    let mut select = db.prepare_cached(
        "SELECT s.code, s.installation, s.document, s.hash, s.first_at, s.bytes,
                a.id AS account, a.name, a.role, a.scope, a.past_scope
         FROM aside AS s JOIN account AS a ON a.id = s.account
         WHERE s.state = 'held' AND NOT EXISTS (SELECT 1 FROM change AS c WHERE c.hash = s.hash)
         ORDER BY s.document, s.first_at, s.hash",
    )?;
    let mut rows = select.query([])?;
    let mut held = Vec::new();
    while let Some(row) = rows.next()? {
        let name = || read_hash(row, "hash").map_or_else(|_| "hash".to_owned(), |hash| hash.to_string());
        held.extend(damage.pass_over("aside", name, read_held(row))?);
    }
    Ok(held)
}

fn read_held(row: &Row<'_>) -> Answer<HeldChange> {
    Ok(HeldChange {
        code: read_code(row)?,
        author: read_account(row)?,
        past: read_json(row, "past_scope")?,
        installation: InstallationId::from_uuid(read_uuid(row, "installation")?),
        document: read_record(row, "document")?,
        hash: read_hash(row, "hash")?,
        first_at: UnixMillis::new(row.get("first_at")?),
        bytes: row.get("bytes")?,
    })
}
