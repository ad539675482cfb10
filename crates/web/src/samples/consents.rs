//! Consents and a receipt of one, as pages show them.

use sandyq_model::{Plain, Purpose, RecipientKind};
use sandyq_processing::Language;
use sandyq_processing::consent::{ActedBy, ConsentEvent, ConsentReceiptView, MyConsent, TakingBack};
use sandyq_processing::request::{Seen, SeenFor, ThirdParty};

use super::people::{at, operator, receipt, three};

/// Numbers of receipts of consents that were taken back.
pub fn withdrawals() -> Vec<String> {
    vec!["3c4b5a49-0f1e-4978-8695-a4b3c2d1e0ff".into()]
}

/// A consent that stands, one that was taken back, and one that waits.
pub fn agreed(language: Language) -> Vec<MyConsent> {
    let standing = MyConsent {
        id: "5a4b3c2d-1e0f-4978-8695-a4b3c2d1e0ff".parse().unwrap(),
        item: "order".into(),
        stands: true,
        label: three(
            language,
            "Тапсырысымды орындау үшін деректерімді өңдеуге келісемін",
            "Согласие на обработку данных, чтобы исполнить мой заказ",
            "I agree that my data is processed to fulfil my order",
        )
        .into(),
        purpose: (Purpose::new(7).unwrap(), consent_purpose(language)),
        fields: receipt(language)
            .destroyed
            .into_iter()
            .map(|(_, label)| label)
            .collect(),
        given_at: at("2026-11-23T06:30:00Z"),
        confirmed_at: Some(at("2026-11-23T06:32:10Z")),
        withdrawn_at: None,
        closed: None,
        receipts: vec![(
            ConsentEvent::Confirmed,
            at("2026-11-23T06:32:10Z"),
            "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff".into(),
        )],
    };
    let withdrawn = MyConsent {
        stands: false,
        withdrawn_at: Some(at("2026-11-24T06:40:12Z")),
        receipts: vec![
            standing.receipts[0].clone(),
            (
                ConsentEvent::Withdrawn,
                at("2026-11-24T06:40:12Z"),
                "3c4b5a49-0f1e-4978-8695-a4b3c2d1e0ff".into(),
            ),
        ],
        ..standing.clone()
    };
    let waiting = MyConsent {
        item: "registration".into(),
        confirmed_at: None,
        closed: Some((
            at("2026-12-13T18:59:59Z"),
            super::requests::reasons(language)[0].1.clone(),
        )),
        receipts: Vec::new(),
        ..standing.clone()
    };
    vec![standing, withdrawn, waiting]
}

/// Acts of single values that went.
pub fn acts() -> Vec<(jiff::Timestamp, String)> {
    let number = "9e8d7c6b-0f1e-4978-8695-a4b3c2d1e0ff".to_owned();
    vec![(at("2026-11-25T06:40:12Z"), number)]
}

fn consent_purpose(language: Language) -> String {
    three(
        language,
        "Тапсырысты орындау",
        "Исполнение заказа",
        "Fulfilling an order",
    )
    .into()
}

/// A consent that could be taken back, and all that can end with one.
pub fn taking_back(language: Language) -> TakingBack {
    let consent = agreed(language).remove(0);
    TakingBack {
        service: Some(
            three(
                language,
                "Тіркелмей сатып алу",
                "Купить без регистрации",
                "Buy without registering",
            )
            .into(),
        ),
        cases: vec!["SQ-7K2M-90QX".into()],
        recipient: Some("distributor".into()),
        destroyed: consent.fields.iter().take(2).cloned().collect(),
        closes_account: false,
        closes_way_in: true,
        consent,
    }
}

/// What two roles see: one by an open case, the other nothing.
pub fn seen(language: Language) -> Vec<Seen> {
    let purpose = (Purpose::new(7).unwrap(), consent_purpose(language));
    let email = three(language, "Электрондық пошта", "Электронная почта", "E-mail");
    let look = |cases: &[&str], fields| SeenFor {
        purpose: purpose.clone(),
        cases: cases.iter().map(|case| (*case).to_owned()).collect(),
        fields,
        clauses: vec!["5.1.4".into()],
    };
    let shown = vec![(email.to_owned(), Plain::from("d•••@example.com"), true)];
    vec![
        Seen {
            role: three(language, "Сату бөлімі", "Отдел продаж", "Sales").into(),
            looks: vec![look(&["SQ-7K2M-90QX"], shown), look(&[], Vec::new())],
        },
        Seen {
            role: three(language, "Аудитор", "Аудитор", "Auditor").into(),
            looks: Vec::new(),
        },
    ]
}

/// A decision that a person takes.
pub fn deciders(language: Language) -> Vec<(String, bool)> {
    let refuse = three(
        language,
        "Тапсырыстан бас тарту",
        "Отказ в заказе",
        "Refusing an order",
    );
    vec![(refuse.into(), true)]
}

/// One recipient that is allowed, and one that is not.
pub fn third_parties(language: Language) -> Vec<ThirdParty> {
    let item = |name: &str| (name.to_owned(), agreed(language).remove(0).label);
    vec![
        ThirdParty {
            kind: RecipientKind::Distributor,
            item: item("registration"),
            consent: Some("5a4b3c2d-1e0f-4978-8695-a4b3c2d1e0ff".into()),
        },
        ThirdParty {
            kind: RecipientKind::RightsHolder,
            item: item("registration-holder"),
            consent: None,
        },
    ]
}

/// The receipt of a consent that was confirmed.
pub fn receipt_of_one(language: Language) -> ConsentReceiptView {
    let destruction = receipt(language);
    let operator = operator();
    ConsentReceiptView {
        number: destruction.number,
        json: destruction.json,
        operator: [operator.name, operator.bin, operator.address, operator.email],
        pseudonym: destruction.pseudonym,
        event: ConsentEvent::Confirmed,
        at: at("2026-11-23T06:32:10Z"),
        issued_at: at("2026-11-23T06:41:01Z"),
        channel: "e-mail".into(),
        by: ActedBy::Subject,
        purpose: (Purpose::new(7).unwrap(), consent_purpose(language)),
        until: None,
        fields: destruction.destroyed,
        recipient: None,
        text: Some("[kk] Мақсаты\nТапсырысты орындау\n[ru] Цель\nИсполнение заказа\n".into()),
        hashes: ["94fd6ec9".repeat(8), "823412d1".repeat(8)],
        proof: destruction.proof,
    }
}
