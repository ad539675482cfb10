//! Clause 6.3, DEF-4: who is destroyed is dead in every copy that was ever made, once the epoch of keys has ended. The
//! receipt names the epoch and the instant; it goes on to hold, and its page says when it has come true.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::harness::{Running, Visitor, binary, command, profile_folder};

/// What the responsible person does about an order, while no server runs.
fn subject(running: &Running, name: &str, action: &[&str], order: &str) -> Value {
    let responsible = running.staff_called(name);
    let mut child = Command::new(binary())
        .arg("subject")
        .args(action)
        .args([order, "--as", &responsible.name, "--json", "--data"])
        .arg(running.data())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let proof = running.desks.proof_of(&responsible.name);
    let line = format!("{}\n{proof}\n", responsible.password);
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(line.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn keys(running: &Running, words: &[&str]) -> Value {
    let data = running.data();
    let data = data.to_str().expect("a name");
    let output = command(&[&["keys"], words, &["--data", data, "--json"]].concat());
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn body(running: &Running, language: &str, path: &str) -> String {
    let page = Visitor::speaking(&running.url, language).get(path);
    assert_eq!(page.answer.status, 200, "{path}");
    String::from_utf8(page.answer.body).expect("a text")
}

/// What somebody reads on the page of the receipt.
fn read(running: &Running, language: &str, path: &str) -> String {
    Visitor::speaking(&running.url, language).get(path).text()
}

/// What the verifier for strangers says of the receipt.
pub fn verified(receipt: &str, key: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("receipt.json");
    std::fs::write(&file, receipt).expect("a file");
    let verifier = profile_folder().join("sandyq-verifier");
    let mut command = Command::new(verifier);
    command.arg("receipt").arg(&file).arg("--key").arg(key.trim());
    let output = command.output().expect("the verifier runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("a text")
}

#[test]
fn a_receipt_holds_after_its_epoch_has_ended_and_its_page_says_that_all_copies_are_dead() {
    let mut running = Running::demo(&[]);
    let letters = Visitor::at(&running.mail).get(&running.mail).text();
    let placed = [
        "your order is placed. Reference number: ",
        "Тапсырыс нөмірі: ",
        "Номер заказа: ",
    ];
    let order = placed
        .iter()
        .find_map(|words| letters.split(words).nth(1)?.get(..12));
    let order = order.expect("an order that was placed").to_owned();
    assert!(running.stop().success());
    subject(&running, "responsible", &["withdraw"], &order);
    let proposed = subject(&running, "responsible", &["destroy", "--yes"], &order);
    assert_eq!(proposed["destroyed"], false, "it takes two (5.1.1)");
    let destroyed = subject(&running, "deputy", &["destroy", "--yes"], &order);
    let number = destroyed["receipt"].as_str().expect("a number").to_owned();
    running.start_again();

    let epoch = keys(&running, &["list"])["epoch"].as_u64().expect("a number");
    let key = body(&running, "en", "/ledger/key");
    let path = format!("/receipt/{number}");
    let receipt = body(&running, "en", &format!("{path}/receipt.json"));
    let says = verified(&receipt, &key);
    assert!(
        says.contains(&format!("key epoch {epoch}, dead after ")),
        "{says}"
    );
    let page = read(&running, "en", &path);
    assert!(page.contains(&format!("epoch {epoch} of our keys")), "{page}");
    assert!(!page.contains("has ended"), "{page}");

    let ended = keys(&running, &["rotate", "--now"]);
    assert_eq!(ended["from"].as_u64(), Some(epoch));
    assert!(ended["deaths"].as_u64() >= Some(1), "{ended}");
    assert_eq!(
        body(&running, "en", &format!("{path}/receipt.json")),
        receipt,
        "it stays as it was"
    );
    verified(&receipt, &key);
    for (language, words) in [
        (
            "en",
            format!("Epoch {epoch} of our keys has ended and its key is forgotten"),
        ),
        ("ru", format!("Эпоха {epoch} наших ключей закончилась")),
        ("kk", format!("Кілттеріміздің {epoch}-дәуірі аяқталды")),
    ] {
        let page = read(&running, language, &path);
        assert!(page.contains(&words), "{language}: {page}");
        // What stands on paper is enough to check it: who, the entry, the way to the checkpoint, the signature.
        let whole: Value = serde_json::from_str(&receipt).expect("JSON");
        let (ledger, signatures) = (&whole["ledger"], &whole["signatures"]);
        for printed in [
            &whole["operator"]["bin"],
            &whole["subject"],
            &ledger["entry"],
            &ledger["proof"][0],
            &signatures[0],
        ] {
            let printed = printed.as_str().expect("a text");
            assert!(page.contains(printed), "{language}: {printed}");
        }
    }
    assert!(running.stop().success());
}
