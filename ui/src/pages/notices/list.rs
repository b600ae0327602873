//! All notices that hold today.

use contract::{CommandError, ListNotices, NoticeView, Topic};
use yew::prelude::*;

use crate::i18n::t;
use crate::parts::{Page, draw_load, empty, icon, icon_small};
use crate::route::Route;
use crate::state::{Effect, Env, Load, Screen};

/// The list of notices.
pub(crate) struct Notices {
    rows: Load<Vec<NoticeView>>,
}

/// What can happen on it.
pub(crate) enum Msg {
    /// It was read.
    Read(Result<Vec<NoticeView>, CommandError>),
}

impl Screen for Notices {
    type Arg = ();
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Session];

    fn open((): &(), _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let mut page = Self { rows: Load::Waiting };
        let effects = page.refresh();
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        let Msg::Read(result) = msg;
        self.rows.take(result);
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        vec![Effect::ask(&ListNotices {}, Msg::Read)]
    }

    fn view(&self, env: &Env, _on: &Callback<Msg>) -> Html {
        let words = env.words;
        let page = Page { title: t!(words, NOTICES_TITLE), back: Some(Route::Me), ..Page::default() };
        let content = draw_load(words, &self.rows, |rows| {
            if rows.is_empty() {
                return empty("bell", t!(words, NOTICES_NONE));
            }
            html! {
                <ul class="weui-cells gc-flush" data-arrows="y">
                    { for rows.iter().map(|row| html! { <li key={row.id.clone()}>{ notice_row(env, row) }</li> }) }
                </ul>
            }
        });
        page.draw(env, content)
    }
}

fn notice_row(env: &Env, notice: &NoticeView) -> Html {
    let words = env.words;
    html! {
        <a
            class="weui-cell weui-cell_access gc-row"
            href={Route::Notice(notice.id.clone()).href()}
            data-testid="notice-row"
        >
            <div class="weui-cell__hd gc-icell">{ icon("bell") }</div>
            <div class="weui-cell__bd">
                <div class="gc-row__top">
                    <p class="gc-row__title">{ &notice.title }</p>
                    if !notice.is_read {
                        <span class="gc-state gc-state_queued" data-testid="unread">{ t!(words, NOTICE_UNREAD) }</span>
                    }
                </div>
                <p class="gc-row__meta">
                    if notice.is_urgent {
                        { urgent_mark(env) }{ " " }
                    }
                    { words.day(notice.from, env.today) }
                </p>
            </div>
            <div class="weui-cell__ft"></div>
        </a>
    }
}

/// The mark of an urgent notice.
pub(super) fn urgent_mark(env: &Env) -> Html {
    html! { <span class="gc-state gc-state_refused">{ icon_small("alert") }{ t!(env.words, NOTICE_URGENT) }</span> }
}
