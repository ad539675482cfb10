//! Each write fails twice: once lost, and once kept but reported lost; and then the store is looked at as a stranger
//! would (acknowledged means durable, no effect without its entry, destroyed stays destroyed).

mod epochs;

use std::path::Path;
use std::sync::{Arc, Mutex};

use sandyq_model::{Fault, IdempotencyKey, Standing, Verb};
use sandyq_rehearsal::SetClock;

use super::{Commit, CommitError, Committed};
use crate::database::dialect::Dialect;
use crate::database::{
    Bulk, DatabaseError, ErrorKind, Lookup, Row, Session, SqliteSession, Statement, Value,
};
use crate::recovery;
use crate::scene::{self, chance, collect, done, entry, extract, now, once, person, run};
use crate::store::Store;
use crate::tables::subject::Subject;
use crate::tables::{record, subject};

/// What goes wrong next.
#[derive(Clone, Copy, PartialEq)]
enum Failure {
    /// The transaction is lost, and the engine says that it broke.
    CommitLost,
    /// The transaction is durable, and the engine says that it broke.
    CommitKept,
    /// The engine says that another program was first, so many times.
    CommitAgain(u32),
    /// There is no room for a row.
    RowsFull,
    /// The disk fails in the middle.
    RowsBroken,
    /// The engine's own files cannot be cleaned.
    TracesStay,
}

type Armed = Arc<Mutex<Option<Failure>>>;

/// A connection on which things go wrong.
struct Failing {
    inner: SqliteSession,
    armed: Armed,
}

impl Failing {
    fn take(&self, wanted: impl Fn(Failure) -> bool) -> Option<Failure> {
        let mut armed = self.armed.lock().unwrap();
        let failure = armed.filter(|failure| wanted(*failure))?;
        *armed = match failure {
            Failure::CommitAgain(times) if times > 1 => Some(Failure::CommitAgain(times - 1)),
            _ => None,
        };
        Some(failure)
    }
}

impl Session for Failing {
    fn begin(&mut self) -> Result<(), DatabaseError> {
        self.inner.begin()
    }

    fn commit(&mut self) -> Result<(), DatabaseError> {
        let broken = || DatabaseError::new(ErrorKind::Broken, "the disk did not sync");
        match self.take(|failure| {
            matches!(
                failure,
                Failure::CommitLost | Failure::CommitKept | Failure::CommitAgain(_)
            )
        }) {
            None => self.inner.commit(),
            Some(Failure::CommitKept) => self.inner.commit().and_then(|()| Err(broken())),
            Some(Failure::CommitAgain(_)) => Err(DatabaseError::new(ErrorKind::Again, "another was first")),
            Some(_) => {
                self.inner.rollback();
                Err(broken())
            }
        }
    }

    fn rollback(&mut self) {
        self.inner.rollback();
    }

    fn begin_part(&mut self) -> Result<(), DatabaseError> {
        self.inner.begin_part()
    }

    fn keep_part(&mut self) -> Result<(), DatabaseError> {
        self.inner.keep_part()
    }

    fn undo_part(&mut self) -> Result<(), DatabaseError> {
        self.inner.undo_part()
    }

    fn perform(&mut self, statements: &[&Statement]) -> Result<Vec<u64>, DatabaseError> {
        match self.take(|failure| matches!(failure, Failure::RowsFull | Failure::RowsBroken)) {
            None => self.inner.perform(statements),
            Some(Failure::RowsFull) => Err(DatabaseError::new(ErrorKind::Full, "no room")),
            Some(_) => Err(DatabaseError::new(ErrorKind::Broken, "the disk failed")),
        }
    }

    fn perform_many(&mut self, bulk: &Bulk, rows: Vec<Vec<Value>>) -> Result<(), DatabaseError> {
        self.inner.perform_many(bulk, rows)
    }

    fn insert(&mut self, sql: &str, rows: Vec<Vec<Value>>) -> Result<(), DatabaseError> {
        self.inner.insert(sql, rows)
    }

    fn look_up(&mut self, lookup: &Lookup, keys: &[[u8; 16]]) -> Result<Vec<Row>, DatabaseError> {
        self.inner.look_up(lookup, keys)
    }

    fn rows(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        self.inner.rows(sql, args)
    }

    fn perform_text(&mut self, sql: &str) -> Result<(), DatabaseError> {
        self.inner.perform_text(sql)
    }

    fn leave_no_trace(&mut self) -> Result<bool, DatabaseError> {
        match self.take(|failure| failure == Failure::TracesStay) {
            None => self.inner.leave_no_trace(),
            Some(_) => Ok(false),
        }
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
}

/// A store in that folder on which something can be made to go wrong.
fn failing(folder: &Path) -> (Store, Armed) {
    let options = scene::options(folder);
    let armed = Armed::default();
    let inner = SqliteSession::open_to_write(&options.database_file()).unwrap();
    let session = Box::new(Failing {
        inner,
        armed: Arc::clone(&armed),
    });
    let parts = recovery::open_on(session, &options, Arc::new(SetClock::at(now())), chance()).unwrap();
    (Store::of(parts), armed)
}

async fn find(store: &Store, person: &Subject) -> Option<Subject> {
    let id = person.id;
    store.read(move |reader| subject::find(reader, id)).await.unwrap()
}

fn destruction(mara: &Subject) -> Commit {
    let mut gone = mara.clone();
    (gone.standing, gone.pseudonym, gone.destroyed_at) = (Standing::Destroyed, None, Some(now()));
    Commit {
        subject: Some((mara.id, 1)),
        moves: true,
        statements: vec![record::remove_all(mara.id), subject::update(&gone)],
        entries: vec![entry(Verb::Destroy, mara)],
        dead_keys: vec![(mara.id, 1)],
        ..Commit::default()
    }
}

#[test]
fn a_failed_sync_is_never_a_success_and_the_writer_stops() {
    for failure in [Failure::CommitLost, Failure::CommitKept, Failure::RowsBroken] {
        let folder = tempfile::tempdir().unwrap();
        let chance = chance();
        let (mara, aliya) = (person(&*chance), person(&*chance));
        let key = IdempotencyKey::random(&*chance);
        let submission = |store: &Store| Commit {
            once: Some(once(key, b"taken")),
            ..collect(store, &*chance, &aliya)
        };
        run(async {
            let (store, armed) = failing(folder.path());
            done(store.commit(collect(&store, &*chance, &mara)).await);
            *armed.lock().unwrap() = Some(failure);
            let failed = store.commit(submission(&store)).await;
            assert!(
                matches!(failed, Err(CommitError::Fault(Fault::Store(_)))),
                "{failed:?}"
            );
            let after = store.commit(extract(&mara, 1)).await;
            assert!(
                matches!(after, Err(CommitError::Fault(Fault::Store(_)))),
                "{after:?}"
            );
            assert_eq!(
                store.checkpoint().size,
                1,
                "nothing is published that was not acknowledged"
            );
        });
        run(async {
            let store = scene::open(folder.path());
            store.verify(|_, _| ()).await.unwrap();
            let kept = failure == Failure::CommitKept;
            assert_eq!(find(&store, &aliya).await.is_some(), kept);
            assert_eq!(
                store.wrapped_key(aliya.id, 1).unwrap().is_some(),
                kept,
                "a key without a subject is swept"
            );
            assert_eq!(store.checkpoint().size, if kept { 2 } else { 1 });
            match store.commit(submission(&store)).await.unwrap() {
                Committed::Already(answer) => assert!(kept && answer == b"taken"),
                Committed::Done { .. } => assert!(!kept),
            }
            assert_eq!(store.checkpoint().size, 2, "done once, whatever was reported");
        });
    }
}

#[test]
fn a_destruction_that_was_cut_off_is_finished_at_the_next_start() {
    for failure in [Failure::CommitLost, Failure::CommitKept] {
        let folder = tempfile::tempdir().unwrap();
        let chance = chance();
        let mara = person(&*chance);
        run(async {
            let (store, armed) = failing(folder.path());
            done(store.commit(collect(&store, &*chance, &mara)).await);
            *armed.lock().unwrap() = Some(failure);
            assert!(store.commit(destruction(&mara)).await.is_err());
            assert!(
                store.wrapped_key(mara.id, 1).unwrap().is_some(),
                "the key dies only after its entry is durable"
            );
        });
        run(async {
            let store = scene::open(folder.path());
            let destroyed = find(&store, &mara).await.unwrap().standing == Standing::Destroyed;
            assert_eq!(destroyed, failure == Failure::CommitKept);
            assert_eq!(store.wrapped_key(mara.id, 1).unwrap().is_none(), destroyed);
            let intents = store
                .read(|reader| reader.query("SELECT generation FROM key_death", &[]))
                .await
                .unwrap();
            assert_eq!(intents, []);
        });
    }
}

#[test]
fn a_full_disk_fails_the_group_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let chance = chance();
    let mara = person(&*chance);
    run(async {
        let (store, armed) = failing(folder.path());
        *armed.lock().unwrap() = Some(Failure::RowsFull);
        assert!(matches!(
            store.commit(collect(&store, &*chance, &mara)).await,
            Err(CommitError::Fault(_))
        ));
        assert_eq!(find(&store, &mara).await, None);
        done(store.commit(collect(&store, &*chance, &mara)).await);
        store.verify(|_, _| ()).await.unwrap();
    });
}

#[test]
fn a_group_that_came_second_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let chance = chance();
    let mara = person(&*chance);
    run(async {
        let (store, armed) = failing(folder.path());
        *armed.lock().unwrap() = Some(Failure::CommitAgain(3));
        assert_eq!(done(store.commit(collect(&store, &*chance, &mara)).await), 0);
        *armed.lock().unwrap() = Some(Failure::CommitAgain(1000));
        assert!(matches!(
            store.commit(extract(&mara, 1)).await,
            Err(CommitError::Fault(_))
        ));
        *armed.lock().unwrap() = None;
        assert_eq!(done(store.commit(extract(&mara, 1)).await), 1);
    });
}

#[test]
fn whoever_goes_away_does_not_undo_what_was_submitted() {
    let folder = tempfile::tempdir().unwrap();
    let chance = chance();
    let mara = person(&*chance);
    run(async {
        let store = scene::open(folder.path());
        let mut gone = Box::pin(store.commit(collect(&store, &*chance, &mara)));
        let polled =
            std::future::poll_fn(|context| std::task::Poll::Ready(gone.as_mut().poll(context).is_pending()));
        polled.await;
        drop(gone);
        assert_eq!(done(store.commit(extract(&mara, 1)).await), 1);
    });
}

#[test]
fn more_than_the_queue_holds_is_refused_as_busy() {
    let queue = super::queue::Queue::default();
    let waiting: Vec<_> = (0..super::COMMIT_QUEUE_MAX)
        .map(|_| queue.submit(Commit::default()))
        .collect();
    assert!(waiting.iter().all(Result::is_ok));
    assert!(matches!(queue.submit(Commit::default()), Err(CommitError::Busy)));
    assert_eq!(queue.next_group(0).unwrap().len(), super::GROUP_MAX);
    assert!(queue.submit(Commit::default()).is_ok());
    queue.stop("over");
    assert!(matches!(
        queue.submit(Commit::default()),
        Err(CommitError::Fault(_))
    ));
}

/// How many deaths are noted whose traces are not known to be gone.
async fn deaths_noted(store: &Store) -> usize {
    let read = store.read(|reader| reader.query("SELECT generation FROM key_death", &[]));
    read.await.unwrap().len()
}

#[test]
fn a_death_stays_noted_until_the_engines_files_are_clean() {
    let folder = tempfile::tempdir().unwrap();
    let chance = chance();
    let (mara, aliya) = (person(&*chance), person(&*chance));
    run(async {
        let (store, armed) = failing(folder.path());
        done(store.commit(collect(&store, &*chance, &mara)).await);
        *armed.lock().unwrap() = Some(Failure::TracesStay);
        done(store.commit(destruction(&mara)).await);
        assert_eq!(
            store.wrapped_key(mara.id, 1).unwrap(),
            None,
            "the key does not wait"
        );
        assert_eq!(deaths_noted(&store).await, 1);
        *armed.lock().unwrap() = Some(Failure::TracesStay);
        done(store.commit(collect(&store, &*chance, &aliya)).await);
        assert_eq!(deaths_noted(&store).await, 1, "tried again, in vain");
        *armed.lock().unwrap() = Some(Failure::TracesStay);
        done(store.commit(extract(&aliya, 1)).await);
    });
    run(async {
        let store = scene::open(folder.path());
        assert_eq!(deaths_noted(&store).await, 0, "the start has cleaned");
        assert!(store.wrapped_key(aliya.id, 1).unwrap().is_some());
        assert_eq!(store.key_status().unwrap().deaths, 1, "it died once");
    });
}
