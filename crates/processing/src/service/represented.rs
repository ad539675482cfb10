//! DEF-11, 1.1.2-b: who is too young to act alone names a representative. By the date of birth on the form it is known whether
//! one is asked for; nobody else is.

use sandyq_model::value::{self, Age, Context, ValueKind, Values};
use sandyq_model::{Field, FieldSet, Mistake, Plain, Problem};
use sandyq_policy::declarations::Service;

use super::Submission;
use crate::rejected::Rejected;
use crate::system::System;

impl System {
    /// What the law makes of the age in a submission; somebody whose date of birth is not given, or cannot be read, counts as
    /// grown up. The text of every consent says so (1.2-e).
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for an undeclared service.
    pub fn age_of(&self, submission: &Submission) -> Result<Age, Rejected> {
        Ok(self.age_in(self.declared(&submission.service)?, submission))
    }

    pub(super) fn age_in(&self, service: &Service, submission: &Submission) -> Age {
        let context = self.context(submission);
        let asked = service.required.union(service.optional);
        let born = asked
            .iter()
            .find(|field| self.policy().kind(*field) == Some(ValueKind::BirthDate));
        let typed = born.and_then(|field| submission.answers.get(self.policy().field_name(field)));
        let read = typed.and_then(|typed| value::parse(ValueKind::BirthDate, typed, context).ok());
        read.map_or(Age::Adult, |born| self.age_on(&born, context))
    }

    /// What the age of who was born on that day means today.
    fn age_on(&self, born: &Plain<String>, context: Context) -> Age {
        let born = born.expose().parse();
        born.map_or(Age::Adult, |born| self.policy().ages().on(context.today, born))
    }

    /// Reads one typed value of somebody who is here already: nobody becomes a child whose representative was never heard.
    pub(crate) fn read_of_known(
        &self,
        field: Field,
        typed: &Plain<String>,
        context: Context,
    ) -> Result<Plain<String>, Mistake> {
        let value = self.read(field, typed, context)?;
        if self.policy().kind(field) != Some(ValueKind::BirthDate) {
            return Ok(value);
        }
        let lacking = lacking(self.age_on(&value, context));
        lacking.map_or(Ok(value), |problem| {
            Err(Mistake::one(self.policy().field_name(field), problem))
        })
    }

    /// What a service asks of somebody of that age.
    pub(super) const fn asked_at(service: &Service, age: Age) -> FieldSet {
        let asked = service.required.union(service.optional);
        match age {
            Age::Adult => asked,
            Age::RepresentativeAgrees | Age::RepresentativeActs => asked.union(service.representative),
        }
    }

    /// What is wrong with an answer that is not there: the first one about the representative says why there has to be one.
    pub(super) fn lack_at(service: &Service, age: Age, field: Field) -> Problem {
        let mut asked = service.order.iter();
        let first = asked.find(|field| service.representative.contains(**field));
        let why = lacking(age).filter(|_| first == Some(&field));
        why.unwrap_or(Problem::Missing)
    }

    /// Who agrees does so from an address of their own: otherwise one person would answer for both.
    pub(super) fn same_address(
        &self,
        service: &Service,
        age: Age,
        values: &Values,
    ) -> Option<(String, Problem)> {
        if age != Age::RepresentativeAgrees {
            return None;
        }
        let is_address = |field: &Field| self.policy().kind(*field) == Some(ValueKind::Email);
        let folded = |field: Field| {
            values
                .get(&field)
                .map(|value| value::folded(ValueKind::Email, value))
        };
        let theirs = service.representative.iter().find(is_address)?;
        let own = service.required.union(service.optional).iter().find(is_address)?;
        let (theirs_typed, own_typed) = (folded(theirs)?, folded(own)?);
        let same = theirs_typed.expose() == own_typed.expose();
        same.then(|| (self.policy().field_name(theirs).to_owned(), Problem::OwnAddress))
    }
}

const fn lacking(age: Age) -> Option<Problem> {
    match age {
        Age::Adult => None,
        Age::RepresentativeAgrees => Some(Problem::UnderEighteen),
        Age::RepresentativeActs => Some(Problem::UnderFourteen),
    }
}
