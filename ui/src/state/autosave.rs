//! When a form being typed is written, and what the screen may honestly say about it.
//!
//! Flow: every edit raises `typed`; after a pause, on leaving a field, on leaving the page or when the app goes to the
//! background the form is sent; the answer raises `saved` to the edit it was made of. 已保存到本机 is shown only when
//! the last edit is the saved one. Failure: the form stays on the screen, the failure is said, the next edit tries
//! again.

use contract::CommandError;

/// Pause in typing after which the form is written.
pub(crate) const SAVE_DEBOUNCE_MS: u32 = 300;

/// What was typed and what is written.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Autosave {
    typed: u64,
    sent: u64,
    saved: u64,
    failure: Option<CommandError>,
    is_closed: bool,
}

/// What the screen may say.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SaveState {
    /// Nothing was typed yet.
    Untouched,
    /// Something typed is not written yet.
    Saving,
    /// Everything typed is on the phone's storage.
    Saved,
    /// Writing failed.
    Failed(CommandError),
}

impl Autosave {
    /// A form that was found again: what is shown is what is stored.
    pub(crate) fn resumed() -> Self {
        Self { typed: 1, sent: 1, saved: 1, ..Self::default() }
    }

    /// Something was typed; answers the edit's number, for the timer.
    pub(crate) const fn touch(&mut self) -> u64 {
        self.typed += 1;
        self.typed
    }

    /// The timer of this edit ran out: whether to write now.
    pub(crate) const fn is_due(&self, edit: u64) -> bool {
        edit == self.typed && self.needs_write()
    }

    /// Whether something typed was not sent yet.
    pub(crate) const fn needs_write(&self) -> bool {
        !self.is_closed && self.sent < self.typed
    }

    /// Whether everything typed is on the storage, or was submitted.
    pub(crate) const fn is_settled(&self) -> bool {
        self.is_closed || self.saved == self.typed
    }

    /// The form is being sent; answers the edit it contains.
    pub(crate) const fn start(&mut self) -> u64 {
        self.sent = self.typed;
        self.typed
    }

    /// The answer to the write of this edit.
    pub(crate) fn finish(&mut self, edit: u64, result: Result<(), CommandError>) {
        match result {
            Ok(()) => {
                self.saved = self.saved.max(edit);
                self.failure = None;
            }
            Err(error) => {
                self.sent = self.saved;
                self.failure = Some(error);
            }
        }
    }

    /// The form was submitted: the draft is gone and nothing more is written to it.
    pub(crate) const fn close(&mut self) {
        self.is_closed = true;
    }

    /// Submitting failed: the form goes on.
    pub(crate) const fn reopen(&mut self) {
        self.is_closed = false;
    }

    /// What the screen may say.
    pub(crate) fn state(&self) -> SaveState {
        match &self.failure {
            Some(error) => SaveState::Failed(error.clone()),
            None if self.typed == 0 => SaveState::Untouched,
            None if self.saved == self.typed => SaveState::Saved,
            None => SaveState::Saving,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::ErrorCode;

    #[test]
    fn saved_is_said_only_of_the_last_edit() {
        let mut autosave = Autosave::default();
        assert_eq!(autosave.state(), SaveState::Untouched);
        let first = autosave.touch();
        let second = autosave.touch();
        assert!(!autosave.is_due(first), "a newer edit has its own timer");
        assert!(autosave.is_due(second));
        let sent = autosave.start();
        autosave.touch();
        autosave.finish(sent, Ok(()));
        assert_eq!(autosave.state(), SaveState::Saving, "a letter was typed while writing");
        let sent = autosave.start();
        autosave.finish(sent, Ok(()));
        assert_eq!(autosave.state(), SaveState::Saved);
    }

    #[test]
    fn a_full_disk_is_said_and_tried_again() {
        let mut autosave = Autosave::default();
        let edit = autosave.touch();
        autosave.start();
        assert!(!autosave.needs_write());
        autosave.finish(edit, Err(CommandError::new(ErrorCode::StorageFull)));
        assert!(matches!(autosave.state(), SaveState::Failed(_)));
        assert!(autosave.needs_write());
    }

    #[test]
    fn a_submitted_form_is_not_written_again() {
        let mut autosave = Autosave::default();
        let edit = autosave.touch();
        autosave.close();
        assert!(!autosave.is_due(edit));
        autosave.reopen();
        assert!(autosave.is_due(edit));
    }
}
