//! Samples of the register of the operator's own documents (3, 5.1.2).

use sandyq_model::{LocalActKind, Mistake, Problem};
use sandyq_processing::Language;
use sandyq_processing::local_act::{LocalActRow, LocalActs};

use super::people::three;
use super::{Sample, visit};
use crate::console::local_acts;
use crate::public::documents;
use crate::visit::Standpoint;

/// Versions of one document: one to come, one in force, one that was replaced.
fn row(language: Language, number: u32, is_public: bool) -> LocalActRow {
    let title = three(
        language,
        "Дербес деректерді өңдеу және қорғау ережелері",
        "Правила обработки и защиты персональных данных",
        "Rules for the processing and protection of personal data",
    );
    let approver = three(language, "директор", "директор", "director");
    LocalActRow {
        number,
        kind: LocalActKind::ALL[number as usize % LocalActKind::ALL.len()],
        title: title.to_owned(),
        document: "№ 14-P".to_owned(),
        version: number.to_string(),
        adopted_on: "2026-11-20".parse().unwrap(),
        approver: approver.to_owned(),
        in_force_since: "2026-12-01".parse().unwrap(),
        in_force: number == 2,
        replaces: (number > 1).then(|| number - 1),
        replaced_by: (number < 3).then(|| (number + 1, "2027-01-01".parse().unwrap())),
        is_public,
        file_hash: "5e".repeat(32),
        file_bytes: 180_400,
    }
}

pub fn pages(language: Language) -> Vec<Sample> {
    let list = visit(language, local_acts::LOCAL_ACTS, Standpoint::Staff);
    let new = visit(language, "/staff/local-acts/new", Standpoint::Staff);
    let shown = visit(language, documents::PATH, Standpoint::Visitor);
    let register = |rows: Vec<LocalActRow>, enters: bool| LocalActs {
        more: enters,
        rows,
        page: 1,
        enters,
    };
    let all = vec![
        row(language, 3, false),
        row(language, 2, true),
        row(language, 1, true),
    ];
    let nothing = |_: &str| String::new();
    let typed = |name: &str| match name {
        "kind" => "rules".to_owned(),
        "title" => "+7 701 123 45 67".to_owned(),
        _ => String::new(),
    };
    let wrong = [
        ("title", Problem::Personal),
        ("document", Problem::Missing),
        ("adopted_on", Problem::Date),
        ("replaces", Problem::Choice),
        ("scan", Problem::Pdf),
    ];
    let wrong = Mistake(wrong.map(|(name, problem)| (name.to_owned(), problem)).to_vec());
    vec![
        (
            "local-acts",
            list.clone(),
            local_acts::register_page(&list, &register(all.clone(), true)),
        ),
        (
            "local-acts-none",
            list.clone(),
            local_acts::register_page(&list, &register(Vec::new(), false)),
        ),
        (
            "local-act-new",
            new.clone(),
            local_acts::entry_page(&new, &nothing, &Mistake::default()),
        ),
        (
            "local-act-new-wrong",
            new.clone(),
            local_acts::entry_page(&new, &typed, &wrong),
        ),
        ("documents", shown.clone(), documents::page(&shown, &all[1..])),
        ("documents-none", shown.clone(), documents::page(&shown, &[])),
    ]
}
