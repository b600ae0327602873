//! Saving a visit, against one bare SQLite transaction of the same size on the same disk.

use std::time::Instant;

use anyhow::{Context, Result};
use contract::{OpenVisitForm, SubmitVisit, VisitForm};
use domain::codes::Outcome;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::Depth;
use crate::district::{District, list_all, sync_until_verified};
use crate::report::{Budget, Report, percentile};

/// Bytes that a visit writes: its own change, the card's change, their rows and search text.
const TRANSACTION_BYTES: usize = 2_048;

pub(crate) async fn measure(report: &mut Report, depth: Depth) -> Result<()> {
    let rounds = if depth == Depth::Quick { 60 } else { 300 };
    let district = District::found(365).await?;
    let folder = TempDir::new()?;
    let phone = district.enrol_phone(folder.path()).await?;
    sync_until_verified(&phone).await?;
    district.wire.set_cut(true);
    let rows = list_all(&phone, 365).await?;
    let bare = open_bare(&folder)?;
    let (mut visits, mut transactions) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let household = rows[round % rows.len()].id;
        let form = phone.run(&OpenVisitForm { household }).await?;
        let filled = VisitForm { outcome: Some(Outcome::Met), answers: form.last_answers, ..form.form };
        let start = Instant::now();
        phone.run(&SubmitVisit { draft: form.draft, form: filled }).await?;
        visits.push(start.elapsed().as_secs_f64() * 1_000.0);
        let start = Instant::now();
        write_bare(&bare, round)?;
        transactions.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    let (visit, transaction) = (percentile(&mut visits, 0.5), percentile(&mut transactions, 0.5));
    report.tell("save a visit, durable (median)", visit, "ms");
    report.tell("one bare SQLite transaction of the same size (median)", transaction, "ms");
    report.hold("save a visit : bare transaction", visit / transaction, "×", Budget::AtMost(3.0));
    phone.shutdown().await;
    district.server.stop().await.context("the server did not stop")
}

fn open_bare(folder: &TempDir) -> Result<Connection> {
    let bare = Connection::open(folder.path().join("bare.sqlite"))?;
    bare.pragma_update(None, "journal_mode", "WAL")?;
    bare.pragma_update(None, "synchronous", "FULL")?;
    bare.execute_batch("CREATE TABLE entry (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT")?;
    Ok(bare)
}

fn write_bare(bare: &Connection, round: usize) -> Result<()> {
    let bytes = vec![u8::try_from(round % 251)?; TRANSACTION_BYTES];
    bare.execute("INSERT INTO entry (bytes) VALUES (?1)", [bytes])?;
    Ok(())
}
