//! 今日: is anything of mine burning? Two big buttons, what needs a look, begun forms, what waits for me in my role by
//! deadline, appointments of today, households due. A building lead's home is three big buttons first; whoever has no
//! households finds the queue in their place.

use contract::domain::Role;
mod appointments;
mod clock;

use contract::{
    AcknowledgeStore, CommandError, GetToday, NoteClock, Queue, SessionView, StoreHealth, TodayView, Topic,
};
use yew::prelude::*;

use super::drafts::{Drafts, DraftsMsg};
use crate::i18n::t;
use crate::parts::{
    Page, access_cell, draw_load, empty, household_row, icon, incident_row, no_households, strip, sync_chip,
};
use crate::route::{Route, Tab};
use crate::state::{Effect, Env, Load, Screen};

/// The home page.
pub(crate) struct Today {
    view: Load<TodayView>,
    drafts: Drafts,
}

/// What can happen on it.
pub(crate) enum Msg {
    /// It was read.
    Read(Result<Box<TodayView>, CommandError>),
    /// Something happened to the list of forms begun.
    Drafts(DraftsMsg),
    /// The owner knows that this phone's clock is wrong.
    KnowClock,
    /// That was noted.
    ClockNoted(Result<Box<SessionView>, CommandError>),
    /// The person has read how the store was found.
    Acknowledge,
    /// That was noted, or not: then it is told again.
    Acknowledged(Result<Box<SessionView>, CommandError>),
}

impl From<DraftsMsg> for Msg {
    fn from(msg: DraftsMsg) -> Self {
        Self::Drafts(msg)
    }
}

impl Screen for Today {
    type Arg = ();
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Households, Topic::Incidents, Topic::Outbox, Topic::Session];

    fn open((): &(), _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        (Self { view: Load::Waiting, drafts: Drafts::default() }, vec![ask()])
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Read(result) => {
                if let Ok(view) = &result {
                    self.drafts.take(view);
                }
                self.view.take(result.map(|view| *view));
            }
            Msg::Drafts(msg) => return self.drafts.update(msg, ask),
            Msg::KnowClock => {
                return vec![Effect::ask(&NoteClock {}, |result| Msg::ClockNoted(result.map(Box::new)))];
            }
            Msg::ClockNoted(Ok(session)) => return vec![Effect::Session(session)],
            // The word stays and can be put away again.
            Msg::ClockNoted(Err(_)) => {}
            Msg::Acknowledge => {
                return vec![Effect::ask(&AcknowledgeStore {}, |result| Msg::Acknowledged(result.map(Box::new)))];
            }
            Msg::Acknowledged(Ok(session)) => return vec![Effect::Session(session)],
            Msg::Acknowledged(Err(_)) => {}
        }
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        vec![ask()]
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let date = t!(words, TODAY_DATE, day = words.near_day(env.today), weekday = words.weekday(env.today));
        let page = Page {
            title: t!(words, TAB_TODAY),
            sub: format!("{date}　{}", env.units()),
            tab: Some(Tab::Today),
            trailing: sync_chip(env),
            ..Page::default()
        };
        let buttons = if env.is_lead() { lead_buttons(env) } else { buttons(env) };
        let content = html! {
            <>
                { store_notice(env, on) }
                { clock::draw(env, on) }
                { buttons }
                { draw_load(words, &self.view, |view| sections(env, view, self.drafts.draw(env, &on.reform(Msg::Drafts)))) }
            </>
        };
        page.draw(env, content)
    }
}

fn ask() -> Effect<Msg> {
    Effect::ask(&GetToday {}, |result| Msg::Read(result.map(Box::new)))
}

/// That the store was damaged, what was saved and what was not: until the person has read it.
fn store_notice(env: &Env, on: &Callback<Msg>) -> Html {
    let StoreHealth::SetAside { file, salvaged, drafts, unreadable, lost_pages } = &env.store else {
        return Html::default();
    };
    let words = env.words;
    strip(
        "gc-strip_urgent",
        "alert",
        html! {
            <>
                <p>{ t!(words, STORE_SET_ASIDE, file = file, salvaged = *salvaged, drafts = *drafts) }</p>
                if *unreadable > 0 {
                    <p>{ t!(words, STORE_UNREADABLE, unreadable = *unreadable) }</p>
                }
                if *lost_pages > 0 {
                    <p>{ t!(words, STORE_LOST_PAGES, places = *lost_pages) }</p>
                }
                <button
                    type="button"
                    class="weui-btn weui-btn_default weui-btn_mini"
                    data-testid="acknowledge-store"
                    onclick={on.reform(|_: MouseEvent| Msg::Acknowledge)}
                >
                    { t!(words, STORE_ACKNOWLEDGE) }
                </button>
            </>
        },
    )
}

/// The two things that are done most: report, and visit or work through the queue.
fn buttons(env: &Env) -> Html {
    let words = env.words;
    let second_class = if env.may_report() { "weui-btn_default" } else { "weui-btn_primary" };
    let (route, testid, symbol, label) = if env.has_households() {
        (Route::Households, "go-visit", "visit", t!(words, TODAY_RECORD_VISIT))
    } else {
        (Route::Tasks, "go-tasks", "tasks", t!(words, TAB_TASKS))
    };
    html! {
        <div class="gc-pad gc-actions">
            if env.may_report() {
                <a class="weui-btn weui-btn_primary gc-big" href={Route::Report(None).href()} data-testid="go-report">
                    { icon("report") }{ t!(words, TAB_REPORT) }
                </a>
            }
            <a class={classes!("weui-btn", second_class, "gc-big")} href={route.href()} data-testid={testid}>
                { icon(symbol) }{ label }
            </a>
        </div>
    }
}

fn lead_buttons(env: &Env) -> Html {
    let words = env.words;
    let button =
        |route: Route, testid: &'static str, is_main: bool, symbol: &'static str, label: String, desc: String| {
            html! {
                <a
                    class={classes!(
                        "weui-btn",
                        "gc-huge",
                        if is_main { "weui-btn_primary" } else { "weui-btn_default" }
                    )}
                    href={route.href()}
                    data-testid={testid}
                >
                    { icon(symbol) }
                    <span class="gc-huge__words"><span>{ label }</span><small>{ desc }</small></span>
                </a>
            }
        };
    html! {
        <nav class="gc-pad gc-actions gc-actions_tall" aria-label={t!(words, TODAY_LEAD_ACTIONS)}>
            { button(Route::Households, "go-visit", true, "visit", t!(words, TODAY_LEAD_VISIT), t!(words, TODAY_LEAD_VISIT_DESC)) }
            { button(Route::Report(None), "go-report", false, "report", t!(words, TAB_REPORT), t!(words, TODAY_LEAD_REPORT_DESC)) }
            { button(Route::Households, "go-households", false, "home", t!(words, TAB_HOUSEHOLDS), t!(words, TODAY_LEAD_HOUSEHOLDS_DESC)) }
        </nav>
    }
}

fn sections(env: &Env, view: &TodayView, drafts: Html) -> Html {
    let words = env.words;
    html! {
        <>
            { hints(env, view) }
            { drafts }
            if env.is_lead() {
                { due_section(env, view) }
                { appointments::draw(env, &view.appointments) }
                { incident_section(env, view) }
            } else {
                { incident_section(env, view) }
                { appointments::draw(env, &view.appointments) }
                if env.has_households() {
                    { due_section(env, view) }
                }
            }
            if env.role() == Role::GridWorker {
                <div class="weui-cells gc-cell-plain gc-gap">
                    { access_cell(Route::HealthDesk, "go-health", "health", t!(words, HEALTH_DESK), Html::default()) }
                </div>
            }
            <p class="weui-cells__tips gc-foot">{ t!(words, ME_PROMISE) }</p>
        </>
    }
}

/// What needs a look: steps that did not take effect, notices, households with two entries.
fn hints(env: &Env, view: &TodayView) -> Html {
    let words = env.words;
    let hint = |tone, symbol, route: Route, testid: &'static str, text: String| {
        strip(tone, symbol, html! { <a class="weui-link" href={route.href()} data-testid={testid}>{ text }</a> })
    };
    html! {
        <>
            if view.futile_count > 0 {
                { hint("gc-strip_urgent", "refused", Route::Queue(Queue::Futile), "futile-hint",
                    t!(words, TODAY_FUTILE, count = view.futile_count)) }
            }
            if view.notice_count > 0 {
                { hint("gc-strip_calm", "bell", Route::Notices, "notice-hint",
                    t!(words, NOTICES_UNREAD, count = view.notice_count)) }
            }
            if view.conflict_count > 0 && env.has_households() {
                { hint("", "merge", Route::Conflicts, "conflict-hint",
                    t!(words, TODAY_CONFLICTS, count = view.conflict_count)) }
            }
        </>
    }
}

fn incident_section(env: &Env, view: &TodayView) -> Html {
    let words = env.words;
    let title = if env.has_households() { t!(words, TODAY_INCIDENTS) } else { t!(words, TODAY_WAITING) };
    html! {
        <section aria-labelledby="h-incidents">
            <h2 class="weui-cells__title" id="h-incidents">
                { title }{ " " }
                if view.incident_count > 0 {
                    <small>{ t!(words, TODAY_INCIDENT_COUNT, count = view.incident_count) }</small>
                }
            </h2>
            if view.incidents.is_empty() {
                <div class="weui-cells">{ empty("check", t!(words, TODAY_NO_INCIDENTS)) }</div>
            } else {
                <ul class="weui-cells" data-arrows="y">
                    { for view.incidents.iter().map(|row| html! { <li key={row.id.to_string()}>{ incident_row(env, row) }</li> }) }
                    if view.incident_count > view.incidents.len() as u64 {
                        <li>{ more_link(Route::Tasks, t!(words, TODAY_ALL_INCIDENTS, count = view.incident_count)) }</li>
                    }
                </ul>
            }
        </section>
    }
}

fn due_section(env: &Env, view: &TodayView) -> Html {
    let words = env.words;
    html! {
        <section aria-labelledby="h-due">
            <h2 class="weui-cells__title" id="h-due">
                { t!(words, TODAY_DUE) }{ " " }
                if view.household_count > 0 {
                    <small>{ t!(words, TODAY_DUE_COUNT, overdue = view.overdue_count, week = view.week_count) }</small>
                }
            </h2>
            if view.household_count == 0 {
                <div class="weui-cells">{ no_households(env) }</div>
            } else if view.due.is_empty() {
                <div class="weui-cells">{ empty("check", t!(words, TODAY_NOTHING_DUE)) }</div>
            } else {
                <ul class="weui-cells" data-arrows="y">
                    { for view.due.iter().map(|row| html! { <li key={row.id.to_string()}>{ household_row(env, row) }</li> }) }
                    <li>{ more_link(Route::Households, t!(words, TODAY_ALL_HOUSEHOLDS, count = view.household_count)) }</li>
                </ul>
            }
        </section>
    }
}

fn more_link(route: Route, label: String) -> Html {
    html! {
        <a class="weui-cell weui-cell_access weui-cell_link" href={route.href()}>
            <div class="weui-cell__bd">{ label }</div>
            <div class="weui-cell__ft"></div>
        </a>
    }
}
