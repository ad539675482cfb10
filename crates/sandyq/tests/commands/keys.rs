//! 5.1.3-a, DEF-4: the inventory of keys and the end of an epoch, beside a server and without one.

use super::said::{Place, Said};

fn run(place: &Place, line: &str) -> Said {
    place.sandyq(&line.split(' ').collect::<Vec<_>>())
}

fn finding(place: &Place) -> (String, String) {
    let doctor = run(place, "doctor --data data --json").json();
    let checks = doctor["checks"].as_array().unwrap();
    let one = checks.iter().find(|one| one["check"] == "key epoch").unwrap();
    (
        one["state"].as_str().unwrap().to_owned(),
        one["says"].as_str().unwrap().to_owned(),
    )
}

#[test]
fn the_inventory_names_every_use_and_no_key() {
    let place = Place::new();
    run(&place, "init data").ends(0);
    run(&place, "staff add gulmira --role responsible --data data").ends(0);
    let listed = run(&place, "keys list --data data --json").ends(0).json();
    assert_eq!(listed["root"]["source"], "key file");
    assert_eq!(
        (&listed["epoch"], &listed["people"], &listed["deaths"]),
        (&1.into(), &0.into(), &0.into())
    );
    assert_eq!(
        (&listed["due_at"], &listed["escrow"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
    let keys = listed["keys"].as_array().unwrap();
    let uses: Vec<&str> = keys.iter().map(|key| key["use"].as_str().unwrap()).collect();
    for one in [
        "seal-kek",
        "blind-index",
        "epoch-wrap",
        "ledger-sign",
        "local-act",
        "second-copy",
        "session",
        "staff-proof",
    ] {
        assert!(uses.contains(&one), "{uses:?}");
    }
    assert!(
        keys.iter()
            .all(|key| key["since"].is_string() && key["in_use"] == true)
    );
    let words = run(&place, "keys list --data data").ends(0).out;
    assert!(
        words.contains("not while nobody dies in it") && words.contains("custodians            none"),
        "{words}"
    );
    let root = std::fs::read_to_string(place.path("data/keys/root.key")).unwrap();
    let secret = root.lines().last().unwrap();
    assert!(!words.contains(secret));
    assert_eq!(
        finding(&place),
        ("well".into(), "1, and nobody died in it".into())
    );
}

#[test]
fn a_server_lists_its_keys_and_ends_its_epoch_at_the_door() {
    let place = Place::new();
    let server = place.serving(&["demo", "--data", "data", "--listen", "127.0.0.1:0", "--json"]);
    let listed = run(&place, "keys list --data data --json").ends(0).json();
    assert!(listed["people"].as_u64().unwrap() > 0, "{listed}");
    let epoch = listed["epoch"].as_u64().unwrap();
    let ended = run(&place, "keys rotate --now --data data --json").ends(0).json();
    assert_eq!(ended["from"], epoch);
    assert_eq!(
        run(&place, "keys list --data data --json").json()["epoch"],
        epoch + 1
    );
    assert_eq!(finding(&place).0, "well", "doctor asks at the door");
    let said = run(&place, "keys escrow renew --data data").ends(1);
    assert!(said.err.contains("no custodians"), "{}", said.err);
    let said = run(&place, "keys passphrase --data data").ends(6);
    assert!(said.err.contains("another sandyq works on"), "{}", said.err);
    server.stop();
}
