//! 5.1.4: a member of staff adds passkeys beside the numbers of the telephone, sees them, and takes one away. Each takes the password and a
//! number; without a script the numbers go on to do.

use axum::extract::Path;
use axum::response::Response;
use sandyq_model::Mistake;
use sandyq_processing::Rejected;
use sandyq_processing::access::Attestation;

use super::cases::staff;
use super::own_password::own_proof;
use super::own_sessions;
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::portal::passkeys::{New, Place, make_page, page, remove_page};

/// Where they are.
pub const PATH: &str = "/staff/passkeys";

/// Those of a member of staff.
pub const OF_STAFF: Place = Place {
    path: PATH,
    back: own_sessions::PATH,
    lead: "staff-passkeys-lead",
    none: "staff-passkeys-none",
    known: None,
    number_to_remove: true,
};

/// GET /staff/passkeys
pub async fn open(arrival: Arrival) -> Response {
    let outcome = opened(&arrival, &New::default()).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival, new: &New) -> Outcome {
    let own = arrival.system.my_staff_passkeys(staff(arrival)?).await?;
    let page = page(&arrival.visit, &OF_STAFF, &own, new);
    Ok(Answer::of(page))
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
            let proof = own_proof(sent);
            let proposed = system.propose_staff_passkey(&caller, &name, proof).await;
            (mistake_of(proposed)?, None)
        }
    };
    match (proposed, mistake) {
        (Ok(proposed), None) => Ok(Answer::Page(make_page(
            &sent.arrival.visit,
            &OF_STAFF,
            &proposed,
            &Mistake::default(),
        ))),
        (Ok(proposed), Some(mistake)) => Ok(Answer::wrong(make_page(
            &sent.arrival.visit,
            &OF_STAFF,
            &proposed,
            &mistake,
        ))),
        (Err(mistake), _) => {
            let new = New {
                name: name.expose().clone(),
                mistake,
            };
            opened(&sent.arrival, &new).await
        }
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
    let page = remove_page(
        &arrival.visit,
        &OF_STAFF,
        &found.ok_or(Rejected::NotFound)?,
        mistake,
    );
    Ok(Answer::of(page))
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
    match mistake_of(system.remove_staff_passkey(&caller, id, own_proof(sent)).await)? {
        Ok(session) => {
            sent.arrival.go_on_as(&session).await?;
            Ok(Answer::SeeOther(PATH.to_owned()))
        }
        Err(mistake) => opened_one(&sent.arrival, id, &mistake).await,
    }
}
