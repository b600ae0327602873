//! Address and history. Links are plain anchors (`#/household/…`); every entry of the window's history carries its
//! place in `state`, so that "back" in a page's header knows whether there is anything to go back to, and whether it
//! stands for a sheet over the page ([`super::overlay`]).

use std::cell::{Cell, RefCell};

use gloo::events::EventListener;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, Window};

use super::overlay::{Arrival, SheetEntries, Step, Travel};
use crate::route::Route;

type OnRoute = Box<dyn Fn(Route)>;

/// An entry of the history.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Entry {
    /// How many entries of this app lie before it.
    place: f64,
    /// It stands for a sheet.
    is_sheet: bool,
}

thread_local! {
    static PLACE: Cell<f64> = const { Cell::new(0.0) };
    static SHOWN: RefCell<Route> = const { RefCell::new(Route::Today) };
    /// The last move was to an earlier entry.
    static IS_BACK: Cell<bool> = const { Cell::new(false) };
    static SHEETS: Cell<SheetEntries> = const { Cell::new(SheetEntries::new()) };
    static ON_ROUTE: RefCell<Option<OnRoute>> = const { RefCell::new(None) };
}

/// The page that the address names.
pub(crate) fn current_route() -> Route {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
    Route::parse(&hash)
}

/// Calls `on_route` whenever the address changes, and `close_top` when Back should close the topmost sheet, for as
/// long as the window lives.
pub(crate) fn install_history(on_route: impl Fn(Route) + 'static, close_top: impl Fn() + 'static) {
    let Some(window) = web_sys::window() else { return };
    ON_ROUTE.set(Some(Box::new(on_route)));
    let place = read_entry(&window).map_or(0.0, |entry| entry.place);
    PLACE.set(place);
    SHOWN.set(current_route());
    mark(&window, Entry { place, is_sheet: false }, None);
    let travelled = {
        let window = window.clone();
        EventListener::new(&window.clone(), "popstate", move |_| arrive(&window, &close_top))
    };
    travelled.forget();
    let listener = EventListener::new(&window.clone(), "hashchange", move |_| {
        if read_entry(&window).is_none() {
            IS_BACK.set(false);
            let place = PLACE.get() + 1.0;
            PLACE.set(place);
            mark(&window, Entry { place, is_sheet: false }, None);
        }
        notify();
    });
    listener.forget();
    install_back_links();
}

/// The history went to an entry that was there before. One that a link makes has no mark yet and is told by its
/// address.
fn arrive(window: &Window, close_top: &dyn Fn()) {
    let Some(entry) = read_entry(window) else { return };
    let is_earlier = entry.place < PLACE.replace(entry.place);
    IS_BACK.set(is_earlier);
    let is_same_page = SHOWN.with_borrow(|shown| *shown == current_route());
    let mut sheets = SHEETS.get();
    let step = sheets.arrive(Arrival { is_sheet: entry.is_sheet, is_earlier, is_same_page });
    SHEETS.set(sheets);
    match step {
        Step::Nothing => {}
        Step::CloseTop => close_top(),
        Step::GoOn => travel(window, -1),
    }
}

/// So many sheets lie over the page: Back closes them first.
pub(crate) fn show_sheets(open: u32) {
    let Some(window) = web_sys::window() else { return };
    let mut sheets = SHEETS.get();
    let way = sheets.reach(open);
    SHEETS.set(sheets);
    match way {
        Travel::Stay => {}
        Travel::Add(count) => (0..count).for_each(|_| add_sheet(&window)),
        Travel::Back(count) => travel(&window, -i32::try_from(count).unwrap_or(i32::MAX)),
    }
}

fn add_sheet(window: &Window) {
    let place = PLACE.get() + 1.0;
    let entry = Entry { place, is_sheet: true };
    if window.history().is_ok_and(|history| history.push_state(&write_entry(entry), "").is_ok()) {
        PLACE.set(place);
    }
}

fn travel(window: &Window, by: i32) {
    if let Ok(history) = window.history() {
        let _ = history.go_with_delta(by);
    }
}

/// Headers mark their way back with `data-back`: it goes to where the person came from, and to the link's own
/// target only when the page was opened directly.
fn install_back_links() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let options = gloo::events::EventListenerOptions::enable_prevent_default();
    let listener = EventListener::new_with_options(&document, "click", options, |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = target.and_then(|element| element.closest("a[data-back]").ok().flatten());
        if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
            event.prevent_default();
            back(&Route::parse(&link.get_attribute("href").unwrap_or_default()));
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = target.and_then(|element| element.closest("a[href^=\"#/\"]").ok().flatten());
        if let Some(href) = link.and_then(|link| link.get_attribute("href")) {
            super::focus::remember_link(SHOWN.with_borrow(Route::href), href);
        }
    });
    listener.forget();
}

/// Opens a page in place of the present one.
pub(crate) fn replace(route: &Route) {
    if let Some(window) = web_sys::window() {
        mark(&window, Entry { place: PLACE.get(), is_sheet: false }, Some(&route.href()));
        notify();
    }
}

/// Goes back to where the person came from, or to `fallback` when the page was opened directly.
pub(crate) fn back(fallback: &Route) {
    let Some(window) = web_sys::window() else { return };
    if PLACE.get() > 0.0
        && let Ok(history) = window.history()
        && history.back().is_ok()
    {
        return;
    }
    replace(fallback);
}

fn notify() {
    let route = current_route();
    if SHOWN.with_borrow(|shown| *shown != route) {
        let mut sheets = SHEETS.get();
        sheets.leave_page();
        SHEETS.set(sheets);
        super::focus::arrive_at(&route.href(), IS_BACK.replace(false));
        SHOWN.set(route.clone());
    }
    ON_ROUTE.with_borrow(|on_route| {
        if let Some(on_route) = on_route {
            on_route(route);
        }
    });
}

fn read_entry(window: &Window) -> Option<Entry> {
    let state: Array = window.history().ok()?.state().ok()?.dyn_into().ok()?;
    Some(Entry { place: state.get(0).as_f64()?, is_sheet: state.get(1).as_bool()? })
}

fn write_entry(entry: Entry) -> JsValue {
    Array::of2(&entry.place.into(), &entry.is_sheet.into()).into()
}

fn mark(window: &Window, entry: Entry, url: Option<&str>) {
    if let Ok(history) = window.history() {
        let _ = history.replace_state_with_url(&write_entry(entry), "", url);
    }
}
