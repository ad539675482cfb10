//! 5.1.3: acts about the people of a breach go on from where they were alone, a person is told once, and a row goes with its person; on
//! both engines alike.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]

use super::scene::{self, Place, chance, now, person, run};
use sandyq_model::{SubjectId, Unreached};
use sandyq_store::tables::breach_act::{self, Progress};
use sandyq_store::tables::{breach_subject, record, subject};
use sandyq_store::{Commit, Reader, Statement, Store};

fn changes(statement: Statement) -> Commit {
    Commit {
        statements: vec![statement],
        ..Commit::default()
    }
}

fn over() -> Progress {
    Progress {
        reached: b"further".to_vec(),
        seen: 3,
        found: 2,
        left_out: 1,
        full_at: None,
        ended_at: Some(now()),
    }
}

/// Three people whom the breach concerns, in the order of their ids, and two acts.
async fn fill(store: &Store) -> Vec<subject::Subject> {
    let chance = chance();
    let mut people = [0; 3].map(|_| person(&*chance)).to_vec();
    for one in &people {
        scene::done(store.commit(scene::collect(store, &*chance, one)).await);
        scene::done(store.commit(scene::concerned(one, 1)).await);
        scene::done(store.commit(scene::concerned(one, 2)).await);
    }
    scene::done(store.commit(scene::about_people(1)).await);
    scene::done(store.commit(scene::about_people(2)).await);
    people.sort_unstable_by_key(|one| one.id);
    people
}

/// Each change with whether it counts.
fn attempts(people: &[subject::Subject]) -> Vec<(Statement, bool)> {
    let (act, breach) = (scene::an_act(1).id, scene::an_act(1).breach);
    let (mara, omar) = (people[0].id, people[1].id);
    let further = Progress {
        ended_at: None,
        ..over()
    };
    vec![
        (breach_act::go_on(act, b"", &further), true),
        (breach_act::go_on(act, b"", &further), false),
        (breach_act::go_on(act, &further.reached, &over()), true),
        (breach_act::go_on(act, &further.reached, &over()), false),
        (breach_subject::letter_left(mara, breach, now()), true),
        (breach_subject::letter_left(mara, breach, now()), false),
        (breach_subject::told(mara, breach, now()), true),
        (breach_subject::told(mara, breach, now()), false),
        (
            breach_subject::not_reached(mara, breach, Unreached::Locked),
            false,
        ),
        (breach_subject::letter_left(omar, breach, now()), true),
        (
            breach_subject::not_reached(omar, breach, Unreached::Refused),
            true,
        ),
        (breach_subject::told(omar, breach, now()), false),
    ]
}

fn reads(reader: &mut dyn Reader, ids: &[SubjectId]) -> Result<(), sandyq_model::Fault> {
    let (act, breach) = (scene::an_act(1).id, scene::an_act(1).breach);
    let kept = breach_act::BreachAct {
        progress: over(),
        ..scene::an_act(1)
    };
    assert_eq!(breach_act::find(reader, act)?, Some(kept.clone()));
    assert_eq!(
        breach_act::of_breach(reader, breach, 10)?,
        [scene::an_act(2), kept]
    );
    assert_eq!(breach_act::unended(reader, 10)?, [scene::an_act(2).id]);
    let counts = breach_subject::counts(reader, breach)?;
    assert_eq!((counts.people, counts.letters), (3, 2));
    assert_eq!((counts.told, counts.unreached), (1, 1));
    let page = breach_subject::page(reader, breach, 10, 0)?;
    let listed: Vec<SubjectId> = page.iter().map(|one| one.row.subject).collect();
    assert_eq!(listed, ids);
    assert!(page.iter().all(|one| !one.came_back));
    assert_eq!(breach_subject::parts(reader, breach, 2)?, [ids[0], ids[2]]);
    assert_eq!(breach_subject::from(reader, breach, ids[1], 10)?, ids[1..]);
    let behind = breach_subject::behind(reader, breach, ids[1].as_bytes(), 10)?;
    assert_eq!(behind.len(), 1);
    assert_eq!(record::held_between(reader, b"", ids[1])?.len(), 2);
    Ok(())
}

#[test]
fn the_people_of_a_breach_are_kept_alike() {
    for place in Place::all() {
        run(async {
            let store = place.open();
            let people = fill(&store).await;
            for (statement, counts) in attempts(&people) {
                let done = store.commit(changes(statement)).await;
                assert_eq!(done.is_ok(), counts, "{done:?}");
            }
            let ids: Vec<SubjectId> = people.iter().map(|one| one.id).collect();
            let mara = ids[0];
            store.read(move |reader| reads(reader, &ids)).await.unwrap();
            // Under its own number an act is entered where that is the next, and not where another one has it.
            for (number, id, counts) in [(2, 3, false), (3, 3, true), (3, 4, false)] {
                let act = breach_act::BreachAct {
                    number,
                    ..scene::an_act(id)
                };
                let done = store.commit(changes(breach_act::begin_numbered(&act))).await;
                assert_eq!(done.is_ok(), counts, "{done:?}");
            }
            let row = breach_subject::BreachSubject {
                subject: SubjectId::from_bytes([0xfe; 16]),
                breach: scene::an_act(1).breach,
                act: 9,
                marked_at: now(),
                letter_at: None,
                told_at: None,
                unreached: None,
            };
            for counts in [true, false] {
                let noted = breach_subject::mark_of(&row, scene::an_act(3).id);
                let done = store.commit(changes(noted)).await;
                assert_eq!(done.is_ok(), counts, "{done:?}");
            }
            let (subject, breach) = (row.subject, row.breach);
            let noted = store.read(move |reader| breach_subject::find(reader, subject, breach));
            assert_eq!(noted.await.unwrap().map(|row| row.act), Some(3));
            scene::done(store.commit(changes(breach_subject::remove_all(mara))).await);
            let breach = scene::an_act(1).breach;
            let gone = store.read(move |reader| breach_subject::find(reader, mara, breach));
            assert_eq!(gone.await.unwrap(), None);
        });
    }
}
