//! 5.1.4: whoever is to work here is invited by a link that opens once and for 72 hours. They choose a password, set up a second factor and
//! read the policy; nobody else ever knows what they sign in with. Nobody gives alone a role that may do more than their own.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::{Actor, ActorId, Plain, Problem, ProposalId, Role};
use sandyq_policy::Language;
use sandyq_store::Commit;
use sandyq_store::tables::proposal;
use sandyq_store::tables::staff::{self, Staff};
use sandyq_store::tables::staff_invitation::{self, StaffInvitation};

use super::password;
use super::sessions::{self, Caller};
use super::way_in_of_staff::HalfWay;
use crate::circumstances::Second;
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::second_person::Deed;
use crate::system::System;

/// For how long an invitation opens.
const OPENS_FOR: SignedDuration = SignedDuration::from_hours(72);

/// Roles that look after the others: to give one takes two (5.1.1), and one of each stays.
pub(super) const LOOK_AFTER: [Role; 4] = [
    Role::RESPONSIBLE,
    Role::ADMINISTRATOR,
    Role::AUDITOR,
    Role::ACCESS,
];

/// What became of an invitation at the desk.
pub enum Inviting {
    /// It opens now.
    Done(Invitation),
    /// A second person must agree first (5.1.1).
    Proposed(ProposalId),
}

/// An invitation, to be handed to whom it is for.
pub struct Invitation {
    /// The path of the page that it opens, shown once.
    pub path: Plain<String>,
    /// The whole address, when the operator's site is configured.
    pub link: Plain<String>,
    /// Until when it opens.
    pub until: Timestamp,
}

/// A role that can be given at the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleToGive {
    /// Its name in the policy folder.
    pub name: String,
    /// It in words.
    pub label: String,
    /// Whether a second person must agree (5.1.1).
    pub takes_two: bool,
}

/// Who is invited, as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// The name by which they will sign in.
    pub name: String,
    /// The role in the words of the policy.
    pub role: String,
}

impl System {
    /// Invites somebody; an earlier invitation of that name opens nothing any more.
    ///
    /// # Errors
    /// A mistake with `name` or `role`.
    pub async fn invite_staff(&self, by: &Actor, name: &str, role: &str) -> Result<Invitation, Rejected> {
        let (name, role) = self.invitable(name, role).await?;
        if !self.may_give(by, role) {
            return Err(Rejected::mistake("role", Problem::RoleAbove));
        }
        self.invite(by, name, role, |commit| commit).await
    }

    /// The same at the desk. A role that looks after the others, or may do more than the caller's, takes two: then it is only
    /// proposed (5.1.1).
    ///
    /// # Errors
    /// "Not found" for whoever gives no access; else as [`System::invite_staff`].
    pub async fn invite_at_desk(
        &self,
        caller: &Caller,
        name: &str,
        role: &str,
    ) -> Result<Inviting, Rejected> {
        if !caller.gives_access() {
            return Err(Rejected::NotFound);
        }
        let by = &caller.actor;
        let (name, role) = self.invitable(name, role).await?;
        if !self.takes_two(by, role)? {
            return self
                .invite(by, name, role, |commit| commit)
                .await
                .map(Inviting::Done);
        }
        let role = self.role_name(role)?;
        let id = ProposalId::random(self.chance());
        let proposed = self.propose(by, (id, &Deed::Invite { name, role }), None).await?;
        Ok(Inviting::Proposed(proposed))
    }

    /// Whether that role is given by two: one that looks after the others, and one that may do more than the giver's own.
    ///
    /// # Errors
    /// A mistake with `role` for the responsible person's, which nobody gives at the desk.
    pub(super) fn takes_two(&self, by: &Actor, role: Role) -> Result<bool, Rejected> {
        if role == Role::RESPONSIBLE {
            return Err(Rejected::mistake("role", Problem::RoleAbove));
        }
        Ok(LOOK_AFTER.contains(&role) || !self.may_give(by, role))
    }

    /// Whether those two may give that role: one of them is the responsible person.
    ///
    /// # Errors
    /// A mistake with `role`, if not.
    pub(super) fn given_by(first: &Actor, second: &Actor, role: Role) -> Result<(), Rejected> {
        let answers = [first, second].iter().any(|by| by.role == Role::RESPONSIBLE);
        (answers && role != Role::RESPONSIBLE)
            .then_some(())
            .ok_or_else(|| Rejected::mistake("role", Problem::RoleAbove))
    }

    /// The name of a role in the policy folder.
    pub(super) fn role_name(&self, role: Role) -> Result<String, Rejected> {
        let declared = self.policy().role(role).ok_or(Rejected::NotFound)?;
        Ok(declared.name.to_string())
    }

    /// 5.1.1: somebody is invited at the word of two.
    pub(crate) async fn invite_by_two(
        &self,
        (first, second): (&Actor, &Second),
        name: &str,
        role: &str,
    ) -> Result<Invitation, Rejected> {
        let (name, role) = self.invitable(name, role).await?;
        Self::given_by(first, &second.by, role)?;
        let agreed = self.of_proposal(&second.by, Happening::Approved, Outcome::Done, None);
        self.invite(first, name, role, |mut commit| {
            commit.statements.insert(0, proposal::take(second.proposal));
            commit.entries.push(agreed);
            commit
        })
        .await
    }

    /// A name that is free and a role of staff.
    async fn invitable(&self, name: &str, role: &str) -> Result<(String, Role), Rejected> {
        Ok((self.free_staff_name(name).await?, self.staff_role(role)?))
    }

    async fn invite(
        &self,
        by: &Actor,
        name: String,
        role: Role,
        with: impl FnOnce(Commit) -> Commit,
    ) -> Result<Invitation, Rejected> {
        let mut secret = [0; 32];
        self.chance().fill(&mut secret);
        let now = self.now();
        let invitation = StaffInvitation {
            token_hash: *self.vault().invitation_hash(&secret).as_bytes(),
            name,
            role,
            invited_by: by.id,
            added_at: now,
            until: now + OPENS_FOR,
        };
        let invited = entry::of_happening(by, Happening::StaffChanged, Outcome::Done, Detail::None, self);
        let commit = with(Commit {
            statements: vec![
                staff_invitation::remove_over(now),
                staff_invitation::remove_of_name(&invitation.name),
                staff_invitation::insert(&invitation),
            ],
            entries: vec![invited],
            ..Commit::default()
        });
        self.store().commit(commit).await.map_err(refused_commit)?;
        let path = format!("/staff/invited/{}", URL_SAFE_NO_PAD.encode(secret));
        let site = self
            .operator()
            .map_or("", |operator| operator.site.trim_end_matches('/'));
        Ok(Invitation {
            link: Plain::new(format!("{site}{path}")),
            path: Plain::new(path),
            until: invitation.until,
        })
    }

    /// The roles that the caller may give or propose.
    #[must_use]
    pub fn roles_to_give(&self, caller: &Caller, language: Language) -> Vec<RoleToGive> {
        let roles = self.policy().roles();
        let of_staff = roles.filter(|role| sessions::is_staff_role(role.role));
        of_staff
            .filter_map(|role| {
                Some(RoleToGive {
                    takes_two: self.takes_two(&caller.actor, role.role).ok()?,
                    name: role.name.to_string(),
                    label: self.role_label(role.role, language),
                })
            })
            .collect()
    }

    /// Whether that role may do nothing that the giver may not. Whoever owns the folder gives every role.
    pub(crate) fn may_give(&self, by: &Actor, role: Role) -> bool {
        !by.human || (role != Role::RESPONSIBLE && sandyq_policy::is_within(self.policy(), role, by.role))
    }

    /// Who is invited by that link.
    ///
    /// # Errors
    /// "Not found" when it was used, is over, or never was.
    pub async fn invited(&self, token: &str, language: Language) -> Result<Invited, Rejected> {
        let invitation = self.invitation(token).await?;
        Ok(Invited {
            role: self.role_label(invitation.role, language),
            name: invitation.name,
        })
    }

    /// Whoever is invited chooses a password: the account is made, and they are half the way in.
    ///
    /// # Errors
    /// A mistake with `password`; "not found" as [`System::invited`].
    pub async fn accept_invitation(&self, token: &str, secret: &Plain<String>) -> Result<HalfWay, Rejected> {
        let invitation = self.invitation(token).await?;
        let secret = self.acceptable_for_staff(secret, &invitation.name)?;
        let salted = self.clone();
        let hash = tokio::task::spawn_blocking(move || password::hashed(&secret, salted.chance()))
            .await
            .map_err(|_| sandyq_model::Fault::Busy("the password could not be hashed".into()))??;
        let now = self.now();
        let row = Staff {
            id: ActorId::random(self.chance()),
            name: self.free_staff_name(&invitation.name).await?,
            role: invitation.role,
            password_hash: hash,
            familiar_version: None,
            created_at: now,
            disabled_at: None,
            failures: 0,
            locked_until: None,
        };
        let actor = Actor {
            id: row.id,
            role: row.role,
            human: true,
        };
        let inviter = Actor {
            id: invitation.invited_by,
            ..Actor::system(Role::ADMINISTRATOR)
        };
        let opening = sessions::half_way_of_staff(self, row.id, now);
        let mut statements = vec![staff_invitation::take(invitation.token_hash), staff::insert(&row)];
        statements.extend(self.may_set_up(row.id)?);
        statements.extend(self.gives_role(row.id, row.role, &inviter));
        statements.push(opening.statement);
        let added = entry::of_happening(&actor, Happening::StaffAdded, Outcome::Done, Detail::None, self);
        let commit = Commit {
            statements,
            entries: vec![added],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(|error| match error {
            sandyq_store::CommitError::Conflict(_) => Rejected::NotFound,
            other => refused_commit(other),
        })?;
        Ok(HalfWay {
            token: opening.token,
            sets_up: true,
        })
    }

    async fn invitation(&self, token: &str) -> Result<StaffInvitation, Rejected> {
        let secret = URL_SAFE_NO_PAD.decode(token).map_err(|_| Rejected::NotFound)?;
        let hash = *self.vault().invitation_hash(&secret).as_bytes();
        let found = self
            .store()
            .read(move |reader| staff_invitation::find(reader, hash));
        let now = self.now();
        found
            .await?
            .filter(|invitation| now < invitation.until)
            .ok_or(Rejected::NotFound)
    }
}

impl Caller {
    /// Whether they give access and take it away: the responsible person and the administrators do.
    #[must_use]
    pub fn gives_access(&self) -> bool {
        let roles = [Role::RESPONSIBLE, Role::ADMINISTRATOR, Role::ACCESS];
        self.staff.as_ref().is_some_and(|card| card.familiar) && roles.contains(&self.actor.role)
    }
}
