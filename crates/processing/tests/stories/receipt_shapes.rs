//! 1.2, 6.3: the receipts of all consents are read by programs that are not ours. pyshacl judges by the shapes in `spec/`
//! whether each holds what ISO/IEC TS 27560 asks, and whoever takes a part away is caught.
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::representatives;
use crate::stage::{self, Stage, purchase};
use sandyq_model::Plain;
use sandyq_processing::Language;
use sandyq_processing::access::Caller;
use sandyq_processing::service::Submission;
use serde_json::{Value, json};

const JANAR: &str = "janar@example.com";
const PHONE: (&str, &str) = ("contact_phone", "+7 701 123 45 67");
/// The members that prove a receipt; no vocabulary has them, and no shape asks for them.
const PROVE: [&str; 3] = ["format", "ledger", "signatures"];

/// The Python that has pyshacl; without it these stories pass over what needs one.
fn python() -> Option<PathBuf> {
    let own = std::env::var_os("SANDYQ_TEST_PYSHACL")?;
    Some(Path::new(&own).join("bin").join("python"))
}

fn spec(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../spec")
        .join(name)
}

/// Receipts as files in a folder.
struct Files {
    folder: tempfile::TempDir,
    written: Vec<PathBuf>,
}

impl Files {
    fn none() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            written: Vec::new(),
        }
    }

    fn put(&mut self, text: &str) {
        let path = self.folder.path().join(format!("{}.jsonld", self.written.len()));
        std::fs::write(&path, text).unwrap();
        self.written.push(path);
    }

    /// What pyshacl says of each.
    fn judged(&self, python: &Path) -> (bool, Vec<String>) {
        let mut command = Command::new(python);
        command.arg(spec("check_consent_receipts.py")).args(&self.written);
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().unwrap();
        let said = String::from_utf8(stdout).unwrap();
        let lines: Vec<String> = said.lines().map(ToOwned::to_owned).collect();
        let errors = String::from_utf8_lossy(&stderr);
        assert_eq!(lines.len(), self.written.len(), "{said}{errors}");
        (status.success(), lines)
    }
}

fn submission(service: &str, about: Option<&str>, more: &[(&str, &str)]) -> Submission {
    let names = [
        ("last_name", "Сейітова"),
        ("first_name", "Жанар"),
        ("email", JANAR),
    ];
    let typed: Vec<_> = names.iter().chain(more).copied().collect();
    stage::submission((service, about), Language::Kk, &typed)
}

/// What somebody sends in for each service of the policy.
fn every_service() -> Vec<Submission> {
    vec![
        submission("account", None, &[]),
        purchase(JANAR),
        submission("promotion-entry", Some("winter-licence"), &[PHONE]),
        submission("question", None, &[("message", "Қашан ашық?")]),
        submission("event-registration", Some("open-day"), &[]),
        submission("partner", None, &[("organization", "Example LLP")]),
        submission(
            "vacancy-application",
            Some("accountant"),
            &[("cell_phone", PHONE.1)],
        ),
    ]
}

async fn arrives(stage: &Stage, submission: Submission) -> Caller {
    let taken = stage.submits(submission).await.unwrap();
    let entered = stage.confirms(&taken, JANAR).await;
    let caller = stage.system.caller(entered.session.expose()).await;
    caller.unwrap().unwrap()
}

async fn opened(stage: &Stage, caller: Option<&Caller>, number: &str) -> String {
    let view = stage.system.consent_receipt(caller, number, Language::En).await;
    view.unwrap().json
}

/// The receipts of all that the caller agreed to, and the items they are of.
async fn given(stage: &Stage, caller: &Caller) -> (Vec<String>, Vec<String>) {
    let (mut items, mut receipts) = (Vec::new(), Vec::new());
    for consent in stage.system.my_consents(caller, Language::En).await.unwrap() {
        for (_, _, number) in &consent.receipts {
            receipts.push(opened(stage, Some(caller), number).await);
        }
        items.push(consent.item);
    }
    (items, receipts)
}

async fn taken_back(stage: &Stage, destruction: &str) -> Vec<String> {
    stage.passes(jiff::SignedDuration::from_mins(1));
    stage.system.run_queue().await.unwrap();
    let mut receipts = Vec::new();
    for number in stage.system.withdrawal_receipts(destruction).await.unwrap() {
        receipts.push(opened(stage, None, &number).await);
    }
    receipts
}

#[tokio::test]
async fn each_consent_of_each_service_given_and_taken_back_holds_what_the_standard_asks() {
    let Some(python) = python() else { return };
    let mut files = Files::none();
    for (number, submission) in every_service().into_iter().enumerate() {
        let stage = Stage::new();
        let service = submission.service.clone();
        let janar = arrives(&stage, submission).await;
        let (items, receipts) = given(&stage, &janar).await;
        let policy = stage.system.policy();
        let mut services = policy.services().iter();
        let declared = services.find(|declared| declared.name.as_str() == service);
        assert_eq!(items.len(), declared.unwrap().consents.len(), "{service}");
        assert_eq!(items.len(), receipts.len(), "{service}");
        receipts.iter().for_each(|receipt| files.put(receipt));

        // Half of them write a letter, which the responsible person enters.
        let withdrawn = if number % 2 == 0 {
            stage.system.take_withdrawal(&janar, stage.key()).await.unwrap()
        } else {
            let aigul = stage.staff("aigul", "responsible").await;
            let subject = janar.subject.unwrap();
            stage.system.withdraw_by_letter(&aigul, subject).await.unwrap()
        };
        let receipts = taken_back(&stage, &withdrawn.number).await;
        assert_eq!(items.len(), receipts.len(), "{service}");
        let by_letter = |receipt: &String| receipt.contains("dpv:isImplementedByEntity");
        assert_eq!(receipts.iter().all(by_letter), number % 2 == 1, "{service}");
        receipts.iter().for_each(|receipt| files.put(receipt));
        let key = stage.system.store().verifier_key().to_string();
        second_opinion(&python, &files, receipts.len(), &key);
    }
    let services = Stage::new().system.policy().services().len();
    assert_eq!(every_service().len(), services, "a service has no receipt here");
    let (conform, said) = files.judged(&python);
    assert!(conform, "{}", said.join("\n"));
}

/// The verifier that shares no code with ours believes the newest of the files.
fn second_opinion(python: &Path, files: &Files, newest: usize, key: &str) {
    for file in files.written.iter().rev().take(newest) {
        let mut command = Command::new(python);
        command.arg(spec("verify_receipt.py")).arg(file).arg(key);
        let Output { status, stderr, .. } = command.output().unwrap();
        let errors = String::from_utf8_lossy(&stderr);
        assert!(status.success(), "{}: {errors}", file.display());
    }
}

#[tokio::test]
async fn what_a_representative_agreed_to_holds_it_as_well() {
    let Some(python) = python() else { return };
    let mut files = Files::none();
    for born in [representatives::CHILDS_BIRTH, representatives::YOUTHS_BIRTH] {
        let stage = Stage::new();
        let (caller, _) = representatives::agreed(&stage, born).await;
        let (items, receipts) = given(&stage, &caller).await;
        assert_eq!(items.len(), receipts.len(), "{born}");
        let represented = |receipt: &String| receipt.contains("dpv:isRepresentativeFor");
        assert!(receipts.iter().all(represented), "{born}");
        receipts.iter().for_each(|receipt| files.put(receipt));
        let key = stage.system.store().verifier_key().to_string();
        second_opinion(&python, &files, receipts.len(), &key);
    }
    let (conform, said) = files.judged(&python);
    assert!(conform, "{}", said.join("\n"));
}

#[tokio::test]
async fn one_consent_that_is_given_and_taken_back_on_ones_own_page_holds_it_too() {
    let Some(python) = python() else { return };
    let stage = Stage::new();
    let mut form = stage.all_consents("guest-purchase");
    let later = form.iter().position(|(item, _)| item == "quality").unwrap();
    let (item, hash) = form.remove(later);
    let taken = stage
        .system
        .submit(purchase(JANAR), form, stage.key())
        .await
        .unwrap();
    stage.system.run_queue().await.unwrap();
    let entered = stage.confirms(&taken, JANAR).await;
    let caller = stage.system.caller(entered.session.expose()).await;
    let mara = caller.unwrap().unwrap();
    let nothing = Plain::from("");
    let given_later = stage
        .system
        .give_consent(&mara, (&item, &hash), (&nothing, stage.key()), Language::En);
    given_later.await.unwrap();
    let consents = stage.system.my_consents(&mara, Language::En).await.unwrap();
    let quality = consents.iter().find(|consent| consent.item == item).unwrap();
    let back = stage.system.take_back(&mara, quality.id, stage.key()).await;
    back.unwrap();
    let (_, receipts) = given(&stage, &mara).await;
    let mut files = Files::none();
    receipts.iter().for_each(|receipt| files.put(receipt));
    let is_english = |receipt: &&String| receipt.contains("\"dct:language\": \"en\"");
    assert_eq!(
        receipts.iter().filter(is_english).count(),
        2,
        "its words are those that were read"
    );
    let (conform, said) = files.judged(&python);
    assert!(conform, "{}", said.join("\n"));
}

/// All documents that come of one by taking one member away, however deep.
fn without_one(document: &Value) -> Vec<Value> {
    fn places(of: &Value, at: &str, found: &mut Vec<(String, String)>) {
        if let Value::Object(members) = of {
            for (name, member) in members {
                if at.is_empty() && PROVE.contains(&name.as_str()) {
                    continue;
                }
                found.push((at.to_owned(), name.clone()));
                places(member, &format!("{at}/{name}"), found);
            }
        } else if let Value::Array(list) = of {
            for (number, member) in list.iter().enumerate() {
                places(member, &format!("{at}/{number}"), found);
            }
        }
    }
    let mut found = Vec::new();
    places(document, "", &mut found);
    let less = |(at, name): &(String, String)| {
        let mut less = document.clone();
        let members = less.pointer_mut(at).unwrap().as_object_mut().unwrap();
        members.remove(name).unwrap();
        less
    };
    found.iter().map(less).collect()
}

/// All documents that say something which no receipt may say.
fn with_something_wrong(document: &Value) -> Vec<Value> {
    let record = "/dpv:hasRecordOfActivity";
    let wrong = [
        ("/dct:identifier", json!("receipt 1")),
        ("/dct:created", json!("yesterday")),
        ("/dpv:hasDataSubject/dpv:hasName", json!("Сейітова Жанар")),
        ("/dpv:hasDataController/dct:identifier", json!("99014000123")),
        ("/dpv:hasDataController/dpv:hasContact", json!("the office")),
        ("/dpv:hasJurisdiction", json!("KZ")),
        ("/dpv:hasLegalBasis", json!("dpv:ImpliedConsent")),
        ("/dpv:hasNotice/dct:language", json!("klingon")),
        ("/dpv:hasNotice/spdx:checksum/spdx:checksumValue", json!("94fd")),
        (
            "/dpv:hasProcess/dpv:hasPurpose/dct:identifier",
            json!("marketing"),
        ),
        ("/dpv:hasProcess/dpv:hasPersonalData", json!([])),
        ("/dpv:hasProcess/dpv:hasPersonalData/0/rdf:value", json!(JANAR)),
        ("/dpv:hasProcess/dpv:hasRecipient", json!([])),
        (
            "/dpv:hasProcess/dpv:hasStorageCondition/1/dpv:hasDuration",
            json!("for ever"),
        ),
        ("/dpv:hasConsentControl/dpv:isExercisedAt", json!([])),
        ("/dpv:hasConsentStatus", json!([])),
        ("/dpv:hasConsentStatus/0/@type", json!("dpv:ConsentUnknown")),
        ("/dpv:hasConsentStatus/0/dpv:isIndicatedBy", json!("somebody")),
    ];
    let spoiled = wrong.into_iter().enumerate().map(|(number, (place, value))| {
        let place = if number < 2 {
            place.to_owned()
        } else {
            format!("{record}{place}")
        };
        let (at, name) = place.rsplit_once('/').unwrap();
        let mut spoiled = document.clone();
        let members = spoiled.pointer_mut(at).unwrap().as_object_mut().unwrap();
        members.insert(name.to_owned(), value);
        spoiled
    });
    let elsewhere = json!({"@context": "https://example.com/context"});
    spoiled.chain([elsewhere, json!({}), json!([])]).collect()
}

#[tokio::test]
async fn whatever_is_taken_away_from_a_receipt_or_is_wrong_in_it_is_missed() {
    let Some(python) = python() else { return };
    let stage = Stage::new();
    let (mara, _) = stage.guest(JANAR).await;
    let (_, receipts) = given(&stage, &mara).await;
    let withdrawn = stage.system.take_withdrawal(&mara, stage.key()).await.unwrap();
    let ended = taken_back(&stage, &withdrawn.number).await;
    for receipt in [&receipts[0], &ended[0]] {
        let document: Value = serde_json::from_str(receipt).unwrap();
        let mut files = Files::none();
        let bad = without_one(&document)
            .into_iter()
            .chain(with_something_wrong(&document));
        let bad: Vec<Value> = bad.collect();
        assert!(bad.len() > 100, "{}", bad.len());
        bad.iter().for_each(|bad| files.put(&bad.to_string()));
        let (_, said) = files.judged(&python);
        for (said, bad) in said.iter().zip(&bad) {
            assert!(!said.ends_with(": conforms"), "{bad:#}");
        }
    }
}
