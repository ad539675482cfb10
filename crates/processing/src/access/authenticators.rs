//! 2.2.1: with what one proves who one is – a password, and what [`super::factors`] adds to it. What is kept is sealed under the person's own key and
//! ends with the account.

use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::{Actor, Fault, Plain, Problem, SubjectId};
use sandyq_policy::Language;
use sandyq_store::tables::authenticator::{self, Authenticator};
use sandyq_store::tables::session;
use sandyq_store::{Commit, Statement};

use super::account::Account;
use super::factors::ONE_TIME;
use super::sessions::{self, Caller, SessionToken};
use super::{password, passwords};
use crate::dossier::Dossier;
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::system::System;

/// A password.
pub(super) const PASSWORD: &str = "password";

/// What one may do about one's password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordState {
    /// There is one; whoever changes it types it first.
    pub chosen: bool,
}

impl System {
    /// Whether the caller has an account, and a password for it; `None` for whoever has no account.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn my_password(&self, caller: &Caller) -> Result<Option<PasswordState>, Rejected> {
        let subject = caller.own_subject()?;
        if !self.is_account(&*self.dossier(subject).await?) {
            return Ok(None);
        }
        let chosen = self
            .authenticators(subject)
            .await?
            .iter()
            .any(|row| row.kind == PASSWORD);
        Ok(Some(PasswordState { chosen }))
    }

    /// The caller chooses a password, or another one. Every session ends; a new one begins.
    ///
    /// # Errors
    /// A mistake with `current` or `password`.
    pub async fn choose_password(
        &self,
        caller: &Caller,
        current: &Plain<String>,
        chosen: &Plain<String>,
        language: Language,
    ) -> Result<SessionToken, Rejected> {
        let subject = caller.own_subject()?;
        let account = self.own_account(subject).await?;
        let changes = account.has(PASSWORD).is_some();
        if changes {
            self.prove_again(&account, current).await?;
        }
        self.set_password(&account, chosen, language, Vec::new()).await
    }

    /// ASVS 7.5.1: the owner of an account with a password types it before a value changes.
    pub(crate) async fn prove_before_change(
        &self,
        caller: &Caller,
        current: &Plain<String>,
    ) -> Result<(), Rejected> {
        match self.own_account(caller.own_subject()?).await {
            Ok(account) if account.has(PASSWORD).is_some() => self.prove_again(&account, current).await,
            Ok(_) | Err(Rejected::NotFound) => Ok(()),
            Err(other) => Err(other),
        }
    }

    /// 6.4, ASVS 7.5.1: before everything is taken out at once, the owner of an account types the password, and whoever has
    /// none came in a short while ago by a code.
    pub(crate) async fn prove_before_archive(
        &self,
        caller: &Caller,
        current: &Plain<String>,
    ) -> Result<(), Rejected> {
        match self.own_account(caller.own_subject()?).await {
            Ok(account) if account.has(PASSWORD).is_some() => self.prove_again(&account, current).await,
            Ok(_) | Err(Rejected::NotFound) if self.came_in_lately(caller).await? => Ok(()),
            Ok(_) | Err(Rejected::NotFound) => Err(Rejected::mistake("session", Problem::Stale)),
            Err(other) => Err(other),
        }
    }

    /// The caller's account, or "there is nothing of this kind".
    pub(super) async fn own_account(&self, subject: SubjectId) -> Result<Account, Rejected> {
        let dossier = self.dossier(subject).await?;
        if !self.is_account(&dossier) {
            return Err(Rejected::NotFound);
        }
        let authenticators = self.authenticators(subject).await?;
        Ok(Account {
            dossier,
            authenticators,
        })
    }

    /// Whether a letter alone must not open the way any more: with a second proof, and with a passkey, which nobody who reads
    /// a letter has.
    pub(super) async fn has_second_proof(&self, subject: SubjectId) -> Result<bool, Rejected> {
        match self.own_account(subject).await {
            Ok(account) => Ok(account.has(ONE_TIME).is_some() || self.can_answer(&account)?),
            Err(Rejected::NotFound) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// ASVS 7.5.1: before something that could lock the owner out or let somebody else in, the password once more.
    pub(super) async fn prove_again(
        &self,
        account: &Account,
        current: &Plain<String>,
    ) -> Result<(), Rejected> {
        let now = self.now();
        let kept = account.has(PASSWORD);
        let is_paused = kept.is_some_and(|row| row.paused_until.is_some_and(|until| now < until));
        if !is_paused && self.password_fits(Some(account), current).await? {
            return Ok(());
        }
        self.account_refused(Some(account), Detail::Credentials).await?;
        Err(Rejected::mistake("current", Problem::PasswordWrong))
    }

    /// Whether that is the password. For nobody it takes as long and never fits.
    pub(super) async fn password_fits(
        &self,
        account: Option<&Account>,
        typed: &Plain<String>,
    ) -> Result<bool, Fault> {
        let kept = account.and_then(|account| Some((account, account.has(PASSWORD)?)));
        let hash = match kept {
            Some((account, row)) => Some(self.opened(&account.dossier, row)?),
            None => None,
        };
        let typed = passwords::normalized(typed);
        tokio::task::spawn_blocking(move || {
            password::matches(&typed, hash.as_ref().map(|hash| hash.expose().as_str()))
        })
        .await
        .map_err(|_| Fault::Busy("the password could not be checked".into()))?
    }

    /// The secret of an authenticator, to compare with.
    pub(super) fn opened(&self, dossier: &Dossier, row: &Authenticator) -> Result<Plain<String>, Fault> {
        self.vault().open_proof(dossier.key()?, row.id, &row.sealed)
    }

    /// The row of a new authenticator.
    pub(super) fn sealed(
        &self,
        dossier: &Dossier,
        kind: &str,
        secret: &Plain<String>,
    ) -> Result<Authenticator, Fault> {
        self.sealed_as(dossier, kind, id_of(kind), secret)
    }

    /// The row of one of several of a kind.
    pub(super) fn sealed_as(
        &self,
        dossier: &Dossier,
        kind: &str,
        id: [u8; 16],
        secret: &Plain<String>,
    ) -> Result<Authenticator, Fault> {
        Ok(Authenticator {
            subject: dossier.subject,
            id,
            kind: kind.to_owned(),
            sealed: self.vault().seal_proof(dossier.key()?, id, secret)?,
            step: 0,
            failures: 0,
            paused_until: None,
            added_at: self.now(),
            used_at: None,
        })
    }

    /// Puts a password in the place of the one before. Whoever else is in goes out (ASVS 7.4.3), and the owner is told.
    pub(super) async fn set_password(
        &self,
        account: &Account,
        chosen: &Plain<String>,
        language: Language,
        beside: Vec<Statement>,
    ) -> Result<SessionToken, Rejected> {
        let chosen = self.acceptable(account, chosen)?;
        let subject = account.dossier.subject;
        let salted = self.clone();
        let hash = tokio::task::spawn_blocking(move || password::hashed(&chosen, salted.chance()))
            .await
            .map_err(|_| Fault::Busy("the password could not be hashed".into()))??;
        let row = self.sealed(&account.dossier, PASSWORD, &Plain::new(hash))?;
        let now = self.now();
        let opening = sessions::begun(self, subject, now);
        let mut statements = beside;
        statements.extend([
            session::remove_all_of_subject(subject),
            authenticator::put(&row),
            opening.statement,
        ]);
        let mut jobs = Vec::new();
        if account.has(PASSWORD).is_some() {
            jobs.push(self.notice(subject, "password", language));
        }
        let set = self.about_account(account, Happening::AuthenticatorSet, Outcome::Done, Detail::None);
        let commit = Commit {
            subject: Some((subject, account.dossier.version)),
            statements,
            jobs,
            entries: vec![set],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        self.wake();
        Ok(opening.token)
    }

    /// The password in its one writing, if it may be chosen.
    pub(super) fn acceptable(
        &self,
        account: &Account,
        chosen: &Plain<String>,
    ) -> Result<Plain<String>, Rejected> {
        let chosen = passwords::normalized(chosen);
        let alone = account.has(ONE_TIME).is_none();
        passwords::judge(&chosen, &self.guessable(), alone)
            .map_err(|problem| Rejected::mistake("password", problem))?;
        Ok(chosen)
    }

    /// Words that anybody who attacks this site would try.
    pub(super) fn guessable(&self) -> Vec<String> {
        let operator = self.operator();
        let of_name = operator
            .into_iter()
            .flat_map(|operator| operator.name.split_whitespace());
        let of_site = operator.into_iter().flat_map(|operator| {
            operator
                .site
                .split(['/', ':', '.'])
                .filter(|word| !word.starts_with("http"))
        });
        let mut words: Vec<String> = of_name.chain(of_site).map(str::to_owned).collect();
        words.extend(["sandyq", "сандық", "сандык", "password", "құпиясөз", "пароль"].map(str::to_owned));
        words
    }

    /// An entry about somebody's account.
    pub(super) fn about_account(
        &self,
        account: &Account,
        happening: Happening,
        outcome: Outcome,
        detail: Detail,
    ) -> sandyq_ledger::entry::Entry {
        let actor = Actor::subject(account.dossier.subject);
        let mut entry = entry::of_happening(&actor, happening, outcome, detail, self);
        entry.subject = account.dossier.pseudonym;
        entry
    }
}

/// One kind has one id.
pub(super) fn id_of(kind: &str) -> [u8; 16] {
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(kind.bytes()) {
        *to = from;
    }
    id
}
