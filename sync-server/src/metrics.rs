//! Counters in Prometheus text. No label names a person, a place or a device.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use crate::desk::Settlement;
use crate::store::Totals;

/// Upper bounds of the duration histogram, in milliseconds.
const BOUNDS_MS: [u64; 8] = [5, 10, 25, 50, 100, 250, 1_000, 5_000];

#[derive(Default)]
struct Durations {
    buckets: [u64; BOUNDS_MS.len()],
    count: u64,
    sum_ms: u64,
}

#[derive(Default)]
struct Counters {
    requests: BTreeMap<(&'static str, u16), u64>,
    durations: BTreeMap<&'static str, Durations>,
    verdicts: BTreeMap<&'static str, u64>,
    bytes: BTreeMap<&'static str, u64>,
    strayed_reads: u64,
    put_off_pushes: u64,
    settled: BTreeMap<&'static str, usize>,
}

/// What happened since the start.
#[derive(Default)]
pub(crate) struct Metrics {
    counters: Mutex<Counters>,
}

impl Metrics {
    fn with(&self, change: impl FnOnce(&mut Counters)) {
        change(&mut self.counters.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// A request was answered.
    pub(crate) fn count_request(&self, route: &'static str, status: u16, elapsed_ms: u64) {
        self.with(|c| {
            *c.requests.entry((route, status)).or_default() += 1;
            let durations = c.durations.entry(route).or_default();
            durations.count += 1;
            durations.sum_ms += elapsed_ms;
            for (bucket, bound) in durations.buckets.iter_mut().zip(BOUNDS_MS) {
                *bucket += u64::from(elapsed_ms <= bound);
            }
        });
    }

    /// Changes got a verdict.
    pub(crate) fn count_verdict(&self, verdict: &'static str) {
        self.with(|c| *c.verdicts.entry(verdict).or_default() += 1);
    }

    /// Bytes of bodies came or went.
    pub(crate) fn count_bytes(&self, direction: &'static str, bytes: usize) {
        self.with(|c| *c.bytes.entry(direction).or_default() += u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    /// A device asked for streams it may not read.
    pub(crate) fn count_strayed_reads(&self, count: u64) {
        self.with(|c| c.strayed_reads += count);
    }

    /// A device had handed in its bytes of the day; what it pushed waits.
    pub(crate) fn count_put_off_push(&self) {
        self.with(|c| c.put_off_pushes += 1);
    }

    /// The desk looked at incidents that were due.
    pub(crate) fn count_settlement(&self, settlement: Settlement) {
        let Settlement { settled, put_off, moved, failed } = settlement;
        self.with(|c| {
            for (result, count) in [("settled", settled), ("put_off", put_off), ("moved", moved), ("failed", failed)] {
                *c.settled.entry(result).or_default() += count;
            }
        });
    }

    /// The page.
    pub(crate) fn render(&self, totals: Totals, open_streams: u64, damaged: usize) -> String {
        let counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let mut page = String::new();
        // Writing to a String cannot fail.
        let _ = write_page(&mut page, &counters, totals, open_streams, damaged);
        page
    }
}

fn write_page(
    page: &mut String,
    counters: &Counters,
    totals: Totals,
    open_streams: u64,
    damaged: usize,
) -> std::fmt::Result {
    writeln!(page, "# HELP gridcompanion_requests_total Requests by route and status.")?;
    writeln!(page, "# TYPE gridcompanion_requests_total counter")?;
    for ((route, status), count) in &counters.requests {
        writeln!(page, "gridcompanion_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}")?;
    }
    writeln!(page, "# HELP gridcompanion_request_duration_ms Time to answer, in milliseconds.")?;
    writeln!(page, "# TYPE gridcompanion_request_duration_ms histogram")?;
    for (route, durations) in &counters.durations {
        let name = "gridcompanion_request_duration_ms";
        for (bucket, bound) in durations.buckets.iter().zip(BOUNDS_MS) {
            writeln!(page, "{name}_bucket{{route=\"{route}\",le=\"{bound}\"}} {bucket}")?;
        }
        writeln!(page, "{name}_bucket{{route=\"{route}\",le=\"+Inf\"}} {}", durations.count)?;
        writeln!(page, "{name}_sum{{route=\"{route}\"}} {}", durations.sum_ms)?;
        writeln!(page, "{name}_count{{route=\"{route}\"}} {}", durations.count)?;
    }
    writeln!(page, "# HELP gridcompanion_changes_total Pushed changes by verdict.")?;
    writeln!(page, "# TYPE gridcompanion_changes_total counter")?;
    for (verdict, count) in &counters.verdicts {
        writeln!(page, "gridcompanion_changes_total{{verdict=\"{verdict}\"}} {count}")?;
    }
    writeln!(page, "# HELP gridcompanion_body_bytes_total Compressed bytes of bodies.")?;
    writeln!(page, "# TYPE gridcompanion_body_bytes_total counter")?;
    for (direction, bytes) in &counters.bytes {
        writeln!(page, "gridcompanion_body_bytes_total{{direction=\"{direction}\"}} {bytes}")?;
    }
    writeln!(page, "# HELP gridcompanion_strayed_reads_total Streams asked for without a right.")?;
    writeln!(page, "# TYPE gridcompanion_strayed_reads_total counter")?;
    writeln!(page, "gridcompanion_strayed_reads_total {}", counters.strayed_reads)?;
    writeln!(page, "# HELP gridcompanion_put_off_pushes_total Pushes beyond a device's bytes of the day.")?;
    writeln!(page, "# TYPE gridcompanion_put_off_pushes_total counter")?;
    writeln!(page, "gridcompanion_put_off_pushes_total {}", counters.put_off_pushes)?;
    writeln!(page, "# HELP gridcompanion_due_incidents_total Incidents that were due, by what became of them.")?;
    writeln!(page, "# TYPE gridcompanion_due_incidents_total counter")?;
    for (result, count) in &counters.settled {
        writeln!(page, "gridcompanion_due_incidents_total{{result=\"{result}\"}} {count}")?;
    }
    let gauges = [
        ("documents", "Records in the ledger.", totals.documents),
        ("changes", "Changes in the ledger.", totals.changes),
        ("quarantined_changes", "Refused changes kept aside.", totals.refused),
        ("held_changes", "Changes held for the office.", totals.held),
        ("trusted_devices", "Enrolled devices that are trusted.", totals.devices),
        ("open_streams", "Devices that listen for hints here.", open_streams),
        ("damaged_rows", "Rows met since the start that cannot be read.", u64::try_from(damaged).unwrap_or(u64::MAX)),
    ];
    for (name, help, value) in gauges {
        writeln!(page, "# HELP gridcompanion_{name} {help}")?;
        writeln!(page, "# TYPE gridcompanion_{name} gauge")?;
        writeln!(page, "gridcompanion_{name} {value}")?;
    }
    Ok(())
}
