//! The machine's numbers, each with its reason.

use crate::wire::BATCH_BYTES;

/// How patient, how large, how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Largest push of one round, in bytes after compression (estimated).
    pub batch_bytes: usize,
    /// Largest reply asked for, in bytes before compression: small enough that a fresh phone shows its households
    /// while the visits are still on their way. Halved on a link that does not carry it.
    pub page_bytes: u32,
    /// From an edit to its round: a visit is several edits, they travel together.
    pub debounce_ms: i64,
    /// From one round to the next when nothing happens.
    pub interval_ms: i64,
    /// Ceiling of the first back-off; doubles with every failure.
    pub backoff_base_ms: i64,
    /// Ceiling of every back-off.
    pub backoff_cap_ms: i64,
    /// Rest after a server that does not know this device: somebody has to put that right there, or enrol it again.
    pub stranger_rest_ms: i64,
    /// Audits in a row that may fail to repair a difference.
    pub repair_attempts: u32,
    /// Rest after that many audits in vain.
    pub repair_rest_ms: i64,
    /// How often a record may be the only one of a round that fails, while rounds without it pass, before it is
    /// set aside. High, because a bad link fails innocent records too.
    pub strikes: u32,
    /// Installations that may be renewed without a round that passes, before a fork counts as a failure.
    pub fork_attempts: u32,
    /// Documents fetched whole in one round.
    pub fetch_documents: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            batch_bytes: BATCH_BYTES,
            page_bytes: 512 * 1024,
            debounce_ms: 1_500,
            interval_ms: 5 * 60_000,
            backoff_base_ms: 2_000,
            backoff_cap_ms: 5 * 60_000,
            stranger_rest_ms: 30 * 60_000,
            repair_attempts: 3,
            repair_rest_ms: 30 * 60_000,
            strikes: 6,
            fork_attempts: 3,
            fetch_documents: 500,
        }
    }
}

/// No back-off is shorter than this, in milliseconds: full jitter may draw nothing.
pub const BACKOFF_FLOOR_MS: i64 = 250;

impl Config {
    /// How long to wait after `failures` failed rounds in a row: full jitter below a doubling, capped ceiling.
    #[must_use]
    pub fn draw_backoff(&self, failures: u32, random: u64) -> i64 {
        let doublings = failures.saturating_sub(1).min(20);
        let ceiling = self.backoff_base_ms.saturating_mul(1 << doublings).clamp(1, self.backoff_cap_ms.max(1));
        BACKOFF_FLOOR_MS + draw_below(ceiling, random)
    }

    /// How long to rest after a round that left nothing to do: the interval, up to a tenth longer, so that a
    /// district's phones do not keep step.
    #[must_use]
    pub fn draw_interval(&self, random: u64) -> i64 {
        self.interval_ms + draw_below(self.interval_ms / 10, random)
    }

    /// How long to stay away from a server that named a time: never less, up to half as long again.
    #[must_use]
    pub fn draw_retry(&self, retry_after_ms: i64, random: u64) -> i64 {
        let named = retry_after_ms.clamp(0, 24 * 3_600_000);
        named + draw_below((named / 2).max(self.backoff_base_ms), random)
    }
}

/// A number from 0 to `ceiling` − 1; 0 when there is none.
fn draw_below(ceiling: i64, random: u64) -> i64 {
    let Ok(ceiling @ 1..) = u64::try_from(ceiling) else { return 0 };
    i64::try_from(random % ceiling).unwrap_or_default()
}
