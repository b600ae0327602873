//! The front door: everything a newcomer types begins with `cargo xtask`.
//!
//! Door policy: one file per command; each command installs what it needs, says what it is doing and how long that
//! took, and ends with a plain sentence. What a command checks about the product itself belongs into `tests`; here is
//! only what surrounds it: tools, builds, processes, and the rules of the house that no compiler knows.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to the person who typed it")]

mod app;
mod bench;
mod build_ui;
mod bundle;
mod check;
mod install;
mod run;
mod server;
mod step;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The front door of Grid Companion (网格随行)")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything, start a server with sample data and open the app
    Run(run::Options),
    /// Run every test, a working day in real windows included
    Test(test::Options),
    /// Check format, lints, layer arrows, docs, licences and the Android types
    Check(check::Options),
    /// Measure speed and sizes beside their budgets
    Bench(bench::Options),
    /// Build the screens into ui/dist
    BuildUi,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run(options) => run::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Check(options) => check::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::BuildUi => build_ui::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
