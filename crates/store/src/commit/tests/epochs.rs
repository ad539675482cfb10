//! 5.1.5-c: that an epoch ends is in the ledger before its key is forgotten, wherever the program stops.

use std::fs;

use sandyq_ledger::entry::{By, Deed, Entry, Happening};
use sandyq_model::Role;

use super::*;
use crate::options::StoreOptions;
use crate::recovery::open_key_store;
use crate::vault::{Custodian, EpochKeys, EpochSlots, EscrowSettings, KeyFile, KeyVersions};

fn ends() -> Entry {
    Entry::new(
        now().into(),
        Role::SCHEDULE,
        By::System,
        Deed::Happening(Happening::EpochEnded),
    )
}

/// The epochs whose keys lie in the files of those options.
fn held(options: &StoreOptions) -> Vec<u32> {
    let root = KeyFile::open(&options.key_file).unwrap();
    let slots = EpochSlots::open(&options.epoch_files, &root, &KeyVersions::first(), chance());
    slots.unwrap().held().unwrap()
}

async fn accounted(store: &Store) -> usize {
    let mut found = 0;
    for index in 0..store.checkpoint().size {
        let bytes = store.entry(index).await.unwrap().unwrap();
        found += usize::from(Entry::decode(&bytes).unwrap().deed == ends().deed);
    }
    found
}

#[test]
fn an_epoch_whose_end_could_not_be_entered_is_not_forgotten() {
    for failure in [Failure::CommitLost, Failure::CommitKept] {
        let folder = tempfile::tempdir().unwrap();
        let options = scene::options(folder.path());
        let chance = chance();
        let mara = person(&*chance);
        run(async {
            let (store, armed) = failing(folder.path());
            done(store.commit(collect(&store, &*chance, &mara)).await);
            done(store.commit(destruction(&mara)).await);
            *armed.lock().unwrap() = Some(failure);
            store.end_epoch(ends).await.unwrap_err();
        });
        assert_eq!(
            held(&options),
            [1, 2],
            "the writer has stopped before it could forget"
        );
        run(async {
            let store = scene::open(folder.path());
            let status = store.key_status().unwrap();
            if failure == Failure::CommitKept {
                // It was in the ledger after all: the start has finished it.
                assert_eq!((status.changing, status.ending), (false, None));
            } else {
                assert_eq!((status.changing, status.ending), (true, Some(1)));
                assert_eq!(accounted(&store).await, 0);
                assert!(!store.end_epoch(ends).await.unwrap().resumed);
            }
            assert_eq!(accounted(&store).await, 1);
            store.verify(|_, _| ()).await.unwrap();
        });
        assert_eq!(held(&options), [2]);
    }
}

#[test]
fn an_epoch_that_was_entered_and_could_not_be_forgotten_is_forgotten_without_another_account() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = scene::options(folder.path());
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    options.epoch_files.push(elsewhere.join("epoch.key"));
    run(async {
        let store = scene::open_with(options.clone()).unwrap();
        drop(store);
        let clock: Arc<dyn sandyq_model::Clock> = Arc::new(SetClock::at(now()));
        let mut keys = open_key_store(&options, &clock, chance()).unwrap();
        while keys.rotate_step(8).unwrap().is_none() {}
        drop(keys);

        let store = scene::open_with(options.clone()).unwrap();
        fs::rename(&elsewhere, folder.path().join("away")).unwrap();
        store.end_epoch(ends).await.unwrap_err();
        assert_eq!(accounted(&store).await, 1);
        assert!(store.key_status().unwrap().changing);
        fs::rename(folder.path().join("away"), &elsewhere).unwrap();
        let ended = store.end_epoch(ends).await.unwrap();
        assert_eq!((ended.resumed, ended.ending.from, ended.ending.to), (true, 1, 2));
        assert_eq!(accounted(&store).await, 1);
    });
    assert_eq!(held(&options), [2]);
}

#[test]
fn an_epoch_does_not_end_while_the_shares_of_custodians_cannot_be_renewed() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = scene::options(folder.path());
    let custodian = |name: &str| Custodian {
        name: name.into(),
        recipient: age::x25519::Identity::generate().to_public().to_string(),
    };
    let escrow = EscrowSettings {
        needed: 2,
        custodians: ["director", "auditor", "notary"].map(custodian).to_vec(),
        folder: folder.path().join("keys").join("escrow"),
        copy: Some(folder.path().join("away").join("escrow")),
    };
    options.escrow = Some(escrow.clone());
    let shares = || escrow.present().unwrap().map(|set| set.epoch);
    run(async {
        let store = scene::open_with(options.clone()).unwrap();
        assert_eq!(shares(), None);
        assert!(store.renew_escrow().await.unwrap());
        assert_eq!(shares(), Some(1), "the first set needs no end of an epoch");

        fs::rename(folder.path().join("away"), folder.path().join("gone")).unwrap();
        fs::write(folder.path().join("away"), "no folder").unwrap();
        let refused = store.end_epoch(ends).await.unwrap_err().to_string();
        assert!(refused.contains("cannot be written"), "{refused}");
        let status = store.key_status().unwrap();
        assert_eq!((status.epoch, status.ending), (1, None));
        assert_eq!((accounted(&store).await, shares()), (0, Some(1)));

        fs::remove_file(folder.path().join("away")).unwrap();
        assert_eq!(store.end_epoch(ends).await.unwrap().ending.to, 2);
        assert_eq!((accounted(&store).await, shares()), (1, Some(2)));
    });
}
