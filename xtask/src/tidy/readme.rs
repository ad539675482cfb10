//! What the README tells people to type exists, and a journey runs it.
//!
//! A command counts as run when `tests/journeys/readme.rs` has it word for word in a string. That file runs what it
//! lists, so the README cannot promise what nobody has tried.

use super::Finding;
use super::tree::Tree;

/// The journey that runs the commands.
const JOURNEY: &str = "tests/journeys/readme.rs";

/// Programs whose commands we answer for.
const OURS: [&str; 3] = ["sandyq ", "cargo ", "bash "];

/// Compares the commands of the README with the journey.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(readme) = tree.source("README.md") else {
        return vec![Finding::new("README.md", 0, "there is none")];
    };
    let journey = tree.source(JOURNEY).map_or("", |source| &source.text);
    commands(&readme.text)
        .into_iter()
        .filter(|(_, command)| !journey.contains(&format!("\"{command}\"")))
        .map(|(number, command)| {
            let says = format!("`{command}` is run by no test; list it in {JOURNEY}");
            Finding::new(&readme.path, number, says)
        })
        .collect()
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
        if shell && OURS.iter().any(|program| command.starts_with(program.trim_end())) {
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
    fn a_command_without_a_journey_is_found() {
        let readme = ("README.md", "```sh\nsandyq demo\nsandyq fly\n```");
        let tree = Tree::of(&[readme, (JOURNEY, "const RUN: [&str; 1] = [\"sandyq demo\"];")]);
        let lines: Vec<usize> = check(&tree).into_iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [3]);
    }
}
