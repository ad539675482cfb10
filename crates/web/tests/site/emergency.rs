//! 5.1.7: a look in an emergency over the pages: who asks, who agrees, what is shown and for how long, and who judges.

use axum::http::StatusCode;
use jiff::SignedDuration;

use super::browser::{Browser, Seen};
use super::buy;
use super::desk::{reads_the_policy, sets_up};
use super::stage::Stage;

async fn at_desk(stage: &Stage, site: &axum::Router, name: &str, role: &str) -> Browser {
    stage.staff(name, role).await;
    let mut browser = Browser::new(site);
    sets_up(stage, &mut browser, name).await;
    reads_the_policy(&mut browser).await;
    browser
}

/// Sends a form that is not the form of the page, by its token.
async fn sends(browser: &mut Browser, path: &str, typed: &[(&str, &str)]) -> Seen {
    let fields = browser.get("/staff/familiar").await.inputs().into_iter();
    let mut fields: Vec<_> = fields
        .filter(|(name, _)| matches!(name.as_str(), "token" | "key"))
        .collect();
    fields.extend(
        typed
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    browser.post(path, &fields).await
}

/// The path of the first form on the page that begins so.
fn form(page: &Seen, begins: &str) -> String {
    let action = page.text.split(&format!("action=\"{begins}/")).nth(1);
    let id = action
        .unwrap_or_else(|| panic!("{}", page.text))
        .split('"')
        .next();
    format!("{begins}/{}", id.unwrap())
}

#[tokio::test]
async fn one_case_is_asked_for_agreed_to_looked_at_and_judged() {
    let stage = Stage::new();
    let site = stage.site();
    let mut owner = Browser::new(&site);
    let order = buy(&stage, &mut owner).await;
    let mut aliya = at_desk(&stage, &site, "aliya", "support").await;
    let mut aru = at_desk(&stage, &site, "aru", "responsible").await;

    let list = aliya.get("/staff/cases").await;
    assert!(list.text.contains("href=\"/staff/emergency\""));
    let page = aliya.get("/staff/emergency").await;
    let nothing = [("reference", "SQ-0000-0000"), ("reason", "loss"), ("step", "ask")];
    let nothing = aliya.fill(&page, "/staff/emergency", &nothing).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let blank = [("reference", order.as_str()), ("step", "ask")];
    let blank = aliya.fill(&page, "/staff/emergency", &blank).await;
    assert!(blank.text.contains("href=\"#reason\""), "{}", blank.text);
    assert!(blank.text.contains(&order), "what was typed stays");
    let typed = [("reference", order.as_str()), ("reason", "loss"), ("step", "ask")];
    let asked = aliya.fill(&page, "/staff/emergency", &typed).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    assert!(asked.text.contains("role=\"status\""));

    let proposals = aru.get("/staff/proposals").await;
    assert!(proposals.text.contains(&order));
    let agree = form(&proposals, "/staff/proposals");
    let agreed = sends(&mut aru, &agree, &[("step", "agree")]).await;
    assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.text);

    let open = aliya.get("/staff/emergency").await;
    let look = form(&open, "/staff/emergency");
    let got = aliya.get(&look).await;
    assert_eq!(got.status, StatusCode::METHOD_NOT_ALLOWED, "looking writes");
    let seen = sends(&mut aliya, &look, &[("step", "look")]).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    assert!(seen.text.contains("Алматы"), "{}", seen.text);
    assert!(
        !seen.text.contains("Әбілқайырова") && !seen.text.contains("4111"),
        "masked"
    );
    let revealed = [("step", "reveal"), ("field", "last_name")];
    let revealed = sends(&mut aliya, &look, &revealed).await;
    assert!(revealed.text.contains("Әбілқайырова"), "{}", revealed.text);
    let foreign = sends(&mut aru, &look, &[("step", "look")]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);

    let told = owner.get("/my/accesses").await;
    assert!(told.text.contains("in an emergency"), "{}", told.text);

    let early = aru.get("/staff/emergencies").await;
    assert!(early.text.contains(&order) && !early.text.contains("action=\"/staff/emergencies/"));
    stage.clock.advance(SignedDuration::from_mins(16));
    let over = sends(&mut aliya, &look, &[("step", "look")]).await;
    assert_eq!(over.status, StatusCode::NOT_FOUND);
    let judges = aru.get("/staff/emergencies").await;
    let judge = form(&judges, "/staff/emergencies");
    let question = sends(&mut aru, &judge, &[("step", "wrong")]).await;
    assert!(
        question.text.contains("fresh_number"),
        "sixteen minutes later a number is asked for"
    );
}

#[tokio::test]
async fn a_wrong_look_leads_to_the_register_of_breaches() {
    let stage = Stage::new();
    let site = stage.site();
    let mut owner = Browser::new(&site);
    let order = buy(&stage, &mut owner).await;
    let mut aliya = at_desk(&stage, &site, "aliya", "support").await;
    let mut aru = at_desk(&stage, &site, "aru", "responsible").await;
    let page = aliya.get("/staff/emergency").await;
    let typed = [
        ("reference", order.as_str()),
        ("reason", "danger"),
        ("step", "ask"),
    ];
    aliya.fill(&page, "/staff/emergency", &typed).await;
    let agree = form(&aru.get("/staff/proposals").await, "/staff/proposals");
    sends(&mut aru, &agree, &[("step", "agree")]).await;
    stage.clock.advance(SignedDuration::from_mins(16));
    let mut bek = at_desk(&stage, &site, "bek", "responsible").await;
    let judge = form(&bek.get("/staff/emergencies").await, "/staff/emergencies");
    let judged = sends(&mut bek, &judge, &[("step", "wrong")]).await;
    assert_eq!(judged.status, StatusCode::OK, "{}", judged.text);
    assert!(judged.text.contains("href=\"/staff/breaches/new\""));
    let again = sends(&mut bek, &judge, &[("step", "right")]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let mut other = at_desk(&stage, &site, "zarina", "auditor").await;
    let closed = sends(&mut other, &judge, &[("step", "right")]).await;
    assert_eq!(closed.status, StatusCode::NOT_FOUND);
}
