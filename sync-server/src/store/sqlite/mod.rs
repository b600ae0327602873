//! The ledger in one SQLite file.
//!
//! Flow: writes go to one thread that groups them into commits (`writer`); reads run on connections of their own,
//! each from one moment (`readers`). WAL lets both go on at once, synchronous FULL makes a commit survive a power
//! cut. Every commit moves a mark on, inside the file and beside it ([`mark`]), by which an older copy is found out.
//! Another process (the `import` command beside a running server) is kept apart by SQLite's own lock: writers
//! begin IMMEDIATE and wait for each other.
//!
//! Failure: a file of a newer server or a damaged one is refused at opening and left as it is. A full disk ends the
//! one request that did not fit.
//!
//! Missing: a backup command, and PostgreSQL beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::{
    Account, AccountId, AreaCode, ChangeHash, Collection, GridCode, InstallationId, Kind, LocalDate, RecordId,
    UnixMillis,
};
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use sync::wire::{Epoch, HeadsList, Item, Mark, Page};

use crate::files::{find_free_bytes, make_private_file, make_private_folder};

use super::{
    Answer, Base, BaseQuery, Batch, Binding, Building, Committed, Damage, DeviceId, DeviceRow, EnrolCode, EnrolOutcome,
    Enrolment, Fate, HeldChange, HomeRecord, ImportRun, ImportedHome, Judgement, Life, OpenError, PageQuery,
    PublishedValue, ReadRows, ReferenceValue, Renewal, RosterBase, Scan, SecretHash, Session, Shown, Store, StoreError,
    StoredChange, Totals,
};

mod accounts;
mod aside;
mod convert;
mod damage;
mod desk;
mod imports;
mod integrity;
mod ledger;
pub mod mark;
mod office;
mod office_check;
mod pages;
mod probe;
mod readers;
mod row_check;
mod schema;
mod streams;
mod tally;
#[cfg(test)]
mod tests;
mod withdrawals;
mod writer;

use damage::DamageLog;
use mark::{MarkFile, Opener};
use readers::Readers;
use writer::Writer;

/// Name of the file inside the data folder.
pub const FILE_NAME: &str = "ledger.sqlite3";
/// What SQLite keeps beside the file while it is open; made with the file's own rights.
const SIDE_FILES: [&str; 2] = ["-wal", "-shm"];
/// How long a writer waits for another process, e.g. a large import.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Whether opening may begin a ledger where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Opening {
    /// A new one is begun.
    #[default]
    Create,
    /// A missing or empty one is an error: whoever reads wants to hear that nothing is there.
    Existing,
}

/// How to open the file.
#[derive(Debug, Clone, Default)]
pub struct SqliteOptions {
    /// Whether a ledger may be begun.
    pub opening: Opening,
    /// Most pages (4 KiB each) the file may grow to; unlimited when absent.
    pub max_pages: Option<u32>,
}

/// The ledger in one SQLite file.
#[derive(Clone)]
pub struct SqliteStore {
    shared: Arc<Shared>,
}

struct Shared {
    writer: Writer,
    readers: Readers,
    damage: Arc<DamageLog>,
}

impl SqliteStore {
    /// Opens the ledger in a data folder, makes or upgrades it where needed. One that is older than the mark beside it
    /// begins a new epoch.
    ///
    /// # Errors
    /// When the folder cannot be used, or the file is damaged or of a newer server; it is then left as it was.
    pub fn open(folder: &Path, options: &SqliteOptions, opener: &Opener) -> Result<Self, OpenError> {
        let path = folder.join(FILE_NAME);
        if options.opening == Opening::Existing && std::fs::metadata(&path).map_or(true, |file| file.len() == 0) {
            return Err(OpenError::Missing { path });
        }
        let io_error = |path: &Path| {
            let path = path.to_owned();
            |source| OpenError::Io { path, source }
        };
        make_private_folder(folder).map_err(io_error(folder))?;
        make_private_file(&path).map_err(io_error(&path))?;
        for side in SIDE_FILES {
            let path = folder.join(format!("{FILE_NAME}{side}"));
            if path.exists() {
                make_private_file(&path).map_err(io_error(&path))?;
            }
        }
        let mut file = MarkFile::open(folder);
        let connection = prepare(&path, options, opener, &mut file).map_err(|error| explain(&path, error))?;
        let writer = Writer::start(connection, opener.run, file)
            .map_err(|source| OpenError::Io { path: path.clone(), source })?;
        Ok(Self { shared: Arc::new(Shared { writer, readers: Readers::new(path), damage: Arc::default() }) })
    }

    /// Lets writes that are queued finish and closes the file, so that it can be copied or opened by others. Later
    /// calls of any clone answer [`StoreError::Closed`].
    pub async fn close(&self) {
        let shared = Arc::clone(&self.shared);
        let closing = tokio::task::spawn_blocking(move || {
            shared.readers.close();
            shared.writer.close();
        });
        // Only a panic while closing could be reported here; the file survives that as it survives a crash.
        let _ = closing.await;
    }

    async fn read<T, F>(&self, work: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Answer<T> + Send + 'static,
    {
        self.shared.readers.read(work).await
    }

    /// The same for readers of many things: they share some of the connections.
    async fn read_long<T, F>(&self, work: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Answer<T> + Send + 'static,
    {
        self.shared.readers.read_long(work).await
    }

    /// As [`read`](Self::read), and passes over what is damaged.
    async fn read_over<T, F>(&self, work: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection, &DamageLog) -> Answer<T> + Send + 'static,
    {
        let damage = Arc::clone(&self.shared.damage);
        self.read(move |db| work(db, &damage)).await
    }

    /// As [`read_long`](Self::read_long), and passes over what is damaged.
    async fn read_long_over<T, F>(&self, work: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection, &DamageLog) -> Answer<T> + Send + 'static,
    {
        let damage = Arc::clone(&self.shared.damage);
        self.read_long(move |db| work(db, &damage)).await
    }

    async fn write<T, F>(&self, work: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Answer<T> + Send + 'static,
    {
        self.shared.writer.write(work).await
    }
}

/// What can be said of a ledger's file without opening it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FileFacts {
    /// The file.
    pub path: PathBuf,
    /// Its size; `None` when it is not there.
    pub size_bytes: Option<u64>,
    /// The size of what was written and is not in it yet.
    pub log_bytes: u64,
    /// The schema its header names; `None` when there is no header.
    pub schema: Option<u32>,
    /// The newest schema that this server knows.
    pub newest_schema: u32,
    /// Free room on its disk; `None` where the system does not say.
    pub free_bytes: Option<u64>,
}

/// Looks at a ledger's file from outside.
#[must_use]
pub fn look_at_file(folder: &Path) -> FileFacts {
    let path = folder.join(FILE_NAME);
    let size_of = |path: &Path| std::fs::metadata(path).ok().map(|file| file.len());
    FileFacts {
        size_bytes: size_of(&path),
        log_bytes: size_of(&folder.join(format!("{FILE_NAME}-wal"))).unwrap_or(0),
        schema: schema::read_header(&path),
        newest_schema: schema::NEWEST,
        free_bytes: find_free_bytes(folder),
        path,
    }
}

/// Why a file could not be prepared.
enum Unready {
    Newer(u32),
    Empty,
    Sqlite(rusqlite::Error),
    Store(StoreError),
}

impl From<rusqlite::Error> for Unready {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn prepare(path: &Path, options: &SqliteOptions, opener: &Opener, file: &mut MarkFile) -> Result<Connection, Unready> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(128);
    let found = schema::read_version(&connection)?;
    if found > schema::NEWEST {
        return Err(Unready::Newer(found));
    }
    if found == 0 && options.opening == Opening::Existing {
        return Err(Unready::Empty);
    }
    // Makes SQLite compare the file's length with its header: one that was cut shows here, not at the first request.
    connection.query_row("SELECT COUNT(*) AS count FROM sqlite_schema", [], |row| row.get::<_, i64>("count"))?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    schema::upgrade(&mut connection)?;
    tally::watch(&connection)?;
    // Read before the ledger: what is committed meanwhile is in the ledger first.
    let kept = file.read();
    let meeting = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    mark::meet_file(&meeting, opener, kept)?;
    meeting.commit()?;
    if let Some(pages) = options.max_pages {
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    Ok(connection)
}

impl From<StoreError> for Unready {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn explain(path: &Path, error: Unready) -> OpenError {
    let path: PathBuf = path.to_owned();
    match error {
        Unready::Empty => OpenError::Missing { path },
        Unready::Newer(found) => OpenError::Newer { path, found, known: schema::NEWEST },
        Unready::Store(source) => OpenError::Other { path, source: Box::new(source) },
        Unready::Sqlite(source) => match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                OpenError::Damaged { path, source: Box::new(source) }
            }
            _ => OpenError::Other { path, source: Box::new(source) },
        },
    }
}

impl Store for SqliteStore {
    async fn read_epoch(&self) -> Answer<Epoch> {
        self.read(mark::read_epoch).await
    }

    async fn read_mark(&self) -> Answer<Option<Mark>> {
        self.read(mark::read_mark).await
    }

    async fn judge_shown(&self, shown: Shown, now: UnixMillis) -> Answer<Judgement> {
        self.read(move |db| mark::judge(db, &shown, now)).await
    }

    async fn renew_epoch(&self, renewal: Renewal) -> Answer<Epoch> {
        self.write(move |db| mark::renew(db, &renewal)).await
    }

    async fn read_secret(&self) -> Answer<[u8; 32]> {
        self.read(mark::read_secret).await
    }

    async fn list_renewals(&self) -> Answer<Vec<Life>> {
        self.read(mark::list_renewals).await
    }

    async fn put_tel(&self, account: AccountId, tel: String) -> Answer<()> {
        self.write(move |db| accounts::put_tel(db, account, &tel)).await
    }

    async fn list_tels(&self, accounts: BTreeSet<AccountId>) -> Answer<BTreeMap<AccountId, String>> {
        self.read(move |db| accounts::list_tels(db, &accounts)).await
    }

    async fn put_account(&self, account: Account, now: UnixMillis) -> Answer<()> {
        self.write(move |db| accounts::put_account(db, &account, now)).await
    }

    async fn list_accounts(&self) -> Answer<Vec<Account>> {
        self.read_long_over(accounts::list_accounts).await
    }

    async fn add_enrol_code(&self, code: EnrolCode) -> Answer<()> {
        self.write(move |db| accounts::add_enrol_code(db, &code)).await
    }

    async fn drop_enrol_codes(&self, account: AccountId) -> Answer<usize> {
        self.write(move |db| accounts::drop_enrol_codes(db, account)).await
    }

    async fn enrol(&self, enrolment: Enrolment) -> Answer<EnrolOutcome> {
        let code = enrolment.code;
        if !self.read(move |db| accounts::is_code_known(db, code)).await? {
            return Ok(EnrolOutcome::Unknown);
        }
        self.write(move |db| accounts::enrol(db, &enrolment)).await
    }

    async fn note_token_used(&self, device: DeviceId) -> Answer<()> {
        self.write(move |db| accounts::note_token_used(db, device)).await
    }

    async fn find_session(&self, token: SecretHash) -> Answer<Option<Session>> {
        self.read_over(move |db, damage| accounts::find_session(db, token, damage)).await
    }

    async fn bind_installation(
        &self,
        device: DeviceId,
        installation: InstallationId,
        now: UnixMillis,
    ) -> Answer<Binding> {
        let known = self.read(move |db| accounts::find_binding(db, device, installation)).await?;
        match known {
            Some(binding) => Ok(binding),
            None => self.write(move |db| accounts::bind_installation(db, device, installation, now)).await,
        }
    }

    async fn list_devices(&self, account: AccountId) -> Answer<Vec<DeviceRow>> {
        self.read_over(move |db, damage| accounts::list_devices(db, account, damage)).await
    }

    async fn revoke_devices(&self, account: AccountId, device: Option<DeviceId>, now: UnixMillis) -> Answer<usize> {
        self.write(move |db| accounts::revoke_devices(db, account, device, now)).await
    }

    async fn find_known(&self, changes: Vec<(RecordId, ChangeHash)>) -> Answer<BTreeSet<ChangeHash>> {
        self.read_over(move |db, damage| ledger::find_known(db, &changes, damage)).await
    }

    async fn read_bases(&self, queries: Vec<BaseQuery>) -> Answer<Vec<Base>> {
        self.read_over(move |db, damage| queries.iter().map(|query| ledger::read_base(db, query, damage)).collect())
            .await
    }

    async fn commit(&self, batch: Batch) -> Answer<Vec<Committed>> {
        let damage = Arc::clone(&self.shared.damage);
        self.write(move |db| ledger::commit(db, &batch, &damage)).await
    }

    async fn read_pages(&self, query: PageQuery) -> Answer<Vec<Page>> {
        self.read_long_over(move |db, damage| pages::read_pages(db, &query, damage)).await
    }

    async fn read_positions(&self, collections: BTreeSet<Collection>) -> Answer<BTreeMap<Collection, u64>> {
        self.read_over(move |db, damage| streams::read_positions(db, &collections, damage)).await
    }

    async fn list_heads(&self, collection: Collection) -> Answer<HeadsList> {
        self.read_long_over(move |db, damage| pages::list_heads(db, &collection, damage)).await
    }

    async fn read_snapshots(
        &self,
        documents: Vec<RecordId>,
        allowed: Vec<Collection>,
        limit_bytes: usize,
    ) -> Answer<Vec<Item>> {
        self.read_long_over(move |db, damage| pages::read_snapshots(db, &documents, &allowed, limit_bytes, damage))
            .await
    }

    async fn put_reference(&self, values: Vec<ReferenceValue>) -> Answer<usize> {
        self.write(move |db| {
            let mut changed = 0;
            for value in &values {
                changed += usize::from(office::put_reference(db, value)?);
            }
            Ok(changed)
        })
        .await
    }

    async fn seed_reference(&self, values: Vec<ReferenceValue>) -> Answer<usize> {
        self.write(move |db| {
            let mut seeded = 0;
            for value in &values {
                seeded += usize::from(office::seed_reference(db, value)?);
            }
            Ok(seeded)
        })
        .await
    }

    async fn list_reference(&self) -> Answer<Vec<PublishedValue>> {
        self.read_long_over(office::list_reference).await
    }

    async fn put_buildings(&self, buildings: Vec<Building>) -> Answer<()> {
        self.write(move |db| buildings.iter().try_for_each(|building| office::put_building(db, building))).await
    }

    async fn list_buildings(&self) -> Answer<ReadRows<Building>> {
        self.read_long_over(office::list_buildings).await
    }

    async fn list_grids(&self) -> Answer<BTreeSet<GridCode>> {
        self.read_long_over(office::list_grids).await
    }

    async fn list_roster_bases(&self, communities: BTreeSet<AreaCode>) -> Answer<ReadRows<RosterBase>> {
        self.read_long_over(move |db, damage| office::list_roster_bases(db, &communities, damage)).await
    }

    async fn list_home_records(&self, communities: BTreeSet<AreaCode>) -> Answer<ReadRows<HomeRecord>> {
        self.read_long_over(move |db, damage| ledger::list_home_records(db, &communities, damage)).await
    }

    async fn list_children(&self) -> Answer<BTreeMap<RecordId, Vec<(RecordId, Kind)>>> {
        self.read_long_over(ledger::list_children).await
    }

    async fn list_withdrawn(&self) -> Answer<BTreeSet<RecordId>> {
        self.read_long_over(withdrawals::list_withdrawn).await
    }

    async fn begin_import(&self, at: UnixMillis, files: Vec<String>) -> Answer<u64> {
        self.write(move |db| imports::begin(db, at, &files)).await
    }

    async fn end_import(&self, number: u64, at: UnixMillis) -> Answer<()> {
        self.write(move |db| imports::end(db, number, at)).await
    }

    async fn end_undo(&self, number: u64, at: UnixMillis) -> Answer<()> {
        self.write(move |db| imports::end_undo(db, number, at)).await
    }

    async fn list_imports(&self) -> Answer<Vec<ImportRun>> {
        self.read_long_over(imports::list).await
    }

    async fn list_imported_homes(&self, number: u64) -> Answer<ReadRows<ImportedHome>> {
        self.read_long_over(move |db, damage| imports::list_homes(db, number, damage)).await
    }

    async fn add_own_installation(&self, fresh: InstallationId) -> Answer<()> {
        self.write(move |db| accounts::add_own_installation(db, fresh)).await
    }

    async fn read_reference(&self, keys: Vec<String>) -> Answer<BTreeMap<String, String>> {
        self.read_over(move |db, damage| desk::read_reference(db, &keys, damage)).await
    }

    async fn claim_serials(&self, area: String, day: LocalDate, count: u32) -> Answer<u32> {
        self.write(move |db| desk::claim_serials(db, &area, day, count)).await
    }

    async fn raise_serial(&self, area: String, day: LocalDate, serial: u32) -> Answer<u32> {
        self.write(move |db| desk::raise_serial(db, &area, day, serial)).await
    }

    async fn list_waking(&self, now: UnixMillis, limit: usize) -> Answer<Vec<RecordId>> {
        self.read_over(move |db, damage| desk::list_waking(db, now, limit, damage)).await
    }

    async fn put_wake(
        &self,
        document: RecordId,
        heads: Vec<ChangeHash>,
        wake_at: Option<UnixMillis>,
    ) -> Answer<Committed> {
        self.write(move |db| desk::put_wake_of(db, document, &heads, wake_at)).await
    }

    async fn postpone_wake(&self, document: RecordId, until: UnixMillis) -> Answer<()> {
        self.write(move |db| desk::postpone_wake(db, document, until)).await
    }

    async fn scan_documents(&self, after: Option<RecordId>, limit: usize) -> Answer<Scan> {
        self.read_long_over(move |db, damage| ledger::scan_documents(db, after, limit, damage)).await
    }

    async fn list_document_ids(&self) -> Answer<Vec<RecordId>> {
        self.read_long_over(ledger::list_document_ids).await
    }

    async fn list_changes(&self, document: RecordId) -> Answer<Vec<StoredChange>> {
        self.read(move |db| ledger::list_changes(db, document, 1)).await
    }

    async fn list_collections(&self, document: RecordId) -> Answer<BTreeSet<Collection>> {
        self.read(move |db| streams::list_present(db, document)).await
    }

    async fn find_damage(&self) -> Answer<Vec<Damage>> {
        self.read_long(|db| Ok(integrity::find_damage(db))).await
    }

    fn list_met_damage(&self) -> Vec<Damage> {
        self.shared.damage.list()
    }

    fn note_damage(&self, code: &'static str, subject: String, error: &StoreError) {
        self.shared.damage.note(code, subject, error);
    }

    async fn append_audit(&self, at: UnixMillis, act: &'static str, subject: String) -> Answer<()> {
        self.write(move |db| integrity::append_audit(db, at, act, &subject)).await
    }

    async fn probe_writer(&self, now: UnixMillis) -> Answer<()> {
        self.write(move |db| probe::write_probe(db, now)).await
    }

    async fn list_held(&self) -> Answer<Vec<HeldChange>> {
        self.read_long_over(aside::list_held).await
    }

    async fn find_fates(&self, account: AccountId, changes: Vec<(RecordId, ChangeHash)>) -> Answer<Vec<Fate>> {
        self.read_over(move |db, damage| aside::find_fates(db, account, &changes, damage)).await
    }

    async fn reject_held(&self, document: RecordId, reason: String) -> Answer<usize> {
        self.write(move |db| aside::reject_held(db, document, &reason)).await
    }

    async fn count_totals(&self) -> Answer<Totals> {
        self.read(tally::count_totals).await
    }
}
