//! A form that is kept as a draft while it is typed, and the one way in which every such form goes on: write after a
//! pause, when a field or the page is left; throw away, and take back; close when it is submitted.
//!
//! Flow: the page types into its own form and calls [`FormDraft::touch`]; what comes back as [`DraftMsg`] goes to
//! [`FormDraft::take`] with the request that writes the form as it is then. When writes are due says [`Autosave`].
//!
//! A draft that was thrown away can be brought back by the store for as long as it says. Where the page still knows what
//! stood in it, it goes on with it ([`FormDraft::go_back_to`]); what was typed into the draft begun since moves over.
//!
//! Failure: a draft that could not be thrown away goes on, with the reason ([`Turn::Failed`]).

use contract::domain::id::DraftId;
use contract::{Command, CommandError, DiscardDrafts, DraftSaved};

use super::{Autosave, Effect, SAVE_DEBOUNCE_MS, SaveState};

/// The draft of a form.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct FormDraft {
    id: Option<DraftId>,
    autosave: Autosave,
    is_resumed: bool,
}

/// What can happen to it.
pub(crate) enum DraftMsg {
    /// The pause after this edit is over.
    Pause(u64),
    /// A field was left.
    Left,
    /// This edit was written, or not.
    Written(u64, Result<DraftSaved, CommandError>),
    /// Throw the draft away.
    Discard,
    /// It is gone.
    Discarded(Result<(), CommandError>),
}

/// What follows for the page.
pub(crate) enum Turn<M> {
    /// The form goes on.
    Goes(Vec<Effect<M>>),
    /// This draft was thrown away.
    Discarded(DraftId),
    /// It could not be thrown away.
    Failed(CommandError),
}

impl FormDraft {
    /// The draft was opened; one that was found again holds what is shown.
    pub(crate) fn open(id: DraftId, is_resumed: bool) -> Self {
        let autosave = if is_resumed { Autosave::resumed() } else { Autosave::default() };
        Self { id: Some(id), autosave, is_resumed }
    }

    /// Which draft it is, once it is open.
    pub(crate) const fn id(&self) -> Option<DraftId> {
        self.id
    }

    /// It was begun before.
    pub(crate) const fn is_resumed(&self) -> bool {
        self.is_resumed
    }

    /// What the screen may say about it.
    pub(crate) fn state(&self) -> SaveState {
        self.autosave.state()
    }

    /// Whether everything typed is stored.
    pub(crate) const fn is_settled(&self) -> bool {
        self.autosave.is_settled()
    }

    /// Something was typed: write it after a pause.
    pub(crate) fn touch<M: From<DraftMsg>>(&mut self) -> Effect<M> {
        let edit = self.autosave.touch();
        Effect::After { ms: SAVE_DEBOUNCE_MS, msg: DraftMsg::Pause(edit).into() }
    }

    /// What a message does; `save` is the request that writes the form as it is now.
    pub(crate) fn take<M, C>(&mut self, msg: DraftMsg, save: impl FnOnce(DraftId) -> C) -> Turn<M>
    where
        M: From<DraftMsg> + 'static,
        C: Command<Reply = DraftSaved>,
    {
        match msg {
            DraftMsg::Pause(edit) if self.autosave.is_due(edit) => return Turn::Goes(self.pause(save)),
            DraftMsg::Pause(_) => {}
            DraftMsg::Left => return Turn::Goes(self.pause(save)),
            DraftMsg::Written(edit, result) => self.autosave.finish(edit, result.map(|_| ())),
            DraftMsg::Discard => {
                let Some(draft) = self.id else { return Turn::Goes(Vec::new()) };
                self.autosave.close();
                let then = |result| DraftMsg::Discarded(result).into();
                return Turn::Goes(vec![Effect::ask(&DiscardDrafts { drafts: vec![draft] }, then)]);
            }
            DraftMsg::Discarded(Ok(())) => return self.id.map_or(Turn::Goes(Vec::new()), Turn::Discarded),
            DraftMsg::Discarded(Err(error)) => {
                self.autosave.reopen();
                return Turn::Failed(error);
            }
        }
        Turn::Goes(Vec::new())
    }

    /// The page is left or a pause is over: what was typed and not written is written now.
    pub(crate) fn pause<M, C>(&mut self, save: impl FnOnce(DraftId) -> C) -> Vec<Effect<M>>
    where
        M: From<DraftMsg> + 'static,
        C: Command<Reply = DraftSaved>,
    {
        let Some(draft) = self.id.filter(|_| self.autosave.needs_write()) else { return Vec::new() };
        let edit = self.autosave.start();
        vec![Effect::ask(&save(draft), move |result| DraftMsg::Written(edit, result).into())]
    }

    /// The draft that was thrown away is back: the page goes on with it. The one begun since is emptied; `blank` is the
    /// request that does so.
    pub(crate) fn go_back_to<M, C>(&mut self, draft: DraftId, blank: impl FnOnce(DraftId) -> C) -> Vec<Effect<M>>
    where
        M: From<DraftMsg> + 'static,
        C: Command<Reply = DraftSaved>,
    {
        let since = std::mem::replace(self, Self::open(draft, true));
        let written = since.id.filter(|_| since.state() != SaveState::Untouched);
        let empty = written.map(|id| Effect::ask(&blank(id), |_| DraftMsg::Left.into()));
        empty.into_iter().chain([self.touch()]).collect()
    }

    /// The form is submitted: nothing more is written to the draft.
    pub(crate) const fn close(&mut self) {
        self.autosave.close();
    }

    /// Submitting failed: the form goes on.
    pub(crate) const fn reopen(&mut self) {
        self.autosave.reopen();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::sample;
    use contract::domain::UnixMillis;
    use contract::{ErrorCode, IncidentForm, SaveIncidentForm};

    fn save(draft: DraftId) -> SaveIncidentForm {
        SaveIncidentForm { draft, form: IncidentForm::default() }
    }

    fn effects(turn: Turn<DraftMsg>) -> Vec<Effect<DraftMsg>> {
        let Turn::Goes(effects) = turn else { panic!("the form goes on") };
        effects
    }

    #[test]
    fn a_field_that_is_left_is_written_once() {
        let mut draft = FormDraft::open(sample::id(4, 8), false);
        assert!(effects(draft.take(DraftMsg::Left, save)).is_empty(), "nothing was typed");
        let _: Effect<DraftMsg> = draft.touch();
        let mut written = effects(draft.take(DraftMsg::Left, save));
        assert!(effects(draft.take(DraftMsg::Pause(1), save)).is_empty(), "it is on its way");
        let answer = written.remove(0).answer::<SaveIncidentForm>(Ok(DraftSaved { at: UnixMillis::new(0) }));
        effects(draft.take(answer, save));
        assert_eq!(draft.state(), SaveState::Saved);
    }

    #[test]
    fn a_draft_that_cannot_be_thrown_away_goes_on() {
        let mut draft = FormDraft::open(sample::id(4, 8), true);
        let mut asked = effects(draft.take(DraftMsg::Discard, save));
        let failed = asked.remove(0).answer::<DiscardDrafts>(Err(CommandError::new(ErrorCode::StorageFailed)));
        assert!(matches!(draft.take::<DraftMsg, _>(failed, save), Turn::Failed(_)));
        let _: Effect<DraftMsg> = draft.touch();
        assert_eq!(draft.pause::<DraftMsg, _>(save).len(), 1, "what is typed is written again");
    }

    #[test]
    fn what_was_typed_since_a_draft_was_thrown_away_moves_back_with_it() {
        let [old, since] = [8, 9].map(|number| sample::id(4, number));
        let mut draft = FormDraft::open(since, false);
        assert_eq!(draft.clone().go_back_to::<DraftMsg, _>(old, save).len(), 1, "nothing was typed since");
        let _: Effect<DraftMsg> = draft.touch();
        let effects = draft.go_back_to::<DraftMsg, _>(old, save);
        assert_eq!(effects[0].asked::<SaveIncidentForm>().map(|asked| asked.draft), Some(since));
        let written = draft.pause::<DraftMsg, _>(save);
        assert_eq!(written[0].asked::<SaveIncidentForm>().map(|asked| asked.draft), Some(old));
    }
}
