//! 5.1.4, ASVS 7.5.3: before something that concerns somebody's rights – an order, a block, a decision, an answer – staff give a number
//! of their second factor, unless they did so a short while ago. What was typed goes along and is not lost. A form that brings a file, which
//! cannot go along, asks for the number itself.

use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Plain, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::access::{Assertion, Caller, PasskeyAsked};

use super::cases::staff;
use crate::components::{
    Control, SIGNED, assertion_of, control, error_summary, passkey_problem, passkey_question, submit, tray,
};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
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
    number: Option<Plain<String>>,
    passkey: Option<Assertion>,
) -> Result<Option<Answer>, Rejected> {
    let caller = staff(&sent.arrival)?.clone();
    match proved(sent, &caller, number, passkey).await? {
        Some(Ok(())) => Ok(None),
        Some(Err(mistake)) => Ok(Some(Answer::wrong(of(sent, &caller, &mistake).await?))),
        None if sent.arrival.system.proved_lately(&caller).await? => Ok(None),
        None => Ok(Some(Answer::Page(of(sent, &caller, &Mistake::default()).await?))),
    }
}

/// What became of an answer; `None` without one. A right one goes on under another secret of the session.
async fn proved(
    sent: &mut Sent,
    caller: &Caller,
    number: Option<Plain<String>>,
    passkey: Option<Assertion>,
) -> Result<Option<Result<(), Mistake>>, Rejected> {
    let system = sent.arrival.system.clone();
    let proved = match (passkey, number) {
        (Some(assertion), _) => system.prove_at_desk_by_passkey(caller, &assertion).await,
        (None, Some(number)) => system.prove_at_desk(caller, &number).await,
        (None, None) => return Ok(None),
    };
    Ok(Some(match mistake_of(proved)? {
        Ok(session) => {
            sent.arrival.go_on_as(&session).await?;
            Ok(())
        }
        Err(mistake) => Err(mistake),
    }))
}

/// What a form asks by itself that cannot be kept while another page asks: one that brings a file.
#[derive(Clone, Debug, Default)]
pub struct InForm {
    /// The passkey that may stand for the number.
    pub passkey: Option<PasskeyAsked>,
}

/// Whether the form asks for a number; `None` when one was given a short while ago.
///
/// # Errors
/// [`Rejected::SignInFirst`] when nobody of staff is calling; a fault.
pub async fn in_form(arrival: &Arrival) -> Result<Option<InForm>, Rejected> {
    let (system, caller) = (&arrival.system, staff(arrival)?);
    if system.proved_lately(caller).await? {
        return Ok(None);
    }
    let passkey = system.passkey_of_desk(caller).await?;
    Ok(Some(InForm { passkey }))
}

/// Takes the answer out of a form that asked for it. Without one, a number that was given a short while ago stands.
///
/// # Errors
/// A mistake with the number or the passkey; what [`in_form`] says.
pub async fn answered_in_form(sent: &mut Sent) -> Result<Result<(), Mistake>, Rejected> {
    let number = sent.typed.take(NUMBER);
    let passkey = taken_from(sent);
    // A form that was sent before, or is too old, proves nothing: the step will say so.
    if sent.stale {
        return Ok(Ok(()));
    }
    let number = number.filter(|number| !number.expose().trim().is_empty());
    let caller = staff(&sent.arrival)?.clone();
    match proved(sent, &caller, number, passkey).await? {
        Some(Ok(())) => Ok(Ok(())),
        Some(Err(mistake)) => Ok(Err(named(&mistake))),
        None if sent.arrival.system.proved_lately(&caller).await? => Ok(Ok(())),
        None => Ok(Err(Mistake::one(NUMBER, Problem::Missing))),
    }
}

/// The question in a form of its own kind.
#[must_use]
pub fn question(visit: &Visit, asked: &InForm, step: &str, mistake: &Mistake) -> Markup {
    html! {
        p.inset { (visit.say("privileged-lead")) }
        (number(visit, mistake))
        (passkey_problem(visit, mistake))
        @if let Some(asked) = &asked.passkey {
            (passkey_question(visit, asked, step, &visit.say("privileged-by-passkey")))
        }
    }
}

/// What an input of the question is called; `None` for any other.
#[must_use]
pub fn label_of(visit: &Visit, name: &str) -> Option<String> {
    match name {
        NUMBER => Some(visit.say("second-code-label")),
        "passkey" => Some(visit.say("passkey-label")),
        _ => None,
    }
}

/// The mistake under the names of the inputs here.
fn named(mistake: &Mistake) -> Mistake {
    let named = |(name, problem): &(String, Problem)| {
        let name = if name == "passkey" { "passkey" } else { NUMBER };
        (name.to_owned(), *problem)
    };
    Mistake(mistake.0.iter().map(named).collect())
}

fn number(visit: &Visit, mistake: &Mistake) -> Markup {
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
    control(visit, &number, mistake, "")
}

async fn of(sent: &Sent, caller: &Caller, mistake: &Mistake) -> Result<Page, Rejected> {
    let mistake = named(mistake);
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
    let inside = html! {
        (number(visit, mistake))
        (submit(step, &visit.say("privileged-button")))
        (passkey_problem(visit, mistake))
        @if let Some(asked) = passkey {
            (passkey_question(visit, asked, step, &visit.say("privileged-by-passkey")))
        }
    };
    let body = html! {
        (error_summary(visit, mistake, |name| label_of(visit, name), |name, _: Problem| name.to_owned()))
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
