//! Samples of the records that may be one person, and of those that were joined.

use sandyq_model::{Category, FieldSet, Mistake, Problem, Standing, SubjectId};
use sandyq_processing::Language;
use sandyq_processing::systematize::{Because, Joined, Pair, Paired, Pairs};

use super::people::{at, three};
use super::{Sample, visit};
use crate::console::alike;
use crate::visit::Standpoint;

/// The records that may be one person: some, none, and one decided about without a reason.
pub fn pages(language: Language) -> Vec<Sample> {
    let desk = visit(language, alike::PATH, Standpoint::Staff);
    let paired = |byte: u8, standing: Standing| Paired {
        subject: SubjectId::from_bytes([byte; 16]),
        category: Category::Guest,
        standing,
        created_at: at("2026-11-20T09:00:00Z"),
    };
    let pair = |one: Paired, other: Paired, because: Option<Because>| Pair {
        records: [one, other],
        by: FieldSet::EMPTY,
        found_at: at("2026-11-23T21:00:00Z"),
        decided: because.map(|because| (Some(because), "gulmira".to_owned(), at("2026-11-24T05:00:00Z"))),
    };
    let (active, blocked) = (Standing::Active, Standing::Blocked);
    let some = Pairs {
        open: vec![
            pair(paired(3, active), paired(4, active), None),
            pair(paired(5, active), paired(6, active), None),
        ],
        joined: vec![pair(paired(7, active), paired(8, blocked), Some(Because::Papers))],
    };
    let none = Pairs {
        open: Vec::new(),
        joined: Vec::new(),
    };
    let who = |_: &Paired| guests(language).to_owned();
    let by = |_: &Pair| contacts(language).to_owned();
    let words = alike::Words { who: &who, by: &by };
    let nothing = Mistake::default();
    let missing = Mistake::one("because", Problem::Missing);
    let second = some
        .open
        .get(1)
        .map(|pair| pair.records.map(|record| record.subject));
    let page = |pairs: &Pairs, wrong: alike::Wrong<'_>| alike::page(&desk, &words, pairs, wrong);
    vec![
        ("staff-pairs", desk.clone(), page(&some, (None, "", &nothing))),
        (
            "staff-pairs-none",
            desk.clone(),
            page(&none, (None, "", &nothing)),
        ),
        (
            "staff-pairs-wrong",
            desk.clone(),
            page(&some, (second, "", &missing)),
        ),
    ]
}

/// Records that are taken for the same person's: one with cases, one without.
pub fn joined() -> Vec<Joined> {
    let record = |byte: u8, references: &[&str]| Joined {
        subject: SubjectId::from_bytes([byte; 16]),
        since: at("2026-11-20T09:00:00Z"),
        references: references
            .iter()
            .map(|reference| (*reference).to_owned())
            .collect(),
    };
    vec![record(4, &["SQ-3N8V-11TB", "SQ-9K4D-70WM"]), record(5, &[])]
}

fn guests(language: Language) -> &'static str {
    three(
        language,
        "Тіркелмей сатып алушылар",
        "Покупатели без регистрации",
        "Buyers without registration",
    )
}

fn contacts(language: Language) -> &'static str {
    three(
        language,
        "Электрондық пошта, Байланыс телефоны",
        "Электронная почта, Контактный телефон",
        "E-mail, Contact telephone",
    )
}
