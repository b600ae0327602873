//! One incident as reported (事件): the start of the work order. What happens to it afterwards are transitions that
//! people append and decisions that the server writes; what they mean is in `workflow`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::account::Role;
use crate::area::{BuildingCode, GridCode};
use crate::codes::{Priority, Source};
use crate::flat::MergeRule;
use crate::id::{AccountId, HouseholdId, IncidentId, NoteId, RecordId, TransitionId, VisitId};
use crate::record::{Breach, Kind, Problem, Record, check_length};
use crate::time::UnixMillis;
use crate::workflow::{Decision, Transition, TransitionKind};

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
    /// Where exactly, if the reporter chose to say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// The number that the server gave it: area (6 digits) + date (8) + serial (5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub human_no: Option<String>,
    /// What people did with it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub transitions: BTreeMap<TransitionId, Transition>,
    /// What the server decided on it, by transition. Written by the server alone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub decisions: BTreeMap<TransitionId, Decision>,
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

/// A place on the ground: WGS-84, degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Latitude.
    pub lat: f64,
    /// Longitude.
    pub lng: f64,
    /// Accuracy in metres as the device gave it.
    #[serde(default)]
    pub acc_m: f64,
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

/// Reports of one matter are at most this far apart.
const DUPLICATE_REACH_M: f64 = 200.0;
/// Reports of one matter are made within this time.
const DUPLICATE_REACH_MS: i64 = UnixMillis::DAY_MS;
/// Mean radius of the earth (IUGG), metres.
const EARTH_RADIUS_M: f64 = 6_371_008.8;

impl Point {
    /// Distance over ground in metres (haversine).
    #[must_use]
    pub fn distance_m(&self, other: &Self) -> f64 {
        let (lat_a, lat_b) = (self.lat.to_radians(), other.lat.to_radians());
        let (d_lat, d_lng) = (lat_b - lat_a, (other.lng - self.lng).to_radians());
        let h = (d_lat / 2.0).sin().powi(2) + lat_a.cos() * lat_b.cos() * (d_lng / 2.0).sin().powi(2);
        2.0 * EARTH_RADIUS_M * h.sqrt().clamp(0.0, 1.0).asin()
    }
}

/// The number that the server gives an incident: the first six digits of its grid, the day, a serial of that day.
/// `None` when the day's numbers are used up or the day is out of range.
#[must_use]
pub fn format_human_no(grid: &GridCode, day: crate::time::LocalDate, serial: u32) -> Option<String> {
    let is_in_range = (1..=99_999).contains(&serial) && (1..=9999).contains(&day.year());
    let area = &grid.as_str()[..6];
    is_in_range.then(|| format!("{area}{:04}{:02}{:02}{serial:05}", day.year(), day.month(), day.day()))
}

/// The parts of an incident's number: what a device brings back to a server that has lost it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HumanNo {
    /// First six digits of the grid.
    pub area: String,
    /// The day, in China.
    pub day: crate::time::LocalDate,
    /// From 1 to 99 999.
    pub serial: u32,
}

impl HumanNo {
    /// Reads what [`format_human_no`] writes; `None` for everything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_number = text.len() == 19 && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            return None;
        }
        let (area, day, serial) = (&text[..6], &text[6..14], text[14..].parse().ok()?);
        let day = crate::time::LocalDate::new(day[..4].parse().ok()?, day[4..6].parse().ok()?, day[6..].parse().ok()?);
        (serial > 0).then_some(Self { area: area.to_owned(), day: day.ok()?, serial })
    }
}

impl Incident {
    /// Whether two reports may be of one matter: same category, within a day, and at most 200 m apart, in the same
    /// household, or at the same address as people write it. Only ever a suggestion: a person merges.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let normalise = |text: &str| crate::text::to_half_width(text).replace(char::is_whitespace, "").to_lowercase();
        let is_near = match (&self.point, &other.point) {
            (Some(here), Some(there)) => here.distance_m(there) <= DUPLICATE_REACH_M,
            _ => false,
        };
        let is_same_home = self.household.is_some() && self.household == other.household;
        let is_same_address =
            !self.address_text.trim().is_empty() && normalise(&self.address_text) == normalise(&other.address_text);
        self.id != other.id
            && self.category == other.category
            && self.grid.town() == other.grid.town()
            && self.came_at().since_ms(other.came_at()).unsigned_abs() <= DUPLICATE_REACH_MS.unsigned_abs()
            && (is_near || is_same_home || is_same_address)
    }

    /// When it was reported: as the device says, but not after the server has heard of it.
    #[must_use]
    pub fn find_reported_at(&self) -> UnixMillis {
        self.reported_at.min(self.came_at())
    }

    /// When it was reported: by the server's clock as soon as it has it, until then by the device's, which may be wrong
    /// by days.
    fn came_at(&self) -> UnixMillis {
        let is_report = |id: &TransitionId| {
            let kind = self.transitions.get(id).map(|step| step.kind);
            matches!(kind, Some(TransitionKind::Submit | TransitionKind::SelfHandle))
        };
        let decided = self.decisions.iter().filter(|(id, decision)| decision.effective && is_report(id));
        decided.map(|(_, decision)| decision.at_server).min().unwrap_or(self.reported_at)
    }

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
        if self
            .point
            .is_some_and(|point| !(-90.0..=90.0).contains(&point.lat) || !(-180.0..=180.0).contains(&point.lng))
        {
            breaches.push(Breach::new("point", Problem::Invalid));
        }
        for (id, step) in &self.transitions {
            step.payload.find_breaches(&format!("transitions.{id}.payload"), &mut breaches);
        }
        for (id, note) in &self.notes {
            check_length(&mut breaches, &format!("notes.{id}.text"), &note.text, TEXT_LIMIT);
        }
        breaches
    }
}

#[cfg(test)]
mod tests;
