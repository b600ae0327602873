//! What an import did or would do, for whoever asked for it.

use std::collections::{BTreeMap, BTreeSet};

use roster::plan::{ImportPlan, Outline};
use roster::{Counts, Finding, FindingCode, Roster, RowRef, Unplaced};
use serde::Serialize;

use super::tell_damage;
use super::write::Written;

/// What an import did, or would do.
#[derive(Debug)]
pub struct ImportOutcome {
    /// What the files hold.
    pub roster: Roster,
    /// Everything odd: of the files, the reading, the plan and the ledger.
    pub findings: Vec<Finding>,
    /// Rows whose home is not certain, of the reading and the plan.
    pub unplaced: Vec<Unplaced>,
    /// The plan in numbers.
    pub outline: Outline,
    /// Homes that were made; before writing, 0.
    pub added: usize,
    /// Records that were edited; before writing, 0.
    pub edited: usize,
    /// By which the office calls the import, once it is written.
    pub import: Option<u64>,
}

/// What `import --json` prints. Fields are only ever added.
#[derive(Debug, Serialize)]
pub struct ImportReport<'a> {
    /// Dwellings read.
    pub households: usize,
    /// Persons listed.
    pub persons: usize,
    /// Dwellings without a person.
    pub vacant: usize,
    /// Everything odd.
    pub findings: &'a [Finding],
    /// Rows whose home is not certain; a finding says of each as well.
    pub unplaced: &'a [Unplaced],
    /// The plan.
    pub plan: PlanReport<'a>,
    /// Homes that were made.
    pub added: usize,
    /// Records that were edited.
    pub edited: usize,
    /// Whether anything was written.
    pub written: bool,
    /// By which `import undo` calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<u64>,
}

/// The plan in a report.
#[derive(Debug, Serialize)]
pub struct PlanReport<'a> {
    /// Grid by grid, and what somebody has to look at.
    #[serde(flatten)]
    pub outline: &'a Outline,
    /// Whether writing asks for `--yes`.
    pub needs_confirmation: bool,
}

impl ImportOutcome {
    pub(super) fn of_plan(roster: Roster, plan: &ImportPlan, mut findings: Vec<Finding>) -> Self {
        findings.extend(plan.findings.iter().cloned());
        let mut unplaced: Vec<Unplaced> = roster.unplaced.iter().chain(&plan.unplaced).cloned().collect();
        unplaced.sort();
        unplaced.dedup();
        let told: BTreeSet<_> = findings.iter().map(|one| (&one.file, &one.sheet, one.row, one.code)).collect();
        let is_told = |row: &&Unplaced| told.contains(&(&row.source.file, &row.source.sheet, row.source.row, row.code));
        let untold: Vec<Finding> = unplaced.iter().filter(|row| !is_told(row)).map(tell_unplaced).collect();
        findings.extend(untold);
        Self { roster, findings, unplaced, outline: plan.outline.clone(), added: 0, edited: 0, import: None }
    }

    /// Whether writing asks somebody to look first.
    #[must_use]
    pub fn needs_confirmation(&self) -> bool {
        self.outline.questions.needs_confirmation()
    }

    pub(super) fn note_written(&mut self, import: u64, written: Written) {
        self.import = Some(import);
        self.added = written.added;
        self.edited = written.edited;
        for (grid, door) in written.left {
            self.findings.push(tell_damage(format!(
                "网格 {grid} 的“{door}”没有写入：数据中它的记录读不出来，或已有别的来历；请运行 verify 查看"
            )));
        }
    }

    /// Totals of what the files hold.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.roster.counts
    }

    /// How many findings there are of each code, with the first of them.
    #[must_use]
    pub fn group_findings(&self) -> BTreeMap<FindingCode, Vec<&Finding>> {
        let mut groups: BTreeMap<FindingCode, Vec<&Finding>> = BTreeMap::new();
        for finding in &self.findings {
            groups.entry(finding.code).or_default().push(finding);
        }
        groups
    }

    /// For programs.
    #[must_use]
    pub fn report(&self) -> ImportReport<'_> {
        let counts = self.counts();
        ImportReport {
            households: counts.households,
            persons: counts.persons,
            vacant: counts.vacant,
            findings: &self.findings,
            unplaced: &self.unplaced,
            plan: PlanReport { outline: &self.outline, needs_confirmation: self.needs_confirmation() },
            added: self.added,
            edited: self.edited,
            written: self.import.is_some(),
            import: self.import,
        }
    }
}

fn tell_unplaced(row: &Unplaced) -> Finding {
    let RowRef { file, sheet, row: number } = row.source.clone();
    Finding { file, sheet, row: number, code: row.code, text: row.text.clone() }
}
