//! Where requests arrive: the system behind the faces, and how this site is set up.

use std::sync::Arc;

use sandyq_model::IdempotencyKey;
use sandyq_processing::System;
use sandyq_processing::letters::LetterKind;
use sandyq_processing::ports::Keeper;

use crate::demo_staff::DemoStaff;
use crate::mail::MailSink;
use crate::visit::{Standpoint, Visit};

/// How the site is set up.
#[derive(Clone, Debug, Default)]
pub struct WebOptions {
    /// TLS is spoken in front of the program: browsers are told to insist on it (ASVS 3.4.1).
    pub behind_tls: bool,
    /// The site is for trying out, and says so on every page.
    pub demo: bool,
    /// The letter box of a demonstration, shown at `/demo/mail`.
    pub letter_box: Option<MailSink>,
    /// The staff of a demonstration, shown at `/demo/staff`.
    pub demo_staff: Vec<DemoStaff>,
    /// Who makes backups; nobody, and the administrator reads that none are made.
    pub keeper: Option<Arc<dyn Keeper>>,
}

/// The state of every handler.
pub struct Desk {
    /// What is done with personal data.
    pub system: System,
    /// How the site is set up.
    pub options: WebOptions,
}

/// The desk as handlers share it.
pub type Shared = Arc<Desk>;

impl Desk {
    /// A visit by nobody in particular, in that language.
    #[must_use]
    pub fn visit(&self, language: sandyq_processing::Language, here: &str) -> Visit {
        Visit {
            language,
            here: here.to_owned(),
            list_page: None,
            question: String::new(),
            token: String::new(),
            key: IdempotencyKey::random(self.system.chance()).to_string(),
            standpoint: Standpoint::Visitor,
            operator: self.system.operator().cloned(),
            prints: self
                .system
                .policy()
                .letter(LetterKind::Answer, language)
                .is_some(),
            demo: self.options.demo,
            keys: false,
            cookies: Vec::new(),
        }
    }
}
