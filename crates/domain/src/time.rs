//! Moments and days. A moment is unix milliseconds; a day is a calendar date in China (+08:00, no daylight saving
//! since 1991), so no time-zone database travels with the app.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z. Device times may be wrong; server times order things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMillis(i64);

/// A calendar date in China, serialised `YYYY-MM-DD`.
pub type LocalDate = Date;

/// The one offset of the trade: China Standard Time, in milliseconds.
const CHINA_MS: i64 = 8 * 3_600_000;

// Reckoned here and not by jiff, whose ways from moment to date carry the words of every error that time zones can
// make into the window: a fifteenth of what it loads.

/// Days from 1970-01-01 to a date, in the proleptic Gregorian calendar.
fn epoch_day(date: Date) -> i64 {
    let (year, month) = (i64::from(date.year()), i64::from(date.month()));
    // Years that begin in March end with the leap day.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day = (153 * month + 2) / 5 + i64::from(date.day()) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day - 719_468
}

/// The date so many days after 1970-01-01, at the ends of the calendar the nearest there is.
fn date_of(epoch_day: i64) -> Date {
    let shifted = epoch_day.saturating_add(719_468);
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let end = if epoch_day < 0 { Date::MIN } else { Date::MAX };
    let (Ok(year), Ok(month), Ok(day)) =
        (i16::try_from(era * 400 + year + carry), i8::try_from(month), i8::try_from(day))
    else {
        return end;
    };
    Date::new(year, month, day).unwrap_or(end)
}

impl UnixMillis {
    /// One day.
    pub const DAY_MS: i64 = 86_400_000;

    /// How far after now a date may lie that a wrong clock has not made: the day on which a phone crosses midnight before
    /// the server, and every difference that nobody notices.
    pub const TRUST_AHEAD_MS: i64 = Self::DAY_MS;

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

    /// The last moment that is believed when it is now: what claims to be later was written under a wrong clock and wins
    /// nowhere.
    #[must_use]
    pub const fn horizon(self) -> Self {
        self.plus_ms(Self::TRUST_AHEAD_MS)
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
    pub fn local(self) -> DateTime {
        let local = self.0.saturating_add(CHINA_MS);
        let of_day = local.rem_euclid(Self::DAY_MS);
        let part = |unit_ms: i64, count: i64| i8::try_from(of_day / unit_ms % count).unwrap_or_default();
        let subsecond = i32::try_from(of_day % 1_000).unwrap_or_default() * 1_000_000;
        let time = Time::new(part(3_600_000, 24), part(60_000, 60), part(1_000, 60), subsecond);
        DateTime::from_parts(date_of(local.div_euclid(Self::DAY_MS)), time.unwrap_or(Time::midnight()))
    }

    /// The first moment of a date in China.
    #[must_use]
    pub fn start_of(date: LocalDate) -> Self {
        Self(epoch_day(date) * Self::DAY_MS - CHINA_MS)
    }
}

/// Milliseconds since a fixed moment that nobody can set: what waiting is measured with. Comparable only with readings of
/// the same clock in the same run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MonotonicMillis(i64);

impl MonotonicMillis {
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

    /// This reading moved by `ms` milliseconds, saturating.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this reading; negative when `earlier` is later.
    #[must_use]
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
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
    date_of(epoch_day(date) + i64::from(days))
}

/// Whole days from `from` to `to`; negative when `to` is earlier.
#[must_use]
pub fn days_between(from: LocalDate, to: LocalDate) -> i32 {
    i32::try_from(epoch_day(to) - epoch_day(from)).unwrap_or_default()
}

/// Reads `2026-11-23`; nothing else is a date.
#[must_use]
pub fn parse_day(text: &str) -> Option<LocalDate> {
    let bytes = text.as_bytes();
    let is_plain = bytes.len() == 10
        && bytes.iter().enumerate().all(|(i, b)| match i {
            4 | 7 => *b == b'-',
            _ => b.is_ascii_digit(),
        });
    let (year, month, day) = (text.get(..4)?, text.get(5..7)?, text.get(8..)?);
    let date = || Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
    is_plain.then(date).flatten()
}

/// Writes `2026-11-23`.
#[must_use]
pub fn format_day(date: LocalDate) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

/// A date as text, for fields of types that the window reads: `#[serde(with = "as_day")]`.
pub mod as_day {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{LocalDate, format_day, parse_day};

    /// Writes it.
    ///
    /// # Errors
    /// What the writer says.
    pub fn serialize<S: Serializer>(date: &LocalDate, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&format_day(*date))
    }

    /// Reads it.
    ///
    /// # Errors
    /// When the text is no date.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<LocalDate, D::Error> {
        let text = String::deserialize(input)?;
        parse_day(&text).ok_or_else(|| D::Error::custom("not a date"))
    }
}

/// A date as text, where there may be none: `#[serde(default, with = "as_day_if_any")]`.
pub mod as_day_if_any {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{LocalDate, format_day, parse_day};

    /// Writes it.
    ///
    /// # Errors
    /// What the writer says.
    pub fn serialize<S: Serializer>(date: &Option<LocalDate>, out: S) -> Result<S::Ok, S::Error> {
        match date {
            Some(date) => out.serialize_some(&format_day(*date)),
            None => out.serialize_none(),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// When the text is no date.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<LocalDate>, D::Error> {
        let text = Option::<String>::deserialize(input)?;
        text.map(|text| parse_day(&text).ok_or_else(|| D::Error::custom("not a date"))).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_date_is_written_and_read_as_one_expects() {
        assert_eq!(format_day(date(2026, 3, 9)), "2026-03-09");
        assert_eq!(parse_day("2026-03-09"), Some(date(2026, 3, 9)));
        for text in ["", "2026-3-9", "2026-02-30", "2026-03-09T10:00", "2026/03/09", "+026-03-09", "二〇二六-03"] {
            assert_eq!(parse_day(text), None, "{text}");
        }
    }

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

    #[test]
    fn every_day_of_the_calendar_is_reckoned_as_jiff_does() {
        let epoch = date(1970, 1, 1);
        let mut day = Date::MIN;
        // A prime number of days, so that every day of the month and of the week comes up.
        while let Ok(next) = day.checked_add(jiff::Span::new().days(97)) {
            let days = epoch.until(day).map(|span| i64::from(span.get_days())).expect("in range");
            assert_eq!((epoch_day(day), date_of(days)), (days, day));
            day = next;
        }
        assert_eq!(add_days(Date::MAX, 1), Date::MAX);
        assert_eq!(add_days(Date::MIN, -1), Date::MIN);
        for ms in [0, -1, 1_795_363_200_000, 1_795_363_199_999, -86_400_001, 253_370_764_799_999] {
            let zoned = jiff::Timestamp::from_millisecond(ms).expect("in range");
            assert_eq!(UnixMillis::new(ms).local(), jiff::tz::Offset::constant(8).to_datetime(zoned), "{ms}");
        }
    }
}
