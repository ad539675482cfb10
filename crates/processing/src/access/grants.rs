//! 5.1.4: "For any past day we can say who had access to what." Each role that was given is kept with its beginning and its end;
//! what a role may read is what the tables of the policy say.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::time::end_of_day;
use sandyq_model::{Actor, ActorId, IdempotencyKey, Problem, Role};
use sandyq_policy::Language;
use sandyq_store::tables::staff_grant::{self, StaffGrant};
use sandyq_store::{Commit, Statement};

use super::sessions::Caller;
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::system::System;

/// A role that somebody had on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRow {
    /// The name by which they sign in.
    pub name: String,
    /// The role in the words of the policy.
    pub role: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when; `None` while it lasts.
    pub until: Option<Timestamp>,
    /// For which purposes which fields are read in that role.
    pub reads: Vec<(String, Vec<String>)>,
}

/// Who had access to what on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessOnDay {
    /// The day, in Kazakhstan.
    pub day: Date,
    /// By name.
    pub rows: Vec<AccessRow>,
    /// The version of the policy that says what is read: the one in force now.
    pub policy: String,
}

impl System {
    /// Who had access to what on that day.
    ///
    /// # Errors
    /// A mistake with `day` for a day that is to come, or none that a calendar has.
    pub async fn access_on(
        &self,
        by: &Actor,
        day: Date,
        language: Language,
    ) -> Result<AccessOnDay, Rejected> {
        let unfit = || Rejected::mistake("day", Problem::Date);
        let last = end_of_day(day).map_err(|_| unfit())?;
        if day > sandyq_model::time::day_in_kazakhstan(self.now()) {
            return Err(unfit());
        }
        let before = day.yesterday().and_then(end_of_day).map_err(|_| unfit())?;
        let first = before
            .checked_add(SignedDuration::from_millis(1))
            .map_err(|_| unfit())?;
        let found = self
            .store()
            .read(move |reader| staff_grant::between(reader, first, last))
            .await?;
        let rows = found.into_iter().map(|(grant, name)| AccessRow {
            name,
            role: self.role_label(grant.role, language),
            since: grant.from,
            until: grant.until,
            reads: self.reads_of(grant.role, language),
        });
        let on_day = AccessOnDay {
            day,
            rows: rows.collect(),
            policy: hex::encode(self.policy().version()),
        };
        let read = entry::of_happening(by, Happening::RegisterRead, Outcome::Done, Detail::None, self);
        let commit = Commit {
            entries: vec![read],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        Ok(on_day)
    }

    /// The same at the desk, for those who answer for access: the responsible person, the auditor and the administrator.
    ///
    /// # Errors
    /// "Not found" for everybody else.
    pub async fn access_at_desk(
        &self,
        caller: &Caller,
        day: Date,
        language: Language,
    ) -> Result<AccessOnDay, Rejected> {
        if !caller.answers_for_access() {
            return Err(Rejected::NotFound);
        }
        self.access_on(&caller.actor, day, language).await
    }

    fn reads_of(&self, role: Role, language: Language) -> Vec<(String, Vec<String>)> {
        let read = sandyq_policy::reads(self.policy(), role).into_iter();
        read.map(|(purpose, fields)| {
            (
                self.purpose_label(purpose, language),
                self.labels(fields, language),
            )
        })
        .collect()
    }

    /// From now on a member of staff has that role, and no other.
    pub(super) fn gives_role(&self, staff: ActorId, role: Role, by: &Actor) -> [Statement; 2] {
        let now = self.now();
        let grant = StaffGrant {
            id: *IdempotencyKey::random(self.chance()).as_bytes(),
            staff,
            role,
            given_by: Some(by.id),
            from: now,
            until: None,
            ended_by: None,
        };
        [staff_grant::end(staff, now, by.id), staff_grant::insert(&grant)]
    }
}

impl Caller {
    /// Whether they may ask who had access to what.
    #[must_use]
    pub fn answers_for_access(&self) -> bool {
        let roles = [
            Role::RESPONSIBLE,
            Role::AUDITOR,
            Role::ADMINISTRATOR,
            Role::ACCESS,
        ];
        self.staff.as_ref().is_some_and(|card| card.familiar) && roles.contains(&self.actor.role)
    }
}
