//! 5.1.4, PRE-1: staff accounts. One person, one account; active only after the policy in force was read.

use jiff::SignedDuration;
use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::{Actor, ActorId, Plain, Problem, Role};
use sandyq_store::Commit;
use sandyq_store::tables::session;
use sandyq_store::tables::staff::{self, Staff};

use super::codes::Entered;
use super::password;
use super::passwords::{PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN};
use super::sessions::{self, Caller};
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::system::System;

/// Failures in a row before a pause.
const FAILURES_MAX: u32 = 5;
/// The pause.
const PAUSE: SignedDuration = SignedDuration::from_mins(5);
/// The longest sign-in name.
const NAME_LENGTH_MAX: usize = 64;

/// What is known of a member of staff who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffCard {
    /// The account.
    pub id: ActorId,
    /// The sign-in name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// Whether the policy in force was read (PRE-1).
    pub familiar: bool,
}

impl StaffCard {
    pub(super) fn of(row: &Staff, policy: &[u8; 32]) -> Self {
        let familiar = row.familiar_version.as_deref() == Some(policy.as_slice());
        Self {
            id: row.id,
            name: row.name.clone(),
            role: row.role,
            familiar,
        }
    }
}

impl System {
    /// Makes an account for a member of staff.
    ///
    /// # Errors
    /// A mistake with `name`, `role` or `password`.
    pub async fn add_staff(
        &self,
        by: &Actor,
        name: &str,
        role: &str,
        secret: Plain<String>,
    ) -> Result<ActorId, Rejected> {
        let name = name.trim();
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
        if name.is_empty() || name.chars().count() > NAME_LENGTH_MAX || !name.chars().all(plain) {
            return Err(Rejected::mistake("name", Problem::Name));
        }
        let role = self
            .policy()
            .role_named(role)
            .filter(|role| sessions::is_staff_role(*role));
        let role = role.ok_or_else(|| Rejected::mistake("role", Problem::Choice))?;
        check_length(&secret)?;
        let wanted = name.to_owned();
        if self
            .store()
            .read(move |reader| staff::by_name(reader, &wanted))
            .await?
            .is_some()
        {
            return Err(Rejected::mistake("name", Problem::Repeated));
        }
        let row = Staff {
            id: ActorId::random(self.chance()),
            name: name.to_owned(),
            role,
            password_hash: password::hashed(&secret, self.chance())?,
            familiar_version: None,
            created_at: self.now(),
            disabled_at: None,
            failures: 0,
            locked_until: None,
        };
        let commit = Commit {
            statements: vec![staff::insert(&row)],
            entries: vec![entry::of_happening(
                by,
                Happening::StaffAdded,
                Outcome::Done,
                Detail::None,
                self,
            )],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        Ok(row.id)
    }

    /// Closes an account of staff: nobody signs in by it any more, and its sessions end at once.
    ///
    /// # Errors
    /// A mistake with `name` when there is none of that name.
    pub async fn close_staff(&self, by: &Actor, name: &str) -> Result<(), Rejected> {
        let row = Staff {
            disabled_at: Some(self.now()),
            ..self.staff_named(name).await?
        };
        self.change_staff(by, Happening::StaffRemoved, &row).await
    }

    /// Gives an account of staff a new password, and opens it again when it was closed. Its sessions end at once.
    ///
    /// # Errors
    /// A mistake with `name` or `password`.
    pub async fn renew_staff_password(
        &self,
        by: &Actor,
        name: &str,
        secret: Plain<String>,
    ) -> Result<(), Rejected> {
        check_length(&secret)?;
        let row = Staff {
            password_hash: password::hashed(&secret, self.chance())?,
            disabled_at: None,
            failures: 0,
            locked_until: None,
            ..self.staff_named(name).await?
        };
        self.change_staff(by, Happening::StaffChanged, &row).await
    }

    async fn staff_named(&self, name: &str) -> Result<Staff, Rejected> {
        let wanted = name.trim().to_owned();
        let found = self.store().read(move |reader| staff::by_name(reader, &wanted));
        found
            .await?
            .ok_or_else(|| Rejected::mistake("name", Problem::Choice))
    }

    async fn change_staff(&self, by: &Actor, happening: Happening, row: &Staff) -> Result<(), Rejected> {
        let entry = entry::of_happening(by, happening, Outcome::Done, Detail::None, self);
        let commit = Commit {
            statements: vec![staff::update(row), session::remove_all_of_staff(row.id)],
            entries: vec![entry],
            ..Commit::default()
        };
        let committed = self.store().commit(commit).await;
        committed.map(|_| ()).map_err(refused_commit)
    }

    /// Opens a session for a member of staff.
    ///
    /// # Errors
    /// A mistake with `password`: the same for an unknown name, a wrong password and a closed account.
    pub async fn sign_in(&self, name: &str, secret: Plain<String>) -> Result<Entered, Rejected> {
        let wanted = name.trim().to_owned();
        let row = self
            .store()
            .read(move |reader| staff::by_name(reader, &wanted))
            .await?;
        let now = self.now();
        let kept = row.as_ref().map(|row| row.password_hash.clone());
        let fits = tokio::task::spawn_blocking(move || password::matches(&secret, kept.as_deref()))
            .await
            .map_err(|_| sandyq_model::Fault::Busy("the password could not be checked".into()))??;
        let row = match row {
            Some(row) if row.locked_until.is_some_and(|until| now < until) => {
                self.account_sign_in_refused(&row.id, Detail::Throttled, None)
                    .await?;
                return Err(Rejected::mistake("password", Problem::Code));
            }
            Some(row) if fits && row.disabled_at.is_none() => row,
            known => {
                let known = known.as_ref();
                let actor = known.map_or(ActorId::of_system(Role::SITE), |row| row.id);
                self.account_sign_in_refused(&actor, Detail::Credentials, known)
                    .await?;
                return Err(Rejected::mistake("password", Problem::Code));
            }
        };
        let card = StaffCard::of(&row, self.policy().version());
        let actor = Actor {
            id: card.id,
            role: card.role,
            human: true,
        };
        let opening = sessions::of_staff(self, &card, now);
        let commit = Commit {
            statements: vec![opening.statement, staff::clear_failures(row.id)],
            entries: vec![entry::of_happening(
                &actor,
                Happening::SignedIn,
                Outcome::Done,
                Detail::None,
                self,
            )],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        Ok(Entered {
            session: opening.token,
            case: None,
        })
    }

    /// The member of staff has read the policy in force (PRE-1).
    ///
    /// # Errors
    /// When nobody of staff is calling.
    pub async fn familiarize(&self, caller: &Caller) -> Result<(), Rejected> {
        let card = caller.staff_card()?;
        let commit = Commit {
            statements: vec![staff::familiarize(card.id, self.policy().version())],
            entries: vec![entry::of_happening(
                &caller.actor,
                Happening::Familiarized,
                Outcome::Done,
                Detail::None,
                self,
            )],
            ..Commit::default()
        };
        self.store()
            .commit(commit)
            .await
            .map(|_| ())
            .map_err(refused_commit)
    }

    async fn account_sign_in_refused(
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
        self.store()
            .commit(commit)
            .await
            .map(|_| ())
            .map_err(refused_commit)
    }
}

fn check_length(secret: &Plain<String>) -> Result<(), Rejected> {
    let length = secret.expose().chars().count();
    if (PASSWORD_LENGTH_MIN..=PASSWORD_LENGTH_MAX).contains(&length) {
        return Ok(());
    }
    let problem = if length < PASSWORD_LENGTH_MIN {
        Problem::Missing
    } else {
        Problem::TooLong
    };
    Err(Rejected::mistake("password", problem))
}
