//! What the window itself can do: address and history, focus, scrolling, theme, time, pictures of codes.
//!
//! Everything here is safe to call before the page is drawn; what is not there is left alone.

mod code;
mod history;
mod keys;

use contract::Theme;
use contract::domain::{LocalDate, UnixMillis};
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

pub(crate) use code::read_code;
pub(crate) use history::{back, current_route, install_history, replace};
pub(crate) use keys::install_keys;

/// The id of every page's title: it takes the focus when the page opens, so a screen reader begins there.
pub(crate) const TITLE_ID: &str = "page-title";
/// The id of the part of a page that scrolls.
pub(crate) const PANEL_ID: &str = "panel";

fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}

fn find_element(id: &str) -> Option<HtmlElement> {
    document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// The device's clock.
pub(crate) fn read_clock() -> UnixMillis {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit for 285,000 years")]
    UnixMillis::new(js_sys::Date::now() as i64)
}

/// Today in China.
pub(crate) fn read_today() -> LocalDate {
    read_clock().local_date()
}

/// Puts the focus on the page's title without scrolling.
pub(crate) fn focus_title() {
    focus_soon(TITLE_ID);
}

/// Puts the focus on an element once the page is drawn.
pub(crate) fn focus_soon(id: &'static str) {
    Timeout::new(0, move || {
        if let Some(element) = find_element(id) {
            // An element that cannot take the focus leaves it where it was.
            let _ = element.focus();
            if id != TITLE_ID {
                element.scroll_into_view();
            }
        }
    })
    .forget();
}

/// Scrolls the page's panel once the page is drawn.
pub(crate) fn scroll_panel(top: i32) {
    Timeout::new(0, move || {
        if let Some(panel) = find_element(PANEL_ID) {
            panel.set_scroll_top(top);
        }
    })
    .forget();
}

/// Calls `f` when the app goes to the background or the page is unloaded, until the answer is dropped.
pub(crate) fn on_pause(f: impl Fn() + 'static) -> Option<[EventListener; 2]> {
    let window = web_sys::window()?;
    let document = window.document()?;
    let f = std::rc::Rc::new(f);
    let hide = {
        let (f, document) = (f.clone(), document.clone());
        EventListener::new(&document.clone(), "visibilitychange", move |_| {
            if document.hidden() {
                f();
            }
        })
    };
    Some([hide, EventListener::new(&window, "pagehide", move |_| f())])
}

/// Shows language, theme and size on the document; an empty title leaves the present one.
pub(crate) fn dress_document(lang: &str, theme: Theme, is_care: bool, title: &str) {
    let Some(document) = document() else { return };
    if let Some(root) = document.document_element() {
        let _ = root.set_attribute("lang", lang);
    }
    if !title.is_empty() {
        document.set_title(title);
    }
    let is_dark = match theme {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::System => dark_query().is_some_and(|query| query.matches()),
    };
    if let Some(body) = document.body() {
        let _ = body.set_attribute("data-weui-theme", if is_dark { "dark" } else { "light" });
        let _ = if is_care {
            body.set_attribute("data-weui-mode", "care")
        } else {
            body.remove_attribute("data-weui-mode")
        };
    }
}

fn dark_query() -> Option<web_sys::MediaQueryList> {
    web_sys::window()?.match_media("(prefers-color-scheme: dark)").ok()?
}

/// Calls `f` when the system turns dark or light, until the answer is dropped.
pub(crate) fn on_system_theme(f: impl Fn() + 'static) -> Option<EventListener> {
    Some(EventListener::new(dark_query()?.as_ref(), "change", move |_| f()))
}
