//! About this app: version, server, what is on this phone, what the app does not do.

use contract::{About as AboutView, CommandError, GetAbout, Topic};
use yew::prelude::*;

use crate::i18n::t;
use crate::parts::{Page, draw_load};
use crate::route::Route;
use crate::state::{Effect, Env, Load, Screen};

/// The about page.
pub(crate) struct About {
    view: Load<AboutView>,
}

/// What can happen on it.
pub(crate) enum Msg {
    /// It was read.
    Read(Result<AboutView, CommandError>),
}

impl Screen for About {
    type Arg = ();
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Session];

    fn open((): &(), _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        (Self { view: Load::Waiting }, vec![Effect::ask(&GetAbout {}, Msg::Read)])
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        let Msg::Read(result) = msg;
        self.view.take(result);
        Vec::new()
    }

    fn view(&self, env: &Env, _on: &Callback<Msg>) -> Html {
        let words = env.words;
        let page = Page { title: t!(words, ABOUT_TITLE), back: Some(Route::Me), ..Page::default() };
        let content = draw_load(words, &self.view, |about| {
            let fact = |name: String, value: String| {
                html! {
                    <div class="weui-cell gc-stack">
                        <div class="weui-cell__bd">{ name }</div><div class="weui-cell__ft gc-text">{ value }</div>
                    </div>
                }
            };
            html! {
                <>
                    <div class="weui-cells gc-cell-plain gc-flush">
                        { fact(t!(words, ABOUT_VERSION), about.version.clone()) }
                        { fact(t!(words, ABOUT_SERVER), about.server.clone().unwrap_or_else(|| t!(words, ABOUT_NO_SERVER))) }
                        { fact(t!(words, ABOUT_HOUSEHOLDS), about.households.to_string()) }
                        { fact(t!(words, ABOUT_VISITS), about.visits.to_string()) }
                        { fact(t!(words, ABOUT_INCIDENTS), about.incidents.to_string()) }
                        { fact(t!(words, ABOUT_SIZE), describe_size(about.store_bytes)) }
                    </div>
                    <p class="weui-cells__tips">{ t!(words, ME_PROMISE) }</p>
                    <p class="weui-cells__tips">{ t!(words, ABOUT_OFFLINE) }</p>
                    <p class="weui-cells__tips gc-foot">{ t!(words, ABOUT_PRIVACY) }</p>
                </>
            }
        });
        page.draw(env, content)
    }
}

fn describe_size(bytes: u64) -> String {
    const MEGABYTE: u64 = 1_000_000;
    format!("{}.{} MB", bytes / MEGABYTE, bytes % MEGABYTE / (MEGABYTE / 10))
}
