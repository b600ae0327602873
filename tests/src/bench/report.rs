//! Figures, each beside its budget, as a table for people and JSON for machines.

use anyhow::Result;
use serde::Serialize;

/// One measured or counted figure.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) what: String,
    /// The value.
    pub(crate) value: f64,
    /// Its unit.
    pub(crate) unit: &'static str,
    /// The bar it is held against; none for figures that only explain.
    pub(crate) budget: Option<Budget>,
}

/// A bar.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Budget {
    /// Not more than this.
    AtMost(f64),
    /// Not less than this.
    AtLeast(f64),
}

impl Budget {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(bar) => value <= bar,
            Self::AtLeast(bar) => value >= bar,
        }
    }
}

/// All figures of a run.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    figures: Vec<Figure>,
}

impl Report {
    /// Adds a figure with a bar.
    pub(crate) fn hold(&mut self, what: impl Into<String>, value: f64, unit: &'static str, budget: Budget) {
        self.add(what.into(), value, unit, Some(budget));
    }

    /// Adds a figure without one.
    pub(crate) fn tell(&mut self, what: impl Into<String>, value: f64, unit: &'static str) {
        self.add(what.into(), value, unit, None);
    }

    fn add(&mut self, what: String, value: f64, unit: &'static str, budget: Option<Budget>) {
        eprintln!("  {what}: {} {unit}", round(value));
        self.figures.push(Figure { what, value, unit, budget });
    }

    /// The figures as JSON.
    pub(crate) fn to_json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)?)
    }

    /// The figures as a table.
    pub(crate) fn to_table(&self) -> String {
        let mut table = format!("{:<66} {:>12} {:<10} {:>14}\n", "", "measured", "", "budget");
        for Figure { what, value, unit, budget } in &self.figures {
            let (bar, mark) = match budget {
                None => (String::new(), ""),
                Some(bar) => {
                    let text = match bar {
                        Budget::AtMost(bar) => format!("≤ {}", round(*bar)),
                        Budget::AtLeast(bar) => format!("≥ {}", round(*bar)),
                    };
                    (text, if bar.is_met(*value) { "ok" } else { "MISSED" })
                }
            };
            table.push_str(&format!("{what:<66} {:>12} {unit:<10} {bar:>14} {mark}\n", round(*value)));
        }
        table
    }
}

/// Three digits that matter.
fn round(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// The value below which `share` (0–1) of the samples lie.
pub(crate) fn percentile(samples: &mut [f64], share: f64) -> f64 {
    samples.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    let index = ((samples.len().saturating_sub(1)) as f64 * share).round() as usize;
    samples.get(index).copied().unwrap_or(f64::NAN)
}
