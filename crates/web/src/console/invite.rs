//! 5.1.4: the responsible person and the administrators invite others: alone to roles that may do nothing that their own may not, to any
//! other with a second person.

use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::access::{Invitation, Inviting, RoleToGive};

use super::accounts;
use super::cases::staff;
use super::privileged;
use super::proposals::proposed;
use crate::components::{Control, control, error_summary, problem_of, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the page is.
pub const PATH: &str = "/staff/invite";

/// GET /staff/invite
pub async fn open(arrival: Arrival) -> Response {
    let outcome = opened(&arrival, ["", ""], &Mistake::default());
    arrival.respond(outcome)
}

fn opened(arrival: &Arrival, typed: [&str; 2], mistake: &Mistake) -> Outcome {
    let caller = staff(arrival)?;
    if !caller.gives_access() {
        return Err(Rejected::NotFound);
    }
    let roles = arrival.system.roles_to_give(caller, arrival.visit.language);
    let page = page(&arrival.visit, &roles, typed, mistake);
    Ok(Answer::of(page))
}

/// POST /staff/invite
pub async fn invite(mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &["invite"]).await {
        return sent.arrival.respond(asked);
    }
    let outcome = invited(&sent).await;
    sent.arrival.respond(outcome)
}

async fn invited(sent: &Sent) -> Outcome {
    let arrival = &sent.arrival;
    let caller = staff(arrival)?;
    sent.typed.only(|name| matches!(name, "name" | "role"))?;
    let typed = [sent.typed.text("name"), sent.typed.text("role")];
    if sent.typed.text("step") == "show" {
        return opened(arrival, typed, &Mistake::default());
    }
    sent.fresh()?;
    let invited = arrival.system.invite_at_desk(caller, typed[0], typed[1]).await;
    match mistake_of(invited)? {
        Ok(Inviting::Done(invitation)) => Ok(Answer::Page(link_page(&arrival.visit, typed[0], &invitation))),
        Ok(Inviting::Proposed(_)) => Ok(Answer::Page(proposed(&arrival.visit))),
        Err(mistake) => opened(arrival, typed, &mistake),
    }
}

/// The page that asks who is invited, as what.
#[must_use]
pub fn page(visit: &Visit, roles: &[RoleToGive], typed: [&str; 2], mistake: &Mistake) -> Page {
    let [name, chosen] = typed;
    let label = visit.say("staff-name-label");
    let hint = visit.say("invite-name-hint");
    let of_name = Control {
        name: "name",
        kind: ValueKind::Text,
        label: &label,
        hint: &hint,
        why: html! {},
        typed: name,
        autocomplete: "off",
        required: true,
    };
    let inside = html! {
        (control(visit, &of_name, mistake, ""))
        (which_role(visit, roles, chosen, mistake))
        (submit("invite", &visit.say("invite-button")))
    };
    let label_of = |input: &str| {
        Some(match input {
            "name" => label.clone(),
            _ => visit.say("access-role"),
        })
    };
    let body = html! {
        (error_summary(visit, mistake, label_of, |name, _: Problem| name.to_owned()))
        h1 { (visit.say("invite-title")) }
        p.lead { (visit.say("invite-lead")) }
        (tray(visit, PATH, &[], &inside))
    };
    Page::new(visit.say("invite-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to(accounts::PATH)
        .keeping_typed(PATH, "show", "invite")
}

/// The question which role, with those that take a second person marked (5.1.1).
pub(super) fn which_role(visit: &Visit, roles: &[RoleToGive], chosen: &str, mistake: &Mistake) -> Markup {
    let problem = mistake.of("role");
    html! {
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say("access-role")) }
            p.hint { (visit.say("invite-role-hint")) }
            (problem_of(visit, "role", problem))
            @for (place, role) in roles.iter().enumerate() {
                @let id = if place == 0 { "role".to_owned() } else { format!("role-{}", role.name) };
                div.tick {
                    input type="radio" id=(id) name="role" value=(role.name) checked[role.name == chosen];
                    label for=(id) {
                        (role.label)
                        @if role.takes_two { " – " (visit.say("invite-takes-two")) }
                    }
                }
            }
        }
    }
}

/// The link, once.
#[must_use]
pub fn link_page(visit: &Visit, name: &str, invitation: &Invitation) -> Page {
    let body = html! {
        div.panel role="status" { h1 { (visit.say_of("invite-done", "name", name)) } }
        p.lead { (visit.say("invite-link-lead")) }
        p { code #link { (invitation.link.expose()) } }
        p { (visit.say_of("invite-until", "until", &visit.date_and_time(invitation.until))) }
    };
    Page::new(visit.say("invite-title"), body).back_to(accounts::PATH)
}
