//! The forms of the steps: over the page on a phone, in place on a desk; and the list of all steps.

use contract::domain::workflow::{Offline, Refusal, TransitionKind as Kind};
use contract::{IncidentView, StepDraft};
use yew::prelude::*;

use super::fields::draw_fields;
use super::form::{Form, FormKind};
use super::steps::Steps;
use super::{Incident, Kept, KeptMsg, Msg, Open, offline_of};
use crate::browser::read_clock;
use crate::i18n::{Words, code_of, t};
use crate::parts::{Problem, button, failure, problem_list, save_state, sheet, strip};
use crate::state::Env;

/// The verb of a step, for a button.
pub(super) fn verb(words: Words, kind: Kind) -> String {
    words.of_family("step", kind)
}

/// A button that opens a form or makes a step.
pub(super) fn step_button(words: Words, kind: Kind, class: &'static str, on: &Callback<Msg>) -> Html {
    button(class, format!("step-{}", code_of(kind)), verb(words, kind), on.reform(move |_| Msg::Step(kind)))
}

/// Everything that is not in the bar.
pub(super) fn draw_more(env: &Env, steps: &Steps, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let cell = "weui-cell weui-cell_link gc-cell-button";
    let body = html! {
        <>
            <div class="weui-cells gc-flush">
                { for steps.rest.iter().map(|offer| step_button(words, offer.kind, cell, on)) }
                { button(cell, "more-note", t!(words, STEP_NOTE), on.reform(|_| Msg::Note)) }
            </div>
            <div class="gc-pad">
                { button("weui-btn weui-btn_default gc-wide", "close-sheet", t!(words, CANCEL), on.reform(|_| Msg::Close)) }
            </div>
        </>
    };
    sheet(t!(words, STEP_MORE), body)
}

/// The form that is open; nothing when none is.
pub(super) fn draw_form(page: &Incident, env: &Env, view: &IncidentView, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let Open::Form(kind) = page.open else { return Html::default() };
    let Some(Kept { form, saving, .. }) = page.forms.iter().find(|kept| kept.kind == kind) else {
        return Html::default();
    };
    let title = title_of(words, kind);
    let left = on.reform(move |_| Msg::Kept(kind, KeptMsg::Left));
    let body = html! {
        <div onfocusout={left}>
            <div id="problems" tabindex="-1">
                { for page.error.as_ref().map(|error| failure(words, error)) }
                if let Some(problem) = page.problem {
                    <div class="gc-pad_side">{ problem_list(&[describe_problem(words, kind, problem)]) }</div>
                }
            </div>
            // Words typed after the tap would go with nothing.
            <fieldset disabled={page.is_sending}>{ draw_fields(page, env, view, kind, form, on) }</fieldset>
            <div class="weui-cells__tips">{ meaning(env, kind) }{ save_state(words, &saving.state()) }</div>
            if !page.is_pane {
                <div class="gc-pad gc-actions">{ draw_buttons(page, env, view, on) }</div>
            }
        </div>
    };
    if page.is_pane {
        html! {
            <section class="gc-inline" aria-labelledby="sheet-title">
                <h3 class="weui-cells__title" id="sheet-title" tabindex="-1">{ title }</h3>
                { body }
            </section>
        }
    } else {
        sheet(title, body)
    }
}

/// What is missing or wrong, and the field that it is about.
fn describe_problem(words: Words, kind: FormKind, problem: Refusal) -> Problem {
    let text = match (problem, kind) {
        (Refusal::TextMissing, FormKind::Note) => t!(words, LACK_STEP_NOTE),
        (Refusal::TextMissing, FormKind::Step(Kind::SubmitResult)) => t!(words, LACK_STEP_RESULT),
        (Refusal::TextMissing, FormKind::Step(_)) => t!(words, LACK_STEP_TEXT),
        _ => words.name(problem).to_owned(),
    };
    Problem { text, field: field_of(problem).map(str::to_owned) }
}

/// The id of the field that a problem is about; none where it depends on the form.
pub(super) const fn field_of(problem: Refusal) -> Option<&'static str> {
    match problem {
        Refusal::TextMissing => Some("step-text"),
        Refusal::BadLimit => Some("step-due"),
        _ => None,
    }
}

/// The buttons of the form that is open: under it on a phone, in the bar on a desk.
pub(super) fn draw_buttons(page: &Incident, env: &Env, view: &IncidentView, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let (Open::Form(kind), Some(form)) = (page.open, page.form()) else { return Html::default() };
    let ahead_ms = env.server_ahead_ms;
    html! {
        <>
            { button("weui-btn weui-btn_default", "close-sheet", t!(words, CANCEL), on.reform(|_| Msg::Close)) }
            <button class="weui-btn weui-btn_primary" type="button" data-testid="step-send"
                aria-disabled={page.is_sending.then_some("true")}
                onclick={on.reform(move |_| Msg::Send(read_clock().plus_ms(ahead_ms)))}>
                { send_label(words, kind, form, view) }
            </button>
        </>
    }
}

/// Words that were typed before: the way to go on, or to throw away what cannot be sent any more.
pub(super) fn draw_draft(
    page: &Incident,
    words: Words,
    view: &IncidentView,
    draft: &StepDraft,
    on: &Callback<Msg>,
) -> Html {
    let kind = draft.kind.map_or(FormKind::Note, FormKind::Step);
    if page.forms.iter().any(|kept| kept.kind == kind) {
        return Html::default();
    }
    let is_open = draft.kind.is_none_or(|kind| view.steps.iter().any(|offer| offer.kind == kind));
    let label = if is_open { t!(words, DRAFT_CONTINUE) } else { t!(words, DISCARD) };
    let act = on.reform(move |_| match kind {
        _ if !is_open => Msg::Kept(kind, KeptMsg::Discard),
        FormKind::Step(step) => Msg::Step(step),
        FormKind::Note => Msg::Note,
    });
    let text = html! {
        <>
            <p>{ words.join([t!(words, DRAFT_UNSENT), title_of(words, kind)]) }</p>
            if !draft.payload.text.is_empty() {
                <p class="gc-text">{ &draft.payload.text }</p>
            }
            { button("weui-link gc-hit", "step-draft", label, act) }
        </>
    };
    strip("gc-strip_calm", "draft", text)
}

/// The title of a form.
fn title_of(words: Words, kind: FormKind) -> String {
    match kind {
        FormKind::Step(step) => verb(words, step),
        FormKind::Note => t!(words, STEP_NOTE),
    }
}

/// What happens to the step without network, before it is made.
fn meaning(env: &Env, kind: FormKind) -> String {
    match kind {
        FormKind::Step(step) if offline_of(step) == Offline::Requested => t!(env.words, FORM_REQUESTED),
        _ => t!(env.words, FORM_SHOWN),
    }
}

/// What the button says: the organisation by name, so that nobody sends to another one by mistake.
fn send_label(words: Words, kind: FormKind, form: &Form, view: &IncidentView) -> String {
    let org = form.org.as_ref().and_then(|code| view.choices.orgs.iter().find(|org| org.code == *code));
    match (kind, org) {
        (FormKind::Step(Kind::Dispatch), Some(org)) => t!(words, STEP_DISPATCH_TO, org = &org.name),
        (FormKind::Step(Kind::Transfer), Some(org)) => t!(words, STEP_TRANSFER_TO, org = &org.name),
        (FormKind::Step(Kind::Verify), _) => t!(words, SUBMIT_STEP_VERIFY),
        (FormKind::Step(Kind::Feedback), _) => t!(words, SUBMIT_STEP_FEEDBACK),
        _ => title_of(words, kind),
    }
}
