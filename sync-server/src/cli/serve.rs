//! `serve`

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use sync_server::store::sqlite::SqliteOptions;
use sync_server::{Config, Limits, MetricsAccess, TrustedProxy, start};

/// Answer devices until interrupted.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// Where to listen. Put a proxy with TLS before any other address than this machine's own.
    #[arg(long, default_value = "127.0.0.1:7800")]
    listen: SocketAddr,
    /// Rounds of one device per second, in the long run.
    #[arg(long)]
    rounds_per_second: Option<NonZeroU32>,
    /// A proxy in front of the server: its address, or a network (192.0.2.0/24). The client's address is taken from its
    /// X-Forwarded-For, and from nobody else's. May be given several times.
    #[arg(long, value_name = "ADDRESS")]
    trusted_proxy: Vec<TrustedProxy>,
    /// MiB of changes of one device within a day; what is beyond waits.
    #[arg(long)]
    daily_mib: Option<NonZeroU32>,
    /// File with a token of at least 16 characters; whoever shows it reads the counters at /metrics. The token may also
    /// stand in GRID_COMPANION_METRICS_TOKEN.
    #[arg(long)]
    metrics_token_file: Option<PathBuf>,
    /// Where to answer with the counters alone, without a token, e.g. 127.0.0.1:7801.
    #[arg(long)]
    metrics_listen: Option<SocketAddr>,
}

/// Environment variable of the counters' token: an argument would stand in the list of processes.
const METRICS_TOKEN: &str = "GRID_COMPANION_METRICS_TOKEN";

impl Serve {
    pub(super) async fn run(self, data: PathBuf, sqlite: SqliteOptions) -> anyhow::Result<ExitCode> {
        let usual = Limits::default();
        let daily_bytes = self.daily_mib.map_or(usual.daily_bytes, |mib| u64::from(mib.get()) * 1024 * 1024);
        let per_second = self.rounds_per_second.unwrap_or(usual.per_second);
        let limits = Limits { per_second, daily_bytes, ..usual };
        let proxies = self.trusted_proxy;
        let mut metrics = MetricsAccess::default();
        metrics.listen = self.metrics_listen;
        if let Some(token) = read_metrics_token(self.metrics_token_file.as_deref())? {
            metrics.set_token(&token)?;
        }
        let running =
            start(Config { listen: self.listen, limits, proxies, sqlite, metrics, ..Config::new(data) }).await?;
        super::print(format_args!("listening on {}", running.base_url()));
        running.run_until(wait_for_end()).await?;
        Ok(ExitCode::SUCCESS)
    }
}

fn read_metrics_token(file: Option<&Path>) -> anyhow::Result<Option<String>> {
    match file {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            Ok(Some(text))
        }
        None => Ok(std::env::var(METRICS_TOKEN).ok().filter(|token| !token.is_empty())),
    }
}

/// Until Ctrl-C, or the service manager's word.
async fn wait_for_end() {
    let interrupted = async {
        // Where the system cannot tell, only killing ends the server; the ledger survives that.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    interrupted.await;
}
