//! The markup of the form: outcome and 无变化 first, then the checklist's blocks as folds, the button at the bottom.

use std::collections::BTreeMap;

use contract::domain::checklist::{self, AnswerProblem, Form, SectionCount, Spawn, StoredIn, VisibleQuestion};
use contract::domain::codes::{CodeList as _, Outcome};
use contract::{NetworkState, VisitFormView};
use yew::prelude::*;

use super::{Edit, Lack, Msg, Phase, Taken, VisitPage, blocks, question};
use crate::i18n::{Words, t};
use crate::parts::{Page, Problem, draw_load, failure, icon, problem_list, resumed_strip, save_state, seg, undo_bar};
use crate::route::Route;
use crate::state::{DraftMsg, Env};

pub(super) fn draw(page: &VisitPage, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let frame = Page {
        title: t!(words, VISIT_TITLE),
        sub: page.view.ready().map(|view| crate::parts::household_full_title(&view.household)).unwrap_or_default(),
        back: Some(Route::Household(page.household)),
        trailing: save_state(words, &page.draft.state()),
        tool: page.view.ready().map(|_| tool(page, env, on)).unwrap_or_default(),
        ..Page::default()
    };
    let content = draw_load(words, &page.view, |view| {
        html! {
            <fieldset
                disabled={page.phase == Phase::Submitting}
                onfocusout={on.reform(|_| Msg::Draft(DraftMsg::Left))}
            >
                { body(page, view, env, on) }
            </fieldset>
        }
    });
    frame.draw(env, content)
}

fn tool(page: &VisitPage, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let is_busy = page.phase == Phase::Submitting;
    let note = match env.sync.network {
        NetworkState::Offline => t!(words, SUBMIT_NOTE_OFFLINE),
        network if network.is_closed() => t!(words, SUBMIT_NOTE_CLOSED),
        _ => t!(words, SUBMIT_NOTE),
    };
    html! {
        <>
            { undo_bar(words, page.undo.as_ref().map(|undo| describe_taken(words, undo.what())), on.reform(|_| Msg::Undo)) }
            { problems(page, words) }
            <div class="weui-bottom-fixed-opr">
                <button
                    class="weui-btn weui-btn_primary"
                    type="button"
                    data-testid="submit-visit"
                    aria-describedby="submit-note"
                    aria-disabled={is_busy.then_some("true")}
                    onclick={on.reform(|_| Msg::Submit)}
                >
                    { if is_busy { t!(words, SUBMITTING) } else { t!(words, SUBMIT_VISIT) } }
                </button>
            </div>
            <p class="weui-cells__tips gc-center" id="submit-note">{ note }</p>
        </>
    }
}

/// What stands in the way of submitting, said where the tap was.
fn problems(page: &VisitPage, words: Words) -> Html {
    let content = match &page.phase {
        Phase::Typing | Phase::Submitting => Html::default(),
        Phase::Failed(error) => match error.field.as_deref().and_then(find_field) {
            Some(field) => problem_list(&[Problem::of(field, words.explain(error).what)]),
            None => failure(words, error),
        },
        Phase::Incomplete(lacks) => {
            let problems: Vec<Problem> =
                lacks.iter().map(|lack| Problem::of(lack.field(), describe_lack(page, words, lack))).collect();
            problem_list(&problems)
        }
    };
    html! { <div id="problems" tabindex="-1">{ content }</div> }
}

/// The field of the form that the companion has refused, by its path.
pub(super) fn find_field(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('.').collect();
    match parts[..] {
        ["outcome"] => Some("outcome".to_owned()),
        ["contact_name"] => Some("contact-name".to_owned()),
        ["note"] => Some("visit-note".to_owned()),
        ["follow_up"] => Some("follow-up".to_owned()),
        ["answers", question, ..] => Some(question::field_id(question)),
        ["new_members", index, "tel"] => Some(format!("new-tel-{index}")),
        ["new_members", index, _] => index.parse().ok().map(blocks::member_id),
        _ => None,
    }
}

fn describe_taken(words: Words, taken: Taken) -> String {
    match taken {
        Taken::Changes => t!(words, TAKEN_CHANGES),
        Taken::IncidentWords => t!(words, TAKEN_INCIDENT),
        Taken::Member => t!(words, TAKEN_MEMBER),
        Taken::Sensitive => t!(words, TAKEN_SENSITIVE),
        Taken::ContactName => t!(words, TAKEN_CONTACT_NAME),
        Taken::Draft(_) => t!(words, TAKEN_DRAFT),
    }
}

fn describe_lack(page: &VisitPage, words: Words, lack: &Lack) -> String {
    let finding = match lack {
        Lack::Outcome => return t!(words, LACK_OUTCOME),
        Lack::MemberName(_) => return t!(words, LACK_MEMBER_NAME),
        Lack::Answer(finding) => finding,
    };
    let template = page.view.ready().map(|view| &view.template);
    let question = template.and_then(|template| template.find_question(&finding.question));
    let label = question.map_or(finding.question.as_str(), |question| question.label.text(words.language()));
    match &finding.problem {
        AnswerProblem::Required => t!(words, LACK_REQUIRED, question = label),
        AnswerProblem::TooLong { limit } => t!(words, LACK_TOO_LONG, question = label, limit = *limit),
        AnswerProblem::OutOfRange { min, max } => {
            let end = |bound: &Option<i64>| bound.map(|n| n.to_string()).unwrap_or_default();
            t!(words, LACK_OUT_OF_RANGE, question = label, min = end(min), max = end(max))
        }
        AnswerProblem::Constraint { message } => message.text(words.language()).to_owned(),
        AnswerProblem::WrongType | AnswerProblem::UnknownOption { .. } => t!(words, LACK_INVALID, question = label),
    }
}

fn body(page: &VisitPage, view: &VisitFormView, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    html! {
        <>
            { resumed_strip(words, &page.draft, on.reform(|_| Msg::Draft(DraftMsg::Discard))) }
            <fieldset class="gc-pad" id="outcome">
                <legend class="gc-legend">{ t!(words, VISIT_OUTCOME) }</legend>
                { seg("outcome", &outcomes(words), page.form.outcome, &on.reform(|outcome| Msg::Edit(Edit::Outcome(outcome)))) }
            </fieldset>
            // Nobody was asked where nobody was met.
            if page.form.outcome.is_some_and(Outcome::has_contact) {
                { no_change(page, view, env, on) }
            }
            { folds(page, view, env, on) }
        </>
    }
}

fn outcomes(words: Words) -> Vec<(Outcome, &'static str, String)> {
    Outcome::ALL.iter().map(|outcome| (*outcome, outcome.code(), words.name(*outcome).to_owned())).collect()
}

fn no_change(page: &VisitPage, view: &VisitFormView, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let note = match view.last_at {
        Some(at) => t!(words, NO_CHANGE_NOTE, day = words.moment_day(at, env.today)),
        None => t!(words, NO_CHANGE_NOTE_FIRST),
    };
    let is_on = page.is_unchanged;
    html! {
        <div class="gc-pad gc-pad_tight">
            <button
                class={classes!("weui-btn", "weui-btn_default", "gc-wide", is_on.then_some("gc-chosen"))}
                type="button"
                aria-pressed={if is_on { "true" } else { "false" }}
                aria-describedby="no-change-note"
                data-testid="no-change"
                onclick={on.reform(|_| Msg::Edit(Edit::NoChange))}
            >
                { icon("check") }{ t!(words, NO_CHANGE) }
            </button>
            <p class="weui-cells__tips" id="no-change-note">{ note }</p>
        </div>
    }
}

/// The blocks of the checklist that apply now, then what the checklist does not cover.
fn folds(page: &VisitPage, view: &VisitFormView, env: &Env, on: &Callback<Msg>) -> Html {
    let form = &page.form;
    let visible = checklist::visible_questions(&view.template, &form.answers, form.outcome);
    let counts: BTreeMap<&str, SectionCount<'_>> =
        checklist::count_answers(&view.template, &form.answers, form.outcome)
            .into_iter()
            .map(|c| (c.section, c))
            .collect();
    let mut sections: Vec<Vec<VisibleQuestion<'_>>> = Vec::new();
    for question in visible {
        match sections.last_mut() {
            Some(last) if last[0].section.key == question.section.key => last.push(question),
            _ => sections.push(vec![question]),
        }
    }
    let has_card_block = sections.iter().any(|section| edits_card(section));
    let has_changes_block = sections.iter().any(|section| section[0].section.key == blocks::CHANGES_SECTION);
    html! {
        <>
            { for sections.iter().map(|section| fold(page, view, section, counts.get(section[0].section.key.as_str()), env, on)) }
            if !has_card_block {
                { blocks::card_fold(page, view, env, on) }
            }
            if !has_changes_block {
                { blocks::changes_fold(page, view, env, on) }
            }
            { blocks::rest_fold(page, view, env, on) }
        </>
    }
}

/// Whether a block asks for changes of the card: the editor stands there then.
fn edits_card(section: &[VisibleQuestion<'_>]) -> bool {
    let options = section.iter().flat_map(|visible| visible.question.form.options());
    options.into_iter().any(|option| matches!(option.spawn, Some(Spawn::Edit { .. })))
}

fn fold(
    page: &VisitPage,
    view: &VisitFormView,
    section: &[VisibleQuestion<'_>],
    count: Option<&SectionCount<'_>>,
    env: &Env,
    on: &Callback<Msg>,
) -> Html {
    let words = env.words;
    let key = &section[0].section.key;
    let is_optional = section.iter().all(|visible| {
        visible.question.stored_in != StoredIn::Answers || matches!(visible.question.form, Form::Photo { .. })
    });
    // Only the inquiries are asked; the rest is filled in.
    let is_inquiry = key.starts_with("inquiry");
    let badge = match count {
        Some(count) if is_optional && count.asked == 0 => t!(words, FOLD_OPTIONAL),
        Some(count) if is_inquiry => t!(words, FOLD_ASKED, asked = count.asked, total = count.total),
        Some(count) => t!(words, FOLD_FILLED, filled = count.asked, total = count.total),
        None => t!(words, FOLD_OPTIONAL),
    };
    let has_sensitive = section.iter().any(|visible| visible.question.sensitive);
    let content = html! {
        <>
            if has_sensitive {
                { question::consent_gate(page, view, env, on) }
            }
            { for section.iter()
                .filter(|visible| !visible.question.sensitive || page.has_consent())
                .map(|visible| question::draw(page, visible, env, on)) }
            if edits_card(section) {
                { blocks::card_editor(page, view, env, on) }
            }
            if key == blocks::CHANGES_SECTION {
                { blocks::changes(page, view, env, on) }
            }
        </>
    };
    blocks::draw_fold(key, section[0].section.title.text(words.language()).to_owned(), badge, !is_optional, content)
}
