//! Runs a [`Screen`] in the window.
//!
//! A page lives by its address, not by its place in the view tree: [`Host`] finds the page of its address among
//! [`PAGES`] or opens it. So nothing that is drawn around a page, above it or beside it, and no change from one pane to
//! two, takes away what was typed. A page that is left goes, unless it holds something that is not stored
//! ([`Screen::is_settled`]): then it waits, the app says so on top of every page, and whoever comes back to its address
//! finds it as it was.
//!
//! Sheets over the pages are counted here ([`Screen::sheets`]), so that the system's Back closes the topmost one first
//! (`browser::show_sheets`).
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
use super::{Effect, Env, Pane, Revision, Screen};
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
    /// Everything typed is stored.
    fn is_settled(&self) -> bool;
    /// How many sheets are open.
    fn sheets(&self) -> u32;
    /// Closes the topmost sheet.
    fn close_sheet(&mut self) -> Vec<Effect<AnyMsg>>;
    /// It has another part of the window.
    fn move_to(&mut self, pane: Pane);
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

    fn is_settled(&self) -> bool {
        self.0.is_settled()
    }

    fn sheets(&self) -> u32 {
        self.0.sheets()
    }

    fn close_sheet(&mut self) -> Vec<Effect<AnyMsg>> {
        erase(self.0.close_sheet())
    }

    fn move_to(&mut self, pane: Pane) {
        self.0.move_to(pane);
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

/// How long after a page was left it is said that something in it is not stored.
const UNSAVED_NOTICE_MS: u32 = 1_000;

thread_local! {
    /// The pages that are shown, and those that were left with something that is not stored.
    static PAGES: RefCell<Vec<Rc<Runner>>> = const { RefCell::new(Vec::new()) };
}

/// Closes the topmost sheet.
pub(crate) fn close_top_sheet() {
    let top = shown_pages().into_iter().rev().find(|page| page.screen.borrow().sheets() > 0);
    if let Some(page) = top {
        let effects = page.screen.borrow_mut().close_sheet();
        page.run(effects);
        page.redraw();
    }
}

/// Somebody else uses this device now: nothing of the one before is kept.
pub(crate) fn forget_pages() {
    PAGES.with_borrow_mut(|pages| {
        pages.retain(|page| {
            let is_shown = page.holders.get() > 0;
            // An answer or a timer that comes later must not write under the next account.
            page.is_alive.set(is_shown);
            is_shown
        });
    });
}

fn shown_pages() -> Vec<Rc<Runner>> {
    PAGES.with_borrow(|pages| pages.iter().filter(|page| page.holders.get() > 0).cloned().collect())
}

/// The address of the page that was left last with something that is not stored, some time ago: what is on its way when
/// a page is left is stored before anybody could read that it is not.
fn find_unsaved() -> Option<AttrValue> {
    let is_unsaved = |page: &&Rc<Runner>| page.holders.get() == 0 && page.is_overdue.get();
    PAGES.with_borrow(|pages| pages.iter().rev().find(is_unsaved).map(|page| page.address.clone()))
}

fn count_sheets() {
    browser::show_sheets(shown_pages().iter().map(|page| page.screen.borrow().sheets()).sum());
}

/// Performs effects and turns their answers into messages while the page is there.
struct Runner {
    address: AttrValue,
    screen: RefCell<Box<dyn AnyScreen>>,
    topics: &'static [Topic],
    draw: RefCell<Rc<dyn Fn()>>,
    shell: Shell,
    is_alive: Cell<bool>,
    /// How many [`Host`]s show it: two for a moment, when it moves.
    holders: Cell<u32>,
    /// It was left some time ago, and something in it is still not stored.
    is_overdue: Cell<bool>,
    /// What it has read.
    seen: Cell<Revision>,
    pane: Cell<Pane>,
}

impl Runner {
    /// The page of this address, or a new one; whether somebody comes to it: a page that only moves is shown already.
    fn find_or_open(props: &HostProps, env: &Env, shell: Shell, draw: Rc<dyn Fn()>) -> (Rc<Self>, bool) {
        let found = PAGES.with_borrow(|pages| pages.iter().find(|page| page.address == props.address).cloned());
        if let Some(page) = found {
            page.draw.replace(draw);
            let is_new = page.holders.get() == 0;
            return (page, is_new);
        }
        let (screen, topics, effects) = (props.opener.0)(env);
        let page = Rc::new(Self {
            address: props.address.clone(),
            screen: RefCell::new(screen),
            topics,
            draw: RefCell::new(draw),
            shell,
            is_alive: Cell::new(true),
            holders: Cell::new(0),
            is_overdue: Cell::new(false),
            seen: Cell::new(env.revision.of(topics)),
            pane: Cell::new(env.pane),
        });
        PAGES.with_borrow_mut(|pages| pages.push(Rc::clone(&page)));
        page.run(effects);
        (page, true)
    }

    fn dispatch(self: &Rc<Self>, msg: AnyMsg) {
        if !self.is_alive.get() {
            return;
        }
        let effects = self.screen.borrow_mut().update(msg);
        self.run(effects);
        self.redraw();
        if self.holders.get() == 0 {
            self.end_if_left();
        }
    }

    fn redraw(&self) {
        let draw = Rc::clone(&self.draw.borrow());
        draw();
        count_sheets();
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
            Effect::FocusField(id) => browser::focus_field_soon(id),
            Effect::Reveal(id) => browser::reveal_soon(id),
            Effect::ScrollTo(top) => browser::scroll_panel(top),
        }
    }

    fn view(self: &Rc<Self>, env: &Env) -> Html {
        let this = Rc::clone(self);
        let on = Callback::from(move |msg| this.dispatch(msg));
        self.screen.borrow().view(env, &on)
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

    /// Something of its topics has changed since it was read.
    fn catch_up(self: &Rc<Self>, revision: Revision) {
        if self.seen.replace(revision) != revision {
            let effects = self.screen.borrow_mut().refresh();
            self.run(effects);
        }
    }

    fn hold(&self) {
        self.is_overdue.set(false);
        self.holders.set(self.holders.get() + 1);
    }

    /// A [`Host`] is gone; by the next turn another one may have taken the page over.
    fn release(self: &Rc<Self>) {
        self.holders.set(self.holders.get().saturating_sub(1));
        self.pause();
        self.screen.borrow().remember();
        let this = Rc::clone(self);
        Timeout::new(0, move || this.end_if_left()).forget();
    }

    fn end_if_left(self: &Rc<Self>) {
        count_sheets();
        if self.holders.get() == 0 && self.screen.borrow().is_settled() {
            self.is_alive.set(false);
            PAGES.with_borrow_mut(|pages| pages.retain(|page| !Rc::ptr_eq(page, self)));
        }
        let this = Rc::clone(self);
        let look_again = move || {
            this.is_overdue.set(this.holders.get() == 0 && !this.screen.borrow().is_settled());
            this.shell.tell_unsaved(find_unsaved());
        };
        Timeout::new(UNSAVED_NOTICE_MS, look_again).forget();
    }
}

type Answer = Result<String, contract::CommandError>;

fn ask_companion(name: &'static str, body: String, then: Box<dyn FnOnce(Answer)>) {
    spawn_local(async move {
        let answer = ipc::send(name, &body).await;
        then(answer);
    });
}

/// What [`Host`] is given.
#[derive(Properties, PartialEq)]
pub(crate) struct HostProps {
    /// The page's address; the component's key is the same.
    pub(crate) address: AttrValue,
    /// Opens the page.
    pub(crate) opener: Opener,
}

/// Shows the page of an address.
pub(crate) fn draw_host(address: String, opener: Opener) -> Html {
    let key = address.clone();
    html! { <Host {key} address={AttrValue::from(address)} {opener} /> }
}

/// Runs a page.
#[component]
fn Host(props: &HostProps) -> Html {
    let env = use_context::<Env>().expect("pages are drawn inside the app");
    let shell = use_context::<Shell>().expect("pages are drawn inside the app");
    let update = use_force_update();
    let is_detail = env.pane == Pane::Detail;
    let opened = use_memo((), |()| Runner::find_or_open(props, &env, shell, Rc::new(move || update.force_update())));
    let (page, is_new) = (Rc::clone(&opened.0), opened.1);
    if page.pane.replace(env.pane) != env.pane {
        page.screen.borrow_mut().move_to(env.pane);
    }

    use_effect_with((), {
        let page = Rc::clone(&page);
        move |()| {
            page.hold();
            count_sheets();
            page.shell.tell_unsaved(find_unsaved());
            // The right pane of a desk takes the focus when there is something to read in it.
            if is_new && !is_detail {
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
                page.release();
            }
        }
    });

    use_effect_with(env.revision.of(page.topics), {
        let page = Rc::clone(&page);
        move |revision| page.catch_up(*revision)
    });

    use_effect(|| {
        browser::mark_wrong_fields();
        browser::return_to_link();
    });

    page.view(&env)
}
