//! Clause 8: a consent is taken back by itself, and what nothing else needs is destroyed alone, with an act that strangers can
//! verify; every value says until when it is kept; the responsible person and the command line see what falls due.

use super::harness::{Running, Visitor, command, tags, wait_for};
use super::s6_3_dead_in_every_copy::verified;

const EMAIL: &str = "dana.retention@example.com";
const STREET: &str = "Abay-street-10, Almaty";
const WITH_POSTCODE: &str = "Abay-street-10, Almaty\n050009";

/// Somebody gives an address of delivery with an order, and agrees to everything.
fn orders(somebody: &mut Visitor, running: &Running) {
    let details = somebody.get("/services/guest-purchase/kestel-office");
    let answers = [
        ("quantity", "1"),
        ("last_name", "Әбілқайырова"),
        ("first_name", "Дана"),
        ("email", EMAIL),
        ("contact_phone", "8 701 123 45 67"),
        ("delivery_address", WITH_POSTCODE),
        ("step", "check"),
    ];
    let check = somebody.submit(&details, &answers);
    let consent = somebody.submit(&check, &[("step", "consent")]);
    let boxes = tags(&consent.source);
    let boxes = boxes.iter().filter(|tag| tag.get("type") == Some("checkbox"));
    let ticked = boxes.filter_map(|tag| Some((tag.get("name")?, tag.get("value")?)));
    let ticked: Vec<(&str, &str)> = ticked.chain([("step", "submit")]).collect();
    let confirm = somebody.submit(&consent, &ticked);
    let code = running.code_for(EMAIL);
    let pay = somebody.submit(&confirm, &[("code", &code), ("step", "go")]);
    assert!(pay.url.contains("/pay/"), "{} {}", pay.url, pay.text());
}

/// What a command says about that folder, and how it ended.
fn says(running: &Running, words: &[&str]) -> (String, Option<i32>) {
    let data = running.data();
    let data = data.to_str().expect("a path");
    let output = command(&[words, &["--data", data]].concat());
    (
        String::from_utf8(output.stdout).expect("a text"),
        output.status.code(),
    )
}

/// An act is signed by the worker a moment after its destruction.
fn act_of(dana: &mut Visitor) -> String {
    wait_for("an act of destruction", || {
        let consents = dana.get("/my/consents");
        let acts = consents.links("/receipt/");
        let mut texts = acts.iter().map(|path| dana.get(&format!("{path}/receipt.json")));
        texts.find_map(|page| {
            let is_there = page.answer.status == 200 && page.source.contains("destruction-receipt");
            is_there.then(|| page.sent())
        })
    })
}

#[test]
fn one_consent_is_taken_back_and_only_what_nothing_else_needs_is_destroyed() {
    let running = Running::demo(&[]);
    let mut dana = Visitor::at(&running.url);
    orders(&mut dana, &running);
    let key = dana.get("/ledger/key").sent();
    let before = dana.get("/my");
    assert!(before.text().contains(STREET), "{}", before.text());

    let consents = dana.get("/my/consents");
    let mut ways = consents.links("/my/consents/");
    ways.retain(|way| way.ends_with("/take-back"));
    assert!(ways.len() > 1, "{}", consents.text());
    // The one that weighs most: it alone needs the address of delivery.
    let mut weighty = None;
    for way in &ways {
        let weighed = dana.get(way);
        assert_eq!(weighed.answer.status, 200, "{}", weighed.text());
        if tags(&weighed.source)
            .iter()
            .any(|tag| tag.get("class").is_some_and(|class| class == "columns"))
        {
            weighty = Some(weighed);
            break;
        }
    }
    let weighty = weighty.expect("a consent that something hangs on");
    let after = dana.submit(&weighty, &[("step", "take-back")]);
    assert!(
        after.url.ends_with("/my/consents"),
        "{} {}",
        after.url,
        after.text()
    );
    let act = act_of(&mut dana);
    let says = verified(&act, &key);
    assert!(says.contains("destr"), "{says}");
    let mine = dana.get("/my");
    assert_eq!(
        mine.answer.status,
        200,
        "the person is still here: {}",
        mine.text()
    );
    assert!(!mine.text().contains(STREET), "{}", mine.text());
    assert!(mine.text().contains(EMAIL), "{}", mine.text());
}

#[test]
fn the_command_says_what_falls_due_while_the_server_runs() {
    let running = Running::demo(&[]);
    let mut dana = Visitor::at(&running.url);
    orders(&mut dana, &running);
    let (plan, exit) = says(&running, &["retention", "plan", "--json"]);
    assert_eq!(exit, Some(0), "{plan}");
    let plan: serde_json::Value = serde_json::from_str(&plan).expect("JSON");
    assert_eq!(plan["schema_version"], 1);
    let ahead = plan["ahead"].as_array().expect("a list");
    assert!(ahead[2]["people"].as_u64() > Some(0), "{plan}");
    let (ran, exit) = says(&running, &["retention", "run", "--json"]);
    assert_eq!(exit, Some(0), "{ran}");
    let ran: serde_json::Value = serde_json::from_str(&ran).expect("JSON");
    assert_eq!(ran["alarms"].as_array().map(Vec::len), Some(0), "{ran}");
    assert!(
        ran["runs"].as_array().is_some_and(|runs| !runs.is_empty()),
        "{ran}"
    );
    let (doctor, _) = says(&running, &["doctor"]);
    assert!(doctor.contains("retention"), "{doctor}");
}
