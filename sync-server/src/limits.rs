//! Every limit of the server's outer edge, with its unit and its reason, in one place.
//!
//! Why: a limit that stands beside the code that it guards is found by nobody who sizes a machine. What an
//! installation may set is a field of [`Limits`]; what follows from the protocol is a constant.
//!
//! How they work together, from the socket inwards: so many connections ([`ConnectionLimits`]) → a request's head
//! within a time → the device's rate → its body, by bytes, time and silence ([`BodyLimits`]) → one round of a device
//! at a time, so many rounds at once ([`RoundLimits`]) → the structure of what was unpacked → the work that is spent on
//! it. Nothing that is scarce is held while a client is waited for.
//!
//! Sizes of values and records are the business of `ingest`.

use std::num::NonZeroU32;
use std::time::Duration;

use sync::wire::codec::{self, DEPTH_LIMIT, StructureLimits};
use sync::wire::{REQUEST_LIMIT_BYTES, UNPACKED_LIMIT_BYTES};

/// Limits that an installation of the server may set.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Rounds of one device at once, before it has to wait: a fresh phone asks for page after page.
    pub burst: NonZeroU32,
    /// Rounds of one device per second in the long run.
    pub per_second: NonZeroU32,
    /// Bytes of changes of one device within a day, unpacked; beyond, what it pushes waits for the next. Far above what
    /// a person can write: a day of a hundred visits is half a million.
    pub daily_bytes: u64,
    /// How long one request may take as a whole, until the head of its answer. Longer than its parts together:
    /// body, waiting, work.
    pub timeout: Duration,
    /// Connections.
    pub connections: ConnectionLimits,
    /// Bodies of requests.
    pub bodies: BodyLimits,
    /// Rounds and the work spent on them.
    pub rounds: RoundLimits,
    /// Enrolment.
    pub enrolment: EnrolmentLimits,
    /// Devices that listen for hints.
    pub streams: StreamLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            burst: NonZeroU32::new(240).unwrap_or(NonZeroU32::MIN),
            per_second: NonZeroU32::new(10).unwrap_or(NonZeroU32::MIN),
            daily_bytes: 32 * 1024 * 1024,
            timeout: Duration::from_secs(120),
            connections: ConnectionLimits::default(),
            bodies: BodyLimits::default(),
            rounds: RoundLimits::default(),
            enrolment: EnrolmentLimits::default(),
            streams: StreamLimits::default(),
        }
    }
}

/// How many connections are kept, and how long one may be silent.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    /// Most connections in all; each takes a file handle and up to 64 KiB. Lowered to what the system lets the
    /// process open. When they are used up, one without a request under way makes room for a new one.
    pub most: usize,
    /// Most connections of one peer address (an IPv6 network of 64 bits counts as one): a quarter of all, because
    /// the phones of a district share few addresses of their mobile network. Not for trusted proxies.
    pub most_of_address: usize,
    /// From the opening of a connection, or the end of an answer, to the end of the next request's head. Phones keep
    /// a connection for the next round; opening another costs a round trip.
    pub head: Duration,
    /// How long an answer may wait for its reader to take any of it.
    pub stall: Duration,
    /// From the last word of a peer to the first question whether it is still there (TCP keep-alive).
    pub keep_alive: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            most: 8_192,
            most_of_address: 2_048,
            head: Duration::from_secs(20),
            stall: Duration::from_secs(60),
            keep_alive: Duration::from_secs(60),
        }
    }
}

/// How long a body may take, and how much of bodies is kept in memory.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimits {
    /// The whole body: 256 KiB at 35 kbit/s. A device halves what does not get through.
    pub whole: Duration,
    /// From one piece of a body to the next.
    pub silence: Duration,
    /// Most bytes of unread bodies kept at once, beyond the first `BODY_FREE_BYTES` of each.
    pub buffered_bytes: usize,
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self { whole: Duration::from_secs(60), silence: Duration::from_secs(20), buffered_bytes: 128 * 1024 * 1024 }
    }
}

/// How many rounds are worked on, and how much work one may cause.
#[derive(Debug, Clone, Copy)]
pub struct RoundLimits {
    /// Most rounds worked on at once, one of each device; more wait in order of arrival. Bounds memory: a round may
    /// unpack to 16 MiB.
    pub at_once: usize,
    /// How long a round waits for an earlier one of the same device, e.g. one whose phone has lost the connection.
    pub own_turn: Duration,
    /// How long a round waits for its place among those worked on. Together with the work below what a phone waits for
    /// the first byte (30 s).
    pub queue: Duration,
    /// Time spent on judging the changes of one round: 10 000 honest changes take 2 s. What is left has no outcome and
    /// is sent again.
    pub judging: Duration,
    /// How long a device pauses after a round that used this up.
    pub pause: Duration,
}

impl Default for RoundLimits {
    fn default() -> Self {
        Self {
            at_once: 64,
            own_turn: Duration::from_secs(5),
            queue: Duration::from_secs(10),
            judging: Duration::from_secs(3),
            pause: Duration::from_secs(6),
        }
    }
}

/// How wrong enrolments are slowed down. Codes have 80 random bits: nobody guesses one, so no address is locked, and a
/// genuine code is always answered at once.
#[derive(Debug, Clone, Copy)]
pub struct EnrolmentLimits {
    /// Wrong attempts of one address before its next refusals are delayed: people mistype.
    pub free_failures: u32,
    /// The first delay of a refusal; doubles with each further failure up to [`longest_delay`](Self::longest_delay).
    pub delay: Duration,
    /// The longest delay of a refusal.
    pub longest_delay: Duration,
    /// Wrong attempts that begin with the same four characters before codes of that beginning are refused, even the
    /// genuine one: somebody has seen a part of it.
    pub failures_of_beginning: u32,
    /// How long failures are remembered.
    pub memory: Duration,
    /// How long the same installation gets a fresh token for the code that it has used, as long as it has not used
    /// the token: the reply was lost.
    pub renewal: Duration,
}

impl Default for EnrolmentLimits {
    fn default() -> Self {
        Self {
            free_failures: 5,
            delay: Duration::from_millis(250),
            longest_delay: Duration::from_secs(4),
            failures_of_beginning: 20,
            memory: Duration::from_secs(10 * 60),
            renewal: Duration::from_secs(15 * 60),
        }
    }
}

/// How many devices may listen for hints, and how often the server looks on their behalf.
#[derive(Debug, Clone, Copy)]
pub struct StreamLimits {
    /// Most devices at once; each takes an open connection (a file handle) and some 20 KiB. Lowered to three quarters
    /// of the connections, so that rounds find one.
    pub most: usize,
    /// From one look at the streams' positions to the next while nothing is committed in this process: how late a
    /// device hears of what another process wrote. Only while devices listen.
    pub look: Duration,
    /// From one look at a device's right to the next: how long a revoked device hears that something moved, and how
    /// late a device hears of a changed scope.
    pub recheck: Duration,
    /// From one sign of life to the next while there is nothing to tell. A device takes the line for lost after
    /// [`silence_limit`](Self::silence_limit).
    pub keep_alive: Duration,
}

impl StreamLimits {
    /// Longest silence of a stream: one sign of life may be late by its whole interval and a second.
    #[must_use]
    pub fn silence_limit(&self) -> Duration {
        self.keep_alive * 2 + Duration::from_secs(1)
    }
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self {
            most: 4_096,
            look: Duration::from_secs(1),
            recheck: Duration::from_secs(15),
            // A person sees within 15 seconds that the line is lost: nine of silence, then one attempt to open another.
            keep_alive: Duration::from_secs(4),
        }
    }
}

/// Largest head of a request, in bytes; also what a connection buffers of a body at once.
pub(crate) const HEAD_BYTES: usize = 64 * 1024;
/// Most header fields of a request: ours have six, proxies add some.
pub(crate) const HEAD_FIELDS: usize = 64;
/// File handles kept for the ledger, its readers, the log and commands, out of what the process may open.
pub(crate) const RESERVED_HANDLES: usize = 128;

/// Bytes of each body that need no share of [`BodyLimits::buffered_bytes`]: an ordinary round always gets through.
pub(crate) const BODY_FREE_BYTES: usize = 64 * 1024;

/// A round's body: packed as a device may send it at most, with the structure of 10 000 changes of as many documents
/// (eight elements each) and room for more.
pub(crate) const ROUND_BODY: MessageLimits = MessageLimits {
    packed_bytes: REQUEST_LIMIT_BYTES,
    unpacked: codec::Limits {
        unpacked_bytes: UNPACKED_LIMIT_BYTES,
        structure: StructureLimits { depth: DEPTH_LIMIT, elements: 200_000 },
    },
};
/// An enrolment's body: a code, an id and a name; read from strangers.
pub(crate) const ENROLMENT_BODY: MessageLimits = MessageLimits {
    packed_bytes: 4 * 1024,
    unpacked: codec::Limits { unpacked_bytes: 4 * 1024, structure: StructureLimits { depth: 8, elements: 64 } },
};

/// What a body of one route may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MessageLimits {
    /// Bytes that travel.
    pub(crate) packed_bytes: usize,
    /// What they become.
    pub(crate) unpacked: codec::Limits,
}

/// Rounds that a body which is no message costs its device.
pub(crate) const MALFORMED_COST: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");

/// Enrolments decoded and looked up at once; more wait.
pub(crate) const ENROLMENTS_AT_ONCE: usize = 16;
/// Refusals of enrolments that are held back at once; more are answered without delay.
pub(crate) const DELAYED_REFUSALS: usize = 512;
/// Most addresses and beginnings of codes remembered at once.
pub(crate) const REMEMBERED_FAILURES: usize = 10_000;
/// Longest code that is looked at, in bytes.
pub(crate) const CODE_LIMIT: usize = 100;
/// Most characters kept of a platform's name.
pub(crate) const PLATFORM_LIMIT: usize = 40;
/// Longest token that is looked at, in bytes.
pub(crate) const TOKEN_LIMIT: usize = 200;

/// Most changes of one round; a device that has more sends them in several.
pub(crate) const CHANGES_LIMIT: usize = 10_000;
/// Most documents of one round that are written in one commit: others write between two of them.
pub(crate) const COMMIT_DOCUMENTS: usize = 256;
/// Most bytes of items in one reply, whatever the device asks for: well below what it may unpack.
pub(crate) const REPLY_LIMIT_BYTES: usize = 4 * 1024 * 1024;
/// Most documents fetched whole in one round.
pub(crate) const FETCH_LIMIT: usize = 1_000;
/// Most bytes of the first list of heads: some 200 000 documents, and room for the rest of the reply in what a device
/// unpacks (16 MiB).
pub(crate) const FIRST_AUDIT_LIMIT_BYTES: usize = 12 * 1024 * 1024;
