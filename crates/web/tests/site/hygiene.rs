//! What every request meets and every answer carries (security 1).

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::browser::Browser;
use crate::stage::Stage;

#[tokio::test]
async fn every_answer_carries_the_headers_and_its_language() {
    let stage = Stage::new();
    let mut visitor = Browser::new(&stage.site());
    for path in [
        "/",
        "/policy",
        "/services",
        "/cookies",
        "/my",
        "/ledger",
        "/style.css",
        "/nothing",
        "/health",
    ] {
        let seen = visitor.get(path).await;
        let policy = seen.headers["content-security-policy"].to_str().unwrap();
        for part in [
            "default-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}");
        }
        assert_eq!(seen.headers["x-content-type-options"], "nosniff");
        assert_eq!(seen.headers["referrer-policy"], "no-referrer");
        assert!(!seen.headers.contains_key("strict-transport-security"));
        let kind = seen.headers["content-type"].to_str().unwrap();
        assert!(
            kind.contains("charset=utf-8") || kind.contains("svg"),
            "{path}: {kind}"
        );
        if kind.contains("html") {
            assert_eq!(seen.headers["cache-control"], "no-store", "{path}");
            assert!(seen.text.contains("<html lang=\"en\">"), "{path}");
        }
    }
}

#[tokio::test]
async fn a_script_runs_where_a_passkey_is_asked_for_and_nowhere_else() {
    let stage = Stage::new();
    let mut visitor = Browser::new(&stage.site());
    for (path, is_scripted) in [
        ("/sign-in", true),
        ("/sign-in/second/0123", true),
        ("/sign-in/forgotten", false),
        ("/", false),
        ("/my", false),
        ("/cookies", false),
        ("/staff/sign-in", false),
        ("/passkey.js", false),
    ] {
        let seen = visitor.get(path).await;
        let policy = seen.headers["content-security-policy"].to_str().unwrap();
        assert_eq!(policy.contains("script-src 'self'"), is_scripted, "{path}");
        assert_eq!(seen.text.contains("<script"), is_scripted, "{path}");
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
    }
    let script = visitor.get("/passkey.js").await;
    assert_eq!(script.headers["content-type"], "text/javascript; charset=utf-8");
}

#[tokio::test]
async fn a_passkey_is_asked_anew_each_time_and_answers_with_the_token_of_the_page() {
    let stage = Stage::new();
    let mut visitor = Browser::new(&stage.site());
    let challenge = |page: &str| page.split(" data-challenge=\"").nth(1).unwrap()[..54].to_owned();
    let door = visitor.get("/sign-in").await;
    let again = visitor.get("/sign-in").await;
    assert_ne!(challenge(&door.text), challenge(&again.text));
    assert!(door.text.contains(" data-site=\"example.kz\""));
    let answer = |token: &str| vec![("token".to_owned(), token.to_owned())];
    let foreign = visitor.post("/sign-in/passkey", &answer("foreign")).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let own = visitor
        .post("/sign-in/passkey", &answer(&door.inputs()["token"]))
        .await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(own.text.contains("id=\"passkey-wrong\""), "{}", own.text);
    let mut more = answer(&door.inputs()["token"]);
    more.push(("email".to_owned(), "dana@example.com".to_owned()));
    let more = visitor.post("/sign-in/passkey", &more).await;
    assert!(
        !more.text.contains("dana@example.com"),
        "no form of ours has that"
    );
    assert_eq!(visitor.get("/my/passkeys").await.headers["location"], "/my");
}

#[tokio::test]
async fn without_our_token_or_from_elsewhere_nothing_is_done() {
    let stage = Stage::new();
    let mut visitor = Browser::new(&stage.site());
    let door = visitor.get("/my").await;
    let typed = [
        ("email", "dana@example.com"),
        ("reference", "SQ-0000-0000"),
        ("step", "ask"),
    ];
    for token in ["", "foreign"] {
        let mut all = typed.to_vec();
        all.push(("token", token));
        assert_eq!(
            visitor.fill(&door, "/my", &all).await.status,
            StatusCode::FORBIDDEN
        );
    }
    let other = Browser::new(&stage.site()).get("/my").await;
    let token = other.inputs()["token"].clone();
    let mut all = typed.to_vec();
    all.push(("token", &token));
    assert_eq!(
        visitor.fill(&door, "/my", &all).await.status,
        StatusCode::FORBIDDEN
    );
    let cross = Request::post("/my")
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("email=a"))
        .unwrap();
    let seen = visitor.send(cross, "/my").await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    assert!(seen.text.contains("<h1>"));
}

#[tokio::test]
async fn a_field_that_the_form_does_not_have_rejects_the_whole_submission() {
    let stage = Stage::new();
    let mut visitor = Browser::new(&stage.site());
    let path = "/services/guest-purchase/kestel-office";
    let details = visitor.get(path).await;
    let seen = visitor
        .fill(&details, path, &[("iin", "061211600012"), ("step", "check")])
        .await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        seen.text.contains("iin") && !seen.text.contains("061211600012"),
        "{}",
        seen.text
    );
    let mut pairs: Vec<_> = details.inputs().into_iter().collect();
    pairs.push(("last_name".into(), "Омарова".into()));
    let seen = visitor.post(path, &pairs).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!seen.text.contains("Омарова"));
}

#[tokio::test]
async fn absent_and_forbidden_look_alike() {
    let stage = Stage::new();
    let mut visitor = Browser::new(&stage.site());
    let mut pages = Vec::new();
    for path in [
        "/receipt/0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff",
        "/receipt/nothing",
        "/no/such/page",
    ] {
        let seen = visitor.get(path).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND);
        pages.push(seen.text.replace(path, "…"));
    }
    let main = |page: &String| {
        page.split("<main")
            .nth(1)
            .unwrap()
            .split("</main>")
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(main(&pages[0]), main(&pages[1]));
    assert_eq!(main(&pages[1]), main(&pages[2]));
    for path in [
        "/my/accesses",
        "/my/withdraw",
        "/my/change/email",
        "/order/SQ-0000-0000",
        "/pay/SQ-0000-0000",
    ] {
        assert_eq!(visitor.get(path).await.headers["location"], "/my", "{path}");
    }
    for path in ["/staff/cases", "/staff/cases/SQ-0000-0000", "/staff/familiar"] {
        assert_eq!(
            visitor.get(path).await.headers["location"],
            "/staff/sign-in",
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_is_no_form_of_ours_is_turned_away_in_words() {
    let stage = Stage::new();
    let mut visitor = Browser::new(&stage.site());
    let send = |kind: &'static str, body: Vec<u8>| {
        Request::post("/my")
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap()
    };
    let json = visitor
        .send(send("application/json", b"{}".to_vec()), "/my")
        .await;
    assert_eq!(json.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let large = visitor
        .send(
            send("application/x-www-form-urlencoded", vec![b'a'; 140_000]),
            "/my",
        )
        .await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let put = Request::put("/my").body(Body::empty()).unwrap();
    let put = visitor.send(put, "/my").await;
    assert_eq!(put.status, StatusCode::METHOD_NOT_ALLOWED);
    for seen in [json, large, put] {
        assert!(seen.text.contains("<h1>"), "{}", seen.text);
    }
}

#[tokio::test]
async fn signing_out_is_a_post_and_leaves_nothing_behind() {
    let stage = Stage::new();
    let mut visitor = Browser::new(&stage.site());
    assert_eq!(
        visitor.get("/sign-out").await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    let token = visitor.get("/my").await.inputs()["token"].clone();
    let seen = visitor.post("/sign-out", &[("token".into(), token)]).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER);
    assert!(
        seen.headers["clear-site-data"]
            .to_str()
            .unwrap()
            .contains("cache")
    );
}

#[tokio::test]
async fn the_ledger_is_there_for_outsiders() {
    let stage = Stage::new();
    let mut visitor = Browser::new(&stage.site());
    let note = visitor.get("/ledger/checkpoint").await;
    assert_eq!(note.status, StatusCode::OK);
    assert!(
        note.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/plain")
    );
    for path in [
        "/ledger/tile/0/x001/234",
        "/ledger/tile/../../etc/passwd",
        "/ledger/tile/%2e%2e/x",
    ] {
        assert_eq!(visitor.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
