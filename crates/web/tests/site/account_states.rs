//! 5.1.4: whose account is not yet, or no longer, what opens the console: each page of it either leads to the step that is missing or
//! refuses, and none shows what it is about.

use axum::http::StatusCode;
use jiff::SignedDuration;
use sandyq_model::{Actor, Role};

use super::browser::{Browser, Seen};
use super::desk::sets_up;
use super::matrix::{at_desk, desks};
use super::routes::paths_got;
use super::stage::{PASSWORD, Stage};
use super::there::{There, filled, sends};

/// The way in: open to whoever stands before it.
const WAY_IN: [&str; 4] = [
    "/staff/sign-in",
    "/staff/second",
    "/staff/set-up",
    "/staff/invited/{token}",
];
/// What is one's own, and open before the policy is read: how one comes in, and the reading itself.
const BEFORE_READING: [&str; 5] = [
    "/staff/sign-in",
    "/staff/familiar",
    "/staff/sessions",
    "/staff/password",
    "/staff/passkeys",
];

/// Every page of the console, about what is there.
fn pages(there: &There) -> Vec<(String, String)> {
    let about = |path: &str| {
        let path = path
            .replace("/staff/cases/{reference}", "/staff/cases/{question}")
            .replace("/staff/requests/{reference}", "/staff/requests/{request}")
            .replace("/staff/records/{id}", "/staff/records/{record}")
            .replace("{step}", "measure")
            .replace("{how}", "record")
            .replace("{language}", "en")
            .replace("{register}", "breaches");
        filled(&path, &there.real)
    };
    let got = paths_got().into_iter();
    let pages: Vec<(String, String)> = got.map(|path| (about(&path), path)).collect();
    assert!(pages.len() > 40, "the routes were found");
    pages
}

/// Where somebody is led.
fn led_to(seen: &Seen) -> &str {
    let there = seen.headers.get("location");
    there.map_or("", |there| there.to_str().unwrap())
}

/// Before the door, nothing is open but the way in; everything else leads to the door.
async fn leads_to_the_door(there: &There, browser: &mut Browser, state: &str) {
    for (path, route) in pages(there) {
        let seen = browser.get(&path).await;
        let is_led = seen.status == StatusCode::SEE_OTHER && led_to(&seen) == "/staff/sign-in";
        let is_way_in = WAY_IN.contains(&&*route) && seen.status != StatusCode::INTERNAL_SERVER_ERROR;
        // Where there is no provider, there is no way through it.
        let of_provider = ["/staff/provider", "/staff/identity"];
        let is_nothing =
            of_provider.iter().any(|way| route.starts_with(way)) && seen.status == StatusCode::NOT_FOUND;
        assert!(
            is_led || is_way_in || is_nothing,
            "{state} at {path}: {} {}",
            seen.status,
            seen.text
        );
        shows_nothing(there, &seen, &path, state);
    }
}

/// Nothing of what the page is about stands on it.
fn shows_nothing(there: &There, seen: &Seen, path: &str, state: &str) {
    let text = seen.text.replace(path, "");
    for (place, value) in &there.real {
        let is_said = value.len() > 3 && text.contains(value.as_str());
        assert!(!is_said, "{state} at {path}: {place}");
    }
    assert!(!text.contains("%PDF"), "{state} at {path}");
}

/// Gives the password, and goes no further.
async fn gives_password(browser: &mut Browser, name: &str) -> Seen {
    let door = browser.get("/staff/sign-in").await;
    let typed = [("name", name), ("password", PASSWORD), ("step", "sign-in")];
    browser.fill(&door, "/staff/sign-in", &typed).await
}

#[tokio::test]
async fn before_the_door_and_after_it_is_closed_each_page_leads_to_the_door() {
    let there = There::new().await;
    let (stage, system) = (&there.stage, &there.stage.system);
    let by = Actor::system(Role::ADMINISTRATOR);
    system.invite_staff(&by, "invited", "support").await.unwrap();
    let mut invited = Browser::new(&there.site);
    leads_to_the_door(&there, &mut invited, "invited").await;
    let tried = gives_password(&mut invited, "invited").await;
    assert_eq!(tried.status, StatusCode::UNPROCESSABLE_ENTITY);
    leads_to_the_door(&there, &mut invited, "invited, and tried").await;

    stage.staff("halfway", "responsible").await;
    let mut half_way = Browser::new(&there.site);
    assert_eq!(
        gives_password(&mut half_way, "halfway").await.path,
        "/staff/set-up"
    );
    leads_to_the_door(&there, &mut half_way, "without a second factor").await;
    let mut asked = Browser::new(&there.site);
    assert_eq!(
        gives_password(&mut asked, "responsible").await.path,
        "/staff/second"
    );
    leads_to_the_door(&there, &mut asked, "with a password alone").await;

    let mut closed = at_desk(stage, &there.site, "closed", "responsible").await;
    assert_eq!(closed.get("/staff/requests").await.status, StatusCode::OK);
    system.close_staff(&by, "closed").await.unwrap();
    leads_to_the_door(&there, &mut closed, "closed").await;
    let tried = gives_password(&mut closed, "closed").await;
    assert_eq!(tried.status, StatusCode::UNPROCESSABLE_ENTITY);

    let mut moved = at_desk(stage, &there.site, "moved", "responsible").await;
    system
        .change_staff_role(&by, "moved", "statistics")
        .await
        .unwrap();
    for (path, _) in pages(&there) {
        let seen = moved.get(&path).await;
        shows_nothing(&there, &seen, &path, "moved to another role");
    }
    assert_ne!(moved.get("/staff/requests").await.status, StatusCode::OK);

    let mut late = at_desk(stage, &there.site, "late", "responsible").await;
    stage.clock.advance(SignedDuration::from_hours(24));
    leads_to_the_door(&there, &mut late, "a day later").await;
}

#[tokio::test]
async fn who_has_not_read_the_policy_is_led_to_it_or_finds_nothing() {
    let there = There::new().await;
    for (role, _) in desks(&there.stage) {
        let name = format!("new-{role}");
        there.stage.staff(&name, &role).await;
        let mut browser = Browser::new(&there.site);
        sets_up(&there.stage, &mut browser, &name).await;
        let mut led = 0;
        for (path, route) in pages(&there) {
            let seen = browser.get(&path).await;
            let is_own = BEFORE_READING.contains(&&*route) || WAY_IN.contains(&&*route);
            let is_led = seen.status == StatusCode::SEE_OTHER && led_to(&seen) == "/staff/familiar";
            led += usize::from(is_led);
            assert!(
                is_own || is_led || seen.status == StatusCode::NOT_FOUND,
                "{role} at {path}: {} {} {}",
                seen.status,
                led_to(&seen),
                seen.text
            );
            shows_nothing(&there, &seen, &path, "unfamiliar");
        }
        assert!(led > 0, "{role} is led to the policy");
    }
}

/// What is asked for a number again: the steps that concern somebody's rights, by those who may take them.
const PRIVILEGED: [(&str, &str, &str, &str); 7] = [
    ("responsible", "/staff/requests/{request}", "carry-out", ""),
    ("responsible", "/staff/records/{record}", "block", ""),
    ("responsible", "/staff/proposals/{proposal}", "agree", ""),
    ("responsible", "/staff/recipients/{recipient}", "stop", ""),
    ("administrator", "/staff/accounts/{account}", "close", ""),
    ("administrator", "/staff/invite", "invite", "newcomer"),
    ("support", "/staff/cases/{question}/decide", "decide", ""),
];

#[tokio::test]
async fn a_proof_that_is_too_old_opens_no_step_that_takes_one() {
    let mut there = There::new().await;
    let mut desks = std::mem::take(&mut there.desks);
    there.stage.clock.advance(SignedDuration::from_mins(11));
    for (role, path, step, name) in PRIVILEGED {
        let (_, browser) = desks.iter_mut().find(|(name, _)| name == role).unwrap();
        let mut typed = vec![("step", step.to_owned())];
        if !name.is_empty() {
            typed.extend([("name", name.to_owned()), ("role", "sales".to_owned())]);
        }
        let (_, before) = super::there::done_since(&there.stage, 0).await;
        let path = filled(path, &there.real);
        let seen = sends(browser, &path, &typed).await;
        assert!(
            seen.text.contains("name=\"fresh_number\""),
            "{path} {step}: {}",
            seen.text
        );
        let (done, _) = super::there::done_since(&there.stage, before).await;
        assert_eq!(done, 0, "{path} {step}");
    }
}

/// A look in an emergency ends by itself, for its asker too.
#[tokio::test]
async fn a_look_that_is_over_opens_nothing() {
    let mut there = There::new().await;
    let path = filled("/staff/emergency/{open}", &there.real);
    let mut looker = std::mem::replace(&mut there.looker, Browser::new(&there.site));
    let typed = [("step", "look".to_owned())];
    assert_eq!(sends(&mut looker, &path, &typed).await.status, StatusCode::OK);
    let past = filled("/staff/emergency/{past}", &there.real);
    let nothing = filled("/staff/emergency/{past}", &there.absent);
    for step in ["look", "reveal", "take-back"] {
        let typed = [("step", step.to_owned())];
        let seen = sends(&mut looker, &past, &typed).await;
        let absent = sends(&mut looker, &nothing, &typed).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{step}");
        let plain = seen.text.replace(&past, "");
        assert_eq!(plain, absent.text.replace(&nothing, ""), "{step}");
    }
    let stage: &Stage = &there.stage;
    stage.clock.advance(SignedDuration::from_mins(16));
    let over = sends(&mut looker, &path, &typed).await;
    assert_eq!(over.status, StatusCode::NOT_FOUND);
}
