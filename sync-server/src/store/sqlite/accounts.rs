//! Accounts, devices, codes, installations.

use std::collections::{BTreeMap, BTreeSet};

use domain::account::Scope;
use domain::codes::CodeList as _;
use domain::{Account, AccountId, InstallationId, Role, UnixMillis};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use super::convert::{name_row, out_of_form, read_json, read_uuid, to_json};
use super::damage::DamageLog;
use super::integrity::append_audit;
use super::mark;
use super::office::touch_unit_reference;
use crate::store::{
    Answer, Binding, BrokenPromise, DeviceId, DeviceRow, EnrolCode, EnrolOutcome, Enrolment, SecretHash, Session,
    Shown, TokenUse, Trust,
};

pub(super) fn put_account(db: &Connection, account: &Account, now: UnixMillis) -> Answer<()> {
    let before = db
        .prepare_cached("SELECT scope, past_scope FROM account WHERE id = :id")?
        .query_row(named_params! {":id": account.id.as_uuid().into_bytes()}, |row| {
            Ok((read_json::<Scope>(row, "scope"), read_json::<Scope>(row, "past_scope")))
        })
        .optional()?;
    let (scope_before, past) = match before {
        Some((scope, past)) => (scope?, past?),
        None => (Scope::default(), Scope::default()),
    };
    let past = unite(past, &scope_before, &account.scope);
    db.prepare_cached(
        "INSERT INTO account (id, name, role, scope, past_scope, created_at)
         VALUES (:id, :name, :role, :scope, :past, :now)
         ON CONFLICT (id) DO UPDATE SET name = :name, role = :role, scope = :scope, past_scope = :past",
    )?
    .execute(named_params! {
        ":id": account.id.as_uuid().into_bytes(),
        ":name": account.name,
        ":role": account.role.code(),
        ":scope": to_json(&account.scope)?,
        ":past": to_json(&past)?,
        ":now": now.as_i64(),
    })?;
    for grid in crate::reference::grids_of(account).difference(&crate::reference::grids_of_scope(&scope_before)) {
        touch_unit_reference(db, grid)?;
    }
    Ok(())
}

fn unite(past: Scope, before: &Scope, now: &Scope) -> Scope {
    Scope {
        grids: past.grids.union(&now.grids).cloned().collect(),
        buildings: past.buildings.union(&now.buildings).cloned().collect(),
        town: find_former(past.town, before.town.as_ref(), now.town.as_ref()),
        community: find_former(past.community, before.community.as_ref(), now.community.as_ref()),
        org: find_former(past.org, before.org.as_ref(), now.org.as_ref()),
    }
}

/// Of what an account has one of, the one before today's is remembered: steps made there may still be on their way.
fn find_former<T: Clone + PartialEq>(past: Option<T>, before: Option<&T>, now: Option<&T>) -> Option<T> {
    before.filter(|before| Some(*before) != now).cloned().or(past).or_else(|| now.cloned())
}

pub(super) fn read_account(row: &Row<'_>) -> Answer<Account> {
    let role: String = row.get("role")?;
    Ok(Account {
        id: AccountId::from_uuid(read_uuid(row, "account")?),
        name: row.get("name")?,
        role: Role::from_code(&role),
        scope: read_json(row, "scope")?,
    })
}

/// Notes how to reach the person of an account; empty: not at all.
pub(super) fn put_tel(db: &Connection, account: AccountId, tel: &str) -> Answer<()> {
    db.prepare_cached("UPDATE account SET tel = :tel WHERE id = :id")?
        .execute(named_params! {":id": account.as_uuid().into_bytes(), ":tel": tel})?;
    Ok(())
}

/// How to reach the people of these accounts, of those of whom it is known.
pub(super) fn list_tels(db: &Connection, accounts: &BTreeSet<AccountId>) -> Answer<BTreeMap<AccountId, String>> {
    let mut select = db.prepare_cached("SELECT tel FROM account WHERE id = :id AND tel <> ''")?;
    let mut tels = BTreeMap::new();
    for account in accounts {
        let values = named_params! {":id": account.as_uuid().into_bytes()};
        let tel = select.query_row(values, |row| row.get::<_, String>("tel")).optional()?;
        tels.extend(tel.map(|tel| (*account, tel)));
    }
    Ok(tels)
}

/// Every account that can be read, by id.
pub(super) fn list_accounts(db: &Connection, damage: &DamageLog) -> Answer<Vec<Account>> {
    let mut select = db.prepare_cached("SELECT id AS account, name, role, scope FROM account ORDER BY id")?;
    let mut rows = select.query([])?;
    let mut accounts = Vec::new();
    while let Some(row) = rows.next()? {
        accounts.extend(damage.pass_over("account", || name_row(row, "account"), read_account(row))?);
    }
    Ok(accounts)
}

pub(super) fn add_enrol_code(db: &Connection, code: &EnrolCode) -> Answer<()> {
    db.prepare_cached(
        "INSERT INTO enrol_code (code_sha256, account, expires_at, used_at) VALUES (:code, :account, :expires, NULL)",
    )?
    .execute(named_params! {
        ":code": code.code.0,
        ":account": code.account.as_uuid().into_bytes(),
        ":expires": code.expires_at.as_i64(),
    })?;
    Ok(())
}

/// Whether a code was ever given out; read first, so that guesses never wait for the writer.
pub(super) fn is_code_known(db: &Connection, code: SecretHash) -> Answer<bool> {
    let mut select = db.prepare_cached("SELECT 1 AS yes FROM enrol_code WHERE code_sha256 = :code")?;
    Ok(select.exists(named_params! {":code": code.0})?)
}

pub(super) fn drop_enrol_codes(db: &Connection, account: AccountId) -> Answer<usize> {
    let mut delete = db.prepare_cached("DELETE FROM enrol_code WHERE account = :account AND used_at IS NULL")?;
    Ok(delete.execute(named_params! {":account": account.as_uuid().into_bytes()})?)
}

pub(super) fn enrol(db: &Connection, enrolment: &Enrolment) -> Answer<EnrolOutcome> {
    let code = db
        .prepare_cached(
            "SELECT a.id AS account, a.name, a.role, a.scope, c.expires_at, c.used_at
             FROM enrol_code AS c JOIN account AS a ON a.id = c.account WHERE c.code_sha256 = :code",
        )?
        .query_row(named_params! {":code": enrolment.code.0}, |row| {
            Ok((read_account(row), row.get::<_, i64>("expires_at")?, row.get::<_, Option<i64>>("used_at")?))
        })
        .optional()?;
    let Some((account, expires_at, used_at)) = code else { return Ok(EnrolOutcome::Unknown) };
    let mut account = account?;
    if let Some(used_at) = used_at {
        let since_ms = enrolment.now.since_ms(UnixMillis::new(used_at));
        let is_recent = u128::try_from(since_ms).is_ok_and(|since_ms| since_ms < enrolment.renewal.as_millis());
        let is_renewed = is_recent && renew_token(db, enrolment)?;
        return Ok(if is_renewed { EnrolOutcome::Renewed(account) } else { EnrolOutcome::Used });
    }
    if expires_at <= enrolment.now.as_i64() {
        return Ok(EnrolOutcome::Expired);
    }
    if is_servers_own(db, enrolment.installation)? || find_owner(db, enrolment.installation)?.is_some() {
        return Ok(EnrolOutcome::InstallationTaken);
    }
    if let Some(former) = enrolment.former.filter(|former| *former != account.id)
        && may_take_back(db, &account, former, enrolment)?
    {
        give_back_id(db, &account, former)?;
        append_audit(db, enrolment.now, "account_id_back", &format!("{} {former}", account.id))?;
        tracing::warn!(account = %account.id, %former, "an account gets the id back that a device says it had");
        account.id = former;
    }
    let now = enrolment.now.as_i64();
    db.prepare_cached(
        "INSERT INTO device (id, account, token_sha256, platform, enrolled_at, revoked_at, token_used)
         VALUES (:id, :account, :token, :platform, :now, NULL, 0)",
    )?
    .execute(named_params! {
        ":id": enrolment.device.0.into_bytes(),
        ":account": account.id.as_uuid().into_bytes(),
        ":token": enrolment.token.0,
        ":platform": enrolment.platform,
        ":now": now,
    })?;
    db.prepare_cached("UPDATE enrol_code SET used_at = :now, device = :device WHERE code_sha256 = :code")?
        .execute(named_params! {":now": now, ":device": enrolment.device.0.into_bytes(), ":code": enrolment.code.0})?;
    insert_installation(db, enrolment.device, enrolment.installation, enrolment.now)?;
    Ok(EnrolOutcome::Bound(account))
}

/// Gives the device that a code has made another token, if it is this installation's, still trusted and never used the
/// one it was given.
fn renew_token(db: &Connection, enrolment: &Enrolment) -> Answer<bool> {
    let changed = db
        .prepare_cached(
            "UPDATE device SET token_sha256 = :token
             WHERE token_used = 0 AND revoked_at IS NULL
               AND id = (SELECT device FROM enrol_code WHERE code_sha256 = :code)
               AND id = (SELECT device FROM installation WHERE id = :installation)",
        )?
        .execute(named_params! {
            ":token": enrolment.token.0,
            ":code": enrolment.code.0,
            ":installation": enrolment.installation.as_uuid().into_bytes(),
        })?;
    Ok(changed == 1)
}

pub(super) fn note_token_used(db: &Connection, device: DeviceId) -> Answer<()> {
    db.prepare_cached("UPDATE device SET token_used = 1 WHERE id = :id")?
        .execute(named_params! {":id": device.0.into_bytes()})?;
    Ok(())
}

/// Whether an account may get back the id that a device says it had: the ledger was put back from a copy that is older
/// than the account (it does not know the id, and a renewal or the mark that the device shows tells of the copy), nobody
/// has written under the account's present id, and nobody but this installation under the former one. Once for each
/// account: what it got back is its own for good.
fn may_take_back(db: &Connection, account: &Account, former: AccountId, enrolment: &Enrolment) -> Answer<bool> {
    let knows = |sql: &str, id: AccountId| -> Answer<bool> {
        Ok(db.prepare_cached(sql)?.exists(named_params! {":id": id.as_uuid().into_bytes()})?)
    };
    if account.role == Role::Office || knows("SELECT 1 AS one FROM account WHERE id = :id", former)? {
        return Ok(false);
    }
    let has_written = knows("SELECT 1 AS one FROM change WHERE account = :id LIMIT 1", account.id)?
        || knows("SELECT 1 AS one FROM aside WHERE account = :id LIMIT 1", account.id)?;
    if has_written || !is_copy_known(db, enrolment)? {
        return Ok(false);
    }
    let is_anothers = db
        .prepare_cached(
            "SELECT 1 AS one FROM change WHERE account = :former AND actor <> :installation
             UNION ALL SELECT 1 FROM aside WHERE account = :former AND installation <> :installation LIMIT 1",
        )?
        .exists(named_params! {
            ":former": former.as_uuid().into_bytes(),
            ":installation": enrolment.installation.as_uuid().into_bytes(),
        })?;
    let has_got_one_back = db
        .prepare_cached("SELECT 1 AS one FROM audit WHERE act = 'account_id_back' AND subject LIKE :end")?
        .exists(named_params! {":end": format!("% {}", account.id)})?;
    Ok(!is_anothers && !has_got_one_back)
}

/// Whether anything tells that the ledger was put back from an older copy.
fn is_copy_known(db: &Connection, enrolment: &Enrolment) -> Answer<bool> {
    let is_renewed = db.prepare_cached("SELECT 1 AS one FROM life WHERE cause <> 'begun' LIMIT 1")?.exists([])?;
    if is_renewed {
        return Ok(true);
    }
    let Some(mark) = enrolment.mark.clone() else { return Ok(false) };
    let shown = Shown { mark: Some(mark), ..Shown::default() };
    Ok(mark::judge(db, &shown, enrolment.now)?.broken == Some(BrokenPromise::MarkUnknown))
}

/// Gives an account its former id, everywhere.
fn give_back_id(db: &Connection, account: &Account, former: AccountId) -> Answer<()> {
    for sql in [
        "INSERT INTO account (id, name, role, scope, past_scope, created_at, tel)
         SELECT :former, name, role, scope, past_scope, created_at, tel FROM account WHERE id = :id",
        "UPDATE device SET account = :former WHERE account = :id",
        "UPDATE enrol_code SET account = :former WHERE account = :id",
        "DELETE FROM account WHERE id = :id AND :former <> :id",
    ] {
        db.prepare_cached(sql)?.execute(named_params! {
            ":id": account.id.as_uuid().into_bytes(),
            ":former": former.as_uuid().into_bytes(),
        })?;
    }
    Ok(())
}

fn find_owner(db: &Connection, installation: InstallationId) -> Answer<Option<DeviceId>> {
    let owner = db
        .prepare_cached("SELECT device FROM installation WHERE id = :id")?
        .query_row(named_params! {":id": installation.as_uuid().into_bytes()}, |row| Ok(read_uuid(row, "device")))
        .optional()?;
    owner.transpose().map(|device| device.map(DeviceId))
}

/// Whether the server itself, or the office's import, writes or ever wrote under an installation: its decisions would be
/// anybody's otherwise.
fn is_servers_own(db: &Connection, installation: InstallationId) -> Answer<bool> {
    let mut select = db.prepare_cached("SELECT 1 AS one FROM own_installation WHERE id = :id")?;
    Ok(select.exists(named_params! {":id": installation.as_uuid().into_bytes()})?)
}

/// Keeps an installation of the server's own.
pub(super) fn add_own_installation(db: &Connection, fresh: InstallationId) -> Answer<()> {
    db.prepare_cached("INSERT INTO own_installation (id) VALUES (:id) ON CONFLICT DO NOTHING")?
        .execute(named_params! {":id": fresh.as_uuid().into_bytes()})?;
    Ok(())
}

fn insert_installation(db: &Connection, device: DeviceId, installation: InstallationId, now: UnixMillis) -> Answer<()> {
    db.prepare_cached("INSERT INTO installation (id, device, since) VALUES (:id, :device, :now)")?.execute(
        named_params! {
            ":id": installation.as_uuid().into_bytes(),
            ":device": device.0.into_bytes(),
            ":now": now.as_i64(),
        },
    )?;
    Ok(())
}

/// Whose an installation is; read first, so that the usual case does not wait for the writer.
pub(super) fn find_binding(db: &Connection, device: DeviceId, installation: InstallationId) -> Answer<Option<Binding>> {
    if is_servers_own(db, installation)? {
        return Ok(Some(Binding::Foreign));
    }
    let owner = find_owner(db, installation)?;
    Ok(owner.map(|owner| if owner == device { Binding::Own } else { Binding::Foreign }))
}

pub(super) fn bind_installation(
    db: &Connection,
    device: DeviceId,
    installation: InstallationId,
    now: UnixMillis,
) -> Answer<Binding> {
    if let Some(binding) = find_binding(db, device, installation)? {
        return Ok(binding);
    }
    insert_installation(db, device, installation, now)?;
    Ok(Binding::Own)
}

/// Who is behind a token. A damaged account or device keeps that one device out, and is noted.
pub(super) fn find_session(db: &Connection, token: SecretHash, damage: &DamageLog) -> Answer<Option<Session>> {
    let mut select = db.prepare_cached(
        "SELECT d.id AS device, d.token_sha256, d.token_used, d.revoked_at, a.id AS account, a.name, a.role, a.scope, a.past_scope
         FROM device AS d JOIN account AS a ON a.id = d.account WHERE d.token_sha256 = :token",
    )?;
    let mut rows = select.query(named_params! {":token": token.0})?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let session = read_session(row, token);
    if let Err(error) = &session
        && !error.is_temporary()
    {
        damage.note("device", name_row(row, "device"), error);
    }
    session.map(Some)
}

fn read_session(row: &Row<'_>, token: SecretHash) -> Answer<Session> {
    let stored: [u8; 32] = row.get("token_sha256")?;
    if !bool::from(subtle::ConstantTimeEq::ct_eq(&stored[..], &token.0[..])) {
        return Err(out_of_form("token_sha256"));
    }
    Ok(Session {
        device: DeviceId(read_uuid(row, "device")?),
        account: read_account(row)?,
        past: read_json(row, "past_scope")?,
        trust: trust_of(row)?,
        token_use: if row.get("token_used")? { TokenUse::Used } else { TokenUse::Unused },
    })
}

fn trust_of(row: &Row<'_>) -> Answer<Trust> {
    Ok(if row.get::<_, Option<i64>>("revoked_at")?.is_some() { Trust::Revoked } else { Trust::Trusted })
}

pub(super) fn list_devices(db: &Connection, account: AccountId, damage: &DamageLog) -> Answer<Vec<DeviceRow>> {
    let mut select = db.prepare_cached(
        "SELECT id, platform, enrolled_at, revoked_at FROM device WHERE account = :account ORDER BY enrolled_at, id",
    )?;
    let mut rows = select.query(named_params! {":account": account.as_uuid().into_bytes()})?;
    let mut devices = Vec::new();
    while let Some(row) = rows.next()? {
        devices.extend(damage.pass_over("device", || name_row(row, "id"), read_device(row))?);
    }
    Ok(devices)
}

fn read_device(row: &Row<'_>) -> Answer<DeviceRow> {
    Ok(DeviceRow {
        id: DeviceId(read_uuid(row, "id")?),
        platform: row.get("platform")?,
        enrolled_at: UnixMillis::new(row.get("enrolled_at")?),
        trust: trust_of(row)?,
    })
}

pub(super) fn revoke_devices(
    db: &Connection,
    account: AccountId,
    device: Option<DeviceId>,
    now: UnixMillis,
) -> Answer<usize> {
    let changed = db
        .prepare_cached(
            "UPDATE device SET revoked_at = :now
             WHERE account = :account AND revoked_at IS NULL AND (:device IS NULL OR id = :device)",
        )?
        .execute(named_params! {
            ":now": now.as_i64(),
            ":account": account.as_uuid().into_bytes(),
            ":device": device.map(|device| device.0.into_bytes()),
        })?;
    Ok(changed)
}
