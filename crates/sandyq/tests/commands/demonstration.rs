//! `demo`, and what can be done with the folder that it leaves: look, destroy, verify, find a ledger that was put back.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::said::{Place, copy};

const DEMO: [&str; 6] = ["demo", "--json", "--listen", "127.0.0.1:0", "--data", "try"];

/// What somebody of that name types: the password, and a code on paper that was not used.
fn typed(ready: &Value, name: &str) -> String {
    static USED: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());
    let staff = ready["staff"].as_array().unwrap();
    let one = staff.iter().find(|one| one["name"] == name).unwrap();
    let mut used = USED.lock().unwrap();
    let count = used.entry(name.to_owned()).or_default();
    let code = &one["codes"][*count];
    *count += 1;
    format!(
        "{}\n{}\n",
        one["password"].as_str().unwrap(),
        code.as_str().unwrap()
    )
}

#[test]
fn the_life_of_a_demonstration() {
    let place = Place::new();
    let serving = place.serving(&DEMO);
    let ready = serving.ready.clone();
    assert_eq!(serving.get("/").0, 200);
    assert_eq!(serving.get("/services").0, 200);
    assert_eq!(serving.get("/staff/sign-in").0, 200);
    let (status, letters) = serving.get("/demo/mail");
    assert!(
        status == 200 && letters.contains("aigerim@example.com"),
        "{letters}"
    );
    assert_eq!(serving.stop(), Some(0));

    let serving = place.serving(&DEMO);
    assert_eq!(
        serving.ready["staff"], ready["staff"],
        "the same folder goes on with the same people"
    );
    let (status, numbers) = serving.get("/demo/staff");
    assert!(status == 200 && numbers.contains("responsible"), "{numbers}");
    assert_eq!(serving.stop(), Some(0));

    let verified = place
        .sandyq(&["verify", "--data", "try", "--json"])
        .ends(0)
        .json();
    assert_eq!(verified["verified"], true);
    assert!(verified["people"].as_u64().unwrap() >= 20 && verified["destroyed"].as_u64().unwrap() >= 4);

    let placed = [
        "your order is placed. Reference number: ",
        "Тапсырыс нөмірі: ",
        "Номер заказа: ",
    ];
    let order = placed.iter().find_map(|words| letters.split_once(words));
    let order = order.map(|(_, rest)| rest[..12].to_owned()).unwrap();
    shows_no_value(&place, &order, &ready);
    only_the_responsible_person(&place, &order, &ready);
    destroys_only_what_is_due(&place, &order, &ready);
    withdraws_and_destroys(&place, &order, &ready);
    finds_a_database_that_was_put_back(&place);
}

fn shows_no_value(place: &Place, order: &str, ready: &Value) {
    let secret = || typed(ready, "responsible");
    let show = [
        "subject",
        "show",
        order,
        "--as",
        "responsible",
        "--data",
        "try",
        "--json",
    ];
    let said = place.sandyq_with(&show, &secret()).ends(0);
    let held = said.json();
    assert_eq!(
        (&held["category"], &held["standing"]),
        (&"guest".into(), &"active".into())
    );
    assert!(
        held["fields"]
            .as_array()
            .unwrap()
            .iter()
            .any(|field| field["field"] == "card_number")
    );
    for value in ["example.com", "701 555", "7701555", "4111", "5555"] {
        assert!(!said.out.contains(value), "a value was shown: {}", said.out);
    }
}

fn only_the_responsible_person(place: &Place, order: &str, ready: &Value) {
    let show = ["subject", "show", order, "--data", "try", "--as"];
    let wrong = place
        .sandyq_with(
            &[&show[..], &["responsible"]].concat(),
            "no such password at all\n",
        )
        .ends(4);
    assert!(wrong.err.contains("do not go together"), "{}", wrong.err);
    let sales = typed(ready, "sales");
    place
        .sandyq_with(&[&show[..], &["sales"]].concat(), &sales)
        .ends(4);
}

fn destroys_only_what_is_due(place: &Place, order: &str, ready: &Value) {
    let secret = || typed(ready, "responsible");
    let destroy = [
        "subject",
        "destroy",
        order,
        "--as",
        "responsible",
        "--data",
        "try",
    ];
    let unsure = place.sandyq_with(&destroy, &secret()).ends(2);
    assert!(unsure.err.contains("nothing was destroyed"), "{}", unsure.err);
    let refused = place
        .sandyq_with(&[&destroy[..], &["--yes"]].concat(), &secret())
        .ends(1);
    assert!(
        refused.err.contains("the policy refuses to destroy"),
        "{}",
        refused.err
    );
    let nobody = [
        "subject",
        "show",
        "SQ-0000-0000",
        "--as",
        "responsible",
        "--data",
        "try",
    ];
    let said = place.sandyq_with(&nobody, &secret()).ends(1);
    assert!(said.err.contains("nobody is found"), "{}", said.err);
}

fn withdraws_and_destroys(place: &Place, order: &str, ready: &Value) {
    let secret = || typed(ready, "responsible");
    let rest = [order, "--as", "responsible", "--data", "try", "--json"];
    let withdrawn = place
        .sandyq_with(&[&["subject", "withdraw"], &rest[..]].concat(), &secret())
        .ends(0)
        .json();
    assert!(withdrawn["number"].as_str().unwrap().len() == 36, "{withdrawn}");
    let destroy = [&["subject", "destroy", "--yes"], &rest[..]].concat();
    let proposed = place.sandyq_with(&destroy, &secret()).ends(0).json();
    assert_eq!(
        (&proposed["destroyed"], &proposed["proposed"]),
        (&json!(false), &json!(true))
    );
    let twice = place.sandyq_with(&destroy, &secret()).ends(1);
    assert!(
        twice.err.contains("5.1.1"),
        "the same person twice: {}",
        twice.err
    );
    let by_another = [
        "subject", "destroy", "--yes", order, "--as", "deputy", "--data", "try", "--json",
    ];
    let destroyed = place
        .sandyq_with(&by_another, &typed(ready, "deputy"))
        .ends(0)
        .json();
    assert_eq!(destroyed["destroyed"], true);
    let kept = &destroyed["kept"][0];
    assert!(
        kept["citation"].as_str().unwrap().contains("206"),
        "an order is a document under tax law: {destroyed}"
    );
    let held = place
        .sandyq_with(&[&["subject", "show"], &rest[..]].concat(), &secret())
        .ends(0)
        .json();
    assert_eq!(held["standing"], "blocked");
    assert!(
        !held["fields"]
            .as_array()
            .unwrap()
            .iter()
            .any(|field| field["field"] == "card_number"),
        "{held}"
    );
    place.sandyq(&["verify", "--data", "try"]).ends(0);
}

fn finds_a_database_that_was_put_back(place: &Place) {
    let (data, aside) = (place.path("try"), place.path("aside"));
    copy(&data, &aside, "sandyq.db");
    place
        .sandyq(&["staff", "add", "late", "--role", "auditor", "--data", "try"])
        .ends(0);
    for entry in std::fs::read_dir(&data).unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with("sandyq.db") {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    copy(&aside, &data, "sandyq.db");
    let said = place.sandyq(&["verify", "--data", "try"]).ends(5);
    assert!(said.err.contains("ledger"), "{}", said.err);
    place.sandyq(&["doctor", "--data", "try"]).ends(1);
}

#[test]
fn a_demonstration_is_for_this_machine_only() {
    let said = Place::new().sandyq(&["demo", "--listen", "0.0.0.0:0"]).ends(2);
    assert!(said.err.contains("listens on this machine only"), "{}", said.err);
}

#[test]
fn a_demonstration_touches_no_other_folder() {
    let place = Place::new();
    place.sandyq(&["init", "real"]).ends(0);
    let said = place
        .sandyq(&["demo", "--json", "--listen", "127.0.0.1:0", "--data", "real"])
        .ends(1);
    assert!(
        said.err.contains("real is there already and not empty"),
        "{}",
        said.err
    );
}
