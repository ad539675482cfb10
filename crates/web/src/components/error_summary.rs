//! "There is a problem": what is wrong, each line leading to its field; the same words stand beside the field.

use maud::{Markup, html};
use sandyq_model::{Mistake, Problem};

use crate::visit::Visit;

/// The summary of a mistake; nothing when nothing is wrong. `label_of` names an input for people, `id_of` is where
/// its line leads.
#[must_use]
pub fn error_summary(
    visit: &Visit,
    mistake: &Mistake,
    label_of: impl Fn(&str) -> Option<String>,
    id_of: impl Fn(&str, Problem) -> String,
) -> Markup {
    html! {
        @if !mistake.0.is_empty() {
            div.problems role="alert" tabindex="-1" autofocus aria-labelledby="problems-title" {
                h2 #problems-title { (visit.say("problems-title")) }
                ul {
                    @for (input, problem) in &mistake.0 {
                        li {
                            @match label_of(input) {
                                Some(label) => a href={ "#" (id_of(input, *problem)) } {
                                    (label) ": " (visit.say(&format!("mistake-{}", problem.code())))
                                },
                                None => {
                                    (visit.say(&format!("mistake-{}", problem.code()))) " (" code { (input) } ")"
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is wrong with one input and how to mend it, for the place beside it.
#[must_use]
pub fn problem_of(visit: &Visit, id: &str, problem: Option<Problem>) -> Markup {
    html! {
        @if let Some(problem) = problem {
            p.wrong id={ (id) "-wrong" } {
                span.unseen { (visit.say("title-wrong")) }
                (sentence(&visit.say(&format!("mistake-{}", problem.code())))) " "
                (visit.say(&format!("mistake-{}-next", problem.code())))
            }
        }
    }
}

/// Phrases of mistakes follow a label; where they stand alone they begin as sentences do.
fn sentence(phrase: &str) -> String {
    let mut letters = phrase.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string())
        .unwrap_or_default();
    first + letters.as_str()
}
