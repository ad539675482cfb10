//! A passkey as it is kept: what its device calls it, its public key, and for which site it was made.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// A passkey without its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Credential {
    /// What its device calls it, in base64url.
    pub(crate) id: String,
    /// The name of the site that it was made for.
    pub(crate) at: String,
    /// Its public key, as the authenticator wrote it, in base64url.
    pub(super) key: String,
    /// Whether it can be copied to other devices of its owner; that never changes.
    pub(super) backup_eligible: bool,
}

impl Credential {
    pub(super) fn new(id: &[u8], at: &str, key: &[u8], backup_eligible: bool) -> Self {
        Self {
            id: BASE64_URL_SAFE_NO_PAD.encode(id),
            at: at.to_owned(),
            key: BASE64_URL_SAFE_NO_PAD.encode(key),
            backup_eligible,
        }
    }
}
