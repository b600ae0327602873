//! Address and history. Links are plain anchors (`#/household/…`); every entry of the window's history carries its
//! place in `state`, so that "back" in a page's header knows whether there is anything to go back to.

use std::cell::RefCell;

use gloo::events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, Window};

use crate::route::Route;

type OnRoute = Box<dyn Fn(Route)>;

thread_local! {
    static PLACE: RefCell<f64> = const { RefCell::new(0.0) };
    static ON_ROUTE: RefCell<Option<OnRoute>> = const { RefCell::new(None) };
}

/// The page that the address names.
pub(crate) fn current_route() -> Route {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
    Route::parse(&hash)
}

/// Calls `on_route` whenever the address changes, for as long as the window lives.
pub(crate) fn install_history(on_route: impl Fn(Route) + 'static) {
    let Some(window) = web_sys::window() else { return };
    ON_ROUTE.set(Some(Box::new(on_route)));
    let place = read_place(&window).unwrap_or_default();
    PLACE.set(place);
    mark_place(&window, place, None);
    let listener = EventListener::new(&window.clone(), "hashchange", move |_| {
        match read_place(&window) {
            Some(place) => PLACE.set(place),
            None => {
                let place = PLACE.with_borrow(|place| place + 1.0);
                PLACE.set(place);
                mark_place(&window, place, None);
            }
        }
        notify();
    });
    listener.forget();
    install_back_links();
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
        }
    });
    listener.forget();
}

/// Opens a page in place of the present one.
pub(crate) fn replace(route: &Route) {
    if let Some(window) = web_sys::window() {
        let place = PLACE.with_borrow(|place| *place);
        mark_place(&window, place, Some(&route.href()));
        notify();
    }
}

/// Goes back to where the person came from, or to `fallback` when the page was opened directly.
pub(crate) fn back(fallback: &Route) {
    let Some(window) = web_sys::window() else { return };
    if PLACE.with_borrow(|place| *place) > 0.0
        && let Ok(history) = window.history()
        && history.back().is_ok()
    {
        return;
    }
    replace(fallback);
}

fn notify() {
    let route = current_route();
    ON_ROUTE.with_borrow(|on_route| {
        if let Some(on_route) = on_route {
            on_route(route);
        }
    });
}

fn read_place(window: &Window) -> Option<f64> {
    window.history().ok()?.state().ok()?.as_f64()
}

fn mark_place(window: &Window, place: f64, url: Option<&str>) {
    if let Ok(history) = window.history() {
        let _ = history.replace_state_with_url(&JsValue::from_f64(place), "", url);
    }
}
