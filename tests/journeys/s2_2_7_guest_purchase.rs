//! Clauses 1.2, 2.2.7, 5.1.4, 5.1.5, 6.2, 6.3 and 6.4: a guest's purchase as people make it, in a real browser, in each
//! language: form, consent, code from the mail, card, order; staff look for a purpose; the guest follows who looked,
//! corrects, withdraws, and holds a receipt that the standalone verifier accepts. Nothing of it lies in the open
//! afterwards, and no address visited holds anything personal.

use std::path::Path;
use std::process::Command;

use super::harness::{PRIMARY, Running, Visitor, Walk, Window};

const LAST_NAME: &str = "Жанбырбаева";
const CARD: &str = "5555555555554444";

/// Somebody who buys.
struct Guest<'a>(Walk<'a>);

impl Guest<'_> {
    fn orders(&mut self) -> String {
        self.0.go("/services");
        self.0.go("/services/guest-purchase/kestel-office");
        self.0.browser.fill("last_name", LAST_NAME);
        self.0.browser.fill("first_name", "Сәуле");
        self.0.browser.fill("email", &self.0.email.clone());
        self.0.browser.fill("contact_phone", "+7 912 345 67 89");
        self.0.press(PRIMARY);
        assert!(
            self.0.browser.has(".error-summary, [role=alert]"),
            "a Russian number is a mistake: {}",
            self.0.browser.text()
        );
        self.0.browser.fill("contact_phone", "8 (701) 555-44-33");
        self.0.press(PRIMARY);
        self.0.press(PRIMARY);
        assert!(
            !self.0.browser.has("input[type=checkbox]:checked"),
            "no box is ticked beforehand"
        );
        self.0.press(PRIMARY);
        assert!(
            self.0.browser.url().contains("/services/"),
            "nothing is taken without consent"
        );
        self.0.browser.tick("consent-identification");
        self.0.browser.tick("consent-order");
        self.0.press(PRIMARY);
        assert!(
            self.0.browser.url().contains("/confirm/"),
            "{}",
            self.0.browser.text()
        );
        let code = self.0.code_other_than("");
        self.0.browser.fill("code", &code);
        self.0.press(PRIMARY);
        self.pays();
        let url = self.0.browser.url();
        url.rsplit('/').next().expect("a reference").to_owned()
    }

    fn pays(&mut self) {
        let card = |number: &str| {
            [
                ("card_number", number.to_owned()),
                ("card_holder", "SAULE ZH".to_owned()),
            ]
        };
        for (number, accepted) in [("5555555555554445", false), (CARD, true)] {
            for (field, value) in card(number) {
                self.0.browser.fill(field, &value);
            }
            self.0.browser.fill("card_expiry", "08/29");
            self.0.browser.fill("card_verification", "987");
            self.0.press(PRIMARY);
            assert_eq!(
                self.0.browser.url().contains("/order/"),
                accepted,
                "{}",
                self.0.browser.text()
            );
        }
    }

    fn comes_back_by_mail(&mut self, reference: &str, used: &str) {
        self.0.press("form[action='/sign-out'] button");
        self.0.go("/my");
        self.0.browser.fill("email", &self.0.email.clone());
        self.0.browser.fill("reference", reference);
        self.0.press(PRIMARY);
        let code = self.0.code_other_than(used);
        self.0.browser.fill("code", &code);
        self.0.press(PRIMARY);
        assert!(
            self.0.browser.text().contains("•••• 4444"),
            "{}",
            self.0.browser.text()
        );
        assert!(!self.0.browser.text().contains(CARD));
    }

    fn corrects_follows_and_withdraws(&mut self) -> String {
        self.0.go("/my/accesses");
        assert!(
            self.0.browser.text().contains("5.1.4"),
            "who looked: {}",
            self.0.browser.text()
        );
        self.0.go("/my/change/contact_phone");
        self.0.browser.fill("contact_phone", "+7 702 111 22 33");
        self.0.press(PRIMARY);
        self.0.go("/my");
        assert!(
            self.0.browser.text().contains("+77021112233"),
            "{}",
            self.0.browser.text()
        );
        self.0.go("/my/withdraw");
        assert!(
            self.0.browser.text().contains("206"),
            "what stays has its article"
        );
        self.0.browser.tick("understood");
        self.0.press("main button.danger, main button.go");
        let url = self.0.browser.url();
        assert!(url.contains("/receipt/"), "{}", self.0.browser.text());
        url.split('?').next().expect("an address").to_owned()
    }
}

/// Staff sign in, read the policy where it is asked, and open the order for its purpose only.
fn staff_look(running: &Running, reference: &str) {
    let mut staff = running.at_desk("sales", "en");
    let list = staff.get("/staff/cases").text();
    assert!(list.contains(reference), "{list}");
    assert!(!list.contains(LAST_NAME), "a list shows nobody");
    let asked = staff.get(&format!("/staff/cases/{reference}"));
    let without = staff.submit(&asked, &[("purpose", "")]);
    assert_ne!(without.answer.status, 200, "no purpose, no look");
    let other = staff.submit(&asked, &[("purpose", "2.2.8")]);
    assert_ne!(other.answer.status, 200, "another purpose, no look");
    let opened = staff.submit(&asked, &[("purpose", "2.2.7")]);
    assert_eq!(opened.answer.status, 200, "{}", opened.text());
    let seen = opened.text();
    assert!(
        !seen.contains(LAST_NAME) && !seen.contains("4444"),
        "masked, and no card: {seen}"
    );
}

fn locked_for_staff(running: &Running, reference: &str) {
    let mut staff = running.at_desk("sales", "en");
    let asked = staff.get(&format!("/staff/cases/{reference}"));
    let opened = staff.submit(&asked, &[("purpose", "2.2.7")]);
    assert_ne!(
        opened.answer.status,
        200,
        "after the withdrawal it is locked: {}",
        opened.text()
    );
}

/// The receipt convinces a program that knows neither us nor our data; one changed sign, and it does not.
fn a_stranger_verifies(running: &Running, receipt: &str) {
    let path = receipt.strip_prefix(&running.url).expect("our own address");
    let mut stranger = Visitor::at(&running.url);
    let body = |page: super::harness::Page| String::from_utf8(page.answer.body).expect("a text");
    let json = body(stranger.get(&format!("{path}/receipt.json")));
    let key = body(stranger.get("/ledger/key"));
    let folder = tempfile::tempdir().expect("a folder");
    let verdict = |text: &str| {
        let file = folder.path().join("receipt.json");
        std::fs::write(&file, text).expect("a file");
        let verifier = super::harness::profile_folder().join("sandyq-verifier");
        let mut command = Command::new(verifier);
        command.arg("receipt").arg(&file).arg("--key").arg(key.trim());
        command.output().expect("the verifier runs").status.code()
    };
    assert_eq!(verdict(&json), Some(0), "{json}");
    let other = json.replacen("2026-", "2025-", 1);
    assert_ne!(other, json);
    assert_ne!(verdict(&other), Some(0), "a changed receipt was believed");
}

/// What must not be found in any byte that the program wrote.
fn scan(folder: &Path, canaries: &[&str], found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            scan(&entry.path(), canaries, found);
            continue;
        }
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        for canary in canaries {
            if bytes
                .windows(canary.len())
                .any(|window| window == canary.as_bytes())
            {
                found.push(format!("{canary} in {}", entry.path().display()));
            }
        }
    }
}

/// A path without its parts that are 128 random bits in hexadecimal digits: in those, three digits of a telephone number
/// stand by chance every now and then.
fn without_random_ids(path: &str) -> String {
    let is_random = |part: &&str| {
        let digits = part.replace('-', "");
        digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    };
    let parts = path.split(['/', '?', '&', '=']).filter(|part| !is_random(part));
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn only_random_ids_are_left_out_of_what_is_searched() {
    let path =
        "/confirm/59bbfc60701553072574111a3de221f2?phone=87015554433&id=0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff";
    assert_eq!(without_random_ids(path), "/confirm/phone/87015554433/id");
    let shorter = "/confirm/59bbfc60701553072574111a3de221f";
    assert_eq!(without_random_ids(shorter), shorter);
}

fn purchase(running: &Running, window: Window) -> Vec<String> {
    let email = format!("saule.{}@example.kz", window.language);
    let mut guest = Guest(Walk::begin(running, window, email));
    guest.0.go("/");
    let reference = guest.orders();
    let used = running.code_for(&guest.0.email);
    staff_look(running, &reference);
    guest.comes_back_by_mail(&reference, &used);
    let receipt = guest.corrects_follows_and_withdraws();
    a_stranger_verifies(running, &receipt);
    locked_for_staff(running, &reference);
    for url in &guest.0.visited {
        let chosen = without_random_ids(&url.replace(&running.url, ""));
        for personal in ["saule", "%D0%96", "701", "702", "5555", "987"] {
            assert!(!chosen.contains(personal), "{personal} stands in {url}");
        }
    }
    guest.0.objections
}

#[test]
fn a_guest_buys_in_any_browser_and_language() {
    let mut running = Running::demo(&[]);
    let kazakh = Window {
        language: "kk",
        ..Window::without_script()
    };
    let russian = Window {
        language: "ru",
        ..Window::narrow()
    };
    let mut objections = Vec::new();
    for window in [kazakh, russian, Window::desk()] {
        objections.extend(purchase(&running, window));
    }
    assert_eq!(objections, Vec::<String>::new());
    assert!(running.stop().success());
    let mut found = Vec::new();
    scan(
        &running.data(),
        &[LAST_NAME, CARD, "saule.", "+77021112233", "SAULE ZH"],
        &mut found,
    );
    assert_eq!(found, Vec::<String>::new());
    let log = running.log();
    for canary in [LAST_NAME, CARD, "saule.", "7021112233"] {
        assert!(!log.contains(canary), "{canary} was logged");
    }
}
