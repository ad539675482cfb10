//! Where the root key comes from (5.1.3-a), through the real program: a passphrase, a token (`SoftHSM`), a key file.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::said::{Place, Said};

const WORDS: &str = "алты бақан ала ауыз болмайық";
const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const TOKEN: [&str; 7] = [
    "init",
    "data",
    "--token",
    "safe",
    "--module",
    MODULE,
    "--pin-file",
];

fn write(place: &Place, name: &str, text: &str) {
    fs::write(place.path(name), text).unwrap();
    fs::set_permissions(place.path(name), fs::Permissions::from_mode(0o600)).unwrap();
}

/// A place with a token labelled `safe`.
fn with_token() -> Place {
    let place = Place::new();
    fs::create_dir(place.path("tokens")).unwrap();
    let conf = format!("directories.tokendir = {}\n", place.path("tokens").display());
    write(&place, "softhsm2.conf", &conf);
    write(&place, "pin", "1234-5678\n");
    let mut make = Command::new("softhsm2-util");
    make.args([
        "--init-token",
        "--free",
        "--label",
        "safe",
        "--so-pin",
        "so-4321",
        "--pin",
        "1234-5678",
    ]);
    make.env("SOFTHSM2_CONF", place.path("softhsm2.conf"));
    assert!(make.output().unwrap().status.success());
    place
}

fn beside(place: &Place, line: &[&str]) -> Said {
    place.sandyq_where(line, "SOFTHSM2_CONF", &place.path("softhsm2.conf"))
}

fn finding(said: &Said, check: &str) -> (String, String) {
    let json = said.json();
    let one = json["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["check"] == check);
    let one = one.unwrap_or_else(|| panic!("no {check}: {said:?}"));
    (
        one["state"].as_str().unwrap().to_owned(),
        one["says"].as_str().unwrap().to_owned(),
    )
}

#[test]
fn a_passphrase_in_a_file_opens_and_another_does_not() {
    let place = Place::new();
    write(&place, "words", &format!("{WORDS}\n"));
    place
        .sandyq(&["init", "data", "--passphrase-file", "words"])
        .ends(0);
    let key = fs::read_to_string(place.path("data/keys/root.key")).unwrap();
    assert!(key.starts_with("sandyq-root-passphrase/1 number=1 "), "{key}");
    place
        .sandyq(&[
            "staff",
            "add",
            "gulmira",
            "--role",
            "responsible",
            "--data",
            "data",
        ])
        .ends(0);
    place.sandyq(&["verify", "--data", "data"]).ends(0);
    let doctor = place.sandyq(&["doctor", "--data", "data", "--json"]);
    assert_eq!(finding(&doctor, "root key").0, "well", "{doctor:?}");
    assert_eq!(finding(&doctor, "key store").0, "well", "{doctor:?}");

    write(&place, "words", "a passphrase of somebody else\n");
    let said = place.sandyq(&["verify", "--data", "data"]).ends(3);
    assert!(said.err.contains("the passphrase does not open"), "{}", said.err);
    assert!(!said.err.contains("somebody"), "{}", said.err);
    fs::set_permissions(place.path("words"), fs::Permissions::from_mode(0o644)).unwrap();
    let said = place.sandyq(&["verify", "--data", "data"]).ends(3);
    assert!(said.err.contains("chmod 600"), "{}", said.err);
    fs::remove_file(place.path("words")).unwrap();
    let said = place.sandyq(&["verify", "--data", "data"]).ends(3);
    assert!(said.err.contains("there is no file"), "{}", said.err);
}

#[test]
fn a_passphrase_is_changed_and_every_key_stays() {
    let place = Place::new();
    write(&place, "words", &format!("{WORDS}\n"));
    write(&place, "new-words", "seven other words of a long sentence\n");
    let run = |line: &str| place.sandyq(&line.split(' ').collect::<Vec<_>>());
    run("init data --passphrase-file words").ends(0);
    run("staff add gulmira --role responsible --data data").ends(0);
    let before = run("keys list --data data --json").ends(0).json();
    assert_eq!(before["root"]["source"], "passphrase");

    let said = run("keys passphrase --data data --new-file words-of-nobody").ends(3);
    assert!(said.err.contains("there is no file"), "{}", said.err);
    let said = run("keys passphrase --data data --new-file new-words").ends(0);
    assert!(said.err.contains("put the new passphrase into"), "{}", said.err);
    let said = run("verify --data data").ends(3);
    assert!(said.err.contains("the passphrase does not open"), "{}", said.err);
    fs::rename(place.path("new-words"), place.path("words")).unwrap();
    run("verify --data data").ends(0);
    assert_eq!(run("keys list --data data --json").ends(0).json(), before);

    let plain = Place::new();
    plain.sandyq(&["init", "data"]).ends(0);
    let said = plain.sandyq(&["keys", "passphrase", "--data", "data"]).ends(3);
    assert!(said.err.contains("has no passphrase"), "{}", said.err);
}

#[test]
fn a_passphrase_is_typed_when_no_file_has_it() {
    let place = Place::new();
    let said = place
        .sandyq_with(&["init", "data", "--passphrase"], "short\n")
        .ends(3);
    assert!(said.err.contains("20 to 1024 characters"), "{}", said.err);
    assert!(!place.path("data").exists());
    place
        .sandyq_with(&["init", "data", "--passphrase"], &format!("{WORDS}\n"))
        .ends(0);
    place
        .sandyq_with(&["verify", "--data", "data"], &format!("{WORDS}\n"))
        .ends(0);
    let said = place.sandyq_with(&["verify", "--data", "data"], "").ends(3);
    assert!(
        said.err.contains("no passphrase of the root key was given"),
        "{}",
        said.err
    );
    let line = [
        "staff",
        "add",
        "aibek",
        "--role",
        "sales",
        "--password-stdin",
        "--data",
        "data",
    ];
    place
        .sandyq_with(&line, &format!("a long word of mine\n{WORDS}\n"))
        .ends(0);
}

#[test]
fn a_key_file_others_can_reach_is_refused_whatever_the_source() {
    let place = Place::new();
    place
        .sandyq_with(&["init", "data", "--passphrase"], &format!("{WORDS}\n"))
        .ends(0);
    let key = place.path("data/keys/root.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    let said = place
        .sandyq_with(&["verify", "--data", "data"], &format!("{WORDS}\n"))
        .ends(3);
    assert!(said.err.contains("mode 0640"), "{}", said.err);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let settings = fs::read_to_string(place.path("data/sandyq.toml")).unwrap();
    write(
        &place,
        "data/sandyq.toml",
        &settings.replace("\"passphrase\"", "\"file\""),
    );
    let said = place.sandyq(&["verify", "--data", "data"]).ends(3);
    assert!(said.err.contains("source = \"passphrase\""), "{}", said.err);
}

#[test]
fn the_whole_story_with_a_token() {
    let place = with_token();
    beside(&place, &[&TOKEN[..], &["pin"]].concat()).ends(0);
    assert!(
        !place.path("data/keys/root.key").exists(),
        "no root key lies in the folder"
    );
    let add = [
        "staff",
        "add",
        "gulmira",
        "--role",
        "responsible",
        "--data",
        "data",
    ];
    beside(&place, &add).ends(0);
    beside(&place, &["verify", "--data", "data"]).ends(0);
    let doctor = beside(&place, &["doctor", "--data", "data", "--json"]);
    assert_eq!(
        finding(&doctor, "root key"),
        ("well".into(), "in the token `safe`".into())
    );
    assert_eq!(finding(&doctor, "key store").0, "well", "{doctor:?}");

    let again = [&["init", "second"], &TOKEN[2..], &["pin"]].concat();
    let said = beside(&place, &again).ends(3);
    assert!(said.err.contains("holds a root key already"), "{}", said.err);
    assert!(!place.path("second").exists());
}

#[test]
fn a_wrong_pin_a_missing_token_and_a_missing_library_say_what_to_do() {
    let place = with_token();
    beside(&place, &[&TOKEN[..], &["pin"]].concat()).ends(0);
    write(&place, "pin", "9999-9999\n");
    let said = beside(&place, &["verify", "--data", "data"]).ends(3);
    assert!(
        said.err.contains("refused the PIN, and it is not tried again"),
        "{}",
        said.err
    );
    assert!(!said.err.contains("9999"), "{}", said.err);
    write(&place, "pin", "1234-5678\n");
    beside(&place, &["verify", "--data", "data"]).ends(0);

    fs::rename(place.path("tokens"), place.path("taken-away")).unwrap();
    fs::create_dir(place.path("tokens")).unwrap();
    let said = beside(&place, &["verify", "--data", "data"]).ends(3);
    assert!(
        said.err.contains("there is no token labelled `safe`"),
        "{}",
        said.err
    );
    let settings = fs::read_to_string(place.path("data/sandyq.toml")).unwrap();
    write(
        &place,
        "data/sandyq.toml",
        &settings.replace(MODULE, "/nowhere/lib.so"),
    );
    let said = beside(&place, &["verify", "--data", "data"]).ends(3);
    assert!(said.err.contains("/nowhere/lib.so"), "{}", said.err);
}

#[test]
fn one_source_is_chosen() {
    let place = Place::new();
    place
        .sandyq(&[
            "init",
            "data",
            "--passphrase",
            "--token",
            "safe",
            "--module",
            MODULE,
        ])
        .ends(2);
    place.sandyq(&["init", "data", "--token", "safe"]).ends(2);
    assert!(!place.path("data").exists());
}
