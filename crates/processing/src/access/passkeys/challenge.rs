//! Challenges that are kept nowhere: each says when it was made, and a seal of ours binds it to what it serves and to one
//! browser. That one was used is noted with the passkey that answered it.

use jiff::{SignedDuration, Timestamp};
use sandyq_model::Chance;
use sandyq_store::vault::{Vault, equal};

/// For how long a challenge can be answered.
pub(crate) const CHALLENGE_TTL: SignedDuration = SignedDuration::from_mins(10);

/// Bytes of the number, of the time and of the seal.
const NUMBER: usize = 16;
const TIME: usize = 8;
const SEAL: usize = 16;

/// A challenge of ours that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    /// Its number, by which it is noted that it was used.
    pub(crate) number: [u8; NUMBER],
    /// When it cannot be answered any more.
    pub(crate) until: Timestamp,
}

/// A new challenge for what it serves, in the browser that holds that secret.
pub(super) fn made(vault: &Vault, chance: &dyn Chance, scope: (&str, &str), now: Timestamp) -> Vec<u8> {
    let mut number = [0; NUMBER];
    chance.fill(&mut number);
    let time = now.as_second().to_be_bytes();
    [&number[..], &time, &seal(vault, &number, time, scope)].concat()
}

/// Whether that is one of ours for this, in this browser.
pub(super) fn known(vault: &Vault, bytes: &[u8], scope: (&str, &str)) -> Option<Challenge> {
    let (number, rest) = bytes.split_first_chunk::<NUMBER>()?;
    let (time, sealed) = rest.split_first_chunk::<TIME>()?;
    if !equal(&seal(vault, number, *time, scope), sealed) {
        return None;
    }
    let since = Timestamp::from_second(i64::from_be_bytes(*time)).ok()?;
    Some(Challenge {
        number: *number,
        until: since.checked_add(CHALLENGE_TTL).ok()?,
    })
}

fn seal(vault: &Vault, number: &[u8; NUMBER], time: [u8; TIME], scope: (&str, &str)) -> [u8; SEAL] {
    let (serves, browser) = scope;
    let length = u64::try_from(serves.len()).unwrap_or(u64::MAX).to_be_bytes();
    let text = [
        b"challenge of a passkey ",
        &number[..],
        &time,
        &length,
        serves.as_bytes(),
        browser.as_bytes(),
    ];
    let hash = vault.form_hash(&text.concat());
    hash.as_bytes().first_chunk().copied().unwrap_or_default()
}
