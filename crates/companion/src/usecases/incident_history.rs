//! What has happened to an incident, line by line, newest first.
//!
//! Order is that of the server's decisions, never of device clocks: these may be wrong by days. What is not decided
//! stands on top, in the order of the clock of the device it was made on. Notes, on which nobody decides, stand where
//! their device's clock puts them, but after every decision that was known where they were written, before the next one
//! and never in the future. A step that did not take effect names the one that was there first.

use std::ops::Range;

use contract::{HistoryEntry, HistoryKind, LostTo, RecordState, StepEffect};
use documents::{RecordDocument, inspect};
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
use crate::store::change::{find_answered_at, list_open_bytes};
use crate::store::clock::on_server_clock;
use crate::store::document::find_document;
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
    let writes = Writes::read(case)?;
    let mut decided_at: Vec<(u64, UnixMillis)> = Vec::new();
    for (order, Decided { id, step, decision, rival }) in replay(case).into_iter().enumerate() {
        // A server whose clock was put back does not turn the order round.
        last = last.max(decision.at_server);
        decided_at.extend(writes.find(&format!("decisions.{id}.position")).map(|number| (number, last)));
        let effect = match find_reason(&case.incident, id) {
            None => StepEffect::Effective,
            Some(reason) => futile_effect(case, outlook, (id, step), reason, rival)?,
        };
        lines.push(((last, 0, order), step_line(case, id, step, Some(decision), effect)?));
    }
    for (order, pending) in outlook.pending.iter().enumerate() {
        let Some(step) = case.incident.transitions.get(&pending.id) else { continue };
        let is_taken_back = is_taken_back(&case.incident, pending.id, step);
        let can_retract = step.by == case.account.id && !is_taken_back && can_retract(step.kind);
        let (offline, is_likely) = (pending.offline, pending.is_likely);
        let effect = StepEffect::Pending { offline, can_retract, is_likely, is_taken_back };
        let at = on_server_clock(case.db, step.at_device)?;
        let line = HistoryEntry { at_device: at, ..step_line(case, pending.id, step, None, effect)? };
        lines.push(((at.max(last), 1, order), line));
    }
    for (order, (id, note)) in case.incident.notes.iter().enumerate() {
        let number = writes.find(&format!("notes.{id}.text"));
        let effect = if note.by == case.account.id { writes.effect_of(number) } else { StepEffect::Effective };
        let at = place_note(note.at.min(case.now), number, &decided_at);
        lines.push(((at, 2, order), note_line(case, note, effect)?));
    }
    lines.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
    let mut history: Vec<_> = lines.into_iter().map(|(_, line)| line).collect();
    if let (RecordState::Refused { .. }, Some(at)) = (state, find_answered_at(case.db, case.incident.id.into())?) {
        history.insert(0, plain_line(HistoryKind::Refused, at, StepEffect::Effective));
    }
    Ok(history)
}

/// Which operation wrote what, and what the server has not taken in of it.
struct Writes {
    document: Option<RecordDocument>,
    open: Vec<(Range<u64>, bool)>,
}

impl Writes {
    fn read(case: &Case<'_>) -> Result<Self, StoreError> {
        if case.incident.notes.is_empty() {
            return Ok(Self { document: None, open: Vec::new() });
        }
        let id = case.incident.id.into();
        let document = match find_document(case.db, id)? {
            Some(row) => Some(RecordDocument::load(&row.bytes)?),
            None => None,
        };
        let read = |(bytes, is_refused): (Vec<u8>, bool)| {
            let header = inspect(&bytes).ok()?;
            Some((header.start_op..header.start_op + header.ops as u64, is_refused))
        };
        Ok(Self { document, open: list_open_bytes(case.db, id)?.into_iter().filter_map(read).collect() })
    }

    /// The number of what stands at this path.
    fn find(&self, path: &str) -> Option<u64> {
        self.document.as_ref()?.find_write(path)
    }

    /// What became of something of one's own on which nobody decides.
    fn effect_of(&self, number: Option<u64>) -> StepEffect {
        let open = self.open.iter().find(|(range, _)| number.is_some_and(|number| range.contains(&number)));
        match open {
            None => StepEffect::Effective,
            Some((_, false)) => StepEffect::Pending {
                offline: Offline::Shown,
                can_retract: false,
                is_likely: true,
                is_taken_back: false,
            },
            Some((_, true)) => StepEffect::Futile {
                reason: Refusal::Unknown,
                lost_to: None,
                can_send_again: false,
                can_dismiss: false,
            },
        }
    }
}

/// The moment at which a note stands among the decisions, which are given in their order.
fn place_note(at: UnixMillis, number: Option<u64>, decided: &[(u64, UnixMillis)]) -> UnixMillis {
    let Some(number) = number else { return at };
    let next = decided.iter().find(|(other, _)| *other > number).map(|(_, moment)| moment.plus_ms(-1));
    let before = decided.iter().rev().find(|(other, _)| *other < number).map(|(_, moment)| *moment);
    let at = next.map_or(at, |next| at.min(next));
    before.map_or(at, |before| at.max(before))
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

fn note_line(case: &Case<'_>, note: &Note, effect: StepEffect) -> Result<HistoryEntry, StoreError> {
    Ok(HistoryEntry {
        by: case.person(note.by)?,
        payload: Payload { text: note.text.clone(), ..Payload::default() },
        ..plain_line(HistoryKind::Note, note.at, effect)
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
