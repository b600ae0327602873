//! A screen that nobody sees, one for each phone: a window that another one covers is not drawn.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::program::Process;

/// Larger than the window, which nobody places.
const SCREEN: &str = "1440x960x24";

/// Xvfb on a number of its own choice.
pub(super) struct Display {
    name: String,
    _server: Process,
}

impl Display {
    /// Starts it and waits until it says its number.
    pub(super) fn start() -> Result<Self> {
        let mut server = Process::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let printed = server.child().stdout.take().context("Xvfb's output is piped")?;
        let mut number = String::new();
        BufReader::new(printed).read_line(&mut number)?;
        let number: u32 = number.trim().parse().context("Xvfb did not say its number")?;
        Ok(Self { name: format!(":{number}"), _server: server })
    }

    /// As the variable `DISPLAY` wants it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}
