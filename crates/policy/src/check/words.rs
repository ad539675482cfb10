//! PRE-3, 1.1.1: whatever a person can meet has words in every language, and words are about something.

use sandyq_model::Verb;

use crate::check::{Code, Report, nearest};
use crate::declarations::{WordKind, Words};
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
    let mut wanted = Vec::new();
    let mut want = |kind, name: &str, place| {
        wanted.push(Wanted {
            kind,
            name: name.to_owned(),
            place,
        })
    };
    all.fields
        .values()
        .for_each(|one| want(WordKind::Field, &one.name, Some(one.name.place())));
    all.classes
        .iter()
        .for_each(|one| want(WordKind::Class, &one.name, Some(one.name.place())));
    all.categories
        .values()
        .for_each(|one| want(WordKind::Category, &one.name, Some(one.name.place())));
    all.purposes
        .values()
        .for_each(|one| want(WordKind::Purpose, &one.name, Some(one.name.place())));
    all.roles
        .values()
        .for_each(|one| want(WordKind::Role, &one.name, Some(one.name.place())));
    let [_, _, english] = &draft.declared.words;
    let verb_place = |verb: &Verb| {
        english
            .places
            .get(&(WordKind::Verb, verb.name().to_owned()))
            .copied()
    };
    Verb::ALL
        .iter()
        .for_each(|verb| want(WordKind::Verb, verb.name(), verb_place(verb)));
    all.floors
        .iter()
        .for_each(|one| want(WordKind::Floor, &one.name, Some(one.name.place())));
    all.limits
        .iter()
        .for_each(|one| want(WordKind::Limit, &one.name, Some(one.name.place())));
    all.deadlines
        .iter()
        .for_each(|one| want(WordKind::Deadline, &one.name, Some(one.name.place())));
    all.recipients
        .iter()
        .for_each(|one| want(WordKind::Recipient, &one.name, Some(one.name.place())));
    all.addresses
        .iter()
        .for_each(|one| want(WordKind::Address, &one.name, Some(one.name.place())));
    all.stores
        .iter()
        .for_each(|one| want(WordKind::Store, &one.name, Some(one.name.place())));
    all.decisions
        .iter()
        .for_each(|one| want(WordKind::Decision, &one.name, Some(one.name.place())));
    for service in &all.services {
        want(WordKind::Service, &service.name, Some(service.name.place()));
    }
    let mut consents: Vec<_> = all
        .services
        .iter()
        .flat_map(|service| &service.consents)
        .collect();
    consents.sort_by_key(|item| item.name.as_str().to_owned());
    consents.dedup_by(|a, b| a.name == b.name);
    consents
        .iter()
        .for_each(|item| want(WordKind::Consent, &item.name, Some(item.name.place())));
    draft
        .rules
        .rules
        .iter()
        .for_each(|rule| want(WordKind::Rule, rule.id.as_str(), Some(rule.place)));
    wanted
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
