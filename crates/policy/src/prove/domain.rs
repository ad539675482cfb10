//! What can happen at all: the words that circumstances know, and the purposes that fields have by declaration.

use std::fmt::Write as _;

use cedar_policy::{Policy, PolicyId};
use sandyq_model::{Category, Purpose, RecipientKind, Standing};

use crate::declarations::Declarations;
use crate::question::GroundWord;
use crate::rules::ABSENT;

/// The opposite of a promise, narrowed to what the declarations allow.
pub(super) fn domain(breach: &Policy, declarations: &Declarations) -> Result<Policy, String> {
    let text = breach
        .to_cedar()
        .ok_or_else(|| "a promise has no text".to_owned())?;
    let head = text.trim_end().trim_end_matches(';');
    let narrowed = format!("{head} when {{ {} }};", conditions(declarations).join(" && "));
    let id = PolicyId::new(format!("{} within the declarations", breach.id()));
    Policy::parse(Some(id), narrowed).map_err(|error| error.to_string())
}

fn conditions(declarations: &Declarations) -> Vec<String> {
    let standings = std::iter::once(ABSENT).chain(Standing::ALL.map(Standing::name));
    let mut all = vec![
        one_of("context.standing", standings),
        one_of("context.ground", GroundWord::NAMES.iter().map(|(name, _)| *name)),
        one_of(
            "context.recipient.kind",
            RecipientKind::ALL.iter().map(|kind| kind.name()),
        ),
        one_of("context.recipient.country", COUNTRIES.into_iter()),
        "!resource.purposes.contains(Purpose::\"none\")".to_owned(),
    ];
    for role in declarations.roles.values().filter(|role| !role.human) {
        all.push(format!(
            "(principal.role != Role::\"{}\" || !principal.human)",
            role.name
        ));
    }
    all.extend(Purpose::all().map(|purpose| serves_exactly(purpose, declarations)));
    all
}

/// Two countries stand for all: the own one and another.
const COUNTRIES: [&str; 2] = ["KZ", "RU"];

fn one_of<'a>(path: &str, words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.map(|word| format!("\"{word}\"")).collect();
    format!("[{}].contains({path})", words.join(", "))
}

/// A field serves a purpose exactly where the declaration lists it.
fn serves_exactly(purpose: Purpose, declarations: &Declarations) -> String {
    let mut listed = String::from("false");
    for category in Category::ALL {
        let fields = declarations.purpose_fields(Some(purpose), category);
        let names = fields.iter().filter_map(|field| declarations.field_name(field));
        let names: Vec<String> = names.map(|name| format!("Field::\"{name}\"")).collect();
        if !names.is_empty() {
            // INVARIANT: writing to a string does not fail.
            let _ = write!(
                listed,
                " || (resource.category == Category::\"{category}\" && [{}].contains(resource.field))",
                names.join(", ")
            );
        }
    }
    format!("(resource.purposes.contains(Purpose::\"{purpose}\") == ({listed}))")
}
