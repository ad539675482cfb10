//! A refusal, a mistake or a fault of processing, as the person at the terminal reads it.

use sandyq_policy::Language;
use sandyq_processing::{Rejected, System};

use crate::failure::{Exit, Failure};

/// What to say, and with which exit code to end.
pub fn failure_of(rejected: Rejected, system: &System, language: Language) -> Failure {
    match rejected {
        Rejected::Refusal(refusal) => {
            let clauses: Vec<&str> = refusal.rules.iter().map(|rule| rule.as_str()).collect();
            let happened = format!("the policy refuses to {}: {}", refusal.verb, clauses.join(", "));
            let reasons = system.policy().reasons_in_words(&refusal, language);
            reasons
                .into_iter()
                .fold(Failure::new(Exit::No, happened), Failure::help)
        }
        Rejected::Mistake(mistake) => {
            let wrong: Vec<String> = mistake
                .0
                .iter()
                .map(|(input, problem)| format!("{input} ({})", problem.code()))
                .collect();
            Failure::new(Exit::Usage, format!("not accepted: {}", wrong.join(", ")))
        }
        Rejected::Fault(fault) => Failure::from(fault),
        Rejected::NotFound => Failure::new(Exit::No, "there is no such thing"),
        Rejected::SignInFirst => Failure::new(Exit::Authentication, "sign in first"),
    }
}
