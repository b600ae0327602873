//! The box that one types into to find something.

use yew::prelude::*;

use super::input_of;

/// A search box; `label` is what a screen reader says, `hint` what stands in the empty box.
pub(crate) fn search_box(label: String, hint: String, value: String, on: Callback<String>) -> Html {
    html! {
        <div class="weui-search-bar" role="search">
            <form class="weui-search-bar__form" onsubmit={|event: SubmitEvent| event.prevent_default()}>
                <div class="weui-search-bar__box">
                    <i class="weui-icon-search" aria-hidden="true"></i>
                    <input
                        class="weui-search-bar__input"
                        type="search"
                        id="search"
                        data-testid="search"
                        autocomplete="off"
                        enterkeyhint="search"
                        aria-label={label}
                        placeholder={hint}
                        {value}
                        oninput={on.reform(|event: InputEvent| input_of(&event))}
                    />
                </div>
            </form>
        </div>
    }
}
