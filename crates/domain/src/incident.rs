//! One incident as reported (事件): the start of the work order. What happens to it afterwards are transitions that
//! people append and decisions that the server writes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::account::Role;
use crate::area::{BuildingCode, GridCode};
use crate::codes::{Priority, Source};
use crate::flat::MergeRule;
use crate::id::{AccountId, HouseholdId, IncidentId, NoteId, RecordId, TransitionId, VisitId};
use crate::record::{Breach, Kind, Problem, Record, check_length};
use crate::time::UnixMillis;

/// One incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Made on the device when it is submitted.
    pub id: IncidentId,
    /// Category code: level 1 (two digits) + three digits, e.g. `03002`.
    pub category: String,
    /// Priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Title, at most 40 characters; empty means the category's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What happened, at most 2,000 characters (GB/T 31000-2015).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// When it happened, by the device's clock.
    pub happened_at: UnixMillis,
    /// When it was reported, by the device's clock.
    pub reported_at: UnixMillis,
    /// Where it came from.
    pub source: Source,
    /// The grid it happened in.
    pub grid: GridCode,
    /// The building, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub building: Option<BuildingCode>,
    /// The household, if it concerns one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<HouseholdId>,
    /// The visit it grew out of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<VisitId>,
    /// Where, in words, at most 200 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address_text: String,
    /// Who reported it.
    pub by: AccountId,
    /// In which role.
    pub role: Role,
    /// Handled on the spot: what was found and what was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_handled: Option<SelfHandled>,
    /// What people did with it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub transitions: BTreeMap<TransitionId, Transition>,
    /// What people noted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub notes: BTreeMap<NoteId, Note>,
}

/// A small matter settled by the reporter (自办).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelfHandled {
    /// How it was found, at most 500 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub before: String,
    /// What was done, at most 500 characters; never empty.
    pub after: String,
}

/// Something a person did with an incident. The server decides whether it takes effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// What was done.
    pub kind: TransitionKind,
    /// By whom.
    pub by: AccountId,
    /// In which role.
    pub role: Role,
    /// When, by the device's clock.
    pub at_device: UnixMillis,
    /// How many times handling had failed verification when it was done.
    #[serde(default)]
    pub round: u32,
}

/// What can be done with an incident by the one who reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransitionKind {
    /// 上报
    Submit,
    /// 自办
    SelfHandle,
    /// Written by a newer app.
    #[serde(other)]
    Unknown,
}

/// A note under an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// By whom.
    pub by: AccountId,
    /// When, by the device's clock.
    pub at: UnixMillis,
    /// At most 2,000 characters.
    pub text: String,
}

/// Most characters in a title.
pub const TITLE_LIMIT: usize = 40;
/// Most characters in the text (GB/T 31000-2015).
pub const TEXT_LIMIT: usize = 2_000;

impl Incident {
    /// The shape of a category code: five ASCII digits.
    #[must_use]
    pub fn is_category_code(code: &str) -> bool {
        code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit())
    }
}

impl Record for Incident {
    const KIND: Kind = Kind::Incident;

    fn record_id(&self) -> RecordId {
        self.id.into()
    }

    fn grid(&self) -> &GridCode {
        &self.grid
    }

    fn merge_rule(path: &str) -> MergeRule {
        match path.split('.').next().unwrap_or_default() {
            "category" | "priority" | "title" | "text" | "address_text" => MergeRule::Choose,
            _ => MergeRule::Fact,
        }
    }

    fn find_breaches(&self) -> Vec<Breach> {
        let mut breaches = Vec::new();
        if !Self::is_category_code(&self.category) {
            breaches.push(Breach::new("category", Problem::Invalid));
        }
        if self.building.as_ref().is_some_and(|b| b.grid() != self.grid) {
            breaches.push(Breach::new("building", Problem::Invalid));
        }
        check_length(&mut breaches, "title", &self.title, TITLE_LIMIT);
        check_length(&mut breaches, "text", &self.text, TEXT_LIMIT);
        check_length(&mut breaches, "address_text", &self.address_text, 200);
        if let Some(handled) = &self.self_handled {
            if handled.after.trim().is_empty() {
                breaches.push(Breach::new("self_handled.after", Problem::Missing));
            }
            check_length(&mut breaches, "self_handled.before", &handled.before, 500);
            check_length(&mut breaches, "self_handled.after", &handled.after, 500);
        }
        for (id, note) in &self.notes {
            check_length(&mut breaches, &format!("notes.{id}.text"), &note.text, TEXT_LIMIT);
        }
        breaches
    }
}
