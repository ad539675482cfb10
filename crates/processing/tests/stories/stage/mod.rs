//! A system for tests: the shipped policy, a store in a folder that goes away, a clock that is set by hand, a chance
//! that repeats itself, and a post that keeps the letters.
#![allow(
    dead_code,
    missing_docs,
    clippy::expect_used,
    clippy::new_without_default,
    clippy::panic,
    clippy::unwrap_used,
    reason = "each story uses its part of the stage, and a test may stop at the first surprise"
)]

pub mod asked;
pub mod desk;
mod two;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use sandyq_model::act::Provide;
use sandyq_model::time::day_in_kazakhstan;
use sandyq_model::{Clock, DisclosureId, Fault, IdempotencyKey, Operation, Plain, RecipientId};
use sandyq_policy::{Folder, Policy};
use sandyq_processing::access::{Caller, Entered, SessionToken};
use sandyq_processing::cases::Catalogue;
use sandyq_processing::cases::order::{CardForm, Placed};
use sandyq_processing::clock::SteadyClock;
use sandyq_processing::operator::{Operator, Person};
use sandyq_processing::ports::{Delivery, DemonstrationPayments, Letter, Message, Post};
use sandyq_processing::service::{Submission, Taken};
use sandyq_processing::transfer::Handing;
use sandyq_processing::{Language, Rejected, Settings, System};
use sandyq_rehearsal::{SeededChance, SetClock};
use sandyq_store::tables::disclosure::Disclosure;
use sandyq_store::vault::KeyFile;
use sandyq_store::{Store, StoreOptions};

/// The instant at which every story begins: a Monday in Kazakhstan.
pub const BEGINNING: &str = "2026-11-23T05:00:00Z";

/// Keeps letters instead of sending them.
#[derive(Default)]
pub struct Letters(pub Mutex<Vec<Letter>>, pub AtomicBool);

#[async_trait]
impl Post for Letters {
    async fn send(&self, letter: Letter) -> Result<Delivery, Fault> {
        self.0.lock().unwrap().push(letter);
        Ok(Delivery::Done)
    }

    fn hears_of_returns(&self) -> bool {
        self.1.load(Ordering::Relaxed)
    }
}

/// A system and what tests hold on to.
pub struct Stage {
    pub system: System,
    policy: Arc<Policy>,
    pub clock: Arc<SetClock>,
    pub chance: Arc<SeededChance>,
    pub letters: Arc<Letters>,
    pub folder: tempfile::TempDir,
    database: Option<String>,
    pub desks: desk::Desks,
}

/// The policy that ships; read once for all systems of a test.
pub fn shipped_policy() -> Arc<Policy> {
    static SHIPPED: OnceLock<Arc<Policy>> = OnceLock::new();
    Arc::clone(SHIPPED.get_or_init(read_policy))
}

fn read_policy() -> Arc<Policy> {
    policy_of(&shipped_folder())
}

/// The folder that ships, to be changed by a test.
pub fn shipped_folder() -> Folder {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shipped = here
        .ancestors()
        .map(|folder| folder.join("policy"))
        .find(|folder| folder.join("0-terms.md").is_file());
    Folder::read(&shipped.unwrap()).unwrap()
}

pub fn policy_of(folder: &Folder) -> Arc<Policy> {
    Arc::new(
        Policy::load(folder).unwrap_or_else(|problems| panic!("{} problems in the policy", problems.len())),
    )
}

pub fn operator() -> Operator {
    let person = |name: &str, email: &str| Person {
        name: name.to_owned(),
        phone: "+7 727 250 00 01".to_owned(),
        email: email.to_owned(),
    };
    Operator {
        name: "Sandyq Demonstration LLP".to_owned(),
        bin: "990231000001".to_owned(),
        address: "Almaty, Tole bi 1\n050012".to_owned(),
        phone: "+7 727 250 00 00".to_owned(),
        email: "privacy@example.kz".to_owned(),
        site: "https://example.kz".to_owned(),
        responsible: person("Aru Demo", "aru@example.kz"),
        deputy: person("Bek Demo", "bek@example.kz"),
    }
}

impl Stage {
    pub fn new() -> Self {
        Self::seeded(7)
    }

    /// To whom a letter said that a request was answered, and which.
    pub fn told_of_answers(&self) -> Vec<(String, String)> {
        let letters = self.letters.0.lock().unwrap();
        let told = letters.iter().filter_map(|letter| match &letter.message {
            Message::Answered { reference } => Some((letter.to.expose().clone(), reference.clone())),
            _ => None,
        });
        told.collect()
    }

    pub fn seeded(seed: u64) -> Self {
        Self::in_folder(in_memory_if_possible(), seed)
    }

    pub fn in_folder(folder: tempfile::TempDir, seed: u64) -> Self {
        Self::under(shipped_policy(), folder, seed)
    }

    /// A stage on which another policy runs.
    pub fn with_policy(policy: Arc<Policy>) -> Self {
        Self::under(policy, in_memory_if_possible(), 7)
    }

    /// A stage in that folder, on which that policy runs.
    pub fn under(policy: Arc<Policy>, folder: tempfile::TempDir, seed: u64) -> Self {
        let clock = Arc::new(SetClock::at(BEGINNING.parse().unwrap()));
        let chance = Arc::new(SeededChance::new(seed));
        let database = database_of_its_own();
        let options = options(&folder, database.as_deref());
        std::fs::create_dir_all(options.key_file.parent().unwrap()).unwrap();
        KeyFile::create(&options.key_file, 1, chance.as_ref(), clock.as_ref()).unwrap();
        let letters = Arc::new(Letters::default());
        let system = open_under(
            Arc::clone(&policy),
            &options,
            (Arc::clone(&clock) as _, &chance),
            &letters,
        );
        Self {
            system,
            policy,
            clock,
            chance,
            letters,
            folder,
            database,
            desks: desk::Desks::default(),
        }
    }

    pub fn key(&self) -> IdempotencyKey {
        IdempotencyKey::random(self.chance.as_ref())
    }

    pub fn now(&self) -> Timestamp {
        self.system.now()
    }

    pub fn passes(&self, duration: SignedDuration) {
        self.clock.advance(duration);
    }

    /// The newest code that was mailed to that address.
    pub fn code_for(&self, email: &str) -> Plain<String> {
        newest_code(&self.letters, email).expect("a code was mailed")
    }

    pub fn letters_to(&self, email: &str) -> usize {
        self.letters
            .0
            .lock()
            .unwrap()
            .iter()
            .filter(|letter| letter.to.expose() == email)
            .count()
    }

    /// Forgets every letter: whoever brings in very many people needs none of the old ones.
    pub fn forgets_letters(&self) {
        self.letters.0.lock().unwrap().clear();
    }

    /// All consent items of a service, as a form would send them back.
    pub fn all_consents(&self, service: &str) -> Vec<(String, String)> {
        let form = self.system.form(service, Language::En).unwrap();
        form.consents
            .into_iter()
            .map(|offer| (offer.id, offer.hash))
            .collect()
    }

    pub async fn submits(&self, submission: Submission) -> Result<Taken, Rejected> {
        let accepted = self.all_consents(&submission.service);
        let taken = self.system.submit(submission, accepted, self.key()).await?;
        self.system.run_queue().await?;
        Ok(taken)
    }

    pub async fn confirms(&self, taken: &Taken, email: &str) -> Entered {
        let code = self.code_for(email);
        self.system
            .confirm(&taken.ticket, &taken.binding, &code, self.key())
            .await
            .unwrap()
            .whole()
            .unwrap()
    }

    /// A guest who submitted and confirmed.
    pub async fn guest(&self, email: &str) -> (Caller, String) {
        self.comes(purchase(email), email).await
    }

    /// Somebody who submitted that and confirmed, with the reference of the case.
    pub async fn comes(&self, submission: Submission, email: &str) -> (Caller, String) {
        let taken = self.submits(submission).await.unwrap();
        let entered = self.confirms(&taken, email).await;
        let caller = self
            .system
            .caller(entered.session.expose())
            .await
            .unwrap()
            .unwrap();
        (caller, entered.case.unwrap())
    }

    pub async fn pays(&self, caller: &Caller, case: &str) -> Result<Placed, Rejected> {
        let placed = self
            .system
            .pay(
                caller,
                case,
                card("4111 1111 1111 1111", "123"),
                Language::En,
                self.key(),
            )
            .await?;
        self.system.run_queue().await?;
        Ok(placed)
    }

    /// The line of the register that such a handing-over would leave, if it were let through.
    pub fn handing(&self, operation: &Operation<Provide>) -> Handing {
        let line = Disclosure {
            subject: operation.subject,
            id: DisclosureId::random(self.chance.as_ref()),
            reference: "SQ-0000-0000".into(),
            recipient: RecipientId::random(self.chance.as_ref()),
            purpose: operation.purpose.unwrap(),
            fields: operation.fields,
            consent: None,
            article: None,
            document: None,
            dated: None,
            form: "paper".into(),
            at: operation.at,
            handed_by: operation.actor.id,
            recalled_at: None,
            recalled_for: None,
            told_at: None,
            confirmed_at: None,
            confirmed_document: None,
            webhook: None,
            delivered_at: None,
            failed_at: None,
            hook_told_at: None,
        };
        Handing {
            line,
            jobs: Vec::new(),
        }
    }

    /// A member of staff who set up a second factor and read the policy.
    pub async fn staff(&self, name: &str, role: &str) -> Caller {
        let by = sandyq_model::Actor::system(sandyq_model::Role::ADMINISTRATOR);
        let password = Plain::from(desk::PASSWORD);
        self.system.add_staff(&by, name, role, password).await.unwrap();
        self.staff_again(name).await
    }

    /// The same member of staff, who signs in again and reads nothing yet.
    pub async fn signs_in(&self, name: &str) -> SessionToken {
        self.desks.comes_in(&self.system, name).await
    }

    /// The same member of staff, who signs in again and reads the policy that is in force now.
    pub async fn staff_again(&self, name: &str) -> Caller {
        let session = self.desks.comes_in(&self.system, name).await;
        desk::reads_the_policy(&self.system, &session).await
    }

    /// The same with a system whose clock stands still where this one's is set back, as the program's does.
    pub fn with_steady_clock(self) -> Self {
        let clock = Arc::clone(&self.clock);
        self.reopens_by(Arc::new(SteadyClock::over(clock)), || ())
    }

    /// Closes the system and opens it again on the same folder.
    pub fn reopens(self) -> Self {
        self.reopens_after(|| ())
    }

    /// Closes the system and opens it again under another policy.
    pub fn under_policy(self, policy: Arc<Policy>) -> Self {
        Self { policy, ..self }.reopens()
    }

    /// As [`Stage::reopens`], with something done in between.
    pub fn reopens_after(self, between: impl FnOnce()) -> Self {
        let clock = Arc::clone(&self.clock);
        self.reopens_by(clock, between)
    }

    fn reopens_by(self, by: Arc<dyn Clock>, between: impl FnOnce()) -> Self {
        let Self {
            system,
            policy,
            clock,
            chance,
            letters,
            folder,
            database,
            desks,
        } = self;
        drop(system);
        between();
        let options = options(&folder, database.as_deref());
        let system = open_under(Arc::clone(&policy), &options, (by, &chance), &letters);
        Self {
            system,
            policy,
            clock,
            chance,
            letters,
            folder,
            database,
            desks,
        }
    }
}

fn options(folder: &tempfile::TempDir, database: Option<&str>) -> StoreOptions {
    let mut options = StoreOptions::in_folder(folder.path());
    options.database_url = database.map(ToOwned::to_owned);
    options
}

/// The same stories on PostgreSQL: a schema for each stage, on the server that the variable names.
fn database_of_its_own() -> Option<String> {
    static STAGES: AtomicU64 = AtomicU64::new(0);
    let url = std::env::var("SANDYQ_STAGE_POSTGRES_URL").ok()?;
    let name = format!(
        "stage_{}_{}",
        std::process::id(),
        STAGES.fetch_add(1, Ordering::SeqCst)
    );
    let server = url.clone();
    let schema = name.clone();
    let made = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls)
                .await
                .unwrap();
            tokio::spawn(connection);
            client
                .batch_execute(&format!("CREATE SCHEMA {schema}"))
                .await
                .unwrap();
        });
    });
    made.join().unwrap();
    let joint = if url.contains('?') { '&' } else { '?' };
    Some(format!("{url}{joint}options=-csearch_path%3D{name}"))
}

/// The newest code that was mailed to that address, if any was.
pub fn newest_code(letters: &Letters, email: &str) -> Option<Plain<String>> {
    let letters = letters.0.lock().unwrap();
    letters
        .iter()
        .rev()
        .filter(|letter| letter.to.expose() == email)
        .find_map(|letter| match &letter.message {
            Message::ConfirmationCode { code, .. }
            | Message::AgreementCode { code, .. }
            | Message::EntryCode { code, .. }
            | Message::AddressCode { code, .. }
            | Message::ResetCode { code, .. }
            | Message::IdentityCode { code } => Some(code.clone()),
            Message::OrderPlaced { .. }
            | Message::Taken { .. }
            | Message::Decided { .. }
            | Message::Emergency { .. }
            | Message::HandedOver { .. }
            | Message::Breach { .. }
            | Message::Recall { .. }
            | Message::Answered { .. }
            | Message::AccountNotice { .. }
            | Message::AccountClosed { .. } => None,
        })
}

/// Random histories do not test the disk, and a sync in memory costs nothing.
pub fn in_memory_if_possible() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    tempfile::tempdir_in(memory)
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

pub fn open(
    options: &StoreOptions,
    clock: &Arc<SetClock>,
    chance: &Arc<SeededChance>,
    letters: &Arc<Letters>,
) -> System {
    open_under(
        shipped_policy(),
        options,
        (Arc::clone(clock) as _, chance),
        letters,
    )
}

/// As [`open`], under another policy, by any clock.
pub fn open_under(
    policy: Arc<Policy>,
    options: &StoreOptions,
    by: (Arc<dyn Clock>, &Arc<SeededChance>),
    letters: &Arc<Letters>,
) -> System {
    try_open(policy, options, by, letters).unwrap()
}

/// As [`open_under`], or what keeps it from opening.
pub fn try_open(
    policy: Arc<Policy>,
    options: &StoreOptions,
    (clock, chance): (Arc<dyn Clock>, &Arc<SeededChance>),
    letters: &Arc<Letters>,
) -> Result<System, Fault> {
    let store = Store::open(options.clone(), Arc::clone(&clock), Arc::clone(chance) as _)?;
    Ok(System::new(Settings {
        policy,
        store,
        clock,
        chance: Arc::clone(chance) as _,
        operator: Some(operator()),
        catalogue: Catalogue::demonstration(day_in_kazakhstan(BEGINNING.parse().unwrap())).unwrap(),
        payments: Arc::new(DemonstrationPayments),
        post: Arc::clone(letters) as _,
        provider: None,
        webhooks: None,
        // Only the story of that time waits for it.
        answered_after: std::time::Duration::ZERO,
    }))
}

pub fn purchase(email: &str) -> Submission {
    let answers = [
        ("last_name", "Омарова"),
        ("first_name", "Мара"),
        ("email", email),
        ("contact_phone", "8 701 123 45 67"),
        ("birth_date", "07.05.1990"),
        ("delivery_address", "Almaty, Abay 10, 5\n050012"),
    ];
    Submission {
        quantity: 2,
        ..submission(("guest-purchase", Some("kestel-office")), Language::Ru, &answers)
    }
}

/// What somebody types into the form of a service, about one thing where it is about something.
pub fn submission(
    (service, about): (&str, Option<&str>),
    language: Language,
    typed: &[(&str, &str)],
) -> Submission {
    Submission {
        service: service.to_owned(),
        language,
        answers: answers(typed),
        about: about.map(ToOwned::to_owned),
        quantity: 1,
    }
}

pub fn answers(rows: &[(&str, &str)]) -> BTreeMap<String, Plain<String>> {
    rows.iter()
        .map(|(name, value)| ((*name).to_owned(), Plain::from(*value)))
        .collect()
}

pub fn card(number: &str, verification: &str) -> CardForm {
    CardForm {
        number: Plain::from(number),
        holder: Plain::from("MARA OMAROVA"),
        expiry: Plain::from("08/29"),
        verification: Plain::from(verification),
    }
}
