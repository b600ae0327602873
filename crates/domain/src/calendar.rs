//! The working-day calendar (工作日历): which days the offices work, at what hours, and how much of that lies between
//! two moments.
//!
//! Why: a limit of three working days that was given before 国庆 must not fall into it, and the Saturday that is
//! worked instead (调休上班) must count. Flow: `calendar/2026` and `office-hours` are reference data that an
//! administrator publishes; the server computes limits with them, on its own clock, and writes the moments into its
//! decisions. A device uses the same functions only for an estimate (预计).
//!
//! Working time is counted in milliseconds of office hours. A *working day* as a length is the office minutes of one
//! day, so one working day from 15:00 ends at 15:00 of the next working day, or as much later as offices were closed.
//! What ends exactly at a closing time ends there, not at the next opening.
//!
//! Failure: a year without a table counts Monday to Friday ([`Calendar::missing_years`] names it, for the warning). A
//! day of a kind that this version does not know counts by its weekday. Walks end after [`HORIZON_DAYS`]: a clock
//! outside the calendar, or a table without working days, gives a far moment and never a hang or a panic.
//!
//! Not done: hours that differ by season or by office; half days.

mod hours;
mod preset;
mod year;

pub use hours::{ClockTime, HoursMistake, InvalidClockTime, OfficeHours};
pub use year::{CalendarFault, CalendarMistake, DayKind, YearTable};

use std::collections::BTreeMap;

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

use crate::time::{LocalDate, UnixMillis, add_days};

/// How many days a computation looks ahead, about eleven years; what lies beyond is cut off there.
pub const HORIZON_DAYS: i32 = 4_000;

const MINUTE_MS: i64 = 60_000;

/// The tables of the years and the office hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// What is known of each year, by year.
    pub years: BTreeMap<i16, YearTable>,
    /// When offices are open on a working day.
    pub hours: OfficeHours,
}

impl Default for Calendar {
    fn default() -> Self {
        Self::preset()
    }
}

impl Calendar {
    /// The calendar that ships: 2026 as the State Council published it, 2027 provisionally (the statutory holidays
    /// only, see [`YearTable::is_provisional`]), and the default office hours.
    #[must_use]
    pub fn preset() -> Self {
        let years = [preset::year_2026(), preset::year_2027()];
        Self { years: years.map(|table| (table.year, table)).into(), hours: OfficeHours::default() }
    }

    /// Whether offices work on this day.
    #[must_use]
    pub fn is_working_day(&self, date: LocalDate) -> bool {
        match self.years.get(&date.year()).and_then(|table| table.days.get(&date)) {
            Some(DayKind::Rest) => false,
            Some(DayKind::Working | DayKind::Shifted) => true,
            Some(DayKind::Unknown) | None => !is_weekend(date),
        }
    }

    /// Whether there is a table for this year.
    #[must_use]
    pub fn has_table(&self, year: i16) -> bool {
        self.years.contains_key(&year)
    }

    /// The years from one date to another that have no table, ascending: there, Monday to Friday counts.
    #[must_use]
    pub fn missing_years(&self, from: LocalDate, to: LocalDate) -> Vec<i16> {
        (from.year()..=to.year()).filter(|year| !self.has_table(*year)).collect()
    }

    /// The moment at which this many minutes of office hours have passed since `from`; `from` itself for none.
    #[must_use]
    pub fn add_working_minutes(&self, from: UnixMillis, minutes: u32) -> UnixMillis {
        self.add_working_ms(from, i64::from(minutes) * MINUTE_MS)
    }

    /// The moment at which this many working days have passed, each as long as the office hours of a day.
    #[must_use]
    pub fn add_working_days(&self, from: UnixMillis, days: u32) -> UnixMillis {
        self.add_working_ms(from, self.working_days_ms(days))
    }

    /// The moment at which this many milliseconds of office hours have passed since `from`; `from` itself when that is
    /// none or negative. Cut off at [`HORIZON_DAYS`] after `from`.
    #[must_use]
    pub fn add_working_ms(&self, from: UnixMillis, working_ms: i64) -> UnixMillis {
        if working_ms <= 0 {
            return from;
        }
        let mut left_ms = working_ms;
        for (open, close) in self.open_spans(from) {
            let begin = open.max(from);
            let room_ms = close.since_ms(begin).max(0);
            if left_ms <= room_ms {
                return begin.plus_ms(left_ms);
            }
            left_ms -= room_ms;
        }
        from.plus_ms(i64::from(HORIZON_DAYS) * UnixMillis::DAY_MS)
    }

    /// Whole minutes of office hours between two moments; 0 when `to` is not later.
    #[must_use]
    pub fn working_minutes_between(&self, from: UnixMillis, to: UnixMillis) -> u32 {
        u32::try_from(self.working_ms_between(from, to) / MINUTE_MS).unwrap_or(u32::MAX)
    }

    /// Milliseconds of office hours between two moments; 0 when `to` is not later. Counts [`HORIZON_DAYS`] at most.
    #[must_use]
    pub fn working_ms_between(&self, from: UnixMillis, to: UnixMillis) -> i64 {
        self.open_spans(from)
            .take_while(|(open, _)| *open < to)
            .map(|(open, close)| close.min(to).since_ms(open.max(from)).max(0))
            .sum()
    }

    /// The length of this many working days, in milliseconds of office hours.
    #[must_use]
    pub fn working_days_ms(&self, days: u32) -> i64 {
        i64::from(days) * i64::from(self.hours.minutes_per_day()) * MINUTE_MS
    }

    /// Every mistake of the tables; empty when the calendar may be published. Office hours cannot be mistaken: they
    /// are checked when they are made.
    #[must_use]
    pub fn validate(&self) -> Vec<CalendarMistake> {
        let misplaced = |(year, table): (&i16, &YearTable)| {
            let fault = CalendarFault::OtherYear(table.year);
            (*year != table.year).then_some(CalendarMistake { year: *year, date: None, fault })
        };
        let in_tables = self.years.values().flat_map(YearTable::validate);
        self.years.iter().filter_map(misplaced).chain(in_tables).collect()
    }

    /// The spans in which offices are open, from the beginning of `from`'s day on, in order; none for a moment that no
    /// calendar has.
    fn open_spans(&self, from: UnixMillis) -> impl Iterator<Item = (UnixMillis, UnixMillis)> + '_ {
        let first = from.local_date();
        let midnight = UnixMillis::start_of(first);
        let is_in_calendar = (0..UnixMillis::DAY_MS).contains(&from.since_ms(midnight));
        (0..if is_in_calendar { HORIZON_DAYS } else { 0 })
            .filter(move |day| self.is_working_day(add_days(first, *day)))
            .map(move |day| midnight.plus_ms(i64::from(day) * UnixMillis::DAY_MS))
            .flat_map(|midnight| {
                let at = move |time: ClockTime| midnight.plus_ms(i64::from(time.minutes()) * MINUTE_MS);
                self.hours.spans().iter().map(move |(open, close)| (at(*open), at(*close)))
            })
    }
}

/// Saturday or Sunday.
fn is_weekend(date: LocalDate) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
pub(crate) mod tests;
