//! Targets and components of the Rust tool chain.

use anyhow::{Context, Result, bail};

use crate::step::step;
use crate::workspace::{capture, command, execute, is_on_path};

/// Makes sure the standard library for a target is there.
pub(crate) fn install_target(target: &str) -> Result<()> {
    let sysroot =
        capture(command("rustc").args(["--print", "sysroot"])).context("no Rust tool chain: see rustup.rs")?;
    if std::path::Path::new(sysroot.trim()).join("lib/rustlib").join(target).join("lib").is_dir() {
        return Ok(());
    }
    if !is_on_path("rustup") {
        bail!("the Rust target {target} is missing and rustup is not there to add it");
    }
    step(&format!("Adding the Rust target {target} (a download)"), || {
        execute(command("rustup").args(["target", "add", target]))
    })
}

/// Makes sure a component's program can be started, e.g. `rustfmt` by `cargo fmt`.
pub(crate) fn install_component(component: &str, probe: &[&str]) -> Result<()> {
    if capture(command("cargo").args(probe)).is_ok() {
        return Ok(());
    }
    step(&format!("Adding the Rust component {component} (a download)"), || {
        execute(command("rustup").args(["component", "add", component]))
    })
}
