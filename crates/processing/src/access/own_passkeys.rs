//! 2.2.1: the passkeys of an account. Its owner adds one after a password, gives it a name, and takes it away; one of them
//! alone opens the way, because the device verified its owner before it signed. What is kept is sealed under the owner's own
//! key; it is found by a keyed hash of what the device calls it, and by nothing else.

use std::net::IpAddr;

use jiff::Timestamp;
use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::value::{self, Context, ValueKind};
use sandyq_model::{Actor, Fault, Plain, Problem, Role, SubjectId, time};
use sandyq_policy::Language;
use sandyq_store::tables::authenticator::{self, Authenticator, PASSKEY};
use sandyq_store::tables::code::{self, Code};
use sandyq_store::{Commit, CommitError, Statement};
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::authenticators::PASSWORD;
use super::factors::{Change, ONE_TIME};
use super::passkeys::{Assertion, Attestation, Ceremony, Credential, Heard, Made, RelyingParty, Unfit};
use super::sessions::{Caller, SessionToken};
use super::signing_in::SignedIn;
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::system::System;

/// So many passkeys has one account.
pub const PASSKEYS_MAX: usize = 10;
/// The longest name of one, in characters.
pub const PASSKEY_NAME_LENGTH_MAX: usize = 60;

/// What a challenge serves: opening the way, here or to a new password.
const OPENS: &str = "open";
/// What a challenge serves: a passkey that is made.
const ADDS: &str = "add";
/// What a challenge that was answered is noted as.
const ANSWERED: &str = "passkey";

/// One passkey, as its owner sees it.
#[derive(Clone, Debug)]
pub struct OwnPasskey {
    /// What it is called in addresses: it opens nothing.
    pub id: String,
    /// The name that its owner gave it.
    pub name: Plain<String>,
    /// Since when.
    pub since: Timestamp,
    /// When it last opened the way.
    pub used_at: Option<Timestamp>,
}

/// The passkeys of an account, and what there can be.
#[derive(Clone, Debug)]
pub struct OwnPasskeys {
    /// Those that there are, the oldest first.
    pub list: Vec<OwnPasskey>,
    /// The name of the site that they belong to; nothing where it can have none.
    pub site: Option<String>,
    /// The address under which this site has passkeys.
    pub origin: Option<String>,
    /// Whether one more takes the second proof as well.
    pub asks_second: bool,
}

/// What a page asks of a passkey.
#[derive(Clone, Debug)]
pub struct PasskeyAsked {
    /// What is to be signed, in base64url.
    pub challenge: String,
    /// The name of the site that passkeys belong to.
    pub site: String,
    /// The address under which this site has passkeys.
    pub origin: String,
}

/// What a page asks a device to make.
#[derive(Clone, Debug)]
pub struct PasskeyProposed {
    /// What is to be answered, and for which site.
    pub asked: PasskeyAsked,
    /// What the device knows the owner by, in base64url: it says nothing to anybody else.
    pub handle: String,
    /// The name that the owner gave it.
    pub name: Plain<String>,
    /// Passkeys that there are, in base64url: a device that has one of them makes no other.
    pub known: Vec<String>,
}

/// An answer of a passkey, and from where.
pub struct PasskeyClaim {
    /// The answer.
    pub assertion: Assertion,
    /// The token of the page: of this browser alone.
    pub token: String,
    /// The language read.
    pub language: Language,
    /// The place in the network.
    pub place: Option<IpAddr>,
    /// What this browser was given when its owner last came in.
    pub browser: Option<String>,
}

/// What is kept of a passkey.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) credential: Credential,
}

impl System {
    /// What a page asks of a passkey, in the browser that holds the token; `None` where this site can have none.
    #[must_use]
    pub fn passkey_asked(&self, token: &str) -> Option<PasskeyAsked> {
        let party = self.relying_party()?;
        let challenge = self
            .ceremony(&party, OPENS, token)
            .challenge(self.chance(), self.now());
        Some(asked(party, challenge))
    }

    /// The caller's passkeys; `None` for whoever has no account with a password.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn my_passkeys(&self, caller: &Caller) -> Result<Option<OwnPasskeys>, Rejected> {
        let account = match self.own_account(caller.own_subject()?).await {
            Ok(account) if account.has(PASSWORD).is_some() => account,
            Ok(_) | Err(Rejected::NotFound) => return Ok(None),
            Err(other) => return Err(other),
        };
        let mut list = Vec::new();
        for row in account.passkeys() {
            list.push(OwnPasskey {
                id: hex::encode(row.id),
                name: Plain::new(self.kept(&account, row)?.name),
                since: row.added_at,
                used_at: row.used_at,
            });
        }
        let asks_second = account.has(ONE_TIME).is_some();
        Ok(Some(self.listed(list, asks_second)))
    }

    /// Those that there are, and what there can be.
    pub(super) fn listed(&self, mut list: Vec<OwnPasskey>, asks_second: bool) -> OwnPasskeys {
        list.sort_by_key(|passkey| passkey.since);
        let (site, origin) = self.relying_party().map(|party| (party.id, party.origin)).unzip();
        OwnPasskeys {
            list,
            site,
            origin,
            asks_second,
        }
    }

    /// ASVS 7.5.1: after the password, and the second proof where there is one, a device may make a passkey for the caller.
    ///
    /// # Errors
    /// A mistake with `name`, `current` or `code`; "not found" where there can be none, or there are enough.
    pub async fn propose_passkey(
        &self,
        caller: &Caller,
        name: &Plain<String>,
        current: &Plain<String>,
        code: &Plain<String>,
    ) -> Result<PasskeyProposed, Rejected> {
        let account = self.own_account(caller.own_subject()?).await?;
        let party = self.relying_party().ok_or(Rejected::NotFound)?;
        if account.has(PASSWORD).is_none() || account.passkeys().count() >= PASSKEYS_MAX {
            return Err(Rejected::NotFound);
        }
        let name = self.name_of(name)?;
        self.prove_again(&account, current).await?;
        let used = self.second_proof(&account, code).await?;
        if !used.is_empty() {
            let commit = Commit {
                statements: used,
                ..Commit::default()
            };
            self.store()
                .commit(commit)
                .await
                .map_err(super::factors::used_up)?;
        }
        self.proposed_of_device(&account, self.asked_to_make(party, ADDS, caller), name)
    }

    /// What is asked of a device that is to make a passkey for the caller.
    pub(super) fn asked_to_make(
        &self,
        party: RelyingParty,
        serves: &'static str,
        caller: &Caller,
    ) -> PasskeyAsked {
        let challenge = self
            .ceremony(&party, serves, &caller.csrf)
            .challenge(self.chance(), self.now());
        asked(party, challenge)
    }

    /// The same once more, with the name that was typed: the challenge says that what comes before it was right a short while ago.
    ///
    /// # Errors
    /// A mistake with `name`, or with `passkey` when it was too long ago; "not found" where there can be none.
    pub(super) fn asked_before(
        &self,
        (serves, caller): (&'static str, &Caller),
        name: &Plain<String>,
        challenge: &str,
    ) -> Result<(PasskeyAsked, Plain<String>), Rejected> {
        let party = self.relying_party().ok_or(Rejected::NotFound)?;
        let name = self.name_of(name)?;
        self.ceremony(&party, serves, &caller.csrf)
            .awaits(challenge, self.now())
            .map_err(unfit)?;
        Ok((asked(party, challenge.to_owned()), name))
    }

    /// What a device made for the caller, with what is kept of it in the form in which it is sealed.
    ///
    /// # Errors
    /// As [`System::asked_before`].
    pub(super) fn made_by_device(
        &self,
        (serves, caller): (&'static str, &Caller),
        name: &Plain<String>,
        made: &Attestation,
    ) -> Result<(Made, Plain<String>), Rejected> {
        let party = self.relying_party().ok_or(Rejected::NotFound)?;
        let name = self.name_of(name)?;
        let made = self
            .ceremony(&party, serves, &caller.csrf)
            .made(made, self.now())
            .map_err(unfit)?;
        let kept = Kept {
            name: name.expose().clone(),
            credential: made.credential.clone(),
        };
        let written = serde_json::to_string(&kept).map_err(|_| not_read())?;
        Ok((made, Plain::new(written)))
    }

    /// The same once more, to be shown again: the challenge says that the password was right a short while ago.
    ///
    /// # Errors
    /// A mistake with `passkey` when it was too long ago.
    pub async fn proposed_passkey(
        &self,
        caller: &Caller,
        name: &Plain<String>,
        challenge: &str,
    ) -> Result<PasskeyProposed, Rejected> {
        let account = self.own_account(caller.own_subject()?).await?;
        let (asked, name) = self.asked_before((ADDS, caller), name, challenge)?;
        self.proposed_of_device(&account, asked, name)
    }

    fn proposed_of_device(
        &self,
        account: &Account,
        asked: PasskeyAsked,
        name: Plain<String>,
    ) -> Result<PasskeyProposed, Rejected> {
        let mut known = Vec::new();
        for row in account.passkeys() {
            known.push(self.kept(account, row)?.credential.id);
        }
        Ok(PasskeyProposed {
            asked,
            handle: self.handle_of(account.dossier.subject),
            name,
            known,
        })
    }

    /// The device made a passkey: from now on it opens the caller's account. Other sessions end, and the owner is told.
    ///
    /// # Errors
    /// A mistake with `passkey`, or with `name`.
    pub async fn set_passkey(
        &self,
        caller: &Caller,
        name: &Plain<String>,
        made: &Attestation,
        language: Language,
    ) -> Result<SessionToken, Rejected> {
        let account = self.own_account(caller.own_subject()?).await?;
        let (made, written) = self.made_by_device((ADDS, caller), name, made)?;
        if account.passkeys().count() >= PASSKEYS_MAX {
            return Err(Rejected::NotFound);
        }
        let row = Authenticator {
            step: u64::from(made.counter),
            ..self.sealed_as(&account.dossier, PASSKEY, self.passkey_id(&made.id), &written)?
        };
        let subject = account.dossier.subject;
        let before = u64::try_from(account.authenticators.len()).unwrap_or(u64::MAX);
        let change = Change {
            happening: Happening::AuthenticatorSet,
            notice: "passkey-added",
            statements: vec![
                // Of two that are made at the same time, one is first.
                authenticator::are_still(subject, before),
                authenticator::add(&row),
                code::spend_once(&self.note_of(subject, made.challenge)),
            ],
        };
        self.changed(&account, change, language).await.map_err(not_new)
    }

    /// The caller takes a passkey away, with the password. Other sessions end, and the owner is told.
    ///
    /// # Errors
    /// A mistake with `current`; "not found" when the caller has none of that name.
    pub async fn remove_passkey(
        &self,
        caller: &Caller,
        id: &str,
        current: &Plain<String>,
        language: Language,
    ) -> Result<SessionToken, Rejected> {
        let account = self.own_account(caller.own_subject()?).await?;
        let row = account
            .passkeys()
            .find(|row| hex::encode(row.id) == id)
            .ok_or(Rejected::NotFound)?;
        self.prove_again(&account, current).await?;
        let change = Change {
            happening: Happening::AuthenticatorRemoved,
            notice: "passkey-removed",
            statements: vec![authenticator::take_away(row.subject, row.id)],
        };
        self.changed(&account, change, language).await.map_err(not_new)
    }

    /// Opens a session for the owner of the passkey that answered. A passkey is both proofs at once.
    ///
    /// # Errors
    /// A mistake with `passkey`, the same whatever does not fit.
    pub async fn sign_in_by_passkey(&self, claim: PasskeyClaim) -> Result<SignedIn, Rejected> {
        let earliest = self.unhurried();
        let signed_in = self.try_passkey(claim).await;
        if signed_in.is_err() {
            earliest.await;
        }
        signed_in
    }

    async fn try_passkey(&self, claim: PasskeyClaim) -> Result<SignedIn, Rejected> {
        let now = self.now();
        let party = self.relying_party().ok_or(Rejected::NotFound)?;
        if self.places().is_paused(claim.place, now) {
            return Err(Rejected::mistake("passkey", Problem::Wait));
        }
        let ceremony = self.ceremony(&party, OPENS, &claim.token);
        let heard = match ceremony.heard(&claim.assertion, now) {
            Err(Unfit::Late) => return Err(unfit(Unfit::Late)),
            heard => heard.ok(),
        };
        let account = match &heard {
            Some(heard) => self.holder_of(self.passkey_id(&heard.id)).await?,
            None => None,
        };
        let proven = match (&account, &heard) {
            (Some(account), Some(heard)) => self.answer_fits(account, &ceremony, heard)?,
            _ => None,
        };
        let (Some(account), Some(statements)) = (&account, proven) else {
            self.places().note_failure(claim.place, now);
            let tried = heard.map(|heard| self.passkey_id(&heard.id));
            self.passkey_refused(account.as_ref(), tried).await?;
            return Err(unfit(Unfit::Wrong));
        };
        // 2.2.1: the policy has its say before anything opens.
        if !self.is_identified(&account.dossier).await? {
            return Err(unfit(Unfit::Wrong));
        }
        let browser = claim
            .browser
            .filter(|browser| self.knows_browser(account.dossier.subject, Some(browser)));
        let opened = self.come_in(account, statements, browser, claim.language);
        opened.await.map_err(answered_before)
    }

    /// What an answer of one of the account's passkeys changes when it is right: it is used up. In the place of a second proof.
    ///
    /// # Errors
    /// A mistake with `passkey`; the failure is entered.
    pub(super) async fn passkey_proof(
        &self,
        account: &Account,
        assertion: &Assertion,
        token: &str,
    ) -> Result<Vec<Statement>, Rejected> {
        let party = self.relying_party().ok_or(Rejected::NotFound)?;
        let ceremony = self.ceremony(&party, OPENS, token);
        let heard = match ceremony.heard(assertion, self.now()) {
            Err(Unfit::Late) => return Err(unfit(Unfit::Late)),
            heard => heard.ok(),
        };
        let proven = match &heard {
            Some(heard) => self.answer_fits(account, &ceremony, heard)?,
            None => None,
        };
        match proven {
            Some(statements) => Ok(statements),
            None => {
                let tried = heard.map(|heard| self.passkey_id(&heard.id));
                self.passkey_refused(Some(account), tried).await?;
                Err(unfit(Unfit::Wrong))
            }
        }
    }

    /// What changes when a passkey of that account answered rightly, and for the first time.
    fn answer_fits(
        &self,
        account: &Account,
        ceremony: &Ceremony<'_>,
        heard: &Heard,
    ) -> Result<Option<Vec<Statement>>, Fault> {
        let id = self.passkey_id(&heard.id);
        let Some(row) = account.passkeys().find(|row| row.id == id) else {
            return Ok(None);
        };
        let subject = account.dossier.subject;
        let is_theirs = self.handle_bytes(subject) == heard.handle[..];
        let signed = ceremony.signed_by(&self.kept(account, row)?.credential, heard);
        let Some(counter) = signed.map(u64::from).filter(|_| is_theirs) else {
            return Ok(None);
        };
        let now = self.now();
        let moved = if counter > row.step {
            authenticator::step_to(subject, id, counter, now)
        } else if counter == 0 && row.step == 0 {
            // Passkeys that are on several devices do not count.
            authenticator::used(subject, id, now).touching(1)
        } else {
            // It went back: there is a copy of it.
            return Ok(None);
        };
        let answered = code::spend_once(&self.note_of(subject, heard.challenge));
        Ok(Some(vec![answered, moved]))
    }

    /// Whether a passkey of that account could answer here: those that were made for another name of this site cannot.
    pub(super) fn can_answer(&self, account: &Account) -> Result<bool, Fault> {
        let Some(party) = self.relying_party() else {
            return Ok(false);
        };
        for row in account.passkeys() {
            if self.kept(account, row)?.credential.at == party.id {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn holder_of(&self, id: [u8; 16]) -> Result<Option<Account>, Rejected> {
        let holder = self
            .store()
            .read(move |reader| authenticator::holder_of_passkey(reader, id))
            .await?;
        let Some(subject) = holder else {
            return Ok(None);
        };
        match self.own_account(subject).await {
            Ok(account) => Ok(Some(account)),
            Err(Rejected::NotFound) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// An answer did not fit: for somebody's passkey it counts; for nobody's as much is written, and touches nobody.
    async fn passkey_refused(
        &self,
        account: Option<&Account>,
        passkey: Option<[u8; 16]>,
    ) -> Result<(), Rejected> {
        let refused = match account {
            Some(account) => self.about_account(
                account,
                Happening::SignInRefused,
                Outcome::Refused,
                Detail::Credentials,
            ),
            None => entry::of_happening(
                &Actor::system(Role::SITE),
                Happening::SignInRefused,
                Outcome::Refused,
                Detail::Credentials,
                self,
            ),
        };
        let subject = match account {
            Some(account) => account.dossier.subject,
            None => SubjectId::random(self.chance()),
        };
        let commit = Commit {
            statements: vec![authenticator::count_failure(
                subject,
                passkey.unwrap_or_default(),
                None,
            )],
            entries: vec![refused],
            ..Commit::default()
        };
        self.commit_alone(commit).await
    }

    pub(super) fn relying_party(&self) -> Option<RelyingParty> {
        RelyingParty::of(&self.operator()?.site)
    }

    pub(super) fn ceremony<'a>(
        &'a self,
        party: &'a RelyingParty,
        serves: &'static str,
        browser: &'a str,
    ) -> Ceremony<'a> {
        Ceremony {
            party,
            vault: self.vault(),
            serves,
            browser,
        }
    }

    fn kept(&self, account: &Account, row: &Authenticator) -> Result<Kept, Fault> {
        let written = self.opened(&account.dossier, row)?;
        serde_json::from_str(written.expose()).map_err(|_| not_read())
    }

    /// A challenge that was answered, so that it is not answered again.
    fn note_of(&self, subject: SubjectId, challenge: super::passkeys::Challenge) -> Code {
        Code {
            expires_at: challenge.until,
            used_at: Some(self.now()),
            ..self.code_of_nobody(subject, challenge.number, ANSWERED)
        }
    }

    /// By what a passkey is found: a keyed hash of what its device calls it.
    pub(super) fn passkey_id(&self, called: &[u8]) -> [u8; 16] {
        let hash = self.vault().form_hash(&[b"id of a passkey ", called].concat());
        hash.as_bytes().first_chunk().copied().unwrap_or_default()
    }

    fn handle_bytes(&self, subject: SubjectId) -> [u8; 32] {
        let scope = [b"handle for passkeys ", &subject.as_bytes()[..]].concat();
        *self.vault().form_hash(&scope).as_bytes()
    }

    fn handle_of(&self, subject: SubjectId) -> String {
        use base64::Engine;
        base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(self.handle_bytes(subject))
    }

    /// The name of a passkey in its one writing.
    pub(super) fn name_of(&self, typed: &Plain<String>) -> Result<Plain<String>, Rejected> {
        let context = Context {
            today: time::day_in_kazakhstan(self.now()),
            in_kazakhstan: false,
        };
        let name = value::parse(ValueKind::Text, typed, context)
            .map_err(|problem| Rejected::mistake("name", problem))?;
        if name.expose().chars().count() > PASSKEY_NAME_LENGTH_MAX {
            return Err(Rejected::mistake("name", Problem::TooLong));
        }
        Ok(name)
    }
}

pub(super) fn asked(party: RelyingParty, challenge: String) -> PasskeyAsked {
    PasskeyAsked {
        challenge,
        site: party.id,
        origin: party.origin,
    }
}

pub(super) fn unfit(why: Unfit) -> Rejected {
    let problem = match why {
        Unfit::Late => Problem::Stale,
        Unfit::Wrong => Problem::Passkey,
    };
    Rejected::mistake("passkey", problem)
}

pub(super) fn not_read() -> Fault {
    Fault::Vault("what is kept of a passkey cannot be read".into())
}

/// A passkey that is there already, or an answer that was given before.
fn not_new(error: CommitError) -> Rejected {
    match error {
        CommitError::Conflict(_) => unfit(Unfit::Wrong),
        other => refused_commit(other),
    }
}

/// What was used up before is said about the passkey here, and not about a code.
pub(super) fn answered_before(rejected: Rejected) -> Rejected {
    match rejected {
        Rejected::Mistake(mistake) if mistake.of("code").is_some() => unfit(Unfit::Wrong),
        other => other,
    }
}
