//! The frame of a page: header with title and chip, panel that scrolls, bar at the bottom.

use contract::NetworkState;
use yew::prelude::*;

use super::{icon, icon_small};
use crate::browser::{PANEL_ID, TITLE_ID};
use crate::i18n::{Words, t};
use crate::route::{Route, Tab};
use crate::state::{Env, Pane};

/// A page's frame. `back` makes it a page under another one; without it the tab bar is shown.
#[derive(Default)]
pub(crate) struct Page {
    /// The title: what the screen reader says first.
    pub(crate) title: String,
    /// The line under the title.
    pub(crate) sub: String,
    /// Where the arrow leads when there is nothing to go back to.
    pub(crate) back: Option<Route>,
    /// Which tab is lit.
    pub(crate) tab: Option<Tab>,
    /// Right end of the header: the sync chip or the save state.
    pub(crate) trailing: Html,
    /// Between header and panel: search, filters.
    pub(crate) below: Html,
    /// The bar at the bottom with the main action.
    pub(crate) tool: Html,
    /// Called when the panel is scrolled.
    pub(crate) onscroll: Option<Callback<Event>>,
}

impl Page {
    /// Draws the page around its content. Names in the line under the title stay whole (`word-break: keep-all`), so that
    /// a sentence there may only end a line where it says so: after a comma.
    pub(crate) fn draw(self, env: &Env, content: Html) -> Html {
        if env.pane != Pane::Whole {
            return self.draw_pane(env.pane, content);
        }
        let words = env.words;
        let is_sub = self.back.is_some();
        let header_class =
            classes!("gc-bar", is_sub.then_some("gc-bar_sub"), has(&self.below).then_some("gc-bar_open"));
        html! {
            <div class={if is_sub { "weui-bottom-fixed-opr-page gc-app" } else { "weui-tab gc-app" }}>
                <header class={header_class}>
                    { for self.back.as_ref().map(|route| draw_back(words, route)) }
                    <div class="gc-bar__main">
                        <h1 class="gc-bar__title" id={TITLE_ID} tabindex="-1">{ self.title }</h1>
                        if !self.sub.is_empty() {
                            <p class="gc-bar__sub">{ self.sub.replace('，', "，\u{200b}") }</p>
                        }
                    </div>
                    { self.trailing }
                </header>
                if has(&self.below) {
                    <section class="gc-below" aria-label={t!(words, FILTERS)}>{ self.below }</section>
                }
                <main
                    class={if is_sub { "weui-bottom-fixed-opr-page__content" } else { "weui-tab__panel" }}
                    id={PANEL_ID}
                    onscroll={self.onscroll}
                >
                    { content }
                </main>
                if has(&self.tool) {
                    <section class="weui-bottom-fixed-opr-page__tool" aria-label={t!(words, ACTIONS)}>{ self.tool }</section>
                }
                if !is_sub {
                    { draw_tabs(env, self.tab) }
                }
            </div>
        }
    }

    /// Only what stands in one pane of a desk: that has the title and the way to the other pages.
    fn draw_pane(self, pane: Pane, content: Html) -> Html {
        let id = (pane != Pane::Detail).then_some(PANEL_ID);
        html! {
            <>
                { self.below }
                <div class="gc-pane__scroll" {id} onscroll={self.onscroll}>{ content }</div>
                if has(&self.tool) {
                    <div class="weui-bottom-fixed-opr-page__tool">{ self.tool }</div>
                }
            </>
        }
    }
}

fn has(html: &Html) -> bool {
    *html != Html::default()
}

fn draw_back(words: Words, route: &Route) -> Html {
    html! {
        <a class="gc-hit" href={route.href()} data-back="true" data-testid="back" aria-label={t!(words, BACK)}>
            <i class="weui-icon-back-arrow-thin" aria-hidden="true"></i>
        </a>
    }
}

/// The way to the other pages.
pub(crate) fn draw_tabs(env: &Env, lit: Option<Tab>) -> Html {
    let words = env.words;
    let tabs = [
        (Tab::Today, Route::Today, "today", "tab-today", t!(words, TAB_TODAY)),
        (Tab::Households, Route::Households, "home", "tab-households", t!(words, TAB_HOUSEHOLDS)),
        (Tab::Report, Route::Report(None), "report", "tab-report", t!(words, TAB_REPORT)),
        (Tab::Tasks, Route::Tasks, "tasks", "tab-tasks", t!(words, TAB_TASKS)),
        (Tab::Me, Route::Me, "me", "tab-me", t!(words, TAB_ME)),
    ];
    // Whoever has no households and may not report is not shown a tab that leads nowhere.
    let is_offered = |(tab, ..): &(Tab, Route, &'static str, &'static str, String)| match tab {
        Tab::Households => env.has_households(),
        Tab::Report => env.may_report(),
        Tab::Today | Tab::Tasks | Tab::Me => true,
    };
    let draw = |(tab, route, symbol, testid, label): (Tab, Route, &'static str, &'static str, String)| {
        let is_lit = lit == Some(tab);
        html! {
            <a
                class={classes!("weui-tabbar__item", is_lit.then_some("weui-bar__item_on"))}
                aria-current={is_lit.then_some("page")}
                href={route.href()}
                data-testid={testid}
            >
                { icon(symbol) }
                if tab == Tab::Me && env.unread > 0 {
                    <span class="weui-badge gc-tab-badge" aria-label={t!(words, NOTICES_UNREAD, count = env.unread)}>{ env.unread }</span>
                }
                <p class="weui-tabbar__label">{ label }</p>
            </a>
        }
    };
    html! { <nav class="weui-tabbar" aria-label={t!(words, NAV_MAIN)} data-arrows="x">{ for tabs.into_iter().filter(is_offered).map(draw) }</nav> }
}

/// The chip that says how this phone stands with the server; it leads to the list of what is not sent.
pub(crate) fn sync_chip(env: &Env) -> Html {
    let words = env.words;
    let sync = &env.sync;
    let closed = match sync.network {
        NetworkState::Revoked => Some(t!(words, CHIP_REVOKED)),
        NetworkState::Stranger => Some(t!(words, CHIP_STRANGER)),
        _ => None,
    };
    let (tone, symbol, text) = if let Some(text) = closed {
        ("gc-sync gc-sync_refused", "refused", text)
    } else if let Some((here, all)) = sync.progress {
        ("gc-sync", "sync", t!(words, CHIP_LOADING, here = here, all = all))
    } else if sync.refused > 0 {
        ("gc-sync gc-sync_refused", "refused", t!(words, CHIP_REFUSED, count = sync.refused))
    } else {
        match (sync.network, sync.unsent) {
            (NetworkState::Syncing, _) => ("gc-sync", "sync", t!(words, CHIP_SYNCING)),
            (NetworkState::Offline, 0) => ("gc-sync", "offline", t!(words, CHIP_OFFLINE)),
            (NetworkState::Offline, count) => ("gc-sync", "offline", t!(words, CHIP_OFFLINE_UNSENT, count = count)),
            // A building lead is told in plainer words.
            (NetworkState::Online, 0) if sync.verified && env.is_lead() => {
                ("gc-sync gc-sync_verified", "confirmed", t!(words, CHIP_VERIFIED_LEAD))
            }
            (NetworkState::Online, 0) if sync.verified => {
                ("gc-sync gc-sync_verified", "confirmed", t!(words, CHIP_VERIFIED))
            }
            (NetworkState::Online, 0) => ("gc-sync", "check", t!(words, CHIP_ONLINE)),
            (_, 0) => ("gc-sync", "clock", t!(words, CHIP_UNKNOWN)),
            // The two that are told above have no row of their own.
            (_, count) => ("gc-sync", "queued", t!(words, CHIP_UNSENT, count = count)),
        }
    };
    html! {
        <div role="status">
            <a class={classes!("gc-chip", tone)} href={Route::Sync.href()} data-testid="sync-chip">
                { icon_small(symbol) }{ text }
            </a>
        </div>
    }
}
