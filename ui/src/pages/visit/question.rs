//! One question of the checklist, drawn by its type. A type that this version does not know never arrives here.

use contract::VisitFormView;
use contract::domain::checklist::{Choice, Form, Question, Spawn, VisibleQuestion};
use contract::domain::visit::{Answer, Tri};
use yew::prelude::*;

use super::form::incident_key;
use super::{Edit, Msg, VisitPage};
use crate::i18n::t;
use crate::parts::{chip, chip_row, icon, icon_small, input_cell, input_of, seg_tri, textarea_cell, textarea_of, tick};
use crate::state::Env;

/// Up to this many options that make incidents are lines to tick; more are chips, and the pressed ones get lines.
const LONGEST_TICK_LIST: usize = 7;
/// Most characters of the words added to an incident.
const INCIDENT_TEXT_LIMIT: usize = 500;

/// The id of the field or the group of fields that answers a question.
pub(super) fn field_id(key: &str) -> String {
    format!("q-{key}")
}

/// Draws a question.
pub(super) fn draw(page: &VisitPage, visible: &VisibleQuestion<'_>, env: &Env, on: &Callback<Msg>) -> Html {
    let question = visible.question;
    let hint = question.hint.as_ref().map(|hint| hint.text(env.words.language()).to_owned());
    let content = match &question.form {
        Form::TriState { on_yes } => tri(page, question, on_yes.as_ref(), env, on),
        Form::Single { options } => single(page, question, options, env, on),
        Form::Multi { options } => multi(page, question, options, env, on),
        Form::Number { .. } | Form::Date | Form::Text { .. } => typed(page, question, env, on),
        Form::Photo { .. } => return photos_note(env),
        Form::Unknown => return Html::default(),
    };
    html! {
        <div class="gc-question" key={question.key.clone()}>
            { content }
            { for hint.map(|hint| html! { <p class="weui-cells__tips">{ hint }</p> }) }
        </div>
    }
}

/// The gate before sensitive questions: consent given earlier is said, otherwise it is asked for.
pub(super) fn consent_gate(page: &VisitPage, view: &VisitFormView, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let is_given = page.form.consent_given;
    html! {
        <div class="weui-cells weui-cells_checkbox gc-flush">
            <div class="weui-cell gc-row">
                <div class="weui-cell__hd gc-icell">{ icon("lock") }</div>
                <div class="weui-cell__bd">
                    <p class="weui-cell__desc">
                        { if view.has_consent { t!(words, CONSENT_HAD) } else { t!(words, CONSENT_NEEDED) } }
                    </p>
                </div>
            </div>
            if !view.has_consent {
                { tick(t!(words, CONSENT_GIVE), is_given, "consent".into(),
                    on.reform(move |_| Msg::Edit(Edit::Consent(!is_given))), Html::default()) }
            }
        </div>
    }
}

fn label_of(question: &Question, env: &Env) -> String {
    question.label.text(env.words.language()).to_owned()
}

fn tri(page: &VisitPage, question: &Question, on_yes: Option<&Spawn>, env: &Env, on: &Callback<Msg>) -> Html {
    let id = format!("label-{}", question.key);
    let chosen = match page.form.answers.get(&question.key) {
        Some(Answer::Tri(tri)) => Some(*tri),
        _ => None,
    };
    let answer = {
        let key = question.key.clone();
        on.reform(move |tri| Msg::Edit(Edit::Answer(key.clone(), Some(Answer::Tri(tri)))))
    };
    let makes_incident = matches!(on_yes, Some(Spawn::Incident { .. })) && chosen == Some(Tri::Yes);
    html! {
        <div class="weui-cells gc-flush">
            <div class="weui-cell gc-stack gc-q" id={field_id(&question.key)}>
                <div class="weui-cell__bd" id={id.clone()}>{ label_of(question, env) }</div>
                { seg_tri(env.words, &question.key, id, chosen, &answer) }
            </div>
            if makes_incident {
                { incident_line(page, &incident_key(&question.key, None), &label_of(question, env), env, on) }
            }
        </div>
    }
}

fn single(page: &VisitPage, question: &Question, options: &[Choice], env: &Env, on: &Callback<Msg>) -> Html {
    let chosen = match page.form.answers.get(&question.key) {
        Some(Answer::One(code)) => code.as_str(),
        _ => "",
    };
    let draw = |option: &Choice| {
        let (key, code) = (question.key.clone(), option.code.clone());
        let is_chosen = option.code == chosen;
        let answer =
            on.reform(move |_| Msg::Edit(Edit::Answer(key.clone(), (!is_chosen).then(|| Answer::One(code.clone())))));
        let testid = format!("{}-{}", question.key, option.code);
        chip(option.label.text(env.words.language()).to_owned(), is_chosen, testid, answer)
    };
    labelled_chips(question, env, html! { <>{ for options.iter().map(draw) }</> })
}

fn labelled_chips(question: &Question, env: &Env, chips: Html) -> Html {
    let label = label_of(question, env);
    html! {
        <div class="gc-pad" id={field_id(&question.key)}>
            <p class="gc-sublabel" aria-hidden="true">{ label.clone() }</p>
            { chip_row(label, true, chips) }
        </div>
    }
}

fn multi(page: &VisitPage, question: &Question, options: &[Choice], env: &Env, on: &Callback<Msg>) -> Html {
    let makes_incidents = options.iter().any(|option| matches!(option.spawn, Some(Spawn::Incident { .. })));
    if makes_incidents && options.len() <= LONGEST_TICK_LIST {
        return tick_list(page, question, options, env, on);
    }
    let draw = |option: &Choice| {
        let testid = format!("{}-{}", question.key, option.code);
        let label = option.label.text(env.words.language()).to_owned();
        chip(label, is_ticked(page, question, option), testid, toggle(question, option, on))
    };
    let pressed = options
        .iter()
        .filter(|option| matches!(option.spawn, Some(Spawn::Incident { .. })) && is_ticked(page, question, option));
    html! {
        <>
            { labelled_chips(question, env, html! { <>{ for options.iter().map(draw) }</> }) }
            { for pressed.map(|option| {
                let label = option.label.text(env.words.language());
                html! {
                    <div class="weui-cells gc-flush" key={option.code.clone()}>
                        <div class="weui-cell gc-stack">
                            <div class="weui-cell__bd">{ label }</div>
                            { incident_button(page, &incident_key(&question.key, Some(&option.code)), label, env, on) }
                        </div>
                        { incident_words(page, &incident_key(&question.key, Some(&option.code)), label, env, on) }
                    </div>
                }
            }) }
        </>
    }
}

fn is_ticked(page: &VisitPage, question: &Question, option: &Choice) -> bool {
    matches!(page.form.answers.get(&question.key), Some(Answer::Many(codes)) if codes.contains(&option.code))
}

fn toggle<E: 'static>(question: &Question, option: &Choice, on: &Callback<Msg>) -> Callback<E> {
    let (key, code) = (question.key.clone(), option.code.clone());
    on.reform(move |_| Msg::Edit(Edit::Option(key.clone(), code.clone())))
}

/// Hazards: a line each, and one tap makes an incident of a ticked one.
fn tick_list(page: &VisitPage, question: &Question, options: &[Choice], env: &Env, on: &Callback<Msg>) -> Html {
    let label = label_of(question, env);
    let draw = |option: &Choice| {
        let name = option.label.text(env.words.language());
        let is_ticked = is_ticked(page, question, option);
        let key = incident_key(&question.key, Some(&option.code));
        let button = if is_ticked { incident_button(page, &key, name, env, on) } else { Html::default() };
        html! {
            <div key={option.code.clone()}>
                { tick(name.to_owned(), is_ticked, format!("hazard-{}", option.code), toggle(question, option, on), button) }
                if is_ticked {
                    { incident_words(page, &key, name, env, on) }
                }
            </div>
        }
    };
    html! {
        <>
            <p class="gc-sublabel gc-sublabel_pad" aria-hidden="true">{ label.clone() }</p>
            <div class="weui-cells weui-cells_checkbox gc-flush" role="group" aria-label={label} id={field_id(&question.key)}>
                { for options.iter().map(draw) }
            </div>
        </>
    }
}

/// Makes an incident of a tick, or not after all.
fn incident_button(page: &VisitPage, key: &str, name: &str, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let is_made = page.form.incidents.contains_key(key);
    let edit = {
        let key = key.to_owned();
        on.reform(move |_| Msg::Edit(Edit::Incident(key.clone())))
    };
    let label = if is_made {
        t!(words, MAKE_INCIDENT_ON_LABEL, name = name)
    } else {
        t!(words, MAKE_INCIDENT_LABEL, name = name)
    };
    html! {
        <button
            class={classes!("gc-make", "gc-hit", "weui-link", is_made.then_some("gc-make_on"))}
            type="button"
            aria-pressed={if is_made { "true" } else { "false" }}
            aria-label={label}
            data-testid={format!("make-incident-{}", key.rsplit('.').next().unwrap_or_default())}
            onclick={edit}
        >
            if is_made {
                { icon_small("check") }{ t!(words, MAKE_INCIDENT_ON) }
            } else {
                { t!(words, MAKE_INCIDENT) }
            }
        </button>
    }
}

/// Words to add to an incident that will be made.
fn incident_words(page: &VisitPage, key: &str, name: &str, env: &Env, on: &Callback<Msg>) -> Html {
    let Some(text) = page.form.incidents.get(key) else { return Html::default() };
    let edit = {
        let key = key.to_owned();
        on.reform(move |event: InputEvent| Msg::Edit(Edit::IncidentText(key.clone(), textarea_of(&event))))
    };
    let id = format!("incident-text-{}", key.replace('.', "-"));
    textarea_cell(&id, t!(env.words, MAKE_INCIDENT_TEXT, name = name), text.clone(), INCIDENT_TEXT_LIMIT, edit)
}

fn incident_line(page: &VisitPage, key: &str, name: &str, env: &Env, on: &Callback<Msg>) -> Html {
    html! {
        <>
            <div class="weui-cell">{ incident_button(page, key, name, env, on) }</div>
            { incident_words(page, key, name, env, on) }
        </>
    }
}

/// Numbers, dates and texts.
fn typed(page: &VisitPage, question: &Question, env: &Env, on: &Callback<Msg>) -> Html {
    let id = field_id(&question.key);
    let key = question.key.clone();
    let label = label_of(question, env);
    let answer = page.form.answers.get(&question.key);
    let cell = match &question.form {
        Form::Text { limit } => {
            let text = match answer {
                Some(Answer::Text(text)) => text.clone(),
                _ => String::new(),
            };
            let edit = on.reform(move |event: InputEvent| {
                let text = textarea_of(&event);
                Msg::Edit(Edit::Answer(key.clone(), (!text.is_empty()).then_some(Answer::Text(text))))
            });
            textarea_cell(&id, label, text, *limit, edit)
        }
        Form::Date => {
            let date = match answer {
                Some(Answer::Date(date)) => contract::domain::time::format_day(*date),
                _ => String::new(),
            };
            let edit = on.reform(move |event: InputEvent| {
                Msg::Edit(Edit::Answer(
                    key.clone(),
                    contract::domain::time::parse_day(&input_of(&event)).map(Answer::Date),
                ))
            });
            input_cell(&id, label, "date", date, 10, edit)
        }
        _ => {
            let number = match answer {
                Some(Answer::Number(number)) => number.to_string(),
                _ => String::new(),
            };
            let edit = on.reform(move |event: InputEvent| {
                Msg::Edit(Edit::Answer(key.clone(), input_of(&event).trim().parse().ok().map(Answer::Number)))
            });
            input_cell(&id, label, "number", number, 9, edit)
        }
    };
    html! { <div class="weui-cells gc-flush">{ cell }</div> }
}

/// Photos come later: said, not shown as a control that does nothing.
fn photos_note(env: &Env) -> Html {
    html! { <p class="weui-cells__tips gc-note">{ icon_small("camera") }{ " " }{ t!(env.words, PHOTOS_LATER) }</p> }
}
