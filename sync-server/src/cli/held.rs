//! `held`

use std::path::PathBuf;
use std::process::ExitCode;

use domain::RecordId;
use sync_server::admin::{accept_held_work, export_held_work, list_held_work, reject_held_work};
use sync_server::store::Store;

/// List, accept, reject or take out work that is held for the office.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Held {
    /// List what is held and why; with --json also what it says.
    List {
        /// One change per line as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take in held work as if its authors still had the rights they once had.
    #[command(group(clap::ArgGroup::new("which").required(true).args(["document", "all"])))]
    Accept {
        /// One document only.
        #[arg(long)]
        document: Option<RecordId>,
        /// Everything.
        #[arg(long)]
        all: bool,
    },
    /// Do not take in what is held of a document; its authors are told the reason at their next sync.
    Reject {
        /// The document.
        #[arg(long)]
        document: RecordId,
        /// What its authors read, one line.
        #[arg(long)]
        reason: String,
    },
    /// Write what is held into a folder, readable and as it came.
    Export {
        /// Folder to write into.
        #[arg(long)]
        out: PathBuf,
    },
}

impl Held {
    pub(super) async fn run<S: Store>(self, store: &S) -> anyhow::Result<ExitCode> {
        match self {
            Self::List { json } => list(store, json).await?,
            Self::Accept { document, all: _ } => {
                let summary = accept_held_work(store, document, super::now()).await?;
                super::print(format_args!("已收下 {} 条变更，仍待处理 {} 条。", summary.accepted, summary.held));
                if summary.held > 0 {
                    super::print("仍待处理的可用 held export 导出查看。");
                    return Ok(ExitCode::FAILURE);
                }
            }
            Self::Reject { document, reason } => {
                let rejected = reject_held_work(store, document, &reason, super::now()).await?;
                super::print(format_args!("已退回 {rejected} 条变更，原因将在作者下次同步时告知。"));
                if rejected == 0 {
                    return Ok(ExitCode::FAILURE);
                }
            }
            Self::Export { out } => {
                store.append_audit(super::now(), "held_export", String::new()).await?;
                for path in export_held_work(store, &out).await? {
                    super::print(path.display());
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list<S: Store>(store: &S, json: bool) -> anyhow::Result<()> {
    for work in list_held_work(store).await? {
        if json {
            super::print(serde_json::to_string(&work)?);
            continue;
        }
        let kind = work.kind.map_or("?", domain::Kind::code);
        let (code, at) = (serde_json::to_string(&work.code)?, work.first_at.local());
        let fields: Vec<&str> = work.fields.keys().map(String::as_str).collect();
        super::print(format_args!(
            "{}  {kind}  {}  {}  {at}  {}",
            work.document,
            work.author_name,
            code.trim_matches('"'),
            fields.join(" ")
        ));
    }
    Ok(())
}
