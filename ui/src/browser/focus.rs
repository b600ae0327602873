//! Where the focus goes: to what opens, back to what opened it, and not out of a dialog.

use std::cell::RefCell;
use std::collections::BTreeMap;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use js_sys::{Function, Object, Reflect};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, NodeList};

use super::{DETAIL_TITLE_ID, PANEL_ID, TITLE_ID, document, find_element};

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

/// What leads to a field that something is wrong with.
const PROBLEMS: &str = "[data-field]";

fn elements(list: &NodeList) -> Vec<Element> {
    (0..list.length()).filter_map(|i| list.get(i)?.dyn_into().ok()).collect()
}

fn find_all(selector: &str) -> Vec<Element> {
    let found = document().and_then(|document| document.query_selector_all(selector).ok());
    found.map(|list| elements(&list)).unwrap_or_default()
}

/// Puts the focus on a field that something is wrong with, once the page is drawn.
pub(crate) fn focus_field_soon(id: String) {
    Timeout::new(0, move || focus_field(&id)).forget();
}

/// Opens the folds around a field, brings it into view and puts the focus into it: on the field itself, or on the
/// first thing in a group of such that can be tapped.
fn focus_field(id: &str) {
    let Some(element) = find_element(id) else { return };
    let mut around = element.parent_element();
    while let Some(present) = around {
        if present.tag_name() == "DETAILS" {
            let _ = present.set_attribute("open", "");
        }
        around = present.parent_element();
    }
    let inside = element.query_selector("input, select, textarea, button").ok().flatten();
    let target = inside.and_then(|inside| inside.dyn_into().ok()).unwrap_or(element);
    target.scroll_into_view();
    focus(Some(&target));
}

/// Brings an element into view once it is drawn, moving no more than that takes.
pub(crate) fn reveal_soon(id: &'static str) {
    Timeout::new(0, move || {
        let Some(element) = find_element(id) else { return };
        let options = Object::new();
        let scroll = Reflect::get(&element, &"scrollIntoView".into()).ok().and_then(|f| f.dyn_into::<Function>().ok());
        if let Some(scroll) = scroll
            && Reflect::set(&options, &"block".into(), &"nearest".into()).is_ok()
        {
            let _ = scroll.call1(&element, &options);
        }
    })
    .forget();
}

/// A page that was left over a link on it: where the person comes back to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Left {
    /// The address of the page that was opened.
    href: String,
    /// How far the panel was scrolled.
    scroll_top: i32,
}

thread_local! {
    /// Links that were followed, by the address of the page they stand on.
    static FOLLOWED: RefCell<BTreeMap<String, Left>> = const { RefCell::new(BTreeMap::new()) };
    /// The link to go to once it is drawn.
    static RETURN: RefCell<Option<Left>> = const { RefCell::new(None) };
}

/// A link was followed: from this page.
pub(super) fn remember_link(page: String, href: String) {
    let scroll_top = find_element(PANEL_ID).map_or(0, |panel| panel.scroll_top());
    FOLLOWED.with_borrow_mut(|followed| followed.insert(page, Left { href, scroll_top }));
}

/// Another page is shown. Whoever came back to it goes on at the link that they had followed.
pub(super) fn arrive_at(page: &str, is_back: bool) {
    let left = FOLLOWED.with_borrow_mut(|followed| followed.remove(page));
    RETURN.set(left.filter(|_| is_back));
}

/// Goes to the link that was followed from this page, if it is drawn; not when the person has gone on already.
pub(crate) fn return_to_link() {
    let Some(left) = RETURN.with_borrow(Clone::clone) else { return };
    Timeout::new(0, move || {
        if RETURN.with_borrow(|present| present.as_ref() != Some(&left)) {
            return;
        }
        if active().is_some_and(|element| !matches!(element.tag_name().as_str(), "BODY" | "H1" | "H2")) {
            RETURN.set(None);
            return;
        }
        let link = find_all("main a[href], .gc-pane a[href]")
            .into_iter()
            .find(|link| link.get_attribute("href").as_deref() == Some(left.href.as_str()));
        if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
            RETURN.set(None);
            if let Some(panel) = find_element(PANEL_ID) {
                panel.set_scroll_top(left.scroll_top);
            }
            focus(Some(&link));
        }
    })
    .forget();
}

/// Problems lead to their fields, for as long as the window lives.
pub(crate) fn install_problem_links() {
    let Some(document) = document() else { return };
    let listener = EventListener::new(&document, "click", |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let link = target.and_then(|element| element.closest(PROBLEMS).ok().flatten());
        if let Some(field) = link.and_then(|link| link.get_attribute("data-field")) {
            focus_field(&field);
        }
    });
    listener.forget();
}

/// Marks every field that a problem on the page leads to, and no other.
pub(crate) fn mark_wrong_fields() {
    let ids: Vec<String> =
        find_all(PROBLEMS).iter().filter_map(|problem| problem.get_attribute("data-field")).collect();
    for marked in find_all("[aria-invalid]") {
        if !ids.contains(&marked.id()) {
            let _ = marked.remove_attribute("aria-invalid");
            let _ = marked.remove_attribute("aria-errormessage");
        }
    }
    for element in ids.iter().filter_map(|id| find_element(id)) {
        let _ = element.set_attribute("aria-invalid", "true");
        let _ = element.set_attribute("aria-errormessage", "problems");
    }
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
