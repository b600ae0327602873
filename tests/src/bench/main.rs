//! `cargo xtask bench`: what the app and the server cost, measured beside their budgets.
//!
//! Why: a budget that nobody measures is a wish. Speeds are ratios or percentiles of one run on one machine; sizes
//! and requests are counted at a socket. Nothing here is a test: a slow machine fails nobody.
//!
//! Flow: a district is made from an invented roster ([`district`]), phones sync with it through a counting wire
//! ([`wire`]), each chapter measures its part and adds [`report::Figure`]s, the report prints a table or JSON.
//!
//! Not here: a comparison run of other sync systems. Their figures in the budget column are those of design.md §10.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to the person who typed it")]

mod closed_loop;
mod district;
mod hostile;
mod ingest;
mod lists;
mod report;
mod saving;
mod syncing;
mod wire;

use anyhow::Result;

use report::Report;

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Everything, some minutes.
    Full,
    /// The same chapters with fewer rounds and no 100,000 households: under a minute.
    Quick,
}

fn main() -> Result<()> {
    let options: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| options.iter().any(|option| option == name);
    // The one provider of this house; the second installation of the same one changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let depth = if has("--quick") { Depth::Quick } else { Depth::Full };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut report = Report::default();
    let chapters: Vec<&str> = options.iter().map(String::as_str).filter(|option| !option.starts_with("--")).collect();
    let wants = |chapter: &str| chapters.is_empty() || chapters.contains(&chapter);
    runtime.block_on(async {
        if wants("saving") {
            saving::measure(&mut report, depth).await?;
        }
        if wants("lists") {
            lists::measure(&mut report, depth).await?;
        }
        if wants("syncing") {
            syncing::measure(&mut report, depth).await?;
        }
        if wants("ingest") {
            ingest::measure(&mut report, depth).await?;
        }
        if wants("hostile") {
            hostile::measure(&mut report, depth).await?;
        }
        if wants("incidents") {
            closed_loop::measure(&mut report, depth).await?;
        }
        anyhow::Ok(())
    })?;
    println!("{}", if has("--json") { report.to_json()? } else { report.to_table() });
    Ok(())
}
