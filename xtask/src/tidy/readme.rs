//! What the README tells people to type exists.
//!
//! Commands of the workshop are compared with its own usage here; commands of the program are tried by the journey
//! `tests/journeys/readme.rs`, which reads the same blocks. Anything else must be in the short list of what CI runs.

use super::Finding;
use super::tree::Tree;
use crate::USAGE;

/// The journey that tries the commands of the program.
const JOURNEY: &str = "tests/journeys/readme.rs";

/// Programs whose commands we answer for.
const OURS: [&str; 3] = ["sandyq ", "cargo ", "bash "];

/// Commands that CI itself runs, word for word or with `-- …` for the program after them.
const RUN_BY_CI: [&str; 6] = [
    "bash .ci/run",
    "cargo build",
    "cargo build --release",
    "cargo run",
    "cargo run --release",
    "cargo install --locked --path crates/sandyq",
];

/// Compares the commands of the README with what there is.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(readme) = tree.source("README.md") else {
        return vec![Finding::new("README.md", 0, "there is none")];
    };
    let mut findings = Vec::new();
    for (number, command) in commands(&readme.text) {
        if !exists(tree, &command) {
            let says = format!("`{command}` is nothing that is run by a test");
            findings.push(Finding::new(&readme.path, number, says));
        }
    }
    findings
}

/// Whether somebody makes sure that a command works.
fn exists(tree: &Tree, command: &str) -> bool {
    if let Some(chore) = command.strip_prefix("cargo xtask ") {
        let first = chore.split(' ').next().unwrap_or_default();
        return USAGE.contains(&format!("cargo xtask {first} "));
    }
    let journey = tree.source(JOURNEY).is_some();
    if command.starts_with("sandyq ") {
        return journey;
    }
    let (own, program) = command
        .split_once(" -- ")
        .map_or((command, false), |(own, _)| (own, true));
    RUN_BY_CI.contains(&own) && (journey || !program)
}

/// The commands in the fenced blocks for a shell, with their lines; comments and prompts are taken off.
fn commands(text: &str) -> Vec<(usize, String)> {
    let mut commands = Vec::new();
    let mut shell = false;
    for (index, line) in text.lines().enumerate() {
        if let Some(kind) = line.trim_start().strip_prefix("```") {
            shell = ["sh", "bash", "console", "shell"].contains(&kind.trim());
            continue;
        }
        let line = line.trim_start().trim_start_matches("$ ");
        let command = line.split(" #").next().unwrap_or(line).trim();
        if shell && OURS.iter().any(|program| command.starts_with(program)) {
            commands.push((index + 1, command.to_owned()));
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stand_in_shell_blocks_only() {
        let text = "```sh\n$ sandyq demo   # look around\nls\n```\n```rust\nsandyq demo\n```\nsandyq demo";
        assert_eq!(commands(text), [(2, "sandyq demo".to_owned())]);
    }

    #[test]
    fn a_command_that_nobody_runs_is_found() {
        let text = "```sh\nsandyq demo\ncargo xtask test --quick\ncargo xtask fly\ncargo run -- demo\ncargo fly\n```";
        let lines = |tree: &Tree| {
            check(tree)
                .into_iter()
                .map(|finding| finding.line)
                .collect::<Vec<_>>()
        };
        assert_eq!(lines(&Tree::of(&[("README.md", text), (JOURNEY, "")])), [4, 6]);
        assert_eq!(lines(&Tree::of(&[("README.md", text)])), [2, 4, 5, 6]);
    }
}
