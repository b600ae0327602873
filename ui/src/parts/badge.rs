//! Marks of state: a word, an icon, a colour. Words follow the house's table of states.

use contract::RecordState;
use contract::domain::{DueState, UnixMillis};
use yew::prelude::*;

use super::{icon, icon_small};
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

/// Why the server did not accept a record, with the field or the office's own words.
pub(crate) fn refusal_reason(words: Words, code: &str, detail: &str) -> String {
    let is_field = code == "rule_broken" && !detail.is_empty();
    let more = match code {
        _ if is_field => t!(words, UNSENT_FIELD, field = words.field(detail)),
        "rejected" if !detail.is_empty() => t!(words, UNSENT_REASON, reason = detail),
        _ => String::new(),
    };
    format!("{}{more}", words.refusal(code))
}

/// The head of a receipt: that the record is on this device, since when, and what has become of it; `number` is the one
/// that the server gave.
pub(crate) fn receipt_head(env: &Env, at: UnixMillis, state: &RecordState, number: Option<String>) -> Html {
    let words = env.words;
    let (symbol, said) = match state {
        RecordState::Queued if env.sync.network.is_closed() => ("confirmed", t!(words, RECEIPT_CLOSED)),
        RecordState::Queued => ("confirmed", t!(words, RECEIPT_QUEUED)),
        RecordState::Confirmed => ("confirmed", t!(words, RECEIPT_SENT)),
        RecordState::Refused { code, detail } => {
            ("refused", t!(words, RECEIPT_REFUSED, reason = refusal_reason(words, code, detail)))
        }
        RecordState::Held { code } => ("pending", t!(words, RECEIPT_HELD, reason = words.refusal(code))),
        RecordState::SetAside { code } => ("pause", t!(words, RECEIPT_SET_ASIDE, reason = words.refusal(code))),
    };
    let is_well = matches!(state, RecordState::Queued | RecordState::Confirmed);
    html! {
        <div class={classes!("gc-receipt", (!is_well).then_some("gc-receipt_open"))} role="status">
            { icon(symbol) }
            <p class="gc-headline">{ t!(words, RECEIPT_SAVED) }</p>
            <p class="gc-row__meta">{ words.moment(at, env.today) }</p>
            <p class="gc-row__tags" data-testid="receipt-state">
                if *state == RecordState::Confirmed {
                    <span class="gc-state gc-state_confirmed">{ icon_small("check") }{ t!(words, RECEIPT_UPLOADED) }</span>
                } else {
                    { record_state(words, state) }
                }
            </p>
            { for number.map(|number| html! { <p data-testid="receipt-number">{ t!(words, RECEIPT_NUMBER, number = number) }</p> }) }
            <p>{ said }</p>
        </div>
    }
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
