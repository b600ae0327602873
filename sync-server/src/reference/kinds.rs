//! What an office may publish: one line per key.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use domain::calendar::OfficeHours;
use domain::deadline::{CALENDARS, OFFICE_HOURS, TIME_LIMITS};
use domain::directory::DIRECTORY;
use domain::notice::NOTICES;
use domain::organisation::ORGANISATIONS;

use super::entries::EntryForm;
use super::{lists, time};

/// Something that an office may publish.
#[derive(Debug)]
pub(crate) struct ReferenceKind {
    /// Its keys.
    pub(crate) key: KeyPattern,
    /// What people call it.
    pub(crate) title: &'static str,
    /// How it is read.
    pub(crate) shape: Shape,
}

/// Which keys a kind has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyPattern {
    /// One key.
    Exact(&'static str),
    /// One for each year: the text and four digits.
    Yearly(&'static str),
}

/// How a value is read.
#[derive(Debug)]
pub(crate) enum Shape {
    /// A list of entries: JSON, or a sheet with a row for each.
    Entries(&'static EntryForm),
    /// A value of its own shape, with its key and the office hours that will hold: what to publish, or what is wrong
    /// with it (Chinese).
    Whole(fn(&str, &Value, &OfficeHours) -> Result<Value, Vec<String>>),
}

/// Everything that an office may publish.
pub(crate) const KINDS: &[ReferenceKind] = &[
    ReferenceKind { key: KeyPattern::Exact(DIRECTORY), title: "服务目录", shape: Shape::Entries(&lists::SERVICES) },
    ReferenceKind { key: KeyPattern::Exact(NOTICES), title: "通知", shape: Shape::Entries(&lists::NOTICES) },
    ReferenceKind {
        key: KeyPattern::Exact(ORGANISATIONS),
        title: "单位",
        shape: Shape::Entries(&lists::ORGANISATIONS),
    },
    ReferenceKind {
        key: KeyPattern::Yearly(CALENDARS), title: "工作日历", shape: Shape::Whole(time::read_calendar)
    },
    ReferenceKind {
        key: KeyPattern::Exact(OFFICE_HOURS), title: "办公时间", shape: Shape::Whole(time::read_hours)
    },
    ReferenceKind {
        key: KeyPattern::Exact(TIME_LIMITS), title: "办理时限", shape: Shape::Whole(time::read_limits)
    },
];

impl KeyPattern {
    /// Whether a key is one of these.
    pub(crate) fn matches(self, key: &str) -> bool {
        match self {
            Self::Exact(own) => key == own,
            Self::Yearly(head) => key
                .strip_prefix(head)
                .is_some_and(|year| year.len() == 4 && year.bytes().all(|digit| digit.is_ascii_digit())),
        }
    }

    /// As people are told.
    fn show(self) -> String {
        match self {
            Self::Exact(key) => key.to_owned(),
            Self::Yearly(head) => format!("{head}YYYY"),
        }
    }
}

impl ReferenceKind {
    /// The form of its entries, if it is a list of them.
    pub(crate) const fn entries(&self) -> Option<&'static EntryForm> {
        match self.shape {
            Shape::Entries(form) => Some(form),
            Shape::Whole(_) => None,
        }
    }

    /// Whether its values can be written as sheets: lists, and calendars with a row for each day.
    pub(crate) fn has_sheet(&self) -> bool {
        self.entries().is_some() || self.key == KeyPattern::Yearly(CALENDARS)
    }
}

/// The kind of a key.
pub(crate) fn find_kind(key: &str) -> Option<&'static ReferenceKind> {
    KINDS.iter().find(|kind| kind.key.matches(key))
}

/// Every key that may be published, for people.
pub(crate) fn known_keys() -> String {
    let keys: Vec<String> = KINDS.iter().map(|kind| kind.key.show()).collect();
    keys.join("、")
}

/// Reads a value of its own shape, checks it, and gives it the form that is published.
pub(crate) fn read_whole<T: DeserializeOwned + Serialize>(
    value: &Value,
    find_mistakes: impl Fn(&T) -> Vec<String>,
) -> Result<Value, Vec<String>> {
    let read: T = serde_json::from_value(value.clone()).map_err(|error| vec![format!("写法不对（{error}）")])?;
    let mistakes = find_mistakes(&read);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    serde_json::to_value(&read).map_err(|error| vec![error.to_string()])
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn a_key_has_one_kind() {
        let kind = find_kind("directory").expect("known");
        assert_eq!((kind.title, kind.entries().is_some()), ("服务目录", true));
        assert!(find_kind("account-names").is_none() && find_kind("directory/2026").is_none());
        let yearly = KeyPattern::Yearly("calendar/");
        assert!(yearly.matches("calendar/2026"));
        for wrong in ["calendar/", "calendar/26", "calendar/2026a", "calendar/202a", "calendar"] {
            assert!(!yearly.matches(wrong), "{wrong}");
        }
        assert_eq!(yearly.show(), "calendar/YYYY");
    }

    #[test]
    fn titles_of_columns_are_told_apart() {
        for form in KINDS.iter().filter_map(ReferenceKind::entries) {
            let titles = form.fields.iter().flat_map(|field| field.aliases.iter().chain([&field.title]));
            let all: Vec<_> = titles.collect();
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{}", form.sheet);
            assert!(form.field(form.id).is_some_and(|field| field.is_needed));
            assert!(form.field(form.name).is_some_and(|field| field.is_needed));
        }
    }

    #[test]
    fn a_value_of_its_own_shape_is_read_and_checked() {
        let find = |all: &BTreeMap<String, u8>| all.keys().filter(|key| key.len() > 3).cloned().collect();
        assert_eq!(read_whole(&serde_json::json!({"a": 1}), find), Ok(serde_json::json!({"a": 1})));
        assert_eq!(read_whole(&serde_json::json!({"long": 1}), find), Err(vec!["long".to_owned()]));
        assert!(read_whole(&serde_json::json!({"a": "x"}), find).is_err());
    }
}
