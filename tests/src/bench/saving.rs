//! Saving a visit, against one bare SQLite transaction of the same size on the same disk.
//!
//! The same size means: as many bytes in the write-ahead log. A visit writes its own document, the card's, two
//! changes, their rows for reading and the search text; the bare transaction writes one blob of that many bytes.

use std::time::Instant;

use anyhow::{Context, Result};
use companion::driver::{App, STORE_FILE};
use contract::{HouseholdRow, OpenVisitForm, SubmitVisit, VisitForm};
use domain::HouseholdId;
use domain::codes::Outcome;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::Depth;
use crate::district::{District, list_all, sync_until_verified};
use crate::report::{Budget, Report, percentile};

/// Visits by which the size is measured, before the log is first checkpointed (at 1,000 pages).
const SIZING: usize = 12;

pub(crate) async fn measure(report: &mut Report, depth: Depth) -> Result<()> {
    let rounds = if depth == Depth::Quick { 60 } else { 300 };
    let district = District::found(365).await?;
    let folder = TempDir::new()?;
    let phone = district.enrol_phone(folder.path()).await?;
    sync_until_verified(&phone).await?;
    district.wire.set_cut(true);
    let rows = list_all(&phone, 365).await?;
    let bare = open_bare(&folder)?;
    let bytes = measure_size(&phone, &folder, &rows).await?;
    let (mut visits, mut transactions) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let request = fill_form(&phone, rows[round % rows.len()].id).await?;
        let start = Instant::now();
        phone.run(&request).await?;
        visits.push(start.elapsed().as_secs_f64() * 1_000.0);
        let start = Instant::now();
        write_bare(&bare, round, bytes)?;
        transactions.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    report.tell("a visit's transaction", bytes as f64, "bytes");
    let (visit, transaction) = (percentile(&mut visits, 0.5), percentile(&mut transactions, 0.5));
    report.tell("save a visit, durable (median)", visit, "ms");
    report.tell("one bare SQLite transaction of the same size (median)", transaction, "ms");
    report.hold("save a visit : bare transaction", visit / transaction, "×", Budget::AtMost(3.0));
    phone.shutdown().await;
    district.server.stop().await.context("the server did not stop")
}

/// A filled form, as far as the last tap.
async fn fill_form(phone: &App, household: HouseholdId) -> Result<SubmitVisit> {
    let form = phone.run(&OpenVisitForm { household, draft: None }).await?;
    let filled = VisitForm { outcome: Some(Outcome::Met), answers: form.last_answers, ..form.form };
    Ok(SubmitVisit { draft: form.draft, form: filled })
}

/// Bytes that one visit adds to the write-ahead log.
async fn measure_size(phone: &App, folder: &TempDir, rows: &[HouseholdRow]) -> Result<usize> {
    let database = folder.path().join(STORE_FILE);
    Connection::open(&database)?.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let log = database.with_extension("sqlite-wal");
    let mut bytes = Vec::with_capacity(SIZING);
    for row in &rows[rows.len() - SIZING..] {
        let request = fill_form(phone, row.id).await?;
        let before = std::fs::metadata(&log)?.len();
        phone.run(&request).await?;
        bytes.push(std::fs::metadata(&log)?.len() - before);
    }
    bytes.sort_unstable();
    Ok(usize::try_from(bytes[SIZING / 2])?)
}

fn open_bare(folder: &TempDir) -> Result<Connection> {
    let bare = Connection::open(folder.path().join("bare.sqlite"))?;
    bare.pragma_update(None, "journal_mode", "WAL")?;
    bare.pragma_update(None, "synchronous", "FULL")?;
    bare.execute_batch("CREATE TABLE entry (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT")?;
    Ok(bare)
}

fn write_bare(bare: &Connection, round: usize, bytes: usize) -> Result<()> {
    let bytes = vec![u8::try_from(round % 251)?; bytes];
    bare.execute("INSERT INTO entry (bytes) VALUES (?1)", [bytes])?;
    Ok(())
}
