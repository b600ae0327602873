//! The district's ledger behind one trait.
//!
//! Why a trait: an embedded SQLite file serves an office, PostgreSQL a district that outgrew one machine. Both must
//! pass the suite in `store::suite`. The trait is narrow and speaks of what the server does (enrol, commit a batch, read pages), never
//! of rows, and every method that writes is one transaction. Business rules are not in here: what may be written was
//! decided by `ingest`, where a document belongs by `placement`.
//!
//! Two promises every implementation keeps:
//! - **Positions**: a stream's counter is held by the transaction that appends to it until it commits. A reader that
//!   has seen position `n` has seen everything up to `n`.
//! - **Moved**: [`Store::commit`] stores an admission only if the document still has the heads it was judged
//!   against; otherwise it answers [`Committed::Moved`] and stores nothing of it.
//!
//! And one about damage: a row that cannot be read costs what it holds, never what is read beside it. It is passed over,
//! logged and counted ([`Store::list_met_damage`]); a page with such a hole says so ([`Page::has_gaps`]).

use std::future::Future;

use domain::{
    Account, AccountId, AreaCode, ChangeHash, Collection, GridCode, InstallationId, Kind, LocalDate, RecordId,
    UnixMillis,
};
use std::collections::{BTreeMap, BTreeSet};
use sync::wire::{Epoch, HeadsList, Item, Mark, Page};

mod cursor;
mod error;
mod imports;
mod promise;
pub mod sqlite;
#[cfg(test)]
mod suite;
mod values;

pub use error::{OpenError, StoreError};
pub use imports::{ImportPart, ImportRun, ImportedBase, ImportedHome, ImportedRecord, RestoredRecord};
pub use promise::{BrokenPromise, Claimant, Judgement, Life, Renewal, Shown};
pub use values::{
    Admission, Aside, AsideState, Base, BaseQuery, Batch, Binding, Building, Committed, Damage, DeviceId, DeviceRow,
    EnrolCode, EnrolOutcome, Enrolment, Fate, Grouping, HeldChange, HomeRecord, PageQuery, PublishedValue, ReadRows,
    ReferenceValue, RosterBase, Scan, SecretHash, Session, StoredChange, StoredDocument, TokenUse, Totals, Trust,
    Withdrawal,
};

/// Answer of a store.
pub type Answer<T> = Result<T, StoreError>;

/// A ledger. Cheap to clone; all clones are the same ledger.
pub trait Store: Clone + Send + Sync + 'static {
    /// The life of the data.
    fn read_epoch(&self) -> impl Future<Output = Answer<Epoch>> + Send;

    /// How far the data has come, to be read after what it is to cover; `None` before the first commit.
    fn read_mark(&self) -> impl Future<Output = Answer<Option<Mark>>> + Send;

    /// Whether what a device shows fits what is in here, and the life of the data.
    fn judge_shown(&self, shown: Shown, now: UnixMillis) -> impl Future<Output = Answer<Judgement>> + Send;

    /// Begins a new life of the data, unless somebody else just did; answers the one that holds. Weak evidence
    /// ([`BrokenPromise::is_weak`]) is kept until a device of another account shows some within a day.
    fn renew_epoch(&self, renewal: Renewal) -> impl Future<Output = Answer<Epoch>> + Send;

    /// A secret of this ledger, the same in all its copies.
    fn read_secret(&self) -> impl Future<Output = Answer<[u8; 32]>> + Send;

    /// Every time that the data was found older than what was promised, oldest first.
    fn list_renewals(&self) -> impl Future<Output = Answer<Vec<Life>>> + Send;

    /// Adds an account or replaces its name, role and scope; places it loses are remembered.
    fn put_account(&self, account: Account, now: UnixMillis) -> impl Future<Output = Answer<()>> + Send;

    /// Notes the telephone number of the person of an account; empty: none.
    fn put_tel(&self, account: AccountId, tel: String) -> impl Future<Output = Answer<()>> + Send;

    /// The numbers of these accounts, of those that have one.
    fn list_tels(
        &self,
        accounts: BTreeSet<AccountId>,
    ) -> impl Future<Output = Answer<BTreeMap<AccountId, String>>> + Send;

    /// Every account, by id.
    fn list_accounts(&self) -> impl Future<Output = Answer<Vec<Account>>> + Send;

    /// Keeps a fresh enrolment code.
    fn add_enrol_code(&self, code: EnrolCode) -> impl Future<Output = Answer<()>> + Send;

    /// Takes back the codes of an account that were not used; answers how many.
    fn drop_enrol_codes(&self, account: AccountId) -> impl Future<Output = Answer<usize>> + Send;

    /// Uses up a code and binds the device, or says why not. Unknown codes cost a read only.
    fn enrol(&self, enrolment: Enrolment) -> impl Future<Output = Answer<EnrolOutcome>> + Send;

    /// Who is behind a token; `None` for a token that was never given out.
    fn find_session(&self, token: SecretHash) -> impl Future<Output = Answer<Option<Session>>> + Send;

    /// A device has shown its token: from now on its code gives no other ([`Session::token_use`]).
    fn note_token_used(&self, device: DeviceId) -> impl Future<Output = Answer<()>> + Send;

    /// Claims an installation for a device.
    fn bind_installation(
        &self,
        device: DeviceId,
        installation: InstallationId,
        now: UnixMillis,
    ) -> impl Future<Output = Answer<Binding>> + Send;

    /// The devices of an account, oldest first.
    fn list_devices(&self, account: AccountId) -> impl Future<Output = Answer<Vec<DeviceRow>>> + Send;

    /// Takes trust from one device of an account, or from all of them; answers how many lost it.
    fn revoke_devices(
        &self,
        account: AccountId,
        device: Option<DeviceId>,
        now: UnixMillis,
    ) -> impl Future<Output = Answer<usize>> + Send;

    /// Which of these changes are stored under these documents. Asked first: a replay ends here.
    fn find_known(
        &self,
        changes: Vec<(RecordId, ChangeHash)>,
    ) -> impl Future<Output = Answer<BTreeSet<ChangeHash>>> + Send;

    /// What has to be known to judge changes, one answer per query, in order, all from one moment.
    fn read_bases(&self, queries: Vec<BaseQuery>) -> impl Future<Output = Answer<Vec<Base>>> + Send;

    /// Writes a batch in one transaction; one answer per admission, in order.
    fn commit(&self, batch: Batch) -> impl Future<Output = Answer<Vec<Committed>>> + Send;

    /// Reads pages, all from one moment, at least one item if there is any.
    fn read_pages(&self, query: PageQuery) -> impl Future<Output = Answer<Vec<Page>>> + Send;

    /// The last positions of these streams; one that nothing was ever appended to is not among them. Asked about once
    /// a second while devices listen, for all their streams together.
    fn read_positions(
        &self,
        collections: BTreeSet<Collection>,
    ) -> impl Future<Output = Answer<BTreeMap<Collection, u64>>> + Send;

    /// Heads of every document present in a stream, by id.
    fn list_heads(&self, collection: Collection) -> impl Future<Output = Answer<HeadsList>> + Send;

    /// What a device has to know of documents that it asks for: a snapshot of one that stands in one of these streams, a
    /// farewell from one that does not, and that one is not known. Up to about `limit_bytes`.
    fn read_snapshots(
        &self,
        documents: Vec<RecordId>,
        allowed: Vec<Collection>,
        limit_bytes: usize,
    ) -> impl Future<Output = Answer<Vec<Item>>> + Send;

    /// Puts values of reference data; equal ones are left alone. Answers how many changed.
    fn put_reference(&self, values: Vec<ReferenceValue>) -> impl Future<Output = Answer<usize>> + Send;

    /// Puts values of reference data whose keys are not there yet; the others are left alone. Answers how many were put.
    fn seed_reference(&self, values: Vec<ReferenceValue>) -> impl Future<Output = Answer<usize>> + Send;

    /// Every value of reference data, by key.
    fn list_reference(&self) -> impl Future<Output = Answer<Vec<PublishedValue>>> + Send;

    /// Keeps the codes of buildings; known ones are left alone. A code never changes hands.
    fn put_buildings(&self, buildings: Vec<Building>) -> impl Future<Output = Answer<()>> + Send;

    /// Every building that can be read, by code. One of which only the names are damaged is among them: its code is given
    /// out.
    fn list_buildings(&self) -> impl Future<Output = Answer<ReadRows<Building>>> + Send;

    /// Every grid that a document or a building names.
    fn list_grids(&self) -> impl Future<Output = Answer<BTreeSet<GridCode>>> + Send;

    /// What the office's last imports said about the households of these communities, by grid and row key.
    fn list_roster_bases(
        &self,
        communities: BTreeSet<AreaCode>,
    ) -> impl Future<Output = Answer<ReadRows<RosterBase>>> + Send;

    /// The cards and particulars of these communities as the ledger has them, by grid and id, without those that were
    /// withdrawn.
    fn list_home_records(
        &self,
        communities: BTreeSet<AreaCode>,
    ) -> impl Future<Output = Answer<ReadRows<HomeRecord>>> + Send;

    /// What hangs on which card: visits, incidents and particulars by the id of their household.
    fn list_children(&self) -> impl Future<Output = Answer<BTreeMap<RecordId, Vec<(RecordId, Kind)>>>> + Send;

    /// Every record that was withdrawn.
    fn list_withdrawn(&self) -> impl Future<Output = Answer<BTreeSet<RecordId>>> + Send;

    /// Begins an import; answers its number.
    fn begin_import(&self, at: UnixMillis, files: Vec<String>) -> impl Future<Output = Answer<u64>> + Send;

    /// Notes that an import has ended (`ImportRun::ended_at`).
    fn end_import(&self, number: u64, at: UnixMillis) -> impl Future<Output = Answer<()>> + Send;

    /// Notes that an import was taken back, as far as that goes.
    fn end_undo(&self, number: u64, at: UnixMillis) -> impl Future<Output = Answer<()>> + Send;

    /// Every import, by number.
    fn list_imports(&self) -> impl Future<Output = Answer<Vec<ImportRun>>> + Send;

    /// What an import wrote, home by home.
    fn list_imported_homes(&self, number: u64) -> impl Future<Output = Answer<ReadRows<ImportedHome>>> + Send;

    /// Keeps an installation under which the server itself is about to write, so that no device speaks with its voice.
    /// It is one process's, for an older copy of the ledger must not give out its numbers again.
    fn add_own_installation(&self, fresh: InstallationId) -> impl Future<Output = Answer<()>> + Send;

    /// Goes on behind this serial of an area's day: a device has one that is not known here. A device that lies must
    /// not use up the numbers, so that only some are passed over. Answers the last serial.
    fn raise_serial(&self, area: String, day: LocalDate, serial: u32) -> impl Future<Output = Answer<u32>> + Send;

    /// Values of reference data by key, of those that are there. Asked every few seconds while incidents arrive.
    fn read_reference(&self, keys: Vec<String>) -> impl Future<Output = Answer<BTreeMap<String, String>>> + Send;

    /// Takes `count` numbers in a row of an area's day and answers the first; no two calls get the same. Numbers that
    /// are not used are lost.
    fn claim_serials(&self, area: String, day: LocalDate, count: u32) -> impl Future<Output = Answer<u32>> + Send;

    /// Documents whose [`Admission::wake_at`] has come, the longest due first, at most `limit`.
    fn list_waking(&self, now: UnixMillis, limit: usize) -> impl Future<Output = Answer<Vec<RecordId>>> + Send;

    /// Sets when to look at a document again, without a change to it; nothing happens if it has other heads by now.
    fn put_wake(
        &self,
        document: RecordId,
        heads: Vec<ChangeHash>,
        wake_at: Option<UnixMillis>,
    ) -> impl Future<Output = Answer<Committed>> + Send;

    /// Looks at a document not before `until`, if it is to be looked at at all: something is wrong with it.
    fn postpone_wake(&self, document: RecordId, until: UnixMillis) -> impl Future<Output = Answer<()>> + Send;

    /// Documents after an id, by id, at most `limit` looked at.
    fn scan_documents(&self, after: Option<RecordId>, limit: usize) -> impl Future<Output = Answer<Scan>> + Send;

    /// The changes of a document in order of taking in.
    fn list_changes(&self, document: RecordId) -> impl Future<Output = Answer<Vec<StoredChange>>> + Send;

    /// The streams in which a document stands.
    fn list_collections(&self, document: RecordId) -> impl Future<Output = Answer<BTreeSet<Collection>>> + Send;

    /// The ids of all documents, ascending, of everything that names one; no damage keeps the others from being listed.
    fn list_document_ids(&self) -> impl Future<Output = Answer<Vec<RecordId>>> + Send;

    /// Re-reads what only the store can judge: the file, its schema, every row by itself, positions, digests, counts, the
    /// audit's seals. Goes on after any damage.
    fn find_damage(&self) -> impl Future<Output = Answer<Vec<Damage>>> + Send;

    /// What reads have met and passed over since the store was opened, each once; the first thousands of it.
    fn list_met_damage(&self) -> Vec<Damage>;

    /// Adds to what was met: something that could not be written where it belongs. `subject` holds ids and codes only.
    fn note_damage(&self, code: &'static str, subject: String, error: &StoreError);

    /// Appends an administrative act. `subject` holds ids and codes only.
    fn append_audit(
        &self,
        at: UnixMillis,
        act: &'static str,
        subject: String,
    ) -> impl Future<Output = Answer<()>> + Send;

    /// Writes and commits some 64 KiB in place of what it wrote last: whether a push would be stored. `now` is kept with
    /// it.
    fn probe_writer(&self, now: UnixMillis) -> impl Future<Output = Answer<()>> + Send;

    /// Every change that is held for the office, by document and arrival.
    fn list_held(&self) -> impl Future<Output = Answer<Vec<HeldChange>>> + Send;

    /// What became of changes of this account, one answer per change, in order. One that cannot be read counts as held.
    fn find_fates(
        &self,
        account: AccountId,
        changes: Vec<(RecordId, ChangeHash)>,
    ) -> impl Future<Output = Answer<Vec<Fate>>> + Send;

    /// Refuses for good what is held of a document, with the office's reason; the bytes are kept. Answers how many
    /// changes.
    fn reject_held(&self, document: RecordId, reason: String) -> impl Future<Output = Answer<usize>> + Send;

    /// Counts for the metrics page.
    fn count_totals(&self) -> impl Future<Output = Answer<Totals>> + Send;
}
