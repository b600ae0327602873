//! The markup of a household's file.

use contract::domain::MemberPair;
use contract::domain::codes::{CodeList as _, NeedCode, NeedState, Residence};
use contract::{CandidateView, ConflictView, HouseholdView, MemberView, NeedView, RecordState, VisitRow};
use yew::prelude::*;

use super::value::{describe_field, describe_value};
use super::{Household, Msg, Sheet, sheet};
use crate::i18n::t;
use crate::pages::report::HEALTH_REQUEST;
use crate::parts::{
    Page, button, class_mark, draw_load, due_label, empty, failure, icon, icon_small, incident_row, record_state,
    select_of, sift, sync_chip, visit_summary,
};
use crate::route::Route;
use crate::state::Env;

pub(super) fn draw(page: &Household, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let place = page.view.ready().map(|view| &view.row.place);
    let frame = Page {
        title: place.map_or_else(|| t!(words, TAB_HOUSEHOLDS), |place| place.door()),
        sub: place.map(|place| place.compound.clone()).unwrap_or_default(),
        back: Some(Route::Households),
        trailing: sync_chip(env),
        tool: if page.view.ready().is_some() { tool(page, env, on) } else { Html::default() },
        ..Page::default()
    };
    let content = draw_load(words, &page.view, |view| file(page, view, env, on));
    let is_open = page.sheet != Sheet::Closed;
    html! {
        <>
            <div inert={is_open}>{ frame.draw(env, content) }</div>
            { sheet::draw(page, env, on) }
        </>
    }
}

fn tool(page: &Household, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    html! {
        <>
        { aside_bar(page, env, on) }
        <div class="weui-bottom-fixed-opr">
            <a
                class="weui-btn weui-btn_default gc-narrow"
                href={Route::Report(Some(page.id)).href()}
                data-testid="report-here"
            >
                { t!(words, TAB_REPORT) }
            </a>
            <a
                class="weui-btn weui-btn_default gc-narrow"
                href={Route::ReportAs(HEALTH_REQUEST.to_owned(), Some(page.id)).href()}
                data-testid="health-here"
            >
                { t!(words, HEALTH_HERE) }
            </a>
            <a class="weui-btn weui-btn_primary" href={Route::Visit(page.id).href()} data-testid="record-visit">
                { icon("visit") }{ t!(words, VISIT_TITLE) }
            </a>
        </div>
        </>
    }
}

/// What was typed into a sheet that was closed without saving, and the ways to go on with it or to let it go.
fn aside_bar(page: &Household, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let Some(aside) = page.aside.last() else { return html! { <div role="status"></div> } };
    html! {
        <div role="status">
            <p class="gc-undo" data-testid="aside">
                <span>{ t!(words, SHEET_ASIDE, what = sheet::describe(aside, words)) }</span>
                { button("weui-link gc-hit", "resume-sheet", t!(words, SHEET_RESUME), on.reform(|_| Msg::Resume)) }
                { button("weui-link gc-hit", "let-go", t!(words, SHEET_LET_GO), on.reform(|_| Msg::LetGo)) }
            </p>
        </div>
    }
}

fn file(page: &Household, view: &HouseholdView, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    html! {
        <>
            if page.sheet == Sheet::Closed {
                { for page.error.as_ref().map(|error| failure(words, error)) }
            }
            { card(page, view, env, on) }
            { for view.conflicts.iter().map(|conflict| conflict_card(conflict, env, on)) }
            { for view.possible_pairs.iter().filter_map(|pair| pair_card(*pair, view, env, on)) }
            { members(page, view, env, on) }
            { needs(view, env, on) }
            { visits(page, view, env) }
            { incidents(view, env) }
            <p class="weui-cells__tips gc-foot">
                { match view.verified_at {
                    Some(at) => t!(words, HOUSEHOLD_VERIFIED_AT, at = words.moment(at, env.today)),
                    None => t!(words, HOUSEHOLD_NOT_VERIFIED),
                } }
            </p>
        </>
    }
}

fn card(page: &Household, view: &HouseholdView, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let row = &view.row;
    let status = row.house_status.map(|status| words.name(status).to_owned()).unwrap_or_default();
    let present = view.members.iter().filter(|member| is_present(member)).count();
    let meta = words.join([
        status,
        t!(words, HOUSEHOLD_PRESENT, count = present),
        t!(words, HOUSEHOLD_INTERVAL, days = view.interval_days),
    ]);
    let name = if row.contact_name.is_empty() { t!(words, NO_CONTACT_NAME) } else { row.contact_name.clone() };
    html! {
        <div class="weui-cells gc-flush">
            <div class="weui-cell gc-row">
                <div class="weui-cell__hd">{ class_mark(env, row.class) }</div>
                <div class="weui-cell__bd">
                    <div class="gc-row__top">
                        <p class="gc-row__title" data-testid="household-contact">{ name }</p>{ due_label(env, row.due) }
                    </div>
                    <p class="gc-row__meta">{ meta }</p>
                    if row.state != RecordState::Confirmed {
                        <p class="gc-row__tags">{ record_state(words, &row.state) }</p>
                    }
                    if !view.note.is_empty() {
                        <p class="gc-row__meta gc-text">{ &view.note }</p>
                    }
                </div>
                if view.can_edit {
                    <div class="weui-cell__ft">
                        <button
                            class="weui-btn weui-btn_default weui-btn_mini"
                            type="button"
                            data-testid="edit-household"
                            aria-label={t!(words, SHEET_CARD)}
                            onclick={on.reform(|_| Msg::EditCard)}
                        >
                            { t!(words, EDIT) }
                        </button>
                    </div>
                }
            </div>
            if view.has_particulars {
                { particulars_row(page, env, on) }
            }
        </div>
    }
}

fn is_present(member: &MemberView) -> bool {
    matches!(member.residence, Some(Residence::Present) | None)
}

fn has_left(member: &MemberView) -> bool {
    matches!(member.residence, Some(Residence::MovedOut | Residence::Deceased))
}

fn particulars_row(page: &Household, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    if page.revealed.is_some() {
        return html! {
            <div class="weui-cell">
                <div class="weui-cell__hd gc-icell">{ icon("phone") }</div>
                <div class="weui-cell__bd"><p class="weui-cell__desc" role="status">{ t!(words, REVEALED_NOTE) }</p></div>
                <div class="weui-cell__ft">
                    <button
                        class="weui-btn weui-btn_default weui-btn_mini"
                        type="button"
                        data-testid="mask"
                        onclick={on.reform(|_| Msg::Mask)}
                    >
                        { t!(words, MASK_AGAIN) }
                    </button>
                </div>
            </div>
        };
    }
    html! {
        <div class="weui-cell gc-stack" data-testid="particulars">
            <div class="weui-cell__hd gc-icell">{ icon("phone") }</div>
            <div class="weui-cell__bd">
                <p>{ t!(words, REVEAL_TITLE) }</p><p class="weui-cell__desc">{ t!(words, REVEAL_NOTE) }</p>
            </div>
            <div class="weui-cell__ft">
                <button
                    class="weui-btn weui-btn_default weui-btn_mini"
                    type="button"
                    id="reveal"
                    data-testid="reveal"
                    onclick={on.reform(|_| Msg::Reveal)}
                >
                    { t!(words, REVEAL) }
                </button>
            </div>
        </div>
    }
}

fn conflict_card(conflict: &ConflictView, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let field = describe_field(words, &conflict.field, conflict.member.as_deref());
    let id = format!("conflict-{}", conflict.field.replace('.', "-"));
    html! {
        <section class="gc-conflict" aria-labelledby={id.clone()} data-testid="conflict-card">
            <h2 {id}>
                { icon_small("merge") }{ " " }
                { t!(words, CONFLICT_TITLE, field = &field, count = conflict.candidates.len()) }
            </h2>
            <p>{ t!(words, CONFLICT_NOTE) }</p>
            <div class="weui-cells">
                { for conflict.candidates.iter().map(|candidate| candidate_row(conflict, &field, candidate, env, on)) }
            </div>
        </section>
    }
}

/// Two entries that may be one person, with the two answers. Neither removes anything.
fn pair_card(pair: MemberPair, view: &HouseholdView, env: &Env, on: &Callback<Msg>) -> Option<Html> {
    let words = env.words;
    let find = |id| view.members.iter().find(|member| member.id == id);
    let (older, younger) = (find(pair.older())?, find(pair.younger())?);
    let id = format!("pair-{}", younger.id);
    let row = |member: &MemberView| {
        let relation = member.relation.map(|relation| words.name(relation).to_owned()).unwrap_or_default();
        let residence = member.residence.map(|residence| words.name(residence).to_owned()).unwrap_or_default();
        let numbers = member.tel_masked.clone().into_iter().chain(member.id_no_masked.clone());
        html! {
            <div class="weui-cell">
                <div class="weui-cell__bd">
                    <p class="gc-strong">{ &member.name }</p>
                    <p class="weui-cell__desc gc-number">{ words.join([relation, residence].into_iter().chain(numbers)) }</p>
                </div>
            </div>
        }
    };
    let answer = |testid: &'static str, label: String, is_same: bool| {
        html! {
            <button
                class="weui-btn weui-btn_default weui-btn_mini"
                type="button"
                data-testid={testid}
                onclick={on.reform(move |_| Msg::Pair(pair, is_same))}
            >
                { label }
            </button>
        }
    };
    Some(html! {
        <section class="gc-conflict" aria-labelledby={id.clone()} data-testid="pair-card">
            <h2 {id}>{ icon_small("users") }{ " " }{ t!(words, PAIR_TITLE) }</h2>
            <p>{ t!(words, PAIR_NOTE) }</p>
            <div class="weui-cells">{ row(older) }{ row(younger) }</div>
            <div class="gc-actions gc-pad">
                { answer("pair-two", t!(words, PAIR_TWO), false) }
                { answer("pair-same", t!(words, PAIR_SAME), true) }
            </div>
        </section>
    })
}

fn candidate_row(
    conflict: &ConflictView,
    field: &str,
    candidate: &CandidateView,
    env: &Env,
    on: &Callback<Msg>,
) -> Html {
    let words = env.words;
    let value = describe_value(words, &conflict.field, &candidate.value);
    let who = match (&candidate.by, candidate.role) {
        (Some(name), Some(role)) => t!(words, PERSON_IN_ROLE, name = name, role = words.name(role)),
        (Some(name), None) => name.clone(),
        (None, Some(role)) => words.name(role).to_owned(),
        (None, None) => t!(words, PERSON_UNKNOWN),
    };
    let choose = {
        let (path, value) = (conflict.field.clone(), candidate.value.clone());
        on.reform(move |_| Msg::Choose(path.clone(), value.clone()))
    };
    html! {
        <div class="weui-cell gc-stack">
            <div class="weui-cell__bd">
                <p class="gc-strong">
                    { &value }{ " " }
                    if candidate.is_shown {
                        <span class="gc-state">{ t!(words, CONFLICT_SHOWN) }</span>
                    }
                </p>
                <p class="weui-cell__desc">{ words.join([who, words.moment(candidate.at, env.today)]) }</p>
            </div>
            <div class="weui-cell__ft">
                <button
                    class="weui-btn weui-btn_default weui-btn_mini"
                    type="button"
                    data-testid="choose-value"
                    aria-label={t!(words, CONFLICT_CHOOSE_LABEL, field = field, value = &value)}
                    onclick={choose}
                >
                    { t!(words, CONFLICT_CHOOSE) }
                </button>
            </div>
        </div>
    }
}

fn members(page: &Household, view: &HouseholdView, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let present = view.members.iter().filter(|member| is_present(member)).count();
    html! {
        <section aria-labelledby="h-members">
            <h2 class="weui-cells__title" id="h-members">
                { t!(words, MEMBERS_TITLE) }{ " " }
                <small>{ t!(words, MEMBERS_COUNT, count = view.members.len(), present = present) }</small>
            </h2>
            <ul class="weui-cells">
                if view.members.is_empty() {
                    <li>{ empty("users", t!(words, MEMBERS_NONE)) }</li>
                }
                { for view.members.iter().map(|member| html! {
                    <li key={member.id.to_string()}>{ member_row(page, view, member, env, on) }</li>
                }) }
                if view.can_edit {
                    <li>
                        <button
                            class="weui-cell weui-cell_link gc-cell-button"
                            type="button"
                            data-testid="add-member"
                            onclick={on.reform(|_| Msg::AddMember)}
                        >
                            { icon("report") }{ t!(words, SHEET_NEW_MEMBER) }
                        </button>
                    </li>
                }
            </ul>
        </section>
    }
}

fn member_row(page: &Household, view: &HouseholdView, member: &MemberView, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let relation = member.relation.map(|relation| words.name(relation)).unwrap_or_default();
    let residence = member.residence.map(|residence| words.name(residence)).unwrap_or_default();
    let id = member.id;
    html! {
        <div class={classes!("weui-cell", "gc-row", has_left(member).then_some("gc-left"))} data-testid="member-row">
            <div class="weui-cell__bd">
                <p class="gc-row__title">{ &member.name }</p>
                <p class="gc-row__meta">{ words.join([relation, residence]) }</p>
                if !member.aliases.is_empty() {
                    <p class="gc-row__meta">{ t!(words, MEMBER_JOINED, count = member.aliases.len() + 1) }</p>
                }
                { numbers(page, member, env) }
            </div>
            if view.can_edit {
                <div class="weui-cell__ft">
                    <button
                        class="weui-btn weui-btn_default weui-btn_mini"
                        type="button"
                        data-testid="edit-member"
                        aria-label={t!(words, MEMBER_EDIT_LABEL, name = &member.name)}
                        onclick={on.reform(move |_| Msg::EditMember(id))}
                    >
                        { t!(words, EDIT) }
                    </button>
                </div>
            }
        </div>
    }
}

/// Phone and identity numbers: masked, or shown after asking.
fn numbers(page: &Household, member: &MemberView, env: &Env) -> Html {
    let words = env.words;
    let revealed = page.revealed.as_ref().and_then(|members| members.iter().find(|shown| shown.id == member.id));
    let Some(shown) = revealed else {
        let masked = member.tel_masked.iter().chain(&member.id_no_masked);
        let masked = words.join(masked);
        return if masked.is_empty() {
            Html::default()
        } else {
            html! { <p class="gc-row__meta gc-number">{ masked }</p> }
        };
    };
    html! {
        <>
            { for shown.tels.iter().map(|tel| html! {
                <p class="gc-number">
                    <a class="weui-link gc-hit" href={format!("tel:{tel}")} aria-label={t!(words, CALL_NUMBER, name = &member.name, tel = tel)}>
                        { icon_small("phone") }{ " " }{ tel }
                    </a>
                </p>
            }) }
            if !shown.id_no.is_empty() {
                <p class="gc-row__meta gc-number">
                    { &shown.id_no }
                    if !shown.is_id_valid {
                        { " " }<span class="gc-state gc-state_soon">{ icon_small("alert") }{ t!(words, ID_NO_SUSPECT) }</span>
                    }
                </p>
            }
        </>
    }
}

fn needs(view: &HouseholdView, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    if view.needs.is_empty() && !view.can_edit {
        return Html::default();
    }
    let missing: Vec<NeedCode> =
        NeedCode::ALL.iter().copied().filter(|code| view.needs.iter().all(|need| need.code != *code)).collect();
    html! {
        <section aria-labelledby="h-needs">
            <h2 class="weui-cells__title" id="h-needs">{ t!(words, NEEDS_TITLE) }</h2>
            <div class="weui-cells">
                if view.needs.is_empty() {
                    { empty("heart", t!(words, NEEDS_NONE)) }
                }
                { for view.needs.iter().map(|need| need_row(view, need, env, on)) }
                if view.can_edit && !missing.is_empty() {
                    { add_need(&missing, env, on) }
                }
            </div>
        </section>
    }
}

fn need_row(view: &HouseholdView, need: &NeedView, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let code = need.code;
    let id = format!("need-{}", code.code());
    if !view.can_edit {
        let class = if need.state == NeedState::Met { "gc-state gc-state_confirmed" } else { "gc-state gc-state_soon" };
        return html! {
            <div class="weui-cell">
                <div class="weui-cell__bd">{ words.name(code) }</div><span {class}>{ words.name(need.state) }</span>
            </div>
        };
    }
    let change = on.reform(move |event: Event| Msg::Need(code, NeedState::from_code(&select_of(&event))));
    html! {
        <div class="weui-cell gc-stack">
            <div class="weui-cell__bd"><label for={id.clone()}>{ words.name(code) }</label></div>
            <div class="gc-field gc-field_short">
                <select class="weui-select" id={id.clone()} data-testid={id} onchange={change}>
                    { for NeedState::ALL.iter().map(|state| html! {
                        <option value={state.code()} selected={*state == need.state}>{ words.name(*state) }</option>
                    }) }
                </select>
            </div>
        </div>
    }
}

fn add_need(missing: &[NeedCode], env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let add = sift(on, |event: Event| {
        let code = NeedCode::from_code(&select_of(&event));
        (code != NeedCode::Unknown).then_some(Msg::Need(code, NeedState::Open))
    });
    html! {
        <div class="weui-cell gc-stack">
            <div class="weui-cell__bd"><label for="add-need">{ t!(words, NEED_ADD) }</label></div>
            <div class="gc-field gc-field_short">
                <select class="weui-select" id="add-need" data-testid="add-need" onchange={add}>
                    <option value="" selected=true>{ t!(words, CHOOSE) }</option>
                    { for missing.iter().map(|code| html! { <option value={code.code()}>{ words.name(*code) }</option> }) }
                </select>
            </div>
        </div>
    }
}

fn visits(page: &Household, view: &HouseholdView, env: &Env) -> Html {
    let words = env.words;
    html! {
        <section aria-labelledby="h-visits">
            <h2 class="weui-cells__title" id="h-visits">
                { t!(words, VISITS_SECTION) }{ " " }<small>{ t!(words, VISITS_COUNT, count = view.visit_count) }</small>
            </h2>
            if view.visits.is_empty() {
                <div class="weui-cells">{ empty("visit", t!(words, VISITS_NONE)) }</div>
            } else {
                <ol class="weui-steps weui-steps_vertical" data-testid="visit-list">
                    { for view.visits.iter().map(|visit| visit_step(visit, env)) }
                </ol>
                <div class="weui-cells gc-flush">
                    <a
                        class="weui-cell weui-cell_access weui-cell_link"
                        href={Route::Visits(page.id).href()}
                        data-testid="all-visits"
                    >
                        <div class="weui-cell__bd">{ t!(words, VISITS_ALL) }</div><div class="weui-cell__ft"></div>
                    </a>
                </div>
            }
        </section>
    }
}

fn visit_step(visit: &VisitRow, env: &Env) -> Html {
    let words = env.words;
    let title = format!("{}　{}", words.moment_day(visit.at, env.today), words.name(visit.outcome));
    html! {
        <li class={classes!("weui-steps__item", (visit.state != RecordState::Confirmed).then_some("gc-step_open"))}>
            <div class="weui-steps__item__inner">
                <a class="weui-steps__item__title gc-step__link" href={Route::VisitDetail(visit.id).href()}>{ title }</a>
                <span class="weui-steps__item__desc">{ visit_summary(env, visit) }</span>
                if visit.state != RecordState::Confirmed {
                    <p class="gc-row__tags">{ record_state(words, &visit.state) }</p>
                }
            </div>
        </li>
    }
}

fn incidents(view: &HouseholdView, env: &Env) -> Html {
    let words = env.words;
    if view.incidents.is_empty() {
        return Html::default();
    }
    html! {
        <section aria-labelledby="h-incidents">
            <h2 class="weui-cells__title" id="h-incidents">{ t!(words, HOUSEHOLD_INCIDENTS) }</h2>
            <ul class="weui-cells">
                { for view.incidents.iter().map(|row| html! { <li key={row.id.to_string()}>{ incident_row(env, row) }</li> }) }
            </ul>
        </section>
    }
}
