//! Bodies: MessagePack with named fields under one zstd frame, bounded on both sides.

use std::io::Read;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// zstd level: 3 is where text of this kind stops getting smaller for the time spent.
const LEVEL: i32 = 3;

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

/// Reads a body whose unpacked size must not exceed `limit_bytes`. Memory grows with what is really unpacked, never
/// with what a header claims.
///
/// # Errors
/// When the body is not a frame, is larger than the limit, or holds another message.
pub fn decode<T: DeserializeOwned>(body: &[u8], limit_bytes: usize) -> Result<T, DecodeError> {
    let reader = zstd::stream::read::Decoder::with_buffer(body).map_err(DecodeError::Frame)?;
    let mut plain = Vec::new();
    let ceiling = u64::try_from(limit_bytes).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(ceiling).read_to_end(&mut plain).map_err(DecodeError::Frame)?;
    if plain.len() > limit_bytes {
        return Err(DecodeError::TooLarge { limit_bytes });
    }
    rmp_serde::from_slice(&plain).map_err(DecodeError::Message)
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
            kind: domain::Kind::Visit,
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

    #[test]
    fn a_cut_body_is_not_a_message() {
        let body = encode(&Newer { verdicts: vec![], extra: 3 }).expect("body");
        for cut in 0..body.len() {
            assert!(decode::<Older>(&body[..cut], 1_000).is_err(), "cut at {cut}");
        }
    }
}
