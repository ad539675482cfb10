//! 5.1.4, ASVS 7.5.3: before something that concerns somebody's rights – an order, a block, a decision, an answer – staff give a number
//! of their second factor, unless they did so a short while ago. What was typed goes along and is not lost.

use maud::html;
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem};

use super::cases::staff;
use crate::components::{Control, control, error_summary, submit, tray};
use crate::http::arrival::{Answer, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// The input for the number, which no other form has.
const NUMBER: &str = "fresh_number";

/// What is answered instead of doing the step: the question for a number. `None` when the step may be done.
pub async fn asks(sent: &mut Sent, steps: &[&str]) -> Option<Outcome> {
    let number = sent.typed.take(NUMBER);
    if sent.stale || !steps.contains(&sent.typed.text("step")) {
        return None;
    }
    asked(sent, number).await.transpose()
}

async fn asked(
    sent: &mut Sent,
    number: Option<sandyq_model::Plain<String>>,
) -> Result<Option<Answer>, sandyq_processing::Rejected> {
    let caller = staff(&sent.arrival)?.clone();
    let system = sent.arrival.system.clone();
    if let Some(number) = number {
        return match mistake_of(system.prove_at_desk(&caller, &number).await)? {
            Ok(session) => sent.arrival.go_on_as(&session).await.map(|()| None),
            Err(mistake) => Ok(Some(Answer::wrong(of(sent, &mistake)))),
        };
    }
    if system.proved_lately(&caller).await? {
        return Ok(None);
    }
    Ok(Some(Answer::Page(of(sent, &Mistake::default()))))
}

fn of(sent: &Sent, mistake: &Mistake) -> Page {
    let problem = mistake.of("code");
    let mistake = problem.map_or_else(Mistake::default, |problem| Mistake::one(NUMBER, problem));
    page(
        &sent.arrival.visit,
        &sent.typed.kept(),
        sent.typed.text("step"),
        &mistake,
    )
}

/// The page that asks for a number before the step is done.
#[must_use]
pub fn page(visit: &Visit, kept: &[(String, String)], step: &str, mistake: &Mistake) -> Page {
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
    };
    let label_of = |_: &str| Some(label.clone());
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
}
