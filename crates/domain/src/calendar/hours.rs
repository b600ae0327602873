//! Office hours (办公时间) of a working day.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A time of day in whole minutes, `00:00` to `24:00`, serialised `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime(u16);

/// A text that is no time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time of day from 00:00 to 24:00")]
pub struct InvalidClockTime(
    /// What was written.
    pub String,
);

impl ClockTime {
    /// The last one: midnight at the end of the day.
    const END: u16 = 24 * 60;

    /// Minutes since the beginning of the day, at most 1,440.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for ClockTime {
    type Err = InvalidClockTime;

    fn from_str(text: &str) -> Result<Self, InvalidClockTime> {
        let two_digits = |part: &str| -> Option<u16> {
            let is_plain = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            part.parse().ok().filter(|_| is_plain)
        };
        text.split_once(':')
            .and_then(|(hour, minute)| Some((two_digits(hour)?, two_digits(minute)?)))
            .filter(|(hour, minute)| *minute < 60 && hour * 60 + minute <= Self::END)
            .map(|(hour, minute)| Self(hour * 60 + minute))
            .ok_or_else(|| InvalidClockTime(text.to_owned()))
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl TryFrom<String> for ClockTime {
    type Error = InvalidClockTime;

    fn try_from(text: String) -> Result<Self, InvalidClockTime> {
        text.parse()
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.to_string()
    }
}

/// When offices are open on a working day: `{"spans": [["08:30", "12:00"], ["14:30", "17:30"]]}`. There is always at
/// least one span, they stand in order and do not overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PlainHours", into = "PlainHours")]
pub struct OfficeHours {
    spans: Vec<(ClockTime, ClockTime)>,
}

/// What can be wrong with office hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoursMistake {
    /// No span: no working day would ever pass.
    #[error("office hours have no span")]
    Empty,
    /// A span that closes before or when it opens.
    #[error("the span from {open} closes at {close}")]
    Backwards {
        /// When it opens.
        open: ClockTime,
        /// When it closes.
        close: ClockTime,
    },
    /// A span that opens before the one before it closes.
    #[error("the span from {open} begins before the one before it ends at {close}")]
    Overlapping {
        /// When the earlier one closes.
        close: ClockTime,
        /// When the later one opens.
        open: ClockTime,
    },
}

impl OfficeHours {
    /// Office hours of these spans, each from opening to closing.
    ///
    /// # Errors
    /// The first mistake found, by [`HoursMistake`].
    pub fn new(spans: Vec<(ClockTime, ClockTime)>) -> Result<Self, HoursMistake> {
        if spans.is_empty() {
            return Err(HoursMistake::Empty);
        }
        let mut last_close = ClockTime(0);
        for &(open, close) in &spans {
            if close <= open {
                return Err(HoursMistake::Backwards { open, close });
            }
            if open < last_close {
                return Err(HoursMistake::Overlapping { close: last_close, open });
            }
            last_close = close;
        }
        Ok(Self { spans })
    }

    /// From opening to closing, in order.
    #[must_use]
    pub fn spans(&self) -> &[(ClockTime, ClockTime)] {
        &self.spans
    }

    /// Minutes of one working day, 1 to 1,440.
    #[must_use]
    pub fn minutes_per_day(&self) -> u16 {
        self.spans.iter().map(|(open, close)| close.0 - open.0).sum()
    }
}

/// Domain reference §7: 08:30–12:00 and 14:30–17:30.
impl Default for OfficeHours {
    fn default() -> Self {
        let at = |hour: u16, minute: u16| ClockTime(hour * 60 + minute);
        Self { spans: vec![(at(8, 30), at(12, 0)), (at(14, 30), at(17, 30))] }
    }
}

/// Office hours as they are written, not yet checked.
#[derive(Serialize, Deserialize)]
struct PlainHours {
    spans: Vec<(ClockTime, ClockTime)>,
}

impl TryFrom<PlainHours> for OfficeHours {
    type Error = HoursMistake;

    fn try_from(plain: PlainHours) -> Result<Self, HoursMistake> {
        Self::new(plain.spans)
    }
}

impl From<OfficeHours> for PlainHours {
    fn from(hours: OfficeHours) -> Self {
        Self { spans: hours.spans }
    }
}
