//! The markup of the list.

use contract::domain::BuildingCode;
use contract::{DueFilter, HouseholdOrder};
use yew::prelude::*;

use super::{Chip, Filter, Households, List, Msg, begins_stairwell};
use crate::i18n::t;
use crate::parts::{
    Page, chip, chip_row, draw_load, empty, household_row, no_households, read_scroll, search_box, select_of,
    set_style, sync_chip,
};
use crate::route::Tab;
use crate::state::Env;

pub(super) fn draw(page: &Households, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let frame = Page {
        title: t!(words, TAB_HOUSEHOLDS),
        sub: env.units(),
        tab: Some(Tab::Households),
        trailing: sync_chip(env),
        below: html! { <>{ search(page, env, on) }{ filters(page, env, on) }</> },
        onscroll: Some(on.reform(|event: Event| {
            let (top, height) = read_scroll(&event);
            Msg::Scrolled(top, height)
        })),
        ..Page::default()
    };
    let content = draw_load(words, &page.list, |list| draw_list(page, list, env, on));
    frame.draw(env, content)
}

fn search(page: &Households, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let (label, hint) = if env.is_lead() {
        (t!(words, SEARCH_LABEL_LEAD), t!(words, SEARCH_HINT_LEAD))
    } else {
        (t!(words, SEARCH_LABEL), t!(words, SEARCH_HINT))
    };
    search_box(words, label, hint, page.filter.query.clone(), on.reform(Msg::Typed))
}

fn filters(page: &Households, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let filter = &page.filter;
    let draw = |kind: Chip, name: String, count: Option<u64>, is_pressed: bool, testid: &str| {
        let label = match count {
            Some(count) => t!(words, CHIP_COUNT, name = name, count = count),
            None => name,
        };
        chip(label, is_pressed, testid.to_owned(), on.reform(move |_| Msg::Toggle(kind)))
    };
    let chips = html! {
        <>
            { building_chip(page, env, on) }
            { draw(Chip::Overdue, t!(words, FILTER_OVERDUE), page.counts.overdue, filter.due == DueFilter::Overdue, "filter-overdue") }
            { draw(Chip::Week, t!(words, FILTER_WEEK), page.counts.week, filter.due == DueFilter::ThisWeek, "filter-week") }
            { draw(Chip::Needs, t!(words, FILTER_NEEDS), page.counts.needs, filter.has_needs, "filter-needs") }
            { draw(Chip::Conflicts, t!(words, FILTER_CONFLICTS), page.counts.conflicts, filter.has_conflicts, "filter-conflicts") }
        </>
    };
    html! { <div class="gc-filters">{ chip_row(t!(words, FILTERS), false, chips) }</div> }
}

/// Choosing a building: the system's own picker, which every phone and screen reader knows.
fn building_chip(page: &Households, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let buildings = page.list.ready().map(|list| list.buildings.as_slice()).unwrap_or_default();
    let chosen = page.filter.building.as_ref();
    let draw = |code: &BuildingCode, name: &str, households: u64| {
        let label = t!(words, FILTER_BUILDING_OPTION, name = name, count = households);
        html! { <option value={code.to_string()} selected={chosen == Some(code)}>{ label }</option> }
    };
    html! {
        <select
            class={classes!("gc-chip", "gc-chip_select", chosen.is_some().then_some("gc-chip_on"))}
            id="filter-building"
            data-testid="filter-building"
            aria-label={t!(words, FILTER_BUILDING)}
            onchange={on.reform(|event: Event| Msg::Building(select_of(&event).parse().ok()))}
        >
            <option value="" selected={chosen.is_none()}>{ t!(words, FILTER_ALL_BUILDINGS) }</option>
            { for buildings.iter().map(|building| draw(&building.code, &building.name, building.households)) }
        </select>
    }
}

fn draw_list(page: &Households, list: &List, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    if list.total == 0 {
        return nothing(page, list, env, on);
    }
    let query = &list.query;
    let count = if query.is_empty() {
        t!(words, LIST_COUNT, count = list.total)
    } else {
        t!(words, LIST_FOUND, query = query, count = list.total)
    };
    let (above, below) = page.window.padding(list.total);
    let rows = page.window.rows();
    let first = rows.start;
    let draw = |(offset, row): (usize, &contract::HouseholdRow)| {
        let index = first + offset;
        let item = html! {
            <li
                class="gc-vrow"
                key={row.id.to_string()}
                aria-setsize={list.total.to_string()}
                aria-posinset={(index + 1).to_string()}
            >
                if begins_stairwell(&list.rows, list.order, index) {
                    <h3 class="gc-stairwell">{ stairwell_name(row) }</h3>
                }
                { household_row(env, row) }
            </li>
        };
        set_style(item, &format!("height:{}px", page.window.row_height(index)))
    };
    let rows = html! {
        <ul class="weui-cells gc-vlist" role="list" aria-label={t!(words, LIST_LABEL)} data-arrows="y">
            { for list.rows.get(rows).unwrap_or_default().iter().enumerate().map(draw) }
        </ul>
    };
    html! {
        <>
            <div class="gc-listhead">
                <h2 class="weui-cells__title" role="status" data-testid="result-count">{ count }</h2>
                { order(list.order, env, on) }
            </div>
            { set_style(rows, &format!("padding-top:{above}px;padding-bottom:{below}px")) }
        </>
    }
}

/// The two orders; the one that is shown is pressed.
fn order(chosen: HouseholdOrder, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let draw = |order: HouseholdOrder, label: String, testid: &str| {
        chip(label, chosen == order, testid.to_owned(), on.reform(move |_| Msg::Order(order)))
    };
    let chips = html! {
        <>
            { draw(HouseholdOrder::Due, t!(words, ORDER_DUE), "order-due") }
            { draw(HouseholdOrder::Door, t!(words, ORDER_DOOR), "order-door") }
        </>
    };
    chip_row(t!(words, LIST_ORDER), false, chips)
}

/// `海棠花园 1栋1单元`: what all doors of a stairwell have in common.
fn stairwell_name(row: &contract::HouseholdRow) -> String {
    let place = &row.place;
    let stairwell = format!("{}{}", place.building, place.unit);
    if place.compound.is_empty() { stairwell } else { format!("{} {stairwell}", place.compound) }
}

/// Nothing to show: because nothing was downloaded yet, or because nothing matches.
fn nothing(page: &Households, list: &List, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    if page.filter == (Filter { order: page.filter.order, ..Filter::default() }) {
        return html! { <div role="status">{ no_households(env) }</div> };
    }
    let query = &list.query;
    let text = if query.is_empty() { t!(words, LIST_NONE) } else { t!(words, LIST_NONE_FOUND, query = query) };
    html! {
        <>
            <div role="status" data-testid="result-count">{ empty("home", text) }</div>
            <div class="gc-pad">
                <button
                    class="weui-btn weui-btn_default gc-wide"
                    type="button"
                    data-testid="clear-filters"
                    onclick={on.reform(|_| Msg::Clear)}
                >
                    { t!(words, LIST_CLEAR) }
                </button>
            </div>
        </>
    }
}
