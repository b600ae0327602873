//! The markup of one incident.

use contract::domain::category::{find_category, find_group};
use contract::domain::workflow::TransitionKind as Kind;
use contract::{AppointmentView, AskedView, IncidentView, LikeView, RecordState};
use yew::prelude::*;

use super::steps::{Steps, sort_steps};
use super::{FormKind, Incident, Msg, Open, done, history, sheet};
use crate::browser::DETAIL_TITLE_ID;
use crate::i18n::t;
use crate::parts::{
    Page, button, dial, draw_load, failure, icon, incident_marks, incident_number, incident_title, limit_bar,
    limit_label, mark, stage_name, strip, sync_chip, title_or_category, undo_bar,
};
use crate::route::Route;
use crate::state::Env;

pub(super) fn draw(page: &Incident, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let view = page.view.ready();
    let steps = view.map(sort_steps).unwrap_or_default();
    let frame = Page {
        title: t!(words, INCIDENT_TITLE),
        sub: view.map(|view| incident_number(words, &view.row)).unwrap_or_default(),
        back: Some(Route::Tasks),
        trailing: sync_chip(env),
        tool: view.map(|view| bar(page, env, view, &steps, on)).unwrap_or_default(),
        ..Page::default()
    };
    let content = html! {
        <>
            { draw_load(words, &page.view, |view| body(page, env, view, on)) }
            if page.open == Open::More {
                { sheet::draw_more(env, &steps, on) }
            }
        </>
    };
    frame.draw(env, content)
}

fn is_form_open(page: &Incident) -> bool {
    matches!(page.open, Open::Form(_))
}

/// The bar: everything else, what is done instead, what one came for.
fn bar(page: &Incident, env: &Env, view: &IncidentView, steps: &Steps, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let note = |class: &'static str| button(class, "step-note", t!(words, STEP_NOTE), on.reform(|_| Msg::Note));
    let verdict = |passes: bool, class: &'static str, testid: &'static str, label: String| {
        button(class, testid, label, on.reform(move |_| Msg::Verify(passes)))
    };
    let (plain, primary) = ("weui-btn weui-btn_default", "weui-btn weui-btn_primary");
    let beside = |kind: Kind| sheet::step_button(words, kind, plain, on);
    let open = match page.open {
        Open::Form(kind) if page.is_pane => Some(kind),
        _ => None,
    };
    let buttons = match (steps.likely.map(|offer| offer.kind), steps.partner.map(|offer| offer.kind)) {
        // In place the form has no buttons of its own.
        (_, partner) if open.is_some() => html! {
            <>
                { for partner.filter(|kind| open != Some(FormKind::Step(*kind))).map(beside) }
                { sheet::draw_buttons(page, env, view, on) }
            </>
        },
        (Some(Kind::Verify), _) => html! {
            <>
                { verdict(false, "weui-btn weui-btn_warn", "verify-fail", t!(words, VERDICT_FAIL)) }
                { verdict(true, primary, "verify-pass", t!(words, VERIFY_PASS)) }
            </>
        },
        (Some(likely), partner) => html! {
            <>
                { partner.map_or_else(|| note(plain), beside) }
                { sheet::step_button(words, likely, primary, on) }
            </>
        },
        (None, partner) => html! { <>{ for partner.map(beside) }{ note(primary) }</> },
    };
    html! {
        <div class="weui-bottom-fixed-opr" role="group" aria-label={t!(words, STEPS_LABEL)}>
            if !steps.rest.is_empty() || steps.likely.is_some() {
                { button("weui-btn weui-btn_default gc-narrow", "step-more", t!(words, STEP_MORE), on.reform(|_| Msg::More)) }
            }
            { buttons }
        </div>
    }
}

fn body(page: &Incident, env: &Env, view: &IncidentView, on: &Callback<Msg>) -> Html {
    let words = env.words;
    html! {
        <>
            { head(page, env, view) }
            { done::draw(page, env, view, on) }
            if !is_form_open(page) {
                { for page.error.as_ref().map(|error| failure(words, error)) }
            }
            { for view.asked.iter().map(|asked| asked_strip(env, asked)) }
            if !view.like.is_empty() {
                { like_strip(env, view, on) }
            }
            { sheet::draw_form(page, env, view, on) }
            { for view.drafts.iter().map(|draft| sheet::draw_draft(page, words, view, draft, on)) }
            <div class="gc-pad_side">
                { undo_bar(words, page.thrown.as_ref().map(|_| t!(words, TAKEN_DRAFT)), on.reform(|_| Msg::BringBack)) }
            </div>
            { for view.appointment.iter().map(|appointment| appointment_card(env, view, appointment, on)) }
            { facts(page, env, view) }
            { history::draw(env, &view.history, on) }
            { strip("gc-strip_calm", "info", html! { <span>{ t!(words, INCIDENT_FLOW_NOTE) }</span> }) }
        </>
    }
}

fn head(page: &Incident, env: &Env, view: &IncidentView) -> Html {
    let words = env.words;
    let row = &view.row;
    html! {
        <div class="gc-pad">
            <div class="gc-row__top">
                <h2 class="gc-headline" id={DETAIL_TITLE_ID} tabindex="-1">{ incident_title(env, row) }</h2>
                { for row.limit.iter().map(|limit| limit_label(env, limit, row.standing)) }
            </div>
            { incident_marks(env, row) }
            <p class="weui-hidden_abs" role="status">{ t!(words, INCIDENT_STATE_NOW, state = words.name(row.standing)) }</p>
            if let Some(limit) = &row.limit {
                { limit_bar(env, limit, row.standing) }
                <p class="gc-row__meta">
                    { t!(words, LIMIT_BY, at = words.moment(limit.limit.due_at, env.today),
                        stage = stage_name(words, limit.stage, row.standing)) }
                </p>
            }
            if page.is_pane {
                <p class="gc-text">{ &view.text }</p>
                <p class="gc-row__meta">
                    { words.join([incident_number(words, row), row.address_text.clone(), reported(env, view)]) }
                </p>
            }
            if row.state != RecordState::Confirmed {
                <p class="gc-row__meta">{ explain_state(env, &row.state) }</p>
            }
        </div>
    }
}

fn asked_strip(env: &Env, asked: &AskedView) -> Html {
    let words = env.words;
    let who = asked.by.clone().unwrap_or_else(|| t!(words, PERSON_UNKNOWN));
    let until = asked.until.map(|at| t!(words, HISTORY_UNTIL, at = words.moment(at, env.today))).unwrap_or_default();
    let text = html! {
        <>
            <p><strong>{ t!(words, HISTORY_STEP, who = who, what = words.name(asked.kind)) }</strong>{ " " }{ until }</p>
            <p class="gc-text">{ &asked.text }</p>
        </>
    };
    strip("", "message", text)
}

fn like_strip(env: &Env, view: &IncidentView, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let draw = |like: &LikeView| {
        let title = title_or_category(words, &like.title, &like.category);
        let who = like.reporter.clone().unwrap_or_default();
        let href = Route::Incident(like.id).href();
        html! {
            <p key={like.id.to_string()}>
                <a class="weui-link" {href}>{ title }</a>
                { " " }{ words.join([who, words.moment(like.reported_at, env.today)]) }
            </p>
        }
    };
    let can_merge = view.steps.iter().any(|offer| offer.kind == Kind::Merge);
    let text = html! {
        <>
            <p>{ t!(words, LIKE_FOUND, count = view.like.len()) }</p>
            { for view.like.iter().map(draw) }
            if can_merge {
                { button("weui-link gc-hit", "compare", t!(words, LIKE_COMPARE), on.reform(|_| Msg::Step(Kind::Merge))) }
            }
        </>
    };
    strip("gc-strip_calm", "merge", text)
}

fn appointment_card(env: &Env, view: &IncidentView, appointment: &AppointmentView, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let booking = &appointment.booking;
    let offers = [Kind::ConfirmBooking, Kind::CancelBooking];
    let offers = offers.into_iter().filter(|kind| view.steps.iter().any(|offer| offer.kind == *kind));
    let state = if appointment.is_confirmed {
        mark("gc-state_confirmed", "check", t!(words, APPOINTMENT_SETTLED))
    } else {
        mark("gc-state_pending", "pending", t!(words, APPOINTMENT_PROPOSED))
    };
    html! {
        <section class="gc-gap" aria-label={t!(words, APPOINTMENT_TITLE)} data-testid="appointment">
            <div class="weui-cells gc-flush">
                <div class="weui-cell gc-row">
                    <div class="weui-cell__hd gc-icell">{ icon("clock") }</div>
                    <div class="weui-cell__bd">
                        <p class="gc-row__title">
                            { words.join([words.name(booking.kind), &words.moment(booking.at, env.today)]) }
                        </p>
                        <p class="gc-row__meta">{ &booking.place }</p>
                        <p class="gc-row__tags">{ state }</p>
                        <p class="gc-row__tags">
                            { for offers.map(|kind| {
                                sheet::step_button(words, kind, "weui-btn weui-btn_default weui-btn_mini", on)
                            }) }
                        </p>
                    </div>
                </div>
            </div>
        </section>
    }
}

/// What the state of the record means for the person who reads it.
fn explain_state(env: &Env, state: &RecordState) -> String {
    let words = env.words;
    match state {
        RecordState::Queued if env.sync.network.is_closed() => t!(words, RECEIPT_CLOSED),
        RecordState::Queued => t!(words, EXPLAIN_QUEUED),
        RecordState::Confirmed => String::new(),
        RecordState::Refused { code, .. } => t!(words, EXPLAIN_REFUSED, reason = words.refusal(code)),
        RecordState::Held { code } => t!(words, EXPLAIN_HELD, reason = words.refusal(code)),
        RecordState::SetAside { code } => t!(words, EXPLAIN_SET_ASIDE, reason = words.refusal(code)),
    }
}

/// The way to whoever reported it: a link on a phone, the bare number at a desk.
fn call_reporter(env: &Env, view: &IncidentView, tel: &str) -> Html {
    let words = env.words;
    let name = view.reporter.clone().unwrap_or_else(|| t!(words, FACT_REPORTER));
    html! {
        <div class="weui-cell gc-row" data-testid="reporter-tel">
            <div class="weui-cell__hd gc-icell">{ icon("phone") }</div>
            <div class="weui-cell__bd">
                <p class="weui-cell__desc">{ t!(words, FACT_REPORTER_TEL) }</p>
                <p class="gc-mouse gc-number">{ tel }</p>
                <a class="gc-call gc-touch gc-number" href={dial(tel)} aria-label={t!(words, CALL_NUMBER, name = name, tel = tel)}>
                    { icon("phone") }<span>{ tel }</span>
                </a>
            </div>
        </div>
    }
}

/// Who reported it, and when.
fn reported(env: &Env, view: &IncidentView) -> String {
    let words = env.words;
    words.join([view.reporter.clone().unwrap_or_default(), words.moment(view.row.reported_at, env.today)])
}

fn facts(page: &Incident, env: &Env, view: &IncidentView) -> Html {
    let words = env.words;
    let language = words.language();
    let row = &view.row;
    let category = match find_category(&row.category) {
        Some(category) => words.join([category.group().label(language), category.label(language)]),
        None => find_group(&row.category).map_or(row.category.clone(), |group| group.label(language).into()),
    };
    let handling = [&row.org_name, &view.assigned_person].map(|name| name.as_deref().unwrap_or_default());
    let later = view.limits.iter().skip(1).map(|limit| {
        let stage = stage_name(words, limit.stage, row.standing);
        t!(words, LIMIT_BY, at = words.moment(limit.limit.due_at, env.today), stage = stage)
    });
    let list = [
        ("doc", t!(words, FACT_TEXT), if page.is_pane { String::new() } else { view.text.clone() }),
        ("confirmed", t!(words, FACT_HANDLED), view.handled_text.clone()),
        ("pin", t!(words, FACT_PLACE), words.join([&row.address_text, &row.grid_name])),
        ("all", t!(words, FACT_CATEGORY), category),
        ("me", t!(words, FACT_REPORTED), reported(env, view)),
        ("wrench", t!(words, FACT_HANDLING), words.join(handling)),
        ("users", t!(words, FACT_JOINT), words.list(&view.joint)),
        ("clock", t!(words, FACT_LIMITS), words.join(later)),
    ];
    let draw = |(symbol, name, text): (&'static str, String, String)| {
        html! {
            <div class="weui-cell gc-row">
                <div class="weui-cell__hd gc-icell">{ icon(symbol) }</div>
                <div class="weui-cell__bd"><p class="weui-cell__desc">{ name }</p><p class="gc-text">{ text }</p></div>
            </div>
        }
    };
    html! {
        <div class="weui-cells">
            { for list.into_iter().filter(|(_, _, text)| !text.is_empty()).map(draw) }
            { for view.reporter_tel.iter().map(|tel| call_reporter(env, view, tel)) }
            if let Some((household, door)) = &view.household {
                <a class="weui-cell weui-cell_access" href={Route::Household(*household).href()}>
                    <div class="weui-cell__hd gc-icell">{ icon("home") }</div>
                    <div class="weui-cell__bd">
                        <p class="weui-cell__desc">{ t!(words, FACT_HOUSEHOLD) }</p><p>{ door }</p>
                    </div>
                    <div class="weui-cell__ft"></div>
                </a>
            }
        </div>
    }
}
