//! `backup`, `backup list`, `backup thin`: without a server and through the door of one that runs.

use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use super::data_folder::filled_in;
use super::said::Place;

/// A custodian's identity in a file of that name; gives the recipient.
fn custodian(place: &Place, name: &str) -> String {
    let made = Command::new("age-keygen")
        .arg("-o")
        .arg(place.path(name))
        .output()
        .unwrap();
    let said = String::from_utf8(made.stderr).unwrap();
    said.trim().rsplit(' ').next().unwrap().to_owned()
}

/// A folder with a place for backups, and the identities of two custodians beside it.
pub fn with_backups() -> Place {
    let place = filled_in();
    let [first, second] = ["identity", "other"].map(|name| custodian(&place, name));
    let settings = place.path("data/sandyq.toml");
    let mut text = std::fs::read_to_string(&settings).unwrap();
    text.push_str(&format!(
        "[backup]\nplace = \"{}\"\nrecipients = [\"{first}\"]\nsecond_recipients = [\"{second}\"]\n",
        place.path("backups").display()
    ));
    std::fs::write(settings, text).unwrap();
    place
}

#[test]
fn nobody_brings_a_set_back_alone() {
    let place = with_backups();
    place.sandyq(&["backup", "--data", "data"]).ends(0);
    for (alone, says) in [
        ("identity", "it takes two custodians"),
        ("other", "encrypted to other recipients"),
    ] {
        for command in ["drill", "restore"] {
            let words = [command, "--data", "data", "--identity", alone];
            let said = place.sandyq(&words).ends(3);
            assert!(said.err.contains(says), "{command} {alone}: {}", said.err);
        }
        // The same file twice is the same person twice.
        let twice = [
            "drill",
            "--data",
            "data",
            "--identity",
            alone,
            "--identity",
            alone,
        ];
        place.sandyq(&twice).ends(3);
    }
    let both = [
        "drill",
        "--data",
        "data",
        "--identity",
        "other",
        "--identity",
        "identity",
    ];
    place.sandyq(&both).ends(0);
    let settings = place.path("data/sandyq.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    let (own, foreign) = text.split_once("second_recipients").unwrap();
    let first = own.rsplit("recipients = ").next().unwrap().trim();
    std::fs::write(&settings, format!("{own}second_recipients = {first}\n")).unwrap();
    let said = place.sandyq(&["backup", "--data", "data"]).ends(3);
    assert!(said.err.contains("one person alone"), "{} {foreign}", said.err);
    std::fs::write(&settings, own).unwrap();
    let said = place.sandyq(&["backup", "--data", "data"]).ends(3);
    assert!(
        said.err.contains("backup.second_recipients is empty"),
        "{}",
        said.err
    );
}

#[test]
fn without_a_place_no_backup_is_made_and_it_is_said_why() {
    let place = filled_in();
    let said = place.sandyq(&["backup", "--data", "data"]).ends(3);
    assert!(
        said.err.contains("set backup.place in the settings"),
        "{}",
        said.err
    );
    let doctor = place.sandyq(&["doctor", "--data", "data"]).ends(0);
    assert!(doctor.out.contains("warning  backup"), "{}", doctor.out);
    let said = place
        .sandyq(&["backup", "--data", "data", "--to", "nowhere/backups"])
        .ends(3);
    assert!(said.err.contains("backup.recipients is empty"), "{}", said.err);
}

#[test]
fn a_backup_is_made_listed_and_thinned_without_a_server() {
    let place = with_backups();
    let list = place.sandyq(&["backup", "list", "--data", "data"]).ends(1);
    assert!(list.err.contains("holds no good set"), "{}", list.err);
    let made = place
        .sandyq(&["backup", "--data", "data", "--json"])
        .ends(0)
        .json();
    assert_eq!(made["subjects"], 0);
    assert!(made["bytes_new"].as_u64().unwrap() > 0);
    let list = place
        .sandyq(&["backup", "list", "--data", "data", "--json"])
        .ends(0)
        .json();
    assert_eq!(list["last_good"], made["id"]);
    assert_eq!(list["last_drill"], serde_json::Value::Null);
    let doctor = place.sandyq(&["doctor", "--data", "data"]).ends(0);
    assert!(
        doctor.out.contains("never tried; run: sandyq drill"),
        "{}",
        doctor.out
    );
    let thinned = place
        .sandyq(&["backup", "thin", "--data", "data", "--json"])
        .ends(0)
        .json();
    assert_eq!(thinned["sets"], serde_json::json!([]));
    let manifest = place.path(&format!("backups/sets/{}.manifest", made["id"].as_str().unwrap()));
    let text = std::fs::read_to_string(&manifest)
        .unwrap()
        .replace("\"rows\": 0", "\"rows\": 1");
    std::fs::write(&manifest, text).unwrap();
    let list = place.sandyq(&["backup", "list", "--data", "data"]).ends(1);
    assert!(list.out.contains("is not what was signed"), "{}", list.out);
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "it is measured how long a real stop takes"
)]
fn a_place_of_backups_that_does_not_answer_does_not_hold_up_a_stop() {
    let place = with_backups();
    // Whoever listens there takes what is sent, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = place.path("data/sandyq.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    let folder = place.path("backups").display().to_string();
    let store = format!(
        "[backup.s3]\nendpoint = \"http://{}\"\nregion = \"kz-1\"\ncountry = \"KZ\"\naccess_key = \"a\"\n\
         secret_file = \"s3-secret\"\n",
        silent.local_addr().unwrap()
    );
    std::fs::write(&settings, text.replace(&folder, "s3://sets/house") + &store).unwrap();
    std::fs::write(place.path("data/s3-secret"), "secret\n").unwrap();
    let serving = place.serving(&["serve", "--data", "data", "--json"]);
    let _asked = silent.accept().unwrap();
    let begun = Instant::now();
    assert_eq!(serving.stop(), Some(7));
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    // Nothing is spoiled by it.
    place.sandyq(&["verify", "--data", "data"]).ends(0);
}

#[test]
fn a_server_makes_its_own_backups_and_one_whenever_it_is_asked() {
    let place = with_backups();
    let serving = place.serving(&["serve", "--data", "data", "--json"]);
    let said = place.sandyq(&["backup", "--data", "data"]).ends(0);
    assert!(said.out.contains("of which new"), "{}", said.out);
    let elsewhere = place.path("elsewhere");
    let elsewhere = elsewhere.to_str().unwrap();
    let made = place
        .sandyq(&["backup", "--data", "data", "--to", elsewhere, "--json"])
        .ends(0)
        .json();
    assert_eq!(made["place"], elsewhere);
    let said = place
        .sandyq(&["backup", "--data", "data", "--to", "/nowhere/at/all"])
        .ends(7);
    assert!(said.err.contains("is the disk mounted?"), "{}", said.err);
    assert_eq!(serving.stop(), Some(0));
    // The door is shut: whoever comes now opens the folder and does it here.
    place.sandyq(&["backup", "--data", "data"]).ends(0);
    place.sandyq(&["verify", "--data", "data"]).ends(0);
    let list = place
        .sandyq(&["backup", "list", "--data", "data", "--json"])
        .ends(0)
        .json();
    // One of the schedule at the start, one of the command, one after the end.
    assert_eq!(list["sets"].as_array().unwrap().len(), 3);
    assert_eq!(list["sets"][0]["epoch"], 1, "each set names its epoch of keys");
}
