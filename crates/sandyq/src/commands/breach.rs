//! `sandyq breach`: the register of breaches (5.1.3), to look at. What is entered is entered in the console, by a person.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use sandyq_model::time::in_kazakhstan;
use sandyq_processing::System;
use sandyq_processing::breach::BreachRow;
use serde_json::{Value, json};

use super::backup::Of;
use super::keys::part;
use crate::data_folder::DataFolder;
use crate::door::{Asked, at_work};
use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

/// See the register of breaches, and whether the authority was told of each in time.
///
/// Nobody is named in it. The responsible person enters breaches, and what is done about them, in the console; nothing that was
/// entered is ever changed or removed. The look is an entry of the ledger.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq breach list --data /srv/sandyq
  sandyq breach list --json | jq '.breaches[] | select(.late)'

Exit codes: 0 done, 1 the authority was not told of one in time, 6 another program has the folder and does not answer.")]
pub struct Breach {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// The register, newest first
    List {
        #[command(flatten)]
        of: Of,
        /// Which page of it, from 1
        #[arg(long, default_value_t = 1, value_name = "NUMBER")]
        page: u32,
    },
}

impl Breach {
    /// Does what was asked, in the server when one serves the folder.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let Action::List { of, page } = &self.action;
        let folder = DataFolder::open(&of.data)?;
        let answer = at_work(&folder, Asked::Breaches { page: *page }, terminal)?;
        if of.json {
            terminal.answer_json(&answer)?;
        } else {
            for line in in_words(&answer) {
                terminal.answer(&line)?;
            }
        }
        let is_late = !rows(&answer, "late").is_empty();
        Ok(if is_late { Exit::No } else { Exit::Done })
    }
}

/// A page of the register, as JSON, with those of which the authority was not told in time.
pub async fn list(system: &System, page: u32) -> Result<Value, Failure> {
    let register = system.breaches_on_machine(page).await?;
    Ok(json!({
        "schema_version": 1,
        "page": register.page,
        "more": register.more,
        "breaches": register.rows.iter().map(as_json).collect::<Vec<_>>(),
        "late": late(system).await?,
    }))
}

/// Those of which the authority was not told in time, as JSON.
pub async fn late(system: &System) -> Result<Value, Failure> {
    let late = system.untold_breaches().await?;
    Ok(Value::Array(late.iter().map(as_json).collect()))
}

fn as_json(row: &BreachRow) -> Value {
    json!({
        "number": row.number,
        "kind": row.kind.name(),
        "detected_at": row.detected_at.to_string(),
        "due_at": row.due_at.to_string(),
        "told_at": row.told_at.map(|at| at.to_string()),
        "people": row.people,
        "closed": row.closed,
        "late": row.late,
    })
}

fn rows(answer: &Value, name: &str) -> Vec<Value> {
    part(answer, name).as_array().cloned().unwrap_or_default()
}

fn in_words(answer: &Value) -> Vec<String> {
    let breaches = rows(answer, "breaches");
    let mut lines: Vec<String> = breaches.iter().map(row_in_words).collect();
    if lines.is_empty() {
        lines.push("no breach was entered".to_owned());
    }
    if part(answer, "more").as_bool() == Some(true) {
        let next = part(answer, "page").as_u64().unwrap_or_default() + 1;
        lines.push(format!("older ones: sandyq breach list --page {next}"));
    }
    for row in rows(answer, "late") {
        let (number, due) = (part(&row, "number"), clock(part(&row, "due_at")));
        lines.push(format!("the authority was not told of {number} by {due}"));
    }
    lines
}

fn row_in_words(row: &Value) -> String {
    let people = part(row, "people").as_u64();
    let people = people.map_or_else(
        || "an unknown number of people".to_owned(),
        |count| format!("{count} people"),
    );
    let told = match part(row, "told_at") {
        Value::Null => "authority not told".to_owned(),
        at => format!("authority told {}", clock(at)),
    };
    let is = |name: &str| part(row, name).as_bool() == Some(true);
    let late = if is("late") { ", late" } else { "" };
    let state = if is("closed") { "closed" } else { "open" };
    format!(
        "{} {} found {}, {people}, due {}, {told}{late}, {state}",
        part(row, "number"),
        part(row, "kind").as_str().unwrap_or_default(),
        clock(part(row, "detected_at")),
        clock(part(row, "due_at")),
    )
}

/// An instant by the clocks of Kazakhstan, in which these hours are counted.
pub(super) fn clock(instant: &Value) -> String {
    let text = instant.as_str().unwrap_or_default();
    let read = text.parse::<Timestamp>();
    read.map_or_else(
        |_| text.to_owned(),
        |at| in_kazakhstan(at).strftime("%F %H:%M %:z").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_register_is_said_by_the_clocks_of_kazakhstan_and_late_ones_last() {
        let row = json!({
            "number": 2, "kind": "spread", "detected_at": "2026-11-27T09:40:00Z", "due_at": "2026-11-30T09:40:00Z",
            "told_at": null, "people": null, "closed": false, "late": true,
        });
        let told = json!({
            "number": 1, "kind": "access", "detected_at": "2026-11-02T04:00:00Z", "due_at": "2026-11-03T04:00:00Z",
            "told_at": "2026-11-02T09:30:00Z", "people": 12, "closed": true, "late": false,
        });
        let answer = json!({ "page": 1, "more": true, "breaches": [row, told], "late": [row] });
        assert_eq!(
            in_words(&answer),
            [
                "2 spread found 2026-11-27 14:40 +05:00, an unknown number of people, due 2026-11-30 14:40 +05:00, authority not told, late, open",
                "1 access found 2026-11-02 09:00 +05:00, 12 people, due 2026-11-03 09:00 +05:00, authority told 2026-11-02 14:30 +05:00, closed",
                "older ones: sandyq breach list --page 2",
                "the authority was not told of 2 by 2026-11-30 14:40 +05:00",
            ]
        );
        assert_eq!(in_words(&json!({})), ["no breach was entered"]);
    }
}
