//! One notice. Opening it is reading it.

use contract::{CommandError, ListNotices, NoticeView, ReadNotice, Topic};
use yew::prelude::*;

use super::list::urgent_mark;
use crate::i18n::t;
use crate::parts::{Page, draw_load, empty};
use crate::route::Route;
use crate::state::{Effect, Env, Load, Screen};

/// The page of one notice.
pub(crate) struct Notice {
    id: String,
    /// None inside: it no longer holds.
    notice: Load<Option<NoticeView>>,
}

/// What can happen on it.
pub(crate) enum Msg {
    /// The notices were read.
    Read(Result<Vec<NoticeView>, CommandError>),
    /// That it was opened is noted, or not.
    Noted,
}

impl Screen for Notice {
    type Arg = String;
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Session];

    fn open(id: &String, _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let mut page = Self { id: id.clone(), notice: Load::Waiting };
        let effects = page.refresh();
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Read(result) => {
                self.notice.take(result.map(|rows| rows.into_iter().find(|row| row.id == self.id)));
                let is_new = self.notice.ready().and_then(Option::as_ref).is_some_and(|notice| !notice.is_read);
                if is_new {
                    return vec![Effect::ask(&ReadNotice { id: self.id.clone() }, |_| Msg::Noted)];
                }
            }
            // Noted, the companion says that something changed, and whoever counts counts anew; not noted, the next
            // opening tries again.
            Msg::Noted => {}
        }
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        vec![Effect::ask(&ListNotices {}, Msg::Read)]
    }

    fn view(&self, env: &Env, _on: &Callback<Msg>) -> Html {
        let words = env.words;
        let page = Page { title: t!(words, NOTICES_TITLE), back: Some(Route::Notices), ..Page::default() };
        let content = draw_load(words, &self.notice, |notice| match notice {
            Some(notice) => draw_notice(env, notice),
            None => empty("bell", t!(words, NOTICE_GONE)),
        });
        page.draw(env, content)
    }
}

fn draw_notice(env: &Env, notice: &NoticeView) -> Html {
    let words = env.words;
    let from = words.day(notice.from, env.today);
    let holds = match notice.until {
        Some(until) => t!(words, NOTICE_UNTIL, from = from, until = words.day(until, env.today)),
        None => from,
    };
    html! {
        <article class="gc-pad">
            <h2 class="gc-headline">{ &notice.title }</h2>
            <p class="gc-row__meta">
                if notice.is_urgent {
                    { urgent_mark(env) }{ " " }
                }
                { holds }
            </p>
            <p class="gc-text gc-article" data-testid="notice-text">{ &notice.text }</p>
        </article>
    }
}
