//! 4.3, 1.4, 1.3: nothing abroad, no processor, no decision without a human.

use sandyq_model::{Country, RecipientKind};

use crate::check::{Code, Report};
use crate::declarations::{Declarations, Name, unknown};

/// The word for a decision that any human role may take.
const HUMAN: &str = "human";

pub(super) fn examine(declarations: &Declarations, report: &mut Report) {
    for one in &declarations.recipients {
        report_country("recipient", &one.name, one.country, &one.country_word, report);
        if one.kind == RecipientKind::Processor {
            report
                .add(Code::ExternalProcessor, format!("`{}` would process for the operator", one.name))
                .at(one.kind_word.place(), "always refused")
                .help("do it yourself, or hand data to a recipient that uses it for its own purpose with consent")
                .clause("1.4");
        }
    }
    for one in &declarations.addresses {
        report_country("address", &one.name, one.country, &one.country_word, report);
    }
    for one in &declarations.stores {
        report_country("store", &one.name, one.country, &one.country_word, report);
    }
    for role in declarations.roles.values() {
        let kinds = declarations
            .services
            .iter()
            .filter_map(|service| service.case.as_ref());
        let known: Vec<&str> = kinds.map(Name::as_str).collect();
        for kind in role
            .works_on
            .iter()
            .filter(|kind| !known.contains(&kind.as_str()))
        {
            unknown(Code::UnknownName, "kind of case", kind, &known, report);
        }
    }
    for decision in &declarations.decisions {
        let role = declarations
            .roles
            .values()
            .find(|role| role.name == decision.actor);
        if decision.actor.as_str() == HUMAN || role.is_some_and(|role| role.human) {
            continue;
        }
        let found = report.add(
            Code::InhumanDecision,
            format!(
                "`{}` is decided by `{}`, which is not human",
                decision.name, decision.actor
            ),
        );
        found.at(decision.actor.place(), "not human");
        if let Some(role) = role {
            found.at(role.name.place(), "declared human=false here");
        }
        found
            .help("write  actor=\"human\", or name a role with human=true")
            .clause("1.3");
    }
}

fn report_country(what: &str, name: &Name, country: Country, word: &Name, report: &mut Report) {
    if country != Country::KZ {
        report
            .add(
                Code::OutsideCountry,
                format!("the {what} `{name}` is outside the country"),
            )
            .at(word.place(), "not KZ")
            .help("no personal data leaves Kazakhstan; take one inside the country")
            .clause("4.3");
    }
}
