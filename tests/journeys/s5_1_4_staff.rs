//! Clause 5.1.4 and PRE-1: whoever is to work here is invited, chooses a password, sets up a second factor and reads the policy; only
//! then a case opens, for its purpose. The link opens once. For any day it can be said who had access to what.

use super::asking::{agrees, objections_of, signs_in};
use super::harness::device::Device;
use super::harness::{Running, Staff, Walk, Window, command, number_now};
use super::s1_1_3_account::goes_out;

const PASSWORD: &str = "seven horses on the steppe";

/// The page that an invitation opens, made by whoever runs the system.
fn invited(running: &Running, name: &str) -> String {
    let data = running.data();
    let data = data.to_str().expect("a name");
    let output = command(&[
        "staff", "invite", name, "--role", "sales", "--json", "--data", data,
    ]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let link = said["link"].as_str().expect("a link");
    let path = link.find("/staff/invited/").expect("its path");
    link[path..].to_owned()
}

fn chooses_a_password(walk: &mut Walk<'_>, path: &str) {
    walk.go(path);
    walk.types(&[("password", "too short")]);
    walk.goes_on();
    assert!(walk.browser.has("#password-wrong"), "{}", walk.browser.text());
    walk.types(&[("password", PASSWORD)]);
    walk.goes_on();
    assert!(
        walk.browser.url().ends_with("/staff/set-up"),
        "{}",
        walk.browser.text()
    );
}

fn sets_up_a_factor(walk: &mut Walk<'_>) {
    walk.go("/staff/cases");
    assert!(
        walk.browser.url().ends_with("/staff/sign-in"),
        "nothing opens before: {}",
        walk.browser.text()
    );
    walk.go("/staff/set-up");
    let secret = walk.browser.text_of("#secret");
    walk.types(&[("code", "000000")]);
    walk.goes_on();
    assert!(walk.browser.has("#code-wrong"), "{}", walk.browser.text());
    walk.types(&[("code", &number_now(&secret))]);
    walk.goes_on();
    assert_eq!(
        walk.browser.text_of("ul.codes li").len(),
        10,
        "{}",
        walk.browser.text()
    );
    walk.press("main a.go");
}

/// A case that opens: that of somebody who has not withdrawn.
fn a_case_that_opens(running: &Running) -> String {
    let mut sales = running.at_desk("sales", "en");
    let links = sales.get("/staff/cases").links("/staff/cases/SQ-");
    let mut opens = |path: &String| {
        let asked = sales.get(path);
        sales.submit(&asked, &[("purpose", "2.2.7")]).answer.status == 200
    };
    let found = links.into_iter().find(&mut opens).expect("a case that opens");
    found.rsplit('/').next().expect("a reference").to_owned()
}

fn reads_the_policy_and_opens_a_case(walk: &mut Walk<'_>, reference: &str) {
    assert!(
        walk.browser.url().ends_with("/staff/familiar"),
        "{}",
        walk.browser.text()
    );
    walk.browser.tick("read");
    walk.goes_on();
    assert!(walk.browser.url().ends_with("/staff/cases"));
    walk.go(&format!("/staff/cases/{reference}"));
    walk.browser.tick("purpose-7");
    walk.goes_on();
    let seen = walk.browser.text();
    assert!(seen.contains(reference) && seen.contains("2.2.7"), "{seen}");
    walk.go("/staff/sessions");
}

#[test]
fn somebody_is_invited_and_sees_nothing_before_everything_is_set_up_in_any_browser_and_language() {
    let mut running = Running::demo(&[]);
    assert!(running.stop().success());
    let links = ["one", "two"].map(|name| invited(&running, name));
    running.start_again();
    let reference = a_case_that_opens(&running);
    let kazakh = Window {
        language: "kk",
        ..Window::narrow()
    };
    let russian = Window {
        language: "ru",
        ..Window::without_script()
    };
    for (path, window) in links.iter().zip([kazakh, russian]) {
        let mut walk = Walk::begin(&running, window, String::new());
        chooses_a_password(&mut walk, path);
        sets_up_a_factor(&mut walk);
        reads_the_policy_and_opens_a_case(&mut walk, &reference);
        assert_eq!(walk.objections, Vec::<String>::new());
        let mut stranger = Walk::begin(&running, window, String::new());
        stranger.go(path);
        assert!(!stranger.browser.has("#password"), "it opens once");
    }
    let mut desk = signs_in(&running, "responsible", Window::narrow());
    desk.go("/staff/access");
    desk.goes_on();
    let seen = desk.browser.text();
    assert!(seen.contains("two") && seen.contains("recruiter"), "{seen}");
    desk.go("/staff/invite");
    desk.types(&[("name", "four")]);
    desk.goes_on();
    assert!(desk.browser.has("#role-wrong"), "{}", desk.browser.text());
    let mut admin = signs_in(&running, "administrator", Window::narrow());
    admin.go("/staff/invite");
    admin.types(&[("name", "four")]);
    admin.browser.tick("role-administrator");
    admin.goes_on();
    let said = admin.browser.text();
    assert!(
        said.contains("waits for a second person"),
        "such a role takes two (5.1.1): {said}"
    );
    agrees(&mut desk);
    assert!(desk.browser.has("#link"), "{}", desk.browser.text());
    assert_eq!(objections_of(&mut desk, &mut admin), [""; 0]);
    drop((desk, admin));
    assert!(running.stop().success());
}

const ASKS: &str = "main .passkey button";

/// A passkey is added after the password and a number.
fn adds_a_passkey(walk: &mut Walk<'_>, running: &Running, card: &Staff) {
    walk.go("/staff/passkeys");
    walk.types(&[
        ("name", "Менің телефоным"),
        ("current", &card.password),
        ("code", "000000"),
    ]);
    walk.goes_on();
    assert!(walk.browser.has("#current-wrong"), "{}", walk.browser.text());
    walk.types(&[
        ("current", &card.password),
        ("code", &running.desks.proof_of(&card.name)),
    ]);
    walk.goes_on();
    walk.press(ASKS);
    assert!(
        walk.browser.url().ends_with("/staff/passkeys"),
        "{}",
        walk.browser.text()
    );
    assert_eq!(walk.browser.text_of("article.datum h2"), "Менің телефоным");
}

/// After the password the passkey leads the rest of the way in; a stranger at the device stays outside.
fn comes_in_by_it(walk: &mut Walk<'_>, device: &Device, card: &Staff) {
    goes_out(walk);
    walk.go("/staff/sign-in");
    walk.types(&[("name", &card.name), ("password", &card.password)]);
    walk.goes_on();
    assert!(
        walk.browser.url().ends_with("/staff/second"),
        "{}",
        walk.browser.text()
    );
    device.knows_its_owner(&walk.browser, false);
    walk.press(ASKS);
    assert!(
        walk.browser.url().ends_with("/staff/second"),
        "{}",
        walk.browser.text()
    );
    device.knows_its_owner(&walk.browser, true);
    walk.press(ASKS);
    assert!(
        walk.browser.url().ends_with("/staff/cases"),
        "{}",
        walk.browser.text()
    );
}

fn takes_it_away(walk: &mut Walk<'_>, running: &Running, card: &Staff) {
    walk.go("/staff/passkeys");
    walk.press("article.datum a");
    walk.types(&[
        ("current", &card.password),
        ("code", &running.desks.proof_of(&card.name)),
    ]);
    walk.goes_on();
    assert!(!walk.browser.has("article.datum"), "{}", walk.browser.text());
}

#[test]
fn a_passkey_of_staff_stands_for_the_number_in_any_browser_and_language() {
    let mut running = Running::demo(&[]);
    // Passkeys belong to a name; the demonstration has one beside its number.
    running.url = running.url.replace("127.0.0.1", "localhost");
    let kazakh = Window {
        language: "kk",
        ..Window::narrow()
    };
    let russian = Window {
        language: "ru",
        ..Window::desk()
    };
    for (role, window) in [("sales", kazakh), ("support", russian)] {
        let mut walk = signs_in(&running, role, window);
        let card = running.staff_in(role).clone();
        let device = Device::in_browser(&walk.browser);
        adds_a_passkey(&mut walk, &running, &card);
        comes_in_by_it(&mut walk, &device, &card);
        takes_it_away(&mut walk, &running, &card);
        assert_eq!(walk.objections, Vec::<String>::new());
    }
    assert!(running.stop().success());
}
