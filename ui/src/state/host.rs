//! Runs a [`Screen`] in the window.
//!
//! The component is one for all pages and knows them as [`AnyScreen`] objects with messages of any kind: what runs a
//! page would otherwise be compiled two dozen times over, a third of the program's size.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use contract::Topic;
use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::effect::AnyMsg;
use super::{Effect, Env, Pane, Screen};
use crate::app::Shell;
use crate::browser;
use crate::ipc;

/// A page of any kind.
trait AnyScreen {
    /// What a message does.
    fn update(&mut self, msg: AnyMsg) -> Vec<Effect<AnyMsg>>;
    /// Something of its topics changed.
    fn refresh(&mut self) -> Vec<Effect<AnyMsg>>;
    /// The app goes to the background.
    fn pause(&mut self) -> Vec<Effect<AnyMsg>>;
    /// What a key on its own does.
    fn find_shortcut(&self, key: char) -> Option<AnyMsg>;
    /// Keeps what should be found again.
    fn remember(&self);
    /// Draws it.
    fn view(&self, env: &Env, on: &Callback<AnyMsg>) -> Html;
}

struct Erased<S>(S);

fn erase<M: 'static>(effects: Vec<Effect<M>>) -> Vec<Effect<AnyMsg>> {
    effects.into_iter().map(Effect::erase).collect()
}

impl<S: Screen> AnyScreen for Erased<S> {
    fn update(&mut self, msg: AnyMsg) -> Vec<Effect<AnyMsg>> {
        // A page is sent its own messages only.
        msg.downcast().map_or_else(|_| Vec::new(), |msg| erase(self.0.update(*msg)))
    }

    fn refresh(&mut self) -> Vec<Effect<AnyMsg>> {
        erase(self.0.refresh())
    }

    fn pause(&mut self) -> Vec<Effect<AnyMsg>> {
        erase(self.0.pause())
    }

    fn find_shortcut(&self, key: char) -> Option<AnyMsg> {
        self.0.find_shortcut(key).map(|msg| Box::new(msg) as AnyMsg)
    }

    fn remember(&self) {
        self.0.remember();
    }

    fn view(&self, env: &Env, on: &Callback<AnyMsg>) -> Html {
        self.0.view(env, &on.reform(|msg| Box::new(msg) as AnyMsg))
    }
}

type Open = dyn Fn(&Env) -> (Box<dyn AnyScreen>, &'static [Topic], Vec<Effect<AnyMsg>>);

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
        Self(Rc::new(move |env| {
            let (screen, effects) = S::open(&arg, env);
            (Box::new(Erased(screen)), S::TOPICS, erase(effects))
        }))
    }
}

/// Performs effects and turns their answers into messages while the page is there.
struct Runner {
    screen: RefCell<Box<dyn AnyScreen>>,
    topics: &'static [Topic],
    redraw: Rc<dyn Fn()>,
    shell: Shell,
    is_alive: Cell<bool>,
}

impl Runner {
    fn dispatch(self: &Rc<Self>, msg: AnyMsg) {
        if !self.is_alive.get() {
            return;
        }
        let effects = self.screen.borrow_mut().update(msg);
        self.run(effects);
        (self.redraw)();
    }

    fn run(self: &Rc<Self>, effects: Vec<Effect<AnyMsg>>) {
        for effect in effects {
            self.run_one(effect);
        }
    }

    fn run_one(self: &Rc<Self>, effect: Effect<AnyMsg>) {
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
            Effect::Copy { text, then } => {
                let this = Rc::clone(self);
                spawn_local(async move {
                    let is_done = browser::copy(&text).await;
                    this.dispatch(then(is_done));
                });
            }
            Effect::Locate(then) => {
                let this = Rc::clone(self);
                spawn_local(async move {
                    let place = browser::locate().await;
                    this.dispatch(then(place));
                });
            }
            Effect::Focus(id) => browser::focus_soon(id),
            Effect::ScrollTo(top) => browser::scroll_panel(top),
        }
    }

    fn view(self: &Rc<Self>, env: &Env) -> Html {
        let this = Rc::clone(self);
        let on = Callback::from(move |msg| this.dispatch(msg));
        self.screen.borrow().view(env, &on)
    }

    fn refresh(self: &Rc<Self>) {
        let effects = self.screen.borrow_mut().refresh();
        self.run(effects);
    }

    fn pause(self: &Rc<Self>) {
        let effects = self.screen.borrow_mut().pause();
        self.run(effects);
    }

    fn press(self: &Rc<Self>, key: char) -> bool {
        let msg = self.screen.borrow().find_shortcut(key);
        let is_known = msg.is_some();
        if let Some(msg) = msg {
            self.dispatch(msg);
        }
        is_known
    }

    fn leave(self: &Rc<Self>) {
        self.pause();
        self.screen.borrow().remember();
        self.is_alive.set(false);
    }
}

type Answer = Result<String, contract::CommandError>;

fn ask_companion(name: &'static str, body: String, then: Box<dyn FnOnce(Answer)>) {
    spawn_local(async move {
        let answer = ipc::send(name, &body).await;
        then(answer);
    });
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
    let is_detail = env.pane == Pane::Detail;
    let page = use_memo((), |()| {
        let (screen, topics, effects) = (props.opener.0)(&env);
        let redraw = Rc::new(move || update.force_update());
        let runner = Rc::new(Runner { screen: RefCell::new(screen), topics, redraw, shell, is_alive: Cell::new(true) });
        runner.run(effects);
        runner
    });

    use_effect_with((), {
        let page = Rc::clone(&page);
        move |()| {
            // The right pane of a desk takes the focus when there is something to read in it.
            if !is_detail {
                browser::focus_soon(browser::TITLE_ID);
            }
            let listener = browser::on_pause({
                let page = Rc::clone(&page);
                move || page.pause()
            });
            let keys = browser::on_key({
                let page = Rc::clone(&page);
                move |key| page.press(key)
            });
            move || {
                drop((listener, keys));
                page.leave();
            }
        }
    });

    let revision = env.revision.of(page.topics);
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
