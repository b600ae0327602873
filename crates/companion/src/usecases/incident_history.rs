//! What has happened to an incident, line by line, newest first.
//!
//! Order is that of the server's decisions, never of device clocks: these may be wrong by days. What is not decided
//! stands on top, in the order of the clock of the device it was made on; notes, on which nobody decides, stand where
//! their device's clock puts them. A step that did not take effect names the one that was there first.

use contract::{HistoryEntry, HistoryKind, LostTo, RecordState, StepEffect};
use domain::UnixMillis;
use domain::id::TransitionId;
use domain::incident::Note;
use domain::workflow::{
    Decision, Offline, Outlook, Payload, Refusal, Standing, Transition, TransitionKind, decide, find_rule,
};

use super::get_incident::Case;
use super::incident_steps::standing_for;
use super::take_step::can_retract;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::change::find_answered_at;
use crate::store::own_steps::{find_reason, is_taken_back, needs_attention};
use crate::store::reference::read_time_rules;

/// Where a line stands: its moment, then decided before undecided, then the order in which it came.
type Place = (UnixMillis, u8, usize);

/// The history of an incident.
pub(super) fn list_history(
    case: &Case<'_>,
    outlook: &Outlook,
    state: &RecordState,
) -> Result<Vec<HistoryEntry>, Failure> {
    let mut lines: Vec<(Place, HistoryEntry)> = Vec::new();
    let mut last = UnixMillis::new(i64::MIN);
    for (order, Decided { id, step, decision, rival }) in replay(case).into_iter().enumerate() {
        // A server whose clock was put back does not turn the order round.
        last = last.max(decision.at_server);
        let effect = match find_reason(&case.incident, id) {
            None => StepEffect::Effective,
            Some(reason) => futile_effect(case, outlook, (id, step), reason, rival)?,
        };
        lines.push(((last, 0, order), step_line(case, id, step, Some(decision), effect)?));
    }
    for (order, pending) in outlook.pending.iter().enumerate() {
        let Some(step) = case.incident.transitions.get(&pending.id) else { continue };
        let is_open = !is_taken_back(&case.incident, pending.id, step);
        let can_retract = step.by == case.account.id && is_open && can_retract(step.kind);
        let effect = StepEffect::Pending { offline: pending.offline, can_retract };
        lines.push(((step.at_device.max(last), 1, order), step_line(case, pending.id, step, None, effect)?));
    }
    for (order, note) in case.incident.notes.values().enumerate() {
        lines.push(((note.at, 2, order), note_line(case, note)?));
    }
    lines.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
    let mut history: Vec<_> = lines.into_iter().map(|(_, line)| line).collect();
    if let (RecordState::Refused { .. }, Some(at)) = (state, find_answered_at(case.db, case.incident.id.into())?) {
        history.insert(0, plain_line(HistoryKind::Refused, at, StepEffect::Effective));
    }
    Ok(history)
}

/// A decided step, and the effective one that was there first.
struct Decided<'a> {
    id: TransitionId,
    step: &'a Transition,
    decision: &'a Decision,
    rival: Option<TransitionId>,
}

/// Every decided step in the order of the decisions.
fn replay<'a>(case: &'a Case<'_>) -> Vec<Decided<'a>> {
    let incident = &case.incident;
    let mut decided: Vec<Decided<'_>> = incident
        .decisions
        .iter()
        .filter_map(|(id, decision)| {
            let step = incident.transitions.get(id)?;
            Some(Decided { id: *id, step, decision, rival: None })
        })
        .collect();
    decided.sort_by_key(|step| (step.decision.position, step.id));
    let mut standing = Standing::default();
    for place in 0..decided.len() {
        let (before, rest) = decided.split_at_mut(place);
        let Some(Decided { id, step, decision, rival }) = rest.first_mut() else { break };
        if !decision.effective {
            *rival = find_rival(before, &standing, step.kind, decision.reason);
        }
        standing.apply(*id, step, decision);
    }
    decided
}

/// The step that a futile one lost to: the last one that moved the incident, or that answered or asked the same.
fn find_rival(
    before: &[Decided<'_>],
    standing: &Standing,
    kind: TransitionKind,
    reason: Option<Refusal>,
) -> Option<TransitionId> {
    match reason? {
        Refusal::WrongState | Refusal::OldRound | Refusal::NotAssigned | Refusal::SameOrg => standing.last_move,
        Refusal::NothingAsked | Refusal::AskedAlready | Refusal::ExtensionUsed | Refusal::Repeated => {
            let family = family_of(kind);
            let is_rival = |other: &&Decided<'_>| other.decision.effective && family.contains(&other.step.kind);
            before.iter().rev().find(is_rival).map(|other| other.id)
        }
        _ => None,
    }
}

/// The kinds of step that answer each other.
const fn family_of(kind: TransitionKind) -> &'static [TransitionKind] {
    use TransitionKind as K;
    match kind {
        K::AskRefusal | K::GrantRefusal | K::DenyRefusal => &[K::AskRefusal, K::GrantRefusal, K::DenyRefusal],
        K::AskExtension | K::GrantExtension | K::DenyExtension => {
            &[K::AskExtension, K::GrantExtension, K::DenyExtension]
        }
        K::Book | K::ConfirmBooking | K::CancelBooking => &[K::Book, K::ConfirmBooking, K::CancelBooking],
        K::Supervise => &[K::Supervise],
        _ => &[],
    }
}

fn futile_effect(
    case: &Case<'_>,
    outlook: &Outlook,
    (id, step): (TransitionId, &Transition),
    reason: Refusal,
    rival: Option<TransitionId>,
) -> Result<StepEffect, Failure> {
    let is_open = step.by == case.account.id && needs_attention(&case.incident, id, step);
    Ok(StepEffect::Futile {
        reason,
        lost_to: match rival {
            Some(rival) => name_rival(case, rival)?,
            None => None,
        },
        can_send_again: is_open && would_take_effect(case, outlook, step)?,
        can_dismiss: is_open,
    })
}

/// Whether the same step would take effect as things stand on this device.
fn would_take_effect(case: &Case<'_>, outlook: &Outlook, step: &Transition) -> Result<bool, StoreError> {
    if step.kind == TransitionKind::Retract || find_rule(step.kind).is_none_or(|rule| rule.offline == Offline::Never) {
        return Ok(false);
    }
    let standing = standing_for(outlook, step.kind);
    let again = Transition { round: standing.round, at_device: case.now, ..step.clone() };
    Ok(decide(&case.incident, standing, &again, &read_time_rules(case.db, case.now)?, case.now).is_ok())
}

fn name_rival(case: &Case<'_>, id: TransitionId) -> Result<Option<LostTo>, StoreError> {
    let found = case.incident.transitions.get(&id).zip(case.incident.decisions.get(&id));
    let Some((step, decision)) = found else { return Ok(None) };
    Ok(Some(LostTo {
        kind: step.kind,
        by: case.person(step.by)?,
        to_org_name: step.payload.to_org.as_ref().map(|org| case.organisation(org)),
        at_server: decision.at_server,
    }))
}

fn step_line(
    case: &Case<'_>,
    id: TransitionId,
    step: &Transition,
    decision: Option<&Decision>,
    effect: StepEffect,
) -> Result<HistoryEntry, StoreError> {
    let payload = &step.payload;
    Ok(HistoryEntry {
        step: Some(id),
        by: case.person(step.by)?,
        role: Some(step.role),
        org_name: step.org.as_ref().map(|org| case.organisation(org)),
        to_org_name: payload.to_org.as_ref().map(|org| case.organisation(org)),
        to_person_name: match payload.to_person {
            Some(person) => case.person(person)?,
            None => None,
        },
        joint_names: payload.joint.iter().map(|org| case.organisation(org)).collect(),
        limits: decision.iter().flat_map(|d| d.limits.iter().map(|(stage, limit)| (*stage, *limit))).collect(),
        payload: payload.clone(),
        at_server: decision.map(|decision| decision.at_server),
        ..plain_line(HistoryKind::Step(step.kind), step.at_device, effect)
    })
}

fn note_line(case: &Case<'_>, note: &Note) -> Result<HistoryEntry, StoreError> {
    Ok(HistoryEntry {
        by: case.person(note.by)?,
        payload: Payload { text: note.text.clone(), ..Payload::default() },
        ..plain_line(HistoryKind::Note, note.at, StepEffect::Effective)
    })
}

fn plain_line(kind: HistoryKind, at_device: UnixMillis, effect: StepEffect) -> HistoryEntry {
    HistoryEntry {
        step: None,
        kind,
        by: None,
        role: None,
        org_name: None,
        payload: Payload::default(),
        to_org_name: None,
        to_person_name: None,
        joint_names: Vec::new(),
        limits: Vec::new(),
        at_device,
        at_server: None,
        effect,
    }
}
