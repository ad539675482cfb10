//! The second copy through the real program: settings that are refused, a copy that is verified, keys that come back with it.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::data_folder::filled_in;
use super::escrow::{decrypt, run, with_custodians};
use super::said::Place;

/// Appends to the settings.
fn settle(place: &Place, more: &str) {
    let settings = place.path("data/sandyq.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text + more).unwrap();
}

fn table(folder: &Path, country: &str) -> String {
    format!(
        "\n[second_copy]\nfolder = \"{}\"\ncountry = \"{country}\"\n",
        folder.display()
    )
}

/// A folder for the copy, and settings that name it.
fn copied(place: &Place) {
    fs::create_dir(place.path("copy")).unwrap();
    settle(place, &table(&place.path("copy"), "KZ"));
}

#[test]
fn a_folder_abroad_or_nowhere_is_refused() {
    for (country, exit, says) in [("DE", 3, "4.3"), ("", 3, "4.3"), ("KZ", 7, "second copy")] {
        let place = filled_in();
        settle(&place, &table(&place.path("nowhere"), country));
        let said = run(&place, "verify --data data").ends(exit);
        assert!(said.err.contains(says), "{}", said.err);
        let said = run(&place, "serve --data data --json").ends(exit);
        assert!(said.err.contains(says), "{}", said.err);
    }
}

#[test]
fn a_folder_for_the_copy_of_which_nothing_would_be_left_is_refused_by_name() {
    let place = filled_in();
    fs::create_dir(place.path("backups")).unwrap();
    std::os::unix::fs::symlink(place.path("backups"), place.path("link")).unwrap();
    let backups = "\n[backup]\nplace = \"../link\"\n";
    settle(&place, &(table(&place.path("backups/copy"), "KZ") + backups));
    for line in [
        "serve --data data --json",
        "verify --data data",
        "restore --data data --identity none",
        "keys recover --data data --payload none --share none",
    ] {
        let said = run(&place, line).ends(3);
        assert!(
            said.err.contains("second_copy.folder lies in backup.place"),
            "{line}: {}",
            said.err
        );
        assert!(said.err.contains("a place of its own"), "{line}: {}", said.err);
    }
    let doctor = run(&place, "doctor --data data --json").ends(1).json();
    let checks = doctor["checks"].as_array().unwrap();
    let one = checks.iter().find(|one| one["check"] == "places").unwrap();
    assert_eq!(one["state"], "wrong", "{one}");
    assert!(!place.path("backups/copy").exists() && !place.path("data/sandyq.db").exists());

    let place = filled_in();
    settle(&place, "\n[keys]\nepoch_copy = \"keys/elsewhere.key\"\n");
    let said = run(&place, "verify --data data").ends(3);
    assert!(
        said.err.contains("keys.epoch_copy lies in the data folder"),
        "{}",
        said.err
    );
    assert!(!place.path("data/keys/elsewhere.key").exists());
    let said = run(&place, "init data/second").ends(3);
    assert!(said.err.contains("would lie in the data folder"), "{}", said.err);
}

#[test]
fn verify_goes_through_the_copy_and_finds_what_was_changed() {
    let place = filled_in();
    copied(&place);
    let said = run(&place, "verify --data data --json").ends(0).json();
    assert!(said["second_copy_frames"].as_u64() > Some(0), "{said}");
    let said = run(&place, "verify --data data").ends(0);
    assert!(said.out.contains("second copy"), "{}", said.out);
    let mut segments: Vec<_> = fs::read_dir(place.path("copy"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    segments.sort();
    let first = segments.first().unwrap();
    let mut bytes = fs::read(first).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(first, bytes).unwrap();
    let said = run(&place, "verify --data data").ends(5);
    assert!(
        said.err.contains("second copy is not what was written"),
        "{}",
        said.err
    );
}

/// What the doctor says of the copy.
fn finding(place: &Place) -> (String, String) {
    let doctor = run(place, "doctor --data data --json").json();
    let checks = doctor["checks"].as_array().unwrap();
    let one = checks.iter().find(|one| one["check"] == "second copy").unwrap();
    let text = |name: &str| one[name].as_str().unwrap().to_owned();
    (text("state"), text("says"))
}

#[test]
fn the_doctor_says_when_there_is_no_copy_and_when_it_does_not_follow() {
    let place = filled_in();
    run(&place, "verify --data data").ends(0);
    let (state, says) = finding(&place);
    assert_eq!(state, "warning", "{says}");
    assert!(says.contains("set [second_copy]"), "{says}");
    let serving = place.serving(&["serve", "--data", "data", "--json"]);
    copied(&place);
    let (state, says) = finding(&place);
    assert_eq!(state, "wrong", "{says}");
    assert!(says.contains("start it anew"), "{says}");
    assert_eq!(serving.stop(), Some(0));
    let serving = place.serving(&["serve", "--data", "data", "--json"]);
    let (state, says) = finding(&place);
    assert_eq!(state, "warning", "{says}");
    assert!(says.contains("on the disk of the data"), "{says}");
    let listed = run(&place, "keys list --data data").ends(0);
    assert!(listed.out.contains("frames, follows"), "{}", listed.out);
    fs::rename(place.path("copy"), place.path("away")).unwrap();
    let (state, says) = finding(&place);
    assert_eq!(state, "wrong", "{says}");
    assert!(says.contains("is it mounted?"), "{says}");
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn custodians_bring_back_a_key_store_that_only_the_second_copy_holds() {
    let place = with_custodians(&["director", "auditor", "notary"], "");
    copied(&place);
    run(&place, "keys rotate --now --data data").ends(0);
    run(&place, "verify --data data").ends(0);
    decrypt(&place, 1, "director");
    decrypt(&place, 3, "notary");
    fs::copy(place.path("data/keys/escrow/payload"), place.path("payload")).unwrap();
    let key = fs::read(place.path("data/keys/root.key")).unwrap();
    fs::remove_dir_all(place.path("data/keys")).unwrap();
    fs::create_dir(place.path("data/keys")).unwrap();
    let private = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o700);
    fs::set_permissions(place.path("data/keys"), private).unwrap();

    let recover = "keys recover --data data --payload payload --share share-1 --share share-3";
    let said = run(&place, recover).ends(0);
    assert!(said.err.contains("from the second copy"), "{}", said.err);
    assert_eq!(fs::read(place.path("data/keys/root.key")).unwrap(), key);
    run(&place, "verify --data data").ends(0);
}

#[test]
fn custodians_do_not_crown_a_key_store_that_the_second_copy_has_left_behind() {
    let place = with_custodians(&["director", "auditor", "notary"], "");
    copied(&place);
    run(&place, "keys rotate --now --data data").ends(0);
    decrypt(&place, 1, "director");
    decrypt(&place, 3, "notary");
    fs::copy(place.path("data/keys/escrow/payload"), place.path("payload")).unwrap();
    let older = fs::read(place.path("data/keys/keys.db")).unwrap();
    run(&place, "keys rotate --now --data data").ends(0);
    fs::write(place.path("data/keys/keys.db"), older).unwrap();
    let recover = "keys recover --data data --payload payload --share share-1 --share share-3";
    let said = run(&place, recover).ends(5);
    assert!(said.err.contains("older than the second copy"), "{}", said.err);
}

#[test]
fn custodians_do_not_crown_a_key_store_that_went_another_way_than_the_second_copy() {
    let place = with_custodians(&["director", "auditor", "notary"], "");
    copied(&place);
    run(&place, "keys rotate --now --data data").ends(0);
    let copy_all = |from: &str, to: &str| {
        let copied = Command::new("cp")
            .arg("-a")
            .args([place.path(from), place.path(to)])
            .status();
        assert!(copied.unwrap().success());
    };
    copy_all("data", "older");
    run(&place, "keys rotate --now --data data").ends(0);
    fs::rename(place.path("data"), place.path("newer")).unwrap();

    // Put back, and worked on without the copy, until it is where the copy is.
    copy_all("older", "data");
    let settings = place.path("data/sandyq.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text.split("\n[second_copy]").next().unwrap()).unwrap();
    run(&place, "keys rotate --now --data data").ends(0);
    decrypt(&place, 1, "director");
    decrypt(&place, 3, "notary");
    fs::copy(place.path("data/keys/escrow/payload"), place.path("payload")).unwrap();
    let recover =
        "keys recover --data data --payload payload --share share-1 --share share-3 --second-copy copy";
    let said = run(&place, recover).ends(5);
    assert!(
        said.err.contains("went another way than the second copy"),
        "{}",
        said.err
    );
    let older = "at the same step";
    assert!(said.err.contains(older), "{}", said.err);
}

/// A file system in memory, mounted at that place; gone when it is dropped. `None` where it cannot be had, and says so.
struct Small(std::path::PathBuf);

impl Small {
    fn at(place: &Path) -> Option<Self> {
        fs::create_dir(place).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"])
            .arg(place)
            .output()
            .unwrap();
        if mounted.status.success() {
            return Some(Self(place.to_owned()));
        }
        println!("NOT TRIED: only root can mount a file system");
        None
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        let mut file = fs::File::create(self.0.join("filler")).unwrap();
        for piece in [&[7; 4096][..], &[7; 1]] {
            while file.write_all(piece).is_ok() {}
        }
    }

    fn empty(&self) {
        fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // A server that a failed test left may still hold a file open.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Asks the doctor until the copy is as it should be.
fn wait_for(place: &Place, wanted: &str) -> String {
    let mut said = (String::new(), String::new());
    for _ in 0..100 {
        said = finding(place);
        if said.0 == wanted {
            return said.1;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    panic!("{said:?}");
}

#[test]
fn while_the_folder_has_no_room_the_doctor_shouts_and_no_epoch_ends() {
    let place = filled_in();
    let Some(folder) = Small::at(&place.path("copy")) else {
        return;
    };
    settle(&place, &(table(&folder.0, "KZ") + "behind_seconds = 1\n"));
    settle(
        &place,
        &format!(
            "\n[keys]\nepoch_copy = \"{}\"\n",
            place.path("epoch.key").display()
        ),
    );
    let serving = place.serving(&["serve", "--data", "data", "--json"]);
    wait_for(&place, "well");
    folder.fill();
    // What is left of the last page of the segment takes a little more.
    let said = (0..20)
        .map(|_| run(&place, "keys rotate --now --data data"))
        .find(|said| said.code != 0)
        .expect("no epoch ends without room")
        .ends(6);
    assert!(said.err.contains("second copy"), "{}", said.err);
    let says = wait_for(&place, "wrong");
    assert!(says.contains("s behind, and 1 s are allowed"), "{says}");
    folder.empty();
    wait_for(&place, "well");
    run(&place, "keys rotate --now --data data").ends(0);
    assert_eq!(serving.stop(), Some(0));
    run(&place, "verify --data data").ends(0);
}
