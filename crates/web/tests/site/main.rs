//! The site over a real system: one purchase from the first question to the receipt, and what every request must meet.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a story stops at the first thing that is not as told"
)]

mod account_states;
mod breach_people;
mod breaches;
mod browser;
mod deeds;
mod desk;
mod emergency;
mod hygiene;
mod kept;
mod local_acts;
mod matrix;
mod objects;
mod of_others;
mod pairs;
mod papers;
mod routes;
mod rows;
mod stage;
mod tables;
mod there;
mod together;

use axum::http::StatusCode;
use browser::{Browser, Seen};
use stage::Stage;

const ANSWERS: [(&str, &str); 12] = [
    ("quantity", "2"),
    ("last_name", "Әбілқайырова"),
    ("first_name", "Дана"),
    ("patronymic", ""),
    ("birth_date", "7.5.1990"),
    ("email", "dana@example.com"),
    ("contact_phone", "8 701 123 45 67"),
    ("country", "KZ"),
    ("city", "Алматы"),
    ("delivery_address", "Абай 10, 5"),
    ("delivery_address_postal_code", "a01p3k4"),
    ("step", "check"),
];

/// Goes from the shop to the page that asks for the code.
async fn agree(browser: &mut Browser) -> Seen {
    let path = "/services/guest-purchase/kestel-office";
    let details = browser.get(path).await;
    assert_eq!(details.status, StatusCode::OK, "{}", details.text);
    let check = browser.fill(&details, path, &ANSWERS).await;
    assert_eq!(check.status, StatusCode::OK, "{}", check.text);
    assert!(
        check.text.contains("A01P3K4") && check.text.contains("+77011234567"),
        "{}",
        check.text
    );
    let consent = browser.fill(&check, path, &[("step", "consent")]).await;
    assert!(consent.text.contains("lang=\"kk\"") && consent.text.contains("lang=\"ru\""));
    let boxes = consent.boxes();
    let mut ticked: Vec<(&str, &str)> = boxes.iter().map(|(name, hash)| (&**name, &**hash)).collect();
    ticked.push(("step", "submit"));
    let code = browser.fill(&consent, path, &ticked).await;
    assert!(
        code.path.starts_with("/confirm/"),
        "{} {}",
        code.status,
        code.text
    );
    code
}

/// A placed order; its reference.
async fn buy(stage: &Stage, browser: &mut Browser) -> String {
    let page = agree(browser).await;
    let code = stage.code().await;
    let pay = browser
        .fill(&page, &page.path.clone(), &[("code", &code), ("step", "go")])
        .await;
    assert!(pay.path.starts_with("/pay/"), "{} {}", pay.path, pay.text);
    let card = [
        ("card_number", "4111 1111 1111 1111"),
        ("card_holder", "DANA OMAROVA"),
        ("card_expiry", "08/29"),
        ("card_verification", "123"),
        ("step", "pay"),
    ];
    let order = browser.fill(&pay, &pay.path.clone(), &card).await;
    assert!(order.path.starts_with("/order/"), "{}", order.text);
    let reference = order.path.trim_start_matches("/order/").to_owned();
    assert!(order.text.contains(&reference));
    reference
}

#[tokio::test]
async fn a_purchase_a_look_a_correction_and_a_withdrawal_with_its_receipt() {
    let stage = Stage::new();
    let site = stage.site();
    let mut dana = Browser::new(&site);
    let reference = buy(&stage, &mut dana).await;

    let my = dana.get("/my").await;
    assert!(
        my.text.contains("Әбілқайырова") && my.text.contains("1111"),
        "{}",
        my.text
    );
    assert!(!my.text.contains("4111 1111") && !my.text.contains("4111111111111111"));
    let change = dana.get("/my/change/first_name").await;
    let my = dana
        .fill(
            &change,
            "/my/change/first_name",
            &[("first_name", "Жанар"), ("step", "save")],
        )
        .await;
    assert!(my.text.contains("Жанар"), "{}", my.text);

    stage.staff("aliya", "sales").await;
    look(&stage, &site, &reference).await;
    let looks = dana.get("/my/accesses").await;
    assert!(looks.text.contains("2.2.7"), "{}", looks.text);

    let withdraw = dana.get("/my/withdraw").await;
    let again = dana
        .fill(&withdraw, "/my/withdraw", &[("step", "withdraw")])
        .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let worker = tokio::spawn(stage.system.clone().worker());
    let typed = [("understood", "yes"), ("step", "withdraw")];
    let receipt = dana.fill(&again, "/my/withdraw", &typed).await;
    worker.abort();
    assert!(
        receipt.path.starts_with("/receipt/"),
        "{} {}",
        receipt.path,
        receipt.text
    );
    assert!(dana.cookie("__Host-sandyq").is_none());
    let file = dana.get(&format!("{}/receipt.json", receipt.path)).await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(
        file.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert!(dana.get(&format!("/order/{reference}")).await.status != StatusCode::OK);
}

/// Staff set up a second factor and read the policy, then open the case for its purpose.
async fn look(stage: &Stage, site: &axum::Router, reference: &str) {
    let mut aliya = Browser::new(site);
    desk::sets_up(stage, &mut aliya, "aliya").await;
    let cases = desk::reads_the_policy(&mut aliya).await;
    assert!(cases.text.contains(reference), "{}", cases.text);
    let path = format!("/staff/cases/{reference}");
    let prompt = aliya.get(&path).await;
    let none = aliya.fill(&prompt, &path, &[]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = aliya.fill(&prompt, &path, &[("purpose", "2.2.11")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    assert!(refused.text.contains("/policy#clause-"));
    let case = aliya.fill(&prompt, &path, &[("purpose", "2.2.7")]).await;
    assert_eq!(case.status, StatusCode::OK, "{}", case.text);
    assert!(!case.text.contains("4111111111111111"));
}

#[tokio::test]
async fn the_way_back_answers_everybody_alike() {
    let stage = Stage::new();
    let site = stage.site();
    let reference = buy(&stage, &mut Browser::new(&site)).await;
    let mut pages = Vec::new();
    for (email, number) in [
        ("dana@example.com", &*reference),
        ("nobody@example.com", &*reference),
        ("dana@example.com", "SQ-0000-0000"),
    ] {
        let mut browser = Browser::new(&site);
        let door = browser.get("/my").await;
        let seen = browser
            .fill(
                &door,
                "/my",
                &[("email", email), ("reference", number), ("step", "ask")],
            )
            .await;
        let ticket = seen.path.trim_start_matches("/my/enter/").to_owned();
        let mut text = seen.text.replace(&ticket, "…");
        for value in seen.inputs().values().filter(|value| value.len() > 8) {
            text = text.replace(value, "…");
        }
        pages.push((seen.status, text));
    }
    assert!(pages.windows(2).all(|pair| pair[0] == pair[1]));
    // The letter of the first question is out before the second is asked.
    stage.code().await;

    let mut browser = Browser::new(&site);
    let door = browser.get("/my").await;
    let typed = [
        ("email", "dana@example.com"),
        ("reference", &*reference),
        ("step", "ask"),
    ];
    let page = browser.fill(&door, "/my", &typed).await;
    let code = stage.code().await;
    let wrong = browser
        .fill(&page, &page.path.clone(), &[("code", "000000"), ("step", "go")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The right code, in a browser that did not ask for it.
    let mut other = Browser::new(&site);
    let theirs = other.get(&page.path).await;
    let refused = other
        .fill(&theirs, &page.path.clone(), &[("code", &code), ("step", "go")])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let my = browser
        .fill(&wrong, &page.path.clone(), &[("code", &code), ("step", "go")])
        .await;
    assert!(my.text.contains("Әбілқайырова"), "{}", my.text);
}

#[tokio::test]
async fn nothing_is_stored_before_the_consent_and_nothing_goes_on_without_it() {
    let stage = Stage::new();
    let mut dana = Browser::new(&stage.site());
    let path = "/services/guest-purchase/kestel-office";
    let details = dana.get(path).await;
    let check = dana.fill(&details, path, &ANSWERS).await;
    let consent = dana.fill(&check, path, &[("step", "consent")]).await;
    assert!(!consent.text.contains(" checked"));
    let unticked = dana.fill(&consent, path, &[("step", "submit")]).await;
    assert_eq!(unticked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unticked.text.contains("<title>Error: "), "{}", unticked.text);
    stage.system.run_queue().await.unwrap();
    assert_eq!(stage.letter_count(), 0);
}

#[tokio::test]
async fn changing_the_language_keeps_the_place_and_what_was_typed() {
    let stage = Stage::new();
    let mut dana = Browser::new(&stage.site());
    let path = "/services/guest-purchase/kestel-office";
    let details = dana.get(path).await;
    let typed = [("last_name", "Әбілқайырова <b>"), ("step", "details-0")];
    let russian = dana
        .fill(&details, "/services/guest-purchase/kestel-office?lang=ru", &typed)
        .await;
    assert_eq!(russian.status, StatusCode::OK);
    assert!(russian.text.contains("<html lang=\"ru\">"));
    assert!(
        russian.text.contains("value=\"Әбілқайырова &lt;b&gt;\""),
        "{}",
        russian.text
    );
    assert!(dana.get("/services").await.text.contains("<html lang=\"ru\">"));
    let turned = dana.get("/policy?lang=kk").await;
    assert_eq!(turned.headers["location"], "/policy");
    assert!(dana.get("/policy").await.text.contains("<html lang=\"kk\">"));
}

#[tokio::test]
async fn without_the_operators_details_no_consent_is_taken() {
    let stage = Stage::run_by(None);
    let mut dana = Browser::new(&stage.site());
    let closed = dana.get("/services/guest-purchase/kestel-office").await;
    assert_eq!(closed.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(closed.text.contains("no consent"), "{}", closed.text);
}

#[tokio::test]
async fn a_submission_that_is_sent_twice_is_one() {
    let stage = Stage::new();
    let mut dana = Browser::new(&stage.site());
    let path = "/services/guest-purchase/kestel-office";
    let details = dana.get(path).await;
    let check = dana.fill(&details, path, &ANSWERS).await;
    let consent = dana.fill(&check, path, &[("step", "consent")]).await;
    let mut pairs: Vec<_> = consent.inputs().into_iter().collect();
    pairs.extend(consent.boxes());
    pairs.push(("step".into(), "submit".into()));
    let first = dana.post(path, &pairs).await;
    let second = dana.post(path, &pairs).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text);
    assert_eq!(first.headers["location"], second.headers["location"]);
    stage.system.run_queue().await.unwrap();
    assert_eq!(stage.letter_count(), 1);
}
