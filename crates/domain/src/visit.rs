//! One visit (走访记录): a fact written by its author, one change, never inside the household.
//!
//! Only household, time and outcome are needed to save. What a visit changes about the household is an edit of the
//! household's own document, made at the same moment; here it is listed so that the visit tells its story alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::account::Role;
use crate::area::{BuildingCode, GridCode};
use crate::codes::{Advice, Channel, Outcome};
use crate::flat::{MergeRule, as_set};
use crate::id::{AccountId, HouseholdId, IncidentId, NoteId, RecordId, VisitId};
use crate::record::{Breach, Kind, Problem, Record, check_length};
use crate::time::{LocalDate, UnixMillis, format_day, parse_day};

/// One visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// Made on the device when the visit is submitted.
    pub id: VisitId,
    /// The household that was visited.
    pub household: HouseholdId,
    /// Its grid at that time.
    pub grid: GridCode,
    /// Its building at that time.
    pub building: BuildingCode,
    /// The visitor.
    pub by: AccountId,
    /// The visitor's role at that time.
    pub role: Role,
    /// When the visit began, by the device's clock as the server's corrects it.
    pub at_start: UnixMillis,
    /// When it was written down, by the same.
    pub at_end: UnixMillis,
    /// What was added to the device's own clock in the two: by the device, as the last round told it, or by the server
    /// where they lay in its future. Evidence: the device said so much less.
    #[serde(default, skip_serializing_if = "is_none_added")]
    pub clock_correction_ms: i64,
    /// Where it took place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// How it ended.
    pub outcome: Outcome,
    /// The checklist that was used: `key@version`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub template: String,
    /// Answers by question key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, Answer>,
    /// What the visit changed about the household, by the household's field path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub improvements: BTreeMap<NoteId, Improvement>,
    /// What was explained.
    #[serde(default, with = "as_set", skip_serializing_if = "BTreeSet::is_empty")]
    pub advice: BTreeSet<Advice>,
    /// Leaflets handed out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub leaflets: u32,
    /// Incidents that grew out of this visit.
    #[serde(default, with = "as_set", skip_serializing_if = "BTreeSet::is_empty")]
    pub incidents: BTreeSet<IncidentId>,
    /// What was promised, and for when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<FollowUp>,
    /// Free remark, at most 2,000 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Later corrections, in order of id; the original stays.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub amendments: BTreeMap<NoteId, Amendment>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")
)]
fn is_none_added(ms: &i64) -> bool {
    *ms == 0
}

/// A change that the visit made to the household's record, as it was read out to the resident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Improvement {
    /// Path of the field in the household's flat form.
    pub field: String,
    /// The value before, as shown; absent for an addition.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// The value after, as shown.
    pub to: String,
}

/// A promise made at the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// What was promised, at most 200 characters.
    pub text: String,
    /// For when.
    #[serde(default, with = "crate::time::as_day_if_any", skip_serializing_if = "Option::is_none")]
    pub date: Option<LocalDate>,
}

/// A later correction or addition: an entry of one author, appended whole and never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// Who corrected.
    pub by: AccountId,
    /// When, by the device's clock.
    pub at: UnixMillis,
    /// What should be read instead, at most 2,000 characters.
    pub text: String,
}

/// One answer, stored as a text that names its type: `tri:yes`, `one:02`, `many:02,06`, `number:3`,
/// `date:2026-11-23`, `text:…`. A type that this version does not know is kept as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Answer {
    /// Yes, no, or not asked.
    Tri(Tri),
    /// One option by code.
    One(String),
    /// Several options by code.
    Many(BTreeSet<String>),
    /// A number.
    Number(i64),
    /// A date.
    Date(LocalDate),
    /// Free text.
    Text(String),
    /// Written by a newer app.
    Unknown(String),
}

/// Yes, no, or not asked: "not asked" is an answer, so that nobody is taken to have said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tri {
    /// 是
    Yes,
    /// 否
    No,
    /// 未问
    NotAsked,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tri(Tri::Yes) => f.write_str("tri:yes"),
            Self::Tri(Tri::No) => f.write_str("tri:no"),
            Self::Tri(Tri::NotAsked) => f.write_str("tri:not_asked"),
            Self::One(code) => write!(f, "one:{code}"),
            Self::Many(codes) => {
                f.write_str("many:")?;
                for (i, code) in codes.iter().enumerate() {
                    write!(f, "{}{code}", if i == 0 { "" } else { "," })?;
                }
                Ok(())
            }
            Self::Number(n) => write!(f, "number:{n}"),
            Self::Date(date) => write!(f, "date:{}", format_day(*date)),
            Self::Text(text) => write!(f, "text:{text}"),
            Self::Unknown(whole) => f.write_str(whole),
        }
    }
}

impl FromStr for Answer {
    type Err = std::convert::Infallible;

    fn from_str(whole: &str) -> Result<Self, Self::Err> {
        let unknown = || Self::Unknown(whole.to_owned());
        let Some((tag, rest)) = whole.split_once(':') else {
            return Ok(unknown());
        };
        Ok(match (tag, rest) {
            ("tri", "yes") => Self::Tri(Tri::Yes),
            ("tri", "no") => Self::Tri(Tri::No),
            ("tri", "not_asked") => Self::Tri(Tri::NotAsked),
            ("one", code) => Self::One(code.to_owned()),
            ("many", codes) => {
                Self::Many(codes.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect())
            }
            ("number", n) => n.parse().map_or_else(|_| unknown(), Self::Number),
            ("date", date) => parse_day(date).map_or_else(unknown, Self::Date),
            ("text", text) => Self::Text(text.to_owned()),
            _ => unknown(),
        })
    }
}

impl From<Answer> for String {
    fn from(answer: Answer) -> Self {
        answer.to_string()
    }
}

impl From<String> for Answer {
    fn from(whole: String) -> Self {
        whole.parse().unwrap_or(Self::Unknown(whole))
    }
}

/// Most characters in a visit's note or one text answer.
pub const TEXT_LIMIT: usize = 2_000;
/// Most answers of one visit.
pub const ANSWER_LIMIT: usize = 200;

impl Record for Visit {
    const KIND: Kind = Kind::Visit;

    fn record_id(&self) -> RecordId {
        self.id.into()
    }

    fn grid(&self) -> &GridCode {
        &self.grid
    }

    fn merge_rule(_path: &str) -> MergeRule {
        MergeRule::Fact
    }

    fn find_breaches(&self) -> Vec<Breach> {
        let mut breaches = Vec::new();
        if self.building.grid() != self.grid {
            breaches.push(Breach::new("building", Problem::Invalid));
        }
        if self.at_end < self.at_start {
            breaches.push(Breach::new("at_end", Problem::Invalid));
        }
        check_length(&mut breaches, "note", &self.note, TEXT_LIMIT);
        if self.answers.len() > ANSWER_LIMIT {
            breaches.push(Breach::new("answers", Problem::TooMany { limit: ANSWER_LIMIT, found: self.answers.len() }));
        }
        for (key, answer) in &self.answers {
            check_length(&mut breaches, &format!("answers.{key}"), &answer.to_string(), TEXT_LIMIT);
        }
        if let Some(follow_up) = &self.follow_up {
            check_length(&mut breaches, "follow_up.text", &follow_up.text, 200);
        }
        for (id, amendment) in &self.amendments {
            check_length(&mut breaches, &format!("amendments.{id}.text"), &amendment.text, TEXT_LIMIT);
        }
        breaches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_name_their_type_and_unknown_types_are_kept() {
        for whole in
            ["tri:yes", "tri:not_asked", "one:02", "many:02,06", "number:3", "date:2026-11-23", "text:a:b", "voice:9"]
        {
            let answer: Answer = whole.parse().expect("infallible");
            assert_eq!(answer.to_string(), whole);
        }
        assert_eq!("number:many".parse(), Ok(Answer::Unknown("number:many".into())));
    }
}
