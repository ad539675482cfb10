//! 2.2.7: an order of licences: paid by card, placed, and told by mail.
//!
//! The card verification value is in memory from the form to the authorisation, and nowhere else; the card number is
//! sealed and shown as its last four digits.

use sandyq_model::act::{Record, Use};
use sandyq_model::value::{self, Context, ValueKind, Values};
use sandyq_model::{
    Actor, CardVerification, Field, FieldSet, IdempotencyKey, Mistake, Operation, Plain, Problem, Purpose,
    Role, time,
};
use sandyq_policy::Language;
use sandyq_store::tables::case_file::{self, CaseFile};

use super::State;
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::once::SentUnder;
use crate::ports::{Authorisation, Card};
use crate::queue;
use crate::record::Recorded;
use crate::rejected::Rejected;
use crate::system::System;
use crate::usage::Usage;

/// A card as it was typed.
pub struct CardForm {
    /// The number.
    pub number: Plain<String>,
    /// The holder.
    pub holder: Plain<String>,
    /// Month and year.
    pub expiry: Plain<String>,
    /// The verification value; spent and wiped.
    pub verification: Plain<String>,
}

/// An order that was placed.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Its reference number.
    pub reference: String,
    /// Which payment port authorised it.
    pub authorised_by: String,
    /// Whether that port moves no money.
    pub demonstration: bool,
}

/// One line of an order, as it is kept with the case: article, quantity, price of one.
pub(crate) fn line(sku: &str, quantity: u32, price_minor: i64) -> String {
    format!("{sku}\t{quantity}\t{price_minor}")
}

impl System {
    /// Pays an order: one authorisation, then the card is sealed and the order placed.
    ///
    /// # Errors
    /// Mistakes with the card, a refusal, or a fault. A card that was authorised for this order is not asked twice.
    pub async fn pay(
        &self,
        caller: &Caller,
        reference: &str,
        form: CardForm,
        language: Language,
        key: IdempotencyKey,
    ) -> Result<Placed, Rejected> {
        let subject = caller.own_subject()?;
        let dossier = self.dossier(subject).await?;
        let case = own_case(&dossier, reference)?.clone();
        // Nothing of the card is in it, not even hashed: one authorisation for one order is what a repetition means.
        let sent = self.sent_under(key, "pay", &[subject.as_bytes(), case.id.as_bytes()]);
        let placed = Placed {
            reference: case.reference.clone(),
            authorised_by: self.payments().name().to_owned(),
            demonstration: self.payments().is_demonstration(),
        };
        if dossier.known()?.withdrawn_at.is_some() {
            return Err(Rejected::NotFound);
        }
        if self.was_done(sent).await? || State::of(&case.state).is_document() {
            return Ok(placed);
        }
        let (values, card) = self.read_card(form)?;
        let total = case.total_minor.unwrap_or(0);
        self.account_use_of_card(&dossier, &case).await?;
        match self.payments().authorise(case.id, total, card).await? {
            Authorisation::Granted => {}
            Authorisation::Declined => return Err(Rejected::mistake("card_number", Problem::CardDeclined)),
        }
        self.place(caller, &dossier, &case, values, (language, sent))
            .await?;
        self.wake();
        Ok(placed)
    }

    fn read_card(&self, form: CardForm) -> Result<(Values, Card), Rejected> {
        let context = Context {
            today: time::day_in_kazakhstan(self.now()),
            in_kazakhstan: true,
        };
        let mut mistakes = Vec::new();
        let mut read = |input: &str, kind, typed: &Plain<String>| match value::parse(kind, typed, context) {
            Ok(value) => value,
            Err(problem) => {
                mistakes.push((input.to_owned(), problem));
                Plain::new(String::new())
            }
        };
        let number = read("card_number", ValueKind::CardNumber, &form.number);
        let holder = read("card_holder", ValueKind::LatinName, &form.holder);
        let expiry = read("card_expiry", ValueKind::CardExpiry, &form.expiry);
        let verification = CardVerification::parse(form.verification.expose(), number.expose());
        let verification = match verification {
            Ok(verification) if mistakes.is_empty() => verification,
            Ok(_) => return Err(Mistake(mistakes).into()),
            Err(problem) => {
                mistakes.push(("card_verification".to_owned(), problem));
                return Err(Mistake(mistakes).into());
            }
        };
        let named = [
            ("card_number", &number),
            ("card_holder", &holder),
            ("card_expiry", &expiry),
        ];
        let values = named
            .into_iter()
            .filter_map(|(name, value)| Some((self.policy().field_named(name)?, value.clone())))
            .collect();
        Ok((
            values,
            Card {
                number,
                holder,
                expiry,
                verification,
            },
        ))
    }

    /// The entry that says "a card was used" is durable before the card leaves for the bank.
    async fn account_use_of_card(&self, dossier: &Dossier, case: &CaseFile) -> Result<(), Rejected> {
        let known = dossier.known()?;
        let key = IdempotencyKey::random(self.chance());
        let operation: Operation<Use> = Operation::new(
            Actor::system(Role::PAYMENTS),
            dossier.subject,
            known.category,
            self.now(),
            key,
        )
        .on(self.card_fields().with(Field::CARD_VERIFICATION))
        .for_purpose(Purpose::ORDERS)
        .in_case(case.id);
        self.perform(&operation, &Circumstances::SYSTEM, &Usage::InHand)
            .await
            .map(|_| ())
    }

    pub(crate) fn card_fields(&self) -> FieldSet {
        ["card_number", "card_holder", "card_expiry"]
            .into_iter()
            .filter_map(|name| self.policy().field_named(name))
            .collect()
    }

    async fn place(
        &self,
        caller: &Caller,
        dossier: &Dossier,
        case: &CaseFile,
        values: Values,
        (language, sent): (Language, SentUnder),
    ) -> Result<(), Rejected> {
        let known = dossier.known()?;
        let now = self.now();
        let purpose = self.policy().case_purpose(&case.kind).unwrap_or(Purpose::ORDERS);
        let input = Recorded {
            values,
            source: "payment".to_owned(),
            case_changes: vec![case_file::set_state(
                dossier.subject,
                case.id,
                State::Unpaid.name(),
                State::Placed.name(),
                None,
            )],
            serves: vec![purpose],
            jobs: vec![queue::task(
                self,
                dossier.subject,
                queue::SEND_ORDER,
                now,
                &format!("{} {language}", hex::encode(case.id.as_bytes())),
            )],
            answer: Vec::new(),
            begins: None,
        };
        let operation: Operation<Record> =
            Operation::new(caller.actor, dossier.subject, known.category, now, sent.key)
                .submitted(sent.content)
                .on(self.card_fields())
                .for_purpose(purpose)
                .in_case(case.id);
        self.perform(&operation, &Circumstances::OWN, &input)
            .await
            .map(|_| ())
    }
}

pub(crate) fn own_case<'d>(dossier: &'d Dossier, reference: &str) -> Result<&'d CaseFile, Rejected> {
    dossier
        .cases
        .iter()
        .find(|case| case.reference == reference)
        .ok_or(Rejected::NotFound)
}
