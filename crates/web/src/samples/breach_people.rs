//! Samples of the people of a breach (5.1.3-b).

use jiff::Timestamp;
use sandyq_model::{BreachActKind, Category, Mistake, Plain, Problem, Standing, SubjectId, Unreached};
use sandyq_processing::Language;
use sandyq_processing::breach::{ActView, BreachList, ConcernedView, Counts, Listed, Part, People, Reach};

use super::breaches::{labels, row};
use super::people::three;
use super::{Sample, visit};
use crate::console::breach_seek::{self, Offered};
use crate::console::{breach_list, breach_people};
use crate::visit::Standpoint;

const PATH: &str = "/staff/breaches/3/people";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn id(number: u8) -> SubjectId {
    SubjectId::from_bytes([number; 16])
}

fn fields(language: Language) -> Vec<(String, String)> {
    let rows = [
        ("last_name", three(language, "Тегі", "Фамилия", "Last name")),
        (
            "delivery_address",
            three(
                language,
                "Жеткізу мекенжайы",
                "Адрес доставки",
                "Delivery address",
            ),
        ),
        (
            "cell_phone",
            three(language, "Ұялы телефон", "Мобильный телефон", "Mobile telephone"),
        ),
    ];
    rows.map(|(name, label)| (name.to_owned(), label.to_owned()))
        .to_vec()
}

fn act(number: u32, kind: BreachActKind) -> ActView {
    ActView {
        number,
        kind,
        categories: Vec::new(),
        fields: Vec::new(),
        staff: None,
        from_at: None,
        until_at: None,
        begun_at: at("2026-11-20T10:20:00Z"),
        by: Some("aru".to_owned()),
        percent: 100,
        seen: 4_096,
        found: 1_240,
        left_out: 0,
        full: false,
        ended_at: Some(at("2026-11-20T10:21:00Z")),
    }
}

fn acts(language: Language) -> Vec<ActView> {
    let labels = fields(language).into_iter().map(|(_, label)| label).collect();
    vec![
        ActView {
            until_at: Some(at("2026-11-21T10:20:00Z")),
            ..act(5, BreachActKind::List)
        },
        ActView {
            percent: 37,
            ended_at: None,
            fields: labels,
            ..act(4, BreachActKind::Letters)
        },
        ActView {
            full: true,
            staff: Some("aslan".to_owned()),
            from_at: Some(at("2026-11-19T03:00:00Z")),
            until_at: Some(at("2026-11-20T09:40:00Z")),
            left_out: 2,
            ..act(3, BreachActKind::Looks)
        },
        ActView {
            categories: vec![Category::Guest, Category::Registered],
            ..act(2, BreachActKind::Stored)
        },
        ActView {
            found: 1,
            seen: 1,
            ..act(1, BreachActKind::Record)
        },
    ]
}

fn people(language: Language) -> People {
    let reaches = [
        Reach::Told(at("2026-11-20T11:00:00Z")),
        Reach::Waits,
        Reach::Unwritten,
        Reach::CameBack,
        Reach::GivenUp,
        Reach::Unreached(Unreached::NoContact),
        Reach::Unreached(Unreached::Locked),
        Reach::Unreached(Unreached::Refused),
    ];
    let rows = (1_u8..).zip(reaches).map(|(number, reach)| ConcernedView {
        subject: id(number),
        category: Category::ALL[number as usize % 4],
        standing: match reach {
            Reach::Unreached(Unreached::Locked) => Standing::Blocked,
            _ => Standing::Active,
        },
        act: u32::from(number % 3 + 1),
        reach,
    });
    let part = |number: u64| Part {
        first: id(u8::try_from(number).unwrap()),
        places: (number * 500 + 1, (number * 500 + 500).min(1_240)),
    };
    People {
        breach: row(3, false),
        counts: Counts {
            people: 1_240,
            letters: 900,
            told: 880,
            unreached: 12,
        },
        acts: acts(language),
        rows: rows.collect(),
        page: 1,
        more: true,
        parts: vec![part(0), part(1), part(2)],
        open_until: Some(at("2026-11-21T10:20:00Z")),
        takes_two: false,
    }
}

fn nobody() -> People {
    People {
        breach: row(3, false),
        counts: Counts::default(),
        acts: Vec::new(),
        rows: Vec::new(),
        page: 1,
        more: false,
        parts: Vec::new(),
        open_until: None,
        takes_two: false,
    }
}

pub fn pages(language: Language) -> Vec<Sample> {
    let here = visit(language, PATH, Standpoint::Staff);
    let list = visit(language, "/staff/breaches/3/list", Standpoint::Staff);
    let labels = labels(language);
    let none = Mistake::default();
    let all = people(language);
    let to_propose = People {
        takes_two: true,
        open_until: None,
        ..all.clone()
    };
    let of_one_part = People {
        parts: all.parts[..1].to_vec(),
        open_until: None,
        ..all.clone()
    };
    let takes_two = Mistake::one("part", Problem::TakesTwo);
    let listed = |name: &'static str, visit: &crate::visit::Visit, people: &People, mistake: &Mistake| {
        (name, visit.clone(), breach_list::page(visit, people, mistake))
    };
    vec![
        (
            "breach-people",
            here.clone(),
            breach_people::page_of(&here, &all, &labels),
        ),
        (
            "breach-people-none",
            here.clone(),
            breach_people::page_of(&here, &nobody(), &labels),
        ),
        listed("breach-list", &list, &all, &none),
        listed("breach-list-one-part", &list, &of_one_part, &none),
        listed("breach-list-two", &list, &to_propose, &takes_two),
        listed("breach-list-none", &list, &nobody(), &none),
        (
            "breach-list-drawn",
            list.clone(),
            breach_list::list_page(&list, &drawn(language, &labels)),
        ),
    ]
}

fn drawn(language: Language, labels: &[(Category, String)]) -> BreachList {
    let named = |number: u8, name: Option<&str>, phone: Option<&str>| Listed {
        subject: id(number),
        group: labels[number as usize % 4].1.clone(),
        name: name.map(Plain::from),
        phone: phone.map(Plain::from),
    };
    BreachList {
        breach: 3,
        law: "Law 94-V, Art. 25(2)(8)".to_owned(),
        at: at("2026-11-20T10:40:00Z"),
        rows: vec![
            named(
                1,
                Some(three(
                    language,
                    "Серікқызы Аяулым",
                    "Омарова Мара",
                    "Omarova Mara",
                )),
                Some("+77015550101"),
            ),
            named(2, Some("=Омаров Тимур"), None),
            named(3, None, None),
        ],
        entry: 4_711,
    }
}

/// The forms.
pub fn forms(language: Language) -> Vec<Sample> {
    let offered = Offered {
        labels: labels(language),
        fields: fields(language),
    };
    let nothing = |_: &str| String::new();
    let none = Mistake::default();
    let form = |name: &'static str, kind: BreachActKind, mistake: &Mistake| {
        let visit = visit(language, PATH, Standpoint::Staff);
        let page = breach_seek::page(&visit, (3, kind), &offered, &nothing, mistake);
        (name, visit, page)
    };
    let wrong = |names: &[(&str, Problem)]| {
        let named = names.iter().map(|(name, problem)| ((*name).to_owned(), *problem));
        Mistake(named.collect())
    };
    vec![
        form(
            "breach-seek-record",
            BreachActKind::Record,
            &Mistake::one("reference", Problem::NoRecord),
        ),
        form("breach-seek-stored", BreachActKind::Stored, &none),
        form(
            "breach-seek-looks",
            BreachActKind::Looks,
            &wrong(&[
                ("staff", Problem::NoRecord),
                ("from-day", Problem::Missing),
                ("until-day", Problem::PeriodOrder),
            ]),
        ),
        form("breach-letters", BreachActKind::Letters, &none),
        form(
            "breach-letters-wrong",
            BreachActKind::Letters,
            &wrong(&[
                ("step", Problem::NotDone),
                ("text-kk", Problem::Missing),
                ("text-en", Problem::Personal),
                ("fields", Problem::Missing),
            ]),
        ),
    ]
}
