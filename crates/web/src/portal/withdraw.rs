//! 6.3: withdrawal, with its consequences first, then one explicit confirmation. No reason is asked for.

use axum::response::Response;
use jiff::Timestamp;
use maud::html;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::request::{Consequences, Withdrawn};

use crate::components::{error_summary, problem_of, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent};
use crate::http::cookies;
use crate::layout::Page;
use crate::portal::overview::joined_name;
use crate::visit::Visit;

/// GET /my/withdraw
pub async fn open(arrival: Arrival) -> Response {
    let outcome = weighed(&arrival, false).await;
    arrival.respond(outcome)
}

async fn weighed(arrival: &Arrival, unconfirmed: bool) -> Outcome {
    let consequences = arrival
        .system
        .consequences(arrival.known()?, arrival.visit.language)
        .await?;
    let page = page(&arrival.visit, &consequences, unconfirmed);
    Ok(if unconfirmed {
        Answer::wrong(page)
    } else {
        Answer::Page(page)
    })
}

/// POST /my/withdraw
pub async fn withdraw(mut sent: Sent) -> Response {
    let outcome = withdrawn(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn withdrawn(sent: &mut Sent) -> Outcome {
    let caller = sent.arrival.known()?.clone();
    sent.typed.only(|name| name == "understood")?;
    sent.fresh()?;
    if !sent.typed.has("understood") {
        return weighed(&sent.arrival, true).await;
    }
    let withdrawn = sent.arrival.system.withdraw(&caller, sent.key()?).await?;
    // The account ended with the withdrawal; the browser forgets it too.
    sent.arrival.set_cookie(cookies::clear(cookies::SESSION));
    sent.arrival.visit.standpoint = crate::visit::Standpoint::Visitor;
    Ok(if withdrawn.receipt_ready {
        Answer::SeeOther(format!("/receipt/{}", withdrawn.number))
    } else {
        Answer::Page(done_page(&sent.arrival.visit, &withdrawn))
    })
}

/// The page with the consequences. `unconfirmed`: the button was pressed without the box.
#[must_use]
pub fn page(visit: &Visit, consequences: &Consequences, unconfirmed: bool) -> Page {
    let mistake = if unconfirmed {
        Mistake::one("understood", Problem::ConsentNeeded)
    } else {
        Mistake::default()
    };
    let label = visit.say("withdraw-understood");
    let inside = html! {
        (problem_of(visit, "understood", mistake.of("understood")))
        div.tick {
            input type="checkbox" id="understood" name="understood" value="yes";
            label for="understood" { (label) }
        }
        div.danger { (submit("withdraw", &visit.say("withdraw-button"))) }
    };
    let body = html! {
        (error_summary(visit, &mistake, |_| Some(label.clone()), |name, _| name.to_owned()))
        h1 { (visit.say("withdraw-title")) }
        p.lead { (visit.say("withdraw-lead")) }
        h2 { (visit.say("withdraw-at-once-title")) }
        ul {
            li { (visit.say("withdraw-at-once-use")) }
            li { (visit.say("withdraw-at-once-way")) }
        }
        h2 { (visit.say("withdraw-destroyed-title")) }
        @if consequences.destroyed.is_empty() { p { (visit.say("withdraw-destroyed-none")) } }
        ul.columns { @for label in &consequences.destroyed { li { (label) } } }
        @if !consequences.kept.is_empty() {
            h2 { (visit.say("withdraw-kept-title")) }
            p { (visit.say("withdraw-kept-lead")) }
            (kept_table(visit, &consequences.kept))
        }
        @if !consequences.joined.is_empty() {
            h2 { (visit.say("withdraw-joined-title")) }
            p { (visit.say("withdraw-joined-lead")) }
            ul { @for record in &consequences.joined { li { (joined_name(visit, record)) } } }
        }
        p.inset { (when(visit, consequences.due, &consequences.orders)) }
        (tray(visit, "/my/withdraw", &[], &inside))
        p { a href="/my" { (visit.say("withdraw-no")) } }
    };
    Page::new(visit.say("withdraw-title"), body)
        .wrong_if(unconfirmed)
        .back_to("/my")
}

/// By which day everything goes, or the order that stands in the way.
fn when(visit: &Visit, due: Timestamp, orders: &[String]) -> String {
    if orders.is_empty() {
        visit.say_of("withdraw-due", "date", &visit.date(due))
    } else {
        visit.say_of("withdraw-ordered", "articles", &orders.join("; "))
    }
}

/// What stays, under which law, until when.
#[must_use]
pub fn kept_table(visit: &Visit, kept: &[(String, String, String)]) -> maud::Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(visit.say("withdraw-kept-title")) {
            table {
                thead { tr {
                    th scope="col" { (visit.say("kept-what")) }
                    th scope="col" { (visit.say("kept-law")) }
                    th scope="col" { (visit.say("kept-until")) }
                } }
                tbody {
                    @for (label, citation, until) in kept {
                        tr { th scope="row" { (label) } td { (citation) } td { (visit.day(until)) } }
                    }
                }
            }
        }
    }
}

/// The withdrawal is in; destruction follows by its date.
#[must_use]
pub fn done_page(visit: &Visit, withdrawn: &Withdrawn) -> Page {
    let body = html! {
        div.panel role="status" {
            h1 { (visit.say("withdrawn-title")) }
            p { (visit.say("withdrawn-number")) br; strong.reference { (withdrawn.number) } }
        }
        p.lead { (visit.say("withdrawn-lead")) }
        h2 { (visit.say("order-next-title")) }
        p { (when(visit, withdrawn.due, &withdrawn.orders)) }
        p {
            (visit.say("withdrawn-receipt")) " "
            a href={ "/receipt/" (withdrawn.number) } { (visit.say("receipt-title")) }
        }
        p.no-print { (visit.say("order-print")) }
    };
    Page::new(visit.say("withdrawn-title"), body)
}
