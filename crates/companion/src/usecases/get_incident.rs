//! `get_incident`: one incident with what has happened to it.

use contract::{ErrorCode, GetIncident, HistoryEntry, HistoryKind, IncidentView, RecordState};
use domain::incident::{Transition, TransitionKind};
use domain::{Account, Incident, RecordId};
use rusqlite::Connection;

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::change::find_answered_at;
use crate::store::household_list::find_place;
use crate::store::incident::find_incident;
use crate::store::record::read_record;
use crate::store::reference::find_account_name;

impl UseCase for GetIncident {
    fn run(self, companion: &mut Companion) -> Result<IncidentView, Failure> {
        let account = companion.require_account()?;
        let db = companion.store.read();
        let row = find_incident(db, self.id, account.id)?.ok_or(Failure::from(ErrorCode::NotFound))?;
        let incident: Incident = read_record(db, self.id.into())?.ok_or(Failure::from(ErrorCode::NotFound))?.record;
        let household = match incident.household {
            Some(id) => find_place(db, id)?.map(|place| (id, place.door())),
            None => None,
        };
        Ok(IncidentView {
            history: read_history(db, &account, &incident, &row.state)?,
            row,
            short_no: RecordId::from(self.id).short(),
            text: incident.text,
            handled_text: incident.self_handled.map(|handled| handled.after).unwrap_or_default(),
            household,
        })
    }
}

/// What people did, then what the server said about what was written on this phone.
fn read_history(
    db: &Connection,
    account: &Account,
    incident: &Incident,
    state: &RecordState,
) -> Result<Vec<HistoryEntry>, StoreError> {
    let mut transitions: Vec<(_, &Transition)> = incident.transitions.iter().collect();
    transitions.sort_by_key(|(id, transition)| (transition.at_device, **id));
    let mut history = Vec::new();
    for (_, transition) in transitions {
        let kind = match transition.kind {
            TransitionKind::Submit => HistoryKind::Reported,
            TransitionKind::SelfHandle => HistoryKind::SelfHandled,
            TransitionKind::Unknown => HistoryKind::Unknown,
        };
        let by = if transition.by == account.id {
            Some(account.name.clone())
        } else {
            find_account_name(db, transition.by)?.map(|colleague| colleague.name)
        };
        history.push(HistoryEntry { kind, by, role: Some(transition.role), at: transition.at_device });
    }
    let kind = match state {
        RecordState::Confirmed => Some(HistoryKind::Confirmed),
        RecordState::Refused { .. } => Some(HistoryKind::Refused),
        RecordState::Queued | RecordState::Held { .. } | RecordState::SetAside { .. } => None,
    };
    if let Some(kind) = kind
        && let Some(at) = find_answered_at(db, incident.id.into())?
    {
        history.push(HistoryEntry { kind, by: None, role: None, at });
    }
    Ok(history)
}
