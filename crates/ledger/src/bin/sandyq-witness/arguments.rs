//! What the program was called with.

use std::path::PathBuf;

use lexopt::prelude::{Long, Short, Value, ValueExt};
use sandyq_ledger::note::VerifierKey;

use crate::Trouble;

/// What `--help` shows.
pub const HELP: &str = "\
sandyq-witness: remember a ledger, and sign its checkpoints only while it goes on from what was signed

usage:
  sandyq-witness init FOLDER --name NAME --ledger KEY   make a witness; prints the key to give to the operator
  sandyq-witness size FOLDER                            the number of entries signed last, 0 before the first
  sandyq-witness answer FOLDER [REQUEST]                read a request (or standard input), print the signed note
  sandyq-witness show FOLDER                            the note signed last

options:
  --name NAME        the name of this witness, such as witness.example/w
  --ledger KEY       the verifier key of the ledger, name+id+base64, from where the operator publishes it
  --help, --version

a round, from another machine than the operator's (the site is https://example.kz):
  curl -sf https://example.kz/ledger/witness-request/$(sandyq-witness size W) \\
    | sandyq-witness answer W | curl -sf --data-binary @- https://example.kz/ledger/cosigned

exit codes:
  0 signed   1 not signed   2 called wrongly   5 the ledger was put back or forked: the evidence is kept
";

/// What to do.
pub enum Command {
    Help,
    Version,
    Init {
        folder: PathBuf,
        name: String,
        ledger: VerifierKey,
    },
    Size {
        folder: PathBuf,
    },
    Show {
        folder: PathBuf,
    },
    Answer {
        folder: PathBuf,
        request: Option<PathBuf>,
    },
}

impl Command {
    /// Reads the command line.
    pub fn read(mut parser: lexopt::Parser) -> Result<Self, Trouble> {
        let (mut words, mut name, mut ledger) = (Vec::new(), None, None);
        while let Some(argument) = parser.next().map_err(usage)? {
            match argument {
                Short('h') | Long("help") => return Ok(Self::Help),
                Short('V') | Long("version") => return Ok(Self::Version),
                Long("name") => name = Some(parser.value().and_then(ValueExt::string).map_err(usage)?),
                Long("ledger") => {
                    let key = parser.value().and_then(|value| value.parse()).map_err(usage)?;
                    ledger = Some(key);
                }
                Value(word) => words.push(PathBuf::from(word)),
                other => return Err(usage(other.unexpected())),
            }
        }
        let is_init = words.first().is_some_and(|word| word.as_os_str() == "init");
        if !is_init && (name.is_some() || ledger.is_some()) {
            return Err(usage("--name and --ledger belong to `init`"));
        }
        let mut words = words.into_iter();
        let command = words.next().ok_or_else(|| usage("no command was given"))?;
        match (command.to_str(), words.next(), words.next(), words.next()) {
            (Some("init"), Some(folder), None, None) => Ok(Self::Init {
                folder,
                name: name.ok_or_else(|| usage("`init` needs --name"))?,
                ledger: ledger.ok_or_else(|| usage("`init` needs --ledger"))?,
            }),
            (Some("size"), Some(folder), None, None) => Ok(Self::Size { folder }),
            (Some("show"), Some(folder), None, None) => Ok(Self::Show { folder }),
            (Some("answer"), Some(folder), request, None) => Ok(Self::Answer { folder, request }),
            (Some("init" | "size" | "show" | "answer"), ..) => Err(usage("this command takes one FOLDER")),
            _ => Err(usage(format!("there is no command `{}`", command.display()))),
        }
    }
}

fn usage(why: impl ToString) -> Trouble {
    Trouble::usage(format!(
        "{}\nhint: `sandyq-witness --help` shows how it is called",
        why.to_string()
    ))
}
