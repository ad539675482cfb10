//! 5.1.3-b: the people of a breach over HTTP: who is concerned is said by forms, the list is drawn by a step and never by a look, and
//! nobody but the responsible person finds any of it.

use axum::body::Body;
use axum::http::{StatusCode, header};
use tower::ServiceExt;

use crate::breaches::{FOUND, signs_in};
use crate::browser::{Browser, Seen};
use crate::matrix::{State, comes};
use crate::stage::Stage;
use crate::tables::cells;

const PEOPLE: &str = "/staff/breaches/1/people";
const LIST: &str = "/staff/breaches/1/list";

/// A breach, and somebody whom it may concern.
async fn begins(stage: &Stage) -> (Browser, String) {
    let (mut desk, _) = signs_in(stage, "responsible").await;
    let (_, reference) = comes(stage, 0, State::Active).await;
    let form = desk.get("/staff/breaches/new").await;
    desk.fill(&form, "/staff/breaches/new", &FOUND).await;
    (desk, reference)
}

async fn asks(desk: &mut Browser, how: &str, typed: &[(&str, &str)]) -> Seen {
    let path = format!("{PEOPLE}/{how}");
    let form = desk.get(&path).await;
    let typed: Vec<(&str, &str)> = typed.iter().copied().chain([("step", "enter")]).collect();
    desk.fill(&form, &path, &typed).await
}

#[tokio::test]
async fn people_are_found_listed_and_written_to_at_the_desk() {
    let stage = Stage::new();
    let (mut desk, reference) = begins(&stage).await;
    let breach = desk.get("/staff/breaches/1").await;
    assert!(
        breach.text.contains(&format!("href=\"{PEOPLE}\"")),
        "{}",
        breach.text
    );
    let empty = desk.get(PEOPLE).await;
    assert!(empty.text.contains("Nobody is in the list yet") && !empty.text.contains(LIST));
    let wrong = asks(&mut desk, "record", &[("reference", "SQ-0000-0000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("href=\"#reference\""));
    assert_eq!(
        wrong.inputs()["reference"],
        "SQ-0000-0000",
        "what was typed stays"
    );
    let found = asks(&mut desk, "record", &[("reference", &reference)]).await;
    assert_eq!((found.status, &*found.path), (StatusCode::OK, PEOPLE));
    assert!(found.text.contains("href=\"/staff/records/"), "{}", found.text);
    assert!(!found.text.contains("Ұлбосын"), "no name stands there");
    let sought = asks(
        &mut desk,
        "stored",
        &[("category-guest", "yes"), ("field-email", "yes")],
    )
    .await;
    assert!(sought.text.contains("<progress"), "{}", sought.text);
    let early = desk.get(LIST).await;
    assert!(early.text.contains("wait until the list is whole"));
    stage.system.run_queue().await.unwrap();
    assert!(!desk.get(PEOPLE).await.text.contains("<progress"));
    // A look at the page opens nothing; the step does.
    let form = desk.get(LIST).await;
    assert!(!form.text.contains("Ұлбосын"), "{}", form.text);
    let list = desk.fill(&form, LIST, &[("step", "draw")]).await;
    assert!(list.text.contains("Ұлбосын") && list.text.contains("+77015551201"));
    assert_eq!(list.headers["cache-control"], "no-store");
    let part = form.inputs()["part"].clone();
    let rows = table(
        &stage,
        &desk,
        &[&form.inputs()["token"], &form.inputs()["key"], &part],
    )
    .await;
    assert_eq!(rows.len(), 2);
    assert!(rows[1][1].contains("Ұлбосын"), "{rows:?}");
    let letters = [
        ("text-kk", "Ноутбук жоғалды."),
        ("text-ru", "Потерян ноутбук."),
        ("text-en", "A laptop <was> lost."),
        ("field-last_name", "yes"),
    ];
    let before = stage.letter_count();
    let written = asks(&mut desk, "letters", &letters).await;
    assert_eq!(&*written.path, PEOPLE, "{}", written.text);
    stage.system.run_queue().await.unwrap();
    assert_eq!(stage.letter_count(), before + 1);
    // Nobody is left to write to.
    assert_eq!(
        desk.get(&format!("{PEOPLE}/letters")).await.status,
        StatusCode::SEE_OTHER
    );
}

/// The list as a table, as a browser gets it.
async fn table(stage: &Stage, desk: &Browser, [token, key, part]: &[&String; 3]) -> Vec<Vec<String>> {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs([("token", token), ("key", key), ("part", part)]);
    body.append_pair("step", "table");
    let request = desk
        .request("POST", LIST)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body.finish()))
        .unwrap();
    let response = stage.site().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    assert_eq!(
        parts.headers["content-disposition"],
        "attachment; filename=\"breach-1-people.xlsx\""
    );
    cells(axum::body::to_bytes(body, 1 << 22).await.unwrap().to_vec())
}

#[tokio::test]
async fn what_the_forms_do_not_have_and_who_must_not_ask_get_nothing() {
    let stage = Stage::new();
    let (mut desk, reference) = begins(&stage).await;
    let form = desk.get(&format!("{PEOPLE}/record")).await;
    let foreign = [
        ("reference", reference.as_str()),
        ("staff", "x"),
        ("step", "enter"),
    ];
    let refused = desk.fill(&form, &format!("{PEOPLE}/record"), &foreign).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    asks(&mut desk, "record", &[("reference", &reference)]).await;
    let form = desk.get(LIST).await;
    for typed in [
        vec![("part", "first"), ("step", "draw")],
        vec![("step", "remove")],
        vec![("part", ""), ("step", "table")],
    ] {
        let refused = desk.fill(&form, LIST, &typed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
        assert!(!refused.text.contains("Ұлбосын"));
    }
    for path in [
        format!("{PEOPLE}/list"),
        format!("{PEOPLE}/everybody"),
        "/staff/breaches/9/people".to_owned(),
        "/staff/breaches/9/list".to_owned(),
    ] {
        assert_eq!(desk.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let token = form.inputs()["token"].clone();
    for role in ["auditor", "sales"] {
        let (mut other, _) = signs_in(&stage, role).await;
        for path in [PEOPLE.to_owned(), LIST.to_owned(), format!("{PEOPLE}/stored")] {
            assert_eq!(
                other.get(&path).await.status,
                StatusCode::NOT_FOUND,
                "{role} {path}"
            );
        }
        let sent = [("token", token.as_str()), ("part", "x"), ("step", "draw")];
        let sent = sent.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let refused = other.post(LIST, &sent).await;
        assert_ne!(refused.status, StatusCode::OK, "{role}");
    }
}
