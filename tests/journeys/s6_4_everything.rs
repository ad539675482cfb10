//! Clauses 6.1 and 6.4: somebody downloads everything that is held about them, in a browser in each language; the archive is
//! opened by programs that are not ours, its hashes are those of the files, its manifest and the receipts in it are believed by
//! the standalone verifier, the letter is read back, and the number of the card is nowhere in it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::harness::{Running, Visitor, Walk, Window, paper};
use super::s1_2_receipt_of_consent::conforms;
use super::s6_3_dead_in_every_copy::verified;
use super::s6_3_second_copy::buys_as;

const EMAIL: &str = "dana.everything@example.com";

/// The archive as a person's computer unpacks it.
fn unpacked(archive: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("archive.zip");
    std::fs::write(&path, archive).expect("written");
    let unpacks = Command::new("python3")
        .args(["-m", "zipfile", "-e", "archive.zip", "."])
        .current_dir(folder.path())
        .status()
        .expect("python3");
    assert!(unpacks.success());
    let sums = Command::new("sha256sum")
        .args(["--check", "--strict", "SHA256SUMS"])
        .current_dir(folder.path())
        .status()
        .expect("sha256sum");
    assert!(sums.success(), "the hashes are those of the files");
    folder
}

fn the_letter_says_the_same(folder: &Path, order: &str) {
    let pdf = std::fs::read(folder.join("answer.pdf")).expect("a letter");
    let said = paper::words_in(&pdf);
    let spaceless = said.split_whitespace().collect::<String>();
    for held in [EMAIL, "Әбілқайырова", "••••1111"] {
        assert!(spaceless.contains(held), "{held}: {said}");
    }
    for secret in ["4111111111111111", order] {
        assert!(!spaceless.contains(secret), "{secret}: {said}");
    }
}

fn each_value_says_what_keeps_it(json: &str) {
    let data: Value = serde_json::from_str(json).expect("JSON");
    let values = data["values"].as_array().expect("values");
    assert!(!values.is_empty());
    for value in values {
        let keepers = value["kept_by"].as_array().expect("what keeps it");
        let last = keepers.iter().filter_map(|keeper| keeper["until"].as_str()).max();
        assert_eq!(last, value["until"].as_str(), "{value:#}");
    }
    let norms = |value: &Value| value["kept_by"].to_string().contains("\"norm\"");
    assert!(values.iter().any(norms), "an order that was paid keeps a name");
}

fn the_receipts_are_believed_by_themselves(folder: &Path, json: &str, key: &str) {
    let data: Value = serde_json::from_str(json).expect("JSON");
    let consents = data["consents"].as_array().expect("consents");
    let numbers = consents
        .iter()
        .flat_map(|consent| consent["receipts"].as_array().expect("receipts"))
        .map(|receipt| receipt["receipt"].as_str().expect("a number"));
    let mut count = 0;
    for number in numbers {
        let path = folder.join("receipts").join(format!("{number}.jsonld"));
        let receipt = std::fs::read_to_string(path).expect("its file");
        verified(&receipt, key);
        conforms(&receipt);
        assert!(!receipt.contains(EMAIL) && !receipt.contains("Әбілқайырова"));
        let said: Value = serde_json::from_str(&receipt).expect("JSON");
        let hash = &said["dpv:hasRecordOfActivity"]["dpv:hasNotice"]["spdx:checksum"]["spdx:checksumValue"];
        let text = format!("receipts/texts/{}.txt", hash.as_str().expect("a hash"));
        assert!(folder.join(text).is_file(), "the text that was shown is there");
        count += 1;
    }
    assert!(count >= consents.len(), "{count}");
}

#[test]
fn everything_is_downloaded_by_its_owner_alone_and_checked_without_us() {
    let mut running = Running::demo(&[]);
    let mut dana = Visitor::speaking(&running.url, "ru");
    let reference = buys_as(&mut dana, &running, EMAIL, true);
    let key = dana.get("/ledger/key").source;
    let page = dana.get("/my/download");
    assert_eq!(page.answer.status, 200, "{}", page.text());
    let archive = dana.submit(&page, &[("step", "download")]);
    assert_eq!(archive.answer.status, 200, "{}", archive.text());
    let folder = unpacked(&archive.answer.body);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect(name);
    let (json, html) = (read("data.json"), read("data.html"));
    for file in [&json, &html] {
        assert!(file.contains(EMAIL) && file.contains("Әбілқайырова") && file.contains(&reference));
        assert!(
            !file.contains("4111111111111111") && !file.contains("4111 1111"),
            "the card"
        );
        assert!(file.contains("1111"), "its last four digits");
    }
    assert!(html.contains("lang=\"ru\"") && !html.contains("<script") && !html.contains("src="));
    assert!(json.contains("sandyq/personal-data/v1"));
    let says = verified(&read("manifest.json"), &key);
    for file in ["data.html", "data.json", "answer.pdf", "receipts/texts/"] {
        assert!(says.contains(file), "{file}: {says}");
    }
    the_letter_says_the_same(folder.path(), &reference);
    each_value_says_what_keeps_it(&json);
    the_receipts_are_believed_by_themselves(folder.path(), &json, &key);

    let mut stranger = Visitor::at(&running.url);
    let turned = stranger.get("/my/download");
    assert!(turned.url.ends_with("/my"), "{}", turned.url);

    let mut objections = Vec::new();
    for (number, language) in ["kk", "ru", "en"].into_iter().enumerate() {
        let window = Window {
            language,
            ..Window::narrow()
        };
        let mut walk = Walk::begin(&running, window, format!("all{number}@example.com"));
        super::asking::somebody_we_know(&mut walk);
        walk.go("/my");
        walk.press("a[href='/my/download']");
        assert!(
            walk.browser.has("button[value=download]"),
            "{}",
            walk.browser.text()
        );
        objections.extend(walk.objections);
    }
    assert_eq!(objections, Vec::<String>::new());
    assert!(running.stop().success());
}
