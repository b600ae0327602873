//! An incident in a list: what, where, how long still, and what is special about it. A colour never speaks alone.

use contract::domain::IncidentId;
use contract::domain::category::{category_label, find_category};
use contract::domain::codes::Priority;
use contract::domain::deadline::{Light, Stage};
use contract::domain::workflow::State;
use contract::{IncidentRow, LimitView, RecordState};
use yew::prelude::*;

use super::{icon_small, record_state, set_style};
use crate::i18n::{Words, t};
use crate::route::Route;
use crate::state::{Env, Pane};

const MINUTE_MS: i64 = 60_000;

/// A title, or the category's name where there is none.
pub(crate) fn title_or_category(words: Words, title: &str, category: &str) -> String {
    if title.is_empty() { category_label(category, words.language()).to_owned() } else { title.to_owned() }
}

/// An incident's title: its own, or its category's name.
pub(crate) fn incident_title(env: &Env, row: &IncidentRow) -> String {
    title_or_category(env.words, &row.title, &row.category)
}

/// Digits of a number that the server gave: area 6, date 8, serial 5.
const NUMBER_DIGITS: usize = 19;

/// A number as it is read out: `990101-20260713-00012`, or the last six characters of the id.
pub(crate) fn number_words(words: Words, number: &str) -> String {
    if number.len() == NUMBER_DIGITS && number.is_ascii() {
        format!("{}-{}-{}", &number[..6], &number[6..14], &number[14..])
    } else {
        t!(words, INCIDENT_NUMBER, number = number)
    }
}

/// An incident's number as it is read out.
pub(crate) fn incident_number(words: Words, row: &IncidentRow) -> String {
    number_words(words, row.human_no.as_deref().unwrap_or(&row.short_no))
}

/// A length of time, as exact as it matters: to the minute for half a day, then to the hour, then to the day.
pub(crate) fn span(words: Words, ms: i64) -> String {
    let minutes = u64::try_from(ms.abs() / MINUTE_MS).unwrap_or_default().max(1);
    match minutes {
        0..60 => t!(words, SPAN_MINUTES, count = minutes),
        60..720 if minutes % 60 != 0 => t!(words, SPAN_HOURS_MINUTES, hours = minutes / 60, minutes = minutes % 60),
        60..120 => t!(words, SPAN_HOURS, count = 1_u64),
        120..2_880 => t!(words, SPAN_HOURS, count = minutes / 60),
        _ => t!(words, SPAN_DAYS, count = minutes / 1_440),
    }
}

/// What has to be done within a limit.
pub(crate) fn stage_name(words: Words, stage: Stage, state: State) -> String {
    match (stage, state) {
        (Stage::FirstAction, State::Accepted) => t!(words, STAGE_DISPATCH),
        _ => words.of_family("stage", stage),
    }
}

fn light_of(env: &Env, limit: &LimitView) -> Light {
    if limit.is_marked || env.now >= limit.limit.due_at {
        Light::Red
    } else if env.now >= limit.limit.yellow_at {
        Light::Yellow
    } else {
        Light::Green
    }
}

/// `剩 25 分`, `派单超时 20 分`, `预计剩 5 小时`.
pub(crate) fn limit_label(env: &Env, limit: &LimitView, state: State) -> Html {
    let words = env.words;
    let left = limit.limit.due_at.since_ms(env.now);
    let text = if left > 0 {
        t!(words, LIMIT_LEFT, span = span(words, left))
    } else {
        t!(words, LIMIT_OVER, stage = stage_name(words, limit.stage, state), span = span(words, left))
    };
    let text = if limit.is_estimate { t!(words, LIMIT_ESTIMATE, text = text) } else { text };
    let (class, symbol) = match light_of(env, limit) {
        Light::Green => ("gc-due", "clock"),
        Light::Yellow => ("gc-due gc-due_soon", "clock"),
        Light::Red => ("gc-due gc-due_over", "alert"),
    };
    html! { <span {class}>{ icon_small(symbol) }{ text }</span> }
}

/// The share of the time that is used.
pub(crate) fn limit_bar(env: &Env, limit: &LimitView, state: State) -> Html {
    let whole = limit.limit.due_at.since_ms(limit.limit.start_at).max(1);
    let used = env.now.since_ms(limit.limit.start_at).clamp(0, whole);
    let percent = u64::try_from(used.saturating_mul(100) / whole).unwrap_or_default();
    let class = match light_of(env, limit) {
        Light::Green => "weui-progress gc-limit",
        Light::Yellow => "weui-progress gc-limit gc-bar-soon",
        Light::Red => "weui-progress gc-limit gc-bar-over",
    };
    let stage = stage_name(env.words, limit.stage, state);
    let bar = set_style(html! { <div class="weui-progress__inner-bar"></div> }, &format!("width:{percent}%"));
    html! {
        <div {class} role="img" aria-label={t!(env.words, LIMIT_USED, stage = stage, percent = percent)}>
            <div class="weui-progress__bar">{ bar }</div>
        </div>
    }
}

/// A mark of state: tone is `""` or one of `gc-state_…`.
pub(crate) fn mark(tone: &'static str, symbol: &'static str, text: String) -> Html {
    html! { <span class={classes!("gc-state", tone)}>{ icon_small(symbol) }{ text }</span> }
}

/// Most marks in a row, and in large type: its height is fixed, so no more may wrap.
const ROW_MARKS: (usize, usize) = (3, 2);

/// Whether it runs on the urgent clock: by its priority, or by what it is.
fn urgency(row: &IncidentRow) -> Option<Priority> {
    let is_urgent = || find_category(&row.category)?.is_urgent().then_some(Priority::Urgent);
    row.priority.filter(|priority| matches!(priority, Priority::Urgent | Priority::Major)).or_else(is_urgent)
}

/// What is special about an incident: what asks the reader for something first, the state of its work after it.
fn list_marks(words: Words, row: &IncidentRow) -> Vec<Html> {
    let mut marks = Vec::new();
    if row.futile > 0 {
        marks.push(mark("gc-state_refused", "refused", t!(words, MARK_FUTILE, count = row.futile)));
    }
    if row.state != RecordState::Confirmed {
        marks.push(record_state(words, &row.state));
    }
    if row.pending > 0 {
        marks.push(mark("gc-state_pending", "pending", t!(words, MARK_PENDING)));
    }
    if let Some(asked) = row.asks {
        marks.push(mark("gc-state_soon", "message", words.name(asked).to_owned()));
    }
    if row.is_supervised {
        marks.push(mark("gc-state_soon", "shield", t!(words, MARK_SUPERVISED)));
    }
    if row.is_urged {
        marks.push(mark("gc-state_soon", "bell", t!(words, MARK_URGED)));
    }
    if let Some(priority) = urgency(row) {
        marks.push(mark("gc-state_refused", "alert", words.name(priority).to_owned()));
    }
    marks.push(html! { <span class="gc-state">{ words.name(row.standing) }</span> });
    if row.is_self_handled {
        marks.push(mark("", "confirmed", t!(words, INCIDENT_SELF_HANDLED)));
    }
    marks
}

fn gather(marks: Vec<Html>) -> Html {
    marks.into_iter().collect()
}

/// All marks of an incident.
pub(crate) fn incident_marks(env: &Env, row: &IncidentRow) -> Html {
    html! { <p class="gc-row__tags">{ gather(list_marks(env.words, row)) }</p> }
}

/// The marks that fit into a row; the others are counted, and read out.
fn row_marks(env: &Env, row: &IncidentRow) -> Html {
    let mut marks = list_marks(env.words, row);
    let most = if env.settings.care { ROW_MARKS.1 } else { ROW_MARKS.0 };
    let others = marks.split_off(most.min(marks.len()));
    html! {
        <p class="gc-row__tags">
            { gather(marks) }
            if !others.is_empty() {
                <span class="gc-state" aria-hidden="true">{ format!("+{}", others.len()) }</span>
                <span class="weui-hidden_abs">{ gather(others) }</span>
            }
        </p>
    }
}

fn is_open(env: &Env, id: IncidentId) -> bool {
    env.pane == Pane::Queue(Some(id))
}

/// An incident's row.
pub(crate) fn incident_row(env: &Env, row: &IncidentRow) -> Html {
    html! {
        <a
            class="weui-cell weui-cell_access gc-row"
            href={Route::Incident(row.id).href()}
            aria-current={is_open(env, row.id).then_some("true")}
            data-testid="incident-row"
        >
            { row_body(env, row) }
            <div class="weui-cell__ft"></div>
        </a>
    }
}

/// The same to be ticked; one on which nothing can be done stands there without a box.
pub(crate) fn incident_choice(env: &Env, row: &IncidentRow, is_chosen: Option<bool>, on: Callback<Event>) -> Html {
    let Some(is_chosen) = is_chosen else {
        return html! { <div class="weui-cell gc-row gc-unchoosable">{ row_body(env, row) }</div> };
    };
    html! {
        <label class="weui-cell gc-row gc-choosable" data-testid="choose-row">
            <input class="weui-check" type="checkbox" checked={is_chosen} onchange={on} />
            <i class="weui-icon-checked" aria-hidden="true"></i>
            { row_body(env, row) }
        </label>
    }
}

fn row_body(env: &Env, row: &IncidentRow) -> Html {
    let words = env.words;
    let category = if row.title.is_empty() { "" } else { category_label(&row.category, words.language()) };
    // What a narrow row cuts off is what the reader knows best.
    let meta = words.join([
        row.address_text.as_str(),
        category,
        row.org_name.as_deref().unwrap_or_default(),
        &words.moment(row.reported_at, env.today),
        &row.grid_name,
    ]);
    html! {
        <div class="weui-cell__bd">
            <div class="gc-row__top">
                <p class="gc-row__title">{ incident_title(env, row) }</p>
                { for row.limit.iter().map(|limit| limit_label(env, limit, row.standing)) }
            </div>
            <p class="gc-row__meta">{ meta }</p>
            { row_marks(env, row) }
            { for row.limit.iter().map(|limit| limit_bar(env, limit, row.standing)) }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use contract::SessionView;
    use contract::domain::Role;

    use super::*;
    use crate::tests::{sample, sample_incidents as incidents};

    #[test]
    fn a_limit_is_measured_by_the_servers_clock() {
        const TWO_DAYS_MS: i64 = 2 * 24 * 60 * MINUTE_MS;
        let limit = incidents::limit(Stage::FirstAction, 45, 75);
        let right = sample::worker();
        let on_a_fast_phone = |server_ahead_ms| {
            let session = SessionView { server_ahead_ms, ..sample::session(Role::GridWorker, right.settings) };
            Env::new(&session, right.sync.clone(), right.now.plus_ms(TWO_DAYS_MS), right.revision)
        };
        assert_eq!(light_of(&on_a_fast_phone(-TWO_DAYS_MS), &limit), Light::Green);
        assert_eq!(light_of(&on_a_fast_phone(0), &limit), Light::Red);
    }

    #[test]
    fn two_hours_that_are_nearly_over_are_not_called_one() {
        let words = sample::worker().words;
        let of = |minutes: i64| span(words, minutes * MINUTE_MS);
        assert_eq!(of(113), "1 小时 53 分");
        assert_eq!([of(0), of(59), of(60), of(61)], ["1 分", "59 分", "1 小时", "1 小时 1 分"]);
        assert_eq!([of(719), of(721), of(2_880)], ["11 小时 59 分", "12 小时", "2 天"]);
    }

    #[test]
    fn what_is_urgent_by_its_kind_is_marked_like_what_was_called_urgent() {
        let of = |category: &str, priority| {
            urgency(&IncidentRow { category: category.into(), priority, ..incidents::row(1) })
        };
        assert_eq!(of("03001", None), Some(Priority::Urgent));
        assert_eq!(of("03001", Some(Priority::Major)), Some(Priority::Major));
        assert_eq!((of("02001", None), of("02001", Some(Priority::Urgent))), (None, Some(Priority::Urgent)));
    }
}
