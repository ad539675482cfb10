//! 5.1.4, ASVS 7.5.3: before something that concerns somebody's rights – an order, a block, a decision, an answer – staff give a number
//! of their second factor, unless they did so a short while ago. What was typed goes along and is not lost.

use maud::html;
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::access::{Assertion, PasskeyAsked};

use super::cases::staff;
use crate::components::{
    Control, SIGNED, assertion_of, control, error_summary, passkey_problem, passkey_question, submit, tray,
};
use crate::http::arrival::{Answer, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// The input for the number, which no other form has.
const NUMBER: &str = "fresh_number";

/// What is answered instead of doing the step: the question for a number. `None` when the step may be done.
pub async fn asks(sent: &mut Sent, steps: &[&str]) -> Option<Outcome> {
    let number = sent.typed.take(NUMBER);
    let passkey = taken_from(sent);
    if sent.stale || !steps.contains(&sent.typed.text("step")) {
        return None;
    }
    asked(sent, number, passkey).await.transpose()
}

/// The answer of a passkey. No step takes its inputs, so that they go out of the form, empty ones too.
fn taken_from(sent: &mut Sent) -> Option<Assertion> {
    let assertion = assertion_of(&sent.typed);
    for name in SIGNED {
        sent.typed.take(name);
    }
    assertion
}

async fn asked(
    sent: &mut Sent,
    number: Option<sandyq_model::Plain<String>>,
    passkey: Option<Assertion>,
) -> Result<Option<Answer>, sandyq_processing::Rejected> {
    let caller = staff(&sent.arrival)?.clone();
    let system = sent.arrival.system.clone();
    let proved = match (passkey, number) {
        (Some(assertion), _) => Some(system.prove_at_desk_by_passkey(&caller, &assertion).await),
        (None, Some(number)) => Some(system.prove_at_desk(&caller, &number).await),
        (None, None) => None,
    };
    if let Some(proved) = proved {
        return match mistake_of(proved)? {
            Ok(session) => sent.arrival.go_on_as(&session).await.map(|()| None),
            Err(mistake) => Ok(Some(Answer::wrong(of(sent, &caller, &mistake).await?))),
        };
    }
    if system.proved_lately(&caller).await? {
        return Ok(None);
    }
    Ok(Some(Answer::Page(of(sent, &caller, &Mistake::default()).await?)))
}

async fn of(
    sent: &Sent,
    caller: &sandyq_processing::access::Caller,
    mistake: &Mistake,
) -> Result<Page, sandyq_processing::Rejected> {
    let named = |problem: &(String, Problem)| {
        let (name, problem) = problem;
        let name = if name == "passkey" { "passkey" } else { NUMBER };
        (name.to_owned(), *problem)
    };
    let mistake = Mistake(mistake.0.iter().map(named).collect());
    let asked = sent.arrival.system.passkey_of_desk(caller).await?;
    Ok(page(
        &sent.arrival.visit,
        &sent.typed.kept(),
        (sent.typed.text("step"), asked.as_ref()),
        &mistake,
    ))
}

/// The page that asks for a number, or for a passkey, before the step is done.
#[must_use]
pub fn page(
    visit: &Visit,
    kept: &[(String, String)],
    (step, passkey): (&str, Option<&PasskeyAsked>),
    mistake: &Mistake,
) -> Page {
    let (label, hint) = (visit.say("second-code-label"), visit.say("second-code-hint"));
    let number = Control {
        name: NUMBER,
        kind: ValueKind::Text,
        label: &label,
        hint: &hint,
        why: html! {},
        typed: "",
        autocomplete: "one-time-code",
        required: true,
    };
    let inside = html! {
        (control(visit, &number, mistake, ""))
        (submit(step, &visit.say("privileged-button")))
        (passkey_problem(visit, mistake))
        @if let Some(asked) = passkey {
            (passkey_question(visit, asked, step, &visit.say("privileged-by-passkey")))
        }
    };
    let label_of = |name: &str| match name {
        "passkey" => Some(visit.say("passkey-label")),
        _ => Some(label.clone()),
    };
    let body = html! {
        (error_summary(visit, mistake, label_of, |name, _: Problem| name.to_owned()))
        h1 { (visit.say("privileged-title")) }
        p.lead { (visit.say("privileged-lead")) }
        (tray(visit, &visit.here, kept, &inside))
    };
    Page::new(visit.say("privileged-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to(visit.here.clone())
        .keeping_typed(visit.here.clone(), step, step)
        .scripted_if(passkey.is_some())
}
