//! 8-c: orders to keep what would be destroyed. The responsible person enters who gave the order, by which article and by
//! which document; while it stands nothing of the record is destroyed, and once its day has come nothing else is done with
//! it either. It never ends by itself.

use jiff::civil::Date;
use sandyq_model::act::Store;
use sandyq_model::{FieldSet, Ground, HoldId, Mistake, Operation, OrderedBy, Problem, SubjectId, time};
use sandyq_store::tables::hold::Hold;

use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::citation::{article_of, dated, document_of};
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::store::Keeping;
use crate::system::System;

/// Orders that can stand for one person, lifted ones included.
pub const HOLDS_MAX: usize = 32;

/// An order as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// Who gave it: a word of [`OrderedBy`].
    pub ordered_by: String,
    /// By which article.
    pub article: String,
    /// The number of their document.
    pub document: String,
    /// The day on it, as `2026-11-27`.
    pub dated: String,
}

/// An order, to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldView {
    /// Which.
    pub id: HoldId,
    /// Who gave it.
    pub ordered_by: OrderedBy,
    /// By which article.
    pub article: String,
    /// The number of their document.
    pub document: String,
    /// The day on it.
    pub dated: String,
    /// The day on which it was entered.
    pub placed_on: Date,
    /// The day on which it was lifted, and by which document.
    pub lifted: Option<(Date, String)>,
}

impl From<&Hold> for HoldView {
    fn from(hold: &Hold) -> Self {
        let document = hold.lifted_document.clone().unwrap_or_default();
        Self {
            id: hold.id,
            ordered_by: hold.ordered_by,
            article: hold.article.clone(),
            document: hold.document.clone(),
            dated: hold.dated.clone(),
            placed_on: time::day_in_kazakhstan(hold.placed_at),
            lifted: hold.lifted_at.map(|at| (time::day_in_kazakhstan(at), document)),
        }
    }
}

impl System {
    /// 8-c: enters an order to keep somebody's record.
    ///
    /// # Errors
    /// What is wrong with the order, field by field; the policy's refusal; [`Rejected::NotFound`] for everybody but the
    /// responsible person.
    pub async fn place_hold(
        &self,
        caller: &Caller,
        subject: SubjectId,
        order: &Order,
    ) -> Result<HoldId, Rejected> {
        at_the_board(caller)?;
        let dossier = self.dossier(subject).await?;
        let hold = self.hold_of(caller, subject, order)?;
        if dossier.holds.len() >= HOLDS_MAX {
            return Err(Rejected::mistake("document", Problem::TooLong));
        }
        let mut operation: Operation<Store> = self.by_staff(caller.actor, &dossier)?.on(FieldSet::RECORD);
        operation.ground = Ground::Law {
            citation: hold.article.clone(),
        };
        let id = hold.id;
        self.perform(
            &operation,
            &Circumstances::responsible(caller),
            &Keeping::Held(hold),
        )
        .await?;
        Ok(id)
    }

    /// 8-c: lifts an order, by the document of that number.
    ///
    /// # Errors
    /// As [`System::place_hold`]; [`Rejected::NotFound`] when no such order stands.
    pub async fn lift_hold(
        &self,
        caller: &Caller,
        subject: SubjectId,
        id: HoldId,
        document: &str,
    ) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let document =
            document_of(document).map_err(|problem| Rejected::mistake("lifted_document", problem))?;
        let dossier = self.dossier(subject).await?;
        let standing = dossier.holds.iter().find(|hold| hold.id == id && hold.stands());
        let citation = standing.ok_or(Rejected::NotFound)?.article.clone();
        let mut operation: Operation<Store> = self.by_staff(caller.actor, &dossier)?.on(FieldSet::RECORD);
        operation.ground = Ground::Law { citation };
        let input = Keeping::Lifted(id, caller.actor.id, document);
        self.perform(&operation, &Circumstances::responsible(caller), &input)
            .await?;
        self.wake();
        Ok(())
    }

    fn hold_of(&self, caller: &Caller, subject: SubjectId, order: &Order) -> Result<Hold, Rejected> {
        let mut mistakes = Vec::new();
        let mut wrong = |name: &str, problem: Problem| mistakes.push((name.to_owned(), problem));
        let ordered_by = OrderedBy::named(order.ordered_by.trim());
        if ordered_by.is_none() {
            wrong("ordered_by", Problem::Choice);
        }
        let article = article_of(&order.article).unwrap_or_else(|problem| {
            wrong("article", problem);
            String::new()
        });
        let document = document_of(&order.document).unwrap_or_else(|problem| {
            wrong("document", problem);
            String::new()
        });
        let dated = dated(&order.dated, self.now());
        if dated.is_none() {
            wrong("dated", Problem::Date);
        }
        let (Some(ordered_by), Some(dated), true) = (ordered_by, dated, mistakes.is_empty()) else {
            return Err(Rejected::Mistake(Mistake(mistakes)));
        };
        Ok(Hold {
            subject,
            id: HoldId::random(self.chance()),
            ordered_by,
            article,
            document,
            dated: dated.to_string(),
            placed_at: self.now(),
            placed_by: caller.actor.id,
            lifted_at: None,
            lifted_by: None,
            lifted_document: None,
        })
    }
}
