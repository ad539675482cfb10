//! A stage on which there is one of everything that a page of the console can be about, with somebody of each role at a desk: so that a
//! refusal is a refusal, and not the absence of what was asked for.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use jiff::SignedDuration;
use sandyq_ledger::entry::{Deed, Entry, Happening, Outcome};
use sandyq_model::{IdempotencyKey, Plain, RequestKind};
use sandyq_processing::Language;
use sandyq_processing::access::Caller;
use sandyq_processing::emergency::Reason;
use sandyq_processing::local_act;
use sandyq_processing::retention::Order;
use sandyq_processing::transfer::{HandOver, NewRecipient};
use sandyq_store::tables::{alike, staff};

use super::browser::{Browser, Seen};
use super::matrix::{State, at_desk, comes, desks};
use super::stage::Stage;

/// One of everything.
pub struct There {
    pub stage: Stage,
    pub site: Router,
    /// Somebody of each role, by its name.
    pub desks: Vec<(String, Browser)>,
    /// What stands for each place in a path or a form.
    pub real: BTreeMap<&'static str, String>,
    /// Of what stands for each place, one that is not there.
    pub absent: BTreeMap<&'static str, String>,
    /// The person of most of it.
    pub person: Caller,
    /// Whoever looks in an emergency.
    pub looker: Browser,
}

/// Fills the places of a path or of an input.
pub fn filled(text: &str, places: &BTreeMap<&'static str, String>) -> String {
    let fill = |text: String, (place, value): (&&str, &String)| text.replace(&format!("{{{place}}}"), value);
    places.iter().fold(text.to_owned(), fill)
}

/// A number that is written like that one and is nobody's.
pub fn nobodys(number: &str) -> String {
    let (rest, last) = number.split_at(number.len() - 1);
    format!("{rest}{}", if last == "0" { '1' } else { '0' })
}

/// Whoever is signed in in that browser.
pub async fn caller(stage: &Stage, browser: &Browser) -> Caller {
    let session = browser.cookie("__Host-sandyq").unwrap();
    stage.system.caller(session).await.unwrap().unwrap()
}

/// The token and a fresh key of the pages of somebody at a desk.
pub async fn own_inputs(browser: &mut Browser) -> Vec<(String, String)> {
    let inputs = browser.get("/staff/familiar").await.inputs().into_iter();
    inputs
        .filter(|(name, _)| matches!(name.as_str(), "token" | "key"))
        .collect()
}

/// Sends exactly that form, with what makes it one of our own.
pub async fn sends(browser: &mut Browser, path: &str, typed: &[(&str, String)]) -> Seen {
    let mut fields = own_inputs(browser).await;
    fields.extend(
        typed
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone())),
    );
    browser.post(path, &fields).await
}

/// The same with a file.
pub async fn sends_file(browser: &mut Browser, path: &str, typed: &[(&str, String)]) -> Seen {
    let mut body = String::new();
    let own = own_inputs(browser).await;
    let own = own.iter().map(|(name, value)| (name.as_str(), value));
    for (name, value) in own.chain(typed.iter().map(|(name, value)| (*name, value))) {
        body.push_str(&format!(
            "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    body.push_str(
        "--x\r\nContent-Disposition: form-data; name=\"scan\"; filename=\"a.pdf\"\r\n\
         Content-Type: application/pdf\r\n\r\n%PDF-1.7\none\n%%EOF\r\n--x--\r\n",
    );
    let request = browser
        .request("POST", path)
        .header(CONTENT_TYPE, "multipart/form-data; boundary=x")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body));
    browser.send(request.unwrap(), path).await
}

/// How many entries of the ledger from there on tell of something that was done, or tried, beside a look at a register that a form stands
/// on; and where it ends.
pub async fn done_since(stage: &Stage, from: u64) -> (usize, u64) {
    let size = stage.system.store().checkpoint().size;
    let mut done = 0;
    for index in from..size {
        let bytes = stage.system.store().entry(index).await.unwrap().unwrap();
        let entry = Entry::decode(&bytes).unwrap();
        let looks = [
            Happening::RegisterRead,
            Happening::LocalActsRead,
            Happening::BreachesRead,
        ]
        .map(Deed::Happening);
        let is_look = looks.contains(&entry.deed);
        done += usize::from(entry.outcome != Outcome::Refused && !is_look);
    }
    (done, size)
}

fn key(stage: &Stage) -> IdempotencyKey {
    IdempotencyKey::random(stage.system.chance())
}

/// The order of a court.
fn order() -> Order {
    Order {
        ordered_by: "court".to_owned(),
        article: "Civil Procedure Code, Art. 156".to_owned(),
        document: "2-1187/2026".to_owned(),
        dated: "2026-11-20".to_owned(),
    }
}

/// Two who look into a case in an emergency: one look is over, one is open. Gives the two.
async fn emergencies(stage: &Stage, board: &Caller, cases: [&str; 2]) -> (Browser, [String; 2]) {
    let system = &stage.system;
    let site = stage.site();
    let browser = at_desk(stage, &site, "looker", "recruiter").await;
    let mut ids = Vec::new();
    for case in cases {
        let looker = caller(stage, &browser).await;
        let id = system.ask_in_emergency(&looker, case, Some(Reason::Loss)).await;
        let id = id.unwrap();
        system.agree(board, id).await.unwrap();
        ids.push(id.to_string());
        if ids.len() == 1 {
            stage.clock.advance(SignedDuration::from_mins(20));
        }
    }
    (browser, ids.try_into().unwrap())
}

/// Two records that look alike.
async fn two_alike(stage: &Stage) -> [String; 2] {
    for _ in 0..2 {
        super::buy(stage, &mut Browser::new(&stage.site())).await;
    }
    stage.system.look_for_alike().await.unwrap();
    let found = stage.system.store().read(|reader| alike::open(reader, 1));
    let (likeness, _) = found.await.unwrap().remove(0);
    [likeness.subject.to_string(), likeness.other.to_string()]
}

/// A recipient, and what was handed to them.
async fn handed_over(stage: &Stage, board: &Caller, person: &Caller) -> [String; 2] {
    let new = NewRecipient {
        kind: "state-body".to_owned(),
        name: "Revenue Department".to_owned(),
        country: "KZ".to_owned(),
        ..NewRecipient::default()
    };
    let recipient = stage.system.enter_recipient(board, &new).await.unwrap();
    let chosen = HandOver {
        recipient: recipient.to_string(),
        fields: vec!["email".to_owned()],
        article: "Tax Code, Art. 26".to_owned(),
        document: "17-2/441".to_owned(),
        dated: "2026-11-20".to_owned(),
        by_webhook: false,
    };
    let subject = person.subject.unwrap();
    let handed = stage
        .system
        .hand_over_by_law(board, subject, &chosen, key(stage), Language::En)
        .await;
    handed.unwrap();
    let register = stage.system.disclosures(board, 1, Language::En).await.unwrap();
    let line = &register.rows[0];
    [recipient.to_string(), format!("{}.{}", line.subject, line.id)]
}

async fn enters(stage: &Stage, board: &mut Browser) {
    let form = board.get("/staff/breaches/new").await;
    let entered = board
        .fill(&form, "/staff/breaches/new", &super::breaches::FOUND)
        .await;
    assert_eq!(entered.status, StatusCode::OK, "{}", entered.text);
    let act = local_act::Entered {
        kind: "rules".to_owned(),
        title: "Rules".to_owned(),
        document: "№ 3".to_owned(),
        version: "1".to_owned(),
        adopted_on: "2026-11-20".to_owned(),
        approver: "director".to_owned(),
        in_force_since: "2026-11-20".to_owned(),
        is_public: true,
        file: b"%PDF-1.7\nact\n%%EOF\n".to_vec(),
        ..local_act::Entered::default()
    };
    let board = caller(stage, board).await;
    let entered = stage.system.enter_local_act(&board, &act, key(stage)).await;
    assert_eq!(entered.unwrap(), 1);
}

/// An account of somebody at no desk.
async fn account(stage: &Stage, name: &'static str) -> String {
    let found = stage
        .system
        .store()
        .read(move |reader| staff::by_name(reader, name));
    found.await.unwrap().unwrap().id.to_string()
}

impl There {
    pub async fn new() -> Self {
        let stage = Stage::new();
        let (site, system) = (stage.site(), stage.system.clone());
        let (person, question) = comes(&stage, 2, State::Active).await;
        let person = person.unwrap();
        let (_, event) = comes(&stage, 3, State::Active).await;
        let (_, ticket) = comes(&stage, 4, State::Active).await;
        let (_, promotion) = comes(&stage, 1, State::Active).await;
        let [one, other] = two_alike(&stage).await;
        let words = Plain::from("Which data do you hold?");
        let asked = system.ask(&person, RequestKind::Question, &words, Language::En, key(&stage));
        let request = asked.await.unwrap();
        let second = system.ask(&person, RequestKind::Question, &words, Language::En, key(&stage));
        let second = second.await.unwrap();
        let mut browser = at_desk(&stage, &site, "aru", "responsible").await;
        let board = caller(&stage, &browser).await;
        enters(&stage, &mut browser).await;
        let (looker, [past, open]) = emergencies(&stage, &board, [&event, &ticket]).await;
        let [recipient, line] = handed_over(&stage, &board, &person).await;
        let subject = person.subject.unwrap();
        let proposal = system.propose_hold(&board, subject, &order()).await.unwrap();
        stage.staff("kuralai", "sales").await;
        let account = account(&stage, "kuralai").await;
        let real = BTreeMap::from([
            ("question", question),
            ("promotion", promotion),
            ("request", request),
            ("second", second),
            ("record", subject.to_string()),
            ("one", one),
            ("other", other),
            ("number", "1".to_owned()),
            ("recipient", recipient),
            ("line", line),
            ("account", account),
            ("proposal", proposal.to_string()),
            ("past", past),
            ("open", open),
        ]);
        let absent = |(place, value): (&&'static str, &String)| {
            let none = match value {
                value if value.starts_with("SQ-") => "SQ-0000-0000".to_owned(),
                value if value.len() == 1 => "9".to_owned(),
                value => nobodys(value),
            };
            (*place, none)
        };
        let absent = real.iter().map(absent).collect();
        let mut seats = Vec::new();
        for (name, _) in desks(&stage) {
            let seat = at_desk(&stage, &site, &name, &name).await;
            seats.push((name, seat));
        }
        Self {
            stage,
            site,
            desks: seats,
            real,
            absent,
            person,
            looker,
        }
    }
}
