//! 2.2.1: passkeys (Web Authentication, level 3). What an authenticator signed is checked against a challenge of ours, the
//! origin of this site and the public key that was kept. Whose passkey it is is known elsewhere, and nothing here asks.
//!
//! A passkey counts only with its owner's verification (a finger, a face, a PIN). Who made the authenticator is not asked and
//! not believed: no attestation is looked at.

mod cbor;
mod ceremony;
mod challenge;
mod credential;
mod key;
mod relying_party;
mod said;
#[cfg(test)]
mod tests;

pub use ceremony::{Assertion, Attestation};
pub(crate) use ceremony::{Ceremony, Heard, Made, Unfit};
pub(crate) use challenge::Challenge;
pub(crate) use credential::Credential;
pub use key::ALGORITHMS;
pub(crate) use relying_party::RelyingParty;
