//! `export`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use serde_json::{Value, json};
use sync_server::admin::{Content, Format, list_records, list_records_of, write_tables};
use sync_server::store::Store;

/// Write records as tables, or each one as a line of JSON.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// What to write: everything, or incidents with every step and limit.
    #[arg(value_enum, default_value = "all")]
    what: What,
    /// File format.
    #[arg(long, value_enum, required_unless_present = "json")]
    format: Option<FileFormat>,
    /// Folder to write into.
    #[arg(long, required_unless_present = "json")]
    out: Option<PathBuf>,
    /// Print every record once, by id, as a line of JSON.
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
    Csv,
    Xlsx,
}

impl Export {
    pub(super) async fn run<S: Store>(self, store: &S) -> anyhow::Result<ExitCode> {
        store.append_audit(super::now(), "export", String::new()).await?;
        let (Some(format), Some(out)) = (self.format, self.out) else {
            return print_records(store, self.what).await;
        };
        let format = match format {
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
    for record in records {
        let Ok(fields) = serde_json::from_str::<Value>(&record.projection) else {
            tracing::error!(document = %record.id, "left out, unreadable");
            continue;
        };
        let heads: Vec<String> = record.heads.iter().map(ToString::to_string).collect();
        super::print(json!({
            "kind": record.kind, "id": record.id, "grid": record.grid, "changes": record.change_count,
            "heads": heads, "record": fields,
        }));
    }
    Ok(ExitCode::SUCCESS)
}
