//! The register of processing says what the folder says, for every purpose and category, in three languages.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use std::path::Path;

use sandyq_model::{Category, Purpose, RecipientKind, Role, Verb};
use sandyq_policy::register::{csv, json_ld, register};
use sandyq_policy::{Folder, Language, Policy};

fn shipped() -> Policy {
    let folder = Folder::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy")).unwrap();
    Policy::load(&folder).unwrap()
}

#[test]
fn every_purpose_that_uses_data_of_a_category_is_one_line_of_it() {
    let policy = shipped();
    let register = register(&policy);
    let used: Vec<(Purpose, Category)> = policy
        .purposes()
        .flat_map(|purpose| purpose.uses.keys().map(|category| (purpose.purpose, *category)))
        .collect();
    let listed: Vec<_> = register
        .iter()
        .map(|of| (of.purpose.purpose, of.category))
        .collect();
    assert_eq!(listed, used);
    for of in &register {
        assert_eq!(
            of.needs.union(of.may),
            policy.purpose_fields(of.purpose.purpose, of.category)
        );
        assert!(
            !of.roles.is_empty(),
            "{:?}: nobody does anything",
            of.purpose.purpose
        );
        for (role, verbs) in &of.roles {
            let reads = verbs.iter().any(|verb| *verb != Verb::Store);
            let is_closed = [Role::ADMINISTRATOR, Role::AUDITOR].contains(role);
            assert!(!(is_closed && reads), "{role:?} keeps and reads nothing (5.1.4)");
        }
    }
}

#[test]
fn recipients_and_roles_are_those_of_the_rules() {
    let policy = shipped();
    let register = register(&policy);
    let of = |number: u8, category| {
        let purpose = Purpose::new(number).unwrap();
        let mut all = register.iter();
        all.find(|of| of.purpose.purpose == purpose && of.category == category)
            .unwrap()
    };
    let software = of(5, Category::Guest);
    for kind in [
        RecipientKind::Distributor,
        RecipientKind::RightsHolder,
        RecipientKind::Reseller,
    ] {
        assert!(software.recipients.contains(&kind), "{kind:?}");
    }
    let order = of(7, Category::Guest);
    // Names of winners, each under a consent of its own (4.1); nothing else is for everyone.
    assert_eq!(order.recipients, [RecipientKind::Public]);
    let sales = order.roles.iter().find(|(role, _)| *role == Role::SALES).unwrap();
    assert!(sales.1.contains(&Verb::Extract) && !sales.1.contains(&Verb::Destroy));
    assert!(order.consents.contains("order") && !order.floors.is_empty());
    for of in &register {
        let recipients = &of.recipients;
        assert!(
            !recipients.contains(&RecipientKind::Processor),
            "{:?}",
            of.purpose
        );
        let is_public = recipients.contains(&RecipientKind::Public);
        let may_be = of.purpose.purpose == Purpose::new(7).unwrap();
        assert!(!is_public || may_be, "{:?}", of.purpose);
    }
}

#[test]
fn the_table_has_a_cell_for_every_column_of_every_line() {
    let policy = shipped();
    let table = csv(&policy);
    let lines: Vec<&str> = table.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), register(&policy).len() + 1);
    for line in &lines {
        assert!(line.starts_with('"') && line.ends_with('"'), "{line}");
        assert_eq!(line.split("\",\"").count(), 25, "{line}");
        assert!(!line.contains('\n'), "{line}");
    }
    assert!(lines[0].contains("\"purpose-kk\"") && lines[0].contains("\"roles-en\""));
    for language in Language::ALL {
        let words = policy.words(language);
        let label = words.label(sandyq_policy::declarations::WordKind::Purpose, "2.2.7");
        assert!(table.contains(label), "{label}");
    }
}

#[test]
fn linked_data_names_fields_grounds_ends_and_words() {
    let policy = shipped();
    let document = json_ld(&policy);
    let processes = document["dpv:hasProcess"].as_array().unwrap();
    assert_eq!(processes.len(), register(&policy).len());
    let order = processes
        .iter()
        .find(|process| process["dct:identifier"] == "2.2.7 guest")
        .unwrap();
    assert_eq!(order["@type"], "dpv:Process");
    assert!(
        order["dpv:hasLegalBasis"]
            .as_array()
            .unwrap()
            .contains(&"dpv:Consent".into())
    );
    let fields = order["dpv:hasPersonalData"].as_array().unwrap();
    let email = fields
        .iter()
        .find(|field| field["dct:identifier"] == "email")
        .unwrap();
    assert_eq!(email["dpv:hasContext"], "dpv:Required");
    for language in ["kk", "ru", "en"] {
        assert!(!email["dct:title"][language].as_str().unwrap().is_empty());
    }
    let storage = order["dpv:hasStorageCondition"].as_array().unwrap();
    assert!(storage.iter().any(|one| one["dpv:hasLocation"] == "loc:KZ"));
    let ends = storage
        .iter()
        .filter_map(|one| one["dpv:hasDuration"]["rdf:value"].as_str());
    assert!(ends.into_iter().any(|end| end == "fulfilled + 30 days"));
}
