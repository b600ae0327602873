//! Containing panics: Automerge panics over a good part of malformed changes that parse (7–25 % of mutated ones), so
//! foreign bytes only ever touch a throw-away copy inside [`contain_panic`].
//!
//! The process-wide panic hook is wrapped once; on a thread inside a guarded section it stays quiet, everywhere else
//! it does what it did before. In wasm a panic cannot be caught: there the worker is restarted.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// A guarded section panicked; whatever it worked on must be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Contained;

/// Runs `work`, which must only change what it owns, and turns a panic into a value.
pub(crate) fn contain_panic<T>(work: impl FnOnce() -> T) -> Result<T, Contained> {
    hush_guarded_threads();
    let before = QUIET.replace(true);
    // Unwind safety: every caller hands in a copy that is dropped when this fails.
    let outcome = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    outcome.map_err(|_| Contained)
}

fn hush_guarded_threads() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                previous(panic);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_value_and_the_thread_is_loud_again() {
        assert_eq!(contain_panic(|| panic!("malformed")), Err::<(), _>(Contained));
        assert!(!QUIET.get());
        assert_eq!(contain_panic(|| 7), Ok(7));
    }

    #[test]
    fn a_guard_inside_a_guard_leaves_the_outer_quiet() {
        let inner = contain_panic(|| {
            let _ = contain_panic(|| panic!("inner"));
            QUIET.get()
        });
        assert_eq!(inner, Ok(true));
    }
}
