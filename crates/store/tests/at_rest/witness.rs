//! 5.1.5-b: a checkpoint that somebody outside has signed cannot be taken back, whatever is put back here.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it goes wrong"
)]

use super::scene::{chance, collect, done, extract, now, options, person, run};
use sandyq_ledger::note::{Note, Signer, VerifierKey};
use sandyq_ledger::witness::Request;
use sandyq_model::Fault;
use sandyq_rehearsal::SetClock;
use sandyq_store::{Store, StoreOptions};

fn witness() -> Signer {
    Signer::from_seed("witness.example/w", &[7; 32]).unwrap()
}

fn open(options: &StoreOptions) -> Result<Store, Fault> {
    Store::open(
        options.clone(),
        std::sync::Arc::new(SetClock::at(now())),
        chance(),
    )
}

fn trusting(folder: &std::path::Path) -> StoreOptions {
    StoreOptions {
        witnesses: vec![witness().cosigner_key().unwrap()],
        ..options(folder)
    }
}

fn cosigned(request: &Request, key: &VerifierKey) -> String {
    let checkpoint = request
        .examine(key.name(), std::slice::from_ref(key), None)
        .unwrap();
    let mut note = Note::parse(request.note.as_bytes()).unwrap();
    note.add(witness().cosign(&checkpoint.text(), 1_795_430_000).unwrap());
    note.to_string()
}

#[test]
fn what_a_witness_has_signed_is_kept_and_a_ledger_put_back_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let options = trusting(folder.path());
    let chance = chance();
    let mara = person(&*chance);
    let saved = tempfile::tempdir().unwrap();
    run(async {
        let store = open(&options).unwrap();
        done(store.commit(collect(&store, &*chance, &mara)).await);
    });
    for file in FILES {
        std::fs::copy(folder.path().join(file), saved.path().join(file)).unwrap_or_default();
    }
    run(async {
        let store = open(&options).unwrap();
        done(store.commit(extract(&mara, 1)).await);
        let key = store.verifier_key().clone();
        let request = store.witness_request(0).await.unwrap();
        let note = cosigned(&request, &key);
        assert_eq!(
            store.keep_witnessed(&request.note).await.unwrap(),
            None,
            "nobody has cosigned"
        );
        assert_eq!(store.keep_witnessed("nonsense").await.unwrap(), None);
        let kept = store.keep_witnessed(&note).await.unwrap().unwrap();
        assert_eq!((kept.checkpoint.size, kept.by.len()), (2, 1));
        let again = store.keep_witnessed(&note).await.unwrap().unwrap();
        assert_eq!(again.note, kept.note, "twice is once");
        done(store.commit(extract(&mara, 1)).await);
        let next = store.witness_request(2).await.unwrap();
        assert_eq!(
            next.examine(key.name(), std::slice::from_ref(&key), Some(&kept.checkpoint))
                .unwrap()
                .size,
            3
        );
    });
    run(async {
        assert_eq!(open(&options).unwrap().witnessed().unwrap().checkpoint.size, 2);
    });
    // The machine is put back, and so is what it has noted by itself; what others have signed is not.
    std::fs::remove_file(options.head_file()).unwrap();
    for file in FILES {
        std::fs::remove_file(folder.path().join(file)).unwrap_or_default();
        std::fs::copy(saved.path().join(file), folder.path().join(file)).unwrap_or_default();
    }
    let Err(Fault::Ledger(why)) = open(&options) else {
        panic!("a ledger that was put back was opened");
    };
    assert!(
        why.contains("the ledger has 1 entries, and had 2 before"),
        "{why}"
    );
}

#[test]
fn a_changed_witnessed_file_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let options = trusting(folder.path());
    let chance = chance();
    let mara = person(&*chance);
    run(async {
        let store = open(&options).unwrap();
        done(store.commit(collect(&store, &*chance, &mara)).await);
        let key = store.verifier_key().clone();
        let note = cosigned(&store.witness_request(0).await.unwrap(), &key);
        store.keep_witnessed(&note).await.unwrap().unwrap();
    });
    let whole = std::fs::read(options.witnessed_file()).unwrap();
    for at in 0..whole.len() {
        let mut altered = whole.clone();
        altered[at] ^= 1;
        std::fs::write(options.witnessed_file(), &altered).unwrap();
        assert!(matches!(open(&options), Err(Fault::Ledger(_))), "byte {at}");
    }
}

/// What SQLite keeps of the database.
const FILES: [&str; 3] = ["sandyq.db", "sandyq.db-wal", "sandyq.db-shm"];
