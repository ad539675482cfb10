//! Clauses 1.1.3 and 2.2.1: an account in a real browser, in each language: registration with what may go wrong, a
//! password, the way in and out, a forgotten password, a second proof with a code on paper, sessions, a change; and what
//! somebody else learns who tries the same address.

use super::harness::{Running, Visitor, Walk, Window, number_now};

pub const FIRST: &str = "жеті ат далада шауып жүр";
const SECOND: &str = "eight camels in the sand";

/// Answers the questions of the form, agrees, and types the code from the letter.
pub fn registers(walk: &mut Walk<'_>) -> String {
    walk.go("/services/account");
    assert!(
        !walk.browser.has("#birth_date"),
        "an account has no date of birth (1.1.3-a)"
    );
    let email = walk.email.clone();
    walk.types(&[
        ("last_name", "Әбілқайырова"),
        ("first_name", "Дана"),
        ("email", "dana at example"),
        ("cell_phone", "8 701 555 44"),
        ("fax", "twelve"),
    ]);
    walk.goes_on();
    for wrong in ["#email-wrong", "#cell_phone-wrong", "#fax-wrong"] {
        assert!(walk.browser.has(wrong), "{wrong}: {}", walk.browser.text());
    }
    walk.types(&[("email", &email), ("cell_phone", "8 701 555 44 33"), ("fax", "")]);
    walk.goes_on();
    walk.goes_on();
    assert!(!walk.browser.has("input[type=checkbox]:checked"));
    walk.browser.tick("consent-identification");
    walk.browser.tick("consent-account");
    walk.goes_on();
    assert!(
        walk.browser.url().contains("/confirm/"),
        "{}",
        walk.browser.text()
    );
    let code = walk.code_other_than("");
    walk.browser.fill("code", "00000000");
    walk.goes_on();
    assert!(walk.browser.has("#code-wrong"));
    walk.browser.fill("code", &code);
    walk.goes_on();
    assert!(
        walk.browser.url().ends_with("/my/password"),
        "{}",
        walk.browser.text()
    );
    code
}

/// What is too short or tried first is not taken.
pub fn chooses_a_password(walk: &mut Walk<'_>) {
    for poor in ["short", "password12345678", "qwertyuiopqwertyuiop"] {
        walk.browser.fill("password", poor);
        walk.goes_on();
        assert!(
            walk.browser.has("#password-wrong"),
            "{poor}: {}",
            walk.browser.text()
        );
    }
    walk.browser.fill("password", FIRST);
    walk.goes_on();
    assert!(walk.browser.url().ends_with("/my"), "{}", walk.browser.text());
    assert!(walk.browser.text().contains("Әбілқайырова"));
}

pub fn goes_out(walk: &mut Walk<'_>) {
    walk.press("header form button.quiet");
}

pub fn signs_in(walk: &mut Walk<'_>, password: &str) {
    walk.go("/sign-in");
    let email = walk.email.clone();
    walk.types(&[("email", &email), ("password", password)]);
    walk.goes_on();
}

fn comes_in_and_goes_out(walk: &mut Walk<'_>) {
    goes_out(walk);
    walk.go("/my");
    assert!(!walk.browser.text().contains("Әбілқайырова"));
    signs_in(walk, SECOND);
    assert!(walk.browser.has("#password-wrong"), "{}", walk.browser.text());
    signs_in(walk, FIRST);
    assert!(
        walk.browser.text().contains("Әбілқайырова"),
        "{}",
        walk.browser.text()
    );
    goes_out(walk);
}

fn forgets(walk: &mut Walk<'_>, used: &str) {
    walk.go("/sign-in/forgotten");
    let email = walk.email.clone();
    walk.types(&[("email", &email)]);
    walk.goes_on();
    let code = walk.code_other_than(used);
    walk.browser.fill("code", &code);
    walk.goes_on();
    walk.browser.fill("password", SECOND);
    walk.goes_on();
    assert!(walk.browser.url().ends_with("/my"), "{}", walk.browser.text());
}

fn adds_a_second_proof(walk: &mut Walk<'_>) {
    walk.go("/my/second-proof");
    walk.browser.fill("current", FIRST);
    walk.goes_on();
    assert!(
        walk.browser.has("#current-wrong"),
        "the password before the last one"
    );
    walk.browser.fill("current", SECOND);
    walk.goes_on();
    let secret = walk.browser.text_of("#secret");
    walk.browser.fill("code", "000000");
    walk.goes_on();
    assert!(walk.browser.has("#code-wrong"), "{}", walk.browser.text());
    walk.browser.fill("code", &number_now(&secret));
    walk.goes_on();
    let paper = walk.browser.text_of("ul.codes li");
    assert_eq!(paper.len(), 10, "{}", walk.browser.text());
    walk.press("main a.go");
    goes_out(walk);
    signs_in(walk, SECOND);
    assert!(
        walk.browser.url().contains("/sign-in/second/"),
        "{}",
        walk.browser.text()
    );
    walk.browser.fill("code", &paper);
    walk.goes_on();
    assert!(walk.browser.url().ends_with("/my"), "{}", walk.browser.text());
}

fn changes_a_value(walk: &mut Walk<'_>) {
    walk.go("/my/change/cell_phone");
    walk.types(&[("cell_phone", "+7 701 555 44 00"), ("current", FIRST)]);
    walk.goes_on();
    assert!(walk.browser.has("#current-wrong"));
    walk.types(&[("current", SECOND)]);
    walk.goes_on();
    assert!(walk.browser.url().ends_with("/my"), "{}", walk.browser.text());
    walk.go("/my/sessions");
    assert!(walk.browser.has("article.datum"));
}

/// 6.2: the address changes by a code that goes to the new one.
fn takes_a_new_address(walk: &mut Walk<'_>) {
    let new = format!("new-{}", walk.email);
    walk.go("/my/change/email");
    walk.types(&[("email", &new), ("current", SECOND)]);
    walk.goes_on();
    let code = walk.running.code_for(&new);
    walk.browser.fill("code", "00000000");
    walk.goes_on();
    assert!(walk.browser.has("#code-wrong"), "{}", walk.browser.text());
    walk.browser.fill("code", &code);
    walk.goes_on();
    assert!(walk.browser.url().ends_with("/my"), "{}", walk.browser.text());
    assert!(walk.browser.text().contains(&new));
    walk.email = new;
}

/// 1.1.3-c: the pages of a sign-in and of a forgotten password say the same about an address that nobody has.
fn a_stranger_learns_nothing(running: &Running, known: &str) {
    let mut said = Vec::new();
    for email in [known, "nobody-at-all@example.kz"] {
        let mut stranger = Visitor::speaking(&running.url, "en");
        let door = stranger.get("/sign-in");
        let typed = [("email", email), ("password", "not this one at all")];
        let refused = stranger.submit(&door, &typed);
        let asked = stranger.get("/sign-in/forgotten");
        let sent = stranger.submit(&asked, &[("email", email)]);
        said.push((
            refused.answer.status,
            refused.text(),
            sent.answer.status,
            sent.text(),
        ));
    }
    assert_eq!(said[0], said[1]);
}

#[test]
fn an_account_is_opened_used_and_kept_by_its_owner_in_any_browser_and_language() {
    let mut running = Running::demo(&[]);
    let kazakh = Window {
        language: "kk",
        ..Window::narrow()
    };
    let russian = Window {
        language: "ru",
        ..Window::without_script()
    };
    let mut objections = Vec::new();
    for (number, window) in [kazakh, russian].into_iter().enumerate() {
        let email = format!("owner{number}@example.kz");
        let mut walk = Walk::begin(&running, window, email);
        let code = registers(&mut walk);
        chooses_a_password(&mut walk);
        comes_in_and_goes_out(&mut walk);
        forgets(&mut walk, &code);
        adds_a_second_proof(&mut walk);
        changes_a_value(&mut walk);
        takes_a_new_address(&mut walk);
        assert!(
            walk.visited.iter().all(|url| !url.contains('@')),
            "an address in an address"
        );
        let known = walk.email.clone();
        objections.extend(walk.objections);
        a_stranger_learns_nothing(&running, &known);
    }
    assert_eq!(objections, Vec::<String>::new());
    assert!(running.stop().success());
}
