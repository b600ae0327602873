//! `overdue`

use std::process::ExitCode;

use domain::RecordId;
use domain::codes::{CodeList as _, Language};
use domain::workflow::State;
use sync_server::admin::list_overdue;
use sync_server::store::Store;

/// 列出超过时限、尚未办结的事件，超期最久的在前。
#[derive(Debug, clap::Args)]
pub(crate) struct Overdue {
    /// 每行一件，JSON 格式。
    #[arg(long)]
    json: bool,
}

impl Overdue {
    pub(super) async fn run<S: Store>(self, store: &S) -> anyhow::Result<ExitCode> {
        let overdue = list_overdue(store).await?;
        if overdue.is_empty() && !self.json {
            super::print("没有超期事件");
        }
        for incident in overdue {
            if self.json {
                super::print(serde_json::to_string(&incident)?);
                continue;
            }
            let number = incident.human_no.unwrap_or_else(|| RecordId::from(incident.id).short());
            let state = State::from_code(incident.state).label(Language::ZhCn);
            let due = incident.passed.iter().map(|(_, limit)| limit.due_at).min().unwrap_or_default();
            let org = incident.org.as_ref().map_or("—", |org| org.as_str());
            let due = due.local().strftime("%Y-%m-%d %H:%M");
            super::print(format_args!(
                "{number}  {}  {}  {state}  期限 {due}  {org}",
                incident.grid, incident.category
            ));
        }
        Ok(ExitCode::SUCCESS)
    }
}
