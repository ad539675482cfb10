//! What the program was called with.

use std::path::PathBuf;

use lexopt::prelude::{Long, Short, Value, ValueExt};
use sandyq_ledger::note::VerifierKey;

use crate::verdict::Trouble;

/// What `--help` shows.
pub const HELP: &str = "\
sandyq-verifier: check a receipt, a checkpoint or a whole ledger, offline

usage:
  sandyq-verifier receipt FILE --key KEY [--checkpoint FILE [--proof FILE]]
  sandyq-verifier checkpoint FILE --key KEY
  sandyq-verifier consistency OLD NEW --proof FILE --key KEY
  sandyq-verifier ledger FOLDER --key KEY [--since OLD]
  sandyq-verifier extract FILE --key KEY

options:
  --key KEY          the verifier key of the ledger, name+id+base64; may be given again for witnesses or after a
                     change of key. Take it from where the operator publishes it, not from who handed you the file
  --checkpoint FILE  a checkpoint that you hold: the receipt must be of the same ledger
  --proof FILE       a consistency proof, one base64 hash on each line
  --since OLD        a checkpoint that you kept: the ledger must still begin with it
  --tolerance MS     by how much entry times may go backwards without a word (default 5000)
  --json             the answer as JSON
  --help, --version

exit codes:
  0 it holds   1 it cannot be confirmed with what was given   2 called wrongly   5 something was changed
";

/// The command and its options.
pub struct Arguments {
    pub command: Command,
    pub keys: Vec<VerifierKey>,
    pub checkpoint: Option<PathBuf>,
    pub proof: Option<PathBuf>,
    pub since: Option<PathBuf>,
    pub tolerance_ms: u64,
    pub json: bool,
}

/// What to do.
pub enum Command {
    Help,
    Version,
    Receipt { file: PathBuf },
    Checkpoint { file: PathBuf },
    Consistency { old: PathBuf, new: PathBuf },
    Ledger { folder: PathBuf },
    Extract { file: PathBuf },
}

impl Arguments {
    /// Reads the command line.
    pub fn read(mut parser: lexopt::Parser) -> Result<Self, Trouble> {
        let mut arguments = Self {
            command: Command::Help,
            keys: Vec::new(),
            checkpoint: None,
            proof: None,
            since: None,
            tolerance_ms: TOLERANCE_MS,
            json: false,
        };
        let mut words = Vec::new();
        while let Some(argument) = parser.next().map_err(usage)? {
            match argument {
                Short('h') | Long("help") => {
                    return Ok(Self {
                        command: Command::Help,
                        ..arguments
                    });
                }
                Short('V') | Long("version") => {
                    return Ok(Self {
                        command: Command::Version,
                        ..arguments
                    });
                }
                Long("json") => arguments.json = true,
                Long("key") => arguments
                    .keys
                    .push(parser.value().map_err(usage)?.parse().map_err(usage)?),
                Long("checkpoint") => arguments.checkpoint = Some(path(&mut parser)?),
                Long("proof") => arguments.proof = Some(path(&mut parser)?),
                Long("since") => arguments.since = Some(path(&mut parser)?),
                Long("tolerance") => {
                    arguments.tolerance_ms = parser.value().map_err(usage)?.parse().map_err(usage)?;
                }
                Value(word) => words.push(PathBuf::from(word)),
                other => return Err(usage(other.unexpected())),
            }
        }
        arguments.command = Command::of(words)?;
        arguments.complete()
    }

    /// Refuses what would be passed over in silence.
    fn complete(self) -> Result<Self, Trouble> {
        let (receipt, consistency, ledger) = match self.command {
            Command::Receipt { .. } => (true, false, false),
            Command::Consistency { .. } => (false, true, false),
            Command::Ledger { .. } => (false, false, true),
            _ => (false, false, false),
        };
        let refused = [
            (
                self.keys.is_empty(),
                "no --key was given: without a key nothing can be believed",
            ),
            (
                self.checkpoint.is_some() && !receipt,
                "--checkpoint belongs to `receipt`",
            ),
            (self.since.is_some() && !ledger, "--since belongs to `ledger`"),
            (consistency && self.proof.is_none(), "`consistency` needs --proof"),
            (
                self.proof.is_some() && !consistency && self.checkpoint.is_none(),
                "--proof belongs to `consistency`, or to `receipt` with --checkpoint",
            ),
        ];
        match refused.into_iter().find(|(refused, _)| *refused) {
            Some((_, why)) => Err(usage(why)),
            None => Ok(self),
        }
    }
}

impl Command {
    fn of(words: Vec<PathBuf>) -> Result<Self, Trouble> {
        let mut words = words.into_iter();
        let Some(command) = words.next() else {
            return Err(usage("no command was given"));
        };
        let (first, second, third) = (words.next(), words.next(), words.next());
        match (command.to_str(), first, second, third) {
            (Some("receipt"), Some(file), None, None) => Ok(Self::Receipt { file }),
            (Some("checkpoint"), Some(file), None, None) => Ok(Self::Checkpoint { file }),
            (Some("consistency"), Some(old), Some(new), None) => Ok(Self::Consistency { old, new }),
            (Some("ledger"), Some(folder), None, None) => Ok(Self::Ledger { folder }),
            (Some("extract"), Some(file), None, None) => Ok(Self::Extract { file }),
            (Some("receipt" | "checkpoint" | "extract"), ..) => Err(usage("this command takes one FILE")),
            (Some("consistency"), ..) => Err(usage("`consistency` takes two files, OLD and NEW")),
            (Some("ledger"), ..) => Err(usage("`ledger` takes one FOLDER")),
            _ => Err(usage(format!("there is no command `{}`", command.display()))),
        }
    }
}

fn path(parser: &mut lexopt::Parser) -> Result<PathBuf, Trouble> {
    parser.value().map(PathBuf::from).map_err(usage)
}

fn usage(why: impl ToString) -> Trouble {
    Trouble::Usage(why.to_string())
}

const TOLERANCE_MS: u64 = 5_000;
