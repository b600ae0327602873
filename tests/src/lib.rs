//! Whole-system stories: people, phones, a network that breaks, a real window.
//!
//! Door policy. What a story needs to be told lives here, the stories themselves in `tests/`. Everybody in them is
//! invented, and area codes begin with 9901.

#[cfg(feature = "window")]
pub mod window;
