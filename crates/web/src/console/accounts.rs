//! 5.1.4: the accounts of staff, for whoever gives access: who has which role, and since when. One account at a time is closed or gets
//! another role; a role that takes two is proposed (5.1.1).

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::{ActorId, Mistake, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::access::{ChangingRole, RoleToGive, StaffAccount};

use super::cases::staff;
use super::invite::{self, which_role};
use super::privileged;
use super::proposals::proposed;
use crate::components::{Row, error_summary, hidden, submit, summary_list, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the list is.
pub const PATH: &str = "/staff/accounts";

/// GET /staff/accounts
pub async fn list(arrival: Arrival) -> Response {
    let outcome = listed(&arrival).await;
    arrival.respond(outcome)
}

async fn listed(arrival: &Arrival) -> Outcome {
    let visit = &arrival.visit;
    let accounts = arrival
        .system
        .staff_accounts(staff(arrival)?, visit.language)
        .await?;
    Ok(Answer::Page(list_page(visit, &accounts)))
}

/// GET /staff/accounts/{account}
pub async fn open(Path(id): Path<String>, arrival: Arrival) -> Response {
    let outcome = opened(&arrival, &id, "", &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival, id: &str, chosen: &str, mistake: &Mistake) -> Outcome {
    let (caller, visit) = (staff(arrival)?, &arrival.visit);
    let id = known(id)?;
    let account = arrival.system.staff_account(caller, id, visit.language).await?;
    let roles = arrival.system.roles_to_give(caller, visit.language);
    Ok(Answer::of(page(visit, &account, &roles, chosen, mistake)))
}

fn known(id: &str) -> Result<ActorId, Rejected> {
    id.parse().map_err(|_| Rejected::NotFound)
}

/// POST /staff/accounts/{account}
pub async fn act(Path(id): Path<String>, mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &["close", "change"]).await {
        return sent.arrival.respond(asked);
    }
    let outcome = acted(&sent, &id).await;
    sent.arrival.respond(outcome)
}

async fn acted(sent: &Sent, id: &str) -> Outcome {
    let arrival = &sent.arrival;
    let (caller, system) = (staff(arrival)?, &arrival.system);
    sent.typed.only(|name| name == "role")?;
    let chosen = sent.typed.text("role");
    if sent.typed.text("step") == "show" {
        return opened(arrival, id, chosen, &Mistake::default()).await;
    }
    sent.fresh()?;
    let of = known(id)?;
    let done = match sent.typed.text("step") {
        "close" => system
            .close_staff_at_desk(caller, of)
            .await
            .map(|()| ChangingRole::Done),
        "change" => system.change_role_at_desk(caller, of, chosen).await,
        _ => return Err(Rejected::mistake("step", Problem::Choice)),
    };
    match mistake_of(done)? {
        Ok(ChangingRole::Done) => Ok(Answer::SeeOther(PATH.to_owned())),
        Ok(ChangingRole::Proposed(_)) => Ok(Answer::Page(proposed(&arrival.visit))),
        Err(mistake) => opened(arrival, id, chosen, &mistake).await,
    }
}

/// The list.
#[must_use]
pub fn list_page(visit: &Visit, accounts: &[StaffAccount]) -> Page {
    let body = html! {
        h1 { (visit.say("accounts-title")) }
        p.lead { (visit.say("accounts-lead")) }
        p { a.go href=(invite::PATH) { (visit.say("invite-title")) } }
        div.held { @for account in accounts { (one(visit, account)) } }
    };
    Page::new(visit.say("accounts-title"), body).back_to("/staff/cases")
}

fn one(visit: &Visit, account: &StaffAccount) -> Markup {
    html! {
        article.datum {
            h2.small { a href={ (PATH) "/" (account.id) } { (account.name) } }
            (summary_list(&facts(visit, account)))
        }
    }
}

fn facts(visit: &Visit, account: &StaffAccount) -> Vec<Row> {
    let mut rows = vec![
        Row::text(visit.say("access-role"), &account.role),
        Row::text(visit.say("access-since"), &visit.date(account.since)),
    ];
    rows.push(match account.closed_at {
        Some(at) => Row::text(visit.say("accounts-closed"), &visit.date_and_time(at)),
        None => {
            let key = if account.familiar {
                "accounts-read"
            } else {
                "accounts-unread"
            };
            Row::text(visit.say("accounts-policy"), &visit.say(key))
        }
    });
    rows
}

/// One account.
#[must_use]
pub fn page(
    visit: &Visit,
    account: &StaffAccount,
    roles: &[RoleToGive],
    chosen: &str,
    mistake: &Mistake,
) -> Page {
    let path = format!("{PATH}/{}", account.id);
    let changing = html! {
        (which_role(visit, roles, chosen, mistake))
        (submit("change", &visit.say("accounts-change")))
    };
    let label_of = |input: &str| {
        let key = if input == "role" {
            "access-role"
        } else {
            "staff-name-label"
        };
        Some(visit.say(key))
    };
    let body = html! {
        (error_summary(visit, mistake, label_of, |name, _: Problem| name.to_owned()))
        h1 #name { (account.name) }
        (summary_list(&facts(visit, account)))
        @if account.own { p.inset { (visit.say("accounts-own")) } }
        @else if account.closed_at.is_none() {
            h2 { (visit.say("accounts-change-title")) }
            p { (visit.say("accounts-change-lead")) }
            (tray(visit, &path, &[], &changing))
            h2 { (visit.say("accounts-close-title")) }
            p { (visit.say("accounts-close-lead")) }
            form method="post" action=(path) novalidate autocomplete="off" {
                (hidden("token", &visit.token))
                (hidden("key", &visit.key))
                p.danger { button.go type="submit" name="step" value="close" { (visit.say("accounts-close")) } }
            }
        }
    };
    Page::new(account.name.clone(), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to(PATH)
}
