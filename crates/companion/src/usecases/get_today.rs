//! `get_today`: what needs me.

use contract::{DueFilter, GetToday, ListHouseholds, TodayView};
use domain::UnixMillis;

use super::UseCase;
use super::get_draft::draft_row;
use super::list_notices::count_unread;
use super::units::list_units;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::closed_draft::find_cleared;
use crate::store::departed_step::count_departed_futile;
use crate::store::draft::list_drafts;
use crate::store::household_list::{count_households, list_due};
use crate::store::incident_list::{
    Viewer, Which, count_futile_steps, count_incidents, list_appointments, list_incidents,
};

/// Incidents on the home page.
const INCIDENT_ROWS: u32 = 10;
/// Households on the home page.
const DUE_ROWS: u32 = 20;

impl UseCase for GetToday {
    fn run(self, companion: &mut Companion) -> Result<TodayView, Failure> {
        let account = companion.require_account()?;
        companion.note_screen();
        let today = companion.today();
        let db = companion.store.read();
        let count = |due: DueFilter, has_conflicts: bool| {
            count_households(db, &ListHouseholds { due, has_conflicts, ..ListHouseholds::default() }, today)
        };
        let viewer = Viewer { account: &account, now: companion.now() };
        let midnight = UnixMillis::start_of(today);
        let drafts = list_drafts(db)?.iter().map(|draft| draft_row(companion, draft)).collect::<Result<_, _>>()?;
        Ok(TodayView {
            date: today,
            units: list_units(db, &account)?,
            sync: companion.read_sync_summary()?,
            drafts,
            cleared: find_cleared(db, companion.device_now())?,
            appointments: list_appointments(db, midnight, midnight.plus_ms(UnixMillis::DAY_MS))?,
            futile_count: count_futile_steps(db)? + count_departed_futile(db)?,
            notice_count: count_unread(companion)?,
            incidents: list_incidents(db, &viewer, Which::Waiting, "", None, INCIDENT_ROWS)?,
            incident_count: count_incidents(db, &viewer, Which::Waiting, "")?,
            due: list_due(db, today, DUE_ROWS)?,
            overdue_count: count(DueFilter::Overdue, false)?,
            week_count: count(DueFilter::ThisWeek, false)? - count(DueFilter::Overdue, false)?,
            conflict_count: count(DueFilter::Any, true)?,
            household_count: count(DueFilter::Any, false)?,
        })
    }
}
