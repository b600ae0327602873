//! Format, lints and documentation, by cargo's own tools.

use anyhow::Result;

use crate::bundle;
use crate::test::EVERYTHING;
use crate::workspace::{cargo, execute};

/// The crates that must also live in a browser: the five inner ones, and the screens.
const BROWSER_CRATES: &[&str] = &["domain", "documents", "sync", "contract", "companion", "ui"];

/// `cargo fmt --check`.
pub(super) fn check_format() -> Result<()> {
    execute(cargo().args(["fmt", "--all", "--check"]))
}

/// Clippy over everything that runs on this machine, tests included.
pub(super) fn lint_host() -> Result<()> {
    execute(cargo().arg("clippy").args(EVERYTHING).args(["--all-targets", "--", "-D", "warnings"]))
}

/// Clippy over what runs in a browser.
pub(super) fn lint_browser() -> Result<()> {
    execute(cargo().arg("clippy").args(browser_selection()).args(["--", "-D", "warnings"]))
}

/// The same crates compile for the browser; quicker than linting them.
pub(crate) fn check_browser_build() -> Result<()> {
    execute(cargo().arg("check").args(browser_selection()))
}

/// Every public item is documented and every link in it leads somewhere.
pub(super) fn check_docs() -> Result<()> {
    execute(cargo().args(["doc", "--no-deps", "--quiet"]).args(EVERYTHING).env("RUSTDOCFLAGS", "-D warnings"))
}

fn browser_selection() -> impl Iterator<Item = &'static str> {
    ["--target", bundle::TARGET].into_iter().chain(BROWSER_CRATES.iter().flat_map(|name| ["--package", *name]))
}
