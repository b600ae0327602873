//! Dates: serial numbers as days, and what may have been typed before a program took it for a date.
//!
//! A door `3-2` that is typed into a cell becomes the second of March, and the cell then shows month and day, or `3月2日`.
//! Nothing in the file says which it was. So that whoever asks can restore a door, `stored` of a date cell holds
//! - `M-D` (`3-2`) if its format shows month and day and no year;
//! - `M-YY` (`3-32`) if its format shows the month before a year of two digits and no day: that is what becomes of `3-32`;
//! - nothing for a whole date or a year with its month: these are meant as dates.

use super::{Section, Token};
use crate::Cell;

/// 9999-12-31, the last day that the programs know.
const LAST_DAY: f64 = 2_958_466.0;
/// From the first day of a file that counts from 1904 to the same of one that counts from 1900.
const DAYS_TO_1904: f64 = 1462.0;

pub(super) fn cell_of(number: f64, section: &Section, is_1904: bool, plain: String) -> Cell {
    let fields = fields_of(section);
    let has_day_part = fields.iter().any(|field| matches!(field, Field::Year(_) | Field::Month | Field::Day));
    if number < 0.0 || number >= LAST_DAY {
        return Cell::text(plain);
    }
    if !has_day_part {
        let shown = show_time(number, section);
        return Cell { stored: Some(plain.into()), ..Cell::text(shown) };
    }
    let serial = if is_1904 { number + DAYS_TO_1904 } else { number };
    if serial < 1.0 {
        return Cell::text(plain);
    }
    let (year, month, day) = date_of(serial);
    let stored = match fields.as_slice() {
        [Field::Month, Field::Day] | [Field::Day, Field::Month] => Some(format!("{month}-{day}")),
        [Field::Month, Field::Year(2)] => Some(format!("{month}-{:02}", year % 100)),
        _ => None,
    };
    Cell { stored: stored.map(Into::into), is_date: true, ..Cell::text(format!("{year:04}-{month:02}-{day:02}")) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    /// With how many digits.
    Year(usize),
    Month,
    Day,
    Time,
}

/// The parts of a date or time that a section shows, weekdays left out. An `m` beside hours or seconds means minutes.
fn fields_of(section: &Section) -> Vec<Field> {
    let letters: Vec<(char, usize)> = section
        .tokens
        .iter()
        .filter_map(|token| match token {
            Token::Date(letter, length) => Some((*letter, *length)),
            Token::Elapsed(letter) => Some((*letter, 0)),
            _ => None,
        })
        .collect();
    let is_minute = |at: usize| {
        let is_after_hour = at > 0 && letters[at - 1].0 == 'h';
        is_after_hour || letters.get(at + 1).is_some_and(|(next, _)| *next == 's')
    };
    letters
        .iter()
        .enumerate()
        .filter_map(|(at, (letter, length))| match letter {
            'y' | 'e' | 'b' => Some(Field::Year(*length)),
            'm' if *length > 0 && !is_minute(at) => Some(Field::Month),
            'd' if *length <= 2 => Some(Field::Day),
            'h' | 's' | 'm' => Some(Field::Time),
            _ => None,
        })
        .collect()
}

/// Hours and minutes, with seconds if the format has them; of a duration all hours.
fn show_time(number: f64, section: &Section) -> String {
    let seconds = (number * 86_400.0).round() as u64;
    let is_elapsed = section.tokens.iter().any(|token| matches!(token, Token::Elapsed(_)));
    let has_seconds = section.tokens.iter().any(|token| matches!(token, Token::Date('s', _) | Token::Elapsed('s')));
    let hours = if is_elapsed { seconds / 3600 } else { seconds / 3600 % 24 };
    let mut shown = format!("{hours}:{:02}", seconds / 60 % 60);
    if has_seconds {
        shown.push_str(&format!(":{:02}", seconds % 60));
    }
    shown
}

/// Year, month and day of a serial number of the 1900 system, with its 29 February 1900 that never was.
fn date_of(serial: f64) -> (i64, i64, i64) {
    let serial = serial.floor() as i64;
    if serial == 60 {
        return (1900, 2, 29);
    }
    // Days since 1 March of the year 0 (proleptic): 1 January 1900 is day 693 901.
    let days = 693_901 + serial - if serial < 60 { 1 } else { 2 };
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// The serial number of `YYYY-MM-DD`, with a time behind it or not.
pub(crate) fn serial_of(text: &str) -> Option<f64> {
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1900..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let mut clock = time.splitn(3, ':').map(|part| part.trim_end_matches('Z').parse::<f64>().unwrap_or_default());
    let seconds = clock.next().unwrap_or_default() * 3600.0
        + clock.next().unwrap_or_default() * 60.0
        + clock.next().unwrap_or_default();
    // Years begin with March, so that the day of a leap year comes last.
    let (shifted_year, shifted_month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = shifted_year.div_euclid(400);
    let of_era = shifted_year.rem_euclid(400);
    let of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    let serial = days - 693_899;
    Some((serial - i64::from(serial <= 60)) as f64 + seconds / 86_400.0)
}
