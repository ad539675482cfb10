//! "What I agreed to" (1.2, 6.1, 6.3): each consent with its purpose, its data, what became of it, and its receipts. One
//! by one they are taken back, and those that do not stand are given, to the text that is shown.

use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use sandyq_model::{ConsentId, Mistake, Plain, Problem};
use sandyq_processing::consent::{ConsentEvent, ConsentOffer, MyConsent, TakingBack};
use sandyq_processing::request::TakenBack;
use sandyq_processing::{Language, Rejected};

use crate::components::{PasswordQuestion, error_summary, password_question, problem_of, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::http::cookies;
use crate::layout::Page;
use crate::public::service::consent_text;
use crate::visit::{Standpoint, Visit};

const PATH: &str = "/my/consents";

/// GET /my/consents
pub async fn show(arrival: Arrival) -> Response {
    let outcome = listed(&arrival).await;
    arrival.respond(outcome)
}

async fn listed(arrival: &Arrival) -> Outcome {
    let (caller, language) = (arrival.known()?, arrival.visit.language);
    let consents = arrival.system.my_consents(caller, language).await?;
    let open = arrival.system.open_to_consent(caller, language).await?;
    let acts = arrival.system.my_acts(caller).await?;
    Ok(Answer::Page(page(&arrival.visit, &consents, &open, &acts)))
}

/// GET /my/consents/{consent}/take-back: what ends with it.
pub async fn weigh(Path(consent): Path<String>, arrival: Arrival) -> Response {
    let outcome = weighed(&arrival, &consent).await;
    arrival.respond(outcome)
}

async fn weighed(arrival: &Arrival, consent: &str) -> Outcome {
    let consent = consent.parse::<ConsentId>().map_err(|_| Rejected::NotFound)?;
    let ends = arrival
        .system
        .taking_back(arrival.known()?, consent, arrival.visit.language)
        .await?;
    Ok(match ends {
        Some(ends) => Answer::Page(take_back_page(&arrival.visit, &ends)),
        None => Answer::SeeOther("/my/withdraw".to_owned()),
    })
}

/// POST /my/consents/{consent}/take-back
pub async fn take_back(Path(consent): Path<String>, mut sent: Sent) -> Response {
    let outcome = taken_back(&mut sent, &consent).await;
    sent.arrival.respond(outcome)
}

async fn taken_back(sent: &mut Sent, consent: &str) -> Outcome {
    sent.typed.only(|_| false)?;
    sent.fresh()?;
    let (caller, key) = (sent.arrival.known()?.clone(), sent.key()?);
    let system = sent.arrival.system.clone();
    let language = sent.arrival.visit.language;
    let consent = consent.parse::<ConsentId>().map_err(|_| Rejected::NotFound)?;
    let closes = match system.taking_back(&caller, consent, language).await {
        Ok(Some(ends)) => ends.closes_account,
        Ok(None) => return Ok(Answer::SeeOther("/my/withdraw".to_owned())),
        // Sent twice: what was done already is not there to be weighed.
        Err(Rejected::NotFound) => false,
        Err(other) => return Err(other),
    };
    let taken = system.take_back(&caller, consent, key).await?;
    if let TakenBack::Everything(withdrawn) = taken {
        return Ok(Answer::SeeOther(format!("/receipt/{}", withdrawn.number)));
    }
    if !closes {
        return Ok(Answer::SeeOther(PATH.to_owned()));
    }
    sent.arrival.set_cookie(cookies::clear(cookies::SESSION));
    sent.arrival.visit.standpoint = Standpoint::Visitor;
    Ok(Answer::Page(closed_page(&sent.arrival.visit)))
}

/// GET /my/consents/give/{item}: its text.
pub async fn read(Path(item): Path<String>, arrival: Arrival) -> Response {
    let outcome = readable(&arrival, &item).await;
    arrival.respond(outcome)
}

async fn readable(arrival: &Arrival, item: &str) -> Outcome {
    let (offer, asks) = asked(arrival, item).await?;
    Ok(Answer::Page(give_page(
        &arrival.visit,
        &offer,
        asks,
        &Mistake::default(),
    )))
}

async fn asked(arrival: &Arrival, item: &str) -> Result<(ConsentOffer, bool), Rejected> {
    let caller = arrival.known()?;
    let language = arrival.visit.language;
    let offer = arrival.system.open_consent(caller, item, language).await?;
    let state = arrival.system.my_password(caller).await?;
    Ok((offer, state.is_some_and(|state| state.chosen)))
}

/// POST /my/consents/give/{item}
pub async fn give(Path(item): Path<String>, sent: Sent) -> Response {
    let outcome = given(&sent, &item).await;
    sent.arrival.respond(outcome)
}

async fn given(sent: &Sent, item: &str) -> Outcome {
    sent.typed.only(|name| matches!(name, "agree" | "current"))?;
    sent.fresh()?;
    let caller = sent.arrival.known()?;
    let (offer, asks) = match asked(&sent.arrival, item).await {
        // Sent twice: it stands already.
        Err(Rejected::NotFound) => return Ok(Answer::SeeOther(PATH.to_owned())),
        other => other?,
    };
    let current: Plain<String> = sent.typed.plain("current");
    let language = sent.arrival.visit.language;
    let hash = sent.typed.text("agree");
    let done = sent
        .arrival
        .system
        .give_consent(caller, (item, hash), (&current, sent.key()?), language)
        .await;
    Ok(match mistake_of(done)? {
        Ok(()) => Answer::SeeOther(PATH.to_owned()),
        Err(mistake) => Answer::wrong(give_page(&sent.arrival.visit, &offer, asks, &mistake)),
    })
}

/// The page.
#[must_use]
pub fn page(
    visit: &Visit,
    consents: &[MyConsent],
    open: &[ConsentOffer],
    acts: &[(Timestamp, String)],
) -> Page {
    let (standing, ended): (Vec<_>, Vec<_>) = consents.iter().partition(|consent| consent.stands);
    let body = html! {
        h1 { (visit.say("consents-title")) }
        p.lead { (visit.say("consents-lead")) }
        @if consents.is_empty() { p.inset { (visit.say("consents-empty")) } }
        @if !standing.is_empty() { h2.unseen { (visit.say("consents-standing-title")) } }
        div.held { @for consent in standing { (one(visit, consent)) } }
        p { (visit.say("consents-withdraw")) " " a href="/my/withdraw" { (visit.say("my-card-withdraw-title")) } }
        @if !open.is_empty() {
            h2 { (visit.say("consents-open-title")) }
            p { (visit.say("consents-open-lead")) }
            ul.plain { @for offer in open {
                li {
                    a href={ (PATH) "/give/" (offer.id) } { (offer.label) }
                    (news(visit, offer))
                }
            } }
        }
        @if !ended.is_empty() {
            h2 { (visit.say("consents-ended-title")) }
            div.held { @for consent in ended { (one(visit, consent)) } }
        }
        @if !acts.is_empty() {
            h2 { (visit.say("acts-title")) }
            p { (visit.say("acts-lead")) }
            ul { @for (at, number) in acts {
                li { a href={ "/receipt/" (number) } { (visit.date_and_time(*at)) } }
            } }
        }
    };
    Page::new(visit.say("consents-title"), body).back_to("/my")
}

fn one(visit: &Visit, consent: &MyConsent) -> Markup {
    let (purpose, words) = &consent.purpose;
    html! {
        article.datum id=[consent.stands.then(|| format!("consent-{}", consent.item))] {
            h3 { (consent.label) }
            dl {
                dt { (visit.say("my-purposes")) }
                dd { (words) " " a href={ "/policy#clause-" (purpose) } { (purpose) } }
                dt { (visit.say("accesses-fields")) } dd { (consent.fields.join(", ")) }
                (when(visit, "consent-given", Some(consent.given_at)))
                (when(visit, "consent-confirmed", consent.confirmed_at))
                (when(visit, "consent-withdrawn", consent.withdrawn_at))
                @if let Some((until, reason)) = &consent.closed {
                    dt { (visit.say("consent-closed")) }
                    dd { (reason) ". " (visit.say_of("consent-closed-until", "date", &visit.date(*until))) " " a href="/policy#clause-1.3" { "1.3" } }
                }
                dt { (visit.say("consents-receipts")) }
                dd {
                    @if consent.receipts.is_empty() { (visit.say("consents-no-receipt")) }
                    @for (event, at, number) in &consent.receipts {
                        p { a href={ "/receipt/" (number) } {
                            (visit.say(&event_key(*event))) ", " (visit.date_and_time(*at))
                            span.unseen { " – " (consent.label) }
                        } }
                    }
                }
            }
            @if consent.stands {
                p.act { a href={ (PATH) "/" (consent.id) "/take-back" } {
                    (visit.say("take-back-link")) span.unseen { " – " (consent.label) }
                } }
            }
        }
    }
}

/// What ends when a consent is taken back, and the button that does it.
#[must_use]
pub fn take_back_page(visit: &Visit, ends: &TakingBack) -> Page {
    let consent = &ends.consent;
    let (purpose, words) = &consent.purpose;
    let action = format!("{PATH}/{}/take-back", consent.id);
    let inside = html! { div.danger { (submit("take-back", &visit.say("take-back-button"))) } };
    let body = html! {
        h1 { (visit.say("take-back-title")) }
        p.lead { "“" (consent.label) "”" }
        h2 { (visit.say("withdraw-at-once-title")) }
        ul {
            li {
                (visit.say("take-back-purpose")) " " (words) " "
                a href={ "/policy#clause-" (purpose) } { (purpose) }
            }
            @if let Some(recipient) = &ends.recipient {
                li { (visit.say_of("take-back-recipient", "recipient", &recipient_words(visit, recipient))) }
            }
            @if !ends.cases.is_empty() {
                li { (visit.say_of("take-back-cases", "references", &ends.cases.join(", "))) }
            }
            @if ends.closes_account { li { (visit.say("take-back-account")) } }
            @else if ends.closes_way_in { li { (visit.say("take-back-way-in")) } }
        }
        @if let Some(service) = &ends.service {
            p.inset { (visit.say_of("take-back-service", "service", service)) }
        }
        @if ends.destroyed.is_empty() { p { (visit.say("take-back-nothing")) } } @else {
            h2 { (visit.say("take-back-destroyed")) }
            ul.columns { @for label in &ends.destroyed { li { (label) } } }
        }
        p { (visit.say("take-back-rest")) }
        (tray(visit, &action, &[], &inside))
        p { a href=(PATH) { (visit.say("withdraw-no")) } }
    };
    Page::new(visit.say("take-back-title"), body).back_to(PATH)
}

/// The account was closed with its consent.
#[must_use]
pub fn closed_page(visit: &Visit) -> Page {
    let body = html! {
        div.panel role="status" { h1 { (visit.say("account-closed-title")) } }
        p.lead { (visit.say("account-closed-lead")) }
    };
    Page::new(visit.say("account-closed-title"), body)
}

/// The text of a consent that does not stand, and an empty box.
#[must_use]
pub fn give_page(visit: &Visit, offer: &ConsentOffer, asks_password: bool, mistake: &Mistake) -> Page {
    let action = format!("{PATH}/give/{}", offer.id);
    let problem = mistake.of(&offer.id);
    let current_label = visit.say("password-current-label");
    let current = PasswordQuestion {
        name: "current",
        label: &current_label,
        hint: "",
        new: false,
    };
    let inside = html! {
        section.consent.is-wrong[problem.is_some()] aria-labelledby="agree-title" {
            h2 #agree-title { (offer.label) }
            div.texts {
                (consent_text(Language::Kk, &offer.kk, visit.language == Language::Kk))
                (consent_text(Language::Ru, &offer.ru, visit.language == Language::Ru))
                @if visit.language == Language::En { (consent_text(Language::En, &offer.en, true)) }
            }
            p.hash { (visit.say("consent-hash")) " " code { (offer.hash) } }
            (problem_of(visit, "agree", problem))
            div.tick {
                input type="checkbox" id="agree" name="agree" value=(offer.hash)
                    aria-invalid=[problem.map(|_| "true")] aria-describedby="agree-title";
                label for="agree" { (visit.say("consent-agree")) }
            }
        }
        @if asks_password { (password_question(visit, &current, mistake)) }
        (submit("give", &visit.say("give-button")))
    };
    let label_of = |name: &str| match name {
        "current" => Some(current_label.clone()),
        _ => Some(offer.label.clone()),
    };
    let id = |name: &str, _: Problem| if name == "current" { name } else { "agree" }.to_owned();
    let body = html! {
        (error_summary(visit, mistake, label_of, id))
        h1 { (visit.say("give-title")) }
        p.lead { (visit.say("give-lead")) }
        (news(visit, offer))
        (tray(visit, &action, &[], &inside))
    };
    Page::new(visit.say("give-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to(PATH)
        .widened()
}

/// What is new in a text since a consent of that name was given.
fn news(visit: &Visit, offer: &ConsentOffer) -> Markup {
    html! {
        @if !offer.news.is_empty() {
            p.inset { (visit.say_of("consents-news", "news", &offer.news.join(", "))) }
        }
    }
}

fn when(visit: &Visit, key: &str, at: Option<Timestamp>) -> Markup {
    html! {
        @if let Some(at) = at {
            dt { (visit.say(key)) } dd { (visit.date_and_time(at)) }
        }
    }
}

/// The words of a kind of recipient.
pub(crate) fn recipient_words(visit: &Visit, kind: &str) -> String {
    let key = format!("recipient-{kind}");
    let said = visit.say(&key);
    if said == key { kind.to_owned() } else { said }
}

/// The words of what happened.
pub(crate) fn event_key(event: ConsentEvent) -> String {
    let name = match event {
        ConsentEvent::Confirmed => "confirmed",
        ConsentEvent::Withdrawn => "withdrawn",
    };
    format!("consent-{name}")
}
