//! Reads JSON into the contract's types.
//!
//! Why not `serde_json` alone: reading is a quarter of what a window loads. This reader takes the text apart once, in
//! code that all types share, knows structs by their field names only, and says of a misfit no more than which field
//! was missing. That leaves out the words of every error that could be met while reading.
//!
//! Failure: a [`Misfit`], which means that screens and companion do not belong together. Not done: borrowing from the
//! text, numbers as keys, bytes.

use std::fmt;

use serde::de::{self, DeserializeOwned, DeserializeSeed, Visitor};
use serde_json::{Map, Value, map};

/// The text is not what the type expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Misfit(&'static str);

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self("misfit")
    }

    fn missing_field(field: &'static str) -> Self {
        Self(field)
    }

    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self("type")
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self("value")
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self("length")
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self("variant")
    }
}

/// Reads a text.
///
/// # Errors
/// When it is no JSON, or not of this type.
pub(crate) fn read<T: DeserializeOwned>(json: &str) -> Result<T, Misfit> {
    T::deserialize(Reader(parse(json)?))
}

fn parse(json: &str) -> Result<Value, Misfit> {
    serde_json::from_str(json).map_err(|_| Misfit("no JSON"))
}

struct Reader(Value);

impl<'de> de::Deserializer<'de> for Reader {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(value), ..) => visitor.visit_u64(value),
                (_, Some(value), _) => visitor.visit_i64(value),
                (.., Some(value)) => visitor.visit_f64(value),
                _ => Err(Misfit("number")),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(entries) => visitor.visit_seq(Entries(entries.into_iter())),
            Value::Object(fields) => visitor.visit_map(Fields::new(fields)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Object(fields) => visitor.visit_map(Fields::new(fields)),
            _ => Err(Misfit("struct")),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Array(entries) => visitor.visit_seq(Entries(entries.into_iter())),
            _ => Err(Misfit("list")),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Object(fields) => visitor.visit_map(Fields::new(fields)),
            _ => Err(Misfit("map")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::String(text) => visitor.visit_string(text),
            _ => Err(Misfit("text")),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::String(name) => visitor.visit_enum(Variant { name, content: Value::Null }),
            Value::Object(fields) => {
                let (name, content) = fields.into_iter().next().ok_or(Misfit("variant"))?;
                visitor.visit_enum(Variant { name, content })
            }
            _ => Err(Misfit("variant")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct
    }
}

struct Entries(std::vec::IntoIter<Value>);

impl<'de> de::SeqAccess<'de> for Entries {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        self.0.next().map(|entry| seed.deserialize(Reader(entry))).transpose()
    }
}

struct Fields {
    rest: map::IntoIter,
    value: Value,
}

impl Fields {
    fn new(fields: Map<String, Value>) -> Self {
        Self { rest: fields.into_iter(), value: Value::Null }
    }
}

impl<'de> de::MapAccess<'de> for Fields {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = value;
        seed.deserialize(Reader(Value::String(key))).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Misfit> {
        seed.deserialize(Reader(self.value.take()))
    }
}

struct Variant {
    name: String,
    content: Value,
}

impl<'de> de::EnumAccess<'de> for Variant {
    type Error = Misfit;
    type Variant = Reader;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Reader), Misfit> {
        let name = seed.deserialize(Reader(Value::String(self.name)))?;
        Ok((name, Reader(self.content)))
    }
}

impl<'de> de::VariantAccess<'de> for Reader {
    type Error = Misfit;

    fn unit_variant(self) -> Result<(), Misfit> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Misfit> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misfit> {
        de::Deserializer::deserialize_seq(self, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Misfit> {
        de::Deserializer::deserialize_map(self, visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use contract::domain::Role;
    use serde::Serialize;

    use super::*;
    use crate::tests::{sample, sample_incidents, sample_services};

    fn goes_round<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
        let json = serde_json::to_string(value).expect("plain data");
        assert_eq!(read::<T>(&json).as_ref(), Ok(value), "{json}");
        assert_eq!(serde_json::from_str::<T>(&json).ok().as_ref(), Some(value));
    }

    #[test]
    fn what_the_companion_says_is_read_as_it_was_written() {
        goes_round(&sample::session(Role::GridWorker, contract::Settings::default()));
        goes_round(&sample::today_view());
        goes_round(&sample::household_page(sample::households(), 3));
        goes_round(&sample::household_view(true));
        goes_round(&sample::visit_form_view(Role::GridWorker));
        goes_round(&sample::visit_page());
        goes_round(&sample::visit_view());
        goes_round(&sample::visit_receipt());
        goes_round(&sample::incident_form_view());
        goes_round(&sample::incident_page());
        goes_round(&sample_incidents::dispatch_page());
        goes_round(&sample_incidents::incident_view());
        goes_round(&sample_incidents::handled_view());
        goes_round(&sample_incidents::booked_view());
        goes_round(&sample_incidents::departed());
        goes_round(&sample_services::services());
        goes_round(&sample_services::notices());
        goes_round(&sample::sync_view());
        goes_round(&sample::unsent_page());
        goes_round(&sample::about());
        goes_round(&contract::Event::Sync { summary: sample::summary() });
        goes_round(&contract::Event::Changed { topics: vec![contract::Topic::Incidents] });
        goes_round(&contract::CommandError::new(contract::ErrorCode::StorageFull).in_field("text"));
    }

    #[test]
    fn what_does_not_fit_is_a_misfit_and_nothing_panics() {
        for json in ["", "{", "null", "3", "[]", "{}", "\"x\"", "{\"account\":3}", "{\"account\":{\"id\":\"x\"}}"] {
            assert!(read::<contract::SessionView>(json).is_err(), "{json}");
        }
        assert_eq!(read::<contract::GetIncident>("{}").map_err(|misfit| misfit.to_string()), Err("id".to_owned()));
        assert_eq!(read::<Vec<u8>>("[1,2,300]"), Err(Misfit("value")));
    }
}
