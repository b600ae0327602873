//! `building`

use std::process::ExitCode;

use domain::GridCode;
use serde_json::json;
use sync_server::store::Store;

/// 列出楼栋及其编码。
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Building {
    /// 列出楼栋及其编码。
    List {
        /// 只列这个网格。
        #[arg(long, value_parser = super::words::parse_grid)]
        grid: Option<GridCode>,
        /// 每行一栋，JSON 格式。
        #[arg(long)]
        json: bool,
    },
}

impl Building {
    pub(super) async fn run<S: Store>(self, store: &S) -> anyhow::Result<ExitCode> {
        let Self::List { grid, json } = self;
        for building in store.list_buildings().await?.rows {
            if grid.as_ref().is_some_and(|grid| *grid != building.code.grid()) {
                continue;
            }
            if json {
                let (compound, name) = (&building.compound, &building.name);
                super::print(json!({"code": building.code, "compound": compound, "name": name}));
            } else {
                super::print(format_args!("{}  {}{}", building.code, building.compound, building.name));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
