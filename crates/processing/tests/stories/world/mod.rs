//! A world for histories with crashes, copies and restores in them: a folder with a system on it, backup sets, somebody
//! who keeps old copies, and what must be true of everybody who ever was.
#![allow(
    dead_code,
    missing_docs,
    reason = "each test uses a part of it, and steps say by their names what they are"
)]

mod attacker;
mod files;
mod looks;
mod lost;
pub mod told;
pub mod turned;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use age::secrecy::ExposeSecret;
use jiff::SignedDuration;
use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_model::{Actor, Clock, IdempotencyKey, Plain, Role, SubjectId};
use sandyq_processing::access::{Caller, Confirmed};
use sandyq_processing::at_rest::Backup;
use sandyq_processing::service::Taken;
use sandyq_processing::{Language, System};
use sandyq_rehearsal::{SeededChance, SetClock};
use sandyq_store::StoreOptions;
use sandyq_store::backup::restore::{After, Living, Restoration, Seen, copied, since};
use sandyq_store::backup::{
    BackupFault, FolderShelf, Identity, Recipients, SetAbout, SetId, VerifiedSet, open_set,
};
use sandyq_store::second_copy::{SecondCopy, SecondCopyOptions};
use sandyq_store::tables::subject::Subject;
use sandyq_store::vault::{CopyKey, KeyFile, KeyVersions, Vault};

use crate::stage::{self, Letters, Stage, card, purchase};
use attacker::Attacker;
use files::{BrokenKeys, make_private};

/// One in so many worlds has a second copy.
const WITH_COPY: u64 = 4;
/// People in a history.
pub const PEOPLE: usize = 3;

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum Step {
    Submit(usize),
    Come(usize),
    Clarify(usize, u8),
    Look(usize),
    Pay(usize),
    Withdraw(usize),
    Letter(usize),
    Queue,
    Block(usize),
    Unblock(usize),
    Renew(usize),
    Days(u8),
    EndEpoch,
    Backup,
    Copy,
    Restart,
    Crash,
    CrashInDeaths,
    CrashInEpoch,
    Restore(usize),
    RestoreWithoutOld(usize),
}

/// Somebody from outside.
#[derive(Default)]
struct Person {
    email: String,
    taken: Option<Taken>,
    token: Option<String>,
    caller: Option<Caller>,
    case: Option<String>,
    subject: Option<SubjectId>,
}

/// What was acknowledged about a subject, and how the row stood when it was last looked at.
#[derive(Clone)]
struct Known {
    row: Subject,
    withdrawn: bool,
    blocked: bool,
    destroyed: bool,
    phone: Option<String>,
}

/// A backup set, and what was acknowledged when it was made.
struct Kept {
    id: SetId,
    known: BTreeMap<SubjectId, Known>,
    receipts: BTreeSet<String>,
    checkpoint: Checkpoint,
    forks: u32,
}

/// What came of a history, to show that it was no empty one.
#[derive(Debug, Default)]
pub struct Count {
    pub destroyed: usize,
    pub withdrawn: usize,
    pub receipts: usize,
    pub restores: usize,
    pub restores_without_old: usize,
    pub machines_lost: usize,
    pub refused_restores: usize,
    pub crashes: usize,
    pub epochs: usize,
    pub opened_by_attacker: usize,
    pub copies: usize,
    pub copies_that_open: usize,
}

/// A folder, a system on it, and everything that is remembered from outside.
pub struct World {
    /// Whether keys, people and ledger are shipped elsewhere as well.
    has_copy: bool,
    place: tempfile::TempDir,
    data: PathBuf,
    folders: u32,
    clock: Arc<SetClock>,
    chance: Arc<SeededChance>,
    letters: Arc<Letters>,
    system: Option<System>,
    responsible: Caller,
    identity: age::x25519::Identity,
    people: Vec<Person>,
    known: BTreeMap<SubjectId, Known>,
    /// Everybody who was ever seen destroyed.
    gone: BTreeSet<SubjectId>,
    /// Keys that died, and whether their epoch has ended since.
    dead_keys: BTreeMap<(SubjectId, u32), bool>,
    receipts: BTreeMap<String, Option<String>>,
    seen: Option<Checkpoint>,
    sets: Vec<Kept>,
    /// How often the ledger was put back because nothing was left of its end.
    forks: u32,
    attacker: Attacker,
    /// Old copies of the whole folder, but for the key of the epoch, which is in no copy.
    copies: Vec<PathBuf>,
    pub count: Count,
}

/// A folder with a member of staff in it, made once: a password takes its time.
fn template() -> &'static (tempfile::TempDir, Caller) {
    static TEMPLATE: OnceLock<(tempfile::TempDir, Caller)> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let stage = Stage::seeded(5);
            let responsible = runtime.block_on(stage.staff("aru", "responsible"));
            let Stage { system, folder, .. } = stage;
            drop(system);
            (folder, responsible)
        })
        .join()
        .unwrap()
    })
}

impl World {
    pub async fn new(seed: u64) -> Self {
        Self::at(stage::in_memory_if_possible(), seed).await
    }

    /// A world in a folder below that one, with its custodian's identity beside it.
    pub async fn in_folder(folder: &Path, seed: u64) -> Self {
        let mut place = tempfile::tempdir_in(folder).unwrap();
        place.disable_cleanup(true);
        let world = Self::at(place, seed).await;
        let identity = world.identity.to_string();
        std::fs::write(world.place.path().join("identity"), identity.expose_secret()).unwrap();
        world
    }

    async fn at(place: tempfile::TempDir, seed: u64) -> Self {
        let (folder, responsible) = template();
        let data = place.path().join("data-0");
        files::copy(folder.path(), &data);
        let has_copy = seed.is_multiple_of(WITH_COPY);
        if has_copy {
            make_private(&place.path().join("second-copy"));
        }
        let mut world = Self {
            has_copy,
            place,
            data,
            folders: 0,
            clock: Arc::new(SetClock::at(stage::BEGINNING.parse().unwrap())),
            chance: Arc::new(SeededChance::new(seed)),
            letters: Arc::default(),
            system: None,
            responsible: responsible.clone(),
            identity: age::x25519::Identity::generate(),
            people: (0..PEOPLE)
                .map(|person| Person {
                    email: format!("nursaule{person}@example.kz"),
                    ..Person::default()
                })
                .collect(),
            known: BTreeMap::new(),
            gone: BTreeSet::new(),
            dead_keys: BTreeMap::new(),
            receipts: BTreeMap::new(),
            seen: None,
            sets: Vec::new(),
            forks: 0,
            attacker: Attacker::default(),
            copies: Vec::new(),
            count: Count::default(),
        };
        world.opens();
        world.look(true).await;
        world
    }

    fn options(&self) -> StoreOptions {
        let mut options = StoreOptions::in_folder(&self.data);
        options.readers = 1;
        if self.has_copy {
            options = with_second_copy(options, self.place.path());
        }
        options
    }

    fn opens(&mut self) {
        let options = self.options();
        self.system = Some(stage::open(&options, &self.clock, &self.chance, &self.letters));
    }

    fn system(&self) -> System {
        self.system.clone().unwrap()
    }

    fn key(&self) -> IdempotencyKey {
        IdempotencyKey::random(&*self.chance)
    }

    /// Does one thing, and looks at everything afterwards.
    pub async fn does(&mut self, step: &Step) {
        let mut is_new_start = true;
        match step {
            Step::Restart => {
                drop(self.system.take());
                self.opens();
            }
            Step::Crash => self.crashes(),
            Step::CrashInDeaths => {
                let broken = BrokenKeys::of(&self.data);
                let _done_or_not = self.system().run_queue().await;
                drop(broken);
                self.crashes();
            }
            Step::CrashInEpoch => {
                let broken = BrokenKeys::of(&self.data);
                let _done_or_not = self.system().end_epoch(&administrator()).await;
                drop(broken);
                self.crashes();
            }
            Step::Restore(set) => self.restores(*set, Left::Everything),
            Step::RestoreWithoutOld(set) if self.has_copy => self.restores(*set, Left::SecondCopy),
            Step::RestoreWithoutOld(set) => self.restores(*set, Left::Keys),
            other => {
                is_new_start = false;
                self.happens(other).await;
            }
        }
        self.look(is_new_start).await;
    }

    async fn happens(&mut self, step: &Step) {
        let system = self.system();
        match step {
            Step::Submit(p) => self.submits(*p).await,
            Step::Come(p) => self.comes(*p).await,
            Step::Clarify(p, digit) => self.clarifies(*p, *digit).await,
            Step::Look(p) => self.looks_at_own(*p).await,
            Step::Pay(p) => self.pays(*p).await,
            Step::Withdraw(p) => self.withdraws(*p, false).await,
            Step::Letter(p) => self.withdraws(*p, true).await,
            Step::Block(p) | Step::Unblock(p) => {
                let Some(subject) = self.people[*p].subject else {
                    return;
                };
                let blocks = matches!(step, Step::Block(_));
                let done = if blocks {
                    system.block(&self.responsible, subject).await
                } else {
                    system.unblock(&self.responsible, subject).await
                };
                if let (Ok(()), Some(known)) = (done, self.known.get_mut(&subject)) {
                    known.blocked = blocks;
                }
            }
            Step::Renew(p) => {
                if let Some(subject) = self.people[*p].subject {
                    let _allowed_or_not = system.renew_seals(subject).await;
                }
            }
            Step::Days(days) => {
                self.clock
                    .advance(SignedDuration::from_hours(24 * i64::from(*days)));
                system.run_retention().await.unwrap();
            }
            Step::EndEpoch => {
                system.end_epoch(&administrator()).await.unwrap();
                self.dead_keys.values_mut().for_each(|ended| *ended = true);
                self.count.epochs += 1;
            }
            Step::Backup => self.backs_up().await,
            Step::Copy => self.is_copied(),
            _ => drop(system.run_queue().await.unwrap()),
        }
    }

    async fn submits(&mut self, p: usize) {
        if self.people[p].taken.is_some() {
            return;
        }
        let system = self.system();
        let form = system.form("guest-purchase", Language::En).unwrap();
        let accepted = form
            .consents
            .into_iter()
            .map(|offer| (offer.id, offer.hash))
            .collect();
        let submission = purchase(&self.people[p].email);
        let taken = system.submit(submission, accepted, self.key()).await.unwrap();
        system.run_queue().await.unwrap();
        self.people[p].taken = Some(taken);
        self.people[p].subject = self.newcomer().await;
    }

    async fn comes(&mut self, p: usize) {
        self.submits(p).await;
        let Some(code) = stage::newest_code(&self.letters, &self.people[p].email) else {
            return;
        };
        let system = self.system();
        let person = &self.people[p];
        let Some(taken) = &person.taken else { return };
        let entered = system
            .confirm(&taken.ticket, &taken.binding, &code, self.key())
            .await;
        let Some(entered) = entered.ok().and_then(Confirmed::whole) else {
            return;
        };
        let token = entered.session.expose().to_owned();
        let caller = system.caller(&token).await.unwrap();
        let person = &mut self.people[p];
        (person.case, person.caller, person.token) = (entered.case, caller, Some(token));
    }

    async fn clarifies(&mut self, p: usize, digit: u8) {
        let Some(caller) = self.people[p].caller.clone() else {
            return;
        };
        let phone = format!("+770211122{:02}", digit % 100);
        let typed = Plain::from(phone.as_str());
        let changed = self
            .system()
            .clarify(&caller, "contact_phone", &typed, self.key())
            .await;
        self.was_not_withdrawn(p, changed.is_ok());
        if let (Ok(()), Some(known)) = (changed, caller.subject.and_then(|id| self.known.get_mut(&id))) {
            known.phone = Some(phone);
        }
    }

    async fn looks_at_own(&mut self, p: usize) {
        if let Some(caller) = self.people[p].caller.clone() {
            let looked = self.system().my_data(&caller, Language::En).await;
            self.was_not_withdrawn(p, looked.is_ok());
        }
    }

    async fn pays(&mut self, p: usize) {
        if let (Some(caller), Some(case)) = (self.people[p].caller.clone(), self.people[p].case.clone()) {
            // Whoever pays what is paid is told so again; nothing is processed.
            let order = self.system().my_case(&caller, &case, Language::Ru).await;
            if order.is_ok_and(|order| order.state.is_document()) {
                return;
            }
            let form = card("4111 1111 1111 1111", "123");
            let paid = self
                .system()
                .pay(&caller, &case, form, Language::Ru, self.key())
                .await;
            self.was_not_withdrawn(p, paid.is_ok());
        }
    }

    async fn withdraws(&mut self, p: usize, by_letter: bool) {
        let (Some(subject), Some(caller)) = (self.people[p].subject, self.people[p].caller.clone()) else {
            return;
        };
        if self.known.get(&subject).is_none_or(|known| known.destroyed) {
            return;
        }
        let system = self.system();
        let withdrawn = if by_letter {
            system.withdraw_by_letter(&self.responsible, subject).await
        } else {
            system.take_withdrawal(&caller, self.key()).await
        };
        let withdrawn = withdrawn.unwrap();
        self.receipts.entry(withdrawn.number).or_default();
        if let Some(known) = self.known.get_mut(&subject) {
            known.withdrawn = true;
        }
        self.count.withdrawn += 1;
    }

    fn was_not_withdrawn(&self, p: usize, happened: bool) {
        let known = self.people[p].subject.and_then(|id| self.known.get(&id));
        let is_over = known.is_some_and(|known| known.withdrawn || known.blocked || known.destroyed);
        assert!(
            !(happened && is_over),
            "processed after a withdrawal, a block or a destruction"
        );
    }

    /// The process is killed: what is on the disk stays, and what was in memory is gone.
    fn crashes(&mut self) {
        let left = self.next_folder();
        files::copy(&self.data, &left);
        drop(self.system.take());
        std::fs::remove_dir_all(&self.data).unwrap();
        self.data = left;
        self.count.crashes += 1;
        self.opens();
    }

    fn next_folder(&mut self) -> PathBuf {
        self.folders += 1;
        self.place.path().join(format!("data-{}", self.folders))
    }

    /// Somebody takes a copy of everything that may be copied.
    fn is_copied(&mut self) {
        self.attacker.copies(&self.data);
        let copy = self.place.path().join(format!("copy-{}", self.copies.len()));
        files::copy(&self.data, &copy);
        std::fs::remove_file(copy.join("keys/epoch.key")).unwrap();
        self.copies.push(copy);
    }

    fn shelf(&self) -> Box<FolderShelf> {
        Box::new(FolderShelf::at(&self.place.path().join("sets")).unwrap())
    }

    async fn backs_up(&mut self) {
        let system = self.system();
        let about = SetAbout {
            at: system.now(),
            origin: system.store().checkpoint().origin,
            policy: *system.policy().version(),
            epoch: None,
            recipients: Recipients::read(&[self.identity.to_public().to_string()]).unwrap(),
        };
        let checkpoint = system.store().checkpoint();
        let made = system
            .store()
            .back_up(self.shelf(), about, |_, _| {})
            .await
            .unwrap();
        system
            .account_for_backup(Backup::Made, &Actor::system(Role::ADMINISTRATOR), true)
            .await
            .unwrap();
        self.sets.push(Kept {
            id: made.id,
            known: self.known.clone(),
            receipts: self
                .receipts
                .iter()
                .filter(|(_, text)| text.is_some())
                .map(|(number, _)| number.clone())
                .collect(),
            checkpoint,
            forks: self.forks,
        });
    }

    /// Brings a set back with what is left.
    fn restores(&mut self, nth: usize, left: Left) {
        if self.sets.is_empty() {
            return;
        }
        let nth = nth % self.sets.len();
        // No two restores happen at one instant: the ledgers that go on from them would be one.
        self.clock.advance(SignedDuration::from_secs(1));
        drop(self.system.take());
        if left != Left::Everything {
            for file in ["sandyq.db", "sandyq.db-wal", "sandyq.db-shm", "ledger.head"] {
                let _absent = std::fs::remove_file(self.data.join(file));
            }
        }
        if left == Left::SecondCopy {
            self.loses_keys();
        }
        let new = self.next_folder();
        make_private(&new);
        match self.builds(nth, &new, left) {
            Ok(()) => {
                std::fs::rename(self.data.join("keys"), new.join("keys")).unwrap();
                self.data = new;
                self.count.restores += 1;
                match left {
                    Left::Everything => {}
                    // Whatever was acknowledged is there.
                    Left::SecondCopy => self.count.machines_lost += 1,
                    Left::Keys => self.forgets_since(nth),
                }
            }
            Err(fault) => {
                let is_foreign = left == Left::Everything && self.sets[nth].forks != self.forks;
                assert!(
                    is_foreign && matches!(fault, BackupFault::RolledBack(_)),
                    "{fault}"
                );
                self.count.refused_restores += 1;
            }
        }
        self.opens();
    }

    /// The root key is left, and the key of the epoch elsewhere; the key store comes from its second copy.
    fn loses_keys(&self) {
        let keys = self.data.join("keys");
        for file in std::fs::read_dir(&keys).unwrap().flatten() {
            if file.file_name() != "root.key" {
                std::fs::remove_file(file.path()).unwrap();
            }
        }
        self.second_copy().rebuild_keys(&keys.join("keys.db")).unwrap();
    }

    fn second_copy(&self) -> SecondCopy {
        let options = self.options();
        let key = key_of(&options);
        SecondCopy::open(&options.second_copy.unwrap().folder, &key).unwrap()
    }

    fn builds(&self, nth: usize, new: &Path, left: Left) -> Result<(), BackupFault> {
        let options = self.options();
        let seen = || {
            let by = "the head file".to_owned();
            let checkpoint = self.seen.clone().unwrap();
            vec![Seen { by, checkpoint }]
        };
        let identity = self.identity.to_string();
        let wanted = (self.shelf(), &self.sets[nth].id, identity.expose_secret());
        bring(
            &options,
            (&self.clock, &self.chance),
            wanted,
            new,
            |set| match left {
                Left::Everything => Ok((since(&options, set)?.unwrap(), seen())),
                Left::SecondCopy => Ok((
                    copied(&self.second_copy(), self.sets[nth].checkpoint.size)?,
                    seen(),
                )),
                Left::Keys => Ok((After::default(), Vec::new())),
            },
        )
    }

    /// Nothing was left but the keys: what is known is what the set knew, but for who is dead.
    fn forgets_since(&mut self, nth: usize) {
        let set = &self.sets[nth];
        // Keys of whoever came after the set, or was sealed anew after it, belong to nobody in it, and die.
        for (id, known) in &self.known {
            let generation = known.row.key_generation;
            let is_used = set
                .known
                .get(id)
                .is_some_and(|then| then.row.key_generation == generation);
            if !is_used {
                self.dead_keys.entry((*id, generation)).or_insert(false);
            }
        }
        self.known = set.known.clone();
        for (id, known) in &mut self.known {
            // The set's values are sealed under a key that died since.
            known.destroyed |=
                self.gone.contains(id) || self.dead_keys.contains_key(&(*id, known.row.key_generation));
        }
        self.receipts.retain(|number, _| set.receipts.contains(number));
        self.seen = Some(set.checkpoint.clone());
        self.forks += 1;
        self.count.restores_without_old += 1;
        for person in &mut self.people {
            if person.subject.is_some_and(|id| !self.known.contains_key(&id)) {
                *person = Person {
                    email: format!("again-{}", person.email),
                    ..Person::default()
                };
            }
        }
    }
}

/// Brings a set back into a new folder, with what is known since, by the keys of these options.
fn bring(
    options: &StoreOptions,
    (clock, chance): (&Arc<SetClock>, &Arc<SeededChance>),
    (shelf, id, identity): (Box<FolderShelf>, &SetId, &str),
    new: &Path,
    known: impl FnOnce(&VerifiedSet) -> Result<(After, Vec<Seen>), BackupFault>,
) -> Result<(), BackupFault> {
    let source = KeyFile::open(&options.key_file).unwrap();
    let vault = Vault::unlock(&source, &KeyVersions::first(), Arc::clone(chance) as _).unwrap();
    let key = sandyq_store::ledger::verifier_key(&options.origin, &vault).unwrap();
    let ledger = (options.origin.as_str(), &key);
    let identity = Identity::read(identity).unwrap();
    let set = open_set(shelf, Some(id), ledger, vault.backup_key(), identity)?;
    let by: Arc<dyn Clock> = Arc::clone(clock) as _;
    let keys = sandyq_store::open_key_store(options, &by, Arc::clone(chance) as _).unwrap();
    let keys = keys.reader().unwrap();
    let (after, seen) = known(&set)?;
    let restoration = Restoration {
        set,
        after,
        seen,
        vault: Arc::new(vault),
        ledger: (options.origin.clone(), key),
        policy: *stage::shipped_policy().version(),
        at: clock.now(),
    };
    let lives = |subject, generation| Ok(keys.get(subject, generation)?.is_some());
    restoration.plan(&Living {
        lives: &lives,
        everybody: HashSet::new(),
    })?;
    restoration
        .build(&StoreOptions::in_folder(new), &lives, &|_| {})
        .map(drop)
}

/// These options with a second copy, and the key of the epoch in a second place, in that one.
fn with_second_copy(mut options: StoreOptions, place: &Path) -> StoreOptions {
    options.epoch_files.push(place.join("epoch-elsewhere.key"));
    options.second_copy = Some(SecondCopyOptions {
        folder: place.join("second-copy"),
        // The clock of these worlds leaps.
        behind: Duration::from_hours(24 * 365),
        keep: Duration::from_hours(24 * 365),
    });
    options
}

/// What seals the second copy.
fn key_of(options: &StoreOptions) -> CopyKey {
    CopyKey::of(&KeyFile::open(&options.key_file).unwrap(), 1).unwrap()
}

/// What is left of a folder when a set is brought back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    Everything,
    /// The keys, and nothing of the data.
    Keys,
    /// Nothing but the root key on this machine; the second copy, and the key of the epoch, elsewhere.
    SecondCopy,
}

fn administrator() -> Actor {
    Actor::system(Role::ADMINISTRATOR)
}
