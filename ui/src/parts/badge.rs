//! Marks of state: a word, an icon, a colour. Words follow the house's table of states.

use contract::RecordState;
use contract::domain::DueState;
use yew::prelude::*;

use super::icon_small;
use crate::i18n::{Words, t};
use crate::state::{Env, SaveState};

/// Where a record stands with the server. Confirmed is the normal case and, on lists, not worth a mark.
pub(crate) fn record_state(words: Words, state: &RecordState) -> Html {
    let (class, symbol, text) = match state {
        RecordState::Queued => ("gc-state gc-state_queued", "queued", t!(words, STATE_QUEUED)),
        RecordState::Confirmed => ("gc-state gc-state_confirmed", "check", t!(words, STATE_CONFIRMED)),
        RecordState::Refused { .. } => ("gc-state gc-state_refused", "refused", t!(words, STATE_REFUSED)),
        RecordState::Held { .. } => ("gc-state gc-state_pending", "pending", t!(words, STATE_HELD)),
        RecordState::SetAside { .. } => ("gc-state gc-state_refused", "pause", t!(words, STATE_SET_ASIDE)),
    };
    html! { <span {class}>{ icon_small(symbol) }{ text }</span> }
}

/// When a household is due.
pub(crate) fn due_label(env: &Env, due: DueState) -> Html {
    let words = env.words;
    let (class, symbol, text) = match due {
        DueState::Overdue { days } => ("gc-due gc-due_over", Some("alert"), t!(words, DUE_OVERDUE, days = days)),
        DueState::DueToday => ("gc-due gc-due_soon", Some("clock"), t!(words, DUE_TODAY)),
        DueState::DueIn { days } => ("gc-due", None, t!(words, DUE_IN, days = days)),
        DueState::Rested { until } => ("gc-due", Some("pause"), t!(words, DUE_RESTED, date = words.near_day(until))),
        DueState::NotScheduled => ("gc-due", None, t!(words, DUE_NOT_SCHEDULED)),
    };
    html! { <span {class}>{ for symbol.map(icon_small) }{ text }</span> }
}

/// Two entries of one field.
pub(crate) fn conflict_badge(words: Words) -> Html {
    html! {
        <span class="gc-state gc-state_soon">{ icon_small("merge") }{ t!(words, STATE_CONFLICT) }</span>
    }
}

/// What may honestly be said about a form being typed.
pub(crate) fn save_state(words: Words, state: &SaveState) -> Html {
    let (class, symbol, text) = match state {
        SaveState::Untouched => return html! { <p class="gc-save" role="status" data-testid="save-state"></p> },
        SaveState::Saving => ("gc-state gc-save", "draft", t!(words, SAVE_SAVING)),
        SaveState::Saved => ("gc-state gc-state_confirmed gc-save", "check", t!(words, SAVE_SAVED)),
        SaveState::Failed(_) => ("gc-state gc-state_refused gc-save", "refused", t!(words, SAVE_FAILED)),
    };
    html! { <p {class} role="status" data-testid="save-state">{ icon_small(symbol) }{ text }</p> }
}
