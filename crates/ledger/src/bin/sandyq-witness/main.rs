//! `sandyq-witness`: somebody outside remembers the newest checkpoint of a ledger and signs a newer one only when it goes
//! on from there. It is for an auditor's machine, or for the operator's second one.
//!
//! It reads files and standard input and speaks with no network; how requests travel is up to whoever runs it.
//!
//! Exit codes: 0 signed, 1 not signed, 2 it was called wrongly, 5 the ledger was put back or forked.

mod arguments;
mod folder;
mod outside;

use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use arguments::{Command, HELP};
use folder::Folder;
use sandyq_ledger::note::{Note, VerifierKey};
use sandyq_ledger::witness::{Declined, REQUEST_BYTES_MAX, Request};

/// Why there is no answer, and the exit code.
struct Trouble {
    code: u8,
    says: String,
}

impl Trouble {
    fn usage(says: impl ToString) -> Self {
        Self {
            code: 2,
            says: says.to_string(),
        }
    }
}

fn main() -> ExitCode {
    match Command::read(lexopt::Parser::from_env()).and_then(perform) {
        Ok(answer) => {
            // A reader that closed the pipe has heard enough.
            let _ = std::io::stdout().lock().write_all(answer.as_bytes());
            ExitCode::SUCCESS
        }
        Err(trouble) => {
            let _ = std::io::stderr()
                .lock()
                .write_all(format!("error: {}\n", trouble.says).as_bytes());
            ExitCode::from(trouble.code)
        }
    }
}

fn perform(command: Command) -> Result<String, Trouble> {
    match command {
        Command::Help => Ok(HELP.to_owned()),
        Command::Version => Ok(concat!("sandyq-witness ", env!("CARGO_PKG_VERSION"), "\n").to_owned()),
        Command::Init { folder, name, ledger } => init(&folder, &name, &ledger),
        Command::Size { folder } => {
            let folder = Folder::open(&folder)?;
            Ok(format!("{}\n", folder.known()?.map_or(0, |known| known.size)))
        }
        Command::Show { folder } => Folder::open(&folder)?.note()?.ok_or_else(|| Trouble {
            code: 1,
            says: "nothing was signed here yet".to_owned(),
        }),
        Command::Answer { folder, request } => answer(&folder, request.as_deref()),
    }
}

/// Makes a witness and says the key that its signatures are verified with.
fn init(folder: &Path, name: &str, ledger: &VerifierKey) -> Result<String, Trouble> {
    let folder = Folder::make(folder, name, ledger, &outside::seed()?)?;
    Ok(format!(
        "{}\n",
        folder.signer()?.cosigner_key().map_err(Trouble::usage)?
    ))
}

/// Signs what goes on from what was signed before; keeps what does not as evidence.
fn answer(folder: &Path, request: Option<&Path>) -> Result<String, Trouble> {
    let text = read(request)?;
    let folder = Folder::open(folder)?;
    let _alone = folder.lock()?;
    let known = folder.known()?;
    let ledger = folder.ledger()?;
    let request: Request = text
        .parse()
        .map_err(|declined: Declined| Trouble::usage(declined))?;
    let examined = request.examine(ledger.name(), std::slice::from_ref(&ledger), known.as_ref());
    let checkpoint = match examined {
        Ok(checkpoint) => checkpoint,
        Err(declined) if declined.is_evidence() => {
            let kept = folder.keep_evidence(&request.note)?;
            return Err(Trouble {
                code: 5,
                says: format!(
                    "{declined}\nhint: both signed checkpoints are kept: {} and {}; show them to the authority",
                    folder.note_path().display(),
                    kept.display()
                ),
            });
        }
        Err(declined) => {
            return Err(Trouble {
                code: 1,
                says: declined.to_string(),
            });
        }
    };
    let signer = folder.signer()?;
    let mut note = Note::parse(request.note.as_bytes()).map_err(Trouble::usage)?;
    let key = signer.cosigner_key().map_err(Trouble::usage)?;
    let signed_by_us = note
        .signatures()
        .iter()
        .any(|line| line.key_id() == key.id() && line.name() == key.name());
    if !signed_by_us {
        note.add(
            signer
                .cosign(&checkpoint.text(), outside::seconds()?)
                .map_err(Trouble::usage)?,
        );
    }
    let note = note.to_string();
    // What is signed is remembered before anybody sees the signature.
    folder.remember(&note)?;
    Ok(note)
}

fn read(file: Option<&Path>) -> Result<String, Trouble> {
    let mut text = String::new();
    let limit = REQUEST_BYTES_MAX as u64 + 1;
    let read = match file {
        Some(path) => std::fs::File::open(path).and_then(|file| file.take(limit).read_to_string(&mut text)),
        None => std::io::stdin().lock().take(limit).read_to_string(&mut text),
    };
    read.map(|_| text)
        .map_err(|error| Trouble::usage(format!("the request cannot be read: {error}")))
}
