//! Decided examples: what the policy answers to questions that somebody thought about, one small file per question.

use sandyq_model::{Clause, Country, Facts, FieldSet, Recipient, RecipientKind, Standing, Verb};

use crate::check::{Code, Report};
use crate::declarations::{Declarations, Name, Node, parse};
use crate::markdown::Block;
use crate::place::Place;
use crate::policy::Policy;
use crate::question::{GroundWord, Question};
use crate::rules::ABSENT;

/// A decided example.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is about.
    pub title: String,
    /// Its file inside the folder.
    pub file: String,
    /// What is asked.
    pub question: Question,
    /// What the policy should answer.
    pub expected: Expected,
    pub(crate) place: Place,
}

/// What a case expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Allowed or refused.
    pub allowed: bool,
    /// A clause, or a rule of one, that must be among those that decide.
    pub clause: String,
}

impl Case {
    /// Whether the policy answers as expected; else what it answers, in words.
    ///
    /// # Errors
    /// What came out instead.
    pub fn run(&self, policy: &Policy) -> Result<(), String> {
        let answer = policy.answer(&self.question);
        let wanted = &self.expected.clause;
        let cited = answer
            .rules
            .iter()
            .any(|id| id.as_str() == wanted || id.clause() == wanted);
        if answer.allowed == self.expected.allowed && cited {
            return Ok(());
        }
        let by: Vec<&str> = answer.rules.iter().map(Clause::as_str).collect();
        let outcome = if answer.allowed { "permitted" } else { "refused" };
        let on = policy.names_of(answer.refused).join(", ");
        let on = if on.is_empty() { on } else { format!(" on {on}") };
        Err(format!("{outcome} by {}{on}", by.join(", ")))
    }
}

/// Reads every case file.
pub(crate) fn read(declarations: &Declarations, report: &mut Report) -> Vec<Case> {
    let sources = std::sync::Arc::clone(report.sources());
    let clause = Clause::fixed("PRE-3");
    let mut cases = Vec::new();
    for (file, source) in sources
        .iter()
        .filter(|(_, source)| source.path.starts_with("cases/"))
    {
        let block = Block::of_file(file, &source.text);
        for (nodes, block) in parse(&block, report) {
            for node in nodes.iter().map(|node| Node::new(node, &block, &clause)) {
                if node.kind() == "case" {
                    cases.extend(read_case(node, &source.path, declarations, report));
                } else {
                    node.strange("`case`", report);
                }
            }
        }
    }
    cases
}

/// A case as it is being read.
struct Draft {
    role: Option<Name>,
    human: bool,
    verb: Option<Verb>,
    category: Option<sandyq_model::Category>,
    expect: Option<bool>,
    clause: Option<Name>,
    question: Question,
    consent: bool,
    agreed: bool,
    floor: bool,
    hold: bool,
}

fn read_case(node: Node<'_>, file: &str, declarations: &Declarations, report: &mut Report) -> Option<Case> {
    node.takes(&[], report);
    let title = node.name(report)?;
    let mut draft = Draft::new();
    for child in node.children() {
        draft.take(child, declarations, report);
    }
    let role = draft.role.as_ref().and_then(|name| {
        let role = declarations.role_named(name);
        if role.is_none() {
            report
                .add(Code::UnknownRole, format!("there is no role called `{name}`"))
                .at(name.place(), "no such role");
        }
        role
    });
    let complete = (
        role,
        draft.verb,
        draft.category,
        draft.expect,
        draft.clause.clone(),
    );
    let (Some(role), Some(verb), Some(category), Some(allowed), Some(clause)) = complete else {
        report
            .add(Code::Case, format!("the case `{title}` is not complete"))
            .at(title.place(), "needs actor, verb, category, expect and clause");
        return None;
    };
    let (human, fields) = (draft.human, draft.question.fields);
    let of = |flag: bool| if flag { fields } else { FieldSet::EMPTY };
    let mut question = Question {
        role,
        human,
        verb,
        category,
        ..draft.question
    };
    question.facts.consented = of(draft.consent);
    question.facts.agreed = of(draft.agreed);
    question.facts.floor = of(draft.floor);
    question.facts.hold = of(draft.hold);
    let expected = Expected {
        allowed,
        clause: clause.to_string(),
    };
    Some(Case {
        title: title.to_string(),
        file: file.to_owned(),
        question,
        expected,
        place: title.place(),
    })
}

impl Draft {
    fn new() -> Self {
        let facts = Facts {
            familiar: true,
            standing: Some(Standing::Active),
            ..Facts::default()
        };
        let question = Question {
            role: sandyq_model::Role::SUBJECT,
            human: true,
            verb: Verb::Collect,
            category: sandyq_model::Category::Guest,
            fields: FieldSet::RECORD,
            purpose: None,
            ground: GroundWord::Consent,
            citation: false,
            effect: false,
            facts,
        };
        Self {
            role: None,
            human: true,
            verb: None,
            category: None,
            expect: None,
            clause: None,
            question,
            consent: false,
            agreed: false,
            floor: false,
            hold: false,
        }
    }

    fn take(&mut self, node: Node<'_>, declarations: &Declarations, report: &mut Report) {
        match node.kind() {
            "actor" => {
                node.takes(&["role", "human"], report);
                self.role = node.demand("role", report);
                self.human = node.flag("human", report).unwrap_or(true);
            }
            "fields" => {
                let found = crate::declarations::fields_named(node, declarations, report);
                self.question.fields = found.iter().map(|(field, _)| *field).collect();
            }
            "recipient" => self.question.facts.recipient = recipient(node, report),
            "familiar" => self.question.facts.familiar = node.truth(report).unwrap_or(true),
            "citation" => self.question.citation = node.truth(report) == Some(true),
            "approved" => self.question.facts.approved = node.truth(report) == Some(true),
            "seconded" => self.question.facts.seconded = node.truth(report) == Some(true),
            "emergency" => self.question.facts.emergency = node.truth(report) == Some(true),
            "consent" => self.consent = node.truth(report) == Some(true),
            "agreed" => self.agreed = node.truth(report) == Some(true),
            "withdrawn" => self.question.facts.withdrawn = node.truth(report) == Some(true),
            "interview" => self.question.facts.interview = node.truth(report) == Some(true),
            "has-case" => self.question.facts.case = node.truth(report) == Some(true),
            "own" => self.question.facts.own = node.truth(report) == Some(true),
            "effect" => self.question.effect = node.truth(report) == Some(true),
            "floor" => self.floor = node.truth(report) == Some(true),
            "hold" => self.hold = node.truth(report) == Some(true),
            "due" => self.question.facts.due = node.truth(report) == Some(true),
            _ => self.take_word(node, report),
        }
    }

    fn take_word(&mut self, node: Node<'_>, report: &mut Report) {
        let Some(word) = node.name(report) else { return };
        let understood = match node.kind() {
            "verb" => word.parse().map(|verb| self.verb = Some(verb)).is_ok(),
            "category" => word
                .parse()
                .map(|category| self.category = Some(category))
                .is_ok(),
            "purpose" => word
                .parse()
                .map(|purpose| self.question.purpose = Some(purpose))
                .is_ok(),
            "standing" if word.as_str() == ABSENT => {
                self.question.facts.standing = None;
                true
            }
            "standing" => word
                .parse()
                .map(|standing| self.question.facts.standing = Some(standing))
                .is_ok(),
            "ground" => GroundWord::named(&word)
                .map(|ground| self.question.ground = ground)
                .is_some(),
            "expect" => {
                self.expect = [("permit", true), ("refuse", false)]
                    .into_iter()
                    .find(|(name, _)| word.as_str() == *name)
                    .map(|(_, allowed)| allowed);
                self.expect.is_some()
            }
            "clause" => {
                self.clause = Some(word.clone());
                true
            }
            _ => return node.strange("what the README beside the cases lists", report),
        };
        if !understood {
            report
                .add(Code::Case, format!("`{}` cannot be `{word}`", node.kind()))
                .at(word.place(), "not known");
        }
    }
}

fn recipient(node: Node<'_>, report: &mut Report) -> Recipient {
    node.takes(&["kind", "country", "registered", "undertaking"], report);
    let own = Recipient::OPERATOR;
    let kind = node
        .text("kind", report)
        .map_or(Some(own.kind), |word| RecipientKind::from_name(&word));
    if kind.is_none() {
        let place = node.value_place("kind", report);
        report
            .add(Code::UnknownName, "there is no such kind of recipient")
            .at(place, "not known");
    }
    let country = node
        .text("country", report)
        .map_or(own.country, |word| word.parse().unwrap_or(Country::UNKNOWN));
    Recipient {
        kind: kind.unwrap_or(RecipientKind::Public),
        country,
        registered: node.flag("registered", report).unwrap_or(own.registered),
        undertaking: node.flag("undertaking", report).unwrap_or(own.undertaking),
    }
}
