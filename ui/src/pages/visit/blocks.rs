//! Blocks of the form that do not come from the checklist: corrections of the card, the list of changes to read out,
//! and advice, promise and remark where the checklist does not ask for them.

use contract::VisitFormView;
use contract::domain::checklist::StoredIn;
use contract::domain::codes::{Advice, Channel, CodeList as _, HouseStatus, Relation};
use contract::domain::household::NAME_LIMIT;
use contract::domain::visit::TEXT_LIMIT;
use yew::prelude::*;

use super::{Edit, Msg, VisitPage, form};
use crate::i18n::t;
use crate::pages::household::{Field, options_of};
use crate::parts::{
    chip, chip_row, icon, input_cell, input_of, select_cell, select_of, textarea_cell, textarea_of, tick,
};
use crate::state::Env;

/// The block of the checklist (一完善) in which the changes are listed.
pub(super) const CHANGES_SECTION: &str = "improvement";
/// Most characters of a promise.
const PROMISE_LIMIT: usize = 200;
const TEL_LIMIT: usize = 20;

/// One fold with its badge.
pub(super) fn draw_fold(key: &str, title: String, badge: String, is_open: bool, content: Html) -> Html {
    html! {
        <details class="gc-fold" open={is_open} key={key.to_owned()}>
            <summary data-testid={format!("fold-{key}")}>
                <span>{ title }</span><span class="gc-state">{ badge }</span>{ icon("down") }
            </summary>
            { content }
        </details>
    }
}

/// Corrections of the card as a fold of their own, where the checklist has no block for them.
pub(super) fn card_fold(page: &VisitPage, view: &VisitFormView, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    draw_fold("card", t!(words, FOLD_CARD), t!(words, FOLD_OPTIONAL), false, card_editor(page, view, env, on))
}

/// Members who left or moved in, whom to ask for, how the dwelling is used.
pub(super) fn card_editor(page: &VisitPage, view: &VisitFormView, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let form = &page.form;
    let status = form.house_status.or(view.household.house_status).map_or("", |status| status.code());
    let contact = form.contact_name.clone().unwrap_or_else(|| view.household.contact_name.clone());
    let contact_edit = on.reform(|event: InputEvent| Msg::Edit(Edit::ContactName(Some(input_of(&event)))));
    let status_edit = on.reform(|event: Event| Msg::Edit(Edit::HouseStatus(select_of(&event))));
    html! {
        <>
            if !view.members.is_empty() {
                <p class="gc-sublabel gc-sublabel_pad" aria-hidden="true">{ t!(words, MEMBERS_LEFT_QUESTION) }</p>
                <div class="weui-cells weui-cells_checkbox gc-flush" role="group" aria-label={t!(words, MEMBERS_LEFT_QUESTION)}>
                    { for view.members.iter().map(|member| {
                        let id = member.id;
                        let has_left = form.left_members.contains(&id);
                        let relation = member.relation.map(|relation| words.name(relation)).unwrap_or_default();
                        let name = words.join([member.name.as_str(), relation]);
                        let label = if has_left { t!(words, MEMBER_HAS_LEFT, name = name) } else { name };
                        tick(label, has_left, format!("left-{id}"),
                            on.reform(move |_| Msg::Edit(Edit::MemberLeft(id))), Html::default())
                    }) }
                </div>
            }
            { for form.new_members.iter().enumerate().map(|(index, member)| new_member(index, member, env, on)) }
            <div class="weui-cells gc-flush">
                <button
                    class="weui-cell weui-cell_link gc-cell-button"
                    type="button"
                    data-testid="add-member"
                    onclick={on.reform(|_| Msg::Edit(Edit::AddMember))}
                >
                    { icon("report") }{ t!(words, SHEET_NEW_MEMBER) }
                </button>
                { input_cell("contact-name", t!(words, FIELD_CONTACT_NAME), "text", contact, NAME_LIMIT, contact_edit) }
                { select_cell("house-status", t!(words, FIELD_HOUSE_STATUS), &options_of::<HouseStatus>(words), status, status_edit) }
            </div>
        </>
    }
}

/// The id of the name of somebody who moved in, by their place in the list.
pub(super) fn member_id(index: usize) -> String {
    format!("new-member-{index}")
}

/// Somebody who moved in. The newest entry takes the focus.
fn new_member(index: usize, member: &contract::AddMember, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let id = member_id(index);
    let name_edit =
        on.reform(move |event: InputEvent| Msg::Edit(Edit::NewMember(index, Field::Name(input_of(&event)))));
    let relation_edit =
        on.reform(move |event: Event| Msg::Edit(Edit::NewMember(index, Field::Relation(select_of(&event)))));
    let tel_edit = on.reform(move |event: InputEvent| Msg::Edit(Edit::NewMember(index, Field::Tel(input_of(&event)))));
    let relation = member.relation.map_or("", |relation| relation.code());
    html! {
        <div class="weui-cells gc-flush" role="group" aria-label={t!(words, SHEET_NEW_MEMBER)} key={format!("new-{index}")}>
            <div class="weui-cell gc-stack">
                <div class="weui-cell__hd"><label class="weui-label" for={id.clone()}>{ t!(words, FIELD_MEMBERS_NAME) }</label></div>
                <div class="weui-cell__bd gc-field">
                    <input
                        class="weui-input"
                        type="text"
                        {id}
                        data-testid="member-name"
                        autocomplete="off"
                        maxlength={NAME_LIMIT.to_string()}
                        value={member.name.clone()}
                        oninput={name_edit}
                    />
                </div>
                <div class="weui-cell__ft">
                    <button
                        class="weui-btn weui-btn_default weui-btn_mini"
                        type="button"
                        aria-label={t!(words, NEW_MEMBER_DROP_LABEL, name = &member.name)}
                        onclick={on.reform(move |_| Msg::Edit(Edit::DropMember(index)))}
                    >
                        { t!(words, UNDO) }
                    </button>
                </div>
            </div>
            { select_cell(&format!("new-relation-{index}"), t!(words, FIELD_MEMBERS_RELATION), &options_of::<Relation>(words), relation, relation_edit) }
            if !env.is_lead() {
                { input_cell(&format!("new-tel-{index}"), t!(words, MEMBER_TEL), "tel", member.tel.clone(), TEL_LIMIT, tel_edit) }
            }
        </div>
    }
}

/// The list of changes as a fold of its own; nothing when nothing changes.
pub(super) fn changes_fold(page: &VisitPage, view: &VisitFormView, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let lines = change_lines(page, view, env, on);
    if lines.is_empty() {
        return Html::default();
    }
    let badge = t!(words, FOLD_CHANGES, count = lines.len());
    draw_fold("changes", t!(words, CHANGES_TITLE), badge, true, changes(page, view, env, on))
}

/// What this visit changes about the card, to be read out before submitting.
pub(super) fn changes(page: &VisitPage, view: &VisitFormView, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let lines = change_lines(page, view, env, on);
    if lines.is_empty() {
        return html! { <p class="weui-cells__tips gc-note">{ t!(words, CHANGES_NONE) }</p> };
    }
    html! {
        <>
            <div class="weui-cells gc-diff gc-flush" data-testid="changes">{ for lines }</div>
            <p class="weui-cells__tips gc-note">{ t!(words, CHANGES_READ_OUT) }</p>
        </>
    }
}

fn change_lines(page: &VisitPage, view: &VisitFormView, env: &Env, on: &Callback<Msg>) -> Vec<Html> {
    let words = env.words;
    let form = form::tidy(&page.form, view);
    let mut lines = Vec::new();
    if let Some(name) = &form.contact_name {
        let from = &view.household.contact_name;
        let undo = on.reform(|_| Msg::Edit(Edit::ContactName(None)));
        lines.push(change(env, t!(words, FIELD_CONTACT_NAME), from, name, Some(undo)));
    }
    if let Some(status) = form.house_status {
        let from = view.household.house_status.map(|status| words.name(status)).unwrap_or_default();
        let undo = on.reform(|_| Msg::Edit(Edit::HouseStatus(String::new())));
        lines.push(change(env, t!(words, FIELD_HOUSE_STATUS), from, words.name(status), Some(undo)));
    }
    for (index, member) in form.new_members.iter().enumerate().filter(|(_, member)| !member.name.is_empty()) {
        let undo = on.reform(move |_| Msg::Edit(Edit::DropMember(index)));
        lines.push(change(env, t!(words, CHANGE_MEMBER_ADDED), "", &member.name, Some(undo)));
    }
    for member in view.members.iter().filter(|member| form.left_members.contains(&member.id)) {
        let id = member.id;
        let undo = on.reform(move |_| Msg::Edit(Edit::MemberLeft(id)));
        lines.push(change(env, t!(words, CHANGE_MEMBER_LEFT), "", &member.name, Some(undo)));
    }
    for need in form::mentioned_needs(&form, view) {
        lines.push(change(env, t!(words, CHANGE_NEED), "", words.name(need), None));
    }
    lines
}

fn change(env: &Env, field: String, from: &str, to: &str, undo: Option<Callback<MouseEvent>>) -> Html {
    let words = env.words;
    let label = t!(words, CHANGE_UNDO_LABEL, field = &field);
    html! {
        <div class="weui-cell gc-stack">
            <div class="weui-cell__bd">
                <p>{ field }</p>
                <p class="gc-row__meta">
                    if !from.is_empty() {
                        <del>{ from }</del>{ " → " }
                    }
                    <ins>{ to }</ins>
                </p>
            </div>
            if let Some(undo) = undo {
                <div class="weui-cell__ft">
                    <button class="weui-btn weui-btn_default weui-btn_mini" type="button" aria-label={label} onclick={undo}>
                        { t!(words, UNDO) }
                    </button>
                </div>
            }
        </div>
    }
}

/// Where the visit took place; advice, promise and remark where the checklist does not ask for them.
pub(super) fn rest_fold(page: &VisitPage, view: &VisitFormView, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let form = &page.form;
    let is_asked = |place: StoredIn| view.template.questions().any(|question| question.stored_in == place);
    let promise = form.follow_up.as_ref();
    let content = html! {
        <>
            { channels(page, env, on) }
            if !is_asked(StoredIn::Advice) {
                { advice(page, env, on) }
            }
            <div class="weui-cells gc-flush">
                if !is_asked(StoredIn::Leaflets) {
                    { input_cell("leaflets", t!(words, LEAFLETS), "number", describe_count(form.leaflets), 4,
                        on.reform(|event: InputEvent| Msg::Edit(Edit::Leaflets(input_of(&event))))) }
                }
                if !is_asked(StoredIn::FollowUpText) {
                    { textarea_cell("follow-up", t!(words, FOLLOW_UP_TEXT), promise.map(|p| p.text.clone()).unwrap_or_default(), PROMISE_LIMIT,
                        on.reform(|event: InputEvent| Msg::Edit(Edit::FollowUpText(textarea_of(&event))))) }
                }
                if !is_asked(StoredIn::FollowUpDate) {
                    { input_cell("follow-up-date", t!(words, FOLLOW_UP_DATE), "date", promise.and_then(|p| p.date).map(contract::domain::time::format_day).unwrap_or_default(), 10,
                        on.reform(|event: InputEvent| Msg::Edit(Edit::FollowUpDate(input_of(&event))))) }
                }
                if !is_asked(StoredIn::Note) {
                    { textarea_cell("visit-note", t!(words, NOTE), form.note.clone(), TEXT_LIMIT,
                        on.reform(|event: InputEvent| Msg::Edit(Edit::Note(textarea_of(&event))))) }
                }
            </div>
        </>
    };
    draw_fold("rest", t!(words, FOLD_REST), t!(words, FOLD_OPTIONAL), false, content)
}

fn describe_count(count: u32) -> String {
    if count == 0 { String::new() } else { count.to_string() }
}

fn channels(page: &VisitPage, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let chosen = page.form.channel;
    let draw = |channel: Channel| {
        let is_chosen = chosen == Some(channel);
        let edit = on.reform(move |_| Msg::Edit(Edit::Channel((!is_chosen).then_some(channel))));
        chip(words.name(channel).to_owned(), is_chosen, format!("channel-{}", channel.code()), edit)
    };
    html! {
        <div class="gc-pad">
            <p class="gc-sublabel" aria-hidden="true">{ t!(words, CHANNEL) }</p>
            { chip_row(t!(words, CHANNEL), true, html! { <>{ for Channel::ALL.iter().map(|channel| draw(*channel)) }</> }) }
        </div>
    }
}

fn advice(page: &VisitPage, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let draw = |advice: Advice| {
        let edit = on.reform(move |_| Msg::Edit(Edit::Advice(advice)));
        chip(
            words.name(advice).to_owned(),
            page.form.advice.contains(&advice),
            format!("advice-{}", advice.code()),
            edit,
        )
    };
    html! {
        <div class="gc-pad">
            <p class="gc-sublabel" aria-hidden="true">{ t!(words, ADVICE_TITLE) }</p>
            { chip_row(t!(words, ADVICE_TITLE), true, html! { <>{ for Advice::ALL.iter().map(|advice| draw(*advice)) }</> }) }
        </div>
    }
}
