//! The registry of personal fields: why each is kept, on what basis, how sensitive it is, how long, how it is masked.
//!
//! Why: no field without an entry. A test flattens a fully filled record of each kind and fails when a path is neither
//! registered nor listed as not personal, so a new field cannot slip in without a written purpose (PIPL 6, 19).
//!
//! Flow: screens and exports ask [`find_personal_field`] for the mask, the retention job for the period, the privacy
//! page shows the purposes. Patterns are paths of the record's flat form; `*` stands for one segment.
//!
//! Missing: the retention job itself; a district's own periods (these are defaults).

mod registry;
#[cfg(test)]
mod tests;

use crate::codes::Language;
use crate::record::Kind;
use crate::text::{mask_id_no, mask_name, mask_tel};

/// Why keeping a field is lawful (PIPL 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegalBasis {
    /// A statutory duty of the community or the town (PIPL 13 (3), 34).
    Duty,
    /// Separate consent, given at the door and withdrawable (PIPL 13 (1), 14–16, 29).
    Consent,
}

/// How sensitive a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensitivity {
    /// Personal.
    Ordinary,
    /// Sensitive (PIPL 28): health, identity numbers, whereabouts, anything about children under 14.
    Sensitive,
}

/// How long a field is kept; afterwards the server erases it, on phones too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// Days after the household or the member left.
    AfterLeaving {
        /// The days.
        days: u32,
    },
    /// Days after the visit.
    AfterVisit {
        /// The days.
        days: u32,
    },
    /// Days after the incident was closed; disputes have their own period.
    AfterClosing {
        /// The days.
        days: u32,
        /// The days for a dispute (class 02).
        dispute_days: u32,
    },
    /// As long as what it vouches for, and days beyond.
    BeyondTheRecord {
        /// The days.
        days: u32,
    },
}

/// How a field is shown on lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mask {
    /// As it is.
    None,
    /// `199****0001`
    Tel,
    /// `990***********0024`
    IdNumber,
    /// `王**`, where strangers may look on.
    Name,
}

impl Mask {
    /// The text as a list shows it.
    #[must_use]
    pub fn apply(self, text: &str) -> String {
        match self {
            Self::None => text.to_owned(),
            Self::Tel => mask_tel(text),
            Self::IdNumber => mask_id_no(text),
            Self::Name => mask_name(text),
        }
    }
}

/// One registered field.
#[derive(Debug, PartialEq, Eq)]
pub struct PersonalField {
    /// The kind of record it stands in.
    pub kind: Kind,
    /// Path pattern in the record's flat form.
    pub pattern: &'static str,
    /// What it is for, in Chinese.
    pub purpose_zh: &'static str,
    /// What it is for, in English.
    pub purpose_en: &'static str,
    /// Why keeping it is lawful.
    pub basis: LegalBasis,
    /// How sensitive it is.
    pub sensitivity: Sensitivity,
    /// How long it is kept.
    pub retention: Retention,
    /// How lists show it.
    pub mask: Mask,
}

impl PersonalField {
    /// What it is for, for the screen.
    #[must_use]
    pub const fn purpose(&self, language: Language) -> &'static str {
        match language {
            Language::ZhCn => self.purpose_zh,
            Language::En => self.purpose_en,
        }
    }
}

/// Every registered field, by kind and pattern.
#[must_use]
pub const fn personal_fields() -> &'static [PersonalField] {
    registry::PERSONAL
}

/// The entry for the field at `path` of a record of this kind.
#[must_use]
pub fn find_personal_field(kind: Kind, path: &str) -> Option<&'static PersonalField> {
    registry::PERSONAL.iter().find(|field| field.kind == kind && matches_pattern(field.pattern, path))
}

/// Whether the field at `path` is known not to be personal. A path that is neither registered nor listed belongs to
/// a newer version: treat it as sensitive.
#[must_use]
pub fn is_not_personal(kind: Kind, path: &str) -> bool {
    registry::NOT_PERSONAL.iter().any(|(of, pattern)| *of == kind && matches_pattern(pattern, path))
}

/// Whether `path` has the segments of `pattern`, `*` standing for any one.
fn matches_pattern(pattern: &str, path: &str) -> bool {
    let mut expected = pattern.split('.');
    let mut found = path.split('.');
    loop {
        match (expected.next(), found.next()) {
            (None, None) => return true,
            (Some("*"), Some(_)) => {}
            (Some(one), Some(other)) if one == other => {}
            _ => return false,
        }
    }
}
