//! 5.1.3-b: the list of the people for the authority: names and mobile numbers, and no more. It is drawn at the moment of asking and
//! kept nowhere: each person's values are taken out along the one path, as a duty under the article on breaches (2.2.12), so that
//! each reads it on their own page. Whose record the policy opens to nobody is listed by its number alone.
//!
//! More people than one employee opens in an hour take a second person, who agrees for some hours (5.1.1): to the people who were found
//! by then. A search that begins afterwards takes another agreement.

use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{Detail, Entry, Happening, Outcome as Accounted};
use sandyq_model::act::Extract;
use sandyq_model::{
    Actor, BreachActKind, BreachId, CaseId, Category, Fault, FieldSet, Ground, IdempotencyKey, Operation,
    Plain, Problem, ProposalId, Purpose, SubjectId,
};
use sandyq_policy::Language;
use sandyq_store::tables::breach::Breach;
use sandyq_store::tables::breach_act;
use sandyq_store::tables::{breach_subject, proposal};
use sandyq_store::{Commit, CommitError, Reader};

use super::people::{are_sought, opened_to, sought_last};
use super::{ACTS_MAX, AT_ONCE};
use crate::access::Caller;
use crate::circumstances::{Circumstances, Second};
use crate::dossier::Dossier;
use crate::perform::{Outcome, refused_commit};
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::second_person::Deed;
use crate::system::System;

/// People in one part of a list: so many are opened at once.
pub const PART_PEOPLE: u32 = 500;
/// For how many hours a list is open, where the policy does not say it.
const HOURS: u32 = 24;
/// The fields of a name, in the order of a line.
const NAMES: [&str; 4] = ["last_name", "first_name", "patronymic", "sender"];
/// The field of a mobile number, and the one that stands in its place where there is none.
const PHONES: [&str; 2] = ["cell_phone", "contact_phone"];

/// A part of the list.
#[derive(Debug)]
pub struct BreachList {
    /// The number of the breach.
    pub breach: u32,
    /// The article that demands it.
    pub law: String,
    /// When it was drawn.
    pub at: Timestamp,
    /// The people.
    pub rows: Vec<Listed>,
    /// The entry of the ledger that the list was drawn.
    pub entry: u64,
}

/// One person of the list.
#[derive(Debug)]
pub struct Listed {
    /// The number of the record.
    pub subject: SubjectId,
    /// What the person is to the operator, in words.
    pub group: String,
    /// The name; `None` where the record is opened to nobody.
    pub name: Option<Plain<String>>,
    /// The mobile number.
    pub phone: Option<Plain<String>>,
}

impl System {
    /// Draws a part of the list, from the person on with whom it begins.
    ///
    /// # Errors
    /// A mistake with `part`: nobody is there, people are still looked for, they are more than the caller opens in an hour and no
    /// second person agreed (entered); [`Rejected::NotFound`] for everybody but the responsible person, and when there is no such
    /// breach.
    pub async fn draw_list(
        &self,
        caller: &Caller,
        number: u32,
        first: SubjectId,
        language: Language,
    ) -> Result<BreachList, Rejected> {
        at_the_board(caller)?;
        let (breach, _) = self.breach_numbered(number).await?;
        let (id, limit) = (breach.id, self.bulk_read());
        let read = self.store().read(move |reader| {
            let people = breach_subject::counts(reader, id)?.people;
            let acts = breach_act::of_breach(reader, id, ACTS_MAX)?;
            let few = few(reader, id, people, limit)?;
            Ok((acts, few, breach_subject::from(reader, id, first, PART_PEOPLE)?))
        });
        let (acts, few, people) = read.await?;
        if people.is_empty() || are_sought(&acts) {
            return Err(Rejected::mistake("part", Problem::NotDone));
        }
        let is_open = opened_to(&acts, caller.actor.id, self.now()).is_some();
        if !is_open && self.is_beyond_one(caller, few.as_deref()) {
            self.account_for_list(caller, id, (Accounted::Refused, Detail::Throttled))
                .await?;
            return Err(Rejected::mistake("part", Problem::TakesTwo));
        }
        let law = self.law_of_notice(breach.detected_at);
        let mut rows = Vec::with_capacity(people.len());
        for some in people.chunks(AT_ONCE) {
            let drawn = some
                .iter()
                .map(|subject| self.listed_person((caller, is_open), *subject, (&breach, &law), language));
            rows.extend(try_join_all(drawn).await?.into_iter().flatten());
        }
        let entry = self
            .account_for_list(caller, id, (Accounted::Done, Detail::None))
            .await?;
        Ok(BreachList {
            breach: breach.number,
            law,
            at: self.now(),
            rows,
            entry,
        })
    }

    /// Whether all of them are more people than one employee opens in this hour.
    pub(super) fn is_beyond_one(&self, caller: &Caller, few: Option<&[SubjectId]>) -> bool {
        let looks = self.opened_lately();
        few.is_none_or(|few| !looks.have_room(self.bulk_read(), (caller.actor.id, few), self.now()))
    }

    /// One person of the list; `None` for whoever is gone meanwhile.
    async fn listed_person(
        &self,
        (caller, is_open): (&Caller, bool),
        subject: SubjectId,
        (breach, law): (&Breach, &str),
        language: Language,
    ) -> Result<Option<Listed>, Rejected> {
        let dossier = self.dossier(subject).await?;
        let Some(category) = dossier.category() else {
            return Ok(None);
        };
        let mut row = Listed {
            subject,
            group: self.category_label(category, language),
            name: None,
            phone: None,
        };
        let key = IdempotencyKey::random(self.chance());
        let mut operation: Operation<Extract> =
            Operation::new(caller.actor, subject, category, self.now(), key)
                .on(self.named_by(&dossier, category))
                .for_purpose(Purpose::STATUTORY)
                .in_case(CaseId::from_bytes(*breach.id.as_bytes()));
        operation.ground = Ground::Law {
            citation: law.to_owned(),
        };
        let circumstances = Circumstances::responsible(caller);
        let facts = dossier.facts(&operation, &circumstances, self.policy());
        // Only asked: whoever is locked, or not confirmed, is listed without a look.
        if operation.fields.is_empty() || self.policy().decide(&operation, &facts).is_err() {
            return Ok(Some(row));
        }
        if !is_open {
            self.within_bulk(&operation, caller, "part").await?;
        }
        let values = match self.perform(&operation, &circumstances, &()).await {
            Ok(Outcome::Done { output, .. }) => output,
            // Between asking and opening the record was locked, or is gone.
            Ok(Outcome::Repeated(_)) | Err(Rejected::Refusal(_) | Rejected::NotFound) => {
                return Ok(Some(row));
            }
            Err(other) => return Err(other),
        };
        let value = |name: &&str| {
            let field = self.policy().field_named(name)?;
            values.get(&field)
        };
        let names: Vec<&str> = NAMES
            .iter()
            .filter_map(value)
            .map(|value| value.expose().as_str())
            .collect();
        row.name = Some(Plain::new(names.join(" ")));
        row.phone = PHONES.iter().find_map(value).cloned();
        Ok(Some(row))
    }

    /// The fields by which the authority knows somebody, of those that are stored: a name and one number.
    fn named_by(&self, dossier: &Dossier, category: Category) -> FieldSet {
        let held = dossier
            .held()
            .intersection(self.policy().purpose_fields(Purpose::STATUTORY, category));
        let stored = |name: &&str| {
            let field = self.policy().field_named(name);
            field.filter(|field| held.contains(*field))
        };
        let names = NAMES.iter().filter_map(stored);
        names.chain(PHONES.iter().find_map(stored)).collect()
    }

    async fn account_for_list(
        &self,
        caller: &Caller,
        breach: BreachId,
        (outcome, detail): (Accounted, Detail),
    ) -> Result<u64, Rejected> {
        let entry = Entry {
            outcome,
            detail,
            purpose: Some(Purpose::STATUTORY),
            ..self.entry_of_breach(&caller.actor, Happening::BreachListDrawn, breach)
        };
        let commit = Commit {
            entries: vec![entry],
            ..Commit::default()
        };
        match self.store().commit(commit).await.map_err(refused_commit)? {
            sandyq_store::Committed::Done { entry_index, .. } => Ok(entry_index),
            sandyq_store::Committed::Already(_) => Err(Rejected::NotFound),
        }
    }

    /// Proposes that the list of a breach be open, whose people are more than one employee opens in an hour: of so many as they
    /// are now.
    ///
    /// # Errors
    /// A mistake with `part` while people are looked for; [`Rejected::NotFound`] for everybody but the responsible person, and when
    /// there is no such breach.
    pub async fn propose_list(&self, caller: &Caller, number: u32) -> Result<ProposalId, Rejected> {
        at_the_board(caller)?;
        let (breach, _) = self.breach_numbered(number).await?;
        let (counts, acts) = self.room_for_act(breach.id, "part").await?;
        if are_sought(&acts) {
            return Err(Rejected::mistake("part", Problem::NotDone));
        }
        let id = ProposalId::random(self.chance());
        let deed = Deed::BreachList {
            breach: number,
            people: Some(counts.people),
            sought: sought_last(&acts),
        };
        self.propose(&caller.actor, (id, &deed), None).await
    }

    /// Opens the list to both, at the word of two who agreed to so many people.
    pub(crate) async fn open_list(
        &self,
        (first, second): (&Actor, &Second),
        (number, sought): (u32, Option<u32>),
    ) -> Result<(), Rejected> {
        let (breach, _) = self.breach_numbered(number).await?;
        let (_, acts) = self.room_for_act(breach.id, "proposal").await?;
        if are_sought(&acts) {
            return Err(Rejected::mistake("proposal", Problem::NotDone));
        }
        // Whom somebody found since, the first did not mean; and a proposal that was written down without that says nobody.
        if sought.is_none() || sought != sought_last(&acts) {
            return Err(Rejected::mistake("proposal", Problem::MorePeople));
        }
        let hours = self.policy().counted("breach-list-hours", HOURS);
        let mut act = self.act_of(first, breach.id, BreachActKind::List);
        act.number = acts.first().map_or(1, |newest| newest.number + 1);
        act.from_at = Some(act.begun_at);
        act.until_at = Some(act.begun_at + SignedDuration::from_hours(i64::from(hours)));
        act.agreed_by = Some(second.by.id);
        act.progress.ended_at = Some(act.begun_at);
        let commit = Commit {
            // Where a search has begun meanwhile it has that number.
            statements: vec![proposal::take(second.proposal), breach_act::begin_numbered(&act)],
            entries: vec![
                self.entry_of_breach(first, Happening::BreachListOpened, breach.id),
                self.of_proposal(&second.by, Happening::Approved, Accounted::Done, None),
            ],
            protects: true,
            ..Commit::default()
        };
        match self.store().commit(commit).await {
            Ok(_) => Ok(()),
            Err(CommitError::Conflict(_)) => Err(Rejected::mistake("proposal", Problem::Stale)),
            Err(other) => Err(refused_commit(other)),
        }
    }
}

/// Everybody whom a breach concerns, where they are not more than one employee opens in an hour: only then does it matter who of
/// them was looked at already.
pub(super) fn few(
    reader: &mut dyn Reader,
    breach: BreachId,
    people: u64,
    limit: u32,
) -> Result<Option<Vec<SubjectId>>, Fault> {
    if people > u64::from(limit) {
        return Ok(None);
    }
    let first = SubjectId::from_bytes([0; 16]);
    breach_subject::from(reader, breach, first, limit).map(Some)
}
