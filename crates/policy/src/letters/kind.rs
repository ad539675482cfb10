//! Which letters there are, and which places each of them knows.

/// A letter that the operator words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterKind {
    /// The answer to a request (6.4, 6.5).
    Answer,
    /// A refusal with its reasons (6.5).
    Refusal,
    /// The receipt of a consent that was given or taken back (1.2).
    Consent,
    /// The act of a destruction (6.3).
    Destruction,
    /// The notice of a breach to the authority (5.1.3).
    Breach,
}

/// A place in a letter.
#[derive(Debug, PartialEq, Eq)]
pub struct LetterPlace {
    /// Its name, as it stands in braces.
    pub name: &'static str,
    /// What it holds.
    pub kind: PlaceKind,
    /// Whether a letter without it says too little.
    pub required: bool,
}

/// What a place holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceKind {
    /// A few words, anywhere in a line.
    Words,
    /// A text with paragraphs of its own; the place stands alone.
    Text,
    /// Several things; the place stands in an item, which comes once for each.
    List,
    /// What is compared character by character; the place stands alone.
    Exact,
}

impl LetterKind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Answer,
        Self::Refusal,
        Self::Consent,
        Self::Destruction,
        Self::Breach,
    ];

    /// The name of its file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Refusal => "refusal",
            Self::Consent => "consent",
            Self::Destruction => "destruction",
            Self::Breach => "breach",
        }
    }

    /// The places that it knows beside those of the operator.
    const fn own_places(self) -> &'static [LetterPlace] {
        match self {
            Self::Answer => ANSWER,
            Self::Refusal => REFUSAL,
            Self::Consent => CONSENT,
            Self::Destruction => DESTRUCTION,
            Self::Breach => BREACH,
        }
    }

    /// Every place that it knows.
    pub fn places(self) -> impl Iterator<Item = &'static LetterPlace> {
        OPERATOR.iter().chain(self.own_places())
    }

    /// The place of that name.
    #[must_use]
    pub fn place(self, name: &str) -> Option<&'static LetterPlace> {
        self.places().find(|place| place.name == name)
    }
}

const fn may(name: &'static str, kind: PlaceKind) -> LetterPlace {
    LetterPlace {
        name,
        kind,
        required: false,
    }
}

const fn must(name: &'static str, kind: PlaceKind) -> LetterPlace {
    LetterPlace {
        name,
        kind,
        required: true,
    }
}

use PlaceKind::{Exact, List, Text, Words};

const OPERATOR: &[LetterPlace] = &[
    must("operator_name", Words),
    may("operator_bin", Words),
    may("operator_address", Words),
    may("operator_phone", Words),
    may("operator_email", Words),
    may("operator_site", Words),
    may("responsible_name", Words),
    may("responsible_phone", Words),
    may("responsible_email", Words),
];

const ANSWER: &[LetterPlace] = &[
    must("reference", Words),
    must("date", Words),
    must("answer", Text),
    may("sender", Words),
    may("sender_address", Words),
    may("request", Words),
    may("received", Words),
    may("due", Words),
    may("law", Words),
    may("late", Words),
];

const REFUSAL: &[LetterPlace] = &[
    must("reference", Words),
    must("date", Words),
    must("answer", Text),
    must("norm", Words),
    may("sender", Words),
    may("sender_address", Words),
    may("request", Words),
    may("received", Words),
    may("due", Words),
    may("law", Words),
    may("late", Words),
];

const CONSENT: &[LetterPlace] = &[
    must("number", Words),
    must("event", Words),
    must("at", Words),
    must("purpose", Words),
    must("fields", List),
    must("until", Words),
    must("person", Words),
    may("clause", Words),
    may("issued", Words),
    may("channel", Words),
    may("recipient", Words),
    may("text", Text),
    may("text_hash", Words),
    may("policy_hash", Words),
    may("key", Words),
    may("entry_number", Words),
    may("entry", Exact),
    may("path", Exact),
    may("checkpoint", Exact),
    may("signatures", Exact),
];

const DESTRUCTION: &[LetterPlace] = &[
    must("number", Words),
    must("at", Words),
    must("destroyed", List),
    must("kept", List),
    must("person", Words),
    must("copies", Words),
    may("issued", Words),
    may("withdrawn", Words),
    may("by", Words),
    may("verbs", Words),
    may("key", Words),
    may("entry_number", Words),
    may("entry", Exact),
    may("path", Exact),
    may("checkpoint", Exact),
    may("signatures", Exact),
];

const BREACH: &[LetterPlace] = &[
    must("number", Words),
    must("detected", Words),
    must("kind", Words),
    must("happened", Text),
    must("categories", Words),
    must("people", Words),
    must("measures", List),
    must("due", Words),
    may("date", Words),
    may("law", Words),
    may("told_subjects", Text),
];
