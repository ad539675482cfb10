//! "How confidential it is" (4.1, 4.2.1, 5.1.4, 6.2): what is public, to whom outside something may go, and what each role
//! here sees of me. All of it is asked of the policy when the page is asked for.

use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::Problem;
use sandyq_processing::Rejected;
use sandyq_processing::request::{InPublic, Seen, SeenFor, ThirdParty};
use sandyq_processing::transfer::Given;

use super::consents::recipient_words;
use crate::components::hidden;
use crate::console::recipients::disclosure;
use crate::http::arrival::{Answer, Arrival, Outcome, Sent};
use crate::layout::Page;
use crate::public::winners;
use crate::visit::Visit;

/// GET /my/confidentiality
pub async fn show(arrival: Arrival) -> Response {
    let outcome = shown(&arrival).await;
    arrival.respond(outcome)
}

async fn shown(arrival: &Arrival) -> Outcome {
    let (caller, language) = (arrival.known()?, arrival.visit.language);
    let seen = arrival.system.seen_by(caller, language).await?;
    let parties = arrival.system.third_parties(caller, language).await?;
    let given = arrival.system.given_to_others(caller, language).await?;
    let public = arrival.system.in_public(caller, language).await?;
    let outside = Outside {
        public,
        parties,
        given,
    };
    let deciders = arrival.system.deciders(language);
    Ok(Answer::Page(page(&arrival.visit, &seen, &outside, &deciders)))
}

/// POST /my/confidentiality: a letter about each handing-over, or none.
pub async fn wish(sent: Sent) -> Response {
    let outcome = wished(&sent).await;
    sent.arrival.respond(outcome)
}

async fn wished(sent: &Sent) -> Outcome {
    let caller = sent.arrival.known()?;
    sent.typed.only(|_| false)?;
    sent.fresh()?;
    let tells = match sent.typed.text("step") {
        "tell" => true,
        "quiet" => false,
        _ => return Err(Rejected::mistake("step", Problem::Choice)),
    };
    sent.arrival.system.wish_to_be_told(caller, tells).await?;
    Ok(Answer::SeeOther("/my/confidentiality".to_owned()))
}

/// What may go to others outside, and what went.
#[derive(Debug)]
pub struct Outside {
    /// What is public.
    pub public: InPublic,
    /// To whom something may go.
    pub parties: Vec<ThirdParty>,
    /// To whom something went.
    pub given: Given,
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, seen: &[Seen], outside: &Outside, deciders: &[(String, bool)]) -> Page {
    let parties = &outside.parties;
    let body = html! {
        h1 { (visit.say("confidentiality-title")) }
        p.lead { (visit.say("confidentiality-lead")) }
        h2 { (visit.say("confidentiality-public-title")) }
        (in_public(visit, &outside.public))
        h2 { (visit.say("confidentiality-parties-title")) }
        @if parties.is_empty() { p { (visit.say("confidentiality-parties-none")) } }
        @else { p { (visit.say("confidentiality-parties-lead")) " " a href="/policy#clause-4.2.1" { "4.2.1" } } }
        div.held { @for party in parties { (third_party(visit, party)) } }
        (given(visit, &outside.given))
        h2 { (visit.say("confidentiality-seen-title")) }
        p { (visit.say("confidentiality-seen-lead")) }
        div.held { @for role in seen { (role_card(visit, role)) } }
        h2 { (visit.say("deciders-title")) }
        p { (visit.say("deciders-lead")) " " a href="/policy#clause-1.3" { "1.3" } }
        dl.facts { @for (label, human) in deciders {
            div {
                dt { (label) }
                dd { (visit.say(if *human { "deciders-human" } else { "deciders-machine" })) }
            }
        } }
        p { (visit.say("deciders-object")) " " a href="/my/requests/new" { (visit.say("requests-new")) } }
    };
    Page::new(visit.say("confidentiality-title"), body).back_to("/my")
}

/// What is public, name by name: nothing, unless the person switched it on (4.1).
fn in_public(visit: &Visit, public: &InPublic) -> Markup {
    html! {
        p {
            (visit.say(if public.fields.is_empty() { "confidentiality-public" } else { "confidentiality-public-own" }))
            " " a href="/policy#clause-4.1" { "4.1" }
        }
        @if let Some(since) = public.since {
            p.inset {
                (visit.say_of("confidentiality-public-since", "date", &visit.date(since))) " "
                a href=(winners::PATH) { (visit.say("winners-title")) }
            }
        }
        div.held { @for field in &public.fields {
            article.datum id={ "public-" (field.item) } {
                h3 { (field.label) }
                @match &field.consent {
                    Some(consent) => {
                        p.value { (visit.say("confidentiality-public-on")) }
                        p.act { a href={ "/my/consents/" (consent) "/take-back" } {
                            (visit.say("take-back-link")) span.unseen { " – " (field.label) }
                        } }
                    }
                    None => {
                        p.value { (visit.say("confidentiality-public-off")) }
                        p.act { a href={ "/my/consents/give/" (field.item) } {
                            (visit.say("confidentiality-allow")) span.unseen { " – " (field.label) }
                        } }
                    }
                }
            }
        } }
    }
}

/// What was handed over, and whether a letter goes out about the next.
fn given(visit: &Visit, given: &Given) -> Markup {
    let (says, step, button) = if given.tells {
        ("confidentiality-tells", "quiet", "confidentiality-tell-not")
    } else {
        ("confidentiality-tells-not", "tell", "confidentiality-tell")
    };
    html! {
        h2 id="given" { (visit.say("confidentiality-given-title")) }
        @if given.rows.is_empty() { p { (visit.say("confidentiality-given-none")) } }
        @for row in &given.rows { (disclosure(visit, row)) }
        p { (visit.say(says)) }
        form.plain method="post" action="/my/confidentiality" {
            (hidden("token", &visit.token))
            (hidden("key", &visit.key))
            button.quiet type="submit" name="step" value=(step) { (visit.say(button)) }
        }
    }
}

fn third_party(visit: &Visit, party: &ThirdParty) -> Markup {
    let (item, label) = &party.item;
    let name = party.kind.name();
    html! {
        article.datum id={ "party-" (name) } {
            h3 { (recipient_words(visit, name)) }
            @match &party.consent {
                Some(consent) => {
                    p.value { (visit.say("confidentiality-open")) }
                    p { (label) }
                    p.act { a href={ "/my/consents/" (consent) "/take-back" } {
                        (visit.say("take-back-link")) span.unseen { " – " (label) }
                    } }
                }
                None => {
                    p.value { (visit.say("confidentiality-closed")) }
                    p { (label) }
                    p.act { a href={ "/my/consents/give/" (item) } {
                        (visit.say("confidentiality-allow")) span.unseen { " – " (label) }
                    } }
                }
            }
        }
    }
}

fn role_card(visit: &Visit, role: &Seen) -> Markup {
    let nothing = role.looks.iter().all(|look| look.fields.is_empty());
    html! {
        article.datum {
            h3 { (role.role) }
            @if nothing { p.value { (visit.say("confidentiality-nothing")) } }
            @for look in &role.looks { (look_of(visit, look)) }
        }
    }
}

fn look_of(visit: &Visit, look: &SeenFor) -> Markup {
    let (clause, words) = &look.purpose;
    html! {
        p { (words) " " a href={ "/policy#clause-" (clause) } { (clause) } }
        @if look.fields.is_empty() {
            @if look.cases.is_empty() { p { (visit.say("confidentiality-no-case")) } }
            @else { p { (visit.say("confidentiality-refused")) " " (look.clauses.join(", ")) } }
        } @else {
            p { (visit.say("confidentiality-by-case")) " " (look.cases.join(", ")) }
            dl {
                @for (label, value, masked) in &look.fields {
                    dt { (label) }
                    dd { (value.expose()) @if *masked { " " span.unseen { (visit.say("confidentiality-masked")) } } }
                }
            }
        }
    }
}
