//! `sandyq decisions`: everything that the rules grant, as text that lies in the policy folder, so that a change of the
//! policy is a readable difference.

use std::path::PathBuf;

use clap::Args;

use crate::failure::{Exit, Failure};
use crate::policy_source::PolicySource;
use crate::terminal::Terminal;

/// Print the whole decision matrix of a policy: what is not in it is refused.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq decisions policy > policy/decisions.txt
  sandyq decisions policy | diff policy/decisions.txt -")]
pub struct Decisions {
    /// The policy folder
    pub policy_dir: Option<PathBuf>,
}

impl Decisions {
    /// Prints the matrix.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let policy = PolicySource::find(self.policy_dir.as_deref()).load()?;
        terminal.answer(sandyq_policy::decisions(&policy).trim_end())?;
        Ok(Exit::Done)
    }
}
