//! Deciding one transition: pure, the same on every side.
//!
//! Order of the checks, from what the person cannot help to what they could have done better: does this version know
//! the step → may this person → is the incident still there → is it still the same round → does the step carry what
//! it needs. The first that fails is the reason that is told.

use crate::account::Role;
use crate::category::{SlaClass, find_category};
use crate::codes::Priority;
use crate::deadline::{Stage, TimeRules};
use crate::id::TransitionId;
use crate::incident::Incident;
use crate::organisation::OrgCode;
use crate::time::UnixMillis;

use super::effect::{Effect, find_effect, is_allowed_extension};
use super::standing::{Standing, State};
use super::step::{Refusal, Transition, TransitionKind};
use super::table::{Capacity, Need, Outcome, find_rule};

/// How long after closing an incident can be reopened.
pub const REOPEN_LIMIT_MS: i64 = 30 * UnixMillis::DAY_MS;

/// Decides one transition of an incident that stands so, at a moment of the server's clock (on a device: its guess).
///
/// # Errors
/// The reason why it does not take effect.
pub fn decide(
    incident: &Incident,
    standing: &Standing,
    step: &Transition,
    rules: &TimeRules,
    now: UnixMillis,
) -> Result<Effect, Refusal> {
    let rule = find_rule(step.kind).ok_or(Refusal::Newer)?;
    check_person(incident, standing, step, rule.who)?;
    if !rule.from.contains(&standing.state) {
        return Err(Refusal::WrongState);
    }
    if rule.outcome != Outcome::Stay && step.round != standing.round && step.role != Role::System {
        return Err(Refusal::OldRound);
    }
    for need in rule.needs {
        check_need(*need, incident, standing, step, rules, now)?;
    }
    Ok(find_effect(incident, standing, step, rules, now))
}

/// Whether somebody with this role, organisation and account stands to the incident in this way.
#[must_use]
pub fn has_capacity(capacity: Capacity, incident: &Incident, standing: &Standing, step: &Transition) -> bool {
    match capacity {
        Capacity::Reporter => step.by == incident.by,
        Capacity::ReportingWorker => step.by == incident.by && step.role == Role::GridWorker,
        Capacity::Worker => step.role == Role::GridWorker,
        Capacity::Clerk => step.role == Role::CommunityClerk,
        Capacity::SamplingClerk => step.role == Role::CommunityClerk && standing.is_self_handled,
        Capacity::Dispatcher => step.role == Role::Dispatcher,
        Capacity::Assignee => standing.is_handled_by(step.role, step.org.as_ref(), step.by),
        Capacity::Supervisor => step.role == Role::Supervisor,
        Capacity::System => step.role == Role::System,
        Capacity::Author => own_step(incident, step).is_some(),
    }
}

/// The transition that this one is about, if the same person made it.
fn own_step(incident: &Incident, step: &Transition) -> Option<TransitionId> {
    let of = step.payload.of?;
    incident.transitions.get(&of).filter(|other| other.by == step.by)?;
    Some(of)
}

/// Whether this transition is what the incident began with on the server. Such a one is not taken back (nobody could
/// go on from there); its reporter withdraws the incident.
pub(super) fn is_beginning(incident: &Incident, id: TransitionId) -> bool {
    let is_submitted = || incident.transitions.values().any(|step| step.kind == TransitionKind::Submit);
    incident.transitions.get(&id).is_some_and(|step| match step.kind {
        TransitionKind::Submit => true,
        TransitionKind::SelfHandle => !is_submitted(),
        _ => false,
    })
}

/// Whether an answer is about what stands now. One that names nothing means whatever stands.
fn is_about(step: &Transition, of: TransitionId) -> bool {
    step.payload.of.is_none_or(|named| named == of)
}

fn check_person(incident: &Incident, standing: &Standing, step: &Transition, who: &[Capacity]) -> Result<(), Refusal> {
    if who.iter().any(|capacity| has_capacity(*capacity, incident, standing, step)) {
        return Ok(());
    }
    let is_handling_role = matches!(step.role, Role::Handler) || step.org.is_some();
    Err(if who.contains(&Capacity::Assignee) && is_handling_role {
        Refusal::NotAssigned
    } else if who.contains(&Capacity::Reporter)
        || (who.contains(&Capacity::ReportingWorker) && step.role == Role::GridWorker)
    {
        Refusal::NotReporter
    } else {
        Refusal::WrongRole
    })
}

fn check_need(
    need: Need,
    incident: &Incident,
    standing: &Standing,
    step: &Transition,
    rules: &TimeRules,
    now: UnixMillis,
) -> Result<(), Refusal> {
    let payload = &step.payload;
    let require = |is_met: bool, refusal: Refusal| if is_met { Ok(()) } else { Err(refusal) };
    match need {
        Need::Text => require(!payload.text.trim().is_empty(), Refusal::TextMissing),
        Need::Deed => {
            let is_told = incident.self_handled.is_some() || !payload.text.trim().is_empty();
            require(is_told, Refusal::TextMissing)
        }
        Need::TargetOrg => {
            let target = payload.to_org.as_ref().ok_or(Refusal::TargetMissing)?;
            let is_own = step.org.as_ref() == Some(target) && payload.joint.is_empty();
            require(step.role != Role::CommunityClerk || is_own, Refusal::OwnOrgOnly)
        }
        Need::OtherOrg => {
            let has = |org: &OrgCode| {
                standing
                    .assigned
                    .as_ref()
                    .is_some_and(|assigned| assigned.org == *org && assigned.person == payload.to_person)
            };
            require(!payload.to_org.as_ref().is_some_and(has), Refusal::SameOrg)
        }
        Need::SoundLimit => {
            let class = standing.class.unwrap_or_else(|| classify(incident, standing));
            let own = || rules.limit(class, Stage::Resolve, now).map(|limit| limit.due_at);
            let latest = rules.extended_resolve(class, now).or_else(own);
            let is_sound = |due: UnixMillis| due > now && latest.is_none_or(|latest| due <= latest);
            require(payload.due_at.is_none_or(is_sound), Refusal::BadLimit)
        }
        Need::Extension => {
            require(!standing.is_extended, Refusal::ExtensionUsed)?;
            require(standing.extension_asked.is_none(), Refusal::AskedAlready)?;
            let until = payload.due_at.ok_or(Refusal::BadLimit)?;
            require(is_allowed_extension(incident, standing, rules, until, now), Refusal::BadLimit)
        }
        Need::ExtensionAsked => {
            let asked = standing.extension_asked.as_ref().ok_or(Refusal::NothingAsked)?;
            require(is_about(step, asked.step), Refusal::NothingAsked)?;
            let until = payload.due_at.or(asked.until);
            let is_grant = step.kind == TransitionKind::GrantExtension;
            let is_sound = until.is_some_and(|until| is_allowed_extension(incident, standing, rules, until, now));
            require(!is_grant || is_sound, Refusal::BadLimit)
        }
        Need::RefusalAsked => {
            let asked = standing.refusal_asked.as_ref().ok_or(Refusal::NothingAsked)?;
            require(is_about(step, asked.step), Refusal::NothingAsked)
        }
        Need::RefusalNotAsked => require(standing.refusal_asked.is_none(), Refusal::AskedAlready),
        Need::ForeignVerdict => {
            require(standing.handler != Some(step.by), Refusal::OwnWork)?;
            let passes = payload.passes.ok_or(Refusal::AnswerMissing)?;
            require(passes || !payload.text.trim().is_empty(), Refusal::TextMissing)
        }
        Need::Answer => {
            let is_known = payload.satisfaction.is_some_and(|answer| answer != crate::codes::Satisfaction::Unknown);
            require(is_known, Refusal::AnswerMissing)
        }
        Need::OtherIncident => {
            let other = payload.duplicate_of.ok_or(Refusal::TargetMissing)?;
            require(other != incident.id, Refusal::SameIncident)
        }
        Need::FreshlyClosed => {
            let is_fresh = standing.since.is_some_and(|closed| now.since_ms(closed) <= REOPEN_LIMIT_MS);
            require(is_fresh, Refusal::TooLateToReopen)
        }
        Need::Joint => require(!payload.joint.is_empty(), Refusal::TargetMissing),
        Need::Booking => {
            require(may_book(&incident.category), Refusal::NoBookings)?;
            require(payload.booking.is_some(), Refusal::AnswerMissing)
        }
        Need::ProposedBooking => {
            let appointment = standing.appointment.as_ref().ok_or(Refusal::NothingAsked)?;
            require(payload.of == Some(appointment.step), Refusal::NothingAsked)?;
            require(!appointment.is_confirmed, Refusal::Repeated)
        }
        Need::AnyBooking => {
            let appointment = standing.appointment.as_ref().ok_or(Refusal::NothingAsked)?;
            require(is_about(step, appointment.step), Refusal::NothingAsked)
        }
        Need::PassedLimit => {
            let stage = payload.stage.ok_or(Refusal::AnswerMissing)?;
            require(!standing.overdue.contains(&stage), Refusal::Repeated)?;
            let is_past = standing.running_limits().any(|(running, limit)| running == stage && limit.due_at <= now);
            require(is_past, Refusal::NotYet)
        }
        Need::EndOfDay => require(find_auto_close(incident, standing).is_some_and(|at| at <= now), Refusal::NotYet),
        Need::OwnFutileStep => {
            let of = own_step(incident, step).ok_or(Refusal::WrongRole)?;
            let can_be_put_away = match incident.decisions.get(&of) {
                Some(decision) => !decision.effective,
                None => !is_beginning(incident, of),
            };
            require(can_be_put_away, Refusal::WrongState)
        }
        Need::Unsupervised => require(!standing.is_supervised, Refusal::Repeated),
    }
}

/// Whether incidents of a category can carry an appointment: disputes, appeals, health, and help with papers.
#[must_use]
pub fn may_book(category: &str) -> bool {
    ["02", "08", "09", "20"].iter().any(|group| category.starts_with(group))
}

/// When a matter settled on the spot closes by itself: the end of its day, unless it is one of the sample that a
/// clerk looks at (one in ten, by its id).
#[must_use]
pub fn find_auto_close(incident: &Incident, standing: &Standing) -> Option<UnixMillis> {
    let is_waiting = standing.state == State::Resolved && standing.is_self_handled && !is_sampled(incident);
    let since = standing.since.filter(|_| is_waiting)?;
    Some(UnixMillis::start_of(crate::time::add_days(since.local_date(), 1)))
}

/// Whether a matter settled on the spot is one that a clerk looks at: one in ten.
#[must_use]
pub fn is_sampled(incident: &Incident) -> bool {
    let bytes = incident.id.as_uuid().into_bytes();
    u16::from_be_bytes([bytes[14], bytes[15]]).is_multiple_of(10)
}

/// The class of time limits of an incident as it is classified now. A category of a newer version runs as general.
#[must_use]
pub fn classify(incident: &Incident, standing: &Standing) -> SlaClass {
    if standing.is_self_handled {
        return SlaClass::SelfHandled;
    }
    match (find_category(&incident.category), incident.priority) {
        (Some(category), priority) => category.sla_at(priority),
        (None, Some(Priority::Urgent | Priority::Major)) => SlaClass::Urgent,
        (None, _) => SlaClass::General,
    }
}
