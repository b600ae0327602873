//! What goes into a store and comes out of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::account::Scope;
use domain::{Account, AccountId, ChangeHash, Collection, GridCode, InstallationId, Kind, RecordId, UnixMillis};
use sync::wire::{Cursor, Mark, RefusalCode};
use uuid::Uuid;

use super::imports::ImportPart;

/// SHA-256 of a secret: what is kept of a token or an enrolment code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretHash(pub [u8; 32]);

/// One enrolled app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(pub Uuid);

/// Who is behind a token.
#[derive(Debug, Clone)]
pub struct Session {
    /// The device.
    pub device: DeviceId,
    /// Its account, with today's rights.
    pub account: Account,
    /// Every grid and building where the account could ever act, today's included; of towns, communities and
    /// organisations the one before today's.
    pub past: Scope,
    /// Whether the token still counts.
    pub trust: Trust,
    /// Whether the device has shown that it has the token.
    pub token_use: TokenUse,
}

/// Whether a token was ever used. One that was not may be made anew by the code it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenUse {
    /// Not yet.
    Unused,
    /// At least once.
    Used,
}

/// Whether a device is still trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It is.
    Trusted,
    /// Its token was revoked.
    Revoked,
}

/// A device as the administrator sees it.
#[derive(Debug, Clone)]
pub struct DeviceRow {
    /// The device.
    pub id: DeviceId,
    /// What the app calls its system.
    pub platform: String,
    /// When it was enrolled.
    pub enrolled_at: UnixMillis,
    /// Whether its token still counts.
    pub trust: Trust,
}

/// A fresh enrolment code.
#[derive(Debug, Clone, Copy)]
pub struct EnrolCode {
    /// Hash of the code.
    pub code: SecretHash,
    /// Whose device it makes.
    pub account: AccountId,
    /// Until when.
    pub expires_at: UnixMillis,
}

/// A device that shows a code.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// Hash of the code.
    pub code: SecretHash,
    /// The device's new id.
    pub device: DeviceId,
    /// Hash of its new token.
    pub token: SecretHash,
    /// The installation that will write.
    pub installation: InstallationId,
    /// What the app calls its system.
    pub platform: String,
    /// Whose device it was, as it says.
    pub former: Option<AccountId>,
    /// The newest mark that the device kept.
    pub mark: Option<Mark>,
    /// The server's clock.
    pub now: UnixMillis,
    /// How long after its use the code gives the same installation a fresh token, as long as the first was not used.
    pub renewal: Duration,
}

/// What became of an enrolment.
#[derive(Debug, Clone)]
pub enum EnrolOutcome {
    /// The device is bound; the code is used up.
    Bound(Account),
    /// The code was used by the same installation a moment ago and its token never: the device has a fresh one, the
    /// former does not count any more.
    Renewed(Account),
    /// No such code.
    Unknown,
    /// A genuine code, too old.
    Expired,
    /// A genuine code, used before.
    Used,
    /// The installation belongs to another device: the app has to take a new one.
    InstallationTaken,
}

/// To whom an installation belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// To the device that asks, from now on or before.
    Own,
    /// To another device: the asking one is a copy of it.
    Foreign,
}

/// A document as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its id.
    pub id: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Its grid.
    pub grid: GridCode,
    /// The household it belongs to.
    pub parent: Option<RecordId>,
    /// Its heads, ascending.
    pub heads: Vec<ChangeHash>,
    /// The whole history.
    pub snapshot: Vec<u8>,
    /// How many changes it has.
    pub change_count: u64,
    /// The record as JSON.
    pub projection: String,
}

/// One look at documents in order of their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// Those that can be read.
    pub documents: Vec<StoredDocument>,
    /// The last id that was looked at; `None` at the end.
    pub last: Option<RecordId>,
    /// How many cannot be read.
    pub unreadable: usize,
}

/// One stored change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredChange {
    /// Its name.
    pub hash: ChangeHash,
    /// Who wrote it: the installation.
    pub actor: InstallationId,
    /// The actor's count within the document.
    pub seq: u64,
    /// Who wrote it: the account.
    pub account: AccountId,
    /// As it came.
    pub bytes: Vec<u8>,
}

/// What has to be known to judge changes of one document.
#[derive(Debug, Clone)]
pub struct BaseQuery {
    /// The document.
    pub document: RecordId,
    /// Who writes.
    pub installation: InstallationId,
    /// The changes that are offered and those they build on.
    pub hashes: Vec<ChangeHash>,
}

/// What is known of one document.
#[derive(Debug, Clone, Default)]
pub struct Base {
    /// The document, if it exists.
    pub stored: Option<StoredDocument>,
    /// Which of the hashes asked for it has.
    pub known: BTreeSet<ChangeHash>,
    /// Which of the hashes asked for are kept for the office, and why.
    pub held: BTreeMap<ChangeHash, RefusalCode>,
    /// The installation's last sequence number in this document; 0 when it has not written there.
    pub last_seq: u64,
    /// What is stored of it cannot be read: nothing else here counts, and nothing can be judged against it.
    pub is_damaged: bool,
}

/// Changes of one document that were judged fit, with what the document becomes.
#[derive(Debug, Clone)]
pub struct Admission {
    /// What the document becomes; `change_count` is ignored.
    pub after: StoredDocument,
    /// The heads against which the changes were judged; empty for a new document.
    pub base: Vec<ChangeHash>,
    /// The changes, each after those it builds on; none for a record that only joins or leaves streams.
    pub changes: Vec<StoredChange>,
    /// Every stream in which the document stands from now on.
    pub collections: BTreeSet<Collection>,
    /// When the server has to look at it again ([`Store::list_waking`](super::Store::list_waking)); `None`: never, by
    /// itself.
    pub wake_at: Option<UnixMillis>,
}

/// What the office's last import said about a household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterBase {
    /// The grid of the import.
    pub grid: GridCode,
    /// How the household is recognised again.
    pub row_key: String,
    /// Its records as JSON, as the office last gave them.
    pub imported: String,
}

/// What was read of a table that the office wrote, and how much of it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRows<T> {
    /// The rows that can be read.
    pub rows: Vec<T>,
    /// How many cannot.
    pub unreadable: usize,
}

/// A household's card or particulars as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeRecord {
    /// Its id.
    pub id: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// The record as JSON.
    pub projection: String,
}

/// A record that leaves every stream and stays in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// The record.
    pub document: RecordId,
    /// The card of its home.
    pub household: RecordId,
    /// Its heads: with others nothing of the batch is stored.
    pub heads: Vec<ChangeHash>,
}

/// What becomes of a change that is not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsideState {
    /// Refused: the device knows.
    Refused,
    /// Kept for the office to decide.
    Held,
}

/// A change that is not taken in.
#[derive(Debug, Clone)]
pub struct Aside {
    /// Refused or held.
    pub state: AsideState,
    /// Why.
    pub code: RefusalCode,
    /// The field or limit concerned.
    pub detail: String,
    /// Whose it is.
    pub account: AccountId,
    /// Which installation sent it.
    pub installation: InstallationId,
    /// The document it claims.
    pub document: RecordId,
    /// Its hash, or the SHA-256 of bytes that are no change.
    pub hash: ChangeHash,
    /// As it came.
    pub bytes: Vec<u8>,
}

/// What became of a change that its author takes to be held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is in the ledger.
    Stored,
    /// It waits for the office.
    Held,
    /// It was not taken in.
    Refused {
        /// Why.
        code: RefusalCode,
        /// The field concerned, or what the office said.
        detail: String,
    },
    /// Neither stored nor kept.
    Absent,
}

/// A change that is held for the office.
#[derive(Debug, Clone)]
pub struct HeldChange {
    /// Why.
    pub code: RefusalCode,
    /// Who wrote it, with today's rights.
    pub author: Account,
    /// Every place the author could ever act.
    pub past: Scope,
    /// Which installation sent it.
    pub installation: InstallationId,
    /// The document it claims.
    pub document: RecordId,
    /// Its hash.
    pub hash: ChangeHash,
    /// When it arrived first.
    pub first_at: UnixMillis,
    /// As it came.
    pub bytes: Option<Vec<u8>>,
}

/// What happens to a batch of which one document has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Grouping {
    /// The others are stored; so they are when one meets damage.
    #[default]
    Each,
    /// Nothing is stored; one that meets damage fails the batch.
    Together,
}

/// All that one request writes.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Whether the admissions stand or fall together.
    pub grouping: Grouping,
    /// Set by the office's import: kept when every admission was stored.
    pub roster: Vec<RosterBase>,
    /// Rows that are no longer what the office said, by grid and key; deleted before the others are kept.
    pub dropped_roster: Vec<(GridCode, String)>,
    /// Records that leave every stream.
    pub withdrawals: Vec<Withdrawal>,
    /// What of this belongs to which import.
    pub import: Option<ImportPart>,
    /// The server's clock.
    pub received_at: UnixMillis,
    /// Changes that were judged fit.
    pub admissions: Vec<Admission>,
    /// Changes that are not taken in.
    pub aside: Vec<Aside>,
}

/// What became of an admission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// Stored.
    Stored,
    /// The document is not what the changes were judged against any more: judge again.
    Moved,
    /// Something that has to be written with it is damaged: nothing of it is stored.
    Damaged,
}

/// What a device wants to read.
#[derive(Debug, Clone)]
pub struct PageQuery {
    /// Streams the account may read, in the order in which they should be filled.
    pub cursors: Vec<Cursor>,
    /// Changes of this installation are left out.
    pub installation: InstallationId,
    /// About how many bytes of items, over all pages.
    pub limit_bytes: usize,
    /// Grids whose reference data the device gets, besides everybody's.
    pub grids: BTreeSet<GridCode>,
}

/// A value of reference data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceValue {
    /// E.g. `buildings/990102003007021`.
    pub key: String,
    /// Grid whose people need it; `None` for everybody.
    pub unit: Option<GridCode>,
    /// The value as JSON text.
    pub value: String,
}

/// A value of reference data as it was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedValue {
    /// From 1; one more with every change.
    pub version: u64,
    /// Key, unit and value.
    pub reference: ReferenceValue,
}

/// A building as the office's lists name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Building {
    /// Its code.
    pub code: domain::BuildingCode,
    /// Compound or street in the form in which lists are compared; may be empty.
    pub compound_key: String,
    /// Building in the form in which lists are compared; may be empty.
    pub name_key: String,
    /// Compound or street as first written.
    pub compound: String,
    /// Building as first written, e.g. `1栋`.
    pub name: String,
}

/// Something wrong in the store, found by re-reading it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Damage {
    /// What is wrong: `change_hash`, `document_heads`, `positions`, `digest`, …; of a row that cannot be read, its table.
    pub code: &'static str,
    /// Where: ids and codes only.
    pub subject: String,
}

/// Counts for the metrics page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    /// Documents.
    pub documents: u64,
    /// Changes.
    pub changes: u64,
    /// Changes refused.
    pub refused: u64,
    /// Changes held for the office.
    pub held: u64,
    /// Devices that are trusted.
    pub devices: u64,
}
