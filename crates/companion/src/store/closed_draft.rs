//! Drafts that are over: submitted, or cleared by a person, who can bring them back for a day.
//!
//! A form that is still open somewhere may save itself after that. It must not come to life again, so the names of the
//! last [`NAMES_LIMIT`] are kept. What was cleared is kept whole for its day, however much it is.
//!
//! The day is measured by the device's own clock: a correction by the server's must not end it. A moment that lies ahead
//! (somebody set that clock back) counts from now.
//!
//! Missing: what was cleared is not looked for in a damaged file.

use contract::ClearedDrafts;
use domain::UnixMillis;
use domain::id::DraftId;
use rusqlite::{Connection, named_params};

use super::draft::{find_draft, read_draft_id, remove_draft};
use super::{StoreError, Writing};

/// How long a draft that was cleared can be brought back.
const RESTORABLE_MS: i64 = UnixMillis::DAY_MS;
/// So many names are remembered: a week of the busiest campaign.
const NAMES_LIMIT: i64 = 200;

/// Clears drafts; they can be brought back. `at`: the device's own clock.
pub(crate) fn clear_drafts(writing: &Writing<'_>, ids: &[DraftId], at: UnixMillis) -> Result<(), StoreError> {
    for id in ids {
        // Cleared twice is cleared once.
        writing
            .prepare_cached(
                "INSERT OR IGNORE INTO closed_draft
                     (id, closed_at, kind, household, form, template, started_at, saved_at)
                 SELECT id, :at, kind, household, form, template, started_at, saved_at FROM draft WHERE id = :id",
            )?
            .execute(named_params! {":id": id.as_uuid().into_bytes(), ":at": at.as_i64()})?;
        close(writing, *id, at)?;
    }
    sweep(writing, at)
}

/// The draft was submitted, or nothing of it was ever written. `at`: the device's own clock.
pub(crate) fn close_draft(writing: &Writing<'_>, id: DraftId, at: UnixMillis) -> Result<(), StoreError> {
    close(writing, id, at)?;
    sweep(writing, at)
}

fn close(writing: &Writing<'_>, id: DraftId, at: UnixMillis) -> Result<(), StoreError> {
    writing
        .prepare_cached("INSERT OR IGNORE INTO closed_draft (id, closed_at) VALUES (:id, :at)")?
        .execute(named_params! {":id": id.as_uuid().into_bytes(), ":at": at.as_i64()})?;
    remove_draft(writing, id)
}

/// Lets go of what was cleared more than a day ago, and of names that nobody will use any more.
pub(crate) fn sweep(writing: &Writing<'_>, now: UnixMillis) -> Result<(), StoreError> {
    let now = now.as_i64();
    writing
        .prepare_cached("UPDATE closed_draft SET closed_at = :now WHERE closed_at > :now")?
        .execute(named_params! {":now": now})?;
    writing
        .prepare_cached(
            "UPDATE closed_draft
             SET kind = NULL, household = NULL, form = NULL, template = NULL, started_at = NULL, saved_at = NULL
             WHERE form IS NOT NULL AND closed_at <= :until",
        )?
        .execute(named_params! {":until": now.saturating_sub(RESTORABLE_MS)})?;
    writing
        .prepare_cached(
            "DELETE FROM closed_draft WHERE form IS NULL AND id NOT IN (
                 SELECT id FROM closed_draft WHERE form IS NULL ORDER BY closed_at DESC, id DESC LIMIT :limit)",
        )?
        .execute(named_params! {":limit": NAMES_LIMIT})?;
    Ok(())
}

/// Whether this draft is over.
pub(crate) fn is_closed(db: &Connection, id: DraftId) -> Result<bool, StoreError> {
    let mut statement = db.prepare_cached("SELECT 1 FROM closed_draft WHERE id = :id")?;
    Ok(statement.exists(named_params! {":id": id.as_uuid().into_bytes()})?)
}

/// The drafts that were cleared last, with one tap, and can still be brought back. `now`: the device's own clock.
pub(crate) fn find_cleared(db: &Connection, now: UnixMillis) -> Result<Option<ClearedDrafts>, StoreError> {
    let mut latest = db.prepare_cached("SELECT max(closed_at) AS at FROM closed_draft WHERE form IS NOT NULL")?;
    let at: Option<i64> = latest.query_row([], |row| row.get("at"))?;
    let Some(at) = at else { return Ok(None) };
    let until = UnixMillis::new(at.min(now.as_i64())).plus_ms(RESTORABLE_MS);
    if until <= now {
        return Ok(None);
    }
    let mut statement =
        db.prepare_cached("SELECT id FROM closed_draft WHERE form IS NOT NULL AND closed_at = :at ORDER BY id")?;
    let drafts = statement.query_map(named_params! {":at": at}, read_draft_id)?.collect::<rusqlite::Result<_>>()?;
    Ok(Some(ClearedDrafts { drafts, until }))
}

/// Brings cleared drafts back. One that is there again is left as it is, and so is what was cleared.
pub(crate) fn restore_drafts(writing: &Writing<'_>, ids: &[DraftId], now: UnixMillis) -> Result<(), StoreError> {
    let since = now.as_i64().saturating_sub(RESTORABLE_MS);
    for id in ids {
        if find_draft(writing, *id)?.is_some() {
            continue;
        }
        let params = named_params! {":id": id.as_uuid().into_bytes(), ":since": since};
        let rows = writing
            .prepare_cached(
                "INSERT INTO draft (id, kind, household, form, template, started_at, saved_at)
                 SELECT id, kind, household, form, template, started_at, saved_at FROM closed_draft
                 WHERE id = :id AND form IS NOT NULL AND closed_at > :since",
            )?
            .execute(params)?;
        if rows > 0 {
            writing
                .prepare_cached("DELETE FROM closed_draft WHERE id = :id")?
                .execute(named_params! {":id": id.as_uuid().into_bytes()})?;
        }
    }
    Ok(())
}
