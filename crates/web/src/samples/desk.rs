//! Samples of the queues of staff: lists with their filter, the search by a contact, and the figures of the board.

use jiff::Timestamp;
use jiff::civil::date;
use sandyq_model::{Category, Field, Mistake, Problem, Purpose};
use sandyq_processing::Language;
use sandyq_processing::cases::State;
use sandyq_processing::cases::listing::{CaseList, CaseOwner, CaseRow};
use sandyq_processing::cases::together::{Fate, OneOfThem, Together};
use sandyq_processing::cases::views::SavedView;
use sandyq_processing::depersonalize::{FigureRow, FigureTable, Figures};
use sandyq_processing::request::{ClosedIn, Load, Norm};

use super::{Sample, people, visit};
use crate::console::asked::Asked;
use crate::console::cases::Beside;
use crate::console::{cases, figures, note, search, statistics, together};
use crate::visit::Standpoint;

const FILTER: &[&str] = &["kind", "state", "owner", "due", "order", "reference"];

pub fn pages(language: Language) -> Vec<Sample> {
    let mut pages = lists(language);
    pages.extend(searches(language));
    pages.extend(figures_of(language));
    pages.extend(statistics_of(language));
    pages.extend(notes(language));
    pages.extend(several(language));
    pages
}

fn lists(language: Language) -> Vec<Sample> {
    let desk = visit(language, cases::PATH, Standpoint::Staff);
    let access = [("/staff/access", "access-title")];
    let none = Mistake::default();
    let all = Asked::default();
    let own = Asked::read("kind=order&owner=own&due=soon&order=oldest", FILTER);
    let wrong = Mistake(vec![
        ("state".to_owned(), Problem::Choice),
        ("reference".to_owned(), Problem::Characters),
    ]);
    let taken = Mistake::one("taken", Problem::Taken);
    let unchosen = Mistake::one("chosen", Problem::Missing);
    let did = Some(("taken", "SQ-2B4C-7XYZ"));
    let undo = Beside {
        ways: &access,
        mistake: &none,
        done: did,
        views: &[],
    };
    let undo = cases::page(&desk, &all, &some_cases(), &undo);
    let view = |name: &str, words: &str| SavedView {
        name: name.into(),
        words: words.into(),
    };
    let kept = [
        view(
            people::three(language, "Менің асығыс істерім", "Мои срочные", "My urgent cases"),
            "kind=order&owner=own&due=soon&order=oldest",
        ),
        view(
            people::three(language, "Ешкімде емес", "Ничьи", "Nobody's"),
            "owner=nobody",
        ),
    ];
    let unnamed = Mistake::one("view", Problem::Personal);
    let page = |asked: &Asked, list: &CaseList, mistake: &Mistake| {
        let views: &[SavedView] = if asked.is_empty() { &[] } else { &kept };
        let about = Beside {
            ways: &access,
            mistake,
            done: None,
            views,
        };
        cases::page(&desk, asked, list, &about)
    };
    let (some, empty) = (some_cases(), no_cases());
    let mut keyed = desk.clone();
    keyed.keys = true;
    vec![
        ("staff-cases-keys", keyed, page(&all, &some, &none)),
        ("staff-cases", desk.clone(), page(&all, &some, &none)),
        ("staff-cases-none", desk.clone(), page(&all, &empty, &none)),
        ("staff-cases-own", desk.clone(), page(&own, &some, &none)),
        ("staff-cases-none-fit", desk.clone(), page(&own, &empty, &none)),
        ("staff-cases-wrong", desk.clone(), page(&all, &some, &wrong)),
        ("staff-cases-taken", desk.clone(), page(&own, &some, &taken)),
        ("staff-cases-unchosen", desk.clone(), page(&all, &some, &unchosen)),
        ("staff-cases-undo", desk.clone(), undo),
        (
            "staff-cases-view-wrong",
            desk.clone(),
            page(&own, &some, &unnamed),
        ),
    ]
}

fn searches(language: Language) -> Vec<Sample> {
    let desk = visit(language, search::PATH, Standpoint::Staff);
    let purposes = people::purposes(language);
    let wrong = Mistake(vec![
        ("contact".to_owned(), Problem::Missing),
        ("purpose".to_owned(), Problem::Missing),
    ]);
    let many = Mistake::one("contact", Problem::SearchLimit);
    let ask = |mistake: &Mistake| search::page(&desk, &purposes, ["", ""], mistake);
    let purpose = people::orders(language);
    let found: Vec<_> = some_cases().rows.into_iter().take(1).collect();
    vec![
        ("staff-search", desk.clone(), ask(&Mistake::default())),
        ("staff-search-wrong", desk.clone(), ask(&wrong)),
        ("staff-search-limit", desk.clone(), ask(&many)),
        (
            "staff-search-found",
            desk.clone(),
            search::found_page(&desk, &found, &purpose),
        ),
        (
            "staff-search-nothing",
            desk.clone(),
            search::found_page(&desk, &[], &purpose),
        ),
    ]
}

fn several(language: Language) -> Vec<Sample> {
    let desk = visit(language, together::TOGETHER, Standpoint::Staff);
    let asked = Asked::read("kind=order", FILTER);
    let of = |fates: &[Fate]| -> Vec<OneOfThem> {
        let references = ["SQ-7K2M-90QX", "SQ-2B4C-7XYZ", "SQ-9TTA-01PM", "SQ-11AB-C3D4"];
        let one = |(reference, fate): (&str, &Fate)| OneOfThem {
            reference: reference.into(),
            fate: fate.clone(),
        };
        references.into_iter().zip(fates).map(one).collect()
    };
    let colleagues = Fate::Colleagues("aslan".into());
    let ahead = of(&[Fate::Would, Fate::Already, colleagues.clone(), Fate::Closed]);
    let none = of(&[Fate::Absent, Fate::Already]);
    let done = of(&[Fate::Done, Fate::Already, Fate::Quicker, Fate::Left]);
    let (take, back) = (Together::Take, Together::GiveBack);
    vec![
        (
            "staff-together",
            desk.clone(),
            together::ahead_page(&desk, &asked, take, &ahead),
        ),
        (
            "staff-together-none",
            desk.clone(),
            together::ahead_page(&desk, &asked, back, &none),
        ),
        (
            "staff-together-done",
            desk.clone(),
            together::done_page(&desk, &asked, take, &done),
        ),
        (
            "staff-together-given",
            desk.clone(),
            together::done_page(&desk, &asked, back, &done),
        ),
    ]
}

fn notes(language: Language) -> Vec<Sample> {
    let desk = visit(language, "/staff/cases/SQ-7K2M-90QX/note", Standpoint::Staff);
    let again = |problem, typed: &str| {
        let wrong = Mistake::one("note", problem);
        note::again_page(&desk, "SQ-7K2M-90QX", (Purpose::ORDERS, typed), &wrong)
    };
    let number = again(Problem::PapersNumber, "4111 1111 1111 1111");
    vec![
        ("staff-note-wrong", desk.clone(), number),
        (
            "staff-note-many",
            desk.clone(),
            again(Problem::Notes, "Wants a call"),
        ),
        (
            "staff-noted",
            desk.clone(),
            note::done_page(&desk, "SQ-7K2M-90QX"),
        ),
    ]
}

fn figures_of(language: Language) -> Vec<Sample> {
    let desk = visit(language, figures::PATH, Standpoint::Staff);
    let first: Timestamp = "2026-11-27T05:00:00Z".parse().unwrap();
    let today = sandyq_model::time::day_in_kazakhstan(first);
    let day = |ahead: i64| today.checked_add(jiff::Span::new().days(ahead)).unwrap();
    let load = Load {
        overdue: 2,
        days: vec![
            (day(0), 5),
            (day(3), 12),
            (day(4), 0),
            (day(5), 7),
            (day(6), 1),
            (day(7), 0),
        ],
        later: 3,
    };
    let quiet = Load {
        overdue: 0,
        days: vec![(day(0), 0), (day(3), 0)],
        later: 0,
    };
    let mut closed = ClosedIn {
        from: date(2026, 8, 29),
        to: date(2026, 11, 27),
        closed: 41,
        refused: vec![
            (Some(Norm::Identity), Norm::Identity.citation().to_owned(), 4),
            (Some(Norm::Kept), Norm::Kept.citation().to_owned(), 1),
        ],
    };
    let (all, none) = (Asked::default(), Mistake::default());
    let wrong = Mistake::one("from", Problem::Date);
    let page = |load: &Load, closed: &ClosedIn, mistake: &Mistake| {
        figures::page(&desk, load, closed, (&all, mistake))
    };
    let some = page(&load, &closed, &none);
    let mistaken = page(&load, &closed, &wrong);
    closed.refused.clear();
    vec![
        ("board-figures", desk.clone(), some),
        ("board-figures-wrong", desk.clone(), mistaken),
        ("board-figures-quiet", desk.clone(), page(&quiet, &closed, &none)),
    ]
}

fn statistics_of(language: Language) -> Vec<Sample> {
    let desk = visit(language, statistics::PATH, Standpoint::Staff);
    let row = |(words, people): (&str, u32)| FigureRow {
        words: words.to_owned(),
        people,
    };
    let table = |purpose: u8, field: u8, rows: &[(&str, u32)]| FigureTable {
        purpose: Purpose::new(purpose).unwrap(),
        category: Category::Guest,
        field: Field::new(field).unwrap(),
        rows: rows.iter().copied().map(row).collect(),
    };
    let mut figures = Figures {
        months: vec![202_611, 202_610, 202_609],
        shown: Some(202_611),
        made_at: Some("2026-11-01T21:00:00Z".parse().unwrap()),
        smallest: 5,
        tables: vec![
            table(3, 16, &[("Алматы", 120), ("Астана", 85), ("Шымкент", 5)]),
            table(
                4,
                12,
                &[
                    ("главный бухгалтер по расчётам с персоналом", 15),
                    ("директор", 10),
                ],
            ),
        ],
    };
    let city = people::three(
        language,
        "Қызметтерді жақсарту: Қонақ сатып алушы, Қала",
        "Услуги становятся лучше: Покупатель-гость, Город",
        "Better services: Guest buyer, City",
    );
    let position = people::three(
        language,
        "Статистика және зерттеулер: Серіктес, Лауазым",
        "Статистика и исследования: Партнёр, Должность",
        "Statistics and studies: Partner, Position",
    );
    let title = |table: &FigureTable| {
        if table.purpose == Purpose::QUALITY {
            city
        } else {
            position
        }
        .to_owned()
    };
    let group = |_: &FigureTable, row: &FigureRow| row.words.clone();
    let page = |figures: &Figures| statistics::page(&desk, figures, (&title, &group));
    let some = page(&figures);
    figures.tables.clear();
    let small = page(&figures);
    (figures.months, figures.shown, figures.made_at) = (Vec::new(), None, None);
    vec![
        ("statistics", desk.clone(), some),
        ("statistics-small", desk.clone(), small),
        ("statistics-none-yet", desk.clone(), page(&figures)),
    ]
}

fn some_cases() -> CaseList {
    let row = |reference: &str, state, owner: Option<(&str, bool)>| CaseRow {
        reference: reference.into(),
        kind: "order".into(),
        service: "Orders".into(),
        state,
        opened_at: people::at("2026-11-22T19:05:00Z"),
        due_at: Some(people::at("2026-11-27T18:59:59Z")),
        late: owner.is_none(),
        owner: owner.map(|(name, own)| CaseOwner {
            name: name.into(),
            own,
        }),
        open: state == State::Placed,
        total_minor: Some(6_980_000),
        currency: Some("KZT".into()),
    };
    CaseList {
        rows: vec![
            row("SQ-7K2M-90QX", State::Placed, None),
            row("SQ-2B4C-7XYZ", State::Placed, Some(("aliya", true))),
            row("SQ-9TTA-01PM", State::Placed, Some(("aslan", false))),
            row("SQ-11AB-C3D4", State::Fulfilled, Some(("aslan", false))),
        ],
        page: 1,
        more: true,
        kinds: vec!["order".into(), "promotion-entry".into()],
    }
}

fn no_cases() -> CaseList {
    CaseList {
        rows: Vec::new(),
        page: 1,
        more: false,
        kinds: vec!["order".into(), "promotion-entry".into()],
    }
}
