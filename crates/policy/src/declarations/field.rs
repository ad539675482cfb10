//! 1.1.1: only declared fields exist. A class says how a value is kept and shown, a kind what it must be.

use sandyq_model::value::ValueKind;
use sandyq_model::{Clause, Field};

use crate::check::{Code, Report};
use crate::declarations::Declarations;
use crate::declarations::name::Name;
use crate::declarations::node::Node;

/// How values of some fields are kept, shown and found.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its name.
    pub name: Name,
    /// Whether values are kept at all.
    pub storage: Storage,
    /// How much of a value is shown until it is asked for.
    pub mask: Mask,
    /// Whether a value can be searched for.
    pub search: Search,
    /// Where it is declared.
    pub clause: Clause,
}

/// Whether values of a class are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Sealed, each by itself.
    Sealed,
    /// Never, in no form: memory only.
    Never,
}

/// How much of a value is shown until it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mask {
    /// All of it.
    None,
    /// The first letter.
    Initial,
    /// The last four digits.
    Last4,
    /// An e-mail address with its middle left out.
    Email,
    /// A telephone number with its middle left out.
    Phone,
    /// The year of a date.
    Year,
    /// Nothing.
    Hidden,
}

/// Whether a value can be searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// The whole value, by blind index.
    Exact,
    /// Not at all.
    None,
}

/// One field of a record.
#[derive(Clone, Debug)]
pub struct FieldDeclaration {
    /// Its number, the same for ever.
    pub field: Field,
    /// Its name in the folder, in rules and in the interface for programs.
    pub name: Name,
    /// Its class.
    pub class: Class,
    /// What a value must be.
    pub kind: ValueKind,
    /// Where it is declared.
    pub clause: Clause,
}

const STORAGES: [(&str, Storage); 2] = [("sealed", Storage::Sealed), ("never", Storage::Never)];
const MASKS: [(&str, Mask); 7] = [
    ("none", Mask::None),
    ("initial", Mask::Initial),
    ("last4", Mask::Last4),
    ("email", Mask::Email),
    ("phone", Mask::Phone),
    ("year", Mask::Year),
    ("hidden", Mask::Hidden),
];
const SEARCHES: [(&str, Search); 2] = [("exact", Search::Exact), ("none", Search::None)];

impl Class {
    pub(super) fn read(node: Node<'_>, report: &mut Report) -> Option<Self> {
        node.takes(&["storage", "mask", "search"], report);
        node.childless(report);
        let name = node.name(report);
        let storage = one_of(node, "storage", &STORAGES, report);
        let mask = one_of(node, "mask", &MASKS, report);
        let search = one_of(node, "search", &SEARCHES, report);
        Some(Self {
            name: name?,
            storage: storage?,
            mask: mask?,
            search: search?,
            clause: node.clause.clone(),
        })
    }
}

impl FieldDeclaration {
    pub(super) fn read(node: Node<'_>, declared: &Declarations, report: &mut Report) -> Option<Self> {
        node.takes(&["number", "class", "kind"], report);
        node.childless(report);
        let name = node.name(report);
        let field = read_number(node, report);
        let class = node.demand("class", report).and_then(|word| {
            let found = declared.classes.iter().find(|class| class.name == word).cloned();
            if found.is_none() && !declared.is_attempted("class", &word) {
                let known: Vec<&str> = declared.classes.iter().map(|class| class.name.as_str()).collect();
                unknown(Code::UnknownName, "class", &word, &known, report);
            }
            found
        });
        let kind = node.demand("kind", report).and_then(|word| {
            let found = ValueKind::from_name(&word);
            if found.is_none() {
                report
                    .add(Code::UnknownName, format!("there is no kind of value called `{word}`"))
                    .at(word.place(), "no such kind")
                    .help("kinds are name, phone, email, postal-address, text, long-text, choice, list, count and the like");
            }
            found
        });
        Some(Self {
            field: field?,
            name: name?,
            class: class?,
            kind: kind?,
            clause: node.clause.clone(),
        })
    }
}

fn read_number(node: Node<'_>, report: &mut Report) -> Option<Field> {
    if !node.has("number") {
        node.missing("number", report);
    }
    let number = node.number("number", report)?;
    let field = u8::try_from(number)
        .ok()
        .and_then(Field::new)
        .filter(|field| *field != Field::RECORD);
    if field.is_none() {
        let place = node.value_place("number", report);
        report
            .add(Code::Declaration, "the number of a field is from 1 to 127")
            .at(place, "not from 1 to 127")
            .help("0 is the record as a whole; sets of fields are masks of 128 bits");
    }
    field
}

/// One of a closed list of words.
pub(super) fn one_of<T: Copy>(
    node: Node<'_>,
    property: &str,
    words: &[(&str, T)],
    report: &mut Report,
) -> Option<T> {
    let word = node.demand(property, report)?;
    let found = words
        .iter()
        .find(|(name, _)| &word == *name)
        .map(|(_, value)| *value);
    if found.is_none() {
        let expected: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        report
            .add(Code::Declaration, format!("`{property}` cannot be `{word}`"))
            .at(word.place(), "not known")
            .help(format!("one of {}", expected.join(", ")));
    }
    found
}

/// Reports a name that nothing declares, with the nearest one that something does.
pub(crate) fn unknown(code: Code, what: &str, word: &Name, known: &[&str], report: &mut Report) {
    let found = report.add(code, format!("there is no {what} called `{word}`"));
    found.at(word.place(), format!("no such {what}"));
    if let Some(near) = crate::check::nearest(word, known.iter().copied()) {
        found.help(format!("did you mean `{near}`?"));
    } else if !known.is_empty() && known.len() <= KNOWN_SHOWN_MAX {
        found.help(format!("declared: {}", known.join(", ")));
    }
}

/// More names than this do not help in a hint.
const KNOWN_SHOWN_MAX: usize = 16;
