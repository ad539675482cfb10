//! 5.1.4: the rule is no, and every yes is listed. Each role meets each case in each state for each purpose, over the pages, and sees what
//! the policy lists for it and nothing else; each role meets each page of the console; each person meets what is another's. What is closed
//! looks like what does not exist.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::http::StatusCode;
use jiff::SignedDuration;
use sandyq_model::{Category, FieldSet, IdempotencyKey, Plain, Purpose, Role};
use sandyq_processing::Language;
use sandyq_processing::access::Caller;
use sandyq_processing::cases::order::CardForm;
use sandyq_processing::service::Submission;
use sandyq_processing::transfer::NewRecipient;
use sandyq_store::tables::case_file::{self, Listed, Owner};
use sandyq_store::tables::staff;

use super::browser::{Browser, Seen};
use super::desk::{reads_the_policy, sets_up};
use super::routes::paths_of_the_console;
use super::stage::Stage;

/// The services that open cases: what is asked for, and what the person is to the operator.
const SERVICES: [(&str, Option<&str>, Category); 6] = [
    ("guest-purchase", Some("kestel-office"), Category::Guest),
    ("promotion-entry", Some("winter-licence"), Category::Guest),
    ("question", None, Category::Registered),
    ("event-registration", Some("open-day"), Category::Registered),
    ("partner", None, Category::Partner),
    ("vacancy-application", Some("accountant"), Category::Applicant),
];

/// What is typed wherever a service asks for it. No value is part of another one, or of a page.
const TYPED: [(&str, &str); 16] = [
    ("last_name", "Құдайбергенова"),
    ("first_name", "Ұлбосын"),
    ("patronymic", "Төребекқызы"),
    ("birth_date", "17.02.1987"),
    ("contact_phone", "+7 701 555 12 01"),
    ("cell_phone", "+7 702 555 12 02"),
    ("work_phone", "+7 727 355 12 03"),
    ("organization", "Ақбидай Трейд"),
    ("position", "Жылқышы"),
    ("delivery_address", "Қызылорда, Жібек жолы 71\n120001"),
    ("residential_address", "Тараз, Төле би 93\n080001"),
    ("city", "Қаратау"),
    ("marital_status", "Тұл"),
    ("hobbies", "Көкпар тарту"),
    ("personal_qualities", "Мақтаншақ емес"),
    ("message", "Асық атуды қайдан үйренемін?"),
];

/// A state that a record can be in when somebody comes to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Pending,
    Active,
    Blocked,
    Destroyed,
}

/// A case to look at.
struct Met {
    reference: String,
    kind: &'static str,
    category: Category,
    state: State,
    held: FieldSet,
}

fn kind_of(service: &str) -> &'static str {
    match service {
        "guest-purchase" => "order",
        "promotion-entry" => "promotion-entry",
        "question" => "question",
        "event-registration" => "event-registration",
        "partner" => "ticket",
        _ => "application",
    }
}

/// Somebody comes in through a service; gives the session, where it was confirmed, and the reference.
pub async fn comes(stage: &Stage, place: usize, state: State) -> (Option<Caller>, String) {
    let (service, about, _) = SERVICES[place];
    let system = &stage.system;
    let form = system.form(service, Language::En).unwrap();
    let email = format!("u{place}{state:?}@example.com").to_lowercase();
    let mut answers: BTreeMap<String, Plain<String>> = form
        .inputs
        .iter()
        .filter_map(|input| {
            let (name, value) = TYPED.iter().find(|(name, _)| *name == input.name)?;
            Some(((*name).to_owned(), Plain::from(*value)))
        })
        .collect();
    answers.insert("email".to_owned(), Plain::from(email.as_str()));
    let accepted = form
        .consents
        .into_iter()
        .map(|offer| (offer.id, offer.hash))
        .collect();
    let submission = Submission {
        service: service.to_owned(),
        language: Language::En,
        answers,
        about: about.map(ToOwned::to_owned),
        quantity: 1,
    };
    let key = || IdempotencyKey::random(system.chance());
    let taken = system.submit(submission, accepted, key()).await.unwrap();
    system.run_queue().await.unwrap();
    if state == State::Pending {
        return (None, String::new());
    }
    let code = Plain::new(stage.code().await);
    let entered = system
        .confirm(&taken.ticket, &taken.binding, &code, key())
        .await
        .unwrap()
        .whole()
        .unwrap();
    let caller = system.caller(entered.session.expose()).await.unwrap();
    (caller, entered.case.unwrap())
}

/// Everybody, in every state, and the responsible person who blocked some.
async fn everybody(stage: &Stage, responsible: &Caller) -> Vec<Met> {
    let mut met = Vec::new();
    for (place, (service, _, category)) in SERVICES.into_iter().enumerate() {
        for state in [State::Pending, State::Active, State::Blocked, State::Destroyed] {
            let (caller, reference) = comes(stage, place, state).await;
            let Some(caller) = caller else {
                let reference = unconfirmed(stage, kind_of(service)).await;
                met.push(Met {
                    reference,
                    kind: kind_of(service),
                    category,
                    state,
                    held: FieldSet::EMPTY,
                });
                continue;
            };
            if service == "guest-purchase" {
                pays(stage, &caller, &reference).await;
            }
            let subject = caller.subject.unwrap();
            let held = stage.system.overview(subject).await.unwrap().fields;
            match state {
                State::Blocked => stage.system.block(responsible, subject).await.unwrap(),
                State::Destroyed => {
                    let key = IdempotencyKey::random(stage.system.chance());
                    stage.system.withdraw(&caller, key).await.unwrap();
                    stage.system.run_queue().await.unwrap();
                }
                State::Pending | State::Active => {}
            }
            met.push(Met {
                reference,
                kind: kind_of(service),
                category,
                state,
                held: held.into_iter().map(|(field, ..)| field).collect(),
            });
        }
    }
    met
}

async fn pays(stage: &Stage, caller: &Caller, reference: &str) {
    let card = CardForm {
        number: Plain::from("4111 1111 1111 1111"),
        holder: Plain::from("ULBOSYN Q"),
        expiry: Plain::from("08/29"),
        verification: Plain::from("123"),
    };
    let key = IdempotencyKey::random(stage.system.chance());
    let paid = stage.system.pay(caller, reference, card, Language::En, key).await;
    paid.unwrap();
    stage.system.run_queue().await.unwrap();
}

/// The reference of the case that nobody has confirmed.
async fn unconfirmed(stage: &Stage, kind: &'static str) -> String {
    let now = stage.system.now() + SignedDuration::from_mins(1);
    let found = stage.system.store().read(move |reader| {
        let waiting = Listed {
            kinds: [(kind, now); case_file::KINDS_MAX],
            states: ["unconfirmed"; case_file::STATES_MAX],
            closed: false,
            owner: Owner::Any,
            newest_first: true,
        };
        case_file::listed(reader, &waiting, 2, 0)
    });
    found.await.unwrap().remove(0).reference
}

/// Somebody of staff, signed in and familiar with the policy.
pub async fn at_desk(stage: &Stage, site: &Router, name: &str, role: &str) -> Browser {
    stage.staff(name, role).await;
    let mut browser = Browser::new(site);
    sets_up(stage, &mut browser, name).await;
    reads_the_policy(&mut browser).await;
    browser
}

/// The roles of people in the policy folder who sign in at a desk.
pub fn desks(stage: &Stage) -> Vec<(String, Role)> {
    let roles = stage.system.policy().roles();
    let human =
        roles.filter(|role| role.human && ![Role::SUBJECT, Role::REPRESENTATIVE].contains(&role.role));
    human.map(|role| (role.name.to_string(), role.role)).collect()
}

/// What the policy lets that role see of that case for that purpose: nothing, unless all of it fits together.
fn listed(stage: &Stage, role: Role, met: &Met, purpose: Purpose) -> FieldSet {
    let policy = stage.system.policy();
    let works_on = &policy.role(role).unwrap().works_on;
    // That consent names a recipient: it opens the way out (4.2.1), and no look.
    if purpose == Purpose::SOFTWARE_REGISTRATION {
        return FieldSet::EMPTY;
    }
    if met.state != State::Active || !works_on.iter().any(|kind| kind.as_str() == met.kind) {
        return FieldSet::EMPTY;
    }
    let reads = sandyq_policy::reads(policy, role).into_iter();
    let fields = reads
        .filter(|(for_purpose, _)| *for_purpose == purpose)
        .fold(FieldSet::EMPTY, |all, (_, fields)| all.union(fields));
    fields
        .intersection(policy.purpose_fields(purpose, met.category))
        .intersection(met.held)
}

/// Whether a desk knows that the case is there. Of a paid order the article of a tax law keeps a rest, locked (8).
fn is_on_desk(stage: &Stage, role: Role, met: &Met) -> bool {
    let stands = matches!(met.state, State::Active | State::Blocked)
        || (met.state == State::Destroyed && met.kind == "order");
    let works_on = &stage.system.policy().role(role).unwrap().works_on;
    stands && works_on.iter().any(|kind| kind.as_str() == met.kind)
}

async fn opens(browser: &mut Browser, met: &Met, purpose: Purpose) -> Seen {
    let path = format!("/staff/cases/{}", met.reference);
    let asked = browser.get(&path).await;
    let purpose = purpose.to_string();
    browser
        .fill(&asked, &path, &[("purpose", &purpose), ("step", "open")])
        .await
}

/// Whether nothing that was typed stands on a page, but in the fields of the set.
fn shows_only(stage: &Stage, seen: &Seen, listed: FieldSet) {
    for (name, value) in TYPED {
        let field = stage.system.policy().field_named(name).unwrap();
        let first_line = value.lines().next().unwrap();
        assert!(
            listed.contains(field) || !seen.text.contains(first_line),
            "{name} stands on {}",
            seen.path
        );
    }
}

#[tokio::test]
async fn each_role_sees_what_is_listed_for_it_and_nothing_else() {
    let stage = Stage::new();
    let site = stage.site();
    let responsible = responsible(&stage).await;
    let met = everybody(&stage, &responsible).await;
    let mut seen_something = BTreeSet::new();
    for (name, role) in desks(&stage) {
        let mut browser = at_desk(&stage, &site, &name, &name).await;
        let nowhere = browser.get("/staff/cases/SQ-0000-0000").await;
        let absent = opens_absent(&mut browser, &nowhere).await;
        for one in &met {
            for purpose in Purpose::all() {
                let listed = listed(&stage, role, one, purpose);
                let seen = opens(&mut browser, one, purpose).await;
                shows_only(&stage, &seen, listed);
                let on_desk = is_on_desk(&stage, role, one);
                let expected = match (listed.is_empty(), on_desk) {
                    (false, _) => StatusCode::OK,
                    (true, true) => StatusCode::FORBIDDEN,
                    (true, false) => StatusCode::NOT_FOUND,
                };
                assert_eq!(
                    seen.status, expected,
                    "{name}, {} {:?}, {purpose}: {}",
                    one.kind, one.state, seen.text
                );
                if expected == StatusCode::NOT_FOUND {
                    let there = seen.text.replace(&one.reference, "SQ-0000-0000");
                    assert_eq!(there, absent, "{name}: closed looks like absent");
                }
                if !listed.is_empty() {
                    seen_something.insert(name.clone());
                }
            }
        }
        // Sessions outlive this, and the hour of the bulk limit begins anew.
        stage.clock.advance(SignedDuration::from_mins(1));
    }
    let all: BTreeSet<_> = ["sales", "support", "events", "service-desk", "recruiter"]
        .map(ToOwned::to_owned)
        .into();
    assert_eq!(seen_something, all, "each desk has something to work on");
}

async fn opens_absent(browser: &mut Browser, asked: &Seen) -> String {
    let absent = Met {
        reference: "SQ-0000-0000".to_owned(),
        kind: "order",
        category: Category::Guest,
        state: State::Destroyed,
        held: FieldSet::EMPTY,
    };
    assert_eq!(
        asked.status,
        StatusCode::OK,
        "the question for the purpose says nothing"
    );
    let seen = opens(browser, &absent, Purpose::all().next().unwrap()).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND);
    seen.text
}

/// A responsible person who blocks.
async fn responsible(stage: &Stage) -> Caller {
    let mut browser = at_desk(stage, &stage.site(), "blocker", "responsible").await;
    let session = browser.cookie("__Host-sandyq").unwrap().clone();
    assert_eq!(browser.get("/staff/requests").await.status, StatusCode::OK);
    stage.system.caller(&session).await.unwrap().unwrap()
}

/// Who opens which page of the console; a role that is not named finds nothing there. Pages about one case are judged above.
const PAGES: [(&str, &[&str]); 43] = [
    ("/staff/requests", &["responsible"]),
    ("/staff/requests/closed", &["responsible"]),
    ("/staff/requests/figures", &["responsible"]),
    ("/staff/requests/new", &["responsible"]),
    ("/staff/alike", &["responsible"]),
    ("/staff/requests/{reference}", &["responsible"]),
    ("/staff/retention", &["responsible"]),
    ("/staff/records/{id}", &["responsible"]),
    ("/staff/records/{id}/hand-over", &["responsible"]),
    ("/staff/recipients", &["responsible"]),
    ("/staff/recipients/{recipient}", &["responsible"]),
    ("/staff/disclosures", &["responsible"]),
    ("/staff/breaches", &["responsible", "auditor"]),
    ("/staff/breaches/new", &["responsible"]),
    ("/staff/breaches/{number}", &["responsible"]),
    ("/staff/breaches/{number}/{step}", &["responsible"]),
    ("/staff/breaches/{number}/people", &["responsible"]),
    ("/staff/breaches/{number}/people/{how}", &["responsible"]),
    ("/staff/breaches/{number}/list", &["responsible"]),
    ("/staff/local-acts", &["responsible", "auditor"]),
    ("/staff/local-acts/new", &["responsible"]),
    ("/staff/local-acts/{number}/file", &["responsible", "auditor"]),
    ("/staff/local-acts/{number}/hide", &["responsible"]),
    ("/staff/statistics", &["responsible", "statistics"]),
    ("/staff/tables/figures", &["responsible", "statistics"]),
    ("/staff/papers", &["responsible", "auditor"]),
    ("/staff/destructions", &["responsible", "auditor"]),
    ("/staff/tables/destructions", &["responsible", "auditor"]),
    ("/staff/tables/breaches", &["responsible", "auditor"]),
    ("/staff/tables/local-acts", &["responsible", "auditor"]),
    ("/staff/tables/recipients", &["responsible"]),
    ("/staff/tables/disclosures", &["responsible"]),
    (
        "/staff/tables/access",
        &["responsible", "auditor", "administrator", "access"],
    ),
    ("/staff/audit", &["responsible", "auditor"]),
    (
        "/staff/search",
        &["sales", "support", "events", "service-desk", "recruiter"],
    ),
    ("/staff/at-rest", &["administrator"]),
    (
        "/staff/emergency",
        &["sales", "support", "events", "service-desk", "recruiter"],
    ),
    ("/staff/emergencies", &["responsible"]),
    (
        "/staff/access",
        &["responsible", "auditor", "administrator", "access"],
    ),
    ("/staff/accounts", &["responsible", "administrator", "access"]),
    (
        "/staff/accounts/{account}",
        &["responsible", "administrator", "access"],
    ),
    ("/staff/invite", &["responsible", "administrator", "access"]),
    ("/staff/proposals", &["responsible", "administrator", "access"]),
];

/// Pages of the console that are everybody's there, or the way in, or lead to what is judged elsewhere.
const OWN: [&str; 30] = [
    "/staff/sign-in",
    "/staff/second",
    "/staff/set-up",
    "/staff/familiar",
    "/staff/sessions",
    "/staff/password",
    "/staff/passkeys",
    "/staff/passkeys/{id}",
    "/staff/second/passkey",
    "/staff/provider",
    "/staff/provider/back",
    "/staff/identity",
    "/staff/identity/go",
    "/staff/keys",
    "/staff/invited/{token}",
    "/staff/cases",
    "/staff/cases/{reference}",
    "/staff/cases/{reference}/reveal",
    "/staff/cases/together",
    "/staff/cases/views",
    "/staff/cases/{reference}/note",
    "/staff/cases/{reference}/publish",
    "/staff/cases/{reference}/take",
    "/staff/cases/{reference}/give-back",
    "/staff/cases/{reference}/decide",
    "/staff/cases/{reference}/hand-over",
    "/staff/records",
    "/staff/proposals/{id}",
    "/staff/emergency/{id}",
    "/staff/emergencies/{id}",
];

#[tokio::test]
async fn each_role_finds_the_pages_that_are_its_own_and_no_others() {
    let listed: BTreeSet<String> = PAGES
        .iter()
        .map(|(path, _)| *path)
        .chain(OWN)
        .map(str::to_owned)
        .collect();
    let notices = "/staff/breaches/{number}/notice/{language}".to_owned();
    let (tables, each): (String, &str) = ("/staff/tables/{register}".to_owned(), "/staff/tables/");
    let known: BTreeSet<String> = paths_of_the_console()
        .into_iter()
        .filter(|path| *path != notices && *path != tables)
        .collect();
    let listed: BTreeSet<String> = listed
        .into_iter()
        .filter(|path| !path.starts_with(each))
        .collect();
    assert_eq!(known, listed, "a new page is listed with those whom it is for");
    let stage = Stage::new();
    let site = stage.site();
    let (caller, _) = comes(&stage, 2, State::Active).await;
    let subject = caller.unwrap().subject.unwrap().to_string();
    stage.staff("kuralai", "sales").await;
    let account = stage
        .system
        .store()
        .read(|reader| staff::by_name(reader, "kuralai"))
        .await;
    let account = account.unwrap().unwrap().id.to_string();
    let new = NewRecipient {
        kind: "state-body".to_owned(),
        name: "Revenue Department".to_owned(),
        country: "KZ".to_owned(),
        ..NewRecipient::default()
    };
    let board = responsible(&stage).await;
    let recipient = stage
        .system
        .enter_recipient(&board, &new)
        .await
        .unwrap()
        .to_string();
    let one = ["{id}", "{account}", "{recipient}"];
    let mut nobody = Browser::new(&site);
    for (name, _) in desks(&stage) {
        let mut browser = at_desk(&stage, &site, &name, &name).await;
        for (path, roles) in PAGES {
            let is_about_one = path.contains('{') && !one.iter().any(|known| path.contains(known));
            let there = path
                .replace("{id}", &subject)
                .replace("{account}", &account)
                .replace("{recipient}", &recipient)
                .replace("{reference}", "SQ-0000-0000")
                .replace("{number}", "1")
                .replace("{step}", "measure")
                .replace("{how}", "stored");
            let seen = browser.get(&there).await;
            let expected = if roles.contains(&name.as_str()) && !is_about_one {
                StatusCode::OK
            } else {
                StatusCode::NOT_FOUND
            };
            assert_eq!(seen.status, expected, "{name} at {there}: {}", seen.text);
            assert!(!seen.text.contains("Ұлбосын"), "no value on a board");
            let turned = nobody.get(&there).await;
            assert_eq!(turned.status, StatusCode::SEE_OTHER, "{there} without a session");
            assert_eq!(turned.headers["location"], "/staff/sign-in");
        }
    }
}

#[tokio::test]
async fn what_is_another_persons_looks_like_nothing() {
    let stage = Stage::new();
    let site = stage.site();
    let system = &stage.system;
    let (dana, reference) = comes(&stage, 2, State::Active).await;
    let dana = dana.unwrap();
    let consents = system.my_consents(&dana, Language::En).await.unwrap();
    let consent = consents.first().unwrap().id;
    let mut mara = Browser::new(&site);
    super::buy(&stage, &mut mara).await;
    let own = mara.get("/my/requests/new").await;
    for path in [
        format!("/taken/{reference}"),
        format!("/order/{reference}"),
        format!("/pay/{reference}"),
        format!("/my/consents/{consent}/take-back"),
        format!("/my/requests/{reference}"),
        format!("/my/requests/{reference}/answer.pdf"),
        format!("/my/passkeys/{consent}"),
        "/my/change/message".to_owned(),
    ] {
        let nothing = path
            .replace(&reference, "SQ-0000-0000")
            .replace(&consent.to_string(), &"0".repeat(32));
        let (seen, absent) = (mara.get(&path).await, mara.get(&nothing).await);
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{path}: {}", seen.text);
        assert_eq!(seen.status, absent.status, "{path}");
        let plain = |text: &str| text.replace(&path, "").replace(&nothing, "");
        assert_eq!(plain(&seen.text), plain(&absent.text), "{path}");
        let typed = [("step", "take-back"), ("understood", "yes")];
        let mut fields: Vec<(String, String)> = own
            .inputs()
            .into_iter()
            .filter(|(name, _)| name == "token" || name == "key")
            .collect();
        fields.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let sent = mara.post(&path, &fields).await;
        assert!(
            [
                StatusCode::NOT_FOUND,
                StatusCode::METHOD_NOT_ALLOWED,
                StatusCode::UNPROCESSABLE_ENTITY,
                StatusCode::BAD_REQUEST
            ]
            .contains(&sent.status),
            "{path}: {}",
            sent.status
        );
    }
    let after = system.my_consents(&dana, Language::En).await.unwrap();
    assert_eq!(
        format!("{after:?}"),
        format!("{consents:?}"),
        "nothing of hers changed"
    );
}
