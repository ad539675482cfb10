//! What a form sends: read once, within limits, no field twice, and nothing that the form does not have (1.1.1-b).

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use sandyq_model::{Mistake, Plain, Problem};

/// The largest form, in bytes: an application with every row of education and experience, in Cyrillic.
pub const FORM_BYTES_MAX: usize = 128 * 1024;
/// The most fields that a form may have: an application with every row has about 150.
pub const FIELDS_MAX: usize = 200;
/// The longest name of a field, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// What was typed, by the name of the input. Plain values: no `Debug` content, wiped on drop.
#[derive(Debug, Default)]
pub struct Typed(BTreeMap<String, Plain<String>>);

/// Fields that every form of ours has beside its own.
const OF_EVERY_FORM: [&str; 3] = ["token", "key", "step"];

impl Typed {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// The status for what is no form of ours: too large, of another type, broken off, with too many fields.
    pub async fn receive(headers: &HeaderMap, body: Body) -> Result<Result<Self, Mistake>, StatusCode> {
        let is_form = headers
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .and_then(|kind| kind.split(';').next())
            .is_some_and(|kind| {
                kind.trim()
                    .eq_ignore_ascii_case("application/x-www-form-urlencoded")
            });
        if !is_form {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let bytes = axum::body::to_bytes(body, FORM_BYTES_MAX)
            .await
            .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        Self::read(&bytes)
    }

    /// Reads fields and values; a name that comes twice is a mistake, even with the same value.
    fn read(bytes: &[u8]) -> Result<Result<Self, Mistake>, StatusCode> {
        let mut typed = BTreeMap::new();
        let mut mistakes = Vec::new();
        for (place, (name, value)) in form_urlencoded::parse(bytes).enumerate() {
            if place >= FIELDS_MAX {
                return Err(StatusCode::PAYLOAD_TOO_LARGE);
            }
            if name.len() > NAME_BYTES_MAX {
                return Err(StatusCode::BAD_REQUEST);
            }
            let value = Plain::new(value.into_owned());
            if typed.insert(name.clone().into_owned(), value).is_some() {
                mistakes.push((name.into_owned(), Problem::Repeated));
            }
        }
        Ok(if mistakes.is_empty() {
            Ok(Self(typed))
        } else {
            Err(Mistake(mistakes))
        })
    }

    /// Fields that were taken apart already; a name that comes twice, or that no form of ours has, is a mistake.
    ///
    /// # Errors
    /// Names every such field.
    pub fn gathered(fields: Vec<(String, String)>) -> Result<Self, Mistake> {
        let mut typed = BTreeMap::new();
        let mut mistakes = Vec::new();
        for (name, value) in fields {
            let problem = if name.len() > NAME_BYTES_MAX {
                Some(Problem::TooLong)
            } else {
                let before = typed.insert(name.clone(), Plain::new(value));
                before.map(|_| Problem::Repeated)
            };
            mistakes.extend(problem.map(|problem| (name, problem)));
        }
        if mistakes.is_empty() {
            Ok(Self(typed))
        } else {
            Err(Mistake(mistakes))
        }
    }

    /// Holds the form to its own fields.
    ///
    /// # Errors
    /// Names every field that the form does not have, and no value.
    pub fn only(&self, known: impl Fn(&str) -> bool) -> Result<(), Mistake> {
        let foreign = |name: &&String| !OF_EVERY_FORM.contains(&name.as_str()) && !known(name);
        let unknown: Vec<_> = self
            .0
            .keys()
            .filter(foreign)
            .map(|name| (name.clone(), Problem::Unknown))
            .collect();
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(Mistake(unknown))
        }
    }

    /// What was typed there; nothing when the field did not come.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.expose())
    }

    /// What was typed there, as a plain value.
    #[must_use]
    pub fn plain(&self, name: &str) -> Plain<String> {
        self.0.get(name).cloned().unwrap_or_else(|| Plain::from(""))
    }

    /// Whether the field came at all: a ticked box.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Takes a field out of what was typed; nothing when it did not come, or came empty.
    pub fn take(&mut self, name: &str) -> Option<Plain<String>> {
        self.0.remove(name).filter(|value| !value.expose().is_empty())
    }

    /// Everything that was typed but for the token and the key of the form, to travel on unseen.
    pub fn kept(&self) -> Vec<(String, String)> {
        let own = |name: &str| !matches!(name, "token" | "key" | "step");
        let fields = self.0.iter().filter(|(name, _)| own(name));
        fields
            .map(|(name, value)| (name.clone(), value.expose().clone()))
            .collect()
    }

    /// The names of the fields that came.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// What was typed, for tests and samples.
    #[cfg(test)]
    #[must_use]
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        Self(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Plain::from(*value)))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_comes_twice_is_named_and_its_value_is_not() {
        let mistake = Typed::read(b"last_name=Omarova&last_name=Omarova")
            .unwrap()
            .unwrap_err();
        assert_eq!(mistake, Mistake::one("last_name", Problem::Repeated));
        assert!(!format!("{mistake:?}{mistake}").contains("Omarova"));
    }

    #[test]
    fn a_field_that_the_form_does_not_have_is_named() {
        let typed = Typed::read(b"token=t&last_name=a&iin=061211600012")
            .unwrap()
            .unwrap();
        let mistake = typed.only(|name| name == "last_name").unwrap_err();
        assert_eq!(mistake, Mistake::one("iin", Problem::Unknown));
    }

    #[test]
    fn too_many_fields_and_too_long_names_are_no_form_of_ours() {
        let many: String = (0..=FIELDS_MAX).map(|n| format!("f{n}=1&")).collect();
        assert_eq!(
            Typed::read(many.as_bytes()).unwrap_err(),
            StatusCode::PAYLOAD_TOO_LARGE
        );
        let long = format!("{}=1", "n".repeat(NAME_BYTES_MAX + 1));
        assert_eq!(Typed::read(long.as_bytes()).unwrap_err(), StatusCode::BAD_REQUEST);
    }

    #[test]
    fn values_are_decoded_once_and_any_bytes_are_survived() {
        let typed = Typed::read(b"a=%2527+b%C3&\xff=%&=").unwrap().unwrap();
        assert_eq!(typed.text("a"), "%27 b\u{fffd}");
    }
}
