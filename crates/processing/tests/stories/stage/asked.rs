//! What the stories about requests share: a letter that comes in, somebody who asks, and what is wrong with it.

use jiff::SignedDuration;
use sandyq_model::{Category, Channel, Plain, Problem, RequestKind, time};
use sandyq_processing::access::Caller;
use sandyq_processing::request::{LetterEntry, Scan};
use sandyq_processing::{Language, Rejected};
use sandyq_store::tables::{record, subject};

use super::Stage;

/// A letter with a scan, and without a marking on its envelope.
pub fn letter(kind: RequestKind, words: &str) -> LetterEntry {
    LetterEntry {
        kind,
        channel: Channel::Letter,
        received_on: String::new(),
        envelope_on: "2026-11-20".to_owned(),
        envelope_mark: Plain::from(""),
        sender: Plain::from("Dana Sample"),
        sender_address: Plain::from("Almaty, Abay 1, 050000"),
        authority: Plain::from(""),
        message: Plain::from(words),
        scan: Some(Scan::of(b"%PDF-1.4 a letter").unwrap()),
        language: Language::Ru,
    }
}

/// What is wrong with that input.
pub fn problem<T>(outcome: Result<T, Rejected>, input: &str) -> Option<Problem> {
    match outcome {
        Err(Rejected::Mistake(mistake)) => mistake.of(input),
        Err(other) => panic!("{other}"),
        Ok(_) => None,
    }
}

/// The responsible person enters a letter.
pub async fn enters(stage: &Stage, gulmira: &Caller, kind: RequestKind) -> String {
    let mut entry = letter(kind, "I would like to know what you hold");
    entry.envelope_on = time::day_in_kazakhstan(stage.now() - SignedDuration::from_hours(72)).to_string();
    stage
        .system
        .enter_request(gulmira, entry, stage.key())
        .await
        .unwrap()
}

/// Somebody asks on their page.
pub async fn asks(stage: &Stage, caller: &Caller, kind: RequestKind, words: &str) -> String {
    let words = Plain::from(words);
    stage
        .system
        .ask(caller, kind, &words, Language::Kk, stage.key())
        .await
        .unwrap()
}

/// How many records of requests still hold a value.
pub async fn texts(stage: &Stage) -> usize {
    let store = stage.system.store();
    let people = store
        .read(|reader| subject::page(reader, None, 100))
        .await
        .unwrap();
    let mut held = 0;
    for person in people
        .into_iter()
        .filter(|person| person.category == Category::Writer)
    {
        let rows = store
            .read(move |reader| record::of_subject(reader, person.id))
            .await
            .unwrap();
        held += usize::from(!rows.is_empty());
    }
    held
}
