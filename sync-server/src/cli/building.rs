//! `building`

use std::process::ExitCode;

use domain::GridCode;
use serde_json::json;
use sync_server::store::Store;

/// List buildings and their codes.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Building {
    /// List buildings and their codes.
    List {
        /// One grid only.
        #[arg(long)]
        grid: Option<GridCode>,
        /// One building per line as JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Building {
    pub(super) async fn run<S: Store>(self, store: &S) -> anyhow::Result<ExitCode> {
        let Self::List { grid, json } = self;
        for building in store.list_buildings().await? {
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
