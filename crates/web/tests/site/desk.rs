//! 5.1.4: how staff come in over the pages, and when they are asked for a number again.

use axum::http::StatusCode;
use jiff::SignedDuration;
use sandyq_model::Plain;
use sandyq_processing::access::number_shown;

use super::browser::{Browser, Seen};
use super::stage::{PASSWORD, Stage};

/// Somebody gives their password and sets up a second factor; gives its secret.
pub async fn sets_up(stage: &Stage, browser: &mut Browser, name: &str) -> Plain<String> {
    let door = browser.get("/staff/sign-in").await;
    let typed = [("name", name), ("password", PASSWORD), ("step", "sign-in")];
    let set_up = browser.fill(&door, "/staff/sign-in", &typed).await;
    assert_eq!(set_up.path, "/staff/set-up");
    let early = browser.get("/staff/cases").await;
    assert_eq!(
        early.headers["location"], "/staff/sign-in",
        "nothing opens by a password alone"
    );
    let secret = set_up.text.split("id=\"secret\">").nth(1).unwrap();
    let secret = Plain::new(secret.split('<').next().unwrap().replace(' ', ""));
    let number = number_shown(&secret, stage.system.now()).unwrap();
    let code = [("code", number.expose().as_str()), ("step", "set")];
    let codes = browser.fill(&set_up, "/staff/set-up", &code).await;
    assert_eq!(codes.text.matches("<li><code>").count(), 10, "{}", codes.text);
    secret
}

/// Somebody reads the policy, where that is still to be done; gives the page after it.
pub async fn reads_the_policy(browser: &mut Browser) -> Seen {
    let sent_on = browser.get("/staff/cases").await;
    assert_eq!(sent_on.headers["location"], "/staff/familiar");
    let familiar = browser.get("/staff/familiar").await;
    let typed = [("read", "yes"), ("step", "accept")];
    browser.fill(&familiar, "/staff/familiar", &typed).await
}

#[tokio::test]
async fn a_number_is_asked_for_again_and_nothing_of_what_was_typed_is_lost() {
    let stage = Stage::new();
    let site = stage.site();
    stage.staff("aliya", "support").await;
    let mut aliya = Browser::new(&site);
    let secret = sets_up(&stage, &mut aliya, "aliya").await;
    reads_the_policy(&mut aliya).await;
    let path = "/staff/cases/SQ-0000-0000/decide";
    let mut fields: Vec<(String, String)> = aliya.get("/staff/familiar").await.inputs().into_iter().collect();
    let typed = [
        ("decision", "answer-question"),
        ("written", "Written with \"care\"\nand at length"),
        ("step", "decide"),
    ];
    fields.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let lately = aliya.post(path, &fields).await;
    assert_eq!(
        lately.status,
        StatusCode::NOT_FOUND,
        "there is no such case: {}",
        lately.text
    );

    stage.clock.advance(SignedDuration::from_mins(11));
    let session = aliya.cookie("__Host-sandyq").unwrap().clone();
    let asked = aliya.post(path, &fields).await;
    assert_eq!(asked.status, StatusCode::OK);
    let kept = asked.inputs();
    assert_eq!(kept["written"], "Written with \"care\"\nand at length");
    assert_eq!(kept["decision"], "answer-question");
    let wrong = [("fresh_number", "000000"), ("step", "decide")];
    let asked = aliya.fill(&asked, path, &wrong).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(asked.inputs()["written"], kept["written"]);
    let number = number_shown(&secret, stage.system.now()).unwrap();
    let right = [("fresh_number", number.expose().as_str()), ("step", "decide")];
    let done = aliya.fill(&asked, path, &right).await;
    assert_eq!(done.status, StatusCode::NOT_FOUND, "the step is done now");
    assert_ne!(*aliya.cookie("__Host-sandyq").unwrap(), session, "another secret");
    assert_eq!(aliya.get("/staff/sessions").await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_may_not_ask_for_access_or_invite_finds_nothing_there() {
    let stage = Stage::new();
    let site = stage.site();
    for (name, role, status) in [
        ("aliya", "sales", StatusCode::NOT_FOUND),
        ("bolat", "administrator", StatusCode::OK),
    ] {
        stage.staff(name, role).await;
        let mut browser = Browser::new(&site);
        sets_up(&stage, &mut browser, name).await;
        reads_the_policy(&mut browser).await;
        for path in ["/staff/access", "/staff/invite"] {
            assert_eq!(browser.get(path).await.status, status, "{name} {path}");
        }
    }
}

#[tokio::test]
async fn a_contact_is_looked_for_by_sending_it_and_a_filter_keeps_no_other_word() {
    let stage = Stage::new();
    let site = stage.site();
    stage.staff("aliya", "support").await;
    let mut aliya = Browser::new(&site);
    sets_up(&stage, &mut aliya, "aliya").await;
    reads_the_policy(&mut aliya).await;

    let search = aliya.get("/staff/search").await;
    let in_address = aliya.get("/staff/search?contact=mara@example.com").await;
    assert!(
        !in_address.text.contains("mara@example.com"),
        "an address looks for nobody"
    );
    let typed = [
        ("contact", "mara@example.com"),
        ("purpose", "2.2.8"),
        ("step", "search"),
    ];
    let nothing = aliya.fill(&search, "/staff/search", &typed).await;
    assert_eq!(nothing.status, StatusCode::OK, "{}", nothing.text);
    let wrong = [("contact", "mara"), ("step", "search")];
    let wrong = aliya.fill(&search, "/staff/search", &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

    let list = aliya
        .get("/staff/cases?kind=question&order=oldest&name=Mara")
        .await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(!list.text.contains("Mara"));
    for query in [
        "kind=application",
        "state=unpaid",
        "owner=Mara",
        "due=never",
        "reference=mara@a.kz",
    ] {
        let wrong = aliya.get(&format!("/staff/cases?{query}")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
    let fields = aliya.get("/staff/familiar").await.inputs().into_iter();
    let fields: Vec<_> = fields
        .filter(|(name, _)| matches!(name.as_str(), "token" | "key"))
        .collect();
    let absent = aliya.post("/staff/cases/SQ-0000-0000/take", &fields).await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_figures_are_the_responsible_persons() {
    let stage = Stage::new();
    let site = stage.site();
    for (name, role, status) in [
        ("gulmira", "responsible", StatusCode::OK),
        ("aliya", "sales", StatusCode::NOT_FOUND),
    ] {
        stage.staff(name, role).await;
        let mut browser = Browser::new(&site);
        sets_up(&stage, &mut browser, name).await;
        reads_the_policy(&mut browser).await;
        let figures = browser.get("/staff/requests/figures").await;
        assert_eq!(figures.status, status, "{name}");
        let wrong = browser.get("/staff/requests/figures?from=yesterday").await;
        assert_eq!(
            wrong.status == StatusCode::UNPROCESSABLE_ENTITY,
            status == StatusCode::OK
        );
    }
}

/// Where the link to that language leads, and where that leads on.
async fn in_another_language(browser: &mut Browser, page: &str, tag: &str) -> String {
    let seen = browser.get(page).await;
    let hreflang = format!("\" hreflang=\"{tag}\" lang=\"{tag}\"");
    let (before, _) = seen.text.split_once(&hreflang).expect("a link to the language");
    let link = before.rsplit("href=\"").next().unwrap().replace("&amp;", "&");
    browser.get(&link).await.headers["location"]
        .to_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn another_language_keeps_the_question_to_a_list_and_nothing_else() {
    let stage = Stage::new();
    let site = stage.site();
    stage.staff("aliya", "sales").await;
    stage.staff("gulmira", "responsible").await;
    let mut aliya = Browser::new(&site);
    let mut gulmira = Browser::new(&site);
    for (browser, name) in [(&mut aliya, "aliya"), (&mut gulmira, "gulmira")] {
        sets_up(&stage, browser, name).await;
        reads_the_policy(browser).await;
    }
    for page in [
        "/staff/requests?kind=inform&channel=letter&due=soon&page=3",
        "/staff/requests/closed?kind=access",
        "/staff/requests/figures?from=2026-11-01&to=2026-11-20",
        "/staff/audit?deed=extract&outcome=refused&clause=4.2%231&from=2026-11-01&to=2026-11-20&before=7",
        "/staff/local-acts?page=2",
        "/staff/recipients",
    ] {
        for tag in ["ru", "en"] {
            assert_eq!(in_another_language(&mut gulmira, page, tag).await, page);
        }
        in_another_language(&mut gulmira, page, "kk").await;
    }
    let kept = "/staff/cases?kind=order&reference=SQ-0000-0000";
    for (asked, kept) in [
        ("/staff/cases?kind=order&page=2", "/staff/cases?kind=order&page=2"),
        ("/staff/cases?kind=order&reference=SQ-0000-0000&name=Mara", kept),
        // What could be somebody's is left out, and with it the page of a list that it was part of.
        ("/staff/cases?reference=87011234567&page=3", "/staff/cases"),
        (
            "/staff/cases?owner=Mara%20Omar&kind=order&page=3",
            "/staff/cases?kind=order",
        ),
        ("/staff/cases?did=taken&of=SQ-0000-0000", "/staff/cases"),
    ] {
        assert_eq!(
            in_another_language(&mut aliya, asked, "ru").await,
            kept,
            "{asked}"
        );
        in_another_language(&mut aliya, asked, "kk").await;
    }
}

#[tokio::test]
async fn a_member_of_staff_changes_the_password_on_a_page_of_their_own() {
    let stage = Stage::new();
    let site = stage.site();
    stage.staff("aliya", "sales").await;
    let mut aliya = Browser::new(&site);
    let secret = sets_up(&stage, &mut aliya, "aliya").await;
    reads_the_policy(&mut aliya).await;
    let sessions = aliya.get("/staff/sessions").await;
    assert!(sessions.text.contains("href=\"/staff/password\""));
    stage.clock.advance(SignedDuration::from_secs(60));
    let number = number_shown(&secret, stage.system.now()).unwrap();
    let form = aliya.get("/staff/password").await;
    let chosen = "nine grey wolves at dusk";
    let typed = |current: &'static str, code: &str| {
        let typed = [
            ("current", current),
            ("code", code),
            ("password", chosen),
            ("step", "choose"),
        ];
        typed.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let mut answers = Vec::new();
    for (current, code) in [
        ("another long password", number.expose().as_str()),
        (PASSWORD, "000000"),
    ] {
        let typed = typed(current, code);
        let typed = typed
            .each_ref()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let wrong = aliya.fill(&form, "/staff/password", &typed).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!wrong.text.contains(chosen) && !wrong.text.contains(current));
        answers.push(wrong.text);
    }
    assert_eq!(answers[0].len(), answers[1].len(), "the two look alike");
    let session = aliya.cookie("__Host-sandyq").unwrap().clone();
    let typed = typed(PASSWORD, number.expose());
    let typed = typed
        .each_ref()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let done = aliya.fill(&form, "/staff/password", &typed).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert!(done.text.contains("role=\"status\""));
    assert_ne!(*aliya.cookie("__Host-sandyq").unwrap(), session);
    assert_eq!(aliya.get("/staff/sessions").await.status, StatusCode::OK);
}
