//! `reference`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Map, Value};
use spreadsheet::TableFile;
use sync_server::admin::{Publishing, get_reference, list_reference, reference_workbook, set_reference};
use sync_server::reference::ReferenceChange;
use sync_server::store::Store;

/// 发布、列出、取出基础数据：便民服务、通知、单位、工作日历、办公时间、时限。
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Reference {
    /// 发布文件中的内容；有一处错误就什么都不写。
    ///
    /// 清单和工作日历可用表格（XLSX、ODS、CSV）或 JSON，办公时间和时限用 JSON。
    Set {
        /// 文件；格式可用 reference get 取出来看。
        file: PathBuf,
        /// 只检查并说明会有哪些变化，不写入。
        #[arg(long)]
        dry_run: bool,
        /// 以一行 JSON 打印变化。
        #[arg(long)]
        json: bool,
    },
    /// 列出各项的名称、版本和大小，包括内置而未发布的。
    List {
        /// 每行一项，JSON 格式。
        #[arg(long)]
        json: bool,
    },
    /// 以 JSON 打印一项，或全部可发布的内容；改好后可用 reference set 发布。
    ///
    /// 没有发布过的日历、办公时间和时限，按内置的给出。
    Get {
        /// 只取一项：directory、notices、organisations、calendar/2027、office-hours、time-limits。
        key: Option<String>,
        /// 改为把清单和日历写成这个工作簿。
        #[arg(long)]
        xlsx: Option<PathBuf>,
    },
}

impl Reference {
    pub(super) async fn run<S: Store>(self, store: &S) -> anyhow::Result<ExitCode> {
        match self {
            Self::Set { file, dry_run, json } => {
                let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
                let bytes = std::fs::read(&file).with_context(|| format!("{}：无法读取", file.display()))?;
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
                std::fs::write(&path, bytes).with_context(|| format!("{}：无法写入", path.display()))?;
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
