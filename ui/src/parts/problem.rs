//! What stands in the way of saving, each with the way to its field; and what a tap took away, with the way back.
//!
//! The field that a problem leads to is marked `aria-invalid` in the window (`browser::mark_wrong_fields`): the list is
//! the only place that says what is wrong.

use yew::prelude::*;

use super::icon;
use crate::i18n::{Words, t};

/// One thing that is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// In words that name the field.
    pub(crate) text: String,
    /// The id of the field; none where no single field is meant.
    pub(crate) field: Option<String>,
}

impl Problem {
    /// A problem of this field.
    pub(crate) fn of(field: impl Into<String>, text: String) -> Self {
        Self { text, field: Some(field.into()) }
    }
}

/// The list of problems, said at once by a screen reader; nothing when there is none.
pub(crate) fn problem_list(problems: &[Problem]) -> Html {
    if problems.is_empty() {
        return Html::default();
    }
    let draw = |problem: &Problem| match &problem.field {
        Some(field) => html! {
            <p>
                <button class="gc-problem" type="button" data-field={field.clone()}>
                    { icon("alert") }<span>{ &problem.text }</span>
                </button>
            </p>
        },
        None => html! { <p>{ icon("alert") }<span>{ &problem.text }</span></p> },
    };
    html! { <div class="gc-problems" role="alert" data-testid="problems">{ for problems.iter().map(draw) }</div> }
}

/// What a tap took away, and the way back. The place is always there, so that it is read out when something comes.
pub(crate) fn undo_bar(words: Words, taken: Option<String>, on_undo: Callback<MouseEvent>) -> Html {
    let Some(taken) = taken else { return html! { <div role="status"></div> } };
    html! {
        <div role="status">
            <p class="gc-undo" data-testid="undo-bar">
                <span>{ taken }</span>
                <button class="weui-link gc-hit" type="button" data-testid="undo" onclick={on_undo}>{ t!(words, PUT_BACK) }</button>
            </p>
        </div>
    }
}
