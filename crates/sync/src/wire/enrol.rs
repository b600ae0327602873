//! Enrolment: a single-use code becomes a device's token.

use domain::{Account, AccountId, InstallationId};
use serde::{Deserialize, Serialize};

use super::Mark;

/// Binds a device to the account the code was made for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// The code, as printed or scanned, without the server's address.
    pub code: String,
    /// The installation that will write.
    pub installation: InstallationId,
    /// What the device calls itself, e.g. `linux`; never a serial number.
    #[serde(default)]
    pub platform: String,
    /// Whose device this was. A server that has lost the account gives its id back to the one that the code is for, so
    /// that what was written under it can be handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<AccountId>,
    /// The newest mark that this device kept: it shows a server that it has lost the account, and has not noticed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

/// The device is bound.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolReply {
    /// The bearer token: 64 hexadecimal characters, shown once.
    pub token: String,
    /// Whose device this is now.
    pub account: Account,
}
