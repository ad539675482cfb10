//! `doctor` about what backups and restores leave: sets that hold or do not, and old folders beside the data folder.

use std::fs;
use std::path::PathBuf;

use super::backup::with_backups;
use super::data_folder::filled_in;
use super::said::Place;

/// What the doctor says of one thing, and how it ends.
fn finding(place: &Place, check: &str) -> Option<(String, String, i32)> {
    let said = place.sandyq(&["doctor", "--data", "data", "--json"]);
    let doctor = said.json();
    let mut checks = doctor["checks"].as_array().unwrap().iter();
    let one = checks.find(|one| one["check"] == check)?;
    let text = |name: &str| one[name].as_str().unwrap().to_owned();
    Some((text("state"), text("says"), said.code))
}

fn wrong(place: &Place, check: &str) -> String {
    let (state, says, code) = finding(place, check).unwrap();
    assert_eq!((state.as_str(), code), ("wrong", 1), "{says}");
    says
}

/// A part at the place of backups that every set there shares.
fn a_shared_part(place: &Place) -> PathBuf {
    let manifests: Vec<String> = fs::read_dir(place.path("backups/sets"))
        .unwrap()
        .map(|manifest| fs::read_to_string(manifest.unwrap().path()).unwrap())
        .collect();
    let folders = fs::read_dir(place.path("backups/chunks")).unwrap();
    let mut parts = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
    let shared = parts.find_map(|part| {
        let path = part.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        manifests.iter().all(|text| text.contains(name)).then_some(path)
    });
    shared.expect("what does not change is in every set")
}

#[test]
fn a_part_of_the_newest_set_that_was_changed_is_found_and_its_advice_mends_it() {
    let place = with_backups();
    let add = "staff add gulmira --role responsible --data data";
    place.sandyq(&add.split(' ').collect::<Vec<_>>()).ends(0);
    for _ in 0..2 {
        place.sandyq(&["backup", "--data", "data"]).ends(0);
    }
    let (state, says, _) = finding(&place, "sets").unwrap();
    assert_eq!(state, "well", "{says}");
    assert!(
        says.starts_with("2; all ") && says.contains("parts of the newest hold"),
        "{says}"
    );

    let part = a_shared_part(&place);
    let mut bytes = fs::read(&part).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&part, bytes).unwrap();
    let says = wrong(&place, "sets");
    assert!(says.contains("is not what was signed"), "{says}");
    let name = part.file_name().unwrap().to_str().unwrap();
    assert!(
        says.contains(name) && says.contains("run: sandyq backup"),
        "{says}"
    );
    // A set that is made now would take the part for whole.
    place.sandyq(&["backup", "--data", "data"]).ends(0);
    wrong(&place, "sets");
    fs::rename(&part, place.path("bad-part")).unwrap();
    assert!(wrong(&place, "sets").contains("is missing"));
    place.sandyq(&["backup", "--data", "data"]).ends(0);
    let (state, says, _) = finding(&place, "sets").unwrap();
    assert_eq!(state, "well", "{says}");
    assert!(says.starts_with("4; "), "{says}");
}

#[test]
fn a_set_that_is_gone_or_not_what_was_signed_is_found_also_beside_a_server() {
    let place = with_backups();
    let serving = place.serving(&["serve", "--data", "data", "--json"]);
    let made = place
        .sandyq(&["backup", "--data", "data", "--json"])
        .ends(0)
        .json();
    let (state, says, _) = finding(&place, "sets").unwrap();
    assert_eq!(state, "well", "{says}");
    let id = made["id"].as_str().unwrap();
    let manifest = place.path(&format!("backups/sets/{id}.manifest"));
    fs::rename(&manifest, place.path("manifest")).unwrap();
    let says = wrong(&place, "sets");
    assert!(says.contains(id) && says.contains("is not there"), "{says}");
    fs::copy(place.path("manifest"), &manifest).unwrap();
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("\"rows\": 0", "\"rows\": 1")).unwrap();
    assert!(wrong(&place, "sets").contains("is not what was signed"));
    fs::remove_dir_all(place.path("backups")).unwrap();
    assert!(wrong(&place, "sets").contains("is not there"));
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn folders_that_a_restore_left_are_named_with_their_age() {
    let place = filled_in();
    assert!(finding(&place, "left over").is_none());
    fs::create_dir(place.path("data.before-summer")).unwrap();
    fs::create_dir(place.path("data.drill")).unwrap();
    fs::write(place.path("data.before-restore-20260101t000000z"), "no folder").unwrap();
    let (state, says, code) = finding(&place, "left over").unwrap();
    assert_eq!((state.as_str(), code), ("warning", 0), "{says}");
    assert!(
        says.contains("data.drill is left of a restore 0 minutes ago;"),
        "{says}"
    );
    fs::create_dir(place.path("data.before-restore-20261101t101500z")).unwrap();
    fs::create_dir(place.path("data.before-restore-20261102t101500z")).unwrap();
    let says = wrong(&place, "left over");
    assert!(
        says.contains("data.before-restore-20261101t101500z is left of a restore"),
        "{says}"
    );
    assert!(says.contains("days ago, and 2 more beside it"), "{says}");
    assert!(says.contains("remove it with everything in it"), "{says}");
}
