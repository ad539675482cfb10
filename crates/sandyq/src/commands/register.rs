//! `sandyq register`: the operator's register of processing, out of the policy folder alone (5.1.2).

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sandyq_policy::register::{csv, json_ld};

use crate::failure::{Exit, Failure};
use crate::policy_source::PolicySource;
use crate::terminal::Terminal;

/// Print the register of processing of a policy: each purpose with each group of people.
///
/// With its grounds, consents, fields, services, recipients, ends, what a law keeps, and who may do what; in the words of the
/// folder, and in Kazakh, Russian and English. It comes from the folder that decides, so it cannot say anything else.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq register policy > register.csv
  sandyq register policy --format json-ld | jq '.\"dpv:hasProcess\"[].\"dct:identifier\"'")]
pub struct Register {
    /// The policy folder
    pub policy_dir: Option<PathBuf>,
    /// As what
    #[arg(long, value_enum, default_value_t = Format::Csv, value_name = "FORMAT")]
    pub format: Format,
}

/// As what it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for spreadsheets (RFC 4180)
    Csv,
    /// Linked data in the words of the Data Privacy Vocabulary
    JsonLd,
}

impl Register {
    /// Prints it.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let policy = PolicySource::find(self.policy_dir.as_deref()).load()?;
        match self.format {
            Format::Csv => terminal.answer(csv(&policy).trim_end())?,
            Format::JsonLd => terminal.answer_json(&json_ld(&policy))?,
        }
        Ok(Exit::Done)
    }
}
