//! `reference`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Map, Value};
use spreadsheet::TableFile;
use sync_server::admin::{Publishing, get_reference, list_reference, reference_workbook, set_reference};
use sync_server::reference::ReferenceChange;
use sync_server::store::Store;

/// Publish, list and take out reference data: service directory, notices, organisations, working-day calendars, office
/// hours, time limits.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Reference {
    /// Publish what a file holds; one mistake in it and nothing is written.
    ///
    /// Lists and working-day calendars come as sheets (XLSX, ODS, CSV) or JSON, office hours and time limits as JSON.
    Set {
        /// The file; `reference get` shows what it looks like.
        file: PathBuf,
        /// Check the file and say what would change; write nothing.
        #[arg(long)]
        dry_run: bool,
        /// Print the changes as one line of JSON.
        #[arg(long)]
        json: bool,
    },
    /// List keys, versions and sizes, also of what is built in and not published yet.
    List {
        /// One value per line as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print a value as JSON, or all that may be published; `reference set` takes it back.
    ///
    /// Calendars, office hours and time limits that nobody has published are given as they are built in.
    Get {
        /// One key only: directory, notices, organisations, calendar/2027, office-hours, time-limits.
        key: Option<String>,
        /// Write a workbook of the lists and calendars instead.
        #[arg(long)]
        xlsx: Option<PathBuf>,
    },
}

impl Reference {
    pub(super) async fn run<S: Store>(self, store: &S) -> anyhow::Result<ExitCode> {
        match self {
            Self::Set { file, dry_run, json } => {
                let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
                let bytes = std::fs::read(&file).with_context(|| format!("{}: cannot be read", file.display()))?;
                let publishing = if dry_run { Publishing::DryRun } else { Publishing::Publish };
                let file = TableFile { name: &name, bytes: &bytes };
                let changes = set_reference(store, &file, publishing, super::now()).await?;
                if json {
                    super::print(serde_json::to_string(&changes)?);
                } else {
                    print_changes(&changes, publishing);
                }
            }
            Self::List { json } => {
                for value in list_reference(store).await? {
                    if json {
                        super::print(serde_json::to_string(&value)?);
                    } else {
                        let entries = value.entries.map(|count| format!("  {count} 条")).unwrap_or_default();
                        let version = match value.version {
                            _ if value.is_built_in => "内置".to_owned(),
                            version => format!("第{version}版"),
                        };
                        super::print(format_args!("{}  {version}  {} 字节{entries}", value.key, value.bytes));
                    }
                }
            }
            Self::Get { key, xlsx: None } => {
                let values: Map<String, Value> = get_reference(store, key.as_deref()).await?.into_iter().collect();
                super::print(serde_json::to_string_pretty(&values)?);
            }
            Self::Get { key, xlsx: Some(path) } => {
                let bytes = reference_workbook(store, key.as_deref()).await?;
                std::fs::write(&path, bytes).with_context(|| format!("{}: cannot be written", path.display()))?;
                super::print(path.display());
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print_changes(changes: &[ReferenceChange], publishing: Publishing) {
    for change in changes {
        let name = format!("{}（{}）", change.title, change.key);
        if !change.is_changed {
            super::print(format_args!("{name}：没有变化"));
            continue;
        }
        let (added, changed, removed) = (change.added.len(), change.changed.len(), change.removed.len());
        super::print(format_args!("{name}：新增 {added}、修改 {changed}、删除 {removed}"));
        for (mark, entries) in [("+", &change.added), ("~", &change.changed), ("-", &change.removed)] {
            for entry in entries {
                super::print(format_args!("  {mark} {entry}"));
            }
        }
        for warning in &change.warnings {
            super::print(format_args!("  注意：{warning}"));
        }
    }
    if publishing == Publishing::DryRun {
        super::print("只作检查，什么都没有写入。");
    }
}
