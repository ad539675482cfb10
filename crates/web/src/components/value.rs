//! A kept value as people write it in the language read.

use maud::{Markup, html};
use sandyq_model::Plain;
use sandyq_model::value::{Row, STILL_KEPT, ValueKind, split};

use super::summary_list::lines;
use crate::language::{country_name, month_of_card};
use crate::visit::Visit;

/// Countries by name, dates and card expiries as people write them, rows a line each, everything else as it is kept.
#[must_use]
pub fn value_text(visit: &Visit, name: &str, kept: &str) -> String {
    if let Some(rows) = rows_of(kept) {
        let told = |row: &Row| {
            let parts: Vec<String> = row
                .parts()
                .map(|(part, value)| format!("{}: {}", label(visit, part), part_text(visit, part, value)))
                .collect();
            parts.join("; ")
        };
        return rows.iter().map(told).collect::<Vec<_>>().join("\n");
    }
    match name {
        "country" => country_name(kept, visit.language),
        "birth_date" => visit.day(kept),
        "card_expiry" => month_of_card(kept),
        _ => kept.to_owned(),
    }
}

/// The same for a page: rows as a list, each with its parts by name; line breaks are kept.
#[must_use]
pub fn value_markup(visit: &Visit, name: &str, kept: &str) -> Markup {
    match rows_of(kept) {
        Some(rows) => list(visit, &rows),
        None => lines(&value_text(visit, name, kept)),
    }
}

/// The same as a block of its own.
#[must_use]
pub fn value_block(visit: &Visit, name: &str, kept: &str) -> Markup {
    match rows_of(kept) {
        Some(rows) => list(visit, &rows),
        None => html! { p.value { (value_markup(visit, name, kept)) } },
    }
}

/// The rows of a value, if it is some: a text that only begins like rows has parts that no kind has.
fn rows_of(kept: &str) -> Option<Vec<Row>> {
    let rows = split(&Plain::from(kept))?;
    let known = |name: &str| ValueKind::all().any(|kind| kind.parts().iter().any(|part| part.name == name));
    let all_known = rows.iter().all(|row| row.parts().all(|(part, _)| known(part)));
    (all_known && !rows.is_empty()).then_some(rows)
}

fn list(visit: &Visit, rows: &[Row]) -> Markup {
    html! {
        ol.told {
            @for row in rows {
                li {
                    dl {
                        @for (part, value) in row.parts() {
                            div { dt { (label(visit, part)) } dd { (lines(&part_text(visit, part, value))) } }
                        }
                    }
                }
            }
        }
    }
}

fn label(visit: &Visit, part: &str) -> String {
    visit.say(&format!("part-{part}"))
}

/// A part as people write it: `2019-06` is kept for `06.2019`.
fn part_text(visit: &Visit, part: &str, value: &str) -> String {
    if !matches!(part, "from" | "to") {
        return value.to_owned();
    }
    match value.split('-').collect::<Vec<_>>().as_slice() {
        [STILL_KEPT] => visit.say("part-still"),
        [_, _, _] => visit.day(value),
        [year, month] => format!("{month}.{year}"),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use sandyq_model::value::{Context, joined, parse};

    use super::*;
    use crate::language::LANGUAGES;
    use crate::samples;

    #[test]
    fn every_part_has_its_name_in_every_language_and_what_goes_on_is_read_back() {
        for language in LANGUAGES {
            let visit = samples::visit(language, "/", crate::visit::Standpoint::Visitor);
            for part in ValueKind::all().flat_map(|kind| kind.parts()) {
                let said = label(&visit, part.name);
                assert!(!said.starts_with("part-"), "{said} in {language:?}");
            }
            let mut row = Row::default();
            for (part, value) in [
                ("from", "2019"),
                ("to", &visit.say("part-still")),
                ("institution", "A"),
            ] {
                row.put(part, Plain::from(value));
            }
            let context = Context {
                today: jiff::civil::date(2026, 11, 23),
                in_kazakhstan: true,
            };
            let kept = parse(ValueKind::Education, &joined(&[row]), context).unwrap();
            assert!(kept.expose().contains("to=still"), "{language:?}");
            assert!(value_text(&visit, "education", kept.expose()).contains(&visit.say("part-still")));
        }
    }

    #[test]
    fn a_text_that_only_begins_like_rows_stays_a_text() {
        let visit = samples::visit(
            sandyq_processing::Language::En,
            "/",
            crate::visit::Standpoint::Visitor,
        );
        for text in ["rows/1", "rows/1\n\nfoo=bar", "rows/12", "rows/1\n\nno part"] {
            assert_eq!(value_text(&visit, "message", text), text);
        }
    }
}
