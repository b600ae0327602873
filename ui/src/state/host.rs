//! Runs a [`Screen`] in the window.
//!
//! The component is one for all pages and knows them as [`Page`] objects: a component per page would be compiled a
//! dozen times over, a third of the program's size.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use contract::Topic;
use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{Effect, Env, Screen};
use crate::app::Shell;
use crate::browser;
use crate::ipc;

/// A page that runs.
pub(crate) trait Page {
    /// Draws it.
    fn view(&self, env: &Env) -> Html;
    /// Changes of these make it ask again.
    fn topics(&self) -> &'static [Topic];
    /// Something of its topics changed.
    fn refresh(&self);
    /// The app goes to the background.
    fn pause(&self);
    /// The page is left.
    fn leave(&self);
}

type Open = dyn Fn(&Env, Shell, Rc<dyn Fn()>) -> Rc<dyn Page>;

/// Opens a page. Two are equal: which page it is says the key of [`Host`].
#[derive(Clone)]
pub(crate) struct Opener(Rc<Open>);

impl PartialEq for Opener {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Opener {
    /// Opens this kind of page with what the address says.
    pub(crate) fn new<S: Screen>(arg: S::Arg) -> Self {
        Self(Rc::new(move |env, shell, redraw| {
            let (screen, effects) = S::open(&arg, env);
            let runner = Rc::new(Runner { screen: RefCell::new(screen), redraw, shell, is_alive: Cell::new(true) });
            runner.run(effects);
            Rc::new(Running(runner))
        }))
    }
}

/// Performs effects and turns their answers into messages while the page is there.
struct Runner<S: Screen> {
    screen: RefCell<S>,
    redraw: Rc<dyn Fn()>,
    shell: Shell,
    is_alive: Cell<bool>,
}

impl<S: Screen> Runner<S> {
    fn dispatch(self: &Rc<Self>, msg: S::Msg) {
        if !self.is_alive.get() {
            return;
        }
        let effects = self.screen.borrow_mut().update(msg);
        self.run(effects);
        (self.redraw)();
    }

    fn run(self: &Rc<Self>, effects: Vec<Effect<S::Msg>>) {
        for effect in effects {
            self.run_one(effect);
        }
    }

    fn run_one(self: &Rc<Self>, effect: Effect<S::Msg>) {
        match effect {
            Effect::Ask(ask) => {
                let this = Rc::clone(self);
                let then = ask.then;
                ask_companion(ask.name, ask.body, Box::new(move |answer| this.dispatch(then(answer))));
            }
            Effect::After { ms, msg } => {
                let this = Rc::clone(self);
                Timeout::new(ms, move || this.dispatch(msg)).forget();
            }
            Effect::Replace(route) => browser::replace(&route),
            Effect::Back(fallback) => browser::back(&fallback),
            Effect::Session(session) => self.shell.set_session(*session),
            Effect::Scan { file, then } => {
                let this = Rc::clone(self);
                spawn_local(async move {
                    let text = browser::read_code(&file).await;
                    this.dispatch(then(text));
                });
            }
            Effect::Focus(id) => browser::focus_soon(id),
            Effect::ScrollTo(top) => browser::scroll_panel(top),
        }
    }
}

type Answer = Result<String, contract::CommandError>;

fn ask_companion(name: &'static str, body: String, then: Box<dyn FnOnce(Answer)>) {
    spawn_local(async move {
        let answer = ipc::send(name, &body).await;
        then(answer);
    });
}

struct Running<S: Screen>(Rc<Runner<S>>);

impl<S: Screen> Page for Running<S> {
    fn view(&self, env: &Env) -> Html {
        let runner = Rc::clone(&self.0);
        let on = Callback::from(move |msg| runner.dispatch(msg));
        self.0.screen.borrow().view(env, &on)
    }

    fn topics(&self) -> &'static [Topic] {
        S::TOPICS
    }

    fn refresh(&self) {
        let effects = self.0.screen.borrow_mut().refresh();
        self.0.run(effects);
    }

    fn pause(&self) {
        let effects = self.0.screen.borrow_mut().pause();
        self.0.run(effects);
    }

    fn leave(&self) {
        self.pause();
        self.0.screen.borrow().remember();
        self.0.is_alive.set(false);
    }
}

/// What [`Host`] is given. Its key is the page's address.
#[derive(Properties, PartialEq)]
pub(crate) struct HostProps {
    /// Opens the page.
    pub(crate) opener: Opener,
}

/// Runs a page.
#[component]
pub(crate) fn Host(props: &HostProps) -> Html {
    let env = use_context::<Env>().expect("pages are drawn inside the app");
    let shell = use_context::<Shell>().expect("pages are drawn inside the app");
    let update = use_force_update();
    let page = use_memo((), |()| (props.opener.0)(&env, shell, Rc::new(move || update.force_update())));

    use_effect_with((), {
        let page = Rc::clone(&page);
        move |()| {
            browser::focus_title();
            let listener = browser::on_pause({
                let page = Rc::clone(&page);
                move || page.pause()
            });
            move || {
                drop(listener);
                page.leave();
            }
        }
    });

    let revision = env.revision.of(page.topics());
    let seen = use_mut_ref(|| revision);
    use_effect_with(revision, {
        let page = Rc::clone(&page);
        move |revision| {
            if *seen.borrow() != *revision {
                *seen.borrow_mut() = *revision;
                page.refresh();
            }
        }
    });

    page.view(&env)
}
