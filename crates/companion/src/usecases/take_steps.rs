//! `take_steps`, `retract_steps`: one tap for several incidents.
//!
//! What can be done in each is decided by itself, and one that cannot be done keeps none of the others from being done.
//! What is taken is written in one transaction; what is taken back, incident by incident.

use std::collections::BTreeSet;

use contract::{CommandError, INCIDENT_ROWS_LIMIT, RetractStep, RetractSteps, StepsTaken, TakeSteps, Topic};
use domain::codes::CodeList as _;
use domain::id::TransitionId;
use domain::workflow::{Payload, Refusal, Transition, TransitionKind, decide, find_rule};
use domain::{Account, Incident, IncidentId};

use super::UseCase;
use super::get_incident::require_incident;
use super::incident_steps::{list_offers, standing_for};
use super::take_step::{make_step, name_step, refuse, retract};
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::incident::look_at;
use crate::store::record::edit_record;
use crate::store::reference::read_time_rules;

impl UseCase for TakeSteps {
    fn run(self, companion: &mut Companion) -> Result<StepsTaken, Failure> {
        let account = companion.require_account()?;
        let is_plain = |kind| find_rule(kind).is_some_and(|rule| rule.needs.is_empty());
        if self.kind == TransitionKind::Submit || !is_plain(self.kind) {
            return Err(refuse(Refusal::WrongState));
        }
        let incidents: BTreeSet<IncidentId> = self.incidents.into_iter().take(INCIDENT_ROWS_LIMIT as usize).collect();
        let mut done = StepsTaken::default();
        let mut steps = Vec::new();
        for id in incidents {
            let Ok(incident) = require_incident(companion.store.read(), id) else {
                done.refused.push((id, None));
                continue;
            };
            match plan(companion, &account, &incident, self.kind)? {
                Ok((step, transition)) => {
                    done.taken.push(RetractStep { incident: id, step });
                    steps.push((id, step, transition));
                }
                Err(refusal) => done.refused.push((id, refusal)),
            }
        }
        if steps.is_empty() {
            return Ok(done);
        }
        let author = companion.author(&account)?;
        companion.store.write::<_, Failure>(|writing| {
            for (id, step, transition) in steps {
                edit_record::<Incident>(writing, id.into(), &author, |record| {
                    record.transitions.insert(step, transition);
                })?;
            }
            Ok(())
        })?;
        for step in &done.taken {
            companion.hold_back(step.incident.into());
        }
        companion.mark_changed([Topic::Incidents, Topic::Outbox]);
        Ok(done)
    }
}

/// The step in one incident, or why it cannot be taken there.
fn plan(
    companion: &mut Companion,
    account: &Account,
    incident: &Incident,
    kind: TransitionKind,
) -> Result<Result<(TransitionId, Transition), Option<Refusal>>, Failure> {
    let now = companion.now();
    let outlook = look_at(companion.store.read(), incident)?;
    let standing = standing_for(&outlook, kind);
    let step = make_step(companion, account, kind, Payload::default(), standing.round);
    let rules = read_time_rules(companion.store.read(), now)?;
    if let Err(refusal) = decide(incident, standing, &step, &rules, now) {
        return Ok(Err(Some(refusal)));
    }
    // Something else of one's own is under way there.
    if !list_offers(incident, &outlook, account, now).iter().any(|offer| offer.kind == kind) {
        return Ok(Err(Some(Refusal::Repeated)));
    }
    match name_step(companion, account, incident, step) {
        Ok(named) => Ok(Ok(named)),
        Err(Failure::Command(error)) => Ok(Err(read_refusal(&error))),
        Err(failure) => Err(failure),
    }
}

fn read_refusal(error: &CommandError) -> Option<Refusal> {
    (!error.detail.is_empty()).then(|| Refusal::from_code(&error.detail))
}

impl UseCase for RetractSteps {
    fn run(self, companion: &mut Companion) -> Result<StepsTaken, Failure> {
        let account = companion.require_account()?;
        let mut done = StepsTaken::default();
        for what in self.steps.into_iter().take(INCIDENT_ROWS_LIMIT as usize) {
            match retract(companion, &account, &what) {
                Ok(()) => done.taken.push(what),
                Err(Failure::Command(error)) => {
                    done.refused.push((what.incident, read_refusal(&error)));
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(done)
    }
}
