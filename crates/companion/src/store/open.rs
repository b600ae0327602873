//! Opening the store: look at the files ([`super::probe`]) → connect → migrate step by step → ready.
//!
//! A file of a newer version is refused before anything is written to it. Damage is recognised narrowly: SQLite says
//! "not a database" or "malformed"; the write-ahead log has a hole, or its file is gone, which SQLite passes over; or
//! there is a suspicion (the file is shorter than its header says, or an earlier run met damage and left a mark) *and*
//! `quick_check` confirms it. Then the file is set aside under a new name beside
//! the old one, never deleted, and what was only on this phone is carried over ([`super::replace`]). A suspicion that
//! is not confirmed costs one rebuilding of the tables for reading: the pages are sound, but something stumbled over
//! them.
//!
//! Rejected: `quick_check` at every start, which costs as much as reading the whole file; and repair in place, which
//! could make a bad file worse.

use std::path::{Path, PathBuf};
use std::time::Duration;

use contract::StoreHealth;
use domain::Kind;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, TransactionBehavior};

use super::error::{OpenError, StoreError, is_damaged};
use super::migrations::{SCHEMA, migrate, read_schema};
use super::probe::{Look, look_at};
use super::replace::Watch;
use super::{Store, Writing, private, project, replace, wipe};

/// Statements kept prepared: about as many as the app has.
const STATEMENTS: usize = 160;
/// Documents shown again at a time.
const REBUILD_BATCH: usize = 1_000;
/// How long to wait for a lock: only a backup tool or a second start could hold one.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// Where a store lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorePlace {
    /// In this file; its folder exists.
    File(PathBuf),
    /// Nowhere: for tests and demonstrations.
    Memory,
}

impl From<PathBuf> for StorePlace {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<&Path> for StorePlace {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

/// How one attempt to open ended badly.
enum Trouble {
    Damaged,
    Other(OpenError),
}

impl Trouble {
    fn into_error(self) -> OpenError {
        match self {
            Self::Other(error) => error,
            Self::Damaged => OpenError::Sqlite(rusqlite::Error::InvalidQuery),
        }
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        if is_damaged(&error) { Self::Damaged } else { Self::Other(error.into()) }
    }
}

pub(crate) fn open(place: &StorePlace) -> Result<Store, OpenError> {
    open_watched(place, &mut |_| Ok(()))
}

/// The same, reporting each step of replacing a damaged file before it is done; an error ends it there.
pub(crate) fn open_watched(place: &StorePlace, watch: &mut Watch<'_>) -> Result<Store, OpenError> {
    let path = match place {
        StorePlace::Memory => None,
        StorePlace::File(path) => Some(path.as_path()),
    };
    if let Some(path) = path {
        replace::finish(path, watch)?;
    }
    let connection = match (open_sound(path), path) {
        (Ok(connection), _) => connection,
        (Err(Trouble::Damaged), Some(path)) => {
            replace::make_substitute(path, watch)?;
            replace::finish(path, watch)?;
            open_sound(Some(path)).map_err(Trouble::into_error)?
        }
        (Err(trouble), _) => return Err(trouble.into_error()),
    };
    let mut store = Store { connection, health: StoreHealth::Ready, suspect: path.map(mark_of) };
    // A damaged page under the settings is met again by the next who reads them, and treated there.
    if let Ok(Some(health)) = replace::read_health(&store) {
        store.health = health;
    }
    Ok(store)
}

fn open_sound(path: Option<&Path>) -> Result<Connection, Trouble> {
    // Nothing but SQLite opens the file from here on: closing it again would drop the process's locks on it.
    let look = path.map_or(Look::Sound, look_at);
    if look == Look::Damaged {
        return Err(Trouble::Damaged);
    }
    let mut connection = match path {
        Some(path) => {
            private::close_files(path).map_err(|error| Trouble::Other(OpenError::Private(error)))?;
            Connection::open(path)?
        }
        None => Connection::open_in_memory()?,
    };
    // Until the file is known to be sound, closing it must not move its log into it: the log may be what is whole.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.busy_timeout(LOCK_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    let mut must_rebuild = false;
    let found = read_schema(&connection)?;
    if found > SCHEMA {
        return Err(Trouble::Other(OpenError::Newer { found, known: SCHEMA }));
    }
    if look == Look::Suspect {
        if !passes_quick_check(&connection)? {
            return Err(Trouble::Damaged);
        }
        must_rebuild = true;
    }
    configure(&connection)?;
    migrate(&mut connection).map_err(|error| match error {
        OpenError::Sqlite(error) => Trouble::from(error),
        other => Trouble::Other(other),
    })?;
    if must_rebuild {
        rebuild(&mut connection)?;
    } else if (1..SCHEMA).contains(&found) {
        show_waiting(&mut connection)?;
    }
    if let Some(path) = path {
        let _ = std::fs::remove_file(mark_of(path));
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(connection)
}

/// Makes an empty store in a file that is not there yet.
pub(super) fn open_fresh(path: &Path) -> Result<Store, OpenError> {
    let connection = open_sound(Some(path)).map_err(Trouble::into_error)?;
    Ok(Store { connection, health: StoreHealth::Ready, suspect: None })
}

/// The pages are sound, yet something was not: the tables for reading are made again from the documents.
fn rebuild(connection: &mut Connection) -> Result<(), Trouble> {
    write_once(connection, |writing| {
        wipe::forget_projections(writing)?;
        while project::project_some(writing, REBUILD_BATCH)? > 0 {}
        Ok(())
    })
}

/// After an upgrade: the incidents that a step wants looked at again are looked at before anybody asks for a list. A
/// phone that dies in between does it when it is idle.
fn show_waiting(connection: &mut Connection) -> Result<(), Trouble> {
    write_once(connection, |writing| project::project_kind(writing, Kind::Incident).map(|_| ()))
}

fn write_once(
    connection: &mut Connection,
    work: impl FnOnce(&Writing<'_>) -> Result<(), StoreError>,
) -> Result<(), Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let writing = Writing(transaction);
    match work(&writing) {
        Ok(()) => Ok(writing.0.commit()?),
        Err(StoreError::Sqlite(error)) => Err(error.into()),
        Err(error) => Err(Trouble::Other(error.into())),
    }
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    // Only natively: a browser worker's file layer has no shared memory. Nothing relies on it.
    #[cfg(not(target_arch = "wasm32"))]
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    // FULL: what was acknowledged survives the loss of power, not only of the process.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // What is deleted is overwritten: an incident that has left this device is not to be read from its file.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    connection.pragma_update(None, "trusted_schema", false)
}

fn passes_quick_check(connection: &Connection) -> rusqlite::Result<bool> {
    let answer: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get("quick_check"))?;
    Ok(answer == "ok")
}

/// The mark that an earlier run met damage.
pub(super) fn mark_of(path: &Path) -> PathBuf {
    with_suffix(path, ".suspect")
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
