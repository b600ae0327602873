//! The box that one types into to find something.

use yew::prelude::*;

use super::{icon_small, input_of};
use crate::browser::focus_soon;
use crate::i18n::{Words, t};

/// The box's id.
pub(crate) const SEARCH_ID: &str = "search";

/// A search box; `label` is what a screen reader says, `hint` what stands in the empty box. What was typed can be
/// cleared with one tap, and the box keeps the focus.
pub(crate) fn search_box(words: Words, label: String, hint: String, value: String, on: Callback<String>) -> Html {
    let clear = {
        let on = on.clone();
        move |_: MouseEvent| {
            on.emit(String::new());
            focus_soon(SEARCH_ID);
        }
    };
    let is_empty = value.is_empty();
    html! {
        <div class="weui-search-bar" role="search">
            <form class="weui-search-bar__form" onsubmit={|event: SubmitEvent| event.prevent_default()}>
                <div class="weui-search-bar__box">
                    <i class="weui-icon-search" aria-hidden="true"></i>
                    <input
                        class="weui-search-bar__input"
                        type="search"
                        id={SEARCH_ID}
                        data-testid="search"
                        autocomplete="off"
                        enterkeyhint="search"
                        aria-label={label}
                        placeholder={hint}
                        {value}
                        oninput={on.reform(|event: InputEvent| input_of(&event))}
                    />
                    if !is_empty {
                        <button
                            class="gc-search-clear"
                            type="button"
                            data-testid="clear-search"
                            aria-label={t!(words, SEARCH_CLEAR)}
                            onclick={clear}
                        >
                            { icon_small("refused") }
                        </button>
                    }
                </div>
            </form>
        </div>
    }
}
