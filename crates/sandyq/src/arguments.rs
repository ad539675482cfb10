//! The command line: what may be said, with an example for each command. No secret is ever an argument.

use clap::{Parser, Subcommand};
use sandyq_policy::Language;

use crate::commands;

/// A personal data information system whose published privacy policy is its program.
#[derive(Parser, Debug)]
#[command(
    name = "sandyq",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = EXIT_CODES,
    after_long_help = EXAMPLES,
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// Language of words that come from the policy: kk, ru or en [default: that of the environment]
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub lang: Option<Language>,

    /// Say nothing but the answer and what went wrong
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// One file each, in `commands`.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Make a data folder: settings to fill in, the policy, a root key
    Init(commands::init::Init),
    /// Find every mistake in a policy folder
    Check(commands::check::Check),
    /// Explain a finding of `check` (PD0007) or a clause of the policy (4.3)
    Explain(commands::explain::Explain),
    /// Ask the policy about one operation
    Decide(commands::decide::Decide),
    /// Print the whole decision matrix of a policy
    Decisions(commands::decisions::Decisions),
    /// Print the register of processing of a policy: each purpose with each group of people
    Register(commands::register::Register),
    /// Prove the promises of a policy over all possible operations
    Prove(commands::prove::Prove),
    /// Serve the site, the portal and the console
    Serve(commands::serve::Serve),
    /// Try everything on this machine, with invented people
    Demo(commands::demo::Demo),
    /// See how the epochs of keys stand, or end the present one
    Keys(commands::keys::Keys),
    /// Verify the ledger and the keys of a data folder
    Verify(commands::verify::Verify),
    /// Make, list or close accounts of staff, or give one a new password
    Staff(commands::staff::Staff),
    /// Show what is held about a person, by field, or destroy it
    Subject(commands::subject::Subject),
    /// See what is destroyed next and why it is still here, or destroy now what is due
    Retention(commands::retention::Retention),
    /// See the register of breaches, and whether the authority was told of each in time
    Breach(commands::breach::Breach),
    /// Look whether everything is well with a data folder
    Doctor(commands::doctor::Doctor),
    /// Make a backup set, list the sets there are, or thin them out
    Backup(commands::backup::Backup),
    /// Bring a backup set back, and nobody who was destroyed since
    Restore(commands::restore::Restore),
    /// Restore the newest set into a scratch place, look at it, and remember what was found
    Drill(commands::drill::Drill),
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 the answer is no, 2 usage, 3 settings or policy, 4 sign in first, 5 integrity, 6 busy,
7 unavailable, 130 interrupted. `sandyq COMMAND --help` has examples.";

const EXAMPLES: &str = "\
Examples:
  sandyq demo                          try everything on this machine, with invented people
  sandyq init /srv/sandyq              make a data folder
  sandyq check policy                  find every mistake in a policy folder
  sandyq decide --role sales --verb extract --category guest --purpose 2.2.7 \\
      --fields last_name,email --standing active --consent --case
  sandyq serve --data /srv/sandyq      serve the site, the portal and the console

Exit codes:
  0    done, or the answer is yes
  1    the answer is no
  2    the command line cannot be understood; for `check`, the policy folder has errors
  3    the settings or the policy do not allow it
  4    sign in first
  5    integrity: something is not what was signed
  6    busy, or in use
  7    a part that is needed is not there
  130  interrupted";
