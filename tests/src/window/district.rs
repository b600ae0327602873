//! The district's server, as the office runs it: administration commands, and a process that serves.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::program::{Process, find_free_port, find_program};

/// A server with a folder of its own, on a port that stays the same when it is cut off and comes back.
pub struct District {
    folder: PathBuf,
    port: u16,
    serving: Option<Process>,
}

impl District {
    /// A district that has nothing yet.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub fn found(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_path_buf(), port: find_free_port()?, serving: None })
    }

    /// Runs an administration command and reads its answer: JSON, one value per line.
    ///
    /// # Errors
    /// If it fails, with what it said.
    pub fn list(&self, arguments: &[&str]) -> Result<Vec<Value>> {
        let words = arguments.join(" ");
        let output = self.command()?.args(arguments).arg("--json").stdin(Stdio::null()).output()?;
        if !output.status.success() {
            let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            bail!("sync-server {words} failed: {said}{complained}");
        }
        let lines: Result<_, _> = output
            .stdout
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(serde_json::from_slice)
            .collect();
        lines.with_context(|| format!("sync-server {words} printed no JSON"))
    }

    /// The same for a command that answers with one value.
    ///
    /// # Errors
    /// As [`District::list`], or if there is no answer.
    pub fn ask(&self, arguments: &[&str]) -> Result<Value> {
        self.list(arguments)?.pop().with_context(|| format!("sync-server {} printed nothing", arguments.join(" ")))
    }

    /// Makes an enrolment link for an account, as it would be scanned.
    ///
    /// # Errors
    /// If there is no such account.
    pub fn make_enrolment(&self, account: &str) -> Result<String> {
        let server = format!("http://127.0.0.1:{}", self.port);
        let answer = self.ask(&["enrol", "--account", account, "--server", &server])?;
        Ok(answer["link"].as_str().context("no enrolment link")?.to_owned())
    }

    /// The connection is there: starts the server and waits until it says that it listens.
    ///
    /// # Errors
    /// If it ends instead; with its log.
    pub fn connect(&mut self) -> Result<()> {
        let log_file = self.folder.join("server.log");
        let log = fs::File::options().create(true).append(true).open(&log_file)?;
        let mut process = Process::start(
            self.command()?
                .args(["serve", "--listen", &format!("127.0.0.1:{}", self.port)])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(log),
        )?;
        let printed = process.child().stdout.take().context("the server's output is piped")?;
        let mut line = String::new();
        BufReader::new(printed).read_line(&mut line)?;
        if !line.starts_with("正在监听 ") {
            bail!("the server does not start: {}", fs::read_to_string(log_file)?);
        }
        self.serving = Some(process);
        Ok(())
    }

    /// The connection is gone: the server's process is ended, without a farewell.
    pub fn cut_off(&mut self) {
        self.serving = None;
    }

    fn command(&self) -> Result<Command> {
        let mut command = Command::new(find_program("sync-server")?);
        command.arg("--data").arg(&self.folder);
        Ok(command)
    }
}
