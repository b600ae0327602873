//! Reference data: values that the server side writes, pulled like everything else, never merged.
//!
//! Keys known here: `account-names` (`{account: {name, role, org}}`), `grids` (`{grid: name}`), `buildings/{grid}`
//! (`{building: {compound, name}}`), `organisations`, `directory`, `notices`, rules of time (each in its module of
//! `domain`) and `template/{key}` (a checklist). Others are kept as they are. A value that does not have its shape is
//! kept and changes no table; of a list or a map of entries those are read that this version can read.

use std::collections::BTreeMap;

use contract::PersonOption;
use domain::checklist::Template;
use domain::codes::CodeList as _;
use domain::deadline::{CALENDARS, OFFICE_HOURS, TIME_LIMITS, TimeRules};
use domain::directory::{DIRECTORY, Directory, with_presets};
use domain::notice::{NOTICES, Notices};
use domain::organisation::{ORGANISATIONS, Organisations};
use domain::reference::read_list;
use domain::{AccountId, AreaCode, BuildingCode, GridCode, OrgCode, Role, UnixMillis};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{StoreError, Writing};

/// Colleagues' names.
const ACCOUNT_NAMES: &str = "account-names";
/// Names of the grids.
const GRIDS: &str = "grids";

#[derive(Deserialize)]
struct AccountName {
    name: String,
    #[serde(default)]
    role: Option<Role>,
    #[serde(default)]
    org: Option<String>,
}

#[derive(Deserialize)]
struct BuildingName {
    #[serde(default)]
    compound: String,
    name: String,
}

/// A colleague as everybody may see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Colleague {
    /// Name.
    pub(crate) name: String,
    /// Role, if said.
    pub(crate) role: Option<Role>,
    /// Organisation, if there is one and it was said.
    pub(crate) org: Option<OrgCode>,
}

/// Stores a value unless a later version of it is here, and takes names out of it.
pub(crate) fn put_reference(writing: &Writing<'_>, key: &str, version: u64, json: &str) -> Result<(), StoreError> {
    let rows = writing
        .prepare_cached(
            "INSERT INTO reference (key, version, value) VALUES (:key, :version, :value)
             ON CONFLICT (key) DO UPDATE SET version = excluded.version, value = excluded.value
             WHERE excluded.version >= reference.version",
        )?
        .execute(named_params! {":key": key, ":version": version as i64, ":value": json})?;
    if rows == 0 {
        return Ok(());
    }
    if key == ACCOUNT_NAMES {
        put_account_names(writing, json)
    } else if let Some(grid) = key.strip_prefix("buildings/") {
        put_buildings(writing, grid, json)
    } else if is_time_rule(key) {
        look_again_at_estimates(writing)
    } else {
        Ok(())
    }
}

fn put_account_names(writing: &Writing<'_>, json: &str) -> Result<(), StoreError> {
    let Ok(names) = serde_json::from_str::<BTreeMap<AccountId, AccountName>>(json) else {
        tracing::warn!("account names have a shape that this version does not know");
        return Ok(());
    };
    writing.prepare_cached("DELETE FROM account_name")?.execute([])?;
    let mut statement = writing.prepare_cached(
        "INSERT OR REPLACE INTO account_name (account, name, role, org) VALUES (:account, :name, :role, :org)",
    )?;
    for (account, AccountName { name, role, org }) in names {
        statement.execute(named_params! {
            ":account": account.as_uuid().into_bytes(),
            ":name": name,
            ":role": role.map(|role| role.code()),
            ":org": org,
        })?;
    }
    Ok(())
}

fn put_buildings(writing: &Writing<'_>, grid: &str, json: &str) -> Result<(), StoreError> {
    let Ok(names) = serde_json::from_str::<BTreeMap<BuildingCode, BuildingName>>(json) else {
        tracing::warn!("buildings have a shape that this version does not know");
        return Ok(());
    };
    writing
        .prepare_cached("DELETE FROM building WHERE substr(code, 1, length(:grid)) = :grid")?
        .execute(named_params! {":grid": grid})?;
    let mut statement = writing.prepare_cached("INSERT OR REPLACE INTO building (code, name) VALUES (:code, :name)")?;
    for (code, BuildingName { compound, name }) in names {
        let name = format!("{compound} {name}");
        statement.execute(named_params! {":code": code.as_str(), ":name": name.trim()})?;
    }
    Ok(())
}

/// The value of a key.
pub(crate) fn find_reference(db: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    Ok(find_versioned(db, key)?.map(|(_, json)| json))
}

/// The value of a key, and its version.
fn find_versioned(db: &Connection, key: &str) -> Result<Option<(u64, String)>, StoreError> {
    let mut statement = db.prepare_cached("SELECT version, value FROM reference WHERE key = :key")?;
    let found = statement
        .query_row(named_params! {":key": key}, |row| {
            Ok((row.get::<_, i64>("version")?.unsigned_abs(), row.get("value")?))
        })
        .optional()?;
    Ok(found)
}

/// The checklist with this key as the server side last published it.
pub(crate) fn find_template(db: &Connection, key: &str) -> Result<Option<Template>, StoreError> {
    let json = find_reference(db, &format!("template/{key}"))?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
}

/// A colleague's name, if it is on this phone.
pub(crate) fn find_account_name(db: &Connection, account: AccountId) -> Result<Option<Colleague>, StoreError> {
    let mut statement = db.prepare_cached("SELECT name, role, org FROM account_name WHERE account = :account")?;
    let found = statement
        .query_row(named_params! {":account": account.as_uuid().into_bytes()}, |row| {
            let role: Option<String> = row.get("role")?;
            let role = role.map(|code| Role::from_code(&code));
            Ok(Colleague { name: row.get("name")?, role, org: read_org(row)? })
        })
        .optional()?;
    Ok(found)
}

/// The colleagues who belong to an organisation, by name.
pub(crate) fn list_people(db: &Connection) -> Result<Vec<PersonOption>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT account, name, org FROM account_name WHERE org IS NOT NULL ORDER BY name, account")?;
    let rows = statement.query_map([], |row| {
        let account = AccountId::from_uuid(Uuid::from_bytes(row.get("account")?));
        let name = row.get("name")?;
        Ok(read_org(row)?.map(|org| PersonOption { account, name, org }))
    })?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn read_org(row: &Row<'_>) -> rusqlite::Result<Option<OrgCode>> {
    let org: Option<String> = row.get("org")?;
    Ok(org.and_then(|code| code.parse().ok()))
}

/// Names of the grids, read once for a whole list.
#[derive(Debug, Clone, Default)]
pub(crate) struct GridNames(BTreeMap<String, String>);

impl GridNames {
    /// A grid's name; its serial in words when the server side has not named it.
    pub(crate) fn name(&self, grid: &GridCode) -> String {
        self.0.get(grid.as_str()).cloned().unwrap_or_else(|| format!("第{}网格", grid.serial()))
    }

    /// Every grid that the server side knows, by code.
    pub(crate) fn grids(&self) -> impl Iterator<Item = GridCode> {
        self.0.keys().filter_map(|code| code.parse().ok())
    }
}

/// Names of the grids.
pub(crate) fn read_grid_names(db: &Connection) -> Result<GridNames, StoreError> {
    Ok(GridNames(read_value(db, GRIDS)?.unwrap_or_default()))
}

/// A community or town in words, by its serial: the server side names none.
pub(crate) fn area_name(area: &AreaCode) -> String {
    let digits = area.as_str();
    let serial = |from: usize| digits.get(from..from + 3).and_then(|serial| serial.parse::<u16>().ok()).unwrap_or(0);
    match serial(9) {
        0 => format!("第{}镇街", serial(6)),
        community => format!("第{community}社区"),
    }
}

/// The organisations that handle incidents; none before the first sync.
pub(crate) fn read_organisations(db: &Connection) -> Result<Organisations, StoreError> {
    let entries: BTreeMap<String, serde_json::Value> = read_value(db, ORGANISATIONS)?.unwrap_or_default();
    let read = |(code, entry): (String, _)| Some((code.parse::<OrgCode>().ok()?, serde_json::from_value(entry).ok()?));
    Ok(entries.into_iter().filter_map(read).collect())
}

/// An organisation's name; its code when the server side has not named it.
pub(crate) fn organisation_name(db: &Connection, org: &OrgCode) -> Result<String, StoreError> {
    Ok(read_organisations(db)?.remove(org).map_or_else(|| org.to_string(), |organisation| organisation.name))
}

/// The notices, those to come and those of the past too; none before the first sync.
pub(crate) fn read_notices(db: &Connection) -> Result<Notices, StoreError> {
    Ok(find_reference(db, NOTICES)?.map(|json| read_list(&json)).unwrap_or_default())
}

/// The service directory as it was last read: several hundred entries take a phone some milliseconds, and it is asked
/// for with every letter that is typed.
#[derive(Debug, Default)]
pub(crate) struct DirectoryShelf {
    json: String,
    directory: Directory,
}

impl DirectoryShelf {
    /// The directory with the numbers that every directory has, and its version; no version before the first sync.
    pub(crate) fn read(&mut self, db: &Connection) -> Result<(&Directory, Option<u64>), StoreError> {
        let (version, json) = find_versioned(db, DIRECTORY)?.unzip();
        let json = json.unwrap_or_default();
        if self.directory.is_empty() || self.json != json {
            self.directory = with_presets(read_list(&json));
            self.json = json;
        }
        Ok((&self.directory, version))
    }
}

/// Time limits and calendar of the years around a moment. What the server side has not published, or what this version
/// cannot read, is as this version has it.
pub(crate) fn read_time_rules(db: &Connection, now: UnixMillis) -> Result<TimeRules, StoreError> {
    let mut failure = None;
    let find = |key: &str| {
        find_reference(db, key).unwrap_or_else(|error| {
            failure = Some(error);
            None
        })
    };
    let (rules, unread) = TimeRules::from_published(find, now, &TimeRules::default());
    if !unread.is_empty() {
        tracing::warn!(?unread, "rules of time have a shape that this version does not know");
    }
    failure.map_or(Ok(rules), Err)
}

/// Whether a key holds rules of time.
fn is_time_rule(key: &str) -> bool {
    key.starts_with(CALENDARS) || key == OFFICE_HOURS || key == TIME_LIMITS
}

/// Limits that were worked out here follow the rules: incidents with undecided steps are looked at again.
fn look_again_at_estimates(writing: &Writing<'_>) -> Result<(), StoreError> {
    writing
        .prepare_cached(
            "UPDATE document SET is_projected = 0
             WHERE is_projected = 1 AND id IN (SELECT id FROM incident WHERE pending > 0)",
        )?
        .execute([])?;
    Ok(())
}

/// The value of a key, if it has the shape that is asked for.
fn read_value<T: DeserializeOwned>(db: &Connection, key: &str) -> Result<Option<T>, StoreError> {
    Ok(find_reference(db, key)?.and_then(|json| serde_json::from_str(&json).ok()))
}

/// A building's name; what its doors say when the server side has not named it, else its code.
pub(crate) fn building_name(db: &Connection, building: &str) -> Result<String, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT coalesce(
             (SELECT name FROM building WHERE code = :code),
             (SELECT trim(compound || ' ' || building_name) FROM household WHERE building = :code ORDER BY sort LIMIT 1),
             :code
         ) AS name",
    )?;
    Ok(statement.query_row(named_params! {":code": building}, |row| row.get("name"))?)
}
