//! Fields to type in, each with its label beside or above it.

use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::icon;

/// What an input event's field holds.
pub(crate) fn input_of(event: &InputEvent) -> String {
    event.target().and_then(|t| t.dyn_into::<HtmlInputElement>().ok()).map(|field| field.value()).unwrap_or_default()
}

/// What an input event's text area holds.
pub(crate) fn textarea_of(event: &InputEvent) -> String {
    event.target().and_then(|t| t.dyn_into::<HtmlTextAreaElement>().ok()).map(|field| field.value()).unwrap_or_default()
}

/// What a changed select holds.
pub(crate) fn select_of(event: &Event) -> String {
    event.target().and_then(|t| t.dyn_into::<HtmlSelectElement>().ok()).map(|field| field.value()).unwrap_or_default()
}

/// A line to type in. `kind` is the input's type: `text`, `tel`, `number`, `date`, `time`.
pub(crate) fn input_cell(
    id: &str,
    label: String,
    kind: &'static str,
    value: String,
    limit: usize,
    on: Callback<InputEvent>,
) -> Html {
    html! {
        <div class="weui-cell gc-stack">
            <div class="weui-cell__hd"><label class="weui-label" for={id.to_owned()}>{ label }</label></div>
            <div class="weui-cell__bd gc-field">
                <input
                    class="weui-input"
                    type={kind}
                    id={id.to_owned()}
                    data-testid={id.to_owned()}
                    autocomplete="off"
                    inputmode={(kind == "number").then_some("numeric")}
                    maxlength={limit.to_string()}
                    {value}
                    oninput={on}
                />
            </div>
        </div>
    }
}

/// Several lines to type in.
pub(crate) fn textarea_cell(id: &str, label: String, value: String, limit: usize, on: Callback<InputEvent>) -> Html {
    html! {
        <div class="weui-cell">
            <div class="weui-cell__bd">
                <label for={id.to_owned()}>{ label }</label>
                <div class="gc-field">
                    <textarea
                        class="weui-textarea"
                        id={id.to_owned()}
                        data-testid={id.to_owned()}
                        rows="2"
                        maxlength={limit.to_string()}
                        {value}
                        oninput={on}
                    />
                </div>
            </div>
        </div>
    }
}

/// A choice from a list. Options are `(code, name)`.
pub(crate) fn select_cell(
    id: &str,
    label: String,
    options: &[(String, String)],
    chosen: &str,
    on: Callback<Event>,
) -> Html {
    let draw = |(code, name): &(String, String)| {
        html! { <option value={code.clone()} selected={code == chosen}>{ name }</option> }
    };
    html! {
        <div class="weui-cell gc-stack">
            <div class="weui-cell__hd"><label class="weui-label" for={id.to_owned()}>{ label }</label></div>
            <div class="weui-cell__bd gc-field">
                <select class="weui-select" id={id.to_owned()} data-testid={id.to_owned()} onchange={on}>
                    { for options.iter().map(draw) }
                </select>
            </div>
        </div>
    }
}

/// A switch with a line of explanation.
pub(crate) fn switch_cell(
    id: &str,
    symbol: &'static str,
    label: String,
    desc: String,
    is_on: bool,
    on: Callback<Event>,
) -> Html {
    html! {
        <label class="weui-cell weui-cell_switch" for={id.to_owned()}>
            <div class="weui-cell__hd gc-icell">{ icon(symbol) }</div>
            <div class="weui-cell__bd">
                <p>{ label }</p>
                if !desc.is_empty() {
                    <p class="weui-cell__desc">{ desc }</p>
                }
            </div>
            <div class="weui-cell__ft">
                <input
                    class="weui-switch"
                    type="checkbox"
                    role="switch"
                    id={id.to_owned()}
                    data-testid={id.to_owned()}
                    checked={is_on}
                    onchange={on}
                />
            </div>
        </label>
    }
}

/// A callback for events of which only some mean anything.
pub(crate) fn sift<E: 'static, M: 'static>(on: &Callback<M>, read: impl Fn(E) -> Option<M> + 'static) -> Callback<E> {
    let on = on.clone();
    Callback::from(move |event| {
        if let Some(msg) = read(event) {
            on.emit(msg);
        }
    })
}

/// The link that dials a number: digits only, with a plus sign in front where there is one.
pub(crate) fn dial(tel: &str) -> String {
    let digits: String = tel.chars().filter(|c| c.is_ascii_digit() || matches!(c, '+' | '*' | '#')).collect();
    format!("tel:{digits}")
}
