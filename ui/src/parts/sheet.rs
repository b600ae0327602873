//! A sheet over the page, and plain buttons. Escape and Tab in a sheet are the business of `browser::keys`.

use yew::prelude::*;

/// A dialog over the page. Some button in `body` is marked `data-close`.
pub(crate) fn sheet(title: String, body: Html) -> Html {
    html! {
        <div class="gc-sheet" role="dialog" aria-modal="true" aria-labelledby="sheet-title">
            <div class="gc-sheet__box">
                <h2 class="gc-sheet__title" id="sheet-title" tabindex="-1">{ title }</h2>
                { body }
            </div>
        </div>
    }
}

/// A button; one with the test name `close-sheet` is what Escape presses in a sheet.
pub(crate) fn button(
    class: &'static str,
    testid: impl Into<AttrValue>,
    label: String,
    onclick: Callback<MouseEvent>,
) -> Html {
    draw_button(class, testid.into(), label, onclick)
}

fn draw_button(class: &'static str, testid: AttrValue, label: String, onclick: Callback<MouseEvent>) -> Html {
    let closes = (testid == "close-sheet").then_some("true");
    html! { <button {class} type="button" data-testid={testid} data-close={closes} {onclick}>{ label }</button> }
}
