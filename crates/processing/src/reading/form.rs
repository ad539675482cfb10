//! 1.1.1, 2.1: a service's form, as the policy folder declares it, with why each field is asked.

use sandyq_model::value::ValueKind;
use sandyq_model::{Field, FieldSet, OfferingKind, Purpose};
use sandyq_policy::Language;
use sandyq_policy::declarations::{Service, WordKind};

use crate::consent::{self, ConsentOffer};
use crate::rejected::Rejected;
use crate::system::System;

/// A form to fill in.
#[derive(Clone, Debug)]
pub struct Form {
    /// The service's name.
    pub service: String,
    /// Its label.
    pub label: String,
    /// What it begins with.
    pub intro: String,
    /// What kind of offering a submission is about.
    pub about: Option<OfferingKind>,
    /// What is asked now.
    pub inputs: Vec<Input>,
    /// What is asked as well when the person is too young to act alone (DEF-11).
    pub representative: Vec<Input>,
    /// What is asked after the confirmation, for one payment.
    pub later: Vec<Input>,
    /// The consents, one box each, none ticked.
    pub consents: Vec<ConsentOffer>,
}

/// One thing that is asked.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name in the form.
    pub name: String,
    /// The field.
    pub field: Field,
    /// The class of the field.
    pub class: String,
    /// What kind of value.
    pub kind: ValueKind,
    /// Its label.
    pub label: String,
    /// How to fill it in.
    pub hint: String,
    /// Why it is asked.
    pub why: String,
    /// The purpose it serves here.
    pub purpose: Purpose,
    /// That purpose in words.
    pub purpose_label: String,
    /// The clause that declares the field.
    pub clause: String,
    /// How many days after the end of the purpose it stays at most.
    pub days_after: u32,
    /// Whether it has to be answered.
    pub required: bool,
    /// Whether it is about the representative of somebody young.
    pub represents: bool,
    /// What browsers know it as (HTML `autocomplete`).
    pub autocomplete: &'static str,
}

impl Form {
    /// Asks for the representative as well, after everything else.
    pub fn ask_for_representative(&mut self) {
        self.inputs.append(&mut self.representative);
    }
}

impl System {
    /// The form of a service.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for an undeclared service; a fault while the operator's details are incomplete.
    pub fn form(&self, service: &str, language: Language) -> Result<Form, Rejected> {
        let service = self.declared(service)?;
        let words = self.policy().words(language);
        let of = words.of(WordKind::Service, &service.name);
        let inputs = |asked: FieldSet| {
            let fields = service.order.iter().filter(move |field| asked.contains(**field));
            fields
                .filter_map(|field| self.input(service, *field, language))
                .collect()
        };
        Ok(Form {
            service: service.name.to_string(),
            label: self.service_label(&service.name, language),
            intro: of.map(|words| words.intro.clone()).unwrap_or_default(),
            about: service.about,
            inputs: inputs(asked_now(service)),
            representative: inputs(service.representative),
            later: inputs(service.later.union(service.transient)),
            consents: consent::offers(self, service, language)?,
        })
    }

    fn input(&self, service: &Service, field: Field, language: Language) -> Option<Input> {
        let declared = self.policy().fields().find(|declared| declared.field == field)?;
        let words = self.policy().words(language).of(WordKind::Field, &declared.name);
        let purpose = service.purposes.first().copied()?;
        Some(Input {
            name: declared.name.to_string(),
            field,
            class: declared.class.name.to_string(),
            kind: declared.kind,
            label: self.field_label(field, language),
            hint: words.map(|words| words.hint.clone()).unwrap_or_default(),
            why: words.map(|words| words.why.clone()).unwrap_or_default(),
            purpose,
            purpose_label: self.purpose_label(purpose, language),
            clause: declared.clause.to_string(),
            days_after: self
                .policy()
                .purpose(purpose)?
                .ends
                .as_ref()
                .map_or(0, |end| end.days),
            required: service
                .required
                .union(service.later)
                .union(service.transient)
                .union(service.representative)
                .contains(field),
            represents: service.representative.contains(field),
            autocomplete: autocomplete(&declared.name),
        })
    }
}

/// What is asked before the consent, without what the offering fills in.
fn asked_now(service: &Service) -> FieldSet {
    let filled = service.into.map_or(FieldSet::EMPTY, FieldSet::only);
    service.required.union(service.optional).difference(filled)
}

fn autocomplete(name: &str) -> &'static str {
    match name {
        "last_name" => "family-name",
        "first_name" => "given-name",
        "patronymic" => "additional-name",
        "birth_date" => "bday",
        "delivery_address" | "residential_address" => "street-address",
        "contact_phone" | "cell_phone" => "tel",
        "email" => "email",
        "organization" => "organization",
        "position" => "organization-title",
        "country" => "country",
        "region" => "address-level1",
        "city" => "address-level2",
        "card_number" => "cc-number",
        "card_holder" => "cc-name",
        "card_expiry" => "cc-exp",
        "card_verification" => "cc-csc",
        _ => "off",
    }
}
