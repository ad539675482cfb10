//! A question that a device answers with a passkey. It takes a script, which shows it where the browser has passkeys and the
//! page stands under the name of the site; without one there are words in its place, or nothing.

use maud::{Markup, html};
use sandyq_model::{Mistake, Problem};
use sandyq_processing::access::{ALGORITHMS, Assertion, PasskeyAsked, PasskeyProposed};

use super::{hidden, problem_of};
use crate::http::intake::Typed;
use crate::visit::Visit;

/// What a browser fills in when a passkey signed.
pub const SIGNED: [&str; 5] = ["credential", "client", "data", "signature", "handle"];
/// What a browser fills in when a passkey was made.
const MADE: [&str; 2] = ["client", "object"];

/// Whether a field belongs to the answer of a passkey that signed.
#[must_use]
pub fn is_of_passkey(name: &str) -> bool {
    SIGNED.contains(&name)
}

/// The answer of a passkey, if there is one.
#[must_use]
pub fn assertion_of(typed: &Typed) -> Option<Assertion> {
    let text = |name: &str| typed.text(name).to_owned();
    (!typed.text("credential").is_empty()).then(|| Assertion {
        credential: text("credential"),
        client_data: text("client"),
        data: text("data"),
        signature: text("signature"),
        handle: text("handle"),
    })
}

/// A button that asks for a passkey, in a form; the script shows it.
#[must_use]
pub fn passkey_question(visit: &Visit, asked: &PasskeyAsked, step: &str, says: &str) -> Markup {
    html! {
        div.passkey hidden data-site=(asked.site) data-challenge=(asked.challenge) {
            @for name in SIGNED { (hidden(name, "")) }
            button.also type="submit" name="step" value=(step) data-asks { (says) }
            p.wrong role="alert" hidden data-failed { (visit.say("passkey-failed")) }
        }
    }
}

/// A button that lets the device make a passkey, in a form; the script shows it.
#[must_use]
pub fn passkey_maker(visit: &Visit, proposed: &PasskeyProposed) -> Markup {
    let operator = visit.operator.as_ref().map_or("", |operator| &operator.name);
    let algorithms = ALGORITHMS.map(|number| number.to_string()).join(" ");
    html! {
        div.passkey hidden data-site=(proposed.asked.site) data-challenge=(proposed.asked.challenge)
            data-handle=(proposed.handle) data-name=(proposed.name.expose()) data-operator=(operator)
            data-algorithms=(algorithms) data-known=(proposed.known.join(" ")) {
            @for name in MADE { (hidden(name, "")) }
            button.go type="submit" name="step" value="set" data-asks { (visit.say("passkey-set-button")) }
            p.wrong role="alert" hidden data-failed { (visit.say("passkey-failed")) }
            p.wrong role="alert" hidden data-there { (visit.say("passkey-there")) }
        }
    }
}

/// Words for a browser that cannot ask for one; the script takes them away where it can.
#[must_use]
pub fn without_passkeys(site: &str, words: &str) -> Markup {
    html! { p.inset data-without-passkeys=(site) { (words) } }
}

/// What was wrong with an answer, above the question.
#[must_use]
pub fn passkey_problem(visit: &Visit, mistake: &Mistake) -> Markup {
    let problem: Option<Problem> = mistake.of("passkey");
    html! {
        @if problem.is_some() {
            div.question.is-wrong #passkey tabindex="-1" { (problem_of(visit, "passkey", problem)) }
        }
    }
}
