//! 5.1.4-d: each page about one object, by each role, while the object is there. Whoever may not see it gets what they would get if it
//! were not there: the same status and the same page.

use axum::http::StatusCode;

use super::there::{There, filled};

const BOARD: &[&str] = &["responsible"];
const READERS: &[&str] = &["responsible", "auditor"];
const GIVERS: &[&str] = &["responsible", "administrator", "access"];
const SUPPORT: &[&str] = &["support"];

/// Who opens what, while it is there; for everybody else it is not.
const OBJECTS: [(&str, &[&str]); 18] = [
    ("/staff/requests/{request}", BOARD),
    ("/staff/records/{record}", BOARD),
    ("/staff/records/{record}/hand-over", BOARD),
    ("/staff/recipients/{recipient}", BOARD),
    ("/staff/breaches/{number}", READERS),
    ("/staff/breaches/{number}/measure", BOARD),
    ("/staff/breaches/{number}/people", BOARD),
    ("/staff/breaches/{number}/people/record", BOARD),
    ("/staff/breaches/{number}/people/stored", BOARD),
    ("/staff/breaches/{number}/people/looks", BOARD),
    ("/staff/breaches/{number}/list", BOARD),
    ("/staff/breaches/{number}/notice/kk", READERS),
    ("/staff/breaches/{number}/notice/en", READERS),
    ("/staff/local-acts/{number}/file", READERS),
    ("/staff/accounts/{account}", GIVERS),
    ("/staff/cases/{question}/decide", SUPPORT),
    ("/staff/cases/{question}/hand-over", SUPPORT),
    ("/staff/cases/{promotion}/decide", &["sales"]),
];

/// Only written to: no page of theirs is ever got, there or not.
const WRITTEN_TO: [&str; 10] = [
    "/staff/emergency/{open}",
    "/staff/emergency/{past}",
    "/staff/emergencies/{past}",
    "/staff/proposals/{proposal}",
    "/staff/cases/{question}/take",
    "/staff/cases/{question}/give-back",
    "/staff/cases/{question}/note",
    "/staff/cases/{question}/reveal",
    "/staff/cases/{question}/publish",
    "/staff/records",
];

#[tokio::test]
async fn what_is_there_and_closed_looks_like_what_is_not_there() {
    let there = There::new().await;
    let mut desks = there.desks;
    let mut seen_by = Vec::new();
    for (name, browser) in &mut desks {
        for (path, roles) in OBJECTS {
            let (real, none) = (filled(path, &there.real), filled(path, &there.absent));
            let (seen, absent) = (browser.get(&real).await, browser.get(&none).await);
            assert_eq!(absent.status, StatusCode::NOT_FOUND, "{name} at {none}");
            if roles.contains(&name.as_str()) {
                assert_eq!(seen.status, StatusCode::OK, "{name} at {real}: {}", seen.text);
                seen_by.push(path);
                continue;
            }
            assert_eq!(
                seen.status,
                StatusCode::NOT_FOUND,
                "{name} at {real}: {}",
                seen.text
            );
            assert_eq!(
                seen.text.replace(&real, ""),
                absent.text.replace(&none, ""),
                "{name} at {real}"
            );
        }
        for path in WRITTEN_TO {
            for places in [&there.real, &there.absent] {
                let seen = browser.get(&filled(path, places)).await;
                assert_eq!(seen.status, StatusCode::METHOD_NOT_ALLOWED, "{name} at {path}");
            }
        }
        // The question for a purpose is the same for what is there and what is not.
        let (real, none) = ("/staff/cases/{question}", "SQ-0000-0000");
        let prompt = browser.get(&filled(real, &there.real)).await;
        let nothing = browser.get(&filled(real, &there.absent)).await;
        let plain = |text: &str| {
            let text = text.replace(&there.real["question"], none);
            let parts: Vec<&str> = text.split("name=\"key\" value=\"").collect();
            let rest = parts.iter().skip(1).map(|part| part.split_once('"').unwrap().1);
            format!("{}{}", parts[0], rest.collect::<String>())
        };
        assert_eq!(prompt.status, nothing.status);
        assert_eq!(plain(&prompt.text), plain(&nothing.text), "{name}");
    }
    assert!(
        OBJECTS.iter().all(|(path, _)| seen_by.contains(path)),
        "each is open to somebody"
    );
}
