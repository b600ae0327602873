//! `cargo xtask bench`: measures, beside the budgets.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};

use crate::build_ui;
use crate::step::step;
use crate::workspace::{cargo, execute, root, target_folder};

/// Most bytes of the screens' module, gzipped.
const UI_BUDGET_BYTES: u64 = 650_000;

#[derive(Args)]
pub(crate) struct Options {
    /// JSON for machines instead of a table
    #[arg(long)]
    json: bool,
    /// Fewer rounds and no 100,000 households: under a minute
    #[arg(long)]
    quick: bool,
    /// Only these chapters: saving, lists, syncing, ingest, hostile, incidents
    chapters: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    if options.json {
        // The figures must be the only thing on standard output.
        execute(build_command().stdout(Stdio::null()))?;
    } else {
        step("building the measures (release; some minutes at first)", || execute(&mut build_command()))?;
        build_ui::run()?;
    }
    let mut command = Command::new(target_folder().join("release/bench"));
    command.current_dir(root()).args(&options.chapters);
    if options.quick {
        command.arg("--quick");
    }
    let ui_bytes = measure_ui()?;
    if options.json {
        let output = command.arg("--json").stderr(Stdio::inherit()).output().context("the measures did not start")?;
        anyhow::ensure!(output.status.success(), "the measures ended with {}", output.status);
        let mut report: Value = serde_json::from_slice(&output.stdout)?;
        if let (Some(figures), Some(bytes)) = (report["figures"].as_array_mut(), ui_bytes) {
            let budget = json!({"at_most": UI_BUDGET_BYTES});
            figures.push(json!({"what": "the screens, gzipped", "value": bytes, "unit": "bytes", "budget": budget}));
        }
        println!("{report:#}");
        return Ok(());
    }
    execute(&mut command)?;
    if let Some(bytes) = ui_bytes {
        let mark = if bytes <= UI_BUDGET_BYTES { "ok" } else { "MISSED" };
        println!("{:<66} {bytes:>12} {:<10} {:>14} {mark}", "the screens (wasm, gzipped)", "bytes", "≤ 650000");
    }
    Ok(())
}

fn build_command() -> Command {
    let mut command = cargo();
    command.args(["build", "--release", "-p", "tests", "--bin", "bench"]);
    command
}

/// Size of the screens' module as a phone downloads it; `None` where the screens are not built.
fn measure_ui() -> Result<Option<u64>> {
    let module = root().join("ui/dist/ui_bg.wasm");
    if !module.is_file() {
        return Ok(None);
    }
    let packed = Command::new("gzip").args(["-9", "-c"]).arg(module).output().context("gzip did not start")?;
    Ok(Some(u64::try_from(packed.stdout.len())?))
}
