//! `sandyq-verifier`: checks receipts, checkpoints and whole ledgers without trusting the system that made them.
//!
//! It reads files and nothing else: no network, no configuration, no clock. It is for whoever holds a receipt, for
//! auditors, and for the authority; all it has to be told is the verifier key of the ledger. The answer goes to standard
//! output; what the caller can mend goes to standard error, with a hint.
//!
//! Exit codes: 0 it holds, 1 it cannot be confirmed with what was given, 2 it was called wrongly, 5 something was changed.

mod arguments;
mod commands;
mod folder;
mod verdict;

use std::io::Write;
use std::process::ExitCode;

use arguments::{Arguments, Command};
use verdict::{Trouble, Verdict};

fn main() -> ExitCode {
    let arguments = match Arguments::read(lexopt::Parser::from_env()) {
        Ok(arguments) => arguments,
        Err(trouble) => return say(Err(trouble), "", false),
    };
    let (name, answer) = match &arguments.command {
        Command::Help => return show(arguments::HELP),
        Command::Version => return show(concat!("sandyq-verifier ", env!("CARGO_PKG_VERSION"), "\n")),
        Command::Receipt { file } => ("receipt", commands::receipt(file, &arguments)),
        Command::Checkpoint { file } => ("checkpoint", commands::checkpoint(file, &arguments)),
        Command::Consistency { old, new } => ("consistency", commands::consistency(old, new, &arguments)),
        Command::Extract { file } => ("extract", commands::extract(file, &arguments)),
        Command::Ledger { folder } => ("ledger", commands::ledger(folder, &arguments)),
    };
    say(answer, name, arguments.json)
}

/// Says the answer, and turns it into the exit code.
fn say(answer: Result<Verdict, Trouble>, command: &str, json: bool) -> ExitCode {
    let code = answer.as_ref().map_or_else(Trouble::exit_code, |_| 0);
    let said = match answer {
        Ok(verdict) if json => out(&verdict.json(command)),
        Ok(verdict) => out(&verdict.text()),
        Err(trouble) => {
            let told = if json { out(&trouble.json(command)) } else { Ok(()) };
            told.and_then(|()| err(&trouble.text()))
        }
    };
    // A reader that closed the pipe has heard enough: the exit code still says how it ended.
    drop(said);
    ExitCode::from(code)
}

fn show(text: &str) -> ExitCode {
    drop(out(text));
    ExitCode::SUCCESS
}

fn out(text: &str) -> std::io::Result<()> {
    std::io::stdout().lock().write_all(text.as_bytes())
}

fn err(text: &str) -> std::io::Result<()> {
    std::io::stderr().lock().write_all(text.as_bytes())
}
