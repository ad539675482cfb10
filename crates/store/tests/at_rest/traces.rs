//! DEF-4: after a destruction the engine's own files are cleaned; a start knows whether that is still to be done.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise"
)]

use super::scene::{Place, chance, collect, done, entry, now, person, run};
use sandyq_model::{Standing, Verb};
use sandyq_store::tables::record;
use sandyq_store::tables::subject::{self, Subject};
use sandyq_store::{Commit, Store};

/// How often the server has vacuumed the table of values, and how many deaths wait for it.
async fn vacuums(store: &Store) -> (i64, usize) {
    let read = store.read(|reader| {
        let counted = reader.query(
            "SELECT vacuum_count::int8 FROM pg_stat_user_tables \
             WHERE relname = 'record' AND schemaname = current_schema()",
            &[],
        )?;
        let waiting = reader.query("SELECT generation FROM key_death", &[])?;
        Ok((counted, waiting.len()))
    });
    let (mut counted, waiting) = read.await.unwrap();
    (counted[0].take(0).unwrap(), waiting)
}

async fn one_dies(store: &Store) {
    let chance = chance();
    let someone = person(&*chance);
    done(store.commit(collect(store, &*chance, &someone)).await);
    let gone = Subject {
        standing: Standing::Destroyed,
        pseudonym: None,
        destroyed_at: Some(now()),
        ..someone.clone()
    };
    let death = Commit {
        subject: Some((someone.id, 1)),
        moves: true,
        statements: vec![record::remove_all(someone.id), subject::update(&gone)],
        entries: vec![entry(Verb::Destroy, &someone)],
        dead_keys: vec![(someone.id, 1)],
        ..Commit::default()
    };
    done(store.commit(death).await);
    assert_eq!(store.wrapped_key(someone.id, 1).unwrap(), None);
}

#[test]
fn postgres_is_vacuumed_at_a_start_only_when_a_destruction_was_not_followed_by_it() {
    let Some(place) = Place::postgres() else { return };
    run(async {
        let store = place.open();
        let (before, _) = vacuums(&store).await;
        one_dies(&store).await;
        assert_eq!(
            vacuums(&store).await.0,
            before + 1,
            "the first death is followed at once"
        );
        drop(store);

        let store = place.open();
        assert_eq!(vacuums(&store).await, (before + 1, 0), "nothing is left to do");
        one_dies(&store).await;
        one_dies(&store).await;
        let (after, waiting) = vacuums(&store).await;
        assert_eq!(
            (after, waiting),
            (before + 2, 1),
            "the second within minutes waits"
        );
        drop(store);

        let store = place.open();
        assert_eq!(vacuums(&store).await, (before + 3, 0), "the start has done it");
        drop(store);
        assert_eq!(vacuums(&place.open()).await, (before + 3, 0));
    });
}
