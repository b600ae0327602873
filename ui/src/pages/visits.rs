//! All visits of a household, newest first.

use contract::domain::HouseholdId;
use contract::{CommandError, ListVisits, RecordState, Topic, VisitPage, VisitRow};
use yew::prelude::*;

use crate::i18n::t;
use crate::parts::{Page, draw_load, empty, record_state, sync_chip, visit_summary};
use crate::route::Route;
use crate::state::{Effect, Env, Load, Screen};

/// The list of a household's visits.
pub(crate) struct Visits {
    household: HouseholdId,
    page: Load<VisitPage>,
    is_loading_more: bool,
}

/// What can happen on it.
pub(crate) enum Msg {
    /// The first page was read.
    Read(Result<VisitPage, CommandError>),
    /// More, please.
    More,
    /// A further page was read.
    ReadMore(Result<VisitPage, CommandError>),
}

impl Screen for Visits {
    type Arg = HouseholdId;
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Households];

    fn open(household: &HouseholdId, _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let mut page = Self { household: *household, page: Load::Waiting, is_loading_more: false };
        let effects = page.refresh();
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Read(result) => self.page.take(result),
            Msg::More => {
                let last = self.page.ready().filter(|page| page.has_more).and_then(|page| page.rows.last());
                let Some(last) = last.filter(|_| !self.is_loading_more) else { return Vec::new() };
                let request = ListVisits { household: self.household, after: Some(last.id) };
                self.is_loading_more = true;
                return vec![Effect::ask(&request, Msg::ReadMore)];
            }
            Msg::ReadMore(result) => {
                self.is_loading_more = false;
                if let (Ok(more), Some(page)) = (result, self.page.ready_mut()) {
                    page.rows.extend(more.rows);
                    page.has_more = more.has_more;
                }
            }
        }
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        vec![Effect::ask(&ListVisits { household: self.household, after: None }, Msg::Read)]
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let page = Page {
            title: t!(words, VISITS_TITLE),
            back: Some(Route::Household(self.household)),
            trailing: sync_chip(env),
            ..Page::default()
        };
        let content = draw_load(words, &self.page, |page| {
            if page.rows.is_empty() {
                return empty("visit", t!(words, VISITS_NONE));
            }
            html! {
                <>
                    <ul class="weui-cells" aria-label={t!(words, VISITS_TITLE)} data-arrows="y">
                        { for page.rows.iter().map(|row| html! { <li key={row.id.to_string()}>{ visit_row(env, row) }</li> }) }
                    </ul>
                    if page.has_more {
                        <div class="gc-pad">
                            <button class="weui-btn weui-btn_default gc-wide" type="button" onclick={on.reform(|_| Msg::More)}>
                                { t!(words, SHOW_MORE) }
                            </button>
                        </div>
                    }
                </>
            }
        });
        page.draw(env, content)
    }
}

/// One visit in a list.
pub(crate) fn visit_row(env: &Env, row: &VisitRow) -> Html {
    let words = env.words;
    html! {
        <a class="weui-cell weui-cell_access gc-row" href={Route::VisitDetail(row.id).href()} data-testid="visit-row">
            <div class="weui-cell__bd">
                <div class="gc-row__top">
                    <p class="gc-row__title">
                        { words.moment(row.at, env.today) }{ "　" }{ words.name(row.outcome) }
                    </p>
                    if row.state != RecordState::Confirmed {
                        { record_state(words, &row.state) }
                    }
                </div>
                <p class="gc-row__meta">{ visit_summary(env, row) }</p>
            </div>
            <div class="weui-cell__ft"></div>
        </a>
    }
}
