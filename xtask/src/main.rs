//! The workshop: one command for everything a change must pass, and the laws of the house as tests.
//!
//! `cargo xtask test` is what `.ci/run` calls. It never changes a tracked file; `cargo xtask tidy --write` does, and
//! only the two lists that tidy keeps.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for the terminal speaks by printing"
)]

mod fault;
mod postgres;
mod step;
mod suite;
mod tally;
mod tidy;
mod tools;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fault::Fault;

/// What one can type.
pub const USAGE: &str = "\
cargo xtask test [--quick]       everything a change must pass; --quick leaves out the browser and cargo deny
cargo xtask tidy [--write]       the laws of the house; --write renews xtask/ratchet.toml (downwards only)
                                 and xtask/clauses-without-journey.txt
cargo xtask tools                get what the tests need (apt-get when root; axe-core through npm)
cargo xtask postgres -- COMMAND  run COMMAND with a throw-away PostgreSQL in SANDYQ_TEST_POSTGRES_URL";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// Does what the words of the command line ask for.
fn run(words: &[&str]) -> Result<(), Fault> {
    let root = root();
    match words {
        ["test"] => suite::run(&root, suite::Extent::Whole),
        ["test", "--quick"] => suite::run(&root, suite::Extent::Quick),
        ["tidy"] => tidy::report(&root),
        ["tidy", "--write"] => tidy::write(&root),
        ["tools"] => tools::prepare(&root, suite::Extent::Whole),
        ["postgres", "--", program, arguments @ ..] => postgres::around(&root, program, arguments),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(Fault::Usage(USAGE)),
    }
}

/// The folder of the workspace: the parent of this crate's own.
fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}
