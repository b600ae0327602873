//! What the lists that an office publishes have in common: mistakes that name entry and field, areas, plain codes,
//! telephone numbers, and reading that skips what it does not know.
//!
//! The office writes strictly, the phone reads tolerantly: before a list is published every mistake in it is found
//! (`find_*_mistakes` next to each list); a phone takes from a newer list the entries it can read.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use crate::area::GridCode;

/// Most characters of an entry's code.
pub const CODE_LIMIT: usize = 40;
/// Most characters of a name.
pub const NAME_LIMIT: usize = 60;

/// A mistake in a list that is about to be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {position} ({entry}), {field}: {wrong}", position = position + 1)]
pub struct Mistake {
    /// Which entry of the list, from 0.
    pub position: usize,
    /// Its code.
    pub entry: String,
    /// Name of the field, as in the JSON.
    pub field: &'static str,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What can be wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Nothing where something must be.
    #[error("is missing")]
    Missing,
    /// More characters than fit.
    #[error("has {found} characters, at most {limit} fit")]
    TooLong {
        /// Most characters.
        limit: usize,
        /// Characters given.
        found: usize,
    },
    /// Another entry has the same value.
    #[error("is the same as in another entry: {0}")]
    Twice(String),
    /// Not small letters, digits and hyphens, at most [`CODE_LIMIT`].
    #[error("is not a plain code: {0:?}")]
    Code(String),
    /// A code that is on no list.
    #[error("is on no list: {0:?}")]
    Unlisted(String),
    /// Not 6 to 15 digits.
    #[error("is not the beginning of a grid code (6 to 15 digits): {0:?}")]
    Area(String),
    /// A town or a county with its trailing zeros: no grid code begins with it.
    #[error("ends in zeros, so that no grid code begins with it; leave them out: {0:?}")]
    AreaEndsInZeros(String),
    /// No incident category or class has this code.
    #[error("is no incident class (2 digits) or category (5 digits): {0:?}")]
    Category(String),
    /// Not a telephone number that can be dialled.
    #[error("is not a telephone number: {0:?}")]
    Phone(String),
    /// Outside its range.
    #[error("is {found}, must be {least} to {most}")]
    Range {
        /// The number given.
        found: u8,
        /// Least that is allowed.
        least: u8,
        /// Most that is allowed.
        most: u8,
    },
    /// A last day before the first.
    #[error("ends before it begins")]
    EndsEarly,
    /// An entry that every list has, without what makes it useful: this must be among its values.
    #[error("a preset entry must keep {0:?} and stay valid everywhere")]
    Preset(&'static str),
}

/// Collects the mistakes of one entry.
pub(crate) struct Inspection<'a> {
    /// Which entry of the list, from 0.
    pub(crate) position: usize,
    /// Its code.
    pub(crate) entry: &'a str,
    /// Where the mistakes go.
    pub(crate) mistakes: &'a mut Vec<Mistake>,
}

impl Inspection<'_> {
    pub(crate) fn report(&mut self, field: &'static str, wrong: Wrong) {
        self.mistakes.push(Mistake { position: self.position, entry: self.entry.to_owned(), field, wrong });
    }

    /// A text that must be there and fit.
    pub(crate) fn require(&mut self, field: &'static str, text: &str, limit: usize) {
        if text.trim().is_empty() {
            self.report(field, Wrong::Missing);
        }
        self.limit(field, text, limit);
    }

    /// A text that must fit.
    pub(crate) fn limit(&mut self, field: &'static str, text: &str, limit: usize) {
        let found = text.chars().count();
        if found > limit {
            self.report(field, Wrong::TooLong { limit, found });
        }
    }

    /// The code of an entry in a list.
    pub(crate) fn check_code(&mut self, field: &'static str, code: &str) {
        if code.is_empty() {
            self.report(field, Wrong::Missing);
        } else if !is_plain_code(code) {
            self.report(field, Wrong::Code(code.to_owned()));
        }
    }

    pub(crate) fn check_areas(&mut self, field: &'static str, areas: &[String]) {
        for area in areas {
            if !((6..=GridCode::DIGITS).contains(&area.len()) && area.bytes().all(|b| b.is_ascii_digit())) {
                self.report(field, Wrong::Area(area.clone()));
            } else if matches!(area.len(), 9 | 12 | 15) && area.ends_with("000") {
                self.report(field, Wrong::AreaEndsInZeros(area.clone()));
            }
        }
    }

    pub(crate) fn check_phone(&mut self, field: &'static str, phone: &str) {
        if !is_phone(phone) {
            self.report(field, Wrong::Phone(phone.to_owned()));
        }
    }
}

/// Reports every value that an earlier entry has as well.
pub(crate) fn report_twice<'a>(
    values: impl Iterator<Item = (&'a str, &'a str)>,
    field: &'static str,
    mistakes: &mut Vec<Mistake>,
) {
    let mut seen = BTreeMap::new();
    for (position, (entry, value)) in values.enumerate() {
        if !value.is_empty() && seen.insert(value, position).is_some() {
            Inspection { position, entry, mistakes }.report(field, Wrong::Twice(value.to_owned()));
        }
    }
}

/// Whether a text is small letters, digits and hyphens, 1 to [`CODE_LIMIT`].
#[must_use]
pub fn is_plain_code(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=CODE_LIMIT).contains(&text.len()) && text.bytes().all(is_plain)
}

/// What a telephone number is dialled as: without hyphens and without the extension behind 转.
#[must_use]
pub fn dialled(phone: &str) -> String {
    let main = phone.split('转').next().unwrap_or_default();
    main.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

/// Whether a text is a telephone number as they are written in China: a short number (`110`, `95598`), a local one of
/// seven or eight digits, one with its area code, a mobile one, 400 or 800, or `+` and country code; hyphens may
/// stand between digits, an extension behind 转. A spreadsheet that takes a number for a sum drops the leading 0 of
/// the area code; what is left is no number.
#[must_use]
pub fn is_phone(phone: &str) -> bool {
    let (main, extension) = phone.split_once('转').unwrap_or((phone, "1"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(extension) || extension.len() > 6 {
        return false;
    }
    let (is_foreign, main) = main.strip_prefix('+').map_or((false, main), |rest| (true, rest));
    if !main.split('-').all(is_digits) {
        return false;
    }
    let digits: String = main.chars().filter(char::is_ascii_digit).collect();
    if is_foreign {
        return (8..=15).contains(&digits.len());
    }
    match digits.len() {
        3..=8 => !digits.starts_with('0'),
        10 => ["0", "400", "800"].iter().any(|head| digits.starts_with(head)),
        11 => digits.starts_with(['0', '1']),
        12 => digits.starts_with('0'),
        _ => false,
    }
}

/// Whether something that is valid in these areas (empty: everywhere) is valid in a grid; without a grid, always.
pub(crate) fn covers(areas: &[String], grid: Option<&GridCode>) -> bool {
    areas.is_empty() || grid.is_none_or(|grid| areas.iter().any(|area| grid.as_str().starts_with(area.as_str())))
}

/// How near something is to a grid: digits of the longest area that holds it.
pub(crate) fn nearness(areas: &[String], grid: Option<&GridCode>) -> usize {
    let Some(grid) = grid else { return 0 };
    areas.iter().filter(|area| grid.as_str().starts_with(area.as_str())).map(String::len).max().unwrap_or(0)
}

/// The entries of a published list that this version can read, in order; none of a value that is no list.
#[must_use]
pub fn read_list<T: DeserializeOwned>(json: &str) -> Vec<T> {
    let entries: Vec<serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    entries.into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_what_a_spreadsheet_made_of_them() {
        for phone in [
            "110",
            "12345",
            "95598",
            "1234567",
            "87654321",
            "0990-1234567",
            "09901234567",
            "099012345678",
            "19900000001",
            "199-0000-0001",
            "400-000-0001",
            "0990-1234567转801",
            "+86-19900000001",
        ] {
            assert!(is_phone(phone), "{phone}");
        }
        for wrong in [
            "",
            "12",
            "无",
            "9901234567",
            "199000000011",
            "29900000001",
            "0990-",
            "-1234567",
            "1234567转",
            "1234567转1234567",
            "1990000000X",
            "+12",
            "012345",
        ] {
            assert!(!is_phone(wrong), "{wrong}");
        }
        assert_eq!(dialled("0990-1234567转801"), "09901234567");
        assert_eq!(dialled("+86-19900000001"), "+8619900000001");
    }

    #[test]
    fn areas_are_beginnings_of_grid_codes() {
        let mut mistakes = Vec::new();
        let areas = ["990101", "990101001", "990101001001", "990101001001003", "9901", "99010100x", "990101001000"];
        let areas: Vec<String> = areas.iter().map(|&area| area.to_owned()).collect();
        Inspection { position: 1, entry: "fire", mistakes: &mut mistakes }.check_areas("areas", &areas);
        let wrong: Vec<_> = mistakes.iter().map(|mistake| &mistake.wrong).collect();
        assert_eq!(
            wrong,
            [
                &Wrong::Area("9901".into()),
                &Wrong::Area("99010100x".into()),
                &Wrong::AreaEndsInZeros("990101001000".into())
            ]
        );
        assert_eq!(
            mistakes[0].to_string(),
            "entry 2 (fire), areas: is not the beginning of a grid code (6 to 15 digits): \"9901\""
        );
    }

    #[test]
    fn a_list_is_read_as_far_as_it_can_be() {
        assert_eq!(read_list::<u8>("[1, \"new\", 2]"), [1, 2]);
        assert_eq!(read_list::<u8>("{}"), [0; 0]);
    }
}
