//! 1.1.1: a service requires no more than its purposes need, and offers no more than they may use.

use sandyq_model::value::ValueKind;
use sandyq_model::{Field, FieldSet, Purpose};

use crate::check::{Code, Report};
use crate::declarations::{Ask, Declarations, Name, Service, Use, unknown};

pub(super) fn examine(declarations: &Declarations, report: &mut Report) {
    for service in &declarations.services {
        if service.purposes.is_empty() {
            report
                .add(
                    Code::Declaration,
                    format!("the service `{}` serves no purpose", service.name),
                )
                .at(service.name.place(), "what is it for?")
                .help("write  purpose \"2.2.7\"")
                .clause("2.1");
        }
        for (field, place, ask) in &service.listed {
            let name = declarations.field_name(*field).unwrap_or_default();
            if *field == Field::CARD_VERIFICATION && *ask != Ask::Transient {
                report
                    .add(
                        Code::CardVerificationStored,
                        format!("`{}` would keep `{name}`", service.name),
                    )
                    .at(*place, "only as `transient`")
                    .help(format!("write  transient \"{name}\""))
                    .clause("1.1.2");
            }
            report_excess(service, (*field, *place, *ask), declarations, report);
        }
        report_into(service, declarations, report);
        report_representative(service, declarations, report);
        report_prolonging(service, declarations, report);
    }
    report_decisions(declarations, report);
}

/// 1.3: what is decided about is a case that some service opens.
fn report_decisions(declarations: &Declarations, report: &mut Report) {
    for decision in &declarations.decisions {
        if decision.invites && decision.case.is_none() {
            report
                .add(
                    Code::Declaration,
                    format!("`{}` invites somebody, and is about no case", decision.name),
                )
                .at(decision.name.place(), "which case goes on?")
                .help("write  case=\"application\"")
                .clause("1.3");
        }
        let Some(word) = &decision.case else { continue };
        let opened = declarations
            .services
            .iter()
            .filter_map(|service| service.case.as_ref());
        let known: Vec<&str> = opened.map(Name::as_str).collect();
        if !known.contains(&word.as_str()) {
            unknown(Code::UnknownName, "kind of case", word, &known, report);
        }
        let Some(field) = decision.writes else { continue };
        let opens = |service: &&Service| service.case.as_ref().is_some_and(|case| case == word);
        let answered = declarations
            .services
            .iter()
            .filter(opens)
            .all(|service| service.answered.contains(field));
        if !answered {
            let name = declarations.field_name(field).unwrap_or_default();
            report
                .add(
                    Code::Declaration,
                    format!(
                        "`{}` writes `{name}`, which its service does not name",
                        decision.name
                    ),
                )
                .at(decision.name.place(), "written without a consent")
                .help(format!("write  answered \"{name}\"  in the service"))
                .clause("2.2.8");
        }
    }
}

/// What a submission is about can fill one of the service's own fields, and only if it is about something.
fn report_into(service: &Service, declarations: &Declarations, report: &mut Report) {
    let Some(field) = service.into else { return };
    let name = declarations.field_name(field).unwrap_or_default();
    let asked = service.required.union(service.optional).contains(field);
    if service.about.is_none() || !asked {
        report
            .add(
                Code::Declaration,
                format!("`{}` cannot fill `{name}`", service.name),
            )
            .at(
                service.name.place(),
                "nothing to fill it with, or no such field in it",
            )
            .help(format!(
                "say what it is about, and list \"{name}\" under `require`"
            ))
            .clause("1.1.1");
    }
}

/// DEF-11: where a date of birth is asked, the representative of somebody young is asked for as well, with one address to which
/// the code goes; and nowhere else, since nothing there would tell whether one is needed.
fn report_representative(service: &Service, declarations: &Declarations, report: &mut Report) {
    let of_kind = |fields: FieldSet, kind: ValueKind| {
        let declared = declarations.fields.values();
        declared
            .filter(|field| fields.contains(field.field) && field.kind == kind)
            .count()
    };
    let asked = service.required.union(service.optional);
    let tells_age = of_kind(asked, ValueKind::BirthDate) > 0;
    let addresses = of_kind(service.representative, ValueKind::Email);
    if tells_age == (addresses == 1) && (tells_age || service.representative.is_empty()) {
        return;
    }
    let problem = if tells_age {
        format!(
            "`{}` asks for a date of birth and not for one address of a representative",
            service.name
        )
    } else {
        format!(
            "`{}` asks for a representative and not for a date of birth",
            service.name
        )
    };
    report
        .add(Code::Declaration, problem)
        .at(service.name.place(), "who acts for somebody too young?")
        .help("write  representative \"representative_name\" \"representative_email\" \"representative_authority\"  where a date of birth is asked")
        .clause("1.1.2");
}

/// 8: what lets data stay longer is a limit that people can read.
fn report_prolonging(service: &Service, declarations: &Declarations, report: &mut Report) {
    for item in &service.consents {
        let Some(word) = &item.prolongs else { continue };
        let known: Vec<&str> = declarations
            .limits
            .iter()
            .filter(|limit| limit.count.is_some())
            .map(|limit| limit.name.as_str())
            .collect();
        if !known.contains(&word.as_str()) {
            unknown(Code::UnknownName, "limit", word, &known, report);
        }
    }
}

fn report_excess(
    service: &Service,
    (field, place, ask): (Field, crate::place::Place, Ask),
    declarations: &Declarations,
    report: &mut Report,
) {
    let name = declarations.field_name(field).unwrap_or_default();
    let own = uses(service, service.purposes.iter().copied(), declarations);
    let needed = own
        .iter()
        .fold(FieldSet::EMPTY, |all, used| all.union(used.needs));
    let consented = service.consents.iter().map(|item| item.purpose);
    let usable = uses(
        service,
        service.purposes.iter().copied().chain(consented),
        declarations,
    );
    let usable = usable
        .iter()
        .fold(FieldSet::EMPTY, |all, used| all.union(used.fields()));
    let purposes: Vec<String> = service.purposes.iter().map(Purpose::to_string).collect();
    let purposes = purposes.join(", ");
    if !usable.contains(field) {
        report
            .add(
                Code::ServiceAsksTooMuch,
                format!(
                    "`{}` asks for `{name}`, which no purpose of it uses",
                    service.name
                ),
            )
            .at(
                place,
                format!("not listed for `{}` under {purposes}", service.category),
            )
            .help("take it out of the service, or list it under `may` of the purpose")
            .clause("1.1.1");
    } else if ask == Ask::Required && !needed.contains(field) {
        report
            .add(
                Code::ServiceAsksTooMuch,
                format!("`{}` requires `{name}` without needing it", service.name),
            )
            .at(
                place,
                format!("not under `needs` of `{}` in {purposes}", service.category),
            )
            .help("ask for it under `optional`, or list it under `needs` of the purpose")
            .clause("1.1.1");
    }
}

fn uses<'a>(
    service: &Service,
    purposes: impl Iterator<Item = Purpose>,
    declarations: &'a Declarations,
) -> Vec<&'a Use> {
    let declared = purposes.filter_map(|purpose| declarations.purposes.get(&purpose));
    declared
        .filter_map(|purpose| purpose.uses.get(&service.category))
        .collect()
}
