//! What goes to an address: one small JSON document, signed as [Standard Webhooks](https://www.standardwebhooks.com) says. The bytes
//! are promised in `spec/webhook.md`. Nothing in it is personal but what stands in a file that the recipient alone opens.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use sandyq_model::{Fault, Plain};
use sandyq_store::tables::disclosure::Disclosure;
use sandyq_store::vault::{Vault, WebhookKey};
use serde_json::json;

/// What stands before a secret, so that it is known for one.
const SECRET_PREFIX: &str = "whsec_";
/// What stands before each signature.
const SIGNATURE_PREFIX: &str = "v1,";
/// What is said when data is handed over.
const HANDED_OVER: &str = "disclosure.handed_over";
/// What is said when it must not be used any more.
const RECALLED: &str = "disclosure.recalled";

/// A message before it is signed. However often it is sent, it is the same.
pub(in crate::transfer) struct Outgoing {
    /// By which the receiver knows that it had it before.
    id: String,
    body: Vec<u8>,
}

impl Outgoing {
    /// The file of a handing-over, encrypted to the recipient.
    pub(in crate::transfer) fn handed(line: &Disclosure, file: &[u8]) -> Self {
        let body = json!({
            "type": HANDED_OVER,
            "timestamp": line.at.to_string(),
            "data": {"reference": line.reference, "file": STANDARD.encode(file)},
        });
        Self {
            id: format!("handed_{}", line.reference),
            body: body.to_string().into_bytes(),
        }
    }

    /// That what was given under a number must not be used any more; it names nobody.
    pub(super) fn recalled(line: &Disclosure, since: Timestamp) -> Self {
        let body = json!({
            "type": RECALLED,
            "timestamp": since.to_string(),
            "data": {"reference": line.reference},
        });
        Self {
            id: format!("recalled_{}", line.reference),
            body: body.to_string().into_bytes(),
        }
    }

    /// The same, signed at that instant with each of these secrets.
    pub(super) fn signed(
        &self,
        vault: &Vault,
        keys: &[WebhookKey],
        now: Timestamp,
    ) -> Result<SignedMessage, Fault> {
        let second = now.as_second().to_string();
        let content = [self.id.as_bytes(), b".", second.as_bytes(), b".", &self.body].concat();
        let signatures = keys.iter().map(|key| {
            let signature = vault.sign_webhook(*key, &content)?;
            Ok(format!("{SIGNATURE_PREFIX}{}", STANDARD.encode(signature)))
        });
        let signatures: Vec<String> = signatures.collect::<Result<_, Fault>>()?;
        Ok(SignedMessage {
            id: self.id.clone(),
            timestamp: second,
            signature: signatures.join(" "),
            body: self.body.clone(),
        })
    }
}

/// A message as it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedMessage {
    /// The header `webhook-id`.
    pub id: String,
    /// The header `webhook-timestamp`: seconds since 1970.
    pub timestamp: String,
    /// The header `webhook-signature`: one signature for each secret that signs.
    pub signature: String,
    /// A JSON document.
    pub body: Vec<u8>,
}

/// A secret as the recipient's program takes it.
pub(super) fn written(secret: &Plain<Vec<u8>>) -> Plain<String> {
    Plain::new(format!("{SECRET_PREFIX}{}", STANDARD.encode(secret.expose())))
}
