//! What is said when there is nothing to show yet, nothing at all, or something went wrong.

use contract::CommandError;
use yew::prelude::*;

use super::icon;
use crate::i18n::{Explanation, Words, t};
use crate::state::{Env, FormDraft, Load};

/// Draws what was read; while waiting and after a failure, says so.
pub(crate) fn draw_load<T>(words: Words, load: &Load<T>, draw: impl FnOnce(&T) -> Html) -> Html {
    match load {
        Load::Waiting => html! { <p class="gc-empty" role="status">{ t!(words, LOADING) }</p> },
        Load::Ready(value) => draw(value),
        Load::Failed(error) => failure(words, error),
    }
}

/// What happened, whether the work is safe, what can be done.
pub(crate) fn failure(words: Words, error: &CommandError) -> Html {
    draw_failure(words.explain(error))
}

/// An error that is explained already.
pub(crate) fn draw_failure(told: Explanation) -> Html {
    html! {
        <div class="weui-information-bar gc-strip gc-strip_urgent" role="alert" data-testid="error">
            <div class="weui-information-bar__hd">{ icon("alert") }</div>
            <div class="weui-information-bar__bd">
                <p><strong>{ told.what }</strong></p>
                <p>{ told.is_safe }</p>
                <p>{ told.todo }</p>
            </div>
        </div>
    }
}

/// Nothing to show, and why that is fine or what to do.
pub(crate) fn empty(symbol: &'static str, text: String) -> Html {
    html! { <div class="gc-empty">{ icon(symbol) }<p>{ text }</p></div> }
}

/// No household is here: not downloaded yet, or the server has none for this account either.
pub(crate) fn no_households(env: &Env) -> Html {
    if env.sync.verified {
        empty("info", t!(env.words, HOUSEHOLDS_THERE_NONE))
    } else {
        empty("sync", t!(env.words, TODAY_NO_HOUSEHOLDS))
    }
}

/// A strip across the page: tone is `""`, `gc-strip_calm` or `gc-strip_urgent`.
pub(crate) fn strip(tone: &'static str, symbol: &'static str, text: Html) -> Html {
    html! {
        <div class={classes!("weui-information-bar", "gc-strip", tone)} role="status">
            <div class="weui-information-bar__hd">{ icon(symbol) }</div>
            <div class="weui-information-bar__bd">{ text }</div>
        </div>
    }
}

/// The draft that was found again, with the way to throw it away; nothing for one begun now.
pub(crate) fn resumed_strip(words: Words, draft: &FormDraft, on_discard: Callback<MouseEvent>) -> Html {
    if !draft.is_resumed() {
        return Html::default();
    }
    strip(
        "gc-strip_calm",
        "draft",
        html! {
            <div class="gc-strip__row">
                <span data-testid="resumed">{ t!(words, DRAFT_RESUMED) }</span>
                <button class="weui-link gc-hit" type="button" data-testid="discard-draft" onclick={on_discard}>
                    { t!(words, DISCARD) }
                </button>
            </div>
        },
    )
}
