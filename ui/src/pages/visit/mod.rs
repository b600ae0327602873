//! 记录走访: outcome, 无变化, submit: three taps, everything else optional.
//!
//! Flow: the companion opens the draft that was begun or a new one, with the checklist in the version it began with.
//! What is shown follows from `domain::checklist`; answers that the checklist keeps elsewhere (advice, leaflets,
//! promise, remark) are mirrored into the form's own fields, see [`form`]. Everything typed is written by
//! [`FormDraft`]; what one tap takes out of the form, one tap brings back ([`Undo`]). Submitting
//! makes the visit in one transaction and opens its receipt in the form's place; a failed submit leaves the form as it was.
//!
//! Missing: photos.

mod blocks;
mod form;
mod question;
mod receipt;
mod view;

#[cfg(test)]
mod tests;

use contract::domain::codes::{Advice, Channel, Outcome};
use contract::domain::id::DraftId;
use contract::domain::visit::Answer;
use contract::domain::{HouseholdId, MemberId, VisitId, checklist};
use contract::{
    CommandError, OpenVisitForm, RestoreDrafts, SaveVisitForm, SubmitVisit, Topic, VisitForm, VisitFormView,
};
use yew::prelude::*;

#[cfg(test)]
pub(crate) use receipt::DoneMsg;
pub(crate) use receipt::VisitDone;

use crate::route::Route;
use crate::state::{DraftMsg, Effect, Env, FormDraft, Load, Screen, Turn, Undo};

/// The form of a visit.
pub(crate) struct VisitPage {
    household: HouseholdId,
    /// The draft that was asked for; none: the latest, or a new one.
    named: Option<DraftId>,
    view: Load<VisitFormView>,
    form: VisitForm,
    draft: FormDraft,
    phase: Phase,
    /// 无变化 was tapped, and nothing was changed since.
    is_unchanged: bool,
    /// What a tap took out of the form last.
    undo: Option<Undo<VisitForm, Taken>>,
    /// The draft that was thrown away, with its form, until an empty one is there.
    thrown: Option<(DraftId, VisitForm)>,
}

/// What a tap took out of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// 无变化 in place of what was ticked or typed.
    Changes,
    /// The words to an incident, with its tick or without.
    IncidentWords,
    /// Somebody who moved in.
    Member,
    /// Sensitive answers, with the consent.
    Sensitive,
    /// Another person to ask for.
    ContactName,
    /// All of it: this draft was thrown away.
    Draft(DraftId),
}

/// How far the visit is.
#[derive(Debug, Clone, PartialEq)]
enum Phase {
    /// Being typed.
    Typing,
    /// Something is missing; said above the button.
    Incomplete(Vec<Lack>),
    /// On its way into the store.
    Submitting,
    /// The store did not take it.
    Failed(CommandError),
}

/// What is missing or wrong before submitting.
#[derive(Debug, Clone, PartialEq)]
enum Lack {
    /// How the visit ended.
    Outcome,
    /// One answer, by the question's finding.
    Answer(checklist::Finding),
    /// The name of somebody who moved in, by their place in the list.
    MemberName(usize),
}

/// A change that was typed.
pub(crate) enum Edit {
    /// How it ended.
    Outcome(Outcome),
    /// Where it took place; none: not said.
    Channel(Option<Channel>),
    /// An answer; none: taken back.
    Answer(String, Option<Answer>),
    /// One option of a question with several.
    Option(String, String),
    /// 无变化
    NoChange,
    /// Consent to sensitive questions.
    Consent(bool),
    /// Another person to ask for; none: taken back.
    ContactName(Option<String>),
    /// Another use of the dwelling, by code; empty: taken back.
    HouseStatus(String),
    /// Somebody moved in: an empty entry.
    AddMember,
    /// A field of somebody who moved in.
    NewMember(usize, super::household::Field),
    /// Not after all.
    DropMember(usize),
    /// Somebody left, or not after all.
    MemberLeft(MemberId),
    /// Make an incident of a tick, or not after all.
    Incident(String),
    /// Words to add to such an incident.
    IncidentText(String, String),
    /// Something was explained, or not after all.
    Advice(Advice),
    /// Leaflets handed out.
    Leaflets(String),
    /// What was promised.
    FollowUpText(String),
    /// For when.
    FollowUpDate(String),
    /// Remark.
    Note(String),
}

/// What can happen on the page.
pub(crate) enum Msg {
    /// The form was opened.
    Opened(Result<Box<VisitFormView>, CommandError>),
    /// Something was typed.
    Edit(Edit),
    /// Bring back what a tap took.
    Undo,
    /// Something happened to the draft.
    Draft(DraftMsg),
    /// The draft that was thrown away is back, or not.
    Restored(DraftId, Result<(), CommandError>),
    /// Submit.
    Submit,
    /// The visit was saved, or not.
    Submitted(Result<VisitId, CommandError>),
}

impl From<DraftMsg> for Msg {
    fn from(msg: DraftMsg) -> Self {
        Self::Draft(msg)
    }
}

impl Screen for VisitPage {
    /// The household, and the draft to go on with.
    type Arg = (HouseholdId, Option<DraftId>);
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[];

    fn open((household, draft): &Self::Arg, _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let page = Self { named: *draft, ..Self::blank(*household) };
        let effects = vec![page.ask_form()];
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Opened(Ok(view)) => {
                self.form = view.form.clone();
                if let Some((draft, thrown)) = self.thrown.take().filter(|_| !view.is_resumed) {
                    self.undo = Some(Undo::new(thrown, self.form.clone(), Taken::Draft(draft)));
                }
                self.draft = FormDraft::open(view.draft, view.is_resumed);
                self.view = Load::Ready(*view);
            }
            Msg::Opened(Err(error)) => self.view = Load::Failed(error),
            // What is typed after the tap would go with nothing.
            Msg::Edit(_) | Msg::Undo if self.phase == Phase::Submitting => {}
            Msg::Edit(edit) => return self.take_edit(edit),
            Msg::Undo => return self.put_back(),
            Msg::Draft(msg) => {
                let form = &self.form;
                match self.draft.take(msg, |draft| SaveVisitForm { draft, form: form.clone() }) {
                    Turn::Goes(effects) => return effects,
                    Turn::Discarded(draft) => {
                        let thrown = (draft, std::mem::take(&mut self.form));
                        *self = Self { thrown: Some(thrown), ..Self::blank(self.household) };
                        return vec![self.ask_form(), Effect::Focus(crate::browser::TITLE_ID)];
                    }
                    Turn::Failed(error) => self.phase = Phase::Failed(error),
                }
            }
            Msg::Restored(draft, Ok(())) => return self.go_back_to(draft),
            Msg::Restored(_, Err(error)) => self.phase = Phase::Failed(error),
            Msg::Submit => return self.submit(),
            Msg::Submitted(Ok(visit)) => {
                return vec![Effect::Replace(Route::VisitDone(visit))];
            }
            Msg::Submitted(Err(error)) => {
                self.draft.reopen();
                let field = error.field.as_deref().and_then(view::find_field);
                self.phase = Phase::Failed(error);
                return vec![field.map_or(Effect::Focus("problems"), Effect::FocusField)];
            }
        }
        Vec::new()
    }

    fn pause(&mut self) -> Vec<Effect<Msg>> {
        let form = &self.form;
        self.draft.pause(|draft| SaveVisitForm { draft, form: form.clone() })
    }

    fn is_settled(&self) -> bool {
        self.draft.is_settled()
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        view::draw(self, env, on)
    }
}

impl VisitPage {
    fn blank(household: HouseholdId) -> Self {
        Self {
            household,
            named: None,
            view: Load::Waiting,
            form: VisitForm::default(),
            draft: FormDraft::default(),
            phase: Phase::Typing,
            is_unchanged: false,
            undo: None,
            thrown: None,
        }
    }

    fn ask_form(&self) -> Effect<Msg> {
        Effect::ask(&OpenVisitForm { household: self.household, draft: self.named }, |result| {
            Msg::Opened(result.map(Box::new))
        })
    }

    fn take_edit(&mut self, edit: Edit) -> Vec<Effect<Msg>> {
        let Some(view) = self.view.ready() else { return Vec::new() };
        let is_adding = matches!(edit, Edit::AddMember);
        self.is_unchanged = matches!(edit, Edit::NoChange) || (self.is_unchanged && matches!(edit, Edit::Outcome(_)));
        let may_take = may_take(&edit);
        let before = may_take.map(|_| self.form.clone());
        form::apply(&mut self.form, view, edit);
        if let (Some(taken), Some(before)) = (may_take, before)
            && form::takes(taken, &before, &self.form)
        {
            self.undo = Some(Undo::new(before, self.form.clone(), taken));
        }
        self.phase = Phase::Typing;
        let mut effects = vec![self.draft.touch()];
        if is_adding {
            effects.push(Effect::FocusField(blocks::member_id(self.form.new_members.len().saturating_sub(1))));
        }
        effects
    }

    fn put_back(&mut self) -> Vec<Effect<Msg>> {
        let Some(undo) = &self.undo else { return Vec::new() };
        if let Taken::Draft(draft) = undo.what() {
            let request = RestoreDrafts { drafts: vec![draft] };
            return vec![Effect::ask(&request, move |result| Msg::Restored(draft, result))];
        }
        self.merge_undone();
        vec![self.draft.touch()]
    }

    /// The draft that was thrown away is back, and the page goes on with it.
    fn go_back_to(&mut self, draft: DraftId) -> Vec<Effect<Msg>> {
        self.merge_undone();
        let blank = self.view.ready().map(|view| view.form.clone()).unwrap_or_default();
        self.draft.go_back_to(draft, |draft| SaveVisitForm { draft, form: blank })
    }

    /// Puts what a tap took back into the form as it is now.
    fn merge_undone(&mut self) {
        if let Some(undo) = self.undo.take() {
            self.form = undo.put_back(&self.form);
            self.is_unchanged = false;
            // What was said about the form before does not hold any more.
            self.phase = Phase::Typing;
        }
    }

    fn submit(&mut self) -> Vec<Effect<Msg>> {
        let Some(view) = self.view.ready().filter(|_| self.phase != Phase::Submitting) else { return Vec::new() };
        let form = form::tidy(&self.form, view);
        let lacks = find_lacks(&form, view);
        if let Some(first) = lacks.first() {
            let field = first.field();
            self.phase = Phase::Incomplete(lacks);
            return vec![Effect::FocusField(field)];
        }
        let request = SubmitVisit { draft: view.draft, form };
        self.phase = Phase::Submitting;
        self.draft.close();
        vec![Effect::ask(&request, |result| Msg::Submitted(result.map(|receipt| receipt.visit)))]
    }

    /// Whether sensitive questions may be asked.
    fn has_consent(&self) -> bool {
        self.form.consent_given || self.view.ready().is_some_and(|view| view.has_consent)
    }
}

impl Lack {
    /// The id of the field that it is about.
    fn field(&self) -> String {
        match self {
            Self::Outcome => "outcome".to_owned(),
            Self::Answer(finding) => question::field_id(&finding.question),
            Self::MemberName(index) => blocks::member_id(*index),
        }
    }
}

/// What an edit may take out of the form besides what it is about.
const fn may_take(edit: &Edit) -> Option<Taken> {
    match edit {
        Edit::NoChange => Some(Taken::Changes),
        Edit::Option(..) | Edit::Incident(_) => Some(Taken::IncidentWords),
        Edit::DropMember(_) => Some(Taken::Member),
        Edit::Consent(false) => Some(Taken::Sensitive),
        Edit::ContactName(None) => Some(Taken::ContactName),
        _ => None,
    }
}

fn find_lacks(form: &VisitForm, view: &VisitFormView) -> Vec<Lack> {
    let outcome = form.outcome.is_none().then_some(Lack::Outcome);
    let findings = checklist::check_answers(&view.template, &form.answers, form.outcome);
    let nameless = form.new_members.iter().enumerate().filter(|(_, member)| member.name.is_empty());
    let nameless = nameless.map(|(index, _)| Lack::MemberName(index));
    outcome.into_iter().chain(findings.into_iter().map(Lack::Answer)).chain(nameless).collect()
}
