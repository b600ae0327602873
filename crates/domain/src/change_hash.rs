//! The hash that names one change of one document, everywhere.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// SHA-256 of an Automerge change. Serialised as 32 bytes, shown as 64 hexadecimal characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeHash(pub [u8; 32]);

impl fmt::Display for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChangeHash({self})")
    }
}

/// Bytes that are not 32 long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a change hash has 32 bytes, not {0}")]
pub struct InvalidChangeHash(pub usize);

impl TryFrom<&[u8]> for ChangeHash {
    type Error = InvalidChangeHash;

    fn try_from(bytes: &[u8]) -> Result<Self, InvalidChangeHash> {
        bytes.try_into().map(Self).map_err(|_| InvalidChangeHash(bytes.len()))
    }
}

impl Serialize for ChangeHash {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for ChangeHash {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = ChangeHash;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("32 bytes")
            }
            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<ChangeHash, E> {
                bytes.try_into().map_err(E::custom)
            }
        }
        input.deserialize_bytes(Bytes)
    }
}
