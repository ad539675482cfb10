//! 3, 5.1.2: the operator's own documents over HTTP: entered with a file, read by those whom it is for, and handed out in a way that
//! no browser ever shows them as a page of ours.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};
use jiff::SignedDuration;
use sandyq_model::Plain;
use sandyq_processing::access::number_shown;

use crate::breaches::signs_in;
use crate::browser::{Browser, Seen};
use crate::desk::{reads_the_policy, sets_up};
use crate::stage::Stage;

const NEW: &str = "/staff/local-acts/new";
const RULES: [(&str, &str); 8] = [
    ("kind", "rules"),
    ("title", "Rules <for> personal data"),
    ("document", "№ 14-P"),
    ("version", "1"),
    ("adopted_on", "2026-11-20"),
    ("approver", "director"),
    ("in_force_since", "2026-11-20"),
    ("step", "enter"),
];

/// What stands in the form of that page, which has a file and so no buttons for the language.
fn inputs(page: &Seen) -> BTreeMap<String, String> {
    let form = format!("<form method=\"post\" action=\"{NEW}\"");
    let text = page.text.replace(&form, "<form id=\"journey\"");
    let page = Seen {
        status: page.status,
        headers: page.headers.clone(),
        text,
        path: page.path.clone(),
    };
    page.inputs()
}

/// Sends the form of that page with a file.
async fn sends(browser: &mut Browser, page: &Seen, typed: &[(&str, &str)], file: &str) -> Seen {
    let inputs = inputs(page);
    let own = ["token", "key"].map(|name| (name, inputs[name].as_str()));
    let mut body = String::new();
    for (name, value) in own.iter().chain(typed) {
        body.push_str(&format!(
            "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    body.push_str(&format!(
        "--x\r\nContent-Disposition: form-data; name=\"scan\"; filename=\"../../a.html\"\r\n\
         Content-Type: text/html\r\n\r\n{file}\r\n--x--\r\n"
    ));
    let request: Request<Body> = browser
        .request("POST", NEW)
        .header(CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(Body::from(body))
        .unwrap();
    browser.send(request, NEW).await
}

#[tokio::test]
async fn a_document_is_entered_at_the_desk_and_whoever_may_read_it_gets_a_file() {
    let stage = Stage::new();
    let (mut desk, board) = signs_in(&stage, "responsible").await;
    assert!(board.text.contains("href=\"/staff/local-acts\""));
    let form = desk.get(NEW).await;
    let wrong = sends(&mut desk, &form, &RULES, "<script>alert(1)</script>").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    assert!(wrong.text.contains("href=\"#scan\""), "{}", wrong.text);
    assert_eq!(inputs(&wrong)["version"], "1", "what was typed stays");
    let internal = sends(&mut desk, &wrong, &RULES, "%PDF-1.7\none\n%%EOF").await;
    assert_eq!(internal.status, StatusCode::SEE_OTHER, "{}", internal.text);
    let form = desk.get(NEW).await;
    let public = [&RULES[..], &[("public", "yes"), ("replaces", "1")]].concat();
    let done = sends(&mut desk, &form, &public, "%PDF-1.7\ntwo\n%%EOF").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let register = desk.get("/staff/local-acts").await;
    assert!(register.text.contains("Rules &lt;for&gt; personal data"));
    assert!(!register.text.contains("<for>"), "what was typed is text");
    let foreign = [&RULES[..], &[("number", "7")]].concat();
    let refused = sends(&mut desk, &form, &foreign, "%PDF-1.7\nthree\n%%EOF").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    let (mut auditor, ledger) = signs_in(&stage, "auditor").await;
    assert!(ledger.text.contains("href=\"/staff/local-acts\""));
    let register = auditor.get("/staff/local-acts").await;
    assert!(!register.text.contains(NEW), "the auditor enters nothing");
    let read = auditor.get("/staff/local-acts/1/file").await;
    assert_eq!(read.text, "%PDF-1.7\none\n%%EOF");
    is_only_kept(&read);

    let mut stranger = Browser::new(&stage.site());
    let list = stranger.get("/documents").await;
    assert!(list.text.contains("href=\"/documents/2\""), "{}", list.text);
    assert!(!list.text.contains("href=\"/documents/1\""));
    let read = stranger.get("/documents/2").await;
    assert_eq!(read.text, "%PDF-1.7\ntwo\n%%EOF");
    is_only_kept(&read);
    let (internal, absent) = (
        stranger.get("/documents/1").await,
        stranger.get("/documents/9").await,
    );
    assert_eq!(internal.status, StatusCode::NOT_FOUND);
    let plain = |seen: &Seen| seen.text.replace("/documents/1", "").replace("/documents/9", "");
    assert_eq!(
        plain(&internal),
        plain(&absent),
        "what is internal looks like nothing"
    );
    assert!(stranger.get("/policy").await.text.contains("href=\"/documents\""));
}

/// Somebody of staff who reads the policy, with the secret of the second factor.
async fn desk_with_secret(stage: &Stage) -> (Browser, Plain<String>) {
    stage.staff("responsible", "responsible").await;
    let mut desk = Browser::new(&stage.site());
    let secret = sets_up(stage, &mut desk, "responsible").await;
    reads_the_policy(&mut desk).await;
    (desk, secret)
}

#[tokio::test]
async fn a_document_is_entered_and_taken_off_the_site_with_a_fresh_number() {
    let stage = Stage::new();
    let (mut desk, secret) = desk_with_secret(&stage).await;
    let form = desk.get(NEW).await;
    assert!(!form.text.contains("fresh_number"), "a number was given just now");
    stage.clock.advance(SignedDuration::from_mins(11));
    let file = "%PDF-1.7\none\n%%EOF";
    let public = [&RULES[..], &[("public", "yes")]].concat();
    let asked = sends(&mut desk, &form, &public, file).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", asked.text);
    assert!(asked.text.contains("href=\"#fresh_number\""), "{}", asked.text);
    assert_eq!(inputs(&asked)["version"], "1", "what was typed stays");
    for wrong in ["", "000000"] {
        let with_number = [&public[..], &[("fresh_number", wrong)]].concat();
        let refused = sends(&mut desk, &asked, &with_number, file).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let mut stranger = Browser::new(&stage.site());
    let absent = stranger.get("/documents/1").await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND, "nothing was entered");
    let form = desk.get(NEW).await;
    assert!(form.text.contains("fresh_number"), "the page asks by itself");
    let number = number_shown(&secret, stage.system.now()).unwrap();
    let right = [&public[..], &[("fresh_number", number.expose().as_str())]].concat();
    let done = sends(&mut desk, &form, &right, file).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(stranger.get("/documents/1").await.status, StatusCode::OK);

    let hide = "/staff/local-acts/1/hide";
    let register = desk.get("/staff/local-acts").await;
    assert!(
        register.text.contains(&format!("href=\"{hide}\"")),
        "{}",
        register.text
    );
    stage.clock.advance(SignedDuration::from_mins(11));
    let page = desk.get(hide).await;
    let asked = desk.fill(&page, hide, &[("step", "hide")]).await;
    assert!(asked.text.contains("fresh_number"), "{}", asked.text);
    assert_eq!(stranger.get("/documents/1").await.status, StatusCode::OK);
    let number = number_shown(&secret, stage.system.now()).unwrap();
    let right = [("fresh_number", number.expose().as_str()), ("step", "hide")];
    let done = desk.fill(&asked, hide, &right).await;
    assert_eq!(&*done.path, "/staff/local-acts", "{}", done.text);
    assert!(!done.text.contains(hide), "once");
    let off = stranger.get("/documents/1").await;
    assert_eq!((off.status, off.text), (absent.status, absent.text));
    assert!(!stranger.get("/documents").await.text.contains("/documents/1"));
    assert_eq!(desk.get("/staff/local-acts/1/file").await.text, file);
}

/// A browser keeps it under a name of ours, and does not guess what it is.
fn is_only_kept(file: &Seen) {
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers["content-type"], "application/pdf");
    let disposition = file.headers["content-disposition"].to_str().unwrap();
    assert!(
        disposition.starts_with("attachment; filename=\"document-"),
        "{disposition}"
    );
    assert_eq!(file.headers["x-content-type-options"], "nosniff");
    let policy = file.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"));
}
