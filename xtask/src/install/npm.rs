//! The npm packages of the screens: the style sheet they stand on, and the wasm optimiser.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::step::step;
use crate::workspace::{command, execute, is_on_path, root};

/// `npm ci` in `ui/` when the lock file is not the one that was installed.
pub(crate) fn install_npm_packages() -> Result<()> {
    let ui = root().join("ui");
    let lock = ui.join("package-lock.json");
    let wanted = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let stamp = ui.join("node_modules/.installed-lock.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    if !is_on_path("npm") {
        bail!("npm is missing: install Node.js 18 or newer (Debian: apt-get install nodejs npm)");
    }
    step("Installing the npm packages of the screens (a download of about 100 MB)", || {
        execute(command("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&ui))
    })?;
    fs::write(&stamp, wanted).context("cannot remember which npm packages are installed")
}
