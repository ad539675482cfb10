//! 6.2, 1.1.3-c: the address of an account changes when a code that went to the new one was typed in. Until then the new
//! address is kept nowhere: it travels in the form, under our seal.

use sandyq_model::act::Use;
use sandyq_model::{Actor, FieldSet, IdempotencyKey, Operation, Plain, Role, SubjectId};
use sandyq_policy::Language;
use sandyq_store::Commit;
use sandyq_store::tables::code::{self, Code};

use super::account::Account;
use super::authenticators::PASSWORD;
use super::codes::wrong;
use super::sessions::Caller;
use crate::circumstances::Circumstances;
use crate::perform::refused_commit;
use crate::ports::{Delivery, Letter, Message, Notice};
use crate::queue;
use crate::rejected::Rejected;
use crate::system::System;
use crate::usage::Usage;

/// A new address that waits for its code.
pub struct NewAddress {
    /// The code's ticket.
    pub ticket: String,
    /// The address in its one writing.
    pub email: Plain<String>,
    /// Our seal on ticket and address.
    pub seal: String,
}

impl System {
    /// Whether the caller's address opens an account, so that another one takes a code.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn address_takes_code(&self, caller: &Caller) -> Result<bool, Rejected> {
        let subject = caller.own_subject()?;
        Ok(self.is_account(&*self.dossier(subject).await?))
    }

    /// Sends a code to a new address. One that has an account gets a word about it instead, and the answer is the same.
    ///
    /// # Errors
    /// A mistake with `current` or `email`.
    pub async fn propose_address(
        &self,
        caller: &Caller,
        current: &Plain<String>,
        typed: &Plain<String>,
        language: Language,
    ) -> Result<NewAddress, Rejected> {
        let account = self.own_account(caller.own_subject()?).await?;
        let email = self.email_of(typed)?;
        if account.has(PASSWORD).is_some() {
            self.prove_again(&account, current).await?;
        }
        let earliest = self.unhurried();
        let subject = account.dossier.subject;
        let mut id = [0; 16];
        self.chance().fill(&mut id);
        let owner = self.is_taken(&email).await?.filter(|owner| *owner != subject);
        let digits = queue::new_code(self);
        let row = match owner {
            Some(_) => self.code_of_nobody(subject, id, queue::ADDRESS),
            None => Code {
                hash: *self
                    .vault()
                    .code_hash(subject, queue::ADDRESS, &digits)
                    .as_bytes(),
                ..self.code_of_nobody(subject, id, queue::ADDRESS)
            },
        };
        let may_write = self.may_write_to(subject, queue::ADDRESS).await?;
        let mut commit = Commit {
            statements: vec![code::insert(&row)],
            ..Commit::default()
        };
        let ticket = hex::encode(id);
        match owner {
            Some(owner) if may_write => commit.jobs.push(queue::task(
                self,
                owner,
                queue::SEND_KNOWN,
                self.now(),
                language.tag(),
            )),
            None if may_write => {
                self.mail_code(&account, (&email, digits), &ticket, language)
                    .await?
            }
            _ => {}
        }
        self.store().commit(commit).await.map_err(refused_commit)?;
        self.wake();
        earliest.await;
        let seal = self.address_seal(subject, &ticket, &email);
        Ok(NewAddress { ticket, email, seal })
    }

    /// 2.2.1: an address in hand is used for one letter, which the policy decides on and the ledger holds.
    async fn mail_code(
        &self,
        account: &Account,
        to: (&Plain<String>, Plain<String>),
        ticket: &str,
        language: Language,
    ) -> Result<(), Rejected> {
        let (email, code) = to;
        let known = account.dossier.known()?;
        let field = self.policy().field_named("email").ok_or(Rejected::NotFound)?;
        let key = IdempotencyKey::random(self.chance());
        let mailer = Actor::system(Role::MAILER);
        let operation: Operation<Use> = Operation::new(mailer, known.id, known.category, self.now(), key)
            .on(FieldSet::only(field))
            .for_purpose(queue::identification(known.category));
        self.perform(&operation, &Circumstances::SYSTEM, &Usage::InHand)
            .await?;
        self.send_aside(Letter {
            to: email.clone(),
            language,
            message: Message::AddressCode {
                code,
                ticket: ticket.to_owned(),
                minutes: queue::code_minutes(self),
            },
            return_path: None,
        });
        Ok(())
    }

    /// Sends a letter whose address is kept nowhere, without letting the caller wait: how long a mail server takes would
    /// tell whether there was a letter.
    fn send_aside(&self, letter: Letter) {
        let system = self.clone();
        tokio::spawn(async move {
            if system.post().send(letter).await.ok() != Some(Delivery::Done) {
                tracing::warn!(
                    "a letter to a new address could not be sent; its code can be asked for again"
                );
            }
        });
    }

    /// The code was typed in: the account has the new address. The old one is told, and other sessions end.
    ///
    /// # Errors
    /// A mistake with `code`.
    pub async fn change_address(
        &self,
        caller: &Caller,
        new: &NewAddress,
        typed: &Plain<String>,
        sent: (Language, IdempotencyKey),
    ) -> Result<(), Rejected> {
        let (language, key) = sent;
        let subject = caller.own_subject()?;
        let seal = self.address_seal(subject, &new.ticket, &new.email);
        if !sandyq_store::vault::equal(seal.as_bytes(), new.seal.as_bytes()) {
            return Err(wrong());
        }
        let account = self.own_account(subject).await?;
        let mut id = [0; 16];
        hex::decode_to_slice(&new.ticket, &mut id).map_err(|_| wrong())?;
        let known = self.code_of(id, queue::ADDRESS).await?;
        if known.subject != subject {
            return Err(wrong());
        }
        self.check_code(&known, typed).await?;
        let _one = self.one_account_at_a_time().await;
        if self
            .is_taken(&new.email)
            .await?
            .is_some_and(|owner| owner != subject)
        {
            return Err(wrong());
        }
        let old = queue::own_address(self, subject, account.dossier.known()?.category).await?;
        let spent = Commit {
            statements: vec![code::spend(subject, id, self.now())],
            ..Commit::default()
        };
        self.store().commit(spent).await.map_err(refused_commit)?;
        self.clarify(caller, "email", &new.email, key).await?;
        self.end_session(caller, None).await?;
        self.send_aside(Letter {
            to: old,
            language,
            message: Message::AccountNotice {
                notice: Notice::Address,
            },
            return_path: None,
        });
        Ok(())
    }

    fn address_seal(&self, subject: SubjectId, ticket: &str, email: &Plain<String>) -> String {
        let scope = Plain::new(format!("new address {subject} {ticket} {}", email.expose()));
        hex::encode(self.vault().form_hash(scope.expose().as_bytes()).as_bytes())
    }
}
