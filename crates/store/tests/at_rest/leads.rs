//! 6.2, 6.3: people are found by their contacts while they are here, and by nothing afterwards, whatever somebody kept.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]

use std::path::Path;
use std::sync::Arc;

use super::scene::{Place, chance, collect, done, entry, now, person, run};
use sandyq_model::{Clock, Field, Plain, Standing, SubjectId, Verb};
use sandyq_rehearsal::SetClock;
use sandyq_store::tables::search_index;
use sandyq_store::tables::subject::{self, Subject};
use sandyq_store::vault::{KeyStore, Lead, SearchToken};
use sandyq_store::{Commit, Store};

fn phone() -> Field {
    Field::new(14).unwrap()
}

fn token(store: &Store, number: &str) -> SearchToken {
    store.vault().blind_index(phone(), &Plain::from(number))
}

/// A commit by which somebody is found by that number from now on.
fn found_by(store: &Store, person: &Subject, version: u64, number: &str) -> Commit {
    let key = store.subject_key(person.id, 1).unwrap().unwrap();
    let new = store
        .vault()
        .new_lead(&key, phone(), &Plain::from(number))
        .unwrap();
    Commit {
        subject: Some((person.id, version)),
        moves: true,
        statements: vec![search_index::put(&new)],
        entries: vec![entry(Verb::Clarify, person)],
        leads: vec![new.lead],
        ..Commit::default()
    }
}

fn destroy(person: &Subject, version: u64) -> Commit {
    let gone = Subject {
        standing: Standing::Destroyed,
        pseudonym: None,
        destroyed_at: Some(now()),
        ..person.clone()
    };
    Commit {
        subject: Some((person.id, version)),
        moves: true,
        statements: vec![
            sandyq_store::tables::record::remove_all(person.id),
            search_index::remove_all(person.id),
            subject::update(&gone),
        ],
        entries: vec![entry(Verb::Destroy, person)],
        dead_keys: vec![(person.id, 1)],
        without_leads: vec![person.id],
        ..Commit::default()
    }
}

async fn who(store: &Store, number: &str) -> Vec<SubjectId> {
    let token = token(store, number);
    store.subjects_with(phone(), token, 10).await.unwrap()
}

#[test]
fn people_are_found_by_what_holds_now() {
    for place in Place::all() {
        run(async {
            let store = place.open();
            let chance = chance();
            let (mara, dana) = (person(&*chance), person(&*chance));
            for one in [&mara, &dana] {
                done(store.commit(collect(&store, &*chance, one)).await);
                done(store.commit(found_by(&store, one, 1, "+77010000001")).await);
            }
            let mut both = vec![mara.id, dana.id];
            both.sort_unstable();
            assert_eq!(who(&store, "+77010000001").await, both);
            assert_eq!(who(&store, "+77010000002").await, []);
            let one = store
                .subjects_with(phone(), token(&store, "+77010000001"), 1)
                .await;
            assert_eq!(one.unwrap(), both[..1]);
            let other = Field::new(13).unwrap();
            let none = store
                .subjects_with(other, token(&store, "+77010000001"), 10)
                .await;
            assert_eq!(none.unwrap(), []);

            done(store.commit(found_by(&store, &mara, 2, "+77010000002")).await);
            assert_eq!(who(&store, "+77010000001").await, [dana.id]);
            assert_eq!(who(&store, "+77010000002").await, [mara.id]);
            done(store.commit(destroy(&mara, 3)).await);
            assert_eq!(who(&store, "+77010000002").await, []);

            drop(store);
            let store = place.open();
            assert_eq!(who(&store, "+77010000001").await, [dana.id]);
            assert_eq!(who(&store, "+77010000002").await, []);
        });
    }
}

#[test]
fn a_lead_whose_commit_did_not_happen_leads_nowhere_and_goes_with_the_next_start() {
    for place in Place::all() {
        let chance = chance();
        let mara = person(&*chance);
        let stray = run(async {
            let store = place.open();
            done(store.commit(collect(&store, &*chance, &mara)).await);
            done(store.commit(found_by(&store, &mara, 1, "+77010000001")).await);
            found_by(&store, &mara, 2, "+77010000002").leads[0]
        });
        let mut keys = key_store(&place);
        keys.put_all(&[], &[stray]).unwrap();
        assert_eq!(leads(&mut keys).len(), 2);
        drop(keys);
        run(async {
            let store = place.open();
            assert_eq!(who(&store, "+77010000001").await, [mara.id]);
            assert_eq!(who(&store, "+77010000002").await, []);
        });
        let left = leads(&mut key_store(&place));
        assert!(left.len() == 1 && left[0].mark != stray.mark);
    }
}

fn key_store(place: &Place) -> KeyStore {
    let clock: Arc<dyn Clock> = Arc::new(SetClock::at(now()));
    sandyq_store::open_key_store(&place.options(), &clock, chance()).unwrap()
}

fn leads(keys: &mut KeyStore) -> Vec<Lead> {
    keys.page_of_leads(None).unwrap()
}

#[test]
fn a_database_of_another_time_is_found_by_what_it_holds() {
    let place = Place::sqlite();
    let chance = chance();
    let mara = person(&*chance);
    let aside = tempfile::tempdir().unwrap();
    run(async {
        let store = place.open();
        done(store.commit(collect(&store, &*chance, &mara)).await);
        done(store.commit(found_by(&store, &mara, 1, "+77010000001")).await);
    });
    let options = place.options();
    // The ledger's own notes go back with it: this is about leads.
    for file in DATA {
        copy(&options.folder.join(file), &aside.path().join(file));
    }
    run(async {
        let store = place.open();
        done(store.commit(found_by(&store, &mara, 2, "+77010000002")).await);
        assert_eq!(who(&store, "+77010000002").await, [mara.id]);
    });
    for file in DATA {
        copy(&aside.path().join(file), &options.folder.join(file));
    }
    run(async {
        let store = place.open();
        assert_eq!(who(&store, "+77010000001").await, [mara.id]);
        assert_eq!(who(&store, "+77010000002").await, []);
    });
}

fn copy(from: &Path, to: &Path) {
    if to.exists() {
        std::fs::remove_file(to).unwrap();
    }
    if from.exists() {
        std::fs::copy(from, to).unwrap();
    }
}

/// What is not keys.
const DATA: [&str; 4] = ["sandyq.db", "sandyq.db-wal", "sandyq.db-shm", "ledger.head"];
