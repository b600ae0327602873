//! Choosing: one of several, any of several, yes / no / not asked.

use contract::domain::visit::Tri;
use yew::prelude::*;

use super::icon_small;
use crate::i18n::{Words, t};

/// A group of large buttons of which one is chosen.
pub(crate) fn seg<T: Copy + PartialEq + 'static>(
    name: &str,
    options: &[(T, &'static str, String)],
    chosen: Option<T>,
    on: &Callback<T>,
) -> Html {
    let draw = |(value, code, label): &(T, &'static str, String)| {
        let value = *value;
        html! {
            <label>
                <input
                    type="radio"
                    name={name.to_owned()}
                    value={*code}
                    checked={chosen == Some(value)}
                    onchange={on.reform(move |_| value)}
                    data-testid={format!("{name}-{code}")}
                />
                <span>{ label }</span>
            </label>
        }
    };
    let columns = (options.len() == 3).then_some("gc-seg_three");
    html! { <div class={classes!("gc-seg", columns)}>{ for options.iter().map(draw) }</div> }
}

/// 是 / 否 / 未问 beside a question.
pub(crate) fn seg_tri(words: Words, name: &str, label_id: String, chosen: Option<Tri>, on: &Callback<Tri>) -> Html {
    let options = [
        (Tri::Yes, "yes", t!(words, TRI_YES)),
        (Tri::No, "no", t!(words, TRI_NO)),
        (Tri::NotAsked, "unasked", t!(words, TRI_NOT_ASKED)),
    ];
    let draw = |(value, code, label): (Tri, &'static str, String)| {
        html! {
            <label>
                <input
                    type="radio"
                    name={name.to_owned()}
                    value={code}
                    checked={chosen == Some(value)}
                    onchange={on.reform(move |_| value)}
                    data-testid={format!("{name}-{code}")}
                />
                <span>{ label }</span>
            </label>
        }
    };
    html! {
        <div class="gc-seg gc-seg_tri" role="radiogroup" aria-labelledby={label_id}>{ for options.map(draw) }</div>
    }
}

/// One chip that is pressed or not.
pub(crate) fn chip(label: String, is_pressed: bool, testid: String, on: Callback<MouseEvent>) -> Html {
    html! {
        <button
            class="gc-chip"
            type="button"
            aria-pressed={if is_pressed { "true" } else { "false" }}
            data-testid={testid}
            onclick={on}
        >
            if is_pressed {
                { icon_small("check") }
            }
            { label }
        </button>
    }
}

/// A row of chips; arrow keys walk it.
pub(crate) fn chip_row(label: String, is_wrapped: bool, chips: Html) -> Html {
    html! {
        <div
            class={classes!("gc-chips", is_wrapped.then_some("gc-chips_wrap"))}
            role="group"
            aria-label={label}
            data-arrows="x"
        >
            { chips }
        </div>
    }
}

/// A line to tick.
pub(crate) fn tick(label: String, is_ticked: bool, testid: String, on: Callback<Event>, trailing: Html) -> Html {
    html! {
        <div class="weui-cell gc-stack">
            <label class="gc-tick weui-cell__bd" data-testid={testid}>
                <input class="weui-check" type="checkbox" checked={is_ticked} onchange={on} />
                <i class="weui-icon-checked" aria-hidden="true"></i>
                <span>{ label }</span>
            </label>
            { trailing }
        </div>
    }
}
