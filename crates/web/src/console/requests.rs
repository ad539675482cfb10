//! 5.1.1, 6.5: the board of the responsible person: every request by its due date, and the page on which a letter, or what
//! was told at the desk, is entered. No person is in the list.

use axum::extract::RawQuery;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Channel, Mistake, Problem, RequestKind};
use sandyq_processing::request::{Board, BoardFilter, LetterEntry, Scan};

use super::asked::{Asked, choice, pages};
use super::breaches::{REGISTER, late_ones};
use super::cases::{due_by, said, staff};
use super::destructions::PATH as DESTRUCTIONS;
use super::local_acts::LOCAL_ACTS;
use super::papers::{PATH as PAPERS, late_one};
use super::{access, accounts, alike, figures, judgements, proposals, statistics};
use crate::components::{Control, control, error_summary, problem_of, submit, tray_with_file};
use crate::http::arrival::{Answer, Arrival, Outcome, mistake_of};
use crate::http::file::SentWithFile;
use crate::layout::Page;
use crate::portal::requests::{kind, state};
use crate::visit::Visit;

/// Inputs of the entry page, with their kinds, in its order.
const INPUTS: [(&str, ValueKind); 7] = [
    ("received_on", ValueKind::Text),
    ("envelope_on", ValueKind::Text),
    ("envelope_mark", ValueKind::Text),
    ("sender", ValueKind::Text),
    ("sender_address", ValueKind::LongText),
    ("authority", ValueKind::LongText),
    ("message", ValueKind::LongText),
];

/// The board of open requests.
pub(super) const PATH: &str = "/staff/requests";
/// The board of closed ones.
pub(super) const CLOSED: &str = "/staff/requests/closed";
/// The words of the filter of the board.
pub(super) const FILTER: &[&str] = &["kind", "channel", "due"];

/// GET /staff/requests
pub async fn open(RawQuery(query): RawQuery, arrival: Arrival) -> Response {
    let asked = Asked::read(query.as_deref().unwrap_or_default(), FILTER);
    let outcome = listed(&arrival, &asked, false).await;
    arrival.respond(outcome)
}

/// GET /staff/requests/closed
pub async fn closed(RawQuery(query): RawQuery, arrival: Arrival) -> Response {
    let asked = Asked::read(query.as_deref().unwrap_or_default(), FILTER);
    let outcome = listed(&arrival, &asked, true).await;
    arrival.respond(outcome)
}

async fn listed(arrival: &Arrival, asked: &Asked, closed: bool) -> Outcome {
    let caller = staff(arrival)?;
    let (filter, mistake) = filter(asked, closed);
    let board = arrival
        .system
        .requests_board(caller, filter, asked.page())
        .await?;
    let late = arrival.system.late_breaches(caller).await?;
    let paper = arrival.system.late_paper(caller).await?;
    let alarms = html! { (late_ones(&arrival.visit, &late)) (late_one(&arrival.visit, paper.as_ref())) };
    let page = board_page(&arrival.visit, (asked, &mistake), &board, &alarms);
    Ok(Answer::of(page))
}

/// The filter, and the words that are none of it.
fn filter(asked: &Asked, closed: bool) -> (BoardFilter, Mistake) {
    let mut wrong = Vec::new();
    let mut read = BoardFilter {
        closed,
        kind: asked.get("kind").parse().ok(),
        channel: asked.get("channel").parse().ok(),
        due: due_by(asked).unwrap_or_default(),
    };
    let unread = [
        ("kind", read.kind.is_none()),
        ("channel", read.channel.is_none()),
        ("due", due_by(asked).is_none()),
    ];
    for (name, is_unread) in unread {
        if is_unread && !asked.get(name).is_empty() {
            wrong.push((name.to_owned(), Problem::Choice));
        }
    }
    if !wrong.is_empty() {
        read = BoardFilter {
            closed,
            ..BoardFilter::default()
        };
    }
    (read, Mistake(wrong))
}

/// GET /staff/requests/new
pub async fn new(arrival: Arrival) -> Response {
    let outcome = blank(&arrival).await;
    arrival.respond(outcome)
}

async fn blank(arrival: &Arrival) -> Outcome {
    // The board says whether this desk is the caller's at all.
    arrival
        .system
        .requests_board(staff(arrival)?, BoardFilter::default(), 1)
        .await?;
    let nothing = |_: &str| String::new();
    let page = entry_page(&arrival.visit, &nothing, &Mistake::default());
    Ok(Answer::Page(page))
}

/// POST /staff/requests/new
pub async fn enter(sent: SentWithFile) -> Response {
    let outcome = entered(&sent).await;
    sent.sent.arrival.respond(outcome)
}

async fn entered(with: &SentWithFile) -> Outcome {
    let sent = &with.sent;
    let (arrival, visit) = (&sent.arrival, &sent.arrival.visit);
    let caller = staff(arrival)?;
    sent.typed.only(|name| {
        matches!(name, "kind" | "channel" | "scan") || INPUTS.iter().any(|(input, _)| *input == name)
    })?;
    sent.fresh()?;
    let outcome = match read(with, visit) {
        Ok(entry) => mistake_of(arrival.system.enter_request(caller, entry, sent.key()?).await)?,
        Err(mistake) => Err(mistake),
    };
    Ok(match outcome {
        Ok(reference) => Answer::SeeOther(format!("/staff/requests/{reference}")),
        Err(mistake) => {
            let typed = |name: &str| sent.typed.text(name).to_owned();
            let page = entry_page(visit, &typed, &mistake);
            Answer::wrong(page)
        }
    })
}

fn read(with: &SentWithFile, visit: &Visit) -> Result<LetterEntry, Mistake> {
    let typed = &with.sent.typed;
    let mut mistakes = Vec::new();
    let kind = typed.text("kind").parse::<RequestKind>();
    let channel = typed.text("channel").parse::<Channel>();
    if kind.is_err() {
        mistakes.push(("kind".to_owned(), Problem::Missing));
    }
    if channel.is_err() {
        mistakes.push(("channel".to_owned(), Problem::Missing));
    }
    let scan = match with.file.as_deref().filter(|bytes| !bytes.is_empty()) {
        None => None,
        Some(bytes) => match Scan::of(bytes) {
            Ok(scan) => Some(scan),
            Err(problem) => {
                mistakes.push(("scan".to_owned(), problem));
                None
            }
        },
    };
    let (Ok(kind), Ok(channel), true) = (kind, channel, mistakes.is_empty()) else {
        return Err(Mistake(mistakes));
    };
    Ok(LetterEntry {
        kind,
        channel,
        received_on: typed.text("received_on").to_owned(),
        envelope_on: typed.text("envelope_on").to_owned(),
        envelope_mark: typed.plain("envelope_mark"),
        sender: typed.plain("sender"),
        sender_address: typed.plain("sender_address"),
        authority: typed.plain("authority"),
        message: typed.plain("message"),
        scan,
        language: visit.language,
    })
}

/// The board, with the breaches of which the authority was not told in time.
#[must_use]
pub fn board_page(
    visit: &Visit,
    (asked, mistake): (&Asked, &Mistake),
    board: &Board,
    alarms: &Markup,
) -> Page {
    let path = if board.closed {
        "/staff/requests/closed"
    } else {
        "/staff/requests"
    };
    let label = |name: &str| Some(visit.say(&format!("filter-{name}")));
    let title = visit.say(if board.closed {
        "board-closed"
    } else {
        "board-title"
    });
    let body = html! {
        (error_summary(visit, mistake, label, |name, _| name.to_owned()))
        h1 { (title) }
        (alarms)
        p.lead { (visit.say("board-lead")) }
        @if board.undelivered > 0 {
            p.inset { (visit.say_of("board-undelivered", "count", &board.undelivered.to_string())) }
        }
        @if board.returned > 0 {
            p.inset { (visit.say_of("board-returned", "count", &board.returned.to_string())) }
        }
        @if board.unjudged > 0 {
            p.inset {
                a href=(judgements::PATH) {
                    (visit.say_of("board-unjudged", "count", &board.unjudged.to_string()))
                }
            }
        }
        (ways(visit, board))
        (question(visit, path, asked, mistake))
        @if board.rows.is_empty() {
            p.inset { (visit.say(if asked.is_empty() { "board-empty" } else { "board-none-fit" })) }
        } @else {
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table {
                    thead { tr {
                        th scope="col" { (visit.say("cases-reference")) }
                        th scope="col" { (visit.say("cases-kind")) }
                        th scope="col" { (visit.say("cases-state")) }
                        th scope="col" { (visit.say("requests-due")) }
                        th scope="col" { (visit.say("board-channel")) }
                    } }
                    tbody {
                        @for row in &board.rows {
                            tr {
                                th scope="row" { a href={ "/staff/requests/" (row.reference) } { (row.reference) } }
                                td { (kind(visit, row.kind)) }
                                td { (state(visit, row.state, row.late)) }
                                td {
                                    (visit.date(row.due_at))
                                    @if row.warned && !row.late && !board.closed {
                                        " " span.tag.no { (visit.say("board-soon")) }
                                    }
                                }
                                td { (visit.say(&format!("channel-{}", row.channel))) }
                            }
                        }
                    }
                }
            }
            (pages(visit, asked, path, (board.page, board.more)))
        }
    };
    Page::new(title, body).wrong_if(!mistake.0.is_empty()).widened()
}

fn question(visit: &Visit, path: &str, asked: &Asked, mistake: &Mistake) -> Markup {
    html! {
        details.filter open[!asked.is_empty() || !mistake.0.is_empty()] {
            summary { (visit.say("filter-title")) }
            form method="get" action=(path) {
                (choice(visit, "kind", &said(visit, "request-kind-", &kinds()), asked, mistake))
                (choice(visit, "channel", &said(visit, "channel-", &["portal", "desk", "letter"]), asked, mistake))
                (choice(visit, "due", &said(visit, "filter-due-", &["overdue", "soon"]), asked, mistake))
                p { button.quiet type="submit" { (visit.say("filter-button")) } }
            }
            @if !asked.is_empty() { p { a href=(path) { (visit.say("filter-all")) } } }
        }
    }
}

/// Where else the desk leads.
fn ways(visit: &Visit, board: &Board) -> Markup {
    html! {
        ul {
            li { a href="/staff/requests/new" { (visit.say("board-enter")) } }
            @if board.closed {
                li { a href="/staff/requests" { (visit.say("board-title")) } }
            } @else {
                li { a href="/staff/requests/closed" { (visit.say("board-closed")) } }
            }
            li { a href=(figures::PATH) { (visit.say("figures-title")) } }
            li { a href="/staff/retention" { (visit.say("retention-title")) } }
            li { a href=(access::PATH) { (visit.say("access-title")) } }
            li { a href=(accounts::PATH) { (visit.say("accounts-title")) } }
            li { a href=(alike::PATH) { (visit.say("pairs-title")) } }
            li { a href=(judgements::PATH) { (visit.say("judgements-title")) } }
            li { a href=(proposals::PATH) { (visit.say("proposals-title")) } }
            li { a href="/staff/recipients" { (visit.say("recipients-title")) } }
            li { a href="/staff/audit" { (visit.say("audit-title")) } }
            li { a href="/staff/disclosures" { (visit.say("disclosures-title")) } }
            li { a href=(REGISTER) { (visit.say("breaches-title")) } }
            li { a href=(statistics::PATH) { (visit.say("statistics-title")) } }
            li { a href=(LOCAL_ACTS) { (visit.say("local-acts-title")) } }
            li { a href=(PAPERS) { (visit.say("papers-title")) } }
            li { a href=(DESTRUCTIONS) { (visit.say("destructions-title")) } }
        }
    }
}

/// The entry page. `typed` is what was typed before.
#[must_use]
pub fn entry_page(visit: &Visit, typed: &dyn Fn(&str) -> String, mistake: &Mistake) -> Page {
    let label = |name: &str| visit.say(&format!("entry-{name}"));
    let of_scan = mistake.of("scan");
    let inside = html! {
        (choices(visit, "channel", &["letter", "desk"], "channel-", &typed("channel"), mistake))
        (choices(visit, "kind", &kinds(), "request-kind-", &typed("kind"), mistake))
        @for (name, of) in INPUTS { (input(visit, name, of, &typed(name), mistake)) }
        div.question.is-wrong[of_scan.is_some()] {
            label for="scan" { (label("scan")) span.optional { " " (visit.say("optional")) } }
            p.hint id="scan-hint" { (visit.say("entry-scan-hint")) }
            (problem_of(visit, "scan", of_scan))
            input type="file" id="scan" name="scan" accept=".pdf,.jpg,.jpeg,.png" aria-describedby="scan-hint";
        }
        (submit("enter", &visit.say("entry-button")))
    };
    let body = html! {
        (error_summary(visit, mistake, |name| Some(label(name)), |name, _| name.to_owned()))
        h1 { (visit.say("board-enter")) }
        p.lead { (visit.say("entry-lead")) }
        (tray_with_file(visit, "/staff/requests/new", &inside))
    };
    Page::new(visit.say("board-enter"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/staff/requests")
}

fn kinds() -> Vec<&'static str> {
    RequestKind::ALL.iter().map(|kind| kind.name()).collect()
}

fn input(visit: &Visit, name: &str, of: ValueKind, typed: &str, mistake: &Mistake) -> Markup {
    let (label, hint) = (
        visit.say(&format!("entry-{name}")),
        visit.say(&format!("entry-{name}-hint")),
    );
    let asked = Control {
        name,
        kind: of,
        label: &label,
        hint: &hint,
        why: html! {},
        typed,
        autocomplete: "off",
        required: false,
    };
    control(visit, &asked, mistake, "")
}

/// One of a few, by buttons.
pub(super) fn choices(
    visit: &Visit,
    name: &str,
    words: &[&str],
    prefix: &str,
    chosen: &str,
    mistake: &Mistake,
) -> Markup {
    let problem = mistake.of(name);
    html! {
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say(&format!("entry-{name}"))) }
            (problem_of(visit, name, problem))
            @for (place, word) in words.iter().enumerate() {
                @let id = if place == 0 { name.to_owned() } else { format!("{name}-{word}") };
                div.tick {
                    input type="radio" id=(id) name=(name) value=(word) checked[*word == chosen];
                    label for=(id) { (visit.say(&format!("{prefix}{word}"))) }
                }
            }
        }
    }
}
