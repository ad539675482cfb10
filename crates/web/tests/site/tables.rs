//! 5.1.5: registers as tables for spreadsheets: what was typed is text in them, whatever it begins with, and a reader that is not ours
//! finds the same in them as stands on the page.

use std::io::Cursor;

use axum::body::Body;
use calamine::{Data, Reader, Xlsx};
use jiff::SignedDuration;
use sandyq_processing::transfer::NewRecipient;
use tower::ServiceExt;

use crate::breaches::{FOUND, signs_in};
use crate::browser::Browser;
use crate::stage::Stage;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The cells of the table of that register, as this browser gets it.
async fn table(stage: &Stage, browser: &Browser, register: &str) -> Vec<Vec<String>> {
    let path = format!("/staff/tables/{register}");
    let request = browser.request("GET", &path).body(Body::empty()).unwrap();
    let response = stage.site().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    assert_eq!(parts.status, 200, "{register}");
    assert_eq!(parts.headers["content-type"], XLSX);
    assert_eq!(parts.headers["x-content-type-options"], "nosniff");
    assert_eq!(
        parts.headers["content-disposition"],
        format!("attachment; filename=\"{register}.xlsx\"")
    );
    cells(axum::body::to_bytes(body, 1 << 22).await.unwrap().to_vec())
}

/// The cells of a table, each of which is text.
pub fn cells(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let name = book.sheet_names()[0].clone();
    let formulas = book.worksheet_formula(&name).unwrap();
    assert!(formulas.used_cells().all(|(_, _, formula)| formula.is_empty()));
    let range = book.worksheet_range(&name).unwrap();
    let text = |cell: &Data| match cell {
        Data::String(text) => text.clone(),
        Data::Empty => String::new(),
        other => panic!("a cell is no text: {other:?}"),
    };
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

#[tokio::test]
async fn registers_are_had_as_tables_by_those_who_read_them() {
    let stage = Stage::new();
    let (mut desk, _) = signs_in(&stage, "responsible").await;
    for register in ["breaches", "local-acts", "recipients", "disclosures"] {
        let empty = table(&stage, &desk, register).await;
        assert_eq!(empty.len(), 1, "an empty register has its head: {register}");
        assert!(empty[0].len() >= 8 && empty[0].iter().all(|name| !name.is_empty()));
    }
    let form = desk.get("/staff/breaches/new").await;
    desk.fill(&form, "/staff/breaches/new", &FOUND).await;
    let page = desk.get("/staff/breaches").await;
    assert!(
        page.text.contains("href=\"/staff/tables/breaches\""),
        "{}",
        page.text
    );
    let breaches = table(&stage, &desk, "breaches").await;
    assert_eq!(breaches.len(), 2);
    assert_eq!((breaches[1][0].as_str(), breaches[1][3].as_str()), ("1", "120"));
    // A name that a spreadsheet would take for a formula.
    let session = desk.cookie("__Host-sandyq").unwrap().clone();
    let caller = stage.system.caller(&session).await.unwrap().unwrap();
    let recipient = NewRecipient {
        kind: "distributor".to_owned(),
        name: "=HYPERLINK(\"https://example.com\")".to_owned(),
        country: "KZ".to_owned(),
        undertaking: "-7".to_owned(),
        undertaken_on: "2026-11-20".to_owned(),
        email: "office@example.kz".to_owned(),
        age_key: String::new(),
    };
    stage.system.enter_recipient(&caller, &recipient).await.unwrap();
    let recipients = table(&stage, &desk, "recipients").await;
    assert_eq!(recipients[1][0], "=HYPERLINK(\"https://example.com\")");
    assert_eq!(recipients[1][2], "-7");
    let (auditor, _) = signs_in(&stage, "auditor").await;
    assert_eq!(table(&stage, &auditor, "breaches").await, breaches);
    let acts = table(&stage, &auditor, "destructions").await;
    assert_eq!((acts.len(), acts[0].len()), (1, 8), "nothing was destroyed yet");
    let access = table(&stage, &auditor, "access").await;
    let mut names: Vec<&str> = access[1..].iter().map(|row| row[0].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["auditor", "responsible"]);
}

#[tokio::test]
async fn who_had_access_on_a_past_day_is_had_as_a_table_and_a_day_that_is_none_is_a_mistake() {
    let stage = Stage::new();
    signs_in(&stage, "auditor").await;
    let before = "2026-11-23";
    stage.clock.advance(SignedDuration::from_hours(48));
    let (mut auditor, _) = signs_in(&stage, "access").await;
    let form = auditor.get("/staff/access").await;
    let wrong = auditor
        .fill(
            &form,
            "/staff/access",
            &[("day", "31.11.2026"), ("step", "table")],
        )
        .await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    let inputs = form.inputs();
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs([
        ("token", &inputs["token"]),
        ("key", &inputs["key"]),
        ("day", &before.to_owned()),
    ]);
    body.append_pair("step", "table");
    let request = auditor
        .request("POST", "/staff/access")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body.finish()))
        .unwrap();
    let response = stage.site().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let name = format!("attachment; filename=\"access-{before}.xlsx\"");
    assert_eq!(parts.headers["content-disposition"], name);
    let rows = cells(axum::body::to_bytes(body, 1 << 22).await.unwrap().to_vec());
    let names: Vec<&str> = rows[1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(names, ["auditor"], "nobody who came later");
}
