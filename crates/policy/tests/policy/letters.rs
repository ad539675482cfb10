//! The operator's letters: what is put into them stays text, and what is not there leaves no gap.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;

use sandyq_model::Plain;
use sandyq_model::letter::{Block, Line};
use sandyq_policy::letters::{LetterKind, LetterValues, PlaceKind};
use sandyq_policy::{Folder, Language, Policy};

fn shipped() -> Folder {
    Folder::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy")).unwrap()
}

/// The blocks as lines of text, each with a mark of what it is.
fn said(blocks: &[Block]) -> Vec<String> {
    let line = |line: &Line| {
        line.iter()
            .map(|span| span.text.expose().as_str())
            .collect::<String>()
    };
    let all = blocks.iter().flat_map(|block| match block {
        Block::Heading(level, text) => vec![format!("{} {}", "#".repeat(usize::from(*level)), line(text))],
        Block::Paragraph(lines) => lines.iter().map(line).collect(),
        Block::List(items) => items.iter().map(|item| format!("- {}", line(item))).collect(),
        Block::Exact(text) => vec![format!("= {}", text.expose())],
    });
    all.collect()
}

/// Every place with a value that names it.
fn full(kind: LetterKind) -> LetterValues {
    let mut values = LetterValues::default();
    for place in kind.places() {
        match place.kind {
            PlaceKind::List => values.put_all(place.name, ["one", "two"].map(Plain::from)),
            _ => values.put(place.name, format!("<{}>", place.name).as_str()),
        }
    }
    values
}

#[test]
fn the_shipped_letters_say_everything_in_every_language() {
    let policy = Policy::load(&shipped()).unwrap();
    for kind in LetterKind::ALL {
        for language in Language::ALL {
            let letter = said(&policy.letter(kind, language).unwrap().fill(&full(kind))).join("\n");
            for place in kind
                .places()
                .filter(|place| place.required && place.kind != PlaceKind::List)
            {
                assert!(
                    letter.contains(&format!("<{}>", place.name)),
                    "{} {language}: {}",
                    kind.name(),
                    place.name
                );
            }
            assert!(!letter.contains(['{', '}']) && !letter.contains("**"), "{letter}");
        }
    }
}

#[test]
fn what_is_put_into_a_letter_is_never_read_as_markup() {
    let policy = Policy::load(&shipped()).unwrap();
    let hostile = "# Title\n- {norm} **bold** <b> {{answer}}";
    let mut values = LetterValues::default();
    for place in LetterKind::Answer.places() {
        let is_theirs = matches!(place.name, "sender" | "answer");
        values.put(place.name, if is_theirs { hostile } else { "x" });
    }
    let blocks = policy
        .letter(LetterKind::Answer, Language::En)
        .unwrap()
        .fill(&values);
    let headings = blocks
        .iter()
        .filter(|block| matches!(block, Block::Heading(..)))
        .count();
    assert_eq!(headings, 1);
    assert!(!blocks.iter().any(|block| matches!(block, Block::List(_))));
    let letter = said(&blocks).join("\n");
    assert_eq!(
        letter.matches("{norm} **bold** <b> {{answer}}").count(),
        2,
        "{letter}"
    );
}

#[test]
fn what_is_not_there_leaves_no_line_and_no_heading() {
    let policy = Policy::load(&shipped()).unwrap();
    let letter = policy.letter(LetterKind::Destruction, Language::En).unwrap();
    let mut values = LetterValues::default();
    for place in LetterKind::Destruction.places() {
        match place.name {
            "kept" | "withdrawn" => values.put_all(place.name, []),
            "destroyed" => values.put_all(place.name, ["Last name (1)", "E-mail (13)"].map(Plain::from)),
            name => values.put(name, name),
        }
    }
    let lines = said(&letter.fill(&values));
    assert!(lines.contains(&"- Last name (1)".to_owned()) && lines.contains(&"- E-mail (13)".to_owned()));
    assert!(
        !lines
            .iter()
            .any(|line| line.contains("withdrew") || line.contains("Kept because")),
        "{lines:?}"
    );
    assert!(lines.iter().any(|line| line == "## Old copies"));
    assert!(lines.contains(&"= checkpoint".to_owned()), "{lines:?}");
    assert_eq!(
        said(&letter.fill(&LetterValues::default()))
            .first()
            .map(String::as_str),
        Some("# Act of destruction")
    );
}

#[test]
fn a_text_keeps_its_paragraphs_and_another_wording_is_the_same_policy() {
    let mut folder = shipped();
    let before = folder.version();
    folder.put(
        "letters/answer.md",
        "# No. {reference}, **{date}**\n\n{answer}\n\n{operator_name}\n",
    );
    assert_eq!(folder.version(), before);
    let policy = Policy::load(&folder).unwrap();
    let mut values = LetterValues::default();
    values.put("reference", "7");
    values.put("date", "today");
    values.put("answer", "One.\nTwo.\n\n \nThree.\n");
    values.put("operator_name", "  ");
    let blocks = policy
        .letter(LetterKind::Answer, Language::En)
        .unwrap()
        .fill(&values);
    assert_eq!(said(&blocks), ["# No. 7, today", "One.", "Two.", "Three."]);
    assert_eq!(blocks.len(), 3);
}
