//! The register as a table (RFC 4180). A cell that a spreadsheet would take for a formula begins with an apostrophe.

use super::{Activity, register};
use crate::declarations::WordKind;
use crate::language::Language;
use crate::policy::Policy;

/// The columns that are said in the words of the folder; those in the words of people follow, once for each language.
const COLUMNS: [&str; 13] = [
    "purpose",
    "category",
    "grounds",
    "consents",
    "needs",
    "may",
    "services",
    "recipients",
    "ends",
    "days-after",
    "kept-by-law",
    "stores",
    "roles",
];
/// The columns in the words of people.
const WORDED: [&str; 4] = ["purpose", "category", "fields", "roles"];
/// What begins a formula, or an escape out of a cell, in a spreadsheet.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The register as text.
#[must_use]
pub fn csv(policy: &Policy) -> String {
    let (head, rows) = table(policy);
    std::iter::once(&head)
        .chain(&rows)
        .map(|cells| line(cells))
        .collect()
}

/// The register as the names of its columns, and its rows: plain texts, which nobody has guarded.
#[must_use]
pub fn table(policy: &Policy) -> (Vec<String>, Vec<Vec<String>>) {
    let worded = Language::ALL
        .into_iter()
        .flat_map(|language| WORDED.map(|column| format!("{column}-{language}")));
    let head: Vec<String> = COLUMNS.map(ToOwned::to_owned).into_iter().chain(worded).collect();
    let rows = register(policy);
    (head, rows.iter().map(|activity| row(policy, activity)).collect())
}

fn row(policy: &Policy, of: &Activity<'_>) -> Vec<String> {
    let names = |fields| policy.names_of(fields).join("; ");
    let ends = of.purpose.ends.as_ref();
    let floors = of.floors.iter().map(|floor| {
        let citation = floor.citation.as_ref().map_or("", |citation| citation.as_str());
        format!("{} years: {citation}", floor.years)
    });
    let stores = policy.stores().iter();
    let roles = of.roles.iter().map(|(role, verbs)| {
        let name = policy.role(*role).map_or("", |declared| declared.name.as_str());
        let verbs: Vec<&str> = verbs.iter().map(|verb| verb.name()).collect();
        format!("{name} ({})", verbs.join(" "))
    });
    let mut cells = vec![
        of.purpose.purpose.to_string(),
        of.category.to_string(),
        joined(of.purpose.grounds.iter()),
        joined(of.consents.iter()),
        names(of.needs),
        names(of.may),
        joined(of.services.iter().map(|service| &service.name)),
        joined(of.recipients.iter().map(|kind| kind.name())),
        ends.map_or_else(String::new, |end| end.event.to_string()),
        ends.map_or_else(String::new, |end| end.days.to_string()),
        joined(floors),
        joined(stores.map(|store| format!("{} ({})", store.name, store.country.as_str()))),
        joined(roles),
    ];
    for language in Language::ALL {
        let words = policy.words(language);
        let fields = policy.names_of(of.needs.union(of.may));
        let roles = of.roles.iter().filter_map(|(role, _)| policy.role(*role));
        cells.extend([
            words
                .label(WordKind::Purpose, &of.purpose.purpose.to_string())
                .to_owned(),
            words.label(WordKind::Category, of.category.name()).to_owned(),
            joined(fields.iter().map(|field| words.label(WordKind::Field, field))),
            joined(roles.map(|role| words.label(WordKind::Role, &role.name))),
        ]);
    }
    cells
}

fn joined(things: impl Iterator<Item = impl ToString>) -> String {
    things
        .map(|thing| thing.to_string())
        .collect::<Vec<_>>()
        .join("; ")
}

fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(FORMULA) { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_none_breaks_out() {
        for (cell, written) in [
            ("2.2.1", "\"2.2.1\""),
            ("=1+1", "\"'=1+1\""),
            ("-2", "\"'-2\""),
            ("+7 701", "\"'+7 701\""),
            ("@sum", "\"'@sum\""),
            ("\tx", "\"'\tx\""),
            ("say \"no\", twice", "\"say \"\"no\"\", twice\""),
        ] {
            assert_eq!(quoted(cell), written);
        }
    }
}
