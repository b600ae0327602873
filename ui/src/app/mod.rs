//! The app around the pages: session, sync summary, address, language and look.

mod desk;
mod reminder;
mod session;

use contract::{Event, GetSession, GetSync, GetToday, ListNotices, SessionView};
use gloo::timers::callback::Interval;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::browser;
use crate::i18n::{Words, t};
use crate::ipc;
use crate::pages::about::About;
use crate::pages::enrol::Enrol;
use crate::pages::household::Household;
use crate::pages::households::{Households, forget_list};
use crate::pages::incident::Incident;
use crate::pages::kept_draft::KeptDraft;
use crate::pages::me::Me;
use crate::pages::notices::{Notice, Notices};
use crate::pages::report::{Report, ReportArg, ReportDone};
use crate::pages::services::{Entry, HealthDesk, Services};
use crate::pages::tasks::{Tasks, forget_queue};
use crate::pages::today::Today;
use crate::pages::visit::{VisitDone, VisitPage};
use crate::pages::visited::Visited;
use crate::pages::visits::Visits;
use crate::parts::failure;
use crate::route::Route;
use crate::state::{Env, Load, Opener, close_top_sheet, draw_host, forget_pages};

#[cfg(test)]
pub(crate) use desk::draw_desk;
#[cfg(test)]
pub(crate) use reminder::draw as draw_reminder;
pub(crate) use reminder::time_of;
pub(crate) use session::{AppMsg, AppState};

/// How often what depends on the time is drawn again.
const CLOCK_MS: u32 = 30_000;

/// What a page may ask of the app.
#[derive(Clone, PartialEq)]
pub(crate) struct Shell {
    on: Callback<AppMsg>,
}

impl Shell {
    /// A new session: after enrolment or a change of settings.
    pub(crate) fn set_session(&self, session: SessionView) {
        self.on.emit(AppMsg::Session(Ok(Box::new(session))));
    }

    /// The page at this address was left with something that is not stored; none: no page was.
    pub(crate) fn tell_unsaved(&self, address: Option<AttrValue>) {
        self.on.emit(AppMsg::Unsaved(address));
    }
}

/// The app.
#[component]
pub(crate) fn App() -> Html {
    let state = use_reducer_eq(|| AppState::new(browser::current_route(), browser::read_clock(), browser::is_wide()));
    let on = {
        let dispatcher = state.dispatcher();
        use_callback((), move |msg: AppMsg, ()| dispatcher.dispatch(msg))
    };

    use_effect_with((), {
        let on = on.clone();
        move |()| start(on)
    });

    // Another account, a session or an appointment that may have changed: read it again.
    let has_reminders = !state.reminders.is_empty();
    use_effect_with(state.session_revision, {
        let on = on.clone();
        move |revision| {
            if *revision > 0 {
                read_session(on, has_reminders);
            }
        }
    });

    use_effect_with(state.account(), |_| forget_pages());

    let settings = state.session.ready().map(|session| session.settings).unwrap_or_default();
    let words = state.words();
    use_effect_with((settings, state.system_theme), move |(settings, _)| {
        let title = t!(words, APP_NAME);
        browser::dress_document(words.lang_tag(), settings.theme, settings.care, &title);
    });

    // A reminder reaches a person who does not look at the window, too.
    let newest = state.reminders.last().cloned();
    use_effect_with(state.reminded, move |_| {
        if let Some(appointment) = newest {
            spawn_local(async move { reminder::notify(words, &appointment).await });
        }
    });

    match &state.session {
        Load::Waiting => html! { <p class="gc-empty" role="status">{ t!(words, LOADING) }</p> },
        Load::Failed(error) => html! { <main class="gc-app">{ failure(words, error) }</main> },
        Load::Ready(session) => {
            let env = state.env(session);
            let shell = Shell { on: on.clone() };
            html! {
                <ContextProvider<Env> context={env.clone()}>
                    <ContextProvider<Shell> context={shell}>
                        { draw_frame(
                            state.reminders.last().map(|appointment| {
                                reminder::draw(&env, appointment, &on.reform(|()| AppMsg::PutAway))
                            }),
                            state.unsaved.as_ref().map(|address| draw_unsaved(words, address)),
                            open_page(&env, &state.route, state.is_wide),
                        ) }
                    </ContextProvider<Shell>>
                </ContextProvider<Env>>
            }
        }
    }
}

/// What the window shows: what comes by itself above, the page below. Both places are always there, so that neither
/// moves the other in the tree and nothing lies over the page's header.
pub(crate) fn draw_frame(reminder: Option<Html>, unsaved: Option<Html>, page: Html) -> Html {
    html! {
        <div class="gc-frame">
            <div class="gc-frame__above">
                <div>{ for reminder }</div>
                <div role="status">{ for unsaved }</div>
            </div>
            <div class="gc-frame__page">{ page }</div>
        </div>
    }
}

/// Something was typed on a page that was left and could not be stored there: the way back to it.
fn draw_unsaved(words: Words, address: &AttrValue) -> Html {
    html! {
        <p class="gc-undo gc-unsaved" data-testid="unsaved">
            <span>{ t!(words, UNSAVED_ELSEWHERE) }</span>
            <a class="weui-link gc-hit" href={address.clone()}>{ t!(words, SHEET_RESUME) }</a>
        </p>
    }
}

/// What the window does once: address, keys, events, first questions.
fn start(on: Callback<AppMsg>) {
    browser::install_keys();
    browser::install_problem_links();
    browser::install_history(
        {
            let on = on.clone();
            move |route| on.emit(AppMsg::Route(route))
        },
        close_top_sheet,
    );
    if let Some(listener) = browser::on_system_theme({
        let on = on.clone();
        move || on.emit(AppMsg::SystemTheme)
    }) {
        listener.forget();
    }
    if let Some(listener) = browser::on_wide({
        let on = on.clone();
        move |is_wide| on.emit(AppMsg::Wide(is_wide))
    }) {
        listener.forget();
    }
    Interval::new(CLOCK_MS, {
        let on = on.clone();
        move || on.emit(AppMsg::Clock(browser::read_clock(), browser::is_visible()))
    })
    .forget();
    spawn_local({
        let on = on.clone();
        async move { ipc::listen(move |event| on.emit(AppMsg::Event(event, browser::read_clock()))).await }
    });
    read_session(on, false);
}

fn read_session(on: Callback<AppMsg>, has_reminders: bool) {
    spawn_local(async move {
        let session = ipc::call(&GetSession {}).await;
        let is_enrolled = session.as_ref().is_ok_and(|session| session.account.is_some());
        on.emit(AppMsg::Session(session.map(Box::new)));
        if is_enrolled {
            count_notices(on.clone());
        }
        if has_reminders && let Ok(today) = ipc::call(&GetToday {}).await {
            on.emit(AppMsg::Appointments(today.appointments));
        }
        if is_enrolled && let Ok(sync) = ipc::call(&GetSync {}).await {
            on.emit(AppMsg::Event(Event::Sync { summary: sync.summary }, browser::read_clock()));
        }
    });
}

fn count_notices(on: Callback<AppMsg>) {
    spawn_local(async move {
        if let Ok(notices) = ipc::call(&ListNotices {}).await {
            let unread = notices.iter().filter(|notice| !notice.is_read).count();
            on.emit(AppMsg::Unread(u32::try_from(unread).unwrap_or(u32::MAX)));
        }
    });
}

/// The page of an address.
fn open_page(env: &Env, route: &Route, is_wide: bool) -> Html {
    if env.account.is_none() {
        return draw_host("enrol".to_owned(), Opener::new::<Enrol>(()));
    }
    if route.tab().is_some() && !matches!(route, Route::Households | Route::Conflicts) {
        forget_list();
    }
    if route.tab().is_some() && !matches!(route, Route::Tasks | Route::Queue(_)) {
        forget_queue();
    }
    if is_wide && let Some(desk) = desk::open_desk(env, route) {
        return desk;
    }
    let opener = match route {
        Route::Today => Opener::new::<Today>(()),
        Route::Households => Opener::new::<Households>(false),
        Route::Conflicts => Opener::new::<Households>(true),
        Route::Household(id) => Opener::new::<Household>(*id),
        Route::Visit(id) => Opener::new::<VisitPage>((*id, None)),
        Route::VisitDraft(id, draft) => Opener::new::<VisitPage>((*id, Some(*draft))),
        Route::VisitDone(id) => Opener::new::<VisitDone>(*id),
        Route::Visits(id) => Opener::new::<Visits>(*id),
        Route::VisitDetail(id) => Opener::new::<Visited>(*id),
        Route::Report(household) => Opener::new::<Report>(ReportArg { household: *household, ..ReportArg::default() }),
        Route::ReportAs(category, household) => {
            Opener::new::<Report>(ReportArg { household: *household, category: Some(category.clone()), draft: None })
        }
        Route::ReportDraft(draft) => Opener::new::<Report>(ReportArg { draft: Some(*draft), ..ReportArg::default() }),
        Route::ReportDone(id) => Opener::new::<ReportDone>(*id),
        Route::KeptDraft(draft) => Opener::new::<KeptDraft>(*draft),
        Route::Tasks => Opener::new::<Tasks>(None),
        Route::Queue(queue) => Opener::new::<Tasks>(Some(*queue)),
        Route::Incident(id) => Opener::new::<Incident>(*id),
        Route::Me => Opener::new::<Me>(false),
        Route::Sync => Opener::new::<Me>(true),
        Route::Services => Opener::new::<Services>(()),
        Route::Service(id) => Opener::new::<Entry>(id.clone()),
        Route::HealthDesk => Opener::new::<HealthDesk>(()),
        Route::Notices => Opener::new::<Notices>(()),
        Route::Notice(id) => Opener::new::<Notice>(id.clone()),
        Route::About => Opener::new::<About>(()),
        Route::Enrol => Opener::new::<Enrol>(()),
    };
    draw_host(route.href(), opener)
}
