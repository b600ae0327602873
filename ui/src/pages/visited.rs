//! One visit as it was written.

use contract::domain::VisitId;
use contract::domain::checklist::Form;
use contract::domain::visit::{Answer, Tri};
use contract::{CommandError, GetVisit, Topic, VisitView};
use yew::prelude::*;

use crate::i18n::{Words, t};
use crate::parts::{Page, draw_load, record_state, sync_chip, visit_summary};
use crate::route::Route;
use crate::state::{Effect, Env, Load, Screen};

/// One visit's page.
pub(crate) struct Visited {
    id: VisitId,
    view: Load<VisitView>,
}

/// What can happen on it.
pub(crate) enum Msg {
    /// It was read.
    Read(Result<Box<VisitView>, CommandError>),
}

impl Screen for Visited {
    type Arg = VisitId;
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Households, Topic::Outbox];

    fn open(id: &VisitId, _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let mut page = Self { id: *id, view: Load::Waiting };
        let effects = page.refresh();
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        let Msg::Read(result) = msg;
        self.view.take(result.map(|view| *view));
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        vec![Effect::ask(&GetVisit { id: self.id }, |result| Msg::Read(result.map(Box::new)))]
    }

    fn view(&self, env: &Env, _on: &Callback<Msg>) -> Html {
        let words = env.words;
        let view = self.view.ready();
        let page = Page {
            title: t!(words, VISITED_TITLE),
            sub: view.map(|view| view.door.clone()).unwrap_or_default(),
            back: Some(view.map_or(Route::Households, |view| Route::Household(view.household))),
            trailing: sync_chip(env),
            ..Page::default()
        };
        let content = draw_load(words, &self.view, |view| draw(env, view));
        page.draw(env, content)
    }
}

fn draw(env: &Env, view: &VisitView) -> Html {
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
