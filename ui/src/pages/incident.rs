//! One incident: what it is, where it stands, its history in words.

use contract::domain::IncidentId;
use contract::domain::category::{find_category, find_group};
use contract::{CommandError, GetIncident, HistoryEntry, HistoryKind, IncidentView, RecordState, Topic};
use yew::prelude::*;

use crate::i18n::t;
use crate::parts::{Page, draw_load, icon, icon_small, incident_title, record_state, strip, sync_chip};
use crate::route::Route;
use crate::state::{Effect, Env, Load, Screen};

/// One incident's page.
pub(crate) struct Incident {
    id: IncidentId,
    view: Load<IncidentView>,
}

/// What can happen on it.
pub(crate) enum Msg {
    /// It was read.
    Read(Result<IncidentView, CommandError>),
}

impl Screen for Incident {
    type Arg = IncidentId;
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Incidents, Topic::Outbox];

    fn open(id: &IncidentId, _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let mut page = Self { id: *id, view: Load::Waiting };
        let effects = page.refresh();
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        let Msg::Read(result) = msg;
        self.view.take(result);
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        vec![Effect::ask(&GetIncident { id: self.id }, Msg::Read)]
    }

    fn view(&self, env: &Env, _on: &Callback<Msg>) -> Html {
        let words = env.words;
        let number = self.view.ready().map(|view| t!(words, INCIDENT_NUMBER, number = &view.short_no));
        let page = Page {
            title: t!(words, INCIDENT_TITLE),
            sub: number.unwrap_or_default(),
            back: Some(Route::Tasks),
            trailing: sync_chip(env),
            ..Page::default()
        };
        let content = draw_load(words, &self.view, |view| draw(env, view));
        page.draw(env, content)
    }
}

fn draw(env: &Env, view: &IncidentView) -> Html {
    let words = env.words;
    let row = &view.row;
    html! {
        <>
            <div class="gc-pad">
                <h2 class="gc-headline">{ incident_title(env, row) }</h2>
                <p class="gc-row__tags">
                    if let Some(priority) = row.priority {
                        <span class="gc-state gc-state_refused">{ icon_small("alert") }{ words.name(priority) }</span>
                    }
                    if row.is_self_handled {
                        <span class="gc-state">{ icon_small("confirmed") }{ t!(words, INCIDENT_SELF_HANDLED) }</span>
                    }
                    { record_state(words, &row.state) }
                </p>
                <p class="gc-row__meta">{ explain_state(env, &row.state) }</p>
            </div>
            { facts(env, view) }
            <section aria-labelledby="h-history">
                <h2 class="weui-cells__title" id="h-history">
                    { t!(words, INCIDENT_HISTORY) }{ " " }<small>{ t!(words, NEWEST_FIRST) }</small>
                </h2>
                <ol class="weui-steps weui-steps_vertical">
                    { for view.history.iter().rev().map(|entry| step(env, entry)) }
                </ol>
            </section>
            { strip("gc-strip_calm", "info", html! { <span>{ t!(words, INCIDENT_FLOW_NOTE) }</span> }) }
        </>
    }
}

/// What the state means for the person who reads it.
fn explain_state(env: &Env, state: &RecordState) -> String {
    let words = env.words;
    match state {
        RecordState::Queued => t!(words, EXPLAIN_QUEUED),
        RecordState::Confirmed => t!(words, EXPLAIN_CONFIRMED),
        RecordState::Refused { code, .. } => t!(words, EXPLAIN_REFUSED, reason = words.refusal(code)),
        RecordState::Held { code } => t!(words, EXPLAIN_HELD, reason = words.refusal(code)),
        RecordState::SetAside { code } => t!(words, EXPLAIN_SET_ASIDE, reason = words.refusal(code)),
    }
}

fn facts(env: &Env, view: &IncidentView) -> Html {
    let words = env.words;
    let language = words.language();
    let category = match find_category(&view.row.category) {
        Some(category) => words.join([category.group().label(language), category.label(language)]),
        None => find_group(&view.row.category).map_or(view.row.category.clone(), |group| group.label(language).into()),
    };
    let fact = |symbol: &'static str, name: String, text: String| {
        html! {
            <div class="weui-cell gc-row">
                <div class="weui-cell__hd gc-icell">{ icon(symbol) }</div>
                <div class="weui-cell__bd"><p class="weui-cell__desc">{ name }</p><p class="gc-text">{ text }</p></div>
            </div>
        }
    };
    html! {
        <div class="weui-cells">
            { fact("all", t!(words, FACT_CATEGORY), category) }
            if !view.row.address_text.is_empty() {
                { fact("pin", t!(words, FACT_PLACE), view.row.address_text.clone()) }
            }
            if !view.text.is_empty() {
                { fact("doc", t!(words, FACT_TEXT), view.text.clone()) }
            }
            if !view.handled_text.is_empty() {
                { fact("confirmed", t!(words, FACT_HANDLED), view.handled_text.clone()) }
            }
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

fn step(env: &Env, entry: &HistoryEntry) -> Html {
    let words = env.words;
    let who = match (&entry.by, entry.role) {
        (Some(name), Some(role)) => t!(words, PERSON_IN_ROLE, name = name, role = words.name(role)),
        (Some(name), None) => name.clone(),
        (None, Some(role)) => words.name(role).to_owned(),
        (None, None) => String::new(),
    };
    let (what, class) = match entry.kind {
        HistoryKind::Reported => (t!(words, HISTORY_REPORTED), ""),
        HistoryKind::SelfHandled => (t!(words, HISTORY_SELF_HANDLED), ""),
        HistoryKind::Confirmed => (t!(words, HISTORY_CONFIRMED), ""),
        HistoryKind::Refused => (t!(words, HISTORY_REFUSED), "gc-step_void"),
        HistoryKind::Unknown => (t!(words, HISTORY_UNKNOWN), "gc-step_open"),
    };
    html! {
        <li class={classes!("weui-steps__item", class)}>
            <div class="weui-steps__item__inner">
                <strong class="weui-steps__item__title">{ what }</strong>
                <span class="weui-steps__item__desc">{ words.join([words.moment(entry.at, env.today), who]) }</span>
            </div>
        </li>
    }
}
