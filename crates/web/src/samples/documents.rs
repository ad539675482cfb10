//! Samples of the register of the operator's own documents (3, 5.1.2).

use sandyq_model::{LocalActKind, Mistake, Problem};
use sandyq_processing::Language;
use sandyq_processing::destroy::receipt::{DestructionRow, Destructions, SignedAct};
use sandyq_processing::local_act::{LocalActRow, LocalActs, Stands};
use sandyq_processing::request::{PaperRow, Papers};

use super::people::three;
use super::{Sample, passkeys, visit};
use crate::console::papers::page_of as papers_page;
use crate::console::privileged::InForm;
use crate::console::{destructions, local_acts, papers};
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
        stands: match number {
            1 => Stands::Replaced,
            2 => Stands::InForce,
            _ => Stands::NotYet,
        },
        replaces: (number > 1).then(|| number - 1),
        replaced_by: (number < 3).then(|| (number + 1, "2027-01-01".parse().unwrap())),
        is_public,
        hidden_at: None,
        file_hash: "5e".repeat(32),
        file_bytes: 180_400,
    }
}

pub fn pages(language: Language) -> Vec<Sample> {
    let list = visit(language, local_acts::LOCAL_ACTS, Standpoint::Staff);
    let new = visit(language, "/staff/local-acts/new", Standpoint::Staff);
    let hide = visit(language, "/staff/local-acts/2/hide", Standpoint::Staff);
    let shown = visit(language, documents::PATH, Standpoint::Visitor);
    let register = |rows: Vec<LocalActRow>, enters: bool| LocalActs {
        more: enters,
        rows,
        page: 1,
        enters,
    };
    let off_the_site = LocalActRow {
        hidden_at: Some("2026-12-02T05:00:00Z".parse().unwrap()),
        ..row(language, 1, true)
    };
    let all = vec![row(language, 3, false), row(language, 2, true), off_the_site];
    // Nobody outside learns what came in the place of it.
    let open = LocalActRow {
        replaced_by: None,
        ..row(language, 1, true)
    };
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
        ("fresh_number", Problem::OneTime),
    ];
    let by_passkey = InForm {
        passkey: Some(passkeys::asked()),
    };
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
            local_acts::entry_page(&new, &nothing, Some(&InForm::default()), &Mistake::default()),
        ),
        (
            "local-act-new-wrong",
            new.clone(),
            local_acts::entry_page(&new, &typed, Some(&by_passkey), &wrong),
        ),
        (
            "local-act-hide",
            hide.clone(),
            local_acts::hiding_page(&hide, &row(language, 2, true)),
        ),
        ("documents", shown.clone(), documents::page(&shown, &[open])),
        ("documents-none", shown.clone(), documents::page(&shown, &[])),
    ]
}

/// A paper that waits.
pub fn paper(number: u32, late: bool) -> PaperRow {
    let at = |text: &str| text.parse().unwrap();
    PaperRow {
        reference: format!("SQ-7K2M-9{number:03}"),
        letter: (2026, number),
        received_at: at("2026-10-02T05:00:00Z"),
        since: at("2026-10-23T05:00:00Z"),
        due_at: (number != 12).then(|| {
            at(if late {
                "2026-11-13T18:59:59Z"
            } else {
                "2026-12-11T18:59:59Z"
            })
        }),
        late,
    }
}

/// Papers of destroyed letters, and the acts of destruction (6.3, 8).
pub fn papers_and_acts(language: Language) -> Vec<Sample> {
    let list = visit(language, papers::PATH, Standpoint::Staff);
    let acts = visit(language, destructions::PATH, Standpoint::Staff);
    let of = |rows: Vec<PaperRow>, enters: bool| Papers {
        more: rows.len() > 2,
        rows,
        page: 1,
        enters,
    };
    let all = vec![paper(4, true), paper(11, false), paper(12, false)];
    let nothing = |_: &str| String::new();
    let typed = |name: &str| if name == "act" { "rules" } else { "" }.to_owned();
    let wrong = Mistake(vec![
        ("papers".to_owned(), Problem::Missing),
        ("act".to_owned(), Problem::Choice),
    ]);
    let none = Mistake::default();
    let shown = |name: &'static str, papers: &Papers, mistake: &Mistake| {
        let page = papers_page(
            &list,
            papers,
            if mistake.0.is_empty() { &nothing } else { &typed },
            mistake,
        );
        (name, list.clone(), page)
    };
    vec![
        shown("papers", &of(all.clone(), true), &none),
        shown("papers-wrong", &of(all.clone(), true), &wrong),
        shown("papers-read", &of(all[..2].to_vec(), false), &none),
        shown("papers-none", &of(Vec::new(), true), &none),
        (
            "destructions",
            acts.clone(),
            destructions::page_of(&acts, &destroyed(language)),
        ),
        (
            "destructions-none",
            acts.clone(),
            destructions::page_of(
                &acts,
                &Destructions {
                    rows: Vec::new(),
                    page: 1,
                    more: false,
                },
            ),
        ),
    ]
}

fn destroyed(language: Language) -> Destructions {
    let name = three(language, "Тегі", "Фамилия", "Last name");
    let phone = three(language, "Телефон", "Телефон", "Telephone");
    let signed = SignedAct {
        by: three(language, "Жүйенің сағаты", "Часы системы", "The system's clock").to_owned(),
        withdrawn_at: Some("2026-11-20T05:00:00Z".parse().unwrap()),
        destroyed: vec![phone.to_owned()],
        kept: vec![(
            name.to_owned(),
            "Tax Code 2026, Art. 206(3)".to_owned(),
            "2032-01-01".to_owned(),
        )],
        issued_at: "2026-11-20T05:00:02Z".parse().unwrap(),
        entry: 4_711,
    };
    let row = |number: u8, signed: Option<SignedAct>| DestructionRow {
        number: sandyq_model::ReceiptId::from_bytes([number; 16]).to_string(),
        at: "2026-11-20T05:00:01Z".parse().unwrap(),
        signed,
    };
    Destructions {
        rows: vec![row(2, None), row(1, Some(signed))],
        page: 1,
        more: true,
    }
}
