//! Arrow keys. A group marked `data-arrows="x"` (chips) is walked with left and right, one marked `y` (rows of a
//! list) with up and down; Tab goes on working as everywhere.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

const STOPS: &str = "a[href], button:not([disabled])";

/// Listens for arrow keys for as long as the window lives.
pub(crate) fn install_keys() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let options = EventListenerOptions::enable_prevent_default();
    let listener = EventListener::new_with_options(&document, "keydown", options, |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        let (axis, step) = match event.key().as_str() {
            "ArrowLeft" => ("x", -1),
            "ArrowRight" => ("x", 1),
            "ArrowUp" => ("y", -1),
            "ArrowDown" => ("y", 1),
            _ => return,
        };
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| move_focus(&target, axis, step)) {
            event.prevent_default();
        }
    });
    listener.forget();
}

/// Moves the focus within the marked group around `from`; whether it moved.
fn move_focus(from: &Element, axis: &str, step: i32) -> bool {
    let Ok(Some(group)) = from.closest(&format!("[data-arrows=\"{axis}\"]")) else { return false };
    let Ok(stops) = group.query_selector_all(STOPS) else { return false };
    let present = (0..stops.length()).find(|i| stops.get(*i).is_some_and(|node| node.is_same_node(Some(from))));
    let next = present.and_then(|i| i.checked_add_signed(step)).and_then(|i| stops.get(i));
    match next.and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        Some(element) => element.focus().is_ok(),
        None => false,
    }
}
