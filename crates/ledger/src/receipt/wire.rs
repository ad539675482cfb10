//! How the parts of a statement are written in JSON.

/// Anything that has one text form.
pub(super) mod text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(in crate::receipt) fn serialize<T: Display, S: Serializer>(
        value: &T,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub(in crate::receipt) fn deserialize<'de, T, D>(from: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

/// As [`text`], of something that may be absent; then the member is absent, too.
pub(super) mod optional_text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(in crate::receipt) fn serialize<T: Display, S: Serializer>(
        value: &Option<T>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => to.collect_str(value),
            None => to.serialize_none(),
        }
    }

    pub(in crate::receipt) fn deserialize<'de, T, D>(from: D) -> Result<Option<T>, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        String::deserialize(from)?
            .parse()
            .map(Some)
            .map_err(de::Error::custom)
    }
}

/// A set of fields: the list of their numbers, rising.
pub(super) mod fields {
    use sandyq_model::{Field, FieldSet};
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(in crate::receipt) fn serialize<S: Serializer>(set: &FieldSet, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(set.iter().map(Field::number))
    }

    pub(in crate::receipt) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<FieldSet, D::Error> {
        let numbers = Vec::<u8>::deserialize(from)?;
        let fields: Option<FieldSet> = numbers.into_iter().map(Field::new).collect();
        fields.ok_or_else(|| de::Error::custom("a field has a number below 128"))
    }
}

/// Bytes in base64.
pub(super) mod base64 {
    use ::base64::Engine;
    use ::base64::prelude::BASE64_STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(in crate::receipt) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64_STANDARD.encode(bytes))
    }

    pub(in crate::receipt) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        BASE64_STANDARD
            .decode(String::deserialize(from)?)
            .map_err(de::Error::custom)
    }
}

/// The hashes of a proof, each in base64, lowest first.
pub(super) mod proof {
    use ::base64::Engine;
    use ::base64::prelude::BASE64_STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::tree::{Hash, InclusionProof, PROOF_HASHES_MAX};

    pub(in crate::receipt) fn serialize<S: Serializer>(
        proof: &InclusionProof,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(proof.0.iter().map(|hash| BASE64_STANDARD.encode(hash.0)))
    }

    pub(in crate::receipt) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<InclusionProof, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        if texts.len() > PROOF_HASHES_MAX {
            return Err(de::Error::custom("the proof has too many hashes"));
        }
        let hash = |text: &String| {
            BASE64_STANDARD
                .decode(text)
                .ok()
                .and_then(|bytes| Hash::from_slice(&bytes))
        };
        let hashes: Option<Vec<Hash>> = texts.iter().map(hash).collect();
        hashes
            .map(InclusionProof)
            .ok_or_else(|| de::Error::custom("the proof holds something that is no hash"))
    }
}
