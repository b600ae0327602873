//! The markup of the report.

use contract::domain::Role;
use contract::domain::category::{
    Category, CategoryGroup, CategoryHint, find_category, find_group, find_hints, groups,
};
use contract::domain::codes::{CodeList as _, Priority};
use contract::domain::incident::TEXT_LIMIT;
use yew::prelude::*;

use super::grid::{icon_of, shown_groups};
use super::{Edit, Finding, HEALTH_REQUEST, Lack, Msg, Phase, Report, Taken, booking};
use crate::browser::PlaceError;
use crate::i18n::{Words, t};
use crate::parts::{
    Page, Problem, chip, chip_row, draw_load, failure, icon, icon_small, input_cell, input_of, problem_list,
    resumed_strip, save_state, seg, select_cell, select_of, strip, switch_cell, textarea_cell, textarea_of, undo_bar,
};
use crate::route::{Route, Tab};
use crate::state::{DraftMsg, Env};

/// Most characters of a place in words.
const PLACE_LIMIT: usize = 200;
/// Most characters of what was done on the spot.
const HANDLED_LIMIT: usize = 500;

pub(super) fn draw(page: &Report, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let is_health = page.arg.category.as_deref() == Some(HEALTH_REQUEST);
    let back = match &page.arg {
        arg if arg.household.is_some() => arg.household.map(Route::Household),
        arg if arg.draft.is_some() => Some(Route::Today),
        _ if is_health => Some(Route::HealthDesk),
        arg => arg.category.as_ref().map(|_| Route::Me),
    };
    let frame = Page {
        title: if is_health { t!(words, HEALTH_REQUEST_TITLE) } else { t!(words, TAB_REPORT) },
        sub: page
            .view
            .ready()
            .and_then(|view| view.place.as_ref())
            .map_or_else(|| t!(words, REPORT_SUB), |place| place.full()),
        back,
        tab: Some(Tab::Report),
        trailing: save_state(words, &page.draft.state()),
        tool: page.view.ready().map(|_| tool(page, env, on)).unwrap_or_default(),
        ..Page::default()
    };
    let content = draw_load(words, &page.view, |_| {
        html! {
            <fieldset
                disabled={page.phase == Phase::Submitting}
                onfocusout={on.reform(|_| Msg::Draft(DraftMsg::Left))}
            >
                { body(page, env, on) }
            </fieldset>
        }
    });
    frame.draw(env, content)
}

fn tool(page: &Report, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let is_busy = page.phase == Phase::Submitting;
    let label = match page.priority() {
        _ if is_busy => t!(words, SUBMITTING),
        priority @ (Priority::Urgent | Priority::Major) => {
            t!(words, SUBMIT_REPORT_AS, priority = words.name(priority))
        }
        _ => t!(words, SUBMIT_REPORT),
    };
    let taken = page.undo.as_ref().map(|undo| match undo.what() {
        Taken::Booking => t!(words, TAKEN_BOOKING),
        Taken::BookingPlace => t!(words, TAKEN_BOOKING_PLACE),
        Taken::Draft(_) => t!(words, TAKEN_DRAFT),
    });
    let problems = match &page.phase {
        Phase::Incomplete(lack) => problem_list(&[Problem::of(lack.field(), describe_lack(words, *lack))]),
        Phase::Failed(error) => match error.field.as_deref().and_then(find_field) {
            Some(field) => problem_list(&[Problem::of(field, words.explain(error).what)]),
            None => failure(words, error),
        },
        Phase::Typing | Phase::Submitting => Html::default(),
    };
    html! {
        <>
            { undo_bar(words, taken, on.reform(|_| Msg::Undo)) }
            <div id="problems" tabindex="-1">{ problems }</div>
            <button
                class="weui-btn weui-btn_primary gc-wide"
                type="button"
                data-testid="submit-report"
                aria-disabled={is_busy.then_some("true")}
                onclick={on.reform(|_| Msg::Submit)}
            >
                { label }
            </button>
        </>
    }
}

fn describe_lack(words: Words, lack: Lack) -> String {
    match lack {
        Lack::Category => t!(words, LACK_CATEGORY),
        Lack::Handled => t!(words, LACK_HANDLED),
        Lack::BookingPlace => t!(words, LACK_BOOKING_PLACE),
        Lack::BookingDay => t!(words, LACK_BOOKING_DAY),
    }
}

/// The field of the form that the companion has refused, by its path.
pub(super) fn find_field(path: &str) -> Option<&'static str> {
    match path {
        "category" => Some("category"),
        "text" => Some("report-text"),
        "grid" => Some("report-grid"),
        "address_text" => Some("report-place"),
        "handled_text" => Some("handled-text"),
        "booking.place" => Some("booking-place"),
        "booking.at" => Some("booking-day"),
        _ => None,
    }
}

fn body(page: &Report, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let form = &page.form;
    let group = form.category.get(..2).and_then(find_group);
    let may_settle = env.role() == Role::GridWorker;
    html! {
        <>
            if page.is_urgent() {
                { call_first(words) }
            }
            { resumed_strip(words, &page.draft, on.reform(|_| Msg::Draft(DraftMsg::Discard))) }
            { group_grid(page, env, on) }
            { for group.map(|group| categories(page, group, env, on)) }
            { for page.category().map(|category| hints(category, env, on)) }
            <fieldset class="gc-pad">
                <legend class="gc-legend">{ t!(words, PRIORITY) }</legend>
                { seg("priority", &priorities(words), Some(page.priority()),
                    &on.reform(|priority| Msg::Edit(Edit::Priority(priority)))) }
            </fieldset>
            <div class="weui-cells gc-flush">
                { textarea_cell("report-text", t!(words, REPORT_TEXT), form.text.clone(), TEXT_LIMIT,
                    on.reform(|event: InputEvent| Msg::Edit(Edit::Text(textarea_of(&event))))) }
                { grid_cell(page, env, on) }
                { input_cell("report-place", t!(words, REPORT_PLACE), "text", form.address_text.clone(), PLACE_LIMIT,
                    on.reform(|event: InputEvent| Msg::Edit(Edit::Place(input_of(&event))))) }
                { point_cell(page, env, on) }
                // Settling on the spot is a grid worker's right; everybody else reports.
                if may_settle {
                    { switch_cell("self-handled", "confirmed", t!(words, SELF_HANDLED), t!(words, SELF_HANDLED_DESC),
                        form.is_self_handled, on.reform(|_: Event| Msg::Edit(Edit::SelfHandled))) }
                }
                if form.is_self_handled && may_settle {
                    { textarea_cell("handled-text", t!(words, HANDLED_TEXT), form.handled_text.clone(), HANDLED_LIMIT,
                        on.reform(|event: InputEvent| Msg::Edit(Edit::HandledText(textarea_of(&event))))) }
                }
            </div>
            if page.may_book() {
                { booking::draw(page, env, on) }
            }
            <p class="weui-cells__tips gc-foot">{ icon_small("camera") }{ " " }{ t!(words, PHOTOS_LATER) }</p>
        </>
    }
}

/// In danger: the telephone first.
fn call_first(words: Words) -> Html {
    let numbers = [("119", t!(words, CALL_FIRE)), ("110", t!(words, CALL_POLICE)), ("120", t!(words, CALL_AMBULANCE))];
    html! {
        <div class="weui-information-bar gc-strip gc-strip_urgent gc-sticky" role="alert" data-testid="call-first">
            <div class="weui-information-bar__hd">{ icon("alert") }</div>
            <div class="weui-information-bar__bd"><strong>{ t!(words, CALL_FIRST) }</strong>{ t!(words, CALL_FIRST_NOTE) }</div>
            <div class="weui-information-bar__ft">
                { for numbers.map(|(number, label)| html! {
                    <a
                        class="weui-link gc-hit gc-number"
                        href={format!("tel:{number}")}
                        aria-label={label}
                        data-testid={format!("call-{number}")}
                    >
                        { number }
                    </a>
                }) }
            </div>
        </div>
    }
}

/// 附上位置: where the phone is, after a tap; without it the report goes just as well.
fn point_cell(page: &Report, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let (desc, label, msg): (_, _, fn() -> Msg) = match (&page.form.point, page.finding) {
        (Some(point), _) => {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "metres, for a person to read")]
            let metres = point.acc_m.round() as u32;
            (t!(words, POINT_ADDED, metres = metres), t!(words, UNDO), || Msg::Edit(Edit::DropPoint))
        }
        (None, Finding::Asking) => (t!(words, POINT_ASKING), t!(words, POINT_ADD), || Msg::Locate),
        (None, Finding::Failed(PlaceError::Forbidden)) => {
            (t!(words, POINT_FORBIDDEN), t!(words, POINT_ADD), || Msg::Locate)
        }
        (None, Finding::Failed(PlaceError::Unknown)) => {
            (t!(words, POINT_UNKNOWN), t!(words, POINT_ADD), || Msg::Locate)
        }
        (None, Finding::Idle) => (t!(words, POINT_NOTE), t!(words, POINT_ADD), || Msg::Locate),
    };
    html! {
        <div class="weui-cell gc-stack">
            <div class="weui-cell__hd gc-icell">{ icon("pin") }</div>
            <div class="weui-cell__bd"><p class="weui-cell__desc" role="status" data-testid="point-state">{ desc }</p></div>
            <div class="weui-cell__ft">
                <button
                    class="weui-btn weui-btn_default weui-btn_mini"
                    type="button"
                    data-testid="point"
                    onclick={on.reform(move |_| msg())}
                >
                    { label }
                </button>
            </div>
        </div>
    }
}

fn group_grid(page: &Report, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let chosen = page.form.category.get(..2).unwrap_or_default();
    let draw = |group: &CategoryGroup| {
        let code = group.code;
        let is_chosen = code == chosen;
        html! {
            <button
                class="weui-grid"
                type="button"
                key={code}
                aria-pressed={if is_chosen { "true" } else { "false" }}
                data-testid={format!("group-{code}")}
                onclick={on.reform(move |_| Msg::Edit(Edit::Category(code.to_owned())))}
            >
                <span class="weui-grid__icon">{ icon(icon_of(code)) }</span>
                <span class="weui-grid__label">{ group.label(words.language()) }</span>
            </button>
        }
    };
    let toggle =
        if page.shows_all { t!(words, CATEGORY_USUAL) } else { t!(words, CATEGORY_ALL, count = groups().len()) };
    html! {
        <div class="weui-grids" role="group" aria-label={t!(words, CATEGORY_TITLE)} data-arrows="x" id="category">
            { for shown_groups(page.shows_all).into_iter().map(draw) }
            <button
                class="weui-grid"
                type="button"
                key="all"
                aria-expanded={if page.shows_all { "true" } else { "false" }}
                data-testid="group-all"
                onclick={on.reform(|_| Msg::ShowAll)}
            >
                <span class="weui-grid__icon">{ icon(if page.shows_all { "return" } else { "all" }) }</span>
                <span class="weui-grid__label">{ toggle }</span>
            </button>
        </div>
    }
}

fn categories(page: &Report, group: &'static CategoryGroup, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let draw = |category: &'static Category| {
        let label = category.label(words.language()).to_owned();
        let edit = on.reform(move |_| Msg::Edit(Edit::Category(category.code.to_owned())));
        chip(label, page.form.category == category.code, format!("category-{}", category.code), edit)
    };
    let label = t!(words, CATEGORY_OF, group = group.label(words.language()));
    html! {
        <div class="gc-pad" id="categories">
            { chip_row(label, true, html! { <>{ for group.categories.iter().map(draw) }</> }) }
            <p class="weui-cells__tips">{ t!(words, CATEGORY_ROUTE, unit = group.route(words.language())) }</p>
        </div>
    }
}

/// Where the case belongs when two categories fit, with one tap to go there.
fn hints(category: &'static Category, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let others = find_hints(category).into_iter().filter(|hint| *hint != CategoryHint::CallFirst);
    let draw = |hint: CategoryHint| {
        let target = hint.prefers().filter(|code| !category.code.starts_with(code));
        let name = target.and_then(|code| {
            let category = find_category(code).map(|category| category.label(words.language()));
            category.or_else(|| find_group(code).map(|group| group.label(words.language())))
        });
        let change = target.zip(name).map(|(code, name)| {
            html! {
                <button
                    class="weui-link gc-hit"
                    type="button"
                    onclick={on.reform(move |_| Msg::Edit(Edit::Category(code.to_owned())))}
                >
                    { t!(words, CATEGORY_CHANGE, name = name) }
                </button>
            }
        });
        strip("", "info", html! { <div class="gc-strip__row"><span>{ words.name(hint) }</span>{ for change }</div> })
    };
    html! { <>{ for others.map(draw) }</> }
}

fn priorities(words: Words) -> Vec<(Priority, &'static str, String)> {
    Priority::ALL.iter().map(|priority| (*priority, priority.code(), words.name(*priority).to_owned())).collect()
}

/// In which grid it happened, where nothing else says so.
fn grid_cell(page: &Report, env: &Env, on: &Callback<Msg>) -> Html {
    let grids = page.view.ready().map(|view| view.grids.as_slice()).unwrap_or_default();
    let Some((first, _)) = grids.first() else { return Html::default() };
    let options: Vec<_> = grids.iter().map(|(code, name)| (code.to_string(), name.clone())).collect();
    let chosen = page.form.grid.as_ref().unwrap_or(first);
    let on = on.reform(|event: Event| Msg::Edit(Edit::Grid(select_of(&event))));
    select_cell("report-grid", t!(env.words, REPORT_GRID), &options, chosen.as_str(), on)
}
