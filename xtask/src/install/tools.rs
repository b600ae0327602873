//! Cargo tools, built once into the target folder: the checkout does not touch what else is on the machine.

use std::path::PathBuf;

use anyhow::Result;

use crate::step::step;
use crate::workspace::{cargo, execute, target_folder};

/// The release that `deny.toml` was written for.
const CARGO_DENY: &str = "^0.20";

/// Gives the path of cargo-deny, building it if it is not there yet.
pub(crate) fn install_cargo_deny() -> Result<PathBuf> {
    let folder = target_folder().join("tools");
    let program = folder.join("bin/cargo-deny");
    if !program.is_file() {
        step("Building cargo-deny (once, about five minutes)", || {
            let mut install = cargo();
            install.args(["install", "cargo-deny", "--locked", "--version", CARGO_DENY, "--root"]).arg(&folder);
            execute(install.env("CARGO_TARGET_DIR", target_folder().join("tools-build")))
        })?;
    }
    Ok(program)
}
