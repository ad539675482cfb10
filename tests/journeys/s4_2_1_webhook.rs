//! Clauses 4.2.1, 4.3 and 6.3: what a buyer agreed to goes to the address of a recipient, signed, in a file that the recipient alone opens.
//! The receiver, its TLS, the reader of the file and the judge of the signatures are not ours. What leads elsewhere is not entered; what
//! does not arrive is said not to have arrived; when the consent ends, the address is told by the number.

use std::io::Write as _;
use std::path::{Path, PathBuf};
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
fn key_pair(folder: &Path) -> (String, PathBuf) {
    let identity = folder.join("identity");
    let made = Command::new("age-keygen").arg("-o").arg(&identity).output();
    let said = String::from_utf8(made.expect("age-keygen starts").stderr).expect("a text");
    let recipient = said.trim().rsplit(' ').next().expect("a recipient");
    (recipient.to_owned(), identity)
}

/// What `age` makes of it.
fn opened(identity: &Path, file: &[u8]) -> Value {
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

/// Whatever leads elsewhere is not entered.
fn is_refused_elsewhere(board: &mut Walk<'_>, page: &str) {
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
        assert_eq!(types_address(board, page, wrong), None, "{wrong}");
        assert!(board.browser.has("#address-wrong"), "{}", board.browser.text());
    }
}

/// It is signed, opens for the recipient alone, and holds what was chosen; gives its number.
fn is_what_was_chosen(message: &Value, secret: &str, identity: &Path) -> String {
    let body = body_of(message);
    assert!(believes(secret, message, body));
    assert!(
        !believes(secret, message, &body.replacen("SQ-", "SQ-0", 1)),
        "touched"
    );
    let told: Value = serde_json::from_str(body).expect("JSON");
    assert!(!body.contains("dana"));
    let file = BASE64_STANDARD.decode(told["data"]["file"].as_str().expect("a file"));
    let data = opened(identity, &file.expect("base64"))["data"].to_string();
    assert!(
        data.contains("dana.sent@example.com") && !data.contains("701"),
        "{data}"
    );
    told["data"]["reference"].as_str().expect("a number").to_owned()
}

/// What does not arrive, or may not have.
fn is_told_what_became_of_it(
    (board, page): (&mut Walk<'_>, &str),
    (sales, order): (&mut Walk<'_>, &str),
    receiver: &Receiver,
) {
    for (way, expected, copies) in [
        ("broken", "no answer came", 3),
        ("redirect", "does not take it (307)", 1),
        ("big", "confirmed that it arrived", 1),
        ("slow", "no answer came", 1),
    ] {
        types_address(board, page, &receiver.at(way)).expect("a secret");
        let said = sends(sales, order);
        assert!(said.contains(expected), "{way}: {said}");
        for _ in 0..copies {
            assert_eq!(
                receiver.message()["path"],
                format!("/{way}"),
                "and never elsewhere"
            );
        }
    }
}

/// The person sees how each went, takes the consent back, and the address is told.
fn calls_back(dana: &mut Walk<'_>, receiver: &Receiver, secret: &str) -> Vec<String> {
    dana.go("/my/confidentiality");
    let given = dana.browser.text();
    for went in ["жетті", "жетпеді", "жауап келмеді"] {
        assert!(given.contains(went), "{went}: {given}");
    }
    dana.press("#party-distributor p.act a");
    dana.goes_on();
    // Three arrived, and of two it is not known.
    let told = (0..5).map(|_| {
        let message = receiver.message();
        assert!(believes(secret, &message, body_of(&message)));
        let body: Value = serde_json::from_str(body_of(&message)).expect("JSON");
        assert_eq!(body["type"], "disclosure.recalled");
        let names = body["data"].as_object().expect("data").len();
        assert_eq!(names, 1, "it names nobody");
        body["data"]["reference"].as_str().expect("a number").to_owned()
    });
    told.collect()
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
    is_refused_elsewhere(&mut board, &page);
    let first = types_address(&mut board, &page, &receiver.at("in")).expect("a secret");
    board.go(&page);
    assert!(!board.browser.text().contains(&first), "it was shown once");

    let mut sales = signs_in(&running, "sales", Window::narrow());
    let said = sends(&mut sales, &order);
    assert!(said.contains("confirmed that it arrived"), "{said}");
    let reference = is_what_was_chosen(&receiver.message(), &first, &identity);
    assert!(said.contains(&reference), "{said}");
    is_told_what_became_of_it((&mut board, &page), (&mut sales, &order), &receiver);
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
    assert!(doctor(&running).contains("well"));
    board.go(&page);
    board.press("button[value=renew]");
    let newer = board.browser.text_of("#secret").trim().to_owned();
    assert!(sends(&mut sales, &order).contains("confirmed that it arrived"));
    let message = receiver.message();
    let believed = [&older, &newer, &first].map(|secret| believes(secret, &message, body_of(&message)));
    assert_eq!(believed, [true, true, false], "not that of an address before");

    let told = calls_back(&mut dana, &receiver, &newer);
    assert!(told.contains(&reference), "{told:?}");
    assert!(sends(&mut sales, &order).contains("4.2.1"));
    board.go(&page);
    board.press("button[value=stop]");
    assert!(!board.browser.has("button[value=stop]"));
    let objections = [&dana, &board, &sales].map(|walk| walk.objections.clone());
    assert_eq!(objections.concat(), Vec::<String>::new());
    let log = running.log();
    let secrets = [&first, &older, &newer, "whsec_", "dana.sent"];
    assert!(secrets.iter().all(|secret| !log.contains(*secret)), "in the log");
}
