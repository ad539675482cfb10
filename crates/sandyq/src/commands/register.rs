//! `sandyq register`: the operator's register of processing, out of the policy folder alone (5.1.2).

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::tz::Offset;
use sandyq_model::Clock;
use sandyq_paper::sheet::{Sheet, xlsx};
use sandyq_policy::Policy;
use sandyq_policy::register::{csv, json_ld, table};

use crate::failure::{Exit, Failure};
use crate::outside::WallClock;
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
  sandyq register policy --format xlsx --to register.xlsx
  sandyq register policy --format json-ld | jq '.\"dpv:hasProcess\"[].\"dct:identifier\"'")]
pub struct Register {
    /// The policy folder
    pub policy_dir: Option<PathBuf>,
    /// As what
    #[arg(long, value_enum, default_value_t = Format::Csv, value_name = "FORMAT")]
    pub format: Format,
    /// Where the table goes (XLSX); never over something that is there
    #[arg(long, value_name = "FILE", required_if_eq("format", "xlsx"))]
    pub to: Option<PathBuf>,
}

/// As what it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for spreadsheets (RFC 4180)
    Csv,
    /// A table for spreadsheets in which every cell is text (XLSX); into a file
    Xlsx,
    /// Linked data in the words of the Data Privacy Vocabulary
    JsonLd,
}

impl Register {
    /// Prints it.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let policy = PolicySource::find(self.policy_dir.as_deref()).load()?;
        match self.format {
            Format::Csv => terminal.answer(csv(&policy).trim_end())?,
            Format::Xlsx => self.keep(&policy, terminal)?,
            Format::JsonLd => terminal.answer_json(&json_ld(&policy))?,
        }
        Ok(Exit::Done)
    }

    /// Writes the table into a file of its own.
    fn keep(&self, policy: &Policy, terminal: &Terminal) -> Result<(), Failure> {
        let (head, rows) = table(policy);
        let sheet = Sheet {
            title: "Register of processing".to_owned(),
            made_at: Offset::UTC.to_datetime(WallClock.now()),
            head,
            rows,
        };
        let content = xlsx(&sheet).map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
        let path = self.to.as_deref().unwrap_or(Path::new("register.xlsx"));
        let failed = |error: io::Error| Failure::file("write", path, &error);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(failed)?;
        file.write_all(&content)
            .and_then(|()| file.sync_all())
            .map_err(failed)?;
        terminal.word(&format!("the register is in {}", path.display()));
        Ok(())
    }
}
