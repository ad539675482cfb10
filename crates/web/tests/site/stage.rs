//! A site over a real system in a folder that goes away: the shipped policy, a clock that stands, a post that keeps its
//! letters.

use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use sandyq_model::{Actor, Fault, Plain, Role};
use sandyq_policy::{Folder, Policy};
use sandyq_processing::cases::Catalogue;
use sandyq_processing::operator::{Operator, Person};
use sandyq_processing::ports::{Delivery, DemonstrationPayments, Letter, Message, Post};
use sandyq_processing::{Settings, System};
use sandyq_rehearsal::{SeededChance, SetClock};
use sandyq_store::vault::KeyFile;
use sandyq_store::{Store, StoreOptions};
use sandyq_web::WebOptions;

#[derive(Default)]
struct Letters(Mutex<Vec<Letter>>);

#[async_trait]
impl Post for Letters {
    async fn send(&self, letter: Letter) -> Result<Delivery, Fault> {
        self.0.lock().unwrap().push(letter);
        Ok(Delivery::Done)
    }
}

pub struct Stage {
    pub system: System,
    pub clock: Arc<SetClock>,
    letters: Arc<Letters>,
    _folder: tempfile::TempDir,
}

impl Stage {
    pub fn new() -> Self {
        Self::run_by(Some(operator()))
    }

    pub fn run_by(operator: Option<Operator>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(SetClock::at("2026-11-23T05:00:00Z".parse().unwrap()));
        let chance = Arc::new(SeededChance::new(7));
        let options = StoreOptions::in_folder(folder.path());
        std::fs::create_dir_all(options.key_file.parent().unwrap()).unwrap();
        KeyFile::create(&options.key_file, 1, chance.as_ref(), clock.as_ref()).unwrap();
        let letters = Arc::new(Letters::default());
        let policy = Folder::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy")).unwrap();
        let system = System::new(Settings {
            policy: Arc::new(
                Policy::load(&policy).unwrap_or_else(|wrong| panic!("{} problems", wrong.len())),
            ),
            store: Store::open(options, Arc::clone(&clock) as _, Arc::clone(&chance) as _).unwrap(),
            clock: Arc::clone(&clock) as _,
            chance,
            operator,
            catalogue: Catalogue::demonstration(jiff::civil::date(2026, 11, 23)).unwrap(),
            payments: Arc::new(DemonstrationPayments),
            post: Arc::clone(&letters) as _,
            provider: None,
            webhooks: None,
            answered_after: std::time::Duration::ZERO,
        });
        Self {
            system,
            clock,
            letters,
            _folder: folder,
        }
    }

    pub fn site(&self) -> Router {
        sandyq_web::site(self.system.clone(), WebOptions::default())
    }

    /// The code of the newest letter.
    pub async fn code(&self) -> String {
        self.system.run_queue().await.unwrap();
        let letters = self.letters.0.lock().unwrap();
        let code = letters.iter().rev().find_map(|letter| match &letter.message {
            Message::ConfirmationCode { code, .. }
            | Message::AgreementCode { code, .. }
            | Message::EntryCode { code, .. }
            | Message::AddressCode { code, .. }
            | Message::ResetCode { code, .. }
            | Message::IdentityCode { code } => Some(code.expose().clone()),
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
        });
        code.expect("a code was mailed")
    }

    pub fn letter_count(&self) -> usize {
        self.letters.0.lock().unwrap().len()
    }

    pub async fn staff(&self, name: &str, role: &str) {
        let by = Actor::system(Role::ADMINISTRATOR);
        self.system
            .add_staff(&by, name, role, Plain::from(PASSWORD))
            .await
            .unwrap();
    }
}

/// The password of all staff of the stage.
pub const PASSWORD: &str = "a long enough password";

fn operator() -> Operator {
    let person = |name: &str| Person {
        name: name.to_owned(),
        phone: "+7 727 250 00 01".to_owned(),
        email: "aru@example.kz".to_owned(),
    };
    Operator {
        name: "Sandyq Demonstration LLP".to_owned(),
        bin: "990231000001".to_owned(),
        address: "Almaty, Tole bi 1\n050012".to_owned(),
        phone: "+7 727 250 00 00".to_owned(),
        email: "privacy@example.kz".to_owned(),
        site: "https://example.kz".to_owned(),
        responsible: person("Aru Demo"),
        deputy: person("Bek Demo"),
    }
}
