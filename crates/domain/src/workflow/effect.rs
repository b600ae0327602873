//! What a transition that takes effect sets: the class of time limits, and the limits that begin with it.
//!
//! Flow: [`decide`](super::decide()) asks once a transition has passed every check; the server writes the answer into
//! its decision, a device takes it as an estimate. What counts from the beginning of the round (a class put right when
//! it is accepted, the longest extension) stands still while the incident was returned, counted on the clock of the
//! class it has now: hours of an office for one class, hours of the day for another. So the standing keeps the pauses
//! themselves and no moved beginning.
//!
//! Failure: nothing can fail; a class without a limit for a stage gets none. Not done: yellow of a limit that was
//! extended counts a pause on the wall clock.

use std::collections::BTreeMap;

use crate::category::SlaClass;
use crate::deadline::{Limit, Stage, TimeRules};
use crate::incident::Incident;
use crate::time::UnixMillis;

use super::decide::{classify, is_sampled};
use super::standing::{Standing, State};
use super::step::{Transition, TransitionKind};

/// What an effective transition sets besides what it says itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effect {
    /// Class of time limits, where it is determined anew.
    pub class: Option<SlaClass>,
    /// Time limits that begin with it.
    pub limits: BTreeMap<Stage, Limit>,
}

/// The latest moment to which 办结 may be extended in this round; `None` where the class has no extension.
#[must_use]
pub fn latest_extension(
    incident: &Incident,
    standing: &Standing,
    rules: &TimeRules,
    now: UnixMillis,
) -> Option<UnixMillis> {
    let class = standing.class.unwrap_or_else(|| classify(incident, standing));
    let start_at = standing.begun_at.unwrap_or(now);
    let due_at = rules.extended_resolve(class, start_at)?;
    let longest = Limit { start_at, yellow_at: start_at, due_at };
    Some(skip_pauses(standing, rules, class, longest).due_at)
}

pub(super) fn is_allowed_extension(
    incident: &Incident,
    standing: &Standing,
    rules: &TimeRules,
    until: UnixMillis,
    now: UnixMillis,
) -> bool {
    let is_more = standing.limits.get(&Stage::Resolve).is_none_or(|limit| until > limit.due_at);
    until > now && is_more && latest_extension(incident, standing, rules, now).is_some_and(|latest| until <= latest)
}

/// A limit that counts from the beginning of the round, moved as if its clock had stood still in each pause.
fn skip_pauses(standing: &Standing, rules: &TimeRules, class: SlaClass, limit: Limit) -> Limit {
    standing.pauses.iter().fold(limit, |limit, (from, until)| rules.shift(&limit, class, *from, *until))
}

/// What a transition sets that has passed every check.
pub(super) fn find_effect(
    incident: &Incident,
    standing: &Standing,
    step: &Transition,
    rules: &TimeRules,
    now: UnixMillis,
) -> Effect {
    let class_now = classify(incident, standing);
    let class = standing.class.unwrap_or(class_now);
    let begin = |class: SlaClass, stages: &[Stage], from: UnixMillis| -> BTreeMap<Stage, Limit> {
        stages.iter().filter_map(|stage| Some((*stage, rules.limit(class, *stage, from)?))).collect()
    };
    let handling = [Stage::FirstAction, Stage::Resolve];
    let plain = || classify(incident, &Standing::default());
    match step.kind {
        TransitionKind::Submit => Effect {
            class: Some(class_now),
            limits: begin(class_now, &[Stage::Accept, Stage::FirstAction, Stage::Resolve], now),
        },
        TransitionKind::SelfHandle => Effect {
            class: Some(SlaClass::SelfHandled),
            limits: if is_sampled(incident) { begin(class_now, &[Stage::Verify], now) } else { BTreeMap::new() },
        },
        TransitionKind::Resubmit => {
            let paused = standing.since.unwrap_or(now);
            let shift = |(stage, limit): (&Stage, &Limit)| {
                let moved = rules.shift(limit, class, paused, now);
                // What had passed before the pause is no new limit.
                (moved != *limit).then_some((*stage, moved))
            };
            Effect { class: None, limits: standing.limits.iter().filter_map(shift).collect() }
        }
        // Whoever accepts may have put the category or priority right: the limits follow, from the report on.
        TransitionKind::Accept if class_now != class => {
            let begun = begin(class_now, &handling, standing.begun_at.unwrap_or(now));
            let skip = |(stage, limit)| (stage, skip_pauses(standing, rules, class_now, limit));
            Effect { class: Some(class_now), limits: begun.into_iter().map(skip).collect() }
        }
        TransitionKind::Dispatch | TransitionKind::Transfer => {
            // Somebody had begun; whoever gets it now has the time to begin anew. Otherwise the resident's clock goes on.
            let again: &[Stage] = if standing.state == State::Handling { &[Stage::FirstAction] } else { &[] };
            let until = |due| (Stage::Resolve, rules.limit_until(class, now, due));
            let mut limits = begin(class, again, now);
            limits.extend(step.payload.due_at.map(until));
            Effect { class: None, limits }
        }
        TransitionKind::SubmitResult => Effect { class: None, limits: begin(class, &[Stage::Verify], now) },
        TransitionKind::Verify if step.payload.passes == Some(true) => {
            // What is settled on the spot has no clock for the call-back of its own: that of its category runs.
            let class = if class == SlaClass::SelfHandled { plain() } else { class };
            Effect { class: None, limits: begin(class, &[Stage::Feedback], now) }
        }
        TransitionKind::Verify if standing.assigned.is_none() => {
            Effect { class: Some(plain()), limits: begin(plain(), &handling, now) }
        }
        TransitionKind::Verify => Effect { class: None, limits: begin(class, &[Stage::Resolve], now) },
        TransitionKind::Reopen => Effect { class: Some(plain()), limits: begin(plain(), &handling, now) },
        TransitionKind::GrantExtension => {
            let asked = standing.extension_asked.as_ref().and_then(|asked| asked.until);
            let paused_ms: i64 = standing.pauses.iter().map(|(from, until)| until.since_ms(*from)).sum();
            let from = standing.begun_at.map_or(now, |begun| begun.plus_ms(paused_ms));
            let until = |due| (Stage::Resolve, rules.limit_until(class, from, due));
            Effect { class: None, limits: step.payload.due_at.or(asked).map(until).into_iter().collect() }
        }
        _ => Effect::default(),
    }
}
