//! The first page: what can be done here, one card each.

use axum::response::Response;
use maud::{Markup, html};

use crate::http::arrival::{Answer, Arrival};
use crate::layout::Page;
use crate::visit::Visit;

/// GET /
pub async fn show(arrival: Arrival) -> Response {
    let page = page(&arrival.visit);
    arrival.respond(Ok(Answer::Page(page)))
}

/// The page.
#[must_use]
pub fn page(visit: &Visit) -> Page {
    let body = html! {
        div.hero {
            h1 { (visit.say("home-title")) }
            p.lead { (visit.say("home-lead")) }
            p { a.go href="/services/guest-purchase" { (visit.say("home-shop")) } }
        }
        ul.cards {
            (card(visit, "/services", "home-services"))
            (card(visit, "/my", "home-my"))
            (card(visit, "/policy", "home-policy"))
            (card(visit, "/ledger", "home-ledger"))
        }
        section {
            h2 { (visit.say("home-promises-title")) }
            ul.promises {
                @for (key, clause) in PROMISES {
                    li { (visit.say(key)) " " a href={ "/policy#clause-" (clause) } { (clause) } }
                }
            }
        }
    };
    Page::new(visit.say("home-title"), body)
}

/// What is promised on the first page, with the clause that is held to it.
const PROMISES: [(&str, &str); 5] = [
    ("home-promise-consent", "1.2"),
    ("home-promise-abroad", "4.3"),
    ("home-promise-human", "1.3"),
    ("home-promise-accounted", "5.1.5"),
    ("home-promise-withdraw", "6.3"),
];

fn card(visit: &Visit, path: &str, key: &str) -> Markup {
    html! {
        li.card {
            h2 { a href=(path) { (visit.say(&format!("{key}-title"))) } }
            p { (visit.say(&format!("{key}-text"))) }
        }
    }
}
