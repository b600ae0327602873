//! The directory: one search box, emergency numbers first, the rest by kind.

use contract::{CommandError, ListServices, ServiceList, ServiceView, Topic};
use yew::prelude::*;

use super::kind_name;
use super::row::service_row;
use crate::i18n::t;
use crate::parts::{Page, draw_load, empty, search_box};
use crate::route::Route;
use crate::state::{Effect, Env, Load, Screen};

/// The service directory.
pub(crate) struct Services {
    query: String,
    /// Counts questions, so that only the answer to the last one is shown.
    asked: u32,
    pub(super) list: Load<ServiceList>,
}

/// What can happen on it.
pub(crate) enum Msg {
    /// This question was answered.
    Read(u32, Result<ServiceList, CommandError>),
    /// Something was typed into the search box.
    Search(String),
}

impl Screen for Services {
    type Arg = ();
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Session];

    fn open((): &(), _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let mut page = Self { query: String::new(), asked: 0, list: Load::Waiting };
        let effects = page.refresh();
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Read(asked, result) if asked == self.asked => self.list.take(result),
            Msg::Read(..) => {}
            Msg::Search(query) => {
                self.query = query;
                return self.refresh();
            }
        }
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        self.asked += 1;
        let asked = self.asked;
        let request = ListServices { query: self.query.trim().to_owned(), ..ListServices::default() };
        vec![Effect::ask(&request, move |result| Msg::Read(asked, result))]
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let label = t!(words, SERVICES_SEARCH);
        let page = Page {
            title: t!(words, SERVICES_TITLE),
            sub: t!(words, SERVICES_SUB),
            back: Some(Route::Me),
            below: search_box(words, label.clone(), label, self.query.clone(), on.reform(Msg::Search)),
            ..Page::default()
        };
        page.draw(env, draw_load(words, &self.list, |list| self.draw_list(env, list)))
    }
}

impl Services {
    fn draw_list(&self, env: &Env, list: &ServiceList) -> Html {
        let words = env.words;
        let note = match list.version {
            Some(version) => t!(words, SERVICES_VERSION, version = version),
            None if env.sync.verified => t!(words, SERVICES_THERE_NONE),
            None => t!(words, SERVICES_NO_VERSION),
        };
        html! {
            <>
                if list.rows.is_empty() {
                    { empty("phone", t!(words, SERVICES_NONE, query = &self.query)) }
                }
                { for by_kind(&list.rows).into_iter().map(|(kind, rows)| draw_group(env, kind, &rows)) }
                <p class="weui-cells__tips gc-foot" data-testid="directory-version">{ note }</p>
            </>
        }
    }
}

/// Services by kind; kinds in the order in which they first occur.
pub(super) fn by_kind(rows: &[ServiceView]) -> Vec<(&str, Vec<&ServiceView>)> {
    let mut groups: Vec<(&str, Vec<&ServiceView>)> = Vec::new();
    for row in rows {
        match groups.iter_mut().find(|(kind, _)| *kind == row.kind) {
            Some((_, members)) => members.push(row),
            None => groups.push((&row.kind, vec![row])),
        }
    }
    groups
}

fn draw_group(env: &Env, kind: &str, rows: &[&ServiceView]) -> Html {
    let id = format!("h-kind-{kind}");
    html! {
        <section aria-labelledby={id.clone()} key={kind.to_owned()}>
            <h2 class="weui-cells__title" {id}>{ kind_name(env.words, kind) }</h2>
            <ul class="weui-cells" data-arrows="y">
                { for rows.iter().map(|row| html! {
                    <li key={row.id.clone()}>{ service_row(env, row, format!("service-{}", row.id)) }</li>
                }) }
            </ul>
        </section>
    }
}
