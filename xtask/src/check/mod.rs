//! `cargo xtask check`: the rules of the house. One file per family of gates; every gate runs even if one before it
//! failed, so that one round of repairs is enough.

mod android;
mod arrows;
mod folders;
mod licences;
mod lints;
mod versions;

use anyhow::{Result, bail};
use clap::Args;

use crate::build_ui;
use crate::install::{self, Packages};
use crate::step::{say, step};

pub(crate) use lints::check_browser_build;

/// A gate: what it checks, and the check.
pub(crate) type Gate = (&'static str, fn() -> Result<()>);

/// Gates that take seconds; `cargo xtask test` runs them too.
pub(crate) const QUICK_GATES: &[Gate] = &[
    ("Format", lints::check_format),
    ("Layer arrows and owners", arrows::check_arrows),
    ("Folders of ARCHITECTURE.md", folders::check_folders),
    ("Versions that must be equal", versions::check_versions),
];

/// Gates that compile.
const SLOW_GATES: &[Gate] = &[
    ("Lints on this machine", lints::lint_host),
    ("Lints for the browser", lints::lint_browser),
    ("Documentation without warnings", lints::check_docs),
    ("Licences and banned crates", licences::check_licences),
    ("Android types", android::check_android),
];

#[derive(Args)]
pub(crate) struct Options {
    /// Only the gates that take seconds
    #[arg(long)]
    quick: bool,
}

/// Runs every gate and fails if one did.
pub(crate) fn run(options: &Options) -> Result<()> {
    install::install_component("rustfmt", &["fmt", "--version"])?;
    let mut gates = QUICK_GATES.to_vec();
    if !options.quick {
        install::install_packages(&[Packages::Build, Packages::Window, Packages::AndroidGate])?;
        install::install_component("clippy", &["clippy", "--version"])?;
        build_ui::install_needed()?;
        install::install_target(android::TARGET)?;
        gates.extend_from_slice(SLOW_GATES);
    }
    let mut failed = Vec::new();
    for (name, gate) in gates {
        if let Err(error) = step(name, gate) {
            say(&format!("{error:#}"));
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        bail!("did not pass: {}", failed.join(", "));
    }
    say("All gates passed.");
    Ok(())
}
