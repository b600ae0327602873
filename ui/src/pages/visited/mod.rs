//! One visit as it was written, and what was corrected since: the original stays, each correction stands below it with
//! its author and time. Whoever may writes another one here; what is typed is a draft like any other ([`FormDraft`]).
//!
//! Flow: the companion names the draft with the visit; a visit that is read again meanwhile changes nothing of what is
//! being typed. Saving empties the form. Failure: the text stays with its reason. Missing: lists do not say that a visit
//! was corrected.

#[cfg(test)]
mod tests;

use contract::domain::VisitId;
use contract::domain::checklist::Form;
use contract::domain::id::DraftId;
use contract::domain::visit::{Answer, TEXT_LIMIT, Tri};
use contract::{
    AmendVisit, AmendmentView, CommandError, GetVisit, RestoreDrafts, SaveVisitForm, Topic, VisitForm, VisitView,
};
use yew::prelude::*;

use crate::i18n::{Words, t};
use crate::parts::{
    Page, Problem, button, draw_load, failure, problem_list, record_state, resumed_strip, save_state, sync_chip,
    textarea_cell, textarea_of, undo_bar, visit_summary,
};
use crate::route::Route;
use crate::state::{DraftMsg, Effect, Env, FormDraft, Load, SaveState, Screen, Turn};

/// The field of a correction.
const TEXT_ID: &str = "amend-text";

/// One visit's page.
pub(crate) struct Visited {
    id: VisitId,
    view: Load<VisitView>,
    /// The correction as it is typed.
    text: String,
    draft: FormDraft,
    /// Its form is open.
    is_open: bool,
    phase: Phase,
    /// The draft that was thrown away.
    thrown: Option<DraftId>,
}

/// How far the correction is.
#[derive(Debug, Clone, PartialEq)]
enum Phase {
    /// Being typed.
    Typing,
    /// Nothing was typed.
    Wordless,
    /// More than a correction may hold.
    TooLong,
    /// On its way into the store.
    Sending,
    /// The store did not take it.
    Failed(CommandError),
    /// Saved.
    Sent,
}

/// What can happen on it.
pub(crate) enum Msg {
    /// It was read.
    Read(Result<Box<VisitView>, CommandError>),
    /// Write a correction.
    Open,
    /// It was typed into.
    Type(String),
    /// Something happened to its draft.
    Draft(DraftMsg),
    /// Bring back the draft that was thrown away.
    Undo,
    /// It is back, or not.
    Restored(Result<(), CommandError>),
    /// Save the correction.
    Send,
    /// It was saved, or not.
    Sent(Result<Box<VisitView>, CommandError>),
}

impl From<DraftMsg> for Msg {
    fn from(msg: DraftMsg) -> Self {
        Self::Draft(msg)
    }
}

impl Screen for Visited {
    type Arg = VisitId;
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Households, Topic::Outbox];

    fn open(id: &VisitId, _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let mut page = Self {
            id: *id,
            view: Load::Waiting,
            text: String::new(),
            draft: FormDraft::default(),
            is_open: false,
            phase: Phase::Typing,
            thrown: None,
        };
        let effects = page.refresh();
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Read(result) => {
                self.view.take(result.map(|view| *view));
                // What is being typed goes on with its own draft.
                if self.draft.id().is_none() {
                    return self.take_draft().into_iter().collect();
                }
            }
            Msg::Open => {
                self.is_open = true;
                self.phase = Phase::Typing;
                return vec![Effect::FocusField(TEXT_ID.to_owned())];
            }
            // What is typed after the tap would go with nothing.
            Msg::Type(_) if self.phase == Phase::Sending => {}
            Msg::Type(text) => {
                self.text = text;
                self.phase = Phase::Typing;
                self.thrown = None;
                return vec![self.draft.touch()];
            }
            Msg::Draft(msg) => {
                let form = self.form();
                match self.draft.take(msg, |draft| SaveVisitForm { draft, form }) {
                    Turn::Goes(effects) => return effects,
                    Turn::Discarded(draft) => {
                        self.forget_draft();
                        self.thrown = Some(draft);
                        return self.refresh();
                    }
                    Turn::Failed(error) => self.phase = Phase::Failed(error),
                }
            }
            Msg::Undo => {
                let Some(draft) = self.thrown else { return Vec::new() };
                return vec![Effect::ask(&RestoreDrafts { drafts: vec![draft] }, Msg::Restored)];
            }
            Msg::Restored(Ok(())) => {
                let typed = std::mem::take(&mut self.text);
                self.forget_draft();
                self.text = typed;
                return self.refresh();
            }
            Msg::Restored(Err(error)) => self.phase = Phase::Failed(error),
            Msg::Send => return self.send(),
            Msg::Sent(Ok(view)) => {
                self.view = Load::Ready(*view);
                self.forget_draft();
                self.take_draft();
                self.phase = Phase::Sent;
                return vec![Effect::Focus("amendments")];
            }
            Msg::Sent(Err(error)) => {
                self.draft.reopen();
                self.phase = Phase::Failed(error);
            }
        }
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        vec![Effect::ask(&GetVisit { id: self.id }, |result| Msg::Read(result.map(Box::new)))]
    }

    fn pause(&mut self) -> Vec<Effect<Msg>> {
        let form = self.form();
        self.draft.pause(|draft| SaveVisitForm { draft, form })
    }

    fn is_settled(&self) -> bool {
        self.draft.is_settled()
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let view = self.view.ready();
        let state = self.draft.state();
        let trailing = if state == SaveState::Untouched { sync_chip(env) } else { save_state(words, &state) };
        let page = Page {
            title: t!(words, VISITED_TITLE),
            sub: view.map(|view| view.door.clone()).unwrap_or_default(),
            back: Some(view.map_or(Route::Households, |view| Route::Household(view.household))),
            trailing,
            ..Page::default()
        };
        let content = draw_load(words, &self.view, |view| draw(env, view, self.amendments(env, view, on)));
        page.draw(env, content)
    }
}

impl Visited {
    /// The draft that the companion names, with what stands in it. What was typed before it was named stays, behind it.
    fn take_draft(&mut self) -> Option<Effect<Msg>> {
        let amending = self.view.ready()?.amending.as_ref()?;
        let typed = std::mem::take(&mut self.text);
        let parts = [amending.text.as_str(), typed.as_str()].into_iter().filter(|part| !part.is_empty());
        self.text = parts.collect::<Vec<_>>().join("\n");
        self.draft = FormDraft::open(amending.draft, amending.is_resumed);
        self.is_open |= amending.is_resumed || !typed.is_empty();
        (!typed.is_empty()).then(|| self.draft.touch())
    }

    fn forget_draft(&mut self) {
        self.draft = FormDraft::default();
        self.text.clear();
        self.is_open = false;
        self.thrown = None;
        self.phase = Phase::Typing;
    }

    fn form(&self) -> VisitForm {
        VisitForm {
            household: self.view.ready().map(|view| view.household),
            amends: Some(self.id),
            note: self.text.clone(),
            ..VisitForm::default()
        }
    }

    fn send(&mut self) -> Vec<Effect<Msg>> {
        let Some(draft) = self.draft.id().filter(|_| self.phase != Phase::Sending) else { return Vec::new() };
        if self.text.trim().is_empty() {
            self.phase = Phase::Wordless;
            return vec![Effect::FocusField(TEXT_ID.to_owned())];
        }
        // As the companion counts.
        if self.text.chars().count() > TEXT_LIMIT {
            self.phase = Phase::TooLong;
            return vec![Effect::FocusField(TEXT_ID.to_owned())];
        }
        self.phase = Phase::Sending;
        self.draft.close();
        let request = AmendVisit { visit: self.id, draft, text: self.text.clone() };
        vec![Effect::ask(&request, |result| Msg::Sent(result.map(Box::new)))]
    }

    /// What was corrected so far, and the form of another correction.
    fn amendments(&self, env: &Env, view: &VisitView, on: &Callback<Msg>) -> Html {
        if view.amendments.is_empty() && view.amending.is_none() {
            return Html::default();
        }
        let words = env.words;
        html! {
            <section aria-labelledby="amendments">
                <h2 class="weui-cells__title" id="amendments" tabindex="-1">{ t!(words, AMENDMENTS_TITLE) }</h2>
                if !view.amendments.is_empty() {
                    <ol class="weui-cells">
                        { for view.amendments.iter().map(|entry| html! { <li>{ draw_amendment(env, entry) }</li> }) }
                    </ol>
                }
                if view.amending.is_some() {
                    { self.amending(words, on) }
                }
            </section>
        }
    }

    fn amending(&self, words: Words, on: &Callback<Msg>) -> Html {
        let thrown = self.thrown.map(|_| t!(words, TAKEN_DRAFT));
        let sent = if self.phase == Phase::Sent { t!(words, AMEND_SENT) } else { String::new() };
        let problems = match &self.phase {
            Phase::Wordless => problem_list(&[Problem::of(TEXT_ID, t!(words, LACK_AMENDMENT))]),
            Phase::TooLong => {
                let lack = t!(words, LACK_TOO_LONG, question = t!(words, AMEND_TEXT), limit = TEXT_LIMIT);
                problem_list(&[Problem::of(TEXT_ID, lack)])
            }
            Phase::Failed(error) => failure(words, error),
            Phase::Typing | Phase::Sending | Phase::Sent => Html::default(),
        };
        html! {
            <>
                if self.is_open {
                    { resumed_strip(words, &self.draft, on.reform(|_| Msg::Draft(DraftMsg::Discard))) }
                    <fieldset
                        class="weui-cells"
                        disabled={self.phase == Phase::Sending}
                        onfocusout={on.reform(|_| Msg::Draft(DraftMsg::Left))}
                    >
                        { textarea_cell(TEXT_ID, t!(words, AMEND_TEXT), self.text.clone(), TEXT_LIMIT,
                            on.reform(|event| Msg::Type(textarea_of(&event)))) }
                    </fieldset>
                }
                <div class="gc-pad">
                    { undo_bar(words, thrown, on.reform(|_| Msg::Undo)) }
                    { problems }
                    <p class="gc-row__meta" role="status">{ sent }</p>
                    if self.is_open {
                        { button("weui-btn weui-btn_primary gc-wide", "amend-send", t!(words, AMEND_SEND), on.reform(|_| Msg::Send)) }
                    } else {
                        { button("weui-btn weui-btn_default gc-wide", "amend", t!(words, AMEND), on.reform(|_| Msg::Open)) }
                    }
                    <p class="weui-cells__tips">{ t!(words, AMEND_NOTE) }</p>
                </div>
            </>
        }
    }
}

fn draw_amendment(env: &Env, entry: &AmendmentView) -> Html {
    let words = env.words;
    let by = entry.by.clone().unwrap_or_default();
    html! {
        <div class="weui-cell gc-row" data-testid="amendment">
            <div class="weui-cell__bd">
                <p class="weui-cell__desc">{ words.join([words.moment(entry.at, env.today), by]) }</p>
                <p class="gc-text">{ &entry.text }</p>
            </div>
        </div>
    }
}

fn draw(env: &Env, view: &VisitView, amendments: Html) -> Html {
    let words = env.words;
    let channel = view.channel.map(|channel| words.name(channel).to_owned()).unwrap_or_default();
    html! {
        <>
            <div class="gc-pad">
                <h2 class="gc-headline">{ words.name(view.row.outcome) }</h2>
                <p class="gc-row__meta">{ words.join([words.moment(view.row.at, env.today), channel]) }</p>
                <p class="gc-row__meta">{ visit_summary(env, &view.row) }</p>
                <p class="gc-row__tags">{ record_state(words, &view.row.state) }</p>
            </div>
            { answers(words, view) }
            { improvements(words, view) }
            { rest(env, view) }
            { amendments }
            <div class="weui-cells">
                <a class="weui-cell weui-cell_access weui-cell_link" href={Route::Household(view.household).href()}>
                    <div class="weui-cell__bd">{ t!(words, VISITED_OPEN_HOUSEHOLD) }</div>
                    <div class="weui-cell__ft"></div>
                </a>
            </div>
        </>
    }
}

/// One thing that was written, under its name.
pub(super) fn line(name: String, text: String) -> Html {
    html! {
        <div class="weui-cell gc-row">
            <div class="weui-cell__bd"><p class="weui-cell__desc">{ name }</p><p class="gc-text">{ text }</p></div>
        </div>
    }
}

fn answers(words: Words, view: &VisitView) -> Html {
    if view.answers.is_empty() {
        return Html::default();
    }
    let lines: Vec<Html> = match &view.template {
        Some(template) => template
            .questions()
            .filter_map(|question| {
                let answer = view.answers.get(&question.key)?;
                let text = describe_answer(words, &question.form, answer)?;
                Some(line(question.label.text(words.language()).to_owned(), text))
            })
            .collect(),
        None => vec![line(t!(words, VISITED_ANSWERS), t!(words, VISITED_NO_TEMPLATE, count = view.answers.len()))],
    };
    if lines.is_empty() {
        return Html::default();
    }
    html! {
        <section aria-labelledby="h-answers">
            <h2 class="weui-cells__title" id="h-answers">{ t!(words, VISITED_ANSWERS) }</h2>
            <div class="weui-cells">{ for lines }</div>
        </section>
    }
}

/// An answer in words; `None` for one that says nothing (nothing ticked).
pub(super) fn describe_answer(words: Words, form: &Form, answer: &Answer) -> Option<String> {
    let name_of = |code: &String| {
        let option = form.options().iter().find(|option| option.code == *code);
        option.map_or_else(|| code.clone(), |option| option.label.text(words.language()).to_owned())
    };
    Some(match answer {
        Answer::Tri(Tri::Yes) => t!(words, TRI_YES),
        Answer::Tri(Tri::No) => t!(words, TRI_NO),
        Answer::Tri(Tri::NotAsked) => t!(words, TRI_NOT_ASKED),
        Answer::One(code) => name_of(code),
        Answer::Many(codes) if codes.is_empty() => return None,
        Answer::Many(codes) => words.list(codes.iter().map(name_of)),
        Answer::Number(number) => number.to_string(),
        Answer::Date(date) => contract::domain::time::format_day(*date),
        Answer::Text(text) => text.clone(),
        Answer::Unknown(_) => t!(words, VISITED_NEWER_ANSWER),
    })
}

fn improvements(words: Words, view: &VisitView) -> Html {
    if view.improvements.is_empty() {
        return Html::default();
    }
    html! {
        <section aria-labelledby="h-improvements">
            <h2 class="weui-cells__title" id="h-improvements">{ t!(words, VISITED_CHANGES) }</h2>
            <div class="weui-cells gc-diff">
                { for view.improvements.iter().map(|change| html! {
                    <div class="weui-cell gc-row"><div class="weui-cell__bd">
                        <p class="weui-cell__desc">{ words.field(&change.field) }</p>
                        <p>
                            if !change.from.is_empty() {
                                <del>{ &change.from }</del>{ " → " }
                            }
                            <ins>{ &change.to }</ins>
                        </p>
                    </div></div>
                }) }
            </div>
        </section>
    }
}

fn rest(env: &Env, view: &VisitView) -> Html {
    let words = env.words;
    let mut lines = Vec::new();
    if !view.advice.is_empty() {
        lines.push(line(t!(words, ADVICE_TITLE), words.list(view.advice.iter().map(|advice| words.name(*advice)))));
    }
    if view.leaflets > 0 {
        lines.push(line(t!(words, LEAFLETS), view.leaflets.to_string()));
    }
    if let Some(promise) = &view.follow_up {
        let date = promise.date.map(|date| words.day(date, env.today)).unwrap_or_default();
        lines.push(line(t!(words, FOLLOW_UP_TEXT), words.join([promise.text.clone(), date])));
    }
    if !view.note.is_empty() {
        lines.push(line(t!(words, NOTE), view.note.clone()));
    }
    if lines.is_empty() {
        return Html::default();
    }
    html! { <div class="weui-cells gc-gap">{ for lines }</div> }
}
