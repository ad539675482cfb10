//! 6.2: one corrects one's own data, a value at a time.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::{Row, ValueKind, joined};
use sandyq_model::{Mistake, Plain, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::request::MyRow;

use crate::components::{
    Control, PasswordQuestion, RowsQuestion, control, entered, error_summary, first_input, part_label,
    password_question, postal_code_name, rows_question, submit, tray,
};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::http::rows::{self, RowStep};
use crate::layout::Page;
use crate::portal::new_address;
use crate::visit::Visit;

/// What stands in the form.
#[derive(Default)]
pub struct Correction {
    /// The value, or the lines of an address.
    pub value: String,
    /// The postal code of an address.
    pub postal_code: String,
    /// The rows, of a value that has some.
    pub rows: Vec<Row>,
    /// Whether the password is asked for: for an account that has one.
    pub asks_password: bool,
}

impl Correction {
    /// What is held now.
    #[must_use]
    pub fn held(row: &MyRow) -> Self {
        if row.kind.has_rows() {
            return Self {
                rows: rows::of_kept(row.kind, &row.value),
                ..Self::default()
            };
        }
        let value = row.value.expose();
        let parts = value
            .rsplit_once('\n')
            .filter(|_| row.kind == ValueKind::PostalAddress);
        let (lines, code) = parts.unwrap_or((value, ""));
        Self {
            value: lines.to_owned(),
            postal_code: code.to_owned(),
            ..Self::default()
        }
    }

    fn joined(&self, kind: ValueKind) -> Plain<String> {
        if kind.has_rows() {
            return joined(&self.rows);
        }
        let both = if self.postal_code.is_empty() {
            self.value.clone()
        } else {
            format!("{}\n{}", self.value, self.postal_code)
        };
        Plain::new(both)
    }
}

/// GET /my/change/{field}
pub async fn open(Path(field): Path<String>, arrival: Arrival) -> Response {
    let outcome = opened(&arrival, &field).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival, field: &str) -> Outcome {
    let row = row_of(arrival, field).await?;
    let held = Correction {
        asks_password: asks_password(arrival).await?,
        ..Correction::held(&row)
    };
    let page = page(&arrival.visit, &row, &held, &Mistake::default());
    Ok(Answer::Page(page))
}

async fn asks_password(arrival: &Arrival) -> Result<bool, Rejected> {
    let state = arrival.system.my_password(arrival.known()?).await?;
    Ok(state.is_some_and(|state| state.chosen))
}

/// POST /my/change/{field}
pub async fn correct(Path(field): Path<String>, sent: Sent) -> Response {
    let outcome = corrected(&sent, &field).await;
    sent.arrival.respond(outcome)
}

async fn corrected(sent: &Sent, field: &str) -> Outcome {
    let row = row_of(&sent.arrival, field).await?;
    let code_name = postal_code_name(field);
    let parts: Vec<String> = rows::names(field, row.kind).collect();
    sent.typed.only(|name| {
        name == "current"
            || if row.kind.has_rows() {
                parts.iter().any(|part| part == name)
            } else {
                name == field || name == code_name
            }
    })?;
    let in_row = |name: &str| sent.typed.has(name).then(|| sent.typed.text(name));
    let mut typed = Correction {
        value: sent.typed.text(field).to_owned(),
        postal_code: sent.typed.text(&code_name).trim().to_owned(),
        rows: rows::gathered(field, row.kind, in_row),
        asks_password: asks_password(&sent.arrival).await?,
    };
    let visit = &sent.arrival.visit;
    if let Some(step) = RowStep::of(sent.typed.text("step"), field) {
        typed.rows = step.done(typed.rows);
        return Ok(Answer::Page(page(visit, &row, &typed, &Mistake::default())));
    }
    if sent.typed.text("step") == "show" {
        return Ok(Answer::Page(page(visit, &row, &typed, &Mistake::default())));
    }
    sent.fresh()?;
    let (current, key) = (sent.typed.plain("current"), sent.key()?);
    if field == "email"
        && sent
            .arrival
            .system
            .address_takes_code(sent.arrival.known()?)
            .await?
    {
        return to_new_address(sent, (&row, &typed), &current).await;
    }
    let done = sent
        .arrival
        .system
        .clarify_proven(
            sent.arrival.known()?,
            field,
            &typed.joined(row.kind),
            (&current, key),
        )
        .await;
    match mistake_of(done)? {
        Ok(()) => Ok(Answer::SeeOther("/my".to_owned())),
        Err(mistake) => {
            let page = page(visit, &row, &typed, &mistake);
            Ok(Answer::wrong(page))
        }
    }
}

/// The address of an account changes by a code that goes to the new one.
async fn to_new_address(sent: &Sent, asked: (&MyRow, &Correction), current: &Plain<String>) -> Outcome {
    let (row, typed) = asked;
    let visit = &sent.arrival.visit;
    let caller = sent.arrival.known()?;
    let email = Plain::new(typed.value.trim().to_owned());
    let proposed = sent
        .arrival
        .system
        .propose_address(caller, current, &email, visit.language)
        .await;
    Ok(match mistake_of(proposed)? {
        Ok(new) => Answer::Page(new_address::page(visit, &new, &Mistake::default())),
        Err(mistake) => Answer::Status(
            StatusCode::UNPROCESSABLE_ENTITY,
            page(visit, row, typed, &mistake),
        ),
    })
}

/// The row of that field, if it is there and may be changed.
async fn row_of(arrival: &Arrival, field: &str) -> Result<MyRow, Rejected> {
    let data = arrival
        .system
        .my_data(arrival.known()?, arrival.visit.language)
        .await?;
    data.rows
        .into_iter()
        .find(|row| row.name == field && row.changeable)
        .ok_or(Rejected::NotFound)
}

/// The control that suits the field; rows of parts have one for each part.
fn question(visit: &Visit, action: &str, row: &MyRow, typed: &Correction, mistake: &Mistake) -> Markup {
    if row.kind.has_rows() {
        let of = RowsQuestion {
            name: &row.name,
            kind: row.kind,
            label: &row.label,
            hint: "",
            why: html! {},
            rows: &typed.rows,
            required: true,
            action,
        };
        return rows_question(visit, &of, mistake);
    }
    let of = Control {
        name: &row.name,
        kind: row.kind,
        label: &row.label,
        hint: "",
        why: html! {},
        typed: &typed.value,
        autocomplete: "on",
        required: true,
    };
    control(visit, &of, mistake, &typed.postal_code)
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, row: &MyRow, typed: &Correction, mistake: &Mistake) -> Page {
    let action = format!("/my/change/{}", row.name);
    let password_label = visit.say("password-current-label");
    let current = PasswordQuestion {
        name: "current",
        label: &password_label,
        hint: "",
        new: false,
    };
    let inside = html! {
        @if row.kind.has_rows() { (entered("save")) }
        (question(visit, &action, row, typed, mistake))
        @if typed.asks_password { (password_question(visit, &current, mistake)) }
        (submit("save", &visit.say("change-button")))
    };
    let label_of = |name: &str| match name {
        "current" => Some(password_label.clone()),
        name => part_label(visit, (&row.name, &row.label), name).or_else(|| Some(row.label.clone())),
    };
    let title = visit.say_of("change-title", "field", &row.label);
    let id = |name: &str, problem: Problem| {
        if problem == Problem::PostalCode {
            postal_code_name(name)
        } else if row.kind.has_rows() && name == row.name {
            first_input(name, row.kind)
        } else {
            name.to_owned()
        }
    };
    let body = html! {
        (error_summary(visit, mistake, label_of, id))
        h1 { (title) }
        p.lead { (visit.say("change-lead")) }
        (tray(visit, &action, &[], &inside))
    };
    Page::new(title, body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/my")
        .keeping_typed(action, "show", "save")
}
