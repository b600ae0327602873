//! Reference data: values that the server side writes, pulled like everything else, never merged.
//!
//! Keys known here: `account-names` (`{account: {name, role}}`), `grids` (`{grid: name}`), `buildings/{grid}`
//! (`{building: {compound, name}}`), `organisations` (`domain::organisation`) and `template/{key}` (a checklist).
//! Others are kept as they are. A value that does not have its shape is kept and changes no table.

use std::collections::BTreeMap;

use domain::checklist::Template;
use domain::codes::CodeList as _;
use domain::deadline::TimeRules;
use domain::organisation::{ORGANISATIONS, Organisations};
use domain::{AccountId, BuildingCode, GridCode, Role};
use rusqlite::{Connection, OptionalExtension as _, named_params};
use serde::Deserialize;
use serde::de::DeserializeOwned;

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
    let mut statement = writing
        .prepare_cached("INSERT OR REPLACE INTO account_name (account, name, role) VALUES (:account, :name, :role)")?;
    for (account, AccountName { name, role }) in names {
        statement.execute(named_params! {
            ":account": account.as_uuid().into_bytes(),
            ":name": name,
            ":role": role.map(|role| role.code()),
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
    let mut statement = db.prepare_cached("SELECT value FROM reference WHERE key = :key")?;
    Ok(statement.query_row(named_params! {":key": key}, |row| row.get("value")).optional()?)
}

/// The checklist with this key as the server side last published it.
pub(crate) fn find_template(db: &Connection, key: &str) -> Result<Option<Template>, StoreError> {
    let json = find_reference(db, &format!("template/{key}"))?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
}

/// A colleague's name, if it is on this phone.
pub(crate) fn find_account_name(db: &Connection, account: AccountId) -> Result<Option<Colleague>, StoreError> {
    let mut statement = db.prepare_cached("SELECT name, role FROM account_name WHERE account = :account")?;
    let found = statement
        .query_row(named_params! {":account": account.as_uuid().into_bytes()}, |row| {
            let role: Option<String> = row.get("role")?;
            Ok(Colleague { name: row.get("name")?, role: role.map(|code| Role::from_code(&code)) })
        })
        .optional()?;
    Ok(found)
}

/// A grid's name; its serial in words when the server side has not named it.
pub(crate) fn grid_name(db: &Connection, grid: &GridCode) -> Result<String, StoreError> {
    Ok(read_grid_names(db)?.name(grid))
}

/// Names of the grids, read once for a whole list.
#[derive(Debug, Clone, Default)]
pub(crate) struct GridNames(BTreeMap<String, String>);

impl GridNames {
    /// A grid's name; its serial in words when the server side has not named it.
    pub(crate) fn name(&self, grid: &GridCode) -> String {
        self.0.get(grid.as_str()).cloned().unwrap_or_else(|| format!("第{}网格", grid.serial()))
    }
}

/// Names of the grids.
pub(crate) fn read_grid_names(db: &Connection) -> Result<GridNames, StoreError> {
    Ok(GridNames(read_value(db, GRIDS)?.unwrap_or_default()))
}

/// The organisations that handle incidents; none before the first sync.
pub(crate) fn read_organisations(db: &Connection) -> Result<Organisations, StoreError> {
    Ok(read_value(db, ORGANISATIONS)?.unwrap_or_default())
}

/// Time limits and calendar.
pub(crate) fn read_time_rules(_db: &Connection) -> Result<TimeRules, StoreError> {
    Ok(TimeRules::default())
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
