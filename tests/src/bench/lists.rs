//! Listing, searching and opening, at the sizes a phone may hold.

use std::time::Instant;

use anyhow::{Context, Result};
use companion::driver::App;
use contract::{Command, GetHousehold, GetToday, ListHouseholds};
use tempfile::TempDir;

use crate::Depth;
use crate::district::{District, list_all, sync_until_verified};
use crate::report::{Budget, Report, percentile};

/// Above this the figures explain, they are not held to the bar.
const HELD_HOUSEHOLDS: usize = 10_000;

pub(crate) async fn measure(report: &mut Report, depth: Depth) -> Result<()> {
    let sizes: &[usize] = if depth == Depth::Quick { &[1_100, 10_000] } else { &[1_100, 10_000, 100_000] };
    for households in sizes {
        measure_size(report, *households, if depth == Depth::Quick { 60 } else { 200 }).await?;
    }
    Ok(())
}

async fn measure_size(report: &mut Report, households: usize, rounds: usize) -> Result<()> {
    let district = District::found(households).await?;
    let folder = TempDir::new()?;
    let phone = district.enrol_phone(folder.path()).await?;
    sync_until_verified(&phone).await?;
    district.wire.set_cut(true);
    let rows = list_all(&phone, 1_000).await?;
    let mut asking = Asking { report, phone: &phone, households, rounds };
    asking.ask("open 今日", |_| GetToday {}).await?;
    asking.ask("list 50 households", |_| ListHouseholds::default()).await?;
    let middle = list_all(&phone, (households / 2).min(5_000)).await?;
    let key = ListHouseholds { after: None, ..ListHouseholds::default() };
    anyhow::ensure!(!middle.is_empty(), "paging ended at once");
    for (what, query) in [("initials (wxl)", "wxl"), ("one character", "兰"), ("room", "402"), ("phone tail", "0041")]
    {
        asking.ask(&format!("search by {what}"), |_| ListHouseholds { query: query.into(), ..key.clone() }).await?;
    }
    asking.ask("open a household", |round| GetHousehold { id: rows[round * 7 % rows.len()].id }).await?;
    phone.shutdown().await;
    district.server.stop().await.context("the server did not stop")
}

struct Asking<'a> {
    report: &'a mut Report,
    phone: &'a App,
    households: usize,
    rounds: usize,
}

impl Asking<'_> {
    async fn ask<C: Command>(&mut self, what: &str, request: impl Fn(usize) -> C) -> Result<()> {
        let mut samples = Vec::with_capacity(self.rounds);
        for round in 0..self.rounds {
            let request = request(round);
            let start = Instant::now();
            self.phone.run(&request).await?;
            samples.push(start.elapsed().as_secs_f64() * 1_000.0);
        }
        let what = format!("{what}, {} households (p99)", self.households);
        let p99 = percentile(&mut samples, 0.99);
        if self.households <= HELD_HOUSEHOLDS {
            self.report.hold(what, p99, "ms", Budget::AtMost(50.0));
        } else {
            self.report.tell(what, p99, "ms");
        }
        Ok(())
    }
}
