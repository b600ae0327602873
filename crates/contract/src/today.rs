//! 今日: what needs me.

use domain::checklist::Template;
use domain::id::DraftId;
use domain::{HouseholdId, LocalDate, UnixMillis, VisitId};
use serde::{Deserialize, Serialize};

use crate::{AppointmentRow, HouseholdRow, IncidentForm, IncidentRow, SyncSummary, VisitForm};

/// Asks for the home page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetToday {}

/// The home page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TodayView {
    /// Today in China.
    #[serde(with = "domain::time::as_day")]
    pub date: LocalDate,
    /// Names of my grids or buildings.
    pub units: Vec<String>,
    /// The chip.
    pub sync: SyncSummary,
    /// Forms begun and not submitted, newest first.
    pub drafts: Vec<DraftRow>,
    /// Drafts that were cleared last and can be brought back.
    #[serde(default)]
    pub cleared: Option<ClearedDrafts>,
    /// Appointments of today in incidents on this device.
    pub appointments: Vec<AppointmentRow>,
    /// Steps of mine that did not take effect and that I have not put away, departed incidents included.
    pub futile_count: u64,
    /// Notices not opened here yet.
    pub notice_count: u64,
    /// Incidents that wait for me in my role, or my own open ones, the nearest limit first, at most ten.
    pub incidents: Vec<IncidentRow>,
    /// The same in all.
    pub incident_count: u64,
    /// Households due, most overdue first, at most twenty.
    pub due: Vec<HouseholdRow>,
    /// Households overdue.
    pub overdue_count: u64,
    /// Households due within seven days, today included.
    pub week_count: u64,
    /// Households with a conflict to look at.
    pub conflict_count: u64,
    /// Households on this phone; 0 while the first download runs.
    pub household_count: u64,
}

/// A form begun and not submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftRow {
    /// The draft.
    pub id: DraftId,
    /// Which form.
    pub kind: DraftKind,
    /// The household it is about.
    pub household: Option<HouseholdId>,
    /// Door or category code.
    pub title: String,
    /// The visit that it corrects; none: it is the form of a new one.
    #[serde(default)]
    pub amends: Option<VisitId>,
    /// Last typed.
    pub at: UnixMillis,
    /// Whether it can go on.
    #[serde(default)]
    pub standing: DraftStanding,
}

/// Whether a draft can go on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftStanding {
    /// It opens as a form.
    #[default]
    Open,
    /// Its household is not on this device any more: it can be read ([`GetDraft`]) and put away.
    Departed,
    /// It is not whole, or another version wrote it: it is kept as it is, can be read and put away. A new form is begun
    /// beside it.
    Unreadable,
}

/// Drafts that were cleared with one tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearedDrafts {
    /// Which.
    pub drafts: Vec<DraftId>,
    /// Until when they can be brought back.
    pub until: UnixMillis,
}

/// Clears drafts. They can be brought back ([`RestoreDrafts`]) until [`ClearedDrafts::until`]; nothing is written to
/// them meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscardDrafts {
    /// Which.
    pub drafts: Vec<DraftId>,
}

/// Brings cleared drafts back as they were. One that is forgotten by now is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreDrafts {
    /// Which.
    pub drafts: Vec<DraftId>,
}

/// Asks for what was typed into a draft, to read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetDraft {
    /// Which.
    pub draft: DraftId,
}

/// A draft to read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftView {
    /// As in the list.
    pub row: DraftRow,
    /// What was typed into the form of a visit.
    #[serde(default)]
    pub visit: Option<VisitForm>,
    /// The checklist that form began with.
    #[serde(default)]
    pub template: Option<Template>,
    /// What was typed into a report.
    #[serde(default)]
    pub incident: Option<IncidentForm>,
    /// The text as it is stored, where it cannot be read as a form; else empty.
    #[serde(default)]
    pub raw: String,
}

/// Which form a draft belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftKind {
    /// A visit.
    Visit,
    /// An incident.
    Incident,
}
