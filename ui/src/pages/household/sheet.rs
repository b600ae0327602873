//! The sheet that edits a card or a person: a dialog over the page. Escape closes it (`browser::keys`).

use contract::domain::codes::{CodeList, HouseStatus, Relation, Residence};
use contract::domain::household::{NAME_LIMIT, NOTE_LIMIT};
use yew::prelude::*;

use super::{Field, Household, Msg, Sheet};
use crate::i18n::{Words, t};
use crate::parts::{
    Problem, button, failure, input_cell, input_of, problem_list, select_cell, select_of, sheet, textarea_cell,
    textarea_of,
};
use crate::state::Env;

const TEL_LIMIT: usize = 20;
const ID_NO_LIMIT: usize = 18;

/// Codes and names of a list, with "not said" first.
pub(crate) fn options_of<C: CodeList>(words: Words) -> Vec<(String, String)> {
    let none = (String::new(), t!(words, NOT_SAID));
    std::iter::once(none)
        .chain(C::ALL.iter().map(|code| (code.code().to_owned(), words.name(*code).to_owned())))
        .collect()
}

fn code_of<C: CodeList>(value: Option<C>) -> &'static str {
    value.map_or("", CodeList::code)
}

/// Draws the sheet; nothing when it is closed.
pub(super) fn draw(page: &Household, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let (title, save_id, fields) = match &page.sheet {
        Sheet::Closed => return Html::default(),
        Sheet::Card { contact_name, house_status, note } => {
            (t!(words, SHEET_CARD), "save-household", card_fields(words, contact_name, *house_status, note, on))
        }
        Sheet::NewMember(member) => {
            let has_particulars = page.view.ready().is_some_and(|view| view.has_particulars);
            let fields = html! {
                <>
                    { member_fields(words, &member.name, member.relation, member.residence, on) }
                    if has_particulars {
                        { number_fields(words, &member.tel, &member.id_no, on) }
                    }
                </>
            };
            (t!(words, SHEET_NEW_MEMBER), "save-member", fields)
        }
        Sheet::Member { name, relation, residence, .. } => {
            (t!(words, SHEET_MEMBER), "save-member", member_fields(words, name, *relation, *residence, on))
        }
    };
    let body = html! {
        <>
            { problems(page, words) }
            <div class="weui-cells gc-flush">{ fields }</div>
            <div class="gc-pad gc-actions">
                { button("weui-btn weui-btn_default", "close-sheet", t!(words, CANCEL), on.reform(|_| Msg::Close)) }
                <button
                    class="weui-btn weui-btn_primary"
                    type="button"
                    data-testid={save_id}
                    aria-disabled={page.is_saving.then_some("true")}
                    onclick={on.reform(|_| Msg::Save)}
                >
                    { t!(words, SAVE) }
                </button>
            </div>
        </>
    };
    sheet(title, body)
}

/// What stands in the way of saving.
fn problems(page: &Household, words: Words) -> Html {
    let nameless = page.is_nameless.then(|| Problem::of("member-name", t!(words, LACK_MEMBER_NAME)));
    let wrong = page.error.as_ref().map(|error| match super::find_field(error) {
        Some(field) => problem_list(&[Problem::of(field, words.explain(error).what)]),
        None => failure(words, error),
    });
    html! { <div id="problems" class="gc-pad_side" tabindex="-1">{ problem_list(nameless.as_slice()) }{ for wrong }</div> }
}

/// What the sheet is about, for the line that leads back to it.
pub(super) fn describe(sheet: &Sheet, words: Words) -> String {
    let title = match sheet {
        Sheet::Closed => String::new(),
        Sheet::Card { .. } => t!(words, SHEET_CARD),
        Sheet::NewMember(_) => t!(words, SHEET_NEW_MEMBER),
        Sheet::Member { .. } => t!(words, SHEET_MEMBER),
    };
    words.join([title.as_str(), sheet.name()])
}

fn card_fields(words: Words, contact: &str, status: Option<HouseStatus>, note: &str, on: &Callback<Msg>) -> Html {
    html! {
        <>
            { input_cell("contact-name", t!(words, FIELD_CONTACT_NAME), "text", contact.to_owned(), NAME_LIMIT,
                on.reform(|event: InputEvent| Msg::Typed(Field::ContactName(input_of(&event))))) }
            { select_cell("house-status", t!(words, FIELD_HOUSE_STATUS), &options_of::<HouseStatus>(words), code_of(status),
                on.reform(|event: Event| Msg::Typed(Field::HouseStatus(select_of(&event))))) }
            { textarea_cell("household-note", t!(words, HOUSEHOLD_NOTE_LABEL), note.to_owned(), NOTE_LIMIT,
                on.reform(|event: InputEvent| Msg::Typed(Field::Note(textarea_of(&event))))) }
        </>
    }
}

fn member_fields(
    words: Words,
    name: &str,
    relation: Option<Relation>,
    residence: Option<Residence>,
    on: &Callback<Msg>,
) -> Html {
    html! {
        <>
            { input_cell("member-name", t!(words, FIELD_MEMBERS_NAME), "text", name.to_owned(), NAME_LIMIT,
                on.reform(|event: InputEvent| Msg::Typed(Field::Name(input_of(&event))))) }
            { select_cell("member-relation", t!(words, FIELD_MEMBERS_RELATION), &options_of::<Relation>(words), code_of(relation),
                on.reform(|event: Event| Msg::Typed(Field::Relation(select_of(&event))))) }
            { select_cell("member-residence", t!(words, FIELD_MEMBERS_RESIDENCE), &options_of::<Residence>(words), code_of(residence),
                on.reform(|event: Event| Msg::Typed(Field::Residence(select_of(&event))))) }
        </>
    }
}

fn number_fields(words: Words, tel: &str, id_no: &str, on: &Callback<Msg>) -> Html {
    html! {
        <>
            { input_cell("member-tel", t!(words, MEMBER_TEL), "tel", tel.to_owned(), TEL_LIMIT,
                on.reform(|event: InputEvent| Msg::Typed(Field::Tel(input_of(&event))))) }
            { input_cell("member-id-no", t!(words, MEMBER_ID_NO), "text", id_no.to_owned(), ID_NO_LIMIT,
                on.reform(|event: InputEvent| Msg::Typed(Field::IdNo(input_of(&event))))) }
        </>
    }
}
