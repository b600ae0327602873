//! What a person's own steps in an incident still ask of them.
//!
//! A step is *undecided* until the server has spoken. A decided one that did not take effect is *futile*: it asks for
//! attention until its author takes it back (puts it away) or sends it again. A step that its author took back before
//! the server had decided did what its author wanted and asks for nothing.

use domain::id::TransitionId;
use domain::workflow::{Refusal, Transition, TransitionKind};
use domain::{AccountId, Incident};

/// How many own steps are undecided, and how many futile ones ask for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct OwnSteps {
    /// Undecided.
    pub(crate) pending: u32,
    /// Futile, not put away and not sent again.
    pub(crate) futile: u32,
}

/// Counts an account's own steps.
pub(crate) fn count_own_steps(incident: &Incident, me: AccountId) -> OwnSteps {
    let mut count = OwnSteps::default();
    for (id, step) in incident.transitions.iter().filter(|(_, step)| step.by == me) {
        count.pending += u32::from(!incident.decisions.contains_key(id));
        count.futile += u32::from(needs_attention(incident, *id, step));
    }
    count
}

/// Whether a step did not take effect and its author has neither put it away nor sent it again.
pub(crate) fn needs_attention(incident: &Incident, id: TransitionId, step: &Transition) -> bool {
    find_reason(incident, id).is_some_and(|reason| reason != Refusal::Retracted)
        && !is_taken_back(incident, id, step)
        && !is_repeated(incident, id, step)
}

/// Why a step did not take effect; `None`: it did, or is not decided.
pub(crate) fn find_reason(incident: &Incident, id: TransitionId) -> Option<Refusal> {
    let decision = incident.decisions.get(&id).filter(|decision| !decision.effective)?;
    Some(decision.reason.unwrap_or(Refusal::Unknown))
}

/// Whether the author of a step has taken it back, and the server has not said that this came too late.
pub(crate) fn is_taken_back(incident: &Incident, id: TransitionId, step: &Transition) -> bool {
    incident.transitions.iter().any(|(other_id, other)| {
        other.kind == TransitionKind::Retract
            && other.payload.of == Some(id)
            && other.by == step.by
            && incident.decisions.get(other_id).is_none_or(|decision| decision.effective)
    })
}

/// Whether the author did the same once more.
fn is_repeated(incident: &Incident, id: TransitionId, step: &Transition) -> bool {
    incident.transitions.iter().any(|(other_id, other)| {
        (other.at_device, *other_id) > (step.at_device, id)
            && other.by == step.by
            && other.kind == step.kind
            && other.payload == step.payload
    })
}
