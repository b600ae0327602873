//! What a device shows: the server's decisions, and on top of them what was done here and is not decided yet.

use std::collections::BTreeSet;

use crate::account::{Account, Role};
use crate::deadline::TimeRules;
use crate::id::TransitionId;
use crate::incident::Incident;
use crate::time::UnixMillis;

use super::decide::{decide, has_capacity};
use super::effect::Effect;
use super::settle::find_taken_back;
use super::standing::{Standing, State};
use super::step::{Decision, Payload, Transition, TransitionKind};
use super::table::{Offline, RULES, find_rule};

/// An incident as a device sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// What the server has decided.
    pub confirmed: Standing,
    /// The same with what was done on devices and may be shown as done (待确认). Its limits are estimates (预计).
    pub shown: Standing,
    /// Undecided transitions, in the order of their device times.
    pub pending: Vec<Pending>,
}

/// A transition that the server has not decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// Which.
    pub id: TransitionId,
    /// Whether it is shown as done or only asked for.
    pub offline: Offline,
    /// Whether it would take effect if the server saw the incident as this device does.
    pub is_likely: bool,
}

/// Looks at an incident at a moment of the device's clock.
#[must_use]
pub fn look(incident: &Incident, rules: &TimeRules, now: UnixMillis) -> Outlook {
    let confirmed = Standing::of(incident);
    let mut shown = confirmed.clone();
    let mut undecided: Vec<_> =
        incident.transitions.iter().filter(|(id, _)| !incident.decisions.contains_key(id)).collect();
    undecided.sort_by_key(|(id, step)| (step.at_device, **id));
    let order: Vec<TransitionId> = undecided.iter().map(|(id, _)| **id).collect();
    let taken_back = find_taken_back(incident, &order);
    let mut likely = BTreeSet::new();
    // A clock that was put right in between turns the order of device times round: what does not fit at first may fit
    // after the others.
    loop {
        let before = likely.len();
        for (id, step) in &undecided {
            if taken_back.contains(*id) || likely.contains(*id) {
                continue;
            }
            let Ok(effect) = decide(incident, &shown, step, rules, now) else { continue };
            likely.insert(**id);
            if offline_of(step) == Offline::Shown {
                let guess = guess_decision(shown.position + 1, effect, now);
                shown.apply(**id, step, &guess);
            }
        }
        if likely.len() == before {
            break;
        }
    }
    let pending = |(id, step): &(&TransitionId, &Transition)| Pending {
        id: **id,
        offline: offline_of(step),
        is_likely: likely.contains(*id),
    };
    let pending = undecided.iter().map(pending).collect();
    Outlook { confirmed, shown, pending }
}

/// What may be shown of a step before the server has decided; what a newer version made is only asked for.
fn offline_of(step: &Transition) -> Offline {
    find_rule(step.kind).map_or(Offline::Requested, |rule| rule.offline)
}

/// What the server would write.
fn guess_decision(position: u32, effect: Effect, now: UnixMillis) -> Decision {
    let Effect { class, limits } = effect;
    Decision { position, effective: true, reason: None, at_server: now, class, limits }
}

/// A step that an account may take now, as far as person and state decide; what it has to carry is asked for by the
/// form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StepOffer {
    /// Which.
    pub kind: TransitionKind,
    /// Whether it is shown as done before the server has confirmed it.
    pub offline: Offline,
}

/// The steps that an account may take on an incident that stands so, in the order of the table.
#[must_use]
pub fn offer_steps(incident: &Incident, standing: &Standing, account: &Account, now: UnixMillis) -> Vec<StepOffer> {
    let step = |kind| Transition {
        kind,
        by: account.id,
        role: account.role,
        org: account.scope.org.clone(),
        at_device: now,
        round: standing.round,
        payload: Payload::default(),
    };
    let is_offered = |kind: TransitionKind| match kind {
        TransitionKind::GrantRefusal | TransitionKind::DenyRefusal => standing.refusal_asked.is_some(),
        TransitionKind::AskRefusal => standing.refusal_asked.is_none(),
        TransitionKind::GrantExtension | TransitionKind::DenyExtension => standing.extension_asked.is_some(),
        TransitionKind::AskExtension => standing.extension_asked.is_none() && !standing.is_extended,
        TransitionKind::Supervise => !standing.is_supervised,
        TransitionKind::Verify => standing.handler != Some(account.id),
        // A community keeps matters for itself only; without an organisation of its own it has nowhere to send them.
        TransitionKind::Dispatch => account.role != Role::CommunityClerk || account.scope.org.is_some(),
        TransitionKind::Book => super::may_book(&incident.category) && standing.appointment.is_none(),
        TransitionKind::ConfirmBooking => standing.appointment.as_ref().is_some_and(|a| !a.is_confirmed),
        TransitionKind::CancelBooking => standing.appointment.is_some(),
        TransitionKind::Reopen => standing.since.is_some_and(|at| now.since_ms(at) <= super::REOPEN_LIMIT_MS),
        // What an incident begins with is what the form does; taking back belongs to a line of the history.
        TransitionKind::SelfHandle => standing.state != State::Draft,
        TransitionKind::Submit | TransitionKind::Retract => false,
        _ => true,
    };
    RULES
        .iter()
        .filter(|rule| rule.offline != Offline::Never && rule.from.contains(&standing.state) && is_offered(rule.kind))
        .filter(|rule| rule.who.iter().any(|who| has_capacity(*who, incident, standing, &step(rule.kind))))
        .map(|rule| StepOffer { kind: rule.kind, offline: rule.offline })
        .collect()
}
