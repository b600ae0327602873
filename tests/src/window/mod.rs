//! Real windows: the app as a person holds it, driven through WebDriver, beside a real server.
//!
//! Flow: [`Phone`]s, each the finished app with a folder, a screen that nobody sees (Xvfb) and a WebKitWebDriver of its
//! own; a [`District`], the finished server with its administration commands. An [`Album`] keeps a numbered picture of
//! each step and says in words what the person sees.
//!
//! Waiting: never for a time, always for a thing: the page itself reports when what is waited for has come
//! (a `MutationObserver`), within [`PATIENCE`].
//!
//! Failure: whatever does not come ends the story with the name of what was waited for, a picture, and the text that
//! stood on the screen instead. Every process started here is ended when its owner is dropped.
//!
//! Missing: the programs are not built here. `cargo xtask test` and `cargo xtask run --headless` build them, the
//! screens first, because the app carries them inside.

mod album;
mod display;
mod district;
mod page;
mod phone;
mod program;

use std::time::Duration;

pub use album::Album;
use display::Display;
pub use district::District;
pub use page::testid;
pub use phone::Phone;

/// How long anything may take to appear. Generous: the build machine has two slow cores, and nobody waits in vain
/// unless something is broken.
pub const PATIENCE: Duration = Duration::from_secs(60);
