//! Why something is allowed or refused: every rule that spoke, with its words.

use std::fmt;

use sandyq_model::{Clause, FieldSet, Refusal};

use crate::declarations::WordKind;
use crate::language::Language;
use crate::policy::Policy;
use crate::question::Question;
use crate::rules::Effect;

/// An answer with every rule that spoke, in a language.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Whether it is allowed on every field asked for.
    pub allowed: bool,
    /// The fields on which it fails, in words.
    pub refused: Vec<String>,
    /// The rules that decide, most telling first.
    pub decided_by: Vec<Clause>,
    /// Every rule that spoke about at least one field, forbids first.
    pub spoke: Vec<SpokenRule>,
}

/// A rule that spoke.
#[derive(Clone, Debug)]
pub struct SpokenRule {
    /// Its id.
    pub id: Clause,
    /// Whether it permits or forbids.
    pub effect: Effect,
    /// It in words.
    pub words: String,
    /// The fields for which it spoke.
    pub fields: FieldSet,
}

impl Policy {
    /// Answers a question and says why, in a language.
    #[must_use]
    pub fn explain(&self, question: &Question, language: Language) -> Explanation {
        let answer = self.answer(question);
        let words = self.words(language);
        let mut spoke = Vec::new();
        for place in answer.spoken.forbids.iter().chain(&answer.spoken.permits) {
            let Some(rule) = usize::try_from(*place)
                .ok()
                .and_then(|place| self.rules().get(place))
            else {
                continue;
            };
            spoke.push(SpokenRule {
                id: rule.id.clone(),
                effect: rule.effect,
                words: words.rule(rule.id.as_str()).unwrap_or_default().to_owned(),
                fields: self.fields_of(*place, question),
            });
        }
        let refused = self.names_of(answer.refused).into_iter();
        Explanation {
            allowed: answer.allowed,
            refused: refused
                .map(|name| words.label(WordKind::Field, name).to_owned())
                .collect(),
            decided_by: answer.rules,
            spoke,
        }
    }

    /// A refusal in words: the text of each of its rules, or the title of its clause.
    #[must_use]
    pub fn reasons_in_words(&self, refusal: &Refusal, language: Language) -> Vec<String> {
        let words = self.words(language);
        let said = refusal.rules.iter().map(|id| match words.rule(id.as_str()) {
            Some(text) => text.to_owned(),
            None => self
                .clause(language, id)
                .map(|clause| clause.title.clone())
                .unwrap_or_default(),
        });
        said.filter(|text| !text.is_empty()).collect()
    }

    /// For which of the fields asked for a rule spoke.
    fn fields_of(&self, rule: u32, question: &Question) -> FieldSet {
        question
            .fields
            .iter()
            .filter(|field| {
                let alone = Question {
                    fields: FieldSet::only(*field),
                    ..question.clone()
                };
                let spoken = self.answer(&alone).spoken;
                spoken.permits.contains(&rule) || spoken.forbids.contains(&rule)
            })
            .collect()
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", if self.allowed { "allowed" } else { "refused" })?;
        if !self.refused.is_empty() {
            writeln!(f, "  on: {}", self.refused.join(", "))?;
        }
        let by: Vec<&str> = self.decided_by.iter().map(Clause::as_str).collect();
        writeln!(f, "  by: {}", by.join(", "))?;
        for rule in &self.spoke {
            let effect = if rule.effect == Effect::Permit {
                "permits"
            } else {
                "forbids"
            };
            writeln!(f, "  {effect} {}: {}", rule.id, rule.words)?;
        }
        Ok(())
    }
}
