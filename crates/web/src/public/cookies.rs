//! 2.2.6: the cookies of this site, all of which a visit cannot do without; so there is nothing to accept or refuse.

use axum::response::Response;
use maud::html;

use crate::http::arrival::{Answer, Arrival};
use crate::http::cookies::{BINDING, BROWSER, LANGUAGE, SESSION, VISITOR};
use crate::layout::Page;
use crate::visit::Visit;

/// GET /cookies
pub async fn show(arrival: Arrival) -> Response {
    let page = page(&arrival.visit);
    arrival.respond(Ok(Answer::Page(page)))
}

/// Each cookie with the keys of what it is for and how long it stays.
const COOKIES: [(&str, &str, &str); 5] = [
    (VISITOR, "cookie-visitor", "cookie-until-closed"),
    (LANGUAGE, "cookie-language", "cookie-year"),
    (BINDING, "cookie-binding", "cookie-hour-or-month"),
    (SESSION, "cookie-session", "cookie-until-out"),
    (BROWSER, "cookie-browser", "cookie-half-year"),
];

/// The page.
#[must_use]
pub fn page(visit: &Visit) -> Page {
    let body = html! {
        h1 { (visit.say("cookies-title")) }
        p.lead { (visit.say("cookies-lead")) }
        div.scroll tabindex="0" role="region" aria-label=(visit.say("cookies-title")) {
            table {
                thead { tr {
                    th scope="col" { (visit.say("cookies-name")) }
                    th scope="col" { (visit.say("cookies-for")) }
                    th scope="col" { (visit.say("cookies-until")) }
                } }
                tbody {
                    @for (name, purpose, until) in COOKIES {
                        tr {
                            th scope="row" { code { (name) } }
                            td { (visit.say(purpose)) }
                            td { (visit.say(until)) }
                        }
                    }
                }
            }
        }
        p { (visit.say("cookies-none-other")) }
    };
    Page::new(visit.say("cookies-title"), body)
}
