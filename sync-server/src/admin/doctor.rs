//! A short report on how the ledger is and what to do next: for an office that has no database administrator.
//!
//! Failure: a ledger that cannot be opened is a finding, not an error; then the report says what can be seen from outside.

use std::path::Path;

use domain::UnixMillis;
use serde::Serialize;

use super::verify::{Progress, Verification, verify_with};
use crate::server::{StartError, open_ledger};
use crate::store::sqlite::{FileFacts, Opening, SqliteOptions, SqliteStore, look_at_file};
use crate::store::{Answer, OpenError, Store as _, StoreError, Totals};

/// Below this much free room somebody should act: some days of a district's work.
const LOW_BYTES: u64 = 512 * 1024 * 1024;

/// How the ledger is.
#[derive(Debug, Serialize)]
pub struct Checkup {
    /// Its file, from outside.
    pub file: FileFacts,
    /// What it holds; `None` when it cannot be opened or read.
    pub totals: Option<Totals>,
    /// Everything wrong in it; `None` when it could not be looked for.
    pub verification: Option<Verification>,
    /// Why it cannot be opened, read or written.
    pub trouble: Option<String>,
    /// What to do next, the most urgent first; empty when all is well.
    pub advice: Vec<Advice>,
}

/// What an administrator can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// There is no ledger here: look whether the data folder is the right one.
    CheckFolder,
    /// A newer server wrote it: install that one.
    InstallNewerServer,
    /// Something is damaged: keep a copy as it is, then put a backup back.
    PutBackupBack,
    /// The disk is full or nearly so: make room.
    MakeRoom,
    /// The ledger is busy or cannot be written: look at the log, and whether another program holds it.
    LookAtLog,
    /// Work is held for the office: decide on it.
    DecideHeldWork,
}

/// Looks at the ledger of a data folder; writes and takes back some KiB, as a push would.
pub async fn check_up(data: &Path, now: UnixMillis, progress: &mut Progress<'_>) -> Checkup {
    let file = look_at_file(data);
    let mut checkup = Checkup { totals: None, verification: None, trouble: None, advice: Vec::new(), file };
    let options = SqliteOptions { opening: Opening::Existing, ..SqliteOptions::default() };
    match open_ledger(data, &options) {
        Ok(store) => {
            if let Err(error) = look_inside(&store, now, &mut checkup, progress).await {
                checkup.advice.push(advise_on(&error));
                checkup.trouble = Some(describe(&error));
            }
            store.close().await;
        }
        Err(error) => {
            checkup.advice.push(match &error {
                StartError::Open(OpenError::Missing { .. }) => Advice::CheckFolder,
                StartError::Open(OpenError::Newer { .. }) => Advice::InstallNewerServer,
                StartError::Open(OpenError::Damaged { .. }) => Advice::PutBackupBack,
                _ => Advice::LookAtLog,
            });
            checkup.trouble = Some(describe(&error));
        }
    }
    if checkup.file.free_bytes.is_some_and(|free| free < LOW_BYTES) {
        checkup.advice.push(Advice::MakeRoom);
    }
    checkup.advice.sort_unstable();
    checkup.advice.dedup();
    checkup
}

async fn look_inside(
    store: &SqliteStore,
    now: UnixMillis,
    checkup: &mut Checkup,
    progress: &mut Progress<'_>,
) -> Answer<()> {
    match store.count_totals().await {
        Ok(totals) => {
            checkup.advice.extend((totals.held > 0).then_some(Advice::DecideHeldWork));
            checkup.totals = Some(totals);
        }
        Err(error) if error.is_temporary() => return Err(error),
        Err(_) => {} // named by what follows
    }
    let verification = verify_with(store, progress).await?;
    checkup.advice.extend((!verification.damage.is_empty()).then_some(Advice::PutBackupBack));
    checkup.verification = Some(verification);
    store.probe_writer(now).await
}

const fn advise_on(error: &StoreError) -> Advice {
    match error {
        StoreError::Full => Advice::MakeRoom,
        StoreError::Busy | StoreError::Closed => Advice::LookAtLog,
        StoreError::Value(_) | StoreError::Other(_) => Advice::PutBackupBack,
    }
}

/// An error with its causes.
fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
