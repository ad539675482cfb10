//! Clause 2.2.1: a passkey in a real browser, in each language: it is added after the password, opens the account alone and in
//! the place of a second proof, stands beside the letter when the password is forgotten, and is taken away. Where there can be
//! none, no button says otherwise.

use super::harness::device::Device;
use super::harness::{Browser, Running, Walk, Window, number_now};
use super::s1_1_3_account::{FIRST, chooses_a_password, goes_out, registers, signs_in};

const ASKS: &str = "main .passkey button";
const NEXT: &str = "төрт арқар тауда жүр екен";

fn is_in(walk: &Walk<'_>) {
    assert!(walk.browser.url().ends_with("/my"), "{}", walk.browser.text());
    assert!(walk.browser.text().contains("Әбілқайырова"));
}

fn adds(walk: &mut Walk<'_>, name: &str) {
    walk.go("/my/passkeys");
    walk.types(&[("name", name), ("current", "not this one at all")]);
    walk.goes_on();
    assert!(walk.browser.has("#current-wrong"), "{}", walk.browser.text());
    assert_eq!(walk.browser.value("name"), name);
    walk.types(&[("current", FIRST)]);
    walk.goes_on();
    walk.press(ASKS);
    assert!(
        walk.browser.url().ends_with("/my/passkeys"),
        "{}",
        walk.browser.text()
    );
    assert_eq!(walk.browser.text_of("article.datum h2"), name);
}

fn comes_in(walk: &mut Walk<'_>) {
    walk.go("/sign-in");
    walk.press(ASKS);
    is_in(walk);
}

/// What the device was told: the site, and a handle that says nothing of its owner.
fn the_device_knows_little(walk: &Walk<'_>, passkey: &serde_json::Value) {
    assert_eq!(passkey["rpId"], "localhost");
    assert_eq!(passkey["isResidentCredential"], true);
    let handle = passkey["userHandle"].as_str().unwrap();
    assert_eq!(handle.trim_end_matches('=').len(), 43, "32 bytes: {handle}");
    let said = passkey.to_string();
    assert!(
        !said.contains(&walk.email) && !said.contains("Әбілқайырова"),
        "{said}"
    );
}

/// The device does not know who is there: the page says so, and nothing opens.
fn a_stranger_at_the_device_stays_outside(walk: &mut Walk<'_>, device: &Device) {
    device.knows_its_owner(&walk.browser, false);
    walk.go("/sign-in");
    walk.press(ASKS);
    assert!(
        walk.browser.url().ends_with("/sign-in"),
        "{}",
        walk.browser.text()
    );
    assert!(
        !walk.browser.text_of("[data-failed]").is_empty(),
        "it is said what happened"
    );
    device.knows_its_owner(&walk.browser, true);
    walk.press(ASKS);
    is_in(walk);
}

/// ASVS 6.4.3: the letter alone does not choose a new password.
fn forgets(walk: &mut Walk<'_>, used: &str) {
    walk.go("/sign-in/forgotten");
    let email = walk.email.clone();
    walk.types(&[("email", &email)]);
    walk.goes_on();
    let code = walk.code_other_than(used);
    walk.browser.fill("code", &code);
    walk.goes_on();
    assert!(!walk.browser.has("main button.go"), "nothing goes on without it");
    walk.browser.fill("password", "short");
    walk.press(ASKS);
    assert!(walk.browser.has("#password-wrong"), "{}", walk.browser.text());
    walk.browser.fill("password", NEXT);
    walk.press(ASKS);
    is_in(walk);
}

/// It opens where the second proof is asked for.
fn stands_for_the_second_proof(walk: &mut Walk<'_>) {
    walk.go("/my/second-proof");
    walk.browser.fill("current", NEXT);
    walk.goes_on();
    let secret = walk.browser.text_of("#secret");
    walk.browser.fill("code", &number_now(&secret));
    walk.goes_on();
    walk.press("main a.go");
    goes_out(walk);
    signs_in(walk, NEXT);
    assert!(walk.browser.url().contains("/sign-in/second/"));
    walk.press(ASKS);
    is_in(walk);
}

fn takes_it_away(walk: &mut Walk<'_>) {
    walk.go("/my/passkeys");
    walk.press("article.datum a");
    walk.browser.fill("current", NEXT);
    walk.goes_on();
    assert!(
        walk.browser.url().ends_with("/my/passkeys"),
        "{}",
        walk.browser.text()
    );
    assert!(!walk.browser.has("article.datum"));
    goes_out(walk);
    walk.go("/sign-in");
    walk.press(ASKS);
    assert!(walk.browser.has("#passkey-wrong"), "{}", walk.browser.text());
    assert!(
        walk.browser.has("input[name=email]"),
        "and the other ways are there"
    );
}

/// Under a number there is no button, and without a script there is none; nobody is sent where nothing opens.
fn no_button_where_there_can_be_none(running: &Running, at_a_number: &str) {
    for (window, url) in [
        (Window::desk(), at_a_number),
        (Window::without_script(), &running.url),
    ] {
        let browser = Browser::open(window);
        browser.goto(&format!("{url}/sign-in"));
        assert!(browser.has(".passkey[hidden]"));
        let words = browser.text();
        assert!(!words.contains("passkey"), "{words}");
    }
}

#[test]
fn a_passkey_is_added_opens_the_account_in_any_browser_and_language_and_goes() {
    let mut running = Running::demo(&[]);
    let at_a_number = running.url.clone();
    // Passkeys belong to a name; the demonstration has one beside its number.
    running.url = running.url.replace("127.0.0.1", "localhost");
    let kazakh = Window {
        language: "kk",
        ..Window::narrow()
    };
    let russian = Window {
        language: "ru",
        dark: true,
        ..Window::desk()
    };
    let mut objections = Vec::new();
    for (number, window) in [kazakh, russian].into_iter().enumerate() {
        let mut walk = Walk::begin(&running, window, format!("keys{number}@example.kz"));
        let code = registers(&mut walk);
        chooses_a_password(&mut walk);
        let device = Device::in_browser(&walk.browser);
        adds(&mut walk, "Менің телефоным");
        let [passkey] = &device.passkeys(&walk.browser)[..] else {
            panic!("the device holds one passkey");
        };
        the_device_knows_little(&walk, passkey);
        goes_out(&mut walk);
        comes_in(&mut walk);
        goes_out(&mut walk);
        a_stranger_at_the_device_stays_outside(&mut walk, &device);
        goes_out(&mut walk);
        forgets(&mut walk, &code);
        stands_for_the_second_proof(&mut walk);
        takes_it_away(&mut walk);
        objections.extend(walk.objections);
    }
    assert_eq!(objections, Vec::<String>::new());
    no_button_where_there_can_be_none(&running, &at_a_number);
    assert!(running.stop().success());
}
