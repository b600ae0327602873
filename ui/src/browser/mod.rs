//! What the window itself can do: address and history, focus, scrolling, theme, time, pictures of codes.
//!
//! Everything here is safe to call before the page is drawn; what is not there is left alone.

mod code;
mod focus;
mod history;
mod keys;
mod overlay;
mod place;

use contract::Theme;
use contract::domain::UnixMillis;
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;

pub(crate) use code::read_code;
pub(crate) use focus::{
    OPENER_ID, focus_field_soon, focus_soon, install_problem_links, mark_wrong_fields, return_to_link, reveal_soon,
};
pub(crate) use history::{back, current_route, install_history, replace, show_sheets};
pub(crate) use keys::{install_keys, on_key};
pub(crate) use place::{PlaceError, locate};

/// The id of every page's title: it takes the focus when the page opens, so a screen reader begins there.
pub(crate) const TITLE_ID: &str = "page-title";
/// The id of the title of the right pane of a desk.
pub(crate) const DETAIL_TITLE_ID: &str = "detail-title";
/// From this width on there is room for two panes.
const WIDE: &str = "(min-width: 900px)";
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

/// Scrolls the page's panel once the page is drawn.
pub(crate) fn scroll_panel(top: i32) {
    Timeout::new(0, move || {
        if let Some(panel) = find_element(PANEL_ID) {
            panel.set_scroll_top(top);
        }
    })
    .forget();
}

/// Whether the window can be seen.
pub(crate) fn is_visible() -> bool {
    document().is_some_and(|document| !document.hidden())
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

/// Puts a text on the clipboard; whether that was possible.
pub(crate) async fn copy(text: &str) -> bool {
    let write = || {
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
        let clipboard = Reflect::get(&navigator, &"clipboard".into()).ok()?;
        let write: Function = Reflect::get(&clipboard, &"writeText".into()).ok()?.dyn_into().ok()?;
        write.call1(&clipboard, &text.into()).ok()?.dyn_into::<Promise>().ok()
    };
    match write() {
        Some(promise) => JsFuture::from(promise).await.is_ok(),
        None => false,
    }
}

/// How much larger than the style sheet says text is drawn: some systems scale it without telling the page. At least 1.
#[cfg(target_arch = "wasm32")]
pub(crate) fn measure_text_scale() -> f64 {
    /// Height of `gc-probe`, in pixels.
    const PROBE_PX: f64 = 20.0;
    let measure = || {
        let document = document()?;
        let probe: HtmlElement = document.create_element("span").ok()?.dyn_into().ok()?;
        probe.set_class_name("gc-probe");
        probe.set_text_content(Some("永"));
        document.body()?.append_child(&probe).ok()?;
        let height = f64::from(probe.offset_height());
        probe.remove();
        Some(height / PROBE_PX)
    };
    measure().unwrap_or(1.0).max(1.0)
}

/// Whether the window is wide enough for two panes.
pub(crate) fn is_wide() -> bool {
    query(WIDE).is_some_and(|query| query.matches())
}

/// Calls `f` when the window becomes wide enough for two panes or too narrow, until the answer is dropped.
pub(crate) fn on_wide(f: impl Fn(bool) + 'static) -> Option<EventListener> {
    Some(EventListener::new(query(WIDE)?.as_ref(), "change", move |_| f(is_wide())))
}

fn query(media: &str) -> Option<web_sys::MediaQueryList> {
    web_sys::window()?.match_media(media).ok()?
}

fn dark_query() -> Option<web_sys::MediaQueryList> {
    query("(prefers-color-scheme: dark)")
}

/// Calls `f` when the system turns dark or light, until the answer is dropped.
pub(crate) fn on_system_theme(f: impl Fn() + 'static) -> Option<EventListener> {
    Some(EventListener::new(dark_query()?.as_ref(), "change", move |_| f()))
}
