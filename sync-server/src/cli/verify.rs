//! `verify`

use std::process::ExitCode;

use sync_server::admin::verify_with;
use sync_server::store::Store;

/// 重读全部数据；有损坏时逐处指出，并以 1 结束。
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// 以 JSON 打印。
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) async fn run<S: Store>(self, store: &S) -> anyhow::Result<ExitCode> {
        let found = verify_with(store, &mut super::show_progress).await?;
        if self.json {
            super::print(serde_json::to_string(&found)?);
        } else {
            super::print(format_args!("已重读 {} 份记录、{} 条变更。", found.documents, found.changes));
            for life in &found.renewals {
                super::print(format_args!(
                    "  {} 发现数据比已答应的旧（{}），已请各手机重新上报缺少的内容。",
                    life.since.local().strftime("%Y-%m-%d %H:%M"),
                    life.cause
                ));
            }
            for damage in &found.damage {
                super::print(format_args!("  损坏 {}：{}", damage.code, damage.subject));
            }
            let verdict = if found.damage.is_empty() { "全部完好。" } else { super::DAMAGE_ADVICE };
            super::print(verdict);
        }
        Ok(if found.damage.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
