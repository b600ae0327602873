//! Containing panics: a defect met over one document or in one round must not end sync, or the app, until it is
//! started again.
//!
//! A transaction that is unwound is rolled back; whatever else the work changed must be put right by who contains it.
//! In wasm a panic cannot be caught: there the worker is restarted.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `work`; `None` when it panicked. `what` stands in the log: never what the work was about. The panic itself is
/// told by the process's own hook.
pub(crate) fn contain<T>(what: &'static str, work: impl FnOnce() -> T) -> Option<T> {
    let outcome = catch_unwind(AssertUnwindSafe(work));
    if outcome.is_err() {
        tracing::error!(what, "a defect was contained");
    }
    outcome.ok()
}
