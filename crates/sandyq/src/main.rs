//! The program `sandyq`: reads the command line, does one command, says how it ended.
//!
//! To add a command: a file in `commands/` with its arguments and its `run`, and one line in [`arguments`] and here.

mod arguments;
mod backups;
mod commands;
mod configuration;
mod data_folder;
mod door;
mod failure;
mod invented;
mod key_source;
mod logging;
mod new_root;
mod outside;
mod password;
mod places;
mod policy_source;
mod provider;
mod provider_settings;
mod rejected_in_words;
mod running;
mod second_copy;
mod shipped_policy;
mod swap;
mod terminal;
mod trust;
mod webhook_line;
mod webhook_settings;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser;
use failure::{Exit, Failure};
use terminal::Terminal;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let terminal = Terminal::new(arguments.quiet, arguments.lang);
    let exit = match run(arguments.command, &terminal) {
        Ok(exit) => exit,
        Err(failure) => {
            terminal.fail(&failure);
            failure.exit
        }
    };
    ExitCode::from(exit as u8)
}

fn run(command: Command, terminal: &Terminal) -> Result<Exit, Failure> {
    match command {
        Command::Init(init) => init.run(terminal),
        Command::Check(check) => check.run(terminal),
        Command::Explain(explain) => explain.run(terminal),
        Command::Decide(decide) => decide.run(terminal),
        Command::Decisions(decisions) => decisions.run(terminal),
        Command::Prove(prove) => prove.run(terminal),
        Command::Register(register) => register.run(terminal),
        Command::Serve(serve) => serve.run(terminal),
        Command::Demo(demo) => demo.run(terminal),
        Command::Keys(keys) => keys.run(terminal),
        Command::Verify(verify) => verify.run(terminal),
        Command::Staff(staff) => staff.run(terminal),
        Command::Subject(subject) => subject.run(terminal),
        Command::Doctor(doctor) => doctor.run(terminal),
        Command::Backup(backup) => backup.run(terminal),
        Command::Restore(restore) => restore.run(terminal),
        Command::Retention(retention) => retention.run(terminal),
        Command::Breach(breach) => breach.run(terminal),
        Command::Drill(drill) => drill.run(terminal),
    }
}
