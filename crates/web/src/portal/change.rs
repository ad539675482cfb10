//! 6.2: one corrects one's own data, a value at a time.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Plain, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::request::MyRow;

use crate::components::{
    Control, PasswordQuestion, control, error_summary, password_question, postal_code_name, submit, tray,
};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
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
    /// Whether the password is asked for: for an account that has one.
    pub asks_password: bool,
}

impl Correction {
    /// What is held now.
    #[must_use]
    pub fn held(row: &MyRow) -> Self {
        let value = row.value.expose();
        match value
            .rsplit_once('\n')
            .filter(|_| kind(&row.name) == ValueKind::PostalAddress)
        {
            Some((lines, code)) => Self {
                value: lines.to_owned(),
                postal_code: code.to_owned(),
                asks_password: false,
            },
            None => Self {
                value: value.clone(),
                postal_code: String::new(),
                asks_password: false,
            },
        }
    }

    fn joined(&self) -> Plain<String> {
        let both = if self.postal_code.is_empty() {
            self.value.clone()
        } else {
            format!("{}\n{}", self.value, self.postal_code)
        };
        Plain::new(both)
    }
}

/// The control that suits a field; the value itself is judged by the system.
fn kind(name: &str) -> ValueKind {
    match name {
        "email" => ValueKind::Email,
        "country" => ValueKind::Country,
        "birth_date" => ValueKind::BirthDate,
        "delivery_address" | "residential_address" => ValueKind::PostalAddress,
        name if name.ends_with("phone") || name == "fax" => ValueKind::Phone,
        _ => ValueKind::Text,
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
    sent.typed
        .only(|name| name == field || name == code_name || name == "current")?;
    let typed = Correction {
        value: sent.typed.text(field).to_owned(),
        postal_code: sent.typed.text(&code_name).trim().to_owned(),
        asks_password: asks_password(&sent.arrival).await?,
    };
    let visit = &sent.arrival.visit;
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
        .clarify_proven(sent.arrival.known()?, field, &typed.joined(), (&current, key))
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

/// The page.
#[must_use]
pub fn page(visit: &Visit, row: &MyRow, typed: &Correction, mistake: &Mistake) -> Page {
    let action = format!("/my/change/{}", row.name);
    let of = Control {
        name: &row.name,
        kind: kind(&row.name),
        label: &row.label,
        hint: "",
        why: html! {},
        typed: &typed.value,
        autocomplete: "on",
        required: true,
    };
    let password_label = visit.say("password-current-label");
    let current = PasswordQuestion {
        name: "current",
        label: &password_label,
        hint: "",
        new: false,
    };
    let inside = html! {
        (control(visit, &of, mistake, &typed.postal_code))
        @if typed.asks_password { (password_question(visit, &current, mistake)) }
        (submit("save", &visit.say("change-button")))
    };
    let label_of = |name: &str| match name {
        "current" => Some(password_label.clone()),
        _ => Some(row.label.clone()),
    };
    let title = visit.say_of("change-title", "field", &row.label);
    let id = |name: &str, problem: Problem| {
        if problem == Problem::PostalCode {
            postal_code_name(name)
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
