//! Computing limits from the calendar and the lengths.

use serde::{Deserialize, Serialize};

use super::{Limit, Span, Stage, TimeLimits, YELLOW_PERCENT};
use crate::calendar::Calendar;
use crate::category::SlaClass;
use crate::time::{UnixMillis, add_days};

const MINUTE_MS: i64 = 60_000;

/// Everything that limits are computed from. The default is what ships.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TimeRules {
    /// Working days and office hours.
    pub calendar: Calendar,
    /// Lengths per class.
    pub limits: TimeLimits,
    /// 急时: every class runs round the clock.
    #[serde(default)]
    pub is_round_the_clock: bool,
}

/// What a limit is counted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clock {
    Plain,
    Working,
}

impl TimeRules {
    /// The limit of a stage that begins at `from`; `None` where the class has none for it.
    #[must_use]
    pub fn limit(&self, class: SlaClass, stage: Stage, from: UnixMillis) -> Option<Limit> {
        let clock = match stage {
            Stage::Accept | Stage::FirstAction | Stage::Resolve => self.clock(class),
            Stage::Verify | Stage::Feedback => Clock::Working,
        };
        self.limits.span(class, stage).map(|span| self.measure(span, clock, from))
    }

    /// The limit from `from` until a date that a dispatcher named; yellow on the class's clock.
    #[must_use]
    pub fn limit_until(&self, class: SlaClass, from: UnixMillis, due_at: UnixMillis) -> Limit {
        let working_ms = match self.clock(class) {
            Clock::Working => self.calendar.working_ms_between(from, due_at),
            Clock::Plain => 0,
        };
        if working_ms == 0 {
            return plain_limit(from, due_at);
        }
        let yellow_at = self.calendar.add_working_ms(from, yellow_part(working_ms));
        Limit { start_at: from, yellow_at: yellow_at.min(due_at), due_at }
    }

    /// The latest moment to which the limit for 办结 of an incident reported at `from` may be extended; `None` where
    /// the class has no extension.
    #[must_use]
    pub fn extended_resolve(&self, class: SlaClass, from: UnixMillis) -> Option<UnixMillis> {
        let span = self.limits.of_class(class).extended_resolve?;
        Some(self.measure(span, self.clock(class), from).due_at)
    }

    /// The limit after its clock stood still from `paused_from` to `paused_to`: what was left of it at the beginning
    /// of the pause is left at its end, counted on the class's clock. What had passed by then moves along by the length
    /// of the pause, so yellow stays yellow. A limit that was due before the pause stays as it is.
    #[must_use]
    pub fn shift(&self, limit: &Limit, class: SlaClass, paused_from: UnixMillis, paused_to: UnixMillis) -> Limit {
        let paused_from = paused_from.max(limit.start_at);
        if paused_to <= paused_from || limit.due_at <= paused_from {
            return *limit;
        }
        let move_along = |at: UnixMillis| at.plus_ms(paused_to.since_ms(paused_from));
        let resume = |at: UnixMillis| {
            let left_ms = match self.clock(class) {
                Clock::Working => self.calendar.working_ms_between(paused_from, at),
                Clock::Plain => 0,
            };
            // Nothing left in office hours: passed already, or named by somebody for a time when offices are closed.
            if left_ms == 0 { move_along(at) } else { self.calendar.add_working_ms(paused_to, left_ms) }
        };
        let due_at = resume(limit.due_at);
        let yellow_at = resume(limit.yellow_at).min(due_at);
        Limit { start_at: move_along(limit.start_at).min(yellow_at), yellow_at, due_at }
    }

    fn clock(&self, class: SlaClass) -> Clock {
        let is_working = self.limits.of_class(class).resolve.is_working_time() && !self.is_round_the_clock;
        if is_working { Clock::Working } else { Clock::Plain }
    }

    fn measure(&self, span: Span, clock: Clock, from: UnixMillis) -> Limit {
        match (span, clock) {
            (Span::EndOfDay, _) => {
                let midnight = UnixMillis::start_of(add_days(from.local_date(), 1));
                plain_limit(from, midnight.max(from))
            }
            (Span::Minutes { minutes }, _) | (Span::WorkingMinutes { minutes }, Clock::Plain) => {
                plain_limit(from, from.plus_ms(i64::from(minutes) * MINUTE_MS))
            }
            (Span::WorkingDays { days }, Clock::Plain) => {
                plain_limit(from, from.plus_ms(i64::from(days) * UnixMillis::DAY_MS))
            }
            (Span::WorkingMinutes { minutes }, Clock::Working) => {
                self.working_limit(from, i64::from(minutes) * MINUTE_MS)
            }
            (Span::WorkingDays { days }, Clock::Working) => {
                self.working_limit(from, self.calendar.working_days_ms(days))
            }
        }
    }

    fn working_limit(&self, from: UnixMillis, working_ms: i64) -> Limit {
        Limit {
            start_at: from,
            yellow_at: self.calendar.add_working_ms(from, yellow_part(working_ms)),
            due_at: self.calendar.add_working_ms(from, working_ms),
        }
    }
}

/// A limit on the wall clock. One that is due before it begins is due at once.
fn plain_limit(from: UnixMillis, due_at: UnixMillis) -> Limit {
    let start_at = from.min(due_at);
    Limit { start_at, yellow_at: start_at.plus_ms(yellow_part(due_at.since_ms(start_at))), due_at }
}

/// [`YELLOW_PERCENT`] of a length, rounded down.
const fn yellow_part(length_ms: i64) -> i64 {
    length_ms / 100 * YELLOW_PERCENT + length_ms % 100 * YELLOW_PERCENT / 100
}
