//! Every letter in every language, as the shipped folder words it, from the samples of its page.

use std::path::Path;

use sandyq_model::{Plain, RequestKind, RequestState};
use sandyq_paper::{can_be_printed, pdf};
use sandyq_policy::{Folder, Policy};

use super::{breaches, consents, people, requests, visit};
use crate::language::{LANGUAGES, tag};
use crate::paper::{Filled, answer, breach, consent, destruction, document};
use crate::visit::{Standpoint, Visit};

fn letters(visit: &Visit) -> [Filled; 6] {
    let closed = |state| {
        let mut request = requests::request(visit.language, RequestKind::Object, state);
        for (name, text) in [
            ("sender", "Дана Ә. \"{norm}\" <b>"),
            ("sender_address", "Алматы\n050000"),
        ] {
            request
                .texts
                .push((name.to_owned(), name.to_owned(), Plain::from(text)));
        }
        answer(visit, &request).unwrap()
    };
    let noticed = |told| {
        let (view, labels) = (
            breaches::view(visit.language, told),
            breaches::labels(visit.language),
        );
        breach(visit, &view, &labels, view.row.due_at)
    };
    [
        closed(RequestState::Answered),
        closed(RequestState::Refused),
        consent(visit, &consents::receipt_of_one(visit.language), people::KEY),
        destruction(visit, &people::receipt(visit.language), people::KEY),
        noticed(true),
        noticed(false),
    ]
}

#[test]
fn every_letter_is_filled_and_printed_in_every_language() {
    let folder = Folder::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy")).unwrap();
    for (path, text) in folder.files().filter(|(path, _)| path.starts_with("letters/")) {
        assert!(
            can_be_printed(&text.replace('\n', " ")),
            "{path} has a character that the faces lack"
        );
    }
    let policy = Policy::load(&folder).unwrap();
    for language in LANGUAGES {
        let visit = visit(language, "/", Standpoint::Subject);
        for filled in letters(&visit) {
            let said: Vec<&str> = filled.values.names().collect();
            for place in filled.kind.places() {
                assert!(
                    said.contains(&place.name),
                    "{}: {}",
                    filled.kind.name(),
                    place.name
                );
            }
            assert_eq!(said.len(), filled.kind.places().count(), "{}", filled.kind.name());
            let template = policy.letter(filled.kind, language).unwrap();
            let printed = pdf(&document(template, &visit, &filled)).unwrap();
            if let Some(folder) = std::env::var_os("SANDYQ_PAGES") {
                let name = format!("{}-{}.pdf", filled.kind.name(), tag(language));
                std::fs::write(Path::new(&folder).join(name), printed).unwrap();
            }
        }
    }
}

#[test]
fn what_is_not_closed_is_not_printed() {
    let visit = visit(LANGUAGES[0], "/", Standpoint::Subject);
    for state in [
        RequestState::Received,
        RequestState::Answering,
        RequestState::Merged,
    ] {
        let request = requests::request(visit.language, RequestKind::Object, state);
        assert!(answer(&visit, &request).is_err());
    }
}

#[test]
fn a_notice_without_measures_says_that_it_is_not_complete() {
    for language in LANGUAGES {
        let visit = visit(language, "/", Standpoint::Staff);
        let view = breaches::view(language, false);
        let filled = breach(&visit, &view, &breaches::labels(language), view.row.due_at);
        let folder = Folder::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy")).unwrap();
        let policy = Policy::load(&folder).unwrap();
        let template = policy.letter(filled.kind, language).unwrap();
        let printed = format!("{:?}", document(template, &visit, &filled).title);
        assert!(printed.contains('3'), "{printed}");
        let said: String = template.fill(&filled.values).iter().flat_map(words_of).collect();
        for needed in [
            visit.say("breach-no-measure"),
            people::operator().responsible.phone,
            people::operator().responsible.name,
        ] {
            assert!(said.contains(&needed), "{needed}: {said}");
        }
    }
}

fn words_of(block: &sandyq_model::letter::Block) -> Vec<String> {
    use sandyq_model::letter::Block;
    let lines = match block {
        Block::Heading(_, line) => vec![line],
        Block::Paragraph(lines) | Block::List(lines) => lines.iter().collect(),
        Block::Exact(_) => Vec::new(),
    };
    let spans = lines.into_iter().flatten();
    spans.map(|span| span.text.expose().clone()).collect()
}
