//! A screen that nobody sees.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::program::Process;

/// Large enough for two phones side by side.
const SCREEN: &str = "1280x1000x24";

/// Xvfb on a number of its own choice.
pub struct Display {
    name: String,
    _server: Process,
}

impl Display {
    /// Starts it and waits until it says its number.
    ///
    /// # Errors
    /// If Xvfb is not installed or ends at once.
    pub fn start() -> Result<Self> {
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
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}
