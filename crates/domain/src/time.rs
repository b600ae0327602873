//! Moments and days. A moment is unix milliseconds; a day is a calendar date in China (+08:00, no daylight saving
//! since 1991), so no time-zone database travels with the app.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z. Device times may be wrong; server times order things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMillis(i64);

/// A calendar date in China, serialised `YYYY-MM-DD`.
pub type LocalDate = Date;

/// The one offset of the trade: China Standard Time.
const CHINA: Offset = Offset::constant(8);

impl UnixMillis {
    /// One day.
    pub const DAY_MS: i64 = 86_400_000;

    /// Wraps a count of milliseconds.
    #[must_use]
    pub const fn new(ms: i64) -> Self {
        Self(ms)
    }

    /// The count of milliseconds.
    #[must_use]
    pub const fn as_i64(self) -> i64 {
        self.0
    }

    /// This moment moved by `ms` milliseconds (negative: earlier), saturating at the ends of time.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment; negative when `earlier` is later.
    #[must_use]
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The date in China at this moment.
    #[must_use]
    pub fn local_date(self) -> LocalDate {
        self.local().date()
    }

    /// Wall-clock date and time in China; a moment outside jiff's range becomes its nearest end.
    #[must_use]
    pub fn local(self) -> jiff::civil::DateTime {
        let stamp = jiff::Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        });
        CHINA.to_datetime(stamp)
    }

    /// The first moment of a date in China.
    #[must_use]
    pub fn start_of(date: LocalDate) -> Self {
        date.to_zoned(TimeZone::fixed(CHINA)).map_or(Self(0), |zoned| Self(zoned.timestamp().as_millisecond()))
    }
}

impl fmt::Display for UnixMillis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `date` moved by whole days, saturating at the ends of the calendar.
#[must_use]
pub fn add_days(date: LocalDate, days: i32) -> LocalDate {
    date.saturating_add(jiff::Span::new().days(days))
}

/// Whole days from `from` to `to`; negative when `to` is earlier.
#[must_use]
pub fn days_between(from: LocalDate, to: LocalDate) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_begins_at_midnight_in_china() {
        let midnight = UnixMillis::start_of(date(2026, 11, 23));
        assert_eq!(midnight.local_date(), date(2026, 11, 23));
        assert_eq!(midnight.plus_ms(-1).local_date(), date(2026, 11, 22));
        assert_eq!(midnight.as_i64(), 1_795_363_200_000);
    }

    #[test]
    fn a_phone_with_a_mad_clock_still_has_a_date() {
        assert_eq!(UnixMillis::new(i64::MAX).local_date().year(), 9999);
        assert_eq!(UnixMillis::new(i64::MIN).local_date().year(), -9999);
    }

    #[test]
    fn days_count_over_month_ends() {
        assert_eq!(days_between(date(2026, 2, 27), date(2026, 3, 2)), 3);
        assert_eq!(add_days(date(2026, 12, 31), 1), date(2027, 1, 1));
    }
}
