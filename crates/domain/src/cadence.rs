//! When a household is next visited (待访/逾期/已访). Computed from the card, never stored.
//!
//! Flow: a completed visit sets `last_visit`; the next one is due a class interval later. A household without a visit
//! is due at `first_due`, which the import sets. A visit that found nobody is an *attempt*. Three attempts in one
//! cycle are enough: the household leaves 逾期 and rests until the next cycle, and starts counting anew there.
//!
//! Which attempts belong to a cycle: those from [`EARLY_ATTEMPT_DAYS`] before the due date on. A campaign in May that
//! finds a door shut three times must not cancel the regular visit in October.
//!
//! Failure: a phone with a clock far in the future writes a mark that no later visit would ever pass. So a mark beyond
//! the horizon ([`UnixMillis::horizon`]) is overwritten by the next visit, and whoever shows a household leaves such marks
//! out first ([`Household::without_marks_after`]). Missing: the emergency period's override of the classes.

use crate::codes::VisitClass;
use crate::household::{Household, VisitMark};
use crate::time::{LocalDate, UnixMillis, add_days, days_between};
use crate::visit::Visit;

/// Attempts after which a household rests until its next cycle.
pub const ATTEMPTS_BEFORE_REST: usize = 3;

/// An attempt counts for a cycle when it was made at most this many days before the due date.
pub const EARLY_ATTEMPT_DAYS: i32 = 14;

impl VisitClass {
    /// Days between two visits. An unknown class counts as C, as an absent one does.
    #[must_use]
    pub const fn interval_days(self) -> i32 {
        match self {
            Self::A => 30,
            Self::B => 90,
            Self::C | Self::Unknown => 182,
            Self::D => 365,
        }
    }
}

/// How a household stands on a given day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DueState {
    /// 逾期: the due date has passed.
    Overdue {
        /// By how many days, at least 1.
        days: i32,
    },
    /// Due today.
    DueToday,
    /// Not yet due.
    DueIn {
        /// In how many days, at least 1.
        days: i32,
    },
    /// Three attempts were made in this cycle: the household is left in peace until the next.
    Rested {
        /// When the next cycle's visit is due.
        #[serde(with = "crate::time::as_day")]
        until: LocalDate,
    },
    /// Neither visited nor given a first date.
    NotScheduled,
}

impl DueState {
    /// Whether somebody should go there today: due or overdue.
    #[must_use]
    pub const fn is_due(self) -> bool {
        matches!(self, Self::Overdue { .. } | Self::DueToday)
    }
}

/// When the household is next due; after three attempts, the next cycle's date.
#[must_use]
pub fn next_due(household: &Household) -> Option<LocalDate> {
    find_cycle(household).map(|cycle| cycle.due)
}

/// How the household stands today.
#[must_use]
pub fn due_state(household: &Household, today: LocalDate) -> DueState {
    let Some(cycle) = find_cycle(household) else {
        return DueState::NotScheduled;
    };
    match days_between(today, cycle.due) {
        0 => DueState::DueToday,
        days if days < 0 => DueState::Overdue { days: -days },
        _ if cycle.follows_rest => DueState::Rested { until: cycle.due },
        days => DueState::DueIn { days },
    }
}

/// Writes a visit's result into the household's summary: a completed visit moves `last_visit` unless a later one is
/// already there; any other becomes an attempt. An outcome this version does not know changes nothing. A mark that
/// lies beyond `horizon` ([`UnixMillis::horizon`] of now) is none: it gives way.
pub fn apply_visit(household: &mut Household, visit: &Visit, horizon: UnixMillis) {
    let mark = VisitMark { at: visit.at_start, outcome: visit.outcome };
    if visit.outcome.is_completed() {
        if household.last_visit.is_none_or(|present| present.at < mark.at || present.at > horizon) {
            household.last_visit = Some(mark);
        }
    } else if visit.outcome != crate::codes::Outcome::Unknown {
        household.attempts.insert(visit.id, mark);
    }
}

/// The cycle that counts: its due date, and whether the cycle before it was ended by attempts.
struct Cycle {
    due: LocalDate,
    follows_rest: bool,
}

fn find_cycle(household: &Household) -> Option<Cycle> {
    let interval = household.class().interval_days();
    let start = match household.last_visit {
        Some(mark) => add_days(mark.at.local_date(), interval),
        None => household.first_due?,
    };
    let mut attempts: Vec<_> = household
        .attempts
        .values()
        .filter(|mark| household.last_visit.is_none_or(|last| mark.at > last.at))
        .map(|mark| mark.at.local_date())
        .collect();
    attempts.sort_unstable();
    let mut uncounted = attempts.as_slice();
    let mut cycle = Cycle { due: start, follows_rest: false };
    loop {
        let opens = add_days(cycle.due, -EARLY_ATTEMPT_DAYS);
        let in_cycle = &uncounted[uncounted.partition_point(|day| *day < opens)..];
        let Some(last) = in_cycle.get(ATTEMPTS_BEFORE_REST - 1) else {
            return Some(cycle);
        };
        let Some(due) = first_due_after(start, interval, cycle.due, *last) else {
            return Some(cycle);
        };
        uncounted = &in_cycle[ATTEMPTS_BEFORE_REST..];
        cycle = Cycle { due, follows_rest: true };
    }
}

/// The first date of the series `start + n × interval` that lies after both `due` and `day`; `None` at the end of
/// the calendar.
fn first_due_after(start: LocalDate, interval: i32, due: LocalDate, day: LocalDate) -> Option<LocalDate> {
    let passed = days_between(start, due.max(day)).max(0);
    let next = add_days(start, (passed / interval + 1).checked_mul(interval)?);
    (next > due).then_some(next)
}

#[cfg(test)]
mod tests;
