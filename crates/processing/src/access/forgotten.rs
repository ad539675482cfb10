//! 2.2.1: a forgotten password. A letter with a code goes to the address of an account; for every other address the same
//! is written, and no letter goes out. The proof of the address lets one choose a new password and nothing else.

use jiff::SignedDuration;
use sandyq_model::{Plain, Problem, SubjectId};
use sandyq_policy::Language;
use sandyq_store::Commit;
use sandyq_store::tables::code;

use super::account::Account;
use super::codes::{AskedForLink, wrong};
use super::factors::ONE_TIME;
use super::passkeys::Assertion;
use super::sessions::SessionToken;
use crate::perform::refused_commit;
use crate::queue;
use crate::rejected::Rejected;
use crate::system::System;

/// Minutes within which a proven owner chooses a new password.
const CHOOSING_MINUTES: i64 = 15;

/// A new password of somebody who proved the address.
pub struct Reset {
    /// The page on which it was typed.
    pub ticket: String,
    /// The secret of the browser in which the address was proven.
    pub binding: String,
    /// The new password.
    pub password: Plain<String>,
    /// A number or a code on paper, where there is a second proof.
    pub second_proof: Plain<String>,
    /// What a passkey answered in its place, and the token of the page.
    pub passkey: Option<(Assertion, String)>,
    /// The language read.
    pub language: Language,
}

/// With what a proven owner chooses a new password. One of them is enough; where there is neither, the letter was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResetTakes {
    /// A number or a code on paper.
    pub number: bool,
    /// An answer of a passkey.
    pub passkey: bool,
}

impl System {
    /// Asks for the letter. The answer is the same for everybody.
    ///
    /// # Errors
    /// A mistake with `email` when it is no address.
    pub async fn ask_for_reset(
        &self,
        email: &Plain<String>,
        language: Language,
    ) -> Result<AskedForLink, Rejected> {
        let email = self.email_of(email)?;
        let earliest = self.unhurried();
        let owner = match self.account_of(&email).await? {
            Some(account) => {
                let subject = account.dossier.subject;
                self.may_write_to(subject, queue::RESETS)
                    .await?
                    .then_some(subject)
            }
            None => None,
        };
        let mut ticket = [0; 16];
        self.chance().fill(&mut ticket);
        // For nobody there is as much to write, about an id that nobody has: the work finds nobody to write to.
        let subject = owner.unwrap_or_else(|| SubjectId::random(self.chance()));
        let now = self.now();
        let detail = format!("{} {language}", hex::encode(ticket));
        let mut statements = Vec::new();
        match owner {
            Some(owner) => statements.push(code::insert(&self.code_of_nobody(owner, ticket, queue::RESETS))),
            None => self.note_nobody(ticket),
        }
        let commit = Commit {
            statements,
            jobs: vec![queue::task(self, subject, queue::SEND_CODE, now, &detail)],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        self.wake();
        earliest.await;
        let ticket = hex::encode(ticket);
        let binding = self.binding(&ticket);
        Ok(AskedForLink { ticket, binding })
    }

    /// The address is proven by the code: for some minutes a new password can be chosen, in this browser.
    ///
    /// # Errors
    /// A mistake with `code`.
    pub async fn prove_for_reset(
        &self,
        ticket: &str,
        binding: &str,
        typed: &Plain<String>,
    ) -> Result<AskedForLink, Rejected> {
        let id = self.bound_ticket(ticket, binding)?;
        let earliest = self.unhurried();
        let proven = self.proven_owner(id, typed).await;
        if proven.is_err() {
            earliest.await;
        }
        let subject = proven?;
        let mut next = [0; 16];
        self.chance().fill(&mut next);
        let now = self.now();
        let choosing = code::insert(&code::Code {
            expires_at: now + SignedDuration::from_mins(CHOOSING_MINUTES),
            ..self.code_of_nobody(subject, next, queue::CHOOSES)
        });
        let commit = Commit {
            statements: vec![code::spend(subject, id, now), choosing],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        let ticket = hex::encode(next);
        let binding = self.binding(&ticket);
        Ok(AskedForLink { ticket, binding })
    }

    async fn proven_owner(&self, id: [u8; 16], typed: &Plain<String>) -> Result<SubjectId, Rejected> {
        let known = self.code_of(id, queue::RESETS).await?;
        self.check_code(&known, typed).await?;
        Ok(known.subject)
    }

    /// What a new password of the proven owner takes beside the letter (ASVS 6.4.3).
    ///
    /// # Errors
    /// A mistake with `code` in another browser.
    pub async fn reset_takes(&self, ticket: &str, binding: &str) -> Result<ResetTakes, Rejected> {
        let id = self.bound_ticket(ticket, binding)?;
        let known = self.code_of(id, queue::CHOOSES).await?;
        self.taken_from(&self.own_account(known.subject).await.map_err(|_| wrong())?)
    }

    fn taken_from(&self, account: &Account) -> Result<ResetTakes, Rejected> {
        Ok(ResetTakes {
            number: account.has(ONE_TIME).is_some(),
            passkey: self.can_answer(account)?,
        })
    }

    /// The proven owner chooses a new password: every session ends, and one begins.
    ///
    /// # Errors
    /// A mistake with `password`, or with `code` when the time is over or the second proof is not right.
    pub async fn reset_password(&self, reset: Reset) -> Result<SessionToken, Rejected> {
        let id = self.bound_ticket(&reset.ticket, &reset.binding)?;
        let known = self.code_of(id, queue::CHOOSES).await?;
        let now = self.now();
        if known.used_at.is_some() || known.expires_at <= now {
            return Err(Rejected::mistake("code", Problem::Stale));
        }
        let account = self.own_account(known.subject).await.map_err(|_| wrong())?;
        self.acceptable(&account, &reset.password)?;
        self.count_attempt(&known).await?;
        let mut beside = match &reset.passkey {
            Some((assertion, token)) => self.passkey_proof(&account, assertion, token).await?,
            None => match self.taken_from(&account)? {
                ResetTakes {
                    number: false,
                    passkey: true,
                } => return Err(Rejected::mistake("passkey", Problem::Passkey)),
                _ => self.second_proof(&account, &reset.second_proof).await?,
            },
        };
        beside.push(code::spend(known.subject, id, now));
        self.set_password(&account, &reset.password, reset.language, beside)
            .await
    }
}
