//! A store in a folder of its own, a person in it, and the commits that stories are made of.
#![allow(dead_code, reason = "each story uses a part of the scene")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use sandyq_ledger::entry::{By, Deed, Entry, Happening};
use sandyq_model::{
    ActorId, BreachActId, BreachActKind, BreachId, BreachKind, BreachStep, Category, Chance, Fault, Field,
    FieldSet, IdempotencyKey, LocalActId, LocalActKind, Pseudonym, Role, Standing, SubjectId, Verb,
};
use sandyq_rehearsal::{SeededChance, SetClock};
use sandyq_store::tables::breach::{self, Breach, StepRow};
use sandyq_store::tables::breach_act::{self, BreachAct, Progress};
use sandyq_store::tables::breach_subject::{self, BreachSubject};
use sandyq_store::tables::idempotency::Once;
use sandyq_store::tables::local_act::{self, LocalAct};
use sandyq_store::tables::record::{self, Record};
use sandyq_store::tables::subject::{self, Subject};
use sandyq_store::vault::{KeyFile, LOCAL_ACT_BYTES_MAX};
use sandyq_store::{Commit, CommitError, Committed, Store, StoreOptions};

/// The variable with the URL of a PostgreSQL that tests may fill.
pub const POSTGRES: &str = "SANDYQ_TEST_POSTGRES_URL";

pub fn now() -> Timestamp {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

/// Options for a store in that folder; makes the key file when there is none.
pub fn options(folder: &Path) -> StoreOptions {
    let mut options = StoreOptions::in_folder(folder);
    options.readers = 2;
    if !options.key_file.exists() {
        make_private_folder(options.key_file.parent().unwrap());
        KeyFile::create(&options.key_file, 1, &SeededChance::new(7), &SetClock::at(now())).unwrap();
    }
    options
}

fn make_private_folder(folder: &Path) {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .unwrap();
}

static SEEDS: AtomicU64 = AtomicU64::new(1);

/// A chance that no other call in this process gets, and that differs between processes.
pub fn chance() -> Arc<dyn Chance> {
    let seed = SEEDS.fetch_add(1, Ordering::SeqCst) << 32 | u64::from(std::process::id());
    Arc::new(SeededChance::new(seed))
}

pub fn open_with(options: StoreOptions) -> Result<Store, Fault> {
    Store::open(options, Arc::new(SetClock::at(now())), chance())
}

pub fn open(folder: &Path) -> Store {
    open_with(options(folder)).unwrap()
}

/// Runs what is asynchronous.
pub fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// A person who is new to the store.
pub fn person(chance: &dyn Chance) -> Subject {
    Subject {
        id: SubjectId::random(chance),
        category: Category::Guest,
        standing: Standing::Pending,
        version: 1,
        pseudonym: Some(Pseudonym::random(chance)),
        key_generation: 1,
        created_at: now(),
        confirmed_at: None,
        blocked_at: None,
        withdrawn_at: None,
        destroyed_at: None,
        due_at: None,
    }
}

pub fn entry(verb: Verb, subject: &Subject) -> Entry {
    let mut entry = Entry::new(now().into(), Role::SITE, By::System, Deed::Verb(verb));
    entry.subject = subject.pseudonym;
    entry
}

/// The account that an epoch of keys ends.
pub fn epoch_ends() -> Entry {
    let deed = Deed::Happening(Happening::EpochEnded);
    Entry::new(now().into(), Role::SCHEDULE, By::System, deed)
}

/// The commit by which a person becomes known, with a key of their own.
pub fn collect(store: &Store, chance: &dyn Chance, person: &Subject) -> Commit {
    let (_, new_key) = store.vault().new_subject_key(chance, person.id, 1).unwrap();
    Commit {
        subject: Some((person.id, 0)),
        moves: true,
        statements: vec![
            subject::insert(person),
            record::put(&value(person.id, 13, b"sealed")),
        ],
        entries: vec![entry(Verb::Collect, person)],
        new_keys: vec![new_key],
        ..Commit::default()
    }
}

/// A submission of one content only.
pub fn once(key: IdempotencyKey, answer: &[u8]) -> Once {
    Once {
        key,
        content: None,
        answer: answer.to_vec(),
    }
}

/// A commit that accounts for a look at a person and changes nothing.
pub fn extract(person: &Subject, version: u64) -> Commit {
    Commit {
        subject: Some((person.id, version)),
        entries: vec![entry(Verb::Extract, person)],
        ..Commit::default()
    }
}

/// A commit that changes one value of a person.
pub fn clarify(person: &Subject, version: u64, bytes: &[u8]) -> Commit {
    Commit {
        subject: Some((person.id, version)),
        moves: true,
        statements: vec![record::put(&value(person.id, 13, bytes))],
        entries: vec![entry(Verb::Clarify, person)],
        ..Commit::default()
    }
}

pub fn value(subject: SubjectId, field: u8, bytes: &[u8]) -> Record {
    Record {
        subject,
        field: Field::new(field).unwrap(),
        version: 1,
        generation: 1,
        sealed: bytes.to_vec(),
        source: "form".into(),
        recorded_at: now(),
        confirmed_at: None,
        until_at: None,
        floor: None,
        returned_at: None,
    }
}

/// The index of a commit that was done.
pub fn done(result: Result<Committed, CommitError>) -> u64 {
    match result {
        Ok(Committed::Done { entry_index, .. }) => entry_index,
        other => panic!("not done: {other:?}"),
    }
}

/// A place for a store: a folder, and a schema of its own when it is on PostgreSQL.
pub struct Place {
    folder: tempfile::TempDir,
    schema: Option<(String, String)>,
}

impl Place {
    /// A place on SQLite.
    pub fn sqlite() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            schema: None,
        }
    }

    /// A place on the PostgreSQL that the environment names, if it names one.
    pub fn postgres() -> Option<Self> {
        let url = std::env::var(POSTGRES).ok()?;
        let name = format!(
            "store_{}_{}",
            std::process::id(),
            SEEDS.fetch_add(1, Ordering::SeqCst)
        );
        on_server(&url, format!("CREATE SCHEMA {name}"));
        Some(Self {
            folder: tempfile::tempdir().unwrap(),
            schema: Some((url, name)),
        })
    }

    /// Every place that there is.
    pub fn all() -> Vec<Self> {
        std::iter::once(Self::sqlite()).chain(Self::postgres()).collect()
    }

    pub fn options(&self) -> StoreOptions {
        let mut options = options(self.folder.path());
        options.database_url = self.schema.as_ref().map(|(url, name)| {
            let joint = if url.contains('?') { '&' } else { '?' };
            format!("{url}{joint}options=-csearch_path%3D{name}")
        });
        options
    }

    pub fn open(&self) -> Store {
        open_with(self.options()).unwrap()
    }

    pub fn is_postgres(&self) -> bool {
        self.schema.is_some()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((url, name)) = &self.schema {
            on_server(url, format!("DROP SCHEMA {name} CASCADE"));
        }
    }
}

fn on_server(url: &str, sql: String) {
    let url = url.to_owned();
    let asked = std::thread::spawn(move || {
        run(async {
            let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
                .await
                .unwrap();
            tokio::spawn(connection);
            client.batch_execute(&sql).await.unwrap();
        });
    });
    asked.join().unwrap();
}

/// Submits the commits in order, all before the first is answered.
pub async fn submit_in_order(store: &Store, commits: Vec<Commit>) -> Vec<Result<Committed, CommitError>> {
    let mut waiting: Vec<_> = commits
        .into_iter()
        .map(|commit| Box::pin(store.commit(commit)))
        .collect();
    let mut early = Vec::new();
    std::future::poll_fn(|context| {
        early = waiting
            .iter_mut()
            .map(|commit| commit.as_mut().poll(context))
            .collect();
        std::task::Poll::Ready(())
    })
    .await;
    let mut all = Vec::new();
    for (commit, early) in waiting.into_iter().zip(early) {
        all.push(match early {
            std::task::Poll::Ready(answer) => answer,
            std::task::Poll::Pending => commit.await,
        });
    }
    all
}

/// A document is entered in the register, with bytes for a file; a newer one comes in the place of the one before.
pub fn a_document(number: u8) -> Commit {
    let act = LocalAct {
        id: LocalActId::from_bytes([number; 16]),
        number: 0,
        kind: LocalActKind::Rules,
        title: "Rules".to_owned(),
        document: format!("№ {number}"),
        version: number.to_string(),
        adopted_on: "2026-11-20".parse().unwrap(),
        approver: "director".to_owned(),
        in_force_since: "2026-12-01".parse().unwrap(),
        replaces: number.checked_sub(1).filter(|older| *older > 0).map(u32::from),
        is_public: [1, 2, 11].contains(&number),
        file_hash: [number; 32],
        file_bytes: 5,
        entered_at: now(),
        entered_by: ActorId::from_bytes([1; 16]),
    };
    let file = vec![number; LOCAL_ACT_BYTES_MAX];
    Commit {
        statements: vec![local_act::enter(&act), local_act::keep_file(act.id, file)],
        entries: vec![Entry::new(
            now().into(),
            Role::RESPONSIBLE,
            By::Person(act.entered_by),
            Deed::Happening(Happening::LocalActEntered),
        )],
        protects: true,
        ..Commit::default()
    }
}

/// A document is taken off the site.
pub fn off_the_site(number: u8) -> Commit {
    let by = ActorId::from_bytes([1; 16]);
    Commit {
        statements: vec![local_act::hide(LocalActId::from_bytes([number; 16]), now(), by)],
        entries: vec![Entry::new(
            now().into(),
            Role::RESPONSIBLE,
            By::Person(by),
            Deed::Happening(Happening::LocalActHidden),
        )],
        protects: true,
        ..Commit::default()
    }
}

/// People of that breach are looked for.
pub fn an_act(number: u8) -> BreachAct {
    BreachAct {
        id: BreachActId::from_bytes([number; 16]),
        breach: BreachId::from_bytes([0xb4; 16]),
        number: u32::from(number),
        kind: BreachActKind::Stored,
        categories: vec![Category::Guest, Category::Partner],
        fields: FieldSet::from_bits(1 << 127 | 2),
        staff: Some(ActorId::from_bytes([2; 16])),
        from_at: None,
        until_at: Some(now()),
        texts: Some(["а", "б", "c"].map(ToOwned::to_owned)),
        begun_at: now(),
        begun_by: ActorId::from_bytes([1; 16]),
        agreed_by: None,
        progress: Progress::default(),
    }
}

/// Such a search is entered.
pub fn about_people(number: u8) -> Commit {
    let act = an_act(number);
    Commit {
        statements: vec![breach_act::begin(&act)],
        entries: vec![Entry::new(
            now().into(),
            Role::RESPONSIBLE,
            By::Person(act.begun_by),
            Deed::Happening(Happening::BreachPeopleSought),
        )],
        protects: true,
        ..Commit::default()
    }
}

/// Somebody, of that version, is one whom the breach concerns.
pub fn concerned(person: &Subject, version: u64) -> Commit {
    let row = BreachSubject {
        subject: person.id,
        breach: BreachId::from_bytes([0xb4; 16]),
        act: 1,
        marked_at: now(),
        letter_at: None,
        told_at: None,
        unreached: None,
    };
    Commit {
        subject: Some((person.id, version)),
        moves: true,
        statements: vec![breach_subject::mark(&row)],
        ..Commit::default()
    }
}

/// The first step on a breach with the breach, or another step: something that is entered in the register of breaches.
pub fn about_a_breach(number: u32) -> Commit {
    let (breach, step) = (
        BreachId::from_bytes([0xb4; 16]),
        BreachId::from_bytes([number as u8; 16]),
    );
    let by = ActorId::from_bytes([1; 16]);
    let step = StepRow {
        id: step,
        breach,
        number,
        step: BreachStep::Find,
        happened_at: now(),
        entered_at: now(),
        entered_by: by,
        categories: vec![Category::Guest],
        people: (number == 1).then_some(7),
        document: None,
        told: Some("found".to_owned()),
    };
    let first = Breach {
        id: breach,
        number: 0,
        kind: BreachKind::Spread,
        detected_at: now(),
        due_policy: now(),
        due_law: now(),
        due_at: now(),
        entered_at: now(),
        entered_by: by,
    };
    let (deed, mut statements) = if number == 1 {
        (Happening::BreachEntered, vec![breach::enter(&first)])
    } else {
        (Happening::BreachMoved, Vec::new())
    };
    statements.push(breach::add_step(&step));
    Commit {
        statements,
        entries: vec![Entry::new(
            now().into(),
            Role::RESPONSIBLE,
            By::Person(by),
            Deed::Happening(deed),
        )],
        protects: true,
        ..Commit::default()
    }
}
