//! 5.1.4: passkeys of staff, beside the numbers of the telephone. After the password a passkey leads the rest of the way, and before something
//! that concerns somebody's rights it stands for a fresh number: a false page gets neither, since a passkey signs for this site alone. A device
//! counts only with its owner's verification.
//!
//! What is kept lies among the second factors of staff, sealed like them and in no copy. A challenge is bound to the half way or to the
//! session in which it was asked; either ends in the commit that takes the answer, so that one answer counts once.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::{ActorId, Fault, Plain, Problem};
use sandyq_store::tables::session;
use sandyq_store::tables::staff_authenticator::{self, StaffAuthenticator};
use sandyq_store::{Commit, CommitError, Statement};

use super::codes::Entered;
use super::own_passkeys::{Kept, answered_before, asked, not_read, unfit};
use super::passkeys::{Assertion, Attestation, Ceremony, Unfit};
use super::sessions::{self, Caller, SessionToken};
use super::way_in_of_staff::Known;
use super::{OwnPasskey, OwnPasskeys, OwnProof, PASSKEYS_MAX, PasskeyAsked, PasskeyProposed};
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::system::System;

/// What a challenge serves: the rest of the way in, or a fresh proof.
const PROVES: &str = "staff-prove";
/// What a challenge serves: a passkey that is made.
const ADDS: &str = "staff-add";
/// How the kind of one begins; what its device calls it follows, as a keyed hash.
const KIND: &str = "passkey-";

impl System {
    /// What the page that asks for a number asks of a passkey; `None` for whoever is not half the way in or has none that could answer.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn passkey_of_half_way(&self, half_way: &str) -> Result<Option<PasskeyAsked>, Rejected> {
        match self.known_half_way(half_way).await {
            Ok(known) => self.asked_of_staff(&known, half_way),
            Err(Rejected::SignInFirst) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// The same at a desk, before something that concerns somebody's rights.
    ///
    /// # Errors
    /// [`Rejected::SignInFirst`] when nobody of staff is calling.
    pub async fn passkey_of_desk(&self, caller: &Caller) -> Result<Option<PasskeyAsked>, Rejected> {
        let (known, _) = self.known_at_desk(caller).await?;
        self.asked_of_staff(&known, &caller.csrf)
    }

    fn asked_of_staff(&self, known: &Known, browser: &str) -> Result<Option<PasskeyAsked>, Rejected> {
        let Some(party) = self.relying_party() else {
            return Ok(None);
        };
        let mut answers = false;
        for row in passkeys(known) {
            answers |= self.kept_of_staff(row)?.credential.at == party.id;
        }
        if !answers {
            return Ok(None);
        }
        let challenge = self
            .ceremony(&party, PROVES, browser)
            .challenge(self.chance(), self.now());
        Ok(Some(asked(party, challenge)))
    }

    /// The rest of the way in, by a passkey.
    ///
    /// # Errors
    /// A mistake with `passkey`; [`Rejected::SignInFirst`] for whoever is not half the way in.
    pub async fn sign_in_staff_by_passkey(
        &self,
        half_way: &str,
        assertion: &Assertion,
    ) -> Result<Entered, Rejected> {
        let known = self.known_half_way(half_way).await?;
        let hash = self.hash_of(half_way).ok_or(Rejected::SignInFirst)?;
        let answered = self.staff_passkey_proof(&known, assertion, half_way).await?;
        // Whoever sends the same answer again finds no half way any more.
        let statements = vec![answered, session::remove(hash).touching(1)];
        let session = self
            .staff_come_in(&known, statements, Vec::new())
            .await
            .map_err(answered_before)?;
        Ok(Entered { session, case: None })
    }

    /// A passkey in the place of a fresh number at a desk. The session goes on under another secret, and ends when it would have ended.
    ///
    /// # Errors
    /// A mistake with `passkey`.
    pub async fn prove_at_desk_by_passkey(
        &self,
        caller: &Caller,
        assertion: &Assertion,
    ) -> Result<SessionToken, Rejected> {
        let (known, before) = self.known_at_desk(caller).await?;
        let answered = self.staff_passkey_proof(&known, assertion, &caller.csrf).await?;
        self.goes_on_proved((&known, &before), caller, vec![answered])
            .await
            .map_err(answered_before)
    }

    /// What an answer changes when it is right: it is counted on.
    async fn staff_passkey_proof(
        &self,
        known: &Known,
        assertion: &Assertion,
        browser: &str,
    ) -> Result<Statement, Rejected> {
        if known.is_paused(self.now()) {
            self.staff_refused(&known.row.id, Detail::Throttled, None).await?;
            return Err(Rejected::mistake("passkey", Problem::Wait));
        }
        let party = self.relying_party().ok_or(Rejected::NotFound)?;
        let ceremony = self.ceremony(&party, PROVES, browser);
        match self.staff_answer(known, &ceremony, assertion)? {
            Ok(statement) => Ok(statement),
            Err(Unfit::Late) => Err(unfit(Unfit::Late)),
            Err(Unfit::Wrong) => {
                self.staff_refused(&known.row.id, Detail::Credentials, Some(&known.row))
                    .await?;
                Err(unfit(Unfit::Wrong))
            }
        }
    }

    fn staff_answer(
        &self,
        known: &Known,
        ceremony: &Ceremony<'_>,
        assertion: &Assertion,
    ) -> Result<Result<Statement, Unfit>, Fault> {
        let (id, now) = (known.row.id, self.now());
        let heard = match ceremony.heard(assertion, now) {
            Ok(heard) => heard,
            Err(unfit) => return Ok(Err(unfit)),
        };
        let kind = self.staff_passkey_kind(&heard.id);
        let Some(row) = passkeys(known).find(|row| row.kind == kind) else {
            return Ok(Err(Unfit::Wrong));
        };
        let is_theirs = self.staff_handle(id)[..] == heard.handle[..];
        let signed = ceremony.signed_by(&self.kept_of_staff(row)?.credential, &heard);
        Ok(match signed.map(u64::from).filter(|_| is_theirs) {
            Some(counter) if counter > row.step => Ok(staff_authenticator::step_to(id, &kind, counter, now)),
            // Passkeys that are on several devices do not count.
            Some(0) if row.step == 0 => Ok(staff_authenticator::used(id, &kind, now)),
            // It does not fit, or it went back: there is a copy of it.
            _ => Err(Unfit::Wrong),
        })
    }

    /// The caller's passkeys, of staff.
    ///
    /// # Errors
    /// [`Rejected::SignInFirst`] when nobody of staff is calling.
    pub async fn my_staff_passkeys(&self, caller: &Caller) -> Result<OwnPasskeys, Rejected> {
        let (known, _) = self.known_at_desk(caller).await?;
        let mut list = Vec::new();
        for row in passkeys(&known) {
            list.push(OwnPasskey {
                id: row.kind.trim_start_matches(KIND).to_owned(),
                name: Plain::new(self.kept_of_staff(row)?.name),
                since: row.added_at,
                used_at: row.used_at,
            });
        }
        Ok(self.listed(list, true))
    }

    /// After the password and a number a device may make a passkey for the caller.
    ///
    /// # Errors
    /// A mistake with `name`, or with `current`, as when the password changes; "not found" where there can be none, or there are enough.
    pub async fn propose_staff_passkey(
        &self,
        caller: &Caller,
        name: &Plain<String>,
        proof: OwnProof,
    ) -> Result<PasskeyProposed, Rejected> {
        let (known, _) = self.known_at_desk(caller).await?;
        let party = self.relying_party().ok_or(Rejected::NotFound)?;
        if passkeys(&known).count() >= PASSKEYS_MAX {
            return Err(Rejected::NotFound);
        }
        let name = self.name_of(name)?;
        let commit = Commit {
            statements: self.own_proof(caller, &known, proof).await?,
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(used_before)?;
        self.proposed_of_staff(&known, self.asked_to_make(party, ADDS, caller), name)
    }

    /// The same once more, to be shown again: the challenge says that both proofs were right a short while ago.
    ///
    /// # Errors
    /// A mistake with `passkey` when it was too long ago.
    pub async fn proposed_staff_passkey(
        &self,
        caller: &Caller,
        name: &Plain<String>,
        challenge: &str,
    ) -> Result<PasskeyProposed, Rejected> {
        let (known, _) = self.known_at_desk(caller).await?;
        let (asked, name) = self.asked_before((ADDS, caller), name, challenge)?;
        self.proposed_of_staff(&known, asked, name)
    }

    fn proposed_of_staff(
        &self,
        known: &Known,
        asked: PasskeyAsked,
        name: Plain<String>,
    ) -> Result<PasskeyProposed, Rejected> {
        let mut made = Vec::new();
        for row in passkeys(known) {
            made.push(self.kept_of_staff(row)?.credential.id);
        }
        Ok(PasskeyProposed {
            asked,
            handle: BASE64_URL_SAFE_NO_PAD.encode(self.staff_handle(known.row.id)),
            name,
            known: made,
        })
    }

    /// The device made a passkey. Other sessions end, and this one goes on under another secret.
    ///
    /// # Errors
    /// A mistake with `passkey`, or with `name`.
    pub async fn set_staff_passkey(
        &self,
        caller: &Caller,
        name: &Plain<String>,
        made: &Attestation,
    ) -> Result<SessionToken, Rejected> {
        let (known, before) = self.known_at_desk(caller).await?;
        let (made, written) = self.made_by_device((ADDS, caller), name, made)?;
        if passkeys(&known).count() >= PASSKEYS_MAX {
            return Err(Rejected::NotFound);
        }
        let kind = self.staff_passkey_kind(&made.id);
        let row = StaffAuthenticator {
            step: u64::from(made.counter),
            ..self.staff_proof(known.row.id, &kind, &written)?
        };
        let change = (Happening::AuthenticatorSet, vec![staff_authenticator::add(&row)]);
        self.changed_of_staff((&known, &before), caller, change).await
    }

    /// The caller takes a passkey away, with the password and a number. Other sessions end.
    ///
    /// # Errors
    /// A mistake with `current`; "not found" when the caller has none of that name.
    pub async fn remove_staff_passkey(
        &self,
        caller: &Caller,
        id: &str,
        proof: OwnProof,
    ) -> Result<SessionToken, Rejected> {
        let (known, before) = self.known_at_desk(caller).await?;
        let kind = format!("{KIND}{id}");
        if !passkeys(&known).any(|row| row.kind == kind) {
            return Err(Rejected::NotFound);
        }
        let mut statements = self.own_proof(caller, &known, proof).await?;
        statements.push(staff_authenticator::take_away(known.row.id, &kind));
        let change = (Happening::AuthenticatorRemoved, statements);
        self.changed_of_staff((&known, &before), caller, change).await
    }

    /// Something about a passkey changed: every other session ends, and half the way in too.
    async fn changed_of_staff(
        &self,
        (known, before): (&Known, &session::Session),
        caller: &Caller,
        (happening, mut statements): (Happening, Vec<Statement>),
    ) -> Result<SessionToken, Rejected> {
        let id = known.row.id;
        let opening = sessions::of_staff_going_on(self, id, before, self.now());
        statements.extend([
            session::remove(caller.hash).touching(1),
            session::remove_all_of_staff(id),
            opening.statement,
        ]);
        let commit = Commit {
            statements,
            entries: vec![entry::of_happening(
                &caller.actor,
                happening,
                Outcome::Done,
                Detail::None,
                self,
            )],
            ..Commit::default()
        };
        match self.store().commit(commit).await {
            Ok(_) => Ok(opening.token),
            Err(CommitError::Conflict(_)) => Err(unfit(Unfit::Wrong)),
            Err(other) => Err(refused_commit(other)),
        }
    }

    fn kept_of_staff(&self, row: &StaffAuthenticator) -> Result<Kept, Fault> {
        let written = self.vault().open_staff_proof(row.staff, &row.kind, &row.sealed)?;
        serde_json::from_str(written.expose()).map_err(|_| not_read())
    }

    fn staff_passkey_kind(&self, called: &[u8]) -> String {
        format!("{KIND}{}", hex::encode(self.passkey_id(called)))
    }

    /// What a device knows a member of staff by: it says nothing to anybody else.
    fn staff_handle(&self, staff: ActorId) -> [u8; 32] {
        let scope = [b"handle for passkeys of staff ", &staff.as_bytes()[..]].concat();
        *self.vault().form_hash(&scope).as_bytes()
    }
}

fn passkeys(known: &Known) -> impl Iterator<Item = &StaffAuthenticator> {
    known.proofs.iter().filter(|row| row.kind.starts_with(KIND))
}

/// A number that was used up meanwhile: said as anything wrong about the two proofs is.
fn used_before(error: CommitError) -> Rejected {
    match error {
        CommitError::Conflict(_) => Rejected::mistake("current", Problem::PasswordOrNumber),
        other => refused_commit(other),
    }
}
