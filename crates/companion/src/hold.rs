//! Steps that wait a moment on this device, so that whoever took one can take it back.
//!
//! The step is stored like everything else; only its document is left out of rounds until its time has come. Which
//! documents wait is known to this run of the app alone: one that is killed meanwhile sends the step with its first
//! round, and nothing is lost. A step that is taken back goes up together with what takes it back, and the server decides
//! on both at once (ADR 0008).

use std::collections::BTreeSet;

use domain::{MonotonicMillis, RecordId};

use crate::companion::Companion;

impl Companion {
    /// From now on the steps that people take wait so many milliseconds before they are offered to the server; 0: they
    /// do not wait.
    pub fn hold_steps_back(&mut self, ms: i64) {
        self.hold_ms = ms;
    }

    /// When the first document that waits may travel, by [`crate::Clock::elapsed`].
    #[must_use]
    pub fn held_until(&self) -> Option<MonotonicMillis> {
        self.held_back.values().min().copied()
    }

    /// Lets everything travel that waits.
    pub fn release_steps(&mut self) {
        self.held_back.clear();
    }

    /// A step was taken in this document.
    pub(crate) fn hold_back(&mut self, document: RecordId) {
        if self.hold_ms > 0 {
            let until = self.elapsed().plus_ms(self.hold_ms);
            self.held_back.insert(document, until);
        }
    }

    /// Lets this document travel.
    pub(crate) fn release(&mut self, document: RecordId) {
        self.held_back.remove(&document);
    }

    /// Lets travel what has waited long enough. Returns whether there was any.
    pub(crate) fn release_due(&mut self) -> bool {
        let now = self.elapsed();
        let before = self.held_back.len();
        self.held_back.retain(|_, until| *until > now);
        self.held_back.len() < before
    }

    /// Documents that wait.
    pub(crate) fn list_held_back(&self) -> BTreeSet<RecordId> {
        self.held_back.keys().copied().collect()
    }
}
