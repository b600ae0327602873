//! The companion: the store, who uses it, and the door through which a shell asks.
//!
//! Synchronous and single-threaded: the shell puts it behind a lock or into a worker. Sync works on the same value and
//! reports through [`Companion::set_sync_status`] and [`Companion::mark_changed`]; the shell fetches
//! [`Companion::take_events`] after every command and round.

use std::collections::{BTreeMap, BTreeSet};

use contract::{
    Command as _, CommandError, Enrol, ErrorCode, Event, LastSync, NetworkState, SyncNow, SyncResult, SyncSummary,
    Topic,
};
use documents::Author;
use domain::{Account, InstallationId, LocalDate, MonotonicMillis, RecordId, UnixMillis};

use crate::clock::Clockwork;
use crate::error::Failure;
use crate::store::closed_draft::sweep as sweep_closed_drafts;
use crate::store::draft::{count_drafts, list_untyped, remove_draft};
use crate::store::reference::DirectoryShelf;
use crate::store::reporter_tel::forget_reporter_tels;
use crate::store::setting::{
    ACCOUNT, APP_VERSION, INSTALLATION, SERVER, TOKEN, UNKNOWN_TO_SERVER, put_setting, read_setting, remove_setting,
};
use crate::store::{OpenError, Store, StoreError, StorePlace, outline, replica, wipe};
use crate::surroundings::Surroundings;
use crate::usecases::{BegunDrafts, UseCase, dispatch};

/// Commands that need the network: the driver answers them.
pub const DRIVER_COMMANDS: [&str; 2] = [Enrol::NAME, SyncNow::NAME];

/// The headless app.
pub struct Companion {
    pub(crate) store: Store,
    pub(crate) surroundings: Surroundings,
    pub(crate) clockwork: Clockwork,
    account: Option<Account>,
    sync_status: SyncStatus,
    changed: BTreeSet<Topic>,
    pub(crate) directory: DirectoryShelf,
    pub(crate) begun_drafts: BegunDrafts,
    /// A screen has asked how things stand: there is somebody to remind.
    pub(crate) has_screen: bool,
    /// How long steps wait for being taken back.
    pub(crate) hold_ms: i64,
    /// Documents with such a step, and until when they wait.
    pub(crate) held_back: BTreeMap<RecordId, MonotonicMillis>,
}

/// What sync knows and no table does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncStatus {
    /// The network as the last attempt found it.
    pub network: NetworkState,
    /// The last attempt.
    pub last: Option<LastSync>,
    /// When the next attempt is planned, by [`crate::Clock::elapsed`].
    pub next_at: Option<MonotonicMillis>,
    /// A first download under way: documents here, documents there are.
    pub progress: Option<(u64, u64)>,
    /// The last round's digests matched.
    pub is_verified: bool,
    /// When they last did.
    pub verified_at: Option<UnixMillis>,
}

impl Default for SyncStatus {
    fn default() -> Self {
        Self {
            network: NetworkState::Unknown,
            last: None,
            next_at: None,
            progress: None,
            is_verified: false,
            verified_at: None,
        }
    }
}

impl Companion {
    /// Opens the store at `place` and remembers whose phone this is.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub fn open(place: impl Into<StorePlace>, surroundings: Surroundings) -> Result<Self, OpenError> {
        let place = place.into();
        match Self::start(Store::open(&place)?, surroundings) {
            Ok(companion) => Ok(companion),
            // The settings stand on a damaged page: the mark is left, opening once more sets the file aside.
            Err((OpenError::Store(StoreError::Sqlite(_)), surroundings)) => {
                Self::start(Store::open(&place)?, surroundings).map_err(|(error, _)| error)
            }
            Err((error, _)) => Err(error),
        }
    }

    fn start(mut store: Store, surroundings: Surroundings) -> Result<Self, (OpenError, Surroundings)> {
        match Self::remember(&mut store, &surroundings) {
            Ok((account, clockwork)) => {
                let (sync_status, changed) = (SyncStatus::default(), BTreeSet::new());
                Ok(Self {
                    store,
                    surroundings,
                    clockwork,
                    account,
                    sync_status,
                    changed,
                    directory: DirectoryShelf::default(),
                    begun_drafts: BegunDrafts::default(),
                    has_screen: false,
                    hold_ms: 0,
                    held_back: BTreeMap::new(),
                })
            }
            Err(error) => {
                store.note_trouble(&error);
                Err((error.into(), surroundings))
            }
        }
    }

    /// Whose phone this is, and what it knows of the time; what another version could not read is looked at again.
    fn remember(store: &mut Store, surroundings: &Surroundings) -> Result<(Option<Account>, Clockwork), StoreError> {
        let account = read_setting(store.read(), ACCOUNT)?;
        if read_setting::<String>(store.read(), APP_VERSION)?.as_ref() != Some(&surroundings.version) {
            store.write(|writing| {
                outline::retry_unreadable(writing)?;
                replica::reread_skipped(writing)?;
                put_setting(writing, APP_VERSION, &surroundings.version)
            })?;
        }
        let untyped = list_untyped(store.read())?;
        if !untyped.is_empty() {
            store.write::<_, StoreError>(|writing| untyped.iter().try_for_each(|id| remove_draft(writing, *id)))?;
        }
        let device_now = surroundings.clock.now();
        store.write(|writing| sweep_closed_drafts(writing, device_now))?;
        let clockwork = Clockwork::start(store, surroundings.clock.as_ref())?;
        Ok((account, clockwork))
    }

    /// Carries out a command.
    ///
    /// # Errors
    /// When a rule, a right, a field or the store speaks against it; what was saved before is still saved.
    pub fn run<U: UseCase>(&mut self, request: U) -> Result<U::Reply, CommandError> {
        request.run(self).map_err(|failure| {
            if let Failure::Store(error) = &failure {
                self.store.note_trouble(error);
                tracing::error!(command = U::NAME, %error, "the store failed");
            }
            failure.into()
        })
    }

    /// Carries out the command of this name with a JSON request, and answers with a JSON reply.
    ///
    /// # Errors
    /// As [`run`](Self::run); `BadRequest` for an unknown name, a request that does not fit, or one of
    /// [`DRIVER_COMMANDS`].
    pub fn handle(&mut self, name: &str, json: &str) -> Result<String, CommandError> {
        if DRIVER_COMMANDS.contains(&name) {
            return Err(CommandError::new(ErrorCode::BadRequest).with_detail("needs the driver"));
        }
        dispatch(self, name, json)
    }

    /// Refuses an enrolment that could take this phone from somebody whose work the office does not have: asked before
    /// the server is, because a code is good for one time. Whose code it is only the server knows, so that two cases
    /// go on to [`bind`](Self::bind): a phone that has lost its right, and one whose office has moved to `server`.
    /// Both may have no other way of handing in what is on them.
    ///
    /// # Errors
    /// `NotAllowed` while there is work that only this phone has; when the store fails.
    pub fn check_enrolment(&self, server: &str) -> Result<(), CommandError> {
        let is_revoked = self.sync_status.last.as_ref().is_some_and(|last| last.result == SyncResult::Revoked);
        let has_lost_right = is_revoked || self.is_unknown_to_server()?;
        let has_moved = self.server()?.is_some_and(|(known, _)| known != server);
        if self.account.is_none() || has_lost_right || has_moved { Ok(()) } else { self.refuse_to_forget() }
    }

    /// The server has said that it does not know this phone, and no round was done since, whatever became of later
    /// attempts.
    fn is_unknown_to_server(&self) -> Result<bool, StoreError> {
        Ok(read_setting(self.store.read(), UNKNOWN_TO_SERVER)?.unwrap_or(false))
    }

    /// The right of this device has ended: the numbers that were lent to it go.
    pub(crate) fn forget_contacts(&mut self) {
        match self.store.write::<_, StoreError>(forget_reporter_tels) {
            Ok(true) => self.store.empty_log(),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the numbers of reporters could not be let go"),
        }
    }

    /// Notes that it said so.
    pub(crate) fn note_unknown_to_server(&mut self) {
        let noted = self.store.write::<_, StoreError>(|writing| put_setting(writing, UNKNOWN_TO_SERVER, &true));
        if let Err(error) = noted {
            tracing::error!(%error, "that the server does not know this phone could not be noted");
        }
    }

    /// Refuses while something is here that would be lost with this phone's records: a change that the office has not
    /// taken over, whatever it said of it, or a form in progress. A server that does not know this phone any more has lost
    /// what it had taken over.
    fn refuse_to_forget(&self) -> Result<(), CommandError> {
        let db = self.store.read();
        let open = if self.is_unknown_to_server()? { outline::count_written(db)? } else { outline::count_open(db)? };
        let drafts = count_drafts(db)?;
        if open == 0 && drafts == 0 {
            return Ok(());
        }
        let detail = format!("work of this account is only here: {open} records, {drafts} drafts");
        Err(CommandError::new(ErrorCode::NotAllowed).with_detail(detail))
    }

    /// Binds this phone to an account after enrolment. A phone that was another account's forgets that one's records
    /// first; while work of the other account is only here, it is refused.
    ///
    /// # Errors
    /// `NotAllowed` for such work of another account; when the store fails.
    pub fn bind(
        &mut self,
        account: Account,
        server: &str,
        token: &str,
        installation: InstallationId,
    ) -> Result<(), CommandError> {
        let is_another = self.account.as_ref().is_some_and(|before| before.id != account.id);
        if is_another {
            self.refuse_to_forget()?;
        }
        self.store.write(|writing| {
            if is_another {
                wipe::forget_records(writing)?;
            }
            remove_setting(writing, UNKNOWN_TO_SERVER)?;
            put_setting(writing, ACCOUNT, &account)?;
            put_setting(writing, SERVER, &server)?;
            put_setting(writing, TOKEN, &token)?;
            put_setting(writing, INSTALLATION, &installation)
        })?;
        if is_another {
            // What was another's is not to be read from the log either.
            self.store.empty_log();
        }
        self.account = Some(account);
        self.begun_drafts = BegunDrafts::default();
        self.mark_changed([Topic::Session, Topic::Households, Topic::Incidents]);
        Ok(())
    }

    /// Whose phone this is; none before enrolment.
    #[must_use]
    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// The installation that writes here; made at the first asking.
    ///
    /// # Errors
    /// When the store fails.
    pub fn installation(&mut self) -> Result<InstallationId, CommandError> {
        Ok(self.read_installation()?)
    }

    /// The server this phone is bound to, and its token.
    ///
    /// # Errors
    /// When the store fails.
    pub fn server(&self) -> Result<Option<(String, String)>, CommandError> {
        let server = read_setting(self.store.read(), SERVER)?;
        let token = read_setting(self.store.read(), TOKEN)?;
        Ok(server.zip(token))
    }

    /// What sync knows, for the next who asks.
    pub fn set_sync_status(&mut self, status: SyncStatus) {
        self.sync_status = status;
    }

    /// What sync said last.
    #[must_use]
    pub fn sync_status(&self) -> &SyncStatus {
        &self.sync_status
    }

    /// The sync chip: what sync said last, and what the outbox holds.
    ///
    /// # Errors
    /// When the store fails.
    pub fn sync_summary(&self) -> Result<SyncSummary, CommandError> {
        Ok(self.read_sync_summary()?)
    }

    /// Notes that screens may be showing something old.
    pub fn mark_changed(&mut self, topics: impl IntoIterator<Item = Topic>) {
        self.changed.extend(topics);
    }

    /// What has happened since the last asking, for the shell to send to its windows.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.note_clock_shown();
        let topics: Vec<Topic> = std::mem::take(&mut self.changed).into_iter().collect();
        let changed = (!topics.is_empty()).then_some(Event::Changed { topics });
        let reminders = self.take_reminders();
        changed.into_iter().chain(reminders.into_iter().map(|appointment| Event::Reminder { appointment })).collect()
    }

    /// Looks at up to `limit` documents that wait to be shown, when the app is idle. Returns how many; 0: none waits.
    ///
    /// # Errors
    /// When the store fails.
    pub fn fill_idle(&mut self, limit: usize) -> Result<usize, CommandError> {
        Ok(self.store.write(|writing| crate::store::project::project_some(writing, limit))?)
    }

    pub(crate) fn read_sync_summary(&self) -> Result<SyncSummary, StoreError> {
        let unsent = outline::count_unsent(self.store.read())?;
        let status = &self.sync_status;
        Ok(SyncSummary {
            network: status.network,
            unsent,
            refused: outline::count_refused(self.store.read())?,
            verified: status.is_verified && unsent == 0,
            progress: status.progress,
        })
    }

    pub(crate) fn read_installation(&mut self) -> Result<InstallationId, StoreError> {
        if let Some(installation) = read_setting(self.store.read(), INSTALLATION)? {
            return Ok(installation);
        }
        let installation = InstallationId::new(self.now(), self.surroundings.id_bytes());
        self.store.write(|writing| put_setting(writing, INSTALLATION, &installation))?;
        Ok(installation)
    }

    /// The account, or the refusal of everything that needs one.
    pub(crate) fn require_account(&self) -> Result<Account, CommandError> {
        self.account.clone().ok_or(CommandError::new(ErrorCode::NotEnrolled))
    }

    /// Who writes, now.
    pub(crate) fn author(&mut self, account: &Account) -> Result<Author, StoreError> {
        Ok(Author { account: account.id, installation: self.read_installation()?, at: self.now() })
    }

    pub(crate) fn today(&self) -> LocalDate {
        self.now().local_date()
    }
}
