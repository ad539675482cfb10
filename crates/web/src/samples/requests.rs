//! Requests as pages show them, on one's own page and at the desk.

use jiff::Timestamp;
use sandyq_model::{
    Category, Channel, ConsentId, Field, FieldSet, HoldId, Mistake, OrderedBy, Plain, Problem, RequestKind,
    RequestState, Standing, Step, SubjectId,
};
use sandyq_processing::Language;
use sandyq_processing::request::{Board, BoardRow, Overview, RequestView, StepView};
use sandyq_processing::retention::{
    Alarm, HoldView, Kept, KeptUnder, Next, Order, Plan, Run, Size, SizeClass, Stop,
};

use super::people::three;
use super::{Sample, pairs, visit};
use crate::console;
use crate::console::asked::Asked;
use crate::console::record::{LooksAlike, Shown, page as record_page};
use crate::portal::requests;
use crate::visit::Standpoint;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A request in that state, with its texts.
pub fn request(language: Language, kind: RequestKind, state: RequestState) -> RequestView {
    let (message, answer, who) = match language {
        Language::Kk => ("Бэкап қайда сақталады?\nРақмет!", "Қазақстанда.", "Сіз"),
        Language::Ru => ("Где хранятся копии?\nСпасибо!", "В Казахстане.", "Вы"),
        Language::En => ("Where are the backups?\nThank you!", "In Kazakhstan.", "You"),
    };
    let step = |step, when: &str, clause: &str| StepView {
        step,
        at: at(when),
        who: who.to_owned(),
        clause: clause.to_owned(),
    };
    let text = |name: &str, words: &str| (name.to_owned(), name.to_owned(), Plain::from(words));
    RequestView {
        joined: if state == RequestState::Answering {
            pairs::joined()
        } else {
            Vec::new()
        },
        correctable: if kind == RequestKind::Clarify {
            vec![("last_name".to_owned(), "Last name".to_owned())]
        } else {
            Vec::new()
        },
        consents: if kind == RequestKind::Withdraw {
            vec![
                (
                    ConsentId::from_bytes([1; 16]),
                    "To carry out your order".to_owned(),
                ),
                (
                    ConsentId::from_bytes([2; 16]),
                    "To hand your name to the maker of the software".to_owned(),
                ),
            ]
        } else {
            Vec::new()
        },
        reference: "SQ-4M7T-0B2C".to_owned(),
        kind,
        channel: Channel::Letter,
        state,
        received_at: at("2026-11-23T05:00:00Z"),
        due_at: at("2026-11-26T18:59:59Z"),
        due_by: (at("2026-11-26T18:59:59Z"), at("2026-11-26T18:59:59Z")),
        late: state == RequestState::Refused,
        warned: true,
        identity: (state == RequestState::Answering).then(|| "code".to_owned()),
        about_somebody: state != RequestState::Received,
        attempts: 1,
        letter: Some("2026-00017".to_owned()),
        envelope_on: Some("2026-11-20".to_owned()),
        norm: (state == RequestState::Refused).then(|| "Law 94-V, Art. 25(2)(8)".to_owned()),
        late_reason: (state == RequestState::Refused).then(|| "volume".to_owned()),
        merged_into: None,
        law: "Law 94-V, Art. 24(1)(1)".to_owned(),
        language,
        steps: vec![
            step(Step::Receive, "2026-11-23T05:00:00Z", "7"),
            step(Step::Begin, "2026-11-23T06:00:00Z", "7"),
            step(Step::Escalate, "2026-11-25T06:00:00Z", "6.5"),
        ],
        texts: if state.is_closed() {
            vec![text("message", message), text("answer", answer)]
        } else {
            vec![text("message", message)]
        },
    }
}

/// Every page about requests.
pub fn pages(language: Language) -> Vec<Sample> {
    let own = |here: &str| visit(language, here, Standpoint::Subject);
    let (list, new, one) = (
        own("/my/requests"),
        own("/my/requests/new"),
        own("/my/requests/SQ-4M7T-0B2C"),
    );
    let with = |kind, state| request(language, kind, state);
    let wrong = Mistake(vec![
        ("kind".to_owned(), Problem::Missing),
        ("message".to_owned(), Problem::TooLong),
    ]);
    let several = [
        with(RequestKind::Question, RequestState::Answering),
        with(RequestKind::Access, RequestState::Answered),
        with(RequestKind::Object, RequestState::Refused),
    ];
    let mut pages = vec![
        ("my-requests", list.clone(), requests::list_page(&list, &several)),
        ("my-requests-none", list.clone(), requests::list_page(&list, &[])),
        (
            "my-request-new",
            new.clone(),
            requests::ask_page(&new, None, "", &Mistake::default()),
        ),
        (
            "my-request-new-wrong",
            new.clone(),
            requests::ask_page(&new, Some(RequestKind::Clarify), "words", &wrong),
        ),
    ];
    for (name, kind, state) in [
        ("my-request", RequestKind::Question, RequestState::Answering),
        ("my-request-answered", RequestKind::Access, RequestState::Answered),
        ("my-request-refused", RequestKind::Object, RequestState::Refused),
    ] {
        pages.push((name, one.clone(), requests::page(&one, &with(kind, state))));
    }
    pages.extend(desk_pages(language));
    pages
}

fn board(closed: bool, state: RequestState) -> Board {
    let row = |kind, late, warned| BoardRow {
        reference: "SQ-4M7T-0B2C".to_owned(),
        kind,
        channel: Channel::Letter,
        state,
        received_at: at("2026-11-23T05:00:00Z"),
        due_at: at("2026-11-26T18:59:59Z"),
        late,
        warned,
    };
    Board {
        rows: vec![
            row(RequestKind::Access, true, true),
            row(RequestKind::Withdraw, false, true),
            row(RequestKind::Question, false, false),
        ],
        page: 1,
        more: true,
        closed,
        undelivered: 2,
        returned: 1,
        unjudged: 1,
    }
}

/// The desk of the responsible person: one request.
fn desk_pages(language: Language) -> Vec<Sample> {
    use console::request as one;
    let desk = visit(language, "/staff/requests/SQ-4M7T-0B2C", Standpoint::Staff);
    let with = |kind, state| request(language, kind, state);
    let code = Mistake::one("code", Problem::Code);
    let none = Mistake::default();
    let page = |kind, state, draft, mistake: &Mistake| one::page(&desk, &with(kind, state), draft, mistake);
    let (access, object) = (RequestKind::Access, RequestKind::Object);
    let refused = with(object, RequestState::Refused);
    let named = |name, page| (name, desk.clone(), page);
    let mut pages = vec![
        named("desk-received", page(access, RequestState::Received, None, &none)),
        named(
            "desk-checking-wrong",
            page(access, RequestState::Checking, None, &code),
        ),
        named(
            "desk-answering",
            page(
                RequestKind::Withdraw,
                RequestState::Answering,
                Some("words"),
                &none,
            ),
        ),
        named(
            "desk-correcting-wrong",
            page(
                RequestKind::Clarify,
                RequestState::Answering,
                Some("words"),
                &Mistake(vec![
                    ("field".to_owned(), Problem::Choice),
                    ("value".to_owned(), Problem::Name),
                ]),
            ),
        ),
        named("desk-refused", page(object, RequestState::Refused, None, &none)),
        named("desk-letter", one::letter_page(&desk, &refused)),
    ];
    pages.extend(board_pages(language));
    pages.extend(record_pages(language));
    pages.extend(alike_pages(language));
    pages
}

/// A record as the desk of the responsible person shows it.
fn record(standing: Standing, holds: Vec<HoldView>) -> Overview {
    Overview {
        subject: SubjectId::from_bytes([3; 16]),
        category: Category::Guest,
        standing,
        created_at: at("2026-11-22T19:05:00Z"),
        withdrawn_at: Some(at("2026-11-24T06:00:00Z")),
        due_at: Some(at("2026-11-24T06:00:00Z")),
        has_account: true,
        is_due: holds.is_empty(),
        fields: Vec::new(),
        ends: Vec::new(),
        kept: Vec::new(),
        holds,
        cases: vec![("SQ-7K2M-90QX".to_owned(), "order".to_owned(), "paid".to_owned())],
    }
}

/// Why an account is closed.
pub fn reasons(language: Language) -> Vec<(String, String)> {
    let words = three(
        language,
        "Жарияланған ережелерге сай емес",
        "Не соответствует опубликованным правилам",
        "It does not fit the published rules",
    );
    vec![("against-rules".to_owned(), words.to_owned())]
}

fn shown(language: Language, standing: Standing, holds: Vec<HoldView>) -> Shown {
    Shown {
        who: "Guest".to_owned(),
        held: vec![("E-mail".to_owned(), "2026-12-22".to_owned())],
        kept: vec!["Last name: Tax Code 2026, Art. 206(3)".to_owned()],
        reasons: reasons(language),
        record: record(standing, holds),
        alike: None,
    }
}

/// The records that look alike: one, and none.
fn alike_pages(language: Language) -> Vec<Sample> {
    let desk = visit(language, "/staff/records/0303", Standpoint::Staff);
    let alike = Shown {
        alike: Some(vec![LooksAlike {
            id: SubjectId::from_bytes([4; 16]).to_string(),
            who: "Guest".to_owned(),
            since: "2026-11-20".to_owned(),
            by: "E-mail".to_owned(),
        }]),
        ..shown(language, Standing::Active, Vec::new())
    };
    let alone = Shown {
        alike: Some(Vec::new()),
        ..shown(language, Standing::Active, Vec::new())
    };
    let nothing = (Order::default(), Mistake::default());
    vec![
        (
            "record-alike",
            desk.clone(),
            record_page(&desk, &alike, &nothing.0, &nothing.1),
        ),
        (
            "record-alone",
            desk.clone(),
            record_page(&desk, &alone, &nothing.0, &nothing.1),
        ),
    ]
}

/// One record on the desk of the responsible person: with orders to keep it, and with a wrong one.
fn record_pages(language: Language) -> Vec<Sample> {
    let desk = visit(language, "/staff/records/0303", Standpoint::Staff);
    let hold = |number: u8, lifted| HoldView {
        id: HoldId::from_bytes([number; 16]),
        ordered_by: OrderedBy::Court,
        article: "Civil Procedure Code, Art. 156".to_owned(),
        document: "2-1187/2026".to_owned(),
        dated: "2026-11-20".to_owned(),
        placed_on: "2026-11-22".parse().unwrap(),
        lifted,
    };
    let lifted = Some(("2026-11-25".parse().unwrap(), "2-1187/2026-3".to_owned()));
    let held = shown(language, Standing::Active, vec![hold(1, lifted), hold(2, None)]);
    let mistake = Mistake(vec![
        ("article".to_owned(), Problem::Article),
        ("document".to_owned(), Problem::DocumentNumber),
        ("lifted_document".to_owned(), Problem::Missing),
    ]);
    let typed = Order {
        ordered_by: "court".to_owned(),
        article: "a law".to_owned(),
        document: "the order".to_owned(),
        dated: "2026-11-20".to_owned(),
    };
    let blocked = shown(language, Standing::Blocked, Vec::new());
    vec![
        (
            "record-held-wrong",
            desk.clone(),
            record_page(&desk, &held, &typed, &mistake),
        ),
        (
            "record-blocked",
            desk.clone(),
            record_page(&desk, &blocked, &Order::default(), &Mistake::default()),
        ),
    ]
}

/// What falls due: with everything that can be wrong, or with nothing at all.
fn plan(busy: bool) -> Plan {
    let kept = Kept {
        fields: FieldSet::only(Field::new(1).unwrap()),
        floors: vec![KeptUnder {
            floor: "tax-documents".to_owned(),
            citation: "Tax Code 2026, Art. 206(3)".to_owned(),
            fields: FieldSet::only(Field::new(1).unwrap()),
            until: "2031-12-31".parse().unwrap(),
        }],
    };
    let next = |fields, kept| Next {
        subject: SubjectId::from_bytes([3; 16]),
        cases: vec!["SQ-7K2M-90QX".to_owned()],
        category: Category::Guest,
        at: at("2026-12-22T19:05:00Z"),
        fields,
        kept,
    };
    let run = |day: &str, stopped| Run {
        day: day.to_owned(),
        begun_at: at("2026-11-26T19:00:01Z"),
        ended_at: Some(at("2026-11-26T19:00:04Z")),
        destroyed: 12,
        waiting: 1,
        stopped,
    };
    let all = Plan {
        at: at("2026-11-27T06:00:00Z"),
        alarms: vec![
            Alarm::Stopped(Stop::Calendar),
            Alarm::Stopped(Stop::ClockBack),
            Alarm::Stopped(Stop::ClockAhead),
            Alarm::Waiting(1),
            Alarm::Late(at("2026-11-20T06:00:00Z")),
            Alarm::Cards(2),
        ],
        ahead: vec![(7, 3, 1), (30, 41, 8), (90, 120, 9)],
        next: vec![
            next(FieldSet::EMPTY, kept),
            next(FieldSet::only(Field::new(2).unwrap()), Kept::default()),
        ],
        waiting: vec![next(FieldSet::EMPTY, Kept::default())],
        runs: vec![run("2026-11-27", Some(Stop::Calendar)), run("2026-11-26", None)],
        size: Size {
            people: 8_204,
            class: SizeClass::Small,
            next: Some(10_000),
            warns: true,
        },
        cards_looked_for: Some(at("2026-10-05T21:00:00Z")),
    };
    if busy {
        return all;
    }
    Plan {
        alarms: Vec::new(),
        ahead: vec![(7, 0, 0), (30, 0, 0), (90, 0, 0)],
        next: Vec::new(),
        waiting: Vec::new(),
        runs: Vec::new(),
        size: Size {
            people: 612_000,
            class: SizeClass::Large,
            next: None,
            warns: false,
        },
        ..all
    }
}

/// The board, and the page on which a letter is entered.
fn board_pages(language: Language) -> Vec<Sample> {
    use console::requests as many;
    let list = visit(language, "/staff/requests", Standpoint::Staff);
    let new = visit(language, "/staff/requests/new", Standpoint::Staff);
    let retention = visit(language, "/staff/retention", Standpoint::Staff);
    let labels =
        |_: FieldSet| three(language, "Тегі, аты", "Фамилия, имя", "Last name, first name").to_owned();
    let nothing = |_: &str| String::new();
    let typed = |name: &str| match name {
        "channel" => "letter".to_owned(),
        "received_on" => "yesterday".to_owned(),
        _ => String::new(),
    };
    let wrong = Mistake(vec![
        ("kind".to_owned(), Problem::Missing),
        ("received_on".to_owned(), Problem::Date),
        ("scan".to_owned(), Problem::File),
    ]);
    let empty = Board {
        rows: Vec::new(),
        page: 1,
        more: false,
        closed: false,
        undelivered: 0,
        returned: 0,
        unjudged: 0,
    };
    let late = [super::breaches::row(4, false)];
    let paper = super::documents::paper(4, true);
    let alarms = maud::html! {
        (console::breaches::late_ones(&list, &late))
        (console::papers::late_one(&list, Some(&paper)))
    };
    let (all, none) = (Asked::default(), Mistake::default());
    let late_letters = Asked::read("channel=letter&due=overdue", &["kind", "channel", "due"]);
    let shown = |board: &Board| many::board_page(&list, (&all, &none), board, &alarms);
    let entry = |typed: &dyn Fn(&str) -> String, mistake: &Mistake| many::entry_page(&new, typed, mistake);
    vec![
        (
            "board",
            list.clone(),
            shown(&board(false, RequestState::Checking)),
        ),
        (
            "board-closed",
            list.clone(),
            shown(&board(true, RequestState::Answered)),
        ),
        (
            "board-none",
            list.clone(),
            many::board_page(&list, (&all, &none), &empty, &maud::html! {}),
        ),
        (
            "board-none-fit",
            list.clone(),
            many::board_page(&list, (&late_letters, &none), &empty, &maud::html! {}),
        ),
        (
            "retention",
            retention.clone(),
            console::retention::page(&retention, &plan(true), &labels, &late),
        ),
        (
            "retention-quiet",
            retention.clone(),
            console::retention::page(&retention, &plan(false), &labels, &[]),
        ),
        ("entry", new.clone(), entry(&nothing, &Mistake::default())),
        ("entry-wrong", new.clone(), entry(&typed, &wrong)),
    ]
}
