//! 任务: the incidents I reported, or all of my grid, each with its honest state.

use contract::{CommandError, IncidentPage, ListIncidents, Topic};
use yew::prelude::*;

use crate::i18n::t;
use crate::parts::{Page, chip, chip_row, draw_load, empty, incident_row, sync_chip};
use crate::route::Tab;
use crate::state::{Effect, Env, Load, Screen};

/// The list of incidents.
pub(crate) struct Tasks {
    is_mine: bool,
    page: Load<IncidentPage>,
    /// Raised with every new list, so that a late answer to an older question is dropped.
    question: u32,
    is_loading_more: bool,
}

/// What can happen on it.
pub(crate) enum Msg {
    /// Mine, or all of the grid.
    Choose(bool),
    /// A first page was read.
    Read(u32, Result<IncidentPage, CommandError>),
    /// More, please.
    More,
    /// A further page was read.
    ReadMore(u32, Result<IncidentPage, CommandError>),
}

impl Tasks {
    fn ask(&mut self) -> Vec<Effect<Msg>> {
        self.question += 1;
        self.is_loading_more = false;
        let question = self.question;
        let request = ListIncidents { is_mine: self.is_mine, after: None };
        vec![Effect::ask(&request, move |result| Msg::Read(question, result))]
    }
}

impl Screen for Tasks {
    type Arg = ();
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Incidents, Topic::Outbox];

    fn open((): &(), _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let mut tasks = Self { is_mine: true, page: Load::Waiting, question: 0, is_loading_more: false };
        let effects = tasks.ask();
        (tasks, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Choose(is_mine) if is_mine != self.is_mine => {
                self.is_mine = is_mine;
                return self.ask();
            }
            Msg::Read(question, result) if question == self.question => self.page.take(result),
            Msg::More => {
                let last = self.page.ready().filter(|page| page.has_more).and_then(|page| page.rows.last());
                let Some(last) = last.filter(|_| !self.is_loading_more) else { return Vec::new() };
                let request = ListIncidents { is_mine: self.is_mine, after: Some(last.id) };
                let question = self.question;
                self.is_loading_more = true;
                return vec![Effect::ask(&request, move |result| Msg::ReadMore(question, result))];
            }
            Msg::ReadMore(question, Ok(more)) if question == self.question => {
                self.is_loading_more = false;
                if let Some(page) = self.page.ready_mut() {
                    page.rows.extend(more.rows);
                    page.has_more = more.has_more;
                }
            }
            Msg::ReadMore(..) => self.is_loading_more = false,
            Msg::Choose(_) | Msg::Read(..) => {}
        }
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        self.ask()
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let filters = html! {
            <>
                { chip(t!(words, TASKS_MINE), self.is_mine, "tasks-mine".into(), on.reform(|_| Msg::Choose(true))) }
                { chip(t!(words, TASKS_ALL), !self.is_mine, "tasks-all".into(), on.reform(|_| Msg::Choose(false))) }
            </>
        };
        let page = Page {
            title: t!(words, TAB_TASKS),
            sub: t!(words, TASKS_SUB),
            tab: Some(Tab::Tasks),
            trailing: sync_chip(env),
            below: html! { <div class="gc-filters">{ chip_row(t!(words, FILTERS), false, filters) }</div> },
            ..Page::default()
        };
        let content = draw_load(words, &self.page, |page| self.list(env, page, on));
        page.draw(env, content)
    }
}

impl Tasks {
    fn list(&self, env: &Env, page: &IncidentPage, on: &Callback<Msg>) -> Html {
        let words = env.words;
        if page.rows.is_empty() {
            let text = if self.is_mine { t!(words, TASKS_NONE_MINE) } else { t!(words, TASKS_NONE) };
            return empty("tasks", text);
        }
        html! {
            <>
                <h2 class="weui-cells__title">
                    <span role="status">{ t!(words, TASKS_COUNT, count = page.total) }</span>{ " " }
                    <small>{ t!(words, NEWEST_FIRST) }</small>
                </h2>
                <ul class="weui-cells" aria-label={t!(words, TAB_TASKS)} data-arrows="y">
                    { for page.rows.iter().map(|row| html! { <li key={row.id.to_string()}>{ incident_row(env, row) }</li> }) }
                </ul>
                if page.has_more {
                    <div class="gc-pad">
                        <button class="weui-btn weui-btn_default gc-wide" type="button" onclick={on.reform(|_| Msg::More)}>
                            { t!(words, SHOW_MORE) }
                        </button>
                    </div>
                }
                <p class="weui-cells__tips gc-foot">{ t!(words, TASKS_NOTE) }</p>
            </>
        }
    }
}
