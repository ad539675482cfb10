//! 8-c: orders to keep what would be destroyed. The responsible person enters who gave the order, by which article and by
//! which document; while it stands nothing of the record is destroyed, and once its day has come nothing else is done with
//! it either. It never ends by itself.

use jiff::civil::Date;
use sandyq_model::act::Store;
use sandyq_model::{
    Actor, FieldSet, Ground, HoldId, Mistake, Operation, OrderedBy, Problem, ProposalId, SubjectId, time,
};
use sandyq_store::tables::hold::Hold;
use serde::{Deserialize, Serialize};

use crate::access::Caller;
use crate::citation::{article_of, dated, document_of};
use crate::dossier::Dossier;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::second_person::{Deed, Said};
use crate::store::Keeping;
use crate::system::System;

/// Orders that can stand for one person, lifted ones included.
pub const HOLDS_MAX: usize = 32;

/// An order as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// 8-c, 5.1.1: proposes to enter an order to keep somebody's record; another one must agree.
    ///
    /// # Errors
    /// What is wrong with the order, field by field; the policy's refusal; [`Rejected::NotFound`] for everybody but the
    /// responsible person.
    pub async fn propose_hold(
        &self,
        caller: &Caller,
        subject: SubjectId,
        order: &Order,
    ) -> Result<ProposalId, Rejected> {
        at_the_board(caller)?;
        let dossier = self.dossier(subject).await?;
        let hold = self.hold_of(caller.actor, &dossier, order)?;
        let operation = self.about_an_order(caller.actor, &dossier, hold.article)?;
        self.propose_about(caller, &operation, &dossier, &Deed::Keep(order.clone()))
            .await
    }

    /// 8-c, 5.1.1: proposes to lift an order, by the document of that number; another one must agree.
    ///
    /// # Errors
    /// As [`System::propose_hold`]; [`Rejected::NotFound`] when no such order stands.
    pub async fn propose_lifting(
        &self,
        caller: &Caller,
        subject: SubjectId,
        id: HoldId,
        document: &str,
    ) -> Result<ProposalId, Rejected> {
        at_the_board(caller)?;
        let document =
            document_of(document).map_err(|problem| Rejected::mistake("lifted_document", problem))?;
        let dossier = self.dossier(subject).await?;
        let operation = self.about_an_order(caller.actor, &dossier, cited_by(&dossier, id)?)?;
        let lift = Deed::Lift {
            hold: id.to_string(),
            document,
        };
        self.propose_about(caller, &operation, &dossier, &lift).await
    }

    /// 8-c: enters an order to keep somebody's record.
    pub(crate) async fn place_hold(
        &self,
        said: &Said,
        subject: SubjectId,
        order: &Order,
    ) -> Result<HoldId, Rejected> {
        let dossier = self.dossier(subject).await?;
        let hold = self.hold_of(said.first, &dossier, order)?;
        let operation = self.about_an_order(said.first, &dossier, hold.article.clone())?;
        let id = hold.id;
        self.perform(&operation, &said.circumstances(), &Keeping::Held(hold))
            .await?;
        Ok(id)
    }

    /// 8-c: lifts an order, by the document of that number.
    pub(crate) async fn lift_hold(
        &self,
        said: &Said,
        subject: SubjectId,
        id: HoldId,
        document: String,
    ) -> Result<(), Rejected> {
        let dossier = self.dossier(subject).await?;
        let operation = self.about_an_order(said.first, &dossier, cited_by(&dossier, id)?)?;
        let input = Keeping::Lifted(id, said.first.id, document);
        self.perform(&operation, &said.circumstances(), &input).await?;
        self.wake();
        Ok(())
    }

    fn about_an_order(
        &self,
        actor: Actor,
        dossier: &Dossier,
        citation: String,
    ) -> Result<Operation<Store>, Rejected> {
        let mut operation: Operation<Store> = self.by_staff(actor, dossier)?.on(FieldSet::RECORD);
        operation.ground = Ground::Law { citation };
        Ok(operation)
    }

    fn hold_of(&self, by: Actor, dossier: &Dossier, order: &Order) -> Result<Hold, Rejected> {
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
        if dossier.holds.len() >= HOLDS_MAX {
            return Err(Rejected::mistake("document", Problem::TooLong));
        }
        Ok(Hold {
            subject: dossier.subject,
            id: HoldId::random(self.chance()),
            ordered_by,
            article,
            document,
            dated: dated.to_string(),
            placed_at: self.now(),
            placed_by: by.id,
            lifted_at: None,
            lifted_by: None,
            lifted_document: None,
        })
    }
}

/// The article of an order that stands.
fn cited_by(dossier: &Dossier, id: HoldId) -> Result<String, Rejected> {
    let standing = dossier.holds.iter().find(|hold| hold.id == id && hold.stands());
    standing
        .map(|hold| hold.article.clone())
        .ok_or(Rejected::NotFound)
}
