//! 5.1.4: whoever gives access sees the accounts of staff, closes one, and gives another role: alone one that may do no more than their
//! own, with a second person any other. Of each role that looks after the others one stays who can come in, of the responsible person's
//! two, or nobody could agree to anything.

use jiff::Timestamp;
use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::{Actor, ActorId, Problem, ProposalId, Role};
use sandyq_policy::Language;
use sandyq_store::Commit;
use sandyq_store::tables::proposal;
use sandyq_store::tables::staff::{self, Staff};

use super::invitations::LOOK_AFTER;
use super::sessions::Caller;
use super::staff::StaffCard;
use crate::circumstances::Second;
use crate::entry;
use crate::rejected::Rejected;
use crate::second_person::Deed;
use crate::system::System;

/// Accounts of staff that a page shows.
pub const STAFF_SHOWN_MAX: u32 = 1000;

/// An account of staff, without anything by which one comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffAccount {
    /// Which.
    pub id: ActorId,
    /// The name by which they sign in.
    pub name: String,
    /// The role in the words of the policy.
    pub role: String,
    /// Since when there is the account.
    pub since: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Whether they have read the policy in force (PRE-1).
    pub familiar: bool,
    /// Whether it is the reader's own, which they leave to others.
    pub own: bool,
}

/// What became of a change of role at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangingRole {
    /// They have it now.
    Done,
    /// A second person must agree first (5.1.1).
    Proposed(ProposalId),
}

impl System {
    /// The accounts of staff: the open ones first, by name.
    ///
    /// # Errors
    /// "Not found" for whoever gives no access; a fault.
    pub async fn staff_accounts(
        &self,
        caller: &Caller,
        language: Language,
    ) -> Result<Vec<StaffAccount>, Rejected> {
        if !caller.gives_access() {
            return Err(Rejected::NotFound);
        }
        let found = self
            .store()
            .read(|reader| staff::open_first(reader, STAFF_SHOWN_MAX))
            .await?;
        self.account_for_accounts(caller).await?;
        let one = |row: Staff| self.account_at_desk(row, caller, language);
        Ok(found.into_iter().map(one).collect())
    }

    /// One account of staff.
    ///
    /// # Errors
    /// As [`System::staff_accounts`]; "not found" too when there is none of that id.
    pub async fn staff_account(
        &self,
        caller: &Caller,
        id: ActorId,
        language: Language,
    ) -> Result<StaffAccount, Rejected> {
        if !caller.gives_access() {
            return Err(Rejected::NotFound);
        }
        let found = self.store().read(move |reader| staff::find(reader, id)).await?;
        let row = found.ok_or(Rejected::NotFound)?;
        self.account_for_accounts(caller).await?;
        Ok(self.account_at_desk(row, caller, language))
    }

    async fn account_for_accounts(&self, caller: &Caller) -> Result<(), Rejected> {
        let read = entry::of_happening(
            &caller.actor,
            Happening::RegisterRead,
            Outcome::Done,
            Detail::None,
            self,
        );
        let commit = Commit {
            entries: vec![read],
            ..Commit::default()
        };
        self.commit_alone(commit).await?;
        Ok(())
    }

    fn account_at_desk(&self, row: Staff, caller: &Caller, language: Language) -> StaffAccount {
        StaffAccount {
            id: row.id,
            familiar: StaffCard::of(&row, self.policy().version()).familiar,
            role: self.role_label(row.role, language),
            since: row.created_at,
            closed_at: row.disabled_at,
            own: row.id == caller.actor.id,
            name: row.name,
        }
    }

    /// Closes an account of staff at the desk; its sessions end at once.
    ///
    /// # Errors
    /// A mistake with `name`: none of that name is open, one's own, or the last one of a role that looks after the others; "not
    /// found" as [`System::staff_accounts`].
    pub async fn close_staff_at_desk(&self, caller: &Caller, id: ActorId) -> Result<(), Rejected> {
        let row = self.somebody_else(caller, id).await?;
        self.close_row(&caller.actor, &row, others_min(row.role)).await
    }

    /// Gives somebody of staff another role, or proposes it where that takes two (5.1.1).
    ///
    /// # Errors
    /// As [`System::close_staff_at_desk`], and a mistake with `role`.
    pub async fn change_role_at_desk(
        &self,
        caller: &Caller,
        id: ActorId,
        role: &str,
    ) -> Result<ChangingRole, Rejected> {
        let before = self.somebody_else(caller, id).await?;
        let wanted = self.staff_role(role)?;
        if before.role == wanted {
            return Err(Rejected::mistake("role", Problem::Repeated));
        }
        if !self.takes_two(&caller.actor, wanted)? {
            let to = (wanted, others_min(before.role));
            self.change_role(&caller.actor, &before, to, None).await?;
            return Ok(ChangingRole::Done);
        }
        let id = ProposalId::random(self.chance());
        let deed = Deed::ChangeRole {
            from: self.role_name(before.role)?,
            role: self.role_name(wanted)?,
            name: before.name,
        };
        let proposed = self.propose(&caller.actor, (id, &deed), None).await?;
        Ok(ChangingRole::Proposed(proposed))
    }

    /// 5.1.1: somebody of staff gets another role at the word of two.
    pub(crate) async fn change_role_by_two(
        &self,
        (first, second): (&Actor, &Second),
        name: &str,
        (from, role): (&str, &str),
    ) -> Result<(), Rejected> {
        let before = open(self.staff_named(name).await?)?;
        let wanted = self.staff_role(role)?;
        if [first.id, second.by.id].contains(&before.id) {
            return Err(Rejected::mistake("name", Problem::OwnAccount));
        }
        if self.role_name(before.role)? != from {
            return Err(Rejected::mistake("name", Problem::Closed));
        }
        Self::given_by(first, &second.by, wanted)?;
        self.one_stays(&before).await?;
        let agreed = self.of_proposal(&second.by, Happening::Approved, Outcome::Done, None);
        let used_up = proposal::take(second.proposal);
        let to = (wanted, others_min(before.role));
        self.change_role(first, &before, to, Some((used_up, agreed)))
            .await
    }

    /// An open account that is not the caller's, and not the last one of a role that looks after the others.
    async fn somebody_else(&self, caller: &Caller, id: ActorId) -> Result<Staff, Rejected> {
        if !caller.gives_access() {
            return Err(Rejected::NotFound);
        }
        let found = self.store().read(move |reader| staff::find(reader, id)).await?;
        let row = open(found.ok_or(Rejected::NotFound)?)?;
        if row.id == caller.actor.id {
            return Err(Rejected::mistake("name", Problem::OwnAccount));
        }
        self.one_stays(&row).await?;
        Ok(row)
    }

    async fn one_stays(&self, row: &Staff) -> Result<(), Rejected> {
        let (id, role) = (row.id, row.role);
        let others = self
            .store()
            .read(move |reader| staff::others_in(reader, id, role));
        if others.await? >= u64::from(others_min(role)) {
            Ok(())
        } else {
            Err(Rejected::mistake("name", Problem::LastOfRole))
        }
    }
}

/// How many others who can come in must be left in a role.
fn others_min(role: Role) -> u32 {
    match role {
        // Each of them agrees to what the other one proposes (5.1.1).
        Role::RESPONSIBLE => 2,
        role if LOOK_AFTER.contains(&role) => 1,
        _ => 0,
    }
}

fn open(row: Staff) -> Result<Staff, Rejected> {
    match row.disabled_at {
        None => Ok(row),
        Some(_) => Err(Rejected::mistake("name", Problem::Closed)),
    }
}
