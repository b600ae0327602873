//! A form begun before that cannot go on: its household is not on this device any more, or it cannot be read. What was
//! typed is shown and can be put away, which 今日 offers to undo; nothing of it is changed.

use contract::domain::id::DraftId;
use contract::{CommandError, DiscardDrafts, DraftStanding, DraftView, GetDraft, IncidentForm, Topic, VisitForm};
use yew::prelude::*;

use super::visited::{describe_answer, line};
use crate::i18n::{Words, t};
use crate::parts::{Page, draw_load, failure, strip, sync_chip};
use crate::route::Route;
use crate::state::{Effect, Env, Load, Screen};

/// The page of such a form.
pub(crate) struct KeptDraft {
    draft: DraftId,
    view: Load<DraftView>,
    /// It could not be put away.
    error: Option<CommandError>,
}

/// What can happen on it.
pub(crate) enum Msg {
    /// It was read.
    Read(Result<Box<DraftView>, CommandError>),
    /// Put it away.
    PutAway,
    /// It is gone, or not.
    Gone(Result<(), CommandError>),
}

impl Screen for KeptDraft {
    type Arg = DraftId;
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[];

    fn open(draft: &DraftId, _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let ask = Effect::ask(&GetDraft { draft: *draft }, |result| Msg::Read(result.map(Box::new)));
        (Self { draft: *draft, view: Load::Waiting, error: None }, vec![ask])
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Read(result) => self.view.take(result.map(|view| *view)),
            Msg::PutAway => return vec![Effect::ask(&DiscardDrafts { drafts: vec![self.draft] }, Msg::Gone)],
            Msg::Gone(Ok(())) => return vec![Effect::Back(Route::Today)],
            Msg::Gone(Err(error)) => self.error = Some(error),
        }
        Vec::new()
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let page = Page {
            title: t!(words, KEPT_TITLE),
            back: Some(Route::Today),
            trailing: sync_chip(env),
            ..Page::default()
        };
        let put_away = on.reform(|_: MouseEvent| Msg::PutAway);
        let content = draw_load(words, &self.view, |view| {
            html! {
                <>
                    { draw(env, view) }
                    { for self.error.as_ref().map(|error| failure(words, error)) }
                    <div class="gc-pad">
                        <button class="weui-btn weui-btn_warn" type="button" data-testid="put-away" onclick={put_away.clone()}>
                            { t!(words, KEPT_PUT_AWAY) }
                        </button>
                    </div>
                </>
            }
        });
        page.draw(env, content)
    }
}

fn draw(env: &Env, view: &DraftView) -> Html {
    let words = env.words;
    let explanation = match view.row.standing {
        DraftStanding::Open => Html::default(),
        DraftStanding::Departed => strip("", "alert", html! { <p>{ t!(words, KEPT_DEPARTED) }</p> }),
        DraftStanding::Unreadable => strip("", "alert", html! { <p>{ t!(words, KEPT_UNREADABLE) }</p> }),
    };
    let mut lines = Vec::new();
    if let Some(form) = &view.visit {
        lines.extend(list_visit(env, view, form));
    }
    if let Some(form) = &view.incident {
        lines.extend(list_incident(words, form));
    }
    html! {
        <>
            { explanation }
            <p class="gc-pad gc-row__meta">{ t!(words, DRAFT_LAST, at = words.moment(view.row.at, env.today)) }</p>
            if !lines.is_empty() {
                <div class="weui-cells">{ for lines }</div>
            }
            if !view.raw.is_empty() {
                <p class="gc-pad gc-text" data-testid="raw-draft">{ &view.raw }</p>
            }
        </>
    }
}

/// What was typed into the form of a visit, in the order of its checklist.
fn list_visit(env: &Env, view: &DraftView, form: &VisitForm) -> Vec<Html> {
    let words = env.words;
    let mut lines = Vec::new();
    if let Some(outcome) = form.outcome {
        lines.push(line(t!(words, KEPT_OUTCOME), words.name(outcome).to_owned()));
    }
    for question in view.template.iter().flat_map(|template| template.questions()) {
        let answer = form.answers.get(&question.key);
        if let Some(text) = answer.and_then(|answer| describe_answer(words, &question.form, answer)) {
            lines.push(line(question.label.text(words.language()).to_owned(), text));
        }
    }
    for member in &form.new_members {
        lines.push(line(t!(words, SHEET_NEW_MEMBER), member.name.clone()));
    }
    for text in form.incidents.values().filter(|text| !text.is_empty()) {
        lines.push(line(t!(words, REPORT_TEXT), text.clone()));
    }
    if let Some(promise) = &form.follow_up {
        let date = promise.date.map(|date| words.day(date, env.today)).unwrap_or_default();
        lines.push(line(t!(words, FOLLOW_UP_TEXT), words.join([promise.text.clone(), date])));
    }
    if !form.note.is_empty() {
        lines.push(line(t!(words, NOTE), form.note.clone()));
    }
    lines
}

/// What was typed into a report.
fn list_incident(words: Words, form: &IncidentForm) -> Vec<Html> {
    [&form.text, &form.address_text, &form.handled_text]
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(|text| line(t!(words, REPORT_TEXT), text.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::sample;
    use contract::domain::Role;
    use contract::domain::codes::Language;

    #[test]
    fn what_was_typed_is_put_away_with_one_tap_that_can_be_undone_at_home() {
        let draft: DraftId = sample::id(4, 1);
        let (mut page, effects) = KeptDraft::open(&draft, &sample::env(Role::GridWorker, Language::ZhCn));
        assert_eq!(effects.len(), 1);
        let mut effects = page.update(Msg::PutAway);
        let gone = effects.remove(0).answer::<DiscardDrafts>(Ok(()));
        assert!(matches!(page.update(gone).as_slice(), [Effect::Back(Route::Today)]));
    }
}
