//! 5.1.1, 6.5: how many requests fall due on which day, as a chart and as the same table, and what was refused under which norm in a
//! span of days. Numbers of requests, and nobody.

use axum::extract::RawQuery;
use axum::response::Response;
use jiff::civil::Date;
use maud::{Markup, html};
use sandyq_model::{Mistake, Problem};
use sandyq_processing::request::{ClosedIn, Load, Norm};

use super::asked::{Asked, line};
use super::cases::staff;
use crate::components::error_summary;
use crate::http::arrival::{Answer, Arrival, Outcome, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// The page.
pub const PATH: &str = "/staff/requests/figures";
/// The words of its question.
pub(super) const SPAN: &[&str] = &["from", "to"];
/// The width of the chart, and where its bars begin and end.
const CHART: [u64; 3] = [360, 132, 330];
/// The height of a row of the chart.
const ROW: u64 = 22;

/// GET /staff/requests/figures
pub async fn show(RawQuery(query): RawQuery, arrival: Arrival) -> Response {
    let asked = Asked::read(query.as_deref().unwrap_or_default(), SPAN);
    let outcome = shown(&arrival, &asked).await;
    arrival.respond(outcome)
}

async fn shown(arrival: &Arrival, asked: &Asked) -> Outcome {
    let caller = staff(arrival)?;
    let load = arrival.system.requests_load(caller).await?;
    let refused = async |[from, to]: [Option<Date>; 2]| {
        let refused = arrival.system.requests_refused(caller, from, to);
        refused.await
    };
    let (closed, mistake) = match span(asked) {
        Ok(span) => match mistake_of(refused(span).await)? {
            Ok(closed) => (closed, Mistake::default()),
            Err(mistake) => (refused([None, None]).await?, mistake),
        },
        Err(mistake) => (refused([None, None]).await?, mistake),
    };
    let page = page(&arrival.visit, &load, &closed, (asked, &mistake));
    Ok(Answer::of(page))
}

fn span(asked: &Asked) -> Result<[Option<Date>; 2], Mistake> {
    let mut wrong = Vec::new();
    let mut day = |name: &str| match asked.get(name) {
        "" => None,
        written => written.parse().ok().or_else(|| {
            wrong.push((name.to_owned(), Problem::Date));
            None
        }),
    };
    let days = [day("from"), day("to")];
    if wrong.is_empty() {
        Ok(days)
    } else {
        Err(Mistake(wrong))
    }
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, load: &Load, closed: &ClosedIn, (asked, mistake): (&Asked, &Mistake)) -> Page {
    let label = |name: &str| Some(visit.say(&format!("filter-{name}")));
    let rows = rows(visit, load);
    let body = html! {
        (error_summary(visit, mistake, label, |name, _| name.to_owned()))
        h1 { (visit.say("figures-title")) }
        p.lead { (visit.say("figures-lead")) }
        h2 { (visit.say("figures-load")) }
        @if rows.iter().all(|row| row.count == 0) { p.inset { (visit.say("figures-no-load")) } } @else {
            (chart(visit, &rows))
        }
        (table(visit, &rows))
        h2 id="refused" { (visit.say("figures-refused")) }
        p {
            (visit.say_with("figures-closed", &[
                ("count", closed.closed.to_string().into()), ("from", visit.day(&closed.from.to_string()).into()),
                ("to", visit.day(&closed.to.to_string()).into()),
            ]))
        }
        (refusals(visit, closed))
        form method="get" action=(PATH) {
            (line(visit, ("from", "hold-dated-hint"), &day_asked(asked, "from", closed.from), mistake))
            (line(visit, ("to", "hold-dated-hint"), &day_asked(asked, "to", closed.to), mistake))
            p { button.quiet type="submit" { (visit.say("filter-button")) } }
        }
    };
    Page::new(visit.say("figures-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/staff/requests")
}

fn day_asked(asked: &Asked, name: &str, shown: Date) -> String {
    match asked.get(name) {
        "" => shown.to_string(),
        written => written.to_owned(),
    }
}

/// A row of the chart and of its table.
struct Bar {
    label: String,
    count: u64,
    late: bool,
}

fn rows(visit: &Visit, load: &Load) -> Vec<Bar> {
    let mut rows = vec![Bar {
        label: visit.say("figures-overdue"),
        count: load.overdue,
        late: true,
    }];
    rows.extend(load.days.iter().map(|(day, count)| Bar {
        label: visit.day(&day.to_string()),
        count: *count,
        late: false,
    }));
    rows.push(Bar {
        label: visit.say("figures-later"),
        count: load.later,
        late: false,
    });
    rows
}

/// Bars beside their days. Whoever does not see them has the table.
fn chart(visit: &Visit, rows: &[Bar]) -> Markup {
    let [width, begin, end] = CHART;
    let most = rows.iter().map(|row| row.count).max().unwrap_or(0).max(1);
    let height = ROW * u64::try_from(rows.len()).unwrap_or(0);
    let long = |count: u64| (end - begin) * count / most;
    html! {
        svg.load viewBox={ "0 0 " (width) " " (height) } role="img" aria-label=(visit.say("figures-chart")) {
            @for (place, row) in (0_u64..).zip(rows) {
                @let top = place * ROW;
                text x=(begin - 6) y=(top + 15) text-anchor="end" { (row.label) }
                rect.late[row.late] x=(begin) y=(top + 4) width=(long(row.count).max(1)) height="14" {}
                @if row.count > 0 { text x=(begin + long(row.count) + 6) y=(top + 15) { (row.count) } }
            }
        }
    }
}

fn table(visit: &Visit, rows: &[Bar]) -> Markup {
    html! {
        details {
            summary { (visit.say("figures-table")) }
            div.scroll tabindex="0" role="region" aria-label=(visit.say("figures-table")) {
                table {
                    thead { tr {
                        th scope="col" { (visit.say("requests-due")) }
                        th.number scope="col" { (visit.say("figures-count")) }
                    } }
                    tbody { @for row in rows { tr { th scope="row" { (row.label) } td.number { (row.count) } } } }
                }
            }
        }
    }
}

fn refusals(visit: &Visit, closed: &ClosedIn) -> Markup {
    let words = |norm: &Option<Norm>| norm.map(|norm| visit.say(&format!("norm-{}", norm.name())));
    html! {
        @if closed.refused.is_empty() { p.inset { (visit.say("figures-none-refused")) } } @else {
            div.scroll tabindex="0" role="region" aria-label=(visit.say("figures-refused")) {
                table {
                    thead { tr {
                        th scope="col" { (visit.say("request-norm")) }
                        th.number scope="col" { (visit.say("figures-count")) }
                    } }
                    tbody {
                        @for (norm, citation, count) in &closed.refused {
                            tr {
                                th scope="row" { @if let Some(words) = words(norm) { (words) br; } (citation) }
                                td.number { (count) }
                            }
                        }
                    }
                }
            }
        }
    }
}
