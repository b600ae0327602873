//! `get_incident`: one incident with where it stands, what may be done with it and what has happened to it.

use contract::{AppointmentView, AskedView, ErrorCode, GetIncident, IncidentRow, IncidentView, LimitView};
use domain::deadline::Limit;
use domain::organisation::Organisations;
use domain::rights::may_reach_reporter;
use domain::workflow::{Outlook, Standing, TransitionKind};
use domain::{Account, AccountId, Incident, IncidentId, Kind, OrgCode, UnixMillis};
use rusqlite::Connection;

use super::UseCase;
use super::incident_choices::{find_like, list_choices};
use super::incident_history::list_history;
use super::incident_steps::list_offers;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::document::{Projection, find_document};
use crate::store::household_list::name_door;
use crate::store::incident::{find_request, is_estimate, look_at};
use crate::store::incident_list::{Viewer, find_incident};
use crate::store::project::project_document;
use crate::store::record::read_record;
use crate::store::reference::{find_account_name, read_organisations};
use crate::store::reporter_tel::find_reporter_tel;
use crate::store::step_draft::list_step_drafts;

impl UseCase for GetIncident {
    fn run(self, companion: &mut Companion) -> Result<IncidentView, Failure> {
        let account = companion.require_account()?;
        look_at_waiting(companion, self.id)?;
        let now = companion.now();
        let db = companion.store.read();
        let row = find_incident(db, &Viewer { account: &account, now }, self.id)?;
        let row = row.ok_or(Failure::from(ErrorCode::NotFound))?;
        let case = Case {
            incident: require_incident(db, self.id)?,
            account: &account,
            organisations: read_organisations(db)?,
            now,
            db,
        };
        case.view(row)
    }
}

/// The incident, if it is on this device.
pub(super) fn require_incident(db: &Connection, id: IncidentId) -> Result<Incident, Failure> {
    Ok(read_record::<Incident>(db, id.into())?.ok_or(Failure::from(ErrorCode::NotFound))?.record)
}

/// Shows an incident that was stored and not looked at yet.
fn look_at_waiting(companion: &mut Companion, id: IncidentId) -> Result<(), Failure> {
    let found = find_document(companion.store.read(), id.into())?;
    if found.is_some_and(|row| row.kind == Kind::Incident && row.projection == Projection::Waiting) {
        companion.store.write::<_, StoreError>(|writing| project_document(writing, id.into()))?;
    }
    Ok(())
}

/// An incident with what is needed to word it.
pub(super) struct Case<'a> {
    pub(super) incident: Incident,
    pub(super) account: &'a Account,
    pub(super) organisations: Organisations,
    /// By the server's clock, as far as it is known.
    pub(super) now: UnixMillis,
    pub(super) db: &'a Connection,
}

impl Case<'_> {
    fn view(&self, row: IncidentRow) -> Result<IncidentView, Failure> {
        let incident = &self.incident;
        let outlook = look_at(self.db, incident)?;
        let shown = &outlook.shown;
        let steps = list_offers(incident, &outlook, self.account, self.now);
        let household = match incident.household {
            Some(id) => name_door(self.db, id)?.map(|door| (id, door)),
            None => None,
        };
        let assigned_person = shown.assigned.as_ref().and_then(|assigned| assigned.person);
        Ok(IncidentView {
            history: list_history(self, &outlook, &row.state)?,
            choices: list_choices(self, &outlook, &steps)?,
            like: find_like(self, &steps)?,
            drafts: list_step_drafts(self.db, incident.id.into())?.into_iter().map(|stored| stored.draft).collect(),
            row,
            text: incident.text.clone(),
            handled_text: incident.self_handled.as_ref().map(|handled| handled.after.clone()).unwrap_or_default(),
            household,
            reporter: self.person(incident.by)?,
            reporter_tel: if may_reach_reporter(self.account, incident) {
                find_reporter_tel(self.db, incident.id)?
            } else {
                None
            },
            limits: self.list_limits(&outlook),
            joint: shown.joint.iter().map(|org| self.organisation(org)).collect(),
            assigned_person: match assigned_person {
                Some(person) => self.person(person)?,
                None => None,
            },
            asked: self.find_asked(shown)?,
            appointment: shown.appointment.as_ref().map(|appointment| AppointmentView {
                booking: appointment.booking.clone(),
                step: appointment.step,
                is_confirmed: appointment.is_confirmed,
            }),
            steps,
        })
    }

    /// The name of a person, if this device knows it.
    pub(super) fn person(&self, id: AccountId) -> Result<Option<String>, StoreError> {
        if id == self.account.id {
            return Ok(Some(self.account.name.clone()));
        }
        Ok(find_account_name(self.db, id)?.map(|colleague| colleague.name))
    }

    /// The name of an organisation; its code when this device does not know it.
    pub(super) fn organisation(&self, code: &OrgCode) -> String {
        self.organisations.get(code).map_or_else(|| code.to_string(), |organisation| organisation.name.clone())
    }

    fn list_limits(&self, outlook: &Outlook) -> Vec<LimitView> {
        let view = |stage, limit: Limit| LimitView {
            stage,
            limit,
            light: limit.light(self.now),
            is_marked: outlook.shown.overdue.contains(&stage),
            is_estimate: is_estimate(outlook, stage, limit),
        };
        let mut limits: Vec<_> = outlook.shown.running_limits().map(|(stage, limit)| view(stage, limit)).collect();
        limits.sort_by_key(|view| (view.limit.due_at, view.stage));
        limits
    }

    fn find_asked(&self, shown: &Standing) -> Result<Option<AskedView>, StoreError> {
        let Some(kind) = find_request(shown) else { return Ok(None) };
        let is_refusal = kind == TransitionKind::AskRefusal;
        let request = if is_refusal { &shown.refusal_asked } else { &shown.extension_asked };
        let Some(request) = request else { return Ok(None) };
        let (id, until) = (request.step, request.until);
        let Some(step) = self.incident.transitions.get(&id) else { return Ok(None) };
        Ok(Some(AskedView { step: id, kind, by: self.person(step.by)?, text: step.payload.text.clone(), until }))
    }
}
