//! `sandyq check`: every mistake in a policy folder, in one run, each with its place and what to do.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use miette::{GraphicalReportHandler, GraphicalTheme};
use sandyq_policy::check::{Label, Severity};
use sandyq_policy::{Diagnostic, Policy};
use serde_json::{Value, json};

use crate::failure::{Exit, Failure};
use crate::policy_source::PolicySource;
use crate::terminal::{Terminal, Tone};

/// Find every mistake in a policy folder.
///
/// Without a folder: `policy` here, else that of the data folder, else the one that is part of this program.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq check policy
  sandyq check policy --format json | jq '.diagnostics[].code'
  sandyq explain PD0007

Exit codes: 0 sound, 1 warnings with --deny-warnings, 2 errors, 3 the folder cannot be read.")]
pub struct Check {
    /// The policy folder
    pub policy_dir: Option<PathBuf>,
    /// For people or for programs
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Treat warnings as a negative answer
    #[arg(long)]
    pub deny_warnings: bool,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// With the lines of the policy they are about.
    Human,
    /// One JSON value.
    Json,
}

impl Check {
    /// Checks and says what was found.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let source = PolicySource::find(self.policy_dir.as_deref());
        let folder = source.read()?;
        let found = Policy::check(&folder);
        let errors = found.iter().filter(|one| one.is_error()).count();
        let warnings = found.len() - errors;
        let version = hex::encode(folder.version());
        match self.format {
            Format::Json => terminal.answer_json(&report(&source, &version, &found))?,
            Format::Human => {
                for one in &found {
                    terminal.answer(&drawn(one, terminal))?;
                }
                let (counts, short) = (counts(errors, warnings), short(&version));
                if errors == 0 {
                    let sound = terminal.paint("sound", Tone::Good);
                    terminal.answer(&format!("{source} is {sound}{counts}; version {short}"))?;
                } else {
                    terminal.word(&format!(
                        "{source}{counts}; `sandyq explain CODE` says more about each"
                    ));
                }
            }
        }
        Ok(match (errors, warnings) {
            (0, 0) => Exit::Done,
            (0, _) if self.deny_warnings => Exit::No,
            (0, _) => Exit::Done,
            _ => Exit::Usage,
        })
    }
}

/// The first signs of a version, enough to tell two apart by eye.
pub fn short(version: &str) -> &str {
    version.get(..16).unwrap_or(version)
}

fn counts(errors: usize, warnings: usize) -> String {
    match (errors, warnings) {
        (0, 0) => String::new(),
        (0, _) => format!(", with {}", counted(warnings, "warning")),
        _ => format!(": {}, {}", counted(errors, "error"), counted(warnings, "warning")),
    }
}

fn counted(count: usize, thing: &str) -> String {
    if count == 1 {
        format!("1 {thing}")
    } else {
        format!("{count} {thing}s")
    }
}

fn drawn(one: &Diagnostic, terminal: &Terminal) -> String {
    let theme = if terminal.is_coloured() {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(WIDTH);
    let mut text = String::new();
    match handler.render_report(&mut text, one) {
        Ok(()) => text,
        // Writing into a string does not fail; the plain words are there in any case.
        Err(_) => format!("{one:?}"),
    }
}

fn report(source: &PolicySource, version: &str, found: &[Diagnostic]) -> Value {
    let errors = found.iter().filter(|one| one.is_error()).count();
    json!({
        "schema_version": 1,
        "policy": source.to_string(),
        "version": version,
        "errors": errors,
        "warnings": found.len() - errors,
        "diagnostics": found.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn finding(one: &Diagnostic) -> Value {
    json!({
        "code": one.code().to_string(),
        "severity": match one.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": one.message(),
        "help": one.help_text(),
        "clause": one.related_clause().map(ToString::to_string),
        "labels": one.labels().iter().map(label).collect::<Vec<_>>(),
    })
}

fn label(label: &Label) -> Value {
    json!({
        "path": label.path,
        "start": label.start,
        "end": label.end,
        "from": { "line": label.from.line, "column": label.from.column },
        "to": { "line": label.to.line, "column": label.to.column },
        "text": label.text,
    })
}

/// Columns of a finding for people.
const WIDTH: usize = 100;
