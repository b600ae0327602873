//! Sync: a fresh phone, a shift, and a round with nothing to do. Bytes and requests are counted at the socket.

use std::time::Instant;

use anyhow::{Context, Result};
use companion::driver::App;
use contract::{GetToday, OpenVisitForm, SubmitVisit, SyncNow, VisitForm};
use domain::codes::Outcome;
use tempfile::TempDir;

use crate::Depth;
use crate::district::{District, list_all, sync_until_verified};
use crate::ingest::seed_visits;
use crate::report::{Budget, Report};

/// One grid of the design's table.
const HOUSEHOLDS: usize = 365;
/// Its visits.
const VISITS: usize = 4_400;
/// What PouchDB 9 with express-pouchdb takes for the same first sync (design.md §10), lower end, in ms and bytes.
const POUCH_FIRST_MS: f64 = 1_270.0;
const POUCH_FIRST_BYTES: f64 = 1_140_000.0;
/// What it takes for a shift of 30 visits, in bytes.
const POUCH_SHIFT_BYTES: f64 = 45_000.0;

pub(crate) async fn measure(report: &mut Report, depth: Depth) -> Result<()> {
    let visits = if depth == Depth::Quick { VISITS / 4 } else { VISITS };
    let district = District::found(HOUSEHOLDS).await?;
    let (first, second) = (TempDir::new()?, TempDir::new()?);
    let worker = district.enrol_phone(first.path()).await?;
    sync_until_verified(&worker).await?;
    seed_visits(&district, visits).await?;
    sync_until_verified(&worker).await?;

    district.wire.take_traffic();
    measure_first_sync(report, &district, &second, visits).await?;

    district.wire.set_cut(true);
    log_visits(&worker, 30).await?;
    district.wire.set_cut(false);
    district.wire.take_traffic();
    worker.run(&SyncNow {}).await?;
    let shift = district.wire.take_traffic();
    report.hold(
        "a shift of 30 visits: bytes up",
        shift.up_bytes as f64,
        "bytes",
        Budget::AtMost(POUCH_SHIFT_BYTES / 4.0),
    );
    report.tell("a shift of 30 visits: bytes down", shift.down_bytes as f64, "bytes");
    report.hold("a shift of 30 visits: requests", shift.requests as f64, "", Budget::AtMost(1.0));

    sync_until_verified(&worker).await?;
    district.wire.take_traffic();
    worker.run(&SyncNow {}).await?;
    let idle = district.wire.take_traffic();
    report.hold("nothing to do: bytes up", idle.up_bytes as f64, "bytes", Budget::AtMost(500.0));
    report.hold("nothing to do: bytes down", idle.down_bytes as f64, "bytes", Budget::AtMost(500.0));
    report.hold("nothing to do: requests", idle.requests as f64, "", Budget::AtMost(1.0));
    worker.shutdown().await;
    district.server.stop().await.context("the server did not stop")
}

async fn measure_first_sync(report: &mut Report, district: &District, folder: &TempDir, visits: usize) -> Result<()> {
    let what = format!("first sync, {HOUSEHOLDS} households + {visits} visits");
    let start = Instant::now();
    let fresh = district.enrol_phone(folder.path()).await?;
    while fresh.run(&GetToday {}).await?.household_count < HOUSEHOLDS as u64 {
        tokio::task::yield_now().await;
    }
    let usable = start.elapsed().as_secs_f64() * 1_000.0;
    sync_until_verified(&fresh).await?;
    let whole = start.elapsed().as_secs_f64() * 1_000.0;
    let traffic = district.wire.take_traffic();
    let bytes = (traffic.up_bytes + traffic.down_bytes) as f64;
    if visits == VISITS {
        report.hold(format!("{what}: lists usable"), usable, "ms", Budget::AtMost(POUCH_FIRST_MS / 10.0));
        report.hold(format!("{what}: bytes"), bytes, "bytes", Budget::AtMost(POUCH_FIRST_BYTES / 3.0));
    } else {
        report.tell(format!("{what}: lists usable"), usable, "ms");
        report.tell(format!("{what}: bytes"), bytes, "bytes");
    }
    report.tell(format!("{what}: all verified"), whole, "ms");
    report.tell(format!("{what}: requests"), traffic.requests as f64, "");
    fresh.shutdown().await;
    Ok(())
}

async fn log_visits(worker: &App, visits: usize) -> Result<()> {
    let rows = list_all(worker, HOUSEHOLDS).await?;
    for row in rows.iter().cycle().take(visits) {
        let form = worker.run(&OpenVisitForm { household: row.id, draft: None }).await?;
        let filled = VisitForm { outcome: Some(Outcome::Met), note: "家中平安".into(), ..form.form };
        worker.run(&SubmitVisit { draft: form.draft, form: filled }).await?;
    }
    Ok(())
}
