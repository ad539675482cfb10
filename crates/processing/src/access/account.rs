//! 1.1.3: accounts. Somebody has one when they registered, confirmed the address by a code, and did not withdraw. Who has
//! one is told to nobody: whoever asks about an address gets one answer, after the same time, with the same work.

use std::sync::Arc;

use sandyq_model::value::{self, Context, ValueKind};
use sandyq_model::{Category, Fault, Field, Plain, Standing, SubjectId, time};
use sandyq_policy::Language;
use sandyq_policy::declarations::Service;
use sandyq_store::tables::authenticator::{self, Authenticator, PASSKEY};
use sandyq_store::tables::code::{self, Code};
use sandyq_store::{Commit, Committed};

use crate::dossier::Dossier;
use crate::once::SentUnder;
use crate::perform::refused_commit;
use crate::queue;
use crate::rejected::Rejected;
use crate::service::{Submission, Taken};
use crate::system::System;

/// So many people with one address are looked at.
const NAMESAKES_MAX: usize = 200;
/// Letters of one kind to one person in an hour.
const LETTERS_PER_HOUR_MAX: u64 = 5;

/// Somebody with an account.
pub(super) struct Account {
    /// What is known of them.
    pub dossier: Arc<Dossier>,
    /// With what they prove who they are.
    pub authenticators: Vec<Authenticator>,
}

impl Account {
    /// The authenticator of that kind.
    pub fn has(&self, kind: &str) -> Option<&Authenticator> {
        self.authenticators.iter().find(|row| row.kind == kind)
    }

    /// The passkeys; there may be several.
    pub fn passkeys(&self) -> impl Iterator<Item = &Authenticator> {
        self.authenticators.iter().filter(|row| row.kind == PASSKEY)
    }
}

impl System {
    /// The people with that value in that field; the one place that asks.
    pub(crate) async fn people_with(
        &self,
        field: Field,
        folded: &Plain<String>,
    ) -> Result<Vec<SubjectId>, Fault> {
        let token = self.vault().blind_index(field, folded);
        self.store().subjects_with(field, token, NAMESAKES_MAX).await
    }

    /// The account with that address; of several that an older program let be, the first.
    pub(super) async fn account_of(&self, email: &Plain<String>) -> Result<Option<Account>, Fault> {
        let Some(field) = self.policy().field_named("email") else {
            return Ok(None);
        };
        let mut found: Vec<Arc<Dossier>> = Vec::new();
        for subject in self
            .people_with(field, &value::folded(ValueKind::Email, email))
            .await?
        {
            let dossier = self.dossier(subject).await?;
            if self.is_account(&dossier) {
                found.push(dossier);
            }
        }
        let order = |dossier: &Arc<Dossier>| {
            let record = dossier.records.iter().find(|record| record.field == field);
            record.map(|record| record.confirmed_at)
        };
        let Some(dossier) = found.into_iter().min_by_key(order) else {
            return Ok(None);
        };
        let authenticators = self.authenticators(dossier.subject).await?;
        Ok(Some(Account {
            dossier,
            authenticators,
        }))
    }

    /// With what a subject proves who they are.
    pub(crate) async fn authenticators(&self, subject: SubjectId) -> Result<Vec<Authenticator>, Fault> {
        self.store()
            .read(move |reader| authenticator::of_subject(reader, subject))
            .await
    }

    /// What was typed as an address, in its one writing.
    pub(super) fn email_of(&self, typed: &Plain<String>) -> Result<Plain<String>, Rejected> {
        let context = Context {
            today: time::day_in_kazakhstan(self.now()),
            in_kazakhstan: false,
        };
        value::parse(ValueKind::Email, typed, context).map_err(|problem| Rejected::mistake("email", problem))
    }

    /// Whose account has that address already.
    pub(crate) async fn is_taken(&self, email: &Plain<String>) -> Result<Option<SubjectId>, Fault> {
        let account = self.account_of(email).await?;
        Ok(account.map(|account| account.dossier.subject))
    }

    /// 1.1.3-c: somebody registers with an address that has an account. The page is the same, with a code that nobody
    /// has; nothing of what was typed is kept, and the owner is told by letter.
    pub(crate) async fn answer_as_new(
        &self,
        owner: SubjectId,
        submission: &Submission,
        until: jiff::Timestamp,
        sent: SentUnder,
    ) -> Result<Taken, Rejected> {
        let now = self.now();
        let mut ticket = [0; 16];
        self.chance().fill(&mut ticket);
        let mut commit = Commit {
            statements: vec![code::insert(&self.code_of_nobody(owner, ticket, queue::CONFIRMS))],
            once: Some(sent.answered(hex::encode(ticket).into_bytes())),
            ..Commit::default()
        };
        if self.may_write_to(owner, queue::CONFIRMS).await? {
            let detail = submission.language.tag();
            commit
                .jobs
                .push(queue::task(self, owner, queue::SEND_KNOWN, now, detail));
        }
        let ticket = match self.store().commit(commit).await.map_err(refused_commit)? {
            Committed::Done { .. } => hex::encode(ticket),
            Committed::Already(answer) => String::from_utf8(answer).unwrap_or_default(),
        };
        self.wake();
        Ok(Taken {
            binding: self.binding(&ticket),
            ticket,
            until,
            represented: false,
        })
    }

    /// A code that no letter holds: it is counted and expires like any other, and nothing fits it.
    pub(super) fn code_of_nobody(&self, subject: SubjectId, ticket: [u8; 16], serves: &str) -> Code {
        let now = self.now();
        let mut hash = [0; 32];
        self.chance().fill(&mut hash);
        let until = now + jiff::SignedDuration::from_mins(i64::from(queue::code_minutes(self)));
        Code {
            hash,
            ..queue::unsent_code(subject, ticket, serves, now, until)
        }
    }

    /// Whether somebody may be sent one more letter of that kind this hour.
    pub(super) async fn may_write_to(&self, subject: SubjectId, serves: &'static str) -> Result<bool, Fault> {
        let since = self.now() - jiff::SignedDuration::from_hours(1);
        let sent = self
            .store()
            .read(move |reader| code::sent_since(reader, subject, serves, since))
            .await?;
        Ok(sent < LETTERS_PER_HOUR_MAX)
    }

    /// Whether a service makes an account.
    pub(crate) fn opens_account(service: &Service) -> bool {
        service.category == Category::Registered && service.case.is_none()
    }

    /// A letter about one's own account, to be sent by the queue.
    pub(super) fn notice(&self, subject: SubjectId, notice: &str, language: Language) -> sandyq_store::Job {
        let detail = format!("{notice} {}", language.tag());
        queue::task(self, subject, queue::SEND_NOTICE, self.now(), &detail)
    }

    /// Whether that is somebody with an account, now: the consent on which it rests stands, and nobody closed it.
    pub(super) fn is_account(&self, dossier: &Dossier) -> bool {
        dossier.standing() == Some(Standing::Active)
            && dossier.row.as_ref().is_some_and(|row| row.withdrawn_at.is_none())
            && self.account_consent(dossier).is_some()
    }
}
