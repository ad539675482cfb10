//! PRE-3, 1.1.1: whatever a person can meet has words in every language, and words are about something.

use sandyq_model::Verb;

use crate::check::{Code, Report, nearest};
use crate::declarations::{Name, WordKind, Words};
use crate::language::Language;
use crate::place::Place;
use crate::policy::Draft;

/// Something that needs words.
struct Wanted {
    kind: WordKind,
    name: String,
    place: Option<Place>,
}

pub(super) fn examine(draft: &Draft, report: &mut Report) {
    let wanted = wanted(draft);
    for (language, words) in Language::ALL.into_iter().zip(&draft.declared.words) {
        // Where a whole file is missing, its words are missing with it.
        if draft
            .text
            .sections
            .iter()
            .all(|section| section.chapter(language).is_some())
        {
            wanted
                .iter()
                .for_each(|one| report_missing(one, language, words, report));
        }
        report_strange(&wanted, draft, words, report);
    }
}

fn wanted(draft: &Draft) -> Vec<Wanted> {
    let all = &draft.declared.declarations;
    let mut names: Vec<(WordKind, &Name)> = Vec::new();
    names.extend(all.fields.values().map(|one| (WordKind::Field, &one.name)));
    names.extend(all.classes.iter().map(|one| (WordKind::Class, &one.name)));
    names.extend(all.categories.values().map(|one| (WordKind::Category, &one.name)));
    names.extend(all.purposes.values().map(|one| (WordKind::Purpose, &one.name)));
    names.extend(all.roles.values().map(|one| (WordKind::Role, &one.name)));
    names.extend(all.floors.iter().map(|one| (WordKind::Floor, &one.name)));
    names.extend(all.limits.iter().map(|one| (WordKind::Limit, &one.name)));
    names.extend(all.deadlines.iter().map(|one| (WordKind::Deadline, &one.name)));
    names.extend(all.recipients.iter().map(|one| (WordKind::Recipient, &one.name)));
    names.extend(all.addresses.iter().map(|one| (WordKind::Address, &one.name)));
    names.extend(all.stores.iter().map(|one| (WordKind::Store, &one.name)));
    names.extend(all.decisions.iter().map(|one| (WordKind::Decision, &one.name)));
    names.extend(all.services.iter().map(|one| (WordKind::Service, &one.name)));
    let reasons = all.decisions.iter().flat_map(|decision| &decision.reasons);
    for reason in reasons {
        if !names
            .iter()
            .any(|(kind, name)| *kind == WordKind::Reason && **name == *reason)
        {
            names.push((WordKind::Reason, reason));
        }
    }
    let consents = all.services.iter().flat_map(|service| &service.consents);
    for item in consents {
        if !names
            .iter()
            .any(|(kind, name)| *kind == WordKind::Consent && **name == item.name)
        {
            names.push((WordKind::Consent, &item.name));
        }
    }
    let named = names.into_iter().map(|(kind, name)| Wanted {
        kind,
        name: name.to_string(),
        place: Some(name.place()),
    });
    named.chain(wanted_verbs_and_rules(draft)).collect()
}

fn wanted_verbs_and_rules(draft: &Draft) -> impl Iterator<Item = Wanted> {
    let [_, _, english] = &draft.declared.words;
    let verbs = Verb::ALL.into_iter().map(|verb| {
        let name = verb.name().to_owned();
        let place = english.places.get(&(WordKind::Verb, name.clone())).copied();
        Wanted {
            kind: WordKind::Verb,
            name,
            place,
        }
    });
    verbs.chain(draft.rules.rules.iter().map(|rule| {
        let name = rule.id.to_string();
        Wanted {
            kind: WordKind::Rule,
            name,
            place: Some(rule.place),
        }
    }))
}

fn report_missing(one: &Wanted, language: Language, words: &Words, report: &mut Report) {
    let said = words.of(one.kind, &one.name);
    let missing = match (one.kind, said) {
        (WordKind::Rule, said) => said.is_none_or(|said| said.text.is_empty()).then_some("text"),
        (_, said) if said.is_none_or(|said| said.label.is_empty()) => Some("label"),
        (WordKind::Field, Some(said)) => said.why.is_empty().then_some("why"),
        (WordKind::Service, Some(said)) => said.intro.is_empty().then_some("intro"),
        _ => None,
    };
    let Some(missing) = missing else { return };
    let kind = one.kind.name();
    let message = format!("{kind} `{}` has no `{missing}` in {language}", one.name);
    let written = words.places.get(&(one.kind, one.name.clone())).copied();
    let found = report.add(Code::WordsMissing, message);
    if let Some(place) = written.or(one.place) {
        found.at(place, "without words");
    }
    found
        .help(format!(
            "write  words {{ {kind} \"{}\" {missing}=\"…\" }}",
            one.name
        ))
        .clause("PRE-3");
}

fn report_strange(wanted: &[Wanted], draft: &Draft, words: &Words, report: &mut Report) {
    for ((kind, name), place) in &words.places {
        let known = |one: &&Wanted| one.kind == *kind;
        let record = *kind == WordKind::Field && name == crate::declarations::RECORD;
        let unusable = draft.declared.declarations.is_attempted(kind.name(), name)
            || (*kind == WordKind::Rule && draft.rules.ids.iter().any(|id| id.as_str() == name));
        if record || unusable || wanted.iter().filter(known).any(|one| one.name == *name) {
            continue;
        }
        let near = nearest(name, wanted.iter().filter(known).map(|one| one.name.as_str())).map(str::to_owned);
        let code = match kind {
            WordKind::Field => Code::UnknownField,
            WordKind::Verb => Code::UnknownVerb,
            WordKind::Purpose => Code::UnknownPurpose,
            WordKind::Role => Code::UnknownRole,
            _ => Code::UnknownName,
        };
        let found = report.add(
            code,
            format!("words about {} `{name}`, which nothing declares", kind.name()),
        );
        found.at(*place, "about nothing");
        if let Some(near) = near {
            found.help(format!("did you mean `{near}`?"));
        }
    }
}
