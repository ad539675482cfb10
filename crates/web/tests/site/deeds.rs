//! 5.1.4: each form of the console, sent by each role, with a token of their own and about an object that is there. Whoever is not in the
//! table is refused as if there were nothing, and nothing is done.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use super::routes::paths_sent_to;
use super::there::{There, done_since, filled, sends, sends_file};

const BOARD: &[&str] = &["responsible"];
const GIVERS: &[&str] = &["responsible", "administrator", "access"];
const SUPPORT: &[&str] = &["support"];
const DESKS: &[&str] = &["sales", "support", "events", "service-desk", "recruiter"];
const NOBODY: &[&str] = &[];
/// A filter that one keeps is one's own, and says nothing of a case.
const EVERYBODY: &[&str] = &[
    "responsible",
    "auditor",
    "administrator",
    "access",
    "statistics",
    "sales",
    "support",
    "events",
    "service-desk",
    "recruiter",
];
/// Takes many cases, and says of each that it is not on the desk: absent or another's.
const OF_MANY: &str = "/staff/cases/together";
/// What whoever may send it does not find here: no address is set up, the line is not recalled, and the proposal is answered by then.
const NOT_HERE: [(&str, &str); 3] = [
    ("/staff/recipients/{recipient}", "enter-address"),
    ("/staff/disclosures", ""),
    ("/staff/proposals/{proposal}", "turn-down"),
];

/// A form: where it is sent, what stands in it, and who may send it. What changes or closes an object comes last of that object.
type Deed = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

const OF_THE_BOARD: [Deed; 26] = [
    ("/staff/requests/{request}", &[("step", "read")], BOARD),
    (
        "/staff/requests/{request}",
        &[("step", "draft"), ("answer", "Nothing.")],
        BOARD,
    ),
    ("/staff/requests/{request}", &[("step", "decide")], BOARD),
    ("/staff/requests/{request}", &[("step", "carry-out")], BOARD),
    ("/staff/requests/{request}", &[("step", "answer")], BOARD),
    (
        "/staff/requests/{second}",
        &[("step", "refuse"), ("norm", "no-right")],
        BOARD,
    ),
    (
        "/staff/requests/{second}",
        &[("step", "merge"), ("into", "{request}")],
        BOARD,
    ),
    (
        "/staff/requests/new",
        &[("kind", "question"), ("channel", "letter")],
        BOARD,
    ),
    ("/staff/records", &[("of", "{question}")], BOARD),
    ("/staff/records/{record}", &[("step", "alike")], BOARD),
    ("/staff/records/{record}", &[("step", "destroy")], BOARD),
    (
        "/staff/records/{record}",
        &[
            ("step", "hold"),
            ("ordered_by", "court"),
            ("article", "Civil Procedure Code, Art. 156"),
            ("document", "3-1"),
            ("dated", "2026-11-21"),
        ],
        BOARD,
    ),
    (
        "/staff/records/{record}/hand-over",
        &[
            ("step", "hand-over"),
            ("recipient", "{recipient}"),
            ("field-email", "yes"),
            ("article", "Tax Code, Art. 26"),
            ("document", "17-3"),
            ("dated", "2026-11-20"),
        ],
        BOARD,
    ),
    ("/staff/records/{other}", &[("step", "block")], BOARD),
    ("/staff/records/{other}", &[("step", "unblock")], BOARD),
    (
        "/staff/recipients",
        &[
            ("step", "enter"),
            ("kind", "state-body"),
            ("name", "Statistics Office"),
            ("country", "KZ"),
        ],
        BOARD,
    ),
    (
        "/staff/recipients/{recipient}",
        &[("step", "enter-address"), ("address", "https://example.kz/in")],
        BOARD,
    ),
    (
        "/staff/recipients",
        &[("step", "close"), ("recipient", "{recipient}")],
        BOARD,
    ),
    (
        "/staff/disclosures",
        &[("line", "{line}"), ("document", "17-4")],
        BOARD,
    ),
    (
        "/staff/alike",
        &[
            ("one", "{one}"),
            ("other", "{other}"),
            ("because", "said"),
            ("step", "not-one-person"),
        ],
        BOARD,
    ),
    (
        "/staff/papers",
        &[("paper-{request}", "yes"), ("act", "1"), ("step", "note")],
        BOARD,
    ),
    (
        "/staff/local-acts/new",
        &[("kind", "rules"), ("title", "Rules")],
        BOARD,
    ),
    ("/staff/local-acts/{number}/hide", &[("step", "hide")], BOARD),
    ("/staff/proposals/{proposal}", &[("step", "agree")], BOARD),
    ("/staff/proposals/{proposal}", &[("step", "turn-down")], BOARD),
    ("/staff/emergencies/{past}", &[("step", "right")], BOARD),
];

const OF_BREACHES: [Deed; 6] = [
    (
        "/staff/breaches/new",
        &[
            ("kind", "spread"),
            ("day", "2026-11-20"),
            ("time", "10:00"),
            ("category-guest", "yes"),
            ("people", "12"),
            ("words", "A list was lost."),
            ("step", "enter"),
        ],
        BOARD,
    ),
    (
        "/staff/breaches/{number}/{step}",
        &[("words", "It was wiped."), ("step", "enter")],
        BOARD,
    ),
    (
        "/staff/breaches/{number}/people/{how}",
        &[("reference", "{question}"), ("step", "enter")],
        BOARD,
    ),
    (
        "/staff/breaches/{number}/list",
        &[("part", "{record}"), ("step", "draw")],
        BOARD,
    ),
    (
        "/staff/breaches/{number}/list",
        &[("part", "{record}"), ("step", "table")],
        BOARD,
    ),
    ("/staff/breaches/{number}/list", &[("step", "propose")], BOARD),
];

const OF_ACCESS: [Deed; 6] = [
    (
        "/staff/invite",
        &[("name", "newcomer"), ("role", "statistics"), ("step", "invite")],
        GIVERS,
    ),
    (
        "/staff/accounts/{account}",
        &[("role", "events"), ("step", "change")],
        GIVERS,
    ),
    ("/staff/accounts/{account}", &[("step", "close")], GIVERS),
    (
        "/staff/access",
        &[("day", "2026-11-23"), ("step", "show")],
        &["responsible", "auditor", "administrator", "access"],
    ),
    ("/staff/audit", &[("step", "verify")], &["responsible", "auditor"]),
    ("/staff/at-rest", &[("step", "backup")], &["administrator"]),
];

const OF_CASES: [Deed; 14] = [
    (
        "/staff/cases/{question}",
        &[("purpose", "2.2.8"), ("step", "open")],
        SUPPORT,
    ),
    (
        "/staff/cases/{question}/reveal",
        &[("purpose", "2.2.8"), ("field", "email"), ("step", "reveal")],
        SUPPORT,
    ),
    (
        "/staff/cases/{question}/note",
        &[("purpose", "2.2.8"), ("note", "Wants a call"), ("step", "note")],
        SUPPORT,
    ),
    ("/staff/cases/{question}/take", &[], SUPPORT),
    ("/staff/cases/{question}/give-back", &[], SUPPORT),
    (
        "/staff/cases/together",
        &[("case-{question}", "yes"), ("step", "do-take")],
        DESKS,
    ),
    (
        "/staff/cases/views",
        &[("view", "Mine"), ("owner", "own"), ("step", "keep")],
        EVERYBODY,
    ),
    (
        "/staff/search",
        &[
            ("contact", "u2active@example.com"),
            ("purpose", "2.2.8"),
            ("step", "search"),
        ],
        DESKS,
    ),
    (
        "/staff/emergency",
        &[("reference", "{promotion}"), ("reason", "loss"), ("step", "ask")],
        DESKS,
    ),
    // A look is its asker's alone, whatever the role of another may be.
    ("/staff/emergency/{open}", &[("step", "look")], NOBODY),
    (
        "/staff/emergency/{open}",
        &[("step", "reveal"), ("field", "email")],
        NOBODY,
    ),
    (
        "/staff/cases/{promotion}/publish",
        &[("step", "publish")],
        &["sales"],
    ),
    (
        "/staff/cases/{question}/hand-over",
        &[
            ("recipient", "{recipient}"),
            ("field-email", "yes"),
            ("step", "hand-over"),
        ],
        SUPPORT,
    ),
    (
        "/staff/cases/{question}/decide",
        &[
            ("decision", "answer-question"),
            ("written", "So it is."),
            ("step", "decide"),
        ],
        SUPPORT,
    ),
];

/// Forms of the way in, and of everybody's own account: they are about nobody else, and open to whoever is there.
const OWN: [&str; 13] = [
    "/staff/sign-in",
    "/staff/second",
    "/staff/set-up",
    "/staff/invited/{token}",
    "/staff/sessions",
    "/staff/password",
    "/staff/passkeys",
    "/staff/passkeys/{id}",
    "/staff/provider/back",
    "/staff/identity",
    "/staff/second/passkey",
    "/staff/keys",
    "/staff/familiar",
];

/// The path of the table as it stands in the source of the site.
fn route_of(path: &str) -> String {
    let named = [
        ("/staff/cases/{question}", "/staff/cases/{reference}"),
        ("/staff/cases/{promotion}", "/staff/cases/{reference}"),
        ("{request}", "{reference}"),
        ("{second}", "{reference}"),
        ("{record}", "{id}"),
        ("{other}", "{id}"),
        ("{proposal}", "{id}"),
        ("{past}", "{id}"),
        ("{open}", "{id}"),
    ];
    let name = |path: String, (place, named): (&str, &str)| path.replace(place, named);
    named.into_iter().fold(path.to_owned(), name)
}

fn all() -> impl Iterator<Item = Deed> {
    let board = OF_THE_BOARD.into_iter().chain(OF_BREACHES);
    OF_CASES.into_iter().chain(board).chain(OF_ACCESS)
}

#[test]
fn every_form_of_the_console_stands_in_the_table() {
    let mut listed: BTreeSet<String> = all().map(|(path, ..)| route_of(path)).collect();
    listed.extend(OWN.map(str::to_owned));
    listed.insert("/sign-out".to_owned());
    assert_eq!(
        paths_sent_to(),
        listed,
        "a new form is listed with those whom it is for"
    );
}

#[tokio::test]
async fn each_form_is_sent_by_those_whom_it_is_for_and_by_nobody_else() {
    let mut there = There::new().await;
    there
        .real
        .extend([("step", "measure".to_owned()), ("how", "record".to_owned())]);
    let mut desks = std::mem::take(&mut there.desks);
    let mut wrong = Vec::new();
    // First everybody whom it is not for, while all of it is there and open.
    for is_for in [false, true] {
        for (path, typed, roles) in all() {
            let real = filled(path, &there.real);
            let typed: Vec<(String, String)> = typed
                .iter()
                .map(|(name, value)| (filled(name, &there.real), filled(value, &there.real)))
                .collect();
            let typed: Vec<(&str, String)> = typed
                .iter()
                .map(|(name, value)| (name.as_str(), value.clone()))
                .collect();
            for (name, browser) in &mut desks {
                if roles.contains(&name.as_str()) != is_for {
                    continue;
                }
                let (_, before) = done_since(&there.stage, 0).await;
                let letters = there.stage.letter_count();
                let seen = if ["/staff/requests/new", "/staff/local-acts/new"].contains(&path) {
                    sends_file(browser, &real, &typed).await
                } else {
                    sends(browser, &real, &typed).await
                };
                let (done, _) = done_since(&there.stage, before).await;
                if is_for {
                    let step = typed.iter().find(|(name, _)| *name == "step");
                    let step = step.map_or("", |(_, step)| step.as_str());
                    let is_here = !NOT_HERE.contains(&(path, step));
                    if seen.status == StatusCode::NOT_FOUND && is_here {
                        wrong.push(format!("{name} may, and found nothing: {path} {typed:?}"));
                    }
                } else if (seen.status != StatusCode::NOT_FOUND && path != OF_MANY)
                    || done != 0
                    || letters != there.stage.letter_count()
                {
                    wrong.push(format!(
                        "{name} may not, got {} and did {done}: {path} {typed:?}",
                        seen.status
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
