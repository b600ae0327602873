//! One incident: what it is, how long still, whose move it is, what one may do, and its history in words.
//!
//! Flow: the companion says what may be done; the likely step and its partner stand in the bar, the rest under 更多.
//! A step that needs words opens a form ([`form`]): a sheet on a phone, in place on a desk. What is typed is a draft of
//! its own ([`kept`]) until the step is made. Every command answers the incident as it is then, so the screen never
//! guesses.
//!
//! What was done last stands at the top with what it was done with, and says what became of it as the history does. For
//! some seconds the step waits on this device and is taken back by one tap; so is one that waits for the network. After
//! that only the history offers it, as long as nobody has decided.
//!
//! What the server orders is only asked for while there is no network, and the page says so; everything else is shown
//! as done and 待确认. A step that did not take effect says why and who was first, and can be sent again or put away.
//!
//! Failure: the form stays as it is, with the reason; while it is on its way nothing can be typed into it. An incident that has left this device says so; own steps in it
//! and words that were not sent are found in the queue 未生效.

mod done;
mod fields;
mod form;
mod history;
mod kept;
mod sheet;
mod steps;
mod view;

#[cfg(test)]
mod tests;

use contract::domain::codes::BookingKind;
use contract::domain::id::TransitionId;
use contract::domain::workflow::{Need, Offline, Payload, Refusal, TransitionKind, find_rule};
use contract::domain::{IncidentId, UnixMillis};
use contract::{
    AddNote, Command, CommandError, ErrorCode, GetIncident, HistoryEntry, HistoryKind, IncidentView, ListServices,
    RetractStep, SendAgain, ServiceList, ServiceView, StepDraft, StepEffect, SyncNow, TakeStep, Topic, UNDO_MS,
};
use yew::prelude::*;

use crate::browser::{DETAIL_TITLE_ID, OPENER_ID};
use crate::state::{Effect, Env, Load, Pane, Screen};
use form::Form;
pub(crate) use form::{Edit, FormKind};
use kept::{Kept, KeptMsg};

/// One incident's page.
pub(crate) struct Incident {
    id: IncidentId,
    view: Load<IncidentView>,
    is_pane: bool,
    open: Open,
    forms: Vec<Kept>,
    /// Entries of the service directory for the kind of appointment that is chosen.
    services: Vec<ServiceView>,
    problem: Option<Refusal>,
    error: Option<CommandError>,
    is_sending: bool,
    done: Option<Done>,
    /// Counts the steps that could be taken back before they left; whether the last still can be.
    undo: (u32, bool),
    /// Words that were thrown away last, to be brought back.
    thrown: Option<StepDraft>,
}

/// What lies over the incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    More,
    Form(FormKind),
}

/// What was done last. What became of it the line of its step says, which is looked for anew each time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Done {
    /// A step.
    Step(DoneStep),
    /// The same, taken back.
    Back(DoneStep),
    /// A note.
    Note,
    /// Put away.
    Away,
}

/// A step that was taken here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DoneStep {
    kind: TransitionKind,
    step: Option<TransitionId>,
    /// Number of the incident that this one was merged into; the history names none.
    merged_into: String,
}

impl Done {
    /// A step of this kind; its line is looked for in what is answered.
    pub(crate) const fn new(kind: TransitionKind) -> Self {
        Self::Step(DoneStep { kind, step: None, merged_into: String::new() })
    }
}

/// What can happen on it.
pub(crate) enum Msg {
    /// It was read.
    Read(Result<Box<IncidentView>, CommandError>),
    /// A step was tapped: it is made, or its form opens.
    Step(TransitionKind),
    /// 通过, 不通过: the form of verifying with the answer chosen.
    Verify(bool),
    /// 补充情况
    Note,
    /// 更多
    More,
    /// The form or the list of steps is closed; what was typed is kept.
    Close,
    /// Something was typed.
    Edit(Edit),
    /// Something happened to the draft of a form.
    Kept(FormKind, KeptMsg),
    /// Bring back the words that were thrown away.
    BringBack,
    /// Entries of the service directory were read.
    Services(BookingKind, Result<ServiceList, CommandError>),
    /// The form is complete; what time it is for the server.
    Send(UnixMillis),
    /// It was made, or not.
    Sent(FormKind, Done, Result<Box<IncidentView>, CommandError>),
    /// 收回, 知道了
    Retract(TransitionId),
    /// 再次提交
    Again(TransitionId, TransitionKind),
    /// 撤销: the step that was taken last.
    Undo,
    /// It has left, or leaves now.
    UndoOver(u32),
    /// 立即提交
    SendNow,
    /// That was done, or not.
    Acted(Done, Result<Box<IncidentView>, CommandError>),
}

impl Screen for Incident {
    type Arg = IncidentId;
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Incidents, Topic::Outbox];

    fn open(id: &IncidentId, env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let mut page = Self {
            id: *id,
            view: Load::Waiting,
            is_pane: env.pane == Pane::Detail,
            open: Open::Nothing,
            forms: Vec::new(),
            services: Vec::new(),
            problem: None,
            error: None,
            is_sending: false,
            done: None,
            undo: (0, false),
            thrown: None,
        };
        let effects = page.refresh();
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Read(result) => return self.take_view(result),
            Msg::Step(kind) if form::is_immediate(kind) => return self.take_step(kind),
            Msg::Step(kind) => return self.open_form(FormKind::Step(kind)),
            Msg::Verify(passes) => {
                let effects = self.open_form(FormKind::Step(TransitionKind::Verify));
                // Opening a form is no edit.
                if let Some(kept) = self.kept() {
                    kept.form.apply(Edit::Passes(passes));
                }
                return effects;
            }
            Msg::Note => return self.open_form(FormKind::Note),
            Msg::More => {
                self.open = Open::More;
                return vec![Effect::Focus("sheet-title")];
            }
            Msg::Close => {
                self.open = Open::Nothing;
                self.forget_problem();
                let mut effects = self.pause();
                effects.push(Effect::Focus(OPENER_ID));
                return effects;
            }
            Msg::Edit(edit) => return self.edit(edit),
            Msg::Kept(kind, msg) => return self.take_kept(kind, msg),
            Msg::BringBack => {
                if let (Some(draft), Some(view)) = (self.thrown.take(), self.view.ready_mut()) {
                    let effect = kept::restore(self.id, &draft);
                    view.drafts.push(draft);
                    return vec![effect];
                }
            }
            Msg::Services(kind, Ok(list)) if self.form().is_some_and(|form| form.booking == Some(kind)) => {
                self.services = list.rows;
            }
            Msg::Services(..) => {}
            Msg::Send(now) => return self.send(now),
            Msg::Sent(kind, done, result) => return self.take_sent(kind, done, result),
            Msg::Retract(step) => return self.retract(step),
            Msg::Again(step, kind) => {
                let request = SendAgain { incident: self.id, step };
                return self.act(Done::new(kind), &request);
            }
            Msg::Undo => {
                if let Some(Done::Step(DoneStep { step: Some(step), .. })) = &self.done {
                    return self.retract(*step);
                }
            }
            Msg::UndoOver(number) if number == self.undo.0 => self.undo.1 = false,
            Msg::UndoOver(_) => {}
            Msg::SendNow => return vec![self.send_now(), Effect::Focus(DETAIL_TITLE_ID)],
            Msg::Acted(done, result) => {
                self.is_sending = false;
                self.undo.1 = false;
                match result {
                    Ok(view) => {
                        self.done = Some(name_step(done, &view));
                        self.view = Load::Ready(*view);
                        self.error = None;
                        // What was tapped is not there any more.
                        return vec![Effect::Focus(DETAIL_TITLE_ID)];
                    }
                    Err(error) => self.error = Some(error),
                }
            }
        }
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        vec![Effect::ask(&GetIncident { id: self.id }, |result| Msg::Read(result.map(Box::new)))]
    }

    fn find_shortcut(&self, key: char) -> Option<Msg> {
        let step = match key {
            'a' => TransitionKind::Accept,
            'd' => TransitionKind::Dispatch,
            'r' => TransitionKind::Return,
            'm' => TransitionKind::Merge,
            'n' => return self.view.ready().map(|_| Msg::Note),
            'z' => return self.undo.1.then_some(Msg::Undo),
            _ => return None,
        };
        let view = self.view.ready()?;
        let is_mergeable = step != TransitionKind::Merge || !view.like.is_empty();
        (is_mergeable && view.steps.iter().any(|offer| offer.kind == step)).then_some(Msg::Step(step))
    }

    fn pause(&mut self) -> Vec<Effect<Msg>> {
        let id = self.id;
        let mut effects: Vec<_> = self.forms.iter_mut().filter_map(|kept| kept.pause(id)).collect();
        // Whoever goes on has no second thoughts, and nobody knows when this device comes to the front again.
        if self.undo.1 {
            effects.push(self.send_now());
        }
        effects
    }

    fn is_settled(&self) -> bool {
        self.forms.iter().all(|kept| kept.saving.is_settled())
    }

    fn sheets(&self) -> u32 {
        match self.open {
            Open::Nothing => 0,
            Open::Form(_) if self.is_pane => 0,
            Open::Form(_) | Open::More => 1,
        }
    }

    fn close_sheet(&mut self) -> Vec<Effect<Msg>> {
        self.update(Msg::Close)
    }

    fn move_to(&mut self, pane: Pane) {
        self.is_pane = pane == Pane::Detail;
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        view::draw(self, env, on)
    }
}

/// What a device may do with a step while it has no network.
fn offline_of(kind: TransitionKind) -> Offline {
    find_rule(kind).map_or(Offline::Requested, |rule| rule.offline)
}

/// The line of a step.
fn find_line(view: &IncidentView, step: TransitionId) -> Option<&HistoryEntry> {
    view.history.iter().find(|entry| entry.step == Some(step))
}

/// Gives a step that was just taken the name that it has in the history: the newest of its kind that waits.
fn name_step(done: Done, view: &IncidentView) -> Done {
    let Done::Step(done) = done else { return done };
    let is_it = |entry: &&HistoryEntry| {
        entry.kind == HistoryKind::Step(done.kind)
            && matches!(entry.effect, StepEffect::Pending { is_taken_back: false, .. })
    };
    let step = view.history.iter().find(is_it).and_then(|entry| entry.step);
    Done::Step(DoneStep { step, ..done })
}

/// Whether a step can be taken back as things stand.
fn can_retract(view: &IncidentView, step: TransitionId) -> bool {
    find_line(view, step).is_some_and(|line| matches!(line.effect, StepEffect::Pending { can_retract: true, .. }))
}

impl Incident {
    fn take_view(&mut self, result: Result<Box<IncidentView>, CommandError>) -> Vec<Effect<Msg>> {
        match result {
            Ok(view) => {
                // On a desk the form that one came for is there at once.
                let is_first = self.view.ready().is_none();
                let likely = steps::sort_steps(&view).likely.map(|offer| offer.kind);
                self.view = Load::Ready(*view);
                if !self.is_pane || !is_first {
                    return Vec::new();
                }
                if likely == Some(TransitionKind::Dispatch) {
                    self.open_form(FormKind::Step(TransitionKind::Dispatch));
                }
                // Whoever opened it in the queue goes on here; Escape leads back.
                return vec![Effect::Focus(DETAIL_TITLE_ID)];
            }
            // It has gone elsewhere: what was shown is no longer true.
            Err(error) if error.code == ErrorCode::NotFound => {
                self.view = Load::Failed(error);
                return self.pause();
            }
            Err(error) => self.view.take(Err(error)),
        }
        Vec::new()
    }

    /// The form that is open.
    fn form(&self) -> Option<&Form> {
        let Open::Form(kind) = self.open else { return None };
        self.forms.iter().find(|kept| kept.kind == kind).map(|kept| &kept.form)
    }

    /// The form that is open, to be changed.
    fn kept(&mut self) -> Option<&mut Kept> {
        let Open::Form(kind) = self.open else { return None };
        self.forms.iter_mut().find(|kept| kept.kind == kind)
    }

    fn forget_problem(&mut self) {
        self.problem = None;
        self.error = None;
    }

    fn open_form(&mut self, kind: FormKind) -> Vec<Effect<Msg>> {
        let Some(view) = self.view.ready() else { return Vec::new() };
        if !self.forms.iter().any(|kept| kept.kind == kind) {
            self.forms.push(Kept::new(kind, view));
        }
        self.open = Open::Form(kind);
        self.done = None;
        self.forget_problem();
        let mut effects = self.pause();
        if let Some(booking) = self.form().and_then(|form| form.booking) {
            effects.push(self.ask_services(booking));
        }
        effects.push(Effect::Focus("sheet-title"));
        effects
    }

    fn edit(&mut self, edit: Edit) -> Vec<Effect<Msg>> {
        let booking = if let Edit::Booking(booking) = edit { Some(booking) } else { None };
        let Some(kept) = self.kept() else { return Vec::new() };
        let pause = kept.edit(edit);
        self.problem = None;
        booking.map(|booking| self.ask_services(booking)).into_iter().chain([pause]).collect()
    }

    fn ask_services(&mut self, booking: BookingKind) -> Effect<Msg> {
        self.services = Vec::new();
        let request = ListServices { booking: Some(booking), ..ListServices::default() };
        Effect::ask(&request, move |result| Msg::Services(booking, result))
    }

    fn take_kept(&mut self, kind: FormKind, msg: KeptMsg) -> Vec<Effect<Msg>> {
        let id = self.id;
        let kept = self.forms.iter_mut().find(|kept| kept.kind == kind);
        match (msg, kept, self.view.ready_mut()) {
            (KeptMsg::Discard, ..) => vec![kept::discard(id, kind)],
            (KeptMsg::Discarded(Ok(())), _, Some(view)) => {
                let thrown = view.drafts.iter().position(|draft| draft.kind == kind.step());
                self.thrown = thrown.map(|index| view.drafts.remove(index));
                Vec::new()
            }
            (KeptMsg::Discarded(Err(error)), ..) | (KeptMsg::Written(_, Err(error)), None, _) => {
                self.error = Some(error);
                Vec::new()
            }
            (msg, Some(kept), _) => kept.take(id, msg).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Makes a step that nothing goes with.
    fn take_step(&mut self, kind: TransitionKind) -> Vec<Effect<Msg>> {
        let Some(view) = self.view.ready() else { return Vec::new() };
        let is_confirming = find_rule(kind).is_some_and(|rule| rule.needs.contains(&Need::ProposedBooking));
        let of = view.appointment.as_ref().filter(|_| is_confirming).map(|appointment| appointment.step);
        self.open = Open::Nothing;
        self.forget_problem();
        self.ask(FormKind::Step(kind), Payload { of, ..Payload::default() })
    }

    fn send(&mut self, now: UnixMillis) -> Vec<Effect<Msg>> {
        let Open::Form(kind) = self.open else { return Vec::new() };
        let (Some(view), Some(form)) = (self.view.ready(), self.form()) else { return Vec::new() };
        let payload = match kind {
            FormKind::Step(step) => form.check(step, view, now),
            FormKind::Note if form.text.trim().is_empty() => Err(Refusal::TextMissing),
            FormKind::Note => Ok(Payload { text: form.text.trim().to_owned(), ..Payload::default() }),
        };
        match payload {
            Ok(payload) => {
                self.forget_problem();
                if let Some(kept) = self.kept() {
                    kept.saving.close();
                }
                self.ask(kind, payload)
            }
            Err(problem) => {
                self.problem = Some(problem);
                let field = sheet::field_of(problem);
                vec![field.map_or(Effect::Focus("problems"), |id| Effect::FocusField(id.to_owned()))]
            }
        }
    }

    fn ask(&mut self, kind: FormKind, payload: Payload) -> Vec<Effect<Msg>> {
        if std::mem::replace(&mut self.is_sending, true) {
            return Vec::new();
        }
        let incident = self.id;
        let target = self.view.ready().zip(payload.duplicate_of);
        let like = target.and_then(|(view, id)| view.like.iter().find(|like| like.id == id));
        let merged_into = like.map(|like| like.number.clone()).unwrap_or_default();
        let done = match kind {
            FormKind::Step(kind) => Done::Step(DoneStep { kind, step: None, merged_into }),
            FormKind::Note => Done::Note,
        };
        let sent = move |result| Msg::Sent(kind, done, result);
        vec![match kind {
            FormKind::Step(step) => ask_view(&TakeStep { incident, kind: step, payload }, sent),
            FormKind::Note => ask_view(&AddNote { incident, text: payload.text }, sent),
        }]
    }

    /// Lets the step go that could still be taken back.
    fn send_now(&mut self) -> Effect<Msg> {
        self.undo.1 = false;
        let number = self.undo.0;
        Effect::ask(&SyncNow {}, move |_| Msg::UndoOver(number))
    }

    /// Takes back a step that waits, or puts away one that did not take effect.
    fn retract(&mut self, step: TransitionId) -> Vec<Effect<Msg>> {
        let line = self.view.ready().and_then(|view| find_line(view, step));
        let done = match line.map(|line| (line.kind, &line.effect)) {
            Some((HistoryKind::Step(kind), StepEffect::Pending { .. })) => {
                Done::Back(DoneStep { kind, step: Some(step), merged_into: String::new() })
            }
            _ => Done::Away,
        };
        self.act(done, &RetractStep { incident: self.id, step })
    }

    fn act<C: Command<Reply = IncidentView>>(&mut self, done: Done, request: &C) -> Vec<Effect<Msg>> {
        if std::mem::replace(&mut self.is_sending, true) {
            return Vec::new();
        }
        vec![ask_view(request, move |result| Msg::Acted(done, result))]
    }

    fn take_sent(
        &mut self,
        kind: FormKind,
        done: Done,
        result: Result<Box<IncidentView>, CommandError>,
    ) -> Vec<Effect<Msg>> {
        self.is_sending = false;
        match result {
            Ok(view) => {
                let done = name_step(done, &view);
                let step = if let Done::Step(DoneStep { step, .. }) = &done { *step } else { None };
                self.undo = (self.undo.0 + 1, step.is_some_and(|step| can_retract(&view, step)));
                self.done = Some(done);
                self.view = Load::Ready(*view);
                self.forms.retain(|kept| kept.kind != kind);
                self.open = Open::Nothing;
                let over = Effect::After { ms: UNDO_MS, msg: Msg::UndoOver(self.undo.0) };
                let over = self.undo.1.then_some(over);
                std::iter::once(Effect::Focus(DETAIL_TITLE_ID)).chain(over).collect()
            }
            Err(error) => {
                self.error = Some(error);
                if let Some(kept) = self.forms.iter_mut().find(|kept| kept.kind == kind) {
                    kept.saving.reopen();
                }
                vec![Effect::Focus("problems")]
            }
        }
    }
}

fn ask_view<C: Command<Reply = IncidentView>>(
    request: &C,
    then: impl FnOnce(Result<Box<IncidentView>, CommandError>) -> Msg + 'static,
) -> Effect<Msg> {
    Effect::ask(request, move |result| then(result.map(Box::new)))
}
