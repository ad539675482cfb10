//! Clauses 1.2 and 6.3: who agreed holds a receipt of it, opened beside the consent in "my data", and so does who took a
//! consent back. The verifier for strangers believes both, also after the withdrawal; nobody else opens them before.

use std::path::Path;
use std::process::Command;

use super::harness::{Running, Visitor};
use super::s6_3_dead_in_every_copy::verified;
use super::s6_3_second_copy::buys_as;

/// By the shapes in `spec/` the receipt holds what the standard asks; passed over where pyshacl was not fetched.
pub fn conforms(receipt: &str) {
    let Some(own) = std::env::var_os("SANDYQ_TEST_PYSHACL") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("receipt.jsonld");
    std::fs::write(&file, receipt).expect("a file");
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/check_consent_receipts.py");
    let mut command = Command::new(Path::new(&own).join("bin/python"));
    let output = command.arg(judge).arg(&file).output().expect("the judge runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
}

const EMAIL: &str = "dana.receipt@example.com";

#[test]
fn the_receipt_of_a_consent_is_opened_beside_it_and_verifies_also_after_the_withdrawal() {
    let running = Running::demo(&[]);
    let mut dana = Visitor::at(&running.url);
    buys_as(&mut dana, &running, EMAIL, false);
    let key = dana.get("/ledger/key").sent();

    let consents = dana.get("/my/consents");
    let path = consents.links("/receipt/").first().expect("a receipt").clone();
    let page = dana.get(&path);
    assert_eq!(page.answer.status, 200, "{}", page.text());
    let json = dana.get(&format!("{path}/receipt.json")).sent();
    let says = verified(&json, &key);
    assert!(says.contains("consent"), "{says}");
    conforms(&json);
    assert!(!json.contains(EMAIL) && !json.contains("7011234567"), "{json}");
    let text = dana.get(&format!("{path}/text.txt")).sent();
    assert!(text.contains("[kk]") && text.contains("[ru]"), "{text}");

    let mut stranger = Visitor::at(&running.url);
    for file in ["", "/receipt.json", "/text.txt"] {
        assert_eq!(
            stranger.get(&format!("{path}{file}")).answer.status,
            404,
            "{file}"
        );
    }

    let withdraw = dana.get("/my/withdraw");
    let gone = dana.submit(&withdraw, &[("understood", "yes"), ("step", "withdraw")]);
    assert!(gone.url.contains("/receipt/"), "{} {}", gone.url, gone.text());
    let own = gone
        .url
        .split('?')
        .next()
        .expect("an address")
        .replace(&running.url, "");
    let withdrawals: Vec<String> = gone
        .links("/receipt/")
        .into_iter()
        .filter(|link| !link.starts_with(&own))
        .collect();
    assert!(!withdrawals.is_empty(), "{}", gone.text());
    for withdrawal in &withdrawals {
        let said = stranger.get(&format!("{withdrawal}/receipt.json")).sent();
        assert!(said.contains("dpv:ConsentWithdrawn"), "{said}");
        verified(&said, &key);
        conforms(&said);
    }
    verified(&json, &key);
    assert_eq!(stranger.get(&format!("{path}/receipt.json")).sent(), json);
}
