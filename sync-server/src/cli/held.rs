//! `held`

use std::path::PathBuf;
use std::process::ExitCode;

use domain::RecordId;
use sync_server::admin::{accept_held_work, export_held_work, list_held_work, reject_held_work};
use sync_server::store::Store;

/// 列出、接收、退回或导出待社区决定的内容。
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Held {
    /// 列出待决定的内容和原因；加 --json 一并给出写了什么。
    List {
        /// 每行一条变更，JSON 格式。
        #[arg(long)]
        json: bool,
    },
    /// 接收待决定的内容，视同作者仍有当时的权限。
    #[command(group(clap::ArgGroup::new("which").required(true).args(["document", "all"])))]
    Accept {
        /// 只接收这份记录。
        #[arg(long, value_parser = super::words::parse_record)]
        document: Option<RecordId>,
        /// 全部接收。
        #[arg(long)]
        all: bool,
    },
    /// 不接收某份记录中待决定的内容；原因在作者下次同步时告知。
    Reject {
        /// 记录标识。
        #[arg(long, value_parser = super::words::parse_record)]
        document: RecordId,
        /// 给作者看的原因，一行。
        #[arg(long)]
        reason: String,
    },
    /// 把待决定的内容写到目录里：可阅读的一份，和原样的一份。
    Export {
        /// 写到哪个目录。
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
