//! What the server writes into an incident: a decision on every transition that has none, and what follows by itself
//! (sent straight to a team, marked overdue, closed at the end of the day).
//!
//! Pure: the server calls it at ingest, in the transaction that stores the transitions, and from its clock. Called
//! again with nothing new it answers nothing, so that two replicas may both try.

use std::collections::{BTreeMap, BTreeSet};

use crate::account::Role;
use crate::deadline::TimeRules;
use crate::id::{AccountId, TransitionId};
use crate::incident::Incident;
use crate::organisation::{OrgCode, Organisations, find_direct};
use crate::time::UnixMillis;

use super::decide::{decide, find_auto_close, is_beginning};
use super::effect::Effect;
use super::standing::{Standing, State};
use super::step::{Decision, Payload, Refusal, Transition, TransitionKind};

/// The account under which the server itself acts. It has no device and nobody can sign with it.
pub const SYSTEM_ACCOUNT: AccountId =
    AccountId::from_uuid(uuid::Uuid::from_u128(0x9901_0000_0000_8000_8000_0000_0000_0002));

/// What the server knows besides the incident: its rules of time and who takes what without the desk.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    /// Time limits and calendar.
    pub rules: TimeRules,
    /// Organisations. Empty: none is published, and a dispatch may name any.
    pub organisations: Organisations,
    /// Who handles for which organisation. Empty: nobody is known, and a dispatch may name anybody.
    pub people: BTreeMap<AccountId, OrgCode>,
}

impl Desk {
    /// Whether what a step asks for can be reached: an incident sent to an organisation that does not exist, or by name
    /// to somebody of another one, would lie there and nobody would have it. An organisation that the person acting
    /// belongs to exists, whether it is published or not.
    fn check_target(&self, step: &Transition) -> Result<(), Refusal> {
        use TransitionKind::{Dispatch, Join, Transfer};
        let payload = &step.payload;
        let is_known = |org: &OrgCode| self.organisations.contains_key(org) || step.org.as_ref() == Some(org);
        let to_org = payload.to_org.as_ref().filter(|_| step.kind != Join);
        let is_sending = matches!(step.kind, Dispatch | Transfer | Join) && !self.organisations.is_empty();
        if is_sending && !to_org.into_iter().chain(&payload.joint).all(is_known) {
            return Err(Refusal::TargetMissing);
        }
        let named = payload.to_person.filter(|_| matches!(step.kind, Dispatch | Transfer) && !self.people.is_empty());
        if named.is_some_and(|person| self.people.get(&person) != to_org) {
            return Err(Refusal::TargetMissing);
        }
        Ok(())
    }
}

/// Settles an incident in place: `incident` afterwards holds the decisions and what the server appended. `order`: the
/// undecided transitions in the order in which they arrived; others follow by device time. Answers whether anything
/// was written.
pub fn settle(incident: &mut Incident, order: &[TransitionId], desk: &Desk, now: UnixMillis) -> bool {
    let before = incident.decisions.len();
    let mut standing = Standing::of(incident);
    // What passed before these steps came has passed, also where they end what was running.
    take_own_steps(incident, &mut standing, desk, now);
    let undecided = list_undecided(incident, order);
    let taken_back = find_taken_back(incident, &undecided);
    for id in undecided {
        // `decide` may not see a later decision on the same incident: the fold goes on from step to step.
        let Some(step) = incident.transitions.get(&id).cloned() else { continue };
        let ruling = if taken_back.contains(&id) {
            Err(Refusal::Retracted)
        } else {
            let ruling = decide(incident, &standing, &step, &desk.rules, now);
            ruling.and_then(|effect| desk.check_target(&step).map(|()| effect))
        };
        write_decision(incident, &mut standing, id, &step, ruling, now);
        route_directly(incident, &mut standing, desk, now);
    }
    take_own_steps(incident, &mut standing, desk, now);
    incident.decisions.len() != before
}

/// The next moment at which the server has to look at an incident again: a limit passes, or the day ends.
#[must_use]
pub fn find_wake(incident: &Incident) -> Option<UnixMillis> {
    if incident.transitions.keys().any(|id| !incident.decisions.contains_key(id)) {
        return Some(UnixMillis::new(0));
    }
    let standing = Standing::of(incident);
    let limits = standing.running_limits().filter(|(stage, _)| !standing.overdue.contains(stage));
    limits.map(|(_, limit)| limit.due_at).chain(find_auto_close(incident, &standing)).min()
}

fn list_undecided(incident: &Incident, order: &[TransitionId]) -> Vec<TransitionId> {
    let mut undecided: Vec<TransitionId> =
        incident.transitions.keys().filter(|id| !incident.decisions.contains_key(id)).copied().collect();
    let place = |id: &TransitionId| order.iter().position(|known| known == id).unwrap_or(usize::MAX);
    undecided.sort_by_key(|id| (place(id), incident.transitions.get(id).map(|step| step.at_device), *id));
    undecided
}

/// What its author took back before the server had decided on it.
pub(super) fn find_taken_back(incident: &Incident, undecided: &[TransitionId]) -> BTreeSet<TransitionId> {
    let steps = undecided.iter().filter_map(|id| incident.transitions.get(id));
    let retracting = steps.filter(|step| step.kind == TransitionKind::Retract);
    let own = |step: &Transition| {
        let of = step.payload.of.filter(|of| undecided.contains(of) && !is_beginning(incident, *of))?;
        let other = incident.transitions.get(&of)?;
        (other.by == step.by && other.kind != TransitionKind::Retract).then_some(of)
    };
    retracting.filter_map(own).collect()
}

fn write_decision(
    incident: &mut Incident,
    standing: &mut Standing,
    id: TransitionId,
    step: &Transition,
    ruling: Result<Effect, Refusal>,
    now: UnixMillis,
) {
    let position = standing.position + 1;
    let decision = match ruling {
        Ok(effect) => Decision {
            position,
            effective: true,
            reason: None,
            at_server: now,
            class: effect.class,
            limits: effect.limits,
        },
        Err(reason) => Decision {
            position,
            effective: false,
            reason: Some(reason),
            at_server: now,
            class: None,
            limits: [].into(),
        },
    };
    standing.apply(id, step, &decision);
    incident.decisions.insert(id, decision);
}

/// Health requests and the like go to their team at once.
fn route_directly(incident: &mut Incident, standing: &mut Standing, desk: &Desk, now: UnixMillis) {
    if standing.state != State::Reported || standing.assigned.is_some() {
        return;
    }
    if let Some(org) = find_direct(&desk.organisations, &incident.grid, &incident.category) {
        let payload = Payload { to_org: Some(org.clone()), ..Payload::default() };
        take_own_step(incident, standing, (TransitionKind::Route, payload), desk, now);
    }
}

/// Does what the clock asks for.
fn take_own_steps(incident: &mut Incident, standing: &mut Standing, desk: &Desk, now: UnixMillis) {
    while let Some(step) = find_own_step(incident, standing, now) {
        if !take_own_step(incident, standing, step, desk, now) {
            break;
        }
    }
}

/// What the clock asks for.
fn find_own_step(incident: &Incident, standing: &Standing, now: UnixMillis) -> Option<(TransitionKind, Payload)> {
    if find_auto_close(incident, standing).is_some_and(|at| at <= now) {
        return Some((TransitionKind::AutoClose, Payload::default()));
    }
    let (stage, _) =
        standing.running_limits().find(|(stage, limit)| limit.due_at <= now && !standing.overdue.contains(stage))?;
    Some((TransitionKind::MarkOverdue, Payload { stage: Some(stage), ..Payload::default() }))
}

/// Appends a step of the server's own with its decision. Answers whether it took effect.
fn take_own_step(
    incident: &mut Incident,
    standing: &mut Standing,
    (kind, payload): (TransitionKind, Payload),
    desk: &Desk,
    now: UnixMillis,
) -> bool {
    let step = Transition {
        kind,
        by: SYSTEM_ACCOUNT,
        role: Role::System,
        org: None,
        at_device: now,
        round: standing.round,
        payload,
    };
    let Ok(effect) = decide(incident, standing, &step, &desk.rules, now) else { return false };
    let id = TransitionId::of_system(incident.id, standing.position + 1);
    incident.transitions.insert(id, step.clone());
    write_decision(incident, standing, id, &step, Ok(effect), now);
    true
}
