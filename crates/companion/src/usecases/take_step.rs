//! `take_step`, `send_again`, `retract_step`: doing something with an incident, once more, and taking it back. Each
//! appends one transition as one change; what it becomes is the server's decision.

use contract::{CommandError, ErrorCode, GetIncident, IncidentView, RetractStep, SendAgain, TakeStep, Topic};
use domain::codes::CodeList as _;
use domain::id::TransitionId;
use domain::rights::{Act, RecordRef, may, may_edit_field};
use domain::workflow::{Offline, Payload, Refusal, Transition, TransitionKind, decide, find_rule};
use domain::{Account, Incident, IncidentId, Kind};

use super::UseCase;
use super::get_incident::require_incident;
use super::incident_steps::{check_payload, is_under_way, judge_refusal, standing_for};
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::incident::look_at;
use crate::store::own_steps::{is_taken_back, needs_attention};
use crate::store::record::edit_record;
use crate::store::reference::read_time_rules;
use crate::store::step_draft::remove_step_draft;
use crate::store::{StoreError, Writing};

impl UseCase for TakeStep {
    fn run(self, companion: &mut Companion) -> Result<IncidentView, Failure> {
        let account = companion.require_account()?;
        let incident = require_incident(companion.store.read(), self.incident)?;
        // Reporting is what the form does, taking back has a command of its own.
        if matches!(self.kind, TransitionKind::Submit | TransitionKind::Retract) {
            return Err(refuse(Refusal::WrongState));
        }
        take_step(companion, &account, &incident, self.kind, self.payload, Some(Some(self.kind)))
    }
}

impl UseCase for SendAgain {
    fn run(self, companion: &mut Companion) -> Result<IncidentView, Failure> {
        let account = companion.require_account()?;
        let incident = require_incident(companion.store.read(), self.incident)?;
        let step = find_own(&incident, self.step, &account)?;
        if !needs_attention(&incident, self.step, step) || step.kind == TransitionKind::Retract {
            return Err(refuse(Refusal::Repeated));
        }
        // Its words stay where they are: what comes too late once more need not be written once more.
        check_decision(companion, &account, &incident, step.kind, &step.payload)?;
        let view = take_step(companion, &account, &incident, step.kind, step.payload.clone(), None)?;
        // It was thought over the first time.
        companion.release(self.incident.into());
        Ok(view)
    }
}

impl UseCase for RetractStep {
    fn run(self, companion: &mut Companion) -> Result<IncidentView, Failure> {
        let account = companion.require_account()?;
        retract(companion, &account, &self)?;
        GetIncident { id: self.incident }.run(companion)
    }
}

/// Takes a step back; one that was taken back before is left alone.
pub(super) fn retract(companion: &mut Companion, account: &Account, what: &RetractStep) -> Result<(), Failure> {
    let incident = require_incident(companion.store.read(), what.incident)?;
    let step = find_own(&incident, what.step, account)?;
    if is_taken_back(&incident, what.step, step) {
        return Ok(());
    }
    let is_decided = incident.decisions.contains_key(&what.step);
    let may_retract = if is_decided { needs_attention(&incident, what.step, step) } else { can_retract(step.kind) };
    if !may_retract {
        return Err(refuse(Refusal::WrongState));
    }
    let payload = Payload { of: Some(what.step), ..Payload::default() };
    let outlook = look_at(companion.store.read(), &incident)?;
    let step = make_step(companion, account, TransitionKind::Retract, payload, outlook.shown.round);
    append_step(companion, account, &incident, step, None)?;
    // What is taken back and what takes it back go up together.
    companion.release(incident.id.into());
    Ok(())
}

/// Whether an undecided step of this kind can be taken back. A report is withdrawn, and taking back is not taken back.
pub(super) fn can_retract(kind: TransitionKind) -> bool {
    !matches!(kind, TransitionKind::Submit | TransitionKind::SelfHandle | TransitionKind::Retract)
}

fn find_own<'a>(incident: &'a Incident, id: TransitionId, account: &Account) -> Result<&'a Transition, Failure> {
    let step = incident.transitions.get(&id).ok_or(Failure::from(ErrorCode::NotFound))?;
    if step.by == account.id { Ok(step) } else { Err(refuse(Refusal::WrongRole)) }
}

pub(super) fn refuse(refusal: Refusal) -> Failure {
    CommandError::new(ErrorCode::NotAllowed).with_detail(refusal.code()).into()
}

fn take_step(
    companion: &mut Companion,
    account: &Account,
    incident: &Incident,
    kind: TransitionKind,
    payload: Payload,
    form: Option<FormOf>,
) -> Result<IncidentView, Failure> {
    if find_rule(kind).is_none_or(|rule| rule.offline == Offline::Never) {
        return Err(refuse(Refusal::WrongRole));
    }
    let now = companion.now();
    let db = companion.store.read();
    let outlook = look_at(db, incident)?;
    let standing = standing_for(&outlook, kind);
    let mut payload = check_payload(payload, db, now)?;
    if kind == TransitionKind::ConfirmBooking && payload.of.is_none() {
        payload.of = standing.appointment.as_ref().map(|appointment| appointment.step);
    }
    let step = make_step(companion, account, kind, payload, standing.round);
    if is_under_way(incident, &step) {
        companion.store.write::<_, Failure>(|writing| Ok(remove_form(writing, incident.id, form)?))?;
        return GetIncident { id: incident.id }.run(companion);
    }
    let rules = read_time_rules(companion.store.read(), now)?;
    if let Err(refusal) = decide(incident, standing, &step, &rules, now) {
        judge_refusal(&step, refusal)?;
    }
    append_step(companion, account, incident, step, form)?;
    companion.hold_back(incident.id.into());
    GetIncident { id: incident.id }.run(companion)
}

/// Whether the step would take effect if the server saw the incident as this device does.
fn check_decision(
    companion: &mut Companion,
    account: &Account,
    incident: &Incident,
    kind: TransitionKind,
    payload: &Payload,
) -> Result<(), Failure> {
    let now = companion.now();
    let outlook = look_at(companion.store.read(), incident)?;
    let standing = standing_for(&outlook, kind);
    let step = make_step(companion, account, kind, payload.clone(), standing.round);
    let rules = read_time_rules(companion.store.read(), now)?;
    match decide(incident, standing, &step, &rules, now) {
        Ok(_) => Ok(()),
        Err(refusal) => {
            judge_refusal(&step, refusal)?;
            Err(refuse(refusal))
        }
    }
}

pub(super) fn make_step(
    companion: &Companion,
    account: &Account,
    kind: TransitionKind,
    payload: Payload,
    round: u32,
) -> Transition {
    Transition {
        kind,
        by: account.id,
        role: account.role,
        org: account.scope.org.clone(),
        at_device: companion.device_now(),
        round,
        payload,
    }
}

fn append_step(
    companion: &mut Companion,
    account: &Account,
    incident: &Incident,
    step: Transition,
    form: Option<FormOf>,
) -> Result<(), Failure> {
    let (id, step) = name_step(companion, account, incident, step)?;
    append_to(companion, account, incident.id, form, |record| _ = record.transitions.insert(id, step))
}

/// Gives a step its id. Undecided steps are shown in the order of their times: a person's own never run backwards within
/// an incident, whatever their clock does meanwhile.
pub(super) fn name_step(
    companion: &mut Companion,
    account: &Account,
    incident: &Incident,
    mut step: Transition,
) -> Result<(TransitionId, Transition), Failure> {
    let own = incident.transitions.values().filter(|other| other.by == account.id).map(|other| other.at_device);
    step.at_device = own.max().map_or(step.at_device, |last| step.at_device.max(last.plus_ms(1)));
    if !may_append(account, incident, "transitions") {
        return Err(refuse(Refusal::WrongRole));
    }
    Ok((TransitionId::new(step.at_device, companion.surroundings.id_bytes()), step))
}

/// Whether the account may append to this part of the incident.
pub(super) fn may_append(account: &Account, incident: &Incident, part: &str) -> bool {
    may(account, Act::Edit, &RecordRef::from(incident)) && may_edit_field(account.role, Kind::Incident, part)
}

/// Whose form was sent: a step's, or that of a note.
pub(super) type FormOf = Option<TransitionKind>;

fn remove_form(writing: &Writing<'_>, incident: IncidentId, form: Option<FormOf>) -> Result<(), StoreError> {
    form.map_or(Ok(()), |kind| remove_step_draft(writing, incident, kind))
}

/// Appends to an incident in one change, in which the form that was sent goes too.
pub(super) fn append_to(
    companion: &mut Companion,
    account: &Account,
    id: IncidentId,
    form: Option<FormOf>,
    append: impl FnOnce(&mut Incident),
) -> Result<(), Failure> {
    let author = companion.author(account)?;
    companion.store.write::<_, Failure>(|writing| {
        edit_record(writing, id.into(), &author, append)?;
        Ok(remove_form(writing, id, form)?)
    })?;
    companion.mark_changed([Topic::Incidents, Topic::Outbox]);
    Ok(())
}
