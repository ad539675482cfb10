//! `sandyq explain`: what a finding of `check` means, or what a clause of the policy says and does.

use std::path::PathBuf;

use clap::Args;
use sandyq_model::Clause;
use sandyq_policy::check::{self, Code};
use sandyq_policy::{Effect, Policy};
use serde_json::{Value, json};

use crate::failure::{Exit, Failure};
use crate::policy_source::PolicySource;
use crate::terminal::{Terminal, Tone};

/// Explain a finding of `check`, or a clause of the policy with its rules in words.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq explain PD0007
  sandyq explain 4.3 --lang kk
  sandyq explain DEF-7 --json")]
pub struct Explain {
    /// A code such as PD0007, or a clause such as 4.3
    #[arg(value_name = "CODE")]
    pub code: String,
    /// The policy folder, for a clause
    #[arg(long, value_name = "DIR")]
    pub policy: Option<PathBuf>,
    /// As one JSON value
    #[arg(long)]
    pub json: bool,
}

impl Explain {
    /// Explains.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        if let Ok(code) = self.code.parse::<Code>() {
            return self.finding(code, terminal);
        }
        if self.code.to_ascii_uppercase().starts_with("PD0") {
            return Err(
                Failure::new(Exit::Usage, format!("no finding has the code {}", self.code))
                    .help("they run from PD0001 on; `sandyq check` names those that it found"),
            );
        }
        self.clause(terminal)
    }

    fn finding(&self, code: Code, terminal: &Terminal) -> Result<Exit, Failure> {
        if self.json {
            let page = check::explain(code);
            let about =
                json!({ "schema_version": 1, "code": code.to_string(), "title": code.title(), "page": page });
            terminal.answer_json(&about)?;
        } else {
            terminal.answer(check::explain(code).trim_end())?;
        }
        Ok(Exit::Done)
    }

    fn clause(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let source = PolicySource::find(self.policy.as_deref());
        let policy = source.load()?;
        let clause = Clause::new(self.code.clone());
        let Some(text) = policy.clause(terminal.language, &clause) else {
            return Err(
                Failure::new(Exit::Usage, format!("{source} has no clause {}", self.code))
                    .help("clauses are numbered as in the published text: 4.3, 1.1.2, DEF-7, PRE-4"),
            );
        };
        let rules = rules(&policy, &clause, terminal);
        if self.json {
            terminal.answer_json(&json!({
                "schema_version": 1,
                "clause": text.clause.to_string(),
                "title": text.title,
                "text": text.markdown,
                "rules": rules,
            }))?;
            return Ok(Exit::Done);
        }
        let title = terminal.paint(&format!("{} {}", text.clause, text.title), Tone::Strong);
        terminal.answer(&format!("{title}\n\n{}", text.markdown.trim()))?;
        for rule in &rules {
            let part = |name: &str| rule.get(name).and_then(Value::as_str).unwrap_or_default();
            terminal.answer(&format!(
                "\n{} {}: {}",
                part("effect"),
                part("rule"),
                part("words")
            ))?;
        }
        Ok(Exit::Done)
    }
}

fn rules(policy: &Policy, clause: &Clause, terminal: &Terminal) -> Vec<Value> {
    let words = policy.words(terminal.language);
    let rules = policy.rules_of(clause).map(|rule| {
        json!({
            "rule": rule.id.to_string(),
            "effect": match rule.effect {
                Effect::Permit => "permits",
                Effect::Forbid => "forbids",
            },
            "words": words.rule(rule.id.as_str()),
        })
    });
    rules.collect()
}
