//! 5.1.4: the way in of staff. A name and a password lead half the way; a number of a program on a telephone, or a code on paper,
//! leads the rest. Whoever has no second factor yet sets one up on the way, within a time from when they were given the password;
//! no setting leaves it out.
//!
//! Half the way is a row among the sessions that is nobody's session: it opens the next page and nothing else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::{Actor, ActorId, Fault, Plain, Problem, Role};
use sandyq_store::tables::session::{self, Session};
use sandyq_store::tables::staff::{self, Staff};
use sandyq_store::tables::staff_authenticator::{self, StaffAuthenticator};
use sandyq_store::{Commit, Statement};

use super::codes::Entered;
use super::factors::{
    ONE_TIME, PROPOSED, Proposed, RECOVERY, SecondProof, fitting_step, paper_code, secret_in, used_up,
};
use super::sessions::{self, Caller, SessionToken};
use super::{password, passwords};
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::system::System;

/// Failures in a row before a pause.
const FAILURES_MAX: u32 = 5;
/// The pause.
const PAUSE: SignedDuration = SignedDuration::from_mins(5);
/// For how long a password that was given out leads to the page on which a second factor is set up.
const SET_UP_WITHIN: SignedDuration = SignedDuration::from_hours(72);

/// For how long after a number a member of staff does what concerns somebody's rights without another one (ASVS 7.5.3).
const PROVED_FOR: SignedDuration = SignedDuration::from_mins(10);

/// A name and a password belong together. Nothing is open yet.
pub struct HalfWay {
    /// For the browser, and for the next page only.
    pub token: SessionToken,
    /// There is no second factor yet: the next page sets it up. Else it asks for a number.
    pub sets_up: bool,
}

/// Somebody who is half the way in.
pub(super) struct Known {
    pub(super) row: Staff,
    pub(super) proofs: Vec<StaffAuthenticator>,
}

impl Known {
    fn has(&self, kind: &str) -> Option<&StaffAuthenticator> {
        self.proofs.iter().find(|proof| proof.kind == kind)
    }

    /// What waits to be set up, while it still may.
    fn proposed(&self, now: Timestamp) -> Option<&StaffAuthenticator> {
        self.has(PROPOSED)
            .filter(|proof| proof.until.is_some_and(|until| now < until))
    }

    pub(super) fn is_paused(&self, now: Timestamp) -> bool {
        self.row.locked_until.is_some_and(|until| now < until)
    }

    /// Whether the next failure brings a pause.
    pub(super) const fn pauses_next(&self) -> bool {
        (self.row.failures + 1).is_multiple_of(FAILURES_MAX)
    }

    fn actor(&self) -> Actor {
        Actor {
            id: self.row.id,
            role: self.row.role,
            human: true,
        }
    }
}

impl System {
    /// Half the way in for a member of staff.
    ///
    /// # Errors
    /// A mistake with `password`: the same for an unknown name, a wrong password and a closed account. Whoever knows the
    /// password is told when the time to set up a second factor is over.
    pub async fn sign_in(&self, name: &str, secret: Plain<String>) -> Result<HalfWay, Rejected> {
        let known = self.staff_by_name(name).await?;
        let now = self.now();
        let kept = known.as_ref().map(|known| known.row.password_hash.clone());
        let secret = passwords::normalized(&secret);
        let fits = tokio::task::spawn_blocking(move || password::matches(&secret, kept.as_deref()))
            .await
            .map_err(|_| Fault::Busy("the password could not be checked".into()))??;
        let refused = || Rejected::mistake("password", Problem::Code);
        match known {
            Some(known) if known.is_paused(now) => {
                self.staff_refused(&known.row.id, Detail::Throttled, None).await?;
                Err(refused())
            }
            Some(known) if fits && known.row.disabled_at.is_none() => self.half_way(&known).await,
            other => {
                let row = other.as_ref().map(|known| &known.row);
                let actor = row.map_or(ActorId::of_system(Role::SITE), |row| row.id);
                self.staff_refused(&actor, Detail::Credentials, row).await?;
                Err(refused())
            }
        }
    }

    /// The password is right.
    async fn half_way(&self, known: &Known) -> Result<HalfWay, Rejected> {
        self.half_way_with(known, Vec::new()).await
    }

    /// What comes first is right, and changes that.
    pub(super) async fn half_way_with(
        &self,
        known: &Known,
        mut statements: Vec<Statement>,
    ) -> Result<HalfWay, Rejected> {
        let now = self.now();
        let sets_up = known.has(ONE_TIME).is_none();
        if sets_up {
            let Some(waiting) = known.proposed(now) else {
                self.staff_refused(&known.row.id, Detail::Credentials, None)
                    .await?;
                return Err(Rejected::mistake("password", Problem::SetUpLate));
            };
            // Whoever came half the way before has seen the older secret.
            statements.push(session::remove_all_of_staff(known.row.id));
            statements.push(staff_authenticator::put(
                &self.proposed_to(known.row.id, waiting.until)?,
            ));
        }
        let opening = sessions::half_way_of_staff(self, known.row.id, now);
        statements.push(opening.statement);
        let commit = Commit {
            statements,
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        Ok(HalfWay {
            token: opening.token,
            sets_up,
        })
    }

    /// The secret that a member of staff sets up, who is half the way in.
    ///
    /// # Errors
    /// [`Rejected::SignInFirst`] for whoever is not, or has one already.
    pub async fn proposed_to_staff(&self, half_way: &str) -> Result<Proposed, Rejected> {
        let known = self.known_half_way(half_way).await?;
        let proposed = known.proposed(self.now()).ok_or(Rejected::SignInFirst)?;
        self.proposed_of(self.staff_secret(proposed)?)
    }

    /// The first number was typed in: the second factor is set up, and the way is open.
    ///
    /// # Errors
    /// A mistake with `code`.
    pub async fn set_up_staff(&self, half_way: &str, typed: &Plain<String>) -> Result<SecondProof, Rejected> {
        let known = self.known_half_way(half_way).await?;
        let now = self.now();
        let proposed = known.proposed(now).ok_or(Rejected::SignInFirst)?;
        let step = fitting_step(self.staff_secret(proposed)?, typed, now, proposed.step)?;
        let Some(step) = step.filter(|_| !known.is_paused(now)) else {
            return Err(self.number_refused(&known).await?);
        };
        let id = known.row.id;
        let secret = self.vault().open_staff_proof(id, PROPOSED, &proposed.sealed)?;
        let codes = self.new_paper_codes();
        let hashes: Vec<String> = codes.iter().map(|code| self.staff_paper_hash(id, code)).collect();
        let one_time = StaffAuthenticator {
            step,
            used_at: Some(now),
            ..self.staff_proof(id, ONE_TIME, &secret)?
        };
        let paper = self.staff_proof(id, RECOVERY, &Plain::new(hashes.join("\n")))?;
        let set = entry::of_happening(
            &known.actor(),
            Happening::AuthenticatorSet,
            Outcome::Done,
            Detail::None,
            self,
        );
        let statements = vec![
            staff_authenticator::take(proposed),
            staff_authenticator::put(&one_time),
            staff_authenticator::put(&paper),
            session::remove_all_of_staff(id),
        ];
        let session = self.staff_come_in(&known, statements, vec![set]).await?;
        Ok(SecondProof { session, codes })
    }

    /// The rest of the way in, by a number or a code on paper.
    ///
    /// # Errors
    /// A mistake with `code`; [`Rejected::SignInFirst`] for whoever is not half the way in.
    pub async fn sign_in_by_number(
        &self,
        half_way: &str,
        typed: &Plain<String>,
    ) -> Result<Entered, Rejected> {
        let known = self.known_half_way(half_way).await?;
        let mut statements = self.staff_number(&known, typed).await?;
        statements.push(session::remove(
            self.hash_of(half_way).ok_or(Rejected::SignInFirst)?,
        ));
        let session = self.staff_come_in(&known, statements, Vec::new()).await?;
        Ok(Entered { session, case: None })
    }

    /// Whether a member of staff gave a number a short while ago.
    ///
    /// # Errors
    /// [`Rejected::SignInFirst`] when nobody of staff is calling.
    pub async fn proved_lately(&self, caller: &Caller) -> Result<bool, Rejected> {
        caller.staff_card()?;
        let hash = caller.hash;
        let row = self
            .store()
            .read(move |reader| session::find(reader, hash))
            .await?;
        let proved = row.and_then(|row| row.proved_at);
        Ok(proved.is_some_and(|at| self.now() < at + PROVED_FOR))
    }

    /// A number once more, before something that concerns somebody's rights. The session goes on under another secret, and ends when
    /// it would have ended.
    ///
    /// # Errors
    /// A mistake with `code`.
    pub async fn prove_at_desk(
        &self,
        caller: &Caller,
        typed: &Plain<String>,
    ) -> Result<SessionToken, Rejected> {
        let (known, before) = self.known_at_desk(caller).await?;
        let statements = self.staff_number(&known, typed).await?;
        self.goes_on_proved((&known, &before), caller, statements).await
    }

    /// What was proven counts from now on, in a session under another secret.
    pub(super) async fn goes_on_proved(
        &self,
        (known, before): (&Known, &Session),
        caller: &Caller,
        mut statements: Vec<Statement>,
    ) -> Result<SessionToken, Rejected> {
        let id = known.row.id;
        let opening = sessions::of_staff_going_on(self, id, before, self.now());
        statements.extend([
            session::remove(caller.hash).touching(1),
            opening.statement,
            staff::clear_failures(id),
        ]);
        let proved = entry::of_happening(
            &known.actor(),
            Happening::SignedIn,
            Outcome::Done,
            Detail::Repeated,
            self,
        );
        let commit = Commit {
            statements,
            entries: vec![proved],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(used_up)?;
        Ok(opening.token)
    }

    /// What a number or a code on paper changes when it is right: it is used up.
    async fn staff_number(&self, known: &Known, typed: &Plain<String>) -> Result<Vec<Statement>, Rejected> {
        if known.is_paused(self.now()) {
            return Err(self.number_refused(known).await?);
        }
        match self.number_fits(known, typed)? {
            Some(statements) => Ok(statements),
            None => Err(self.number_refused(known).await?),
        }
    }

    /// What a number or a code on paper changes when it is right; nothing is counted.
    pub(super) fn number_fits(
        &self,
        known: &Known,
        typed: &Plain<String>,
    ) -> Result<Option<Vec<Statement>>, Rejected> {
        let now = self.now();
        let one_time = known.has(ONE_TIME).ok_or(Rejected::SignInFirst)?;
        match fitting_step(self.staff_secret(one_time)?, typed, now, one_time.step)? {
            Some(step) => Ok(Some(vec![staff_authenticator::step_to(
                known.row.id,
                ONE_TIME,
                step,
                now,
            )])),
            None => Ok(self.staff_paper_used(known, typed)?),
        }
    }

    /// Who calls from a desk, with the session in which they do.
    pub(super) async fn known_at_desk(&self, caller: &Caller) -> Result<(Known, Session), Rejected> {
        let (id, hash) = (caller.staff_card()?.id, caller.hash);
        let found = self.store().read(move |reader| {
            let (row, session) = (staff::find(reader, id)?, session::find(reader, hash)?);
            let proofs = staff_authenticator::of_staff(reader, id)?;
            Ok(row
                .zip(session)
                .map(|(row, session)| (Known { row, proofs }, session)))
        });
        found.await?.ok_or(Rejected::SignInFirst)
    }

    /// The codes on paper without the one that was typed.
    fn staff_paper_used(
        &self,
        known: &Known,
        typed: &Plain<String>,
    ) -> Result<Option<Vec<Statement>>, Fault> {
        let id = known.row.id;
        let Some(row) = known.has(RECOVERY) else {
            return Ok(None);
        };
        let hash = self.staff_paper_hash(id, &paper_code(typed));
        let kept = self.vault().open_staff_proof(id, RECOVERY, &row.sealed)?;
        let fits = |line: &&str| sandyq_store::vault::equal(line.as_bytes(), hash.as_bytes());
        let (used, left): (Vec<&str>, Vec<&str>) = kept.expose().lines().partition(fits);
        if used.is_empty() {
            return Ok(None);
        }
        let next = StaffAuthenticator {
            step: row.step + 1,
            added_at: row.added_at,
            used_at: Some(self.now()),
            ..self.staff_proof(id, RECOVERY, &Plain::new(left.join("\n")))?
        };
        // Of two who use codes at the same time, one is first.
        let first = staff_authenticator::step_to(id, RECOVERY, next.step, self.now());
        Ok(Some(vec![first, staff_authenticator::put(&next)]))
    }

    /// Everything is proven: a session.
    pub(super) async fn staff_come_in(
        &self,
        known: &Known,
        beside: Vec<Statement>,
        before: Vec<sandyq_ledger::entry::Entry>,
    ) -> Result<SessionToken, Rejected> {
        let opening = sessions::of_staff(self, known.row.id, self.now());
        let mut statements = beside;
        statements.extend([opening.statement, staff::clear_failures(known.row.id)]);
        let signed_in = entry::of_happening(
            &known.actor(),
            Happening::SignedIn,
            Outcome::Done,
            Detail::None,
            self,
        );
        let commit = Commit {
            statements,
            entries: before.into_iter().chain([signed_in]).collect(),
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(used_up)?;
        Ok(opening.token)
    }

    async fn staff_by_name(&self, name: &str) -> Result<Option<Known>, Fault> {
        let wanted = name.trim().to_owned();
        let found = self.store().read(move |reader| {
            let Some(row) = staff::by_name(reader, &wanted)? else {
                return Ok(None);
            };
            let proofs = staff_authenticator::of_staff(reader, row.id)?;
            Ok(Some(Known { row, proofs }))
        });
        found.await
    }

    /// Whoever is half the way in, by what their browser was given.
    pub(super) async fn known_half_way(&self, token: &str) -> Result<Known, Rejected> {
        let hash = self.hash_of(token).ok_or(Rejected::SignInFirst)?;
        let now = self.now();
        let found = self.store().read(move |reader| {
            let session = session::find(reader, hash)?
                .filter(|session| session.kind == sessions::HALF_WAY && now < session.ends_at);
            let Some(id) = session.and_then(|session| session.staff) else {
                return Ok(None);
            };
            let Some(row) = staff::find(reader, id)?.filter(|row| row.disabled_at.is_none()) else {
                return Ok(None);
            };
            let proofs = staff_authenticator::of_staff(reader, id)?;
            Ok(Some(Known { row, proofs }))
        });
        found.await?.ok_or(Rejected::SignInFirst)
    }

    pub(super) fn hash_of(&self, token: &str) -> Option<[u8; 32]> {
        let secret = URL_SAFE_NO_PAD
            .decode(token)
            .ok()
            .filter(|secret| secret.len() == 32)?;
        Some(*self.vault().session_hash(&secret).as_bytes())
    }

    /// A secret that waits to be set up until then.
    fn proposed_to(&self, staff: ActorId, until: Option<Timestamp>) -> Result<StaffAuthenticator, Fault> {
        Ok(StaffAuthenticator {
            until,
            ..self.staff_proof(staff, PROPOSED, &self.new_secret())?
        })
    }

    /// From now on a second factor may be set up for a while, in the place of the one that was there.
    pub(super) fn may_set_up(&self, staff: ActorId) -> Result<[Statement; 2], Fault> {
        let until = Some(self.now() + SET_UP_WITHIN);
        let waits = self.proposed_to(staff, until)?;
        Ok([
            staff_authenticator::remove_all(staff),
            staff_authenticator::put(&waits),
        ])
    }

    /// Whether a member of staff has set up a second factor.
    pub(super) async fn has_factor(&self, staff: ActorId) -> Result<bool, Fault> {
        let proofs = self
            .store()
            .read(move |reader| staff_authenticator::of_staff(reader, staff));
        Ok(proofs.await?.iter().any(|proof| proof.kind == ONE_TIME))
    }

    pub(super) fn staff_proof(
        &self,
        staff: ActorId,
        kind: &str,
        secret: &Plain<String>,
    ) -> Result<StaffAuthenticator, Fault> {
        Ok(StaffAuthenticator {
            staff,
            kind: kind.to_owned(),
            sealed: self.vault().seal_staff_proof(staff, kind, secret)?,
            step: 0,
            added_at: self.now(),
            until: None,
            used_at: None,
        })
    }

    fn staff_secret(&self, row: &StaffAuthenticator) -> Result<totp_rs::Secret, Fault> {
        secret_in(&self.vault().open_staff_proof(row.staff, &row.kind, &row.sealed)?)
    }

    fn staff_paper_hash(&self, staff: ActorId, code: &Plain<String>) -> String {
        hex::encode(self.vault().staff_code_hash(staff, RECOVERY, code).as_bytes())
    }

    /// A number did not fit, was used before, or came during a pause; it counts.
    async fn number_refused(&self, known: &Known) -> Result<Rejected, Rejected> {
        if known.is_paused(self.now()) {
            self.staff_refused(&known.row.id, Detail::Throttled, None).await?;
            return Ok(Rejected::mistake("code", Problem::Wait));
        }
        self.staff_refused(&known.row.id, Detail::Credentials, Some(&known.row))
            .await?;
        Ok(Rejected::mistake("code", Problem::OneTime))
    }

    pub(super) async fn staff_refused(
        &self,
        actor: &ActorId,
        detail: Detail,
        row: Option<&Staff>,
    ) -> Result<(), Rejected> {
        let role = row.map_or(Role::SITE, |row| row.role);
        let by = Actor {
            id: *actor,
            role,
            human: row.is_some(),
        };
        let pause = row
            .filter(|row| (row.failures + 1).is_multiple_of(FAILURES_MAX))
            .map(|_| self.now() + PAUSE);
        let commit = Commit {
            // For a name that is unknown or closed the same is written, and touches nobody.
            statements: vec![match row {
                Some(row) => staff::count_failure(row.id, pause).touching(1),
                None => staff::count_failure(ActorId::of_system(Role::SITE), None),
            }],
            entries: vec![entry::of_happening(
                &by,
                Happening::SignInRefused,
                Outcome::Refused,
                detail,
                self,
            )],
            ..Commit::default()
        };
        self.commit_alone(commit).await
    }
}
