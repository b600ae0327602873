//! `serve`

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use sync_server::store::sqlite::SqliteOptions;
use sync_server::{Config, Limits, MetricsAccess, TrustedProxy, start};

/// 启动服务，供手机连接，直到被中断。
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// 监听的“地址:端口”。127.0.0.1 只有本机连得到；让手机直接连用 0.0.0.0:7800，对外请在前面放 TLS 代理。
    #[arg(long, value_parser = super::words::parse_address, default_value = "127.0.0.1:7800")]
    listen: SocketAddr,
    /// 一台设备平均每秒最多几次同步。
    #[arg(long, value_parser = super::words::parse_positive)]
    rounds_per_second: Option<NonZeroU32>,
    /// 前面的代理：它的地址或网段（192.0.2.0/24）。只采信它给的 X-Forwarded-For；可重复。
    #[arg(long, value_name = "ADDRESS", value_parser = super::words::parse_proxy)]
    trusted_proxy: Vec<TrustedProxy>,
    /// 一台设备一天最多上传多少 MiB，超出的次日再收。
    #[arg(long, value_parser = super::words::parse_positive)]
    daily_mib: Option<NonZeroU32>,
    /// 存有口令（至少 16 个字符）的文件；出示它可读 /metrics 的计数。口令也可放在环境变量
    /// GRID_COMPANION_METRICS_TOKEN 里。
    #[arg(long)]
    metrics_token_file: Option<PathBuf>,
    /// 另开一个“地址:端口”，只给计数，不要口令，如 127.0.0.1:7801。
    #[arg(long, value_parser = super::words::parse_address)]
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
        super::print(format_args!("正在监听 {}", running.base_url()));
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
