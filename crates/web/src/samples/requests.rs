//! Requests as pages show them, on one's own page and at the desk.

use jiff::Timestamp;
use sandyq_model::{Channel, Mistake, Plain, Problem, RequestKind, RequestState, Step};
use sandyq_processing::Language;
use sandyq_processing::request::{RequestView, StepView};

use super::{Sample, visit};
use crate::portal::requests;
use crate::visit::Standpoint;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A request in that state, with its texts.
pub fn request(language: Language, kind: RequestKind, state: RequestState) -> RequestView {
    let (message, answer, who) = match language {
        Language::Kk => ("Бэкап қайда сақталады?\nРақмет!", "Қазақстанда.", "Сіз"),
        Language::Ru => ("Где хранятся копии?\nСпасибо!", "В Казахстане.", "Вы"),
        Language::En => ("Where are the backups?\nThank you!", "In Kazakhstan.", "You"),
    };
    let step = |step, when: &str, clause: &str| StepView {
        step,
        at: at(when),
        who: who.to_owned(),
        clause: clause.to_owned(),
    };
    let text = |name: &str, words: &str| (name.to_owned(), name.to_owned(), Plain::from(words));
    RequestView {
        reference: "SQ-4M7T-0B2C".to_owned(),
        kind,
        channel: Channel::Letter,
        state,
        received_at: at("2026-11-23T05:00:00Z"),
        due_at: at("2026-11-26T18:59:59Z"),
        due_by: (at("2026-11-26T18:59:59Z"), at("2026-11-26T18:59:59Z")),
        late: state == RequestState::Refused,
        warned: true,
        identity: (state == RequestState::Answering).then(|| "code".to_owned()),
        about_somebody: state != RequestState::Received,
        attempts: 1,
        letter: Some("2026-00017".to_owned()),
        envelope_on: Some("2026-11-20".to_owned()),
        norm: (state == RequestState::Refused).then(|| "Law 94-V, Art. 25(2)(8)".to_owned()),
        late_reason: (state == RequestState::Refused).then(|| "volume".to_owned()),
        merged_into: None,
        law: "Law 94-V, Art. 24(1)(1)".to_owned(),
        language,
        steps: vec![
            step(Step::Receive, "2026-11-23T05:00:00Z", "7"),
            step(Step::Begin, "2026-11-23T06:00:00Z", "7"),
            step(Step::Escalate, "2026-11-25T06:00:00Z", "6.5"),
        ],
        texts: if state.is_closed() {
            vec![text("message", message), text("answer", answer)]
        } else {
            vec![text("message", message)]
        },
    }
}

/// Every page about requests.
pub fn pages(language: Language) -> Vec<Sample> {
    let own = |here: &str| visit(language, here, Standpoint::Subject);
    let (list, new, one) = (
        own("/my/requests"),
        own("/my/requests/new"),
        own("/my/requests/SQ-4M7T-0B2C"),
    );
    let with = |kind, state| request(language, kind, state);
    let wrong = Mistake(vec![
        ("kind".to_owned(), Problem::Missing),
        ("message".to_owned(), Problem::TooLong),
    ]);
    let several = [
        with(RequestKind::Question, RequestState::Answering),
        with(RequestKind::Access, RequestState::Answered),
        with(RequestKind::Object, RequestState::Refused),
    ];
    let mut pages = vec![
        ("my-requests", list.clone(), requests::list_page(&list, &several)),
        ("my-requests-none", list.clone(), requests::list_page(&list, &[])),
        (
            "my-request-new",
            new.clone(),
            requests::ask_page(&new, None, "", &Mistake::default()),
        ),
        (
            "my-request-new-wrong",
            new.clone(),
            requests::ask_page(&new, Some(RequestKind::Clarify), "words", &wrong),
        ),
    ];
    for (name, kind, state) in [
        ("my-request", RequestKind::Question, RequestState::Answering),
        ("my-request-answered", RequestKind::Access, RequestState::Answered),
        ("my-request-refused", RequestKind::Object, RequestState::Refused),
    ] {
        pages.push((name, one.clone(), requests::page(&one, &with(kind, state))));
    }
    pages
}
