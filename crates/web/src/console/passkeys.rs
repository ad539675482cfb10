//! 5.1.4: a member of staff adds passkeys beside the numbers of the telephone, sees them, and takes one away. Each takes the password and a
//! number; without a script the numbers go on to do.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::access::{
    Attestation, OwnPasskey, OwnPasskeys, OwnProof, PASSKEYS_MAX, PasskeyProposed,
};

use super::cases::staff;
use super::own_sessions;
use crate::components::{
    Control, control, error_summary, passkey_maker, passkey_problem, submit, tray, without_passkeys,
};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::portal::passkeys::New;
use crate::portal::second_proof::{current_question, number_question};
use crate::visit::Visit;

/// Where they are.
pub const PATH: &str = "/staff/passkeys";

/// GET /staff/passkeys
pub async fn open(arrival: Arrival) -> Response {
    let outcome = opened(&arrival, &New::default()).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival, new: &New) -> Outcome {
    let own = arrival.system.my_staff_passkeys(staff(arrival)?).await?;
    let page = page(&arrival.visit, &own, new);
    Ok(if new.mistake.0.is_empty() {
        Answer::Page(page)
    } else {
        Answer::wrong(page)
    })
}

/// POST /staff/passkeys: the step says what is done.
pub async fn go_on(mut sent: Sent) -> Response {
    let outcome = step(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn step(sent: &mut Sent) -> Outcome {
    let fields = ["name", "current", "code", "challenge", "client", "object"];
    sent.typed.only(|name| fields.contains(&name))?;
    let caller = staff(&sent.arrival)?.clone();
    let system = sent.arrival.system.clone();
    let (name, challenge) = (sent.typed.plain("name"), sent.typed.text("challenge").to_owned());
    let again = async |mistake: Option<Mistake>| {
        let proposed = system.proposed_staff_passkey(&caller, &name, &challenge).await;
        mistake_of(proposed).map(|proposed| (proposed, mistake))
    };
    let (proposed, mistake) = match sent.typed.text("step") {
        "show-proposed" => again(None).await?,
        "set" => {
            sent.fresh()?;
            let made = Attestation {
                client_data: sent.typed.text("client").to_owned(),
                object: sent.typed.text("object").to_owned(),
            };
            match mistake_of(system.set_staff_passkey(&caller, &name, &made).await)? {
                Ok(session) => {
                    sent.arrival.go_on_as(&session).await?;
                    return Ok(Answer::SeeOther(PATH.to_owned()));
                }
                Err(mistake) => again(Some(mistake)).await?,
            }
        }
        _ => {
            sent.fresh()?;
            let proof = proof_of(sent);
            let proposed = system.propose_staff_passkey(&caller, &name, proof).await;
            (mistake_of(proposed)?, None)
        }
    };
    match (proposed, mistake) {
        (Ok(proposed), None) => Ok(Answer::Page(make_page(
            &sent.arrival.visit,
            &proposed,
            &Mistake::default(),
        ))),
        (Ok(proposed), Some(mistake)) => {
            Ok(Answer::wrong(make_page(&sent.arrival.visit, &proposed, &mistake)))
        }
        (Err(mistake), _) => {
            let new = New {
                name: name.expose().clone(),
                mistake,
            };
            opened(&sent.arrival, &new).await
        }
    }
}

fn proof_of(sent: &Sent) -> OwnProof {
    OwnProof {
        current: sent.typed.plain("current"),
        number: sent.typed.plain("code"),
    }
}

/// GET /staff/passkeys/{id}
pub async fn open_one(Path(id): Path<String>, arrival: Arrival) -> Response {
    let outcome = opened_one(&arrival, &id, &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn opened_one(arrival: &Arrival, id: &str, mistake: &Mistake) -> Outcome {
    let own = arrival.system.my_staff_passkeys(staff(arrival)?).await?;
    let found = own.list.into_iter().find(|passkey| passkey.id == id);
    let page = remove_page(&arrival.visit, &found.ok_or(Rejected::NotFound)?, mistake);
    Ok(if mistake.0.is_empty() {
        Answer::Page(page)
    } else {
        Answer::wrong(page)
    })
}

/// POST /staff/passkeys/{id}
pub async fn remove(Path(id): Path<String>, mut sent: Sent) -> Response {
    let outcome = removed(&mut sent, &id).await;
    sent.arrival.respond(outcome)
}

async fn removed(sent: &mut Sent, id: &str) -> Outcome {
    sent.typed.only(|name| matches!(name, "current" | "code"))?;
    let caller = staff(&sent.arrival)?.clone();
    if sent.typed.text("step") == "show" {
        return opened_one(&sent.arrival, id, &Mistake::default()).await;
    }
    sent.fresh()?;
    let system = sent.arrival.system.clone();
    match mistake_of(system.remove_staff_passkey(&caller, id, proof_of(sent)).await)? {
        Ok(session) => {
            sent.arrival.go_on_as(&session).await?;
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
pub fn page(visit: &Visit, own: &OwnPasskeys, new: &New) -> Page {
    let body = html! {
        (summary(visit, &new.mistake))
        h1 { (visit.say("passkeys-title")) }
        p.lead { (visit.say("staff-passkeys-lead")) }
        @if own.list.is_empty() {
            p { (visit.say("staff-passkeys-none")) }
        } @else {
            div.held { @for passkey in &own.list { (shown(visit, passkey)) } }
        }
        (passkey_problem(visit, &new.mistake))
        (adding(visit, own, new))
    };
    Page::new(visit.say("passkeys-title"), body)
        .wrong_if(!new.mistake.0.is_empty())
        .back_to(own_sessions::PATH)
        .scripted_if(own.site.is_some() && own.list.len() < PASSKEYS_MAX)
}

fn shown(visit: &Visit, passkey: &OwnPasskey) -> Markup {
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
            p { a href={ (PATH) "/" (passkey.id) } { (visit.say("passkeys-remove")) span.unseen { ": " (name) } } }
        }
    }
}

/// What may be done about one more.
fn adding(visit: &Visit, own: &OwnPasskeys, new: &New) -> Markup {
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
        (number_question(visit, &new.mistake))
        (submit("begin", &visit.say("passkeys-begin-button")))
    };
    html! {
        (without_passkeys(site, &visit.say_of("passkeys-elsewhere", "origin", origin)))
        div hidden data-site=(site) {
            h2 { (visit.say("passkeys-add-title")) }
            (tray(visit, PATH, &[], &inside))
        }
    }
}

/// Both proofs were right: the device makes it.
#[must_use]
pub fn make_page(visit: &Visit, proposed: &PasskeyProposed, mistake: &Mistake) -> Page {
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
        (tray(visit, PATH, &kept, &passkey_maker(visit, proposed)))
    };
    Page::new(visit.say("passkey-set-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to(PATH)
        .keeping_typed(PATH, "show-proposed", "show-proposed")
        .scripted()
}

/// One goes, with both proofs.
#[must_use]
pub fn remove_page(visit: &Visit, passkey: &OwnPasskey, mistake: &Mistake) -> Page {
    let action = format!("{PATH}/{}", passkey.id);
    let inside = html! {
        (current_question(visit, mistake))
        (number_question(visit, mistake))
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
        .back_to(PATH)
        .keeping_typed(action, "show", "remove")
}
