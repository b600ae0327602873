//! `export`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use serde_json::{Value, json};
use sync_server::admin::{Content, Format, list_records, list_records_of, write_tables};
use sync_server::store::Store;

/// 把记录导出为表格，或每条记录一行 JSON。
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// 导出什么：all 全部；incidents 事件及其每一步和期限。
    #[arg(value_enum, default_value = "all")]
    what: What,
    /// 格式：xlsx 工作簿，用 Excel 或 WPS 打开、改好后可再导入；csv 给别的程序读——用 Excel 直接打开 CSV，
    /// 证件号等长号码会丢失末尾几位。
    #[arg(long, value_enum, default_value = "xlsx")]
    format: FileFormat,
    /// 写到哪个目录。
    #[arg(long, required_unless_present = "json")]
    out: Option<PathBuf>,
    /// 按标识逐条打印记录，每行一条 JSON。
    #[arg(long, conflicts_with_all = ["format", "out"])]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    All,
    Incidents,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FileFormat {
    Xlsx,
    Csv,
}

impl Export {
    pub(super) async fn run<S: Store>(self, store: &S) -> anyhow::Result<ExitCode> {
        store.append_audit(super::now(), "export", String::new()).await?;
        let Some(out) = self.out else {
            return print_records(store, self.what).await;
        };
        let format = match self.format {
            FileFormat::Csv => Format::Csv,
            FileFormat::Xlsx => Format::Xlsx,
        };
        let content = match self.what {
            What::All => Content::Everything,
            What::Incidents => Content::Incidents,
        };
        for path in write_tables(store, content, format, &out).await? {
            super::print(path.display());
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn print_records<S: Store>(store: &S, what: What) -> anyhow::Result<ExitCode> {
    let records = match what {
        What::All => list_records(store).await?,
        What::Incidents => list_records_of(store, domain::Kind::Incident).await?,
    };
    let withdrawn = store.list_withdrawn().await?;
    for record in records {
        let Ok(fields) = serde_json::from_str::<Value>(&record.projection) else {
            tracing::error!(document = %record.id, "left out, unreadable");
            continue;
        };
        let heads: Vec<String> = record.heads.iter().map(ToString::to_string).collect();
        let mut line = json!({
            "kind": record.kind, "id": record.id, "grid": record.grid, "changes": record.change_count,
            "heads": heads, "record": fields,
        });
        // Taken back by the office: it stands on no device.
        if withdrawn.contains(&record.id) {
            line["withdrawn"] = true.into();
        }
        super::print(line);
    }
    Ok(ExitCode::SUCCESS)
}
