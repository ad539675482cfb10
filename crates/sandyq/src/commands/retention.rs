//! `sandyq retention`: what falls due and when (8-a), and the run that destroys it now (8-c). The server runs daily by itself.

use clap::{Args, Subcommand};
use sandyq_processing::System;
use sandyq_processing::retention::{Alarm, Next, Plan, Run, Stop};
use serde_json::{Value, json};

use super::backup::Of;
use super::keys::part;
use crate::data_folder::DataFolder;
use crate::door::{Asked, at_work};
use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

/// See what is destroyed next and why it is still here, or destroy now what is due.
///
/// A server destroys what is due by itself, at the latest every day; so this is for a look, and for after an alarm. A record
/// that somebody blocked waits. By a clock that went back, and on days that the calendar does not know, nothing is destroyed.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq retention plan --data /srv/sandyq
  sandyq retention plan --json | jq .alarms
  sandyq retention run

Exit codes: 0 done, 1 there is an alarm, 6 another program has the folder and does not answer.")]
pub struct Retention {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// What falls due within 7, 30 and 90 days, what waits, and how the last runs ended
    Plan(Of),
    /// Destroy what is due, now
    Run {
        #[command(flatten)]
        of: Of,
        /// You looked at the clock of this machine, and it is right: a run that is later than now is forgotten
        #[arg(long)]
        clock_is_right: bool,
    },
}

impl Retention {
    /// Does what was asked, in the server when one serves the folder.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let (of, asked) = match &self.action {
            Action::Plan(of) => (of, Asked::RetentionPlan),
            Action::Run { of, clock_is_right } => (
                of,
                Asked::RetentionRun {
                    clock_is_right: *clock_is_right,
                },
            ),
        };
        let folder = DataFolder::open(&of.data)?;
        let answer = at_work(&folder, asked, terminal)?;
        if of.json {
            terminal.answer_json(&answer)?;
        } else {
            for line in in_words(&answer) {
                terminal.answer(&line)?;
            }
        }
        let alarms = part(&answer, "alarms").as_array().map_or(0, Vec::len);
        Ok(if alarms == 0 { Exit::Done } else { Exit::No })
    }
}

/// The plan, as JSON.
pub async fn plan(system: &System) -> Result<Value, Failure> {
    Ok(as_json(&system.retention_plan().await?, system))
}

/// Destroys what is due; as JSON, with the plan after it. `told` hears how many destructions were done so far.
pub async fn run(
    system: &System,
    clock_is_right: bool,
    told: impl Fn(u64) + Send + Sync,
) -> Result<Value, Failure> {
    let ran = system.retention_now(clock_is_right, told).await?;
    let mut answer = as_json(&system.retention_plan().await?, system);
    if let Value::Object(members) = &mut answer {
        members.insert("destroyed".to_owned(), json!(ran.queued));
    }
    Ok(answer)
}

fn as_json(plan: &Plan, system: &System) -> Value {
    let next = |next: &Next| {
        let policy = system.policy();
        json!({
            "person": next.subject.to_string(),
            "cases": next.cases,
            "category": next.category.name(),
            "at": next.at.to_string(),
            "fields": policy.names_of(next.fields),
            "kept": next.kept.floors.iter().map(|floor| json!({
                "fields": policy.names_of(floor.fields),
                "citation": floor.citation,
                "until": floor.until.to_string(),
            })).collect::<Vec<_>>(),
        })
    };
    let run = |run: &Run| {
        json!({
            "day": run.day,
            "begun_at": run.begun_at.to_string(),
            "ended_at": run.ended_at.map(|at| at.to_string()),
            "destroyed": run.destroyed,
            "waiting": run.waiting,
            "stopped": run.stopped.map(Stop::name),
        })
    };
    json!({
        "schema_version": 1,
        "at": plan.at.to_string(),
        "alarms": plan.alarms.iter().map(|alarm| in_a_sentence(*alarm)).collect::<Vec<_>>(),
        "ahead": plan.ahead.iter().map(|(days, people, values)| {
            json!({ "days": days, "people": people, "values": values })
        }).collect::<Vec<_>>(),
        "next": plan.next.iter().map(next).collect::<Vec<_>>(),
        "waiting": plan.waiting.iter().map(next).collect::<Vec<_>>(),
        "runs": plan.runs.iter().map(run).collect::<Vec<_>>(),
    })
}

/// An alarm, with what to do.
pub(super) fn in_a_sentence(alarm: Alarm) -> String {
    match alarm {
        Alarm::Stopped(Stop::ClockBack) => {
            "the run stopped: the clock went back behind the last run; look at the clock, then run: sandyq retention run \
             --clock-is-right"
                .to_owned()
        }
        Alarm::Stopped(Stop::ClockAhead) => {
            "the run stopped: the clock leapt ahead; look at the clock, then start the server again".to_owned()
        }
        Alarm::Stopped(Stop::Calendar) => {
            "the run stopped: the calendar ends before today; enter the year's days in calendar/kz.kdl".to_owned()
        }
        Alarm::Waiting(count) => {
            format!("{count} due and blocked: somebody must end each block, or say why it stays")
        }
        Alarm::Cards(count) => {
            format!("{count} values of card data have outlived their day: destroy them by hand, and find out why they are there")
        }
        Alarm::Late(since) => format!(
            "no run has ended since {}; is the server running?",
            since.strftime("%F %H:%MZ")
        ),
    }
}

fn in_words(answer: &Value) -> Vec<String> {
    let text = |of: &Value, name: &str| match part(of, name) {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let list = |name: &str| part(answer, name).as_array().cloned().unwrap_or_default();
    let mut lines = Vec::new();
    if let Some(destroyed) = part(answer, "destroyed").as_u64() {
        lines.push(format!("{destroyed} destructions done"));
    }
    lines.extend(
        list("alarms")
            .iter()
            .filter_map(|alarm| Some(format!("alarm: {}", alarm.as_str()?))),
    );
    for ahead in list("ahead") {
        lines.push(format!(
            "within {:>2} days: {} people, {} single values",
            text(&ahead, "days"),
            text(&ahead, "people"),
            text(&ahead, "values")
        ));
    }
    for (name, title) in [("next", "next"), ("waiting", "waits, blocked")] {
        for row in list(name) {
            lines.push(format!("{title}: {}", row_in_words(&row)));
        }
    }
    for run in list("runs") {
        let stopped = part(&run, "stopped")
            .as_str()
            .map(|stop| format!(", stopped: {stop}"));
        lines.push(format!(
            "run of {}: {} destructions, {} waiting{}",
            text(&run, "day"),
            text(&run, "destroyed"),
            text(&run, "waiting"),
            stopped.unwrap_or_default()
        ));
    }
    lines
}

fn row_in_words(row: &Value) -> String {
    let names = |name: &str| {
        let listed = part(row, name).as_array().cloned().unwrap_or_default();
        let listed: Vec<String> = listed
            .iter()
            .filter_map(|one| one.as_str().map(ToOwned::to_owned))
            .collect();
        listed.join(", ")
    };
    let (cases, fields) = (names("cases"), names("fields"));
    let who = if cases.is_empty() {
        part(row, "person").as_str().unwrap_or_default().to_owned()
    } else {
        cases
    };
    let what = if fields.is_empty() {
        "everything".to_owned()
    } else {
        fields
    };
    let kept = part(row, "kept").as_array().cloned().unwrap_or_default();
    let kept: Vec<String> = kept
        .iter()
        .filter_map(|floor| {
            let until = part(floor, "until").as_str()?;
            Some(format!(
                " (until {until} under {} stay some)",
                part(floor, "citation").as_str()?
            ))
        })
        .collect();
    let day = part(row, "at").as_str().unwrap_or_default().to_owned();
    format!("{day} {who} {what}{}", kept.concat())
}
