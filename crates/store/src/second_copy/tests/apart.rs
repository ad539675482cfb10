//! 6.3, DEF-4: the keys of epochs and the shares of custodians are in no backup set and in no second copy, sealed or not:
//! whoever has an old set, an old copy and the root key has no old epoch.

use std::path::Path;
use std::time::Duration;

use crate::backup::{FolderShelf, Identity, Recipients, SetAbout, TABLES_OF_A_SET, open_set};
use crate::scene::{self, collect, done, epoch_ends, now, person, run};
use crate::second_copy::{SecondCopy, SecondCopyOptions};
use crate::vault::{CopyKey, Custodian, EscrowSettings, KeyFile, KeyVersions, Vault};
use crate::{Row, Store, StoreOptions, Value};
use age::secrecy::ExposeSecret;

/// Pieces of the second half of a file: its beginning may be that of any file of its kind.
fn pieces(file: &Path) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(file).unwrap();
    let half = &bytes[bytes.len() / 2..];
    half.chunks_exact(PIECE).map(<[u8]>::to_vec).collect()
}

/// The keys in a file of epochs, as they lie there.
fn slots(file: &Path) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(file).unwrap();
    let blocks = bytes.chunks(512).skip(1).filter(|block| block[0] != 0);
    blocks.map(|block| block[19..19 + PIECE].to_vec()).collect()
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(std::fs::read(path).unwrap());
        }
    }
    found
}

fn values(rows: &[Row]) -> impl Iterator<Item = Vec<u8>> {
    let values = rows.iter().flat_map(|row| &row.0);
    values.filter_map(|value| match value {
        Value::Blob(bytes) => Some(bytes.clone()),
        Value::Text(text) => Some(text.clone().into_bytes()),
        _ => None,
    })
}

/// Everything that the copy holds, opened.
fn in_copy(copy: &SecondCopy) -> Vec<Vec<u8>> {
    let keys = copy.key_rows().map(|(_, row)| row.to_vec());
    let images = copy.images().flat_map(|image| &image.tables);
    let images = images.flat_map(|table| values(&table.rows).collect::<Vec<_>>());
    let shared = copy
        .shared_rows()
        .flat_map(|shared| values(std::slice::from_ref(&shared.row)).collect::<Vec<_>>());
    let pages = copy
        .ledger_from(0)
        .unwrap()
        .iter()
        .map(|page| page.entries.clone());
    keys.chain(images).chain(shared).chain(pages).collect()
}

/// Every value of a set, opened.
fn in_set(sets: &Path, options: &StoreOptions, identity: &age::x25519::Identity) -> Vec<Vec<u8>> {
    let source = KeyFile::open(&options.key_file).unwrap();
    let vault = Vault::unlock(&source, &KeyVersions::first(), scene::chance()).unwrap();
    let key = crate::ledger::verifier_key(&options.origin, &vault).unwrap();
    let shelf = Box::new(FolderShelf::at(sets).unwrap());
    let identity = Identity::read(identity.to_string().expose_secret()).unwrap();
    let set = open_set(shelf, None, (&options.origin, &key), vault.backup_key(), identity).unwrap();
    let mut all = Vec::new();
    for table in &TABLES_OF_A_SET {
        set.rows(table.name, |_, rows| {
            all.extend(values(&rows));
            Ok(())
        })
        .unwrap();
    }
    all
}

fn holds(all: &[Vec<u8>], piece: &[u8]) -> bool {
    all.iter()
        .any(|bytes| bytes.windows(piece.len()).any(|window| window == piece))
}

fn back_up(store: &Store, sets: &Path, identity: &age::x25519::Identity) {
    let about = SetAbout {
        at: now(),
        origin: store.checkpoint().origin,
        policy: [7; 32],
        epoch: None,
        recipients: Recipients::read(&[identity.to_public().to_string()]).unwrap(),
    };
    let shelf = Box::new(FolderShelf::at(sets).unwrap());
    run(store.back_up(shelf, about, |_, _| {})).unwrap();
}

#[test]
fn keys_of_epochs_and_shares_of_custodians_are_in_nothing_else() {
    let [folder, copied, sets] = [0; 3].map(|_| tempfile::tempdir().unwrap());
    let identity = age::x25519::Identity::generate();
    let mut options = scene::options(folder.path());
    options.second_copy = Some(SecondCopyOptions {
        folder: copied.path().to_owned(),
        behind: Duration::from_secs(60),
        keep: Duration::from_secs(86_400),
    });
    let escrow = folder.path().join("keys/escrow");
    options.escrow = Some(EscrowSettings {
        needed: 2,
        custodians: ["director", "auditor"]
            .map(|name| Custodian {
                name: name.to_owned(),
                recipient: age::x25519::Identity::generate().to_public().to_string(),
            })
            .to_vec(),
        folder: escrow.clone(),
        copy: None,
    });
    let chance = scene::chance();
    let store = Store::open(
        options.clone(),
        std::sync::Arc::new(sandyq_rehearsal::SetClock::at(now())),
        chance.clone(),
    )
    .unwrap();
    let mara = person(&*chance);
    let mut born = collect(&store, &*chance, &mara);
    born.protects = true;
    let mut secrets = Vec::new();
    run(async {
        done(store.commit(born).await);
        for _ in 0..2 {
            secrets.extend(slots(&options.epoch_files[0]));
            store.end_epoch(epoch_ends).await.unwrap();
            for entry in std::fs::read_dir(&escrow).unwrap() {
                secrets.extend(pieces(&entry.unwrap().path()));
            }
        }
    });
    back_up(&store, sets.path(), &identity);
    drop(store);
    let source = KeyFile::open(&options.key_file).unwrap();
    let copy = SecondCopy::open(copied.path(), &CopyKey::of(&source, 1).unwrap()).unwrap();
    let everything = [
        in_copy(&copy),
        in_set(sets.path(), &options, &identity),
        files(copied.path()),
        files(sets.path()),
    ];
    // The search finds what is there.
    let known = mara.pseudonym.unwrap();
    assert!(holds(&everything[0], known.as_bytes()) && holds(&everything[1], known.as_bytes()));
    assert!(secrets.len() > 20, "{}", secrets.len());
    for all in &everything {
        assert!(!secrets.iter().any(|secret| holds(all, secret)));
    }
}

/// Bytes of a piece that is looked for.
const PIECE: usize = 16;
