//! 2.2.1: an account's owner comes in by address and password. An address that is not known costs the same work, takes
//! the same time and gets the same answer as a password that does not fit.
//!
//! After some failures strangers are not listened to for a while; a browser in which the owner was before still is, and
//! so is whoever proves the address by a letter. Nobody can lock an owner out.

use std::net::IpAddr;

use jiff::SignedDuration;
use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::{Actor, IdempotencyKey, Plain, Problem, Role, SubjectId};
use sandyq_policy::Language;
use sandyq_store::tables::authenticator;
use sandyq_store::tables::code::{self, Code};
use sandyq_store::{Commit, Job, Statement};

use super::account::Account;
use super::authenticators::{PASSWORD, id_of};
use super::codes::{AskedForLink, wrong};
use super::factors::{ONE_TIME, used_up};
use super::sessions::{self, SessionToken};
use crate::entry;
use crate::perform::refused_commit;
use crate::queue;
use crate::rejected::Rejected;
use crate::system::System;

/// Failures in a row before strangers are not listened to for a while.
const FAILURES_MAX: u32 = 5;
/// For how long, after the first such row; twice as long after each further one.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);
/// For how long a password that was right leads on to the second proof.
const SECOND_PROOF_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// The longest pause.
const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(15);

/// Who somebody says they are, and from where.
pub struct Claim {
    /// The address.
    pub email: Plain<String>,
    /// The password.
    pub password: Plain<String>,
    /// The language read.
    pub language: Language,
    /// The place in the network.
    pub place: Option<IpAddr>,
    /// What this browser was given when its owner last came in.
    pub browser: Option<String>,
}

/// The second proof as it was typed.
pub struct SecondStep {
    /// The page on which it was typed.
    pub ticket: String,
    /// The secret of the browser in which the password was right.
    pub binding: String,
    /// A number, or a code on paper.
    pub code: Plain<String>,
    /// The language read.
    pub language: Language,
    /// The place in the network.
    pub place: Option<IpAddr>,
    /// What this browser was given when its owner last came in.
    pub browser: Option<String>,
}

/// What comes of an address and a password that belong together.
pub enum Way {
    /// The way is open.
    Open(SignedIn),
    /// A second proof is asked for on that page.
    SecondProof(AskedForLink),
}

/// Somebody is in.
pub struct SignedIn {
    /// For the cookie.
    pub session: SessionToken,
    /// For a cookie that stays: the owner was here before.
    pub browser: String,
}

impl System {
    /// Opens a session for the owner of an account, or the way to the second proof.
    ///
    /// # Errors
    /// A mistake with `email` when it is none; else with `password`, the same whatever does not fit.
    pub async fn sign_in_to_account(&self, claim: Claim) -> Result<Way, Rejected> {
        let earliest = self.unhurried();
        let signed_in = self.try_claim(claim).await;
        if signed_in.is_err() {
            earliest.await;
        }
        signed_in
    }

    async fn try_claim(&self, claim: Claim) -> Result<Way, Rejected> {
        let now = self.now();
        let email = self.email_of(&claim.email)?;
        if self.places().is_paused(claim.place, now) {
            return Err(Rejected::mistake("password", Problem::Wait));
        }
        let account = self.account_of(&email).await?;
        let fits = self.password_fits(account.as_ref(), &claim.password).await?;
        let is_known = account
            .as_ref()
            .is_some_and(|account| self.knows_browser(account.dossier.subject, claim.browser.as_deref()));
        let is_paused = account
            .as_ref()
            .and_then(|account| account.has(PASSWORD)?.paused_until)
            .is_some_and(|until| now < until && !is_known);
        let account = match account {
            Some(account) if fits && !is_paused => account,
            other => {
                let detail = if is_paused {
                    Detail::Throttled
                } else {
                    Detail::Credentials
                };
                self.places().note_failure(claim.place, now);
                self.account_refused(other.as_ref(), detail).await?;
                return Err(Rejected::mistake("password", Problem::SignIn));
            }
        };
        // 2.2.1: the policy has its say on the comparison before anything opens.
        if !self.recognises(&account.dossier, &email).await? {
            return Err(Rejected::mistake("password", Problem::SignIn));
        }
        if account.has(ONE_TIME).is_some() {
            return self.lead_to_second_proof(&account).await;
        }
        let browser = claim.browser.filter(|_| is_known);
        let used = authenticator::used(account.dossier.subject, id_of(PASSWORD), now);
        let signed_in = self
            .come_in(&account, vec![used], browser, claim.language)
            .await?;
        Ok(Way::Open(signed_in))
    }

    async fn lead_to_second_proof(&self, account: &Account) -> Result<Way, Rejected> {
        let mut ticket = [0; 16];
        self.chance().fill(&mut ticket);
        let until = self.now() + SECOND_PROOF_WITHIN;
        let proof = code::insert(&Code {
            expires_at: until,
            ..self.code_of_nobody(account.dossier.subject, ticket, queue::SECOND)
        });
        let commit = Commit {
            statements: vec![proof],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        let ticket = hex::encode(ticket);
        let binding = self.binding(&ticket);
        Ok(Way::SecondProof(AskedForLink { ticket, binding }))
    }

    /// The second proof of somebody whose password was right a moment ago, in this browser.
    ///
    /// # Errors
    /// A mistake with `code`.
    pub async fn sign_in_by_second_proof(&self, step: SecondStep) -> Result<SignedIn, Rejected> {
        let id = self.bound_ticket(&step.ticket, &step.binding)?;
        let now = self.now();
        if self.places().is_paused(step.place, now) {
            return Err(Rejected::mistake("code", Problem::Wait));
        }
        let known = self.code_of(id, queue::SECOND).await?;
        self.count_attempt(&known).await?;
        let account = self.own_account(known.subject).await.map_err(|_| wrong())?;
        let proof = self.second_proof(&account, &step.code).await;
        if proof.is_err() {
            self.places().note_failure(step.place, now);
        }
        let mut statements = proof?;
        statements.extend([
            code::spend(known.subject, id, now),
            authenticator::used(known.subject, id_of(PASSWORD), now),
        ]);
        let browser = step
            .browser
            .filter(|browser| self.knows_browser(known.subject, Some(browser)));
        self.come_in(&account, statements, browser, step.language).await
    }

    /// Everything is proven: a session, and a letter when the browser was not here before.
    pub(super) async fn come_in(
        &self,
        account: &Account,
        beside: Vec<Statement>,
        browser: Option<String>,
        language: Language,
    ) -> Result<SignedIn, Rejected> {
        let subject = account.dossier.subject;
        let jobs = match &browser {
            Some(_) => Vec::new(),
            None => vec![self.notice(subject, "signed-in", language)],
        };
        let session = self.open_way(account, beside, jobs).await?;
        let browser = browser.unwrap_or_else(|| self.new_browser(subject));
        Ok(SignedIn { session, browser })
    }

    /// Begins a session; using an account moves the day on which it ends (8).
    async fn open_way(
        &self,
        account: &Account,
        beside: Vec<Statement>,
        jobs: Vec<Job>,
    ) -> Result<SessionToken, Rejected> {
        let now = self.now();
        let dossier = &account.dossier;
        let opening = sessions::begun(self, dossier.subject, now);
        let mut statements = beside;
        statements.push(opening.statement);
        let moves = self.is_relation(dossier, now);
        if moves {
            statements.extend(self.relation_used(dossier, now)?);
        }
        let commit = Commit {
            subject: Some((dossier.subject, dossier.version)),
            moves,
            statements,
            jobs,
            entries: vec![self.about_account(account, Happening::SignedIn, Outcome::Done, Detail::None)],
            ..Commit::default()
        };
        let committed = self.commit_about(dossier.subject, commit).await;
        committed.map_err(used_up)?;
        self.wake();
        Ok(opening.token)
    }

    /// A way in was refused: for an account it counts; for nobody as much is written, and touches nobody.
    pub(super) async fn account_refused(
        &self,
        account: Option<&Account>,
        detail: Detail,
    ) -> Result<(), Rejected> {
        let refused = match account {
            Some(account) => self.about_account(account, Happening::SignInRefused, Outcome::Refused, detail),
            None => {
                let site = Actor::system(Role::SITE);
                entry::of_happening(&site, Happening::SignInRefused, Outcome::Refused, detail, self)
            }
        };
        let failures = account
            .and_then(|account| account.has(PASSWORD))
            .map_or(0, |row| row.failures);
        let subject = match account {
            Some(account) => account.dossier.subject,
            None => SubjectId::random(self.chance()),
        };
        let pause = pause_after(failures + 1).map(|pause| self.now() + pause);
        let commit = Commit {
            statements: vec![authenticator::count_failure(subject, id_of(PASSWORD), pause)],
            entries: vec![refused],
            ..Commit::default()
        };
        self.commit_alone(commit).await
    }

    /// What a browser keeps in which an owner came in: a random number with our seal on it.
    fn new_browser(&self, subject: SubjectId) -> String {
        let number = IdempotencyKey::random(self.chance()).to_string();
        let seal = self.browser_seal(subject, &number);
        format!("{number}.{seal}")
    }

    /// Whether that owner came in by that browser before.
    pub(super) fn knows_browser(&self, subject: SubjectId, browser: Option<&str>) -> bool {
        browser
            .and_then(|browser| browser.split_once('.'))
            .is_some_and(|(number, seal)| {
                sandyq_store::vault::equal(self.browser_seal(subject, number).as_bytes(), seal.as_bytes())
            })
    }

    fn browser_seal(&self, subject: SubjectId, number: &str) -> String {
        let scope = [b"browser ", &subject.as_bytes()[..], number.as_bytes()].concat();
        hex::encode(self.vault().form_hash(&scope).as_bytes())
    }
}

/// How long strangers are not listened to after so many failures in a row.
fn pause_after(failures: u32) -> Option<SignedDuration> {
    if failures == 0 || !failures.is_multiple_of(FAILURES_MAX) {
        return None;
    }
    let doubled = failures / FAILURES_MAX - 1;
    let factor = 1_i32.checked_shl(doubled.min(16)).unwrap_or(i32::MAX);
    Some((PAUSE * factor).min(PAUSE_MAX))
}
