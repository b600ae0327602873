//! Reading one raw change before it touches anything: its checksum, its size, and what it says about itself.
//!
//! `automerge::Change::from_bytes` does not compare the checksum and expands runs without a bound, so both are done
//! here first ([`crate::shape`]); only then is the change given to Automerge, under a guard.

use automerge::Change;
use domain::{AccountId, ChangeHash, InstallationId, UnixMillis};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::author::{read_account, to_domain};
use crate::error::InspectError;
use crate::guard::contain_panic;
use crate::shape::{Shape, measure_shape, read_unsigned};

/// Most bytes of one change. The largest honest one is a household of sixty members, some 20 KiB.
pub const MAX_CHANGE_BYTES: usize = 1024 * 1024;
/// Most operations of one change, one per path. A household of sixty members makes under 400.
pub const MAX_CHANGE_OPS: usize = 4_096;

/// Most bytes of paths of one change, each written out: runs of one long path expand to this and no further.
pub const MAX_CHANGE_UNPACKED_BYTES: u64 = 1024 * 1024;

/// What a change says about itself. None of it is verified beyond the checksum: compare actor and author with who
/// sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeHeader {
    /// Its name.
    pub hash: ChangeHash,
    /// The installation that made it.
    pub actor: InstallationId,
    /// Its number among the installation's changes of this document, from 1.
    pub seq: u64,
    /// The changes it follows.
    pub deps: Vec<ChangeHash>,
    /// When it was made, by the writer's clock.
    pub at: UnixMillis,
    /// Who made it; `None` when the message is not an account.
    pub author: Option<AccountId>,
    /// How many operations it has.
    pub ops: usize,
    /// Number of its first operation.
    pub start_op: u64,
}

/// Reads one raw change and checks its checksum and bounds.
///
/// # Errors
/// When the bytes are not exactly one raw change within the bounds.
pub fn inspect(bytes: &[u8]) -> Result<ChangeHeader, InspectError> {
    parse_change(bytes).map(|(header, _)| header)
}

/// The header and the change itself.
pub(crate) fn parse_change(bytes: &[u8]) -> Result<(ChangeHeader, Change), InspectError> {
    let body = check_envelope(bytes)?;
    let Shape { ops } = measure_shape(body)?;
    let change = contain_panic(|| Change::from_bytes(bytes.to_vec()))
        .map_err(|_| InspectError::Panicked)?
        .map_err(|_| InspectError::Unparsable)?;
    if change.len() != ops {
        return Err(InspectError::Malformed("operations and actions differ in number"));
    }
    let actor = Uuid::from_slice(change.actor_id().to_bytes()).map_err(|_| InspectError::Actor)?;
    let header = ChangeHeader {
        hash: to_domain(change.hash()),
        actor: InstallationId::from_uuid(actor),
        seq: change.seq(),
        deps: change.deps().iter().copied().map(to_domain).collect(),
        at: UnixMillis::new(change.timestamp()),
        author: read_account(change.message()),
        ops,
        start_op: change.start_op().get(),
    };
    Ok((header, change))
}

/// First bytes of every Automerge chunk.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Chunk type of a change that is not deflated.
const CHANGE_CHUNK: u8 = 1;

/// The body of the one change chunk that the bytes are.
fn check_envelope(bytes: &[u8]) -> Result<&[u8], InspectError> {
    if bytes.len() > MAX_CHANGE_BYTES {
        return Err(InspectError::TooLarge(bytes.len()));
    }
    let Some((head, rest)) = bytes.split_at_checked(9) else {
        return Err(InspectError::Malformed("cut short"));
    };
    if head[..4] != MAGIC {
        return Err(InspectError::Malformed("no magic bytes"));
    }
    if head[8] != CHANGE_CHUNK {
        return Err(InspectError::ChunkType(head[8]));
    }
    let mut body = rest;
    let length = read_unsigned(&mut body)?;
    let length = usize::try_from(length).map_err(|_| InspectError::Malformed("cut short"))?;
    if length > body.len() {
        return Err(InspectError::Malformed("cut short"));
    }
    let (body, trailing) = body.split_at(length);
    if !trailing.is_empty() {
        return Err(InspectError::TrailingBytes(trailing.len()));
    }
    // The hash covers chunk type, length and body: everything from byte 8. A length written in more bytes than it
    // needs would give one change two hashes; `read_unsigned` refuses it.
    let hash = Sha256::digest(&bytes[8..]);
    if hash[..4] == head[4..8] { Ok(body) } else { Err(InspectError::Checksum) }
}
