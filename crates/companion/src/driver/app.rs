//! The running app: the door for a shell.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::sync::machine::Event as Happening;
use contract::{Command as _, CommandError, Enrol, ErrorCode, Event, GetSync, SyncNow, Topic};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::enrol::enrol;
use super::http::{ClientError, Http};
use super::sync_loop::{Order, run_sync};
use crate::companion::Companion;
use crate::store::OpenError;
use crate::surroundings::Surroundings;
use crate::sync::Pilot;

/// Name of the store's file in the app's folder.
pub const STORE_FILE: &str = "companion.sqlite";

/// How to start the app.
pub struct AppOptions {
    /// The app's folder; made where it is missing.
    pub data_dir: PathBuf,
    /// Time, randomness, version.
    pub surroundings: Surroundings,
    /// PEM certificates of the office's own authority, besides the public ones.
    pub site_ca: Option<Vec<u8>>,
    /// What the device calls its system, e.g. `linux`; told to the server at enrolment.
    pub platform: String,
}

/// Why the app did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder cannot be made.
    #[error("the app's folder cannot be made")]
    Folder(#[source] std::io::Error),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The HTTP client cannot be built.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Starting was interrupted.
    #[error("starting was interrupted")]
    Interrupted,
}

type Listener = Arc<dyn Fn(Event) + Send + Sync>;

/// What commands and sync share.
pub(super) struct Shared {
    companion: Mutex<Companion>,
    listeners: Mutex<Vec<Listener>>,
    pub(super) http: Http,
    pub(super) platform: String,
}

impl Shared {
    /// The companion, for as long as the guard lives. A panic while it was held left no half transaction behind.
    pub(super) fn lock(&self) -> MutexGuard<'_, Companion> {
        self.companion.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the companion off the runtime's threads.
    pub(super) async fn with<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Companion) -> T + Send + 'static,
    ) -> Result<T, CommandError> {
        let shared = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&mut shared.lock())).await.map_err(|error| {
            tracing::error!(%error, "work on the store ended badly");
            CommandError::new(ErrorCode::Internal)
        })
    }

    /// Tells everybody who listens.
    pub(super) fn tell(&self, events: Vec<Event>) {
        let listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for event in events {
            for listener in &listeners {
                listener(event.clone());
            }
        }
    }
}

/// The running app.
pub struct App {
    shared: Arc<Shared>,
    orders: mpsc::UnboundedSender<Order>,
    sync: Mutex<Option<JoinHandle<()>>>,
}

impl App {
    /// Opens the store and starts sync. To be called on a tokio runtime.
    ///
    /// # Errors
    /// When the folder, the store or the HTTP client fails.
    pub async fn start(options: AppOptions) -> Result<Self, StartError> {
        let AppOptions { data_dir, surroundings, site_ca, platform } = options;
        let http = Http::build(site_ca.as_deref())?;
        let opening = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&data_dir).map_err(StartError::Folder)?;
            Companion::open(data_dir.join(STORE_FILE), surroundings).map_err(StartError::from)
        });
        let companion = opening.await.map_err(|_| StartError::Interrupted)??;
        let shared =
            Arc::new(Shared { companion: Mutex::new(companion), listeners: Mutex::new(Vec::new()), http, platform });
        let (orders, inbox) = mpsc::unbounded_channel();
        let pilot = Arc::new(Mutex::new(Pilot::new(::sync::machine::Config::default())));
        let sync = tokio::spawn(run_sync(Arc::clone(&shared), pilot, inbox));
        Ok(Self { shared, orders, sync: Mutex::new(Some(sync)) })
    }

    /// Carries out the command of this name: JSON in, JSON out.
    ///
    /// # Errors
    /// The command's own; `BadRequest` for an unknown name or a request that does not fit.
    pub async fn invoke(&self, name: &str, request: &str) -> Result<String, CommandError> {
        match name {
            Enrol::NAME => {
                let request: Enrol = serde_json::from_str(request).map_err(|_| bad_request())?;
                let reply = enrol(&self.shared, &request.text).await?;
                self.order(Order::Say(Happening::Enrolled));
                Ok(reply)
            }
            SyncNow::NAME => self.sync_now().await,
            _ => self.run_command(name.to_owned(), request.to_owned()).await,
        }
    }

    /// Carries out a typed command.
    ///
    /// # Errors
    /// Those of [`invoke`](Self::invoke).
    pub async fn run<C: contract::Command>(&self, command: &C) -> Result<C::Reply, CommandError> {
        let request = serde_json::to_string(command).map_err(|_| bad_request())?;
        let reply = self.invoke(C::NAME, &request).await?;
        serde_json::from_str(&reply).map_err(|_| CommandError::new(ErrorCode::Internal).with_detail("reply"))
    }

    async fn run_command(&self, name: String, request: String) -> Result<String, CommandError> {
        let (reply, events) = self
            .shared
            .with(move |companion| {
                let reply = companion.handle(&name, &request);
                (reply, companion.take_events())
            })
            .await?;
        let has_written =
            events.iter().any(|event| matches!(event, Event::Changed { topics } if topics.contains(&Topic::Outbox)));
        if has_written {
            self.order(Order::Say(Happening::Edited));
        }
        self.shared.tell(events);
        reply
    }

    async fn sync_now(&self) -> Result<String, CommandError> {
        if self.shared.with(|companion| companion.account().is_none()).await? {
            return Err(CommandError::new(ErrorCode::NotEnrolled));
        }
        let (done, wait) = oneshot::channel();
        self.order(Order::SyncNow(done));
        // A sync that was shut down meanwhile answers by closing the channel; the view is true either way.
        let _ = wait.await;
        self.run_command(GetSync::NAME.to_owned(), "{}".to_owned()).await
    }

    /// Calls `listener` with everything that happens from now on. It must not block.
    pub fn subscribe(&self, listener: impl Fn(Event) + Send + Sync + 'static) {
        self.shared.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(listener));
    }

    /// The app came to the front.
    pub fn note_foreground(&self) {
        self.order(Order::Say(Happening::Foreground));
    }

    /// The platform says that there is a network again.
    pub fn note_network(&self) {
        self.order(Order::Say(Happening::NetworkReturned));
    }

    /// Ends sync; what is saved is saved. Commands are still answered.
    pub async fn shutdown(&self) {
        self.order(Order::Stop);
        let sync = self.sync.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sync) = sync {
            // It only ends early by a defect of ours, which it has logged.
            let _ = sync.await;
        }
    }

    fn order(&self, order: Order) {
        // After a shutdown nobody is there to take it.
        let _ = self.orders.send(order);
    }
}

fn bad_request() -> CommandError {
    CommandError::new(ErrorCode::BadRequest)
}
