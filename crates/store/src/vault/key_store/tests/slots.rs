//! The file with the keys of epochs: torn, unlike, lost, and somebody else's.

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};

use super::{Cellar, rotate};
use crate::vault::{EpochKeys, EpochSlots, KeyVersions};

#[test]
fn two_epochs_live_at_most_and_what_is_forgotten_is_zeros() {
    let cellar = Cellar::new(31);
    let mut slots = cellar.slots().unwrap();
    slots.make(1).unwrap();
    let wrapped = slots.wrap(1, &[7; 32]).unwrap();
    slots.make(1).unwrap();
    assert_eq!(
        *slots.unwrap(1, &wrapped).unwrap(),
        [7; 32],
        "made again, it is the same key"
    );
    slots.make(2).unwrap();
    assert!(slots.make(3).is_err());
    assert_eq!(slots.held().unwrap(), [1, 2]);
    assert!(slots.unwrap(2, &wrapped).is_err(), "bound to its epoch");
    slots.forget(1).unwrap();
    slots.forget(1).unwrap();
    assert_eq!(slots.held().unwrap(), [2]);
    assert!(slots.unwrap(1, &wrapped).is_err());
    for file in ["epoch.key", "epoch-elsewhere.key"] {
        let bytes = fs::read(cellar.path(file)).unwrap();
        assert_eq!(bytes.len(), 1536);
        assert!(bytes[512..1024].iter().all(|byte| *byte == 0));
        assert_eq!(
            fs::metadata(cellar.path(file)).unwrap().permissions().mode() & 0o7777,
            0o600
        );
    }
    slots.make(3).unwrap();
    assert_eq!(cellar.slots().unwrap().held().unwrap(), [2, 3]);
}

#[test]
fn a_torn_block_is_no_key_and_never_another_one() {
    let cellar = Cellar::new(32);
    let mut slots = cellar.slots().unwrap();
    slots.make(1).unwrap();
    let wrapped = slots.wrap(1, &[7; 32]).unwrap();
    slots.make(2).unwrap();
    let whole = fs::read(cellar.path("epoch.key")).unwrap();
    for torn in 1024..1024 + 67 {
        for file in ["epoch.key", "epoch-elsewhere.key"] {
            fs::write(cellar.path(file), &whole).unwrap();
            let file = fs::OpenOptions::new()
                .write(true)
                .open(cellar.path(file))
                .unwrap();
            file.write_all_at(&[whole[torn] ^ 0x40], torn as u64).unwrap();
        }
        let mut slots = cellar.slots().unwrap();
        assert_eq!(slots.held().unwrap(), [1]);
        assert_eq!(*slots.unwrap(1, &wrapped).unwrap(), [7; 32]);
        slots.make(2).unwrap();
    }
}

#[test]
fn places_that_differ_are_made_alike_and_nothing_dead_comes_back() {
    let cellar = Cellar::new(33);
    let (here, elsewhere) = (cellar.path("epoch.key"), cellar.path("epoch-elsewhere.key"));
    let mut slots = cellar.slots().unwrap();
    slots.make(1).unwrap();
    let first = fs::read(&elsewhere).unwrap();
    slots.make(2).unwrap();
    let wrapped = slots.wrap(2, &[8; 32]).unwrap();
    // Stopped while the second was made: it is made good.
    fs::write(&elsewhere, &first).unwrap();
    let mut slots = cellar.slots().unwrap();
    fs::remove_file(&here).unwrap();
    assert_eq!(*slots.unwrap(2, &wrapped).unwrap(), [8; 32]);
    // The disk here was lost: it gets the newest.
    let mut slots = cellar.slots().unwrap();
    assert_eq!(slots.held().unwrap(), [1, 2]);
    assert!(
        fs::read(&here).unwrap()[1024..].iter().all(|byte| *byte == 0),
        "one key, not two"
    );
    // Stopped while the first was forgotten: only the place that has it still has it, until it is forgotten again.
    slots.forget(1).unwrap();
    fs::write(&elsewhere, &first).unwrap();
    let mut slots = cellar.slots().unwrap();
    slots.forget(1).unwrap();
    assert_eq!(slots.held().unwrap(), [2]);
    // A place that is away stops no reading, and no change of epochs is answered.
    fs::remove_file(&elsewhere).unwrap();
    assert_eq!(slots.held().unwrap(), [2]);
    assert!(slots.make(3).is_err() && slots.forget(2).is_err());
}

#[test]
fn a_file_of_others_or_under_another_root_key_is_refused() {
    let (cellar, stranger) = (Cellar::new(34), Cellar::new(35));
    cellar.slots().unwrap().make(1).unwrap();
    let place = [cellar.path("epoch.key")];
    let open = |cellar: &Cellar| {
        EpochSlots::open(
            &place,
            &cellar.source,
            &KeyVersions::first(),
            cellar.chance.clone(),
        )
        .err()
        .map(|fault| fault.to_string())
    };
    assert!(open(&stranger).unwrap().contains("the key source is another one"));
    fs::set_permissions(&place[0], fs::Permissions::from_mode(0o640)).unwrap();
    assert!(open(&cellar).unwrap().contains("chmod 600"));
    fs::set_permissions(&place[0], fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(open(&cellar), None);
    fs::write(&place[0], vec![1; 1536]).unwrap();
    assert!(open(&cellar).unwrap().contains("does not hold keys of epochs"));
}

#[test]
fn an_empty_key_store_does_not_begin_over_the_key_of_one_that_is_lost() {
    let cellar = Cellar::new(36);
    let mut store = cellar.store();
    rotate(&mut store);
    drop(store);
    fs::remove_file(cellar.path("keys.db")).unwrap();
    let opened = crate::vault::KeyStore::open_file(
        &cellar.path("keys.db"),
        Box::new(cellar.slots().unwrap()),
        cellar.clock.clone(),
        cellar.chance.clone(),
    );
    assert!(opened.err().unwrap().to_string().contains("second copy"));
    assert_eq!(cellar.slots().unwrap().held().unwrap(), [2]);
}
