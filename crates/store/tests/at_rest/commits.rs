//! Section 4 of the design, number by number: what a commit promises.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]

use super::scene::{self, chance, clarify, collect, done, entry, extract, now, once, open, person, run};
use sandyq_model::{Clause, Fault, IdempotencyKey, JobId, Standing, Verb};
use sandyq_store::tables::{idempotency, job, posting, record, refusal_count, subject};
use sandyq_store::{Commit, CommitError, Committed, Job};

#[test]
fn a_change_and_its_entry_are_there_together_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let chance = chance();
    let mara = person(&*chance);
    run(async {
        let store = open(folder.path());
        assert_eq!(done(store.commit(collect(&store, &*chance, &mara)).await), 0);
        assert_eq!(done(store.commit(extract(&mara, 1)).await), 1);
    });
    run(async {
        let store = open(folder.path());
        let (id, pseudonym) = (mara.id, mara.pseudonym.unwrap());
        let (found, entries, values) = store
            .read(move |reader| {
                let found = subject::find(reader, id)?;
                Ok((
                    found,
                    posting::entries(reader, pseudonym, 10, 0)?,
                    record::of_subject(reader, id)?,
                ))
            })
            .await
            .unwrap();
        assert_eq!(found, Some(mara.clone()));
        assert_eq!(values.len(), 1);
        let deeds: Vec<_> = entries
            .iter()
            .map(|placed| (placed.index, placed.entry))
            .collect();
        assert_eq!(
            deeds,
            [(1, entry(Verb::Extract, &mara)), (0, entry(Verb::Collect, &mara))]
        );
        assert!(store.subject_key(id, 1).unwrap().is_some());
        assert_eq!(store.verify(|_, _| ()).await.unwrap().entries, 2);
    });
}

#[test]
fn a_changed_version_means_deciding_again() {
    let folder = tempfile::tempdir().unwrap();
    let chance = chance();
    let mara = person(&*chance);
    run(async {
        let store = open(folder.path());
        done(store.commit(collect(&store, &*chance, &mara)).await);
        done(store.commit(clarify(&mara, 1, b"new")).await);
        assert!(matches!(
            store.commit(extract(&mara, 1)).await,
            Err(CommitError::Stale)
        ));
        assert!(matches!(
            store.commit(collect(&store, &*chance, &mara)).await,
            Err(CommitError::Stale)
        ));
        assert!(matches!(
            store.commit(extract(&person(&*chance), 1)).await,
            Err(CommitError::Stale)
        ));
        assert_eq!(done(store.commit(extract(&mara, 2)).await), 2);
    });
}

#[test]
fn the_same_submission_is_not_done_twice() {
    let folder = tempfile::tempdir().unwrap();
    let chance = chance();
    let mara = person(&*chance);
    let key = IdempotencyKey::random(&*chance);
    run(async {
        let store = open(folder.path());
        done(store.commit(collect(&store, &*chance, &mara)).await);
        let submit = |answer: &[u8]| Commit {
            once: Some(once(key, answer)),
            refusals: vec![Clause::fixed("4.3")],
            ..clarify(&mara, 1, b"once")
        };
        // Both wait at the same time: one is done, and the other gets its answer although its version is stale by then.
        let (first, second) = tokio::join!(store.commit(submit(b"one")), store.commit(submit(b"two")));
        let results = [first.unwrap(), second.unwrap()];
        let done = results
            .iter()
            .filter(|result| matches!(result, Committed::Done { .. }))
            .count();
        assert_eq!(done, 1, "{results:?}");
        let Ok(Committed::Already(answer)) = store.commit(submit(b"three")).await else {
            panic!("done again")
        };
        assert!(results.contains(&Committed::Already(answer.clone())));
        let (stored, refusals) = store
            .read(move |reader| Ok((idempotency::done(reader, key)?, refusal_count::all(reader)?)))
            .await
            .unwrap();
        assert_eq!(stored.unwrap().answer, answer);
        assert_eq!(refusals, [(Clause::fixed("4.3"), 1)]);
        assert_eq!(store.checkpoint().size, 2);
    });
}

#[test]
fn one_bad_commit_of_a_group_fails_alone_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let chance = chance();
    let people: Vec<_> = (0..20).map(|_| person(&*chance)).collect();
    run(async {
        let store = open(folder.path());
        let key = IdempotencyKey::random(&*chance);
        let mut waiting = Vec::new();
        for (place, someone) in people.iter().enumerate() {
            let mut commit = collect(&store, &*chance, someone);
            if place == 7 {
                commit.once = Some(once(key, b""));
                commit
                    .statements
                    .push(job::finish(None, JobId::random(&*chance), now()));
            }
            let store = store.clone();
            waiting.push(tokio::spawn(async move { store.commit(commit).await }));
        }
        for (place, answer) in waiting.into_iter().enumerate() {
            match answer.await.unwrap() {
                Err(CommitError::Conflict(what)) if place == 7 => {
                    assert!(what.contains("UPDATE job"), "{what}")
                }
                other => assert!(place != 7 && other.is_ok(), "{place}: {other:?}"),
            }
        }
        let bad = people[7].clone();
        assert_eq!(store.checkpoint().size, 19);
        assert!(store.subject_key(bad.id, 1).unwrap().is_none());
        let (known, answer, postings) = store
            .read(move |reader| {
                let postings = posting::count(reader, bad.pseudonym.unwrap())?;
                Ok((
                    subject::find(reader, bad.id)?,
                    idempotency::done(reader, key)?,
                    postings,
                ))
            })
            .await
            .unwrap();
        assert_eq!((known, answer, postings), (None, None, 0));
        store.verify(|_, _| ()).await.unwrap();
    });
}

#[test]
fn what_depends_on_a_bad_commit_of_the_same_group_is_stale() {
    let folder = tempfile::tempdir().unwrap();
    let chance = chance();
    let mara = person(&*chance);
    run(async {
        let store = open(folder.path());
        done(store.commit(collect(&store, &*chance, &mara)).await);
        let mut bad = clarify(&mara, 1, b"bad");
        bad.statements
            .push(job::finish(None, JobId::random(&*chance), now()));
        let (bad, after) = tokio::join!(store.commit(bad), store.commit(clarify(&mara, 2, b"after")));
        assert!(matches!(bad, Err(CommitError::Conflict(_))));
        assert!(matches!(after, Err(CommitError::Stale)));
        done(store.commit(clarify(&mara, 1, b"good")).await);
    });
}

#[test]
fn a_row_in_the_way_is_a_conflict() {
    let folder = tempfile::tempdir().unwrap();
    let chance = chance();
    let mara = person(&*chance);
    run(async {
        let store = open(folder.path());
        done(store.commit(collect(&store, &*chance, &mara)).await);
        let job = Job {
            subject: Some(mara.id),
            id: JobId::random(&*chance),
            kind: "letter".into(),
            detail: vec![1],
            run_at: now(),
        };
        let leave = || Commit {
            jobs: vec![job.clone()],
            ..Commit::default()
        };
        done(store.commit(leave()).await);
        assert!(matches!(
            store.commit(leave()).await,
            Err(CommitError::Conflict(_))
        ));
        let due = || async {
            let of_it = store.read(|reader| job::due_of(reader, now(), "letter", 10));
            let of_others = store.read(|reader| job::due_but(reader, now(), "letter", 10));
            let of_any = store.read(|reader| job::due_but(reader, now(), "parcel", 10));
            assert_eq!(of_others.await.unwrap(), []);
            let due = of_it.await.unwrap();
            assert_eq!(of_any.await.unwrap(), due);
            due.into_iter().map(|due| due.job).collect::<Vec<_>>()
        };
        assert_eq!(due().await, std::slice::from_ref(&job));

        let later = now() + jiff::SignedDuration::from_mins(1);
        let lease = || Commit {
            statements: vec![job::lease(job.subject, job.id, now(), later)],
            ..Commit::default()
        };
        done(store.commit(lease()).await);
        assert!(matches!(
            store.commit(lease()).await,
            Err(CommitError::Conflict(_))
        ));
        assert_eq!(due().await, []);
    });
}

#[test]
fn a_key_dies_with_the_commit_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let chance = chance();
    let mara = person(&*chance);
    run(async {
        let store = open(folder.path());
        done(store.commit(collect(&store, &*chance, &mara)).await);
        assert!(store.subject_key(mara.id, 1).unwrap().is_some());
        let mut gone = mara.clone();
        (gone.standing, gone.pseudonym, gone.destroyed_at) = (Standing::Destroyed, None, Some(now()));
        let destroy = Commit {
            subject: Some((mara.id, 1)),
            moves: true,
            statements: vec![record::remove_all(mara.id), subject::update(&gone)],
            entries: vec![entry(Verb::Destroy, &mara)],
            dead_keys: vec![(mara.id, 1)],
            ..Commit::default()
        };
        done(store.commit(destroy).await);
        assert!(store.subject_key(mara.id, 1).unwrap().is_none());
        assert!(store.wrapped_key(mara.id, 1).unwrap().is_none());
        let pseudonym = mara.pseudonym.unwrap();
        let nobody = store
            .read(move |reader| subject::by_pseudonym(reader, pseudonym))
            .await
            .unwrap();
        assert_eq!(nobody, None);
        store.verify(|_, _| ()).await.unwrap();
    });
    assert!(scene::open_with(scene::options(folder.path())).is_ok());
}

#[test]
fn a_commit_without_entries_adds_none_to_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let store = open(folder.path());
        let before = store.checkpoint_note();
        assert_eq!(done(store.commit(Commit::default()).await), 0);
        assert_eq!(store.checkpoint_note(), before);
    });
}

#[test]
fn a_read_that_panics_or_faults_harms_no_other() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let store = open(folder.path());
        for _ in 0..8 {
            let panicked = store
                .read(|_| -> Result<(), Fault> { panic!("a mistake of ours") })
                .await;
            assert!(matches!(panicked, Err(Fault::Store(_))));
            let wrong = store
                .read(|reader| reader.query("SELECT nothing FROM nowhere", &[]))
                .await;
            assert!(matches!(wrong, Err(Fault::Store(_))));
        }
        assert_eq!(
            store
                .read(|reader| Ok(reader.query("SELECT 1", &[])?.len()))
                .await
                .unwrap(),
            1
        );
    });
}

#[test]
fn readers_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let store = open(folder.path());
        let written = store.read(|reader| reader.query("DELETE FROM meta", &[])).await;
        assert!(matches!(written, Err(Fault::Store(_))));
    });
}
