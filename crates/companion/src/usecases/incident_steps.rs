//! What somebody may do with an incident now, and what a form has to carry before anything is written.
//!
//! Two standings count. A step that is shown as done at once builds on what this device shows, own undecided steps
//! included. A step that only the server may order is asked for on the ground of what the server has decided, and only
//! if it still makes sense after what is under way from here; while one such request that moves the incident waits, no
//! other is offered.
//!
//! A step that cannot take effect is refused here while nothing is lost by that. Where the matter has merely moved on
//! and somebody has written words, the step is written all the same: the server will say 未生效 with its reason, and
//! the words stay in the history. What a form lacks is said with the form's own path.

use contract::{CommandError, ErrorCode};
use domain::codes::{BookingKind, CodeList as _, Satisfaction, SettlingWay};
use domain::workflow::{
    JOINT_LIMIT, Offline, Outcome, Outlook, Payload, Refusal, STEP_TEXT_LIMIT, Standing, StepOffer, Transition,
    TransitionKind, find_rule, offer_steps,
};
use domain::{Account, Incident, UnixMillis};
use rusqlite::Connection;

use super::check::{check_length, check_required};
use super::household_edits::refuse_unknown;
use crate::error::Failure;
use crate::store::incident_list::is_open;
use crate::store::own_steps::is_taken_back;
use crate::store::reference::{find_account_name, read_organisations};

/// Most characters of a place.
const PLACE_LIMIT: usize = 200;

/// The steps that an account may take now, in the order of the table.
pub(super) fn list_offers(
    incident: &Incident,
    outlook: &Outlook,
    account: &Account,
    now: UnixMillis,
) -> Vec<StepOffer> {
    let confirmed = offer_steps(incident, &outlook.confirmed, account, now);
    let waiting: Vec<TransitionKind> = list_waiting_requests(incident, account).map(|step| step.kind).collect();
    let has_move_waiting = waiting.iter().any(|kind| is_move(*kind));
    let is_sensible = |offer: &StepOffer| {
        offer.offline == Offline::Shown
            || (confirmed.contains(offer)
                && !waiting.contains(&offer.kind)
                && !(has_move_waiting && is_move(offer.kind)))
    };
    offer_steps(incident, &outlook.shown, account, now).into_iter().filter(is_sensible).collect()
}

/// Own requests that the server has not decided on and that were not taken back.
fn list_waiting_requests<'a>(incident: &'a Incident, account: &Account) -> impl Iterator<Item = &'a Transition> {
    let me = account.id;
    let is_waiting = move |(id, step): &(&domain::id::TransitionId, &Transition)| {
        step.by == me
            && !incident.decisions.contains_key(id)
            && offline_of(step.kind) == Offline::Requested
            && !is_taken_back(incident, **id, step)
    };
    incident.transitions.iter().filter(is_waiting).map(|(_, step)| step)
}

fn is_move(kind: TransitionKind) -> bool {
    find_rule(kind).is_some_and(|rule| rule.outcome != Outcome::Stay)
}

fn offline_of(kind: TransitionKind) -> Offline {
    find_rule(kind).map_or(Offline::Never, |rule| rule.offline)
}

/// The standing on which a step of this kind is taken.
pub(super) fn standing_for(outlook: &Outlook, kind: TransitionKind) -> &Standing {
    if offline_of(kind) == Offline::Requested { &outlook.confirmed } else { &outlook.shown }
}

/// Whether the same person has done exactly this and the server has not decided on it yet: a second tap.
pub(super) fn is_under_way(incident: &Incident, step: &Transition) -> bool {
    incident.transitions.iter().any(|(id, other)| {
        other.by == step.by
            && other.kind == step.kind
            && other.payload == step.payload
            && !incident.decisions.contains_key(id)
            && !is_taken_back(incident, *id, other)
    })
}

/// Puts a payload into the form in which it is stored, or says which field of it is wrong.
pub(super) fn check_payload(mut payload: Payload, db: &Connection, now: UnixMillis) -> Result<Payload, Failure> {
    let invalid = |field: &str| Err(CommandError::new(ErrorCode::FieldInvalid).in_field(field).into());
    let organisations = read_organisations(db)?;
    payload.text = payload.text.trim().to_owned();
    payload.stage = None;
    check_length("payload.text", &payload.text, STEP_TEXT_LIMIT)?;
    if let Some(answer) = payload.satisfaction {
        refuse_unknown("payload.satisfaction", answer, Satisfaction::Unknown)?;
    }
    if let Some(way) = payload.way {
        refuse_unknown("payload.way", way, SettlingWay::Unknown)?;
    }
    if payload.joint.len() > JOINT_LIMIT {
        return Err(CommandError::new(ErrorCode::FieldTooMany).in_field("payload.joint").into());
    }
    let is_known = |org| organisations.is_empty() || organisations.contains_key(org);
    if payload.to_org.as_ref().is_some_and(|org| !is_known(org)) {
        return invalid("payload.to_org");
    }
    if let Some(person) = payload.to_person {
        let org = find_account_name(db, person)?.and_then(|colleague| colleague.org);
        if org.is_none() || org != payload.to_org {
            return invalid("payload.to_person");
        }
    }
    // What this device does not have as an open matter cannot be what somebody saw to be the same.
    if let Some(target) = payload.duplicate_of
        && !is_open(db, target)?
    {
        return invalid("payload.duplicate_of");
    }
    if !payload.joint.iter().all(is_known) {
        return invalid("payload.joint");
    }
    if let Some(booking) = &mut payload.booking {
        booking.place = booking.place.trim().to_owned();
        check_booking("payload.booking", booking.kind, &booking.place, booking.at, now)?;
    }
    Ok(payload)
}

/// Checks an appointment; `field` is the form's path of it.
pub(super) fn check_booking(
    field: &str,
    kind: BookingKind,
    place: &str,
    at: UnixMillis,
    now: UnixMillis,
) -> Result<(), CommandError> {
    refuse_unknown(&format!("{field}.kind"), kind, BookingKind::Unknown)?;
    check_required(&format!("{field}.place"), place, PLACE_LIMIT)?;
    if at <= now {
        return Err(CommandError::new(ErrorCode::FieldInvalid).in_field(format!("{field}.at")));
    }
    Ok(())
}

/// What a refusal means for somebody who has the form open; `Ok`: the step is written although it comes too late.
pub(super) fn judge_refusal(step: &Transition, refusal: Refusal) -> Result<(), CommandError> {
    let detail = |error: CommandError| error.with_detail(refusal.code());
    let missing = |field: &str| Err(detail(CommandError::new(ErrorCode::FieldMissing).in_field(field)));
    let invalid = |field: &str| Err(detail(CommandError::new(ErrorCode::FieldInvalid).in_field(field)));
    let not_allowed = Err(detail(CommandError::new(ErrorCode::NotAllowed)));
    match refusal {
        Refusal::TextMissing => missing("payload.text"),
        Refusal::TargetMissing => missing(match step.kind {
            TransitionKind::Merge => "payload.duplicate_of",
            TransitionKind::Join => "payload.joint",
            _ => "payload.to_org",
        }),
        Refusal::AnswerMissing => missing(match step.kind {
            TransitionKind::Verify => "payload.passes",
            TransitionKind::Feedback => "payload.satisfaction",
            _ => "payload.booking",
        }),
        Refusal::BadLimit if step.payload.due_at.is_none() => missing("payload.due_at"),
        Refusal::BadLimit => invalid("payload.due_at"),
        Refusal::SameOrg | Refusal::OwnOrgOnly => invalid("payload.to_org"),
        Refusal::SameIncident => invalid("payload.duplicate_of"),
        Refusal::WrongState
        | Refusal::OldRound
        | Refusal::NotAssigned
        | Refusal::NothingAsked
        | Refusal::AskedAlready
        | Refusal::ExtensionUsed
        | Refusal::TooLateToReopen
        | Refusal::Repeated => {
            let has_words = !step.payload.text.is_empty() || step.payload.booking.is_some();
            if has_words { Ok(()) } else { not_allowed }
        }
        Refusal::WrongRole
        | Refusal::NotReporter
        | Refusal::OwnWork
        | Refusal::NoBookings
        | Refusal::NotYet
        | Refusal::Retracted
        | Refusal::Newer
        | Refusal::Unknown => not_allowed,
    }
}
