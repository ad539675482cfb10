//! Consents and a receipt of one, as pages show them.

use sandyq_model::{ConsentId, Purpose};
use sandyq_processing::Language;
use sandyq_processing::consent::{ConsentEvent, ConsentReceiptView, MyConsent, TakingBack};

use super::people::{at, operator, receipt, three};

/// Numbers of receipts of consents that were taken back.
pub fn withdrawals() -> Vec<String> {
    vec!["3c4b5a49-0f1e-4978-8695-a4b3c2d1e0ff".into()]
}

/// A consent that stands, one that was taken back, and one that waits.
pub fn agreed(language: Language) -> Vec<MyConsent> {
    let standing = MyConsent {
        id: ConsentId::from_bytes([7; 16]),
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
        confirmed_at: None,
        receipts: Vec::new(),
        ..standing.clone()
    };
    vec![standing, withdrawn, waiting]
}

/// A consent about to be taken back: with data that nothing else needs, or with none.
pub fn taking_back(language: Language, destroys: bool) -> TakingBack {
    let label = agreed(language).swap_remove(0).label;
    let fields = receipt(language).destroyed.into_iter().map(|(_, label)| label);
    TakingBack {
        id: ConsentId::from_bytes([7; 16]),
        label,
        destroyed: fields.filter(|_| destroys).take(2).collect(),
        is_last: false,
    }
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
        purpose: (Purpose::new(7).unwrap(), consent_purpose(language)),
        until: None,
        fields: destruction.destroyed,
        recipient: None,
        text: Some("[kk] Мақсаты\nТапсырысты орындау\n[ru] Цель\nИсполнение заказа\n".into()),
        hashes: ["94fd6ec9".repeat(8), "823412d1".repeat(8)],
        proof: destruction.proof,
    }
}
