//! `data.html` of an archive: one page for a person, whole by itself, in the language that they read. It asks for nothing
//! from anywhere, and prints.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sandyq_processing::consent::MyConsent;
use sandyq_processing::request::{Access, Everything, MyRow, RequestView};

use crate::components::value_block;
use crate::console::recipients::disclosure;
use crate::portal::accesses::what;
use crate::visit::Visit;

/// Nothing is fetched, whatever opens the file.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";
const STYLE: &str = "body{font:16px/1.5 Georgia,serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;\
    background:#fff;overflow-wrap:anywhere}h1,h2,h3{line-height:1.2}h2{margin-top:2.5rem;border-bottom:2px solid #b98a2f}\
    article{margin:1.2rem 0;break-inside:avoid}article h3{margin:0 0 .2rem;font-size:1rem}dl{margin:.2rem 0;display:grid;\
    grid-template-columns:minmax(7rem,max-content) 1fr;gap:.1rem .9rem}dt{color:#555}dd{margin:0}.value{font-size:1.15rem;\
    font-weight:bold;margin:0;white-space:pre-line}.told{list-style:none;margin:.2rem 0;padding:0}.told li+li{margin-top:.8rem}\
    .told dl{display:block}.told dl div{display:flex;gap:.6rem}@media(max-width:30rem){dl{grid-template-columns:1fr}}\
    @media(prefers-color-scheme:dark){body{background:#1b1b1b;color:#eee}dt{color:#bbb}a{color:#9cf}}";

/// The page. `from` puts the source of a value into words.
#[must_use]
pub fn document(visit: &Visit, of: &Everything, from: &dyn Fn(&str) -> String) -> Markup {
    let title = visit.say("archive-title");
    html! {
        (DOCTYPE)
        html lang=(visit.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) " – " (visit.date(of.at)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (title) }
                    p { (visit.say("archive-lead")) }
                    (about(visit, of))
                    h2 { (visit.say("my-rows-title")) }
                    @if of.data.rows.is_empty() { p { (visit.say("my-rows-empty")) } }
                    @for row in &of.data.rows { (value(visit, row, &from(&row.source))) }
                    h2 { (visit.say("consents-title")) }
                    @if of.consents.is_empty() { p { (visit.say("consents-empty")) } }
                    @for consent in &of.consents { (agreed(visit, consent)) }
                    (cases(visit, of))
                    h2 { (visit.say("requests-title")) }
                    @if of.requests.is_empty() { p { (visit.say("requests-empty")) } }
                    @for one in &of.requests { (request(visit, one)) }
                    h2 { (visit.say("confidentiality-given-title")) }
                    @if of.given.is_empty() { p { (visit.say("confidentiality-given-none")) } }
                    @for line in &of.given { (disclosure(visit, line)) }
                    h2 { (visit.say("accesses-title")) }
                    p { (visit.say("accesses-lead")) }
                    @for access in &of.looks { (look(visit, access)) }
                    @if of.older_looks > 0 {
                        p { (visit.say_of("archive-older-looks", "count", &of.older_looks.to_string())) }
                    }
                }
            }
        }
    }
}

fn about(visit: &Visit, of: &Everything) -> Markup {
    let (name, bin) = &of.operator;
    html! {
        dl {
            dt { (visit.say("receipt-operator")) } dd { (name) ", " (visit.say_of("operator-bin", "bin", bin)) }
            dt { (visit.say("archive-made")) } dd { (visit.date_and_time(of.at)) }
            dt { (visit.say("archive-number")) } dd { (of.number) }
            dt { (visit.say("accesses-entry")) } dd { (of.entry) }
            dt { (visit.say("receipt-person")) } dd { (of.pseudonym) }
            dt { (visit.say("my-category")) } dd { (of.category) }
            dt { (visit.say("my-standing")) } dd { (visit.say(&format!("standing-{}", of.data.standing.name()))) }
            dt { (visit.say("my-since")) } dd { (visit.date(of.data.since)) }
            dt { (visit.say("my-until")) }
            dd { @match of.data.until {
                Some(until) => (visit.date(until)),
                None => (visit.say("my-until-purpose")),
            } }
        }
    }
}

fn value(visit: &Visit, row: &MyRow, source: &str) -> Markup {
    let purposes: Vec<String> = row
        .purposes
        .iter()
        .map(|(clause, label)| format!("{label} ({clause})"))
        .collect();
    html! {
        article {
            h3 { (row.label) }
            (value_block(visit, &row.name, row.value.expose()))
            dl {
                dt { (visit.say("my-source")) } dd { (source) ", " (visit.date(row.recorded_at)) }
                dt { (visit.say("my-purposes")) }
                dd { @if purposes.is_empty() { (visit.say("my-no-purpose")) } (purposes.join("; ")) }
                @if !row.ground.is_empty() { dt { (visit.say("my-ground")) } dd { (row.ground) } }
                dt { (visit.say("my-value-until")) }
                dd {
                    (visit.date(row.until))
                    @if let Some(norm) = row.norm() { ", " (norm) }
                }
            }
        }
    }
}

fn agreed(visit: &Visit, consent: &MyConsent) -> Markup {
    let (clause, purpose) = &consent.purpose;
    let moments = [
        ("consent-given", Some(consent.given_at)),
        ("consent-confirmed", consent.confirmed_at),
        ("consent-withdrawn", consent.withdrawn_at),
    ];
    html! {
        article {
            h3 { (consent.label) }
            dl {
                dt { (visit.say("my-purposes")) } dd { (purpose) " (" (clause) ")" }
                dt { (visit.say("accesses-fields")) } dd { (consent.fields.join(", ")) }
                @for (key, at) in moments {
                    @if let Some(at) = at { dt { (visit.say(key)) } dd { (visit.date_and_time(at)) } }
                }
                @for (_, _, number) in &consent.receipts {
                    dt { (visit.say("consent-receipt-title")) }
                    dd { a href={ "receipts/" (number) ".jsonld" } { (number) } }
                }
            }
        }
    }
}

fn cases(visit: &Visit, of: &Everything) -> Markup {
    html! {
        @if !of.cases.is_empty() { h2 { (visit.say("archive-cases")) } }
        @for case in &of.cases {
            article {
                h3 { (case.reference) }
                dl {
                    dt { (case.service) } dd { (visit.say(&format!("state-{}", case.state.name()))) }
                    dt { (visit.say("my-since")) } dd { (visit.date(case.opened_at)) }
                    @if let Some(about) = &case.about { dt { (visit.say("accesses-purpose")) } dd { (about) } }
                    @for (name, quantity, price) in &case.lines {
                        dt { (name) } dd { (quantity) " × " (visit.money(*price, &case.currency)) }
                    }
                }
            }
        }
    }
}

fn request(visit: &Visit, request: &RequestView) -> Markup {
    let kind = visit.say(&format!("request-kind-{}", request.kind.name()));
    let state = visit.say(&format!("request-state-{}", request.state.name()));
    html! {
        article {
            h3 { (request.reference) " – " (kind) }
            @for (_, label, text) in &request.texts {
                p { strong { (label) } br; (text.expose()) }
            }
            dl {
                dt { (visit.say("my-standing")) } dd { (state) }
                @for step in &request.steps {
                    dt { (visit.date_and_time(step.at)) }
                    dd { (visit.say(&format!("request-step-{}", step.step.name()))) ", " (step.who) }
                }
            }
        }
    }
}

fn look(visit: &Visit, access: &Access) -> Markup {
    html! {
        article {
            h3 { (visit.date_and_time(access.at)) " – " (access.who) ": " (what(visit, access))
                @if access.refused { " (" (visit.say("accesses-refused")) ")" }
            }
            dl {
                @if let Some(request) = &access.request {
                    dt { (visit.say("accesses-request")) } dd { (request) }
                }
                @if !access.fields.is_empty() {
                    dt { (visit.say("accesses-fields")) } dd { (access.fields.join(", ")) }
                }
                @if let Some(recipient) = &access.recipient {
                    dt { (visit.say("disclosure-to")) } dd { (recipient) }
                }
                @if let Some(purpose) = &access.purpose {
                    dt { (visit.say("accesses-purpose")) } dd { (purpose) }
                }
                @if !access.clauses.is_empty() {
                    dt { (visit.say("accesses-clauses")) } dd { (access.clauses.join(", ")) }
                }
                dt { (visit.say("accesses-entry")) } dd { (access.entry) }
            }
        }
    }
}
