//! 5.1.3-b: whom a breach concerns, on the desk of the responsible person: by the ids of records, with how each was found and told.
//! No value of anybody is opened here.

use jiff::{SignedDuration, Timestamp};
use sandyq_model::{ActorId, BreachActKind, Category, FieldSet, Standing, SubjectId, Unreached};
use sandyq_policy::Language;
use sandyq_store::tables::breach_act::{self, BreachAct};
use sandyq_store::tables::breach_subject::{self, Concerned, Counts};

use super::ACTS_MAX;
use super::listing::{PART_PEOPLE, few};
use super::reading::{BreachRow, row};
use crate::access::Caller;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;

/// People on one page.
const PAGE_PEOPLE: u32 = 50;
/// The last page that can be asked for.
const PAGE_MAX: u32 = 1_001;
/// A letter that is on its way for longer was given up.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_hours(6 * 24);

/// The people of a breach.
#[derive(Clone, Debug)]
pub struct People {
    /// The breach.
    pub breach: BreachRow,
    /// How many they are now; whoever was destroyed is not among them.
    pub counts: Counts,
    /// What was done about them, newest first.
    pub acts: Vec<ActView>,
    /// Some of them.
    pub rows: Vec<ConcernedView>,
    /// The page, from 1.
    pub page: u32,
    /// Whether another one follows.
    pub more: bool,
    /// The parts in which their list is drawn.
    pub parts: Vec<Part>,
    /// Until when the reader may draw a list of more people than one employee opens in an hour.
    pub open_until: Option<Timestamp>,
    /// Whether drawing it takes a second person first.
    pub takes_two: bool,
}

impl People {
    /// Whether people are being looked for now.
    #[must_use]
    pub fn is_sought(&self) -> bool {
        let mut acts = self.acts.iter();
        acts.any(|act| act.ended_at.is_none() && BreachActKind::FINDS.contains(&act.kind))
    }

    /// How many a letter could be left for.
    #[must_use]
    pub const fn unwritten(&self) -> u64 {
        self.counts.people.saturating_sub(self.counts.letters)
    }
}

/// One part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// With whom it begins.
    pub first: SubjectId,
    /// The place of its first and of its last person in the list, from 1.
    pub places: (u64, u64),
}

/// Something that was done about the people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActView {
    /// Its number.
    pub number: u32,
    /// What.
    pub kind: BreachActKind,
    /// Of which groups.
    pub categories: Vec<Category>,
    /// The fields, in words.
    pub fields: Vec<String>,
    /// The sign-in name of the account whose looks were followed; nothing when there is no such account any more.
    pub staff: Option<String>,
    /// From which instant.
    pub from_at: Option<Timestamp>,
    /// Until which.
    pub until_at: Option<Timestamp>,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// The sign-in name of whoever began it.
    pub by: Option<String>,
    /// How much of it is done, in percent.
    pub percent: u8,
    /// How many people, or entries of the ledger, were looked through.
    pub seen: u64,
    /// How many people were found, or written to.
    pub found: u64,
    /// How many would have been found and have withdrawn or were destroyed.
    pub left_out: u64,
    /// Whether it was stopped because there are too many.
    pub full: bool,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// Somebody whom a breach concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConcernedView {
    /// The number of the record.
    pub subject: SubjectId,
    /// What the person is to the operator.
    pub category: Category,
    /// Where the record stands.
    pub standing: Standing,
    /// By which act they were found.
    pub act: u32,
    /// How far they were told.
    pub reach: Reach,
}

/// How far somebody was told of a breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// No letter was left yet.
    Unwritten,
    /// It is on its way.
    Waits,
    /// It went out.
    Told(Timestamp),
    /// It came back: to be told otherwise.
    CameBack,
    /// It was tried for days: to be told otherwise.
    GivenUp,
    /// It could not be sent: to be told otherwise.
    Unreached(Unreached),
}

impl Reach {
    /// Its word in translations.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unwritten => "unwritten",
            Self::Waits => "waits",
            Self::Told(_) => "told",
            Self::CameBack => "came-back",
            Self::GivenUp => "given-up",
            Self::Unreached(why) => why.name(),
        }
    }

    /// Whether somebody has to tell them otherwise.
    #[must_use]
    pub const fn is_otherwise(self) -> bool {
        matches!(self, Self::CameBack | Self::GivenUp | Self::Unreached(_))
    }

    fn of(of: &Concerned, now: Timestamp) -> Self {
        match (of.row.unreached, of.row.told_at, of.row.letter_at) {
            (Some(why), _, _) => Self::Unreached(why),
            (None, Some(_), _) if of.came_back => Self::CameBack,
            (None, Some(at), _) => Self::Told(at),
            (None, None, Some(left)) if left + ON_ITS_WAY < now => Self::GivenUp,
            (None, None, Some(_)) => Self::Waits,
            (None, None, None) => Self::Unwritten,
        }
    }
}

impl System {
    /// Whom a breach concerns, and what was done about them. A look is entered as one at the register.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person, and when there is no such breach.
    pub async fn people_of_breach(
        &self,
        caller: &Caller,
        number: u32,
        page: u32,
        language: Language,
    ) -> Result<People, Rejected> {
        at_the_board(caller)?;
        let (breach, steps) = self.breach_numbered(number).await?;
        self.account_for_reading(&caller.actor).await?;
        let page = page.clamp(1, PAGE_MAX);
        let (id, offset) = (breach.id, (page - 1) * PAGE_PEOPLE);
        let limit = self.bulk_read();
        let read = self.store().read(move |reader| {
            let counts = breach_subject::counts(reader, id)?;
            let acts = breach_act::of_breach(reader, id, ACTS_MAX)?;
            let few = few(reader, id, counts.people, limit)?;
            let rows = breach_subject::page(reader, id, PAGE_PEOPLE + 1, offset)?;
            let firsts = breach_subject::parts(reader, id, PART_PEOPLE)?;
            Ok((counts, acts, few, rows, firsts))
        });
        let (counts, acts, few, rows, firsts) = read.await?;
        let now = self.now();
        let names = self.names_of_staff().await?;
        let open_until = opened_to(&acts, caller.actor.id, now);
        let shown = rows.iter().take(PAGE_PEOPLE as usize);
        Ok(People {
            breach: row(&breach, &steps, now),
            counts,
            rows: shown.map(|one| concerned(one, now)).collect(),
            page,
            more: rows.len() > PAGE_PEOPLE as usize,
            parts: parts(&firsts, counts.people),
            open_until,
            takes_two: open_until.is_none() && self.is_beyond_one(caller, few.as_deref()),
            acts: acts
                .into_iter()
                .map(|act| {
                    let name = |id: ActorId| names.get(&id).cloned();
                    ActView {
                        percent: percent(&act),
                        number: act.number,
                        kind: act.kind,
                        staff: act.staff.and_then(name),
                        by: name(act.begun_by),
                        fields: self.labels(act.fields, language),
                        categories: act.categories,
                        from_at: act.from_at,
                        until_at: act.until_at,
                        begun_at: act.begun_at,
                        seen: act.progress.seen,
                        found: act.progress.found,
                        left_out: act.progress.left_out,
                        full: act.progress.full_at.is_some(),
                        ended_at: act.progress.ended_at,
                    }
                })
                .collect(),
        })
    }

    /// The fields that can be looked for, and named in a letter: name and words. Nothing in them is about anybody.
    #[must_use]
    pub fn fields_of_breach(&self, language: Language) -> Vec<(String, String)> {
        let of_people = Category::ALL.into_iter().filter(|one| *one != Category::Writer);
        let all = of_people
            .map(|category| self.policy().category_fields(category))
            .fold(FieldSet::EMPTY, FieldSet::union);
        all.without(sandyq_model::Field::RECORD)
            .iter()
            .map(|field| {
                let name = self.policy().field_name(field).to_owned();
                (name, self.field_label(field, language))
            })
            .collect()
    }
}

/// Whether people are looked for by an act.
fn finds(act: &BreachAct) -> bool {
    BreachActKind::FINDS.contains(&act.kind)
}

/// Whether people are looked for by any of these acts and it is not over.
pub(super) fn are_sought(acts: &[BreachAct]) -> bool {
    acts.iter()
        .any(|act| finds(act) && act.progress.ended_at.is_none())
}

/// The number of the newest act by which people were looked for. `acts` are all of them, newest first.
pub(super) fn sought_last(acts: &[BreachAct]) -> Option<u32> {
    acts.iter().find(|act| finds(act)).map(|act| act.number)
}

/// Until when the list is open to that member of staff, at the word of two of whom they are one. `acts` are all of them, newest
/// first: what two agreed to ends where somebody could be added.
pub(super) fn opened_to(acts: &[BreachAct], staff: ActorId, now: Timestamp) -> Option<Timestamp> {
    let since = acts.iter().take_while(|act| !finds(act));
    let opened = since.filter(|act| act.kind == BreachActKind::List);
    let to = opened.filter(|act| act.begun_by == staff || act.agreed_by == Some(staff));
    to.filter_map(|act| act.until_at)
        .filter(|until| now < *until)
        .max()
}

fn parts(firsts: &[SubjectId], people: u64) -> Vec<Part> {
    let size = u64::from(PART_PEOPLE);
    let parts = (0_u64..).zip(firsts).map(|(place, first)| Part {
        first: *first,
        places: (place * size + 1, people.min((place + 1) * size)),
    });
    parts.collect()
}

fn concerned(of: &Concerned, now: Timestamp) -> ConcernedView {
    ConcernedView {
        subject: of.row.subject,
        category: of.category,
        standing: of.standing,
        act: of.row.act,
        reach: Reach::of(of, now),
    }
}

/// Ids are random, so how far a walk through them came is told by where it is; how far one through the ledger came, by the
/// instant of its last entry.
fn percent(act: &BreachAct) -> u8 {
    if act.progress.ended_at.is_some() {
        return 100;
    }
    let reached = &act.progress.reached;
    let share = match (act.kind, act.from_at, act.until_at) {
        (BreachActKind::Looks, Some(from), Some(until)) => {
            let at = reached.get(8..16).and_then(|bytes| bytes.try_into().ok());
            let at = at.map_or(0, i64::from_be_bytes) - from.as_millisecond();
            let all = (until.as_millisecond() - from.as_millisecond()).max(1);
            at.saturating_mul(100) / all
        }
        _ => reached.first().map_or(0, |first| i64::from(*first) * 100 / 256),
    };
    u8::try_from(share.clamp(0, 99)).unwrap_or(0)
}
