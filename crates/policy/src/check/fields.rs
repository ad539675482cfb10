//! 2.1, 8, 1.1.2-g: every field serves a purpose of its category, has an end, and the card verification value stays
//! in memory.

use sandyq_model::value::ValueKind;
use sandyq_model::{Category, Field};

use crate::check::{Code, Report};
use crate::countable::{COUNTED_FOR, is_countable};
use crate::declarations::{Declarations, FieldDeclaration, PurposeDeclaration, Search, Storage};

/// The classes of what applicants tell about themselves.
const OF_APPLICANTS: [&str; 2] = ["profile", "delicate"];

pub(super) fn examine(declarations: &Declarations, report: &mut Report) {
    for category in declarations.categories.values() {
        for (field, place) in &category.listed {
            let name = declarations.field_name(*field).unwrap_or_default();
            let serving = serving(declarations, *field, category.category);
            if serving.is_empty() {
                report
                    .add(
                        Code::FieldWithoutPurpose,
                        format!("no purpose needs `{name}` of `{}`", category.name),
                    )
                    .at(*place, "collected for nothing")
                    .help("name it under `needs` or `may` of a purpose, or take it out of the category")
                    .clause("2.1");
            } else if serving.iter().all(|purpose| purpose.ends.is_none()) {
                let found = report.add(
                    Code::NoEndOfStorage,
                    format!("nothing says when `{name}` of `{}` is destroyed", category.name),
                );
                found.at(*place, "kept without an end");
                for purpose in serving {
                    found.at(purpose.name.place(), "this purpose never ends");
                }
                found
                    .help("write  ends \"fulfilled\" days=30  under the purpose")
                    .clause("8");
            }
        }
    }
    for purpose in declarations.purposes.values() {
        report_strange_fields(purpose, declarations, report);
        report_counted_people(purpose, declarations, report);
    }
    for class in &declarations.classes {
        let told = OF_APPLICANTS.contains(&class.name.as_str());
        if told && class.search != Search::None {
            report
                .add(
                    Code::ApplicantSearched,
                    format!("people would be found by what is `{}`", class.name),
                )
                .at(class.name.place(), "searched for")
                .help("write  search=\"none\"")
                .clause("1.1.5");
        }
    }
    for field in declarations.fields.values() {
        report_card_verification(field, report);
    }
}

fn serving(declarations: &Declarations, field: Field, category: Category) -> Vec<&PurposeDeclaration> {
    let listing = |purpose: &&PurposeDeclaration| {
        purpose
            .uses
            .get(&category)
            .is_some_and(|used| used.fields().contains(field))
    };
    declarations.purposes.values().filter(listing).collect()
}

fn report_strange_fields(purpose: &PurposeDeclaration, declarations: &Declarations, report: &mut Report) {
    for (category, used) in &purpose.uses {
        let declared = declarations.categories.get(category);
        let collected = declared.map(|declared| declared.fields).unwrap_or_default();
        for (field, place) in used
            .listed
            .iter()
            .filter(|(field, _)| !collected.contains(*field))
        {
            let name = declarations.field_name(*field).unwrap_or_default();
            let found = report.add(
                Code::FieldOutsideCategory,
                format!(
                    "purpose {} uses `{name}`, which is not collected from `{category}`",
                    purpose.purpose
                ),
            );
            found.at(*place, "used here");
            match declared {
                Some(declared) => {
                    found.at(
                        declared.name.place(),
                        "the fields of this category are listed here",
                    );
                    found.clause(declared.clause.as_str());
                }
                None => {
                    found.help(format!("nothing declares the category `{category}`"));
                }
            }
        }
    }
}

fn report_counted_people(purpose: &PurposeDeclaration, declarations: &Declarations, report: &mut Report) {
    if !COUNTED_FOR.contains(&purpose.purpose) {
        return;
    }
    for (field, place) in purpose.uses.values().flat_map(|used| &used.listed) {
        let Some(declared) = declarations.fields.get(field) else {
            continue;
        };
        if !is_countable(declared) {
            report
                .add(
                    Code::CountedPerson,
                    format!("purpose {} would count `{}`", purpose.purpose, declared.name),
                )
                .at(*place, "counted here")
                .at(declared.name.place(), "no figure can be made of it")
                .help("take it out of this purpose")
                .clause("DEF-5");
        }
    }
}

fn report_card_verification(field: &FieldDeclaration, report: &mut Report) {
    if field.kind != ValueKind::CardVerification && field.field != Field::CARD_VERIFICATION {
        return;
    }
    if field.class.storage == Storage::Never && field.class.search == Search::None {
        return;
    }
    let what = if field.class.storage == Storage::Never {
        "searched for"
    } else {
        "stored"
    };
    report
        .add(
            Code::CardVerificationStored,
            format!("`{}` may not be {what}", field.name),
        )
        .at(field.name.place(), "the card verification value")
        .at(field.class.name.place(), format!("its class lets it be {what}"))
        .help("give it a class with  storage=\"never\" search=\"none\" mask=\"hidden\"")
        .clause("1.1.2");
}
