//! 上报 and 任务: report in three taps, then see honestly where it stands.

use domain::codes::Priority;
use domain::household::Place;
use domain::id::DraftId;
use domain::{HouseholdId, IncidentId, Role, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::RecordState;

/// Opens the report form: the draft that was begun, or a new one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenIncidentForm {
    /// The household it is about, if reported from one.
    #[serde(default)]
    pub household: Option<HouseholdId>,
    /// Continue this draft.
    #[serde(default)]
    pub draft: Option<DraftId>,
}

/// The form as it stands. The category tree is `domain::category`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentFormView {
    /// The draft.
    pub draft: DraftId,
    /// What was typed so far; the place is filled in where it is known.
    pub form: IncidentForm,
    /// The household's door, if there is one.
    pub place: Option<Place>,
    /// The draft was found again, not begun now.
    pub is_resumed: bool,
}

/// What a worker types into the report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentForm {
    /// Category code; enough to submit. Level 1 alone (`03`) becomes its first level 2 at submit only if the worker
    /// chose no other.
    #[serde(default)]
    pub category: String,
    /// Priority.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// What happened.
    #[serde(default)]
    pub text: String,
    /// Where, in words.
    #[serde(default)]
    pub address_text: String,
    /// The household it is about.
    #[serde(default)]
    pub household: Option<HouseholdId>,
    /// I settled it on the spot.
    #[serde(default)]
    pub is_self_handled: bool,
    /// What I did, for a matter settled on the spot.
    #[serde(default)]
    pub handled_text: String,
}

/// Saves what is typed so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SaveIncidentForm {
    /// The draft.
    pub draft: DraftId,
    /// All of the form.
    pub form: IncidentForm,
}

/// Makes the incident; the draft is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubmitIncident {
    /// The draft.
    pub draft: DraftId,
    /// All of the form, as shown at the tap.
    pub form: IncidentForm,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentReceipt {
    /// The incident.
    pub incident: IncidentId,
    /// Its last six characters, to read out over the phone.
    pub short_no: String,
    /// When it was saved.
    pub at: UnixMillis,
}

/// Asks for incidents on this phone, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListIncidents {
    /// Only those I reported.
    #[serde(default)]
    pub is_mine: bool,
    /// The last incident of the page before.
    #[serde(default)]
    pub after: Option<IncidentId>,
}

/// One page of incidents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentPage {
    /// Rows.
    pub rows: Vec<IncidentRow>,
    /// There are more.
    pub has_more: bool,
    /// Incidents in all.
    pub total: u64,
}

/// One incident in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentRow {
    /// The incident.
    pub id: IncidentId,
    /// Category code.
    pub category: String,
    /// Title; empty means the category's name.
    pub title: String,
    /// Priority.
    pub priority: Option<Priority>,
    /// Where, in words.
    pub address_text: String,
    /// When it was reported, by the reporter's clock.
    pub reported_at: UnixMillis,
    /// Settled on the spot.
    pub is_self_handled: bool,
    /// I reported it.
    pub is_mine: bool,
    /// Where it stands with the server.
    pub state: RecordState,
}

/// Asks for one incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetIncident {
    /// Which.
    pub id: IncidentId,
}

/// One incident, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentView {
    /// As in the list.
    pub row: IncidentRow,
    /// Last six characters of the id.
    pub short_no: String,
    /// What happened.
    pub text: String,
    /// What was done on the spot.
    pub handled_text: String,
    /// The household it is about, with its door.
    pub household: Option<(HouseholdId, String)>,
    /// What has happened, oldest first.
    pub history: Vec<HistoryEntry>,
}

/// One line of an incident's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// What.
    pub kind: HistoryKind,
    /// Who, if known on this phone.
    pub by: Option<String>,
    /// In which role.
    pub role: Option<Role>,
    /// When.
    pub at: UnixMillis,
}

/// What a line of history says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryKind {
    /// Reported.
    Reported,
    /// Settled on the spot.
    SelfHandled,
    /// The server has it.
    Confirmed,
    /// The server did not accept it.
    Refused,
    /// Something a newer app wrote.
    Unknown,
}
