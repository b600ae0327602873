//! What the machine asks for.

use std::collections::BTreeSet;

use domain::{Collection, MonotonicMillis, RecordId};

use super::event::Failure;

/// Work for the driver, to be done in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Do one round, and say how it ended with exactly one of `RoundDone`, `RoundFailed`, `ForkDetected`.
    Start(RoundPlan),
    /// Say `Tick` at this moment of the clock that the machine is handed. Replaces every earlier wish.
    WaitUntil(MonotonicMillis),
    /// Take this document's pending changes out of the outbox's way; they stay on the phone, with the reason.
    SetAside {
        /// The document.
        document: RecordId,
        /// Why.
        code: SetAsideCode,
    },
    /// Take a new installation id, make the pending edits again under it, say `InstallationTaken`.
    TakeNewInstallation,
    /// Show how things stand.
    Show(Status),
}

/// One round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundPlan {
    /// Why now.
    pub reason: Reason,
    /// Which pending changes to offer.
    pub push: PushLimits,
    /// How much to ask for, in bytes before compression.
    pub page_bytes: u32,
    /// Collections whose list of heads to ask for.
    pub audit: BTreeSet<Collection>,
    /// Documents to ask for whole.
    pub fetch: BTreeSet<RecordId>,
}

/// What a push may hold: see [`super::plan_push`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushLimits {
    /// Bytes after compression (estimated).
    pub budget_bytes: usize,
    /// Changes.
    pub max_changes: usize,
    /// Documents that wait for their turn.
    pub skip: BTreeSet<RecordId>,
}

/// Why a round starts; the stronger, the later in this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Nothing happened for a while, or a back-off ended.
    Interval,
    /// Something was written.
    Edited,
    /// Something was written for which somebody waits.
    Urgent,
    /// The round before left something to do.
    More,
    /// Digests differ.
    Repair,
    /// The server said that there is something.
    Hint,
    /// The app came to the front, or the network came back.
    Returned,
    /// The app was opened or enrolled.
    Opened,
    /// A person asked.
    Requested,
}

/// Why a document's changes are set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SetAsideCode {
    /// One change is larger than the server reads.
    TooLarge,
    /// The server does not accept a batch with nothing but this change in it.
    Rejected,
    /// Rounds with nothing but this change fail, rounds without it pass.
    NeverPasses,
}

impl SetAsideCode {
    /// The stable code, worded under `set-aside-<code>`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Rejected => "rejected",
            Self::NeverPasses => "never_passes",
        }
    }
}

/// How things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Status {
    /// What the machine is doing.
    pub phase: Phase,
    /// Rounds that have ended. The order of ends is told by this number and by no clock.
    pub rounds: u64,
    /// How the last of them ended.
    pub last: Option<RoundEnd>,
    /// The last round ended with nothing pending and every digest matching, and nothing was written since.
    pub is_verified: bool,
    /// The round that was the last to end so, by its number.
    pub verified_round: Option<u64>,
    /// When the next round is planned, by the clock that the machine is handed.
    pub next_at: Option<MonotonicMillis>,
}

/// What the machine is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// Waiting.
    #[default]
    Resting,
    /// A round is under way.
    Running,
    /// Stopped: not enrolled, or the right was withdrawn.
    Stopped,
}

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundEnd {
    /// Nothing is left to do.
    Complete,
    /// It went well, and more is to come.
    Partial,
    /// The server named another life of this device; a new one begins.
    Forked,
    /// It failed.
    Failed(Failure),
}
