//! The published policy, clause by clause, with how each is kept: its rules in words, its purposes, its periods, and
//! how often it has refused.

use sandyq_model::{Clause, Fault};
use sandyq_policy::Language;
use sandyq_policy::declarations::{Counted, WordKind};
use sandyq_store::tables::refusal_count;

use crate::system::System;

/// The policy as a page.
#[derive(Clone, Debug)]
pub struct PolicyPage {
    /// Its sections.
    pub sections: Vec<SectionView>,
    /// The hash of the policy folder, in hexadecimal.
    pub version: String,
}

/// One section.
#[derive(Clone, Debug)]
pub struct SectionView {
    /// Its title.
    pub title: String,
    /// Its clauses.
    pub clauses: Vec<ClauseView>,
}

/// One clause.
#[derive(Clone, Debug)]
pub struct ClauseView {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its text, safe to put on a page.
    pub html: String,
    /// The rules that keep it: id and words.
    pub rules: Vec<(String, String)>,
    /// The purposes it declares: clause and label.
    pub purposes: Vec<(String, String)>,
    /// Its periods.
    pub periods: Vec<PeriodView>,
    /// How often its rules have refused.
    pub refusals: u64,
}

/// A period that a clause names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodView {
    /// What for.
    pub label: String,
    /// How many days: working days or calendar days.
    pub within: Counted,
    /// Whether people keep it and not the program.
    pub by_people: bool,
}

impl System {
    /// The policy in force.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn policy_page(&self, language: Language) -> Result<PolicyPage, Fault> {
        let counts = self.store().read(refusal_count::all).await?;
        let refusals = |clause: &str| {
            let of = counts.iter().filter(|(counted, _)| counted.clause() == clause);
            of.map(|(_, count)| *count).sum()
        };
        let sections = self
            .policy()
            .sections(language)
            .iter()
            .map(|section| SectionView {
                title: section.title.clone(),
                clauses: section
                    .clauses
                    .iter()
                    .map(|clause| {
                        let id = clause.clause.clone();
                        ClauseView {
                            id: id.to_string(),
                            title: clause.title.clone(),
                            html: clause.html.clone(),
                            rules: self.rules_in_words(&id, language),
                            purposes: self.purposes_of(&id, language),
                            periods: self.periods_of(&id, language),
                            refusals: refusals(id.as_str()),
                        }
                    })
                    .collect(),
            });
        Ok(PolicyPage {
            sections: sections.collect(),
            version: hex::encode(self.policy().version()),
        })
    }

    fn rules_in_words(&self, clause: &Clause, language: Language) -> Vec<(String, String)> {
        let rules = self.policy().rules_of(clause);
        rules
            .map(|rule| {
                (
                    rule.id.to_string(),
                    self.rule_text(&rule.id, language).unwrap_or_default(),
                )
            })
            .collect()
    }

    fn purposes_of(&self, clause: &Clause, language: Language) -> Vec<(String, String)> {
        let declared = self
            .policy()
            .purposes()
            .filter(|purpose| purpose.clause == *clause);
        declared
            .map(|purpose| {
                (
                    purpose.purpose.to_string(),
                    self.purpose_label(purpose.purpose, language),
                )
            })
            .collect()
    }

    fn periods_of(&self, clause: &Clause, language: Language) -> Vec<PeriodView> {
        let words = self.policy().words(language);
        let deadlines = self
            .policy()
            .deadlines()
            .iter()
            .filter(|deadline| deadline.clause == *clause);
        let deadlines = deadlines.map(|deadline| PeriodView {
            label: words.label(WordKind::Deadline, &deadline.name).to_owned(),
            within: deadline.within,
            by_people: deadline.by_people,
        });
        let limits = self
            .policy()
            .limits()
            .iter()
            .filter(|limit| limit.clause == *clause);
        let limits = limits
            .filter(|limit| limit.within != Counted::default())
            .map(|limit| PeriodView {
                label: words.label(WordKind::Limit, &limit.name).to_owned(),
                within: limit.within,
                by_people: limit.by_people,
            });
        deadlines.chain(limits).collect()
    }
}
