//! The network between phones and district: what becomes of one request.

use sync::machine::Failure;

use crate::chance::Chance;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It arrives, the reply arrives.
    Arrives,
    /// No connection.
    NoConnection,
    /// The body is cut on its way up; the server reads half of it.
    CutOnTheWayUp,
    /// The server does everything; nothing comes back.
    ReplyLost,
    /// The server does everything; half of the reply comes back as if it were all.
    ReplyCut,
    /// It arrives twice; one reply comes back.
    Doubled,
    /// The phone gives up waiting; the request arrives long after, behind newer ones.
    Late,
    /// A proxy in between is too busy.
    Busy,
}

/// How bad the network is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weather {
    /// Requests in a hundred to which something happens.
    pub(crate) trouble_percent: u64,
}

impl Weather {
    pub(crate) const CALM: Self = Self { trouble_percent: 0 };

    pub(crate) fn fate(self, chance: &Chance) -> Fate {
        if !chance.is_in_100(self.trouble_percent) {
            return Fate::Arrives;
        }
        *chance.pick(&[
            Fate::NoConnection,
            Fate::NoConnection,
            Fate::CutOnTheWayUp,
            Fate::ReplyLost,
            Fate::ReplyLost,
            Fate::ReplyCut,
            Fate::Doubled,
            Fate::Late,
            Fate::Busy,
        ])
    }
}

/// What an HTTP status means, as the driver reads it.
pub(crate) fn read_status(status: u16, body: &[u8], retry_after_ms: Option<u32>) -> Failure {
    let said: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    companion::driver::read_status(status, said["code"].as_str().unwrap_or_default(), retry_after_ms)
}
