//! 5.1.4, PRE-1: staff accounts. One person, one account; active only after the policy in force was read.

use sandyq_ledger::entry::{Detail, Entry, Happening, Outcome};
use sandyq_model::{Actor, ActorId, Plain, Problem, Role};
use sandyq_store::tables::staff::{self, Staff};
use sandyq_store::tables::{
    proposal, session, staff_authenticator, staff_grant, staff_invitation, staff_shortcuts, staff_view,
};
use sandyq_store::{Commit, CommitError, Statement};

use super::sessions::{self, Caller};
use super::{password, passwords};
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::system::System;

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
    /// Whether they switched shortcuts on.
    pub shortcuts: bool,
}

impl StaffCard {
    pub(super) fn of(row: &Staff, policy: &[u8; 32]) -> Self {
        let familiar = row.familiar_version.as_deref() == Some(policy.as_slice());
        Self {
            id: row.id,
            name: row.name.clone(),
            role: row.role,
            familiar,
            shortcuts: false,
        }
    }
}

impl System {
    /// Switches shortcuts on or off for a member of staff. It is nobody's data and no step of a case, so it has no entry.
    ///
    /// # Errors
    /// [`Rejected::SignInFirst`] for everybody else; a fault.
    pub async fn switch_shortcuts(&self, caller: &Caller, on: bool) -> Result<(), Rejected> {
        let id = caller.staff_card()?.id;
        let switch = if on {
            staff_shortcuts::on(id, self.now())
        } else {
            staff_shortcuts::off(id)
        };
        let commit = Commit {
            statements: vec![switch],
            ..Commit::default()
        };
        self.commit_alone(commit).await
    }

    /// Makes an account for a member of staff, who sets up a second factor at the first sign-in.
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
        let name = self.free_staff_name(name).await?;
        let role = self.staff_role(role)?;
        let secret = self.acceptable_for_staff(&secret, &name)?;
        let row = Staff {
            id: ActorId::random(self.chance()),
            name,
            role,
            password_hash: password::hashed(&secret, self.chance())?,
            familiar_version: None,
            created_at: self.now(),
            disabled_at: None,
            failures: 0,
            locked_until: None,
        };
        let commit = Commit {
            statements: [staff::insert(&row)]
                .into_iter()
                .chain(self.may_set_up(row.id)?)
                .chain(self.gives_role(row.id, row.role, by))
                .collect(),
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

    /// A name that nobody of staff has.
    pub(super) async fn free_staff_name(&self, name: &str) -> Result<String, Rejected> {
        let name = name.trim().to_owned();
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
        if name.is_empty() || name.chars().count() > NAME_LENGTH_MAX || !name.chars().all(plain) {
            return Err(Rejected::mistake("name", Problem::Name));
        }
        let wanted = name.clone();
        let taken = self.store().read(move |reader| staff::by_name(reader, &wanted));
        match taken.await? {
            Some(_) => Err(Rejected::mistake("name", Problem::Repeated)),
            None => Ok(name),
        }
    }

    /// Closes an account of staff: nobody signs in by it any more, its sessions end at once, and whoever its holder invited is not.
    ///
    /// # Errors
    /// A mistake with `name` when there is none of that name, or it is closed.
    pub async fn close_staff(&self, by: &Actor, name: &str) -> Result<(), Rejected> {
        let row = self.staff_named(name).await?;
        self.close_row(by, &row, 0).await
    }

    /// The same, where so many others who can come in must be left in that role.
    pub(super) async fn close_row(&self, by: &Actor, row: &Staff, others_min: u32) -> Result<(), Rejected> {
        let mut beside = vec![
            staff_authenticator::remove_all(row.id),
            staff_view::remove_all(row.id),
            staff_shortcuts::off(row.id),
            staff_grant::end(row.id, self.now(), by.id),
        ];
        beside.extend(takes_back(row.id));
        let close = staff::close(row.id, self.now(), others_min);
        self.change_staff_by(by, Happening::StaffRemoved, (row.id, close), (beside, None))
            .await
    }

    /// Gives an account of staff a new password, and opens it again when it was closed. Its sessions end at once. Whoever has no
    /// second factor sets one up at the next sign-in.
    ///
    /// # Errors
    /// A mistake with `name` or `password`.
    pub async fn renew_staff_password(
        &self,
        by: &Actor,
        name: &str,
        secret: Plain<String>,
    ) -> Result<(), Rejected> {
        let secret = self.acceptable_for_staff(&secret, name)?;
        let before = self.staff_named(name).await?;
        let opens_again = before.disabled_at.is_some();
        let row = Staff {
            password_hash: password::hashed(&secret, self.chance())?,
            disabled_at: None,
            failures: 0,
            locked_until: None,
            ..before
        };
        let mut beside: Vec<Statement> = if self.has_factor(row.id).await? {
            Vec::new()
        } else {
            self.may_set_up(row.id)?.into()
        };
        if opens_again {
            beside.extend(self.gives_role(row.id, row.role, by));
        }
        self.change_staff(by, Happening::StaffChanged, &row, beside).await
    }

    /// Gives an account of staff another role. Its sessions end at once, and its holder reads the policy again.
    ///
    /// # Errors
    /// A mistake with `name` when there is no open account of that name, or with `role`.
    pub async fn change_staff_role(&self, by: &Actor, name: &str, role: &str) -> Result<(), Rejected> {
        let role = self.staff_role(role)?;
        let before = self.staff_named(name).await?;
        self.change_role(by, &before, (role, 0), None).await
    }

    /// The same, where so many others who can come in must be left in the role of before; with what is written beside it: a proposal
    /// that is used up, and the entry of whoever agreed.
    pub(super) async fn change_role(
        &self,
        by: &Actor,
        before: &Staff,
        (role, others_min): (Role, u32),
        beside: Option<(Statement, Entry)>,
    ) -> Result<(), Rejected> {
        if before.disabled_at.is_some() {
            return Err(Rejected::mistake("name", Problem::Choice));
        }
        if before.role == role {
            return Err(Rejected::mistake("role", Problem::Repeated));
        }
        let id = before.id;
        let (used_up, agreed) = beside.unzip();
        // A proposal of their own that is agreed to is used up before it would be taken back.
        let mut given: Vec<Statement> = used_up.into_iter().collect();
        given.extend(self.gives_role(id, role, by));
        given.extend(takes_back(id));
        let change = staff::change_role(id, (before.role, role), others_min);
        self.change_staff_by(by, Happening::StaffChanged, (id, change), (given, agreed))
            .await
    }

    pub(super) fn staff_role(&self, name: &str) -> Result<Role, Rejected> {
        let role = self.policy().role_named(name);
        role.filter(|role| sessions::is_staff_role(*role))
            .ok_or_else(|| Rejected::mistake("role", Problem::Choice))
    }

    /// Takes a lost second factor away from an account of staff, with its codes on paper: the next sign-in sets up another one.
    /// Its sessions end at once.
    ///
    /// # Errors
    /// A mistake with `name` when there is no open account of that name.
    pub async fn remove_staff_factor(&self, by: &Actor, name: &str) -> Result<(), Rejected> {
        let row = self.staff_named(name).await?;
        if row.disabled_at.is_some() {
            return Err(Rejected::mistake("name", Problem::Choice));
        }
        let beside = self.may_set_up(row.id)?.into();
        self.change_staff(by, Happening::AuthenticatorRemoved, &row, beside)
            .await
    }

    /// The password in its one writing, if staff may have it.
    pub(super) fn acceptable_for_staff(
        &self,
        secret: &Plain<String>,
        name: &str,
    ) -> Result<Plain<String>, Rejected> {
        let secret = passwords::normalized(secret);
        let mut guessable = self.guessable();
        guessable.push(name.trim().to_lowercase());
        passwords::judge(&secret, &guessable, true)
            .map_err(|problem| Rejected::mistake("password", problem))?;
        Ok(secret)
    }

    pub(super) async fn staff_named(&self, name: &str) -> Result<Staff, Rejected> {
        let wanted = name.trim().to_owned();
        let found = self.store().read(move |reader| staff::by_name(reader, &wanted));
        found
            .await?
            .ok_or_else(|| Rejected::mistake("name", Problem::Choice))
    }

    pub(super) async fn change_staff(
        &self,
        by: &Actor,
        happening: Happening,
        row: &Staff,
        beside: Vec<Statement>,
    ) -> Result<(), Rejected> {
        let change = (row.id, staff::update(row));
        self.change_staff_by(by, happening, change, (beside, None)).await
    }

    /// The same by a statement of one's own, with another entry before its own.
    async fn change_staff_by(
        &self,
        by: &Actor,
        happening: Happening,
        (id, change): (ActorId, Statement),
        (beside, also): (Vec<Statement>, Option<Entry>),
    ) -> Result<(), Rejected> {
        let entry = entry::of_happening(by, happening, Outcome::Done, Detail::None, self);
        let commit = Commit {
            statements: [change, session::remove_all_of_staff(id)]
                .into_iter()
                .chain(beside)
                .collect(),
            entries: also.into_iter().chain([entry]).collect(),
            ..Commit::default()
        };
        match self.store().commit(commit).await {
            Ok(_) => Ok(()),
            // The account is another one than it was a moment ago: closed, in another role, or the last one in it.
            Err(CommitError::Conflict(_)) => Err(Rejected::mistake("name", Problem::Closed)),
            Err(other) => Err(refused_commit(other)),
        }
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
}

/// What somebody invited to or proposed is taken back with the right to do so.
fn takes_back(staff: ActorId) -> [Statement; 2] {
    [staff_invitation::remove_by(staff), proposal::remove_by(staff)]
}
