//! Custodians who together bring the keys back (5.1.6, 6.3), through the real program and the program `age`.

use std::fs;
use std::process::Command;

use super::said::{Place, Said};

/// Runs a line of words.
pub fn run(place: &Place, line: &str) -> Said {
    place.sandyq(&line.split(' ').collect::<Vec<_>>())
}

/// A custodian: an identity in a file, and the recipient that belongs to it.
fn custodian(place: &Place, name: &str) -> String {
    let made = Command::new("age-keygen").output().unwrap();
    fs::write(place.path(name), &made.stdout).unwrap();
    let text = String::from_utf8(made.stdout).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("# public key: "));
    line.unwrap().to_owned()
}

/// A data folder with these custodians, any two of whom are enough, and a line more under `[keys.escrow]`.
pub fn with_custodians(names: &[&str], more: &str) -> Place {
    let place = Place::new();
    run(&place, "init data").ends(0);
    run(&place, "staff add gulmira --role responsible --data data").ends(0);
    run(&place, "keys escrow show --data data").ends(1);
    let row = |name: &&str| {
        let recipient = custodian(&place, name);
        format!("{{ name = \"{name}\", recipient = \"{recipient}\" }}")
    };
    let rows: Vec<String> = names.iter().map(row).collect();
    let escrow = format!(
        "\n[keys.escrow]\nneeded = 2\n{more}\ncustodians = [{}]\n",
        rows.join(", ")
    );
    let settings = fs::read_to_string(place.path("data/sandyq.toml")).unwrap();
    fs::write(place.path("data/sandyq.toml"), settings + &escrow).unwrap();
    place
}

/// What the custodian makes of a share, on a machine of their own.
pub fn decrypt(place: &Place, number: usize, name: &str) {
    let mut age = Command::new("age");
    age.arg("-d")
        .arg("-i")
        .arg(place.path(name))
        .arg(place.path(&format!("data/keys/escrow/share-{number}.age")));
    let said = age.output().unwrap();
    assert!(said.status.success(), "{said:?}");
    fs::write(place.path(&format!("share-{number}")), said.stdout).unwrap();
}

fn escrow_finding(place: &Place) -> String {
    let doctor = run(place, "doctor --data data --json").json();
    let checks = doctor["checks"].as_array().unwrap();
    let one = checks.iter().find(|one| one["check"] == "escrow").unwrap();
    one["state"].as_str().unwrap().to_owned()
}

#[test]
fn shares_that_are_not_of_the_settings_are_said_to_be_stale() {
    let place = with_custodians(&["director", "auditor", "notary"], "");
    let said = run(&place, "keys escrow show --data data --json").ends(1);
    assert_eq!(said.json()["stale"], true);
    assert_eq!(escrow_finding(&place), "warning");
    let none = run(&place, "keys list --data data").ends(0).out;
    assert!(none.contains("2 of 3, without shares"), "{none}");
    // The first shares need no end of an epoch.
    let renewed = run(&place, "keys escrow renew --data data --json").ends(0);
    assert_eq!(renewed.json()["epoch"], 1);
    run(&place, "keys escrow show --data data").ends(0);
    let listed = run(&place, "keys list --data data --json").ends(0).json();
    assert_eq!(listed["escrow"]["needed"], 2);
    assert_eq!(
        (&listed["escrow"]["epoch"], &listed["escrow"]["stale"]),
        (&1.into(), &false.into())
    );
    run(&place, "keys rotate --now --data data").ends(0);
    let said = run(&place, "keys escrow show --data data").ends(0);
    assert!(
        said.out.contains("2 of 3 custodians") && said.out.contains("epoch 2"),
        "{}",
        said.out
    );
    assert_eq!(escrow_finding(&place), "well");
    // Another custodian in the place of one.
    let settings = fs::read_to_string(place.path("data/sandyq.toml")).unwrap();
    let old = fs::read_to_string(place.path("notary")).unwrap();
    let old = old
        .lines()
        .find_map(|line| line.strip_prefix("# public key: "))
        .unwrap();
    let settings = settings.replace(old, &custodian(&place, "heir"));
    fs::write(place.path("data/sandyq.toml"), settings).unwrap();
    run(&place, "keys escrow show --data data").ends(1);
    let listed = run(&place, "keys list --data data").ends(0).out;
    assert!(listed.contains("of other settings"), "{listed}");
}

#[test]
fn custodians_bring_back_a_root_key_and_an_epoch_that_were_lost() {
    let place = with_custodians(&["director", "auditor", "notary"], "");
    run(&place, "keys escrow renew --data data").ends(0);
    decrypt(&place, 1, "director");
    decrypt(&place, 3, "notary");
    fs::copy(place.path("data/keys/escrow/payload"), place.path("payload")).unwrap();
    let key = fs::read(place.path("data/keys/root.key")).unwrap();
    for lost in ["root.key", "epoch.key"] {
        fs::remove_file(place.path("data/keys").join(lost)).unwrap();
    }
    run(&place, "verify --data data").ends(3);

    let one = "keys recover --data data --payload payload --share share-1";
    let both = format!("{one} --share share-3");
    let said = run(&place, one).ends(1);
    assert!(
        said.err.contains("1 shares are too few, and 2 are needed"),
        "{}",
        said.err
    );
    assert!(!place.path("data/keys/root.key").exists());
    run(&place, &both).ends(0);
    assert_eq!(fs::read(place.path("data/keys/root.key")).unwrap(), key);
    run(&place, "verify --data data").ends(0);
    run(&place, "keys rotate --now --data data").ends(0);

    fs::copy(place.path("data/keys/escrow/payload"), place.path("payload")).unwrap();
    let said = run(&place, &both).ends(1);
    assert!(said.err.contains("is of another set"), "{}", said.err);
}

#[test]
fn shares_of_another_installation_leave_nothing_behind() {
    let other = with_custodians(&["director", "auditor"], "");
    run(&other, "keys escrow renew --data data").ends(0);
    decrypt(&other, 1, "director");
    decrypt(&other, 2, "auditor");
    let place = with_custodians(&["director", "auditor"], "");
    run(&place, "keys escrow renew --data data").ends(0);
    decrypt(&place, 1, "director");
    decrypt(&place, 2, "auditor");
    fs::copy(place.path("data/keys/escrow/payload"), place.path("payload")).unwrap();
    let key = fs::read(place.path("data/keys/root.key")).unwrap();
    for lost in ["root.key", "epoch.key"] {
        fs::remove_file(place.path("data/keys").join(lost)).unwrap();
    }
    for (from, to) in [
        ("data/keys/escrow/payload", "foreign"),
        ("share-1", "foreign-1"),
        ("share-2", "foreign-2"),
    ] {
        fs::copy(other.path(from), place.path(to)).unwrap();
    }
    let foreign = "keys recover --data data --payload foreign --share foreign-1 --share foreign-2";
    assert_ne!(run(&place, foreign).code, 0);
    assert!(!place.path("data/keys/root.key").exists() && !place.path("data/keys/epoch.key").exists());
    let own = "keys recover --data data --payload payload --share share-1 --share share-2";
    run(&place, own).ends(0);
    assert_eq!(fs::read(place.path("data/keys/root.key")).unwrap(), key);
    run(&place, "verify --data data").ends(0);
}

#[test]
fn an_epoch_does_not_end_while_custodians_cannot_be_given_shares() {
    let place = with_custodians(&["director", "auditor"], "copy = \"../file/escrow\"");
    fs::write(place.path("file"), "no folder").unwrap();
    let said = run(&place, "keys rotate --now --data data");
    assert_ne!(said.code, 0, "{said:?}");
    assert!(
        said.err.contains("the epoch does not end until it can"),
        "{said:?}"
    );
    let listed = run(&place, "keys list --data data --json").ends(0);
    assert_eq!(listed.json()["epoch"], 1);
}
