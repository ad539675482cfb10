//! Clauses 6.1 and 6.4: somebody downloads everything that is held about them, in a browser in each language; the archive is
//! opened by programs that are not ours, its hashes are those of the files, its manifest is believed by the standalone
//! verifier, and the number of the card is nowhere in it.

use std::process::Command;

use super::harness::{Running, Visitor, Walk, Window};
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
    assert!(says.contains("data.html") && says.contains("data.json"), "{says}");

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
