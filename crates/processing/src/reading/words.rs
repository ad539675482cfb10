//! Labels of the policy's things, in the reader's language.

use sandyq_model::value::ValueKind;
use sandyq_model::{Category, Clause, Field, FieldSet, Purpose, Role, Verb};
use sandyq_policy::Language;
use sandyq_policy::declarations::WordKind;

use crate::system::System;

impl System {
    /// The label of a field.
    #[must_use]
    pub fn field_label(&self, field: Field, language: Language) -> String {
        let name = self.policy().field_name(field);
        self.policy()
            .words(language)
            .label(WordKind::Field, name)
            .to_owned()
    }

    /// Which kind of value stands in a field.
    #[must_use]
    pub fn kind_of_field(&self, field: Field) -> Option<ValueKind> {
        self.policy().kind(field)
    }

    /// The labels of a set of fields, in order.
    #[must_use]
    pub fn labels(&self, fields: FieldSet, language: Language) -> Vec<String> {
        fields
            .iter()
            .map(|field| self.field_label(field, language))
            .collect()
    }

    /// The label of a purpose.
    #[must_use]
    pub fn purpose_label(&self, purpose: Purpose, language: Language) -> String {
        self.policy()
            .words(language)
            .label(WordKind::Purpose, &purpose.to_string())
            .to_owned()
    }

    /// The label of a consent's box.
    #[must_use]
    pub fn consent_label(&self, item: &str, language: Language) -> String {
        self.policy()
            .words(language)
            .label(WordKind::Consent, item)
            .to_owned()
    }

    /// The label of a verb.
    #[must_use]
    pub fn verb_label(&self, verb: Verb, language: Language) -> String {
        self.policy()
            .words(language)
            .label(WordKind::Verb, verb.name())
            .to_owned()
    }

    /// The label of a category.
    #[must_use]
    pub fn category_label(&self, category: Category, language: Language) -> String {
        self.policy()
            .words(language)
            .label(WordKind::Category, category.name())
            .to_owned()
    }

    /// The label of a role.
    #[must_use]
    pub fn role_label(&self, role: Role, language: Language) -> String {
        let name = self
            .policy()
            .role(role)
            .map(|role| role.name.to_string())
            .unwrap_or_default();
        self.role_named(&name, language)
    }

    /// The label of the role of that name.
    #[must_use]
    pub fn role_named(&self, name: &str, language: Language) -> String {
        self.policy()
            .words(language)
            .label(WordKind::Role, name)
            .to_owned()
    }

    /// The label of the reason of that name (1.3).
    #[must_use]
    pub fn reason_named(&self, name: &str, language: Language) -> String {
        self.policy()
            .words(language)
            .label(WordKind::Reason, name)
            .to_owned()
    }

    /// A rule in words, for a refusal.
    #[must_use]
    pub fn rule_text(&self, rule: &Clause, language: Language) -> Option<String> {
        let words = self.policy().words(language);
        words
            .rule(rule.as_str())
            .or_else(|| words.rule(rule.clause()))
            .map(ToOwned::to_owned)
    }

    /// The title of a clause.
    #[must_use]
    pub fn clause_title(&self, clause: &str, language: Language) -> Option<String> {
        self.policy()
            .clause(language, &Clause::new(clause))
            .map(|clause| clause.title.clone())
    }

    /// The label of a service.
    #[must_use]
    pub fn service_label(&self, service: &str, language: Language) -> String {
        self.policy()
            .words(language)
            .label(WordKind::Service, service)
            .to_owned()
    }

    /// All services that the policy declares, in its order.
    #[must_use]
    pub fn services(&self, language: Language) -> Vec<ServiceWords> {
        let words = self.policy().words(language);
        let services = self.policy().services().iter();
        services
            .map(|service| ServiceWords {
                name: service.name.to_string(),
                label: self.service_label(&service.name, language),
                intro: words
                    .of(WordKind::Service, &service.name)
                    .map(|words| words.intro.clone())
                    .unwrap_or_default(),
            })
            .collect()
    }
}

/// A service in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceWords {
    /// Its name in addresses.
    pub name: String,
    /// Its label.
    pub label: String,
    /// What it begins with.
    pub intro: String,
}
