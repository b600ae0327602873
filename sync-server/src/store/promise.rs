//! What a ledger has promised to keep, as values: what devices show, what follows from it.

use domain::{AccountId, UnixMillis};
use sync::wire::{Cursor, Epoch, Mark};

use super::DeviceId;

/// Who shows something that the ledger may have promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimant {
    /// The device.
    pub device: DeviceId,
    /// Its account.
    pub account: AccountId,
}

/// What a device shows of what it was told before.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// The epoch that it knows.
    pub epoch: Option<Epoch>,
    /// Its newest mark; none from apps that keep none.
    pub mark: Option<Mark>,
    /// How far it has read streams that it may read.
    pub cursors: Vec<Cursor>,
    /// Who shows it.
    pub by: Option<Claimant>,
}

/// Whether what a device shows fits the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// The life of the data.
    pub epoch: Epoch,
    /// How it does not; `None`: it does.
    pub broken: Option<BrokenPromise>,
    /// An epoch that the device was in and the ledger has never heard of.
    pub lost: Option<Epoch>,
}

/// How a ledger was found to be older than what it promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokenPromise {
    /// A device shows a mark of ours that is not in here.
    MarkUnknown,
    /// A device shows a mark of this epoch that was sealed with another key.
    SealUnknown,
    /// A device that knows no marks has read further in a stream than there is.
    CursorBeyond,
    /// The file beside the ledger is ahead of it.
    FileAhead,
}

impl BrokenPromise {
    /// Whether anybody could make the evidence up: it counts only when devices of two accounts show it within a day.
    #[must_use]
    pub const fn is_weak(self) -> bool {
        matches!(self, Self::SealUnknown | Self::CursorBeyond)
    }

    /// The stable code, for the log, the audit and `verify`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::MarkUnknown => "mark_unknown",
            Self::SealUnknown => "seal_unknown",
            Self::CursorBeyond => "cursor_beyond",
            Self::FileAhead => "file_ahead",
        }
    }

    /// What a stable code says; `None` for one that this version does not know.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let all = [Self::MarkUnknown, Self::SealUnknown, Self::CursorBeyond, Self::FileAhead];
        all.into_iter().find(|cause| cause.code() == code)
    }
}

/// The wish for a new epoch.
#[derive(Debug, Clone, Copy)]
pub struct Renewal {
    /// The epoch that was found broken; if another holds by now, nothing is done.
    pub from: Epoch,
    /// The new one.
    pub fresh: Epoch,
    /// An epoch that this ledger never had or does not remember, named by the evidence.
    pub lost: Option<Epoch>,
    /// Why.
    pub cause: BrokenPromise,
    /// Whose device shows the evidence; `None` for the file beside the ledger.
    pub by: Option<Claimant>,
    /// The server's clock.
    pub at: UnixMillis,
}

/// A renewal that took place.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Life {
    /// The epoch that it began.
    pub epoch: Epoch,
    /// When, by the server's clock.
    pub since: UnixMillis,
    /// Why: code of [`BrokenPromise`].
    pub cause: String,
}
