//! What a device sends.

use domain::{Collection, InstallationId, Kind, RecordId, UnixMillis};
use serde::{Deserialize, Serialize};

use super::{Blob, Epoch};

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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pull: Vec<Cursor>,
    /// Collections whose list of heads is wanted, after a digest did not match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audit: Vec<Collection>,
    /// Documents wanted whole, after their heads did not match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fetch: Vec<RecordId>,
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
    pub kind: Kind,
    /// Raw (not deflated) Automerge changes of this installation, in order.
    pub changes: Vec<Blob>,
}

/// How far the device has read a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The collection.
    pub collection: Collection,
    /// The last position it has; 0 for a fresh device.
    pub after: u64,
}
