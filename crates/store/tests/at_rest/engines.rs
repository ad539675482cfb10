//! One suite for both engines: whatever sequence of operations, the store answers as a model in memory does and holds
//! the same afterwards, on SQLite always and on PostgreSQL when the environment names one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]

use std::collections::BTreeMap;

use super::scene::{self, Place, chance, entry, now, person, run, submit_in_order, value};
use jiff::SignedDuration;
use proptest::prelude::*;
use sandyq_model::{Clause, FieldSet, IdempotencyKey, JobId, ProposalId, Purpose, Standing, SubjectId, Verb};
use sandyq_rehearsal::SeededChance;
use sandyq_store::tables::case_file::{self, CaseFile};
use sandyq_store::tables::consent::{self, ConsentAct, ConsentRow};
use sandyq_store::tables::emergency::{self, Emergency};
use sandyq_store::tables::idempotency::Once;
use sandyq_store::tables::subject::Subject;
use sandyq_store::tables::{job, posting, record, refusal_count, subject, subject_request};
use sandyq_store::{Commit, CommitError, Committed, Job, Store};

/// People of a story.
const PEOPLE: usize = 4;
/// Submission keys of a story.
const KEYS: u8 = 3;

/// One operation of a story. `person` is who it is about.
#[derive(Clone, Debug)]
enum Step {
    Collect { person: usize },
    Clarify { person: usize, bytes: u8, lag: bool },
    Look { person: usize, lag: bool },
    Refuse { clause: usize },
    Submit { person: usize, key: u8 },
    LeaveJob { person: usize, job: u8 },
    FinishJob { person: usize, job: u8 },
    Destroy { person: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let person = 0..PEOPLE;
    prop_oneof![
        2 => person.clone().prop_map(|person| Step::Collect { person }),
        3 => (person.clone(), any::<u8>(), prop::bool::weighted(0.2))
            .prop_map(|(person, bytes, lag)| Step::Clarify { person, bytes, lag }),
        3 => (person.clone(), prop::bool::weighted(0.2)).prop_map(|(person, lag)| Step::Look { person, lag }),
        1 => (0..2_usize).prop_map(|clause| Step::Refuse { clause }),
        2 => (person.clone(), 0..KEYS).prop_map(|(person, key)| Step::Submit { person, key }),
        2 => (person.clone(), 0..3_u8).prop_map(|(person, job)| Step::LeaveJob { person, job }),
        2 => (person.clone(), 0..3_u8).prop_map(|(person, job)| Step::FinishJob { person, job }),
        1 => person.prop_map(|person| Step::Destroy { person }),
    ]
}

/// What should be in the store.
#[derive(Default)]
struct Model {
    people: BTreeMap<usize, Known>,
    answers: BTreeMap<u8, Vec<u8>>,
    jobs: BTreeMap<(usize, u8), bool>,
    refusals: BTreeMap<usize, u64>,
    entries: u64,
}

#[derive(Clone)]
struct Known {
    version: u64,
    value: Option<Vec<u8>>,
    destroyed: bool,
    postings: u64,
}

/// How a step must end.
#[derive(Debug, PartialEq)]
enum Expected {
    Done,
    Already(Vec<u8>),
    OtherSubmission,
    Stale,
    Conflict,
}

struct Story {
    people: Vec<Subject>,
    model: Model,
}

impl Story {
    fn new() -> Self {
        let chance = SeededChance::new(99);
        Self {
            people: (0..PEOPLE).map(|_| person(&chance)).collect(),
            model: Model::default(),
        }
    }

    /// The commit of a step, as somebody makes it who knows the version (or, with a lag, the one before).
    fn commit(&self, store: &Store, step: &Step) -> Commit {
        match step {
            Step::Collect { person } => scene::collect(store, &*chance(), &self.people[*person]),
            Step::Clarify { person, bytes, lag } => {
                let version = self.version(*person, *lag);
                let mut commit = scene::clarify(&self.people[*person], version, &[*bytes; 20]);
                let known = self.model.people.get(person);
                if known.is_some_and(|known| known.destroyed) {
                    // Nobody writes a value of somebody who was destroyed: the verification would find it.
                    commit.statements = vec![record::remove_all(self.people[*person].id)];
                }
                commit
            }
            Step::Look { person, lag } => scene::extract(&self.people[*person], self.version(*person, *lag)),
            Step::Refuse { clause } => Commit {
                refusals: vec![clause_of(*clause)],
                ..Commit::default()
            },
            Step::Submit { person, key } => Commit {
                once: Some(Once {
                    key: key_of(*key),
                    content: Some([*person as u8; 32]),
                    answer: vec![*person as u8],
                }),
                ..scene::extract(&self.people[*person], self.version(*person, false))
            },
            Step::LeaveJob { person, job } => Commit {
                jobs: vec![self.job(*person, *job)],
                ..Commit::default()
            },
            Step::FinishJob { person, job } => {
                let job = self.job(*person, *job);
                Commit {
                    statements: vec![job::finish(job.subject, job.id, now())],
                    ..Commit::default()
                }
            }
            Step::Destroy { person } => self.destruction(*person),
        }
    }

    fn destruction(&self, person: usize) -> Commit {
        let mut gone = self.people[person].clone();
        (gone.standing, gone.pseudonym, gone.destroyed_at) = (Standing::Destroyed, None, Some(now()));
        Commit {
            subject: Some((gone.id, self.version(person, false))),
            moves: true,
            statements: vec![record::remove_all(gone.id), subject::update(&gone)],
            entries: vec![entry(Verb::Destroy, &self.people[person])],
            dead_keys: vec![(gone.id, 1)],
            ..Commit::default()
        }
    }

    fn version(&self, person: usize, lag: bool) -> u64 {
        let version = self.model.people.get(&person).map_or(1, |known| known.version);
        if lag {
            version.saturating_sub(1).max(1)
        } else {
            version
        }
    }

    fn job(&self, person: usize, job: u8) -> Job {
        Job {
            subject: Some(self.people[person].id),
            id: JobId::from_bytes([job + 1; 16]),
            kind: "letter".into(),
            detail: vec![job],
            run_at: now(),
        }
    }

    /// How the step must end, and what the model is afterwards.
    fn take(&mut self, step: &Step) -> Expected {
        match step {
            Step::Collect { person } => {
                if self.model.people.contains_key(person) {
                    return Expected::Stale;
                }
                let known = Known {
                    version: 1,
                    value: Some(b"sealed".to_vec()),
                    destroyed: false,
                    postings: 1,
                };
                self.model.people.insert(*person, known);
                self.model.entries += 1;
            }
            Step::Clarify { person, bytes, lag } => {
                return self.change(*person, *lag, Some(vec![*bytes; 20]), false);
            }
            Step::Destroy { person } => return self.change(*person, false, None, true),
            Step::Look { person, lag } => return self.look(*person, *lag),
            Step::Refuse { clause } => *self.model.refusals.entry(*clause).or_default() += 1,
            Step::Submit { person, key } => {
                if let Some(answer) = self.model.answers.get(key) {
                    return if *answer == [*person as u8] {
                        Expected::Already(answer.clone())
                    } else {
                        Expected::OtherSubmission
                    };
                }
                let expected = self.look(*person, false);
                if expected == Expected::Done {
                    self.model.answers.insert(*key, vec![*person as u8]);
                }
                return expected;
            }
            Step::LeaveJob { person, job } => {
                if self.model.jobs.contains_key(&(*person, *job)) {
                    return Expected::Conflict;
                }
                self.model.jobs.insert((*person, *job), false);
            }
            Step::FinishJob { person, job } => match self.model.jobs.get_mut(&(*person, *job)) {
                Some(done) if !*done => *done = true,
                _ => return Expected::Conflict,
            },
        }
        Expected::Done
    }

    fn look(&mut self, person: usize, lag: bool) -> Expected {
        let decided_on = self.version(person, lag);
        match self.model.people.get_mut(&person) {
            Some(known) if known.version == decided_on => {
                known.postings += 1;
                self.model.entries += 1;
                Expected::Done
            }
            _ => Expected::Stale,
        }
    }

    fn change(&mut self, person: usize, lag: bool, value: Option<Vec<u8>>, destroys: bool) -> Expected {
        let expected = self.look(person, lag);
        if let (Expected::Done, Some(known)) = (&expected, self.model.people.get_mut(&person)) {
            known.version += 1;
            known.value = value.filter(|_| !known.destroyed);
            known.destroyed |= destroys;
        }
        expected
    }

    async fn compare(&self, store: &Store) {
        let people = self.people.clone();
        let (rows, refusals) = store
            .read(move |reader| {
                let mut rows = Vec::new();
                for someone in &people {
                    rows.push((
                        subject::find(reader, someone.id)?,
                        record::of_subject(reader, someone.id)?,
                        posting::count(reader, someone.pseudonym.unwrap())?,
                        job::of_subject(reader, someone.id)?,
                    ));
                }
                Ok((rows, refusal_count::all(reader)?))
            })
            .await
            .unwrap();
        for (number, (found, values, postings, jobs)) in rows.into_iter().enumerate() {
            let known = self.model.people.get(&number);
            assert_eq!(
                found.as_ref().map(|found| found.version),
                known.map(|known| known.version)
            );
            assert_eq!(
                found.map(|found| found.pseudonym.is_none()),
                known.map(|known| known.destroyed)
            );
            assert_eq!(
                values.first().map(|value| &value.sealed),
                known.and_then(|known| known.value.as_ref())
            );
            assert_eq!(postings, known.map_or(0, |known| known.postings));
            let lives = known.is_some_and(|known| !known.destroyed);
            assert_eq!(
                store.subject_key(self.people[number].id, 1).unwrap().is_some(),
                lives
            );
            let jobs: BTreeMap<_, _> = jobs
                .iter()
                .map(|job| ((number, job.job.detail[0]), job.done_at.is_some()))
                .collect();
            let expected = self
                .model
                .jobs
                .iter()
                .filter(|((person, _), _)| *person == number);
            assert_eq!(jobs, expected.map(|(job, done)| (*job, *done)).collect());
        }
        let refusals: BTreeMap<_, _> = refusals.into_iter().collect();
        let expected = self
            .model
            .refusals
            .iter()
            .map(|(clause, count)| (clause_of(*clause), *count));
        assert_eq!(refusals, expected.collect());
        assert_eq!(store.checkpoint().size, self.model.entries);
        assert_eq!(store.verify(|_, _| ()).await.unwrap().entries, self.model.entries);
    }
}

fn key_of(key: u8) -> IdempotencyKey {
    IdempotencyKey::from_bytes([key + 1; 16])
}

fn clause_of(clause: usize) -> Clause {
    Clause::fixed(["4.3", "5.1.4#2"][clause])
}

fn ended(result: Result<Committed, CommitError>) -> Expected {
    match result {
        Ok(Committed::Done { .. }) => Expected::Done,
        Ok(Committed::Already(answer)) => Expected::Already(answer),
        Err(CommitError::OtherSubmission) => Expected::OtherSubmission,
        Err(CommitError::Stale) => Expected::Stale,
        Err(CommitError::Conflict(_)) => Expected::Conflict,
        Err(other) => panic!("{other}"),
    }
}

fn tell(place: &Place, groups: &[Vec<Step>]) {
    let mut story = Story::new();
    let half = groups.len() / 2;
    // The program is started again in the middle.
    for groups in [&groups[..half], &groups[half..]] {
        run(async {
            let store = place.open();
            for group in groups {
                // Commits of a group are made one knowing of the other, and wait together.
                let mut commits = Vec::new();
                let mut expected = Vec::new();
                for step in group {
                    commits.push(story.commit(&store, step));
                    expected.push(story.take(step));
                }
                let results: Vec<_> = submit_in_order(&store, commits)
                    .await
                    .into_iter()
                    .map(ended)
                    .collect();
                assert_eq!(results, expected, "{group:?}");
            }
            story.compare(&store).await;
        });
    }
}

fn groups() -> impl Strategy<Value = Vec<Vec<Step>>> {
    prop::collection::vec(prop::collection::vec(step(), 1..8), 2..10)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_does_what_the_model_does(groups in groups()) {
        tell(&Place::sqlite(), &groups);
    }

    #[test]
    fn postgres_does_what_the_model_does(groups in groups()) {
        if let Some(place) = Place::postgres() {
            tell(&place, &groups);
        }
    }
}

#[test]
fn two_programs_on_one_server_keep_one_ledger() {
    let Some(place) = Place::postgres() else { return };
    let other_folder = tempfile::tempdir().unwrap();
    let chance = chance();
    let people: Vec<_> = (0..40).map(|_| person(&*chance)).collect();
    run(async {
        let one = place.open();
        let mut options = place.options();
        options.folder = other_folder.path().to_owned();
        let other = scene::open_with(options).unwrap();
        let waiting: Vec<_> = people
            .iter()
            .enumerate()
            .map(|(number, someone)| {
                let store = if number % 2 == 0 {
                    one.clone()
                } else {
                    other.clone()
                };
                let mut commit = scene::collect(&store, &*chance, someone);
                commit.new_keys.clear();
                tokio::spawn(async move { scene::done(store.commit(commit).await) })
            })
            .collect();
        let mut indices = Vec::new();
        for one in waiting {
            indices.push(one.await.unwrap());
        }
        indices.sort_unstable();
        assert_eq!(indices, (0..40).collect::<Vec<_>>());
        assert_eq!(one.verify(|_, _| ()).await.unwrap().entries, 40);
    });
}

#[test]
fn a_key_that_comes_with_other_content_is_refused_in_the_same_group_and_later() {
    for place in Place::all() {
        run(async {
            let (store, chance) = (place.open(), chance());
            let mara = person(&*chance);
            scene::done(store.commit(scene::collect(&store, &*chance, &mara)).await);
            let submit = |content: Option<u8>| {
                let commit = Commit {
                    once: Some(Once {
                        key: key_of(0),
                        content: content.map(|byte| [byte; 32]),
                        answer: b"done".to_vec(),
                    }),
                    ..scene::extract(&mara, 1)
                };
                let store = store.clone();
                tokio::spawn(async move { store.commit(commit).await })
            };
            let waiting: Vec<_> = (0..60_u8)
                .map(|number| (number % 2, submit(Some(number % 2))))
                .collect();
            let mut ended = [[0; 3]; 2];
            for (content, one) in waiting {
                let how = match one.await.unwrap() {
                    Ok(Committed::Done { .. }) => 0,
                    Ok(Committed::Already(answer)) if answer == b"done" => 1,
                    Err(CommitError::OtherSubmission) => 2,
                    other => panic!("{other:?}"),
                };
                ended[usize::from(content)][how] += 1;
            }
            let first = usize::from(ended[1][0] == 1);
            assert_eq!((ended[first], ended[1 - first]), ([1, 29, 0], [0, 0, 30]));
            let other = 1 - u8::try_from(first).unwrap();
            assert!(matches!(
                submit(Some(other)).await.unwrap(),
                Err(CommitError::OtherSubmission)
            ));
            // What says nothing of its content, as older versions did, is the same submission.
            assert!(matches!(submit(None).await.unwrap(), Ok(Committed::Already(_))));
            assert_eq!(store.checkpoint().size, 2);
        });
    }
}

#[test]
fn a_server_on_another_machine_is_refused_in_words() {
    let place = Place::sqlite();
    let mut options = place.options();
    options.database_url = Some("postgres://sandyq@db.example.kz/sandyq".into());
    let Err(fault) = scene::open_with(options) else {
        panic!("connected")
    };
    assert!(fault.to_string().contains("does not encrypt"), "{fault}");
}

#[test]
fn consents_cases_and_tokens_read_back_as_written() {
    for place in Place::all() {
        run(async {
            let (store, chance) = (place.open(), chance());
            let mara = person(&*chance);
            let given = consent_of(mara.id);
            let order = case_of(mara.id);
            let mut commit = scene::collect(&store, &*chance, &mara);
            commit.statements.push(record::put(&record::Record {
                floor: Some("tax-documents".into()),
                until_at: Some(now()),
                ..value(mara.id, 1, &[0, 255, 128])
            }));
            commit.statements.push(consent::append(&given));
            commit.statements.extend(case_file::open(&order));
            scene::done(store.commit(commit).await);
            let moved = case_file::set_state(mara.id, order.id, "open", "fulfilled", Some(now()));
            scene::done(
                store
                    .commit(Commit {
                        statements: vec![moved.clone()],
                        ..Commit::default()
                    })
                    .await,
            );
            let again = store
                .commit(Commit {
                    statements: vec![moved],
                    ..Commit::default()
                })
                .await;
            assert!(matches!(again, Err(CommitError::Conflict(_))));

            let (id, reference) = (mara.id, order.reference.clone());
            store
                .read(move |reader| {
                    assert_eq!(consent::of_subject(reader, id)?, [given]);
                    let found = case_file::find(reader, id, order.id)?.unwrap();
                    assert_eq!(
                        (found.state.as_str(), found.closed_at),
                        ("fulfilled", Some(now()))
                    );
                    assert_eq!(case_file::by_reference(reader, &reference)?, Some((id, order.id)));
                    let values = record::of_subject(reader, id)?;
                    assert_eq!(values[0].sealed, [0, 255, 128]);
                    assert_eq!(values[0].floor.as_deref(), Some("tax-documents"));
                    assert_eq!(subject::page(reader, None, 10)?.len(), 1);
                    assert_eq!(subject::page(reader, Some(id), 10)?.len(), 0);
                    assert_eq!(posting::newest(reader, 1, 10)?.len(), 1);
                    Ok(())
                })
                .await
                .unwrap();
        });
    }
}

#[test]
fn queues_and_the_board_are_read_alike() {
    for place in Place::all() {
        run(async {
            let (store, chance) = (place.open(), chance());
            let mara = person(&*chance);
            let order = case_of(mara.id);
            let by = |byte| sandyq_model::ActorId::from_bytes([byte; 16]);
            let mut commit = scene::collect(&store, &*chance, &mara);
            commit.statements.extend(case_file::open(&order));
            scene::done(store.commit(commit).await);
            let changes = |statement| Commit {
                statements: vec![statement],
                ..Commit::default()
            };
            scene::done(store.commit(changes(case_file::take(&order, None, by(1)))).await);
            let second = store.commit(changes(case_file::take(&order, None, by(2)))).await;
            assert!(matches!(second, Err(CommitError::Conflict(_))), "{second:?}");
            scene::done(
                store
                    .commit(changes(case_file::take(&order, Some(by(1)), by(2))))
                    .await,
            );
            let not_theirs = store.commit(changes(case_file::give_back(&order, by(1)))).await;
            assert!(
                matches!(not_theirs, Err(CommitError::Conflict(_))),
                "{not_theirs:?}"
            );
            store
                .read(move |reader| {
                    let mut listed = |owner, closed, newest_first| {
                        let of = case_file::Listed {
                            kinds: [("order", jiff::Timestamp::MAX); case_file::KINDS_MAX],
                            states: ["open"; case_file::STATES_MAX],
                            closed,
                            owner,
                            newest_first,
                        };
                        case_file::listed(reader, &of, 10, 0).map(|cases| cases.len())
                    };
                    for newest_first in [true, false] {
                        assert_eq!(listed(case_file::Owner::Any, false, newest_first)?, 1);
                        assert_eq!(listed(case_file::Owner::Nobody, false, newest_first)?, 0);
                        assert_eq!(listed(case_file::Owner::Only(by(2)), false, newest_first)?, 1);
                        assert_eq!(listed(case_file::Owner::Only(by(1)), false, newest_first)?, 0);
                        assert_eq!(listed(case_file::Owner::Any, true, newest_first)?, 0);
                    }
                    let all = subject_request::OnBoard::default();
                    assert_eq!(subject_request::on_board(reader, all, 10, 0)?, Vec::new());
                    assert_eq!(subject_request::load(reader, 10)?, Vec::new());
                    let closed = subject_request::closed_by_norm(reader, now(), jiff::Timestamp::MAX)?;
                    assert_eq!(closed, Vec::new());
                    Ok(())
                })
                .await
                .unwrap();
            scene::done(store.commit(changes(case_file::give_back(&order, by(2)))).await);
        });
    }
}

/// A case that is open to the first for so long, at the word of the second.
fn emergency_at(id: ProposalId, reference: &str, open_for: SignedDuration) -> Emergency {
    let by = |byte| sandyq_model::ActorId::from_bytes([byte; 16]);
    Emergency {
        id,
        reference: Some(reference.to_owned()),
        reason: "loss".into(),
        asked_by: by(1),
        agreed_by: by(2),
        opened_at: now(),
        until: now() + open_for,
        looks: 0,
        reviewed_at: None,
        reviewed_by: None,
        verdict: None,
    }
}

/// 5.1.7: who may count a look, who judges once, and what goes with the person.
#[test]
fn looks_in_an_emergency_are_kept_alike() {
    for place in Place::all() {
        run(async {
            let (store, chance) = (place.open(), chance());
            let mara = person(&*chance);
            let order = case_of(mara.id);
            let by = |byte| sandyq_model::ActorId::from_bytes([byte; 16]);
            let (id, minute) = (ProposalId::from_bytes([6; 16]), SignedDuration::from_mins(1));
            let row = emergency_at(id, &order.reference, minute);
            let mut commit = scene::collect(&store, &*chance, &mara);
            commit.statements.extend(case_file::open(&order));
            commit.statements.push(emergency::insert(&row));
            scene::done(store.commit(commit).await);
            let changes = |statement| Commit {
                statements: vec![statement],
                ..Commit::default()
            };
            for (statement, counts) in [
                (emergency::count_look(id, by(1), now()), true),
                (emergency::count_look(id, by(2), now()), false),
                (emergency::count_look(id, by(1), now() + minute), false),
                (emergency::review(id, by(3), "right", now() + minute), true),
                (emergency::review(id, by(3), "wrong", now() + minute), false),
                (emergency::forget_cases(mara.id), true),
            ] {
                let done = store.commit(changes(statement)).await;
                assert_eq!(done.is_ok(), counts, "{done:?}");
            }
            let kept = Emergency {
                reference: None,
                looks: 1,
                reviewed_at: Some(now() + minute),
                reviewed_by: Some(by(3)),
                verdict: Some("right".into()),
                ..row
            };
            let second = Emergency {
                id: ProposalId::from_bytes([7; 16]),
                reference: Some("A-9".into()),
                reviewed_at: None,
                reviewed_by: None,
                verdict: None,
                ..kept.clone()
            };
            scene::done(store.commit(changes(emergency::insert(&second))).await);
            store
                .read(move |reader| {
                    assert_eq!(emergency::find(reader, id)?, Some(kept));
                    let open = emergency::open_to(reader, by(1), now(), 10)?;
                    assert_eq!(open.len(), 2);
                    assert_eq!(emergency::open_to(reader, by(2), now(), 10)?, []);
                    assert_eq!(emergency::open_to(reader, by(1), now() + minute, 10)?, []);
                    assert_eq!(emergency::unreviewed(reader, 10)?, [(second, None, None)]);
                    assert_eq!(emergency::late(reader, now(), 10)?, 0);
                    assert_eq!(emergency::late(reader, now() + minute, 10)?, 1);
                    Ok(())
                })
                .await
                .unwrap();
        });
    }
}

fn consent_of(subject: SubjectId) -> ConsentRow {
    ConsentRow {
        subject,
        id: sandyq_model::ConsentId::from_bytes([3; 16]),
        act: ConsentAct::Given,
        item: "order".into(),
        purpose: Purpose::ORDERS,
        fields: FieldSet::from_bits(1 << 127 | 2),
        recipient: None,
        locale: "kk".into(),
        text_hash: [1; 32],
        term_until: None,
        channel: "form".into(),
        actor: sandyq_model::ActorId::from_bytes([4; 16]),
        at: now(),
    }
}

fn case_of(subject: SubjectId) -> CaseFile {
    CaseFile {
        decision: None,
        reason: None,
        decided_by: None,
        taken_by: None,
        subject,
        id: sandyq_model::CaseId::from_bytes([5; 16]),
        kind: "order".into(),
        reference: "A-1042".into(),
        state: "open".into(),
        opened_at: now(),
        closed_at: None,
        total_minor: Some(-5),
        currency: Some("KZT".into()),
        lines: Some("[\"Қазақша\"]".into()),
    }
}
