//! How far a server's data had come when it promised something.

use serde::{Deserialize, Serialize};

use super::Blob;

/// How far the server's data had come: every commit moves it on. A device keeps the newest that it was given and shows
/// it with each request. A server that does not know a mark which it once gave has older data than it promised to
/// keep, and begins a new epoch.
///
/// Opaque to a device; some thirty bytes, because it travels with everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark(pub Blob);
