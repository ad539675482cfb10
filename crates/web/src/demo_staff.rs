//! The people who work at the operator of a demonstration, with the number that each of their telephones would show. Only a
//! demonstration mounts the page.

use std::fmt;

use axum::response::Response;
use maud::html;
use sandyq_model::Plain;
use sandyq_processing::access::number_shown;

use crate::http::arrival::{Answer, Arrival};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the page is.
pub const PATH: &str = "/demo/staff";

/// Somebody invented who signs in at the console.
#[derive(Clone)]
pub struct DemoStaff {
    /// The name.
    pub name: String,
    /// The password.
    pub password: Plain<String>,
    /// The secret of their telephone's program, as it is typed in.
    pub secret: Plain<String>,
}

impl fmt::Debug for DemoStaff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DemoStaff({})", self.name)
    }
}

/// GET /demo/staff
pub(crate) async fn show(staff: Vec<DemoStaff>, arrival: Arrival) -> Response {
    let now = arrival.system.now();
    let numbers: Vec<[String; 3]> = staff
        .iter()
        .map(|one| {
            let number = number_shown(&one.secret, now).map(|number| number.expose().clone());
            [
                one.name.clone(),
                one.password.expose().clone(),
                number.unwrap_or_default(),
            ]
        })
        .collect();
    let page = page(&arrival.visit, &numbers);
    arrival.respond(Ok(Answer::Page(page)))
}

/// The page: name, password and number of each.
#[must_use]
pub fn page(visit: &Visit, staff: &[[String; 3]]) -> Page {
    let body = html! {
        h1 { (visit.say("demo-staff-title")) }
        p.lead { (visit.say("demo-staff-lead")) }
        div.scroll tabindex="0" role="region" aria-label=(visit.say("demo-staff-title")) {
            table {
                thead { tr {
                    th scope="col" { (visit.say("staff-name-label")) }
                    th scope="col" { (visit.say("staff-password-label")) }
                    th scope="col" { (visit.say("demo-staff-number")) }
                } }
                tbody {
                    @for [name, password, number] in staff {
                        tr {
                            th scope="row" { (name) }
                            td { code { (password) } }
                            td { code { (number) } }
                        }
                    }
                }
            }
        }
        p { a href=(PATH) { (visit.say("demo-staff-again")) } }
        p { a.go href="/staff/sign-in" { (visit.say("staff-sign-in-title")) } }
    };
    Page::new(visit.say("demo-staff-title"), body)
}
