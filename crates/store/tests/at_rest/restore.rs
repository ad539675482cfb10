//! 5.1.6-b: a set that is brought back brings nobody back, loses nothing that is known elsewhere, and goes on.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]

use std::collections::HashSet;
use std::sync::Arc;

use super::scene::{
    self, Place, a_document, about_a_breach, clarify, collect, done, entry, now, off_the_site, person, run,
};
use age::secrecy::ExposeSecret;
use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_ledger::entry::{By, Deed, Entry, Happening};
use sandyq_model::{
    ActorId, CaseId, Channel, RecipientId, RequestKind, RequestState, Role, Standing, SubjectId, Verb,
    WebhookId,
};
use sandyq_store::backup::restore::{After, Lives, Living, Restoration, Seen, since};
use sandyq_store::backup::{BackupFault, FolderShelf, Identity, Recipients, SetAbout, open_set};
use sandyq_store::tables::breach::{self, Breach, StepRow};
use sandyq_store::tables::local_act::{self, Listed, Newer};
use sandyq_store::tables::webhook::{self, WebhookRow};
use sandyq_store::tables::{
    breach_act, breach_subject, job, publication, record, staff, subject, subject_request, wish,
};
use sandyq_store::vault::{KeyFile, KeyVersions, LOCAL_ACT_BYTES_MAX, Vault};
use sandyq_store::{Commit, Statement, Store, StoreOptions};

/// A store with a backup of it, and what is needed to bring it back somewhere else.
struct Scene {
    place: Place,
    sets: tempfile::TempDir,
    identity: age::x25519::Identity,
}

impl Scene {
    fn on(place: Place) -> Self {
        Self {
            place,
            sets: tempfile::tempdir().unwrap(),
            identity: age::x25519::Identity::generate(),
        }
    }

    fn shelf(&self) -> Box<FolderShelf> {
        Box::new(FolderShelf::at(self.sets.path()).unwrap())
    }

    fn back_up(&self, store: &Store) {
        self.back_up_at(store, now());
    }

    fn back_up_at(&self, store: &Store, at: Timestamp) {
        let about = SetAbout {
            at,
            origin: store.checkpoint().origin,
            policy: [7; 32],
            epoch: None,
            recipients: Recipients::read(&[self.identity.to_public().to_string()]).unwrap(),
        };
        run(store.back_up(self.shelf(), about, |_, _| {})).unwrap();
    }

    /// What there is to bring back, with what came after when `with_old` says so.
    fn restoration(&self, with_old: bool) -> Result<Restoration, BackupFault> {
        let options = self.place.options();
        let vault = Arc::new(vault(&options));
        let key = sandyq_store::ledger::verifier_key(&options.origin, &vault).unwrap();
        let identity = Identity::read(self.identity.to_string().expose_secret()).unwrap();
        let ledger = (options.origin.as_str(), &key);
        let set = open_set(self.shelf(), None, ledger, vault.backup_key(), identity)?;
        let after = if with_old {
            since(&options, &set)?.unwrap()
        } else {
            After::default()
        };
        Ok(Restoration {
            set,
            after,
            seen: Vec::new(),
            vault,
            ledger: (options.origin, key),
            policy: [7; 32],
            at: now(),
        })
    }
}

fn vault(options: &StoreOptions) -> Vault {
    let source = KeyFile::open(&options.key_file).unwrap();
    Vault::unlock(&source, &KeyVersions::first(), scene::chance()).unwrap()
}

/// Another place with the same keys, moved there.
fn moved(from: &StoreOptions, to: &StoreOptions) {
    let target = to.key_file.parent().unwrap();
    std::fs::remove_dir_all(target).unwrap();
    std::fs::rename(from.key_file.parent().unwrap(), target).unwrap();
}

fn living<'l>(lives: Lives<'l>, keys: &HashSet<(SubjectId, u32)>) -> Living<'l> {
    Living {
        lives,
        everybody: keys.iter().map(|(id, _)| *id).collect(),
    }
}

fn lives(options: &StoreOptions) -> HashSet<(SubjectId, u32)> {
    let clock: Arc<dyn sandyq_model::Clock> = Arc::new(sandyq_rehearsal::SetClock::at(now()));
    let mut keys = sandyq_store::open_key_store(options, &clock, scene::chance()).unwrap();
    let mut all = HashSet::new();
    let mut after = None;
    loop {
        let page = keys.page(after).unwrap();
        let Some(last) = page.last() else { return all };
        after = Some((last.subject(), last.generation()));
        all.extend(page.iter().map(|key| (key.subject(), key.generation())));
    }
}

fn fill(store: &Store, people: usize) -> Vec<subject::Subject> {
    let chance = scene::chance();
    (0..people)
        .map(|_| {
            let person = person(&*chance);
            done(run(store.commit(collect(store, &*chance, &person))));
            person
        })
        .collect()
}

/// The commit by which a person is destroyed.
fn destroy(person: &subject::Subject, version: u64) -> Commit {
    let gone = subject::Subject {
        standing: Standing::Destroyed,
        pseudonym: None,
        destroyed_at: Some(now()),
        ..person.clone()
    };
    Commit {
        subject: Some((person.id, version)),
        moves: true,
        statements: vec![subject::update(&gone), record::remove_all(person.id)],
        entries: vec![entry(Verb::Destroy, person)],
        dead_keys: vec![(person.id, 1)],
        ..Commit::default()
    }
}

fn block(person: &subject::Subject, version: u64) -> Commit {
    let blocked = subject::Subject {
        standing: Standing::Blocked,
        blocked_at: Some(now()),
        ..person.clone()
    };
    Commit {
        subject: Some((person.id, version)),
        moves: true,
        statements: vec![subject::update(&blocked)],
        entries: vec![entry(Verb::Block, person)],
        ..Commit::default()
    }
}

fn standing(store: &Store, person: &subject::Subject) -> Option<Standing> {
    let id = person.id;
    run(store.read(move |reader| subject::find(reader, id)))
        .unwrap()
        .map(|row| row.standing)
}

/// Every pair of engines that there is.
fn pairs() -> Vec<(Place, Place)> {
    let mut pairs = vec![(Place::sqlite(), Place::sqlite())];
    if let (Some(from), Some(to)) = (Place::postgres(), Place::postgres()) {
        pairs.push((from, to));
    }
    pairs.extend(Place::postgres().map(|to| (Place::sqlite(), to)));
    pairs.extend(Place::postgres().map(|from| (from, Place::sqlite())));
    pairs
}

fn member(byte: u8, password: &str) -> staff::Staff {
    staff::Staff {
        id: ActorId::from_bytes([byte; 16]),
        name: format!("member-{byte}"),
        role: Role::ADMINISTRATOR,
        password_hash: password.to_owned(),
        familiar_version: None,
        created_at: now(),
        disabled_at: None,
        failures: 0,
        locked_until: None,
    }
}

fn about_staff(statement: Statement, happening: Happening) -> Commit {
    let by = Entry::new(
        now().into(),
        Role::ADMINISTRATOR,
        By::System,
        Deed::Happening(happening),
    );
    Commit {
        statements: vec![statement],
        entries: vec![by],
        ..Commit::default()
    }
}

#[test]
fn staff_come_back_as_they_are_since_on_either_engine_and_never_as_an_older_database_has_them() {
    for (from, to) in pairs() {
        let scene = Scene::on(from);
        let store = scene.place.open();
        fill(&store, 1);
        for byte in 1..=2 {
            let add = staff::insert(&member(byte, "old"));
            done(run(store.commit(about_staff(add, Happening::StaffAdded))));
        }
        scene.back_up(&store);
        let gone = staff::Staff {
            disabled_at: Some(now()),
            ..member(1, "old")
        };
        let commits = [
            (staff::update(&gone), Happening::StaffRemoved),
            (staff::update(&member(2, "new")), Happening::StaffChanged),
            (staff::insert(&member(3, "new")), Happening::StaffAdded),
        ];
        for (statement, happening) in commits {
            done(run(store.commit(about_staff(statement, happening))));
        }
        let as_they_are = run(store.read(staff::all)).unwrap();
        drop(store);
        let options = to.options();
        let restoration = scene.restoration(true).unwrap();
        restoration.build(&options, &|_, _| Ok(true), &|_| {}).unwrap();
        moved(&scene.place.options(), &options);
        let store = scene::open_with(options).unwrap();
        assert_eq!(run(store.read(staff::all)).unwrap(), as_they_are);
        // Of a newer set, a database that ends before it knows nothing.
        scene.back_up_at(&store, now() + SignedDuration::from_hours(1));
        drop(store);
        moved(&to.options(), &scene.place.options());
        assert!(scene.restoration(true).unwrap().after.house.is_none());
    }
}

fn register(store: &Store) -> Vec<(Breach, Vec<StepRow>)> {
    let all = run(store.read(|reader| breach::page(reader, 100, 0))).unwrap();
    let with_steps = all.into_iter().map(|breach| {
        let steps = run(store.read(move |reader| breach::steps(reader, breach.id))).unwrap();
        (breach, steps)
    });
    let register: Vec<(Breach, Vec<StepRow>)> = with_steps.collect();
    // Asked for all at once, or for one page of them, they are the same steps.
    for (limit, offset) in [(100, 0), (1, 1)] {
        let at_once = run(store.read(move |reader| breach::steps_of_page(reader, limit, offset))).unwrap();
        let some = register.iter().skip(offset as usize).take(limit as usize);
        let mut one_by_one: Vec<StepRow> = some.flat_map(|(_, steps)| steps.clone()).collect();
        one_by_one.sort_by_key(|step| (step.breach, step.number));
        assert_eq!(at_once, one_by_one);
    }
    register
}

#[test]
fn what_was_entered_in_the_register_of_breaches_since_the_set_comes_back_too() {
    for (from, to) in pairs() {
        let scene = Scene::on(from);
        let store = scene.place.open();
        fill(&store, 1);
        done(run(store.commit(about_a_breach(1))));
        scene.back_up(&store);
        done(run(store.commit(about_a_breach(2))));
        let as_it_is = register(&store);
        assert_eq!((as_it_is.len(), as_it_is[0].1.len()), (1, 2));
        assert_eq!(as_it_is[0].1[0].people, Some(7));
        // Nobody takes a place that is taken.
        let again = run(store.commit(about_a_breach(2)));
        assert!(
            matches!(again, Err(sandyq_store::CommitError::Conflict(_))),
            "{again:?}"
        );
        drop(store);
        let options = to.options();
        let restoration = scene.restoration(true).unwrap();
        restoration.build(&options, &|_, _| Ok(true), &|_| {}).unwrap();
        moved(&scene.place.options(), &options);
        let store = scene::open_with(options).unwrap();
        assert_eq!(register(&store), as_it_is);
    }
}

/// 5.1.3: whom a breach concerns comes back with the person, and with the acts, also what was found since the set.
#[test]
fn whom_a_breach_concerns_and_what_was_done_about_them_come_back_too() {
    for (from, to) in pairs() {
        let scene = Scene::on(from);
        let store = scene.place.open();
        let chance = scene::chance();
        let [mara, omar] = [0; 2].map(|_| person(&*chance));
        for one in [&mara, &omar] {
            done(run(store.commit(collect(&store, &*chance, one))));
        }
        done(run(store.commit(about_a_breach(1))));
        done(run(store.commit(scene::about_people(1))));
        done(run(store.commit(scene::concerned(&mara, 1))));
        scene.back_up(&store);
        let (act, breach) = (scene::an_act(1).id, scene::an_act(1).breach);
        let over = breach_act::Progress {
            seen: 2,
            found: 2,
            ended_at: Some(now()),
            ..breach_act::Progress::default()
        };
        let ended = Commit {
            statements: vec![breach_act::go_on(act, b"", &over)],
            ..Commit::default()
        };
        done(run(store.commit(ended)));
        done(run(store.commit(scene::about_people(2))));
        done(run(store.commit(scene::concerned(&omar, 1))));
        let as_it_is = |store: &Store| {
            run(store.read(move |reader| {
                let acts = breach_act::of_breach(reader, breach, 10)?;
                Ok((acts, breach_subject::behind(reader, breach, b"", 10)?))
            }))
            .unwrap()
        };
        let before = as_it_is(&store);
        assert_eq!((before.0.len(), before.1.len()), (2, 2));
        drop(store);
        let options = to.options();
        let restoration = scene.restoration(true).unwrap();
        restoration.build(&options, &|_, _| Ok(true), &|_| {}).unwrap();
        moved(&scene.place.options(), &options);
        let store = scene::open_with(options).unwrap();
        assert_eq!(as_it_is(&store), before);
    }
}

fn address(byte: u8) -> WebhookRow {
    WebhookRow {
        id: WebhookId::from_bytes([byte; 16]),
        recipient: RecipientId::from_bytes([7; 16]),
        address: format!("https://hooks.tarqat.example.kz/{byte}"),
        key_version: 1,
        entered_at: now() + SignedDuration::from_secs(byte.into()),
        entered_by: ActorId::from_bytes([1; 16]),
        ended_at: None,
        ended_by: None,
        signs_until: None,
    }
}

#[test]
fn an_address_that_ended_since_the_set_stays_ended_on_either_engine() {
    for (from, to) in pairs() {
        let scene = Scene::on(from);
        let store = scene.place.open();
        fill(&store, 1);
        let enter = |row: &WebhookRow| about_staff(webhook::insert(row), Happening::WebhookEntered);
        done(run(store.commit(enter(&address(1)))));
        let second = run(store.commit(enter(&address(2))));
        assert!(
            matches!(second, Err(sandyq_store::CommitError::Conflict(_))),
            "one at a time: {second:?}"
        );
        scene.back_up(&store);
        let week = now() + SignedDuration::from_hours(7 * 24);
        let by = ActorId::from_bytes([2; 16]);
        let mut renewed = about_staff(
            webhook::end(address(1).id, by, now(), Some(week)),
            Happening::WebhookRenewed,
        );
        renewed.statements.push(webhook::insert(&address(2)));
        done(run(store.commit(renewed)));
        let of = |store: &Store| {
            let recipient = address(1).recipient;
            run(store.read(move |reader| webhook::of_recipient(reader, recipient, 10))).unwrap()
        };
        let as_it_is = of(&store);
        assert_eq!(as_it_is[0], address(2));
        assert_eq!(as_it_is[1].signs_until, Some(week));
        drop(store);
        let options = to.options();
        let restoration = scene.restoration(true).unwrap();
        restoration.build(&options, &|_, _| Ok(true), &|_| {}).unwrap();
        moved(&scene.place.options(), &options);
        let store = scene::open_with(options).unwrap();
        assert_eq!(of(&store), as_it_is);
        let open = run(store.read(|reader| webhook::open(reader, 10))).unwrap();
        assert_eq!(open, [address(2)], "nothing goes where it went before");
        let silenced = webhook::silence(address(1).recipient, now());
        done(run(store.commit(about_staff(silenced, Happening::WebhookEnded))));
        assert_eq!(of(&store)[1].signs_until, Some(now()));
    }
}

/// The documents, each with the length of its sealed file.
fn documents(store: &Store) -> Vec<(Listed, usize)> {
    let all = run(store.read(|reader| local_act::page(reader, false, 100, 0))).unwrap();
    let with_files = all.into_iter().map(|listed| {
        let id = listed.act.id;
        let file = run(store.read(move |reader| local_act::file(reader, id))).unwrap();
        (listed, file.unwrap().len())
    });
    with_files.collect()
}

#[test]
fn documents_come_back_with_their_files_also_those_that_were_entered_since_the_set() {
    for (from, to) in pairs() {
        let scene = Scene::on(from);
        let store = scene.place.open();
        fill(&store, 1);
        // More of them than are asked for at once.
        for number in 1..=10 {
            done(run(store.commit(a_document(number))));
        }
        scene.back_up(&store);
        done(run(store.commit(off_the_site(1))));
        done(run(store.commit(a_document(11))));
        done(run(store.commit(off_the_site(11))));
        let as_it_is = documents(&store);
        assert_eq!(as_it_is.len(), 11);
        assert_eq!(
            (as_it_is[0].0.act.number, as_it_is[0].1),
            (11, LOCAL_ACT_BYTES_MAX)
        );
        let newer = Newer {
            number: 11,
            since: "2026-12-01".parse().unwrap(),
            is_shown: false,
        };
        assert_eq!(as_it_is[1].0.replaced_by, Some(newer));
        let public = run(store.read(|reader| local_act::page(reader, true, 100, 0))).unwrap();
        let public: Vec<u32> = public.iter().map(|listed| listed.act.number).collect();
        assert_eq!(public, [2], "what was taken off stands there no more");
        let again = run(store.commit(off_the_site(1)));
        assert!(
            matches!(again, Err(sandyq_store::CommitError::Conflict(_))),
            "{again:?}"
        );
        // No file is entered twice, and nothing is replaced twice.
        let again = run(store.commit(a_document(11)));
        assert!(
            matches!(again, Err(sandyq_store::CommitError::Conflict(_))),
            "{again:?}"
        );
        drop(store);
        let options = to.options();
        let restoration = scene.restoration(true).unwrap();
        restoration.build(&options, &|_, _| Ok(true), &|_| {}).unwrap();
        moved(&scene.place.options(), &options);
        let store = scene::open_with(options).unwrap();
        assert_eq!(documents(&store), as_it_is);
    }
}

#[test]
fn a_set_is_brought_back_on_either_engine_and_the_ledger_goes_on() {
    for (from, to) in pairs() {
        let scene = Scene::on(from);
        let store = scene.place.open();
        let people = fill(&store, 300);
        scene.back_up(&store);
        let size = store.checkpoint().size;
        drop(store);
        let options = to.options();
        let keys = lives(&scene.place.options());
        let restoration = scene.restoration(false).unwrap();
        let lives = |id, generation| Ok(keys.contains(&(id, generation)));
        let plan = restoration.plan(&living(&lives, &keys)).unwrap();
        assert_eq!((plan.people, plan.stay_destroyed, plan.changed), (300, 0, 0));
        assert_eq!((plan.ledger_from, plan.ledger_to), (size, size));
        let restored = restoration.build(&options, &lives, &|_| {}).unwrap();
        assert_eq!((restored.destroyed, restored.report.entries), (0, size + 1));
        moved(&scene.place.options(), &options);
        let store = scene::open_with(options.clone()).unwrap();
        assert_eq!(standing(&store, &people[7]), Some(Standing::Pending));
        done(run(store.commit(clarify(&people[7], 1, b"new"))));
        run(store.verify(|_, _| {})).unwrap();
        drop(store);
        let again = restoration.build(&options, &lives, &|_| {}).unwrap_err();
        assert!(again.to_string().contains("in use already"), "{again}");
    }
}

#[test]
fn nobody_comes_back_when_the_old_database_can_be_read() {
    for (from, to) in pairs() {
        let scene = Scene::on(from);
        let store = scene.place.open();
        let people = fill(&store, 5);
        scene.back_up(&store);
        done(run(store.commit(destroy(&people[0], 1))));
        done(run(store.commit(block(&people[1], 1))));
        let newcomer = fill(&store, 1).remove(0);
        let (size, head) = (store.checkpoint().size, store.checkpoint());
        drop(store);
        let keys = lives(&scene.place.options());
        let lives = |id, generation| Ok(keys.contains(&(id, generation)));
        let mut restoration = scene.restoration(true).unwrap();
        restoration.seen = vec![Seen {
            by: "a witness".into(),
            checkpoint: head,
        }];
        let plan = restoration.plan(&living(&lives, &keys)).unwrap();
        assert_eq!(
            (plan.people, plan.stay_destroyed, plan.changed, plan.newcomers),
            (5, 1, 1, 1)
        );
        assert_eq!((plan.ledger_from, plan.ledger_to), (5, size));
        let restored = restoration.build(&to.options(), &lives, &|_| {}).unwrap();
        assert_eq!((restored.destroyed, restored.ledger_size), (0, size + 1));
        moved(&scene.place.options(), &to.options());
        let store = to.open();
        assert_eq!(standing(&store, &people[0]), Some(Standing::Destroyed));
        assert_eq!(standing(&store, &people[1]), Some(Standing::Blocked));
        assert_eq!(standing(&store, &people[2]), Some(Standing::Pending));
        assert_eq!(standing(&store, &newcomer), Some(Standing::Pending));
        let id = people[0].id;
        assert!(
            run(store.read(move |reader| record::of_subject(reader, id)))
                .unwrap()
                .is_empty()
        );
    }
}

#[test]
fn whoever_has_no_key_is_destroyed_even_when_machine_and_ledger_were_lost() {
    let scene = Scene::on(Place::sqlite());
    let store = scene.place.open();
    let people = fill(&store, 4);
    scene.back_up(&store);
    done(run(store.commit(destroy(&people[0], 1))));
    let newcomer = fill(&store, 1).remove(0);
    drop(store);
    let keys = lives(&scene.place.options());
    let lives = |id, generation| Ok(keys.contains(&(id, generation)));
    let restoration = scene.restoration(false).unwrap();
    let plan = restoration.plan(&living(&lives, &keys)).unwrap();
    assert_eq!((plan.stay_destroyed, plan.newcomers, plan.lost), (1, 0, 1));
    let to = Place::sqlite();
    let restored = restoration.build(&to.options(), &lives, &|_| {}).unwrap();
    assert_eq!((restored.destroyed, restored.ledger_size), (1, 4 + 2));
    moved(&scene.place.options(), &to.options());
    let store = to.open();
    assert_eq!(standing(&store, &people[0]), Some(Standing::Destroyed));
    assert_eq!(
        standing(&store, &newcomer),
        None,
        "who is in nothing that is left is lost"
    );
    let id = people[0].id;
    let row = run(store.read(move |reader| subject::find(reader, id)))
        .unwrap()
        .unwrap();
    assert_eq!(row.pseudonym, None, "the ledger leads to nobody");
    assert!(
        run(store.read(move |reader| record::of_subject(reader, id)))
            .unwrap()
            .is_empty()
    );
    assert_eq!(standing(&store, &people[1]), Some(Standing::Pending));
    let key = store.subject_key(people[1].id, 1).unwrap();
    assert!(key.is_some(), "nothing else is lost");
}

/// DEF-4: nothing that led to them stays, as if they had been destroyed by an operation here; and closed requests about them go too.
#[test]
fn nothing_leads_to_whoever_has_no_key() {
    let scene = Scene::on(Place::sqlite());
    let store = scene.place.open();
    let people = fill(&store, 3);
    let (gone, other, withdrew) = (people[0].id, people[1].id, people[2].id);
    done(run(store.commit(about_a_breach(1))));
    done(run(store.commit(scene::about_people(1))));
    done(run(store.commit(scene::concerned(&people[0], 1))));
    let line = publication::Publication {
        subject: gone,
        case: CaseId::from_bytes([1; 16]),
        about: "event".to_owned(),
        at: now(),
    };
    let rows = Commit {
        statements: vec![
            wish::note(gone, 1, now()),
            publication::put(&line),
            subject_request::insert(&a_request(REFERENCE, gone, other)),
            subject_request::insert(&a_request("R-8", withdrew, withdrew)),
        ],
        ..Commit::default()
    };
    done(run(store.commit(rows)));
    let left = |store: &Store| {
        run(store.read(move |reader| {
            let marked = breach_subject::find(reader, gone, scene::an_act(1).breach)?;
            let published = publication::of_subject(reader, gone)?;
            let linked = subject_request::about(reader, other, 10)?;
            let kept = subject_request::by_reference(reader, REFERENCE)?;
            let work = job::of_subject(reader, gone)?;
            Ok((
                (
                    marked.is_some(),
                    published.len(),
                    wish::of_subject(reader, gone)?.len(),
                    linked.len(),
                ),
                kept.is_some(),
                work.into_iter().map(|queued| queued.job.kind).collect::<Vec<_>>(),
            ))
        }))
        .unwrap()
    };
    assert_eq!(left(&store), ((true, 1, 1, 1), true, vec![]));
    scene.back_up(&store);
    done(run(store.commit(destroy(&people[0], 2))));
    done(run(store.commit(destroy(&people[2], 1))));
    drop(store);
    let keys = lives(&scene.place.options());
    let lives = |id, generation| Ok(keys.contains(&(id, generation)));
    let to = Place::sqlite();
    let restoration = scene.restoration(false).unwrap();
    let restored = restoration.build(&to.options(), &lives, &|_| {}).unwrap();
    assert_eq!(restored.destroyed, 2);
    moved(&scene.place.options(), &to.options());
    let work = vec![job::REQUESTS.to_owned()];
    let store = to.open();
    assert_eq!(left(&store), ((false, 0, 0, 0), true, work));
    let asked = run(store.read(|reader| subject_request::by_reference(reader, "R-8")));
    assert_eq!(asked.unwrap().unwrap().state, RequestState::Answered);
}

const REFERENCE: &str = "R-7";

/// A request that has a record of its own, about somebody else.
fn a_request(reference: &str, file: SubjectId, about: SubjectId) -> subject_request::SubjectRequest {
    subject_request::SubjectRequest {
        file,
        reference: reference.to_owned(),
        kind: RequestKind::Access,
        channel: Channel::Portal,
        state: RequestState::Answering,
        received_at: now(),
        due_policy: now(),
        due_law: now(),
        due_at: now(),
        warned_at: None,
        closed_at: Some(now()),
        about: Some(about),
        identity_at: None,
        identity_by: None,
        identity_attempts: 0,
        norm: None,
        late_reason: None,
        locale: "kk".to_owned(),
        letter: None,
        envelope_on: None,
        merged_into: None,
    }
}

#[test]
fn a_ledger_is_not_rolled_back_past_what_was_seen_nor_forked() {
    let scene = Scene::on(Place::sqlite());
    let store = scene.place.open();
    let people = fill(&store, 2);
    scene.back_up(&store);
    let behind = store.checkpoint();
    done(run(store.commit(clarify(&people[0], 1, b"new"))));
    let ahead = store.checkpoint();
    drop(store);
    let to = Place::sqlite();
    let everybody = |_, _| Ok(true);
    let refused = |seen: Checkpoint, with_old| {
        let mut restoration = scene.restoration(with_old).unwrap();
        restoration.seen = vec![Seen {
            by: "a witness".into(),
            checkpoint: seen,
        }];
        let fault = restoration.build(&to.options(), &everybody, &|_| {}).err();
        fault.map(|fault| {
            assert!(matches!(fault, BackupFault::RolledBack(_)), "{fault}");
            fault.to_string()
        })
    };
    assert!(
        refused(ahead.clone(), false)
            .unwrap()
            .contains("a witness has seen 3 entries")
    );
    let other = Checkpoint {
        root: ahead.root,
        ..behind
    };
    assert!(refused(other, true).unwrap().contains("it was forked"));
    let mut restoration = scene.restoration(true).unwrap();
    restoration.after.pages[0].entries[0] = restoration.after.pages[0].entries[0][..11].to_vec();
    let fault = restoration.build(&to.options(), &everybody, &|_| {}).unwrap_err();
    assert!(matches!(fault, BackupFault::RolledBack(_)), "{fault}");
    assert_eq!(
        refused(ahead, true),
        None,
        "and all of that left the database empty"
    );
}

#[test]
fn a_spoiled_chunk_leaves_the_database_as_empty_as_it_was() {
    for to in Place::all() {
        let scene = Scene::on(Place::sqlite());
        let store = scene.place.open();
        fill(&store, 3);
        scene.back_up(&store);
        drop(store);
        let restoration = scene.restoration(false).unwrap();
        let everybody = |_, _| Ok(true);
        let chunks: Vec<String> = restoration
            .set
            .manifest()
            .chunks()
            .map(|chunk| chunk.name.clone())
            .collect();
        for chunk in chunks {
            let path = scene
                .sets
                .path()
                .join(format!("chunks/{}/{chunk}.age", &chunk[..2]));
            let bytes = std::fs::read(&path).unwrap();
            std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
            let fault = restoration.build(&to.options(), &everybody, &|_| {}).unwrap_err();
            assert!(matches!(fault, BackupFault::Truncated(_)), "{fault}");
            std::fs::write(&path, bytes).unwrap();
        }
        restoration.build(&to.options(), &everybody, &|_| {}).unwrap();
    }
}
