//! Rights within a record: which fields a role may write, when it may write the record at all.
//!
//! Protected fields are named and the rest is open, so that a field added by a newer app is carried along by an older
//! server. The exception is a visit, a fact: only what is named may still be added.

use crate::account::{Account, Role};
use crate::codes::CodeList as _;
use crate::flat::Scalar;
use crate::record::Kind;

/// Fields of a household that only the office sets, at any time.
const OFFICE_ALWAYS: [&str; 2] = ["visit_class", "first_due"];
/// Fields of a household that only the office changes; whoever makes the record sets them once.
const OFFICE_LATER: [&str; 4] = ["id", "place", "building", "grid"];
/// Facts of an incident: set when it is made, never changed.
const INCIDENT_FACTS: [&str; 12] = [
    "id",
    "grid",
    "building",
    "household",
    "visit",
    "by",
    "role",
    "happened_at",
    "reported_at",
    "source",
    "self_handled",
    "point",
];
/// What may be added to a visit after it was submitted.
const VISIT_ADDITIONS: [&str; 2] = ["amendments", "incidents"];
/// Of an incident: that it was settled on the spot. Grid workers do that; others report.
const WORKERS_ONLY: &str = "self_handled";
/// What people append to a record: keyed entries, each by one author.
const fn appended(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Incident => &["transitions", "notes"],
        Kind::Visit => &["amendments"],
        Kind::Household | Kind::Particulars => &[],
    }
}
/// Written by the server alone.
const SERVER_ONLY: [&str; 2] = ["decisions", "human_no"];

/// Whether the role may change the field at `path` (of the record's flat form) in a record that exists.
#[must_use]
pub fn may_edit_field(role: Role, kind: Kind, path: &str) -> bool {
    let head = head_of(path);
    let open = match kind {
        Kind::Household => !OFFICE_ALWAYS.contains(&head) && !OFFICE_LATER.contains(&head),
        Kind::Particulars => head != "household" && head != "grid",
        Kind::Visit => VISIT_ADDITIONS.contains(&head),
        Kind::Incident => !INCIDENT_FACTS.contains(&head),
    };
    match role {
        Role::Office => !SERVER_ONLY.contains(&head) && head != "id",
        Role::GridWorker => open && !SERVER_ONLY.contains(&head),
        Role::BuildingLead => open && !SERVER_ONLY.contains(&head) && kind != Kind::Particulars,
        Role::Dispatcher | Role::CommunityClerk => open && !SERVER_ONLY.contains(&head) && kind == Kind::Incident,
        // Those who only answer append their steps and notes; what was reported stays as it is.
        Role::Handler | Role::Supervisor => kind == Kind::Incident && is_appended(kind, path),
        Role::System | Role::Unknown => false,
    }
}

/// Whether the role may set the field at `path` in the change that creates the record.
#[must_use]
pub fn may_set_field_at_creation(role: Role, kind: Kind, path: &str) -> bool {
    let head = head_of(path);
    if SERVER_ONLY.contains(&head) {
        return false;
    }
    let is_self_handling = kind == Kind::Incident && head == WORKERS_ONLY;
    match role {
        Role::Office => true,
        Role::GridWorker => kind != Kind::Household || !OFFICE_ALWAYS.contains(&head),
        Role::BuildingLead => matches!(kind, Kind::Visit | Kind::Incident) && !is_self_handling,
        Role::Dispatcher | Role::CommunityClerk => kind == Kind::Incident && !is_self_handling,
        Role::Handler | Role::Supervisor | Role::System | Role::Unknown => false,
    }
}

/// Whether a value that names an author or their role (`by`, `notes.x.by`, `transitions.x.role`, `transitions.x.org`) names this account;
/// true for every other field. The office imports what others wrote and may name anybody.
#[must_use]
pub fn is_honest_authorship(account: &Account, path: &str, value: &Scalar) -> bool {
    let named = |own: &str| matches!(value, Scalar::Text(text) if text == own);
    match path.rsplit('.').next() {
        // The office imports what others wrote, and the server's own hand is nobody's to use.
        Some("role") if account.role == Role::Office => !named(Role::System.code()),
        _ if account.role == Role::Office => true,
        Some("by") => named(&account.id.to_string()),
        Some("role") => named(account.role.code()),
        // Only a transition says for which organisation it was made.
        Some("org") if path.starts_with("transitions.") && path.split('.').count() == 3 => {
            account.scope.org.as_ref().is_some_and(|org| named(org.as_str()))
        }
        _ => true,
    }
}

/// The first segment of a path.
fn head_of(path: &str) -> &str {
    path.split('.').next().unwrap_or_default()
}

/// Whether a path lies under what people append to records of this kind.
#[must_use]
pub fn is_appended(kind: Kind, path: &str) -> bool {
    appended(kind).contains(&head_of(path))
}

/// The keyed entry that a path belongs to (`transitions.{id}`, `notes.{id}`, `amendments.{id}`): such an entry is one
/// author's, whole; later changes may not add to it.
#[must_use]
pub fn entry_of(kind: Kind, path: &str) -> Option<&str> {
    let mut ends = path.match_indices('.').map(|(at, _)| at);
    let (_, entry_end) = (ends.next()?, ends.next()?);
    is_appended(kind, path).then(|| &path[..entry_end])
}
