//! Names on the wire: kinds and collections of a newer side are values, not failures.
//!
//! Why: one name that a reader does not know must not make the message around it unreadable: outcomes would not be
//! taken, and records would wait for ever. A kind is kept as its text ([`Named`]), for what bears it is kept too. A
//! stream that this version cannot name it can neither ask for nor show: its cursors, pages and lists are skipped, and
//! the subscriptions of the next reply name it again to a version that knows it. Other enumerations of the wire have an
//! `Unknown` of their own and take whatever stands in their place ([`read_code`]).

use std::borrow::Cow;
use std::fmt;

use domain::{Collection, Kind};
use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Cursor, HeadsList, Page};

/// A name: one that this version knows, or the text of one that it does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named<T> {
    /// Known here.
    Known(T),
    /// Of a newer side.
    Unknown(String),
}

/// What has a name on the wire.
pub trait Name: Sized {
    /// What has this name; `None`: this version does not know it.
    fn find(name: &str) -> Option<Self>;
}

impl Name for Kind {
    fn find(name: &str) -> Option<Self> {
        Self::from_code(name)
    }
}

impl Name for Collection {
    fn find(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

impl<T> Named<T> {
    /// What it names, if this version knows it.
    #[must_use]
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(known) => Some(known),
            Self::Unknown(_) => None,
        }
    }

    /// Whether it names this.
    #[must_use]
    pub fn is(&self, what: &T) -> bool
    where
        T: PartialEq,
    {
        matches!(self, Self::Known(known) if known == what)
    }
}

impl<T> From<T> for Named<T> {
    fn from(known: T) -> Self {
        Self::Known(known)
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(known) => known.serialize(out),
            Self::Unknown(name) => out.serialize_str(name),
        }
    }
}

impl<'de, T: Name> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let name = Cow::<'de, str>::deserialize(input)?;
        Ok(T::find(&name).map_or_else(|| Self::Unknown(name.into_owned()), Self::Known))
    }
}

/// Collections by name, without those that this version does not know.
pub(super) fn known_collections<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Collection>, D::Error> {
    let names = Vec::<Named<Collection>>::deserialize(input)?;
    Ok(names.into_iter().filter_map(Named::known).collect())
}

/// Cursors of the collections that this version knows.
pub(super) fn known_cursors<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Cursor>, D::Error> {
    let cursors = Vec::<Cursor<Named<Collection>>>::deserialize(input)?;
    let known = |cursor: Cursor<_>| Some(Cursor { collection: Named::known(cursor.collection)?, after: cursor.after });
    Ok(cursors.into_iter().filter_map(known).collect())
}

/// Pages of the collections that this version knows.
pub(super) fn known_pages<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Page>, D::Error> {
    let known = |page: Page<Named<Collection>>| {
        let Page { collection, items, next, complete, digest, total, has_gaps } = page;
        Some(Page { collection: collection.known()?, items, next, complete, digest, total, has_gaps })
    };
    Ok(Vec::deserialize(input)?.into_iter().filter_map(known).collect())
}

/// Lists of heads of the collections that this version knows.
pub(super) fn known_audits<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<(Collection, HeadsList)>, D::Error> {
    let audits = Vec::<(Named<Collection>, HeadsList)>::deserialize(input)?;
    Ok(audits.into_iter().filter_map(|(collection, list)| Some((collection.known()?, list))).collect())
}

/// The text of a code; empty for whatever else a newer side may write in its place.
pub(super) fn read_code<'de, D: Deserializer<'de>>(input: D) -> Result<Cow<'de, str>, D::Error> {
    struct Code;
    impl<'de> Visitor<'de> for Code {
        type Value = Cow<'de, str>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a code")
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Cow::Owned(text.to_owned()))
        }
        fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
            Ok(Cow::Borrowed(text))
        }
        fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok(Cow::Borrowed(""))
        }
        fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
            Ok(Cow::Borrowed(""))
        }
        fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
            Ok(Cow::Borrowed(""))
        }
        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(Cow::Borrowed(""))
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok(Cow::Borrowed(""))
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Cow::Borrowed(""))
        }
    }
    input.deserialize_any(Code)
}
