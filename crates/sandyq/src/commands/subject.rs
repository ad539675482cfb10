//! `sandyq subject`: what is held about one person, by field and never by value, and their destruction along the one
//! path (6.3, 8). Only the responsible person (5.1.1) does this; the ledger names who signed in.

use std::io::BufRead;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use sandyq_model::{Mistake, Plain, Problem, Role};
use sandyq_processing::access::Caller;
use sandyq_processing::request::Overview;
use sandyq_processing::retention::ValueEnd;
use sandyq_processing::second_person::{Agreed, Deed};
use sandyq_processing::{Rejected, System};
use serde_json::{Value, json};

use super::staff::password_line;
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::outside;
use crate::rejected_in_words::failure_of;
use crate::running;
use crate::terminal::{Terminal, Tone};

/// One person: what is held, and its destruction.
#[derive(Args, Debug)]
pub struct Subject {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Show where the record stands, which fields are held and where they came from; never a value
    Show(Show),
    /// Enter a withdrawal of consent that came by letter
    Withdraw(Withdraw),
    /// Destroy what is held, as far as the policy allows it
    Destroy(DestroyOne),
}

/// Who asks, and about whom.
#[derive(Args, Debug)]
struct Asking {
    /// A reference number such as SQ-7K2M-9QXA, or the id of a person
    reference: String,
    /// Sign-in name of the responsible person; the password and then a number of their second
    /// factor are read from stdin, a line each, never from the command line
    #[arg(long = "as", value_name = "NAME")]
    name: String,
    /// The data folder
    #[arg(long, env = "SANDYQ_DATA", default_value = "sandyq-data", value_name = "DIR")]
    data: PathBuf,
    /// As one JSON value
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  sandyq subject show SQ-7K2M-9QXA --as gulmira")]
struct Show {
    #[command(flatten)]
    asking: Asking,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  sandyq subject withdraw SQ-7K2M-9QXA --as gulmira

Destruction follows by itself when the server runs, or at once with `sandyq subject destroy`.")]
struct Withdraw {
    #[command(flatten)]
    asking: Asking,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  sandyq subject destroy SQ-7K2M-9QXA --as gulmira --yes < password

It takes two: the first person proposes it, another one runs the same command and agrees (5.1.1).

Exit codes: 0 proposed or destroyed, 1 the policy refuses, 4 not the responsible person.")]
struct DestroyOne {
    #[command(flatten)]
    asking: Asking,
    /// Do not ask to type the reference again
    #[arg(long)]
    yes: bool,
}

impl Subject {
    /// Does what was asked about the person.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        match &self.action {
            Action::Show(Show { asking }) => {
                asking.session(terminal, async |system, _| asking.show(system, terminal).await)
            }
            Action::Withdraw(Withdraw { asking }) => asking.session(terminal, async |system, caller| {
                asking.withdraw(system, caller, terminal).await
            }),
            Action::Destroy(DestroyOne { asking, yes }) => {
                asking.session(terminal, async |system, caller| {
                    if !yes {
                        asking.ask_to_type_again(terminal)?;
                    }
                    asking.destroy(system, caller, terminal).await
                })
            }
        }
    }
}

impl Asking {
    /// Signs the responsible person in, does the work, signs out.
    fn session(
        &self,
        terminal: &Terminal,
        work: impl AsyncFnOnce(&System, &Caller) -> Result<Exit, Failure>,
    ) -> Result<Exit, Failure> {
        let folder = DataFolder::open(&self.data)?;
        if outside::can_ask() {
            terminal.word(&format!("password of {} (not shown while you type):", self.name));
        }
        let secret = password_line()?;
        let (system, _lock) = running::system_at_rest(&folder)?;
        running::runtime()?.block_on(async {
            let caller = self.sign_in(&system, secret, terminal).await?;
            let done = work(&system, &caller).await;
            let left = system.sign_out(&caller).await;
            left.map_err(|rejected| failure_of(rejected, &system, terminal.language))?;
            done
        })
    }

    async fn sign_in(
        &self,
        system: &System,
        secret: Plain<String>,
        terminal: &Terminal,
    ) -> Result<Caller, Failure> {
        let failed = |rejected, says: &str| match rejected {
            Rejected::Fault(fault) => Failure::from(fault),
            _ => Failure::new(Exit::Authentication, says.to_owned()),
        };
        let half_way = system.sign_in(&self.name, secret).await.map_err(|rejected| {
            let is_late = |mistake: &Mistake| mistake.of("password") == Some(Problem::SetUpLate);
            match &rejected {
                Rejected::Mistake(mistake) if is_late(mistake) => {
                    failed(rejected, SET_UP_LATE).help("`sandyq staff factor` gives another 72 hours")
                }
                _ => failed(rejected, "the name and the password do not go together"),
            }
        })?;
        if half_way.sets_up {
            return Err(Failure::new(Exit::Authentication, NO_FACTOR).help(SET_UP_FIRST));
        }
        if outside::can_ask() {
            terminal.word("the number that your program shows, or a code on paper:");
        }
        let number = password_line()?;
        let entered = system.sign_in_by_number(half_way.token.expose(), &number).await;
        let entered =
            entered.map_err(|rejected| failed(rejected, "the number does not fit, or was used before"))?;
        let refused = || Failure::new(Exit::Authentication, "the session ended");
        let caller = system
            .caller(entered.session.expose())
            .await?
            .ok_or_else(refused)?;
        if caller.actor.role == Role::RESPONSIBLE {
            return Ok(caller);
        }
        let happened = format!("{} is not the responsible person (5.1.1)", self.name);
        Err(Failure::new(Exit::Authentication, happened))
    }

    async fn overview(&self, system: &System, terminal: &Terminal) -> Result<Overview, Failure> {
        let told = |rejected| match rejected {
            Rejected::NotFound => Failure::new(Exit::No, "nobody is found by that")
                .help("the reference numbers of destroyed people lead to nobody any more (6.3)"),
            other => failure_of(other, system, terminal.language),
        };
        let subject = system.subject_of(self.reference.trim()).await.map_err(told)?;
        system.overview(subject).await.map_err(told)
    }

    async fn show(&self, system: &System, terminal: &Terminal) -> Result<Exit, Failure> {
        let overview = self.overview(system, terminal).await?;
        if self.json {
            terminal.answer_json(&as_json(&overview, system))?;
        } else {
            terminal.answer(&in_words(&overview, system, terminal))?;
        }
        Ok(Exit::Done)
    }

    async fn withdraw(&self, system: &System, caller: &Caller, terminal: &Terminal) -> Result<Exit, Failure> {
        let overview = self.overview(system, terminal).await?;
        let withdrawn = system.withdraw_by_letter(caller, overview.subject).await;
        let withdrawn = withdrawn.map_err(|rejected| failure_of(rejected, system, terminal.language))?;
        let due = sandyq_model::time::day_in_kazakhstan(withdrawn.due);
        if self.json {
            terminal.answer_json(&json!({
                "schema_version": 1,
                "withdrawn": true,
                "number": withdrawn.number,
                "due": due.to_string(),
            }))?;
        } else {
            terminal.answer(&format!("withdrawn; number {}", withdrawn.number))?;
            terminal.word(&format!(
                "everything that no law keeps is destroyed by {due} at the latest"
            ));
        }
        Ok(Exit::Done)
    }

    async fn destroy(&self, system: &System, caller: &Caller, terminal: &Terminal) -> Result<Exit, Failure> {
        let overview = self.overview(system, terminal).await?;
        let failed = |rejected| failure_of(rejected, system, terminal.language);
        let waiting = system.proposals(caller).await.map_err(failed)?;
        let mut of_this = waiting
            .iter()
            .filter(|one| one.deed == Deed::Destroy && one.subject == Some(overview.subject));
        let Some(proposal) = of_this.clone().find(|one| !one.own).or_else(|| of_this.next()) else {
            let proposed = system.propose_destruction(caller, overview.subject).await;
            proposed.map_err(failed)?;
            return self.told_of_proposal(terminal);
        };
        let Agreed::Destroyed(receipt) = system.agree(caller, proposal.id).await.map_err(failed)? else {
            return Ok(Exit::No);
        };
        let receipt = receipt.to_string();
        // Signs the receipt; letters wait for the server.
        system.run_queue().await?;
        let signed = system.receipt(&receipt, terminal.language).await?;
        if signed.is_none() {
            terminal.word("the receipt is not signed yet; the server signs it when it runs");
        }
        let kept = signed.map(|view| view.kept).unwrap_or_default();
        if self.json {
            let kept: Vec<Value> = kept
                .iter()
                .map(|(fields, citation, until)| json!({ "fields": fields, "citation": citation, "until": until }))
                .collect();
            terminal.answer_json(&json!({
                "schema_version": 1,
                "destroyed": true,
                "receipt": receipt,
                "kept": kept,
            }))?;
            return Ok(Exit::Done);
        }
        terminal.answer(&format!("destroyed; receipt {receipt}"))?;
        for (fields, citation, until) in &kept {
            terminal.answer(&format!("kept, locked, until {until} under {citation}: {fields}"))?;
        }
        Ok(Exit::Done)
    }

    /// 5.1.1: the first of two has spoken.
    fn told_of_proposal(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        if self.json {
            terminal.answer_json(&json!({ "schema_version": 1, "destroyed": false, "proposed": true }))?;
        } else {
            terminal.answer("proposed; nothing is destroyed yet (5.1.1)")?;
            terminal.word(&format!(
                "another responsible person agrees with `sandyq subject destroy {} --as NAME`, or at /staff/proposals",
                self.reference
            ));
        }
        Ok(Exit::Done)
    }

    fn ask_to_type_again(&self, terminal: &Terminal) -> Result<(), Failure> {
        let unsure = || {
            Failure::new(Exit::Usage, "nothing was destroyed")
                .help("type the reference when asked, or say --yes: destruction cannot be undone (DEF-8)")
        };
        if !outside::can_ask() {
            return Err(unsure());
        }
        terminal.word(&format!(
            "destruction cannot be undone; type {} to go on:",
            self.reference
        ));
        let mut typed = String::new();
        let read = std::io::stdin().lock().read_line(&mut typed);
        if read.is_ok() && typed.trim() == self.reference.trim() {
            Ok(())
        } else {
            Err(unsure())
        }
    }
}

fn in_words(overview: &Overview, system: &System, terminal: &Terminal) -> String {
    let line = |key: &str, value: String| format!("  {key:<10} {value}");
    let day = |at: jiff::Timestamp| sandyq_model::time::day_in_kazakhstan(at).to_string();
    let language = terminal.language;
    let mut lines = vec![
        line("person", overview.subject.to_string()),
        line("category", system.category_label(overview.category, language)),
        line("standing", overview.standing.to_string()),
        line("since", day(overview.created_at)),
    ];
    lines.extend(overview.withdrawn_at.map(|at| line("withdrawn", day(at))));
    lines.extend(overview.due_at.map(|at| line("due", day(at))));
    lines.extend(
        overview
            .cases
            .iter()
            .map(|(reference, kind, state)| line("case", format!("{reference} {kind}, {state}"))),
    );
    if !overview.fields.is_empty() {
        lines.push(terminal.paint("  held, sealed", Tone::Strong));
    }
    for (field, source, at) in &overview.fields {
        let label = system.field_label(*field, language);
        lines.push(format!("    {label}, from {source} on {}", day(*at)));
        let end = overview.ends.iter().find(|value| value.field == *field);
        lines.extend(end.map(|end| format!("      {}", why_kept(end))));
    }
    lines.extend(overview.holds.iter().map(|hold| {
        let state = match &hold.lifted {
            None => "stands".to_owned(),
            Some((day, document)) => format!("lifted on {day} by {document}"),
        };
        let (by, document) = (hold.ordered_by.name(), &hold.document);
        line(
            "order",
            format!("{by}, {}, {document} of {}: {state}", hold.article, hold.dated),
        )
    }));
    for (fields, citation) in &overview.kept {
        lines.push(line(
            "kept",
            format!("{} under {citation}", system.labels(*fields, language).join(", ")),
        ));
    }
    lines.join("\n")
}

/// Until when a value is kept, and why: each purpose with its own end, and the article that outlasts them.
fn why_kept(end: &ValueEnd) -> String {
    let day = |at: jiff::Timestamp| sandyq_model::time::day_in_kazakhstan(at).to_string();
    let mut reasons: Vec<String> = end
        .serves
        .iter()
        .filter_map(|serves| {
            let by = if serves.relation_ends.is_some() {
                "unused"
            } else {
                "reached"
            };
            let by = if serves.consent_ends.is_some() {
                "consent"
            } else {
                by
            };
            Some(format!(
                "{} {} ({by} {})",
                serves.purpose,
                serves.item,
                day(serves.ends_at()?)
            ))
        })
        .collect();
    reasons.extend(
        end.floors
            .iter()
            .map(|(citation, until)| format!("{citation} ({until})")),
    );
    format!("until {}: {}", day(end.destroy_by), reasons.join("; "))
}

fn as_json(overview: &Overview, system: &System) -> Value {
    let policy = system.policy();
    let fields: Vec<Value> = overview
        .fields
        .iter()
        .map(|(field, source, at)| {
            let end = overview.ends.iter().find(|value| value.field == *field);
            json!({
                "field": policy.field_name(*field),
                "source": source,
                "recorded_at": at.to_string(),
                "until": end.map(|end| end.destroy_by.to_string()),
                "why": end.map(why_kept),
            })
        })
        .collect();
    let cases: Vec<Value> = overview
        .cases
        .iter()
        .map(|(reference, kind, state)| json!({ "reference": reference, "kind": kind, "state": state }))
        .collect();
    let kept: Vec<Value> = overview
        .kept
        .iter()
        .map(|(fields, citation)| json!({ "fields": policy.names_of(*fields), "citation": citation }))
        .collect();
    let holds: Vec<Value> = overview
        .holds
        .iter()
        .map(|hold| {
            json!({
                "ordered_by": hold.ordered_by.name(),
                "article": hold.article,
                "document": hold.document,
                "dated": hold.dated,
                "placed_on": hold.placed_on.to_string(),
                "lifted_on": hold.lifted.as_ref().map(|(day, _)| day.to_string()),
                "lifted_document": hold.lifted.as_ref().map(|(_, document)| document),
            })
        })
        .collect();
    json!({
        "schema_version": 1,
        "person": overview.subject.to_string(),
        "category": overview.category.name(),
        "standing": overview.standing.name(),
        "created_at": overview.created_at.to_string(),
        "withdrawn_at": overview.withdrawn_at.map(|at| at.to_string()),
        "due_at": overview.due_at.map(|at| at.to_string()),
        "fields": fields,
        "cases": cases,
        "kept": kept,
        "holds": holds,
    })
}

const SET_UP_LATE: &str = "the time to set up a second factor is over";
const NO_FACTOR: &str = "there is no second factor yet";
const SET_UP_FIRST: &str = "sign in once at /staff/sign-in, where it is set up";
