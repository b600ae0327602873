//! The fields of the steps' forms. Which a form has follows from what its step has to carry.

use contract::domain::UnixMillis;
use contract::domain::codes::{BookingKind, CodeList, Satisfaction, SettlingWay};
use contract::domain::workflow::{Need, STEP_TEXT_LIMIT, TransitionKind as Kind, find_rule};
use contract::{IncidentView, LikeView, OrgOption};
use yew::prelude::*;

use super::form::{Due, Edit, Form, FormKind, OWN_LIMIT, Text, preset_limits, read_way, text_of};
use super::{Incident, Msg};
use crate::i18n::{Words, t};
use crate::parts::{
    chip, chip_row, icon, incident_number, incident_title, input_cell, input_of, number_words, seg, select_cell,
    select_of, textarea_cell, textarea_of, title_or_category,
};
use crate::state::Env;

/// Categories of disputes: how it was settled is asked.
const DISPUTES: &str = "02";
/// Most characters of a place.
const PLACE_LIMIT: usize = 200;

/// Draws the fields of a form.
pub(super) fn draw_fields(
    page: &Incident,
    env: &Env,
    view: &IncidentView,
    kind: FormKind,
    form: &Form,
    on: &Callback<Msg>,
) -> Html {
    let words = env.words;
    let on = on.reform(Msg::Edit);
    let needs = match kind {
        FormKind::Step(step) => find_rule(step).map(|rule| rule.needs).unwrap_or_default(),
        FormKind::Note => &[],
    };
    let has = |need: Need| needs.contains(&need);
    let is_dispute = kind == FormKind::Step(Kind::SubmitResult) && view.row.category.starts_with(DISPUTES);
    let text = match (kind, text_of(kind)) {
        (FormKind::Note, _) => t!(words, FORM_NOTE),
        (FormKind::Step(Kind::SubmitResult | Kind::SelfHandle), _) => t!(words, FORM_RESULT),
        (FormKind::Step(Kind::Dispatch | Kind::Transfer | Kind::Join), _) => t!(words, FORM_DEMAND),
        (FormKind::Step(Kind::Verify), _) if form.passes == Some(false) => t!(words, FORM_REASON),
        (_, Text::Required) => t!(words, FORM_REASON),
        (_, Text::Optional) => t!(words, FORM_WORDS),
    };
    html! {
        <>
            if has(Need::TargetOrg) {
                { org_field(words, view, form, &on) }
                { person_field(words, view, form, &on) }
            }
            if has(Need::ForeignVerdict) {
                <div class="gc-pad">
                    { seg("verdict", &[(true, "pass", t!(words, VERDICT_PASS)), (false, "fail", t!(words, VERDICT_FAIL))],
                        form.passes, &on.reform(Edit::Passes)) }
                </div>
            }
            if has(Need::Answer) {
                <div class="gc-pad">
                    { code_seg(words, "satisfaction", Satisfaction::ALL, form.satisfaction, &on.reform(Edit::Satisfaction)) }
                </div>
            }
            if has(Need::OtherIncident) {
                { merge_field(env, view, form, &on) }
            }
            if has(Need::Booking) {
                { booking_fields(page, words, form, &on) }
            }
            <div class="weui-cells gc-flush">
                if kind != FormKind::Step(Kind::DenyExtension)
                    && (has(Need::SoundLimit) || has(Need::Extension) || has(Need::ExtensionAsked))
                {
                    { due_field(env, view, kind, form, &on) }
                }
                if is_dispute {
                    { way_field(words, form, &on) }
                }
                { textarea_cell("step-text", text, form.text.clone(), STEP_TEXT_LIMIT,
                    on.reform(|event: InputEvent| Edit::Text(textarea_of(&event)))) }
            </div>
            if has(Need::TargetOrg) || has(Need::Joint) {
                { joint_field(words, view, form, has(Need::Joint), &on) }
            }
        </>
    }
}

/// One of a list of codes.
fn code_seg<C: CodeList + PartialEq + 'static>(
    words: Words,
    name: &str,
    codes: &'static [C],
    chosen: Option<C>,
    on: &Callback<C>,
) -> Html {
    let options: Vec<_> = codes.iter().map(|code| (*code, code.code(), words.name(*code).to_owned())).collect();
    seg(name, &options, chosen, on)
}

/// The suggested organisations as buttons, the others in a list.
fn org_field(words: Words, view: &IncidentView, form: &Form, on: &Callback<Edit>) -> Html {
    let orgs = &view.choices.orgs;
    let (suggested, others): (Vec<&OrgOption>, Vec<&OrgOption>) =
        orgs.iter().partition(|org| org.is_suggested || orgs.len() == 1);
    let draw = |org: &&OrgOption| {
        let code = org.code.clone();
        html! {
            <label>
                <input type="radio" name="org" checked={form.org.as_ref() == Some(&code)}
                    data-testid={format!("org-{code}")} onchange={on.reform(move |_: Event| Edit::Org(code.clone()))} />
                <span>{ &org.name }</span>
            </label>
        }
    };
    let chosen = form.org.as_ref().filter(|code| others.iter().any(|org| org.code == **code));
    let mut options = vec![(String::new(), t!(words, CHOOSE))];
    options.extend(others.iter().map(|org| (org.code.to_string(), org.name.clone())));
    let choose = {
        let on = on.clone();
        Callback::from(move |event: Event| {
            if let Ok(code) = select_of(&event).parse() {
                on.emit(Edit::Org(code));
            }
        })
    };
    html! {
        <>
            if !suggested.is_empty() {
                <fieldset class="gc-pad">
                    <legend class="gc-sublabel">{ t!(words, FORM_ORG) }</legend>
                    <div class="gc-seg">{ for suggested.iter().map(draw) }</div>
                </fieldset>
            }
            if !others.is_empty() {
                <div class="weui-cells gc-flush">
                    { select_cell("step-org", t!(words, FORM_OTHER_ORG), &options,
                        chosen.map(|code| code.as_str()).unwrap_or_default(), choose) }
                </div>
            }
        </>
    }
}

/// Whom in the organisation it is for; nothing where nobody of it is known.
fn person_field(words: Words, view: &IncidentView, form: &Form, on: &Callback<Edit>) -> Html {
    let people = view.choices.people.iter().filter(|person| form.org.as_ref() == Some(&person.org));
    let mut options = vec![(String::new(), t!(words, NOT_SAID))];
    options.extend(people.map(|person| (person.account.to_string(), person.name.clone())));
    if options.len() == 1 {
        return Html::default();
    }
    let chosen = form.person.map(|person| person.to_string()).unwrap_or_default();
    html! {
        <div class="weui-cells gc-flush">
            { select_cell("step-person", t!(words, FORM_PERSON), &options, &chosen,
                on.reform(|event: Event| Edit::Person(select_of(&event)))) }
        </div>
    }
}

fn joint_field(words: Words, view: &IncidentView, form: &Form, is_open: bool, on: &Callback<Edit>) -> Html {
    let others = view.choices.orgs.iter().filter(|org| form.org.as_ref() != Some(&org.code));
    let draw = |org: &OrgOption| {
        let code = org.code.clone();
        let testid = format!("joint-{code}");
        chip(org.name.clone(), form.joint.contains(&code), testid, on.reform(move |_| Edit::Joint(code.clone())))
    };
    let chips = html! { <>{ for others.map(draw) }</> };
    html! {
        <details class="gc-fold" open={is_open || !form.joint.is_empty()}>
            <summary data-testid="fold-joint">
                { t!(words, FORM_JOINT, count = form.joint.len()) }{ icon("down") }
            </summary>
            <div class="gc-pad">{ chip_row(t!(words, FORM_JOINT, count = form.joint.len()), true, chips) }</div>
        </details>
    }
}

/// The limit: what is usual, some moments, or one of one's own.
fn due_field(env: &Env, view: &IncidentView, kind: FormKind, form: &Form, on: &Callback<Edit>) -> Html {
    let words = env.words;
    let moment = |at| words.moment(at, env.today);
    let asked = view.asked.as_ref().and_then(|asked| asked.until);
    let usual = match kind {
        FormKind::Step(Kind::AskExtension) => {
            view.choices.latest_extension.map(|at| t!(words, DUE_LATEST, at = moment(at)))
        }
        FormKind::Step(Kind::GrantExtension) => asked.map(|at| t!(words, DUE_ASKED, at = moment(at))),
        _ => view.choices.usual_due_at.map(|at| t!(words, DUE_USUAL, at = moment(at))),
    };
    let mut options = vec![(String::new(), usual.unwrap_or_else(|| t!(words, CHOOSE)))];
    let day = |at: UnixMillis| words.join([moment(at).as_str(), words.weekday(at.local_date())]);
    options.extend(preset_limits(env.now).into_iter().map(|at| (at.to_string(), day(at))));
    options.push((OWN_LIMIT.to_owned(), t!(words, DUE_OWN)));
    let (chosen, typed) = match &form.due {
        Due::Usual => (String::new(), None),
        Due::At(at) => (at.to_string(), None),
        Due::Typed(text) => (OWN_LIMIT.to_owned(), Some(text.clone())),
    };
    html! {
        <>
            { select_cell("step-due", t!(words, FORM_DUE), &options, &chosen,
                on.reform(|event: Event| Edit::Due(select_of(&event)))) }
            if let Some(text) = typed {
                { moment_cell("step-due-at", t!(words, DUE_OWN), text, on.reform(Edit::DueAt)) }
            }
        </>
    }
}

/// A date and a time, by the system's own picker.
fn moment_cell(id: &str, label: String, value: String, on: Callback<String>) -> Html {
    input_cell(id, label, "datetime-local", value, 16, on.reform(|event: InputEvent| input_of(&event)))
}

fn way_field(words: Words, form: &Form, on: &Callback<Edit>) -> Html {
    let mut options = vec![(String::new(), t!(words, NOT_SAID))];
    options.extend(SettlingWay::ALL.iter().map(|way| (way.code().to_owned(), words.name(*way).to_owned())));
    select_cell(
        "step-way",
        t!(words, FORM_WAY),
        &options,
        form.way.map_or("", |way| way.code()),
        on.reform(|event: Event| Edit::Way(read_way(&select_of(&event)))),
    )
}

fn booking_fields(page: &Incident, words: Words, form: &Form, on: &Callback<Edit>) -> Html {
    let mut options = vec![(String::new(), t!(words, NOT_SAID))];
    options.extend(page.services.iter().map(|service| (service.id.clone(), service.name.clone())));
    let services = page.services.clone();
    let choose = on.reform(move |event: Event| {
        let id = select_of(&event);
        Edit::Service(services.iter().find(|service| service.id == id).cloned())
    });
    html! {
        <>
            <div class="gc-pad">
                { code_seg(words, "booking", BookingKind::ALL, form.booking, &on.reform(Edit::Booking)) }
            </div>
            <div class="weui-cells gc-flush">
                if !page.services.is_empty() {
                    { select_cell("booking-service", t!(words, FORM_SERVICE), &options,
                        form.service.as_deref().unwrap_or_default(), choose) }
                }
                { input_cell("booking-place", t!(words, FORM_PLACE), "text", form.place.clone(), PLACE_LIMIT,
                    on.reform(|event: InputEvent| Edit::Place(input_of(&event)))) }
                { moment_cell("booking-at", t!(words, FORM_AT), form.at.clone(), on.reform(Edit::At)) }
            </div>
        </>
    }
}

/// 对照并案: this one and the one that stays, side by side.
fn merge_field(env: &Env, view: &IncidentView, form: &Form, on: &Callback<Edit>) -> Html {
    let words = env.words;
    let draw = |like: &LikeView| {
        let id = like.id;
        html! {
            <label class="gc-tick" key={id.to_string()}>
                <input type="radio" name="other" checked={form.other == Some(id)} data-testid="merge-other"
                    onchange={on.reform(move |_: Event| Edit::Other(id))} />
                { compared(env, number_words(words, &like.number), title_or_category(words, &like.title, &like.category),
                    like.reporter.clone(), like.reported_at) }
            </label>
        }
    };
    html! {
        <div class="gc-pad gc-two">
            <div>
                <p class="gc-sublabel">{ t!(words, MERGE_THIS) }</p>
                { compared(env, incident_number(words, &view.row), incident_title(env, &view.row),
                    view.reporter.clone(), view.row.reported_at) }
                <span class="gc-row__meta">{ &view.row.address_text }</span>
            </div>
            <fieldset>
                <legend class="gc-sublabel">{ t!(words, MERGE_INTO) }</legend>
                { for view.like.iter().map(draw) }
            </fieldset>
        </div>
    }
}

fn compared(env: &Env, number: String, title: String, reporter: Option<String>, at: UnixMillis) -> Html {
    let words = env.words;
    html! {
        <span class="gc-compared">
            <strong>{ title }</strong>
            <span class="gc-row__meta">{ number }</span>
            <span class="gc-row__meta">
                { words.join([reporter.unwrap_or_default(), words.moment(at, env.today)]) }
            </span>
        </span>
    }
}
