//! Messages of the sync protocol: one request does a round.
//!
//! `POST /sync/v1`, body and reply are MessagePack with named fields under zstd ([`codec`]), bearer token of the
//! device. Messages are additive for ever: a new field has a default, an unknown field is ignored, an unknown
//! variant is a value ([`Item::Unknown`]) and never a failure; the name of a kind or collection that is not known neither
//! ([`Named`]). Every released form stands as a fixture in
//! `fixtures/` and is read by a test. `GET /sync/v1/events` tells a device that a round is worth its while ([`Advanced`]);
//! it says which collections moved and nothing of what is in them.
//!
//! Failure: a body that is too large, not zstd, expands beyond its limit or is not a message is a
//! [`codec::DecodeError`]; refusals of single changes travel inside the reply as [`Outcome`]s.

pub mod codec;
mod enrol;
mod hint;
mod mark;
mod named;
mod reply;
mod request;
mod structure;

pub use domain::ChangeHash;
pub use enrol::{EnrolReply, EnrolRequest};
pub use hint::{ADVANCED_EVENT, Advance, Advanced, EVENTS_CONTENT_TYPE, EVENTS_PATH, SILENCE_HEADER, SILENCE_LIMIT_MS};
pub use mark::Mark;
pub use named::{Name, Named};
pub use reply::{
    Contact, Digest, HeadsList, Item, Outcome, Page, RefusalCode, RoundOutcome, Ruling, SyncReply, Verdict,
};
pub use request::{AwaitedChange, AwaitedStep, Cursor, PushDocument, SyncRequest};

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a sync round is sent.
pub const SYNC_PATH: &str = "/sync/v1";
/// Where a device enrols.
pub const ENROL_PATH: &str = "/enrol/v1";
/// Content type of every body.
pub const CONTENT_TYPE: &str = "application/x-grid-sync";

/// Largest compressed body a device aims for, in bytes.
pub const BATCH_BYTES: usize = 256 * 1024;
/// Largest compressed request body a server reads, in bytes.
pub const REQUEST_LIMIT_BYTES: usize = 1024 * 1024;
/// Largest unpacked body either side accepts, in bytes: a zip bomb stops here.
pub const UNPACKED_LIMIT_BYTES: usize = 16 * 1024 * 1024;
/// Largest single change, in bytes.
pub const CHANGE_LIMIT_BYTES: usize = 256 * 1024;

/// Most changes, and most steps, that one request asks about.
pub const AWAITED_LIMIT: usize = 1_000;

/// Capabilities by name. A feature is asked for by its name, never by a version number.
pub mod capability {
    /// The device reads `Item::Reference`.
    pub const REFERENCE: &str = "reference";
    /// The device asks for heads and repairs differences.
    pub const REPAIR: &str = "repair";
    /// The device lets go of a document only by `Item::Leave` and `Item::Erase`: it asks about those that a list of heads
    /// does not name. Others are not given such a list, because they would forget what the server has lost.
    pub const ASKS_FIRST: &str = "asks_first";
    /// The device shows how to reach reporters, and forgets it when it is told no more: said by those whose organisation
    /// handles incidents.
    pub const CONTACTS: &str = "contacts";
}

/// Bytes that travel as MessagePack `bin`, not as a list of numbers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Blob(#[serde(with = "as_vec")] pub Vec<u8>);

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

/// The life of a server's data. A server that finds its data older than what it promised ([`Mark`]) starts a new epoch,
/// and devices offer again what it lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u64);

mod as_vec {
    use serde::de::{Error, SeqAccess, Visitor};
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
        out.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Vec<u8>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
            fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
                Ok(bytes)
            }
            // As JSON writes them.
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<u8>, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = list.next_element()? {
                    bytes.push(byte);
                }
                Ok(bytes)
            }
        }
        input.deserialize_byte_buf(Bytes)
    }
}
