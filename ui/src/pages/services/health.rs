//! 健康服务一键通: at most nine places. The first takes in a health request (健康申报及诉求), an incident like any
//! other; the others are entries of the directory. Places that the office left empty are not drawn. Below stands what
//! became of my own requests.

use contract::domain::category::find_group;
use contract::domain::codes::Language;
use contract::{CommandError, IncidentPage, IncidentRow, ListIncidents, ListServices, Queue, ServiceList, Topic};
use yew::prelude::*;

use super::row::service_row;
use crate::i18n::t;
use crate::pages::report::HEALTH_REQUEST;
use crate::parts::{Page, draw_load, empty, icon, incident_row};
use crate::route::Route;
use crate::state::{Effect, Env, Load, Screen};

/// The class of health matters.
const HEALTH: &str = "08";

/// The health desk.
pub(crate) struct HealthDesk {
    places: Load<ServiceList>,
    /// My requests about health.
    pub(super) requests: Load<Vec<IncidentRow>>,
    may_report: bool,
}

/// What can happen on it.
pub(crate) enum Msg {
    /// Its places were read.
    Read(Result<ServiceList, CommandError>),
    /// What I reported was read.
    ReadMine(Result<IncidentPage, CommandError>),
}

impl Screen for HealthDesk {
    type Arg = ();
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Session, Topic::Incidents];

    fn open((): &(), env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let mut page = Self { places: Load::Waiting, requests: Load::Waiting, may_report: env.may_report() };
        let effects = page.refresh();
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Read(result) => self.places.take(result),
            Msg::ReadMine(result) => {
                let is_health = |row: &IncidentRow| row.category.starts_with(HEALTH);
                self.requests.take(result.map(|page| page.rows.into_iter().filter(is_health).collect()));
            }
        }
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        let places = ListServices { is_desk: true, ..ListServices::default() };
        let mut effects = vec![Effect::ask(&places, Msg::Read)];
        if self.may_report {
            // Incidents are found by the Chinese name of their class; what else is found by it is left out above.
            let query = find_group(HEALTH).map(|group| group.label(Language::ZhCn).to_owned()).unwrap_or_default();
            let mine = ListIncidents { queue: Queue::Mine, query, ..ListIncidents::default() };
            effects.push(Effect::ask(&mine, Msg::ReadMine));
        }
        effects
    }

    fn view(&self, env: &Env, _on: &Callback<Msg>) -> Html {
        let words = env.words;
        let page = Page {
            title: t!(words, HEALTH_DESK),
            sub: t!(words, SERVICES_SUB),
            back: Some(Route::Me),
            ..Page::default()
        };
        let content = html! {
            <>
                if self.may_report {
                    { request_button(env) }
                }
                { draw_load(words, &self.places, |list| places(env, list)) }
                if self.may_report {
                    { draw_load(words, &self.requests, |rows| requests(env, rows)) }
                }
            </>
        };
        page.draw(env, content)
    }
}

fn request_button(env: &Env) -> Html {
    let words = env.words;
    let route = Route::ReportAs(HEALTH_REQUEST.to_owned(), None);
    html! {
        <div class="gc-pad gc-actions gc-actions_tall">
            <a class="weui-btn weui-btn_primary gc-huge" href={route.href()} data-testid="health-1">
                { icon("health") }
                <span class="gc-huge__words">
                    <span>{ t!(words, HEALTH_REQUEST_TITLE) }</span><small>{ t!(words, HEALTH_REQUEST_DESC) }</small>
                </span>
            </a>
        </div>
    }
}

/// Places two to nine; the first is the button above.
fn places(env: &Env, list: &ServiceList) -> Html {
    let words = env.words;
    let place = |row: &contract::ServiceView| row.desk.filter(|desk| *desk > 1);
    let rows: Vec<_> = list.rows.iter().filter_map(|row| place(row).map(|desk| (desk, row))).collect();
    html! {
        <section aria-labelledby="h-health">
            <h2 class="weui-cells__title" id="h-health">{ t!(words, HEALTH_CALL) }</h2>
            if rows.is_empty() {
                <div class="weui-cells">{ empty("phone", if env.sync.verified { t!(words, HEALTH_THERE_NONE) } else { t!(words, HEALTH_NONE) }) }</div>
            } else {
                <ul class="weui-cells" data-arrows="y">
                    { for rows.into_iter().map(|(desk, row)| html! {
                        <li key={row.id.clone()}>{ service_row(env, row, format!("health-{desk}")) }</li>
                    }) }
                </ul>
            }
        </section>
    }
}

fn requests(env: &Env, rows: &[IncidentRow]) -> Html {
    let words = env.words;
    html! {
        <section aria-labelledby="h-requests">
            <h2 class="weui-cells__title" id="h-requests">{ t!(words, HEALTH_REQUESTS) }</h2>
            if rows.is_empty() {
                <div class="weui-cells">{ empty("health", t!(words, HEALTH_NO_REQUESTS)) }</div>
            } else {
                <ul class="weui-cells" data-arrows="y">
                    { for rows.iter().map(|row| html! { <li key={row.id.to_string()}>{ incident_row(env, row) }</li> }) }
                </ul>
            }
        </section>
    }
}
