//! Samples of the register of breaches (5.1.3).

use jiff::Timestamp;
use sandyq_model::{BreachKind, BreachStep, Category, Mistake, Problem};
use sandyq_processing::Language;
use sandyq_processing::breach::{BreachRow, BreachView, Breaches, StepView};

use super::people::three;
use super::{Sample, visit};
use crate::console::breaches::Entered;
use crate::console::{breach, breaches};
use crate::visit::Standpoint;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The categories in words.
pub fn labels(language: Language) -> Vec<(Category, String)> {
    let words = [
        three(
            language,
            "Тіркелмеген сатып алушы",
            "Покупатель без регистрации",
            "Guest buyer",
        ),
        three(
            language,
            "Тіркелген пайдаланушы",
            "Зарегистрированный пользователь",
            "Account holder",
        ),
        three(language, "Серіктес", "Партнёр", "Partner"),
        three(language, "Үміткер", "Соискатель", "Applicant"),
        three(language, "Өтініш беруші", "Обратившийся", "Writer"),
    ];
    let words = words.map(ToOwned::to_owned);
    Category::ALL.into_iter().zip(words).collect()
}

/// A breach of which the authority was told late, or not yet.
pub fn row(number: u32, told: bool) -> BreachRow {
    BreachRow {
        number,
        kind: BreachKind::ALL[number as usize % 4],
        detected_at: at("2026-11-20T09:40:00Z"),
        due_at: at("2026-11-23T09:40:00Z"),
        told_at: told.then(|| at("2026-11-23T12:00:00Z")),
        people: told.then_some(1_240),
        closed: told,
        late: true,
    }
}

/// One with every sort of step.
pub fn view(language: Language, told: bool) -> BreachView {
    let words = [
        three(
            language,
            "Тапсырыстар тізімі бар ноутбук жоғалды.\nДискі шифрланбаған.",
            "Потерян ноутбук со списком заказов.\nДиск не был зашифрован.",
            "A laptop with a list of orders was lost.\nIts disk was not encrypted.",
        ),
        three(
            language,
            "Ноутбук қашықтан тазартылды.",
            "Ноутбук очищен удалённо.",
            "The laptop was wiped from afar.",
        ),
        three(
            language,
            "Барлығына хат жазылды.",
            "Всем написали.",
            "Everybody was written to.",
        ),
    ];
    let step = |step: BreachStep, words: Option<&str>| StepView {
        step,
        happened_at: at("2026-11-20T09:40:00Z"),
        entered_at: at("2026-11-20T10:05:00Z"),
        categories: Vec::new(),
        people: None,
        document: None,
        told: words.map(ToOwned::to_owned),
    };
    let first = StepView {
        categories: vec![Category::Guest, Category::Registered],
        people: Some(1_240),
        ..step(BreachStep::Find, Some(words[0]))
    };
    let mut steps = vec![first];
    if told {
        steps.extend([
            step(BreachStep::Measure, Some(words[1])),
            StepView {
                document: Some("№ 17-2/2026".to_owned()),
                ..step(BreachStep::TellAuthority, None)
            },
            step(BreachStep::TellSubjects, Some(words[2])),
            step(BreachStep::Close, None),
        ]);
    }
    BreachView {
        row: row(3, told),
        categories: vec![Category::Guest, Category::Registered],
        due_by: (
            at("2026-11-23T09:40:00Z"),
            at(if told {
                "2026-11-23T09:40:00Z"
            } else {
                "2026-11-24T09:40:00Z"
            }),
        ),
        law: "Law 94-V, Art. 25(2)(8)".to_owned(),
        steps,
        enters: true,
        can: if told {
            vec![BreachStep::Find]
        } else {
            vec![BreachStep::Find, BreachStep::Measure, BreachStep::TellSubjects]
        },
    }
}

pub fn pages(language: Language) -> Vec<Sample> {
    let list = visit(language, breaches::REGISTER, Standpoint::Staff);
    let one = visit(language, "/staff/breaches/3", Standpoint::Staff);
    let labels = labels(language);
    let register = Breaches {
        rows: vec![row(4, false), row(3, true), row(2, true), row(1, true)],
        page: 1,
        more: true,
        enters: true,
    };
    let empty = Breaches {
        rows: Vec::new(),
        page: 1,
        more: false,
        enters: false,
    };
    vec![
        (
            "breaches",
            list.clone(),
            breaches::register_page(&list, &register),
        ),
        (
            "breaches-none",
            list.clone(),
            breaches::register_page(&list, &empty),
        ),
        (
            "breach",
            one.clone(),
            breach::page(&one, &view(language, false), &labels),
        ),
        (
            "breach-closed",
            one.clone(),
            breach::page(&one, &view(language, true), &labels),
        ),
    ]
}

/// The pages on which something is entered.
pub fn forms(language: Language) -> Vec<Sample> {
    let new = visit(language, "/staff/breaches/new", Standpoint::Staff);
    let labels = labels(language);
    let nothing = |_: &str| String::new();
    let typed = |name: &str| match name {
        "kind" => "spread".to_owned(),
        "day" => "31.11.2026".to_owned(),
        "words" => "+7 701 123 45 67".to_owned(),
        _ => String::new(),
    };
    let none = Mistake::default();
    let of_new = wrong(&[
        ("kind", Problem::Missing),
        ("day", Problem::Date),
        ("time", Problem::Time),
        ("categories", Problem::Missing),
        ("people", Problem::Characters),
        ("words", Problem::Personal),
    ]);
    let of_step = wrong(&[("step", Problem::NotDone), ("document", Problem::DocumentNumber)]);
    let step = |name: &'static str, step: BreachStep, mistake: &Mistake| {
        let visit = visit(language, "/staff/breaches/3", Standpoint::Staff);
        let page = breaches::entry_page(&visit, Entered::Step(3, step), &labels, &nothing, mistake);
        (name, visit, page)
    };
    vec![
        (
            "breach-new",
            new.clone(),
            breaches::entry_page(&new, Entered::New, &labels, &nothing, &none),
        ),
        (
            "breach-new-wrong",
            new.clone(),
            breaches::entry_page(&new, Entered::New, &labels, &typed, &of_new),
        ),
        step("breach-find", BreachStep::Find, &none),
        step("breach-measure", BreachStep::Measure, &none),
        step("breach-tell-subjects", BreachStep::TellSubjects, &none),
        step("breach-close", BreachStep::Close, &none),
        step("breach-tell-authority-wrong", BreachStep::TellAuthority, &of_step),
    ]
}

fn wrong(names: &[(&str, Problem)]) -> Mistake {
    let named = names.iter().map(|(name, problem)| ((*name).to_owned(), *problem));
    Mistake(named.collect())
}
