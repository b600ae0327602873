//! The app as a process: one folder per phone.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::workspace::{binary, execute, tied_command};

/// The app on the phone whose data lies in `folder`. An enrolment text is used only if the phone is not enrolled yet.
pub(crate) fn open(folder: &Path, enrolment: &str) -> Command {
    let mut app = tied_command(binary("grid-companion"));
    app.arg("--data").arg(folder).arg("--enrol").arg(enrolment);
    app
}

/// Enrols the phone without opening a window.
pub(crate) fn enrol(folder: &Path, enrolment: &str) -> Result<()> {
    execute(open(folder, enrolment).arg("--enrol-only"))
}

/// There is somewhere to open a window.
pub(crate) fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
