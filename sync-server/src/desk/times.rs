//! Visits that were made in the server's future: their times are corrected when they come in.
//!
//! Why here: a mark of 2030 would hold a household's next visit back for years on every phone that reads it, and only
//! the server knows both what the time is and what the device that wrote it takes it for. The correction is one change
//! of the server's, written with the device's own as decisions are; the visit says by how much it was moved
//! (`clock_correction_ms`), and the history keeps what the device wrote.
//!
//! Rule: what was written within [`SAME_CLOCK_MS`] before the device's clock of this round was written under that clock
//! and moves by what it is ahead, so that the visits of three days stay three days. Anything else was written before
//! somebody put the clock right, and it cannot have been later than now. What lies in the past is left alone.
//!
//! Failure: a document that cannot be corrected is taken in as it is; phones leave such marks out by themselves.

use std::panic::{AssertUnwindSafe, catch_unwind};

use documents::{Author, RawChange, RecordDocument, inspect};
use domain::household::VisitMark;
use domain::workflow::SYSTEM_ACCOUNT;
use domain::{Household, InstallationId, Kind, UnixMillis, Visit};
use serde::Deserialize;

use super::settle::{Settled, Unsettled};
use crate::ingest::rebuild;
use crate::store::{StoredChange, StoredDocument};

/// So much ahead is no error: clocks differ, and a reply takes its time.
const TOLERANCE_MS: i64 = 10 * 60_000;
/// How long before its round a device may have written something under the clock that it has now.
const SAME_CLOCK_MS: i64 = 60 * UnixMillis::DAY_MS;

/// What the time was when work came in, here and on the device that wrote it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clocks {
    pub(crate) server: UnixMillis,
    pub(crate) device: UnixMillis,
}

impl Clocks {
    fn is_late(self, at: UnixMillis) -> bool {
        at.since_ms(self.server) > TOLERANCE_MS
    }

    /// When it was, for a moment that is late.
    fn correct(self, at: UnixMillis) -> UnixMillis {
        if !self.is_late(at) {
            return at;
        }
        let age_ms = self.device.since_ms(at);
        if (0..=SAME_CLOCK_MS).contains(&age_ms) { self.server.plus_ms(-age_ms) } else { self.server }
    }
}

/// Whether a visit or a mark of one lies in the server's future, by the projection.
pub(crate) fn has_late_times(stored: &StoredDocument, clocks: Clocks) -> bool {
    #[derive(Deserialize)]
    struct Times {
        #[serde(default)]
        at_end: Option<UnixMillis>,
        #[serde(default)]
        last_visit: Option<VisitMark>,
        #[serde(default)]
        attempts: std::collections::BTreeMap<String, VisitMark>,
    }
    if !matches!(stored.kind, Kind::Household | Kind::Visit) {
        return false;
    }
    let Ok(times) = serde_json::from_str::<Times>(&stored.projection) else { return false };
    let marks = times.last_visit.iter().chain(times.attempts.values()).map(|mark| mark.at);
    times.at_end.into_iter().chain(marks).any(|at| clocks.is_late(at))
}

/// The document with its late times corrected; `None` when there is nothing to write. A panic is contained: what is
/// worked on is a copy.
pub(crate) fn correct_contained(
    installation: InstallationId,
    stored: &StoredDocument,
    clocks: Clocks,
) -> Result<Option<Settled>, Unsettled> {
    catch_unwind(AssertUnwindSafe(|| correct_stored(installation, stored, clocks))).unwrap_or(Err(Unsettled::Panicked))
}

fn correct_stored(
    installation: InstallationId,
    stored: &StoredDocument,
    clocks: Clocks,
) -> Result<Option<Settled>, Unsettled> {
    let mut history = RecordDocument::load(&stored.snapshot)?;
    let author = Author { account: SYSTEM_ACCOUNT, installation, at: clocks.server };
    let written = match stored.kind {
        Kind::Household => {
            let mut household = history.read::<Household>()?.record;
            correct_household(&mut household, clocks);
            history.edit(&household, &author)?
        }
        Kind::Visit => {
            let mut visit = history.read::<Visit>()?.record;
            correct_visit(&mut visit, clocks);
            history.edit(&visit, &author)?
        }
        Kind::Particulars | Kind::Incident => None,
    };
    let Some(RawChange { hash, seq, bytes }) = written else { return Ok(None) };
    inspect(&bytes)?;
    let rebuilt = rebuild(stored.kind, &history).ok_or(Unsettled::Unreadable)?;
    let change = StoredChange { hash, actor: installation, seq, account: author.account, bytes };
    Ok(Some(Settled { change, rebuilt }))
}

fn correct_household(household: &mut Household, clocks: Clocks) {
    for mark in household.last_visit.iter_mut().chain(household.attempts.values_mut()) {
        mark.at = clocks.correct(mark.at);
    }
}

fn correct_visit(visit: &mut Visit, clocks: Clocks) {
    let moved_ms = clocks.correct(visit.at_end).since_ms(visit.at_end);
    visit.at_start = visit.at_start.plus_ms(moved_ms);
    visit.at_end = visit.at_end.plus_ms(moved_ms);
    visit.clock_correction_ms = visit.clock_correction_ms.saturating_add(moved_ms);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_under_a_fast_clock_moves_with_it_and_what_was_right_stays() {
        let (now, day) = (UnixMillis::new(1_795_400_000_000), UnixMillis::DAY_MS);
        let years = 4 * 365 * day;
        let fast = Clocks { server: now, device: now.plus_ms(years) };
        assert_eq!(
            fast.correct(now.plus_ms(years - 3 * day)),
            now.plus_ms(-3 * day),
            "three days ago under that clock"
        );
        assert_eq!(fast.correct(now.plus_ms(-3 * day)), now.plus_ms(-3 * day), "written before the clock was set");
        let put_right = Clocks { server: now, device: now };
        assert_eq!(put_right.correct(now.plus_ms(years)), now, "written before the clock was put right");
        assert_eq!(put_right.correct(now.plus_ms(60_000)), now.plus_ms(60_000), "no two clocks are the same");
    }
}
