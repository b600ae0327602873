//! Who writes, where and when: what every change carries besides its values.

use automerge::ActorId;
use automerge::transaction::CommitOptions;
use domain::{AccountId, ChangeHash, InstallationId, UnixMillis};

/// Who makes a change. The account rides in the change's message, the moment in its time (milliseconds), the
/// installation is its actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    /// The person.
    pub account: AccountId,
    /// The installation of the app the change is made on.
    pub installation: InstallationId,
    /// When, by the device's clock as the server's corrects it.
    pub at: UnixMillis,
}

impl Author {
    /// The Automerge actor: the 16 bytes of the installation.
    pub(crate) fn actor(&self) -> ActorId {
        ActorId::from(self.installation.as_uuid().as_bytes().as_slice())
    }

    /// The message and time of a change.
    pub(crate) fn commit_options(&self) -> CommitOptions {
        CommitOptions::default().with_message(self.account.to_string()).with_time(self.at.as_i64())
    }
}

/// The account named by a change's message; `None` for a message that is not an account.
pub(crate) fn read_account(message: Option<&str>) -> Option<AccountId> {
    message?.parse().ok()
}

/// One change as it is stored and sent: not deflated, so that a body of many compresses well as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawChange {
    /// Its name everywhere.
    pub hash: ChangeHash,
    /// Its number among the changes of its installation in this document, from 1.
    pub seq: u64,
    /// The change, as [`crate::inspect`] and [`crate::RecordDocument::apply`] take it.
    pub bytes: Vec<u8>,
}

impl From<&automerge::Change> for RawChange {
    fn from(change: &automerge::Change) -> Self {
        Self { hash: to_domain(change.hash()), seq: change.seq(), bytes: change.raw_bytes().to_vec() }
    }
}

/// Automerge's hash as the domain's.
pub(crate) fn to_domain(hash: automerge::ChangeHash) -> ChangeHash {
    ChangeHash(hash.0)
}

/// The domain's hash as Automerge's.
pub(crate) fn to_engine(hash: ChangeHash) -> automerge::ChangeHash {
    automerge::ChangeHash(hash.0)
}
