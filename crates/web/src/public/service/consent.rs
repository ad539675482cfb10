//! 1.2, L3: the consents, each by itself and un-ticked, each with its whole text in Kazakh and in Russian, and in English
//! for who reads English. What is agreed to is the exact text, by its hash.

use maud::{Markup, html};
use sandyq_model::{Mistake, Problem};
use sandyq_processing::Language;
use sandyq_processing::consent::{ConsentOffer, ConsentText};
use sandyq_processing::reading::Form;

use super::Draft;
use super::draft::consent_name;
use crate::components::{error_summary, problem_of, submit, tray};
use crate::language::{own_name, tag};
use crate::layout::Page;
use crate::visit::Visit;

/// The page; boxes that were ticked before stay so.
#[must_use]
pub fn page(visit: &Visit, form: &Form, draft: &Draft, mistake: &Mistake) -> Page {
    let action = draft.action();
    let items = html! {
        @for item in &form.consents { (consent(visit, item, draft, mistake)) }
        p { (visit.say("consent-withdraw")) " " a href="/policy#clause-6.3" { "6.3" } }
        (submit("submit", &visit.say("consent-submit")))
    };
    let label = |name: &str| {
        form.consents
            .iter()
            .find(|item| consent_name(&item.id) == name)
            .map(|item| item.label.clone())
    };
    let body = html! {
        (error_summary(visit, mistake, label, |name, _: Problem| name.to_owned()))
        h1 { (visit.say("consent-title")) }
        p.lead { (visit.say("consent-lead")) }
        (tray(visit, &action, &draft.kept_beside(&[]), &items))
    };
    Page::new(visit.say("consent-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_by(action.clone(), "check")
        .keeping_typed(action, "consent", "submit")
        .widened()
}

fn consent(visit: &Visit, item: &ConsentOffer, draft: &Draft, mistake: &Mistake) -> Markup {
    let name = consent_name(&item.id);
    let problem = mistake.of(&name);
    let hash = &item.hash;
    let kind = visit.say(if item.required {
        "consent-required"
    } else {
        "consent-optional"
    });
    html! {
        section.consent.is-wrong[problem.is_some()] aria-labelledby={ (name) "-title" } {
            h2 id={ (name) "-title" } { (item.label) }
            p.kind { (kind) }
            div.texts {
                (consent_text(Language::Kk, &item.kk, visit.language == Language::Kk))
                (consent_text(Language::Ru, &item.ru, visit.language == Language::Ru))
                @if visit.language == Language::En { (consent_text(Language::En, &item.en, visit.language == Language::En)) }
            }
            p.hash { (visit.say("consent-hash")) " " code { (hash) } }
            (problem_of(visit, &name, problem))
            div.tick {
                input type="checkbox" id=(name) name=(name) value=(hash)
                    checked[draft.ticked.get(&name) == Some(hash)] aria-invalid=[problem.map(|_| "true")]
                    aria-describedby={ (name) "-title" };
                label for=(name) { (visit.say("consent-agree")) }
            }
        }
    }
}

/// One text. On a narrow screen the one in the language read stands open and the others open at a touch; where there is
/// room, all stand side by side.
pub fn consent_text(language: Language, text: &ConsentText, is_read: bool) -> Markup {
    html! {
        details lang=(tag(language)) open[is_read] {
            summary { h3 { (own_name(language)) } }
            dl {
                @for (heading, body) in &text.paragraphs {
                    dt { (heading) }
                    dd { (body) }
                }
            }
        }
    }
}
