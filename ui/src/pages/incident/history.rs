//! An incident's history in words: who did what to whom, when by which clock, and what did not take effect and why.

use contract::domain::UnixMillis;
use contract::domain::id::TransitionId;
use contract::domain::workflow::{Offline, State, TransitionKind as Kind};
use contract::{HistoryEntry, HistoryKind, LostTo, StepEffect};
use yew::prelude::*;

use super::Msg;
use crate::i18n::t;
use crate::parts::{self, mark, stage_name};
use crate::state::Env;

/// Clocks that differ by less are the same for people.
const SAME_MS: i64 = 60_000;

/// Draws the lines, newest first.
pub(super) fn draw(env: &Env, history: &[HistoryEntry], on: &Callback<Msg>) -> Html {
    let words = env.words;
    html! {
        <section aria-labelledby="h-history">
            <h2 class="weui-cells__title" id="h-history">
                { t!(words, INCIDENT_HISTORY) }{ " " }<small>{ t!(words, NEWEST_FIRST) }</small>
            </h2>
            <ol class="weui-steps weui-steps_vertical">{ for history.iter().map(|entry| line(env, entry, on)) }</ol>
        </section>
    }
}

/// Who, as a line begins with it.
fn who(env: &Env, entry: &HistoryEntry) -> String {
    let role = entry.role.map(|role| env.words.name(role).to_owned());
    entry.by.clone().or_else(|| entry.org_name.clone()).or(role).unwrap_or_else(|| t!(env.words, PERSON_UNKNOWN))
}

/// What was done, with its answer.
pub(super) fn what(env: &Env, kind: Kind, entry: &HistoryEntry) -> String {
    let words = env.words;
    let payload = &entry.payload;
    match (kind, payload.passes, payload.satisfaction, payload.stage) {
        (Kind::Verify, Some(true), ..) => t!(words, HISTORY_PASSED),
        (Kind::Verify, Some(false), ..) => t!(words, HISTORY_NOT_PASSED),
        (Kind::Feedback, _, Some(answer), _) => t!(words, HISTORY_ANSWER, answer = words.name(answer)),
        (Kind::MarkOverdue, _, _, Some(stage)) => {
            t!(words, HISTORY_OVERDUE, stage = stage_name(words, stage, State::Dispatched))
        }
        _ => words.name(kind).to_owned(),
    }
}

/// `王敏 派单给 金桂物业`.
fn headline(env: &Env, entry: &HistoryEntry) -> String {
    let words = env.words;
    let who = who(env, entry);
    let kind = match entry.kind {
        HistoryKind::Step(kind) => kind,
        HistoryKind::Note => return t!(words, HISTORY_STEP, who = who, what = t!(words, STEP_NOTE)),
        HistoryKind::Refused => return t!(words, HISTORY_REFUSED),
    };
    let what = what(env, kind, entry);
    let to = words.join([&entry.to_org_name, &entry.to_person_name].map(|name| name.as_deref().unwrap_or_default()));
    if to.is_empty() {
        t!(words, HISTORY_STEP, who = who, what = what)
    } else {
        t!(words, HISTORY_STEP_TO, who = who, what = what, to = to)
    }
}

/// When, in which role, for whom.
fn circumstances(env: &Env, entry: &HistoryEntry) -> String {
    let words = env.words;
    let moment = |at: UnixMillis| words.moment(at, env.today);
    let server = entry.at_server.filter(|at| at.since_ms(entry.at_device).abs() > SAME_MS);
    let server = server.map(|at| t!(words, HISTORY_SERVER_TIME, at = moment(at))).unwrap_or_default();
    let role = entry.role.filter(|_| entry.by.is_some()).map(|role| words.name(role)).unwrap_or_default();
    let org = entry.org_name.as_deref().filter(|_| entry.by.is_some()).unwrap_or_default();
    words.join([&moment(entry.at_device), role, org, &server])
}

/// What was set by it.
fn terms(env: &Env, entry: &HistoryEntry) -> String {
    let words = env.words;
    let moment = |at: UnixMillis| words.moment(at, env.today);
    let payload = &entry.payload;
    let mut parts: Vec<String> = Vec::new();
    for (stage, limit) in &entry.limits {
        let stage = stage_name(words, *stage, State::Dispatched);
        parts.push(t!(words, LIMIT_BY, at = moment(limit.due_at), stage = stage));
    }
    if entry.limits.is_empty()
        && let Some(due) = payload.due_at
    {
        parts.push(t!(words, HISTORY_UNTIL, at = moment(due)));
    }
    if !entry.joint_names.is_empty() {
        parts.push(t!(words, HISTORY_JOINT, names = words.list(&entry.joint_names)));
    }
    if let Some(way) = payload.way {
        parts.push(words.name(way).to_owned());
    }
    if let Some(booking) = &payload.booking {
        parts.push(words.join([words.name(booking.kind), &booking.place, &moment(booking.at)]));
    }
    words.join(parts)
}

fn line(env: &Env, entry: &HistoryEntry, on: &Callback<Msg>) -> Html {
    let class = match entry.effect {
        _ if entry.kind == HistoryKind::Refused => "gc-step_void",
        StepEffect::Effective => "",
        StepEffect::Pending { .. } => "gc-step_open",
        StepEffect::Futile { .. } => "gc-step_void",
    };
    let terms = terms(env, entry);
    let desc = |text: String| html! { <span class="weui-steps__item__desc">{ text }</span> };
    html! {
        <li class={classes!("weui-steps__item", class)} data-testid="history-line">
            <div class="weui-steps__item__inner">
                <strong class="weui-steps__item__title">{ headline(env, entry) }</strong>
                { desc(circumstances(env, entry)) }
                if !terms.is_empty() {
                    { desc(terms) }
                }
                if !entry.payload.text.is_empty() {
                    <p class="gc-text gc-quote">{ &entry.payload.text }</p>
                }
                { effect(env, entry, on) }
            </div>
        </li>
    }
}

/// Whether it counts, why not, and what can be done about it.
fn effect(env: &Env, entry: &HistoryEntry, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let button = |testid: &'static str, label: String, msg: fn(TransitionId, Kind) -> Msg| {
        let HistoryKind::Step(kind) = entry.kind else { return Html::default() };
        let Some(step) = entry.step else { return Html::default() };
        parts::button("weui-btn weui-btn_default weui-btn_mini", testid, label, on.reform(move |_| msg(step, kind)))
    };
    match &entry.effect {
        StepEffect::Effective => Html::default(),
        StepEffect::Pending { offline, can_retract, is_likely, is_taken_back } => {
            let meaning = match offline {
                _ if *is_taken_back => t!(words, PENDING_TAKEN_BACK),
                _ if !*is_likely => t!(words, PENDING_UNLIKELY),
                Offline::Shown => t!(words, PENDING_SHOWN),
                _ => t!(words, PENDING_REQUESTED),
            };
            html! {
                <p class="gc-row__tags">
                    { mark("gc-state_pending", "pending", t!(words, MARK_PENDING)) }
                    <span class="gc-row__meta">{ meaning }</span>
                    if *can_retract {
                        { button("retract", t!(words, STEP_TAKE_BACK), |step, _| Msg::Retract(step)) }
                    }
                </p>
            }
        }
        StepEffect::Futile { reason, lost_to, can_send_again, can_dismiss } => html! {
            <>
                <p class="gc-row__tags">
                    { mark("gc-state_refused", "refused", t!(words, STEP_FUTILE)) }
                    <span class="gc-row__meta">{ words.name(*reason) }</span>
                </p>
                if let Some(lost_to) = lost_to {
                    <p class="gc-row__meta">{ first(env, lost_to) }</p>
                }
                if *can_send_again || *can_dismiss {
                    <p class="gc-row__tags">
                        if *can_send_again {
                            { button("send-again", t!(words, STEP_AGAIN), Msg::Again) }
                        }
                        if *can_dismiss {
                            { button("dismiss", t!(words, STEP_DISMISS), |step, _| Msg::Retract(step)) }
                        }
                    </p>
                }
            </>
        },
    }
}

/// Who was first: `王敏 13:50 已派单给 金桂物业`.
fn first(env: &Env, lost_to: &LostTo) -> String {
    let words = env.words;
    let at = words.moment(lost_to.at_server, env.today);
    let who = lost_to.by.clone().unwrap_or_else(|| t!(words, PERSON_UNKNOWN));
    let what = words.name(lost_to.kind);
    match &lost_to.to_org_name {
        Some(to) => t!(words, LOST_TO_ORG, who = who, at = at, what = what, to = to),
        None => t!(words, LOST_TO, who = who, at = at, what = what),
    }
}
