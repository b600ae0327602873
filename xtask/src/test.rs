//! `cargo xtask test`: everything that must be true before a commit lands.
//!
//! Flow: install, the gates that take seconds (format, arrows, folders), the screens, every test of every crate with
//! the working day in real windows among them, and the browser build of the inner crates. All tests are built in one
//! go, so that each dependency is compiled once. It goes on after a failure and ends with one line that counts.
//!
//! With a filter only the tests whose name contains it are run, and no gate. `--long` plays the randomised stories with
//! all their seeds.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::install::{self, Packages};
use crate::step::{say, step};
use crate::workspace::cargo;
use crate::{build_ui, check};

/// Every crate, and the story that needs a window.
pub(crate) const EVERYTHING: &[&str] = &["--workspace", "--features", "tests/window"];

#[derive(Args)]
pub(crate) struct Options {
    /// Run only tests whose name contains this
    filter: Option<String>,
    /// Play the randomised stories with all their seeds (about ten minutes more on two cores)
    #[arg(long)]
    long: bool,
}

/// Runs, counts, and fails if anything failed.
pub(crate) fn run(options: &Options) -> Result<()> {
    install::install_packages(&[Packages::Build, Packages::Window, Packages::HeadlessWindow])?;
    install::install_component("rustfmt", &["fmt", "--version"])?;
    build_ui::install_needed()?;

    let mut count = Count::default();
    if options.filter.is_none() {
        for (name, gate) in check::QUICK_GATES {
            count.gate(step(name, gate));
        }
    }
    // Without the screens there is no window to test; the day would only repeat the message.
    build_ui::build()?;
    // Programs first: where the app and its tests are compiled at the same time, one of them may take in screens that the
    // other is still packing (tauri-codegen writes them into one folder), and the window stays empty.
    step("Building all programs (the first time takes many minutes)", || {
        crate::workspace::execute(cargo().arg("build").args(EVERYTHING).arg("--bins"))
    })?;
    step("Building all tests", || {
        crate::workspace::execute(cargo().arg("build").args(EVERYTHING).args(["--bins", "--tests"]))
    })?;
    step("Running all tests", || run_tests(options, &mut count))?;
    if options.filter.is_none() {
        count.gate(step("Checking the inner crates for the browser", check::check_browser_build));
    }
    say(&format!("{} passed, {} failed", count.passed, count.failed));
    if count.failed > 0 {
        bail!("not everything passed");
    }
    Ok(())
}

/// What passed and what did not; a gate counts like a test.
#[derive(Default)]
struct Count {
    passed: u64,
    failed: u64,
}

impl Count {
    fn gate(&mut self, outcome: Result<()>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(error) => {
                say(&format!("{error:#}"));
                self.failed += 1;
            }
        }
    }

    /// Adds a line `test result: ok. 12 passed; 0 failed; …`.
    fn add_result_line(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        let number = |word: &str| -> u64 {
            let before = result.split(word).next().unwrap_or_default();
            before.split([' ', ';', '.']).rfind(|part| !part.is_empty()).and_then(|part| part.parse().ok()).unwrap_or(0)
        };
        self.passed += number(" passed");
        self.failed += number(" failed");
    }
}

fn run_tests(options: &Options, count: &mut Count) -> Result<()> {
    let mut tests = cargo();
    tests.arg("test").args(EVERYTHING).args(["--no-fail-fast", "--"]);
    if options.long {
        tests.env("GRID_LONG", "1");
    }
    tests.args(options.filter.as_deref()).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = tests.spawn().context("could not start cargo test")?;
    let printed = child.stdout.take().expect("its output is piped");
    for line in BufReader::new(printed).lines() {
        let line = line?;
        writeln!(std::io::stdout(), "{line}")?;
        count.add_result_line(&line);
    }
    let status = child.wait()?;
    if !status.success() && count.failed == 0 {
        // A crash or a test that did not compile has no result line.
        count.failed += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_are_added_up() {
        let mut count = Count::default();
        count.add_result_line("test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out");
        count.add_result_line("test result: FAILED. 100 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out");
        count.add_result_line("running 3 tests");
        assert_eq!((count.passed, count.failed), (112, 2));
    }
}
