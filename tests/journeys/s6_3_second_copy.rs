//! Clauses 6.3, 5.1.6 and DEF-4: the machine is lost with everything on it, its ledger too. A backup set and the second copy
//! bring back who came, nobody who was destroyed, and every block and withdrawal.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use super::harness::{Running, Visitor, tags};
use super::s5_1_6_backup::{Scene, Schema, words};

/// A scene whose keys have a second copy elsewhere, and the key of the epoch a second place.
fn with_second_copy() -> Scene {
    let scene = Scene::set();
    let copy = scene.elsewhere.path().join("copy");
    std::fs::create_dir(&copy).expect("a folder");
    let settings = scene.running.data().join("sandyq.toml");
    let mut text = std::fs::read_to_string(&settings).expect("settings");
    text.push_str(&format!(
        "\n[keys]\nepoch_copy = \"{}\"\n\n[second_copy]\nfolder = \"{}\"\ncountry = \"KZ\"\n",
        scene.elsewhere.path().join("epoch.key").display(),
        copy.display()
    ));
    std::fs::write(&settings, text).expect("settings");
    scene
}

/// Somebody buys on the site; gives the reference of the order, which is paid or waits for it.
fn buys(running: &Running, email: &str, pays: bool) -> String {
    buys_as(&mut Visitor::at(&running.url), running, email, pays)
}

/// The same, with a visitor who is signed in afterwards.
pub fn buys_as(somebody: &mut Visitor, running: &Running, email: &str, pays: bool) -> String {
    let details = somebody.get("/services/guest-purchase/kestel-office");
    let answers = [
        ("quantity", "1"),
        ("last_name", "Әбілқайырова"),
        ("first_name", "Дана"),
        ("email", email),
        ("contact_phone", "8 701 123 45 67"),
        ("step", "check"),
    ];
    let check = somebody.submit(&details, &answers);
    let consent = somebody.submit(&check, &[("step", "consent")]);
    let boxes = tags(&consent.source);
    let boxes = boxes.iter().filter(|tag| tag.get("type") == Some("checkbox"));
    let mut ticked: Vec<(&str, &str)> = boxes
        .map(|tag| {
            (
                tag.get("name").expect("a name"),
                tag.get("value").expect("a hash"),
            )
        })
        .collect();
    assert!(!ticked.is_empty(), "{}", consent.text());
    ticked.push(("step", "submit"));
    let confirm = somebody.submit(&consent, &ticked);
    let code = running.code_for(email);
    let pay = somebody.submit(&confirm, &[("code", &code), ("step", "go")]);
    assert!(pay.url.contains("/pay/"), "{} {}", pay.url, pay.text());
    let reference = pay.url.rsplit('/').next().expect("a reference").to_owned();
    if pays {
        let card = [
            ("card_number", "4111 1111 1111 1111"),
            ("card_holder", "DANA OMAROVA"),
            ("card_expiry", "08/29"),
            ("card_verification", "123"),
            ("step", "pay"),
        ];
        let order = somebody.submit(&pay, &card);
        assert!(order.url.contains("/order/"), "{} {}", order.url, order.text());
    }
    reference
}

/// What an operator keeps apart from the data: settings, policy, and the root key.
fn lose_everything_else(data: &Path) {
    let kept = data.with_extension("kept");
    std::fs::create_dir_all(kept.join("keys")).expect("a folder");
    let private = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o700);
    for folder in [kept.clone(), kept.join("keys")] {
        std::fs::set_permissions(folder, private.clone()).expect("it is ours");
    }
    for part in ["sandyq.toml", "policy", "demo-staff.json", "keys/root.key"] {
        std::fs::rename(data.join(part), kept.join(part)).expect(part);
    }
    std::fs::remove_dir_all(data).expect("it goes");
    std::fs::rename(kept, data).expect("a name");
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", words(output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn done(scene: &Scene, action: &[&str], reference: &str) {
    let (code, said) = scene.subject(action, reference);
    assert_eq!(code, 0, "{action:?}: {said}");
}

/// What was done before the machine was lost, and how everybody stood then.
struct Before {
    set: String,
    everybody: [String; 4],
    standings: [String; 4],
    verified: Value,
}

impl Before {
    /// Somebody comes, a set is made, somebody else comes; then one is destroyed whole, one but for an order, and one has
    /// withdrawn.
    fn happens(scene: &mut Scene) -> Self {
        let gone = buys(&scene.running, "gone@example.com", false);
        // By its id: the server makes a set of its own when it starts, perhaps in the same second.
        let set = scene.says(&["backup"])["id"].as_str().expect("an id").to_owned();
        let newcomer = buys(&scene.running, "newcomer@example.com", true);
        assert!(scene.running.stop().success());
        let (locked, withdrawn) = (scene.orders[0].clone(), scene.orders[1].clone());
        for one in [&gone, &locked] {
            done(scene, &["withdraw"], one);
            done(scene, &["destroy", "--yes"], one);
        }
        done(scene, &["withdraw"], &withdrawn);
        let everybody = [gone, locked, withdrawn, newcomer];
        let standings = everybody.each_ref().map(|reference| scene.standing(reference));
        assert_eq!(standings[0], "ended with 1", "nobody is found by that reference");
        assert_eq!(standings[1], "blocked", "an order stays locked under tax law");
        assert_eq!(standings[3], "active");
        let verified = scene.says(&["verify"]);
        assert!(verified["second_copy_frames"].as_u64() > Some(0), "{verified}");
        Self {
            set,
            everybody,
            standings,
            verified,
        }
    }

    /// A restore has brought back who came, nobody who was destroyed, and every block and withdrawal; and the program works
    /// on, with what comes now in the copy too.
    fn is_back(&self, scene: &mut Scene, said: &Value) {
        assert!(said["stay_destroyed"].as_u64() >= Some(1), "{said}");
        assert!(said["changed"].as_u64() >= Some(2), "{said}");
        assert!(said["newcomers"].as_u64() >= Some(1), "{said}");
        let after = self
            .everybody
            .each_ref()
            .map(|reference| scene.standing(reference));
        // A server ran meanwhile, and has done what the withdrawal left: it was brought back.
        let mut expected = self.standings.clone();
        expected[2] = "blocked".to_owned();
        assert_eq!(after, expected);
        let again = scene.says(&["verify"]);
        assert_eq!(again["verified"], true);
        assert!(
            again["entries"].as_u64() > self.verified["entries"].as_u64(),
            "{again}"
        );
        assert_eq!(again["destroyed"], self.verified["destroyed"]);
        scene.running.start_again();
        let next = buys(&scene.running, "next@example.com", true);
        assert!(scene.running.stop().success());
        assert_eq!(scene.standing(&next), "active");
        scene.says(&["verify"]);
    }
}

#[test]
fn destroyed_stays_destroyed_when_machine_and_ledger_are_lost() {
    let mut scene = with_second_copy();
    scene.running.start_again();
    let before = Before::happens(&mut scene);

    let data = scene.running.data();
    lose_everything_else(&data);
    let dry = json(&scene.restore(&["--set", &before.set, "--dry-run"]));
    assert_eq!(dry["lost"], 0, "{dry}");
    assert!(!data.join("keys/keys.db").exists() && !data.join("sandyq.db").exists());
    let said = json(&scene.restore(&["--set", &before.set, "--yes"]));
    before.is_back(&mut scene, &said);
}

#[test]
fn destroyed_stays_destroyed_when_a_machine_and_its_postgresql_are_lost() {
    let (Some(lost), Some(new)) = (Schema::new("lost"), Schema::new("new")) else {
        return;
    };
    let mut scene = with_second_copy();
    scene.running.start_again();
    scene.says(&["backup"]);
    assert!(scene.running.stop().success());
    json(&scene.restore(&["--settings", &lost.settings_of(&scene), "--yes"]));
    scene.running.start_again();
    let before = Before::happens(&mut scene);
    let gone = format!("SELECT COUNT(*) FROM {}.subject WHERE standing = 4", lost.name);
    assert_ne!(lost.does(&gone), "0", "they are of PostgreSQL");

    // The folder, its ledger and keys, and the database with everything in it.
    let data = scene.running.data();
    lose_everything_else(&data);
    let name = lost.name.clone();
    drop(lost);
    let settings = new.settings_of(&scene);
    let wanted = ["--set", &before.set, "--settings", &settings];
    let dry = scene.restore(&[&wanted[..], &["--dry-run"]].concat());
    assert!(
        words(&dry).contains("the old database cannot be used"),
        "{}",
        words(&dry)
    );
    let dry = json(&dry);
    assert_eq!(dry["lost"], 0, "{dry}");
    let tables = format!("SELECT COUNT(*) FROM pg_tables WHERE schemaname = '{}'", new.name);
    assert_eq!(new.does(&tables), "0", "a look changes nothing");
    let said = json(&scene.restore(&[&wanted[..], &["--yes"]].concat()));
    assert!(!data.join("sandyq.db").exists(), "the data lies on the server");
    before.is_back(&mut scene, &said);
    let schemas = format!("SELECT COUNT(*) FROM pg_namespace WHERE nspname = '{name}'");
    assert_eq!(new.does(&schemas), "0", "nothing went where the old data was");
}

#[test]
fn who_is_in_nothing_that_is_left_is_counted_before_a_restore() {
    let mut scene = with_second_copy();
    scene.running.start_again();
    scene.says(&["backup"]);
    buys(&scene.running, "lost@example.com", true);
    assert!(scene.running.stop().success());
    // The keys were saved, and neither the old database nor the second copy.
    let data = scene.running.data();
    for name in ["sandyq.db", "sandyq.db-wal", "sandyq.db-shm", "ledger.head"] {
        let _absent = std::fs::remove_file(data.join(name));
    }
    let settings = data.join("sandyq.toml");
    let text = std::fs::read_to_string(&settings).expect("settings");
    let (without, _) = text.split_once("\n[second_copy]").expect("it is the last part");
    std::fs::write(&settings, without).expect("settings");
    let plan = json(&scene.restore(&["--dry-run"]));
    assert_eq!(
        (plan["lost"].as_u64(), plan["newcomers"].as_u64()),
        (Some(1), Some(0)),
        "{plan}"
    );
}

#[test]
fn an_older_key_store_is_not_believed_beside_the_second_copy() {
    let mut scene = with_second_copy();
    let data = scene.running.data();
    let keys = data.join("keys/keys.db");
    scene.running.start_again();
    let gone = buys(&scene.running, "gone@example.com", false);
    scene.says(&["backup"]);
    assert!(scene.running.stop().success());
    let older = std::fs::read(&keys).expect("a key store");
    done(&scene, &["withdraw"], &gone);
    done(&scene, &["destroy", "--yes"], &gone);
    std::fs::write(&keys, older).expect("a key store");
    let refused = scene.restore(&["--yes"]);
    assert_eq!(refused.status.code(), Some(5), "{}", words(&refused));
    assert!(
        words(&refused).contains("older than the second copy"),
        "{}",
        words(&refused)
    );
    std::fs::remove_file(&keys).expect("it goes");
    json(&scene.restore(&["--yes"]));
    assert_eq!(
        scene.standing(&gone),
        "ended with 1",
        "nobody is found by that reference"
    );
    scene.says(&["verify"]);
}
