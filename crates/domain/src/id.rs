//! Identities, each its own type so that a visit cannot be passed where a household is meant.
//!
//! Records carry UUIDv7 made on the device: sortable by making, unique without asking anyone. The version-7 layout
//! is RFC 9562 §5.7; time and random bytes are arguments, so this crate stays free of both.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::UnixMillis;

/// A text that is not the id it was read as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {kind} id: {text:?}")]
pub struct InvalidId {
    /// Which id was expected, e.g. `HouseholdId`.
    pub kind: &'static str,
    /// The text that was given.
    pub text: String,
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id from the device's clock and ten random bytes (RFC 9562 version 7).
            #[must_use]
            pub fn new(now: UnixMillis, random: [u8; 10]) -> Self {
                let ms = u64::try_from(now.as_i64()).unwrap_or_default();
                Self(uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid())
            }

            /// The id as a plain UUID, for storage and the wire.
            #[must_use]
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }

            /// Reads a UUID as this kind of id; the caller vouches for the kind.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::parse_str(text)
                    .map(Self)
                    .map_err(|_| InvalidId { kind: stringify!($name), text: text.to_owned() })
            }
        }
    };
}

id_type! {
    /// Any record, whatever its kind: the id of its document.
    RecordId
}
id_type! {
    /// One household (户): one dwelling and who lives there.
    HouseholdId
}
id_type! {
    /// One person within a household. Kept when the person's name changes.
    MemberId
}
id_type! {
    /// One visit (走访).
    VisitId
}
id_type! {
    /// One incident (事件).
    IncidentId
}
id_type! {
    /// One account of a person who works with the system.
    AccountId
}
id_type! {
    /// One installation of the app: the Automerge actor of everything written there. Random, renewed when a
    /// restored backup would repeat sequence numbers.
    InstallationId
}
id_type! {
    /// One transition appended to an incident.
    TransitionId
}
id_type! {
    /// One note appended to an incident, or one amendment appended to a visit.
    NoteId
}
id_type! {
    /// One form in progress on this phone.
    DraftId
}

macro_rules! record_id {
    ($($name:ident),*) => {$(
        impl From<$name> for RecordId {
            fn from(id: $name) -> Self { Self(id.0) }
        }
        impl From<RecordId> for $name {
            fn from(id: RecordId) -> Self { Self(id.0) }
        }
    )*};
}
record_id!(HouseholdId, VisitId, IncidentId);

impl HouseholdId {
    /// The record id of this household's particulars: same UUID with the version nibble set to 8 (RFC 9562 §5.8,
    /// "custom"), so that two devices that both first write a phone number write the same document.
    #[must_use]
    pub fn particulars(self) -> RecordId {
        let mut bytes = *self.0.as_bytes();
        bytes[6] = (bytes[6] & 0x0f) | 0x80;
        RecordId(Uuid::from_bytes(bytes))
    }
}

impl DraftId {
    /// When it was made, as its id tells (RFC 9562 §5.7); `None` for an id that was not made by [`new`](Self::new).
    #[must_use]
    pub fn begun_at(self) -> Option<UnixMillis> {
        let bytes = self.0.as_bytes();
        let ms = bytes[..6].iter().fold(0, |ms, byte| ms << 8 | i64::from(*byte));
        (self.0.get_version_num() == 7).then(|| UnixMillis::new(ms))
    }
}

impl TransitionId {
    /// The id of a transition that the server appends itself as the `position`-th decision of an incident: derived, so
    /// that two replicas that come to the same conclusion write the same entry (RFC 9562 §5.8, "custom").
    #[must_use]
    pub fn of_system(incident: IncidentId, position: u32) -> Self {
        let mut bytes = *incident.0.as_bytes();
        bytes[6] = (bytes[6] & 0x0f) | 0x80;
        for (byte, n) in bytes[12..].iter_mut().zip(position.to_be_bytes()) {
            *byte ^= n;
        }
        Self(Uuid::from_bytes(bytes))
    }
}

impl RecordId {
    /// The last six hexadecimal characters in upper case: what a worker reads out over the phone before the server
    /// has given a number.
    #[must_use]
    pub fn short(self) -> String {
        let text = self.0.simple().to_string();
        text[text.len() - 6..].to_uppercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let earlier = VisitId::new(UnixMillis::new(1_000), [9; 10]);
        let later = VisitId::new(UnixMillis::new(2_000), [0; 10]);
        assert!(earlier < later);
        assert_eq!(earlier.as_uuid().get_version_num(), 7);
    }

    #[test]
    fn a_draft_tells_when_it_was_begun() {
        let at = UnixMillis::new(1_795_400_001_000);
        assert_eq!(DraftId::new(at, [7; 10]).begun_at(), Some(at));
        assert_eq!(DraftId::from_uuid(Uuid::nil()).begun_at(), None);
    }

    #[test]
    fn particulars_have_one_id_per_household_on_every_device() {
        let household = HouseholdId::new(UnixMillis::new(5), [1; 10]);
        assert_eq!(household.particulars(), household.particulars());
        assert_ne!(household.particulars(), RecordId::from(household));
    }

    #[test]
    fn a_wrong_id_says_which_kind_was_expected() {
        let error = "12".parse::<VisitId>().expect_err("too short");
        assert_eq!(error.to_string(), "not a VisitId id: \"12\"");
    }
}
