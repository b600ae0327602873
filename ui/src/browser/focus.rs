//! Where the focus goes: to what opens, back to what opened it, and not out of a dialog.

use std::cell::RefCell;

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{DETAIL_TITLE_ID, TITLE_ID, document, find_element};

/// An open dialog.
pub(super) const DIALOG: &str = "[aria-modal=\"true\"]";
/// Stands for what opened the dialog that closes.
pub(crate) const OPENER_ID: &str = "opener";

thread_local! {
    /// What opened the sheet that is open.
    static OPENER: RefCell<Option<HtmlElement>> = const { RefCell::new(None) };
}

fn active() -> Option<HtmlElement> {
    document()?.active_element()?.dyn_into().ok()
}

fn is_in_dialog(element: &HtmlElement) -> bool {
    element.closest(DIALOG).is_ok_and(|dialog| dialog.is_some())
}

/// Puts the focus on an element once the page is drawn. What a dialog is opened from is remembered for [`OPENER_ID`];
/// from one dialog to the next that stays the first.
pub(crate) fn focus_soon(id: &'static str) {
    let present = active().filter(|element| element.tag_name() != "BODY" && !is_in_dialog(element));
    Timeout::new(0, move || {
        let opener = OPENER.take();
        if id == OPENER_ID {
            let opener = opener.filter(|opener| opener.is_connected());
            focus(opener.or_else(|| find_element(DETAIL_TITLE_ID)).or_else(|| find_element(TITLE_ID)).as_ref());
            return;
        }
        let element = find_element(id);
        focus(element.as_ref());
        if let Some(element) = element.filter(|_| id != TITLE_ID && id != DETAIL_TITLE_ID) {
            element.scroll_into_view();
            OPENER.set(present.or(opener).filter(|_| is_in_dialog(&element)));
        }
    })
    .forget();
}

/// An element that cannot take the focus leaves it where it was.
fn focus(element: Option<&HtmlElement>) {
    let _ = element.map(HtmlElement::focus);
}

/// Brings the focus back when the Tab key has left the open dialog.
pub(super) fn stay_in_dialog(close: Option<HtmlElement>) {
    Timeout::new(0, move || {
        if !active().is_some_and(|element| is_in_dialog(&element)) {
            focus(close.as_ref());
        }
    })
    .forget();
}
