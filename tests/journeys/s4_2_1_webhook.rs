//! Clauses 4.2.1, 4.3 and 6.3: what a buyer agreed to goes to the address of a recipient, signed, in a file that the recipient alone opens.
//! The receiver, its TLS, the reader of the file and the judge of the signatures are not ours. What leads elsewhere is not entered; what
//! does not arrive is said not to have arrived; when the consent ends, the address is told by the number.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderMap;
use serde_json::Value;
use standardwebhooks::Webhook;

use super::asking::{signs_in, the_desk};
use super::harness::receiver::{Authority, Receiver};
use super::harness::{Running, Walk, Window, command};
use super::s4_2_1_handed_over::{enters, pays};

/// A recipient's key, and the file that opens what is encrypted to it.
fn key_pair(folder: &std::path::Path) -> (String, std::path::PathBuf) {
    let identity = folder.join("identity");
    let made = Command::new("age-keygen").arg("-o").arg(&identity).output();
    let said = String::from_utf8(made.expect("age-keygen starts").stderr).expect("a text");
    let recipient = said.trim().rsplit(' ').next().expect("a recipient");
    (recipient.to_owned(), identity)
}

/// What `age` makes of it.
fn opened(identity: &std::path::Path, file: &[u8]) -> Value {
    let mut age = Command::new("age")
        .arg("-d")
        .arg("-i")
        .arg(identity)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("age starts");
    let mut stdin = age.stdin.take().expect("its input");
    stdin.write_all(file).expect("the file");
    drop(stdin);
    let said = age.wait_with_output().expect("age ends");
    serde_json::from_slice(&said.stdout).expect("JSON")
}

/// Whether an implementation that is not ours believes the message, by its own clock too.
fn believes(secret: &str, message: &Value, body: &str) -> bool {
    let mut headers = HeaderMap::new();
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let value = message["headers"][name].as_str().expect(name);
        headers.insert(name, value.parse().expect(name));
    }
    let theirs = Webhook::new(secret).expect("a secret");
    theirs.verify(body.as_bytes(), &headers).is_ok()
}

fn body_of(message: &Value) -> &str {
    message["body"].as_str().expect("a body")
}

fn opens_the_way(running: &mut Running, authority: &Authority) {
    assert!(running.stop().success());
    let settings = running.data().join("sandyq.toml");
    let mut text = std::fs::read_to_string(&settings).expect("settings");
    text.push_str(&format!(
        "\n[webhooks]\nnetworks = [\"127.0.0.1\"]\nauthority_file = \"{}\"\n",
        authority.file().display()
    ));
    std::fs::write(&settings, text).expect("settings");
    running.start_again();
}

/// The responsible person types an address; gives the secret, when there is one.
fn types_address(desk: &mut Walk<'_>, page: &str, address: &str) -> Option<String> {
    desk.go(page);
    desk.types(&[("address", address)]);
    desk.goes_on();
    desk.browser
        .has("#secret")
        .then(|| desk.browser.text_of("#secret").trim().to_owned())
}

/// Sales hands over by the address; gives what the page says.
fn sends(sales: &mut Walk<'_>, order: &str) -> String {
    sales.go(&format!("/staff/cases/{order}/hand-over"));
    for field in ["recipient", "fields", "field-email", "way-webhook"] {
        sales.browser.tick(field);
    }
    sales.goes_on();
    sales.browser.text()
}

fn doctor(running: &Running) -> String {
    let said = command(&["doctor", "--json", "--data", &running.data().to_string_lossy()]);
    let said: Value = serde_json::from_slice(&said.stdout).expect("JSON");
    let checks = said["checks"].as_array().expect("checks");
    let found = checks.iter().find(|check| check["check"] == "webhooks");
    found.map(ToString::to_string).unwrap_or_default()
}

#[test]
fn what_was_agreed_to_goes_to_the_address_of_the_recipient_and_nowhere_else() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().expect("a folder"));
    let receiver = Receiver::start(&authority, "IP:127.0.0.1");
    let stranger = Receiver::start(&authority, "DNS:mail.tarqat.kz");
    let (key, identity) = key_pair(folder.path());
    let mut running = Running::demo(&[]);
    opens_the_way(&mut running, &authority);

    let kazakh = Window {
        language: "kk",
        ..Window::without_script()
    };
    let russian = Window {
        language: "ru",
        ..Window::narrow()
    };
    let mut dana = Walk::begin(&running, kazakh, "dana.sent@example.com".to_owned());
    let order = pays(&mut dana);
    let mut board = the_desk(&running, russian);
    enters(&mut board, "KZ", &key);
    board.press("main a[href^='/staff/recipients/']");
    let page = board.browser.url().replace(&running.url, "");

    for wrong in [
        "http://127.0.0.1/in",
        "https://hooks.example.com/in",
        "https://8.8.8.8/in",
        "https://127.0.0.2/in",
        "https://[::ffff:127.0.0.1]/in",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.7/in",
        "https://u:p@127.0.0.1/in",
    ] {
        assert_eq!(types_address(&mut board, &page, wrong), None, "{wrong}");
        assert!(board.browser.has("#address-wrong"), "{}", board.browser.text());
    }
    let first = types_address(&mut board, &page, &receiver.at("in")).expect("a secret");
    board.go(&page);
    assert!(!board.browser.text().contains(&first), "it was shown once");

    let mut sales = signs_in(&running, "sales", Window::narrow());
    let said = sends(&mut sales, &order);
    assert!(said.contains("confirmed that it arrived"), "{said}");
    let message = receiver.message();
    let body = body_of(&message);
    assert!(believes(&first, &message, body));
    assert!(
        !believes(&first, &message, &body.replacen("SQ-", "SQ-0", 1)),
        "touched"
    );
    let told: Value = serde_json::from_str(body).expect("JSON");
    let reference = told["data"]["reference"].as_str().expect("a number").to_owned();
    assert!(said.contains(&reference) && !body.contains("dana"));
    let file = BASE64_STANDARD.decode(told["data"]["file"].as_str().expect("a file"));
    let document = opened(&identity, &file.expect("base64"));
    let data = document["data"].to_string();
    assert!(
        data.contains("dana.sent@example.com") && !data.contains("701"),
        "{data}"
    );

    // What does not arrive, or may not have.
    for (way, expected, copies) in [
        ("broken", "no answer came", 3),
        ("redirect", "does not take it (307)", 1),
        ("big", "confirmed that it arrived", 1),
        ("slow", "no answer came", 1),
    ] {
        types_address(&mut board, &page, &receiver.at(way)).expect("a secret");
        let said = sends(&mut sales, &order);
        assert!(said.contains(expected), "{way}: {said}");
        for _ in 0..copies {
            assert_eq!(receiver.message()["path"], format!("/{way}"), "and never /in");
        }
    }
    types_address(&mut board, &page, &stranger.at("in")).expect("a secret");
    let said = sends(&mut sales, &order);
    assert!(said.contains("certificate"), "{said}");
    let wrong = doctor(&running);
    assert!(
        wrong.contains("wrong") && wrong.contains("certificate"),
        "{wrong}"
    );

    // A renewed secret signs beside the older one.
    let older = types_address(&mut board, &page, &receiver.at("in")).expect("a secret");
    let well = doctor(&running);
    assert!(well.contains("well"), "{well}");
    board.go(&page);
    board.press("button[value=renew]");
    let newer = board.browser.text_of("#secret").trim().to_owned();
    assert!(sends(&mut sales, &order).contains("confirmed that it arrived"));
    let message = receiver.message();
    for secret in [&older, &newer] {
        assert!(believes(secret, &message, body_of(&message)));
    }
    assert!(
        !believes(&first, &message, body_of(&message)),
        "of an address before"
    );

    // The person sees how each went, and takes the consent back.
    dana.go("/my/confidentiality");
    let given = dana.browser.text();
    for went in ["жетті", "жетпеді", "жауап келмеді"] {
        assert!(given.contains(went), "{went}: {given}");
    }
    dana.press("#party-distributor p.act a");
    dana.goes_on();
    let mut told = Vec::new();
    // Those that arrived, and those of which it is not known.
    while told.len() < 5 {
        let message = receiver.message();
        assert!(believes(&newer, &message, body_of(&message)));
        let body: Value = serde_json::from_str(body_of(&message)).expect("JSON");
        assert_eq!(body["type"], "disclosure.recalled");
        assert_eq!(
            body["data"].as_object().expect("data").len(),
            1,
            "it names nobody"
        );
        told.push(body["data"]["reference"].as_str().expect("a number").to_owned());
    }
    assert!(told.contains(&reference), "{told:?}");
    let said = sends(&mut sales, &order);
    assert!(said.contains("4.2.1"), "{said}");
    board.go(&page);
    board.press("button[value=stop]");
    assert!(!board.browser.has("button[value=stop]"));

    for walk in [&dana, &board, &sales] {
        assert_eq!(walk.objections, Vec::<String>::new());
    }
    let log = running.log();
    for secret in [&first, &older, &newer, "whsec_", "dana.sent"] {
        assert!(!log.contains(secret), "in the log");
    }
}
