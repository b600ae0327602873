//! 上报: choose a category and submit; text and place if there is time. Two taps for a category, one to submit.
//!
//! In danger the telephone comes first: an app that may be offline is no alarm. Photos come with a later version and
//! are not shown as a control that does nothing.

mod grid;
mod view;

#[cfg(test)]
mod tests;

use contract::domain::HouseholdId;
use contract::domain::category::{Category, find_category, find_hints};
use contract::domain::codes::Priority;
use contract::domain::id::DraftId;
use contract::{
    CommandError, DiscardDraft, DraftSaved, IncidentForm, IncidentFormView, IncidentReceipt, OpenIncidentForm,
    SaveIncidentForm, SubmitIncident, Topic,
};
use yew::prelude::*;

use crate::state::{Autosave, Effect, Env, Load, SAVE_DEBOUNCE_MS, Screen};

/// The form of a report.
pub(crate) struct Report {
    arg: ReportArg,
    view: Load<IncidentFormView>,
    form: IncidentForm,
    autosave: Autosave,
    phase: Phase,
    shows_all: bool,
    is_discarding: bool,
}

/// Where the form was opened from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ReportArg {
    /// The household it is about.
    pub(crate) household: Option<HouseholdId>,
    /// A draft begun before.
    pub(crate) draft: Option<DraftId>,
}

/// How far the report is.
#[derive(Debug, Clone, PartialEq)]
enum Phase {
    Typing,
    /// No category yet.
    NoCategory,
    /// Settled on the spot, but not said how.
    NotSaidHow,
    Submitting,
    Failed(CommandError),
    Done(IncidentReceipt),
}

/// A change that was typed.
pub(crate) enum Edit {
    /// A class (two digits) or a category (five).
    Category(String),
    /// How pressing it is.
    Priority(Priority),
    /// What happened.
    Text(String),
    /// Where.
    Place(String),
    /// Settled on the spot, or not.
    SelfHandled,
    /// What was done.
    HandledText(String),
}

/// What can happen on the page.
pub(crate) enum Msg {
    /// The form was opened.
    Opened(Result<Box<IncidentFormView>, CommandError>),
    /// Something was typed.
    Edit(Edit),
    /// All 22 classes, or the usual ones.
    ShowAll,
    /// The pause after this edit is over.
    Pause(u64),
    /// A field was left.
    Left,
    /// This edit was written, or not.
    Written(u64, Result<DraftSaved, CommandError>),
    /// Submit.
    Submit,
    /// The incident was saved, or not.
    Submitted(Result<IncidentReceipt, CommandError>),
    /// Throw the draft away; asked twice.
    Discard,
    /// It is gone.
    Discarded(Result<(), CommandError>),
    /// Report another one.
    Again,
}

impl Screen for Report {
    type Arg = ReportArg;
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[];

    fn open(arg: &ReportArg, _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let mut page = Self::blank(*arg);
        let effects = page.reopen();
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Opened(Ok(view)) => {
                self.form = view.form.clone();
                if view.is_resumed {
                    self.autosave = Autosave::resumed();
                }
                self.shows_all = !self.form.category.is_empty() && !grid::is_usual(&self.form.category);
                self.view = Load::Ready(*view);
            }
            Msg::Opened(Err(error)) => self.view = Load::Failed(error),
            Msg::Edit(edit) => return self.take_edit(edit),
            Msg::ShowAll => self.shows_all = !self.shows_all,
            Msg::Pause(edit) if self.autosave.is_due(edit) => return self.write(),
            Msg::Pause(_) => {}
            Msg::Left => return self.pause(),
            Msg::Written(edit, result) => self.autosave.finish(edit, result.map(|_| ())),
            Msg::Submit => return self.submit(),
            Msg::Submitted(Ok(receipt)) => {
                self.phase = Phase::Done(receipt);
                return vec![Effect::ScrollTo(0), Effect::Focus(crate::browser::TITLE_ID)];
            }
            Msg::Submitted(Err(error)) => {
                self.autosave.reopen();
                self.phase = Phase::Failed(error);
                return vec![Effect::Focus("problems")];
            }
            Msg::Discard if self.is_discarding => {
                let Some(view) = self.view.ready() else { return Vec::new() };
                self.autosave.close();
                return vec![Effect::ask(&DiscardDraft { draft: view.draft }, Msg::Discarded)];
            }
            Msg::Discard => self.is_discarding = true,
            Msg::Discarded(Err(error)) => {
                self.autosave.reopen();
                self.phase = Phase::Failed(error);
            }
            Msg::Discarded(Ok(())) | Msg::Again => {
                *self = Self::blank(ReportArg { draft: None, ..self.arg });
                let mut effects = self.reopen();
                effects.push(Effect::Focus(crate::browser::TITLE_ID));
                return effects;
            }
        }
        Vec::new()
    }

    fn pause(&mut self) -> Vec<Effect<Msg>> {
        if self.autosave.needs_write() { self.write() } else { Vec::new() }
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        view::draw(self, env, on)
    }
}

impl Report {
    fn blank(arg: ReportArg) -> Self {
        Self {
            arg,
            view: Load::Waiting,
            form: IncidentForm::default(),
            autosave: Autosave::default(),
            phase: Phase::Typing,
            shows_all: false,
            is_discarding: false,
        }
    }

    fn reopen(&mut self) -> Vec<Effect<Msg>> {
        let request = OpenIncidentForm { household: self.arg.household, draft: self.arg.draft };
        vec![Effect::ask(&request, |result| Msg::Opened(result.map(Box::new)))]
    }

    fn take_edit(&mut self, edit: Edit) -> Vec<Effect<Msg>> {
        if self.view.ready().is_none() {
            return Vec::new();
        }
        let form = &mut self.form;
        match edit {
            Edit::Category(code) => form.category = code,
            Edit::Priority(priority) => form.priority = Some(priority),
            Edit::Text(text) => form.text = text,
            Edit::Place(text) => form.address_text = text,
            Edit::SelfHandled => form.is_self_handled = !form.is_self_handled,
            Edit::HandledText(text) => form.handled_text = text,
        }
        self.phase = Phase::Typing;
        self.is_discarding = false;
        let edit = self.autosave.touch();
        vec![Effect::After { ms: SAVE_DEBOUNCE_MS, msg: Msg::Pause(edit) }]
    }

    fn write(&mut self) -> Vec<Effect<Msg>> {
        let Some(view) = self.view.ready() else { return Vec::new() };
        let edit = self.autosave.start();
        let request = SaveIncidentForm { draft: view.draft, form: self.form.clone() };
        vec![Effect::ask(&request, move |result| Msg::Written(edit, result))]
    }

    fn submit(&mut self) -> Vec<Effect<Msg>> {
        let Some(view) = self.view.ready().filter(|_| self.phase != Phase::Submitting) else { return Vec::new() };
        if self.form.category.is_empty() {
            self.phase = Phase::NoCategory;
            return vec![Effect::Focus("problems")];
        }
        if self.form.is_self_handled && self.form.handled_text.trim().is_empty() {
            self.phase = Phase::NotSaidHow;
            return vec![Effect::Focus("handled-text")];
        }
        let request = SubmitIncident { draft: view.draft, form: self.form.clone() };
        self.phase = Phase::Submitting;
        self.autosave.close();
        vec![Effect::ask(&request, Msg::Submitted)]
    }

    /// The category that was chosen, if it is one of level 2.
    fn category(&self) -> Option<&'static Category> {
        find_category(&self.form.category)
    }

    /// Whether the telephone comes first.
    fn is_urgent(&self) -> bool {
        matches!(self.form.priority, Some(Priority::Urgent | Priority::Major))
            || self.category().is_some_and(|category| {
                find_hints(category).contains(&contract::domain::category::CategoryHint::CallFirst)
            })
    }
}
