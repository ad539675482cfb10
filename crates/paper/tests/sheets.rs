//! Tables are read back by a reader that is not ours: every cell is the text that was given, and none of them is a formula.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use sandyq_paper::sheet::{CELL_LENGTH_MAX, SHEET_ROWS_MAX, Sheet, Unwritable, xlsx};

fn sheet(rows: Vec<Vec<String>>) -> Sheet {
    Sheet {
        title: "Breaches".to_owned(),
        made_at: "2026-11-27T10:05:00".parse().unwrap(),
        head: vec!["Number".to_owned(), "In words".to_owned()],
        rows,
    }
}

fn row(number: &str, words: &str) -> Vec<String> {
    vec![number.to_owned(), words.to_owned()]
}

fn read(bytes: Vec<u8>) -> (Vec<Vec<Data>>, usize) {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let name = book.sheet_names()[0].clone();
    let range = book.worksheet_range(&name).unwrap();
    let formulas = book.worksheet_formula(&name).unwrap();
    let formulas = formulas
        .used_cells()
        .filter(|(_, _, formula)| !formula.is_empty())
        .count();
    (range.rows().map(<[Data]>::to_vec).collect(), formulas)
}

#[test]
fn every_cell_is_the_text_that_was_given_and_none_is_a_formula() {
    let cells = [
        "=1+1",
        "+7 727 250 00 00",
        "-1",
        "@SUM(A1)",
        "=HYPERLINK(\"https://example.com\")",
        "{=1}",
        "https://example.com",
        "mailto:nobody",
        "00123",
        "2026-11-27",
        "1e9",
        "TRUE",
        "'quoted",
        "<b>&amp;</b>",
        "қазақша, русский",
        "two\nlines",
        " spaces ",
        "_x000D_",
    ];
    let rows: Vec<_> = cells.iter().map(|cell| row("1", cell)).collect();
    let (read, formulas) = read(xlsx(&sheet(rows)).unwrap());
    assert_eq!(formulas, 0);
    assert_eq!(read.len(), cells.len() + 1);
    assert_eq!(read[0][1], Data::String("In words".to_owned()));
    for (seen, cell) in read[1..].iter().zip(cells) {
        assert_eq!(seen[0], Data::String("1".to_owned()), "a number is text too");
        assert_eq!(seen[1], Data::String(cell.to_owned()));
    }
}

#[test]
fn what_no_spreadsheet_holds_is_left_out_or_cut_off() {
    let long = "ұ".repeat(CELL_LENGTH_MAX + 1);
    let rows = vec![row("1", "a\u{0}b\u{7}c\rd"), row("2", &long), row("3", "")];
    let (read, _) = read(xlsx(&sheet(rows)).unwrap());
    assert_eq!(read[1][1], Data::String("abcd".to_owned()));
    let Data::String(kept) = &read[2][1] else {
        panic!("{:?}", read[2][1])
    };
    assert_eq!(kept.chars().count(), CELL_LENGTH_MAX + 1);
    assert!(kept.ends_with('…'));
}

#[test]
fn a_table_has_its_bounds_and_the_same_one_has_the_same_bytes() {
    let full = sheet(vec![row("1", "a"); SHEET_ROWS_MAX]);
    assert_eq!(xlsx(&full).unwrap(), xlsx(&full).unwrap());
    let long = sheet(vec![row("1", "a"); SHEET_ROWS_MAX + 1]);
    assert_eq!(xlsx(&long), Err(Unwritable::TooLong));
    // What does not fit is left out, and the last row says so.
    let fitted = long.fitted("cut off here");
    assert_eq!(fitted.rows.len(), SHEET_ROWS_MAX);
    assert_eq!(fitted.rows.last().unwrap(), &row("cut off here", ""));
    assert_eq!(fitted.rows[SHEET_ROWS_MAX - 2], row("1", "a"));
    assert_eq!(full.clone().fitted("cut off here"), full);
    let narrow = sheet(vec![vec!["1".to_owned()]]);
    assert_eq!(xlsx(&narrow), Err(Unwritable::Width));
    let empty = read(xlsx(&sheet(Vec::new())).unwrap()).0;
    assert_eq!(empty.len(), 1, "an empty register has its head");
}
