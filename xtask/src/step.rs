//! What a command says while it works: one line per step, with the time it took.

use std::io::Write;
use std::time::Instant;

use anyhow::Result;

/// Announces a step, does it, and says how long it took. Output of the step itself comes between the two lines.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("→ {what}");
    flush();
    let start = Instant::now();
    let outcome = work();
    match &outcome {
        Ok(_) => println!("✓ {what} ({:.1} s)", start.elapsed().as_secs_f64()),
        Err(_) => println!("✗ {what} ({:.1} s)", start.elapsed().as_secs_f64()),
    }
    flush();
    outcome
}

/// One line that belongs to no step.
pub(crate) fn say(line: &str) {
    println!("{line}");
    flush();
}

fn flush() {
    // Best effort: if the terminal is gone there is nobody to tell.
    let _ = std::io::stdout().flush();
}
