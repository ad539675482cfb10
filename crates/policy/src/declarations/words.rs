//! 1.1.1, PRE-3: what people read of the declarations, in every language.

use std::collections::BTreeMap;

use crate::check::{Code, Report};
use crate::declarations::name::Name;
use crate::declarations::node::Node;
use crate::place::Place;

/// What the words are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WordKind {
    /// A field: label, hint, why.
    Field,
    /// A class of fields.
    Class,
    /// A category of people.
    Category,
    /// A purpose.
    Purpose,
    /// A role.
    Role,
    /// A verb.
    Verb,
    /// A service: label, intro.
    Service,
    /// A consent: the label of its box.
    Consent,
    /// A retention floor.
    Floor,
    /// A limit.
    Limit,
    /// A deadline.
    Deadline,
    /// A recipient.
    Recipient,
    /// An address.
    Address,
    /// A store.
    Store,
    /// A decision with effect.
    Decision,
    /// Why a decision went against somebody.
    Reason,
    /// A rule, by its id: text.
    Rule,
}

/// What is said about one thing in one language. What is not said is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordsOf {
    /// Its name for people.
    pub label: String,
    /// How to fill it in.
    pub hint: String,
    /// Why it is asked.
    pub why: String,
    /// What a form begins with.
    pub intro: String,
    /// A rule in words.
    pub text: String,
}

/// All words of one language.
#[derive(Debug, Default)]
pub struct Words {
    words: BTreeMap<(WordKind, String), WordsOf>,
    pub(crate) places: BTreeMap<(WordKind, String), Place>,
}

impl WordKind {
    /// Every kind.
    pub const ALL: [Self; 17] = [
        Self::Field,
        Self::Class,
        Self::Category,
        Self::Purpose,
        Self::Role,
        Self::Verb,
        Self::Service,
        Self::Consent,
        Self::Floor,
        Self::Limit,
        Self::Deadline,
        Self::Recipient,
        Self::Address,
        Self::Store,
        Self::Decision,
        Self::Reason,
        Self::Rule,
    ];

    /// The word in a `words` block.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Class => "class",
            Self::Category => "category",
            Self::Purpose => "purpose",
            Self::Role => "role",
            Self::Verb => "verb",
            Self::Service => "service",
            Self::Consent => "consent",
            Self::Floor => "floor",
            Self::Limit => "limit",
            Self::Deadline => "deadline",
            Self::Recipient => "recipient",
            Self::Address => "address",
            Self::Store => "store",
            Self::Decision => "decision",
            Self::Reason => "reason",
            Self::Rule => "rule",
        }
    }
}

impl Words {
    /// What is said about that thing.
    #[must_use]
    pub fn of(&self, kind: WordKind, name: &str) -> Option<&WordsOf> {
        self.words.get(&(kind, name.to_owned()))
    }

    /// Its label; its bare name when there is none.
    #[must_use]
    pub fn label<'a>(&'a self, kind: WordKind, name: &'a str) -> &'a str {
        self.of(kind, name)
            .map(|words| words.label.as_str())
            .filter(|label| !label.is_empty())
            .unwrap_or(name)
    }

    /// A rule in words, by its id (`4.3`, `5.1.4#2`).
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&str> {
        self.of(WordKind::Rule, id)
            .map(|words| words.text.as_str())
            .filter(|text| !text.is_empty())
    }

    /// Everything that is said.
    pub fn iter(&self) -> impl Iterator<Item = (WordKind, &str, &WordsOf)> {
        self.words
            .iter()
            .map(|((kind, name), words)| (*kind, name.as_str(), words))
    }

    /// Reads one `words` node.
    pub(super) fn take(&mut self, node: Node<'_>, report: &mut Report) {
        node.takes(&[], report);
        node.nameless(report);
        for child in node.children() {
            let Some(kind) = WordKind::ALL.into_iter().find(|kind| kind.name() == child.kind()) else {
                child.strange(
                    "the kind of thing that the words are about, such as `field` or `rule`",
                    report,
                );
                continue;
            };
            self.take_one(kind, child, report);
        }
    }

    fn take_one(&mut self, kind: WordKind, node: Node<'_>, report: &mut Report) {
        node.childless(report);
        let taken: &[&str] = match kind {
            WordKind::Field => &["label", "hint", "why"],
            WordKind::Service => &["label", "intro"],
            WordKind::Rule => &["text"],
            _ => &["label"],
        };
        node.takes(taken, report);
        let Some(name) = node.name(report) else { return };
        let mut said = |property| {
            node.text(property, report)
                .map(|text: Name| text.to_string())
                .unwrap_or_default()
        };
        let words = WordsOf {
            label: said("label"),
            hint: said("hint"),
            why: said("why"),
            intro: said("intro"),
            text: said("text"),
        };
        let key = (kind, name.to_string());
        if let Some(first) = self.places.get(&key).copied() {
            report
                .add(
                    Code::Duplicate,
                    format!("the words of {} `{name}` stand twice", kind.name()),
                )
                .at(name.place(), "again here")
                .at(first, "first here");
            return;
        }
        self.places.insert(key.clone(), name.place());
        self.words.insert(key, words);
    }
}
