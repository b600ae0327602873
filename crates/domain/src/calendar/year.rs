//! The table of one year: which days differ from Monday to Friday.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::is_weekend;
use crate::codes::code_list;
use crate::time::{LocalDate, add_days};

code_list! {
    /// What a day is for the offices.
    DayKind from "domain reference §7; codes are ours" {
        Working = "working", "工作日", "Working day";
        Rest = "rest", "休息日", "Day off";
        Shifted = "shifted", "调休上班", "Weekend day worked instead of another";
    }
}

/// One year as the administrator publishes it (reference data `calendar/2026`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearTable {
    /// The year; every entry lies in it.
    pub year: i16,
    /// Made before the State Council's notice for the year: holidays are those of the law, days moved around them
    /// (调休, 补假) are not in it yet.
    #[serde(default)]
    pub is_provisional: bool,
    /// The notice or law that it follows.
    pub source: String,
    /// Kinds of days by date (`YYYY-MM-DD`). A day that is not listed counts by its weekday.
    pub days: BTreeMap<LocalDate, DayKind>,
}

/// A mistake in a year's table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("calendar {year}{}: {fault}", date.map(|date| format!(", {date}")).unwrap_or_default())]
pub struct CalendarMistake {
    /// The table.
    pub year: i16,
    /// The entry, where it is one.
    pub date: Option<LocalDate>,
    /// What is wrong.
    pub fault: CalendarFault,
}

/// What can be wrong with a year's table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarFault {
    /// A year outside [`YearTable::PLAUSIBLE_YEARS`].
    #[error("the year is not plausible")]
    ImplausibleYear,
    /// Filed under another year than it says.
    #[error("the table says that it is for {0}")]
    OtherYear(i16),
    /// No notice or law is named.
    #[error("the source is missing")]
    SourceMissing,
    /// A date of another year.
    #[error("the date lies in another year")]
    ForeignDate,
    /// A kind of day that this version does not have.
    #[error("the kind of day is unknown")]
    UnknownKind,
    /// 调休上班 on a Monday to Friday, which is worked anyway.
    #[error("a shifted working day can only be a Saturday or Sunday")]
    ShiftedOnWeekday,
    /// 工作日 on a Saturday or Sunday, which 调休上班 is for.
    #[error("a Saturday or Sunday that is worked is a shifted one")]
    WorkingAtWeekend,
    /// Fewer working days than [`YearTable::FEWEST_WORKING_DAYS`]: limits would run away.
    #[error("only {0} working days are left in the year")]
    TooFewWorkingDays(u16),
}

impl YearTable {
    /// Years for which a table may be published.
    pub const PLAUSIBLE_YEARS: std::ops::RangeInclusive<i16> = 2020..=2100;

    /// Fewest working days of a year; there are about 248.
    pub const FEWEST_WORKING_DAYS: u16 = 200;

    /// Every mistake of the table; empty when it may be published.
    #[must_use]
    pub fn validate(&self) -> Vec<CalendarMistake> {
        let of_table = |fault| CalendarMistake { year: self.year, date: None, fault };
        if !Self::PLAUSIBLE_YEARS.contains(&self.year) {
            return vec![of_table(CalendarFault::ImplausibleYear)];
        }
        let mut mistakes = Vec::new();
        if self.source.trim().is_empty() {
            mistakes.push(of_table(CalendarFault::SourceMissing));
        }
        for (date, kind) in &self.days {
            if let Some(fault) = self.find_fault(*date, *kind) {
                mistakes.push(CalendarMistake { year: self.year, date: Some(*date), fault });
            }
        }
        let working = self.count_working_days();
        if working < Self::FEWEST_WORKING_DAYS {
            mistakes.push(of_table(CalendarFault::TooFewWorkingDays(working)));
        }
        mistakes
    }

    fn find_fault(&self, date: LocalDate, kind: DayKind) -> Option<CalendarFault> {
        if date.year() != self.year {
            return Some(CalendarFault::ForeignDate);
        }
        match kind {
            DayKind::Unknown => Some(CalendarFault::UnknownKind),
            DayKind::Shifted if !is_weekend(date) => Some(CalendarFault::ShiftedOnWeekday),
            DayKind::Working if is_weekend(date) => Some(CalendarFault::WorkingAtWeekend),
            DayKind::Working | DayKind::Rest | DayKind::Shifted => None,
        }
    }

    fn count_working_days(&self) -> u16 {
        let first = jiff::civil::date(self.year, 1, 1);
        let is_worked = |date: &LocalDate| match self.days.get(date) {
            Some(DayKind::Rest) => false,
            Some(DayKind::Working | DayKind::Shifted) => true,
            Some(DayKind::Unknown) | None => !is_weekend(*date),
        };
        let days = (0..366).map(|day| add_days(first, day)).filter(|date| date.year() == self.year);
        days.filter(is_worked).fold(0, |count, _| count + 1)
    }
}
