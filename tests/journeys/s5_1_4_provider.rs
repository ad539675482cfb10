//! Clause 5.1.4: an identity provider stands for the password of staff, and for nothing else. A member of staff links the own account after
//! both proofs; then the provider and a number lead in. Whoever is not linked, and whoever is not linked any more, comes nowhere. The
//! provider is a real one, and for the browser another site.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use super::asking::signs_in;
use super::harness::provider::{Provider, SECRET};
use super::harness::{Running, Walk, Window};
use super::s1_1_3_account::goes_out;

const BACK: &str = "/staff/provider/back";
const LINK: &str = "/staff/identity";
const MINE: &str = "u-71f3";
const STRANGER: &str = "u-90aa";

fn names_the_provider(data: &Path, issuer: &str) {
    std::fs::write(data.join("provider-secret"), format!("{SECRET}\n")).expect("the secret is written");
    let settings = OpenOptions::new().append(true).open(data.join("sandyq.toml"));
    let table = format!(
        "\n[identity_provider]\nissuer = \"{issuer}\"\nclient_id = \"sandyq\"\nclient_secret_file = \"provider-secret\"\n"
    );
    let written = settings.expect("the settings").write_all(table.as_bytes());
    written.expect("the settings are written");
}

/// At the provider, whose pages are not ours to judge: somebody says who they are, when they are asked.
fn proves(walk: &mut Walk<'_>, name: &str) {
    if walk.browser.has("input[name=login]") {
        walk.browser.fill("login", name);
        walk.browser.fill("password", "any");
        walk.browser.press_at("button[type=submit]");
    }
    if !walk.browser.url().contains(BACK) {
        walk.browser.press_at("button[type=submit]");
    }
    assert!(walk.browser.url().contains(BACK), "{}", walk.browser.text());
    // Another language loses nothing of what the address brought.
    if walk.browser.has("nav.languages button[lang=en]") {
        walk.browser.press_at("nav.languages button[lang=en]");
        assert!(walk.browser.has("button[value=go]"), "{}", walk.browser.text());
    }
    // What the provider's own pages asked for.
    walk.browser.requests();
    walk.look_around();
}

fn goes_by_the_provider(walk: &mut Walk<'_>, name: &str) {
    walk.go("/staff/sign-in");
    walk.browser.press_at("main a[href='/staff/provider']");
    proves(walk, name);
    walk.goes_on();
}

fn links(walk: &mut Walk<'_>) {
    walk.go("/staff/sessions");
    walk.press("main a[href='/staff/identity']");
    walk.press("button[value=link]");
    walk.browser.press_at("main a.go");
    proves(walk, MINE);
    walk.goes_on();
    assert!(walk.browser.url().ends_with(LINK), "{}", walk.browser.text());
    assert!(
        walk.browser.has("button[value=unlink]"),
        "{}",
        walk.browser.text()
    );
}

fn comes_in(walk: &mut Walk<'_>) {
    goes_by_the_provider(walk, MINE);
    assert!(
        walk.browser.url().ends_with("/staff/second"),
        "{}",
        walk.browser.text()
    );
    walk.go("/staff/cases");
    assert!(
        walk.browser.url().ends_with("/staff/sign-in"),
        "nothing opens before the number: {}",
        walk.browser.text()
    );
    walk.go("/staff/second");
    let name = walk.running.staff_in("sales").name.clone();
    walk.types(&[("code", &walk.running.desks.proof_of(&name))]);
    walk.goes_on();
    assert!(
        walk.browser.url().ends_with("/staff/cases"),
        "{}",
        walk.browser.text()
    );
}

fn comes_nowhere(walk: &mut Walk<'_>, name: &str) -> String {
    goes_by_the_provider(walk, name);
    assert!(walk.browser.url().ends_with(BACK), "{}", walk.browser.url());
    let said = walk.browser.text_of("main");
    walk.go("/staff/cases");
    assert!(
        walk.browser.url().ends_with("/staff/sign-in"),
        "{}",
        walk.browser.text()
    );
    said
}

#[test]
fn an_identity_provider_stands_for_the_password_of_whoever_linked_it_in_any_browser_and_language() {
    let mut running = Running::demo(&[]);
    {
        let mut desk = signs_in(&running, "sales", Window::narrow());
        desk.go(LINK);
        assert!(!desk.browser.has("button[value=link]"), "there is none");
        desk.go("/staff/sessions");
        assert!(!desk.browser.has("main a[href='/staff/identity']"));
    }
    assert!(running.stop().success());
    let Some(fetched) = Provider::fetched() else {
        eprintln!("passed over what needs oidc-provider, which was not fetched");
        return;
    };
    let port = Provider::free_port();
    names_the_provider(&running.data(), &Provider::issuer(port));
    running.start_again();
    let _provider = Provider::start(&fetched, port, &running.url);

    let mut desk = signs_in(&running, "sales", Window::narrow());
    links(&mut desk);
    goes_out(&mut desk);
    comes_in(&mut desk);
    let kazakh = Window {
        language: "kk",
        ..Window::narrow()
    };
    let russian = Window {
        language: "ru",
        ..Window::without_script()
    };
    let mut stranger = Walk::begin(&running, kazakh, String::new());
    comes_nowhere(&mut stranger, STRANGER);
    let mut again = Walk::begin(&running, russian, String::new());
    let unknown = comes_nowhere(&mut again, STRANGER);

    desk.go(LINK);
    desk.press("button[value=unlink]");
    assert!(desk.browser.has("button[value=link]"), "{}", desk.browser.text());
    let mut later = Walk::begin(&running, russian, String::new());
    let unlinked = comes_nowhere(&mut later, MINE);
    assert_eq!(unknown, unlinked, "nothing is said of who is known");
    for walk in [&desk, &stranger, &again, &later] {
        assert_eq!(walk.objections, Vec::<String>::new());
    }
    let log = running.log();
    for secret in [MINE, STRANGER, SECRET, "id_token", "code="] {
        assert!(!log.contains(secret), "{secret} in the log");
    }
}
