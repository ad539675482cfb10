//! The register as linked data: JSON-LD 1.1 in the words of the Data Privacy Vocabulary (DPV 2.2). The context stands in the
//! document, so that nobody has to fetch anything.

use sandyq_model::FieldSet;
use serde_json::{Map, Value, json};

use super::{Activity, register};
use crate::declarations::WordKind;
use crate::language::Language;
use crate::policy::Policy;

/// What the prefixes mean, and which members hold an address.
fn context() -> Value {
    json!({
        "dct": "http://purl.org/dc/terms/",
        "dpv": "https://w3id.org/dpv#",
        "loc": "https://w3id.org/dpv/loc#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "dct:title": {"@container": "@language"},
        "dpv:hasContext": {"@type": "@id"},
        "dpv:hasLegalBasis": {"@type": "@id"},
        "dpv:hasLocation": {"@type": "@id"},
    })
}

/// The register as a document: one process for each purpose and category, below the policy that it was made from.
#[must_use]
pub fn json_ld(policy: &Policy) -> Value {
    let activities = register(policy);
    json!({
        "@context": context(),
        "@type": "dpv:Process",
        "dct:identifier": hex::encode(policy.version()),
        "dpv:hasProcess": activities.iter().map(|of| process(policy, of)).collect::<Vec<_>>(),
    })
}

fn process(policy: &Policy, of: &Activity<'_>) -> Value {
    let purpose = of.purpose.purpose.to_string();
    let needs = fields(policy, of.needs, "dpv:Required");
    let may = fields(policy, of.may, "dpv:Optional");
    let recipients = of
        .recipients
        .iter()
        .map(|kind| json!({"@type": "dpv:ThirdParty", "dct:identifier": kind.name()}));
    json!({
        "@type": "dpv:Process",
        "dct:identifier": format!("{purpose} {}", of.category),
        "dpv:hasDataSubject": {
            "@type": "dpv:DataSubject",
            "dct:identifier": of.category.name(),
            "dct:title": titles(policy, WordKind::Category, of.category.name()),
        },
        "dpv:hasLegalBasis": of.purpose.grounds.iter().map(|word| basis(word.as_str())).collect::<Vec<_>>(),
        "dpv:hasPersonalData": needs.chain(may).collect::<Vec<_>>(),
        "dpv:hasProcessing": processing(policy, of),
        "dpv:hasPurpose": {
            "@type": "dpv:Purpose",
            "dct:identifier": purpose,
            "dct:title": titles(policy, WordKind::Purpose, &purpose),
        },
        "dpv:hasRecipient": recipients.collect::<Vec<_>>(),
        "dpv:hasStorageCondition": storage(policy, of),
    })
}

fn fields(policy: &Policy, fields: FieldSet, necessity: &'static str) -> impl Iterator<Item = Value> {
    policy.names_of(fields).into_iter().map(move |name| {
        json!({
            "@type": "dpv:PersonalData",
            "dct:identifier": name,
            "dct:title": titles(policy, WordKind::Field, name),
            "dpv:hasContext": necessity,
        })
    })
}

/// What each role may do.
fn processing(policy: &Policy, of: &Activity<'_>) -> Vec<Value> {
    let by_role = of.roles.iter().filter_map(|(role, verbs)| {
        let declared = policy.role(*role)?;
        let name = declared.name.as_str();
        Some(verbs.iter().map(move |verb| {
            json!({
                "@type": "dpv:Processing",
                "dct:identifier": verb.name(),
                "dct:title": titles(policy, WordKind::Verb, verb.name()),
                "dpv:isImplementedByEntity": {
                    "@type": "dpv:Entity",
                    "dct:identifier": name,
                    "dct:title": titles(policy, WordKind::Role, name),
                },
            })
        }))
    });
    by_role.flatten().collect()
}

/// Where it lies, when it goes, and what a law keeps after that.
fn storage(policy: &Policy, of: &Activity<'_>) -> Vec<Value> {
    let places = policy.stores().iter().map(|store| {
        let location = format!("loc:{}", store.country.as_str());
        json!({"@type": "dpv:StorageLocation", "dct:identifier": store.name.as_str(), "dpv:hasLocation": location})
    });
    let ends = of.purpose.ends.iter().map(|end| {
        let until = format!("{} + {} days", end.event, end.days);
        json!({"@type": "dpv:StorageDuration", "dpv:hasDuration": {"@type": "dpv:UntilEventDuration", "rdf:value": until}})
    });
    let floors = of.floors.iter().map(|floor| {
        let until = format!("{} + {} years", floor.counted, floor.years);
        json!({
            "@type": "dpv:StorageDuration",
            "dct:source": floor.citation.as_ref().map(|citation| citation.as_str()),
            "dpv:hasDuration": {"@type": "dpv:UntilEventDuration", "rdf:value": until},
        })
    });
    places.chain(ends).chain(floors).collect()
}

fn basis(ground: &str) -> &'static str {
    match ground {
        "consent" => "dpv:Consent",
        "law" => "dpv:LegalObligation",
        _ => "dpv:LegalBasis",
    }
}

/// The words in every language.
fn titles(policy: &Policy, kind: WordKind, name: &str) -> Value {
    let words = Language::ALL.into_iter().map(|language| {
        let label = policy.words(language).label(kind, name).to_owned();
        (language.to_string(), Value::String(label))
    });
    Value::Object(words.collect::<Map<_, _>>())
}
