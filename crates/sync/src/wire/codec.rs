//! Bodies: MessagePack with named fields under one zstd frame, bounded on both sides.
//!
//! Reading: unpack up to a limit → look at the structure without recursion ([`check_structure`]) → serde. A body is a
//! stranger's until then: what it may cost is decided before anything is built from it.

use std::io::Read;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use super::structure::{DEPTH_LIMIT, StructureError, StructureLimits, check_structure};

/// zstd level: 3 is where text of this kind stops getting smaller for the time spent.
const LEVEL: i32 = 3;
/// Largest window a frame may ask for, as a power of two: 16 MiB, the largest body. Unpacking allocates it whole.
const WINDOW_LOG_LIMIT: u32 = 24;
/// Most elements of any message. The largest is a list of heads: four for each of some 200 000 documents.
const ELEMENT_LIMIT: usize = 2 * 1024 * 1024;

/// What reading a body may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes it unpacks to.
    pub unpacked_bytes: usize,
    /// Its structure.
    pub structure: StructureLimits,
}

impl Limits {
    /// Of a body that unpacks to so many bytes, with the most structure that any message has.
    #[must_use]
    pub const fn of_bytes(unpacked_bytes: usize) -> Self {
        Self { unpacked_bytes, structure: StructureLimits { depth: DEPTH_LIMIT, elements: ELEMENT_LIMIT } }
    }
}

/// A body that is not a message.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Not a zstd frame, or a truncated one.
    #[error("the body is not a complete zstd frame")]
    Frame(#[source] std::io::Error),
    /// Unpacks to more than the limit.
    #[error("the body unpacks to more than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// Its structure is no message's: cut, too deep, too many elements.
    #[error("the body has no message's structure")]
    Structure(#[source] StructureError),
    /// The contents are not this message.
    #[error("the body is not the expected message")]
    Message(#[source] rmp_serde::decode::Error),
}

/// A message that cannot be written: a mistake in its type.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// Serialisation failed.
    #[error("the message cannot be serialised")]
    Message(#[source] rmp_serde::encode::Error),
    /// Compression failed.
    #[error("the message cannot be compressed")]
    Frame(#[source] std::io::Error),
}

/// The body of a message.
///
/// # Errors
/// When the message's type cannot be serialised.
pub fn encode(message: &impl Serialize) -> Result<Vec<u8>, EncodeError> {
    let plain = rmp_serde::to_vec_named(message).map_err(EncodeError::Message)?;
    zstd::bulk::compress(&plain, LEVEL).map_err(EncodeError::Frame)
}

/// Reads a body whose unpacked size must not exceed `limit_bytes`, with any structure that a message may have.
///
/// # Errors
/// Those of [`decode_within`].
pub fn decode<T: DeserializeOwned>(body: &[u8], limit_bytes: usize) -> Result<T, DecodeError> {
    decode_within(body, Limits::of_bytes(limit_bytes))
}

/// Reads a body within limits. Memory grows with what is really unpacked, never with what a header claims.
///
/// # Errors
/// When the body is not a frame, is larger than the limits, or holds another message.
pub fn decode_within<T: DeserializeOwned>(body: &[u8], limits: Limits) -> Result<T, DecodeError> {
    let plain = unpack(body, limits.unpacked_bytes)?;
    check_structure(&plain, limits.structure).map_err(DecodeError::Structure)?;
    rmp_serde::from_slice(&plain).map_err(DecodeError::Message)
}

fn unpack(body: &[u8], limit_bytes: usize) -> Result<Vec<u8>, DecodeError> {
    let mut reader = zstd::stream::read::Decoder::with_buffer(body).map_err(DecodeError::Frame)?;
    reader.window_log_max(WINDOW_LOG_LIMIT).map_err(DecodeError::Frame)?;
    let mut plain = Vec::new();
    let ceiling = u64::try_from(limit_bytes).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(ceiling).read_to_end(&mut plain).map_err(DecodeError::Frame)?;
    if plain.len() > limit_bytes {
        return Err(DecodeError::TooLarge { limit_bytes });
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Item, Verdict};

    #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
    struct Newer {
        #[serde(default)]
        verdicts: Vec<Verdict>,
        extra: u32,
    }
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Older {
        #[serde(default)]
        verdicts: Vec<Verdict>,
    }

    #[test]
    fn an_older_reader_ignores_a_newer_field() {
        let body = encode(&Newer { verdicts: vec![Verdict::Accepted], extra: 3 }).expect("body");
        let older: Older = decode(&body, 1_000).expect("message");
        assert_eq!(older.verdicts, [Verdict::Accepted]);
    }

    #[test]
    fn a_variant_of_the_future_is_a_value() {
        #[derive(Serialize)]
        #[serde(tag = "type", rename_all = "snake_case")]
        enum Future {
            Photo { document: String },
        }
        let body = encode(&Future::Photo { document: "x".into() }).expect("body");
        assert_eq!(decode::<Item>(&body, 1_000).expect("item"), Item::Unknown);
    }

    #[test]
    fn an_item_comes_back_as_it_went() {
        use crate::wire::{Blob, ChangeHash};
        let id = domain::RecordId::new(domain::UnixMillis::new(7), [3; 10]);
        let item = Item::Snapshot {
            document: id,
            kind: domain::Kind::Visit.into(),
            parent: Some(id),
            heads: vec![ChangeHash([9; 32])],
            bytes: Blob(vec![0, 1, 255]),
        };
        let body = encode(&vec![item.clone()]).expect("body");
        assert_eq!(decode::<Vec<Item>>(&body, 1_000).expect("items"), [item]);
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let body = zstd::bulk::compress(&vec![0; 5_000_000], LEVEL).expect("frame");
        assert!(body.len() < 1_000, "a bomb is small: {}", body.len());
        assert!(matches!(decode::<Older>(&body, 10_000), Err(DecodeError::TooLarge { limit_bytes: 10_000 })));
    }

    fn pack(plain: &[u8]) -> Vec<u8> {
        zstd::bulk::compress(plain, LEVEL).expect("frame")
    }

    #[test]
    fn nests_of_arrays_do_not_overflow_the_stack() {
        for levels in [33, 900, 1_000_000] {
            let body = pack(&[vec![0x91; levels], vec![0xc0]].concat());
            assert!(body.len() < 200, "it costs the sender nothing: {}", body.len());
            let read = decode::<serde::de::IgnoredAny>(&body, 2_000_000);
            assert!(matches!(read, Err(DecodeError::Structure(StructureError::TooDeep(_)))), "{levels}: {read:?}");
            // In a field that is not known, which is skipped.
            let nested = [&[0x81, 0xa1, b'x'][..], &vec![0x91; levels], &[0xc0]].concat();
            assert!(matches!(decode::<Older>(&pack(&nested), 2_000_000), Err(DecodeError::Structure(_))));
        }
    }

    #[test]
    fn a_list_of_nothing_is_not_built() {
        let count: u32 = 3_000_000;
        let body = pack(&[&[0xdd][..], &count.to_be_bytes(), &vec![0xc0; count as usize]].concat());
        let read = decode::<Vec<Option<u8>>>(&body, 16_000_000);
        assert!(matches!(read, Err(DecodeError::Structure(StructureError::TooMany(_)))), "{read:?}");
    }

    #[test]
    fn a_frame_that_asks_for_a_huge_window_gets_none() {
        // Magic, no content size, a window of 128 MiB, and a raw last block of one byte.
        let body = [0x28, 0xb5, 0x2f, 0xfd, 0x00, (27 - 10) << 3, 0x09, 0x00, 0x00, 0xc0];
        assert!(matches!(decode::<Option<u8>>(&body, 1_000), Err(DecodeError::Frame(_))));
        let modest = [0x28, 0xb5, 0x2f, 0xfd, 0x00, (20 - 10) << 3, 0x09, 0x00, 0x00, 0xc0];
        assert_eq!(decode::<Option<u8>>(&modest, 1_000).expect("nothing, well-formed"), None);
    }

    #[test]
    fn a_cut_body_is_not_a_message() {
        let body = encode(&Newer { verdicts: vec![], extra: 3 }).expect("body");
        for cut in 0..body.len() {
            assert!(decode::<Older>(&body[..cut], 1_000).is_err(), "cut at {cut}");
        }
    }
}
