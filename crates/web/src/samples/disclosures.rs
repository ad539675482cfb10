//! Samples of the registers of what leaves, and of the pages on which it does (4.2).

use sandyq_model::{Mistake, Plain, Problem, Purpose, RecipientKind};
use sandyq_processing::Language;
use sandyq_processing::ports::Miss;
use sandyq_processing::request::{InPublic, PublicField};
use sandyq_processing::transfer::{
    Delivered, DisclosureView, Disclosures, Given, HandOver, HandedOver, HowItWent, NewRecipient, NewSecret,
    Offered, RecipientAtDesk, RecipientView, ToHandOver, Unsent, Went, Winner, Winners,
};

use super::consents;
use super::people::{at, three};
use super::{Sample, visit};
use crate::console::hand_over::{self, Place};
use crate::console::{recipient, recipients};
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
        went: None,
        hook_told_at: None,
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

/// To an address: it arrived, and was called back there too; it surely did not arrive; it is not known.
fn by_webhook(language: Language) -> [DisclosureView; 3] {
    let arrived = DisclosureView {
        went: Some(HowItWent::Arrived(at("2026-11-23T06:40:14Z"))),
        hook_told_at: Some(at("2026-11-24T06:40:16Z")),
        ..recalled(language)
    };
    let went = |went| DisclosureView {
        went: Some(went),
        ..line(language)
    };
    [
        arrived,
        went(HowItWent::Not(at("2026-11-23T06:40:20Z"))),
        went(HowItWent::Unknown),
    ]
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
                let mut rows = vec![confirmed, by_law(language)];
                rows.extend(by_webhook(language));
                rows
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
        webhook: Some("https://hooks.tarqat.example.kz/sandyq".into()),
        entered_on: jiff::civil::date(2026, 11, 3),
        closed_on: None,
    };
    let closed = RecipientView {
        kind: RecipientKind::Reseller,
        name: "Сауда ЖШС".into(),
        by_file: false,
        webhook: None,
        closed_on: Some(jiff::civil::date(2026, 11, 20)),
        ..tarqat.clone()
    };
    vec![tarqat, closed]
}

fn offered(language: Language, kind: RecipientKind) -> ToHandOver {
    let names = ["last_name", "first_name", "email"];
    let labels = fields(language).into_iter();
    ToHandOver {
        recipients: vec![Offered {
            id: RECORD.parse().unwrap(),
            name: "Тарқат ЖШС".into(),
            kind,
            by_webhook: kind == RecipientKind::Distributor,
        }],
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
    pages.extend(addresses(language));
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
        rows: [recalled(language), by_law(language), line(language)]
            .into_iter()
            .chain(by_webhook(language))
            .collect(),
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
        ("staff-hand-over-no-address", of_case.clone(), {
            let mistake = Mistake::one("way", Problem::NoWebhook);
            hand_over::page(&of_case, case, &company, None, &mistake)
        }),
    ]
    .into_iter()
    .chain(sent(language, &handed))
    .collect()
}

/// What became of what was sent to an address.
fn sent(language: Language, handed: &HandedOver) -> Vec<Sample> {
    let of_case = visit(language, "/staff/cases/SQ-7K2M-90QX/hand-over", Standpoint::Staff);
    let ways = [
        ("staff-sent-arrived", Went::Arrived),
        ("staff-sent-unknown", Went::Unknown),
        ("staff-sent-not-name", Went::Not(Unsent::Missed(Miss::Name))),
        ("staff-sent-not-network", Went::Not(Unsent::Missed(Miss::Network))),
        (
            "staff-sent-not-connection",
            Went::Not(Unsent::Missed(Miss::Connection)),
        ),
        (
            "staff-sent-not-certificate",
            Went::Not(Unsent::Missed(Miss::Certificate)),
        ),
        ("staff-sent-not-refused", Went::Not(Unsent::Refused(403))),
        ("staff-sent-not-stopped", Went::Not(Unsent::Stopped)),
        ("staff-sent-not-blocked", Went::Not(Unsent::Blocked)),
        ("staff-sent-not-fault", Went::Not(Unsent::Fault)),
    ];
    let page = |went| hand_over::sent_page(&of_case, Place::Case("SQ-7K2M-90QX"), handed, went);
    ways.into_iter()
        .map(|(name, went)| (name, of_case.clone(), page(went)))
        .collect()
}

/// The page of a recipient's address.
fn addresses(language: Language) -> Vec<Sample> {
    let here = visit(language, "/staff/recipients/1", Standpoint::Staff);
    let found = |webhook: Option<String>, is_open: bool, by_file: bool| RecipientAtDesk {
        since: webhook.as_ref().map(|_| at("2026-11-20T06:40:12Z")),
        old_until: webhook.as_ref().map(|_| at("2026-11-27T06:40:12Z")),
        recipient: RecipientView {
            webhook,
            by_file,
            ..register().remove(0)
        },
        is_open,
    };
    let address = "https://hooks.tarqat.example.kz/sandyq";
    let none = Mistake::default();
    let secret = NewSecret {
        recipient: "Тарқат ЖШС".into(),
        address: address.into(),
        secret: Plain::from("whsec_c2FtcGxlLXNlY3JldC1vZi10aGlydHktdHdvLWJ5dGVz"),
        old_until: Some(at("2026-11-27T06:40:12Z")),
    };
    let page = |found: &RecipientAtDesk, typed: &str, mistake: &Mistake| {
        recipient::page(&here, found, typed, mistake)
    };
    let problems = [Problem::WebhookAddress, Problem::WebhookNetwork, Problem::Abroad];
    let [address_wrong, network_wrong, abroad] = problems.map(|problem| Mistake::one("address", problem));
    let (with, without) = (found(Some(address.into()), true, true), found(None, true, true));
    vec![
        ("staff-recipient-address", here.clone(), page(&with, "", &none)),
        (
            "staff-recipient-no-address",
            here.clone(),
            page(&without, "", &none),
        ),
        (
            "staff-recipient-address-wrong",
            here.clone(),
            page(&without, "http://tarqat", &address_wrong),
        ),
        (
            "staff-recipient-address-network",
            here.clone(),
            page(&with, "https://10.0.0.7/", &network_wrong),
        ),
        (
            "staff-recipient-address-abroad",
            here.clone(),
            page(&without, "https://example.com/", &abroad),
        ),
        (
            "staff-recipient-address-closed",
            here.clone(),
            page(&found(None, false, true), "", &none),
        ),
        (
            "staff-recipient-address-no-key",
            here.clone(),
            page(&found(None, true, false), "", &none),
        ),
        (
            "staff-recipient-secret",
            here.clone(),
            recipient::secret_page(&here, RECORD, &secret),
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
