//! A way to the provider and back: one browser's, for one end, for ten minutes, once. The browser keeps a random number with our seal; state,
//! nonce and verifier are keyed hashes of it, so that nothing about it need be kept here but that it is over.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sandyq_model::{Chance, Plain};
use sandyq_store::vault::{Vault, equal};

/// For how long a browser may be away.
pub const ERRAND_TTL: SignedDuration = SignedDuration::from_mins(10);
/// Errands that are over and not yet late; when there are more, nobody comes in this way for minutes.
const OVER_MAX: usize = 10_000;

const NUMBER: usize = 32;
const TIME: usize = 8;
const SEAL: usize = 32;

/// What an errand is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Serves<'a> {
    /// Coming in.
    ComingIn,
    /// Linking the account of whoever calls, in that session.
    Linking(&'a str),
}

impl<'a> Serves<'a> {
    /// Its word, and the session that it is bound to.
    const fn bound_to(self) -> (&'static [u8], &'a str) {
        match self {
            Self::ComingIn => (b"in ", ""),
            Self::Linking(session) => (b"link ", session),
        }
    }
}

/// One errand.
pub(crate) struct Errand {
    /// What the browser keeps.
    pub(crate) kept: String,
    /// What comes back with the browser.
    pub(crate) state: String,
    /// What stands in the signed statement.
    pub(crate) nonce: String,
    /// What shows that whoever changes the code is who asked for it.
    pub(crate) verifier: Plain<String>,
    number: [u8; NUMBER],
    until: Timestamp,
}

impl Errand {
    /// A new one.
    pub(crate) fn new(
        vault: &Vault,
        chance: &dyn Chance,
        serves: Serves<'_>,
        now: Timestamp,
    ) -> Option<Self> {
        let mut number = [0; NUMBER];
        chance.fill(&mut number);
        Self::of(vault, number, serves, now.as_second())
    }

    /// The one that a browser keeps, while it is not late and is for that end.
    pub(crate) fn kept(vault: &Vault, kept: &str, serves: Serves<'_>, now: Timestamp) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(kept).ok()?;
        let (number, rest) = bytes.split_first_chunk::<NUMBER>()?;
        let (time, _) = rest.split_first_chunk::<TIME>()?;
        let errand = Self::of(vault, *number, serves, i64::from_be_bytes(*time))?;
        (equal(errand.kept.as_bytes(), kept.as_bytes()) && now < errand.until).then_some(errand)
    }

    fn of(vault: &Vault, number: [u8; NUMBER], serves: Serves<'_>, since: i64) -> Option<Self> {
        let time = since.to_be_bytes();
        let hash = |what: &[u8]| {
            let (scope, session) = serves.bound_to();
            let text = [
                &b"errand to the identity provider "[..],
                what,
                scope,
                &number,
                &time,
                session.as_bytes(),
            ];
            *vault.form_hash(&text.concat()).as_bytes()
        };
        let told = |what: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(hash(what));
        let seal: [u8; SEAL] = hash(b"seal ");
        Some(Self {
            kept: BASE64_URL_SAFE_NO_PAD.encode([&number[..], &time, &seal].concat()),
            state: told(b"state "),
            nonce: told(b"nonce "),
            verifier: Plain::new(told(b"verifier ")),
            number,
            until: Timestamp::from_second(since).ok()?.checked_add(ERRAND_TTL).ok()?,
        })
    }

    /// RFC 7636: what is told of the verifier beforehand.
    pub(crate) fn code_challenge(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, self.verifier.expose().as_bytes()))
    }
}

/// The errands that are over.
#[derive(Default)]
pub(crate) struct Errands(Mutex<BTreeMap<[u8; NUMBER], Timestamp>>);

impl Errands {
    /// Ends it; `false` when it is over already, or nothing more can be remembered.
    pub(crate) fn ends(&self, errand: &Errand, now: Timestamp) -> bool {
        let mut over = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if over.len() >= OVER_MAX {
            over.retain(|_, until| now < *until);
        }
        over.len() < OVER_MAX && over.insert(errand.number, errand.until).is_none()
    }
}
