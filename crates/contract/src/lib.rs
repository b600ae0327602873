//! Commands and views: what a user interface may ask of the companion, and what it gets to draw.
//!
//! Door policy. A [`Command`] ties its name and its reply to the request type, so no string agreement can drift.
//! Views are computed by the companion and carry codes, ids and times; words are chosen by the UI from its message
//! catalogue. Both sides ship together, so unlike `sync` this crate may change freely. No rule of the trade is
//! decided here (that is `domain`), no state is held.

mod command;
mod error;
mod event;
mod household;
mod households;
mod incident;
mod incidents;
mod services;
mod session;
mod sync_state;
mod today;
mod visit;

pub use command::{COMMANDS, Command};
pub use domain;
pub use error::{CommandError, ErrorCode};
pub use event::{Event, Topic};
pub use household::{
    AddMember, CandidateView, ChooseValue, ConflictView, EditHousehold, GetHousehold, HouseholdEdit, HouseholdView,
    MemberView, NeedView, RevealParticulars, RevealedMember,
};
pub use households::{
    BuildingOption, DueFilter, HouseholdOrder, HouseholdPage, HouseholdRow, ListHouseholds, MatchedMember, PAGE_ROWS,
    PageKey,
};
pub use incident::{
    BookingForm, IncidentForm, IncidentFormView, IncidentReceipt, OpenIncidentForm, SaveIncidentForm, SubmitIncident,
};
pub use incidents::{
    AddNote, AppointmentView, AskedView, DepartedStep, DismissDepartedStep, GetIncident, HistoryEntry, HistoryKind,
    INCIDENT_ROWS_LIMIT, IncidentPage, IncidentRow, IncidentView, LikeView, LimitView, ListDepartedSteps,
    ListIncidents, LostTo, OrgOption, PersonOption, Queue, QueueCount, RetractStep, RetractSteps, SaveStepForm,
    SendAgain, StepChoices, StepDraft, StepEffect, StepsTaken, TakeStep, TakeSteps, UNDO_MS,
};
pub use services::{AppointmentRow, ListNotices, ListServices, NoticeView, ReadNotice, ServiceList, ServiceView};
pub use session::{
    About, AccountView, AcknowledgeStore, Enrol, GetAbout, GetSession, NoteClock, SaveSettings, SessionView, Settings,
    StoreHealth, Theme,
};
pub use sync_state::{
    BringBack, GetSync, LastSync, ListPutAway, ListUnsent, NetworkState, PutAway, RecordState, SyncNow, SyncResult,
    SyncSummary, SyncView, UnsentPage, UnsentRow,
};
pub use today::{
    ClearedDrafts, DiscardDrafts, DraftKind, DraftRow, DraftStanding, DraftView, GetDraft, GetToday, RestoreDrafts,
    TodayView,
};
pub use visit::{
    AmendVisit, Amending, AmendmentView, DraftSaved, GetVisit, GetVisitReceipt, ListVisits, OpenVisitForm,
    SaveVisitForm, SubmitVisit, VisitForm, VisitFormView, VisitPage, VisitReceipt, VisitRow, VisitView,
};
