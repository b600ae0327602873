//! A desk: on a wide window, for those who work through a queue, the queue on the left and an incident on the right.
//! A narrower window, and everybody else, keeps the layout of the phone.

use contract::domain::Role;
use yew::prelude::*;

use crate::browser::TITLE_ID;
use crate::i18n::t;
use crate::pages::incident::Incident;
use crate::pages::tasks::Tasks;
use crate::parts::{draw_tabs, empty, sync_chip};
use crate::route::{Route, Tab};
use crate::state::{Env, Opener, Pane, draw_host};

/// Whether somebody in this role works through a queue.
const fn has_desk(role: Role) -> bool {
    matches!(role, Role::Dispatcher | Role::CommunityClerk | Role::Handler | Role::Supervisor)
}

/// The desk at this address, if it is one that a desk shows.
pub(super) fn open_desk(env: &Env, route: &Route) -> Option<Html> {
    let (queue, open) = match route {
        _ if !has_desk(env.role()) => return None,
        Route::Tasks => (None, None),
        Route::Queue(queue) => (Some(*queue), None),
        Route::Incident(id) => (None, Some(*id)),
        _ => return None,
    };
    // Opening an incident leaves the queue as it is; only the address of another queue opens it anew.
    let address = queue.map_or(Route::Tasks, Route::Queue).href();
    let left = html! {
        <ContextProvider<Env> context={env.in_pane(Pane::Queue(open))}>
            { draw_host(address, Opener::new::<Tasks>(queue)) }
        </ContextProvider<Env>>
    };
    let right = match open {
        Some(id) => html! {
            <ContextProvider<Env> context={env.in_pane(Pane::Detail)}>
                { draw_host(route.href(), Opener::new::<Incident>(id)) }
            </ContextProvider<Env>>
        },
        None => empty("tasks", t!(env.words, DESK_NONE_OPEN)),
    };
    Some(draw_desk(env, left, right))
}

/// The frame around the two panes.
pub(crate) fn draw_desk(env: &Env, left: Html, right: Html) -> Html {
    let words = env.words;
    let name = env.account.as_ref().map(|account| account.name.clone()).unwrap_or_default();
    html! {
        <div class="gc-desk">
            <header class="gc-bar">
                <div class="gc-bar__main">
                    <h1 class="gc-bar__title" id={TITLE_ID} tabindex="-1">{ t!(words, TAB_TASKS) }</h1>
                    <p class="gc-bar__sub">{ words.join([env.units(), name]) }</p>
                </div>
                { draw_tabs(env, Some(Tab::Tasks)) }
                { sync_chip(env) }
            </header>
            <section class="gc-pane" aria-label={t!(words, DESK_QUEUE)}>{ left }</section>
            <main class="gc-pane gc-pane_detail" aria-label={t!(words, DESK_INCIDENT)}>{ right }</main>
        </div>
    }
}
