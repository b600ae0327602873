//! What happens to the machine.

use std::collections::BTreeSet;

use domain::{Collection, RecordId};

/// Something happened. Time and randomness come beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The app opened, and this device is enrolled.
    Opened,
    /// The device was enrolled, or enrolled again.
    Enrolled,
    /// Something was written and committed on this device.
    Edited,
    /// The same, and somebody waits for it at the other end: a step that the server decides on.
    EditedUrgently,
    /// The time asked for by `WaitUntil` has come (or any other: a tick too early does no harm).
    Tick,
    /// The platform says that there is a network again.
    NetworkReturned,
    /// The app came to the front.
    Foreground,
    /// The server said that a collection has advanced.
    Hint,
    /// A person asked for it.
    SyncRequested,
    /// The round ended with a reply, and the reply is stored.
    RoundDone(RoundSummary),
    /// The round ended otherwise.
    RoundFailed {
        /// How.
        failure: Failure,
        /// What had been sent.
        sent: Sent,
    },
    /// The round ended with the server's word that this installation is another life of the device.
    ForkDetected,
    /// The new installation asked for is in place, the pending edits are made again under it.
    InstallationTaken,
}

/// How a round failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No connection came about.
    Unreachable,
    /// The server's certificate is not trusted.
    Untrusted,
    /// The connection broke in the middle of request or reply; the server may have stored everything.
    Broken,
    /// Nothing came back in time; the server may have stored everything.
    Timeout,
    /// The server reads no body of this size (HTTP 413).
    TooLarge,
    /// The server does not accept this batch as a whole (HTTP 400, 415, 422).
    Rejected,
    /// Too many devices at once (HTTP 429 or 503).
    Busy {
        /// When to come back, in milliseconds, if the server said so.
        retry_after_ms: Option<u32>,
    },
    /// The device's right was withdrawn (HTTP 401, `token_revoked`).
    Unauthorized,
    /// The server does not know the device (HTTP 401, `token_unknown`): it was put back from a copy that is older than
    /// the device, or runs on the wrong data. Nothing was withdrawn.
    TokenUnknown,
    /// The server failed (HTTP 5xx).
    Server,
    /// The reply is no message.
    MalformedReply,
    /// The phone's storage is full: the reply could not be stored.
    StorageFull,
    /// The phone's store failed otherwise.
    StorageFailed,
    /// This version of the app failed over the request or the reply; what it did was undone.
    Defect,
}

/// What a failed round had tried to push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sent {
    /// Changes.
    pub changes: usize,
    /// Their size before compression.
    pub bytes: usize,
    /// The first of their documents.
    pub first: Option<RecordId>,
}

/// What a round with a stored reply brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoundSummary {
    /// Changes the server has answered for good (accepted, known, held, refused).
    pub answered: usize,
    /// Documents whose changes were offered and stay pending: no verdict, or one that may change.
    pub unanswered: BTreeSet<RecordId>,
    /// Changes still pending, those not offered in this round included, those set aside not.
    pub pending: usize,
    /// Items that came down.
    pub received: usize,
    /// A cursor moved, or a collection was joined or left.
    pub advanced: bool,
    /// A subscribed collection has more to read.
    pub more: bool,
    /// Every subscribed collection was read to its end and its digest matched.
    pub matched: bool,
    /// Collections read to their end whose digest did not match, with nothing pending that could explain it.
    pub mismatched: BTreeSet<Collection>,
    /// Collections whose list of heads came.
    pub audited: BTreeSet<Collection>,
    /// Documents whose heads differ from such a list.
    pub differing: BTreeSet<RecordId>,
    /// Changes that the server had confirmed and lost: they are to be offered again.
    pub reopened: usize,
    /// Documents that were asked for and answered about.
    pub fetched: BTreeSet<RecordId>,
    /// The server asks to be left alone for so long.
    pub retry_after_ms: Option<u32>,
}
