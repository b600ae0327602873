//! The markup of the list.

use contract::domain::workflow::{Refusal, TransitionKind};
use contract::{DepartedStep, IncidentRow, Queue, QueueCount};
use yew::prelude::*;

use super::choose::{Choice, is_acceptable};
use super::{ChooseMsg, List, Msg, Tasks};
use crate::i18n::{Words, code_of, t};
use crate::parts::{
    Page, button, chip, chip_row, draw_load, empty, failure, incident_choice, incident_row, incident_title, mark,
    number_words, read_scroll, search_box, set_style, sheet, strip, sync_chip, title_or_category,
};
use crate::route::{Route, Tab};
use crate::state::{Env, Pane};

pub(super) fn draw(page: &Tasks, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let search = search_box(
        words,
        t!(words, TASKS_SEARCH_LABEL),
        t!(words, TASKS_SEARCH_HINT),
        page.query.clone(),
        on.reform(Msg::Typed),
    );
    let frame = Page {
        title: t!(words, TAB_TASKS),
        sub: t!(words, TASKS_SUB),
        tab: Some(Tab::Tasks),
        trailing: sync_chip(env),
        below: html! {
            <>
                <div class="gc-search-row">
                    { search }
                    if env.pane != Pane::Whole {
                        <button
                            class="gc-chip"
                            type="button"
                            id="keys"
                            data-testid="keys"
                            aria-label={t!(words, KEYS_SHOW)}
                            onclick={on.reform(|_| Msg::Help(true))}
                        >
                            { "?" }
                        </button>
                    }
                </div>
                // Who chooses needs the rows; on a small screen these would leave none.
                if page.choice.is_none() || env.pane != Pane::Whole {
                    <div class="gc-filters">{ queues(page, words, on) }</div>
                }
                if page.choice.is_none() && page.can_choose() {
                    <div class="gc-pad_side">
                        { named_button("weui-link gc-hit", "choose", t!(words, CHOOSE_SEVERAL),
                            on.reform(|_| Msg::Choose(ChooseMsg::Mode(true)))) }
                    </div>
                }
            </>
        },
        tool: page.choice.as_ref().map(|choice| choice_bar(page, choice, words, on)).unwrap_or_default(),
        onscroll: Some(on.reform(|event: Event| {
            let (top, height) = read_scroll(&event);
            Msg::Scrolled(top, height)
        })),
        ..Page::default()
    };
    let content = html! {
        <>
            { for page.error.as_ref().map(|error| failure(words, error)) }
            { batch_strip(page, env, on) }
            if page.shown() != Queue::Requests && !page.asked.is_empty() {
                { asked(page, env) }
            }
            if page.shown() == Queue::Futile && !page.departed.is_empty() {
                { departed(page, env, on) }
            }
            { draw_load(words, &page.list, |list| draw_list(page, list, env, on)) }
            if page.is_help_open {
                { help(words, on) }
            }
        </>
    };
    frame.draw(env, content)
}

fn queues(page: &Tasks, words: Words, on: &Callback<Msg>) -> Html {
    // Until the companion has said which queues there are, only the present one is known.
    let unknown = [QueueCount { queue: page.queue, count: 0 }];
    let queues = page.list.ready().map_or(&unknown[..], |list| &list.queues);
    let draw = |entry: &QueueCount| {
        let queue = entry.queue;
        let name = words.of_family("queue", queue);
        let label = match page.count_of(entry) {
            0 => name,
            count => t!(words, CHIP_COUNT, name = name, count = count),
        };
        chip(label, queue == page.shown(), format!("queue-{}", code_of(queue)), on.reform(move |_| Msg::Open(queue)))
    };
    chip_row(t!(words, TASKS_QUEUES), false, html! { <>{ for queues.iter().map(draw) }</> })
}

fn draw_list(page: &Tasks, list: &List, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    if list.rows.is_empty() {
        if page.shown() == Queue::Futile && !page.departed.is_empty() {
            return Html::default();
        }
        let text = if page.is_searching() {
            words.join([scope(page, words), t!(words, TASKS_NONE_FOUND, query = &page.searched)])
        } else {
            nothing(words, page.queue)
        };
        return html! { <div role="status" data-testid="result-count">{ empty("tasks", text) }</div> };
    }
    let is_by_time =
        matches!(page.shown(), Queue::Mine | Queue::Unsatisfied | Queue::Ended | Queue::All | Queue::Futile);
    let order = if is_by_time { t!(words, NEWEST_FIRST) } else { t!(words, TASKS_ORDER) };
    let order = words.join([scope(page, words), order]);
    let (above, below) = page.window.padding(list.total);
    let rows = page.window.rows();
    let first = rows.start;
    let draw = |(offset, row): (usize, &IncidentRow)| {
        let index = first + offset;
        let item = html! {
            <li
                class="gc-vrow"
                key={row.id.to_string()}
                aria-setsize={list.total.to_string()}
                aria-posinset={(index + 1).to_string()}
            >
                { draw_row(page, row, env, on) }
            </li>
        };
        set_style(item, &format!("height:{}px", page.window.row_height(index)))
    };
    let rows = html! {
        <ul
            class={classes!("weui-cells", "gc-vlist", page.choice.is_some().then_some("weui-cells_checkbox"))}
            role="list"
            aria-label={t!(words, TAB_TASKS)}
            data-arrows="y"
            data-queue="y"
        >
            { for list.rows.get(rows).unwrap_or_default().iter().enumerate().map(draw) }
        </ul>
    };
    html! {
        <>
            <h2 class="weui-cells__title">
                <span role="status" data-testid="result-count">{ t!(words, TASKS_COUNT, count = list.total) }</span>
                { " " }<small>{ order }</small>
            </h2>
            { set_style(rows, &format!("padding-top:{above}px;padding-bottom:{below}px")) }
        </>
    }
}

/// A row as a link, or to be ticked.
fn draw_row(page: &Tasks, row: &IncidentRow, env: &Env, on: &Callback<Msg>) -> Html {
    let Some(choice) = &page.choice else { return incident_row(env, row) };
    let id = row.id;
    let is_chosen = is_acceptable(row).then(|| choice.chosen.contains_key(&id));
    incident_choice(env, row, is_chosen, on.reform(move |_: Event| Msg::Choose(ChooseMsg::Tick(id))))
}

/// A button that the focus can come to.
fn named_button(class: &'static str, id: &'static str, label: String, on: Callback<MouseEvent>) -> Html {
    html! { <button {class} type="button" {id} data-testid={id} onclick={on}>{ label }</button> }
}

/// All, accept what is chosen, leave.
fn choice_bar(page: &Tasks, choice: &Choice, words: Words, on: &Callback<Msg>) -> Html {
    let choose = |msg: fn() -> ChooseMsg| on.reform(move |_| Msg::Choose(msg()));
    let plain = "weui-btn weui-btn_default weui-btn_mini";
    let all = if page.are_all_chosen() { t!(words, CHOOSE_NONE) } else { t!(words, CHOOSE_ALL) };
    let count = choice.chosen.len();
    let is_idle = count == 0 || choice.is_sending;
    html! {
        <div class="gc-batch" role="group" aria-label={t!(words, CHOOSE_SEVERAL)}>
            { named_button(plain, "choose-all", all, choose(|| ChooseMsg::TickAll)) }
            { button(plain, "choose-cancel", t!(words, CANCEL), choose(|| ChooseMsg::Mode(false))) }
            <button
                class="weui-btn weui-btn_primary weui-btn_mini"
                type="button"
                data-testid="choose-accept"
                aria-disabled={is_idle.then_some("true")}
                onclick={choose(|| ChooseMsg::Accept)}
            >
                if count == 0 {
                    { t!(words, CHOOSE_ACCEPT) }
                } else {
                    { t!(words, CHOOSE_ACCEPT_COUNT, count = count) }
                }
            </button>
        </div>
    }
}

/// What was done with several, what could not be and why, what was chosen and has left. The place is always there, so
/// that it is read out when something comes.
fn batch_strip(page: &Tasks, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let choose = |msg: fn() -> ChooseMsg| on.reform(move |_| Msg::Choose(msg()));
    let link = "weui-link gc-hit";
    let is_online = env.sync.network.can_send();
    let name = |row: &IncidentRow| words.join([incident_title(env, row), row.address_text.clone()]);
    let gone = page.choice.as_ref().map(|choice| choice.gone.as_slice()).unwrap_or_default();
    let done = page.batch.as_ref().map(|batch| {
        let count = batch.taken.len();
        let told = match (batch.is_back, batch.can_undo) {
            (true, _) => t!(words, BATCH_BACK, count = count),
            (false, _) if count == 0 => t!(words, BATCH_NONE),
            _ if !is_online => t!(words, BATCH_REQUESTED, count = count),
            (false, true) => t!(words, BATCH_WAITING, count = count),
            (false, false) => t!(words, BATCH_ACCEPTED, count = count),
        };
        let refused = |(row, reason): &(IncidentRow, Option<Refusal>)| {
            let reason = reason.map_or_else(|| t!(words, BATCH_GONE), |reason| words.name(reason).to_owned());
            html! { <p>{ t!(words, BATCH_REFUSED, what = name(row), reason = reason) }</p> }
        };
        let text = html! {
            <>
                <div class="gc-strip__row gc-told">
                    <span id="batch" tabindex="-1">{ told }</span>
                    if batch.can_undo {
                        { button(link, "undo-batch", t!(words, UNDO_STEP), choose(|| ChooseMsg::Undo)) }
                        if is_online {
                            { button(link, "send-batch", t!(words, SEND_NOW), choose(|| ChooseMsg::SendNow)) }
                        }
                    }
                </div>
                { for batch.refused.iter().map(refused) }
            </>
        };
        strip("gc-strip_calm", "confirmed", text)
    });
    let left = |row: &IncidentRow| html! { <p>{ t!(words, CHOICE_LEFT, what = name(row)) }</p> };
    html! {
        <div role="status" data-testid="batch">
            { for done }
            if !gone.is_empty() {
                { strip("gc-strip_calm", "info", html! { <>{ for gone.iter().map(left) }</> }) }
            }
        </div>
    }
}

/// That something was looked for everywhere, not only in the queue that was chosen.
fn scope(page: &Tasks, words: Words) -> String {
    let is_everywhere = page.is_searching() && page.shown() == Queue::All;
    if is_everywhere { t!(words, TASKS_SEARCHED) } else { String::new() }
}

/// Why a queue is empty, and that this is fine.
fn nothing(words: Words, queue: Queue) -> String {
    match queue {
        Queue::Mine => t!(words, TASKS_NONE_MINE),
        Queue::Futile => t!(words, TASKS_NONE_FUTILE),
        Queue::All | Queue::Ended => t!(words, TASKS_NONE),
        _ => t!(words, TASKS_NONE_WAITING),
    }
}

/// 等我答复: handlers who ask to hand back or for more time.
fn asked(page: &Tasks, env: &Env) -> Html {
    let words = env.words;
    let draw = |row: &IncidentRow| {
        let what = row.asks.map(|kind| words.name(kind)).unwrap_or_default();
        let who = row.org_name.clone().unwrap_or_default();
        html! {
            <li key={row.id.to_string()}>
                <a class="weui-cell weui-cell_access gc-row" href={Route::Incident(row.id).href()} data-testid="asked-row">
                    <div class="weui-cell__bd">
                        <p class="gc-row__title">{ t!(words, HISTORY_STEP, who = who, what = what) }</p>
                        <p class="gc-row__meta">{ words.join([incident_title(env, row), row.address_text.clone()]) }</p>
                    </div>
                    <div class="weui-cell__ft"></div>
                </a>
            </li>
        }
    };
    html! {
        <section aria-labelledby="h-asked">
            <h2 class="weui-cells__title" id="h-asked">
                { t!(words, TASKS_ASKED) }{ " " }<small>{ t!(words, TASKS_COUNT, count = page.asked_count) }</small>
            </h2>
            <ul class="weui-cells gc-flush" data-arrows="y">{ for page.asked.iter().map(draw) }</ul>
        </section>
    }
}

/// Own steps in incidents that have left this device: why they did not count, and the words that were written.
fn departed(page: &Tasks, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let small = "weui-btn weui-btn_default weui-btn_mini";
    let draw = |step: &DepartedStep| {
        let id = step.step;
        let title = title_or_category(words, "", &step.category);
        let head = match step.kind {
            Some(TransitionKind::Unknown) => title,
            Some(kind) => words.join([words.name(kind), title.as_str()]),
            None => words.join([t!(words, STEP_NOTE), title]),
        };
        let reason = step.reason.map_or_else(|| t!(words, STEP_UNDECIDED), |reason| words.name(reason).to_owned());
        let (class, symbol, label, reason) = match step.reason {
            _ if step.is_unsent => ("gc-state_pending", "draft", t!(words, DRAFT_UNSENT), String::new()),
            Some(_) => ("gc-state_refused", "refused", t!(words, STEP_FUTILE), reason),
            None => ("gc-state_pending", "pending", t!(words, MARK_PENDING), reason),
        };
        html! {
            <li class="weui-cell gc-row" key={id.to_string()} data-testid="departed-row">
                <div class="weui-cell__bd">
                    <p class="gc-row__title">{ head }</p>
                    <p class="gc-row__meta">
                        { words.join([number_words(words, &step.number), words.moment(step.at, env.today)]) }
                    </p>
                    <p class="gc-row__tags">
                        { mark(class, symbol, label) }
                        <span class="gc-row__meta">{ reason }</span>
                    </p>
                    if !step.text.is_empty() {
                        <p class="gc-text gc-quote">{ &step.text }</p>
                    }
                    <p class="gc-row__tags">
                        if !step.text.is_empty() {
                            { button(small, "copy-departed", t!(words, DEPARTED_COPY), on.reform(move |_| Msg::Copy(id))) }
                        }
                        { button(small, "dismiss-departed", t!(words, STEP_DISMISS), on.reform(move |_| Msg::Dismiss(id))) }
                    </p>
                </div>
            </li>
        }
    };
    let copied =
        page.copied.map(|is_done| if is_done { t!(words, DEPARTED_COPIED) } else { t!(words, DEPARTED_COPY_FAILED) });
    html! {
        <section aria-labelledby="h-departed">
            <h2 class="weui-cells__title" id="h-departed">{ t!(words, DEPARTED_TITLE) }</h2>
            <ul class="weui-cells gc-flush">{ for page.departed.iter().map(draw) }</ul>
            <p class="weui-cells__tips" role="status">{ copied.unwrap_or_else(|| t!(words, DEPARTED_NOTE)) }</p>
        </section>
    }
}

/// The keys, in a sheet.
fn help(words: Words, on: &Callback<Msg>) -> Html {
    let keys = [
        ("j k ↑ ↓", t!(words, KEY_WALK)),
        ("Enter", t!(words, KEY_OPEN)),
        ("Esc", t!(words, KEY_BACK)),
        ("/", t!(words, KEY_SEARCH)),
        ("a", words.of_family("step", TransitionKind::Accept)),
        ("d", words.of_family("step", TransitionKind::Dispatch)),
        ("r", words.of_family("step", TransitionKind::Return)),
        ("m", words.of_family("step", TransitionKind::Merge)),
        ("n", t!(words, STEP_NOTE)),
        ("z", t!(words, UNDO_STEP)),
        ("?", t!(words, KEYS_SHOW)),
    ];
    let draw = |(key, what): (&'static str, String)| {
        html! { <div class="gc-key"><dt><kbd>{ key }</kbd></dt><dd>{ what }</dd></div> }
    };
    let close =
        button("weui-btn weui-btn_primary gc-wide", "close-sheet", t!(words, CLOSE), on.reform(|_| Msg::Help(false)));
    let body = html! {
        <>
            <dl class="gc-pad">{ for keys.map(draw) }</dl>
            <p class="weui-cells__tips">{ t!(words, KEYS_NOTE) }</p>
            <div class="gc-pad">{ close }</div>
        </>
    };
    sheet(t!(words, KEYS_SHOW), body)
}
