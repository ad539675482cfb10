//! What goes to an address: one small JSON document, signed as [Standard Webhooks](https://www.standardwebhooks.com) says. The bytes
//! are promised in `spec/webhook.md`. Nothing in it is personal but what stands in a file that the recipient alone opens.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use sandyq_model::{Fault, Plain};
use sandyq_store::tables::disclosure::Disclosure;
use sandyq_store::vault::{HASH_BYTES, Vault, WebhookKey};
use serde::Serialize;

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
    ///
    /// # Errors
    /// When it cannot be written down; there is no reason to.
    pub(in crate::transfer) fn handed(line: &Disclosure, file: &[u8]) -> Result<Self, Fault> {
        let data = Data {
            reference: &line.reference,
            file: Some(STANDARD.encode(file)),
        };
        Self::of("handed", (HANDED_OVER, line.at), &data)
    }

    /// That what was given under a number must not be used any more; it names nobody.
    ///
    /// # Errors
    /// As [`Outgoing::handed`].
    pub(super) fn recalled(line: &Disclosure, since: Timestamp) -> Result<Self, Fault> {
        let data = Data {
            reference: &line.reference,
            file: None,
        };
        Self::of("recalled", (RECALLED, since), &data)
    }

    fn of(word: &str, (says, at): (&str, Timestamp), data: &Data<'_>) -> Result<Self, Fault> {
        let body = Body {
            says,
            timestamp: at.to_string(),
            data,
        };
        Ok(Self {
            id: format!("{word}_{}", data.reference),
            body: serde_json::to_vec(&body).map_err(|error| Fault::Outside(error.to_string()))?,
        })
    }

    /// The same, signed at that instant with each of these secrets.
    pub(super) fn signed(
        &self,
        vault: &Vault,
        keys: &[WebhookKey],
        now: Timestamp,
    ) -> Result<SignedMessage, Fault> {
        let second = now.as_second().to_string();
        let content = self.content(&second);
        let signatures = keys
            .iter()
            .map(|key| vault.sign_webhook(*key, &content).map(signature));
        let signatures: Vec<String> = signatures.collect::<Result<_, Fault>>()?;
        Ok(SignedMessage {
            id: self.id.clone(),
            timestamp: second,
            signature: signatures.join(" "),
            body: self.body.clone(),
        })
    }

    /// What is signed.
    fn content(&self, second: &str) -> Vec<u8> {
        [self.id.as_bytes(), b".", second.as_bytes(), b".", &self.body].concat()
    }
}

/// A message as it is written down, in this order.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    says: &'a str,
    timestamp: String,
    data: &'a Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    reference: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

fn signature(bytes: [u8; HASH_BYTES]) -> String {
    format!("{SIGNATURE_PREFIX}{}", STANDARD.encode(bytes))
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

#[cfg(test)]
mod tests {
    use aws_lc_rs::hmac;
    use sandyq_model::{ActorId, DisclosureId, FieldSet, Purpose, RecipientId, SubjectId};
    use serde_json::Value;

    use super::*;

    const VECTOR: &str = include_str!("../../../../../spec/vectors/webhook.json");

    fn line() -> Disclosure {
        Disclosure {
            subject: SubjectId::from_bytes([1; 16]),
            id: DisclosureId::from_bytes([2; 16]),
            reference: "SQ-4H8T-21XN".into(),
            recipient: RecipientId::from_bytes([3; 16]),
            purpose: Purpose::SOFTWARE_REGISTRATION,
            fields: FieldSet::EMPTY,
            consent: None,
            article: None,
            document: None,
            dated: None,
            form: "webhook".into(),
            at: "2026-11-23T06:40:12Z".parse().unwrap(),
            handed_by: ActorId::from_bytes([4; 16]),
            recalled_at: None,
            recalled_for: None,
            told_at: None,
            confirmed_at: None,
            confirmed_document: None,
            webhook: None,
            delivered_at: None,
            failed_at: None,
            hook_told_at: None,
        }
    }

    #[test]
    fn the_vector_of_the_spec_is_what_is_signed() {
        let vector: Value = serde_json::from_str(VECTOR).unwrap();
        let text = |name: &str| vector[name].as_str().unwrap();
        let since = "2026-11-24T06:40:12Z".parse().unwrap();
        let outgoing = Outgoing::recalled(&line(), since).unwrap();
        assert_eq!(outgoing.id, text("id"));
        assert_eq!(String::from_utf8_lossy(&outgoing.body), text("body"));
        let secrets = vector["secrets"].as_array().unwrap();
        let signed = secrets.iter().map(|secret| {
            let bytes = secret.as_str().unwrap().strip_prefix(SECRET_PREFIX).unwrap();
            let bytes = Plain::new(STANDARD.decode(bytes).unwrap());
            assert_eq!(written(&bytes).expose(), secret.as_str().unwrap());
            let key = hmac::Key::new(hmac::HMAC_SHA256, bytes.expose());
            let tag = hmac::sign(&key, &outgoing.content(text("timestamp")));
            signature(tag.as_ref().try_into().unwrap())
        });
        let signed: Vec<String> = signed.collect();
        assert_eq!(signed.join(" "), text("signature"));
    }

    #[test]
    fn a_file_goes_in_base64_and_each_kind_of_message_has_an_id_of_its_own() {
        let handed = Outgoing::handed(&line(), b"age").unwrap();
        assert_eq!(handed.id, "handed_SQ-4H8T-21XN");
        assert_eq!(
            String::from_utf8_lossy(&handed.body),
            r#"{"type":"disclosure.handed_over","timestamp":"2026-11-23T06:40:12Z","data":{"reference":"SQ-4H8T-21XN","file":"YWdl"}}"#
        );
    }
}
