//! The separator of a file, and how many fields its records usually have.

use std::collections::HashMap;

use super::records::{fits, split_line};

/// Separators, the usual first.
pub(super) const SEPARATORS: [u8; 4] = [b',', b'\t', b';', b'|'];
/// How many lines decide on the separator.
const SAMPLE_LINES: usize = 30;
/// How many lines decide on the number of fields.
const FIELD_SAMPLE_LINES: usize = 2_000;

/// What the lines of a file have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) separator: u8,
    /// The number of fields that most lines have.
    pub(super) fields: usize,
}

impl Shape {
    /// Finds it in a text; a separator that the file names is taken as it is.
    pub(super) fn find(text: &str, named: Option<u8>) -> Self {
        let separator = named.unwrap_or_else(|| find_separator(text));
        let mut counts: HashMap<usize, usize> = HashMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()).take(FIELD_SAMPLE_LINES) {
            *counts.entry(split_line(line, separator, true).fields.len()).or_default() += 1;
        }
        // Of equally frequent ones the greater: the short lines are titles.
        let fields = counts.into_iter().max_by_key(|(fields, lines)| (*lines, *fields)).map_or(1, |(fields, _)| fields);
        Self { separator, fields }
    }

    /// The separator of one line: another one than the file's if only with it the line has the usual number of fields.
    pub(super) fn separator_of(self, line: &str) -> u8 {
        if self.fields < 2 || line.contains('"') || line.as_bytes().contains(&self.separator) {
            return self.separator;
        }
        let other = SEPARATORS.into_iter().find(|other| {
            let is_there = line.as_bytes().contains(other);
            is_there && fits(&split_line(line, *other, true).fields, self.fields)
        });
        other.unwrap_or(self.separator)
    }
}

/// The separator that stands in most lines most often. Every line counts for itself: a quotation mark that is never
/// closed must not hide the lines that follow.
fn find_separator(text: &str) -> u8 {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(SAMPLE_LINES).collect();
    let counts = |separator: u8| {
        let mut per_line: Vec<usize> =
            lines.iter().map(|line| split_line(line, separator, true).fields.len() - 1).collect();
        per_line.sort_unstable();
        (per_line.get(per_line.len() / 2).copied().unwrap_or(0), per_line.iter().sum::<usize>())
    };
    let mut best = (SEPARATORS[0], (0, 0));
    for separator in SEPARATORS {
        let found = counts(separator);
        if found > best.1 {
            best = (separator, found);
        }
    }
    best.0
}
