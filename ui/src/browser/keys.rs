//! Keys. Tab works as everywhere. A group marked `data-arrows="x"` (chips) is walked with left and right, one marked
//! `y` (rows of a list) with up and down. On lists of work, marked `data-queue`, `j` and `k` walk the rows from
//! wherever the focus is, `/` goes to the search box, Enter opens a row. Other letters belong to the pages
//! ([`on_key`]). In an open dialog Tab stays inside.
//!
//! Escape takes one step out: from a field to what the field stands in, from a sheet or a form in place to the page (it
//! presses the button marked `data-close`), from an incident to its row, from a page to the one before. So it never
//! leads away from a form while somebody types.
//!
//! No letter does anything while somebody types, while a dialog is open, or together with Ctrl, Alt or Meta. While an
//! input method composes, every key is its own, Escape and Tab included.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, KeyboardEvent};

use super::focus::{DIALOG, stay_in_dialog};
use super::{document, find_element};

const STOPS: &str = "a[href], button:not([disabled]), input[type=\"checkbox\"]";
const ROWS: &str = "[data-queue] :is(a[href], input)";
const OPEN_ROW: &str = "[data-queue] a[aria-current=\"true\"]";
const CLOSE: &str = "[aria-modal=\"true\"] [data-close]";
/// Closes a form in place.
const CLOSE_IN_PLACE: &str = "[data-close]";
/// What Escape leads to from a field in a sheet or in a form in place.
const FORM_TITLE_ID: &str = "sheet-title";
/// What engines that do not say `isComposing` report of a key that an input method takes.
const COMPOSING_KEY_CODE: u32 = 229;
const TYPED_INTO: &str = "input:not([type=\"radio\"]):not([type=\"checkbox\"]), textarea, select";

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Press {
    /// Walk a group.
    Arrow(&'static str, i32),
    /// Walk the queue.
    Walk(i32),
    /// To the search box.
    Search,
    /// Open what has the focus.
    Open,
    /// Back.
    Back,
    /// Out of the field.
    LeaveField,
    /// Close the dialog.
    Close,
    /// Stay in the dialog.
    Tab,
    /// A page's own.
    Letter(char),
}

/// How things are when a key is pressed.
#[derive(Debug, Clone, Copy, Default)]
struct Situation {
    is_composing: bool,
    has_modifier: bool,
    is_typing: bool,
    is_dialog_open: bool,
}

fn read_key(key: &str, now: Situation) -> Option<Press> {
    let press = match key {
        _ if now.is_composing || now.has_modifier => return None,
        "ArrowLeft" => return Some(Press::Arrow("x", -1)),
        "ArrowRight" => return Some(Press::Arrow("x", 1)),
        "ArrowUp" => return Some(Press::Arrow("y", -1)),
        "ArrowDown" => return Some(Press::Arrow("y", 1)),
        "Escape" if now.is_typing => return Some(Press::LeaveField),
        "Escape" if now.is_dialog_open => return Some(Press::Close),
        "Tab" if now.is_dialog_open => return Some(Press::Tab),
        _ if now.is_dialog_open => return None,
        "Escape" => return Some(Press::Back),
        _ if now.is_typing => return None,
        "Enter" => Press::Open,
        "j" => Press::Walk(1),
        "k" => Press::Walk(-1),
        "/" => Press::Search,
        _ => {
            let mut letters = key.chars();
            return letters.next().filter(|_| letters.next().is_none()).map(Press::Letter);
        }
    };
    Some(press)
}

fn target_of(event: &KeyboardEvent) -> Option<Element> {
    event.target().and_then(|target| target.dyn_into().ok())
}

fn read_event(event: &KeyboardEvent) -> Option<Press> {
    let is_typing = target_of(event).is_some_and(|target| target.matches(TYPED_INTO).unwrap_or_default());
    let is_dialog_open = find(DIALOG).is_some();
    let has_modifier = event.ctrl_key() || event.alt_key() || event.meta_key();
    let is_composing = event.is_composing() || event.key_code() == COMPOSING_KEY_CODE;
    read_key(&event.key(), Situation { is_composing, has_modifier, is_typing, is_dialog_open })
}

fn listen(f: impl Fn(&KeyboardEvent) -> bool + 'static) -> Option<EventListener> {
    let options = EventListenerOptions::enable_prevent_default();
    Some(EventListener::new_with_options(document()?.as_ref(), "keydown", options, move |event| {
        if let Some(event) = event.dyn_ref::<KeyboardEvent>()
            && f(event)
        {
            event.prevent_default();
        }
    }))
}

/// Listens for the keys that work everywhere, for as long as the window lives.
pub(crate) fn install_keys() {
    let listener = listen(|event| {
        let target = target_of(event);
        match read_event(event) {
            Some(Press::Arrow(axis, step)) => target.is_some_and(|target| {
                move_focus(&target, axis, step) || (axis == "y" && target.tag_name() == "BODY" && walk(step))
            }),
            Some(Press::Walk(step)) => walk(step),
            Some(Press::Search) => find(ROWS).is_some() && find_element("search").is_some_and(|field| focus(&field)),
            Some(Press::Open) => {
                target.is_some_and(|target| target.matches(OPEN_ROW).unwrap_or_default())
                    && find_element(super::DETAIL_TITLE_ID).is_some_and(|title| focus(&title))
            }
            Some(Press::LeaveField) => target.is_some_and(|target| leave_field(&target)),
            Some(Press::Back) => go_back(target.as_ref()),
            Some(Press::Close) => find(CLOSE).map(|button| button.click()).is_some(),
            Some(Press::Tab) => {
                stay_in_dialog(find(CLOSE));
                false
            }
            Some(Press::Letter(_)) | None => false,
        }
    });
    if let Some(listener) = listener {
        listener.forget();
    }
}

/// Calls `f` with every letter that is pressed on its own, until the answer is dropped; `f` says whether it meant
/// something.
pub(crate) fn on_key(f: impl Fn(char) -> bool + 'static) -> Option<EventListener> {
    listen(move |event| match read_event(event) {
        Some(Press::Letter(letter)) => f(letter),
        _ => false,
    })
}

fn find(selector: &str) -> Option<HtmlElement> {
    document()?.query_selector(selector).ok()??.dyn_into().ok()
}

fn focus(element: &HtmlElement) -> bool {
    element.focus().is_ok()
}

/// Moves the focus within the marked group around `from`; whether it moved.
fn move_focus(from: &Element, axis: &str, step: i32) -> bool {
    let Ok(Some(group)) = from.closest(&format!("[data-arrows=\"{axis}\"]")) else { return false };
    let Ok(stops) = group.query_selector_all(STOPS) else { return false };
    focus_beside(&stops, from, step)
}

fn focus_beside(stops: &web_sys::NodeList, from: &Element, step: i32) -> bool {
    let present = (0..stops.length()).find(|i| stops.get(*i).is_some_and(|node| node.is_same_node(Some(from))));
    let next = present.and_then(|i| i.checked_add_signed(step)).and_then(|i| stops.get(i));
    match next.and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        Some(element) => focus(&element),
        None => false,
    }
}

/// Moves to the next row of the queue: from the row with the focus, from the open one, or to the first.
fn walk(step: i32) -> bool {
    let Some(rows) = document().and_then(|document| document.query_selector_all(ROWS).ok()) else { return false };
    let focused = document().as_ref().and_then(Document::active_element);
    let from = focused.filter(|element| element.matches(ROWS).unwrap_or_default());
    match from.or_else(|| find(OPEN_ROW).map(Into::into)) {
        Some(from) => focus_beside(&rows, &from, step),
        None => find(ROWS).is_some_and(|row| focus(&row)),
    }
}

/// From the search box to the queue, from any other field to the form around it.
fn leave_field(field: &Element) -> bool {
    if field.id() == "search" && go_to_row() {
        return true;
    }
    let title = find_element(FORM_TITLE_ID);
    match (title, field.dyn_ref::<HtmlElement>()) {
        (Some(title), _) => focus(&title),
        (None, Some(field)) => field.blur().is_ok(),
        (None, None) => false,
    }
}

fn go_to_row() -> bool {
    find(OPEN_ROW).or_else(|| find(ROWS)).is_some_and(|row| focus(&row))
}

/// Closes a form in place; else from an open incident to its row; else to the page before.
fn go_back(from: Option<&Element>) -> bool {
    if let Some(close) = find(CLOSE_IN_PLACE) {
        close.click();
        return true;
    }
    let is_row = from.is_some_and(|element| element.matches(ROWS).unwrap_or_default());
    if !is_row && go_to_row() {
        return true;
    }
    match find("a[data-back]") {
        Some(link) => {
            link.click();
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_letter_does_anything_while_somebody_types_or_a_dialog_is_open() {
        let free = Situation::default();
        let typing = Situation { is_typing: true, ..free };
        let dialog = Situation { is_dialog_open: true, ..free };
        let modified = Situation { has_modifier: true, ..free };
        let typing_in_dialog = Situation { is_dialog_open: true, ..typing };
        for key in ["a", "d", "r", "m", "n", "j", "k", "/", "?", "Enter"] {
            assert!(read_key(key, free).is_some(), "{key}");
            for busy in [typing, dialog, modified] {
                assert_eq!(read_key(key, busy), None, "{key} {busy:?}");
            }
        }
        for typing in [typing, typing_in_dialog] {
            assert_eq!(read_key("Escape", typing), Some(Press::LeaveField), "what is typed into stays open");
        }
        assert_eq!(read_key("Escape", free), Some(Press::Back));
        assert_eq!(read_key("Escape", dialog), Some(Press::Close));
        assert_eq!((read_key("Tab", dialog), read_key("Tab", free)), (Some(Press::Tab), None));
    }

    #[test]
    fn while_an_input_method_composes_no_key_is_ours() {
        for is_dialog_open in [false, true] {
            let now = Situation { is_composing: true, is_typing: true, is_dialog_open, has_modifier: false };
            for key in ["Escape", "Tab", "Enter", "ArrowUp", "ArrowDown", "j", "Process"] {
                assert_eq!(read_key(key, now), None, "{key}");
            }
        }
    }

    #[test]
    fn letters_are_the_pages_and_names_of_keys_are_nobodys() {
        let free = Situation::default();
        assert_eq!(read_key("d", free), Some(Press::Letter('d')));
        assert_eq!(read_key("j", free), Some(Press::Walk(1)));
        assert_eq!(read_key("F5", free), None);
        assert_eq!(read_key("Process", free), None);
    }
}
