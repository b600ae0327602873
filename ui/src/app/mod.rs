//! The app around the pages: session, sync summary, address, language and look.

mod session;

use contract::{Event, GetSession, GetSync, SessionView};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::browser;
use crate::i18n::t;
use crate::ipc;
use crate::pages::about::About;
use crate::pages::enrol::Enrol;
use crate::pages::household::Household;
use crate::pages::households::{Households, forget_list};
use crate::pages::incident::Incident;
use crate::pages::me::Me;
use crate::pages::report::{Report, ReportArg};
use crate::pages::tasks::Tasks;
use crate::pages::today::Today;
use crate::pages::visit::VisitPage;
use crate::pages::visited::Visited;
use crate::pages::visits::Visits;
use crate::parts::failure;
use crate::route::Route;
use crate::state::{Env, Host, Load, Opener};

pub(crate) use session::{AppMsg, AppState};

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
}

/// The app.
#[component]
pub(crate) fn App() -> Html {
    let state = use_reducer_eq(|| AppState::new(browser::current_route(), browser::read_today()));
    let on = {
        let dispatcher = state.dispatcher();
        use_callback((), move |msg: AppMsg, ()| dispatcher.dispatch(msg))
    };

    use_effect_with((), {
        let on = on.clone();
        move |()| start(on)
    });

    // Another account, or a session that may have changed: read it again.
    use_effect_with(state.session_revision, {
        let on = on.clone();
        move |revision| {
            if *revision > 0 {
                read_session(on);
            }
        }
    });

    let settings = state.session.ready().map(|session| session.settings).unwrap_or_default();
    let words = state.words();
    use_effect_with((settings, state.system_theme), move |(settings, _)| {
        let title = t!(words, APP_NAME);
        browser::dress_document(words.lang_tag(), settings.theme, settings.care, &title);
    });

    match &state.session {
        Load::Waiting => html! { <p class="gc-empty" role="status">{ t!(words, LOADING) }</p> },
        Load::Failed(error) => html! { <main class="gc-app">{ failure(words, error) }</main> },
        Load::Ready(session) => {
            let env = state.env(session);
            let shell = Shell { on };
            html! {
                <ContextProvider<Env> context={env.clone()}>
                    <ContextProvider<Shell> context={shell}>
                        { open_page(session, &state.route) }
                    </ContextProvider<Shell>>
                </ContextProvider<Env>>
            }
        }
    }
}

/// What the window does once: address, keys, events, first questions.
fn start(on: Callback<AppMsg>) {
    browser::install_keys();
    browser::install_history({
        let on = on.clone();
        move |route| on.emit(AppMsg::Route(route))
    });
    if let Some(listener) = browser::on_system_theme({
        let on = on.clone();
        move || on.emit(AppMsg::SystemTheme)
    }) {
        listener.forget();
    }
    spawn_local({
        let on = on.clone();
        async move { ipc::listen(move |event| on.emit(AppMsg::Event(event, browser::read_today()))).await }
    });
    read_session(on);
}

fn read_session(on: Callback<AppMsg>) {
    spawn_local(async move {
        let session = ipc::call(&GetSession {}).await;
        let is_enrolled = session.as_ref().is_ok_and(|session| session.account.is_some());
        on.emit(AppMsg::Session(session.map(Box::new)));
        if is_enrolled && let Ok(sync) = ipc::call(&GetSync {}).await {
            on.emit(AppMsg::Event(Event::Sync { summary: sync.summary }, browser::read_today()));
        }
    });
}

/// The page of an address, and the key under which it is the same page.
fn open_page(session: &SessionView, route: &Route) -> Html {
    if session.account.is_none() {
        return html! { <Host key="enrol" opener={Opener::new::<Enrol>(())} /> };
    }
    if route.tab().is_some() && !matches!(route, Route::Households | Route::Conflicts) {
        forget_list();
    }
    let opener = match route {
        Route::Today => Opener::new::<Today>(()),
        Route::Households => Opener::new::<Households>(false),
        Route::Conflicts => Opener::new::<Households>(true),
        Route::Household(id) => Opener::new::<Household>(*id),
        Route::Visit(id) => Opener::new::<VisitPage>(*id),
        Route::Visits(id) => Opener::new::<Visits>(*id),
        Route::VisitDetail(id) => Opener::new::<Visited>(*id),
        Route::Report(household) => Opener::new::<Report>(ReportArg { household: *household, draft: None }),
        Route::ReportDraft(draft) => Opener::new::<Report>(ReportArg { household: None, draft: Some(*draft) }),
        Route::Tasks => Opener::new::<Tasks>(()),
        Route::Incident(id) => Opener::new::<Incident>(*id),
        Route::Me => Opener::new::<Me>(false),
        Route::Sync => Opener::new::<Me>(true),
        Route::About => Opener::new::<About>(()),
    };
    html! { <Host key={route.href()} {opener} /> }
}
