//! 5.1.4-d: the number of what is another's, in each place in which a page takes one: the path, the question in the address, the fields
//! of a form. It is answered as a number that is nobody's, and nothing changes.

use axum::http::StatusCode;
use sandyq_processing::Language;
use sandyq_store::tables::staff_authenticator::{self, StaffAuthenticator};
use sandyq_store::{Commit, Statement};

use super::browser::{Browser, Seen};
use super::matrix::at_desk;
use super::there::{There, caller, done_since, filled, nobodys, sends};

/// A form with a place for a number: by whom it is sent, where, and what stands in it.
struct Sent<'a> {
    path: &'a str,
    typed: &'a [(&'a str, &'a str)],
}

/// The page without what differs from one to the next.
fn plain(seen: &Seen, numbers: &[&str]) -> String {
    let mut text = seen.text.replace(&seen.path, "…");
    for number in numbers {
        text = text.replace(number, "…");
    }
    let mut parts = text.split("name=\"key\" value=\"");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + part.split_once('"').unwrap().1)
}

/// Sends the form with what is another's, and with what is nobody's.
async fn alike(there: &There, browser: &mut Browser, sent: &Sent<'_>, [theirs, nobodys]: [&str; 2]) {
    let mut answers = Vec::new();
    for number in [nobodys, theirs] {
        let fill = |text: &str| filled(&text.replace("{it}", number), &there.real);
        let typed: Vec<(String, String)> = sent
            .typed
            .iter()
            .map(|(name, value)| (fill(name), fill(value)))
            .collect();
        let typed: Vec<(&str, String)> = typed
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        let (_, before) = done_since(&there.stage, 0).await;
        let letters = there.stage.letter_count();
        let seen = sends_as(browser, &fill(sent.path), &typed).await;
        let (done, _) = done_since(&there.stage, before).await;
        let about = format!("{} {:?}: {} {}", sent.path, sent.typed, seen.status, seen.text);
        assert_eq!(done, 0, "{about}");
        assert_eq!(letters, there.stage.letter_count(), "{about}");
        assert!(seen.status.is_client_error(), "{about}");
        answers.push((seen.status, plain(&seen, &[theirs, nobodys])));
    }
    assert_eq!(answers[0], answers[1], "{} {:?}", sent.path, sent.typed);
}

/// Sends by the token of whoever it is, person or staff.
async fn sends_as(browser: &mut Browser, path: &str, typed: &[(&str, String)]) -> Seen {
    let at_desk = browser.get("/staff/familiar").await;
    if at_desk.status == StatusCode::OK {
        return sends(browser, path, typed).await;
    }
    let own = browser.get("/my/requests/new").await.inputs().into_iter();
    let own = own.filter(|(name, _)| name == "token" || name == "key");
    let typed = typed
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()));
    let fields: Vec<(String, String)> = own.chain(typed).collect();
    browser.post(path, &fields).await
}

#[tokio::test]
async fn a_person_sends_what_is_another_persons() {
    let there = There::new().await;
    let system = &there.stage.system;
    let consents = system.my_consents(&there.person, Language::En).await.unwrap();
    let consent = consents[0].id.to_string();
    let session = system.my_sessions(&there.person).await.unwrap()[0].name.clone();
    let mut mara = Browser::new(&there.site);
    super::buy(&there.stage, &mut mara).await;
    let take_back = [("understood", "yes"), ("step", "take-back")];
    let path = "/my/consents/{it}/take-back";
    let sent = Sent {
        path,
        typed: &take_back,
    };
    alike(&there, &mut mara, &sent, [&consent, &nobodys(&consent)]).await;
    let end = [("session", "{it}"), ("step", "end")];
    let sent = Sent {
        path: "/my/sessions",
        typed: &end,
    };
    alike(&there, &mut mara, &sent, [&session, &nobodys(&session)]).await;
    let card = [
        ("card_number", "4111 1111 1111 1111"),
        ("card_holder", "MARA"),
        ("card_expiry", "08/29"),
        ("card_verification", "123"),
        ("step", "pay"),
    ];
    let sent = Sent {
        path: "/pay/{it}",
        typed: &card,
    };
    alike(
        &there,
        &mut mara,
        &sent,
        [&there.real["question"], "SQ-0000-0000"],
    )
    .await;
    let remove = [("current", "a long enough password"), ("code", "000000")];
    let sent = Sent {
        path: "/my/passkeys/{it}",
        typed: &remove,
    };
    alike(&there, &mut mara, &sent, [&consent, &nobodys(&consent)]).await;
    for place in ["record", "recipient", "proposal"] {
        let number = &there.real[place];
        let seen = mara.get(&format!("/receipt/{number}")).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{place} is no receipt");
        let absent = mara.get(&format!("/receipt/{}", nobodys(number))).await;
        assert_eq!(plain(&seen, &[]), plain(&absent, &[]));
    }
    let after = system.my_sessions(&there.person).await.unwrap();
    assert_eq!(after.len(), 1, "the other is still there");
}

/// Somebody is asked for a code in another browser.
async fn ticket(there: &There, browser: &mut Browser) -> String {
    let door = browser.get("/my").await;
    let typed = [
        ("email", "u2active@example.com"),
        ("reference", there.real["question"].as_str()),
        ("step", "ask"),
    ];
    let page = browser.fill(&door, "/my", &typed).await;
    page.path.trim_start_matches("/my/enter/").to_owned()
}

#[tokio::test]
async fn a_ticket_of_another_browser_opens_nothing_with_the_right_code() {
    let there = There::new().await;
    let mut theirs = Browser::new(&there.site);
    let entering = ticket(&there, &mut theirs).await;
    let code = there.stage.code().await;
    let mut other = Browser::new(&there.site);
    let bought = super::agree(&mut Browser::new(&there.site)).await;
    let confirming = bought.path.trim_start_matches("/confirm/").to_owned();
    let confirmation = there.stage.code().await;
    for (path, ticket, code) in [
        ("/my/enter/{it}", &entering, &code),
        ("/confirm/{it}", &confirming, &confirmation),
    ] {
        let mut answers = Vec::new();
        for number in [&nobodys(ticket), ticket] {
            let path = path.replace("{it}", number);
            let page = other.get(&path).await;
            let (_, before) = done_since(&there.stage, 0).await;
            let typed = [("code", code.as_str()), ("step", "go")];
            let seen = other.fill(&page, &path, &typed).await;
            let (done, _) = done_since(&there.stage, before).await;
            assert_eq!(done, 0, "{path}");
            assert!(seen.status.is_client_error(), "{path}: {}", seen.status);
            assert!(other.cookie("__Host-sandyq").is_none());
            answers.push((seen.status, plain(&seen, &[&entering, &confirming])));
        }
        assert_eq!(answers[0].0, answers[1].0, "{path}");
    }
    let page = theirs.get(&format!("/my/enter/{entering}")).await;
    let typed = [("code", code.as_str()), ("step", "go")];
    let my = theirs.fill(&page, &page.path.clone(), &typed).await;
    assert_eq!(my.path, "/my", "it is good still where it belongs: {}", my.text);
}

/// Gives somebody of staff a passkey that no device has.
async fn passkey_of(there: &There, browser: &Browser) -> String {
    let id = "7".repeat(32);
    let row = StaffAuthenticator {
        staff: caller(&there.stage, browser).await.actor.id,
        kind: format!("passkey-{id}"),
        sealed: vec![7; 64],
        step: 0,
        added_at: there.stage.system.now(),
        until: None,
        used_at: None,
    };
    let statements: Vec<Statement> = vec![staff_authenticator::add(&row)];
    let commit = Commit {
        statements,
        ..Commit::default()
    };
    there.stage.system.store().commit(commit).await.unwrap();
    id
}

#[tokio::test]
async fn somebody_of_staff_sends_what_is_a_colleagues() {
    let mut there = There::new().await;
    let colleague = at_desk(&there.stage, &there.site, "colleague", "sales").await;
    let session = {
        let colleague = caller(&there.stage, &colleague).await;
        let own = there.stage.system.my_sessions(&colleague).await.unwrap();
        own[0].name.clone()
    };
    let passkey = passkey_of(&there, &colleague).await;
    let mut desks = std::mem::take(&mut there.desks);
    for (role, browser) in &mut desks {
        let typed = [("session", "{it}"), ("step", "end")];
        let sent = Sent {
            path: "/staff/sessions",
            typed: &typed,
        };
        alike(&there, browser, &sent, [&session, &nobodys(&session)]).await;
        let typed = [
            ("current", "a long enough password"),
            ("code", "000000"),
            ("step", "remove"),
        ];
        let sent = Sent {
            path: "/staff/passkeys/{it}",
            typed: &typed,
        };
        alike(&there, browser, &sent, [&passkey, &nobodys(&passkey)]).await;
        let seen = browser.get(&format!("/staff/passkeys/{passkey}")).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{role}");
        for step in ["look", "take-back"] {
            let typed = [("step", step)];
            let sent = Sent {
                path: "/staff/emergency/{it}",
                typed: &typed,
            };
            let open = &there.real["open"];
            alike(&there, browser, &sent, [open, &nobodys(open)]).await;
        }
    }
    let at_sales = desks.iter_mut().find(|(role, _)| role == "sales");
    let (_, sales) = at_sales.unwrap();
    for (rest, typed) in OF_A_CASE {
        let path = format!("/staff/cases/{{it}}{rest}");
        let sent = Sent { path: &path, typed };
        alike(&there, sales, &sent, [&there.real["question"], "SQ-0000-0000"]).await;
    }
    assert_eq!(
        caller(&there.stage, &colleague).await.actor.role,
        caller(&there.stage, sales).await.actor.role,
        "the colleague is signed in still"
    );
}

/// What is sent about one case.
const OF_A_CASE: [(&str, &[(&str, &str)]); 8] = [
    ("", &[("purpose", "2.2.8"), ("step", "open")]),
    ("/reveal", &[("purpose", "2.2.8"), ("field", "email")]),
    ("/note", &[("purpose", "2.2.8"), ("note", "Wants a call")]),
    ("/take", &[]),
    ("/give-back", &[]),
    ("/publish", &[("step", "publish")]),
    (
        "/decide",
        &[
            ("decision", "answer-question"),
            ("written", "So it is."),
            ("step", "decide"),
        ],
    ),
    (
        "/hand-over",
        &[
            ("recipient", "{recipient}"),
            ("field-email", "yes"),
            ("step", "hand-over"),
        ],
    ),
];

/// A form of the board: where it is sent, what stands in it, what is another's, and what is nobody's if it is not made from that.
type AtTheBoard<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, &'a str);

/// An order to keep a record, entered by two; gives its number.
async fn hold(there: &There, second: &Browser) -> String {
    let system = &there.stage.system;
    let proposal = there.real["proposal"].parse().unwrap();
    let second = caller(&there.stage, second).await;
    system.agree(&second, proposal).await.unwrap();
    let record = system.overview(there.person.subject.unwrap()).await.unwrap();
    record.holds[0].id.to_string()
}

#[tokio::test]
async fn the_responsible_person_sends_what_belongs_to_another_record() {
    let mut there = There::new().await;
    let mut desks = std::mem::take(&mut there.desks);
    let seat = desks.iter_mut().find(|(role, _)| role == "responsible");
    let (_, board) = seat.unwrap();
    let hold = hold(&there, board).await;
    let line = there.real["line"].split_once('.').unwrap().1.to_owned();
    let consents = there.stage.system.my_consents(&there.person, Language::En);
    let consent = consents.await.unwrap()[0].id.to_string();
    let question = there.real["question"].clone();
    let record = there.real["record"].clone();
    let request = there.real["request"].clone();
    let lift: &[(&str, &str)] = &[("hold", "{it}"), ("lifted_document", "9-1"), ("step", "lift")];
    let cases: [AtTheBoard<'_>; 8] = [
        ("/staff/records/{other}", lift, &hold, ""),
        (
            "/staff/disclosures",
            &[("line", "{other}.{it}"), ("document", "9-2")],
            &line,
            "",
        ),
        (
            "/staff/requests/{request}",
            &[("into", "{it}"), ("step", "merge")],
            &question,
            "SQ-0000-0000",
        ),
        (
            "/staff/requests/{request}",
            &[("consent", "{it}"), ("step", "carry-out")],
            &consent,
            "",
        ),
        (
            "/staff/papers",
            &[("paper-{it}", "yes"), ("act", "1"), ("step", "note")],
            &request,
            "SQ-0000-0000",
        ),
        (
            "/staff/alike",
            &[
                ("one", "{one}"),
                ("other", "{it}"),
                ("because", "said"),
                ("step", "one-person"),
            ],
            &record,
            "",
        ),
        (
            "/staff/breaches/1/list",
            &[("part", "{it}"), ("step", "draw")],
            &record,
            "",
        ),
        (
            "/staff/requests/{it}",
            &[("step", "read")],
            &question,
            "SQ-0000-0000",
        ),
    ];
    for (path, typed, theirs, none) in cases {
        let none = if none.is_empty() {
            nobodys(theirs)
        } else {
            none.to_owned()
        };
        alike(&there, board, &Sent { path, typed }, [theirs, &none]).await;
    }
}

/// The ledger is asked about a person or a case by the number of an entry: whoever may not read it learns nothing from it.
#[tokio::test]
async fn the_ledger_is_asked_by_an_entry_that_is_there_and_one_that_is_not() {
    let mut there = There::new().await;
    let mut desks = std::mem::take(&mut there.desks);
    for (role, browser) in &mut desks {
        let reads = ["responsible", "auditor"].contains(&role.as_str());
        for question in ["of", "case"] {
            let known = browser.get(&format!("/staff/audit?{question}=3")).await;
            let absent = browser.get(&format!("/staff/audit?{question}=999999")).await;
            assert_eq!(absent.status, StatusCode::NOT_FOUND, "{role} {question}");
            let expected = if reads {
                StatusCode::OK
            } else {
                StatusCode::NOT_FOUND
            };
            assert_eq!(known.status, expected, "{role} {question}");
            if !reads {
                assert_eq!(
                    plain(&known, &[]).replace("=3", "=…"),
                    plain(&absent, &[]).replace("=999999", "=…")
                );
            }
        }
    }
}
