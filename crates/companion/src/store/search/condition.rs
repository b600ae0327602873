//! What has to hold of a household or an incident that is searched for: a tree of phrases and ends of phone numbers.
//!
//! The same tree becomes an expression of SQLite's full-text search and is asked of the words of one name, so that a
//! list can say which member it was found by ([`Condition::holds_in`]).

use super::words::Words;

/// A token that is never stored.
const NEVER: &str = "\u{e001}";

/// A column of `search` and `incident_search`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// Each Chinese character, each run of digits or letters.
    Single,
    /// Each two neighbouring Chinese characters.
    Pair,
    /// Each tail of each run of digits.
    Digits,
    /// Numbers of building, stairwell and room.
    Door,
    /// Pinyin from each syllable on.
    Pinyin,
    /// Initials from each syllable on.
    Initials,
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Pair => "pair",
            Self::Digits => "digits",
            Self::Door => "door",
            Self::Pinyin => "pinyin",
            Self::Initials => "initials",
        }
    }

    fn words(self, words: &Words) -> &str {
        match self {
            Self::Single => &words.single,
            Self::Pair => &words.pair,
            Self::Digits => &words.digits,
            Self::Door => &words.door,
            Self::Pinyin => &words.pinyin,
            Self::Initials => &words.initials,
        }
    }
}

/// What has to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// These tokens stand one after another in one of the columns.
    Phrase {
        /// Where.
        columns: Vec<Column>,
        /// Tokens with spaces between, each made of letters and digits only.
        tokens: String,
        /// The last token may go on.
        is_prefix: bool,
    },
    /// A phone number ends so; the digits stand backwards.
    PhoneTail(String),
    /// One of them.
    Any(Vec<Self>),
    /// All of them.
    All(Vec<Self>),
}

impl Condition {
    /// These tokens, whole.
    pub(super) fn phrase(column: Column, tokens: impl Into<String>) -> Self {
        Self::Phrase { columns: vec![column], tokens: tokens.into(), is_prefix: false }
    }

    /// These tokens, of which the last may go on.
    pub(super) fn beginning(columns: &[Column], tokens: impl Into<String>) -> Self {
        Self::Phrase { columns: columns.to_vec(), tokens: tokens.into(), is_prefix: true }
    }

    /// What nothing fulfils.
    pub(super) fn never() -> Self {
        Self::phrase(Column::Single, NEVER)
    }

    /// As an expression of SQLite's full-text search; ends of phone numbers are left out. Nothing: nothing else is
    /// asked.
    pub(crate) fn expression(&self) -> Option<String> {
        match self {
            Self::Phrase { columns, tokens, is_prefix } => {
                let columns: Vec<_> = columns.iter().map(|column| column.name()).collect();
                let star = if *is_prefix { " *" } else { "" };
                Some(format!("{{{}}} : \"{tokens}\"{star}", columns.join(" ")))
            }
            Self::PhoneTail(_) => None,
            Self::Any(conditions) => join(conditions, " OR "),
            Self::All(conditions) => join(conditions, " AND "),
        }
    }

    /// Whether the end of a phone number is asked for.
    pub(crate) fn has_phone_tail(&self) -> bool {
        match self {
            Self::Phrase { .. } => false,
            Self::PhoneTail(_) => true,
            Self::Any(conditions) | Self::All(conditions) => conditions.iter().any(Self::has_phone_tail),
        }
    }

    /// Whether a phone number fulfils it: one of the ends that are asked for is the number's.
    pub(crate) fn holds_for_tel(&self, tel: &str) -> bool {
        match self {
            Self::Phrase { .. } => false,
            Self::PhoneTail(reversed) => {
                tel.chars().rev().zip(reversed.chars()).filter(|(a, b)| a == b).count() == reversed.len()
            }
            Self::Any(conditions) | Self::All(conditions) => {
                conditions.iter().any(|condition| condition.holds_for_tel(tel))
            }
        }
    }

    /// Whether it holds of these words, as the full-text search would find.
    pub(crate) fn holds_in(&self, words: &Words) -> bool {
        match self {
            Self::Phrase { columns, tokens, is_prefix } => {
                columns.iter().any(|column| stands_in(column.words(words), tokens, *is_prefix))
            }
            Self::PhoneTail(_) => false,
            Self::Any(conditions) => conditions.iter().any(|condition| condition.holds_in(words)),
            Self::All(conditions) => conditions.iter().all(|condition| condition.holds_in(words)),
        }
    }
}

fn join(conditions: &[Condition], word: &str) -> Option<String> {
    let parts: Vec<String> = conditions.iter().filter_map(Condition::expression).collect();
    match parts.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        _ => Some(format!("({})", parts.join(word))),
    }
}

fn stands_in(column: &str, tokens: &str, is_prefix: bool) -> bool {
    let stored: Vec<&str> = column.split(' ').collect();
    let asked: Vec<&str> = tokens.split(' ').collect();
    let Some((last, before)) = asked.split_last() else { return false };
    stored.windows(asked.len()).any(|window| {
        let (end, start) = (window[before.len()], &window[..before.len()]);
        start == before && (end == *last || (is_prefix && end.starts_with(last)))
    })
}
