//! Rows as they are typed, kept and read again.

use super::*;

const TODAY: Date = jiff::civil::date(2026, 11, 23);

fn row(parts: &[(&str, &str)]) -> Row {
    let mut row = Row::default();
    for (part, value) in parts {
        row.put(*part, Plain::from(*value));
    }
    row
}

fn study(from: &str, to: &str) -> Row {
    row(&[
        ("from", from),
        ("to", to),
        ("institution", "КазНУ"),
        ("speciality", "мехмат"),
    ])
}

fn work(position: &str, duties: &str) -> Row {
    row(&[
        ("from", "09.2019"),
        ("to", "Қазір"),
        ("organization", "Example LLP"),
        ("position", position),
        ("duties", duties),
    ])
}

fn read_education(rows: &[Row]) -> Result<String, Vec<(String, Problem)>> {
    read(ValueKind::Education, &joined(rows), TODAY).map(|kept| kept.expose().clone())
}

fn wrong(place: &str, problem: Problem) -> Vec<(String, Problem)> {
    vec![(place.to_owned(), problem)]
}

#[test]
fn what_is_kept_is_one_form_however_it_was_typed() {
    let kept = "rows/1\n\nfrom=2010-09\nto=2014\ninstitution=КазНУ\nspeciality=мехмат";
    for from in ["09.2010", "9/2010", "2010-09"] {
        assert_eq!(
            read_education(&[study(from, " 2014 ")]).as_deref(),
            Ok(kept),
            "{from}"
        );
    }
    // What is kept is read as itself.
    let again = read(ValueKind::Education, &Plain::from(kept), TODAY).unwrap();
    assert_eq!(again.expose(), kept);
    // A row of nothing is left out.
    assert_eq!(
        read_education(&[Row::default(), study("09.2010", "2014"), row(&[("from", " ")])]).as_deref(),
        Ok(kept)
    );
}

#[test]
fn lines_and_signs_of_a_part_survive() {
    let duties = "books = kept\r\n\n\\n is no line\nrows/1";
    let kept = read(ValueKind::Experience, &joined(&[work("clerk", duties)]), TODAY).unwrap();
    let rows = split(&kept).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].of("duties"), "books = kept\n\n\\n is no line\nrows/1");
    assert_eq!((rows[0].of("from"), rows[0].of("to")), ("2019-09", "still"));
    assert_eq!(rows[0].of("industry"), "");
}

#[test]
fn a_mistake_is_named_by_row_and_part() {
    let good = || study("2010", "2014");
    for (second, place, problem) in [
        (study("2014", "2010"), "2-to", Problem::PeriodOrder),
        (study("06.2014", "05.2014"), "2-to", Problem::PeriodOrder),
        (study("02.06.2014", "01.06.2014"), "2-to", Problem::PeriodOrder),
        (study("2027", "2030"), "2-from", Problem::PeriodFuture),
        (study("12.2026", "now"), "2-from", Problem::PeriodFuture),
        (study("13.2010", "2014"), "2-from", Problem::Period),
        (study("2010", "soon"), "2-to", Problem::Period),
        (study("2010", ""), "2-to", Problem::Missing),
        (
            row(&[("from", "2010"), ("to", "2014")]),
            "2-institution",
            Problem::Missing,
        ),
        (
            row(&[("from", "2010"), ("to", "2014"), ("institution", "a\u{7}")]),
            "2-institution",
            Problem::Characters,
        ),
        (
            row(&[
                ("from", "2010"),
                ("to", "2014"),
                ("institution", &"a".repeat(201)),
            ]),
            "2-institution",
            Problem::TooLong,
        ),
    ] {
        assert_eq!(
            read_education(&[good(), second]),
            Err(wrong(place, problem)),
            "{place}"
        );
    }
    // Rows of nothing are counted, so that the place is the one on the page.
    let typed = [Row::default(), row(&[("from", "")]), study("2014", "2010")];
    assert_eq!(read_education(&typed), Err(wrong("3-to", Problem::PeriodOrder)));
    // All of them at once.
    let both = read_education(&[study("2027", "x"), study("2010", "2009")]).unwrap_err();
    assert_eq!(both.len(), 3);
}

#[test]
fn a_part_that_the_kind_does_not_have_is_refused_with_its_name() {
    let mut surplus = study("2010", "2014");
    surplus.put("iin", Plain::from(""));
    assert_eq!(read_education(&[surplus]), Err(wrong("1-iin", Problem::Unknown)));
    let alone = row(&[("organization", "")]);
    assert_eq!(
        read_education(&[alone]),
        Err(wrong("1-organization", Problem::Unknown))
    );
    let twice = Plain::from("rows/1\n\nfrom=2010\nto=2014\ninstitution=a\ninstitution=b");
    assert_eq!(
        read(ValueKind::Education, &twice, TODAY).unwrap_err(),
        wrong("1-institution", Problem::Repeated)
    );
}

#[test]
fn there_are_only_so_many_rows() {
    let most = vec![study("2010", "2014"); ROWS_MAX];
    assert!(read_education(&most).is_ok());
    let more = vec![study("2010", "2014"); ROWS_MAX + 1];
    assert_eq!(read_education(&more), Err(wrong("", Problem::Rows)));
    assert_eq!(read_education(&[]), Err(wrong("", Problem::Missing)));
    assert_eq!(
        read_education(&[Row::default()]),
        Err(wrong("", Problem::Missing))
    );
}

#[test]
fn numbers_of_cards_are_covered_in_every_part() {
    let number = "4111 1111 1111 1111";
    let kept = read(ValueKind::Experience, &joined(&[work(number, number)]), TODAY).unwrap();
    let rows = split(&kept).unwrap();
    for part in ["position", "duties"] {
        assert_eq!(rows[0].of(part), "•••• •••• •••• ••••", "{part}");
    }
}

#[test]
fn lines_of_before_are_no_rows_and_become_some_to_begin_with() {
    let kept = Plain::from("2010-09 – 2014; КазНУ; мехмат; математика; очно; отлично\n2015 – …; A");
    assert!(split(&kept).is_none());
    let rows = from_lines(ValueKind::Education, &kept);
    let parts = |row: &Row| {
        row.parts()
            .map(|(part, value)| format!("{part}={value}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        parts(&rows[0]),
        [
            "from=2010-09",
            "to=2014",
            "institution=КазНУ",
            "faculty=мехмат",
            "speciality=математика",
            "form=очно; отлично"
        ]
    );
    assert_eq!(parts(&rows[1]), ["from=2015", "to=still", "institution=A"]);
    assert!(read(ValueKind::Education, &kept, TODAY).is_ok());
    for typed in [
        "2010–2014, КазНУ, мехмат",
        "2010 - 2014, КазНУ, мехмат",
        "2010-2014, КазНУ, мехмат",
    ] {
        let read = read(ValueKind::Education, &Plain::from(typed), TODAY).unwrap();
        assert_eq!(
            read.expose(),
            "rows/1\n\nfrom=2010\nto=2014\ninstitution=КазНУ\nfaculty=мехмат"
        );
    }
    let many = "2010–2014, КазНУ\n".repeat(ROWS_MAX + 1);
    assert_eq!(
        read(ValueKind::Education, &Plain::new(many), TODAY).unwrap_err(),
        wrong("", Problem::Rows)
    );
}

proptest::proptest! {
    #[test]
    fn any_text_splits_to_what_was_joined(values in proptest::collection::vec("\\PC{0,20}|[\\\\n=\n]{0,8}", 1..6)) {
        let mut made = Row::default();
        for (place, value) in values.iter().enumerate() {
            made.put(format!("p{place}"), Plain::new(value.clone()));
        }
        let back = split(&joined(&[made.clone(), Row::default(), made.clone()])).unwrap();
        proptest::prop_assert_eq!(back.len(), 3);
        proptest::prop_assert!(back[1].parts().next().is_none());
        for same in [&back[0], &back[2]] {
            let told: Vec<_> = same.parts().collect();
            proptest::prop_assert_eq!(told, made.parts().collect::<Vec<_>>());
        }
    }

    #[test]
    fn any_text_is_survived(text in "(rows/1)?[a-z=\\\\n\n]{0,40}") {
        let _ = read(ValueKind::Education, &Plain::new(text), TODAY);
    }
}
