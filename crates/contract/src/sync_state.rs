//! Honest states: what is only on this phone, what the server has, what it did not accept and why.

use domain::{Kind, UnixMillis};
use serde::{Deserialize, Serialize};

/// Where one record stands. `Confirmed` means the server said so about every change of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RecordState {
    /// Written here, not sent or not answered yet.
    Queued,
    /// The server has it.
    Confirmed,
    /// The server did not accept a change of it; the text is still here.
    Refused {
        /// The refusal's code as on the wire, e.g. `not_allowed`; worded under `refused-<code>`.
        code: String,
        /// The field concerned, if one.
        detail: String,
    },
    /// The server keeps it aside for the office to decide.
    Held {
        /// Why, as on the wire.
        code: String,
    },
    /// It could not be sent as it is and was set aside so that the rest could go.
    SetAside {
        /// Why, e.g. `too_large`.
        code: String,
    },
}

/// The network as the last attempt found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkState {
    /// Not tried yet since the start.
    Unknown,
    /// A round is under way.
    Syncing,
    /// The last round reached the server.
    Online,
    /// The last round did not reach it, or the line to it is lost.
    Offline,
    /// The server has withdrawn this device's right: nothing goes up or comes down until it is enrolled again.
    Revoked,
    /// The server does not know this device: a new code helps, or the server finds its data again.
    Stranger,
}

impl NetworkState {
    /// Whether nothing moves before this device is enrolled again, or the server finds its data again.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Revoked | Self::Stranger)
    }

    /// Whether what is written may leave soon, as far as one can tell.
    #[must_use]
    pub const fn can_send(self) -> bool {
        matches!(self, Self::Unknown | Self::Syncing | Self::Online)
    }
}

/// The sync chip in the header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncSummary {
    /// The network.
    pub network: NetworkState,
    /// Records with changes that the server has not answered yet.
    pub unsent: u64,
    /// Records with a change that was not accepted.
    pub refused: u64,
    /// All is sent, and the last round's digests matched: the words 与服务器一致 may be shown.
    pub verified: bool,
    /// A first download under way: documents here, documents there are.
    pub progress: Option<(u64, u64)>,
}

/// Asks for the sync page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetSync {}

/// Tries now, whatever the back-off says, and answers when the round is over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncNow {}

/// The sync page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncView {
    /// The chip.
    pub summary: SyncSummary,
    /// The last attempt.
    pub last: Option<LastSync>,
    /// When a matching digest was last seen.
    pub verified_at: Option<UnixMillis>,
    /// When the next attempt is planned.
    pub next_at: Option<UnixMillis>,
}

/// The last attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastSync {
    /// When it ended.
    pub at: UnixMillis,
    /// How.
    pub result: SyncResult,
    /// Records that went up.
    pub sent: u64,
    /// Documents that came down.
    pub received: u64,
}

/// How an attempt ended; worded under `sync-result-<code>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncResult {
    /// Everything went up, everything came down, digests match.
    Done,
    /// It went well as far as it went; more is to come.
    Partial,
    /// The server could not be reached.
    Unreachable,
    /// The connection broke off; what arrived is kept, the rest is tried again.
    Broken,
    /// The server was busy and named a time.
    Busy,
    /// The server answered with an error.
    ServerFailed,
    /// The server's certificate is not trusted.
    Untrusted,
    /// The device's right was withdrawn.
    Revoked,
    /// The server does not know this device; it is asked again later.
    Stranger,
    /// The phone's storage is full.
    StorageFull,
}

/// Asks for unsent and refused records and drafts, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListUnsent {
    /// Rows to skip: the outbox is short.
    pub offset: u32,
}

/// One page of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsentPage {
    /// Rows.
    pub rows: Vec<UnsentRow>,
    /// Rows in all.
    pub total: u64,
    /// Records of which something was put away ([`PutAway`]).
    pub put_away: u64,
}

/// Puts away what the server did not accept of a record: it is not counted any more, and a record that the server has
/// shows the server's values again. The words stay on this device ([`ListPutAway`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutAway {
    /// The record.
    pub record: domain::RecordId,
}

/// Brings back what was put away of a record, as far as nothing was written in its place since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BringBack {
    /// The record.
    pub record: domain::RecordId,
}

/// Asks for what was put away, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListPutAway {
    /// Rows to skip.
    pub offset: u32,
}

/// One record of the outbox, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsentRow {
    /// The record.
    pub record: domain::RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Which household to open, if it belongs to one.
    pub household: Option<domain::HouseholdId>,
    /// The server has the visit; what waits is a correction of it.
    #[serde(default)]
    pub is_amendment: bool,
    /// Door or category that names it: `3栋1单元402`, or a category code for an incident.
    pub title: String,
    /// When it was last written here.
    pub at: UnixMillis,
    /// Where it stands.
    pub state: RecordState,
    /// The record can be opened.
    pub is_here: bool,
    /// What was written, of what the server did not accept: the field's path and the words or the code; numbers of people
    /// masked.
    pub lines: Vec<(String, String)>,
}
