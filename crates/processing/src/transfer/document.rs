//! The file that a recipient gets: a JSON document, encrypted with age to the recipient's own key. What it holds is written down in
//! `spec/disclosure.md`.

use sandyq_model::Fault;
use sandyq_store::tables::disclosure::Disclosure;
use serde_json::{Value, json};

/// What the form of the document is called.
const FORMAT: &str = "sandyq-disclosure/1";

/// The words of a document.
pub(super) struct Named<'a> {
    /// Who hands over.
    pub operator: &'a str,
    /// To whom.
    pub recipient: &'a str,
    /// What for.
    pub purpose: &'a str,
}

/// The document, as bytes that only the holder of the key's identity can open.
pub(super) fn encrypted<'v>(
    key: &str,
    line: &Disclosure,
    named: &Named<'_>,
    fields: impl Iterator<Item = (&'v str, String, Value)>,
) -> Result<Vec<u8>, Fault> {
    let data: Vec<Value> = fields
        .map(|(name, label, value)| json!({"field": name, "label": label, "value": value}))
        .collect();
    let document = json!({
        "format": FORMAT,
        "reference": line.reference,
        "operator": named.operator,
        "recipient": named.recipient,
        "purpose": {"clause": line.purpose.to_string(), "label": named.purpose},
        "ground": match &line.article {
            Some(article) => json!({"kind": "law", "article": article, "document": line.document, "dated": line.dated}),
            None => json!({"kind": "consent"}),
        },
        "handed_at": line.at.to_string(),
        "data": data,
    });
    let bytes = zeroize::Zeroizing::new(
        serde_json::to_vec_pretty(&document).map_err(|error| Fault::Outside(error.to_string()))?,
    );
    let key: age::x25519::Recipient = key
        .parse()
        .map_err(|_| Fault::Store("the key of a recipient cannot be read".into()))?;
    age::encrypt(&key, &bytes)
        .map_err(|error| Fault::Vault(format!("a file could not be encrypted: {error}")))
}
