//! Samples of the pages on which staff decide about a case, and on which the person reads it (1.3).

use sandyq_model::{Mistake, Problem};
use sandyq_processing::Language;
use sandyq_processing::cases::deciding::{Choice, ToDecide};
use sandyq_processing::cases::{CaseView, DecidedView, State};

use super::people::{self, three};
use super::{Sample, visit};
use crate::console::decide;
use crate::public::taken;
use crate::visit::Standpoint;

const REFERENCE: &str = "SQ-7K2M-90QX";

pub fn pages(language: Language) -> Vec<Sample> {
    let desk = visit(language, "/staff/cases/SQ-7K2M-90QX/decide", Standpoint::Staff);
    let own = visit(language, "/taken/SQ-7K2M-90QX", Standpoint::Subject);
    let case = to_decide(language);
    let closed = ToDecide {
        choices: Vec::new(),
        ..case.clone()
    };
    let none = Mistake::default();
    let unwritten = Mistake::one("written", Problem::Missing);
    let missing = Mistake::one("decision", Problem::Missing);
    vec![
        (
            "staff-decide",
            desk.clone(),
            decide::page(&desk, &case, ["", ""], &none),
        ),
        (
            "staff-decide-wrong",
            desk.clone(),
            decide::page(&desk, &case, ["", ""], &missing),
        ),
        (
            "staff-decide-closed",
            desk.clone(),
            decide::page(&desk, &closed, ["", ""], &none),
        ),
        (
            "staff-decide-answer",
            desk.clone(),
            decide::page(&desk, &to_answer(language), ["answer-question", ""], &unwritten),
        ),
        (
            "staff-decided",
            desk.clone(),
            decide::done_page(&desk, REFERENCE, false),
        ),
        (
            "staff-invited",
            desk.clone(),
            decide::done_page(&desk, REFERENCE, true),
        ),
        (
            "taken-decided",
            own.clone(),
            taken::page(&own, &turned_down(language, people::order(language))),
        ),
        ("taken-invited", own.clone(), {
            let invited = CaseView {
                state: State::Interview,
                ..people::order(language)
            };
            taken::page(&own, &invited)
        }),
    ]
}

/// The same case after somebody decided against the person.
fn turned_down(language: Language, case: CaseView) -> CaseView {
    let [decision, reason] = decided_in_words(language);
    CaseView {
        state: State::Refused,
        decided: Some(DecidedView {
            decision,
            reason: Some(reason),
            at: case.opened_at,
        }),
        ..case
    }
}

fn decided_in_words(language: Language) -> [String; 2] {
    [
        three(
            language,
            "Іс-шараға жазылудан бас тарту",
            "Отказ в записи на мероприятие",
            "Turning down a registration for an event",
        ),
        three(
            language,
            "Іс-шара өтпейді",
            "Мероприятие не состоится",
            "The event does not take place",
        ),
    ]
    .map(ToOwned::to_owned)
}

/// What can be decided about a case.
fn to_decide(language: Language) -> ToDecide {
    let [against, reason] = decided_in_words(language);
    let fine = three(
        language,
        "Қонақ іс-шараға қатысты",
        "Гость был на мероприятии",
        "The guest was there",
    );
    ToDecide {
        reference: "SQ-7K2M-90QX".into(),
        service: people::orders(language),
        choices: vec![
            Choice {
                name: "finish-registration".into(),
                label: fine.into(),
                reason: None,
                writes: None,
            },
            Choice {
                name: "turn-down-registration".into(),
                label: against,
                reason: Some(("event-cancelled".into(), reason)),
                writes: None,
            },
        ],
    }
}

/// A question that waits for its answer.
fn to_answer(language: Language) -> ToDecide {
    let [label, answer] = [
        three(
            language,
            "Сұраққа жауап берілді",
            "На вопрос дан ответ",
            "The question is answered",
        ),
        three(language, "Біздің жауап", "Наш ответ", "Our answer"),
    ]
    .map(ToOwned::to_owned);
    ToDecide {
        choices: vec![Choice {
            name: "answer-question".into(),
            label,
            reason: None,
            writes: Some(answer),
        }],
        ..to_decide(language)
    }
}
