//! The Cedar schema, made from the declarations: what a rule can speak about.

use std::fmt::Write as _;

use sandyq_model::{Category, Purpose, Verb};

use crate::declarations::Declarations;

/// The word for an operation that states no purpose.
pub(crate) const NO_PURPOSE: &str = "none";
/// The group of verbs by which data leaves the operator.
pub(crate) const TRANSFER: &str = "transfer";

/// The schema as Cedar reads it.
pub(crate) fn schema_text(declarations: &Declarations) -> String {
    let mut text = String::with_capacity(4096);
    let fields = declarations.all_fields();
    enumerate(
        &mut text,
        "Role",
        declarations.roles.values().map(|role| role.name.as_str()),
    );
    enumerate(
        &mut text,
        "Field",
        fields.iter().filter_map(|field| declarations.field_name(field)),
    );
    enumerate(
        &mut text,
        "Category",
        Category::ALL.iter().map(|category| category.name()),
    );
    let purposes: Vec<String> = Purpose::all().map(|purpose| purpose.to_string()).collect();
    enumerate(
        &mut text,
        "Purpose",
        std::iter::once(NO_PURPOSE).chain(purposes.iter().map(String::as_str)),
    );
    text.push_str(FIXED);
    for verb in Verb::ALL {
        let group = if verb.is_transfer() {
            format!(" in [\"{TRANSFER}\"]")
        } else {
            String::new()
        };
        let line = format!(
            "action \"{verb}\"{group} appliesTo {{ principal: Actor, resource: Datum, context: Circumstances }};"
        );
        // INVARIANT: writing to a string does not fail.
        let _ = writeln!(text, "{line}");
    }
    text
}

fn enumerate<'a>(text: &mut String, kind: &str, names: impl Iterator<Item = &'a str>) {
    let mut names: Vec<String> = names
        .map(|name| format!("\"{}\"", name.escape_default()))
        .collect();
    if names.is_empty() {
        names.push("\"none\"".to_owned());
    }
    // INVARIANT: writing to a string does not fail.
    let _ = writeln!(text, "entity {kind} enum [{}];", names.join(", "));
}

/// The part that no declaration changes. Every attribute is always present, so no rule can err.
const FIXED: &str = r#"entity Actor { role: Role, human: Bool, familiar: Bool };
entity Datum { field: Field, category: Category, purposes: Set<Purpose> };
type Circumstances = {
    purpose: Purpose,
    ground: String,
    citation: Bool,
    consent: Bool,
    agreed: Bool,
    withdrawn: Bool,
    standing: String,
    case: Bool,
    interview: Bool,
    own: Bool,
    effect: Bool,
    recipient: { kind: String, country: String, registered: Bool, undertaking: Bool },
    floor: Bool,
    hold: Bool,
    due: Bool,
    approved: Bool,
    seconded: Bool,
    emergency: Bool
};
action "transfer";
"#;
