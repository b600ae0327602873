//! JSON files of reference data: `{ "directory": [ … ], … }`, or one `{ "key": …, "value": … }`.
//!
//! A name that stands twice in one object is refused: of two lists with one name the reader would take the last, and
//! nobody would see it.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::problem::{At, Problem};

/// Keys and values of a file, in its order.
pub(crate) fn read_json(bytes: &[u8]) -> Result<Vec<(String, Value)>, Problem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Strict(value) = serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Problem::new(At::File, format!("不是正确的 JSON：第{line}行第{column}列附近有误（{error}）"), "")
    })?;
    match value {
        Value::Object(mut object) if is_single(&object) => {
            let value = object.remove("value").unwrap_or_default();
            match object.remove("key") {
                Some(Value::String(key)) => Ok(vec![(key, value)]),
                _ => Err(Problem::new(At::Key("key".into()), "写法不对", "键的名字，如 \"directory\"")),
            }
        }
        Value::Object(object) if !object.is_empty() => Ok(object.into_iter().collect()),
        _ => Err(Problem::new(At::File, "里面没有键", "{ \"directory\": [ … ], … }")),
    }
}

fn is_single(object: &Map<String, Value>) -> bool {
    object.len() == 2 && object.contains_key("key") && object.contains_key("value")
}

/// A value in which no name stands twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some((name, Strict(value))) = object.next_entry::<String, Strict>()? {
            if values.contains_key(&name) {
                return Err(A::Error::custom(format_args!("“{name}”出现了两次")));
            }
            values.insert(name, value);
        }
        Ok(values.into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_is_keys_and_values_or_one_of_them() {
        let read = |text: &str| read_json(text.as_bytes());
        assert_eq!(
            read("\u{feff}{\"notices\": [1, -1, 1.5, true, null]}"),
            Ok(vec![("notices".into(), json!([1, -1, 1.5, true, null]))])
        );
        assert_eq!(read("{\"key\": \"notices\", \"value\": []}"), Ok(vec![("notices".into(), json!([]))]));
        for (wrong, said) in [
            ("{\"a\": 1, \"a\": 2}", "“a”出现了两次"),
            ("{\"a\": {\"b\": 1,\n\"b\": 2}}", "第2行"),
            ("{\"a\": 1,}", "不是正确的 JSON"),
            ("[]", "里面没有键"),
            ("{}", "里面没有键"),
            ("{\"key\": 1, \"value\": 2}", "键的名字"),
        ] {
            let problem = read(wrong).expect_err(wrong).to_string();
            assert!(problem.contains(said), "{problem}");
        }
    }
}
