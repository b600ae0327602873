//! The running app: the door for a shell.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::sync::machine::Event as Happening;
use contract::{
    AddNote, Command as _, CommandError, Enrol, ErrorCode, Event, GetSync, RetractStep, RetractSteps, SendAgain,
    SubmitIncident, SyncNow, TakeStep, TakeSteps, Topic, UNDO_MS,
};
use domain::codes::Priority;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::enrol::enrol;
use super::http::{ClientError, Http};
use super::listen::{Call, run_listening};
use super::sync_loop::{Order, run_sync};
use crate::companion::Companion;
use crate::contain::contain;
use crate::store::OpenError;
use crate::store::private::make_folder;
use crate::surroundings::Surroundings;
use crate::sync::Pilot;

/// Name of the store's file in the app's folder.
pub const STORE_FILE: &str = "companion.sqlite";

/// Commands that somebody at the other end waits for: what they write does not wait for more to be written.
const URGENT: [&str; 4] = [SendAgain::NAME, RetractStep::NAME, RetractSteps::NAME, AddNote::NAME];

/// Commands whose steps wait so that they can be taken back: sync is told when to wake, not to start.
const HELD: [&str; 2] = [TakeStep::NAME, TakeSteps::NAME];
/// How long they wait: as long as a screen offers to take them back, and as long as that tap may take to get here.
const HOLD_MS: i64 = UNDO_MS as i64 + 1_000;

/// How long an app that is closed goes on for a step that waits: nobody waits for a window to close any longer.
const LAST_WORD: Duration = Duration::from_secs(2);

/// How to start the app.
pub struct AppOptions {
    /// The app's folder; made where it is missing, closed to everybody but its owner.
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
    /// Commands are carried out in the order in which they were asked, one at a time: what was typed before does not
    /// land behind what was typed after.
    turn: tokio::sync::Mutex<()>,
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
                contain("a listener", || listener(event.clone()));
            }
        }
    }
}

/// The running app.
pub struct App {
    shared: Arc<Shared>,
    orders: mpsc::UnboundedSender<Order>,
    calls: mpsc::UnboundedSender<Call>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl App {
    /// Opens the store, starts sync and listens for hints. To be called on a tokio runtime.
    ///
    /// # Errors
    /// When the folder, the store or the HTTP client fails.
    pub async fn start(options: AppOptions) -> Result<Self, StartError> {
        let AppOptions { data_dir, surroundings, site_ca, platform } = options;
        let http = Http::build(site_ca.as_deref())?;
        let opening = tokio::task::spawn_blocking(move || {
            make_folder(&data_dir).map_err(StartError::Folder)?;
            Companion::open(data_dir.join(STORE_FILE), surroundings).map_err(StartError::from)
        });
        let mut companion = opening.await.map_err(|_| StartError::Interrupted)??;
        companion.hold_steps_back(HOLD_MS);
        let shared = Arc::new(Shared {
            companion: Mutex::new(companion),
            listeners: Mutex::new(Vec::new()),
            turn: tokio::sync::Mutex::new(()),
            http,
            platform,
        });
        let (orders, inbox) = mpsc::unbounded_channel();
        let pilot = Arc::new(Mutex::new(Pilot::new(::sync::machine::Config::default())));
        let sync = tokio::spawn(run_sync(Arc::clone(&shared), pilot, inbox));
        let (calls, called) = mpsc::unbounded_channel();
        let listening = tokio::spawn(run_listening(Arc::clone(&shared), orders.downgrade(), called));
        Ok(Self { shared, orders, calls, tasks: Mutex::new(vec![listening, sync]) })
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
                self.call(Call::Enrolled);
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
        let _turn = self.shared.turn.lock().await;
        let happening = match name.as_str() {
            name if HELD.contains(&name) => Happening::Tick,
            name if is_urgent(name, &request) => Happening::EditedUrgently,
            _ => Happening::Edited,
        };
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
            self.order(Order::Say(happening));
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
        self.call(Call::Looked);
    }

    /// The platform says that there is a network again.
    pub fn note_network(&self) {
        self.order(Order::Say(Happening::NetworkReturned));
        self.call(Call::NetworkReturned);
    }

    /// Ends sync and listening; what is saved is saved. A step that waits for being taken back is handed in first, if the
    /// server is there at once; else it goes with the next start. Commands are still answered.
    pub async fn shutdown(&self) {
        if self.shared.with(|companion| companion.held_until().is_some()).await.unwrap_or_default() {
            // In vain or not: it is stored.
            let _ = tokio::time::timeout(LAST_WORD, self.sync_now()).await;
        }
        self.order(Order::Stop);
        self.call(Call::Stop);
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            // It only ends early by a defect of ours, which it has logged.
            let _ = task.await;
        }
    }

    fn order(&self, order: Order) {
        // After a shutdown nobody is there to take it.
        let _ = self.orders.send(order);
    }

    fn call(&self, call: Call) {
        let _ = self.calls.send(call);
    }
}

/// Whether somebody waits for what this command writes.
fn is_urgent(name: &str, request: &str) -> bool {
    let is_urgent_report = || {
        let report = serde_json::from_str::<SubmitIncident>(request);
        report.is_ok_and(|report| matches!(report.form.priority, Some(Priority::Urgent | Priority::Major)))
    };
    URGENT.contains(&name) || (name == SubmitIncident::NAME && is_urgent_report())
}

fn bad_request() -> CommandError {
    CommandError::new(ErrorCode::BadRequest)
}

#[cfg(test)]
mod tests {
    use contract::{Command, IncidentForm, SubmitVisit, VisitForm};
    use domain::id::DraftId;
    use domain::{IncidentId, UnixMillis};

    use super::*;

    #[test]
    fn what_somebody_waits_for_goes_out_at_once() {
        fn is_urgent_command<C: Command>(command: &C) -> bool {
            is_urgent(C::NAME, &serde_json::to_string(command).expect("JSON"))
        }
        let draft = DraftId::new(UnixMillis::new(1), [1; 10]);
        let report = |priority| {
            let form = IncidentForm { category: "05001".into(), priority, ..IncidentForm::default() };
            is_urgent_command(&SubmitIncident { draft, form })
        };
        assert!(report(Some(Priority::Urgent)) && report(Some(Priority::Major)));
        assert!(!report(Some(Priority::Normal)) && !report(None));
        let incident = IncidentId::new(UnixMillis::new(1), [1; 10]);
        assert!(is_urgent_command(&AddNote { incident, text: "已到现场".into() }));
        assert!(is_urgent("retract_step", "{"), "what cannot be read writes nothing anyway");
        assert!(!is_urgent_command(&SubmitVisit { draft, form: VisitForm::default() }));
    }
}
