//! The flat form of a record: dotted path → scalar.
//!
//! Why flat: in Automerge two devices that both create a nested map under one key create *two* maps, and one side's
//! contents vanish from view. With one root map of paths there is nothing to create: `needs.02` is a key like
//! `room`, a field added by a newer app is a key that older apps carry along untouched, and every merge question is
//! about one scalar (docs/adr/0002).
//!
//! Flow: record → serde JSON → [`flatten`] → `documents` writes the paths that differ; back through [`unflatten`].
//! Sets are written as `path.<code> = true` by [`as_set`]. Path segments are ids and codes, never free text, so a
//! dot inside a segment cannot occur; [`flatten`] refuses one that does.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A value at one path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// A truth value; `true` for the members of a set.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction, e.g. a coordinate.
    Float(f64),
    /// Text, codes, ids, dates.
    Text(String),
}

/// A record as paths and scalars, ordered by path.
pub type Flat = BTreeMap<String, Scalar>;

/// What two concurrent edits of one path become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeRule {
    /// Both values are kept, the newest is shown, a conflict card names both, who and when.
    Choose,
    /// A summary that follows from other records: the greatest value wins and nobody is asked. Such values are
    /// texts that begin with a zero-padded moment.
    Latest,
    /// A member of a set, or the state of a keyed entry: being there wins over being gone, nobody is asked.
    Present,
    /// Written once by one author: two values cannot honestly occur; the first by actor is shown.
    Fact,
}

/// A record whose serde form cannot be flat.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FlatError {
    /// A key holds a dot, or is empty.
    #[error("key {0:?} cannot be part of a path")]
    Key(String),
    /// A list, or a null, where the flat form has none.
    #[error("field {0:?} is a list or null; records use maps and sets")]
    Shape(String),
    /// The record did not serialise to a map, or the paths do not make the record.
    #[error("record and flat form do not match: {0}")]
    Mismatch(String),
}

/// The flat form of a record.
///
/// # Errors
/// When the serde form holds lists, nulls, or keys with dots: a mistake in the record's type.
pub fn flatten(record: &impl Serialize) -> Result<Flat, FlatError> {
    let value = serde_json::to_value(record).map_err(|e| FlatError::Mismatch(e.to_string()))?;
    let Value::Object(map) = value else {
        return Err(FlatError::Mismatch("not a map".into()));
    };
    let mut flat = Flat::new();
    flatten_into(&mut flat, "", map)?;
    Ok(flat)
}

fn flatten_into(flat: &mut Flat, prefix: &str, map: Map<String, Value>) -> Result<(), FlatError> {
    for (key, value) in map {
        if key.is_empty() || key.contains('.') {
            return Err(FlatError::Key(key));
        }
        let path = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        let scalar = match value {
            Value::Object(inner) => {
                flatten_into(flat, &path, inner)?;
                continue;
            }
            Value::Bool(b) => Scalar::Bool(b),
            Value::String(text) => Scalar::Text(text),
            Value::Number(n) => n
                .as_i64()
                .map(Scalar::Int)
                .or_else(|| n.as_f64().map(Scalar::Float))
                .ok_or_else(|| FlatError::Shape(path.clone()))?,
            Value::Array(_) | Value::Null => return Err(FlatError::Shape(path)),
        };
        flat.insert(path, scalar);
    }
    Ok(())
}

/// The record that these paths make. Paths the record does not know are ignored (a newer app wrote them).
///
/// # Errors
/// When a path the record needs is absent or holds another type than the record expects.
pub fn unflatten<T: for<'de> Deserialize<'de>>(flat: &Flat) -> Result<T, FlatError> {
    let mut root = Map::new();
    for (path, scalar) in flat {
        insert_path(&mut root, path, scalar);
    }
    serde_json::from_value(Value::Object(root)).map_err(|e| FlatError::Mismatch(e.to_string()))
}

/// Puts one scalar at its path. Where a newer app made a map of what is a scalar here (or the reverse), the map
/// wins: such a path belongs to a field this version does not know.
fn insert_path(root: &mut Map<String, Value>, path: &str, scalar: &Scalar) {
    let mut map = root;
    let mut segments = path.split('.').peekable();
    while let Some(segment) = segments.next() {
        if segments.peek().is_none() {
            let value = match scalar {
                Scalar::Bool(b) => Value::Bool(*b),
                Scalar::Int(n) => Value::from(*n),
                Scalar::Float(x) => Value::from(*x),
                Scalar::Text(text) => Value::String(text.clone()),
            };
            map.entry(segment.to_owned()).or_insert(value);
            return;
        }
        let slot = map.entry(segment.to_owned()).or_insert_with(|| Value::Object(Map::new()));
        if !slot.is_object() {
            *slot = Value::Object(Map::new());
        }
        let Value::Object(inner) = slot else { return };
        map = inner;
    }
}

/// Serde form of a set inside a record: `{"code": true, …}`. Use as `#[serde(with = "crate::flat::as_set")]`.
pub mod as_set {
    use super::{BTreeMap, BTreeSet, Deserialize, Serialize};
    use serde::{Deserializer, Serializer};

    /// Writes the members as keys with the value `true`.
    ///
    /// # Errors
    /// Those of the serialiser.
    pub fn serialize<T: Serialize + Ord, S: Serializer>(set: &BTreeSet<T>, out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(set.iter().map(|member| (member, true)))
    }

    /// Reads the keys whose value is `true`.
    ///
    /// # Errors
    /// Those of the deserialiser, also when a key is not a member's form.
    pub fn deserialize<'de, T, D>(input: D) -> Result<BTreeSet<T>, D::Error>
    where
        T: Deserialize<'de> + Ord,
        D: Deserializer<'de>,
    {
        let map = BTreeMap::<T, bool>::deserialize(input)?;
        Ok(map.into_iter().filter_map(|(member, there)| there.then_some(member)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Door {
        room: String,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        needs: BTreeMap<String, String>,
        #[serde(default, with = "as_set", skip_serializing_if = "BTreeSet::is_empty")]
        tags: BTreeSet<String>,
    }

    fn door() -> Door {
        Door {
            room: "402".into(),
            needs: [("02".to_owned(), "open".to_owned())].into(),
            tags: ["alone".to_owned()].into(),
        }
    }

    #[test]
    fn a_record_becomes_paths_and_back() {
        let flat = flatten(&door()).expect("flat");
        let paths: Vec<_> = flat.keys().map(String::as_str).collect();
        assert_eq!(paths, ["needs.02", "room", "tags.alone"]);
        assert_eq!(unflatten::<Door>(&flat).expect("a door"), door());
    }

    #[test]
    fn what_a_newer_app_wrote_does_not_trip_this_one() {
        let mut flat = flatten(&door()).expect("flat");
        flat.insert("lift.works".into(), Scalar::Bool(true));
        flat.insert("tags.gone".into(), Scalar::Bool(false));
        assert_eq!(unflatten::<Door>(&flat).expect("a door"), door());
    }

    #[test]
    fn a_dot_in_a_key_is_refused_not_misread() {
        let mut wrong = door();
        wrong.needs.insert("0.2".into(), "open".into());
        assert_eq!(flatten(&wrong), Err(FlatError::Key("0.2".into())));
    }
}
