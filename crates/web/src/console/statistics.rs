//! DEF-5, 2.2.4: figures about many people, one set for each month, for those who work with statistics and for the responsible person.
//! Nothing on the page leads to anybody.

use axum::extract::RawQuery;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_processing::depersonalize::{FigureRow, FigureTable, Figures};
use sandyq_processing::{Language, Rejected, System};

use super::asked::Asked;
use super::cases::staff;
use super::tables::link_to;
use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::language::country_name;
use crate::layout::Page;
use crate::visit::Visit;

/// Where the figures are.
pub const PATH: &str = "/staff/statistics";
/// The word in the address that names a month.
const MONTH: &str = "month";
/// The words of its question.
pub(super) const QUESTION: &[&str] = &[MONTH];
/// The width of the longest bar.
const BAR: u32 = 120;

/// GET /staff/statistics
pub async fn show(RawQuery(query): RawQuery, arrival: Arrival) -> Response {
    let asked = Asked::read(query.as_deref().unwrap_or_default(), QUESTION);
    let outcome = shown(&arrival, &asked).await;
    arrival.respond(outcome)
}

async fn shown(arrival: &Arrival, asked: &Asked) -> Outcome {
    let caller = staff(arrival)?;
    let month = match asked.get(MONTH) {
        "" => None,
        written => Some(month_of(written).ok_or(Rejected::NotFound)?),
    };
    let figures = arrival.system.figures(caller, month).await?;
    let (system, language) = (&arrival.system, arrival.visit.language);
    let title = |table: &FigureTable| title_of(system, language, table);
    let group = |table: &FigureTable, row: &FigureRow| group_of(system, language, (table, row));
    Ok(Answer::Page(page(&arrival.visit, &figures, (&title, &group))))
}

/// `2026-11` as the number `202611`.
fn month_of(written: &str) -> Option<u32> {
    let (year, month) = written.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_well_formed = year.len() == 4 && month.len() == 2 && digits(year) && digits(month);
    let number = |digits: &str| digits.parse::<u32>().ok();
    let month = number(month).filter(|month| (1..=12).contains(month))?;
    is_well_formed.then_some(number(year)? * 100 + month)
}

/// `2026-11` of the number `202611`.
fn written(month: u32) -> String {
    format!("{:04}-{:02}", month / 100, month % 100)
}

/// How a table is called, and what a group of it is called.
pub type Called<'a> = (
    &'a dyn Fn(&FigureTable) -> String,
    &'a dyn Fn(&FigureTable, &FigureRow) -> String,
);

/// A table as the policy calls it.
pub(super) fn title_of(system: &System, language: Language, table: &FigureTable) -> String {
    format!(
        "{}: {}, {}",
        system.purpose_label(table.purpose, language),
        system.category_label(table.category, language),
        system.field_label(table.field, language)
    )
}

/// A group as it is shown: a country by its name.
pub(super) fn group_of(
    system: &System,
    language: Language,
    (table, row): (&FigureTable, &FigureRow),
) -> String {
    match system.kind_of_field(table.field) {
        Some(ValueKind::Country) => country_name(&row.words, language),
        _ => row.words.clone(),
    }
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, figures: &Figures, called: Called<'_>) -> Page {
    let smallest = figures.smallest.to_string();
    let body = html! {
        h1 { (visit.say("statistics-title")) }
        p.lead { (visit.say_of("statistics-lead", "smallest", &smallest)) }
        @match figures.shown {
            None => p.inset { (visit.say("statistics-none-yet")) },
            Some(month) => {
                h2 { (visit.month(&written(month))) }
                @if let Some(at) = figures.made_at { p { (visit.say_of("statistics-made", "date", &visit.date(at))) } }
                @if figures.tables.is_empty() { p.inset { (visit.say_of("statistics-no-group", "smallest", &smallest)) } }
                @for table in &figures.tables { (counted(visit, table, called)) }
                @if !figures.tables.is_empty() && figures.months.first() == Some(&month) { (link_to(visit, "figures")) }
            }
        }
        (others(visit, figures))
    };
    Page::new(visit.say("statistics-title"), body).back_to("/staff/cases")
}

/// A table with a bar in each row.
fn counted(visit: &Visit, table: &FigureTable, called: Called<'_>) -> Markup {
    let title = called.0(table);
    let most = table.rows.iter().map(|row| row.people).max().unwrap_or(1).max(1);
    html! {
        h3 { (title) }
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table {
                thead { tr {
                    th scope="col" { (visit.say("statistics-group")) }
                    th.number scope="col" { (visit.say("statistics-people")) }
                    td {}
                } }
                tbody { @for row in &table.rows { tr {
                    th scope="row" { (called.1(table, row)) }
                    td.number { (visit.say_of("statistics-at-least", "people", &row.people.to_string())) }
                    td aria-hidden="true" {
                        svg.load viewBox={ "0 0 " (BAR) " 14" } width=(BAR) height="14" {
                            rect x="0" y="0" width=(row.people * BAR / most) height="14" {}
                        }
                    }
                } } }
            }
        }
    }
}

/// The other months.
fn others(visit: &Visit, figures: &Figures) -> Markup {
    let others = figures
        .months
        .iter()
        .filter(|month| Some(**month) != figures.shown);
    let others: Vec<String> = others.map(|month| written(*month)).collect();
    html! {
        @if !others.is_empty() {
            h2 { (visit.say("statistics-others")) }
            ul { @for month in &others { li { a href={ (PATH) "?month=" (month) } { (visit.month(month)) } } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_written_with_four_and_two_digits() {
        assert_eq!(month_of("2026-11"), Some(202_611));
        assert_eq!(written(202_611), "2026-11");
        for wrong in [
            "2026-13",
            "2026-00",
            "26-11",
            "2026-1",
            "2026",
            "-",
            "2026-+1",
            "२०२६-11",
        ] {
            assert_eq!(month_of(wrong), None, "{wrong}");
        }
    }
}
