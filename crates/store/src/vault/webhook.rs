//! 4.2: secrets by which recipients know our messages. None lies anywhere: each is derived from a key of the vault that does nothing
//! else and from a random number that stands in the register, so that no copy of the data holds one.
//!
//! ```text
//! secret     HMAC-SHA256(key of that version, "sandyq/webhook" | recipient (16) | webhook (16))
//! signature  HMAC-SHA256(secret, message)
//! ```

use aws_lc_rs::hmac;
use sandyq_model::{Fault, Plain, RecipientId, WebhookId};

use super::Vault;
use super::fault::VaultFault;
use super::hierarchy::{KeyUse, KeyVersions, derive};
use super::keyed_hash::HASH_BYTES;
use super::source::KeySource;

/// From what a secret is derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebhookKey {
    /// Whose it is.
    pub recipient: RecipientId,
    /// Of which row of the register: random, and never used twice.
    pub webhook: WebhookId,
    /// The version of the key.
    pub version: u16,
}

/// The key in each version, the newest last.
pub(super) struct WebhookKeys(Vec<hmac::Key>);

impl WebhookKeys {
    pub(super) fn new(source: &dyn KeySource, versions: &KeyVersions) -> Result<Self, Fault> {
        let keys = (1..=versions.of(KeyUse::Webhook)).map(|version| {
            let secret = derive(source, KeyUse::Webhook, version)?;
            Ok(hmac::Key::new(hmac::HMAC_SHA256, secret.as_slice()))
        });
        keys.collect::<Result<_, Fault>>().map(Self)
    }

    fn of_version(&self, version: u16) -> Option<&hmac::Key> {
        self.0.get(usize::from(version).checked_sub(1)?)
    }
}

impl Vault {
    /// The version of the key from which new secrets are derived.
    #[must_use]
    pub fn webhook_version(&self) -> u16 {
        u16::try_from(self.webhook.0.len()).unwrap_or(u16::MAX)
    }

    /// The secret: for whoever shows it once to the recipient.
    ///
    /// # Errors
    /// When there is no key of that version.
    pub fn webhook_secret(&self, of: WebhookKey) -> Result<Plain<Vec<u8>>, Fault> {
        let key = self.webhook.of_version(of.version).ok_or(VaultFault::Webhook)?;
        let place = [
            &b"sandyq/webhook"[..],
            of.recipient.as_bytes(),
            of.webhook.as_bytes(),
        ];
        Ok(Plain::new(hmac::sign(key, &place.concat()).as_ref().to_vec()))
    }

    /// The signature on a message.
    ///
    /// # Errors
    /// As [`Vault::webhook_secret`].
    pub fn sign_webhook(&self, of: WebhookKey, message: &[u8]) -> Result<[u8; HASH_BYTES], Fault> {
        let secret = self.webhook_secret(of)?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose());
        let signature = hmac::sign(&key, message);
        signature
            .as_ref()
            .try_into()
            .map_err(|_| VaultFault::Library.into())
    }
}
