//! `import`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use domain::GridCode;
use roster::ReadOptions;
use spreadsheet::TableFile;
use sync_server::admin::{ImportSummary, import_roster, lock_imports};
use sync_server::store::Store;

/// Import rosters.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// Files that belong together.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Grid (15 digits) of rows that name none.
    #[arg(long)]
    grid: Option<GridCode>,
    /// Print what was read as JSON.
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(super) async fn run<S: Store>(self, data: &Path, store: &S) -> anyhow::Result<ExitCode> {
        let mut files = Vec::new();
        for path in &self.files {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            let bytes = std::fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
            files.push((name, bytes));
        }
        let files: Vec<TableFile<'_>> = files.iter().map(|(name, bytes)| TableFile { name, bytes }).collect();
        let _lock = lock_imports(data)?;
        let now = super::now();
        let options = ReadOptions { today: now.local_date(), grid: self.grid };
        let summary = import_roster(store, &files, &options, now).await?;
        if self.json {
            let mut report = summary.roster.report();
            report.findings.extend(&summary.unlisted);
            super::print(serde_json::to_string(&report)?);
        } else {
            print_report(&summary);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print_report(summary: &ImportSummary) {
    let counts = &summary.roster.counts;
    super::print(format_args!(
        "共读到 {} 户、{} 人，其中无人居住登记 {} 户；新增 {} 户，修改 {} 份记录。",
        counts.households, counts.persons, counts.vacant, summary.added, summary.edited
    ));
    let findings: Vec<_> = summary.roster.findings.iter().chain(&summary.unlisted).collect();
    if findings.is_empty() {
        return super::print("没有需要核对的地方。");
    }
    super::print(format_args!("有 {} 处请核对：", findings.len()));
    for finding in findings {
        let sheet = if finding.sheet.is_empty() { String::new() } else { format!("〔{}〕", finding.sheet) };
        let row = if finding.row == 0 { String::new() } else { format!(" 第{}行", finding.row) };
        super::print(format_args!("  {}{sheet}{row}：{}", finding.file, finding.text));
    }
}
