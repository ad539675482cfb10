//! Canonical JSON: one way to write each statement that is signed.
//!
//! The part of RFC 8785 that needs no floating point: strings, whole numbers up to 2^53 − 1, lists and objects; members
//! sorted by name, no white space. There is no `null`, no `true` and no fraction, a name occurs once, and names are ASCII
//! letters, digits, `_`, and the `@` and `:` of linked data, so that every implementation sorts them alike.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};
use thiserror::Error;

/// The biggest whole number: every JSON reader keeps it exactly.
pub const INTEGER_MAX: u64 = (1 << 53) - 1;

/// Bytes that a JSON text can have at most.
pub const JSON_BYTES_MAX: usize = 1 << 20;

/// A value that has one canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// A whole number, 0 to [`INTEGER_MAX`].
    Integer(u64),
    /// A string.
    Text(String),
    /// A list, in its order.
    List(Vec<Self>),
    /// An object, sorted by name.
    Object(BTreeMap<String, Self>),
}

/// A text that is not canonical JSON, nor can be brought into that form.
#[derive(Debug, Error)]
#[error("not a JSON text of strings and whole numbers: {0}")]
pub struct JsonError(String);

impl Json {
    /// Reads a JSON text, whatever its white space and order of members.
    ///
    /// # Errors
    /// When it is not JSON, too long, holds a name twice, or anything but strings, whole numbers, lists and objects.
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        if bytes.len() > JSON_BYTES_MAX {
            return Err(JsonError(format!("it has more than {JSON_BYTES_MAX} bytes")));
        }
        serde_json::from_slice(bytes).map_err(|error| JsonError(error.to_string()))
    }

    /// The canonical form of anything that serializes to strings, whole numbers, lists and objects.
    ///
    /// # Errors
    /// When it serializes to something else.
    pub fn of<T: Serialize>(value: &T) -> Result<Self, JsonError> {
        let bytes = serde_json::to_vec(value).map_err(|error| JsonError(error.to_string()))?;
        Self::parse(&bytes)
    }

    /// The canonical text.
    ///
    /// # Errors
    /// Never for a value that was parsed.
    pub fn canonical(&self) -> Result<String, JsonError> {
        serde_json::to_string(self).map_err(|error| JsonError(error.to_string()))
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Integer(number) => serializer.serialize_u64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(values) => serializer.collect_seq(values),
            Self::Object(members) => serializer.collect_map(members),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, a whole number, a list or an object")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Json, E> {
        if number <= INTEGER_MAX {
            Ok(Json::Integer(number))
        } else {
            Err(E::custom("a number is too big"))
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Json, A::Error> {
        let mut members = BTreeMap::new();
        while let Some(name) = object.next_key::<String>()? {
            if !name
                .bytes()
                .all(|letter| matches!(letter, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'@' | b':'))
            {
                return Err(de::Error::custom(
                    "a name has other signs than letters, digits, _, @ and :",
                ));
            }
            let value = object.next_value()?;
            if members.insert(name, value).is_some() {
                return Err(de::Error::custom("a name occurs twice"));
            }
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(text: &str) -> Option<String> {
        Json::parse(text.as_bytes())
            .ok()
            .map(|json| json.canonical().unwrap())
    }

    #[test]
    fn members_are_sorted_and_white_space_goes() {
        let text = " { \"b\" : [ 1 , \"қ\\u0061\\/\" ] ,\n\"a\":{} , \"a_1\" : 9007199254740991 } ";
        assert_eq!(
            canonical(text).unwrap(),
            r#"{"a":{},"a_1":9007199254740991,"b":[1,"қa/"]}"#
        );
        assert_eq!(
            canonical(r#"{"a":1,"dpv:hasB":2,"dpv:HasA":3,"@id":4}"#).unwrap(),
            r#"{"@id":4,"a":1,"dpv:HasA":3,"dpv:hasB":2}"#
        );
        assert_eq!(
            canonical(r#""\u0001\n\t\u001F\"\\""#).unwrap(),
            r#""\u0001\n\t\u001f\"\\""#
        );
    }

    #[test]
    fn hostile_texts_are_refused() {
        let deep = "[".repeat(10_000);
        for (defect, text) in [
            ("name_twice", r#"{"a":1,"a":2}"#),
            ("name_twice_escaped", r#"{"a":1,"\u0061":2}"#),
            ("null", r#"{"a":null}"#),
            ("truth", r#"{"a":true}"#),
            ("fraction", r#"{"a":1.0}"#),
            ("exponent", r#"{"a":1e3}"#),
            ("negative", r#"{"a":-1}"#),
            ("minus_zero", r#"{"a":-0}"#),
            ("too_big", r#"{"a":9007199254740992}"#),
            ("name_beyond_ascii", r#"{"қ":1}"#),
            ("name_with_a_space", r#"{"a b":1}"#),
            ("trailing", r#"{"a":1} x"#),
            ("lone_surrogate", r#"{"a":"\ud800"}"#),
            ("too_deep", &deep),
        ] {
            assert!(Json::parse(text.as_bytes()).is_err(), "{defect}");
        }
        assert!(Json::parse(&vec![b' '; JSON_BYTES_MAX + 1]).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Json::parse(&bytes);
        }

        #[test]
        fn canonical_texts_stay_as_they_are(texts in prop::collection::vec("\\PC*", 0..4), number in 0..=INTEGER_MAX) {
            let json = Json::List(texts.into_iter().map(Json::Text).chain([Json::Integer(number)]).collect());
            let text = json.canonical().unwrap();
            prop_assert_eq!(canonical(&text), Some(text));
        }
    }
}
