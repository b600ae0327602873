//! What all records have in common: an id, a kind, and a flat form that documents store field by field.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::area::GridCode;
use crate::flat::MergeRule;
use crate::id::RecordId;

/// The kind of a record, stored and sent as its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The card of a household: what a building lead may see.
    Household,
    /// Phone and identity numbers, care tags, health notes of a household: grid workers only.
    Particulars,
    /// One visit.
    Visit,
    /// One incident.
    Incident,
}

impl Kind {
    /// Every kind, in the order in which a new phone receives them.
    pub const ALL: [Self; 4] = [Self::Incident, Self::Household, Self::Particulars, Self::Visit];

    /// The stable code, e.g. `household`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Household => "household",
            Self::Particulars => "particulars",
            Self::Visit => "visit",
            Self::Incident => "incident",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A breach of a record's own rules: which field, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Breach {
    /// Path of the field in the record's flat form, e.g. `members.018f….name`.
    pub field: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What can be wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A field without which the record cannot be saved is empty.
    #[error("is required")]
    Missing,
    /// More than the field's limit.
    #[error("is longer than {limit} characters")]
    TooLong {
        /// The limit, in characters.
        limit: usize,
        /// How many there are.
        found: usize,
    },
    /// More entries than the record may hold.
    #[error("has more than {limit} entries")]
    TooMany {
        /// The limit.
        limit: usize,
        /// How many there are.
        found: usize,
    },
    /// Not a value of the field's code list, range or form.
    #[error("is not a valid value")]
    Invalid,
}

impl Breach {
    /// A breach of `problem` in `field`.
    #[must_use]
    pub fn new(field: impl Into<String>, problem: Problem) -> Self {
        Self { field: field.into(), problem }
    }

    /// Whether this is no worse than what was there before.
    fn is_covered_by(&self, before: &Self) -> bool {
        self.field == before.field
            && match (self.problem, before.problem) {
                (Problem::TooLong { found, .. }, Problem::TooLong { found: was, .. })
                | (Problem::TooMany { found, .. }, Problem::TooMany { found: was, .. }) => found <= was,
                (now, was) => now == was,
            }
    }
}

/// What an edit makes worse: the breaches of the record afterwards that are not in it before, or not as bad. Lists and
/// older versions bring records that are beyond a limit; what stands in them is not held against whoever edits
/// something else. `before` is `None` for a new record, of which every breach counts.
#[must_use]
pub fn find_new_breaches<R: Record>(before: Option<&R>, after: &R) -> Vec<Breach> {
    let mut new = after.find_breaches();
    if new.is_empty() {
        return new;
    }
    let mut old = before.map(R::find_breaches).unwrap_or_default();
    // Each old one covers one new one: a second wrong number beside a first is new.
    new.retain(|breach| match old.iter().position(|old| breach.is_covered_by(old)) {
        Some(place) => {
            old.swap_remove(place);
            false
        }
        None => true,
    });
    new
}

/// Collects a breach when `text` has more than `limit` characters.
pub(crate) fn check_length(breaches: &mut Vec<Breach>, field: &str, text: &str, limit: usize) {
    let found = text.chars().count();
    if found > limit {
        breaches.push(Breach::new(field, Problem::TooLong { limit, found }));
    }
}

/// A record: something people write, stored as one document.
///
/// Its serde form is its document form: nested structs and maps become dotted paths, sets become paths with the
/// value `true` (see [`crate::flat`]). Fields that are empty are left out, so that a cleared field is an absent one.
pub trait Record: Serialize + DeserializeOwned + Clone {
    /// The kind of this type of record.
    const KIND: Kind;

    /// The document's id.
    fn record_id(&self) -> RecordId;

    /// The grid the record belongs to; every record belongs to exactly one.
    fn grid(&self) -> &GridCode;

    /// What two concurrent edits of the field at `path` become.
    fn merge_rule(path: &str) -> MergeRule;

    /// Every breach of the record's own rules. A new record may have none; of a known one see [`find_new_breaches`].
    fn find_breaches(&self) -> Vec<Breach>;
}
