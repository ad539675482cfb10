//! 5.1.5: registers as tables for spreadsheets, for whoever reads them on the page. The same is asked of the system as for the page,
//! so that the same people get them, and a look has its entry where that of the page has one.

use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use jiff::tz::Offset;
use sandyq_model::time::day_in_kazakhstan;
use sandyq_model::{Fault, Purpose};
use sandyq_paper::sheet::{SHEET_ROWS_MAX, Sheet, xlsx};
use sandyq_processing::access::AccessOnDay;
use sandyq_processing::breach::BreachRow;
use sandyq_processing::depersonalize::{FigureRow, FigureTable, Figures};
use sandyq_processing::destroy::receipt::DestructionRow;
use sandyq_processing::local_act::LocalActRow;
use sandyq_processing::transfer::{DisclosureView, RecipientView};
use sandyq_processing::{Rejected, System};

use super::breaches::people;
use super::cases::staff;
use super::local_acts::access_of;
use super::recipients::how_it_went;
use super::statistics::{group_of, title_of};
use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::portal::consents::recipient_words;
use crate::visit::Visit;

/// The media type of a table.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Names of columns, and rows.
type Table = (Vec<String>, Vec<Vec<String>>);

/// Where the table of that register is.
#[must_use]
pub fn path_of(register: &str) -> String {
    format!("/staff/tables/{register}")
}

/// The words of the link to a table.
#[must_use]
pub fn link_to(visit: &Visit, register: &str) -> maud::Markup {
    maud::html! {
        p.no-print {
            a href=(path_of(register)) { (visit.say("as-table")) " (XLSX)" } " "
            span.hint { (visit.say_of("as-table-most", "rows", &SHEET_ROWS_MAX.to_string())) }
        }
    }
}

/// GET /staff/tables/{register}
pub async fn show(Path(register): Path<String>, arrival: Arrival) -> Response {
    let outcome = written(&arrival, &register).await;
    arrival.respond(outcome)
}

async fn written(arrival: &Arrival, register: &str) -> Outcome {
    let (system, visit, caller) = (&arrival.system, &arrival.visit, staff(arrival)?);
    let (title, (head, rows)) = match register {
        "breaches" => (
            "breaches-title",
            breaches(visit, &system.all_breaches(caller).await?),
        ),
        "local-acts" => (
            "local-acts-title",
            local_acts(visit, &system.all_local_acts(caller).await?),
        ),
        "recipients" => (
            "recipients-title",
            recipients(visit, &system.recipients(caller).await?),
        ),
        "disclosures" => {
            let rows = system.all_disclosures(caller, visit.language).await?;
            let purpose = |purpose: Purpose| system.purpose_label(purpose, visit.language);
            ("disclosures-title", disclosures(visit, &rows, &purpose))
        }
        "destructions" => {
            let rows = system.all_destructions(caller, visit.language).await?;
            ("destructions-title", destructions(visit, &rows))
        }
        "access" => ("access-title", access_today(arrival).await?),
        "figures" => {
            let figures = system.figures(caller, None).await?;
            ("statistics-title", counted(system, visit, &figures))
        }
        _ => return Err(Rejected::NotFound),
    };
    file(visit, register, sheet(arrival, title, (head, rows))).await
}

fn sheet(arrival: &Arrival, title: &str, (head, rows): Table) -> Sheet {
    Sheet {
        title: arrival.visit.say(title),
        made_at: Offset::UTC.to_datetime(arrival.system.now()),
        head,
        rows,
    }
}

/// A table as a file of that name. Where the register is longer than a table, the last row says so.
///
/// # Errors
/// A fault when it cannot be written.
pub async fn file(visit: &Visit, name: &str, sheet: Sheet) -> Outcome {
    let failed = |says: String| Rejected::from(Fault::Outside(says));
    let cut = visit.say_of("table-cut", "rows", &SHEET_ROWS_MAX.to_string());
    // Writing a table takes the processor for a while; other visitors are answered meanwhile.
    let written = tokio::task::spawn_blocking(move || xlsx(&sheet.fitted(&cut))).await;
    let content = written
        .map_err(|_| failed("writing a table stopped".to_owned()))?
        .map_err(|error| failed(error.to_string()))?;
    Ok(Answer::File(format!("{name}.xlsx"), XLSX, content))
}

fn said<const N: usize>(visit: &Visit, keys: [&str; N]) -> Vec<String> {
    keys.map(|key| visit.say(key)).to_vec()
}

fn at(visit: &Visit, instant: Option<Timestamp>) -> String {
    instant.map(|at| visit.date_and_time(at)).unwrap_or_default()
}

fn breaches(visit: &Visit, rows: &[BreachRow]) -> Table {
    let head = said(
        visit,
        [
            "breach-number",
            "breach-detected",
            "breach-kind-short",
            "breach-people-short",
            "breach-due",
            "breach-told",
            "breach-late",
            "breach-state",
        ],
    );
    let line = |row: &BreachRow| {
        vec![
            row.number.to_string(),
            visit.date_and_time(row.detected_at),
            visit.say(&format!("breach-kind-{}", row.kind)),
            people(visit, row.people),
            visit.date_and_time(row.due_at),
            at(visit, row.told_at),
            if row.late {
                visit.say("breach-late")
            } else {
                String::new()
            },
            visit.say(if row.closed {
                "breach-closed"
            } else {
                "breach-open"
            }),
        ]
    };
    (head, rows.iter().map(line).collect())
}

fn counted(system: &System, visit: &Visit, figures: &Figures) -> Table {
    let head = said(
        visit,
        ["statistics-table", "statistics-group", "statistics-people"],
    );
    let of = |table: &FigureTable| {
        let title = title_of(system, visit.language, table);
        let line = |row: &FigureRow| {
            let group = group_of(system, visit.language, (table, row));
            vec![title.clone(), group, row.people.to_string()]
        };
        table.rows.iter().map(line).collect::<Vec<_>>()
    };
    (head, figures.tables.iter().flat_map(of).collect())
}

fn local_acts(visit: &Visit, rows: &[LocalActRow]) -> Table {
    let mut head = said(
        visit,
        [
            "local-act-number",
            "local-act-kind-short",
            "local-act-title",
            "local-act-document",
            "local-act-version",
            "local-act-adopted_on",
            "local-act-approver",
            "local-act-in_force_since",
            "local-act-replaces",
            "local-act-replaced-by",
            "local-act-public-tag",
            "local-act-hidden-at",
        ],
    );
    head.push("SHA-256".to_owned());
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let line = |row: &LocalActRow| {
        vec![
            row.number.to_string(),
            visit.say(&format!("local-act-kind-{}", row.kind)),
            row.title.clone(),
            row.document.clone(),
            row.version.clone(),
            row.adopted_on.to_string(),
            row.approver.clone(),
            row.in_force_since.to_string(),
            number(row.replaces),
            number(row.replaced_by.map(|(number, _)| number)),
            visit.say(access_of(row)),
            row.hidden_at.map(|at| at.to_string()).unwrap_or_default(),
            row.file_hash.clone(),
        ]
    };
    (head, rows.iter().map(line).collect())
}

fn recipients(visit: &Visit, rows: &[RecipientView]) -> Table {
    let head = said(
        visit,
        [
            "recipient-name",
            "recipient-kind",
            "recipient-undertaking",
            "recipient-undertaken_on",
            "recipient-email",
            "recipient-way",
            "recipient-webhook",
            "recipient-since",
            "recipient-closed",
        ],
    );
    let line = |row: &RecipientView| {
        let (document, day) = row.undertaking.clone().unwrap_or_default();
        vec![
            row.name.clone(),
            recipient_words(visit, row.kind.name()),
            document,
            day,
            row.email.clone().unwrap_or_default(),
            visit.say(if row.by_file {
                "recipient-by-file"
            } else {
                "recipient-by-paper"
            }),
            row.webhook.clone().unwrap_or_default(),
            row.entered_on.to_string(),
            row.closed_on.map(|day| day.to_string()).unwrap_or_default(),
        ]
    };
    (head, rows.iter().map(line).collect())
}

fn disclosures(visit: &Visit, rows: &[DisclosureView], purpose: &dyn Fn(Purpose) -> String) -> Table {
    let head = said(
        visit,
        [
            "breach-number",
            "disclosure-to",
            "table-purpose",
            "disclosure-fields",
            "disclosure-ground",
            "disclosure-at",
            "disclosure-went",
            "disclosure-recalled",
            "disclosure-told",
            "disclosure-hook-told",
            "disclosure-confirmed",
            "disclosure-document",
        ],
    );
    let line = |row: &DisclosureView| {
        let (confirmed_at, document) = row.confirmed.clone().unzip();
        let ground = row.law.as_ref().map_or_else(
            || visit.say("disclosure-by-consent"),
            |(article, document)| format!("{article}, {document}"),
        );
        vec![
            row.reference.clone(),
            row.recipient.clone(),
            format!("{} {}", row.purpose, purpose(row.purpose)),
            row.fields.join(", "),
            ground,
            visit.date_and_time(row.at),
            row.went.map(|went| how_it_went(visit, went)).unwrap_or_default(),
            at(visit, row.recalled_at),
            at(visit, row.told_at),
            at(visit, row.hook_told_at),
            at(visit, confirmed_at),
            document.unwrap_or_default(),
        ]
    };
    (head, rows.iter().map(line).collect())
}

fn destructions(visit: &Visit, rows: &[DestructionRow]) -> Table {
    let head = said(
        visit,
        [
            "breach-number",
            "destructions-at",
            "destructions-by",
            "destructions-withdrawn",
            "destructions-what",
            "destructions-kept",
            "destructions-signed",
            "destructions-entry",
        ],
    );
    let line = |row: &DestructionRow| {
        let act = row.signed.as_ref();
        let kept = act.map(|act| {
            let kept = act.kept.iter();
            let lines = kept.map(|(fields, norm, until)| format!("{fields} – {norm}, {until}"));
            lines.collect::<Vec<_>>().join("\n")
        });
        vec![
            row.number.clone(),
            visit.date_and_time(row.at),
            act.map(|act| act.by.clone()).unwrap_or_default(),
            at(visit, act.and_then(|act| act.withdrawn_at)),
            act.map(|act| act.destroyed.join(", ")).unwrap_or_default(),
            kept.unwrap_or_default(),
            at(visit, act.map(|act| act.issued_at)),
            act.map(|act| act.entry.to_string()).unwrap_or_default(),
        ]
    };
    (head, rows.iter().map(line).collect())
}

/// Who has access to what today.
async fn access_today(arrival: &Arrival) -> Result<Table, Rejected> {
    let (system, visit, caller) = (&arrival.system, &arrival.visit, staff(arrival)?);
    let today = day_in_kazakhstan(system.now());
    let found = system.access_at_desk(caller, today, visit.language).await?;
    Ok(access(visit, found))
}

/// Who had access to what on a day, as a file.
///
/// # Errors
/// A fault when it cannot be written.
pub async fn access_file(arrival: &Arrival, found: AccessOnDay) -> Outcome {
    let name = format!("access-{}", found.day);
    let table = access(&arrival.visit, found);
    file(&arrival.visit, &name, sheet(arrival, "access-title", table)).await
}

fn access(visit: &Visit, found: AccessOnDay) -> Table {
    let mut head = vec![visit.say("access-name")];
    head.extend(said(
        visit,
        ["access-role", "access-since", "access-until", "access-reads"],
    ));
    let rows = found.rows.into_iter().map(|row| {
        let reads: Vec<String> = row
            .reads
            .iter()
            .map(|(purpose, fields)| format!("{purpose}: {}", fields.join(", ")))
            .collect();
        vec![
            row.name,
            row.role,
            visit.date_and_time(row.since),
            at(visit, row.until),
            reads.join("\n"),
        ]
    });
    (head, rows.collect())
}
