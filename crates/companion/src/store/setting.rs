//! What this phone knows about itself, one JSON value a key.
//!
//! The device's token stands here in the clear until the store is encrypted at rest (an issue of its own): whoever
//! can read the app's folder can read it, as they can read the records beside it.

use rusqlite::{Connection, OptionalExtension as _, named_params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{StoreError, Writing};

/// The name of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SettingKey(pub(crate) &'static str);

/// `domain::Account`: whose phone this is.
pub(crate) const ACCOUNT: SettingKey = SettingKey("account");
/// `String`: the server's address.
pub(crate) const SERVER: SettingKey = SettingKey("server");
/// `String`: the device's bearer token.
pub(crate) const TOKEN: SettingKey = SettingKey("token");
/// `domain::InstallationId`: the actor of everything written here.
pub(crate) const INSTALLATION: SettingKey = SettingKey("installation");
/// There since the server said that it does not know this phone's token, until a round is done again: what it had taken
/// over may be gone there.
pub(crate) const UNKNOWN_TO_SERVER: SettingKey = SettingKey("unknown_to_server");
/// `contract::Settings`: how the app looks.
pub(crate) const LOOKS: SettingKey = SettingKey("looks");
/// `i64`: milliseconds by which the server's clock was ahead of this device's at the last round; negative: behind.
pub(crate) const SERVER_AHEAD: SettingKey = SettingKey("server_ahead_ms");
/// `UnixMillis`: the server's clock at the last round.
pub(crate) const SERVER_TIME: SettingKey = SettingKey("server_time");
/// `UnixMillis`: the last moment that was believed, by the server's word or this device's.
pub(crate) const KNOWN_TIME: SettingKey = SettingKey("known_time");
/// [`super::clock::ClockAnchor`]: how the device's clocks stood at the last round.
pub(crate) const CLOCK_ANCHOR: SettingKey = SettingKey("clock_anchor");
/// `i64`: by how much the device's clock was wrong when its owner was told and said that they know.
pub(crate) const CLOCK_TOLD: SettingKey = SettingKey("clock_told_ms");

/// `BTreeMap<String, LocalDate>`: notices that were opened here, with the day from which they hold.
pub(crate) const NOTICES_READ: SettingKey = SettingKey("notices_read");
/// `BTreeSet<(IncidentId, UnixMillis)>`: appointments of these days that were reminded of.
pub(crate) const REMINDED: SettingKey = SettingKey("reminded");

/// `BTreeSet<String>`: hashes of changes that the server did not accept and that their author has put away.
pub(crate) const PUT_AWAY: SettingKey = SettingKey("put_away");
/// `BTreeMap<IncidentId, String>`: how to reach the reporters of open incidents, as the server told last.
pub(crate) const REPORTER_TELS: SettingKey = SettingKey("reporter_tels");

/// `String`: the version of the app that last opened the store.
pub(crate) const APP_VERSION: SettingKey = SettingKey("app_version");

/// `contract::StoreHealth`: what a new store has to tell until somebody has read it.
pub(crate) const FOUND: SettingKey = SettingKey("found");

/// A setting; `None` when it was never set, or a newer version wrote something else.
pub(crate) fn read_setting<T: DeserializeOwned>(db: &Connection, key: SettingKey) -> Result<Option<T>, StoreError> {
    let mut statement = db.prepare_cached("SELECT value FROM setting WHERE key = :key")?;
    let value: Option<String> =
        statement.query_row(named_params! {":key": key.0}, |row| row.get("value")).optional()?;
    Ok(value.and_then(|json| serde_json::from_str(&json).ok()))
}

/// Sets a setting.
pub(crate) fn put_setting<T: Serialize>(writing: &Writing<'_>, key: SettingKey, value: &T) -> Result<(), StoreError> {
    let json = serde_json::to_string(value).map_err(|_| StoreError::Value { table: "setting" })?;
    writing
        .prepare_cached(
            "INSERT INTO setting (key, value) VALUES (:key, :value)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )?
        .execute(named_params! {":key": key.0, ":value": json})?;
    Ok(())
}

/// Forgets a setting.
pub(crate) fn remove_setting(writing: &Writing<'_>, key: SettingKey) -> Result<(), StoreError> {
    writing.prepare_cached("DELETE FROM setting WHERE key = :key")?.execute(named_params! {":key": key.0})?;
    Ok(())
}
