//! The sheet that edits a card or a person: a dialog over the page. Escape closes it (`browser::keys`).

use contract::MemberView;
use contract::domain::codes::{CodeList, HouseStatus, Relation, Residence};
use contract::domain::household::{NAME_LIMIT, NOTE_LIMIT};
use contract::domain::{MemberId, MemberPair};
use yew::prelude::*;

use super::{Field, Household, Msg, Numbers, Sheet};
use crate::i18n::{Words, t};
use crate::parts::{
    Problem, button, failure, input_cell, input_of, problem_list, select_cell, select_of, sheet, sift, textarea_cell,
    textarea_of,
};
use crate::state::Env;

const TEL_LIMIT: usize = 20;
/// Ids of the fields for phone numbers; nobody has more.
const TEL_IDS: [&str; 7] =
    ["member-tel", "member-tel-1", "member-tel-2", "member-tel-3", "member-tel-4", "member-tel-5", "member-tel-6"];
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
        Sheet::Member { id, name, relation, residence, numbers } => {
            let member = page.view.ready().and_then(|view| view.members.iter().find(|member| member.id == *id));
            let has_particulars = page.view.ready().is_some_and(|view| view.has_particulars);
            let fields = html! {
                <>
                    { member_fields(words, name, *relation, *residence, on) }
                    if has_particulars {
                        { known_number_fields(words, member, numbers.as_ref(), on) }
                    }
                    { for member.map(|member| aliases(words, member, on)) }
                </>
            };
            (t!(words, SHEET_MEMBER), "save-member", fields)
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

/// Numbers that are there: masked until they are asked for, then a field each and one for another phone number.
fn known_number_fields(
    words: Words,
    member: Option<&MemberView>,
    numbers: Option<&Numbers>,
    on: &Callback<Msg>,
) -> Html {
    let Some(numbers) = numbers else {
        let masked = member.iter().flat_map(|member| member.tel_masked.iter().chain(&member.id_no_masked));
        return html! {
            <div class="weui-cell gc-stack">
                <div class="weui-cell__bd">
                    <p class="gc-number">{ words.join(masked) }</p>
                    <p class="weui-cell__desc">{ t!(words, REVEAL_NOTE) }</p>
                </div>
                <div class="weui-cell__ft">
                    { button("weui-btn weui-btn_default weui-btn_mini", "reveal-to-edit", t!(words, REVEAL_TO_EDIT), on.reform(|_| Msg::Reveal)) }
                </div>
            </div>
        };
    };
    let last = numbers.tels.len().saturating_sub(1);
    let draw = |(at, tel): (usize, &String)| {
        let label = if at == last && at > 0 { t!(words, MEMBER_TEL_MORE) } else { t!(words, MEMBER_TEL) };
        let typed = on.reform(move |event: InputEvent| Msg::Typed(Field::TelAt(at, input_of(&event))));
        input_cell(TEL_IDS[at.min(TEL_IDS.len() - 1)], label, "tel", tel.clone(), TEL_LIMIT, typed)
    };
    html! {
        <>
            { for numbers.tels.iter().take(TEL_IDS.len()).enumerate().map(draw) }
            { input_cell("member-id-no", t!(words, MEMBER_ID_NO), "text", numbers.id_no.clone(), ID_NO_LIMIT,
                on.reform(|event: InputEvent| Msg::Typed(Field::IdNo(input_of(&event))))) }
        </>
    }
}

/// Other entries of the same person, each of which can be taken out again.
fn aliases(words: Words, member: &MemberView, on: &Callback<Msg>) -> Html {
    let draw = |(alias, name): &(MemberId, String)| {
        let pair = MemberPair::new(member.id, *alias);
        let split = sift(on, move |_: MouseEvent| Some(Msg::Pair(pair?, false)));
        html! {
            <div class="weui-cell gc-stack">
                <div class="weui-cell__bd"><p>{ t!(words, MEMBER_ALIAS, name = name) }</p></div>
                <div class="weui-cell__ft">
                    { button("weui-btn weui-btn_default weui-btn_mini", "split-member", t!(words, MEMBER_SPLIT), split) }
                </div>
            </div>
        }
    };
    html! { <>{ for member.aliases.iter().map(draw) }</> }
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
