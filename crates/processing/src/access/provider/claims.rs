//! What a statement of the provider must say before anybody is believed: who says it, to whom, about what was asked here, and when.

use jiff::{SignedDuration, Timestamp};
use sandyq_model::Plain;
use sandyq_store::vault::equal;
use serde::Deserialize;

/// How far the clock of the provider may be from ours.
const SKEW: SignedDuration = SignedDuration::from_secs(60);
/// A statement that was made longer ago is none about a browser that has just come back.
const AGE_MAX: SignedDuration = SignedDuration::from_mins(10);
/// The longest word of the provider for somebody, in bytes (OpenID Connect Core 2).
const SUBJECT_BYTES_MAX: usize = 255;

/// What must stand in it.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

/// What is read of it. Names and addresses are not: nobody is known by them.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    /// Whether it is we alone: nobody else is trusted with a statement for us.
    fn is(&self, client_id: &str) -> bool {
        match self {
            Self::One(one) => one == client_id,
            Self::Several(several) => several.len() == 1 && several.iter().all(|one| one == client_id),
        }
    }
}

/// Its word for somebody, when everything is as it must be.
pub(super) fn subject(said: &Plain<Vec<u8>>, expected: &Expected<'_>) -> Option<Plain<String>> {
    let claims: Claims = serde_json::from_slice(said.expose()).ok()?;
    let at = |second: i64| Timestamp::from_second(second).ok();
    let (made, ends) = (at(claims.iat)?, at(claims.exp)?);
    let now = expected.now;
    let since = now.duration_since(made);
    let is_timely = now.duration_since(ends) < SKEW
        && since <= AGE_MAX + SKEW
        && since >= -SKEW
        && match claims.nbf {
            Some(begins) => now.duration_since(at(begins)?) >= -SKEW,
            None => true,
        };
    let is_for_us =
        claims.aud.is(expected.client_id) && claims.azp.is_none_or(|party| party == expected.client_id);
    let is_asked_for = equal(claims.nonce.as_bytes(), expected.nonce.as_bytes());
    let is_somebody = (1..=SUBJECT_BYTES_MAX).contains(&claims.sub.len());
    (claims.iss == expected.issuer && is_timely && is_for_us && is_asked_for && is_somebody)
        .then(|| Plain::new(claims.sub))
}
