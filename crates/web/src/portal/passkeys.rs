//! 2.2.1: the owner of an account adds passkeys, sees them, and takes one away.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::access::{Attestation, OwnPasskey, OwnPasskeys, PASSKEYS_MAX, PasskeyProposed};

use crate::components::{
    Control, control, error_summary, passkey_maker, passkey_problem, submit, tray, without_passkeys,
};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::portal::second_proof::{current_question, go_on_as, number_question};
use crate::visit::Visit;

const PATH: &str = "/my/passkeys";

/// Whose passkeys the pages are about.
pub struct Place {
    /// Where they are.
    pub path: &'static str,
    /// Where the way leads back.
    pub back: &'static str,
    /// What they are, in a sentence of that key.
    pub lead: &'static str,
    /// That there are none.
    pub none: &'static str,
    /// What else is to be known once there are some.
    pub known: Option<&'static str>,
    /// Whether one is taken away with a number as well.
    pub number_to_remove: bool,
}

/// Those of the owner of an account.
pub const OWNERS: Place = Place {
    path: PATH,
    back: "/my",
    lead: "passkeys-lead",
    none: "passkeys-none",
    known: Some("passkeys-letter"),
    number_to_remove: false,
};

/// What was typed for a new passkey.
#[derive(Default)]
pub struct New {
    /// Its name.
    pub name: String,
    /// What is wrong.
    pub mistake: Mistake,
}

/// GET /my/passkeys
pub async fn open(arrival: Arrival) -> Response {
    let outcome = opened(&arrival, &New::default()).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival, new: &New) -> Outcome {
    let Some(own) = arrival.system.my_passkeys(arrival.known()?).await? else {
        return Ok(Answer::SeeOther("/my/password".to_owned()));
    };
    let page = page(&arrival.visit, &OWNERS, &own, new);
    Ok(Answer::of(page))
}

/// POST /my/passkeys: the step says what is done.
pub async fn go_on(mut sent: Sent) -> Response {
    let outcome = step(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn step(sent: &mut Sent) -> Outcome {
    let fields = ["name", "current", "code", "challenge", "client", "object"];
    sent.typed.only(|name| fields.contains(&name))?;
    let caller = sent.arrival.known()?.clone();
    let system = sent.arrival.system.clone();
    let (name, challenge) = (sent.typed.plain("name"), sent.typed.text("challenge").to_owned());
    let new = |mistake: Mistake| New {
        name: name.expose().clone(),
        mistake,
    };
    match sent.typed.text("step").to_owned().as_str() {
        "show-proposed" => match mistake_of(system.proposed_passkey(&caller, &name, &challenge).await)? {
            Ok(proposed) => Ok(Answer::Page(make_page(
                &sent.arrival.visit,
                &OWNERS,
                &proposed,
                &Mistake::default(),
            ))),
            Err(mistake) => opened(&sent.arrival, &new(mistake)).await,
        },
        "set" => {
            sent.fresh()?;
            set(sent, &challenge).await
        }
        _ => {
            sent.fresh()?;
            let (current, code) = (sent.typed.plain("current"), sent.typed.plain("code"));
            let proposed = system.propose_passkey(&caller, &name, &current, &code).await;
            match mistake_of(proposed)? {
                Ok(proposed) => Ok(Answer::Page(make_page(
                    &sent.arrival.visit,
                    &OWNERS,
                    &proposed,
                    &Mistake::default(),
                ))),
                Err(mistake) => opened(&sent.arrival, &new(mistake)).await,
            }
        }
    }
}

async fn set(sent: &mut Sent, challenge: &str) -> Outcome {
    let caller = sent.arrival.known()?.clone();
    let system = sent.arrival.system.clone();
    let name = sent.typed.plain("name");
    let made = Attestation {
        client_data: sent.typed.text("client").to_owned(),
        object: sent.typed.text("object").to_owned(),
    };
    let language = sent.arrival.visit.language;
    match mistake_of(system.set_passkey(&caller, &name, &made, language).await)? {
        Ok(session) => {
            go_on_as(&mut sent.arrival, session.expose());
            Ok(Answer::SeeOther(PATH.to_owned()))
        }
        Err(mistake) => match mistake_of(system.proposed_passkey(&caller, &name, challenge).await)? {
            Ok(proposed) => Ok(Answer::wrong(make_page(
                &sent.arrival.visit,
                &OWNERS,
                &proposed,
                &mistake,
            ))),
            Err(late) => {
                let new = New {
                    name: name.expose().clone(),
                    mistake: late,
                };
                opened(&sent.arrival, &new).await
            }
        },
    }
}

/// GET /my/passkeys/{id}
pub async fn open_one(Path(id): Path<String>, arrival: Arrival) -> Response {
    let outcome = opened_one(&arrival, &id, &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn opened_one(arrival: &Arrival, id: &str, mistake: &Mistake) -> Outcome {
    let own = arrival.system.my_passkeys(arrival.known()?).await?;
    let found = own.and_then(|own| own.list.into_iter().find(|passkey| passkey.id == id));
    let passkey = found.ok_or(sandyq_processing::Rejected::NotFound)?;
    let page = remove_page(&arrival.visit, &OWNERS, &passkey, mistake);
    Ok(Answer::of(page))
}

/// POST /my/passkeys/{id}
pub async fn remove(Path(id): Path<String>, mut sent: Sent) -> Response {
    let outcome = removed(&mut sent, &id).await;
    sent.arrival.respond(outcome)
}

async fn removed(sent: &mut Sent, id: &str) -> Outcome {
    sent.typed.only(|name| name == "current")?;
    let caller = sent.arrival.known()?.clone();
    if sent.typed.text("step") == "show" {
        return opened_one(&sent.arrival, id, &Mistake::default()).await;
    }
    sent.fresh()?;
    let (current, language) = (sent.typed.plain("current"), sent.arrival.visit.language);
    let system = sent.arrival.system.clone();
    match mistake_of(system.remove_passkey(&caller, id, &current, language).await)? {
        Ok(session) => {
            go_on_as(&mut sent.arrival, session.expose());
            Ok(Answer::SeeOther(PATH.to_owned()))
        }
        Err(mistake) => opened_one(&sent.arrival, id, &mistake).await,
    }
}

fn summary(visit: &Visit, mistake: &Mistake) -> Markup {
    let label_of = |name: &str| match name {
        "current" => Some(visit.say("password-current-label")),
        "name" => Some(visit.say("passkeys-name-label")),
        "code" => Some(visit.say("second-code-label")),
        "passkey" => Some(visit.say("passkey-label")),
        _ => None,
    };
    error_summary(visit, mistake, label_of, |name, _: Problem| name.to_owned())
}

/// The list, and the questions before a new one.
#[must_use]
pub fn page(visit: &Visit, place: &Place, own: &OwnPasskeys, new: &New) -> Page {
    let body = html! {
        (summary(visit, &new.mistake))
        h1 { (visit.say("passkeys-title")) }
        p.lead { (visit.say(place.lead)) }
        @if own.list.is_empty() {
            p { (visit.say(place.none)) }
        } @else {
            div.held { @for passkey in &own.list { (shown(visit, place, passkey)) } }
            @if let Some(known) = place.known { p { (visit.say(known)) } }
        }
        (passkey_problem(visit, &new.mistake))
        (adding(visit, place, own, new))
    };
    Page::new(visit.say("passkeys-title"), body)
        .wrong_if(!new.mistake.0.is_empty())
        .back_to(place.back)
        .scripted_if(own.site.is_some() && own.list.len() < PASSKEYS_MAX)
}

fn shown(visit: &Visit, place: &Place, passkey: &OwnPasskey) -> Markup {
    let name = passkey.name.expose();
    html! {
        article.datum {
            h2 { (name) }
            dl {
                dt { (visit.say("passkeys-since")) } dd { (visit.date_and_time(passkey.since)) }
                dt { (visit.say("passkeys-used")) }
                dd {
                    @match passkey.used_at {
                        Some(at) => (visit.date_and_time(at)),
                        None => (visit.say("passkeys-unused")),
                    }
                }
            }
            p { a href={ (place.path) "/" (passkey.id) } { (visit.say("passkeys-remove")) span.unseen { ": " (name) } } }
        }
    }
}

/// What may be done about one more.
fn adding(visit: &Visit, place: &Place, own: &OwnPasskeys, new: &New) -> Markup {
    let Some((origin, site)) = own.origin.as_deref().zip(own.site.as_deref()) else {
        return html! { p.inset { (visit.say("passkeys-nowhere")) } };
    };
    if own.list.len() >= PASSKEYS_MAX {
        return html! { p.inset { (visit.say("passkeys-full")) } };
    }
    let (label, hint) = (visit.say("passkeys-name-label"), visit.say("passkeys-name-hint"));
    let of_name = Control {
        name: "name",
        kind: ValueKind::Text,
        label: &label,
        hint: &hint,
        why: html! {},
        typed: &new.name,
        autocomplete: "off",
        required: true,
    };
    let inside = html! {
        (control(visit, &of_name, &new.mistake, ""))
        (current_question(visit, &new.mistake))
        @if own.asks_second { (number_question(visit, &new.mistake)) }
        (submit("begin", &visit.say("passkeys-begin-button")))
    };
    html! {
        (without_passkeys(site, &visit.say_of("passkeys-elsewhere", "origin", origin)))
        div hidden data-site=(site) {
            h2 { (visit.say("passkeys-add-title")) }
            (tray(visit, place.path, &[], &inside))
        }
    }
}

/// What was asked before was right: the device makes it.
#[must_use]
pub fn make_page(visit: &Visit, place: &Place, proposed: &PasskeyProposed, mistake: &Mistake) -> Page {
    let kept = [
        ("name".to_owned(), proposed.name.expose().clone()),
        ("challenge".to_owned(), proposed.asked.challenge.clone()),
    ];
    let (site, origin) = (&proposed.asked.site, &proposed.asked.origin);
    let body = html! {
        (summary(visit, mistake))
        h1 { (visit.say("passkey-set-title")) }
        p.lead { (visit.say_of("passkey-set-lead", "name", proposed.name.expose())) }
        (passkey_problem(visit, mistake))
        (without_passkeys(site, &visit.say_of("passkeys-elsewhere", "origin", origin)))
        (tray(visit, place.path, &kept, &passkey_maker(visit, proposed)))
    };
    Page::new(visit.say("passkey-set-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to(place.path)
        .keeping_typed(place.path, "show-proposed", "show-proposed")
        .scripted()
}

/// One goes, with the password.
#[must_use]
pub fn remove_page(visit: &Visit, place: &Place, passkey: &OwnPasskey, mistake: &Mistake) -> Page {
    let action = format!("{}/{}", place.path, passkey.id);
    let inside = html! {
        (current_question(visit, mistake))
        @if place.number_to_remove { (number_question(visit, mistake)) }
        (submit("remove", &visit.say("passkey-remove-button")))
    };
    let body = html! {
        (summary(visit, mistake))
        h1 { (visit.say("passkey-remove-title")) }
        p.lead { (visit.say_of("passkey-remove-lead", "name", passkey.name.expose())) }
        p { (visit.say("passkey-remove-device")) }
        (tray(visit, &action, &[], &inside))
    };
    Page::new(visit.say("passkey-remove-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to(place.path)
        .keeping_typed(action, "show", "remove")
}
