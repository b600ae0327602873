//! 任务: the incidents that wait for somebody, by deadline, and where one stands.

use domain::codes::Priority;
use domain::deadline::{Light, Limit, Stage};
use domain::id::TransitionId;
use domain::workflow::Offline;
use domain::workflow::{Booking, Payload, Refusal, State, StepOffer, TransitionKind};
use domain::{AccountId, HouseholdId, IncidentId, OrgCode, Role, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::RecordState;

/// Which incidents a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// Everything on this device that is not ended, the nearest limit first.
    #[default]
    Open,
    /// Reported by me, newest first, ended ones too.
    Mine,
    /// 待受理
    ToAccept,
    /// 待派单: accepted, or reopened.
    ToDispatch,
    /// A handler asks to hand back or for more time.
    Requests,
    /// With my organisation: to begin, or being handled; not what was sent to another person of it by name, nor what my
    /// organisation only helps with.
    ToHandle,
    /// 待核查 by me: not what I handled myself.
    ToVerify,
    /// 待回访
    ToCallBack,
    /// A limit is past 70 %.
    DueSoon,
    /// A limit has passed.
    Overdue,
    /// The resident was not satisfied.
    Unsatisfied,
    /// Steps of mine that did not take effect and that I have not put away.
    Futile,
    /// Ended, newest first.
    Ended,
    /// Everything, newest first.
    All,
}

/// Asks for a page of incidents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListIncidents {
    /// Which. What is looked for is looked for in everything on this device, newest first, whatever the queue; only in
    /// [`Queue::Mine`] among my own.
    #[serde(default)]
    pub queue: Queue,
    /// Number (whole or its end), last six characters of the id, words of title, text or address, category.
    #[serde(default)]
    pub query: String,
    /// The last incident of the page before.
    #[serde(default)]
    pub after: Option<IncidentId>,
    /// At most so many rows, up to [`INCIDENT_ROWS_LIMIT`]; none: [`PAGE_ROWS`](crate::PAGE_ROWS). A long list is
    /// read anew by one request.
    #[serde(default)]
    pub rows: Option<u32>,
}

/// Most rows of one page of incidents.
pub const INCIDENT_ROWS_LIMIT: u32 = 500;

/// One page of incidents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentPage {
    /// Rows.
    pub rows: Vec<IncidentRow>,
    /// There are more.
    pub has_more: bool,
    /// Incidents in all.
    pub total: u64,
    /// The queues of my role with what waits in them, in the order in which they are offered; empty on every page but
    /// the first.
    pub queues: Vec<QueueCount>,
}

/// A queue and what waits in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueCount {
    /// The queue.
    pub queue: Queue,
    /// Incidents in it; steps that have left with their incidents ([`ListDepartedSteps`]) are not counted here.
    pub count: u64,
}

/// One incident in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentRow {
    /// The incident.
    pub id: IncidentId,
    /// The number that the server gave it: area 6 + date 8 + serial 5.
    pub human_no: Option<String>,
    /// Last six characters of the id.
    pub short_no: String,
    /// Category code.
    pub category: String,
    /// Title; empty means the category's name.
    pub title: String,
    /// Priority.
    pub priority: Option<Priority>,
    /// Where, in words.
    pub address_text: String,
    /// Name of the grid.
    pub grid_name: String,
    /// When it was reported, by the reporter's clock.
    pub reported_at: UnixMillis,
    /// Settled on the spot.
    pub is_self_handled: bool,
    /// I reported it.
    pub is_mine: bool,
    /// Where the work stands, with my own undecided steps on top.
    pub standing: State,
    /// The limit that passes next.
    pub limit: Option<LimitView>,
    /// Name of the organisation that handles it.
    pub org_name: Option<String>,
    /// It was urged.
    pub is_urged: bool,
    /// It is supervised.
    pub is_supervised: bool,
    /// A handler asks for something.
    pub asks: Option<TransitionKind>,
    /// Steps made here that the server has not decided on (待确认).
    pub pending: u32,
    /// Steps of mine that did not take effect and that I have not put away.
    pub futile: u32,
    /// Where the record stands with the server.
    pub state: RecordState,
}

/// One time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitView {
    /// What has to be done by then.
    pub stage: Stage,
    /// From when, yellow when, red when.
    pub limit: Limit,
    /// Its colour when this view was made; the screen may go on from the limit itself.
    pub light: Light,
    /// The server has found it passed.
    pub is_marked: bool,
    /// Worked out on this device (预计).
    pub is_estimate: bool,
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
    /// What happened.
    pub text: String,
    /// What was done on the spot.
    pub handled_text: String,
    /// The household it is about, with its door, where that may be seen.
    pub household: Option<(HouseholdId, String)>,
    /// Who reported it, if known here.
    pub reporter: Option<String>,
    /// How to reach them; only while it is open, and only where it is handled.
    pub reporter_tel: Option<String>,
    /// Every running limit, the nearest first.
    pub limits: Vec<LimitView>,
    /// Organisations that help.
    pub joint: Vec<String>,
    /// The person it was sent to, if one was named.
    pub assigned_person: Option<String>,
    /// The request that waits for an answer.
    pub asked: Option<AskedView>,
    /// The appointment.
    pub appointment: Option<AppointmentView>,
    /// What I may do now.
    pub steps: Vec<StepOffer>,
    /// What the forms of those steps need to offer.
    pub choices: StepChoices,
    /// What was typed into forms of steps and not sent, last typed first; of steps that are no longer offered too.
    pub drafts: Vec<StepDraft>,
    /// Open incidents that may be the same matter.
    pub like: Vec<LikeView>,
    /// What has happened, newest first.
    pub history: Vec<HistoryEntry>,
}

/// A request of a handler.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedView {
    /// The step that asks: what an answer names.
    pub step: TransitionId,
    /// `ask_refusal` or `ask_extension`.
    pub kind: TransitionKind,
    /// Who.
    pub by: Option<String>,
    /// Why.
    pub text: String,
    /// Until when more time is asked for.
    pub until: Option<UnixMillis>,
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentView {
    /// What, where, when.
    pub booking: Booking,
    /// The step that proposed it.
    pub step: TransitionId,
    /// The handler confirmed it.
    pub is_confirmed: bool,
}

/// What the forms of the steps offer to choose from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepChoices {
    /// Organisations it can be sent to, the suggested ones first.
    pub orgs: Vec<OrgOption>,
    /// People of those organisations, by name; only where it can be sent to a person.
    pub people: Vec<PersonOption>,
    /// The limit it has now, or would have by its class: what a form proposes.
    pub usual_due_at: Option<UnixMillis>,
    /// Latest limit of an extension.
    pub latest_extension: Option<UnixMillis>,
}

/// One organisation to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgOption {
    /// Its code.
    pub code: OrgCode,
    /// Its name.
    pub name: String,
    /// The category is one of its own.
    pub is_suggested: bool,
}

/// One person to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonOption {
    /// Whose account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    /// The organisation that the person belongs to.
    pub org: OrgCode,
}

/// What was typed into the form of a step and not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDraft {
    /// Which step; none: a note.
    pub kind: Option<TransitionKind>,
    /// What was typed. Parts that a form has to have and that were not said are unknown codes and the moment 0.
    pub payload: Payload,
}

/// An incident that may be the same matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LikeView {
    /// The incident.
    pub id: IncidentId,
    /// Its number, or the last six characters of its id.
    pub number: String,
    /// Title; empty means the category's name.
    pub title: String,
    /// Category code.
    pub category: String,
    /// Who reported it.
    pub reporter: Option<String>,
    /// When.
    pub reported_at: UnixMillis,
}

/// One line of an incident's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The step; none for a note and for what sync says.
    pub step: Option<TransitionId>,
    /// What.
    pub kind: HistoryKind,
    /// Who, if known on this phone.
    pub by: Option<String>,
    /// In which role.
    pub role: Option<Role>,
    /// For which organisation.
    pub org_name: Option<String>,
    /// What goes with it, as it was written.
    pub payload: Payload,
    /// Name of the organisation it was sent to.
    pub to_org_name: Option<String>,
    /// Name of the person it was sent to.
    pub to_person_name: Option<String>,
    /// Names of the organisations asked to help.
    pub joint_names: Vec<String>,
    /// Limits that were set by it.
    pub limits: Vec<(Stage, Limit)>,
    /// When, by the clock of the device it was made on.
    pub at_device: UnixMillis,
    /// When the server decided on it, by the server's clock.
    pub at_server: Option<UnixMillis>,
    /// Whether it counts.
    pub effect: StepEffect,
}

/// What a line of history says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "kind", rename_all = "snake_case")]
pub enum HistoryKind {
    /// A step.
    Step(TransitionKind),
    /// A note; its words are the payload's text.
    Note,
    /// The server did not take in a change made here.
    Refused,
}

/// Whether a step counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StepEffect {
    /// It took effect.
    Effective,
    /// 待确认: the server has not decided on it.
    Pending {
        /// Shown as done, or only asked for.
        offline: Offline,
        /// Made on this device by me and not decided: it can be taken back.
        can_retract: bool,
        /// It would take effect if the server saw the incident as this device does.
        is_likely: bool,
        /// Its author has taken it back: nothing is waited for.
        is_taken_back: bool,
    },
    /// 未生效.
    Futile {
        /// Why, in words of `Refusal::label`.
        reason: Refusal,
        /// The step that was there first: who, what, when by the server's clock.
        lost_to: Option<LostTo>,
        /// It is mine and may be sent once more as things stand.
        can_send_again: bool,
        /// It is mine and still asks for attention.
        can_dismiss: bool,
    },
}

/// The step that another one lost to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostTo {
    /// What.
    pub kind: TransitionKind,
    /// Who.
    pub by: Option<String>,
    /// Name of the organisation it was sent to.
    pub to_org_name: Option<String>,
    /// When, by the server's clock.
    pub at_server: UnixMillis,
}

/// Saves what is typed into the form of a step so far. Taking the step, or adding the note, removes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveStepForm {
    /// Which incident.
    pub incident: IncidentId,
    /// Which step; none: a note.
    #[serde(default)]
    pub kind: Option<TransitionKind>,
    /// All of the form; an empty one removes what was saved.
    #[serde(default)]
    pub payload: Payload,
}

/// Does something with an incident. Answers the incident as it is shown then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeStep {
    /// Which.
    pub incident: IncidentId,
    /// What.
    pub kind: TransitionKind,
    /// What goes with it.
    #[serde(default)]
    pub payload: Payload,
}

/// How long a step can be taken back before it is offered to the server, in milliseconds: long enough to read what was
/// done and to tap, short enough that nobody waits for it.
pub const UNDO_MS: u32 = 5_000;

/// Takes one step that nothing goes with in several incidents. Answers what became of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeSteps {
    /// Which, at most [`INCIDENT_ROWS_LIMIT`].
    pub incidents: Vec<IncidentId>,
    /// What.
    pub kind: TransitionKind,
}

/// Takes back steps that are not decided, as [`RetractStep`] does each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetractSteps {
    /// Which.
    pub steps: Vec<RetractStep>,
}

/// What became of steps in several incidents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepsTaken {
    /// Taken, or taken back.
    pub taken: Vec<RetractStep>,
    /// Not, and why; no reason: the incident is not on this device any more.
    pub refused: Vec<(IncidentId, Option<Refusal>)>,
}

/// Takes back an own step that is not decided, or puts away one that did not take effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetractStep {
    /// Which incident.
    pub incident: IncidentId,
    /// Which step.
    pub step: TransitionId,
}

/// Sends an own step that did not take effect once more, as things stand now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendAgain {
    /// Which incident.
    pub incident: IncidentId,
    /// Which step.
    pub step: TransitionId,
}

/// Adds a note to an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddNote {
    /// Which.
    pub incident: IncidentId,
    /// The words.
    pub text: String,
}

/// Asks for own steps in incidents that have left this device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListDepartedSteps {}

/// An own step in an incident that has left this device; kept so that nothing that was written is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartedStep {
    /// The step; of one that was not sent, the name of this line.
    pub step: TransitionId,
    /// It was typed and not sent when the incident left.
    pub is_unsent: bool,
    /// The incident's number, or the last six characters of its id.
    pub number: String,
    /// Category code.
    pub category: String,
    /// What was done; none: a note.
    pub kind: Option<TransitionKind>,
    /// The words that went with it.
    pub text: String,
    /// When, by this device's clock.
    pub at: UnixMillis,
    /// Why it did not take effect; none while the server has not said.
    pub reason: Option<Refusal>,
}

/// Puts away a line of [`ListDepartedSteps`]. One on which the server has not decided comes up again if it did not take
/// effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DismissDepartedStep {
    /// The step.
    pub step: TransitionId,
}
