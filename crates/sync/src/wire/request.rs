//! What a device sends.

use domain::id::TransitionId;
use domain::{ChangeHash, Collection, InstallationId, Kind, RecordId, UnixMillis};
use serde::{Deserialize, Serialize};

use super::named::{Named, known_collections, known_cursors};
use super::{Blob, Epoch, Mark};

/// One round: what the device offers and what it asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncRequest {
    /// What the device understands, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<String>,
    /// The Automerge actor of everything pushed here.
    pub installation: InstallationId,
    /// The server's epoch as last seen; absent at the first round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Epoch>,
    /// Changes offered, each document's in order of their sequence numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub push: Vec<PushDocument>,
    /// Collections wanted, in the order in which they should be filled. Empty at the first round: the reply's
    /// subscriptions say what there is.
    #[serde(default, deserialize_with = "known_cursors", skip_serializing_if = "Vec::is_empty")]
    pub pull: Vec<Cursor>,
    /// Collections whose list of heads is wanted, after a digest did not match.
    #[serde(default, deserialize_with = "known_collections", skip_serializing_if = "Vec::is_empty")]
    pub audit: Vec<Collection>,
    /// Documents wanted whole, after their heads did not match or a list did not name them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fetch: Vec<RecordId>,
    /// Changes that the server keeps for the office as far as the device knows, at most
    /// [`AWAITED_LIMIT`](super::AWAITED_LIMIT): what became of them comes as outcomes. None comes while the office has
    /// not decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub awaited: Vec<AwaitedChange>,
    /// The account's own steps in incidents that have left the device, undecided as far as it knows, at most as many:
    /// what was decided on them comes as rulings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub awaited_steps: Vec<AwaitedStep>,
    /// The newest mark that the server gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// The highest number of an incident here, by area and day, of the last days: told once in each epoch, so that a
    /// server that has lost some goes on behind them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<String>,
    /// About how many bytes of pages the device wants in the reply, before compression.
    pub limit_bytes: u32,
    /// What the device's own clock said when the request was made, right or wrong: the server notes the difference, and
    /// corrects by it the times of pushed visits that lie in its future.
    pub device_clock: UnixMillis,
}

/// Changes of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushDocument {
    /// The document.
    pub document: RecordId,
    /// Its kind.
    pub kind: Named<Kind>,
    /// Raw (not deflated) Automerge changes of this installation, in order.
    pub changes: Vec<Blob>,
}

/// A change that waits for the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AwaitedChange {
    /// The document.
    pub document: RecordId,
    /// The change.
    pub hash: ChangeHash,
}

/// A step of an incident that waits for a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AwaitedStep {
    /// The incident.
    pub document: RecordId,
    /// The step.
    pub transition: TransitionId,
}

/// How far the device has read a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor<C = Collection> {
    /// The collection.
    pub collection: C,
    /// The last position it has; 0 for a fresh device.
    pub after: u64,
}
