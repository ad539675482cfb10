//! 1.1.2–1.1.5: a category of people has an exact set of fields.

use sandyq_model::{Category, Clause, Field, FieldSet};

use crate::check::{Code, Report};
use crate::declarations::Declarations;
use crate::declarations::field::unknown;
use crate::declarations::name::Name;
use crate::declarations::node::Node;
use crate::place::Place;

/// A category of people and what may be collected from them.
#[derive(Clone, Debug)]
pub struct CategoryDeclaration {
    /// Which one.
    pub category: Category,
    /// Its exact fields, the record as a whole included.
    pub fields: FieldSet,
    /// Where it is declared.
    pub clause: Clause,
    pub(crate) name: Name,
    pub(crate) listed: Vec<(Field, Place)>,
}

impl CategoryDeclaration {
    pub(super) fn read(node: Node<'_>, declared: &Declarations, report: &mut Report) -> Option<Self> {
        node.takes(&["code"], report);
        let name = node.name(report)?;
        let category = known_category(&name, report)?;
        if node
            .number("code", report)
            .is_some_and(|code| code != u32::from(category.code()))
        {
            let place = node.value_place("code", report);
            report
                .add(
                    Code::Declaration,
                    format!("the code of `{name}` is {}", category.code()),
                )
                .at(place, "another number")
                .help("codes of categories are in storage and in ledger entries, so they never change");
        }
        let mut listed: Vec<(Field, Place)> = Vec::new();
        for child in node.children() {
            if child.kind() != "field" {
                child.strange("`field`", report);
                continue;
            }
            child.takes(&[], report);
            for (field, word) in fields(child, declared, report) {
                if let Some((_, first)) = listed.iter().find(|(known, _)| *known == field) {
                    let first = *first;
                    report
                        .add(Code::Duplicate, format!("`{word}` is listed twice for `{name}`"))
                        .at(word.place(), "again here")
                        .at(first, "first here");
                    continue;
                }
                listed.push((field, word.place()));
            }
        }
        let fields = listed
            .iter()
            .map(|(field, _)| *field)
            .collect::<FieldSet>()
            .with(Field::RECORD);
        Some(Self {
            category,
            fields,
            clause: node.clause.clone(),
            name,
            listed,
        })
    }
}

/// The fields that a node names.
pub(crate) fn fields(node: Node<'_>, declared: &Declarations, report: &mut Report) -> Vec<(Field, Name)> {
    let mut found = Vec::new();
    for word in node.names(report) {
        match declared.field_named(&word) {
            Some(field) => found.push((field, word)),
            None if declared.is_attempted("field", &word) => {}
            None => {
                let known: Vec<&str> = declared
                    .fields
                    .values()
                    .map(|field| field.name.as_str())
                    .collect();
                unknown(Code::UnknownField, "field", &word, &known, report);
            }
        }
    }
    found
}

/// The one field of that name; reports any other word.
pub(super) fn known_field(word: &Name, declared: &Declarations, report: &mut Report) -> Option<Field> {
    let found = declared.field_named(word);
    if found.is_none() && !declared.is_attempted("field", word) {
        let known = declared.fields.values().map(|field| field.name.as_str());
        unknown(
            Code::UnknownField,
            "field",
            word,
            &known.collect::<Vec<_>>(),
            report,
        );
    }
    found
}

/// The category of that name; reports any other word.
pub(super) fn known_category(word: &Name, report: &mut Report) -> Option<Category> {
    let found = word.parse().ok();
    if found.is_none() {
        let known: Vec<&str> = Category::ALL.iter().map(|category| category.name()).collect();
        unknown(Code::UnknownName, "category", word, &known, report);
    }
    found
}
