//! `verify`

use std::process::ExitCode;

use sync_server::admin::verify;
use sync_server::store::Store;

/// Re-read everything; ends with 1 and names what is damaged.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) async fn run<S: Store>(self, store: &S) -> anyhow::Result<ExitCode> {
        let found = verify(store).await?;
        if self.json {
            super::print(serde_json::to_string(&found)?);
        } else {
            super::print(format_args!("已重读 {} 份记录、{} 条变更。", found.documents, found.changes));
            for damage in &found.damage {
                super::print(format_args!("  损坏 {}：{}", damage.code, damage.subject));
            }
            let verdict = if found.damage.is_empty() {
                "全部完好。"
            } else {
                "请先停止服务器，把整个数据目录原样复制一份留存，再换回此前备份的数据目录。"
            };
            super::print(verdict);
        }
        Ok(if found.damage.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
