//! The forms of an incident's steps while they are typed: each is a draft on the device's storage, written after a
//! pause, when its field, its sheet or the page is left, and when the app goes to the background ([`Autosave`] says
//! when). Sending the step removes it there. Where an incident is not here any more, the companion keeps the words.

use contract::domain::codes::BookingKind;
use contract::domain::workflow::{Booking, Payload};
use contract::domain::{IncidentId, UnixMillis};
use contract::{CommandError, IncidentView, SaveStepForm, StepDraft};

use super::Msg;
use super::form::{Due, Edit, Form, FormKind, read_moment};
use crate::state::{Autosave, Effect, SAVE_DEBOUNCE_MS};

/// How a draft says that a moment is not chosen.
const NOT_SAID: UnixMillis = UnixMillis::new(0);

/// A form with its draft.
pub(super) struct Kept {
    pub(super) kind: FormKind,
    pub(super) form: Form,
    pub(super) saving: Autosave,
}

/// What can happen to a draft.
pub(crate) enum KeptMsg {
    /// The pause after this edit is over.
    Pause(u64),
    /// A field was left.
    Left,
    /// This edit was written, or not.
    Written(u64, Result<(), CommandError>),
    /// Throw away what was typed before.
    Discard,
    /// It is gone, or not.
    Discarded(Result<(), CommandError>),
}

impl Kept {
    /// The form as it is opened: what was typed before, or what is most likely.
    pub(super) fn new(kind: FormKind, view: &IncidentView) -> Self {
        let is_resumed = view.drafts.iter().any(|draft| draft.kind == kind.step());
        let saving = if is_resumed { Autosave::resumed() } else { Autosave::default() };
        Self { kind, form: Form::new(kind, view), saving }
    }

    /// Takes what was typed; it is written after a pause.
    pub(super) fn edit(&mut self, edit: Edit) -> Effect<Msg> {
        self.form.apply(edit);
        let pause = KeptMsg::Pause(self.saving.touch());
        Effect::After { ms: SAVE_DEBOUNCE_MS, msg: Msg::Kept(self.kind, pause) }
    }

    /// What a message does.
    pub(super) fn take(&mut self, id: IncidentId, msg: KeptMsg) -> Option<Effect<Msg>> {
        match msg {
            KeptMsg::Pause(edit) if self.saving.is_due(edit) => return self.pause(id),
            KeptMsg::Left => return self.pause(id),
            KeptMsg::Written(edit, result) => self.saving.finish(edit, result),
            KeptMsg::Pause(_) | KeptMsg::Discard | KeptMsg::Discarded(_) => {}
        }
        None
    }

    /// What was typed and not written is written now.
    pub(super) fn pause(&mut self, id: IncidentId) -> Option<Effect<Msg>> {
        if !self.saving.needs_write() {
            return None;
        }
        let (kind, edit) = (self.kind, self.saving.start());
        Some(save(id, kind, write_draft(&self.form), move |result| KeptMsg::Written(edit, result)))
    }
}

/// Throws away what was typed before into a form that is not open.
pub(super) fn discard(id: IncidentId, kind: FormKind) -> Effect<Msg> {
    save(id, kind, Payload::default(), KeptMsg::Discarded)
}

/// Brings back what was thrown away.
pub(super) fn restore(id: IncidentId, draft: &StepDraft) -> Effect<Msg> {
    let kind = draft.kind.map_or(FormKind::Note, FormKind::Step);
    // Nothing is open that the answer could concern; a failure is said by the next reading.
    save(id, kind, draft.payload.clone(), |result| KeptMsg::Written(0, result))
}

fn save(
    incident: IncidentId,
    kind: FormKind,
    payload: Payload,
    then: impl FnOnce(Result<(), CommandError>) -> KeptMsg + 'static,
) -> Effect<Msg> {
    let request = SaveStepForm { incident, kind: kind.step(), payload };
    Effect::ask(&request, move |result| Msg::Kept(kind, then(result)))
}

/// The form as it was left.
pub(super) fn read_draft(payload: Payload) -> Form {
    let booking = payload.booking;
    Form {
        text: payload.text,
        org: payload.to_org,
        person: payload.to_person,
        due: payload.due_at.map_or(Due::Usual, |at| Due::Typed(write_moment(at))),
        joint: payload.joint,
        passes: payload.passes,
        satisfaction: payload.satisfaction,
        way: payload.way,
        other: payload.duplicate_of,
        booking: booking.as_ref().map(|booking| booking.kind).filter(|kind| *kind != BookingKind::Unknown),
        at: booking.as_ref().map(|booking| write_moment(booking.at)).unwrap_or_default(),
        service: booking.as_ref().and_then(|booking| booking.service.clone()),
        place: booking.map(|booking| booking.place).unwrap_or_default(),
    }
}

/// The form as it is kept while it is typed; empty when nothing in it must not be lost.
fn write_draft(form: &Form) -> Payload {
    if !form.has_words() {
        return Payload::default();
    }
    let has_booking = form.booking.is_some() || !form.place.is_empty() || !form.at.is_empty();
    Payload {
        text: form.text.clone(),
        to_org: form.org.clone(),
        to_person: form.person,
        due_at: match &form.due {
            Due::Usual => None,
            Due::At(at) => Some(*at),
            Due::Typed(text) => read_moment(text),
        },
        joint: form.joint.clone(),
        passes: form.passes,
        satisfaction: form.satisfaction,
        way: form.way,
        duplicate_of: form.other,
        booking: has_booking.then(|| Booking {
            kind: form.booking.unwrap_or(BookingKind::Unknown),
            place: form.place.clone(),
            at: read_moment(&form.at).unwrap_or(NOT_SAID),
            service: form.service.clone(),
        }),
        ..Payload::default()
    }
}

/// The value of a date and time field for a moment; empty for one that was not chosen.
fn write_moment(at: UnixMillis) -> String {
    let mut text = if at == NOT_SAID { String::new() } else { at.local().to_string() };
    text.truncate("2026-07-14T17:30".len());
    text
}
