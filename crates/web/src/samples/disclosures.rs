//! Samples of the registers of what leaves, and of the pages on which it does (4.2).

use sandyq_model::{Mistake, Plain, Problem, Purpose, RecipientKind};
use sandyq_processing::Language;
use sandyq_processing::request::{InPublic, PublicField};
use sandyq_processing::transfer::{
    Delivered, DisclosureView, Disclosures, Given, HandOver, HandedOver, NewRecipient, RecipientView,
    ToHandOver, Winner, Winners,
};

use super::consents;
use super::people::{at, three};
use super::{Sample, visit};
use crate::console::hand_over::{self, Place};
use crate::console::recipients;
use crate::portal::confidentiality::Outside;
use crate::public::winners;
use crate::visit::Standpoint;

const REFERENCE: &str = "SQ-4H8T-21XN";
const RECORD: &str = "5a4b3c2d1e0f49788695a4b3c2d1e0ff";

fn fields(language: Language) -> Vec<String> {
    vec![
        three(language, "Тегі", "Фамилия", "Last name").into(),
        three(language, "Аты", "Имя", "First name").into(),
        three(language, "Электрондық пошта", "Электронная почта", "E-mail").into(),
    ]
}

fn line(language: Language) -> DisclosureView {
    DisclosureView {
        subject: RECORD.parse().unwrap(),
        id: RECORD.parse().unwrap(),
        reference: REFERENCE.into(),
        recipient: "Тарқат ЖШС".into(),
        kind: Some(RecipientKind::Distributor),
        purpose: Purpose::SOFTWARE_REGISTRATION,
        fields: fields(language),
        law: None,
        at: at("2026-11-23T06:40:12Z"),
        recalled_at: None,
        told_at: None,
        confirmed: None,
    }
}

fn recalled(language: Language) -> DisclosureView {
    DisclosureView {
        recalled_at: Some(at("2026-11-24T06:40:12Z")),
        told_at: Some(at("2026-11-24T06:40:15Z")),
        ..line(language)
    }
}

fn by_law(language: Language) -> DisclosureView {
    DisclosureView {
        recipient: three(
            language,
            "Мемлекеттік кірістер департаменті",
            "Департамент госдоходов",
            "Revenue Department",
        )
        .into(),
        kind: Some(RecipientKind::StateBody),
        purpose: Purpose::STATUTORY,
        law: Some((
            three(
                language,
                "Салық кодексі, 24-бап",
                "Налоговый кодекс, ст. 24",
                "Tax Code, Art. 24",
            )
            .into(),
            "12/7".into(),
        )),
        ..line(language)
    }
}

/// To whom something may go, and, if asked for, what went.
pub fn outside(language: Language, any: bool) -> Outside {
    let confirmed = DisclosureView {
        confirmed: Some((at("2026-11-25T06:40:12Z"), "T-4".into())),
        ..recalled(language)
    };
    Outside {
        public: in_public(any),
        parties: if any {
            consents::third_parties(language)
        } else {
            Vec::new()
        },
        given: Given {
            rows: if any {
                vec![confirmed, by_law(language)]
            } else {
                Vec::new()
            },
            tells: any,
        },
    }
}

fn register() -> Vec<RecipientView> {
    let tarqat = RecipientView {
        id: RECORD.parse().unwrap(),
        kind: RecipientKind::Distributor,
        name: "Тарқат ЖШС".into(),
        undertaking: Some(("U-17/2026".into(), "2026-11-02".into())),
        email: Some("privacy@tarqat.example.kz".into()),
        by_file: true,
        entered_on: jiff::civil::date(2026, 11, 3),
        closed_on: None,
    };
    let closed = RecipientView {
        kind: RecipientKind::Reseller,
        name: "Сауда ЖШС".into(),
        by_file: false,
        closed_on: Some(jiff::civil::date(2026, 11, 20)),
        ..tarqat.clone()
    };
    vec![tarqat, closed]
}

fn offered(language: Language, kind: RecipientKind) -> ToHandOver {
    let names = ["last_name", "first_name", "email"];
    let labels = fields(language).into_iter();
    ToHandOver {
        recipients: vec![(RECORD.parse().unwrap(), "Тарқат ЖШС".into(), kind)],
        fields: names
            .iter()
            .zip(labels)
            .map(|(name, label)| ((*name).to_owned(), label, *name != "email"))
            .collect(),
    }
}

/// The pages.
pub fn pages(language: Language) -> Vec<Sample> {
    let mut pages = registers(language);
    pages.extend(handing_over(language));
    pages
}

fn registers(language: Language) -> Vec<Sample> {
    let desk = visit(language, "/staff/recipients", Standpoint::Staff);
    let list = visit(language, "/staff/disclosures", Standpoint::Staff);
    let nothing = (NewRecipient::default(), Mistake::default());
    let wrong = [
        "kind",
        "name",
        "country",
        "undertaking",
        "undertaken_on",
        "email",
        "age_key",
    ];
    let wrong = Mistake(
        wrong
            .iter()
            .map(|input| ((*input).to_owned(), Problem::Missing))
            .collect(),
    );
    let all = Disclosures {
        waiting: vec![recalled(language)],
        rows: vec![recalled(language), by_law(language), line(language)],
        page: 1,
        more: true,
    };
    let none = Disclosures {
        waiting: Vec::new(),
        rows: Vec::new(),
        page: 1,
        more: false,
    };
    vec![
        (
            "staff-recipients",
            desk.clone(),
            recipients::page(&desk, &register(), &nothing.0, &nothing.1),
        ),
        (
            "staff-recipients-none",
            desk.clone(),
            recipients::page(&desk, &[], &nothing.0, &nothing.1),
        ),
        (
            "staff-recipients-wrong",
            desk.clone(),
            recipients::page(&desk, &[], &nothing.0, &wrong),
        ),
        (
            "staff-disclosures",
            list.clone(),
            recipients::disclosures_page(&list, &all, &nothing.1),
        ),
        (
            "staff-disclosures-none",
            list.clone(),
            recipients::disclosures_page(&list, &none, &nothing.1),
        ),
        ("staff-disclosures-wrong", list.clone(), {
            let mistake = Mistake::one("document", Problem::DocumentNumber);
            recipients::disclosures_page(&list, &all, &mistake)
        }),
    ]
}

fn handing_over(language: Language) -> Vec<Sample> {
    let of_case = visit(language, "/staff/cases/SQ-7K2M-90QX/hand-over", Standpoint::Staff);
    let of_record = visit(language, "/staff/records/1/hand-over", Standpoint::Staff);
    let (case, record) = (Place::Case("SQ-7K2M-90QX"), Place::Record("1"));
    let company = offered(language, RecipientKind::Distributor);
    let body = offered(language, RecipientKind::StateBody);
    let nobody = ToHandOver {
        recipients: Vec::new(),
        ..company.clone()
    };
    let none = Mistake::default();
    let wrong = ["recipient", "fields"].map(|input| (input.to_owned(), Problem::Missing));
    let unsaid = ["article", "document", "dated"].map(|input| (input.to_owned(), Problem::Missing));
    let handed = HandedOver {
        reference: REFERENCE.into(),
        recipient: "Тарқат ЖШС".into(),
        purpose: Purpose::SOFTWARE_REGISTRATION,
        delivered: Delivered::Sheet(
            fields(language)
                .into_iter()
                .zip(["Омарова", "Мара", "mara@example.com"].map(Plain::from))
                .collect(),
        ),
        entry: 1204,
    };
    vec![
        (
            "staff-hand-over",
            of_case.clone(),
            hand_over::page(&of_case, case, &company, None, &none),
        ),
        (
            "staff-hand-over-nobody",
            of_case.clone(),
            hand_over::page(&of_case, case, &nobody, None, &none),
        ),
        ("staff-hand-over-wrong", of_case.clone(), {
            let typed = HandOver::default();
            hand_over::page(&of_case, case, &company, Some(&typed), &Mistake(wrong.to_vec()))
        }),
        (
            "staff-hand-over-law",
            of_record.clone(),
            hand_over::page(&of_record, record, &body, None, &none),
        ),
        ("staff-hand-over-law-wrong", of_record.clone(), {
            let typed = HandOver::default();
            hand_over::page(&of_record, record, &body, Some(&typed), &Mistake(unsaid.to_vec()))
        }),
        (
            "staff-handed-over",
            of_case.clone(),
            hand_over::sheet_page(&of_case, case, &handed),
        ),
    ]
}

/// A name that is public, and one that is not; or nothing that could be.
fn in_public(any: bool) -> InPublic {
    let field = |item: &str, label: &str, consent: Option<String>| PublicField {
        item: item.to_owned(),
        label: label.to_owned(),
        consent,
    };
    let fields = vec![
        field(
            "winner-last-name",
            "If I win, show my last name in the public list of winners",
            None,
        ),
        field(
            "winner-first-name",
            "If I win, show my first name in the public list of winners",
            Some("0a".repeat(16)),
        ),
    ];
    InPublic {
        fields: if any { fields } else { Vec::new() },
        since: any.then(|| at("2026-11-25T07:00:00Z")),
    }
}

/// The public list, with somebody in it and with nobody.
pub fn winners(language: Language) -> Vec<Sample> {
    let visit = visit(language, winners::PATH, Standpoint::Visitor);
    let list = Winners {
        promotion: "Winter draw".to_owned(),
        winners: vec![
            Winner {
                names: vec![Plain::from("Omarova"), Plain::from("Dana")],
                since: at("2026-11-25T07:00:00Z"),
            },
            Winner {
                names: vec![Plain::from("Erlan")],
                since: at("2026-11-26T07:00:00Z"),
            },
        ],
    };
    vec![
        ("winners", visit.clone(), winners::page(&visit, &[list])),
        ("winners-none", visit.clone(), winners::page(&visit, &[])),
    ]
}
