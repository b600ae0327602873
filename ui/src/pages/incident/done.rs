//! What was done last, in words: the step with its object, and what has become of it.
//!
//! Why: whoever works through a queue looks at the next row already; one line has to say that the right thing was done to
//! the right matter. Flow: nothing is remembered but which step it was; its line in the history is worded anew each time,
//! so that the confirmation never says more than is known. Failure: a step whose line is not found is said to wait.
//! Not done: a step taken in another window of the same account is not confirmed here.

use contract::domain::workflow::{Offline, TransitionKind as Kind};
use contract::{HistoryEntry, IncidentView, StepEffect};
use yew::prelude::*;

use super::{Done, DoneStep, Incident, Msg, can_retract, find_line, history, sheet};
use crate::i18n::{Words, t};
use crate::parts::{button, number_words, strip};
use crate::state::Env;

/// Most characters of somebody's own words that are said again.
const QUOTE_LIMIT: usize = 60;

/// The confirmation. The place is always there, so that it is read out when something comes.
pub(super) fn draw(page: &Incident, env: &Env, view: &IncidentView, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let Some(done) = &page.done else { return html! { <div role="status" data-testid="done"></div> } };
    let is_offered = can_undo(page, env, view);
    let link = "weui-link gc-hit";
    let text = html! {
        <div class="gc-strip__row gc-told">
            <span>{ tell(env, view, done, page.undo.1) }</span>
            if is_offered {
                { button(link, "undo", t!(words, UNDO_STEP), on.reform(|_| Msg::Undo)) }
            }
            if page.undo.1 && env.sync.network.can_send() {
                { button(link, "send-now", t!(words, SEND_NOW), on.reform(|_| Msg::SendNow)) }
            }
        </div>
    };
    html! { <div role="status" data-testid="done">{ strip("gc-strip_calm", "confirmed", text) }</div> }
}

/// Whether the step that was taken last has not left, as far as one can tell.
pub(super) fn can_undo(page: &Incident, env: &Env, view: &IncidentView) -> bool {
    let Some(Done::Step(DoneStep { step: Some(step), .. })) = &page.done else { return false };
    (page.undo.1 || !env.sync.network.can_send()) && can_retract(view, *step)
}

pub(super) fn tell(env: &Env, view: &IncidentView, done: &Done, is_waiting: bool) -> String {
    let words = env.words;
    match done {
        Done::Step(done) => tell_step(env, view, done, is_waiting),
        Done::Back(done) => {
            let line = done.step.and_then(|step| find_line(view, step));
            let step = name_step(words, done.kind, line);
            match line.map(|line| &line.effect) {
                Some(StepEffect::Effective) => t!(words, TOLD_TOO_LATE, step = step),
                Some(StepEffect::Pending { .. }) => t!(words, TOLD_BACK_PENDING, step = step),
                Some(StepEffect::Futile { .. }) | None => t!(words, TOLD_BACK, step = step),
            }
        }
        Done::Note => t!(words, TOLD_NOTE),
        Done::Away => t!(words, TOLD_AWAY),
    }
}

fn tell_step(env: &Env, view: &IncidentView, done: &DoneStep, is_waiting: bool) -> String {
    let words = env.words;
    let line = done.step.and_then(|step| find_line(view, step));
    let is_online = env.sync.network.can_send();
    let what = || name_step(words, done.kind, line);
    match line.map(|line| &line.effect) {
        Some(StepEffect::Pending { is_taken_back: true, .. }) => t!(words, TOLD_BACK_PENDING, step = what()),
        Some(StepEffect::Pending { offline: Offline::Requested, .. }) if !is_online => {
            t!(words, TOLD_REQUESTED, step = what())
        }
        Some(StepEffect::Pending { .. }) if is_waiting && is_online => {
            t!(words, TOLD_WAITING, done = describe(env, done, line))
        }
        Some(StepEffect::Pending { .. }) => t!(words, TOLD_PENDING, done = describe(env, done, line)),
        Some(StepEffect::Futile { reason, .. }) => t!(words, TOLD_FUTILE, step = what(), reason = words.name(*reason)),
        Some(StepEffect::Effective) => t!(words, TOLD_DONE, done = describe(env, done, line)),
        // No line names it: nothing is claimed beyond that it was written down.
        None => t!(words, TOLD_PENDING, done = describe(env, done, line)),
    }
}

/// `派单给金桂物业`, `受理`.
fn name_step(words: Words, kind: Kind, line: Option<&HistoryEntry>) -> String {
    match line.and_then(|line| line.to_org_name.as_ref()) {
        Some(org) if kind == Kind::Transfer => t!(words, STEP_TRANSFER_TO, org = org),
        Some(org) => t!(words, STEP_DISPATCH_TO, org = org),
        None => sheet::verb(words, kind),
    }
}

/// `已派单给金桂物业`, `已退回补充：请补充楼号`.
fn describe(env: &Env, done: &DoneStep, line: Option<&HistoryEntry>) -> String {
    let words = env.words;
    let plain = words.of_family("did", done.kind);
    let Some(line) = line else { return plain };
    let person = line.to_person_name.as_deref().unwrap_or_default();
    let org = line.to_org_name.as_deref().map(|org| words.join([org, person]));
    let head = match (done.kind, org) {
        (Kind::Dispatch, Some(org)) => t!(words, DID_DISPATCH_TO, org = org),
        (Kind::Transfer, Some(org)) => t!(words, DID_TRANSFER_TO, org = org),
        (Kind::Join, _) => t!(words, DID_JOIN_WITH, names = words.list(&line.joint_names)),
        (Kind::Merge, _) if !done.merged_into.is_empty() => {
            t!(words, DID_MERGE_INTO, number = number_words(words, &done.merged_into))
        }
        (Kind::Verify | Kind::Feedback, _) => history::what(env, done.kind, line),
        _ => plain,
    };
    let object = object_of(env, done.kind, line);
    if object.is_empty() { head } else { t!(words, TOLD_WITH, done = head, words = object) }
}

/// What went with it: until when, what appointment, whose words.
fn object_of(env: &Env, kind: Kind, line: &HistoryEntry) -> String {
    let words = env.words;
    let payload = &line.payload;
    let until = payload.due_at.map(|at| t!(words, HISTORY_UNTIL, at = words.moment(at, env.today)));
    let booking = payload
        .booking
        .as_ref()
        .map(|booking| words.join([words.name(booking.kind), &words.moment(booking.at, env.today), &booking.place]));
    let is_dispatch = matches!(kind, Kind::Dispatch | Kind::Transfer);
    let text = if is_dispatch { String::new() } else { shorten(words, &payload.text) };
    words.join([until.unwrap_or_default(), booking.unwrap_or_default(), text])
}

fn shorten(words: Words, text: &str) -> String {
    let mut quoted: String = text.chars().take(QUOTE_LIMIT).collect();
    if quoted.len() < text.len() {
        quoted = t!(words, CUT_SHORT, text = quoted);
    }
    quoted
}
