//! `GET /sync/v1/events`: the server's word that there is something to fetch, as server-sent events.
//!
//! Bearer token of the device, reply `text/event-stream`; one stream a device, a second one ends the first. Events are
//! named; today there is one, [`ADVANCED_EVENT`], whose data is an [`Advanced`] as JSON. The first event of a stream
//! tells every collection of the account, later ones those that moved. Comments in between keep the line open: one
//! that is silent for longer than the reply's [`SILENCE_HEADER`] says is lost. An event carries no contents and is no
//! promise: it may come late, twice or not at all, and a device that hears nothing finds everything at its interval.
//!
//! Additive like every message: an event of another name and a field that is not known are skipped, a server without
//! this path answers 404.

use domain::Collection;
use serde::{Deserialize, Serialize};

use super::Epoch;

/// Where a device listens.
pub const EVENTS_PATH: &str = "/sync/v1/events";
/// Content type of what it hears.
pub const EVENTS_CONTENT_TYPE: &str = "text/event-stream";
/// Name of the event that collections have advanced.
pub const ADVANCED_EVENT: &str = "advanced";
/// Field of the reply's head: the longest silence of this stream while it lives, in milliseconds, digits only.
pub const SILENCE_HEADER: &str = "grid-silence-limit-ms";
/// Longest silence of a stream whose server does not say it, in milliseconds; such a server speaks three times as often.
pub const SILENCE_LIMIT_MS: u64 = 60_000;

/// Collections that may have something new for the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advanced {
    /// The life of the data that positions belong to. Of another life, everything is news.
    pub epoch: Epoch,
    /// The collections.
    #[serde(default)]
    pub collections: Vec<Advance>,
}

/// One collection that has advanced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advance {
    /// Name of the collection, as text: a newer server may name one that this version does not know.
    pub collection: String,
    /// Its last position. A device that has read the collection to its end and whose cursor is not before it has
    /// nothing to fetch. Absent when the account does not read the collection any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
}

impl Advance {
    /// A collection that stands at this position now.
    #[must_use]
    pub fn to(collection: &Collection, position: u64) -> Self {
        Self { collection: collection.to_string(), position: Some(position) }
    }

    /// A collection that the account does not read any more.
    #[must_use]
    pub fn withdrawn(collection: &Collection) -> Self {
        Self { collection: collection.to_string(), position: None }
    }
}
