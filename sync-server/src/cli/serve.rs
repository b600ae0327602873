//! `serve`

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;

use sync_server::store::sqlite::SqliteOptions;
use sync_server::{Config, Limits, TrustedProxy, start};

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
}

impl Serve {
    pub(super) async fn run(self, data: PathBuf, sqlite: SqliteOptions) -> anyhow::Result<ExitCode> {
        let usual = Limits::default();
        let limits = Limits { per_second: self.rounds_per_second.unwrap_or(usual.per_second), ..usual };
        let proxies = self.trusted_proxy;
        let running = start(Config { listen: self.listen, limits, proxies, sqlite, ..Config::new(data) }).await?;
        super::print(format_args!("listening on {}", running.base_url()));
        running.run_until(wait_for_end()).await?;
        Ok(ExitCode::SUCCESS)
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
