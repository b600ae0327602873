//! What this phone has learnt of the time: how far the server's clock is ahead of its own, and how late it is at least.
//!
//! [`KNOWN_TIME`] is the last moment that was believed: the server's at the last round, that of an edit or a start since.
//! What is dated beyond its horizon ([`UnixMillis::horizon`]) was written under a wrong clock: readings and tables leave
//! it out. It may turn out to have been too late (this phone's clock ran ahead, or the server's did and was put right);
//! then what was shown under the wrong time is shown anew. [`SERVER_TIME`] is the server's word alone.

use domain::{HouseholdId, RecordId, UnixMillis};
use rusqlite::{Connection, named_params};

use super::document::read_id;
use super::project::project_document;
use super::setting::{CLOCK_ANCHOR, KNOWN_TIME, SERVER_AHEAD, SERVER_TIME, put_setting, read_setting};
use super::{StoreError, Writing};

/// The known time is noted when it differs by so much: one more row written an hour, not one an edit.
const NOTE_EVERY_MS: i64 = 3_600_000;

/// How the device's clocks stood at a round: enough to tell at the next start whether somebody has set one since.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct ClockAnchor {
    /// [`crate::Clock::boot`].
    pub(crate) boot: String,
    /// What the wall clock and the monotonic one differed by.
    pub(crate) apart_ms: i64,
    /// How far the server's clock was ahead.
    pub(crate) ahead_ms: i64,
}

/// The anchor of the last round, if the platform tells what it needs.
pub(crate) fn read_anchor(db: &Connection) -> Result<Option<ClockAnchor>, StoreError> {
    read_setting(db, CLOCK_ANCHOR)
}

/// Notes the anchor of a round.
pub(crate) fn put_anchor(writing: &Writing<'_>, anchor: &ClockAnchor) -> Result<(), StoreError> {
    put_setting(writing, CLOCK_ANCHOR, anchor)
}

/// How far the server's clock was ahead of this device's at the last round; `None` before the first.
pub(crate) fn read_ahead(db: &Connection) -> Result<Option<i64>, StoreError> {
    read_setting(db, SERVER_AHEAD)
}

/// What the server's clock said at the last round.
pub(crate) fn read_server_time(db: &Connection) -> Result<Option<UnixMillis>, StoreError> {
    read_setting(db, SERVER_TIME)
}

/// Until when dates are believed. Before anything is known of the time every date is.
pub(crate) fn read_horizon(db: &Connection) -> Result<UnixMillis, StoreError> {
    let known: Option<UnixMillis> = read_setting(db, KNOWN_TIME)?;
    Ok(known.map_or(UnixMillis::new(i64::MAX), |known| known.plus_ms(NOTE_EVERY_MS).horizon()))
}

/// A moment of this device's clock as the server's would say it, as far as the last round told; never beyond what is
/// believed.
pub(crate) fn on_server_clock(db: &Connection, at: UnixMillis) -> Result<UnixMillis, StoreError> {
    Ok(at.plus_ms(read_ahead(db)?.unwrap_or(0)).min(read_horizon(db)?))
}

/// Whether [`note_time`] would write anything.
pub(crate) fn needs_noting(db: &Connection, at: UnixMillis) -> Result<bool, StoreError> {
    let known: Option<UnixMillis> = read_setting(db, KNOWN_TIME)?;
    Ok(known.is_none_or(|known| at.since_ms(known).abs() >= NOTE_EVERY_MS))
}

/// It is now so late, as far as anybody here knows. Answers whether households are shown otherwise by it.
pub(crate) fn note_time(writing: &Writing<'_>, at: UnixMillis) -> Result<bool, StoreError> {
    if !needs_noting(writing, at)? {
        return Ok(false);
    }
    let before = read_horizon(writing)?;
    put_setting(writing, KNOWN_TIME, &at)?;
    let horizon = read_horizon(writing)?;
    if horizon < before { show_late_households_anew(writing, horizon) } else { Ok(false) }
}

/// The server has said what the time is. Answers as [`note_time`].
pub(crate) fn note_server_time(writing: &Writing<'_>, server: UnixMillis, ahead_ms: i64) -> Result<bool, StoreError> {
    put_setting(writing, SERVER_TIME, &server)?;
    if read_ahead(writing)? != Some(ahead_ms) {
        put_setting(writing, SERVER_AHEAD, &ahead_ms)?;
    }
    note_time(writing, server)
}

/// Shows the households again in whose tables something counts that is dated after `horizon`, or whose fields are in
/// conflict: another value may be the newest that is believed.
fn show_late_households_anew(writing: &Writing<'_>, horizon: UnixMillis) -> Result<bool, StoreError> {
    let late = {
        let mut statement = writing.prepare_cached(
            "SELECT id FROM household WHERE last_visit > :horizon OR last_attempt > :horizon OR conflicts > 0 ORDER BY id",
        )?;
        let horizon = format!("{:016}|", horizon.as_i64().max(0));
        let ids = statement.query_map(named_params! {":horizon": horizon}, |row| row.get("id"))?;
        ids.collect::<rusqlite::Result<Vec<[u8; 16]>>>()?
    };
    for id in &late {
        let household: HouseholdId = read_id(*id).into();
        project_document(writing, RecordId::from(household))?;
    }
    Ok(!late.is_empty())
}
