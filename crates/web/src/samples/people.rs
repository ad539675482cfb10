//! Invented people and things, as pages show them.

use jiff::Timestamp;
use sandyq_model::value::ValueKind;
use sandyq_model::{Category, Field, OfferingKind, Plain, Purpose, Standing};
use sandyq_processing::Language;
use sandyq_processing::cases::desk::{OpenedCase, ShownField};
use sandyq_processing::cases::{CaseView, State};
use sandyq_processing::consent::{ConsentOffer, ConsentText};
use sandyq_processing::destroy::receipt::{CopiesNow, ProofView, ReceiptView};
use sandyq_processing::operator::{Operator, Person};
use sandyq_processing::reading::{ClauseView, Form, Input, PeriodView, PolicyPage, SectionView};
use sandyq_processing::request::{Access, Accesses, Consequences, Keeper, Keeps, MyData, MyRow, Withdrawn};

use super::{pairs, rows};
use crate::language::LANGUAGES;
use crate::mail::mail_sink::Caught;
use crate::public::service::Draft;

/// A checkpoint as it looks.
pub const CHECKPOINT: &str =
    "example.kz/ledger\n1284\nvCFbLe8qE0mYk0rI1cN2xW0yTz2mJb8q3Vt1S6w4bXk=\n\n— example.kz/ledger Az3grk4J\n";

/// A verifier key as it looks.
pub const KEY: &str = "example.kz/ledger+1b2f6447+AZ3grk4JvCFbLe8qE0mYk0rI1cN2xW0yTz2mJb8q3Vt1";

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub const fn three<'a>(language: Language, kk: &'a str, ru: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Kk => kk,
        Language::Ru => ru,
        Language::En => en,
    }
}

fn person(name: &str) -> Person {
    Person {
        name: name.into(),
        phone: "+7 727 250 00 01".into(),
        email: "data@example.kz".into(),
    }
}

pub fn operator() -> Operator {
    Operator {
        name: "«Мысал Технолоджи» ЖШС".into(),
        bin: "990231000001".into(),
        address: "Алматы қ., Төле би көшесі, 101, 050012".into(),
        phone: "+7 727 250 00 00".into(),
        email: "info@example.kz".into(),
        site: "https://example.kz".into(),
        responsible: person("Айгүл Сәрсенова"),
        deputy: person("Ерлан Қасымов"),
    }
}

pub const fn rule(language: Language) -> &'static str {
    three(
        language,
        "Деректерді Қазақстаннан тыс ешкімге, ешқандай негізде бермейміз.",
        "Мы никому и ни на каком основании не передаём данные за пределы Казахстана.",
        "We do not send personal data to another country, to anybody, on any ground.",
    )
}

/// Name, kind, whether it is needed, number, labels in three languages, a sample value.
type Row = (&'static str, ValueKind, bool, u8, [&'static str; 3], &'static str);

const ROWS: [Row; 12] = [
    (
        "last_name",
        ValueKind::Name,
        true,
        1,
        ["Тегі", "Фамилия", "Last name"],
        "Әбілқайырова",
    ),
    (
        "first_name",
        ValueKind::Name,
        true,
        2,
        ["Аты", "Имя", "First name"],
        "Дана",
    ),
    (
        "patronymic",
        ValueKind::Name,
        false,
        3,
        ["Әкесінің аты", "Отчество", "Patronymic"],
        "Серікқызы",
    ),
    (
        "birth_date",
        ValueKind::BirthDate,
        false,
        4,
        ["Туған күні", "Дата рождения", "Date of birth"],
        "1990-05-07",
    ),
    (
        "email",
        ValueKind::Email,
        true,
        13,
        ["Электрондық пошта", "Электронная почта", "E-mail"],
        "dana.abilqaiyrova@example.com",
    ),
    (
        "contact_phone",
        ValueKind::Phone,
        true,
        6,
        ["Байланыс телефоны", "Контактный телефон", "Contact phone"],
        "+77011234567",
    ),
    (
        "country",
        ValueKind::Country,
        true,
        14,
        ["Елі", "Страна", "Country"],
        "KZ",
    ),
    (
        "region",
        ValueKind::Region,
        false,
        15,
        ["Облысы", "Область", "Region"],
        "Алматы",
    ),
    (
        "city",
        ValueKind::City,
        true,
        16,
        ["Қаласы", "Город", "City"],
        "Алматы",
    ),
    (
        "delivery_address",
        ValueKind::PostalAddress,
        false,
        5,
        ["Жеткізу мекенжайы", "Адрес доставки", "Delivery address"],
        "Абай даңғылы 10, 5-пәтер\nA01P3K4",
    ),
    (
        "organization",
        ValueKind::Organization,
        false,
        11,
        ["Ұйым", "Организация", "Organization"],
        "«Болашақ» ЖШС",
    ),
    (
        "position",
        ValueKind::Text,
        false,
        12,
        ["Лауазымы", "Должность", "Position"],
        "Бас бухгалтер",
    ),
];

fn label(row: &Row, language: Language) -> String {
    let [kk, ru, en] = row.4;
    three(language, kk, ru, en).to_owned()
}

pub fn orders(language: Language) -> String {
    three(
        language,
        "тапсырыстар мен шарттарды орындау",
        "исполнение заказов и договоров",
        "carrying out orders and contracts",
    )
    .to_owned()
}

pub fn form(language: Language) -> Form {
    let input = |row: &Row| Input {
        name: row.0.into(),
        field: Field::new(row.3).unwrap(),
        class: class_of(row.1).into(),
        kind: row.1,
        label: label(row, language),
        hint: if row.3 == 1 {
            three(
                language,
                "Жеке куәлікте жазылғандай",
                "Как в удостоверении личности",
                "As in your identity card",
            )
            .into()
        } else {
            String::new()
        },
        why: three(
            language,
            "Чек пен лицензияны сіздің атыңызға рәсімдеу үшін.",
            "Чтобы оформить чек и лицензию на ваше имя.",
            "To make out the receipt and the licence in your name.",
        )
        .into(),
        purpose: Purpose::ORDERS,
        purpose_label: orders(language),
        clause: "1.1.2".into(),
        days_after: 30,
        required: row.2,
        represents: false,
        autocomplete: "on",
    };
    Form {
        service: "guest-purchase".into(),
        about: Some(OfferingKind::Licence),
        label: "Buying".into(),
        intro: three(
            language,
            "Лицензияны рәсімдеп, жіберу үшін қажетін ғана сұраймыз.",
            "Мы спрашиваем только то, что нужно, чтобы оформить и прислать лицензию.",
            "We ask only for what it takes to make out the licence and send it.",
        )
        .into(),
        inputs: ROWS.iter().map(input).collect(),
        representative: Vec::new(),
        later: Vec::new(),
        consents: vec![
            consent("order", true, language),
            consent("registration", false, language),
        ],
    }
}

const fn class_of(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Name => "name",
        ValueKind::BirthDate => "birth-date",
        ValueKind::Email => "email",
        ValueKind::Phone => "phone",
        ValueKind::PostalAddress => "address",
        ValueKind::Country | ValueKind::Region | ValueKind::City => "place",
        ValueKind::Organization => "work",
        _ => "free-text",
    }
}

fn consent(id: &str, required: bool, language: Language) -> ConsentOffer {
    let label = if required {
        three(
            language,
            "Тапсырысымды орындау үшін деректерімді өңдеу",
            "Обработка моих данных для исполнения заказа",
            "Processing of my data to carry out my order",
        )
    } else {
        three(
            language,
            "Лицензияны тіркеу үшін деректерімді дистрибьюторға беру",
            "Передача моих данных дистрибьютору для регистрации лицензии",
            "Giving my data to the distributor to register the licence",
        )
    };
    ConsentOffer {
        news: Vec::new(),
        id: id.into(),
        label: label.into(),
        required,
        kk: consent_text(Language::Kk),
        ru: consent_text(Language::Ru),
        en: consent_text(Language::En),
        hash: "9f2c4a7be01d55c3a8e1b2f6447d90aa3c5e7f1029384756afbecd0123456789".into(),
    }
}

/// The text of a consent in every language.
pub fn texts() -> Vec<(Language, ConsentText)> {
    LANGUAGES
        .map(|language| (language, consent_text(language)))
        .to_vec()
}

fn consent_text(language: Language) -> ConsentText {
    let say = |kk, ru, en| three(language, kk, ru, en).to_owned();
    let no = || say("Жоқ.", "Нет.", "No.");
    ConsentText {
        paragraphs: vec![
            (
                say("Оператор", "Оператор", "Operator"),
                say(
                    "«Мысал Технолоджи» ЖШС, БСН 990231000001",
                    "ТОО «Мысал Технолоджи», БИН 990231000001",
                    "Mysal Technology LLP, BIN 990231000001",
                ),
            ),
            (
                say("Кімнің деректері", "Чьи данные", "Whose data"),
                say(
                    "Формада көрсетілген тегі, аты және әкесінің аты",
                    "Фамилия, имя и отчество, указанные в форме",
                    "The names given in the form",
                ),
            ),
            (
                say("Мерзімі", "Срок", "Term"),
                say(
                    "Тапсырыс орындалғанға дейін және одан кейін 30 күн",
                    "До исполнения заказа и 30 дней после него",
                    "Until the order is fulfilled and 30 days after",
                ),
            ),
            (
                say(
                    "Үшінші тұлғаларға беру",
                    "Передача третьим лицам",
                    "Transfer to third parties",
                ),
                no(),
            ),
            (
                say(
                    "Трансшекаралық беру",
                    "Трансграничная передача",
                    "Transfer abroad",
                ),
                no(),
            ),
            (
                say(
                    "Жалпыға қолжетімді көздерде жариялау",
                    "Распространение в общедоступных источниках",
                    "Publication in public sources",
                ),
                no(),
            ),
            (
                say("Деректер тізбесі", "Перечень данных", "List of data"),
                ROWS.iter()
                    .map(|row| label(row, language))
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
        ],
    }
}

pub fn draft(empty: &Draft, form: &Form) -> Draft {
    let mut draft = Draft::empty(form, empty.offered.clone());
    for input in &form.inputs {
        let row = ROWS.iter().find(|row| row.0 == input.name).unwrap();
        draft.answers.insert(input.name.clone(), row.5.to_owned());
    }
    draft.quantity = "2".into();
    draft
}

pub fn rows(draft: &Draft) -> Vec<(String, Plain<String>)> {
    let given = draft.answers.iter().filter(|(name, _)| *name != "region");
    given
        .map(|(name, value)| (name.clone(), Plain::new(value.clone())))
        .collect()
}

pub fn order(language: Language) -> CaseView {
    CaseView {
        reference: "SQ-7K2M-90QX".into(),
        kind: "order".into(),
        service: orders(language),
        about: None,
        decided: None,
        state: State::Placed,
        lines: vec![(
            three(
                language,
                "Kestel Office – бір жылдық лицензия",
                "Kestel Office – лицензия на год",
                "Kestel Office – one-year licence",
            )
            .into(),
            2,
            3_490_000,
        )],
        total_minor: 6_980_000,
        currency: "KZT".into(),
        opened_at: at("2026-11-22T19:05:00Z"),
    }
}

pub fn data(language: Language) -> MyData {
    let row = |row: &Row| MyRow {
        field: Field::new(row.3).unwrap(),
        name: row.0.into(),
        kind: row.1,
        label: label(row, language),
        value: Plain::from(row.5),
        source: "payment".into(),
        recorded_at: at("2026-11-22T19:05:00Z"),
        purposes: vec![(Purpose::ORDERS, orders(language))],
        ground: three(
            language,
            "Тапсырысты орындауға келісім",
            "Согласие на исполнение заказа",
            "Consent to carrying out the order",
        )
        .into(),
        until: at("2026-12-22T19:05:00Z"),
        kept_by: (row.3 == 1)
            .then(|| Keeper {
                what: Keeps::Floor {
                    norm: "Tax Code 2026, Art. 206(3)".to_owned(),
                },
                until: at("2026-12-22T19:05:00Z"),
            })
            .into_iter()
            .collect(),
        changeable: true,
        unconfirmed_since: (row.0 == "contact_phone").then(|| at("2025-10-22T19:05:00Z")),
        returned_at: (row.0 == "email").then(|| at("2026-11-21T06:10:00Z")),
    };
    let mut rows: Vec<MyRow> = ROWS.iter().map(row).collect();
    rows.push(MyRow {
        name: "card_number".into(),
        label: three(language, "Карта нөмірі", "Номер карты", "Card number").into(),
        value: Plain::from("•••• 1111"),
        changeable: false,
        ..row(&ROWS[0])
    });
    rows.push(MyRow {
        name: "experience".into(),
        kind: ValueKind::Experience,
        label: rows::experience_label(language).into(),
        value: rows::experience(),
        ..row(&ROWS[1])
    });
    MyData {
        joined: pairs::joined(),
        represents: false,
        category: Category::Guest,
        standing: Standing::Active,
        since: at("2026-11-22T19:05:00Z"),
        until: Some(at("2026-12-22T19:05:00Z")),
        rows,
        cases: vec!["SQ-7K2M-90QX".into()],
    }
}

pub fn accesses(language: Language) -> Accesses {
    let access = |minute: u32, who: &str, what: &str, refused: bool| Access {
        at: at(&format!("2026-11-23T06:{minute:02}:00Z")),
        who: who.into(),
        what: what.into(),
        fields: ROWS.iter().take(4).map(|row| label(row, language)).collect(),
        recipient: refused.then(|| "Тарқат ЖШС".to_owned()),
        purpose: Some(orders(language)),
        clauses: vec!["2.2.7".into(), "5.1.4#2".into()],
        refused,
        emergency: false,
        request: None,
        entry: u64::from(1200 + minute),
    };
    let sales = three(language, "Сату бөлімі", "Отдел продаж", "Sales");
    let looked = three(
        language,
        "қарау (алу)",
        "просмотр (извлечение)",
        "looked (extraction)",
    );
    Accesses {
        rows: vec![
            access(41, sales, looked, false),
            access(
                12,
                three(language, "Қолдау қызметі", "Поддержка", "Support"),
                looked,
                true,
            ),
            Access {
                clauses: vec!["5.1.7#2".into()],
                emergency: true,
                ..access(9, sales, looked, false)
            },
            Access {
                fields: Vec::new(),
                purpose: None,
                clauses: Vec::new(),
                request: Some("SQ-4H1Z-77WD".into()),
                ..access(5, sales, "code-sent", false)
            },
        ],
        page: 1,
        pages: 3,
    }
}

pub const fn no_accesses() -> Accesses {
    Accesses {
        rows: Vec::new(),
        page: 1,
        pages: 1,
    }
}

fn kept(language: Language) -> Vec<(String, String, String)> {
    let names = ROWS
        .iter()
        .take(3)
        .map(|row| label(row, language))
        .collect::<Vec<_>>()
        .join(", ");
    let law = three(
        language,
        "2026 жылғы Салық кодексі, 206-бап, 3-тармақ",
        "Налоговый кодекс 2026 г., статья 206, пункт 3",
        "Tax Code 2026, Art. 206(3)",
    );
    vec![(names, law.into(), "2031-12-31".into())]
}

pub fn consequences(language: Language) -> Consequences {
    Consequences {
        joined: pairs::joined(),
        destroyed: ROWS.iter().skip(3).map(|row| label(row, language)).collect(),
        kept: kept(language),
        due: at("2026-12-14T18:59:59Z"),
        orders: Vec::new(),
    }
}

pub fn withdrawn() -> Withdrawn {
    Withdrawn {
        number: "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff".into(),
        due: at("2026-12-14T18:59:59Z"),
        receipt_ready: false,
        orders: Vec::new(),
    }
}

pub fn receipt(language: Language) -> ReceiptView {
    ReceiptView {
        number: "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff".into(),
        json: "{}".into(),
        operator: ("Sandyq Demonstration LLP".into(), "990231000001".into()),
        by: three(language, "Кесте", "Расписание", "Schedule").into(),
        pseudonym: "5b2f9c1e-7d40-4c8a-9b16-3ae05d7714f2".into(),
        withdrawn_at: Some(at("2026-11-23T06:40:12Z")),
        at: at("2026-11-23T06:41:00Z"),
        issued_at: at("2026-11-23T06:41:01Z"),
        verbs: vec![
            three(language, "жою (аккаунт)", "удаление", "deletion").into(),
            three(language, "құрту", "уничтожение", "destruction").into(),
        ],
        destroyed: (1..)
            .zip(&ROWS)
            .skip(3)
            .map(|(code, row)| (code, label(row, language)))
            .collect(),
        kept: kept(language),
        epoch: 17,
        copies: CopiesNow::OpenUntil(at("2026-11-24T07:41:00Z")),
        proof: ProofView {
            index: 1283,
            entry: "AcQBogf7AVsFEABbW1tbW1tbW1tbW1tbW1tbAQIDBAUGBwgJAuAwA45qPg==".into(),
            path: vec!["WVD2VodThQ14OLg+TYujVVtJM1ro27v9TaRtzC4geyE=".into(); 4],
            checkpoint: CHECKPOINT.into(),
            signatures: CHECKPOINT.lines().last().map(str::to_owned).into_iter().collect(),
        },
    }
}

/// The same receipt when its epoch has ended.
pub fn old_receipt(language: Language) -> ReceiptView {
    ReceiptView {
        copies: CopiesNow::Dead,
        ..receipt(language)
    }
}

pub fn purposes(language: Language) -> Vec<(Purpose, String)> {
    Purpose::all()
        .map(|purpose| (purpose, orders(language)))
        .collect()
}

pub fn opened(language: Language) -> OpenedCase {
    let field = |row: &Row, value: &str, masked| ShownField {
        field: Field::new(row.3).unwrap(),
        name: row.0.into(),
        label: label(row, language),
        value: Plain::from(value),
        masked,
        unconfirmed_since: (row.0 == "contact_phone").then(|| at("2025-10-22T19:05:00Z")),
        returned_at: (row.0 == "email").then(|| at("2026-11-21T06:10:00Z")),
    };
    OpenedCase {
        case: order(language),
        purpose: Purpose::ORDERS,
        fields: vec![
            field(&ROWS[0], ROWS[0].5, false),
            field(&ROWS[1], ROWS[1].5, false),
            field(&ROWS[4], "d•••@example.com", true),
            field(&ROWS[5], "••• 67", true),
            field(&ROWS[9], ROWS[9].5, false),
            rows::experience_shown(field(&ROWS[11], "", false), language),
        ],
        entry: 1284,
        publishable: vec![label(&ROWS[0], language)],
        notes: true,
    }
}

pub fn policy(language: Language) -> PolicyPage {
    let clause = |id: &str, title: &str, refusals: u64| {
        let answer = three(
            language,
            "Жауап беру мерзімі",
            "Срок ответа",
            "Answer to a request",
        );
        let mut view = ClauseView {
            id: id.into(),
            title: title.into(),
            html: format!("<p>{}</p>", rule(language)),
            rules: if refusals > 0 {
                vec![(format!("{id}#1"), rule(language).into())]
            } else {
                Vec::new()
            },
            purposes: Vec::new(),
            periods: if refusals > 0 {
                vec![PeriodView {
                    label: answer.to_owned(),
                    within: Default::default(),
                    by_people: true,
                }]
            } else {
                Vec::new()
            },
            refusals,
        };
        for one in &mut view.periods {
            one.within.working_days = Some(3);
            one.within.calendar_days = Some(30);
        }
        view
    };
    let transfer = three(language, "Деректерді беру", "Передача данных", "Transfer of data");
    let rights = three(language, "Сіздің құқықтарыңыз", "Ваши права", "Your rights");
    PolicyPage {
        sections: vec![
            SectionView {
                title: transfer.into(),
                clauses: vec![
                    clause(
                        "4.3",
                        three(
                            language,
                            "Шетелге бермейміз",
                            "Никакой передачи за границу",
                            "No transfer abroad",
                        ),
                        21,
                    ),
                    clause("4.1", transfer, 0),
                ],
            },
            SectionView {
                title: rights.into(),
                clauses: vec![clause("6.3", rights, 2)],
            },
        ],
        version: "9f2c4a7be01d55c3a8e1b2f6447d90aa3c5e7f1029384756afbecd0123456789".into(),
    }
}

pub fn letters(language: Language) -> Vec<Caught> {
    use sandyq_processing::ports::{Letter, Message};
    let letters = crate::mail::Letters {
        site: "http://127.0.0.1:8080".into(),
        operator: operator().name,
    };
    let messages = [
        Message::ConfirmationCode {
            code: "482913".into(),
            ticket: "0123".into(),
            minutes: 60,
        },
        Message::EntryCode {
            code: "771204".into(),
            ticket: "0123".into(),
            minutes: 60,
        },
        Message::OrderPlaced {
            reference: "SQ-7K2M-90QX".into(),
        },
    ];
    messages
        .into_iter()
        .map(|message| {
            let written = letters.write(&Letter {
                to: "dana@example.com".into(),
                language,
                message,
                return_path: None,
            });
            Caught {
                to: "dana@example.com".into(),
                subject: written.subject,
                text: written.text,
            }
        })
        .collect()
}

/// A checkpoint that two witnesses have signed.
pub fn witnessed() -> crate::ledger::WitnessedView {
    let at = |second| Timestamp::from_second(second).unwrap_or_default();
    crate::ledger::WitnessedView {
        entries: 1280,
        by: vec![
            ("auditor.example/w1".into(), at(1_795_430_100)),
            ("second.example.kz/w".into(), at(1_795_433_700)),
        ],
    }
}
