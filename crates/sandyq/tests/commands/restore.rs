//! `restore` about paths: which are meant, and what of a data folder goes with it.

use std::fs;
use std::os::unix::fs::symlink;

use super::backup::with_backups;
use super::escrow::run;
use super::said::Place;

/// A folder with a set that lies elsewhere than the settings say.
fn with_a_set_elsewhere() -> Place {
    let place = with_backups();
    fs::create_dir(place.path("stick")).unwrap();
    run(&place, "staff add gulmira --role responsible --data data").ends(0);
    run(&place, "backup --data data --to stick/sets").ends(0);
    place
}

#[test]
fn a_path_that_is_typed_begins_in_the_folder_that_one_is_in() {
    let place = with_a_set_elsewhere();
    run(&place, "backup list --data data --from stick/sets").ends(0);
    run(
        &place,
        "drill --data data --from stick/sets --identity identity --identity other",
    )
    .ends(0);
    run(
        &place,
        "restore --data data --from stick/sets --identity identity --identity other --dry-run",
    )
    .ends(0);
    // What the data folder has of that name is not meant.
    let said = run(
        &place,
        "restore --data data --from keys/sets --identity identity --identity other --dry-run",
    )
    .ends(7);
    assert!(said.err.contains("is the disk mounted?"), "{}", said.err);
    // A path of the settings begins in the data folder.
    let settings = place.path("data/sandyq.toml");
    let text = fs::read_to_string(&settings).unwrap();
    let place_of_sets = place.path("backups").display().to_string();
    fs::write(&settings, text.replace(&place_of_sets, "../stick/sets")).unwrap();
    run(&place, "backup list --data data").ends(0);
}

#[test]
fn whatever_is_the_operators_own_goes_with_a_restore_however_it_is_called() {
    let place = with_a_set_elsewhere();
    let own = [
        "keys.pass",
        "keys-of-the-house.txt",
        "sandyq.db.note",
        "ledger.headings",
        "sandyq.locked",
    ];
    for name in own {
        fs::write(place.path("data").join(name), name).unwrap();
    }
    fs::write(place.path("licences.toml"), "licence = []").unwrap();
    symlink("../licences.toml", place.path("data/catalogue.toml")).unwrap();
    run(
        &place,
        "restore --data data --from stick/sets --identity identity --identity other --yes",
    )
    .ends(0);
    for name in own {
        assert_eq!(fs::read(place.path("data").join(name)).unwrap(), name.as_bytes());
    }
    assert_eq!(
        fs::read_to_string(place.path("data/catalogue.toml")).unwrap(),
        "licence = []"
    );
    run(&place, "verify --data data").ends(0);
}

#[test]
fn a_data_folder_behind_a_link_is_restored_where_it_is() {
    let place = with_a_set_elsewhere();
    fs::create_dir(place.path("disk")).unwrap();
    fs::rename(place.path("data"), place.path("disk/data")).unwrap();
    symlink("disk/data", place.path("data")).unwrap();
    run(
        &place,
        "restore --data data --from stick/sets --identity identity --identity other --yes",
    )
    .ends(0);
    assert_eq!(
        fs::read_link(place.path("data")).unwrap().to_str(),
        Some("disk/data")
    );
    let left = fs::read_dir(place.path("disk")).unwrap();
    let names: Vec<String> = left
        .map(|one| one.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        names.iter().any(|name| name.starts_with("data.before-restore-")),
        "{names:?}"
    );
    run(&place, "verify --data data").ends(0);
}
