//! 1.1.1, 1.1.6: a service is a form declared in the policy folder. What it asks, requires and refuses comes from there:
//! an unknown field rejects the whole submission, a missing one is a mistake, and nothing is stored on either.

mod about;
mod own;
mod represented;

use std::collections::BTreeMap;

use jiff::Timestamp;
use sandyq_model::act::Collect;
use sandyq_model::value::{self, Age, Context, Values};
use sandyq_model::{
    Actor, Field, IdempotencyKey, Mistake, OfferingKind, Operation, Plain, Problem, Role, SubjectId, time,
};
use sandyq_policy::Language;
use sandyq_policy::declarations::{ConsentItem, Service};

pub use about::Offered;

use crate::cases::Catalogue;
use crate::circumstances::Circumstances;
use crate::collect::{self, Submitted};
use crate::consent;
use crate::perform::Outcome;
use crate::rejected::Rejected;
use crate::retention;
use crate::system::System;

/// A form as it was sent.
#[derive(Clone)]
pub struct Submission {
    /// The service's name.
    pub service: String,
    /// The language the person reads.
    pub language: Language,
    /// What was typed, by the input's name.
    pub answers: BTreeMap<String, Plain<String>>,
    /// The name of what it is about, where the service is about something.
    pub about: Option<String>,
    /// How many licences; 1 for everything else.
    pub quantity: u32,
}

impl Submission {
    /// What tells it from another: what it is about, what was typed, and the consents.
    fn parts<'s>(&'s self, quantity: &'s [u8], accepted: &'s [(String, String)]) -> Vec<&'s [u8]> {
        let about = self.about.as_deref().unwrap_or_default();
        let typed = self.answers.iter();
        let typed = typed.flat_map(|(input, typed)| [input.as_bytes(), typed.expose().as_bytes()]);
        let consents = accepted.iter();
        let consents = consents.flat_map(|(item, hash)| [item.as_bytes(), hash.as_bytes()]);
        let first: [&[u8]; 3] = [self.service.as_bytes(), about.as_bytes(), quantity];
        let between: &[u8] = b"consents";
        first
            .into_iter()
            .chain(typed)
            .chain([between])
            .chain(consents)
            .collect()
    }
}

/// A submission without mistakes.
pub struct Checked {
    /// The values as they would be kept.
    pub values: Values,
    rows: Vec<(String, Plain<String>)>,
    age: Age,
}

impl Checked {
    /// The input's name and the value as it would be kept, in the order of the form.
    #[must_use]
    pub fn rows(&self) -> &[(String, Plain<String>)] {
        &self.rows
    }
}

/// A submission that was taken: the code is on its way.
pub struct Taken {
    /// The page on which the code is typed: a locator without rights.
    pub ticket: String,
    /// Until when the record waits (1.2-c).
    pub until: Timestamp,
    /// For a short-lived cookie: the code works only in the browser that submitted.
    pub binding: String,
    /// Whether the code goes to a representative (DEF-11).
    pub represented: bool,
}

impl System {
    /// Reads a submission; nothing is stored.
    ///
    /// # Errors
    /// Every mistake in it, field by field.
    pub fn check(&self, submission: &Submission) -> Result<Checked, Rejected> {
        let service = self.declared(&submission.service)?;
        let age = self.age_in(service, submission);
        let mut mistakes = Vec::new();
        for name in submission.answers.keys() {
            let asked = self
                .policy()
                .field_named(name)
                .is_some_and(|field| service.order.contains(&field));
            let now =
                |field: Field| Self::asked_at(service, age).contains(field) && service.into != Some(field);
            if !asked || !self.policy().field_named(name).is_some_and(now) {
                mistakes.push((name.clone(), Problem::Unknown));
            }
        }
        if !mistakes.is_empty() {
            return Err(Mistake(mistakes).into());
        }
        let context = self.context(submission);
        self.about(service, submission, true)?;
        let filled = self.filled(service, submission, submission.language);
        let mut values = Values::new();
        let mut rows = Vec::new();
        for field in service
            .order
            .iter()
            .filter(|field| Self::asked_at(service, age).contains(**field))
        {
            let name = self.policy().field_name(*field).to_owned();
            if let Some((_, value)) = filled.as_ref().filter(|(filled, _)| filled == field) {
                values.insert(*field, value.clone());
                continue;
            }
            let typed = submission
                .answers
                .get(&name)
                .filter(|typed| !typed.expose().trim().is_empty());
            let represents = service.representative.contains(*field);
            match (typed, represents || service.required.contains(*field)) {
                (None, true) => mistakes.push((name, Self::lack_at(service, age, *field))),
                (None, false) => {}
                (Some(typed), _) => match self.read(*field, typed, context) {
                    Ok(value) => {
                        rows.push((name, value.clone()));
                        values.insert(*field, value);
                    }
                    Err(wrong) => mistakes.extend(wrong.0),
                },
            }
        }
        mistakes.extend(self.same_address(service, age, &values));
        let most = if service.about == Some(OfferingKind::Licence) {
            Catalogue::QUANTITY_MAX
        } else {
            1
        };
        if submission.quantity == 0 || submission.quantity > most {
            mistakes.push(("quantity".to_owned(), Problem::Count));
        }
        if mistakes.is_empty() {
            Ok(Checked { values, rows, age })
        } else {
            Err(Mistake(mistakes).into())
        }
    }

    /// Takes a submission: the record is born pending, and a code is mailed (1.2).
    ///
    /// # Errors
    /// Mistakes, a refusal, or a fault; nothing was stored then.
    pub async fn submit(
        &self,
        submission: Submission,
        accepted: Vec<(String, String)>,
        key: IdempotencyKey,
    ) -> Result<Taken, Rejected> {
        let service = self.declared(&submission.service)?.clone();
        let checked = self.check(&submission)?;
        let quantity = submission.quantity.to_be_bytes();
        let sent = self.sent_under(key, "submit", &submission.parts(&quantity, &accepted));
        let prolongs = |item: &ConsentItem| {
            item.prolongs.is_some() && accepted.iter().any(|(id, _)| *id == *item.name.as_str())
        };
        let offering = self.about(&service, &submission, service.consents.iter().any(prolongs))?;
        self.place_is_left(&service, offering).await?;
        let now = self.now();
        let subject = SubjectId::random(self.chance());
        let age = checked.age;
        let actor = match age {
            Age::RepresentativeActs => Actor::representative(),
            Age::RepresentativeAgrees | Age::Adult => Actor::subject(subject),
        };
        let accepted = consent::accept(self, &service, &accepted, submission.language, actor.id, now)?;
        let due_at = retention::pending_until(self.policy(), now)?;
        let earliest = Self::opens_account(&service).then(|| self.unhurried());
        if let Some(owner) = self.owner_already(&service, &checked.values).await? {
            let answered = self.answer_as_new(owner, &submission, due_at, sent).await;
            if let Some(earliest) = earliest {
                earliest.await;
            }
            return answered;
        }
        let mut ticket = [0; 16];
        self.chance().fill(&mut ticket);
        let purpose = service.purposes.first().copied();
        let mut operation: Operation<Collect> = Operation::new(
            Actor::system(Role::SITE),
            subject,
            service.category,
            now,
            sent.key,
        )
        .on(checked.values.keys().copied().collect());
        (operation.purpose, operation.content) = (purpose, Some(sent.content));
        let circumstances = Circumstances::submission(collect::agreed(&accepted));
        let input = Submitted {
            values: checked.values,
            accepted,
            case: self.new_case(&service, &submission, subject, now)?,
            ticket,
            language: submission.language,
            due_at,
            source: service.name.to_string(),
            category: service.category,
            represented: age == Age::RepresentativeActs,
        };
        let ticket = match self.perform(&operation, &circumstances, &input).await? {
            Outcome::Done { .. } => hex::encode(ticket),
            Outcome::Repeated(answer) => String::from_utf8(answer).unwrap_or_default(),
        };
        self.wake();
        if let Some(earliest) = earliest {
            earliest.await;
        }
        Ok(Taken {
            binding: self.binding(&ticket),
            ticket,
            until: due_at,
            represented: age == Age::RepresentativeActs,
        })
    }

    /// 1.1.3-c: whose account has that address already, when the service makes accounts.
    async fn owner_already(&self, service: &Service, values: &Values) -> Result<Option<SubjectId>, Rejected> {
        let email = self.policy().field_named("email");
        match email.and_then(|field| values.get(&field)) {
            Some(email) if Self::opens_account(service) => Ok(self.is_taken(email).await?),
            _ => Ok(None),
        }
    }

    /// The declared service of that name.
    pub(crate) fn declared(&self, service: &str) -> Result<&Service, Rejected> {
        self.policy().service(service).ok_or(Rejected::NotFound)
    }

    /// Reads one typed value as the field's kind; a mistake names the field, or the part of a row of it.
    pub(crate) fn read(
        &self,
        field: Field,
        typed: &Plain<String>,
        context: Context,
    ) -> Result<Plain<String>, Mistake> {
        let name = self.policy().field_name(field);
        let kind = self.policy().kind(field);
        let kind = kind.ok_or_else(|| Mistake::one(name, Problem::Unknown))?;
        value::parse_each(kind, name, typed, context)
    }

    /// Kazakhstan unless the person names another country.
    fn context(&self, submission: &Submission) -> Context {
        let country = submission
            .answers
            .get("country")
            .map(|typed| typed.expose().trim().to_uppercase());
        let in_kazakhstan = country.is_none_or(|code| code.is_empty() || code == "KZ");
        Context {
            today: time::day_in_kazakhstan(self.now()),
            in_kazakhstan,
        }
    }
}
