//! Samples of the ledger as the auditor reads it (5.1.5).

use sandyq_model::{Mistake, Problem};
use sandyq_processing::Language;
use sandyq_processing::audit::{AuditLine, AuditPage, Notable, Notice, Notices, Verified};

use super::people::{at, three};
use super::{Sample, visit};
use crate::console::audit::{Asked, Offered, Shown, page};
use crate::visit::Standpoint;

const PERSON: &str = "5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b";

fn line(language: Language) -> AuditLine {
    AuditLine {
        index: 1204,
        at: at("2026-11-23T06:40:12Z"),
        role: three(language, "Сату бөлімі", "Отдел продаж", "Sales").into(),
        by: Some("aslan".into()),
        deed: (
            "extract".into(),
            Some(
                three(
                    language,
                    "қарау (алу)",
                    "просмотр (извлечение)",
                    "looked (extraction)",
                )
                .into(),
            ),
        ),
        outcome: "refused",
        detail: "none",
        clauses: vec!["4.2.1".into(), "5.1.4#2".into()],
        fields: vec![three(language, "Электрондық пошта", "Электронная почта", "E-mail").into()],
        purpose: Some(
            three(
                language,
                "Тапсырысты орындау",
                "Исполнение заказа",
                "Carrying out your order",
            )
            .into(),
        ),
        recipient: Some((3, "KZ".into())),
        subject: Some(PERSON.parse().unwrap()),
        case: Some(PERSON.into()),
    }
}

fn read() -> AuditLine {
    AuditLine {
        index: 1205,
        role: three(Language::En, "", "", "Auditor").into(),
        by: None,
        deed: ("ledger-read".into(), None),
        outcome: "done",
        detail: "resumed",
        clauses: Vec::new(),
        fields: Vec::new(),
        purpose: None,
        recipient: None,
        subject: None,
        case: None,
        ..line(Language::En)
    }
}

fn notices() -> Notices {
    let notice = |what: Notable, count: usize| Notice {
        what,
        who: "aslan".into(),
        by: PERSON.parse().unwrap(),
        count,
        entry: 1204,
        at: at("2026-11-23T06:40:12Z"),
    };
    Notices {
        lines: vec![
            notice(Notable::Refusals, 7),
            notice(Notable::OutsideHours, 2),
            notice(Notable::ManyPeople, 48),
        ],
        unwitnessed_since: Some(at("2026-11-20T06:40:12Z")),
    }
}

/// The pages.
pub fn pages(language: Language) -> Vec<Sample> {
    let desk = visit(language, "/staff/audit", Standpoint::Staff);
    let offered = Offered {
        deeds: vec![line(language).deed, read().deed]
            .into_iter()
            .map(|(_, words)| {
                if words.is_some() {
                    ("extract", words)
                } else {
                    ("ledger-read", None)
                }
            })
            .collect(),
        roles: vec![(sandyq_model::Role::SALES, line(language).role)],
    };
    let some = AuditPage {
        lines: vec![read(), line(language)],
        size: 1206,
        next: Some(1100),
    };
    let none = AuditPage {
        lines: Vec::new(),
        size: 1206,
        next: None,
    };
    let (everything, asked) = (
        Asked::default(),
        Asked::read("outcome=refused&clause=4.2&from=2026-11-1&of=1204"),
    );
    let (quiet, loud) = (Notices::default(), notices());
    let shown = |asked, notices, found, verified| Shown {
        asked,
        offered: &offered,
        notices,
        found,
        verified,
    };
    let verified = Verified {
        entries: 1206,
        checkpoints: 310,
    };
    let fine = Mistake::default();
    let wrong = Mistake(vec![
        ("deed".into(), Problem::Choice),
        ("clause".into(), Problem::Choice),
        ("from".into(), Problem::Date),
    ]);
    vec![
        (
            "staff-audit",
            desk.clone(),
            page(&desk, &shown(&everything, &loud, &some, None), &fine),
        ),
        (
            "staff-audit-verified",
            desk.clone(),
            page(&desk, &shown(&asked, &quiet, &some, Some(verified)), &fine),
        ),
        (
            "staff-audit-none",
            desk.clone(),
            page(&desk, &shown(&asked, &quiet, &none, None), &fine),
        ),
        (
            "staff-audit-wrong",
            desk.clone(),
            page(&desk, &shown(&asked, &quiet, &none, None), &wrong),
        ),
    ]
}
