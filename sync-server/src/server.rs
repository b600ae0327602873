//! Starting and stopping.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use sync::wire::Epoch;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::app::{App, Clock, system_clock};
use crate::desk::Ticking;
use crate::http::accept::{Edge, raise_handle_limit, serve};
use crate::http::proxy::TrustedProxy;
use crate::limits::Limits;
use crate::reference;
use crate::routes::{metrics_router, router};
use crate::secret::{hash_token, random};
use crate::store::sqlite::mark::Opener;
use crate::store::sqlite::{SqliteOptions, SqliteStore};
use crate::store::{OpenError, SecretHash, StoreError};

/// How long requests under way may take to finish when the server stops. What is cut is sent again by its device.
const GRACE: Duration = Duration::from_secs(10);
/// How often the desk looks at what is due: a limit that passes shows on the street's screen a moment later.
const DESK_PAUSE: Duration = Duration::from_secs(1);

/// How to run a server.
#[derive(Clone)]
pub struct Config {
    /// Folder of the ledger; made where it is missing.
    pub data: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What one device or stranger may ask for.
    pub limits: Limits,
    /// Proxies in front of the server, whose word about the client's address is believed.
    pub proxies: Vec<TrustedProxy>,
    /// Who may read the counters; nobody when nothing is set.
    pub metrics: MetricsAccess,
    /// Where the time comes from.
    pub clock: Clock,
    /// How to open the ledger.
    pub sqlite: SqliteOptions,
    /// How often the desk looks at what is due; never by itself when absent
    /// ([`settle_due`](crate::desk::settle_due)).
    pub desk_pause: Option<Duration>,
}

impl Config {
    /// The usual settings over a data folder, on a free port of this machine only.
    #[must_use]
    pub fn new(data: PathBuf) -> Self {
        Self {
            data,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            limits: Limits::default(),
            proxies: Vec::new(),
            metrics: MetricsAccess::default(),
            clock: system_clock(),
            sqlite: SqliteOptions::default(),
            desk_pause: Some(DESK_PAUSE),
        }
    }
}

/// Shortest token for the counters, in characters.
const METRICS_TOKEN_LENGTH: usize = 16;

/// Who may read the counters (`GET /metrics`).
#[derive(Debug, Clone, Copy, Default)]
pub struct MetricsAccess {
    token: Option<SecretHash>,
    /// A listener that answers with the counters and nothing else, without a token; port 0 takes a free one.
    pub listen: Option<SocketAddr>,
}

/// A token that anybody could guess.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("计数口令至少要 16 个字符")]
pub struct MetricsTokenError;

impl MetricsAccess {
    /// Whoever shows this token may read the counters where devices are answered.
    ///
    /// # Errors
    /// When it is too short.
    pub fn set_token(&mut self, token: &str) -> Result<(), MetricsTokenError> {
        let token = token.trim();
        if token.chars().count() < METRICS_TOKEN_LENGTH {
            return Err(MetricsTokenError);
        }
        self.token = Some(hash_token(token));
        Ok(())
    }
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The ledger cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The ledger cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address is taken or not ours.
    #[error("无法在 {address} 上监听")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The operating system's word.
        #[source]
        source: std::io::Error,
    },
    /// The system gives no random bytes.
    #[error("系统不能提供随机数")]
    Random(#[from] getrandom::Error),
}

/// Opens the ledger of a data folder.
///
/// # Errors
/// When it cannot be opened; it is then left as it was.
pub fn open_ledger(data: &std::path::Path, options: &SqliteOptions) -> Result<SqliteStore, StartError> {
    let run = u64::from_be_bytes(random()?) >> 1;
    let opener = Opener { epoch: draw_epoch()?, run, secret: random()?, at: system_clock()() };
    Ok(SqliteStore::open(data, options, &opener)?)
}

/// A life of the data. 53 bits: it also survives readers that take numbers for floats.
pub(crate) fn draw_epoch() -> Result<Epoch, getrandom::Error> {
    Ok(Epoch(u64::from_be_bytes(random()?) >> 11))
}

/// A server that runs until it is stopped or dropped.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Where it answers with the counters alone, if it does.
    pub metrics_addr: Option<SocketAddr>,
    metrics_task: Option<JoinHandle<()>>,
    app: App<SqliteStore>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// Its address as the base of URLs.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Its shared parts, for tests and for commands of the same process.
    #[must_use]
    pub fn app(&self) -> &App<SqliteStore> {
        &self.app
    }

    /// Ends streams of hints, lets requests under way finish, then closes the ledger.
    ///
    /// # Errors
    /// When listening had failed meanwhile.
    pub async fn stop(mut self) -> std::io::Result<()> {
        if let Some(stop) = self.stop.take() {
            // The server may have ended by itself.
            let _ = stop.send(());
        }
        let ended = match tokio::time::timeout(GRACE, &mut self.task).await {
            Ok(ended) => ended.map_err(std::io::Error::other)?,
            Err(_) => {
                tracing::warn!("connections that did not end were cut");
                self.task.abort();
                Ok(())
            }
        };
        self.end_metrics();
        self.app.store().close().await;
        ended
    }

    fn end_metrics(&mut self) {
        if let Some(task) = self.metrics_task.take() {
            task.abort();
        }
    }

    /// Runs until the future is done, then stops as [`Running::stop`] does.
    ///
    /// # Errors
    /// When listening had failed meanwhile.
    pub async fn run_until(self, end: impl Future<Output = ()>) -> std::io::Result<()> {
        end.await;
        self.stop().await
    }
}

/// The limits, as far as the system lets the process have so many connections.
fn fit_to_system(mut limits: Limits) -> Limits {
    if let Some(most) = raise_handle_limit().filter(|most| *most < limits.connections.most) {
        tracing::warn!(most, wanted = limits.connections.most, "the system allows fewer open files");
        limits.connections.most = most;
    }
    limits.connections.most_of_address = limits.connections.most_of_address.min(limits.connections.most);
    limits.streams.most = limits.streams.most.min(limits.connections.most / 4 * 3).max(1);
    limits
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end_metrics();
    }
}

/// Starts a server.
///
/// # Errors
/// When the ledger cannot be opened or the address cannot be listened on.
pub async fn start(config: Config) -> Result<Running, StartError> {
    let store = open_ledger(&config.data, &config.sqlite)?;
    if let Err(error) = reference::refresh(&store).await {
        // A full disk or a damaged row must not keep people from working: reference data is as it was.
        tracing::error!(%error, "reference data could not be brought up to date");
    }
    let limits = fit_to_system(config.limits);
    let edge = Edge { limits: limits.connections, proxies: config.proxies };
    let app = App::new(store, config.clock, limits);
    let listen_error = |source| StartError::Listen { address: config.listen, source };
    let listener = TcpListener::bind(config.listen).await.map_err(listen_error)?;
    let addr = listener.local_addr().map_err(listen_error)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let (metrics_addr, metrics_task) = listen_for_scrapes(&app, config.metrics.listen).await?.unzip();
    let router = match config.metrics.token {
        Some(token) => router(app.clone()).merge(metrics_router(app.clone(), Some(token))),
        None => router(app.clone()),
    };
    let ending = app.clone();
    let ticking = config.desk_pause.map(|pause| Ticking::start(app.clone(), pause));
    let task = tokio::spawn(async move {
        let _ticking = ticking; // ends with the server
        let until = async move {
            // A dropped handle stops the server as well.
            let _ = stopped.await;
            ending.end_streams();
        };
        serve(listener, router, edge, until).await;
        Ok(())
    });
    tracing::info!(%addr, "listening");
    Ok(Running { addr, metrics_addr, metrics_task, app, stop: Some(stop), task })
}

/// Answers scrapes on a listener of their own, until the task is ended.
async fn listen_for_scrapes(
    app: &App<SqliteStore>,
    listen: Option<SocketAddr>,
) -> Result<Option<(SocketAddr, JoinHandle<()>)>, StartError> {
    let Some(address) = listen else { return Ok(None) };
    let listen_error = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen_error)?;
    let addr = listener.local_addr().map_err(listen_error)?;
    let routes = metrics_router(app.clone(), None);
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, routes).await {
            tracing::error!(%error, "the counters are not answered any more");
        }
    });
    tracing::info!(%addr, "answering with counters");
    Ok(Some((addr, task)))
}
