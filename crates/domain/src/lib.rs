//! The language of grid work (网格化服务管理): records, codes, checklists, rights and rules.
//!
//! Door policy. Here lives what is true of the trade whoever runs it: what a household, a visit or an incident
//! *is*, which codes exist, who may do what, when a visit is due. Everything is a value or a pure function: no I/O,
//! no clock, no randomness (times, ids and random bytes are handed in). How records merge belongs to `documents`,
//! how they travel to `sync`, how a screen shows them to `contract`.
//!
//! Two habits hold throughout. **Codes are stored, labels are shown**: a record never carries a Chinese label that
//! has a code. **Unknown is a value**: a code written by a newer app reads as `Unknown`, and the document keeps the
//! original (see `documents`).

pub mod account;
pub mod area;
pub mod cadence;
pub mod calendar;
pub mod category;
pub mod change_hash;
pub mod checklist;
pub mod codes;
pub mod collection;
pub mod deadline;
pub mod directory;
pub mod flat;
pub mod household;
pub mod id;
pub mod id_number;
pub mod incident;
pub mod member_pair;
pub mod notice;
pub mod organisation;
pub mod particulars;
pub mod personal_fields;
pub mod record;
pub mod reference;
pub mod rights;
#[cfg(test)]
mod sample;
pub mod text;
pub mod time;
pub mod visit;
pub mod workflow;

pub use account::{Account, Role};
pub use area::{AreaCode, BuildingCode, GridCode};
pub use cadence::{DueState, apply_visit, due_state, next_due};
pub use category::{Category, CategoryGroup, SlaClass};
pub use change_hash::ChangeHash;
pub use collection::Collection;
pub use household::Household;
pub use id::{AccountId, HouseholdId, IncidentId, InstallationId, MemberId, RecordId, VisitId};
pub use id_number::{IdNumber, InvalidIdNumber};
pub use incident::Incident;
pub use member_pair::MemberPair;
pub use organisation::OrgCode;
pub use particulars::Particulars;
pub use record::{Kind, Record};
pub use time::{LocalDate, MonotonicMillis, UnixMillis};
pub use visit::Visit;
